"""Personal data and secrets, replaced by stand-ins before anything is shown to a judge, and put back afterwards.

Taken out: the names, handles and addresses of everyone in the git log, in the private answers and in the report's and the
package's own addresses, user names in paths, study numbers, telephone and civil registration numbers, e-mail addresses, and
secrets. Names are known by their letters alone: case, accents, `_`, `-`, `.` and humps do not matter. A stand-in
(`[person-1]`) stands for one spelling, so that putting back gives the very words; lines stay lines.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from auditor.models import Report
from auditor.redact import secrets_in
from auditor.repository import History

_EMAIL = re.compile(
    r"(?<![\w.+@-])(?!git@[\w.-]+[:/]|root@|[\w.+-]{1,64}@localhost)[\w.+-]{1,64}(?:@|%40|&#64;|&commat;|\s?[\[({<]\s?(?:at|AT|@)\s?[\])}>]\s?)"
    r"(?:[A-Za-z0-9-]{1,63}(?:\.|\s?[\[({<]\s?(?:dot|DOT)\s?[\])}>]\s?)){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9@-])"
)
_STUDY = re.compile(
    r"(?<![A-Za-z0-9'’])[sS][-_ ]?\d{6}(?!\d)|(?i:\bstud(?:ent|ie)[\w. ]{0,12}?(?:number|no|nr|id|nummer)?[.:# ]{0,3})(?P<n>(?<!\d)\d{6}(?!\d))"
)
_CIVIL = re.compile(
    r"(?<![\d-])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-\d{4}(?![\d-])|(?i:\bcpr[^\d\n]{0,12})(?P<n>\d{6}\s?-?\s?\d{4}(?!\d))"
)
_PHONE = re.compile(
    r"(?<![\w.+])\(?(?:\+|00)(?:45|4[0-9]|1|3\d|35\d|37\d|38\d|5\d|6\d|7|8\d|9\d)\)?[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,10}(?![\w.])"
    r"|(?<![\w.,:/-])\d{2} \d{2} \d{2} \d{2}(?![\w.,:/-]| \d)"
    r"|(?i:\b(?:tel|tlf|telefon|phone|mobile?|mobil|call|ring|whatsapp|sms)\b[^\d\n]{0,14})(?P<n>\d(?:[ .-]?\d){7,11}(?!\d))"
)
_HOME = re.compile(
    r"(?:/home/|/Users/|/users/|\\Users\\|\\\\Users\\\\|/zhome/\w\w/\w/|/work[123]/|/mnt/c/Users/)(?P<n>[\w.-]{2,40})"
)
_USER = re.compile(r"""(?i)["']?\b(?:user_?name|login|user)["']?\s{0,3}[:=]\s{0,3}["'](?P<n>[\w.-]{3,40})["']""")
_AUTHOR = re.compile(
    r"""(?i)\bname\s*=\s*["'](?P<n>[^"'\n]{3,80})["']|^\s*(?:authors?|maintainers?)["']?\s*[:=]\s*\[?\s*["']?(?P<a>[^"'\n<\[{]{3,80})""",
    re.MULTILINE,
)
_NOBODY = frozenset(
    [
        "runner",
        "user",
        "users",
        "app",
        "root",
        "vscode",
        "jovyan",
        "appuser",
        "ubuntu",
        "nonroot",
        "shared",
        "public",
        "default",
        "admin",
        "airflow",
        "circleci",
        "docker",
        "node",
        "mambauser",
        "micromamba",
        "guest",
        "worker",
        "app-user",
        "me",
        "you",
        "username",
        "user-name",
        "your-name",
        "yourname",
        "your_name",
        "name",
        "xxx",
        "test",
        "developer",
        "dev",
        "student",
        "students",
        "git",
        "team",
        "group",
        "ec2-user",
        "azureuser",
        "postgres",
        "mysql",
        "redis",
        "sa",
        "oauth2accesstoken",
        "aws",
        "none",
        "null",
        "token",
        "__token__",
        "json_key",
        "oauth2",
        "x-access-token",
        "_json_key",
        "tmp",
        "work",
    ]
)
_STAND_IN = re.compile(r"\[(?:person|number|email|secret|text)-\d+\]")
_RUN = re.compile("(?:[^\\W\\d_][\u0300-\u036f]*)+")
_HUMP = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Z][a-zà-ÿø-ɏ]*|[^\W\d_A-Z]+[\u0300-\u036f]*")
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)
# Names that are words of code and prose as well: replacing them everywhere would hide what is to be read. They are replaced as
# part of a full name, and where a capital letter within a sentence says that somebody is meant.
_COMMON = _MONTHS | frozenset(
    ["will", "mark", "max", "main", "page", "art", "ray", "rose", "grace", "hope", "faith", "joy", "young", "long", "test", "data", "model", "king", "baker", "cook", "miller", "smith", "taylor", "mason", "hunter", "dean", "dale", "grant", "chase", "cliff", "rich", "wade", "lane", "reed", "woods", "fields", "banks", "rivers", "stone", "case", "van", "von", "der", "den", "and", "the", "for", "github", "dependabot", "bot", "action", "actions", "user", "admin", "root", "team", "group", "student", "students", "project", "mlops", "author", "sky", "summer", "autumn", "winter", "spring", "wright", "brown", "green", "white", "black", "gray", "grey", "gold", "silver", "noble", "sharp", "swift", "little", "small", "best", "good", "love", "train", "base", "major", "minor", "lock", "drew", "bill", "sue", "pat", "docker", "flask", "click", "rich", "black", "dask", "ray", "spark", "torch", "keras", "class", "classes", "config", "core", "util", "utils", "run", "build", "deploy", "local", "remote", "branch", "merge", "commit", "issue", "issues", "api", "app", "web", "dev", "prod", "ops", "git", "lab", "code", "repo", "cloud", "server", "client", "worker", "node", "storage", "bucket", "image", "images", "table", "file", "files", "line", "lines", "list", "dict", "set", "get", "put", "post", "new", "old", "all", "any", "one", "two", "out", "import", "export", "from", "with", "this", "that", "these", "those", "not", "are", "was", "were", "has", "have", "had", "but", "can", "may", "our", "your", "their", "his", "her", "its", "you", "who", "how", "why", "what", "when", "where", "which", "use", "used", "using", "make", "made", "task", "tasks", "step", "steps", "part", "parts", "text", "word", "words", "token", "tokens", "key", "keys", "value", "values", "name", "names", "type", "types", "int", "str", "float", "bool", "true", "false", "none", "null", "self", "return", "print", "log", "logs", "loss", "epoch", "batch", "layer", "layers", "seed", "sweep", "score", "scores", "metric", "metrics", "accuracy", "label", "labels", "feature", "features", "input", "output", "result", "results", "report", "readme", "license", "version", "path", "paths", "folder", "source", "src", "notebook", "script", "scripts", "service", "services", "frontend", "backend", "pipeline", "workflow", "workflows", "trigger", "container", "containers", "dockerfile", "makefile", "hydra", "wandb", "pytest", "ruff", "uv", "pip", "conda", "pre", "hook", "hooks", "noreply", "info", "mail", "contact", "hello", "support", "office", "learn", "learning", "machine", "deep", "neural", "network", "net", "vision", "audio", "language", "speech", "dtu", "ku", "itu", "aau", "sdu", "group", "gruppe", "studio", "engineer", "bay", "park", "hill", "wood", "field", "ford", "bell", "price", "day", "knight", "hall", "cross", "marks", "west", "east", "north", "south", "short", "rich", "power", "ram", "ai", "ml", "cv", "nlp", "dot", "com", "org", "edu", "example", "sample", "demo", "default", "unknown", "nobody", "copilot", "claude", "cursor", "codex", "gemini", "gpt", "chat", "assistant", "agent", "renovate", "snyk"]
)  # fmt: skip
_TWO = frozenset(
    [
        "ai",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "go",
        "he",
        "hi",
        "id",
        "if",
        "in",
        "io",
        "is",
        "it",
        "me",
        "ml",
        "my",
        "no",
        "of",
        "ok",
        "on",
        "or",
        "os",
        "pr",
        "py",
        "so",
        "to",
        "uk",
        "up",
        "us",
        "uv",
        "we",
        "cd",
        "ci",
        "db",
        "gb",
        "js",
        "kb",
        "ln",
        "ls",
        "mb",
        "ms",
        "ns",
        "pi",
        "rm",
        "sh",
        "tf",
        "ts",
        "ui",
        "vm",
    ]
)
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "oe", "ı": "i"}
)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word by its letters alone: small, without accents, and `oe`, `aa`, `ae`, `ue` as the one letter that they stand for."""
    low = word.casefold()
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFKD", low.translate(_LETTERS)) if not unicodedata.combining(c))
    for two, one in (("oe", "o"), ("aa", "a"), ("ae", "a"), ("ue", "u")):
        low = low.replace(two, one)
    return low


class Names:
    """Who is to be unknown: names in any spelling, and handles as they are."""

    def __init__(self) -> None:
        self.parts: set[str] = set()  # folded words that are names
        self.shy: set[str] = set()  # folded names that are words, too
        self.short: set[str] = set()  # names of two letters, as they are written
        self.joined: set[str] = set()  # folded parts of one name, written together
        self.handles: set[str] = set()

    def person(self, name: str) -> None:
        """A person's name, of one word or more."""
        words = [w for run in _RUN.findall(name) for w in (_HUMP.findall(run) if not run.isupper() else [run])]
        if not words or (len(words) == 1 and fold(words[0]) in _COMMON):
            return
        folded = [fold(w) for w in words]
        for word, plain in zip(words, folded, strict=True):
            if len(word) == 2 and word[0].isupper() and word.lower() not in _TWO:
                self.short.add(word)
            elif len(plain) > 2:
                (self.shy if plain in _COMMON or word.lower() in _COMMON else self.parts).add(plain)
        for i, one in enumerate(folded):
            for j, other in enumerate(folded):
                if i != j and len(one + other) > 4:
                    self.joined |= {one + other}
                    if i < j and len(other) > 3:
                        self.joined.add(one[0] + other)
        if 2 < len(folded) < 6:
            self.joined.add("".join(folded))

    def handle(self, handle: str) -> None:
        """A user name: as a whole, and what of it is plainly a name."""
        plain = handle.strip().lower()
        if len(plain) < 3 or plain in _NOBODY or plain in _COMMON or plain.isdigit():
            return
        self.handles.add(plain)
        runs = _RUN.findall(handle)
        if len(runs) == 1 and len(runs[0]) > 3 and fold(runs[0]) not in _COMMON:
            self.parts.add(fold(runs[0]))

    def address(self, email: str) -> None:
        """The part of an address before the host."""
        local = re.split(r"@|%40|&#64;|&commat;|\s*[\[({<]", email)[0]
        local = re.sub(r"^\d+\+", "", local).split("+")[0]
        if local.lower() in _NOBODY or fold(local) in _COMMON or not re.search(r"[^\W\d_]{3}", local):
            return
        self.handle(local)
        for run in _RUN.findall(local):
            if len(run) > 2 and fold(run) not in _COMMON and run.lower() not in _COMMON:
                self.parts.add(fold(run))

    def __call__(self, word: str) -> bool:
        """Whether a word of letters is a name, possessive or not."""
        plain = fold(word)
        if plain in self.parts or plain in self.joined or word in self.short:
            return True
        return len(plain) > 4 and plain[-1] == "s" and plain[:-1] in self.parts and plain not in _COMMON


class Veil:
    """What is taken out of texts for a judge, and how to put it back."""

    def __init__(self, names: Names | None = None, numbers: Iterable[str] = ()) -> None:
        self.names = names or Names()
        self._stand_ins: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self._originals: dict[str, str] = {}
        self._handles = _any_of(self.names.handles)
        self._numbers = _any_of(n for n in numbers if len(n) > 4)

    def _take(self, kind: str, value: str) -> str:
        """The stand-in of a value. One that spans lines has one for each, so that lines stay lines."""
        if "\n" in value:
            return "\n".join(self._take(kind, row) if row.strip() else row for row in value.split("\n"))
        if (kind, value) not in self._stand_ins:
            self._count[kind] = self._count.get(kind, 0) + 1
            stand_in = f"[{kind}-{self._count[kind]}]"
            self._stand_ins[kind, value] = stand_in
            self._originals[stand_in] = value
        return self._stand_ins[kind, value]

    def hide(self, text: str) -> str:
        """The text with stand-ins. What looks like a stand-in already is made different, so that putting back is exact."""
        if "[" in text:
            text = _STAND_IN.sub(lambda m: self._take("text", m[0]), text)
        made, at = [], 0
        for secret in secrets_in(text):
            made.append(self._people(text[at : secret.start]))
            made.append(self._take("secret", text[secret.start : secret.end]))
            at = secret.end
        made.append(self._people(text[at:]))
        return "".join(made)

    def _people(self, text: str) -> str:
        """The text without people; what was put into it stays."""
        for kind, pattern in (
            ("email", _EMAIL),
            ("number", _STUDY),
            ("number", _CIVIL),
            ("number", _PHONE),
            ("person", _HOME),
            ("person", _USER),
        ):
            text = self._sub(kind, pattern, text)
        for kind, known in (("number", self._numbers), ("person", self._handles)):
            if known is not None:
                text = self._sub(kind, known, text)
        kept, at = [], 0
        for match in _STAND_IN.finditer(text):
            kept.append(self._named(text[at : match.start()]))
            kept.append(match[0])
            at = match.end()
        kept.append(self._named(text[at:]))
        return "".join(kept)

    def _sub(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        def put(match: re.Match[str]) -> str:
            group = next((n for n in ("n", "a") if n in pattern.groupindex and match[n] is not None), 0)
            value = match[group]
            if _STAND_IN.search(value) or (kind == "person" and value.lower() in _NOBODY):
                return match[0]
            a, b = match.start(group) - match.start(), match.end(group) - match.start()
            return match[0][:a] + self._take(kind, value) + match[0][b:]

        return pattern.sub(put, text)

    def _named(self, text: str) -> str:
        names = self.names
        if not (names.parts or names.joined or names.short or names.shy):
            return text
        shy_before = ""

        def put(match: re.Match[str]) -> str:
            nonlocal shy_before
            run = match[0]
            if run.startswith("["):
                return run
            after_shy, shy_before = shy_before, ""
            if names(run):
                return self._take("person", run)
            plain = fold(run)
            if plain in names.shy:
                shy_before = run
                before, after = text[max(match.start() - 24, 0) : match.start()], text[match.end() : match.end() + 24]
                beside = [*_RUN.findall(before)[-1:], *_RUN.findall(after)[:1]]
                if after_shy or any(
                    names(w) or (fold(w) in names.shy and w[0].isupper()) for w in beside if run[0].isupper()
                ):
                    return self._take("person", run)
                if run[0].isupper() and run[1:].islower() and plain not in _MONTHS and re.search(r"[a-z,;] $", before):
                    return self._take("person", run)
            if run.isupper() or run.islower():
                return run
            return _HUMP.sub(lambda m: self._take("person", m[0]) if len(m[0]) > 2 and names(m[0]) else m[0], run)

        return _RUN.sub(put, text)

    def show(self, text: str) -> str:
        """The text with its stand-ins put back."""
        return _STAND_IN.sub(lambda m: self._originals.get(m[0], m[0]), text)


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    listed = sorted(set(words), key=lambda w: (-len(w), w))
    if not listed:
        return None
    return re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, listed)) + r")(?![A-Za-z0-9])", re.IGNORECASE)


_BOTS = frozenset(
    ["github", "github actions", "dependabot", "copilot", "claude", "actions-user", "web-flow", "pre-commit-ci", ""]
)


def veil_of(report: Report, history: History, texts: Iterable[tuple[str, str]] = ()) -> Veil:
    """The veil of a submission: everyone in its git log, in its private answers, in the report's own addresses, and in
    (path, text) of its files: who keeps the package, and whose home a path leads through."""
    names, numbers = Names(), set[str]()
    for commit in history.commits:
        for name, email in ((commit.author, commit.email), (commit.committer, ""), *map(_trailer, commit.coauthors)):
            if "[bot]" in name or name.lower() in _BOTS:
                continue
            (names.person if " " in name.strip() or name[:1].isupper() else names.handle)(name)
            if email:
                names.address(email)
    for question in report.questions:
        if question.private:
            numbers |= set(re.findall(r"(?<!\d)\d{5,10}(?!\d)", question.answer))
            for name in _people_in(question.answer, all_of_it="members" in question.topics):
                names.person(name)
    for match in _EMAIL.finditer(report.text):
        names.address(match[0])
    _learn(report.text, names)
    for path, text in texts:
        _learn(text, names)
        if path.rsplit("/", 1)[-1].lower() in (
            "pyproject.toml",
            "setup.py",
            "setup.cfg",
            "package.json",
            "citation.cff",
            "mkdocs.yml",
            "mkdocs.yaml",
            "authors",
            "codeowners",
            "license",
        ):
            for match in _EMAIL.finditer(text):
                names.address(match[0])
            for match in _AUTHOR.finditer(text):
                said = (match["n"] or match["a"] or "").strip()
                if (
                    re.fullmatch(r"(?:[^\W\d_]+[.'-]?\s+){1,4}[^\W\d_]+", said)
                    and all(w[0].isupper() for w in said.split())
                    and not {fold(w) for w in said.split()} & _COMMON
                ):
                    names.person(said)
    return Veil(names, numbers)


def _learn(text: str, names: Names) -> None:
    if "/home/" in text or "sers" in text or "/zhome/" in text:
        for match in _HOME.finditer(text):
            names.handle(match["n"])


def _people_in(answer: str, all_of_it: bool) -> Iterator[str]:
    """Names in a private answer: of the members' list every capitalised word, elsewhere those beside a study number or in a
    row of two."""
    for run in re.findall(r"[^\W\d_][\w'’\u0300-\u036f-]*(?:[ \t]+[A-ZÀ-ÞØ][\w'’\u0300-\u036f-]*)*", answer):
        words = [w for w in run.split() if w[:1].isupper() and w.lower() not in _COMMON]
        if all_of_it and words:
            yield " ".join(words)
    if not all_of_it:
        for match in re.finditer(
            r"([A-ZÀ-ÞØ][\w'’-]+(?: [A-ZÀ-ÞØ][\w'’-]+){0,3})\s*[(\[,:-]{0,2}\s*[sS]\d{6}|[sS]\d{6}\s*[(\[,:-]{0,2}\s*([A-ZÀ-ÞØ][\w'’-]+(?: [A-ZÀ-ÞØ][\w'’-]+){0,3})",
            answer,
        ):
            yield match[1] or match[2]


def _trailer(text: str) -> tuple[str, str]:
    name, _, email = text.partition("<")
    return name.strip(), email.rstrip("> ")
