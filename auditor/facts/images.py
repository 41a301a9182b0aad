"""What images are made of: base images with their publisher and Python, and the files that they copy."""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from auditor.facts.ignored import ignore_rule
from auditor.facts.names import names
from auditor.facts.placeholders import clear
from auditor.globs import matches
from auditor.holes import Hole, unsure
from auditor.lazy import dataclass
from auditor.linear import Linear
from auditor.readers.docker import DOCKERFILES, Instruction, docker
from auditor.readers.text import readable
from auditor.snapshot import File, Snapshot

NO_DOCKERFILE = (
    "!**/*.{md,txt,sh,bash,py,yaml,yml,json,toml,ps1,bat,png,jpg,svg,rst,html,bak,log}",
    "!**/*.{dockerignore,gitkeep}",
)


@dataclass(frozen=True)
class Base:
    """One FROM with its ARGs filled in. `stage`: it is an earlier stage; `open`: what it starts from is set from outside.
    `publisher` is who makes the image (`python` for Docker's own), `python` and `variant` what its tag says of Python
    (`3.12`) and of the system (`slim`, `bookworm-slim`); each empty where the tag does not say."""

    file: File
    line: int
    image: str
    name: str = ""
    stage: bool = False
    open: bool = False

    @property
    def publisher(self) -> str:
        repository = self.repository
        return repository.rpartition("/")[0] or "docker"

    @property
    def repository(self) -> str:
        """The image without registry of Docker itself, tag and digest."""
        bare = self.image.split("@")[0].lower()
        head, _, last = bare.rpartition("/")
        bare = f"{head}/{last.split(':')[0]}" if head else last.split(":")[0]
        return re.sub(r"^(docker\.io/|registry\.hub\.docker\.com/)?(library/)?", "", bare)

    @property
    def tag(self) -> str:
        last = self.image.split("@")[0].rsplit("/", 1)[-1]
        return last.partition(":")[2].lower()

    @property
    def python(self) -> str:
        """The Python version that the tag names: `python:3.12-slim`, `uv:python3.12-bookworm-slim`, `micromamba` names none."""
        if self.repository.rsplit("/", 1)[-1] in ("python", "pypy"):
            match = re.match(r"(\d+\.\d+)", self.tag)
        else:
            match = re.search(r"(?:^|[-_.])(?:python|py)[-_]?(3\.\d+)", self.tag)
        return match[1] if match else ""

    @property
    def variant(self) -> str:
        """What the tag says of the system: `slim`, `bookworm-slim`, `alpine`."""
        words = [w for w in self.tag.split("-") if re.fullmatch(r"slim|alpine[\d.]*|bookworm|bullseye|buster|trixie|jammy|noble|focal|debian", w)]  # fmt: skip
        return "-".join(words)


@dataclass(frozen=True)
class Copy:
    """One source of a COPY or ADD from the build's context. `state`: `there`, `missing`, `ignored` (by .dockerignore),
    `run time` (kept out of git, or made before the build), `unknown` (a variable, an address, a context that is not known)."""

    file: File
    line: int
    source: str
    target: str
    state: str = "there"


def dockerfiles(snapshot: Snapshot) -> tuple[tuple[File, tuple[Instruction, ...]], ...]:
    """The docker files of a commit with their instructions; those that cannot be read are left out (and are holes)."""

    def make() -> tuple[tuple[File, tuple[Instruction, ...]], ...]:
        chosen = snapshot.select((*DOCKERFILES, *NO_DOCKERFILE), all=True).chosen
        return tuple((f, found) for f in chosen if readable(f) and (found := docker(f)))

    return snapshot.once("facts.dockerfiles", make)


def bases(file: File) -> tuple[Base, ...]:
    """The FROM lines of a docker file."""
    return file.once("facts.bases", lambda: tuple(_bases(file)))


def _bases(file: File) -> Iterator[Base]:
    values: dict[str, str] = {}
    stages: set[str] = set()
    for i in docker(file):
        if i.name == "ARG":
            for text in i.values:
                key, _, value = text.partition("=")
                values[key] = value.strip("\"'")
        elif i.name == "FROM" and i.values:
            image = filled(i.values[0], values)
            name = i.values[2].lower() if len(i.values) > 2 and i.values[1].lower() == "as" else ""
            yield Base(file, i.line, image, name, image.lower() in stages, "$" in image or not image)
            stages |= {name} - {""}


def filled(text: str, values: dict[str, str]) -> str:
    """A text with the ARGs that have a value filled in, and the defaults (`${A:-b}`) of those that have none."""

    def fill(match: re.Match[str]) -> str:
        return values.get(match[1] or match[3], "") or match[2] or match[0]

    return re.sub(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))", fill, text)


_MOST_FOLDERS, _MOST_COPIES = 8, 200  # of one docker file that a path is followed through

# -- copies ------------------------------------------------------------------------------------------------------------


def sources(file: File) -> tuple[tuple[int, str, str], ...]:
    """The sources that a docker file copies from the build's context: line, source, target. Copies of other stages and
    images, heredocs and addresses are none; ARGs and ENVs with a value are filled in."""
    return file.once("facts.copies", lambda: tuple(_sources(file)))


def _sources(file: File) -> Iterator[tuple[int, str, str]]:
    values: dict[str, str] = {}
    for i in docker(file):
        if i.name == "ARG":
            values.update({k: v.strip("\"'") for k, s, v in (t.partition("=") for t in i.values) if s})
        elif i.name == "ENV":
            values.update({k: v.strip("\"'") for k, v in zip(i.values[::2], i.values[1::2], strict=False)})
        elif i.name in ("COPY", "ADD") and not any(f.startswith("--from") for f in i.flags) and len(i.values) > 1:
            for source in i.values[:-1]:
                if not source.startswith("<<") and not re.match(r"\w+://|git@", source):
                    yield i.line, filled(source, values), i.values[-1]


def contexts(snapshot: Snapshot, file: File) -> tuple[str, ...]:
    """The folders that a docker file may be built in: the repository's root, a project's root above the file, its own
    folder. Which one it is only the command that builds it says."""
    return tuple(dict.fromkeys(("", *names(snapshot).roots(file.folder)[1:], file.folder)))


def copies(snapshot: Snapshot, file: File, context: str | None = None) -> tuple[Copy, ...]:
    """What a docker file copies. Without a context it is the one that lacks the least."""
    if context is None:
        tried = [copies(snapshot, file, folder) for folder in contexts(snapshot, file)]
        return min(tried, key=lambda found: sum(c.state in ("missing", "ignored") for c in found))
    key = f"facts.copies:{file.path}:{context}"
    return snapshot.once(key, lambda: tuple(_copies(snapshot, file, context)))


def _copies(snapshot: Snapshot, file: File, context: str) -> Iterator[Copy]:
    known = names(snapshot)
    rules = _dockerignore(snapshot, file, context)
    for line, source, target in sources(file):
        plain = posixpath.normpath(source.lstrip("/"))
        path = posixpath.normpath(posixpath.join(context, plain))
        if "$" in source or plain.startswith(".."):
            unsure(Hole(file.path, f"copies {source}, which is not known", line))
            yield Copy(file, line, source, target, "unknown")
        elif path == "." or plain.split("/")[0] == ".git" or path in snapshot.folders or path in snapshot.files:
            kept = path not in snapshot.files or not _left_out(plain, rules)
            yield Copy(file, line, source, target, "there" if kept else "ignored")
        elif any(c in plain for c in "*?["):
            found = bool(snapshot.select((path,), all=True).chosen) or any(
                matches(folder, (path,)) for folder in snapshot.folders
            )
            yield Copy(file, line, source, target, "there" if found else "run time" if known.made(path) else "missing")
        else:
            made = not clear(plain) or known.made(path) or known.made(plain) or known.written(plain.rsplit("/", 1)[-1])
            yield Copy(file, line, source, target, "run time" if made else "missing")


def _dockerignore(snapshot: Snapshot, file: File, context: str) -> list[tuple[Linear, bool]]:
    """The rules of the ignore file that a build heeds: the one named after the docker file, else the context's own."""
    own = f"{file.path}.dockerignore"
    path = own if own in snapshot.files else posixpath.join(context, ".dockerignore")
    found = snapshot.files.get(path)
    rules = []
    for row in found.lines if found is not None and readable(found) else ():
        # unlike git's, each pattern begins at the context
        rule = ignore_rule(("!/" + row[1:].lstrip("/")) if row.startswith("!") else "/" + row.strip().lstrip("/")) if row.strip() and not row.startswith("#") else None  # fmt: skip
        if rule:
            rules.append((rule[0], rule[2]))
    return rules


def _left_out(path: str, rules: list[tuple[Linear, bool]]) -> bool:
    parts, out = path.split("/"), False
    for pattern, negated in rules:
        if any(pattern.fits("/".join(parts[:n])) for n in range(1, len(parts) + 1)):
            out = not negated
    return out


def builds(snapshot: Snapshot, path: str, context: str) -> bool:
    """Whether each file that the docker file at `path` copies may be there in this context."""
    file = snapshot.files[path]
    return not any(c.state in ("missing", "ignored") for c in copies(snapshot, file, context))


def inside_image(snapshot: Snapshot, file: File, line: int, name: str) -> str:
    """The tracked file or folder that a path within an image comes from, as seen at a line of its docker file: by the COPY and
    ADD lines before it and the working folders there. Empty where none of them brings it."""
    folders = ["/"]
    brought: list[tuple[str, str]] = []
    for i in docker(file):
        if i.line >= line:
            break
        if i.name == "WORKDIR" and i.values:
            folders.append(posixpath.normpath(posixpath.join(folders[-1], i.values[0])))
    folders = folders[-_MOST_FOLDERS:]
    here = {posixpath.normpath(posixpath.join(folder, name)) for folder in folders}
    for at, source, target in sources(file)[:_MOST_COPIES]:
        if at < line:
            brought += [(source, posixpath.normpath(posixpath.join(f, target))) for f in folders]
    for context in contexts(snapshot, file):
        for source, target in brought:
            start = posixpath.normpath(posixpath.join(context, source.lstrip("/")))
            start = "" if start == "." else start
            for wanted in here:
                if start in snapshot.files and wanted in (target, posixpath.join(target, posixpath.basename(start))):
                    return start
                if target == "/" or wanted.startswith(target + "/"):
                    path = posixpath.join(start, wanted[len(target.rstrip("/")) + 1 :])
                    if path in snapshot.files or path in snapshot.folders:
                        return path
    return ""


def editors_stock(instructions: Sequence[Instruction]) -> bool:
    """Whether a docker file is what an editor writes for a development container: its base image, to which nothing of the
    project's comes but its environment (`COPY environment.yml* .devcontainer/noop.txt /tmp/conda-tmp/`)."""
    start = next((i for i in instructions if i.name == "FROM"), None)
    image = start.values[0] if start and start.values else ""
    stock = re.search(r"(^|/)(vscode/)?devcontainers/|^vsc-", image)
    active = [i for i in instructions if i.name in ("RUN", "COPY", "ADD", "CMD", "ENTRYPOINT")]
    return bool(stock) and all(i.name == "RUN" or any("noop.txt" in v for v in i.values) for i in active)


def ports(file: File) -> tuple[tuple[int, str], ...]:
    """The ports that EXPOSE, CMD, ENTRYPOINT and ENV name, with their lines."""
    named = [i for i in docker(file) if i.name in ("EXPOSE", "CMD", "ENTRYPOINT", "ENV")]
    found = ((i.line, p) for i in named for p in re.findall(r"(?:port\D{0,6}|EXPOSE\s+|:)(\d{2,5})\b", i.text, re.I))
    return tuple(found)


# -- which image is meant ----------------------------------------------------------------------------------------------

ROLES = {
    "training": ("train",),
    "api": (
        "api",
        "backend",
        "server",
        "serve",
        "serving",
        "inference",
        "app",
        "fastapi",
        "uvicorn",
        "predict",
        "bento",
    ),
    "frontend": ("frontend", "front_end", "front-end", "streamlit", "gradio", "ui", "web"),
    "evaluation": ("eval", "evaluate", "evaluation"),
}


def own_dockerfiles(snapshot: Snapshot) -> list[File]:
    """The group's docker files: without what an editor wrote, and a template's untouched ones where there are others."""
    found = [f for f, made in dockerfiles(snapshot) if not editors_stock(made)]
    return [f for f in found if not snapshot.aside(f)] or found


def of_role(files: Sequence[File], role: str) -> list[File]:
    """The docker files of a role, by their name, else by what they start, else by what they copy; none where nothing says it."""
    words = ROLES[role]
    for told in (_name, _start, _copied):
        if found := [f for f in files if any(w in words or w.startswith(words[0]) for w in told(f))]:
            return found
    return []


def _name(file: File) -> list[str]:
    return re.findall(r"[a-z]+(?:[_-]end)?", re.sub("dockerfile|containerfile|docker", " ", file.path.lower()))


def _start(file: File) -> list[str]:
    last = [i.text for i in docker(file) if i.name in ("CMD", "ENTRYPOINT")]
    return re.findall(r"[a-z]+", " ".join(last).lower())


def _copied(file: File) -> list[str]:
    return [w for _, source, _ in sources(file) for w in re.findall(r"[a-z]+", source.lower())]


_STARTING = ("**/*.y*ml", "**/*.sh", "**/*.json", "**/makefile", "**/tasks.py", "**/*.tf", "**/*.toml", "**/justfile")


def mentioned(snapshot: Snapshot, text: str, *globs: str) -> bool:
    """Whether another file that starts containers mentions a text outside its comments."""
    files = snapshot.select((*_STARTING, *globs), (text,), all=True)
    word = re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w.])", re.IGNORECASE)
    own = snapshot.report.path if snapshot.report else ""
    rows = (row for f in files if f.path != own for row in f.lines if not row.lstrip().startswith("#"))
    return any(word.search(row.split(" #")[0]) for row in rows)


_IMPLIED = frozenset(["docker", "io", "library", "registry", "hub", "com", "image", "images", "base", "official", "the", "version", "a", "an"])  # fmt: skip


def fits(said: str, image: str) -> bool:
    """Whether an image is the one that is said, as far as that goes: `python:3.11` and `Python 3.11 slim` are `python:3.11-slim`,
    and another publisher's image with all these words is one, too."""
    theirs = pieces(image.split("@")[0])
    return all(p in theirs or any(t.startswith(p + ".") for t in theirs if p[0].isdigit()) for p in pieces(said))


def pieces(text: str) -> set[str]:
    """The words and versions of an image's name, without those that go without saying."""
    return set(re.findall(r"[a-z]+|\d+(?:\.\d+)*", text.lower())) - _IMPLIED


def meant(snapshot: Snapshot, path: str, role: str) -> list[File]:
    """The docker files that a path names (none where it is that of no docker file), else those of a role (`all`, `unknown`: all of the group)."""
    if path:
        known = {f.path: f for f, _ in dockerfiles(snapshot)}
        resolver = names(snapshot)
        near = resolver.near(path)
        paths = resolver.works(path) or ((near.path,) if near else ())
        return [known[p] for p in paths if p in known]
    own = own_dockerfiles(snapshot)
    if role in ("all", "unknown"):
        return own
    return of_role(own, role)


def second_stage(file: File) -> int:
    """`COPY --from=image` and `FROM x AS base` make no second stage."""
    return bases(file)[-1].line if len(bases(file)) > 1 else 0


def line_of(*names: str, test: str = "") -> Callable[[File], int]:
    """The line of the first of these instructions whose text has the pattern; 0 without one."""
    return lambda file: next((i.line for i in docker(file) if i.name in names and re.search(test, i.text)), 0)
