"""What a reader of the page sees of markdown and HTML, each character with its place in what was written.

Tags, comments and the content of scripts are not seen; a link, a picture and code that are written in HTML are handed out as
the markdown that they would be, a reference to a character as that character. So whoever reads sentences knows one form of each,
and what is quoted is still what was written.
"""

from collections.abc import Iterator, Sequence
from html import unescape

from markdown_it.common.html_blocks import block_names
from markdown_it.token import Token

from auditor.lazy import compile_later, dataclass
from auditor.markup import Html, Tag, html_tags, markdown

_TICKS = compile_later(r"`+")
_NAME = compile_later(r"<(/?[a-zA-Z][a-zA-Z0-9-]*)")
_ENTITY = compile_later(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_DRAWN = compile_later(r"(?<!\w):[a-z0-9_+-]{1,40}:(?!\w)")
_TARGET = compile_later(r"\]\(\s*+(?:<[^<>\n]{0,2000}+>|[^()\s]*+)")
_BLOCKS = frozenset([*block_names, "pre"])
_CODE = frozenset(["code", "tt", "samp"])
_NOT_SEEN = frozenset(["script", "style"])
_CELLS = frozenset(["td", "th"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MARKUP = "[]<"  # written as references they are no markup, and would be as themselves


@dataclass(frozen=True)
class Seen:
    """A text as it is seen, with where each of its characters begins and ends in the source."""

    text: str
    source: str
    starts: Sequence[int]
    ends: Sequence[int]

    def written(self, start: int, end: int) -> str:
        """What was written for a stretch of the text."""
        return self.source[self.starts[start] : self.ends[end - 1]] if start < end else ""

    def wrapped(self, start: int, end: int) -> str:
        """The same with what is not seen on either side."""
        first = self.ends[start - 1] if start else 0
        last = self.starts[end] if end < len(self.starts) else len(self.source)
        return self.source[first:last]


@dataclass(frozen=True)
class Block:
    """A paragraph, entry of a list (`item`), row of a table, heading or code (`fence`) of a piece of HTML."""

    kind: str
    seen: Seen


class _Made:
    """A text as it is put together from its source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._said: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def copy(self, start: int, end: int, entities: bool = True) -> None:
        """A stretch as it stands, with the characters that are referred to."""
        if entities and "&" in self.source[start:end]:
            for found in _ENTITY.finditer(self.source, start, end):
                said = unescape(found[0])
                after = self.source[found.end() : found.end() + 1]
                if said == found[0] or (said in _MARKUP and (said != "<" or after.isalpha() or after in "/!?")):
                    continue
                self.copy(start, found.start(), entities=False)
                self.put(" " if said.isspace() else said, found.start(), found.end())
                start = found.end()
        if start < end:
            self._said.append(self.source[start:end])
            self._starts += range(start, end)
            self._ends += range(start + 1, end + 1)

    def put(self, said: str, start: int, end: int) -> None:
        """What stands for a stretch."""
        if said:
            self._said.append(said)
            self._starts += [start] * len(said)
            self._ends += [end] * len(said)

    def done(self) -> Seen:
        return Seen("".join(self._said), self.source, self._starts, self._ends)


# -- a paragraph of markdown -------------------------------------------------------------------------------------------


def code_spans(text: str) -> list[tuple[int, int, str]]:
    """Start, end and content of the code spans of a text: between two runs of as many backticks."""
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(text)]
    closing: dict[int, int] = {}  # by length the next run behind the one that is looked at
    after = [-1] * len(runs)
    for i in range(len(runs) - 1, -1, -1):
        length = runs[i][1] - runs[i][0]
        after[i], closing[length] = closing.get(length, -1), i
    found, i = [], 0
    while i < len(runs):
        if after[i] < 0:
            i += 1
        else:
            found.append((runs[i][0], runs[after[i]][1], text[runs[i][1] : runs[after[i]][0]]))
            i = after[i] + 1
    return found


def paragraph(content: str, tokens: Sequence[Token], row: bool = False) -> Seen | None:
    """What is seen of a paragraph (or the `row` of a table) that the inline tokens are of; None where that is just what stands there."""
    children = [c for t in tokens for c in t.children or () if c.type in ("html_inline", "code_inline")]
    if "&" not in content and all(c.markup == "`" for c in children):
        return None
    found = list(_located(content, children))
    tags = [place for place, child in zip(found, children, strict=False) if child.type == "html_inline"]
    shown = iter(_shown([content[a:b] for a, b in tags], tags, content, row))
    made, at = _Made(content), 0
    for (start, end), child in zip(found, children, strict=False):
        made.copy(at, start)
        at, ticks = end, len(child.markup)
        if child.type == "html_inline":
            made.put(next(shown), start, end)
        elif ticks > 1 and "`" not in child.content:
            padded = content[start + ticks].isspace() and content[end - ticks - 1].isspace()
            within = (start + ticks + padded, end - ticks - padded)
            made.put("`", start, within[0])
            made.copy(*within, entities=False)
            made.put("`", within[1], end)
        else:
            made.copy(start, end, entities=False)
    made.copy(at, len(content))
    return made.done()


def _located(content: str, children: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where the tags and the code spans of a paragraph stand, in their order; no more of them from one on that is not found."""
    runs = [m.span() for m in _TICKS.finditer(content)] if "`" in content else []
    targets = [m.span() for m in _TARGET.finditer(content)] if "](" in content else []
    at = run = link = 0
    for child in children:
        length, place = len(child.markup), -1
        if child.type == "html_inline":
            place = content.find(child.content, at)
            while place >= 0:
                while link < len(targets) and targets[link][1] <= place:
                    link += 1
                if link < len(targets) and targets[link][0] <= place:
                    place = content.find(child.content, targets[link][1])
                elif _escaped(content, place):
                    place = content.find(child.content, place + 1)
                else:
                    break
            end = place + len(child.content)
        else:
            # a run of as many backticks before it would be where this span begins
            while run < len(runs) and (
                runs[run][0] < at or runs[run][1] - runs[run][0] - _escaped(content, runs[run][0]) != length
            ):
                run += 1
            closing = run + 1
            while closing < len(runs) and runs[closing][1] - runs[closing][0] != length:
                closing += 1
            if closing < len(runs):
                place, end = runs[run][1] - length, runs[closing][1]
        if place < 0:
            return
        yield place, end
        at = end


def _escaped(content: str, place: int) -> bool:
    """Whether a backslash takes the meaning from what stands at a place."""
    before = place
    while before and content[before - 1] == "\\":
        before -= 1
    return bool((place - before) % 2)


def _shown(tags: Sequence[str], places: Sequence[tuple[int, int]], content: str, row: bool) -> list[str]:
    """What stands for each tag."""
    names = [m[1].lower() if (m := _NAME.match(t)) else "" for t in tags]
    said = ["\n" if n.removeprefix("/") in _BLOCKS or n == "br" else "" for n in names]
    if row:
        said = [" " if s else s for s in said]
    for i, name in enumerate(names):
        if name == "img":
            said[i] = _picture(_tag(tags[i]))
    for first, last in _pairs(names):
        within = content[places[first][1] : places[last][0]]
        if names[first] == "a":
            said[first], said[last] = _linked(_tag(tags[first]))
        elif within.strip() and "`" not in within:
            said[first] = said[last] = "`"
    return said


def _tag(text: str) -> Tag:
    return next(iter(html_tags(text)), Tag(0, "", {}))


def _pairs(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of the tags of links and code that open and close, none within another of its kind."""
    opened: dict[str, int] = {}
    for i, name in enumerate(names):
        bare = name.removeprefix("/")
        if bare != "a" and bare not in _CODE:
            continue
        if name == bare:
            opened[bare] = i
        elif bare in opened:
            yield opened.pop(bare), i


def _address(tag: Tag, attribute: str) -> str:
    """An address as it stands in markdown; empty for what cannot."""
    url = tag.attributes.get(attribute, "").strip()
    if not url or any(c in url for c in "<>\n"):
        return ""
    return f"<{url}>" if any(c in url for c in " ()") else url


def _linked(tag: Tag) -> tuple[str, str]:
    """What stands for the two tags of a link."""
    url = _address(tag, "href")
    return ("[", f"]({url})") if url else ("", "")


def _picture(tag: Tag) -> str:
    url = _address(tag, "src")
    alt = " ".join(c for c in tag.attributes.get("alt", "").split() if not set(c) & set("[]<>`"))
    return f"![{alt}]({url})" if url else ""


def shown(text: str) -> str:
    """The words of a piece of markdown as a reader sees them, without tags, comments, signs that are drawn and the addresses of links;
    what shows a picture is kept as it stands."""
    if not any(mark in text for mark in "<[&:"):
        return text
    (token,) = markdown().parseInline(text)
    said = []
    for child in token.children or ():
        if child.type == "html_inline":
            names = {t.name.removeprefix("/") for t in html_tags(child.content)}
            said.append(child.content if "img" in names else "\n" if names & {"br", *_BLOCKS} else "")
        elif child.type == "image":
            said.append(f" {child.content} {child.attrs.get('src', '')} ")
        elif child.type in ("softbreak", "hardbreak"):
            said.append("\n")
        else:
            said.append(_DRAWN.sub(" ", child.content) if child.type == "text" else child.content)
    return "".join(said)


# -- a block of HTML ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Event:
    """A start tag, an end tag (`/p`), text (`name` is empty), or what is not seen (`!`), and where it begins."""

    at: int
    name: str
    attributes: dict[str, str]


class _Events(Html):
    """The events of a piece of HTML with their places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = [0]
        for row in text.split("\n"):
            self._lines.append(self._lines[-1] + len(row) + 1)
        self.events: list[_Event] = []
        self.feed(text + "<end>")  # so that the text before it is handed out
        if not self.events or self.events[-1].name != "end":  # what never ends takes all behind it
            self.seen(Tag(0, "end", {}))

    def seen(self, tag: Tag) -> None:
        line, column = self.getpos()
        self.events.append(_Event(self._lines[line - 1] + column, tag.name, tag.attributes))

    def handle_comment(self, data: str) -> None:
        self.seen(Tag(0, "!", {}))

    def handle_decl(self, decl: str) -> None:
        self.seen(Tag(0, "!", {}))

    def handle_pi(self, data: str) -> None:
        self.seen(Tag(0, "!", {}))


def blocks(text: str) -> Iterator[Block]:
    """What a reader sees of a block of HTML: its paragraphs, entries, rows and headings, and what is shown as code."""
    yield from _Page(text).read()


class _Page:
    """Goes through the events of a block."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events = _Events(text).events
        names = [e.name for e in self.events]
        self.pairs = dict(_pairs(names))
        self.closing = {last: first for first, last in self.pairs.items()}
        self.made = _Made(text)
        self.kind = "sentence"
        self.cells = 0  # of the row that is open, those with words

    def read(self) -> Iterator[Block]:
        unseen = 0
        for i, event in enumerate(self.events[:-1]):
            end = self.events[i + 1].at
            bare = event.name.removeprefix("/")
            if bare in _NOT_SEEN:
                unseen = max(unseen + (1 if bare == event.name else -1), 0)
            elif unseen or event.name == "!":
                continue
            elif not event.name:
                self.made.copy(event.at, end)
            elif bare in _BLOCKS and not (self.kind == "row" and bare not in ("tr", "table")):
                yield from self.flush()
                self.open(event.name)
            elif bare in _CELLS and bare == event.name:
                self.made.put(" | ", event.at, event.at)
            else:
                self.made.put(self.inline(i, event, end), event.at, end)
        yield from self.flush()

    def open(self, name: str) -> None:
        """What kind of text follows a tag."""
        if name in ("li", "dd"):
            self.kind = "item"
        elif name == "tr":
            self.kind = "row"
        elif name in _HEADINGS:
            self.kind = "heading"
        elif name == "pre":
            self.kind = "fence"
        elif name.startswith("/") and (
            name[1:] in ("li", "ul", "ol", "dd", "tr", "pre", "table") or name[1:] in _HEADINGS
        ):
            self.kind = "sentence"

    def inline(self, i: int, event: _Event, end: int) -> str:
        """What stands for a tag within a text."""
        name, bare = event.name, event.name.removeprefix("/")
        if name == "br":
            return "\n"
        if bare in _BLOCKS:
            return " "
        if name == "img":
            return _picture(Tag(0, name, event.attributes))
        first, last = (i, self.pairs[i]) if i in self.pairs else (self.closing.get(i, -1), i)
        if first < 0 or self.kind == "fence":
            return ""
        if bare == "a":
            return _linked(Tag(0, "a", self.events[first].attributes))[i == last]
        within = self.text[self.events[first + 1].at : self.events[last].at]
        return "`" if within.strip() and "`" not in within and "<" not in within else ""

    def flush(self) -> Iterator[Block]:
        """What has been read since the last tag that parts texts."""
        seen, self.made = self.made.done(), _Made(self.text)
        if not seen.text.strip(" |\n\t"):
            return
        kind = self.kind
        if kind == "row":
            said = [cell for cell in seen.text.split(" | ") if cell.strip()]
            kind = "row" if len(said) > 1 else "sentence"
            text = seen.text.replace("\n", " ") if kind == "row" else seen.text.replace(" | ", "   ")
            seen = Seen(text, seen.source, seen.starts, seen.ends)
        yield Block(kind, seen)
