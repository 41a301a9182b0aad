"""Text from the bytes of a file, in whatever encoding it was written."""

from auditor.repository import Unreadable

# Names whose files are text: one with NUL bytes is not understood, which is no sign that nothing stands in it.
TEXTS = frozenset(
    ["py", "pyi", "ipynb", "yaml", "yml", "toml", "cfg", "ini", "sh", "bash", "md", "markdown", "rst",
     "dockerfile", "dvc", "tf", "mk", "makefile", "justfile", "procfile", "pipfile", ".gitignore", ".dockerignore", "requirements.txt", "environment.yml"]
)  # fmt: skip


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
