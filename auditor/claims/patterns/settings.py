"""Settings and dependencies from rigid forms: machine types beside one file's name, seeds, lock files, lists of all
dependencies, files that a tool works by, generators of documentation."""

import re
from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Dependency, File, Location, Setting
from auditor.claims.names import word_set, words
from auditor.claims.patterns.files import around, strength
from auditor.facts.broken import stopped
from auditor.facts.cloud import MACHINE
from auditor.facts.mentions import mentions
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement

# Words that may stand between a setting and its number.
_LINKS = word_set("is was of to set at value rate = : ( fixed default")
_UNITS = word_set("runs seeds times experiments workers epochs different")
_TOKEN = compile_later(r"[\w.+-]+|[=:(),;]")


_PAIR = compile_later(r"([A-Za-z_][\w.]*)\s*[:=]\s*(-?[\w.+-]+|\"[^\"]*\"|'[^']*')")
_CHANGED = word_set("override overrides overridden overrode overwrite change changed instead example default defaults sweep sweeps from increase increased decrease decreased")  # fmt: skip


@reads("settings")
def settings(prose: Prose, case: Case) -> Iterator[tuple[Statement, Setting]]:
    """A code span `key: value` in a plain sentence that names exactly one YAML file. Leaves alone overrides, changes, defaults
    and examples."""
    for statement in prose.sentences():
        if (
            ".y" not in statement.text
            or strength(statement) != "plain"
            or statement.negated
            or words(statement.plain) & _CHANGED
        ):
            continue
        files = {name for name, _, _ in mentions(statement.text) if name.endswith((".yaml", ".yml"))}
        if len(files) != 1:
            continue
        path = files.pop()
        for span in statement.code:
            if pair := _PAIR.fullmatch(span):
                quote = around(statement, max(statement.text.find(span), 0), len(span))
                yield (statement, Setting(kind="setting", quote=quote, name=pair[1], value=pair[2].strip("'\""), path=path))  # fmt: skip


def _after(rest: str) -> str | None:
    """The number that follows at once, links between; none for a range or a list."""
    tokens = [t.rstrip(".") for t in _TOKEN.findall(rest)[:8]]
    for k, token in enumerate(tokens):
        if re.fullmatch(r"\d+(\.\d+)?(e[+-]?\d+)?", token):
            following = [*tokens[k + 1 :], "", ""]
            several = following[0] in ("to", "and", "or", "-", ",") and following[1][:1].isdigit()
            return None if several or following[0] in _UNITS else token
        if token not in _LINKS:
            return None
    return None


_SEEDS = word_set("seed seeds")
_SETS = word_set(
    "set sets setting fixed fix fixing control controls controlled use used using specify specified global random manual constant apply applied include included insert inserted define defined store stored configure configured"
)
_SET = word_set("set fixed included configured specified defined")
_IS = word_set("is are was were")
_NOT_ONE = word_set("different several multiple would could might if plan planned every")


@reads("seeds")
def seeds(prose: Prose, case: Case) -> Iterator[tuple[Statement, Setting]]:
    """`seed` with the number that follows it, or with a word that says that one is set. Leaves alone several seeds, plans,
    denials and addresses."""
    for statement in prose.sentences():
        said = words(statement.plain + " " + " ".join(statement.code))
        if (
            not said & _SEEDS
            or said & _NOT_ONE
            or strength(statement) in ("planned", "attempted")
            or "://" in statement.text
        ):
            continue
        low = statement.plain.lower()
        number = next((n for m in re.finditer(r"\bseeds?\b", low) if (n := _after(low[m.end() :]))), None)
        quote = around(statement, max(statement.text.lower().find("seed"), 0), 4)
        if number and number.isdigit():
            yield (statement, Setting(kind="setting", quote=quote, name="seed", value=number, strength=strength(statement)))  # fmt: skip
        elif (
            (said & _SETS if statement.ours else said & _SET and said & _IS)
            and not statement.negated
            and not re.search(r"seeds?\W+\d", low)
        ):
            yield statement, Setting(kind="setting", quote=quote, name="seed", value="set")


_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock")
_PINS = word_set("pin pins pinned exact exactly locked")
_EXACT = word_set("exact exactly identical same")


@reads("machines")
def machines(prose: Prose, case: Case) -> Iterator[tuple[Statement, Setting]]:
    """A machine type beside the one configuration file that a plain sentence names; of several files each with the type that
    follows its name before the next one's."""
    for statement in prose.sentences():
        found = list(MACHINE.finditer(statement.text)) if "-" in statement.text else []
        if not found or strength(statement) != "plain" or statement.negated:
            continue
        files = [
            (n, at) for n, at, _ in mentions(statement.text) if n.endswith((".yaml", ".yml", ".json", ".tf", ".sh"))
        ]
        files.sort(key=lambda f: f[1])
        for k, (name, at) in enumerate(files):
            end = files[k + 1][1] if k + 1 < len(files) else len(statement.text)
            of = {m[0].lower() for m in found if len(files) == 1 or at < m.start() < end}
            if len(of) == 1:
                quote = around(statement, at, len(name))
                yield statement, Setting(kind="setting", quote=quote, name="machine type", value=of.pop(), path=name)


@reads("locks", "dependencies", "reproducibility")
def locks(prose: Prose, case: Case) -> Iterator[tuple[Statement, Dependency]]:
    """A lock file by its name, or `uv sync` and its like, in a plain sentence with a word for pinned, exact or the same."""
    for statement in prose.sentences("dependencies", "reproducibility"):
        low = statement.text.lower()
        named = next((w for w in (*_LOCKS, "uv sync", "poetry install", "pdm install", "pdm sync") if w in low), "")
        if (
            named
            and words(statement.plain) & (_PINS if named in _LOCKS else _EXACT)
            and strength(statement) == "plain"
            and not statement.negated
        ):
            quote = around(statement, low.find(named), len(named))
            yield statement, Dependency(kind="dependency", quote=quote, package="all", state="locked", every=True)


_DEPENDENCY_LIST = compile_later(r"(?:pyproject\.toml|requirements[\w.-]*\.txt|environment\.ya?ml)$")
_PACKAGES = word_set("dependencies dependency packages package libraries library")
_DONE = word_set("declared listed specified defined stated managed kept tracked recorded")
_HOLDS = word_set("contains lists declares specifies includes holds contain list declare specify include hold")
_PARTLY = word_set("most almost nearly except main core")


@reads("listed", "dependencies")
def listed(prose: Prose, case: Case) -> Iterator[tuple[Statement, Dependency]]:
    """`all dependencies are declared in X`, or `X lists all packages`, X being a list of dependencies by its file, in a plain
    sentence. Leaves alone what speaks of those that are listed (`all packages listed in X`)."""
    for statement in prose.sentences("dependencies"):
        found = [n for n, _, _ in mentions(statement.text) if _DEPENDENCY_LIST.search(n)]
        tokens = re.findall(r"[a-z]+", statement.plain.lower())
        at = next((i for i, w in enumerate(tokens) if w in ("all", "every", "each") and set(tokens[i + 1 : i + 5]) & _PACKAGES), -1)  # fmt: skip
        is_done = any(a in _IS and (b in _DONE or c in _DONE) for a, b, c in zip(tokens, tokens[1:], [*tokens[2:], ""], strict=False))  # fmt: skip
        holds = at > 0 and bool(set(tokens[max(0, at - 2) : at]) & _HOLDS)
        loose = set(tokens) & _PARTLY or strength(statement) != "plain" or statement.negated
        if at >= 0 and len(found) == 1 and (is_done or holds) and not loose:
            quote = around(statement, max(statement.text.find(found[0]), 0), len(found[0]))
            yield statement, Dependency(kind="dependency", quote=quote, package="all", state="declared", path=found[0], every=True)  # fmt: skip
            return


_WORKS = word_set(
    """integrate integrated integrates run runs running ran check checks checked enforce enforces enforced trigger triggers triggered automate automated automates automatically ensure ensures
    ensuring through using use used uses install installs installed load loads loaded manage managed manages read reads build builds built test tests tested configured control controls"""
)


@reads("relied-on")
def relied_on(prose: Prose, case: Case) -> Iterator[tuple[Statement, File]]:
    """A tool that works by one file of its own (pre-commit, GitHub Actions, the package's installation, Hydra) and is plainly
    said to do something, where that file is there once and cannot be read."""
    alone = stopped(case.snapshot)
    for statement in prose.sentences() if alone else ():
        low = statement.plain.lower()
        if strength(statement) != "plain" or statement.negated or not statement.ours or not words(low) & _WORKS:
            continue
        for named, path in alone:
            if hit := next((n for n in named if n in low), ""):
                quote = around(statement, max(statement.text.lower().find(hit), 0), len(hit))
                yield statement, File(kind="file", quote=quote, path=path, state="there")


_SITES = word_set("mkdocs mkdocstrings sphinx autodoc")
_DOCS = word_set("documentation docs document documented")
_OTHER_DOCS = word_set("fastapi swagger openapi redoc wiki notion confluence pdoc template cookiecutter dependency dependencies deploy deployed deploys publish published plugins")  # fmt: skip
_MADE = word_set("generate generated generates generating build built builds written wrote write create created creates handled maintained produce produced documented made use used using provided rendered kept")  # fmt: skip


@reads("documentation")
def documentation(prose: Prose, case: Case) -> Iterator[tuple[Statement, Location]]:
    """A generator of documentation by its name, or a `docs` folder, in a plain sentence that says that documentation was made.
    Leaves alone the API's own pages, wikis, deployments, the template."""
    for statement in prose.sentences():
        said = words(statement.plain)
        sited = said & _SITES or ("docs" in said and said & {"folder", "directory"})
        if not sited or not said & (_DOCS - {"docs"}) or not said & _MADE or said & _OTHER_DOCS:
            continue
        if strength(statement) == "plain" and not statement.negated:
            at = statement.text.lower().find("doc")
            quote = around(statement, max(at, 0), 13)
            yield statement, Location(kind="location", quote=quote, what="documentation", folder="docs")
