"""The names of files that stand in a text."""

import re
from collections.abc import Iterator

from auditor.lazy import compile_later

_ENDINGS = r"(?:py|ipynb|ya?ml|toml|sh|bash|cfg|ini|tf|\w*dockerfile|rst|md|txt|js|jsx|ts|tsx|html|css|json|lock|dvc)"
_TOKEN = compile_later(r"(?<![\w/.:@=\-*<>{}$%~&#\\])((?:\.{1,2}/)*/?\.?\w[\w.\-]*(?:/[\w.\-]+)*)(?![\w/*<{$(=@]|://)")
_FILE = compile_later(rf"(?:.*/)?[\w.-]*[\w-]\.{_ENDINGS}|(?:.*/)?Dockerfile\.\w[\w-]*", re.IGNORECASE)
_CODE = compile_later(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINKED = compile_later(
    r"!?\[(?:[^\[\]]++|\[[^\[\]]*+\])*+\]\((?:\s*+(?:<[^<>\n]{0,2000}+>|[^()\s]*+(?:\([^()]*+\)[^()\s]*+)*+)\s*+\)|[^()\n]*+\))"
    r"|<?https?://[^\s)>]++>?|<img\b[^<>]*+>|[^\s@]{1,64}+@\S++"
)
_FOLDER = compile_later(r"\.?/?[A-Za-z][\w.-]*(?:/[\w.-]+)*/")
# Hidden folders that are there to be kept in git; others (`.hydra`, `.venv`) are made by a tool.
_KEPT = (".github/", ".gitlab/", ".circleci/", ".devcontainer/")


def mentions(written: str) -> Iterator[tuple[str, int, bool]]:
    """The names of files, and in code spans of folders, of a text in Markdown, each with its place and whether it is in code. None of
    links, addresses, commands and patterns."""
    text = _LINKED.sub(lambda m: "\0" * len(m[0]), written)
    masked = list(text)
    for span in _CODE.finditer(text):
        masked[span.start() : span.end()] = "\0" * (span.end() - span.start())
        inner = span[2].strip()
        name = clean(inner)
        if not re.search(r"\s", inner) and (is_file(name) or _FOLDER.fullmatch(name)):
            yield name, written.find(span[2], span.start()), True
    plain = "".join(masked).replace("\\_", "__")
    for match in _TOKEN.finditer(plain) if "." in plain else ():
        name = clean(written[match.start(1) : match.end(1)])
        if is_file(name):
            yield name, match.start(1), False


def clean(raw: str) -> str:
    """A name as it was written, without marks around it and what only leads to where one stands."""
    name = raw.replace("\\_", "_").replace("\\", "/").strip("\"'.,;:()")
    name = "." + name if raw.lstrip("\"'(").startswith(".") and not raw.startswith(("./", "../", "...")) else name
    return re.sub(r"^(\.{1,2}/)+", "", name) if name.startswith(("./", "../")) else name


def is_file(name: str) -> bool:
    """Whether a name is a file's of the project by its ending."""
    return ("." in name and bool(_FILE.fullmatch(name)) and not re.search(r"[^\w./-]", name) and (not name.startswith(".") or name.startswith(_KEPT)) and not name.startswith("/"))  # fmt: skip
