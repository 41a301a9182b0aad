"""GitLab's configuration with what it includes, extends and refers to: its jobs as they would run."""

from dataclasses import field

from auditor import limits
from auditor.facts.gitlabrules import constants, ruled_out, scenes
from auditor.facts.scenes import Lookup
from auditor.globs import matches
from auditor.holes import Hole
from auditor.lazy import dataclass
from auditor.readers.shell import Command, shell_commands
from auditor.readers.workflows import GITLAB_WORDS, Job, Step
from auditor.readers.yaml import Node, yaml_root
from auditor.snapshot import File, Files

_DEPTH = 10


@dataclass
class Configuration:
    """The jobs (templates too) of a configuration by name, each with the file that it stands in; `holes` are includes of
    what is elsewhere."""

    jobs: dict[str, tuple[File, int, Node]] = field(default_factory=dict)
    words: dict[str, tuple[File, Node]] = field(default_factory=dict)
    holes: list[Hole] = field(default_factory=list)
    left: int = 5_000  # jobs that are extended before the rest counts as unread
    whole: dict[int, dict[str, tuple[Node, File]]] = field(default_factory=dict)  # jobs with what they extend
    lines: dict[int, list[tuple[Node, File]]] = field(default_factory=dict)  # what references lead to
    cut: int = 0  # how often something was not followed to its end: what is made of that is not kept
    read: dict[int, tuple[Command, ...]] = field(
        default_factory=dict
    )  # the commands of a line, which many jobs may share


def read(file: File, lookup: Lookup, files: Files) -> Configuration:
    """A configuration and what it includes of the repository; the file itself wins over what it includes."""
    made = Configuration()
    _add(made, file, lookup, files, set())
    return made


def _add(made: Configuration, file: File, lookup: Lookup, files: Files, done: set[str]) -> None:
    if file.path in done or len(done) > 50:
        return
    done.add(file.path)
    root = yaml_root(file)
    for name, (line, node) in root.entries.items():
        if name in GITLAB_WORDS and name != "pages":
            made.words.setdefault(name, (file, node))
        else:
            made.jobs.setdefault(name, (file, line, node))
    include = root["include"]
    for item in include.items or ([include] if include else []):
        local = item.text if item.kind == "text" and "://" not in item.text else item["local"].text
        if not local:
            kind = next((k for k in ("project", "remote", "template", "component") if item[k]), "remote")
            said = item[kind].text or item.text
            made.holes.append(Hole(file.path, f"includes `{said}`, which is not in the repository", item.line))
            continue
        path = local.lstrip("/")
        several = [files.paths[p] for p in files.names if matches(p, (path,))] if "*" in path else []
        found: list[File | None] = [*several] if "*" in path else [lookup.find("", path)]
        for one in found:
            if one is None:
                made.holes.append(Hole(file.path, f"includes `{local}`, which is not in the repository", item.line))
            else:
                _add(made, one, lookup, files, done)


def jobs_of(made: Configuration, branch: str, branches: tuple[str, ...]) -> list[tuple[Job, list[tuple[Step, File]]]]:
    """The jobs that a pipeline has, each with its steps: what stands before, in and after its script."""
    found = []
    shared = made.words.get("variables", (None, Node()))[1]
    for name, (file, line, node) in list(made.jobs.items())[: limits.JOBS.value]:
        if name.startswith("."):
            continue
        merged = _extended(made, node, file, 0)
        if "script" not in merged:
            continue
        default = made.words.get("default", (file, Node()))
        off = "rules" not in merged and "when" in merged and merged["when"][0].text in ("never", "manual")
        off = off or _ruled_out(merged, branch, branches) or _no_pipeline(made, merged, shared, branch, branches)
        allowed = merged["allow_failure"][0].text == "true" if "allow_failure" in merged else False
        pieces: list[tuple[Step, File]] = []
        for key in ("before_script", "script", "after_script"):
            part, here = merged.get(key) or made.words.get(key, (file, Node()))[::-1]
            if not part and key != "script":
                part, here = default[1][key], default[0]
            for text, source in _lines(made, part, here, 0):
                if id(text) not in made.read:
                    made.read[id(text)] = tuple(shell_commands(text.text, text.line))
                commands = made.read[id(text)]
                pieces.append((_step(name, text.line, commands, node, allowed or key == "after_script"), source))
        image = merged["image"][0] if "image" in merged else made.words.get("image", (file, default[1]["image"]))[1]
        shown = Node("map", node.line, node.end)
        shown.entries = {k: (v.line, v) for k, (v, _) in merged.items()}
        if image:
            shown.entries["image"] = (image.line, image)
        tags = merged["tags"][0].texts() if "tags" in merged else []
        steps = tuple(step for step, _ in pieces)
        found.append((Job(name, line, shown, steps, {}, tuple(tags), off), pieces))
    return found


def _step(name: str, line: int, commands: tuple[Command, ...], node: Node, soft: bool) -> Step:
    return Step(line, max(line, node.end), name, "", commands, Node(), soft, False, node)


def _extended(made: Configuration, node: Node, file: File, depth: int) -> dict[str, tuple[Node, File]]:
    """A job's keys with those that it extends, the nearest one winning; variables are merged."""
    if (known := made.whole.get(id(node))) is not None:
        return known
    merged: dict[str, tuple[Node, File]] = {}
    if not _affords(made, file):
        return merged
    before, extends = made.cut, node["extends"].texts()
    made.cut += bool(extends) and depth >= _DEPTH
    for name in extends if depth < _DEPTH else ():
        if name in made.jobs:
            above, _, inner = made.jobs[name]
            merged.update(_extended(made, inner, above, depth + 1))
        else:
            made.holes.append(
                Hole(file.path, f"extends `{name}`, which is not in the repository", node.line_of("extends"))
            )
    for key, (_, value) in node.entries.items():
        if key == "variables" and key in merged:
            both = Node("map", value.line, value.end)
            both.entries = {**merged[key][0].entries, **value.entries}
            value = both
        merged[key] = (value, file)
    if made.cut == before:
        made.whole[id(node)] = merged
    return merged


def _affords(made: Configuration, file: File) -> bool:
    """Whether one more job may be looked into; where not, there is a hole."""
    made.left -= 1
    if made.left == 0:
        made.holes.append(Hole(file.path, "extends more than is followed"))
    made.cut += made.left <= 0
    return made.left > 0


def _lines(made: Configuration, part: Node, file: File, depth: int) -> list[tuple[Node, File]]:
    """The lines of a script, `!reference [job, key]` and nested lists followed."""
    if part.kind == "text":
        return [(part, file)]
    if (known := made.lines.get(id(part))) is not None:
        return known
    before, words = made.cut, part.texts()
    found: list[tuple[Node, File]] = []
    if len(words) >= 2 and len(words) == len(part.items) and words[0] in made.jobs and depth < _DEPTH:
        above, _, node = made.jobs[words[0]]
        merged = _extended(made, node, above, 0)
        if words[1] in merged:
            inner, source = merged[words[1]]
            for word in words[2:]:
                inner = inner[word]
            found = _lines(made, inner, source, depth + 1) if _affords(made, file) else []
            if made.cut == before:
                made.lines[id(part)] = found
            return found
    made.cut += depth >= _DEPTH
    for item in part.items if depth < _DEPTH else ():
        found += _lines(made, item, file, depth + 1)
        if len(found) >= limits.JOBS.value:
            break
    if made.cut == before:
        made.lines[id(part)] = found[: limits.JOBS.value]
    return found[: limits.JOBS.value]


_ANY_REF = (
    "branches",
    "merge_requests",
    "pushes",
    "schedules",
    "external_pull_requests",
    "web",
    "api",
    "triggers",
    "tags",
)


def _no_pipeline(
    made: Configuration,
    merged: dict[str, tuple[Node, File]],
    shared: Node,
    branch: str,
    branches: tuple[str, ...],
) -> bool:
    """Whether the rules of a job, or of the whole workflow, leave it out of every pipeline that starts by itself."""
    whole = made.words["workflow"][1]["rules"].items if "workflow" in made.words else []
    rules = merged["rules"][0].items if "rules" in merged else []
    if not whole and not rules:
        return False
    own = merged["variables"][0] if "variables" in merged else Node()
    when = merged["when"][0].text if "when" in merged else ""
    return ruled_out(rules, whole, when, scenes(branch, branches, constants(shared, own)))


def _ruled_out(merged: dict[str, tuple[Node, File]], branch: str, branches: tuple[str, ...]) -> bool:
    """Whether `only` and `except` leave a job out of every pipeline that starts by itself."""
    known = {branch, *branches}

    def refs(key: str) -> list[str]:
        node = merged[key][0] if key in merged else Node()
        return (node["refs"] or node).texts()

    def names_branch(ref: str) -> bool:
        return ref in _ANY_REF or ref.startswith(("/", "$")) or ref in known

    only, out = refs("only"), refs("except")
    if only and branch and not any(names_branch(r) for r in only):
        return True
    return "branches" in out and "merge_requests" in out
