"""The checklist as people fill it in: boxes, check marks, tables, HTML; which of the profile's items a line is; notes."""

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from auditor.lazy import compile_later, dataclass
from auditor.markup import html_tags, parts
from auditor.profile import Profile, words
from auditor.seen import shown

TICKED, OPEN, PARTLY = "ticked", "open", "partly"
_TICKS = frozenset("xхχ×vν√✓✔✅☑🗹🗸")  # with the letters of other alphabets that look like an x or a v
_CROSSES = frozenset("❌✗✘☐⬜🔲▢□◻🚫")
_HALF = frozenset("½¼¾")
_HALVES = frozenset("~-–—/\\%?◐◑◧◨🚧⏳🟡🟠")
_WORDS = {
    TICKED: frozenset(
        [
            "done",
            "yes",
            "completed",
            "complete",
            "finished",
            "ok",
            "okay",
            "true",
            "checked",
            "y",
            "white_check_mark",
            "heavy_check_mark",
            "check_mark",
            "check",
            "ballot_box_with_check",
        ]
    ),
    OPEN: frozenset(["no", "not done", "todo", "to do", "open", "false", "n", "x_mark", "white_large_square", "none"]),
    PARTLY: frozenset(["partly", "partially", "partial", "half", "in progress", "wip", "ongoing", "started"]),
}
_PLAIN = frozenset(
    ["done", "yes", "completed", "finished", "ok", "okay"]
)  # ticks also before other words; `check the log` is none
_TAKEN_BACK = _WORDS[PARTLY] | {"in part", "not"}
_PERCENT = compile_later(r"^(\d{1,3})\s*%$")
_SHORTCODE = compile_later(r"^:([a-z_]{1,30}):$")
_BULLET = compile_later(r"^\s*(?:[*+\-–—•·◦▪‣●○](?!\*)|\d{1,3}[.)])?\s*")
_LEGEND = compile_later(r"^\s*(=|:|->|→|–|-)\s*\S")
_LEAD = compile_later(r"^(:[a-z_]{1,30}:|[½¼¾]|~(?=\s)|[^\w\s`(\[<\"'*_~\\#&@|]{1,3})\s*")
_TAIL = compile_later(r"\s*(:[a-z_]{2,30}:|[^\w\s`)\].,;:!?\"'*_~-]{1,2})\s*$")
_MARK_WIDTH = 24
_LONGEST_TITLE = 160  # characters of an item's own words
_NUMBERS = 4  # parts of a number that counts entries, and one more
_NEAR = 0.9  # the likeness from which two texts of words are one


def state(mark: str) -> str:
    """What a mark says: `ticked`, `open`, or `partly` for all that is neither, which is never held against anybody."""
    return _said(mark) or (TICKED if noted(mark)[0] else PARTLY)


def noted(text: str) -> tuple[str, str]:
    """A tick with a note behind it (`Yes, see LICENSE`, `x (MIT)`), as the two; nothing where the text does not begin with one, or
    takes part of it back (`x (partly)`, `yes / no`)."""
    row = text.strip().lstrip("*_`")
    end = next((i for i, c in enumerate(row) if i and (c.isspace() or c in ",;:.()[]!*_`–—")), 0)
    lead, rest = row[:end], row[end:].lstrip(" ,;:.!*_`-–—").strip()
    if _said(lead) != TICKED or not (len(lead) == 1 or lead.casefold() in _PLAIN):
        return "", ""
    said = words(rest)
    bare = f" {' '.join(said)} "
    if not said or rest[0] in "/|" or said[0] == "or" or any(f" {w} " in bare for w in _TAKEN_BACK):
        return "", ""
    return lead, rest


def _said(mark: str) -> str:
    """The same, and nothing for a mark that says nothing."""
    bare = unicodedata.normalize("NFKC", mark.strip()).casefold().replace("\ufe0f", "").replace("\u2044", "/")
    bare = bare.strip("*_`").strip()
    if not bare:  # `[_]` is an empty box; `[*]` is not
        return "" if "*" in mark or "`" in mark else OPEN
    if code := _SHORTCODE.match(bare):
        if code[1] == "x":
            return OPEN
        bare = code[1]
    if all(c in _TICKS for c in bare):
        return TICKED
    if all(c in _CROSSES for c in bare):
        return OPEN
    if number := _PERCENT.match(bare):
        return {"100": TICKED, "0": OPEN}.get(number[1], PARTLY)
    if any(c in _HALVES for c in bare) and all(c in _HALVES or c.isdigit() for c in bare):
        return PARTLY
    if any(c in _HALF for c in mark):
        return PARTLY
    bare = bare.strip(" .!:-()") if len(bare) > 3 else bare
    return next((what for what, known in _WORDS.items() if bare in known), "")


@dataclass(frozen=True)
class Entry:
    """A line that may be an item. `mark` is None where there is none at all; `form` is how it is written: `box`, `symbol`,
    `table`, `html`. `line` counts from 1; `item` and `matched` as in the record."""

    line: int
    section: str
    mark: str | None
    text: str
    form: str = "box"
    note: str = ""
    item: str = ""
    matched: str = ""


def entries(text: str, first: int, end: int, profile: Profile) -> list[Entry]:
    """Every line from `first` (from 0) to before `end` that has a box, or that is an item of the profile."""
    found: list[Entry] = []
    unsure: list[Entry] = []
    section = ""
    lines = text.split("\n")
    for start, tokens in parts(text):
        reader = _Reader(lines, start, (first, end), profile, section)
        reader.read(tokens)
        section = reader.section
        found += reader.with_notes()
        unsure += reader.unsure
    there = {entry.item for entry in found}
    return sorted([*found, *(e for e in unsure if e.item not in there)], key=lambda e: e.line) if unsure else found


class _Reader:
    """Goes through the tokens of one part."""

    def __init__(
        self, lines: Sequence[str], start: int, within: tuple[int, int], profile: Profile, section: str
    ) -> None:
        self.lines = lines
        self.start = start
        self.first, self.end = within
        self.profile = profile
        self.tabled = any(layout.checklist == "table" for layout in profile.layouts)
        self.section = section
        self.found: list[Entry] = []
        self.unsure: list[Entry] = []  # rows of tables without any mark: the checklist only where nothing else is
        self.below: dict[int, tuple[int, int]] = {}  # by an entry's line: where its text ends, where its list item does

    def with_notes(self) -> list[Entry]:
        """What was found, each with what stands below its text and is no entry of its own."""
        found = sorted(self.found, key=lambda e: e.line)
        result = []
        for entry, later in zip(found, [*found[1:], None], strict=False):
            start, stop = self.below.get(entry.line, (0, 0))
            rows = self.lines[start : min(stop, later.line - 1) if later else stop]
            note = "\n".join(row.strip() for row in rows).strip() if entry.item else ""
            seen = any(c.isalnum() for c in shown(note))  # a comment or a tag is no word of theirs
            result.append(replace(entry, note=note) if seen else entry)
        return result

    def read(self, tokens: Sequence[Token]) -> None:
        ends: list[int] = []  # of the list items that are open
        cells: list[str] = []
        table: list[tuple[int, list[str]]] = []
        for k, token in enumerate(tokens):
            at = self.start + token.map[0] if token.map else 0
            if token.map and token.nesting <= 0 and not self.first <= at < self.end:
                continue
            if token.type == "heading_open" and self.first <= at < self.end:
                self.section = tokens[k + 1].content.strip()
            elif token.type == "list_item_open" and token.map:
                ends.append(self.start + token.map[1])
            elif token.type == "list_item_close" and ends:
                ends.pop()
            elif token.type == "tr_open":
                cells, row = [], at
            elif token.type == "inline" and tokens[k - 1].type in ("td_open", "th_open"):
                cells.append(token.content)
            elif token.type == "tr_close" and cells:
                table.append((row, cells))
            elif token.type == "table_close":
                self.table(table)
                table = []
            elif token.type == "inline" and token.map and tokens[k - 1].type == "paragraph_open":
                first = bool(ends) and tokens[k - 2].type == "list_item_open"
                self.paragraph(token.content.split("\n"), at, first, ends[-1] if ends else 0)
            elif token.type in ("code_block", "fence") and token.map:
                rows = self.lines[at : self.start + token.map[1]]
                self.paragraph(rows, at, False, 0)
            elif token.type == "html_block":
                self.html(token.content, at)

    def paragraph(self, rows: Sequence[str], at: int, bullet: bool, end: int) -> None:
        """The items of a paragraph: one for each row that starts with a mark, the first row of a list's item among them."""
        groups: list[tuple[int, str | None, str, list[str]]] = []
        table: list[tuple[int, list[str]]] = []
        for i, row in enumerate(rows):
            if row.lstrip().startswith("|") and row.count("|") > 2:  # of a table without the line below its head
                table.append((at + i, row.strip().strip("|").split("|")))
                continue
            whole = row if bullet and i == 0 else row[_bullet_end(row) :]
            mark, rest, form = read_mark(whole)
            if mark is not None and form == "symbol" and not (bullet and i == 0) and not self.known(rest):
                mark = None
            if mark is None and bullet and i == 0:
                mark, rest, form = self.worded(row)
            if mark is not None or (bullet and i == 0):
                groups.append((i, mark, form, [rest if mark is not None else row]))
            elif groups:
                groups[-1][3].append(row)
        self.table(table)
        for g, (i, mark, form, said) in enumerate(groups):
            stop = (
                at + groups[g + 1][0] if g + 1 < len(groups) else max(end, at + len(rows)) if bullet else at + len(rows)
            )
            self.add(at + i, mark, form, said, stop)

    def add(self, at: int, mark: str | None, form: str, rows: Sequence[str], stop: int) -> None:
        text, item, matched = split_note(rows, self.profile)
        kept = len(rows) if not item else text.count("\n") + 1
        text = " ".join(text.split())
        if mark is None and not item:
            mark, bare = _tail(text)
            item, matched = match_item(bare, self.profile) if mark is not None else ("", "")
            if not item:
                return
            text, form = bare, "symbol"
        elif mark is None:
            tail, bare = _tail(text)
            if tail is not None:
                mark, text, form = tail, bare, "symbol"
        elif not item and not text.strip() and form == "symbol":
            return
        elif form == "symbol" and not item:
            return  # a bullet with an emoji is no box
        self.below[at + 1] = at + kept, stop
        self.found.append(Entry(at + 1, self.section, mark, text, form, "", item, matched))

    def worded(self, row: str) -> tuple[str | None, str, str]:
        """A word for a mark (`done: ...`), before the very words of an item."""
        first, _, rest = row.strip().partition(" ")
        if _said(first.strip(":-–()")) and words(rest) in self.profile.known_items:
            return first, rest, "symbol"
        return None, row, ""

    def known(self, text: str) -> bool:
        return bool(match_item(text, self.profile)[0])

    def table(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """The rows of a table that have an item: each one's mark stands before the text or in another cell. Where no cell of a row is
        a plain mark, it is what stands in the column that has the other rows' marks: a tick with a note, else what nobody can tell."""
        read = []
        for at, cells in rows:
            for k, cell in enumerate(cells):
                mark, rest, _ = read_mark(cell)
                item, matched = match_item(rest, self.profile)
                if item:
                    read.append(
                        (
                            Entry(at + 1, self.section, mark, " ".join(rest.split()), "table", "", item, matched),
                            k,
                            cells,
                        )
                    )
                    break
        columns = Counter(
            i for _, k, cells in read for i, c in enumerate(cells) if i != k and c.strip() and _said(_boxed(c))
        )
        columns = columns or Counter(i for _, k, cells in read for i, c in enumerate(cells) if i != k and noted(c)[0])
        column = max(columns, key=lambda i: (columns[i], -i), default=None)
        for entry, k, cells in read:
            if entry.mark is not None:
                self.found.append(replace(entry, mark=entry.mark.strip()))
                continue
            others = [(i, _boxed(c)) for i, c in enumerate(cells) if i != k]
            told = [b for _, b in others if b.strip() and _said(b)]
            plain = [b for b in told if _said(b) != PARTLY]
            own = [b for i, b in others if i == column and cells[i].strip()]
            scores = [c for c in cells[k + 1 :] if c.strip().isdigit()]  # of a rubric: neither done nor open
            blank = [b for _, b in others if not b.strip()]
            if mark := next(iter([*plain, *told, *own, *scores, *blank]), None):
                lead, note = noted(mark) if not _said(mark) else ("", "")
                self.found.append(replace(entry, mark=lead or _short(mark), note=note))
            elif mark is not None:
                self.found.append(replace(entry, mark=""))
            elif self.tabled and others:
                mark = next((c for i, c in others if i > k), others[0][1])
                self.unsure.append(replace(entry, mark=_short(mark)))

    def html(self, text: str, first: int) -> None:
        """The items of a block of HTML: one for each list item, row, line or check box."""
        said, box, at, in_row = "", "", 0, False

        def flush() -> None:
            nonlocal said, box
            mark, rest, _ = read_mark(" ".join(said.split()))
            if mark is None:
                mark, rest = _tail(rest)
            item, matched = match_item(rest, self.profile)
            if item:
                shown = " ".join(rest.split())
                self.found.append(Entry(at + 1, self.section, box or mark, shown, "html", "", item, matched))
            said, box = "", ""

        for tag in html_tags(text):
            if tag.name in ("li", "tr", "p", "div", "br", "dt", "dd", "/li", "/tr", "/ul", "/table", "summary"):
                flush()
                in_row = tag.name == "tr" or (in_row and tag.name not in ("/tr", "/table"))
                at = first + tag.line
            elif tag.name == "input" and tag.attributes.get("type", "").lower() == "checkbox":
                if not in_row and said.strip():
                    flush()
                box = "x" if "checked" in tag.attributes else " "
                at = at if in_row else first + tag.line
            elif not tag.name:
                said += tag.text + " "
        flush()


def _boxed(cell: str) -> str:
    """The mark of a cell that is a box, else what stands there."""
    mark = read_mark(cell)[0]
    return cell if mark is None else mark


def _short(mark: str) -> str:
    """A mark as it is shown: one that is no mark may be a sentence."""
    bare = " ".join(mark.split())
    return bare if len(bare) <= _MARK_WIDTH else bare[: _MARK_WIDTH - 1].rstrip() + "…"


def _bullet_end(row: str) -> int:
    match = _BULLET.match(row)
    return match.end() if match else 0


def read_mark(text: str) -> tuple[str | None, str, str]:
    """The mark at the start of an item (None without one), the text behind it, and the form: `box`, `symbol`, `html`."""
    row = text.lstrip()
    if row[:6].lower() == "<input":
        end = row.find(">", 0, 300)
        tags = html_tags(row[: end + 1]) if end > 0 else []
        if tags and tags[0].attributes.get("type", "").lower() == "checkbox":
            return "x" if "checked" in tags[0].attributes else " ", row[end + 1 :].strip(), "html"
    at = 0
    while at < min(len(row), 5) and row[at] in "*_`(\\~":
        at += 1
    if row[at : at + 1] == "[":
        end = row.find("]", at + 1, at + _MARK_WIDTH + 2)
        mark = row[at + 1 : end].removesuffix("\\")
        rest = row[end + 1 :]
        around = row[:at].replace("\\", "")[::-1].replace("(", ")")
        if end > 0 and "[" not in mark and not (rest.startswith(("(", "[")) and len(mark.strip()) > 1):
            for sign in around:
                rest = rest[1:] if rest.startswith(sign) else rest
            return mark, rest.strip(), "box"
        return None, text, ""
    if (lead := _LEAD.match(row)) and _said(lead[1]):
        return lead[1], row[lead.end() :].strip(), "symbol"
    return None, text, ""


def _tail(text: str) -> tuple[str | None, str]:
    """A check mark at the end of an item that has none before it."""
    tail = _TAIL.search(text[-40:])
    if tail and _said(tail[1]):
        return tail[1], text[: len(text) - len(text[-40:]) + tail.start()].strip()
    return None, text


def also_ticked(text: str) -> bool:
    """Whether a check mark stands beside the text of a box that is open."""
    before, _, form = read_mark(text)
    after, _ = _tail(text)
    return any(_said(m) == TICKED for m in (before if form == "symbol" else None, after) if m is not None)


def is_legend(text: str) -> bool:
    """Whether the text behind a box only says what the mark means (`= Done`)."""
    return not text.strip() or bool(_LEGEND.match(text)) or bool(_said(text.strip(" .")))


# -- which item --------------------------------------------------------------------------------------------------------


def split_note(rows: Sequence[str], profile: Profile) -> tuple[str, str, str]:
    """The rows of a paragraph as the item's text, its id and how it was recognised; what follows the text is a note."""
    for k in range(min(len(rows), 6), 0, -1):
        text = "\n".join(rows[:k])
        if (known := _word_for_word(text, profile.known_items)) is not None:
            return text, known[0], "exact" if known[1] else "alias"
    tries = [
        (text, *match_item(text, profile)) for text in ("\n".join(rows[:k]) for k in range(1, min(len(rows), 6) + 1))
    ]
    for kind in ("near", "annotated"):
        if found := next((t for t in tries if t[2] == kind), None):
            return found
    return "\n".join(rows), "", ""


def match_item(text: str, profile: Profile) -> tuple[str, str]:
    """The profile's item that a checklist line shows and how it was recognised; two empty strings for none."""
    return match_text(text, profile.known_items)


def match_text(text: str, catalogue: dict[tuple[str, ...], tuple[str, bool]]) -> tuple[str, str]:
    """The entry of a catalogue that a text is: `exact`, `alias` (another version's words), `annotated` (with a note before,
    after or within, or behind the title that it begins with), `near` (a word or two differ, or are spelled better)."""
    if (whole := _word_for_word(text, catalogue)) is not None:
        return whole[0], "exact" if whole[1] else "alias"
    if id_ := by_title(text, catalogue):
        return id_, "annotated"
    said = words(text)
    if len(said) < 3:
        return "", ""
    found = [
        (len(known), id_)
        for known, (id_, _) in catalogue.items()
        if 3 <= len(known) < len(said) and _in_order(known, said)
    ]
    if found:
        return max(found)[1], "annotated"
    seen = words(shown(text))
    near = [
        (ratio, id_)
        for known, (id_, _) in catalogue.items()
        if (ratio := _likeness(known, said) or (seen != said and _likeness(known, seen)))
    ]
    return (max(near)[1], "near") if near else ("", "")


def _word_for_word(text: str, catalogue: dict[tuple[str, ...], tuple[str, bool]]) -> tuple[str, bool] | None:
    """The entry of a catalogue that has just the words of a text, as they are written or as a reader sees them: tags, comments and
    the address of a link are no words, and a number before them (`1.1`) only counts the entries."""
    if (found := catalogue.get(words(text))) is not None:
        return found
    seen = words(shown(text))
    numbers = next((i for i, word in enumerate(seen[:_NUMBERS]) if not word.isdigit()), 0)
    return catalogue.get(seen) or catalogue.get(seen[numbers:])


def by_title(text: str, catalogue: dict[tuple[str, ...], tuple[str, bool]]) -> str:
    """The entry whose very words are the title that a text begins with, in bold or up to a colon: `**Tests**: eleven of them`.
    Empty for none."""
    bare = text.lstrip()[:_LONGEST_TITLE]
    title, mark, _ = bare.removeprefix("**").partition("**" if bare.startswith("**") else ":")
    known = catalogue.get(words(title)) if mark and title.strip() else None
    return known[0] if known else ""


def _likeness(known: tuple[str, ...], said: tuple[str, ...]) -> float:
    """How like two texts are; 0 where that is not enough."""
    if len(known) == len(said) and len(known) >= 3:
        same = sum(a == b for a, b in zip(known, said, strict=True))
        alike = sum(spelled_alike(a, b) for a, b in zip(known, said, strict=True))
        if alike == len(known) and same >= len(known) / 2:
            return alike / len(known) - 0.001 * (len(known) - same)
    if len(known) < 8 or abs(len(known) - len(said)) > 2:
        return 0.0
    there = frozenset(said)  # no more than the words that both have can be alike: most pairs end here
    if 2 * sum(word in there for word in known) < _NEAR * (len(known) + len(said)):
        return 0.0
    ratio = difflib.SequenceMatcher(None, known, said, autojunk=False).ratio()
    return ratio if ratio >= _NEAR else 0.0


def spelled_alike(a: str, b: str) -> bool:
    """Whether two words are one with a slip: nearly all of the longer is their common start and end."""
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) < 4 or len(long) - len(short) > 2:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    end = 0
    while end < len(short) - start and short[-1 - end] == long[-1 - end]:
        end += 1
    return start > 0 and start + end >= max(len(long) - 2, 0.7 * len(long))


def _in_order(known: tuple[str, ...], said: tuple[str, ...]) -> bool:
    at = iter(said)
    return len(said) <= len(known) + 60 and all(word in at for word in known)


def marked(lines: Sequence[str], profile: Profile) -> Iterator[int]:
    """The lines, from 0, that are items of the profile word for word: a quick look for a checklist."""
    for i, row in enumerate(lines):
        if row.strip() and len(row) < 400:
            mark, rest, _ = read_mark(row[_bullet_end(row) :].strip("| "))
            said = shown(rest) if mark is not None else row
            if words(said.split("|")[0]) in profile.known_items or words(said) in profile.known_items:
                yield i
            elif row.count("|") > 1 and any(words(cell) in profile.known_items for cell in row.split("|")[2:8]):
                yield i  # of a table whose items do not stand first
