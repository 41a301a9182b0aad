"""Foreign text as HTML: a report's markdown without its HTML, excerpts with their cited words marked, and the page's own pieces.

Nothing of a report or a repository becomes markup, address or script of the page.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from auditor.escape import one_line, safe
from auditor.markup import bounded
from auditor.models import Figure
from auditor.redact import secret_at
from auditor.render.cards import Note

_HERE = Path(__file__).parent
_LINE = 10_000  # characters of one line that are shown; the rest is counted
_SECRET = "[a secret, not shown]"


class Shown(Protocol):
    """What the report's links and images are looked up in."""

    targets: Mapping[str, str]
    figures: Mapping[str, Figure]

    def link(self, target: str) -> tuple[str, str]:
        """Where a link may lead, and what to show beside it."""
        ...


# -- pieces of text ----------------------------------------------------------------------------------------------------


MARKS = 40  # findings of one block whose words are marked in it; of more the numbers stand in the margin alone


def shown_row(row: str, before: str = "") -> str:
    """A line of the report as it may be shown: no control, no secret, no megabyte."""
    if hit := secret_at(row[:_LINE], before[:_LINE]):
        row = row[: hit[0]] + _SECRET
    return safe(cut(row))


def cut(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[:_LINE]} … ({len(text) - _LINE} more characters)"


def without_secrets(text: str) -> str:
    return "\n".join(shown_row(row) for row in text.split("\n"))


def numbered(excerpt: str, start: int, words: str) -> Iterator[tuple[int, list[tuple[str, bool]]]]:
    """The lines of an excerpt, in pieces of which the cited ones are marked. All of it cited marks nothing."""
    at = excerpt.find(words) if words and words != excerpt else -1
    end, position = at + len(words), 0
    for n, row in enumerate(excerpt.split("\n")):
        a, b = (min(max(x - position, 0), len(row)) for x in ((at, end) if at >= 0 else (0, 0)))
        yield start + n, [(t, m) for t, m in ((row[:a], False), (row[a:b], True), (row[b:], False)) if t]
        position += len(row) + 1


def mark(markdown: MarkdownIt, tokens: Sequence[Token], at: int, note: Note, first: int) -> None:
    """Mark the words that a finding speaks of in the block at `at`, and put its number behind them."""
    block, line = tokens[at], note.verdict.claim.line - first
    if block.nesting == 0:
        block.meta.setdefault("marks", []).append((line - (block.type == "fence"), note))
        return
    number = Token("claim_ref", "", 0, meta={"note": note})
    inside = range(at, closing(tokens, at))
    if block.type == "table_open" and block.map:
        rows = [k for k in inside if tokens[k].type == "tr_open" and tokens[k].map]
        rows = [k for k in rows if tokens[k].map[0] - block.map[0] <= line] or rows  # type: ignore[index]
        inside = range(rows[-1] if rows else at, inside.stop)
    inline = next((tokens[k] for k in inside if tokens[k].type == "inline"), None)
    if inline is None or inline.children is None:
        return
    said = markdown.parseInline(note.verdict.claim.quote)[0].children or []
    pattern = r"\s+".join(re.escape(w) for w in safe(visible(said)).split())
    match = re.search(pattern, visible(inline.children)) if pattern else None
    if match is None:
        inline.children.append(number)
        return
    position, made = 0, []
    placed = False
    for child in inline.children:
        text = visible([child])
        a, b = max(match.start() - position, 0), min(match.end() - position, len(text))
        position += len(text)
        if child.type not in ("text", "code_inline") or a >= b:
            made.append(child)
        else:
            if child.type == "code_inline":
                a, b = 0, len(text)
            pieces = [(text[:a], False), (text[a:b], True), (text[b:], False)]
            for piece, cited in pieces:
                if piece:
                    part = Token(child.type, child.tag, 0, content=piece, markup=child.markup, meta=child.meta)
                    made += [Token("mark_open", "mark", 1), part, Token("mark_close", "mark", -1)] if cited else [part]
                if cited and not placed and position >= match.end():
                    made.append(number)
                    placed = True
    inline.children = made if placed else [*made, number]


def visible(children: Iterable[Token]) -> str:
    kinds = {"softbreak": " ", "hardbreak": " "}
    return "".join(c.content if c.type in ("text", "code_inline") else kinds.get(c.type, "") for c in children)


def closing(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the one at `start`."""
    level = tokens[start].level
    return next(k for k in range(start + 1, len(tokens)) if tokens[k].nesting == -1 and tokens[k].level == level)


def raw(html: Markup) -> Token:
    return Token("raw", "", 0, content=str(html))


# -- rendering ---------------------------------------------------------------------------------------------------------

_Env = MutableMapping[str, Any]
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*+=\s*+(["']?)(.*?)(?(2)\2|(?=[\s>]))""", re.IGNORECASE | re.DOTALL)
_LAYOUT = re.compile(
    r"</?(?:p|div|center|br|figure|figcaption|span|b|i|em|strong|u|sub|sup|small|details|summary|table|thead|tbody|tr|td|th)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    made = bounded(MarkdownIt("commonmark").enable(["table", "strikethrough"]))
    rules: dict[str, Any] = {
        "raw": lambda tokens, k, options, env: tokens[k].content,
        "claim_ref": _claim_ref,
        "link_open": _link_open,
        "link_close": lambda tokens, k, options, env: env["links"].pop(),
        "image": _image,
        "fence": _fence,
        "code_block": _fence,
        "html_block": _html,
        "html_inline": _html,
        "heading_open": _heading,
        "heading_close": _heading,
        "text": _text,
        "table_open": lambda *_: (
            '<div class="scroll" tabindex="0" role="group" aria-label="A table of the report"><table>'
        ),
        "table_close": lambda *_: "</table></div>",
    }
    assert isinstance(made.renderer, RendererHTML)
    made.renderer.rules |= rules
    return made


def _claim_ref(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    note: Note = tokens[k].meta["note"]
    return Markup('<a class="ref {}" href="#f{}" aria-label="finding {}, {}">{}</a>').format(
        note.level, note.number, note.number, note.level, note.number
    )


def _text(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    text = tokens[k].content
    box = re.match(r"\[([ xX]?)\]\s", text) if k == 0 else None
    if not box:
        return str(escape(text))
    ticked = box[1] in ("x", "X")
    mark = Markup('<span class="box" role="img" aria-label="{}">{}</span> ').format(
        "ticked" if ticked else "open", "☑" if ticked else "☐"
    )
    return mark + escape(text[box.end() :])


def _heading(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    if tokens[k].nesting > 0:  # below the part's own heading, and no level left out, whatever the report does
        env["level"] = min(int(tokens[k].tag[1]) + 2, env["level"] + 1, 6)
        return f"<h{env['level']}>"
    return f"</h{env['level']}>"


def _fence(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    marks: dict[int, list[Note]] = {}
    rows = tokens[k].content.removesuffix("\n").split("\n")
    for at, note in tokens[k].meta.get("marks", ()):
        marks.setdefault(min(max(at, 0), len(rows) - 1), []).append(note)
    made = []
    for n, row in enumerate(rows):
        shown = escape(row)
        if n in marks:
            refs = [_claim_ref([Token("claim_ref", "", 0, meta={"note": note})], 0, None, env) for note in marks[n]]
            shown = Markup("<mark>{}</mark>").format(shown) + Markup("".join(refs))
        made.append(shown)
    return Markup("<pre><code>{}</code></pre>").format(Markup("\n").join(made))


def _html(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    """The report's own HTML: images as those of markdown, what only lays out left out, and the rest as text."""
    made = []
    for n, piece in enumerate(re.split(r"(<img\b[^<>]*>)", tokens[k].content, flags=re.IGNORECASE)):
        if n % 2:
            found = {m[1].lower(): unescape(m[3]) for m in _ATTRIBUTE.finditer(piece)}
            image = Token("image", "", 0, attrs={"src": found.get("src", "")}, content=found.get("alt", ""))
            made.append(Markup(_image([image], 0, options, env)))
        else:
            made.append(escape(_LAYOUT.sub("", piece)))
    for _, note in tokens[k].meta.get("marks", ()):
        made.append(Markup(_claim_ref([Token("claim_ref", "", 0, meta={"note": note})], 0, options, env)))
    if tokens[k].type == "html_inline":
        return Markup("").join(made)
    return Markup('<div class="html">{}</div>').format(Markup("").join(made))


def _link_open(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    url, beside = env["page"].link(str(tokens[k].attrs.get("href", "")))
    host = Markup(' <span class="host">({})</span>').format(safe(beside)) if beside else Markup()
    if not url:
        env["links"].append(Markup("</span>") + host)
        return '<span class="nolink">'
    env["links"].append(Markup("</a>") + host)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">').format(url)


def _image(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    page: Shown = env["page"]
    target = unquote(str(tokens[k].attrs.get("src", "")))
    said = one_line(tokens[k].content, 200)
    path = page.targets.get(target, "")
    figure = page.figures.get(path)
    if figure and figure.data:
        alt = said or f"An image of the report, {safe(path)}"
        return Markup(
            '<span class="figure"><img src="{}" alt="{}" loading="lazy"><span class="host">{}</span></span>'
        ).format(figure.data, alt, safe(path))
    if figure:
        why = figure.reason
    elif path:
        why = "in the repository; a record without images"
    else:
        why = "kept elsewhere" if re.match(r"(?i)https?://", target) else "no file of the repository"
    url, beside = page.link(str(tokens[k].attrs.get("src", "")))
    name = safe(beside or one_line(target, 80))
    where = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, name) if url else escape(name)
    return Markup('<span class="noimage"><b>Image</b> {} <span class="host">{} ({})</span></span>').format(
        said, where, why
    )


def _clean(value: Any) -> Any:
    """What an expression of the template may put on the page: no control, no direction mark, no megabyte."""
    return cut(safe(value)) if isinstance(value, str) and not hasattr(value, "__html__") else value


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    return _environment().get_template(name)


def code_spans(text: str) -> Markup:
    """Our own prose, with its code spans; what stands in them is text like the rest."""
    pieces = re.split(r"`([^`\n]+)`", cut(safe(text)))
    return Markup("").join(Markup("<code>{}</code>").format(p) if k % 2 else escape(p) for k, p in enumerate(pieces))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = code_spans
    return environment


@lru_cache(maxsize=2)
def asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def policy_hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
