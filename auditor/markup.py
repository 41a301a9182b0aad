"""Markdown and HTML, read once: headings, images, links and anchors by the parser's tokens and `html.parser`.

A report is parsed in parts, one for each question, so that a fence or comment that never ends costs one part and not the
rest. Addresses are handed out as they are written (entities resolved): whoever follows one cuts it, then decodes it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from auditor.lazy import compile_later, dataclass
from auditor.letters import as_read

PICTURE = compile_later(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif|ico|tiff?|pdf)$", re.IGNORECASE)
_QUESTION_ROW = compile_later(r"^ {0,3}#{1,6}[ \t]*\**[ \t]*question[ \t]+\d{1,3}\b", re.IGNORECASE)
_BRACKET = compile_later(r"\\.|[\[\]]", re.DOTALL)
_SIZE = compile_later(r"\s+=\d*x\d*$")
_UNSEEN = compile_later("[\ufe0e\ufe0f\u200b-\u200d]")  # what says how the letter before it is drawn, and joins letters
_FOOTNOTE = compile_later(r"\[\^([^\]\s]{1,60})\]")
_ITEM = compile_later(r"(?:[-*+]|\d{1,9}[.)]) ")
_INDENT = 60
_DEEP = compile_later(r"(?m)^[ \t]{61}")
_ROW = 20_000  # characters of one line that are looked through for markup


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    """The one markdown parser: CommonMark with tables; addresses stay as they are written, whatever they are."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return bounded(parser)


_BRACKETS = 100  # of a paragraph: with more, those that nothing closes are told apart before the parser looks for it
_HEIGHT = 8  # brackets within a bracket that may still be a link's


def bounded(parser: MarkdownIt) -> MarkdownIt:
    """A parser that does not look for the end of a link where there is none: it would read on to the paragraph's end from every
    bracket. The words of a link may have brackets within brackets, but not deeper than anybody writes."""
    from markdown_it.rules_inline import StateInline, image, link

    def within(rule: Callable[[StateInline, bool], bool], shift: int) -> Callable[[StateInline, bool], bool]:
        def bounded_rule(state: StateInline, silent: bool) -> bool:
            mark = state.src[state.pos + shift : state.pos + shift + 1]
            if mark == "[" and (opening := _closed(state.src)) is not None and state.pos + shift not in opening:
                return False
            return rule(state, silent)

        return bounded_rule

    parser.inline.ruler.at("link", within(link, 0))
    parser.inline.ruler.at("image", within(image, 1))
    return parser


@lru_cache(maxsize=8)
def _closed(text: str) -> frozenset[int] | None:
    """Where the brackets of a paragraph open that close again; None for a paragraph with few of them."""
    if text.count("[") <= _BRACKETS:
        return None
    waiting: list[int] = []
    heights: list[int] = []
    found = []
    for mark in _BRACKET.finditer(text):
        if mark[0] == "[":
            waiting.append(mark.start())
            heights.append(0)
        elif mark[0] == "]" and waiting:
            at, height = waiting.pop(), heights.pop()
            if height < _HEIGHT:
                found.append(at)
            if heights:
                heights[-1] = max(heights[-1], height + 1)
    return frozenset(found)


@lru_cache(maxsize=64)
def parse(text: str) -> tuple[Token, ...]:
    """The tokens of a text, which are nobody's to change: an answer's are asked for by all who read it. Rows are not indented
    deeper than anybody writes: nested lists take the parser cubic time."""
    return tuple(markdown().parse(shallow(text)))


def too_deep(lines: Sequence[str]) -> list[int]:
    """The rows, from 0, of lists that are nested deeper than is read."""
    deep = " " * (_INDENT + 1)
    return [i for i, row in enumerate(lines) if row.startswith(deep) and _ITEM.match(row.lstrip(" ")[:12])]


def shallow(text: str) -> str:
    """A text whose rows are not indented deeper than is read."""
    return "\n".join(_shallow(row) for row in text.split("\n")) if _DEEP.search(text) else text


def _shallow(row: str) -> str:
    bare = row.lstrip(" \t")
    return " " * _INDENT + bare if len(row) - len(bare) > _INDENT else row


@dataclass(frozen=True)
class Tag:
    """A start tag of HTML with its attributes, an end tag (`/h3`), or text (an empty name). `line` counts from 0."""

    line: int
    name: str
    attributes: dict[str, str]
    text: str = ""


class Html(HTMLParser):
    """A reader of HTML that hands out what it sees, tag by tag, as a browser takes it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def seen(self, tag: Tag) -> None:
        """A tag or text, which begins at the reader's place."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known: dict[str, str] = {}
        for name, value in attrs:
            known.setdefault(name, value or "")  # of an attribute given twice a browser takes the first
        self.seen(Tag(self.getpos()[0] - 1, tag, known))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.seen(Tag(self.getpos()[0] - 1, f"/{tag}", {}))

    def handle_data(self, data: str) -> None:
        self.seen(Tag(self.getpos()[0] - 1, "", {}, data))

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![...` is a comment up to the next `>`; the library knows some words behind it, and gives up on others."""
        return self.parse_bogus_comment(i, bool(report))


class _Tags(Html):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def seen(self, tag: Tag) -> None:
        self.tags.append(tag)


def html_tags(text: str) -> list[Tag]:
    """The tags and texts of a piece of HTML. What never ends (a comment, a tag) is left out with all behind it."""
    reader = _Tags()
    reader.feed(text + "<end>")  # a tag at the end, so that the text before it is handed out
    return [t for t in reader.tags if t.name != "end"]


def comments(text: str) -> list[tuple[int, int]]:
    """Where the comments of HTML in a text begin and end; one that does not end is none."""
    found = []
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        found.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return found


def without_comments(text: str) -> str:
    """A text with a blank for each comment of HTML."""
    pieces, last = [], 0
    for start, end in comments(text):
        pieces.append(text[last:start])
        last = end
    return " ".join([*pieces, text[last:]])


# -- headings and anchors ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A heading, or a line that stands for one: `how` is `atx`, `setext`, `html`, `bold` (a bold line), `joined` (`###Text`)
    or `plain` (a line by itself). `line` is its first line and `body` the first below it, counted from 0."""

    line: int
    body: int
    level: int
    text: str
    how: str


@lru_cache(maxsize=16)
def parts(text: str) -> tuple[tuple[int, Sequence[Token]], ...]:
    """The tokens of each part of a text with the number of its first line, from 0."""
    lines = text.split("\n")
    starts = [0]
    for i, row in enumerate(lines):
        if "#" in row[:5] and _QUESTION_ROW.match(row):
            following = next((r for r in lines[i + 1 : i + 4] if r.strip()), "")
            if following.lstrip().startswith(">"):
                starts.append(i)
    return tuple(
        (start, parse("\n".join(lines[start:end])))
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    )


def plain(token: Token) -> str:
    """The words of an inline token as read, without markup, images and tags."""
    said = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            said.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            said.append("\n")
    return "".join(said)


@lru_cache(maxsize=16)
def outline(text: str) -> tuple[Heading, ...]:
    """The headings of a text, and the lines that may stand for one."""
    return tuple(h for offset, tokens in parts(text) for h in _outline(offset, tokens))


def _outline(offset: int, tokens: Sequence[Token]) -> Iterator[Heading]:
    for k, token in enumerate(tokens):
        if not token.map:
            continue
        first, end = offset + token.map[0], offset + token.map[1]
        if token.type == "heading_open":
            how = "atx" if token.markup.startswith("#") else "setext"
            yield Heading(first, end, int(token.tag[1]), " ".join(plain(tokens[k + 1]).split()), how)
        elif token.type == "html_block":
            yield from _html_headings(token.content, first)
        elif token.type == "inline" and tokens[k - 1].type == "paragraph_open":
            yield from _lines(token, first)


def _html_headings(text: str, first: int) -> Iterator[Heading]:
    level, start, said = 0, 0, ""
    for tag in html_tags(text):
        if re.fullmatch(r"h[1-6]", tag.name):
            level, start, said = int(tag.name[1]), first + tag.line, ""
        elif level and tag.name == f"/h{level}":
            yield Heading(start, first + tag.line + 1, level, " ".join(said.split()), "html")
            level = 0
        elif level:
            said += tag.text


def _lines(token: Token, first: int) -> Iterator[Heading]:
    """The lines of a paragraph that look like headings: bold ones, `###Text`, and ones that are short."""
    rows: list[list[Token]] = [[]]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            rows.append([])
        else:
            rows[-1].append(child)
    for i, row in enumerate(rows):
        shown = [c for c in row if c.content.strip() or c.type in ("strong_open", "strong_close")]
        said = " ".join("".join(c.content for c in row if c.type in ("text", "code_inline")).split())
        if not said or len(said) > 200:
            continue
        marks = len(said) - len(said.lstrip("#"))
        if 0 < marks <= 6:
            yield Heading(first + i, first + i + 1, marks, said[marks:].strip(" #*"), "joined")
        elif shown[0].type == "strong_open" and shown[-1].type == "strong_close":
            yield Heading(first + i, first + i + 1, 0, said, "bold")
        elif len(said) < 40:
            yield Heading(first + i, first + i + 1, 0, said, "plain")


def slug(text: str) -> str:
    """The anchor that GitHub makes of a heading's text: what is no letter (with its marks), digit, underscore, hyphen or space goes,
    each space is a hyphen."""
    return "".join(c for c in text.lower() if c in "- " or c.isascii() * c.isalnum() or _in_a_word(c)).replace(" ", "-")


def _in_a_word(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind in ("Nd", "Pc")


def anchors(text: str) -> frozenset[str]:
    """The anchors of a page: of its headings as the host makes them, those set by hand, footnotes, and
    the page's top."""
    found: dict[str, int] = {}
    made = {"", "top"}
    made.update(f"{mark}-{name.lower()}" for name in _FOOTNOTE.findall(text) for mark in ("fn", "fnref"))
    for offset, tokens in parts(text):
        for k, token in enumerate(tokens):
            if token.type == "heading_open":
                said = plain(tokens[k + 1]).replace("\n", " ")
                for name in dict.fromkeys((slug(said), slug(said.strip()))):
                    made.add(f"{name}-{found[name]}" if name in found else name)
                    found[name] = found.get(name, 0) + 1
        made.update(slug(h.text) for h in _outline(offset, tokens) if h.how == "html")
        for _, tag in _tags_of(tokens):
            made.update(tag.attributes[a].lower() for a in ("id", "name") if tag.attributes.get(a))
    return frozenset(made)


def leads_to_anchor(target: str, known: frozenset[str], path: str) -> bool:
    """Whether `#name` is one of the anchors of a page, or `#readme`, which a host puts above each repository's front page."""
    name = _UNSEEN.sub("", unquote(target[1:]).lower())
    known = frozenset(_UNSEEN.sub("", k) for k in known)
    if name == "readme" and path.rpartition("/")[2].lower().startswith("readme"):
        return True
    if name in known or name.removeprefix("user-content-") in known:
        return True
    # one of the two may come from a text whose look-alikes of letters were put right
    return not all(k.isascii() for k in known) and as_read(name) in {as_read(k) for k in known}


def _tags_of(tokens: Sequence[Token]) -> Iterator[tuple[int, Tag]]:
    """Every tag of HTML with the line, from 0, that it stands on."""
    for token in tokens:
        if token.type == "html_block" and token.map:
            for tag in html_tags(token.content):
                yield token.map[0] + tag.line, tag
        elif token.type == "inline" and token.map:
            at = token.map[0]
            for child in token.children or ():
                if child.type in ("softbreak", "hardbreak"):
                    at += 1
                elif child.type == "html_inline":
                    for tag in html_tags(child.content):
                        yield at + tag.line, tag
                    at += child.content.count("\n")


# -- images and links --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """An image or link. `line` counts from 0; `target` is the address as written. An image that does not show says why:
    `code`, `spaces`, `size` (`=300x200`), `brackets` (`![[x]]`), `html` (markdown within HTML), `markup`."""

    line: int
    text: str
    target: str
    image: bool
    why: str = ""


@lru_cache(maxsize=256)
def references(text: str) -> tuple[Reference, ...]:
    """The images and links of a text in their order, with the markup that was meant as an image and is none."""
    return tuple(_references(parse(text)))


def bare_addresses(text: str) -> Iterator[Reference]:
    """The addresses that stand in a text without markup, outside code, of which hosts make links."""
    for token in parse(text):
        if token.type != "inline" or "://" not in token.content:
            continue
        at, depth = token.map[0] if token.map else 0, 0
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                at += 1
            elif child.type == "html_inline":
                at += child.content.count("\n")
            elif child.type in ("link_open", "link_close"):
                depth += 1 if child.type == "link_open" else -1
            elif child.type == "text" and not depth:
                for found in _BARE.finditer(child.content):
                    target = found[0].rstrip(".,:;!?*_~'\"")
                    while target.endswith(")") and target.count(")") > target.count("("):
                        target = target[:-1].rstrip(".,:;!?*_~'\"")
                    yield Reference(at, target, target, False)


_BARE = compile_later(r"https?://[^\s<>`]{1,2000}", re.IGNORECASE)


def inline_references(text: str) -> tuple[Reference, ...]:
    """The same of a piece of a paragraph."""
    if not any(mark in text for mark in ("](", "][", "<", "![")):
        return ()
    return tuple(_references(markdown().parseInline(text)))


def _references(tokens: Iterable[Token]) -> Iterator[Reference]:
    for token in tokens:
        at = token.map[0] if token.map else 0
        if token.type == "inline":
            yield from _inline(token.children or [], at)
        elif token.type in ("fence", "code_block"):
            yield from _shown_as_text(token.content, at + (token.type == "fence"), "code")
        elif token.type == "html_block":
            for tag in html_tags(token.content):
                if tag.name:
                    yield from _tag(tag, at + tag.line)
                else:
                    yield from _shown_as_text(tag.text, at + tag.line, "html")


def _inline(children: Sequence[Token], at: int) -> Iterator[Reference]:
    loose = ""
    for k, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            yield from _meant(loose, at)
            loose = ""
            at += 1
        elif child.type in ("text", "text_special"):
            loose += child.content
        elif child.type == "image":
            yield Reference(at, child.content, str(child.attrs.get("src", "")), True)
        elif child.type == "link_open":
            said = "".join(_until(children, k + 1))
            if _FOOTNOTE.fullmatch(f"[{said}]"):
                continue  # `[^1]`, whose note is taken for an address
            yield Reference(at, said, str(child.attrs.get("href", "")), False)
        elif child.type == "code_inline":
            yield from _shown_as_text(child.content, at, "code")
        elif child.type == "html_inline":
            for tag in html_tags(child.content):
                yield from _tag(tag, at + tag.line)
            at += child.content.count("\n")
    yield from _meant(loose, at)


def _until(children: Sequence[Token], k: int) -> Iterator[str]:
    """The text of a link that opens before this child."""
    for child in children[k:]:
        if child.type == "link_close":
            return
        yield " " if child.type in ("softbreak", "hardbreak") else child.content


def _tag(tag: Tag, line: int) -> Iterator[Reference]:
    if tag.name == "img" and tag.attributes.get("src", "").strip():
        yield Reference(line, tag.attributes.get("alt", ""), tag.attributes["src"].strip(), True)
    elif tag.name == "a" and tag.attributes.get("href", "").strip():
        yield Reference(line, "", tag.attributes["href"].strip(), False)


def _shown_as_text(text: str, first: int, why: str) -> Iterator[Reference]:
    """The images in markup that is shown as it stands."""
    for i, row in enumerate(text.split("\n")):
        if "![" in row:
            for found in _inline(_children(row[:_ROW].strip()), first + i):
                if found.image:
                    yield Reference(found.line, found.text, found.target, True, why)
        if why == "code" and "<img" in row:
            for tag in html_tags(row[:_ROW]):
                for found in _tag(tag, first + i):
                    if found.image:
                        yield Reference(first + i, found.text, found.target, True, why)


def _children(row: str) -> list[Token]:
    (token,) = markdown().parseInline(row)
    return token.children or []


def _meant(text: str, line: int) -> Iterator[Reference]:
    """The markup in a line's plain text that was meant as an image."""
    at = text.find("![")
    while 0 <= at < _ROW:
        if text.startswith("![[", at):
            end = text.find("]]", at, at + 500)
            target = text[at + 3 : end].split("|")[0].strip() if end > 0 else ""
            if PICTURE.search(target):
                yield Reference(line, "", target, True, "brackets")
        else:
            middle = text.find("](", at, at + 500)
            target = _balanced(text, middle + 2) if middle > 0 else ""
            why = "size" if _SIZE.search(target) else "spaces" if re.search(r"\s", target) else "markup"
            target = _SIZE.sub("", target).strip(" <>")
            if PICTURE.search(target) and not re.search(r"[\"'<>]", target):
                yield Reference(line, "", target, True, why)
        at = text.find("![", at + 2)


def _balanced(text: str, start: int) -> str:
    """What stands up to the parenthesis that closes."""
    depth = 0
    for k in range(start, min(len(text), start + 500)):
        if text[k] == "(":
            depth += 1
        elif text[k] == ")":
            if not depth:
                return text[start:k].strip()
            depth -= 1
    return ""
