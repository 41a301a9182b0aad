"""Text from the bytes of a file, in whatever encoding it was written."""

from auditor.lazy import dataclass
from auditor.repository import Unreadable

# Names whose files are text: one with NUL bytes is not understood, which is no sign that nothing stands in it.
TEXTS = frozenset(
    ["py", "pyi", "ipynb", "yaml", "yml", "toml", "cfg", "ini", "sh", "bash", "md", "markdown", "rst",
     "dockerfile", "dvc", "tf", "mk", "makefile", "justfile", "procfile", "pipfile", ".gitignore", ".dockerignore", "requirements.txt", "environment.yml"]
)  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """What is odd about how a text was saved: `says` what it is, `means` what comes of it, `mend` what to do. `line` is where it
    shows first; `slight`: a reader sees nearly all of it as it is meant."""

    says: str
    means: str
    mend: str
    line: int = 1
    slight: bool = False


_BINARY = "git takes it for a binary file, and shows no change of it"
_GITS_LOOK = 8_000  # bytes in which git looks for what no text has
_AS_UTF8 = "Save it as UTF-8 (in VS Code: the encoding in the bar below, then Save with Encoding)."


def saved_as(data: bytes) -> Saved | None:
    """How a text was saved, where that is not as UTF-8 with line ends that git knows. A mark before UTF-8, and what Windows ends
    lines with, are as usual."""
    for mark, name in (
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ):
        if data.startswith(mark):
            return Saved(f"it is saved as {name}", _BINARY, _AS_UTF8)
    if b"\0" in data[:2] and _wide(data):
        return Saved("it is saved as UTF-16", _BINARY, _AS_UTF8)
    if (at := data.find(b"\0")) >= 0:
        line = _line(data, at)
        means = _BINARY if at < _GITS_LOOK else "no text has one"
        return Saved(
            f"line {line} has a NUL byte", means, f"Delete it in line {line}, and save the file as UTF-8.", line
        )
    lone = data.count(b"\r") - data.count(b"\r\n")
    if lone > data.count(b"\n"):
        return Saved(
            "its lines end in CR alone",
            "git takes it for one long line, and shows no change by lines",
            "Save it with the line ends LF.",
        )
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
        means = "pages show a letter as � there"
        return Saved(
            f"line {line} is not in UTF-8",
            means,
            f"{_AS_UTF8} Then see whether line {line} reads as you mean it.",
            line,
            slight=True,
        )
    return None


def _line(data: bytes, at: int) -> int:
    """The line, from 1, that a byte of a text stands in."""
    return decode(data[:at].replace(b"\0", b"")).count("\n") + 1


def decode(data: bytes) -> str:
    """Text from bytes: UTF-8, UTF-16 (with its mark, or plain enough to know), else Latin-1; line ends made `\n`. Raises
    Unreadable for binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and (b"\0" in data or len(data) < 4):  # every line end has one
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data[:2] and (wide := _wide(data)):
        text = data.decode(wide, errors="replace")
    elif b"\0" in data[:8192]:
        raise Unreadable("binary")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if text and not (" " <= text[0] <= "~" or text[0] in "\t\n\r\f"):  # no program's text begins with what is not seen
        text = text.lstrip(_UNSEEN_FIRST)
    return text.replace("\r\n", "\n").replace("\r", "\n")


_UNSEEN_FIRST = "".join(
    map(chr, (*range(9), *range(14, 32), 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))
)

_PRINTED = frozenset(range(32, 127)) | {9, 10, 13}


def _wide(data: bytes) -> str:
    """The UTF-16 of a text without a mark (Windows writes some): every other byte is null, the others are plain letters."""
    start = data[:512]
    for zero, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if len(data) % 2 == 0 and not any(start[zero::2]) and _PRINTED.issuperset(start[1 - zero :: 2]):
            return encoding
    return ""
