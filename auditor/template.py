"""A report's template, read: its checklist, its questions with their headings, lengths and rules for images."""

import re
from collections.abc import Sequence

from auditor.checklist import read_mark
from auditor.lazy import dataclass
from auditor.markup import Heading, html_tags, outline, parts, plain
from auditor.profile import words

IN_FRONT = re.compile(r"^(?:question|frage|aufgabe|q)?\s*(\d{1,3}(?:\.\d{1,3}){0,2})\s*[.):\-–]*\s*", re.IGNORECASE)
ANSWER = re.compile(r"^\s{0,3}(>?\s*[*_]{0,3}(?:answer|antwort)\s*[*_]{0,3}\s*:\s*[*_]{0,3})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Box:
    line: int
    text: str
    section: str
    table: bool


@dataclass(frozen=True)
class Asking:
    line: int
    number: str
    title: str
    text: str
    more: tuple[str, ...]  # what else the template says below it
    words: tuple[int, int] | None
    images: tuple[int, int] | None
    unread: tuple[str, ...] = ()  # lines that count words or images in a way that is not understood


def boxes_of(text: str) -> list[Box]:
    """The items of the checklist: list entries with a mark, rows of a table with a cell for one, check boxes in HTML."""
    found: list[Box] = []
    section = ""
    for start, tokens in parts(text):
        cells: list[str] = []
        head: list[str] = []
        for k, token in enumerate(tokens):
            at = start + token.map[0] + 1 if token.map else 0
            if token.type == "heading_open":
                section = " ".join(plain(tokens[k + 1]).split())
            elif token.type == "tr_open":
                cells, row = [], at
            elif token.type == "thead_open":
                head = []
            elif token.type == "inline" and tokens[k - 1].type == "th_open":
                head.append(" ".join(token.content.split()).lower())
            elif token.type == "inline" and tokens[k - 1].type == "td_open":
                cells.append(" ".join(token.content.split()))
            elif token.type == "tr_close" and cells:
                if item := _of_row(head, cells):
                    found.append(Box(row, item, section, True))
            elif token.type == "inline" and tokens[k - 1].type == "paragraph_open":
                for i, said in enumerate(token.content.split("\n")):
                    first = i == 0 and tokens[k - 2].type == "list_item_open"
                    mark, rest, form = read_mark(said.lstrip("-*+ ") if not first else said)
                    if mark is not None and (first or form == "box") and len(words(rest)) > 1:
                        found.append(Box(at + i, _bare(rest), section, False))
                    elif found and not first and mark is None and found[-1].line == at + i - 1 and not found[-1].table:
                        last = found.pop()
                        found.append(Box(last.line, f"{last.text} {' '.join(said.split())}", last.section, False))
            elif token.type == "html_block":
                box = False
                for tag in html_tags(token.content):
                    if tag.name == "input" and tag.attributes.get("type", "").lower() == "checkbox":
                        box = True
                    elif box and not tag.name and len(words(tag.text)) > 1:
                        found.append(Box(at + tag.line, " ".join(tag.text.split()), section, False))
                        box = False
    return found


_MARKS = frozenset(
    [
        "done",
        "status",
        "state",
        "check",
        "checked",
        "✓",
        "✔",
        "✅",
        "x",
        "mark",
        "erledigt",
        "score",
        "fertig",
        "completed",
        "tick",
    ]
)


def _bare(text: str) -> str:
    """An item's text without the bold that is around all of it."""
    text = " ".join(text.split())
    return text[2:-2].strip() if text.startswith("**") and text.endswith("**") and text.count("**") == 2 else text


def _of_row(head: Sequence[str], cells: Sequence[str]) -> str:
    """The item of a table's row: its longest cell, where another one is empty or has a mark, or stands in a column for one."""
    marks = [i for i, h in enumerate(head) if set(words(h)) & _MARKS or h.strip() in _MARKS]
    empty = [i for i, c in enumerate(cells) if not c or (read_mark(c)[0] is not None and len(words(c)) < 2)]
    if not (marks or empty) or len(head) < 2:
        return ""
    rest = [c for i, c in enumerate(cells) if i not in marks and i not in empty]
    longest = max(rest, key=lambda c: len(words(c)), default="")
    return longest if len(words(longest)) > 1 else ""


def questions_at(text: str) -> tuple[list[Heading], str]:
    """The headings of the questions and the form that they have: most of the headings of one level, with a number, else with a
    mark for the answer below, else with a question."""
    headings = [h for h in outline(text) if h.how in ("atx", "setext", "html")]
    rows = text.split("\n")
    question = [h for h in headings if re.match(r"(?i)question\s+\d", h.text)]
    if len(question) > 1:
        return question, ""
    levels: dict[tuple[int, str], list[Heading]] = {}
    for heading in headings:
        match = IN_FRONT.match(heading.text)
        if match:
            mark = heading.text[: match.end()].replace(match[1], "{n}", 1).strip()
            levels.setdefault((heading.level, mark), []).append(heading)
    if levels:
        (level, mark), found = max(levels.items(), key=lambda kv: len(kv[1]))
        if len(found) > 1:
            titled = any(IN_FRONT.sub("", h.text).strip() for h in found)
            return found, f"{'#' * level} {mark}" + (" {title}" if titled else "")
    answered = [h for h in headings if any(ANSWER.match(r) for r in _below(h, headings, rows))]
    asked = [
        h
        for h in headings
        if h.text.rstrip().endswith("?") or any(r.rstrip(" *_").endswith("?") for r in _below(h, headings, rows))
    ]
    for found in (answered, asked):
        if len(found) > 1:
            level = max({h.level for h in found}, key=lambda n: sum(h.level == n for h in found))
            return [h for h in found if h.level == level], f"{'#' * level} {{title}}"
    return [], ""


def _below(heading: Heading, headings: Sequence[Heading], rows: Sequence[str]) -> Sequence[str]:
    end = next((h.line for h in headings if h.line > heading.line), len(rows))
    return rows[heading.body : end]


def question_of(rows: Sequence[str], heading: Heading, heads: Sequence[Heading], boxes: Sequence[Box]) -> Asking:
    end = next((h.line for h in heads if h.line > heading.line), len(rows))
    inner = list(rows[heading.body : end])
    stop = next((i for i, r in enumerate(inner) if r.startswith("#")), len(inner))
    match = IN_FRONT.match(heading.text)
    number = match[1] if match else ""
    title = heading.text[match.end() :].strip() if match else heading.text
    paragraphs: list[list[str]] = [[]]
    listed = {b.line - 1 - heading.body for b in boxes}
    for i, row in enumerate(inner[:stop]):
        bare = re.sub(r"^\s*>\s?", "", row).strip().strip("*_").strip()
        if ANSWER.match(row):
            break
        if not bare or i in listed or bare.startswith(("<!--", "![", "---")) or is_rule(row) or _EXAMPLE.match(bare):
            paragraphs.append([])
        else:
            paragraphs[-1].append(bare.replace("**", ""))
    said = [" ".join(" ".join(p).split()) for p in paragraphs if p]
    spans: dict[str, tuple[int, int]] = {}
    unread: list[str] = []
    for row in inner[:stop]:
        if ANSWER.match(row):
            break
        if listed and not row.strip():
            continue
        for unit in (WORDS, IMAGES):
            read = span_of(row, unit)
            if read and unit not in spans:
                spans[unit] = read
            elif read is None and _counts(row, unit):
                unread.append(" ".join(row.strip(" >*_").split())[:90])
    first = said[0] if said else ""
    more = tuple(s for s in said[1:] if len(words(s)) >= 5)
    return Asking(
        heading.line + 1, number, title, first, more, spans.get(WORDS), spans.get(IMAGES), tuple(dict.fromkeys(unread))
    )


_EXAMPLE = re.compile(r"(?i)^(example|beispiel)\W*$")


WORDS, IMAGES = "words", "images"
_UNITS = {
    WORDS: frozenset(["word", "words", "wörter", "wörtern", "woerter", "worte", "worten"]),
    IMAGES: frozenset(["image", "images", "screenshot", "screenshots", "figure", "figures", "picture", "pictures", "bild", "bilder", "abbildung", "abbildungen"]),
}  # fmt: skip
_COUNTED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "eine": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4}
_AND = frozenset(["-", "–", "to", "bis", "and", "und"])
_MOST = frozenset(["most", "max", "maximum", "maximal", "höchstens"])
_LEAST = frozenset(["least", "min", "minimum", "mindestens"])
_ABOUT = frozenset(["about", "around", "roughly", "approximately", "circa", "ca", "etwa"])


def _tokens(row: str) -> list[str]:
    return re.findall(r"\d+|[^\W\d_]+|[-–~+]", row.lower())


def _number(token: str) -> int:
    """The number that a token is; 0 for none."""
    return int(token) if token.isdigit() and len(token) < 6 else _COUNTED.get(token, 0)


def _counts(row: str, unit: str) -> bool:
    """Whether a line has a number of the unit, however it is meant."""
    said = _tokens(row)
    return any(t in _UNITS[unit] and any(_number(n) for n in said[max(0, k - 2) : k]) for k, t in enumerate(said))


def span_of(row: str, unit: str) -> tuple[int, int] | None:
    """From and to of what a line asks for: `100-200 words`, `at most 150 words`, `at least 50 words` (to 0), `max. 3 images`,
    `include one figure` (1 to 1). None for a line that asks for none, or for words with one number and nothing beside it."""
    said = _tokens(row)
    for k, token in enumerate(said):
        if token not in _UNITS[unit]:
            continue
        at = next((j for j in (k - 1, k - 2) if j >= 0 and _number(said[j])), -1)  # `two small figures`
        if at < 0:
            continue
        n, before = _number(said[at]), said[max(0, at - 3) : at]
        if at >= 2 and said[at - 1] in _AND and (low := _number(said[at - 2])) <= n and low:
            return low, n
        if set(before) & _ABOUT or "~" in before:
            return None
        if set(before) & _MOST or before[-2:] == ["up", "to"] or before[-3:] == ["no", "more", "than"]:
            return 0, n
        if set(before) & _LEAST:
            return n, 0
        if unit == IMAGES:
            return n, n
    return None


def is_rule(row: str) -> bool:
    """Whether a line only says how long an answer should be, or how many images it should have; a line that asks something, too, is none."""
    return "?" not in row and len(words(row)) <= _RULE and _counts(row, WORDS)


_RULE = 14  # words of a line on the length: a longer one says something else, too


def form_of(row: str) -> str:
    """The form of a line that says how long an answer should be, for those that are left where answers are."""
    before = re.split(r"\d", row.strip(), maxsplit=1)[0]
    return f"{before.rstrip()} {{*}}" if len(before) > 6 and "{" not in before else ""
