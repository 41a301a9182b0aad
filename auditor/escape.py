"""Foreign text into a medium, one function each: whatever comes from a host, a report, a repository or a model leaves the
program through one of these.

`safe` and `one_line` for the cells and lines that all views are made of; `log` for what is written to a terminal or a
workflow's log; `cell` for a table that a spreadsheet opens; `plain` and `code` for Markdown; `data` and `prop` for a workflow
command; `message` for SARIF; `json_text` for JSON; `link` for an address in a page. HTML itself is escaped by jinja2 and
markupsafe, what a judge is asked by `auditor/judges/gate.py`.
"""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from auditor.lazy import compile_later
from auditor.letters import UNSEEN

if TYPE_CHECKING:
    from pydantic import BaseModel

# C0 and C1 controls, line separators, halves of letters, and what is not seen or turns the direction of a line.
_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{UNSEEN}]")
_SPECIAL = compile_later(r"[\\`*_\[\]<>#|~&$]")
# Most get a backslash, over which a reader of the source reads. Of tags and links nothing is left to a renderer that knows no backslash, and
# a dollar's is taken for mathematics.
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "[": "&#91;", "]": "&#93;", "$": "&#36;"}
_JOINER = "&#8288;"  # a word joiner keeps hosts from making links and mentions of `@name`, `#12`, `://` and `www.`
# A runner takes a line for a command that begins with `::` (after blanks), and one that has `##[` anywhere.
_COMMAND = compile_later(r"(?m)^([^\S\n]*:)(?=:)|(#)(?=#\[)")
_SPLIT = re.compile(r";[ \t]*(?=[-=+@|%\uff1d\uff0b\uff0d\uff20\"])")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
_CELL = 2_000  # a spreadsheet goes on in another row with what is longer than 32,767 characters
_HOST = compile_later(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?"
)
_NUMBERS = compile_later(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}")


def safe(text: str) -> str:
    """The text without characters that steer a terminal, hide or reorder what a reader sees; each shows as
    `\N{REPLACEMENT CHARACTER}`."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", "    "))


def one_line(text: str, width: int = 0) -> str:
    """Safe text on one line, cut to `width` with an ellipsis."""
    line = " ".join(safe(text).split())
    return line if not width or len(line) <= width else line[: width - 1] + "…"


def log(text: str) -> str:
    """Lines for a terminal or a log, in which no workflow's runner sees a command. Our own colours stay: what is foreign in
    the lines has been through `safe`."""
    return _COMMAND.sub(lambda m: f"{m[1] or m[2]} ", text)


def note(text: str) -> str:
    """One line for a log, all of it foreign; its blanks stay."""
    return log(safe(text).replace("\n", " "))


# -- tables and JSON ---------------------------------------------------------------------------------------------------


def cell(value: object) -> object:
    """A value for CSV, with all its words. What a spreadsheet would take for a formula begins with an apostrophe. It may split at `;`,
    whatever is quoted, so that a cell begins there, too: there as well, and before a quote, behind which one could begin."""
    if not isinstance(value, str):
        return value
    text = _SPLIT.sub(lambda m: f"{m[0]}'", one_line(value, _CELL))
    text += " " * text.endswith(";")  # else the quote that ends the cell would open one there
    return "'" + text if text.startswith(_FORMULA) else text


def csv_row(values: Sequence[object]) -> str:
    """A row of CSV. What holds a `;` is quoted, too, for spreadsheets that split at both."""
    return ",".join(map(_quoted, values)) + "\n"


def _quoted(value: object) -> str:
    text = "" if value is None else str(cell(value))
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',;"') else text


def json_text(text: str) -> str:
    """JSON that means the same and holds no character as it is that steers a terminal or is not seen, and no workflow command."""
    text = _UNSAFE.sub(_in_json, text)
    return text.replace("##[", "#\\u0023[") if "##[" in text else text


def record_json(record: "BaseModel", indent: int = 2) -> str:
    """A record as JSON, whatever is in it: half a letter, as a program's text may have one, is a replacement character."""
    try:
        text = record.model_dump_json(indent=indent)
    except ValueError:
        text = json.dumps(record.model_dump(mode="json"), indent=indent, ensure_ascii=False)
        text = text.encode("utf-8", "replace").decode("utf-8")
    return json_text(text) + "\n"


def _in_json(match: re.Match[str]) -> str:
    code_point = ord(match[0])
    if code_point == 0x0D:  # outside of strings, where others write line ends so
        return "\r"
    if code_point < 0x10000:
        return f"\\u{code_point:04x}"
    code_point -= 0x10000
    return f"\\u{0xD800 + (code_point >> 10):04x}\\u{0xDC00 + (code_point & 0x3FF):04x}"


# -- Markdown ----------------------------------------------------------------------------------------------------------


def plain(text: str, width: int = 0) -> str:
    """Text that Markdown shows as it is: one line, nothing of it markup, link, mention or end of a table's cell."""
    text = _SPECIAL.sub(lambda m: _ENTITIES.get(m[0]) or f"\\{m[0]}", one_line(text, width))
    text = re.sub(r"(@|\\#)(?=\w)", lambda m: m[0] + _JOINER, text)
    return re.sub(r"(?i)(:)(?=//)|\b(www)(?=\.)", lambda m: m[0] + _JOINER, text)


def code(text: str, width: int = 0) -> str:
    """Text as a code span, in a table too."""
    text = one_line(text, width).replace("|", "\\|").replace("##[", "# #[")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text else ""


# -- workflow commands and SARIF ---------------------------------------------------------------------------------------


def data(text: str) -> str:
    """The message of a workflow command; its lines stay lines."""
    text = "\n".join(safe(row) for row in text.split("\n"))
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def prop(text: str) -> str:
    """A property of a workflow command."""
    return data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def message(text: str) -> str:
    """Text of SARIF in which no placeholder and no link is seen: braces are doubled, as the standard asks."""
    return safe(" ".join(text.split())).replace("{", "{{").replace("}", "}}").replace("](", "] (")


# -- addresses ---------------------------------------------------------------------------------------------------------


def link(target: str) -> tuple[str, str]:
    """An address that a page may lead to, and its host as a browser finds it; two empty texts for anything else.

    The address is put together anew from its parts, so that a browser reads it as it was read here. A host that is no plain
    name (escapes, letters that a browser turns into others, numbers that it reads as an address in another way) or a port
    that is none leads nowhere, and so does an address with a name before its host, of which the host alone is told."""
    try:
        parts = urlsplit(target.strip())
        port = parts.port
    except ValueError:
        return "", ""
    host = (parts.hostname or "").lower()
    if parts.scheme.lower() not in ("http", "https") or "\\" in target:
        return "", ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except (UnicodeError, ValueError):
            return "", ""
    if not (_HOST.fullmatch(host) or _NUMBERS.fullmatch(host)):
        return "", ""
    shown = f"{host}:{port}" if port is not None else host
    if "@" in parts.netloc:
        return "", shown
    rest = quote(parts.path, safe="%/:=~+!$,;'@()*&") or "/"
    rest += "?" + quote(parts.query, safe="%/:=&?~+!$,;'@()*") if parts.query else ""
    rest += "#" + quote(parts.fragment, safe="%/:=&?~+!$,;'@()*") if parts.fragment else ""
    return f"{parts.scheme.lower()}://{shown}{rest}", shown
