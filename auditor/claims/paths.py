"""Claims about files, folders, links and images: whether what an answer names is in the repository."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import field
from urllib.parse import unquote

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.facts.history import pull_requests
from auditor.facts.names import GENERIC, Names, Near, Rename, alike
from auditor.lazy import compile_later, dataclass
from auditor.markup import references
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.snapshot import File, OpenSnapshot

# -- what is where -----------------------------------------------------------------------------------------------------


@dataclass
class Places(Names):
    """The resolver of names, and whose repository it is by the report's own links."""

    _own: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

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

    Settled by: the tracked files (a name or the end of a path is enough), then by the history (renamed, with the commit),
    then by a name that comes close (another form of the word, another folder), then by the history again (removed). Where
    nothing of that kind ever was, only a sentence that plainly says that the file is there counts.
    Leaves alone: slips of the pen (case, ending, plural, hyphen, a letter), a tool's own file under a short name; plans, the past, attempts, what is denied, removed, renamed or compared with; what git ignores, DVC keeps or
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
    if where.short(name):
        return None
    near = where.near(name)
    generic = bool(GENERIC.fullmatch(base))
    rename = where.renamed(name) if not (generic and "/" not in name) and where.was(name) else None
    if rename and not rename.path.endswith("/" + name):
        return _renamed(statement, mention, rename, where)
    if near and (near.slip or alike(name, near.path)):
        return None  # the reader finds it
    if near and not (generic and "/" not in name):
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


def _moved(path: str, rename: Rename, where: Places) -> tuple[Evidence, ...]:
    """That a file is there under a new path, and the commit that moved it."""
    there = where.snapshot.files[rename.path].exists(f"exists as {rename.path}")
    return (there, fact(f"{path} was {rename}", f"commit {rename.commit}"))


def _renamed(statement: Statement, mention: Mention, rename: Rename, where: Places) -> Settled:
    name = mention.name
    return Settled(
        statement,
        f"path:{name}",
        f"{where.was(name)} was {rename}.",
        f"The sentence names {name}; the file was {rename}.",
        _moved(name, rename, where),
        clause(statement, mention.at, len(mention.raw)),
        detail=True,
    )  # fmt: skip


def _without_first(name: str, prose: Prose, where: Places) -> str:
    """The path without a first part that is only the repository's own name or a container's root: one that no folder of the
    commit has, before a path that leads from the root to a file."""
    first, _, rest = name.partition("/")
    if not rest:
        return ""
    if "/" in rest and rest in where.snapshot.files and first.lower() not in where.folder_names:
        return rest
    names, _ = where.own(prose)
    return rest if first.lower() in names | {"repo", "root", "app", "code", "project", "workspace", "home"} else ""


def _shortened(name: str, path: str) -> bool:
    """Whether a path only leaves out folders of the real one (`src/data.py` for `src/project/data.py`): it leads a reader to
    the file all the same."""
    parts = iter(path.lower().split("/"))
    return all(part in parts for part in name.lower().split("/"))


def _near(statement: Statement, mention: Mention, near: Near, where: Places) -> Settled | None:
    name = mention.name
    theirs = near.path.rsplit("/", 1)[-1]
    others = {m.name.rsplit("/", 1)[-1].lower() for m in mentions(statement)}
    if near.how == "form" and theirs.lower() in others:
        return None  # both are named: it is another file that is meant
    if near.how == "folder" and ((not mention.code and not _deliberate(name)) or _shortened(name, near.path)):
        return None
    if near.how == "form" and where.made_by_code(name):
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
        if (
            near.slip
            or alike(name, near.path)
            or (near.how == "folder" and not code)
            or ("/" in near.path and "/" not in name)
        ):
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
    """The path that a relative or rooted target means, and whether it is there (from the report's folder, then the
    repository's root, then the root of the report's project)."""
    raw = (
        unquote(re.split(r"[?#]", target)[0] if "?" in target or "#" in target else target)
        .replace("\\_", "_")
        .replace("\\", "/")
    )
    folder = posixpath.dirname(prose.report.path)
    tries = [
        posixpath.normpath(posixpath.join(folder, raw)),
        posixpath.normpath(raw.lstrip("/")),
        *(posixpath.normpath(posixpath.join(root, raw.lstrip("/"))) for root in where.roots(folder)[1:]),
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
    rename = None if where.earlier else where.renamed(path)
    if rename:
        evidence = _moved(path, rename, where)
        shows, difference = f"{path} was {rename}.", f"The link leads nowhere; the file was {rename}."
    at = max(statement.text.find(target.rsplit("/", 1)[-1]), 0)
    return Settled(
        statement, f"link:{path}", shows, difference, evidence, clause(statement, at, 10), detail=bool(near or rename)
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
    rename = None if where.earlier else where.renamed(path)
    if rename:
        return Settled(
            statement, f"image:{path}", f"{path} was {rename}.", f"The image does not show; the file was {rename}.",
            _moved(path, rename, where), quote, detail=True,
        )  # fmt: skip
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
