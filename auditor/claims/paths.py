"""Claims about files, folders, links and images: whether what an answer names is in the repository."""

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.facts.history import pull_requests
from auditor.lazy import compile_later
from auditor.markup import references
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import yaml_documents
from auditor.repository import GitError, Unreadable
from auditor.snapshot import File, OpenSnapshot, Snapshot

# -- what is where -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """A file that a wrong name may mean. `how` says what differs: `case`, `ending`, `spelling`, `folder`."""

    path: str
    how: str


_NAMING = (
    "**/*.{py,sh,yaml,yml,toml,cfg,ini,ipynb,tf,mk,ps1,js,ts}",
    "**/*dockerfile*",
    "**/{makefile,justfile}",
)
_WRITES = compile_later(
    r"writ|sav(?:e|ing)|dump|out(?:put|file)|download|fetch|export|compile|freeze|generat|render|creat|copyfile|shutil|--from=|curl|wget|gsutil|"
    r"\bopen\(|(?<![-=])>(?!=)|\b(?:cp|mv|tee|touch|sed|envsubst|get|pull)\b|\becho\b(?!=)|(?<!\w)-o\b",
    re.IGNORECASE,
)


@dataclass
class Places:
    """Where files are, were, may be made at run time, and which name comes close to a wrong one."""

    snapshot: Snapshot
    _named: dict[str, bool] = field(default_factory=dict)
    _own: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    @property
    def earlier(self) -> bool:
        """Whether this is an earlier commit, which is only asked whether what a later one lacks was there: there a missing
        file is missing, whatever else would make a reader hesitate."""
        return bool(self.snapshot.commit) and not isinstance(self.snapshot, OpenSnapshot)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths by their last part in small letters."""
        found: dict[str, list[str]] = {}
        for path in self.snapshot.files:
            found.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
        return found

    @cached_property
    def folder_names(self) -> dict[str, list[str]]:
        """Folders by their last part in small letters."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.snapshot.folders):
            found.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
        return found

    @cached_property
    def ever(self) -> frozenset[str]:
        """Every path that any branch of this copy ever added."""
        if not isinstance(self.snapshot, OpenSnapshot):
            return frozenset(self.snapshot.files)
        try:
            out = self.snapshot.repository.raw(
                "log", "--all", "--no-renames", "--diff-filter=A", "--name-only", "--format=", "-z"
            )
        except GitError:
            return frozenset(self.snapshot.files)
        return frozenset(out.decode("utf-8", errors="replace").replace("\n", "\0").split("\0")) - {""}

    def has(self, name: str) -> bool:
        """Whether a file or folder has this path, or ends in it."""
        return self.file(name) != "" or self.folder(name) != ""

    def file(self, name: str) -> str:
        """The file that has this path or ends in it, the shortest first; empty without one."""
        if name in self.snapshot.files:
            return name
        ends = [p for p in self.by_name.get(name.rsplit("/", 1)[-1].lower(), ()) if p == name or p.endswith("/" + name)]
        return min(ends, key=len, default="")

    def folder(self, name: str) -> str:
        """The folder that has this path or ends in it; empty without one."""
        name = name.rstrip("/")
        if name in self.snapshot.folders:
            return name
        ends = [p for p in self.folder_names.get(name.rsplit("/", 1)[-1].lower(), ()) if p.endswith("/" + name)]
        return min(ends, key=len, default="")

    def was(self, name: str) -> str:
        """A path that once had this name and is no longer in the tree."""
        ends = [p for p in self.ever if p == name or p.endswith("/" + name)]
        return min(ends, key=lambda p: (len(p), p), default="")

    def removed(self, path: str) -> tuple[str, str]:
        """The commit (short) and day that took a file out of the audited line; empty if none did."""
        if not isinstance(self.snapshot, OpenSnapshot):
            return "", ""
        try:
            out = self.snapshot.repository.git(
                "log", "-1", "--no-renames", "--diff-filter=D", "--format=%h %cs", self.snapshot.commit, "--", path
            ).split()
        except GitError:
            return "", ""
        return (out[0], out[1]) if len(out) == 2 else ("", "")

    def near(self, name: str, folders: bool = False) -> Near | None:
        """The one file (or folder) that a wrong name plainly means: another case, ending, number or hyphen, a letter, or
        another folder. None where several could be meant alike."""
        index = self.folder_names if folders else self.by_name
        base = name.rsplit("/", 1)[-1]
        same = index.get(base.lower(), [])
        if same:
            exact = [p for p in same if p.rsplit("/", 1)[-1] == base]
            if not exact:
                tail = [p for p in same if p.lower() == name.lower() or p.lower().endswith("/" + name.lower())]
                return Near(min(tail or same, key=len), "case")
            likest = _closest(name, exact)
            alike = difflib.SequenceMatcher(None, name.lower(), likest.lower()).ratio()
            return Near(likest, "folder") if alike >= (0.75 if _GENERIC.fullmatch(base) else 0.55) else None
        stem, ending = _cut(base)
        close: list[tuple[int, str, str]] = []
        for other, paths in index.items():
            theirs, their_ending = _cut(other)
            path = _closest(name, paths)
            if theirs == stem.lower() and (
                _kin(ending, their_ending) or (_PROJECT.match(stem) and ending and their_ending)
            ):
                close.append((0, path, "ending"))
            elif (ending.lower() == their_ending or _kin(ending, their_ending)) and _letters(stem) == _letters(theirs):
                close.append((1, path, "spelling"))
            elif ending.lower() == their_ending and _slip(stem.lower(), theirs):
                close.append((2, path, "spelling"))
            elif ending.lower() == their_ending and _root(stem) == _root(theirs):
                close.append((3, path, "spelling"))
        if not close:
            return None
        best = min(rank for rank, _, _ in close)
        found = [Near(path, how) for rank, path, how in close if rank == best]
        if len(found) > 1:
            folder = name.rsplit("/", 1)[0] if "/" in name else ""
            found = [n for n in found if folder and n.path.startswith(folder + "/")]
        return found[0] if len(found) == 1 else None

    # -- what is made at run time

    @cached_property
    def _ignore(self) -> list[tuple[str, re.Pattern[str], bool, bool]]:
        rules = []
        for path, file in self.snapshot.files.items():
            if file.name not in (".gitignore", ".dockerignore") or (file.name == ".dockerignore" and file.folder):
                continue
            try:
                rows = file.lines
            except Unreadable:
                continue
            for row in rows:
                rule = _ignore_rule(row)
                if rule and file.name == ".gitignore":
                    rules.append((path[: -len(".gitignore")], *rule))
        return rules

    def ignored(self, path: str) -> bool:
        """Whether git would ignore a file of this path, or a folder of it: a name alone is tried at the root."""
        parts = path.strip("/").split("/")
        for n in range(1, len(parts) + 1):
            piece, is_folder = "/".join(parts[:n]), n < len(parts) or path.endswith("/")
            state = False
            for prefix, pattern, only_folders, negated in self._ignore:
                if piece.startswith(prefix) and (is_folder or not only_folders) and pattern.match(piece[len(prefix) :]):
                    state = not negated
            if state:
                return True
        return False

    @cached_property
    def versioned(self) -> frozenset[str]:
        """What DVC keeps: the files and folders of `.dvc` files and of the outputs of `dvc.yaml`."""
        found = set()
        for path, file in self.snapshot.files.items():
            if path.endswith(".dvc") and file.name != ".dvc":
                found.add(path.removesuffix(".dvc"))
            elif file.name in ("dvc.yaml", "dvc.lock") or path.endswith(".dvc"):
                for root in yaml_documents(file):
                    for key, node in root.walk():
                        if node.kind == "text" and {"outs", "path", "plots", "metrics"} & set(key):
                            found.add(posixpath.normpath(posixpath.join(file.folder, node.text)))
        return frozenset(found)

    def made(self, path: str) -> bool:
        """Whether such a file would be made, fetched or kept out of git: ignored, or below what DVC keeps."""
        path = path.removeprefix("./")
        parts = path.strip("/").split("/")
        below = any("/".join(parts[:n]) in self.versioned for n in range(1, len(parts) + 1))
        return below or self.ignored(path)

    def named_in_code(self, base: str) -> bool:
        """Whether own code, configuration or CI names a file so: it may be written, fetched or rendered there."""
        if base not in self._named:
            self._named[base] = len(self.snapshot.select((*_NAMING, "!reports/**"), mentions=(base,))) > 0
        return self._named[base]

    def made_by_code(self, name: str) -> bool:
        """Whether own code names a file so and may write, fetch or render it. What the audited line of history once held and
        no line writes is a name left over."""
        base = name.rsplit("/", 1)[-1]
        if not self.named_in_code(base):
            return False
        was = self.was(name)
        return not (was and self.removed(was)[0]) or self._written(base)

    def _written(self, base: str) -> bool:
        """Whether a line that names a file, or the one before it, seems to write it."""
        for file in self.snapshot.select((*_NAMING, "!reports/**"), mentions=(base,)):
            rows = file.lines
            for i, row in enumerate(rows):
                if base in row and any(_WRITES.search(r.replace(base, "")) for r in rows[max(0, i - 1) : i + 1]):
                    return True
        return False

    # -- whose repository it is

    def own(self, prose: Prose) -> tuple[frozenset[str], frozenset[str]]:
        """The names and owners (small letters) that the group's repository goes by: the address it was cloned from, what
        links with a path that is here say, the pull requests' owners."""
        if prose.report.sha256 not in self._own:
            self._own[prose.report.sha256] = self._read_own(prose)
        return self._own[prose.report.sha256]

    def _read_own(self, prose: Prose) -> tuple[frozenset[str], frozenset[str]]:
        names, owners = set(), {p.owner.lower() for p in pull_requests(self.snapshot.history) if p.owner}
        if isinstance(self.snapshot, OpenSnapshot):
            match = re.search(r"[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", self.snapshot.repository.origin())
            if match:
                owners.add(match[1].lower())
                names.add(match[2].lower())
        for statement in prose.of():
            for owner, name, _, path in _BLOB.findall(statement.text):
                if self._tracked(_plain_target(path)):
                    names.add(name.lower().removesuffix(".git"))
                    owners.add(owner.lower())
        return frozenset(names), frozenset(owners)

    def _tracked(self, path: str) -> bool:
        return path in self.snapshot.files or path in self.snapshot.folders


def places(repo: Repo) -> Places:
    """The places of a repository's commit."""
    return repo.snapshot.once("claims.places", lambda: Places(repo.snapshot))


def _cut(base: str) -> tuple[str, str]:
    """A file's name as stem and ending: `train.dockerfile` ends in `dockerfile`, `Dockerfile.train` does as well."""
    if re.match(r"(?i)dockerfile\.\w", base):
        return base[11:], "dockerfile"
    stem, dot, ending = base.rpartition(".")
    return (stem, ending.lower()) if dot and stem else (base, "")


_PROJECT = compile_later(
    r"(?i)(pyproject|requirements\w*|mkdocs|cloudbuild|docker-compose)$"
)  # stems that have one ending


def _kin(a: str, b: str) -> bool:
    """Whether two endings are of one kind, so that one may stand for the other by mistake."""
    kinds = (
        {"yaml", "yml", "json", "toml"},
        {"md", "txt", "rst"},
        {"sh", "bash", "ps1"},
        {"py", "ipynb"},
    )
    images = {"png", "jpg", "jpeg", "gif", "svg", "webp", "pdf"}
    return a != b and any({a, b} <= kind for kind in (*kinds, images))


def _letters(stem: str) -> str:
    """A stem without case, hyphens, underscores, and the plural of its words."""
    words = re.split(r"[-_.\s]+", stem.lower())
    return "".join(w[:-1] if len(w) > 3 and w.endswith("s") else w for w in words)


def _root(stem: str) -> str:
    """A stem without what makes a noun of a verb: `train`, `trainer` and `training`, `predict` and `prediction`."""
    return re.sub(r"(ation|ate|ion|ing|er|or|e)$", "", _letters(stem))


def _slip(a: str, b: str) -> bool:
    """Whether two names differ by a slip of the pen: one letter, two in a long name, or two letters exchanged; never a number."""
    if re.findall(r"\d+", a) != re.findall(r"\d+", b) or min(len(a), len(b)) < 6 or abs(len(a) - len(b)) > 2:
        return False
    allowed = 2 if min(len(a), len(b)) >= 11 else 1
    rows = list(range(len(b) + 1))
    before: list[int] = []
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(rows[j] + 1, now[j - 1] + 1, rows[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, rows = rows, now
    return rows[-1] <= allowed


def _closest(name: str, paths: Iterable[str]) -> str:
    """The path that looks most like a name."""
    return max(sorted(paths), key=lambda p: (difflib.SequenceMatcher(None, name.lower(), p.lower()).ratio(), -len(p)))


def _ignore_rule(row: str) -> tuple[re.Pattern[str], bool, bool] | None:
    """One line of a .gitignore: the pattern for a path below its folder, whether it is for folders only, whether it negates."""
    row = row.rstrip()
    if not row or row.startswith("#"):
        return None
    negated = row.startswith("!")
    row = row.lstrip("!").removeprefix("\\")
    only_folders = row.endswith("/")
    row = row.rstrip("/")
    anchored = "/" in row
    row = row.lstrip("/")
    out, i = "", 0
    while i < len(row):
        if row.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif row.startswith("**", i):
            out, i = out + ".*", i + 2
        elif row[i] == "*":
            out, i = out + "[^/]*", i + 1
        elif row[i] == "?":
            out, i = out + "[^/]", i + 1
        elif row[i] == "[" and "]" in row[i + 2 :]:
            end = row.index("]", i + 2)
            body = row[i + 1 : end].replace("\\", "\\\\")
            out, i = out + "[" + ("^" + body[1:] if body[0] in "!^" else body) + "]", end + 1
        else:
            out, i = out + re.escape(row[i]), i + 1
    try:
        return re.compile(("" if anchored else "(?:.*/)?") + out + r"\Z"), only_folders, negated
    except re.error:
        return None


# -- names in a sentence -----------------------------------------------------------------------------------------------

_ENDINGS = r"(?:py|ipynb|ya?ml|toml|sh|bash|cfg|ini|tf|\w*dockerfile|rst|md|txt|js|jsx|ts|tsx|html|css|json|lock|dvc)"
_TOKEN = compile_later(
    r"(?<![\w/.:@=\-*<>{}$%~&#\\])((?:\.{1,2}/)*/?\.?\w[\w.\-]*(?:/[\w.\-]+)*)(?![\w/*<{$(=@]|://)",
)
_FILE = compile_later(rf"(?:.*/)?[\w.-]*[\w-]\.{_ENDINGS}|(?:.*/)?Dockerfile\.\w[\w-]*", re.IGNORECASE)
_CODE = compile_later(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINKED = compile_later(
    r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*(<[^>]*>|[^()\s]*(?:\([^()]*\)[^()\s]*)*|[^()\n]*)\s*\)|<?https?://[^\s)>]+>?|<img\b[^>]*>|\S+@\S+"
)
# Names that people use for a kind of file, whether they have one or not.
_GENERIC = compile_later(
    r"(?i)(setup\.(py|cfg)|requirements(_dev|-dev|_tests?)?\.txt|environment\.ya?ml|(docker-)?compose\.ya?ml|dockerfile|makefile|readme\.md|conftest\.py"
    r"|__init__\.py|package(-lock)?\.json|pyproject\.toml|dvc\.(yaml|lock)|poetry\.lock|uv\.lock|tox\.ini|setup\.cfg|main\.py|app\.py|\.pre-commit-config\.yaml"
    r"|claude\.md|agents\.md|license\.txt|robots\.txt|index\.html|pixi\.(toml|lock)|openapi\.json|dependabot\.ya?ml|cookiecutter\.json)"
)
_TOOLS = compile_later(
    r"(?i)(coverage|memory_profiler|manim|torch|numpy|spacy|pip|hydra|web|cherry|wandb)\.py|(overrides|hydra|hparams|metadata|metrics|results?|summary|report|predictions?|checkpoint|last|best|latest)\.\w+|[\w.]+\.(js|ts)|\w+\.(ai|io|com|org)"
)
_MADE_UP = compile_later(
    r"(?i)(^|[/_.-])(foo|bar|baz|xxx*|your|my|some|name|file|filename|script|path|example|sample|dummy)([/_.-]|$)|\.\.\."
    r"|_\.\w+$|(^|/)_test\.py$"  # `test_*.py`, whose star is markup
)
_MADE_FROM = compile_later(
    r"\b(?:created|generated|exported|compiled|produced|made|derived) (?:from|by|with|using|via|through)\b",
    re.IGNORECASE,
)
_GIVEN_UP = compile_later(
    r"\bhad\b(?! to\b)|\b(?:ran into|sadly|unfortunately|issues?|problems?|difficult\w*|gave up|trouble\w*)\b|(?:did|could)(?:n['’]t| not) (?:work|get)",
    re.IGNORECASE,
)
_AWAY = compile_later(
    r"\b(remov\w+|delet\w+|renam\w+|replac\w+|dropp\w+|discard\w*|eliminat\w+|migrat\w+|switch\w*|moved|merged|got rid|clean\w* up|unused|obsolete"
    r"|deprecated|legacy|former\w*|old|no longer|instead of|rather than|unlike|opposed to|compared (?:to|with)|alternative\w*|traditional\w*|missing|ignor\w+|avoid\w*)\b",
    re.IGNORECASE,
)
_NOT = compile_later(
    r"\b(not|no|never|none|neither|nor|without|lack\w*|cannot|skipp\w+|exclud\w+)\b|n't\b", re.IGNORECASE
)
_OTHERS = compile_later(
    r"\b(courses?|exercises?|tutorials?|template|cookie-?cutter|lecture|official|upstream|other (?:group|project|repositor)\w*)\b",
    re.IGNORECASE,
)
_ELSEWHERE = compile_later(
    r"\b(courses?|exercises?|tutorials?|template|cookie-?cutter|lecture|official|(?:its|their) (?:docs|documentation|repository)|upstream|other (?:group|project|repositor)\w*"
    r"|bucket|container|inside the image|virtual machine|the vm|hpc|in (?:the )?cloud|registry|drive|kaggle|hugging ?face|gs://)\b",
    re.IGNORECASE,
)
_WRITTEN = compile_later(
    r"\b(generat\w+|produc\w+|sav(?:e|es|ed|ing)|stor(?:e|es|ed|ing)|wr(?:ite|ites|itten|iting)|output\w*|export\w*|download\w*|upload\w*|artifacts?|creates|logs?|logged|dump\w*|render\w*|fetch\w*|pull\w*)\b",
    re.IGNORECASE,
)
_LOOSE = compile_later(
    r"\b(e\.g|for example|for instance|such as|something like|like|similar|typical(?:ly)?|any|each|every|a (?:new|single|separate))\b",
    re.IGNORECASE,
)
_THERE = compile_later(
    r"\b((?:is|are|was|were|be|being|can be|been)?\s*(?:located|defined|implemented|found|placed|written|specified|configured|described|contained|included|provided|listed|declared|handled|kept|set up|managed)\s+(?:\w+\s+)?(?:in|by|inside|under|within|through|via|using)"
    r"|we (?:also |have |then |further |mainly |primarily )*(?:have|added|add|created|wrote|use|used|made|include|included|implemented|maintain|defined|built|filled out|filled in|wrote|set up|developed|keep|run|ran|modified|changed|adapted|extended)"
    r"|our|see|there (?:is|are)|contains?|containing|consists? of|includes?|including|via|through|using|(?:the|a|in|from|of) (?:file|script|module|config\w*|workflow|notebook|dockerfile)|filled out)\b",
    re.IGNORECASE,
)
_DATA_FOLDER = compile_later(
    r"(?i)^\.?/?(data|datasets?|outputs?|wandb|logs?|mlruns|lightning_logs|checkpoints?|results?|artifacts?|models?|multirun|tmp|temp|app|gcs|mnt|home|root|opt|var|etc|usr|workspace|site|dist|build|htmlcov|\.venv|venv)/"
)


# hidden folders that are there to be kept in git; others (`.hydra`, `.venv`, `.dvc/cache`) are made by a tool
_KEPT = compile_later(r"\.(?:github|gitlab|circleci|buildkite|devcontainer)/")
_NAMES = compile_later(rf"\w\.{_ENDINGS}\b|dockerfile\.\w", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """A file's name as it stands in a statement. `name` is cleaned, `at` its place in the text, `code` in a code span."""

    name: str
    raw: str
    at: int
    code: bool


def mentions(statement: Statement) -> Iterator[Mention]:
    """The file names in a sentence's code spans and words; none of links, addresses, commands and patterns."""
    if not _NAMES.search(statement.text):
        return
    text = _LINKED.sub(lambda m: "\0" * len(m[0]), statement.text)
    spans = [(m.start(), m.end()) for m in _CODE.finditer(text)]
    for match in _CODE.finditer(text):
        inner = match[2].strip()
        if inner and not re.search(r"\s", inner):
            yield from _mention(inner, statement.text.find(match[2], match.start()), True)
    outside = list(text)
    for a, b in spans:
        outside[a:b] = "\0" * (b - a)
    words = "".join(outside).replace("\\_", "\0_")
    shift = {m.start() for m in re.finditer("\0_", words)}
    if shift:
        words = "".join(outside).replace("\\_", "__")  # keeps the length; cleaned below
    for match in _TOKEN.finditer(words):
        if "." not in match[1]:
            continue
        raw = statement.text[match.start(1) : match.end(1)]
        yield from _mention(raw, match.start(1), False)


def _mention(raw: str, at: int, code: bool) -> Iterator[Mention]:
    name = raw.replace("\\_", "_").replace("\\", "/").strip("\"'.,;:()")
    if raw.lstrip("\"'(").startswith(".") and not raw.startswith(("./", "../", "...")):
        name = "." + name
    if _FILE.fullmatch(name) and not re.search(r"[*<>{}$?\[\]|]|://|^\w+:|=", name):
        if name.startswith("/") and name.count("/") == 1:
            return  # an endpoint
        stripped = re.sub(r"^(\.{1,2}/)+", "", name).lstrip("/")
        if re.fullmatch(r"[\w./-]+", stripped) and (not stripped.startswith(".") or _KEPT.match(stripped)):
            yield Mention(stripped, raw, at, code)


def clause(statement: Statement, at: int, length: int) -> str:
    """The words around a place of a long statement, verbatim; empty for a short one, which is quoted whole."""
    text = statement.text
    if len(text) <= 250:
        return ""
    start, end = max(0, at - 90), min(len(text), at + length + 90)
    for mark in re.finditer(r"[;:]\s|,\s(?=(?:and|while|which|where|with|we)\b)|\n", text[start:at]):
        if len(text[start + mark.end() : at].split()) >= 3:
            start += mark.end()
            break
    else:
        start = 0 if start == 0 else text.find(" ", start) + 1
    end = len(text) if end == len(text) else max(text.rfind(" ", at + length, end), at + length)
    piece = text[start:end].strip()
    return piece if len(piece.split()) >= 5 else ""


def subject(statement: Statement) -> str:
    """The statement with what introduces it, as far as an entry of a list depends on that."""
    return (
        f"{statement.heading} {statement.lead} {statement.plain}"
        if statement.kind in ("item", "row", "fence")
        else statement.plain
    )


# -- files -------------------------------------------------------------------------------------------------------------


@check("paths-named", asks="Are the files that the answers name in the repository?")
def paths_named(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a file of code, configuration, dependencies or documentation, named in a code span or as a plain word.

    Settled by: the tracked files (a name or the end of a path is enough), then by a name that comes close (case, ending,
    plural, hyphen, one letter, another folder), then by the history. Where nothing of that kind ever was, only a sentence
    that plainly says that the file is there counts.
    Leaves alone: plans, the past, attempts, what is denied, removed, renamed or compared with; what git ignores, DVC keeps or
    the own code writes; files of the course, a container, a bucket; tools that are called like files; patterns and made-up
    names; commands, links and fences (other checks)."""
    where = places(repo)
    seen: set[tuple[int, str]] = set()
    for statement in prose.sentences():
        spoken = list(mentions(statement))
        for mention in spoken:
            key = (statement.question.n, mention.name)
            if key in seen or where.has(mention.name):
                continue
            settled = _named(statement, mention, where, prose)
            if settled:
                seen.add(key)
                yield settled


def _named(statement: Statement, mention: Mention, where: Places, prose: Prose) -> Settled | None:
    name, base = mention.name, mention.name.rsplit("/", 1)[-1]
    about = f"path:{name}"
    if where.earlier:
        missing = absence(f"no file {name} at this commit")
        return Settled(statement, about, f"There is no {name}.", f"There is no file {name}.", (missing,))
    around = statement.text[max(0, mention.at - 60) : mention.at]
    about_it = subject(statement)
    if not statement.firm or _AWAY.search(about_it) or _NOT.search(around):
        return None
    if _TOOLS.fullmatch(name) or _MADE_UP.search(name) or _DATA_FOLDER.match(name) or where.made(name):
        return None
    if base.lower().endswith(
        (".js", ".jsx", ".ts", ".tsx", ".html", ".css", ".json", ".lock", ".md", ".rst", ".dvc")
    ) and not ("/" in name and mention.code):
        return None
    if base.lower().endswith(".txt") and not re.search(r"(?i)requirement|constraint", base):
        return None
    tail = _without_first(name, prose, where)
    if tail and where.file(tail):
        return None
    near = where.near(name)
    generic = bool(_GENERIC.fullmatch(base))
    if near and not (generic and "/" not in name and not _same_kind(base, near)):
        vicinity = around + statement.text[mention.at : mention.at + len(mention.raw) + 40]
        return None if _ELSEWHERE.search(vicinity) else _near(statement, mention, near, where)
    if not where.by_name.get(base.lower()) and where.made_by_code(name):
        return None
    quote = clause(statement, mention.at, len(mention.raw))
    if statement.negated or (statement.hedged and _LOOSE.search(statement.plain)):
        return None
    was = where.was(name)
    # where code still names it, one like it may be made in another place
    clear = bool(was) and not where.named_in_code(base)
    if not clear and _WRITTEN.search(statement.plain) and not base.endswith(".py"):
        return None
    if _OTHERS.search(about_it) if clear else _ELSEWHERE.search(about_it):
        return None
    if was:
        if _GIVEN_UP.search(statement.plain) or _MADE_FROM.search(statement.plain):
            return None
        sha, day = where.removed(was)
        if not sha or (generic and not _THERE.search(statement.plain)):
            return None
        evidence: tuple[Evidence, ...] = (
            absence(f"no file {name} among the {len(where.snapshot.files)} tracked files"),
            fact(f"{was} was removed on {day}", f"commit {sha}"),
        )
        shows = f"{was} was removed on {day} (commit {sha})."
        return Settled(
            statement,
            about,
            shows,
            f"The sentence names {name}; it is no longer in the repository.",
            evidence,
            quote,
            detail=True,
        )
    if generic or not _THERE.search(statement.plain) or not (mention.code or statement.ours or "/" in name):
        return None
    evidence = (absence(f"no file {name} among the {len(where.snapshot.files)} tracked files, nor in the history"),)
    elsewhere = where.by_name.get(base.lower(), [])
    shows = (
        f"There is no {name}, and none ever was; {elsewhere[0]} is there."
        if elsewhere
        else f"No tracked file is called {base}, and none ever was."
    )
    difference = f"The sentence names {name}; the repository has no such file."
    return Settled(statement, about, shows, difference, evidence, quote, detail=bool(elsewhere))


def _same_kind(base: str, near: Near) -> bool:
    """Whether a common name differs from a file's only in how it is written: `-dev` for `_dev`, `.yml` for `.yaml`."""
    theirs = near.path.rsplit("/", 1)[-1]
    return near.how == "spelling" or (near.how == "ending" and {_cut(base)[1], _cut(theirs)[1]} == {"yml", "yaml"})


def _without_first(name: str, prose: Prose, where: Places) -> str:
    """The path without a first part that is only the repository's own name or a container's root."""
    first, _, rest = name.partition("/")
    if not rest:
        return ""
    names, _ = where.own(prose)
    return rest if first.lower() in names | {"repo", "root", "app", "code", "project", "workspace", "home"} else ""


def _shortened(name: str, path: str) -> bool:
    """Whether a path only leaves out folders of the real one (`src/data.py` for `src/project/data.py`): it leads a reader to
    the file all the same."""
    parts = iter(path.lower().split("/"))
    return all(part in parts for part in name.lower().split("/"))


def _near(statement: Statement, mention: Mention, near: Near, where: Places) -> Settled | None:
    name, base = mention.name, mention.name.rsplit("/", 1)[-1]
    theirs = near.path.rsplit("/", 1)[-1]
    others = {m.name.rsplit("/", 1)[-1].lower() for m in mentions(statement)}
    if near.how in ("spelling", "ending") and theirs.lower() in others:
        return None  # both are named: it is another file that is meant
    if near.how == "case":
        starts = not statement.text[: mention.at].strip(" *_`\"'(-")
        if starts or _GENERIC.fullmatch(base) or (not mention.code and base[:1].lower() + base[1:] == theirs):
            return None
    if near.how == "folder" and ((not mention.code and not _deliberate(name)) or _shortened(name, near.path)):
        return None
    if near.how in ("spelling", "ending") and where.made_by_code(name):
        return None
    if near.how == "ending" and (_WRITTEN.search(statement.plain) or _LOOSE.search(statement.text[: mention.at][-40:])):
        return None
    file = where.snapshot.files[near.path]
    lies = "lies at" if near.how == "folder" else "is called"
    return Settled(
        statement,
        f"path:{name}",
        f"There is no {name}; {near.path} is there.",
        f"The sentence names {name}; the file {lies} {near.path}.",
        (file.exists(f"exists as {near.path}"), absence(f"no file {name} among the tracked files")),
        clause(statement, mention.at, len(mention.raw)),
        detail=True,
    )


def _deliberate(name: str) -> bool:
    """Whether a plain word is a path on purpose, rather than alternatives (`train.py/evaluate.py`)."""
    return name.count("/") > 0 and not any("." in part[1:] for part in name.split("/")[:-1])


# -- folders -----------------------------------------------------------------------------------------------------------

_FOLDER = compile_later(
    r"(?:\b(?:the|our|an?|in|into|under|inside|within) )[`\"'*_]*(?P<a>\.?/?[A-Za-z][\w-]*(?:/[\w-]+)*/?)[`\"'*_]* (?:sub-?)?(?:folder|directory)\b"
    r"|`(?P<b>\.?/?[A-Za-z][\w.-]*(?:/[\w.-]+)*/)`"
)
_HOLDS = compile_later(
    r"\b(contain(?:s|ing)?|holds?|hous(?:es|ing)|consists? of|is (?:for|where)|includes?|located in|placed in|live[sd]? in|found in|stored in|defined in|kept in|are in|is in|resides? in"
    r"|we (?:also )?(?:have |then )?(?:added|created|add|made|introduced|filled (?:out|in)|use|used|have)|filled out)\b",
    re.IGNORECASE,
)
_FOLDER_WORD = frozenset(
    ["same", "root", "main", "working", "home", "project", "parent", "current", "top-level", "report", "new", "separate", "single",
     "dedicated", "specific", "own", "source", "build", "output", "temporary", "local", "shared", "following", "corresponding",
     "appropriate", "respective", "relevant", "template", "base", "default", "original", "repository", "git", "hidden", "extra", "additional",
     "github", "package", "application", "different", "common", "target", "custom", "empty", "special", "second", "first", "whole",
     "bucket", "remote", "cache", "mounted", "static", "workflow", "module", "python", "virtual", "existing", "previous", "generated", "results", "result"]
)  # fmt: skip
_ROUTED = compile_later(r"\b(?:endpoints?|routes?|POST|GET|requests?|URLs?)\b")
_RUN_TIME = compile_later(
    r"(?i)(^|/)\.?(data|datasets?|raw|processed|interim|external|outputs?|wandb|logs?|mlruns|lightning_logs|checkpoints?|results?|artifacts?|models?|weights|multirun|tmp|temp|cache|"
    r"site|dist|build|htmlcov|venv|\.venv|node_modules|runs?|profiles?|profiling|profiler|keys?|secrets?|figures?|images?|notebooks?|references)(/|$)"
)


@check("folders-named", asks="Are the folders that the answers describe in the repository?")
def folders_named(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says what a folder holds, what lies in it, or that it was added: `the X folder`, `X/`.

    Settled by: the folders of the tracked files, then a folder whose name comes close, then the history.
    Leaves alone: folders of data, models, outputs, logs, figures and notebooks, which git need not hold; what is ignored;
    plans, the past, removals, denials, examples; folders of buckets, containers, machines; words that only describe a folder
    (`the same folder`); a folder that was never there unless the sentence says that it holds something."""
    where = places(repo)
    seen: set[tuple[int, str]] = set()
    for statement in prose.sentences():
        text = _LINKED.sub(lambda m: "\0" * len(m[0]), statement.text)
        for match in _FOLDER.finditer(text):
            raw = match["a"] or match["b"]
            name = re.sub(r"^\.?/", "", raw).rstrip("/")
            code = match["b"] is not None or f"`{raw}`" in statement.text
            if raw.startswith("/") or _ROUTED.search(statement.plain):
                continue  # a route, or a path on a machine
            if not name or where.folder(name) or (statement.question.n, name) in seen or where.file(name):
                continue
            settled = _folder(statement, name, code, match.start(), where)
            if settled:
                seen.add((statement.question.n, name))
                yield settled


def _folder(statement: Statement, name: str, code: bool, at: int, where: Places) -> Settled | None:
    about = f"path:{name}/"
    if where.earlier:
        return Settled(
            statement, about, f"There is no folder {name}.", "", (absence(f"no folder {name} at this commit"),)
        )
    said = subject(statement)
    around = statement.text[max(0, at - 60) : at + len(name) + 20]
    if (
        not statement.firm
        or _AWAY.search(said)
        or _NOT.search(around)
        or _ELSEWHERE.search(said)
        or not _HOLDS.search(statement.plain)
    ):
        return None
    if name.lower() in _FOLDER_WORD or _RUN_TIME.search(name) or _MADE_UP.search(name) or where.made(name + "/"):
        return None
    if not code and "/" not in name and not re.search(r"[_-]", name):
        return None  # a word before "folder" need not be its name
    near = where.near(name, folders=True)
    quote = clause(statement, at, len(name) + 8)
    missing = absence(f"no tracked file lies in a folder {name}")
    if near:
        if near.how == "case" or (near.how == "folder" and not code) or ("/" in near.path and "/" not in name):
            return None
        if near.path + "/" in statement.text:
            return None  # named as it is called, too
        example = next(f for p, f in where.snapshot.files.items() if p.startswith(near.path + "/"))
        return Settled(
            statement,
            about,
            f"There is no folder {name}; {near.path} is there.",
            f"The sentence names the folder {name}; it exists as {near.path}.",
            (example.exists(f"lies in {near.path}"), missing),
            quote,
            detail=True,
        )
    if statement.negated or _LOOSE.search(statement.plain) or not code or _WRITTEN.search(statement.plain):
        return None
    old = min((p for p in where.ever if f"/{name}/" in f"/{p}"), default="")
    if old:
        sha, day = where.removed(old)
        if not sha:
            return None
        shows = f"Nothing is tracked in {name}; {old} was removed on {day} (commit {sha})."
        return Settled(
            statement, about, shows, f"The sentence describes the folder {name}; it is no longer in the repository.",
            (missing, fact(f"{old} was removed on {day}", f"commit {sha}")), quote,
        )  # fmt: skip
    if not re.search(r"\bwe\b.{0,30}\badded\b|contain|holds|hous(es|ing)", statement.plain) or not statement.ours:
        return None
    shows = f"No tracked file lies in a folder {name}, and none ever did."
    return Settled(
        statement,
        about,
        shows,
        f"The sentence describes the folder {name}; the repository has none.",
        (missing,),
        quote,
    )


# -- links -------------------------------------------------------------------------------------------------------------

_BLOB = compile_later(
    r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)/(?:blob|tree|raw)/([^/\s)#?]+)/([^\s)>\]#?\"]+)"
)
_GITHUB = compile_later(r"https?://(?:www\.)?git(?:hub|lab)\.com/")


def _plain_target(target: str) -> str:
    return posixpath.normpath(unquote(target).replace("\\_", "_").replace("\\", "/").rstrip("/.,:;`*_-")).lstrip("/")


def follow(target: str, prose: Prose, where: Places) -> tuple[str, bool]:
    """The path that a relative or rooted target means, and whether it is there (from the report's folder, then the root)."""
    raw = (
        unquote(re.split(r"[?#]", target)[0] if "?" in target or "#" in target else target)
        .replace("\\_", "_")
        .replace("\\", "/")
    )
    folder = posixpath.dirname(prose.report.path)
    tries = [
        posixpath.normpath(posixpath.join(folder, raw)),
        posixpath.normpath(raw.lstrip("/")),
        posixpath.normpath(raw.lstrip("./")),
    ]
    for path in tries:
        if where._tracked(path):
            return path, True
    return tries[1] if raw.startswith("/") else tries[0], False


@check("links", asks="Do the links to the repository's own files lead anywhere, and where their text says?")
def links(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: links (not images) with a relative or rooted target, links to a file on the own repository's default branch,
    and links whose text is a file's name.

    Settled by: the tracked paths, from the report's folder and from the root; for a text, by the target's own name.
    Leaves alone: other repositories, other branches and commits, anchors, mail, addresses of pages; what git ignores."""
    where = places(repo)
    names, _ = where.own(prose)
    branches = {"main", "master", "HEAD", repo.history.default_branch}
    for statement in prose.of():
        if statement.kind == "fence":
            continue
        for link in statement.links:
            if link.image:
                continue
            mismatch = _misnamed(statement, link.text, link.target)
            if mismatch:
                yield mismatch
            elif not re.match(r"[A-Za-z][\w+.-]*:|#|//|www\.", link.target) and link.target:
                path, there = follow(link.target, prose, where)
                if not there and _checkable(link.target, path, where):
                    yield _broken(statement, path, link.target, where)
        for owner, name, branch, target in _BLOB.findall(statement.text):
            path = _plain_target(target)
            if where._tracked(path) or not path or branch not in branches or re.search(r"[<>{}*]", path):
                continue
            if where.earlier or name.lower() in names:
                yield _broken(statement, path, f"{owner}/{name}/blob/{branch}/{path}", where)


def _checkable(target: str, path: str, where: Places) -> bool:
    if where.earlier:
        return True
    if re.search(r"[<>{}*$|]|\s", target) or not re.fullmatch(r"[\w./ ()%,&+@~\[\]-]+", path) or _MADE_UP.search(path):
        return False
    return ("/" in target or "." in target) and not where.ignored(path) and not path.startswith("..")


def _broken(statement: Statement, path: str, target: str, where: Places) -> Settled:
    near = None if where.earlier else where.near(path)
    evidence: tuple[Evidence, ...] = (absence(f"no file or folder {path} among the tracked files"),)
    shows = f"There is no {path}."
    difference = "The link leads to a file that is not there."
    if near:
        evidence = (where.snapshot.files[near.path].exists(f"exists as {near.path}"), *evidence)
        shows = f"There is no {path}; {near.path} is there."
        difference = f"The link leads nowhere; the file exists as {near.path}."
    at = max(statement.text.find(target.rsplit("/", 1)[-1]), 0)
    return Settled(
        statement, f"link:{path}", shows, difference, evidence, clause(statement, at, 10), detail=near is not None
    )


def _misnamed(statement: Statement, text: str, target: str) -> Settled | None:
    """A link whose text is the name of one file and whose target is another file."""
    said = text.strip("`*_ \"'").replace("\\_", "_").replace("\\", "/")
    lead = unquote(re.split(r"[?#]", target)[0]).replace("\\_", "_").rstrip("/")
    if not _FILE.fullmatch(said) or re.search(r"\s|://|[<>*{}]", said) or not _FILE.fullmatch(lead.rsplit("/", 1)[-1]):
        return None
    if re.match(r"https?://", target) and not _GITHUB.match(target):
        return None
    a, b = said.rsplit("/", 1)[-1].lower(), lead.rsplit("/", 1)[-1].lower()
    if a == b or a in lead.lower() or said.lower() in lead.lower():
        return None
    evidence = (Evidence(kind="fact", note=f"the link's text is {said}, its target is {lead}", sources=(lead,)),)
    at = max(statement.text.find(text), 0)
    return Settled(
        statement,
        f"link:{said}",
        f"The link leads to {lead}.",
        f"The link's text names {said}; it leads to {lead.rsplit('/', 1)[-1]}.",
        evidence,
        clause(statement, at, len(text)),
        detail=True,
    )


# -- images ------------------------------------------------------------------------------------------------------------

_SHOWN = compile_later(
    r"\b(figures?|images?|screenshots?|pictures?|plots?|diagrams?|below|above|as (?:seen|shown)|(?:can be|is) (?:seen|shown))\b",
    re.IGNORECASE,
)


@check("images", asks="Are the images that the answers show in the repository, and the group's own?")
def images(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: images in Markdown or HTML with a relative target or one on the own repository's default branch.

    Settled by: the tracked files (from the report's folder, then the root), the template's own figures by their content, and
    the Markdown: an image within a code fence is not shown, which counts where a sentence says that one is.
    Leaves alone: images elsewhere on the web; images in code without a word about them; what a picture shows."""
    where = places(repo)
    names, _ = where.own(prose)
    branches = {"main", "master", "HEAD", repo.history.default_branch}
    for question in prose.report.questions:
        if question.private or ("!" not in question.answer and "<" not in question.answer):
            continue
        said = [s for s in prose.statements if s.question is question and s.kind != "html"]
        rows = question.answer.split("\n")
        numbers = question.row_lines or range(question.answer_lines[0], question.answer_lines[0] + len(rows))
        for image in references(question.answer):
            if not image.image or image.why not in ("", "code") or image.line >= len(rows):
                continue
            row = rows[image.line].strip()
            statement = _around(said, numbers[image.line], row, image.target) or Statement(
                question, "sentence", row, numbers[image.line]
            )
            target = image.target
            own = _BLOB.match(target)
            if own:
                if (own[2].lower() not in names and not where.earlier) or own[3] not in branches:
                    continue
                path = _plain_target(own[4])
                there = where._tracked(path)
            elif re.match(r"[A-Za-z][\w+.-]+:|//|[A-Za-z]:[\\/]", target):
                continue
            else:
                path, there = follow(target, prose, where)
            quoted = row if row in statement.text and row != statement.text else ""
            if image.why == "code":
                if there and _SHOWN.search(statement.lead) and statement.info in ("", "markdown", "md"):
                    note = fact(
                        f"the image stands in a code block of {prose.report.path}",
                        f"{prose.report.path}:{statement.line}",
                    )
                    yield Settled(statement, f"image:{path}", "The image stands in a code block.", "An image is spoken of; as code it is not shown.", (note,), quoted, detail=True)  # fmt: skip
                continue
            if not there:
                yield _no_image(statement, path, quoted, where)
            elif path in where.snapshot.files and repo.snapshot.aside(where.snapshot.files[path]) == "template stub":
                file = where.snapshot.files[path]
                yield Settled(statement, f"image:{path}", f"{path} is the template's own example figure.", "The image shown is the template's example, not the group's own.", (file.exists("the same content as the template's figure"),), quoted)  # fmt: skip


def _around(said: list[Statement], line: int, row: str, target: str) -> Statement | None:
    """The statement that holds the markup of an image: the last that starts on its line or before and has the address."""
    near = [s for s in said if s.line <= line <= s.line + s.text.count("\n") + 1]
    return next((s for s in reversed(near) if target in s.text), None) or next(
        (s for s in reversed(near) if row in s.text), None
    )


def _no_image(statement: Statement, path: str, quote: str, where: Places) -> Settled:
    near = None if where.earlier else where.near(path)
    missing = absence(f"no file {path} among the tracked files")
    if near:
        file: File = where.snapshot.files[near.path]
        return Settled(
            statement, f"image:{path}", f"There is no {path}; {near.path} is there.", "The image does not show: its address leads to no file.",
            (file.exists(f"exists as {near.path}"), missing), quote, detail=True,
        )  # fmt: skip
    return Settled(
        statement,
        f"image:{path}",
        f"There is no {path}.",
        "The image does not show: its address leads to no file.",
        (missing,),
        quote,
    )
