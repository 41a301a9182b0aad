"""The answers as statements: sentences with their lines, their code spans, links and fences, and how firmly they speak.

A statement's `text` is the markdown that a reader sees as words: HTML is left out, or stands there as the markdown that it would
be. What it is made of stands verbatim in the report (white space aside), and is what a quote is `written` as. Checks match
against `plain`, the same words without emphasis, with links as their text and typographic quotes as plain ones.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import cached_property

from markdown_it.token import Token

from auditor.lazy import compile_later, dataclass
from auditor.markup import comments, inline_references, parse
from auditor.models import Question, Report
from auditor.seen import Seen, blocks, code_spans, paragraph

_ABBREVIATION = compile_later(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|no|fig|incl|ca|dr|mr|ms|st)\.|\b[A-Z]\.)$", re.IGNORECASE
)
_BREAK = compile_later(r"(?<=[.!?])[\"')\]*_]*\s+(?=[\"'(\[*_`]*[A-Z0-9])|(?<=:)\s*\n|\n[ \t]*\n\s*")
_LINK = compile_later(
    r"!?\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\]\(\s*+(<[^<>\n]{0,2000}+>|[^()\s]*+(?:\([^()]*+\)[^()\s]*+)*+)"
    r"(?:\s++[\"'][^\"']*+[\"'])?+\s*+\)"
)
_LONGEST = 2000  # characters of a statement: nobody writes a longer sentence, and each is read for every form of claim
_WORDS = 120  # characters of a link's words that are read together: more are sentences
_FENCE = 8000  # characters of a fence that are read together

_PLAN = compile_later(
    # what could not be read, and what one could see by it, are results
    r"\b(would|(?<!so we )(?<!so that we )could(?! not be (?:read|found|seen|opened|parsed|loaded|decoded|reached|explained)\b)"
    r"|(?:(?<=so we )|(?<=so that we ))could(?! (?:\w+ly |then |also |always )?(?:see|tell|notice|follow|spot|observe|detect|inspect)\b)"
    r"|should|might|may|ideally|plan(?:ned|s)? to|planning to|intend(?:ed)? to|hope to|aim(?:ed)? to|want(?:ed)? to"
    r"|in (?:the )?future|future work|next step|if we (?:had|were|would)|were we to|had we|with more time|given more time|will be|we will|we'll"
    r"|one can|one could|you can imagine|for a larger project|in larger projects|let'?s say|imagine|suppose)\b",
    re.IGNORECASE,
)
_PAST = compile_later(
    r"\b(at first|initially|originally|in the beginning|(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bbeing )started (?:out|off|with|by)|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )(?<!\bbeing )used to|previously|earlier on|earlier versions?|later(?: on)?"
    r"|ended up|no longer|at some point|the first (?:version|attempt|iteration|days?|week)|before (?:that|we|switching|moving)|until we|eventually"
    r"|after (?:a while|some time|that)|switched (?:from|to)|moved (?:away )?from|migrated|replaced|was removed|were removed|we removed|we dropped)\b",
    re.IGNORECASE,
)
_ATTEMPT = compile_later(
    r"\b(tried|attempted|did(?:n'?t| not) (?:manage|succeed|get)|not merged|commented out|failed to|unable to|struggl(?:ed|ing)|without success)\b",
    re.IGNORECASE,
)
_HEDGE = compile_later(
    r"(~|\b(about|around|approximately|approx|roughly|circa|over|more than|less than|fewer than|almost|nearly|up to|at least|at most|several|multiple"
    r"|various|many|some|a few|a couple|mainly|(?<!\bto )(?<!\binto )(?<!\bon )(?<!\bfrom )main(?! branch)|primar(?:y|ily)|mostly|typically|usually|generally|e\.g|for example|for instance|such as|like|including|among others|etc)\b)",
    re.IGNORECASE,
)
_NEGATION = compile_later(
    r"\b(no|not|never|none|neither|nor|without|cannot|nothing|nobody|lacks?|lacking|instead of|rather than)\b|n't\b",
    re.IGNORECASE,
)
_SOMEBODY = compile_later(
    r"\b(some of us|a member|one member|one of us|(?:the )?majority|student s?\d+|s\d{6}|one person|each of us)\b",
    re.IGNORECASE,
)
_OURS = compile_later(
    r"\b(we|our|ours|us|the (?:project|repository|repo|code|codebase|pipeline|workflow|application|api|model|report))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Link:
    """A link or image within a statement."""

    text: str
    target: str
    image: bool


@dataclass(frozen=True)
class Statement:
    """One sentence, list entry, table row or heading of an answer (`kind`), the code of a fence (`fence`), or what is no prose
    to a reader (`html`): HTML, comments, definitions of links. Only `Prose.hidden` hands out the last.

    `lead` is the plain text of the sentence before it in the same paragraph, or of the line that introduces its list.
    """

    question: Question
    kind: str  # "sentence", "item", "row", "heading", "fence", "html"
    text: str
    line: int
    lead: str = ""
    info: str = ""  # a fence's language
    heading: str = ""  # the heading above it in the answer
    seen: Seen | None = None  # what the text is a stretch of, where that is not what was written
    at: int = 0  # where that stretch begins

    @property
    def source(self) -> str:
        """The text as it was written."""
        return self.seen.written(self.at, self.at + len(self.text)) if self.seen else self.text

    @property
    def wrapped(self) -> str:
        """The same with the tags around it."""
        return self.seen.wrapped(self.at, self.at + len(self.text)) if self.seen else self.text

    def written(self, quote: str) -> str:
        """A stretch of the text as it was written; the same words where they are none."""
        place = self.text.find(quote) if self.seen else -1
        if self.seen is None or place < 0:
            return quote
        return self.seen.written(self.at + place, self.at + place + len(quote))

    def line_of(self, quote: str) -> int:
        """The line that a stretch of the text begins on."""
        place = max(self.text.find(quote), 0)
        if self.seen is None:
            return self.line + self.text.count("\n", 0, place)
        return self.line + self.seen.written(self.at, self.at + place + 1).count("\n")

    def has(self, quote: str) -> bool:
        """Whether words stand in it, as they are seen or as they were written, white space aside."""
        said = " ".join(quote.split())
        return said in " ".join(self.text.split()) or (self.seen is not None and said in " ".join(self.source.split()))

    @cached_property
    def plain(self) -> str:
        """The words as read, on one line."""
        text = _LINK.sub(lambda m: m[1], self.text)
        text = (
            text.replace("’", "'")
            .replace("‘", "'")
            .replace("“", '"')
            .replace("”", '"')
            .replace("–", "-")
            .replace("\\%", "%")
            .replace("\\_", "_")
        )
        text = re.sub(r"(?<![\w`])(\*\*|__|\*|_)(?=\S)|(?<=\S)(\*\*|__|\*|_)(?![\w`])", "", text)
        return " ".join(text.replace("`", "").replace("**", "").split())

    @cached_property
    def code(self) -> tuple[str, ...]:
        """The code spans."""
        if self.kind == "fence":
            return ()
        return tuple(" ".join(said.split()) for _, _, said in code_spans(self.text))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links and images, outside code."""
        if self.kind == "fence":
            return ()
        found = inline_references(self.text)
        return tuple(Link(r.text, r.target, r.image) for r in found if not r.why)

    @property
    def introduced(self) -> str:
        """The line that introduces the list or the fence that it stands in: what it says of all entries, it says of this one."""
        return self.lead if self.kind in ("item", "fence", "row") and self.lead.rstrip().endswith(":") else ""

    @cached_property
    def planned(self) -> bool:
        """It speaks of what would or will be, or in general."""
        return bool(_PLAN.search(self.plain) or _PLAN.search(self.introduced))

    @cached_property
    def past(self) -> bool:
        """It tells what was once so."""
        return bool(_PAST.search(self.plain) or _PAST.search(self.introduced))

    @cached_property
    def attempted(self) -> bool:
        """It tells of something tried."""
        return bool(_ATTEMPT.search(self.plain) or _ATTEMPT.search(self.introduced))

    @cached_property
    def hedged(self) -> bool:
        """It rounds, gives examples or leaves room."""
        return bool(_HEDGE.search(self.plain))

    @cached_property
    def negated(self) -> bool:
        """There is a negation in it; a check that cares looks at what is negated."""
        return bool(_NEGATION.search(self.plain))

    @cached_property
    def personal(self) -> bool:
        """It speaks of some members, not of the project."""
        return bool(_SOMEBODY.search(self.plain) or _SOMEBODY.search(self.introduced))

    @cached_property
    def ours(self) -> bool:
        """It speaks of this project (`we`, `our`, `the project`), not of the field in general."""
        return bool(_OURS.search(self.plain))

    def about(self, *topics: str) -> bool:
        """Whether it stands in the answer to a question of one of these topics."""
        return any(t in self.question.topics for t in topics)

    @cached_property
    def firm(self) -> bool:
        """It states how things are: no plan, past, attempt or single member."""
        denied = bool(_NEGATION.search(self.introduced))
        return not (self.planned or self.past or self.attempted or self.personal or denied)


@dataclass(frozen=True)
class Prose:
    """All statements of a report, by question. Answers to private questions are left out unless asked for."""

    report: Report
    statements: tuple[Statement, ...] = field(default=())

    def of(self, *topics: str) -> Iterator[Statement]:
        """The statements in answers to questions of one of these topics, in order; of all without any."""
        for statement in self.statements:
            if statement.kind != "html" and (not topics or statement.about(*topics)):
                yield statement

    def hidden(self) -> Iterator[Statement]:
        """What stands in the answers and is no prose: HTML, comments, definitions of links."""
        return (s for s in self.statements if s.kind == "html")

    def shown_as_code(self) -> Iterator[Statement]:
        """The code of the answers that has sentences, which nobody reads as such."""
        return (s for s in self.statements if s.kind == "fence" and half_prose(s.text))

    def holding(self, quote: str) -> Statement | None:
        """The first statement in which words stand."""
        return next((s for s in self.of() if s.has(quote)), None) if quote.strip() else None

    def sentences(self, *topics: str) -> Iterator[Statement]:
        """As `of`, without fences and headings."""
        for statement in self.of(*topics):
            if statement.kind in ("sentence", "item", "row"):
                yield statement

    @cached_property
    def openings(self) -> dict[int, Statement]:
        """The first sentence of each answer, by the question's number."""
        found: dict[int, Statement] = {}
        for statement in self.sentences():
            found.setdefault(statement.question.n, statement)
        return found

    def question(self, topic: str) -> Question | None:
        """The first question of this topic, if the report has one."""
        return next((q for q in self.report.questions if topic in q.topics), None)

    def checked(self, item: str) -> bool | None:
        """Whether the box of the profile's item is ticked, of one that stands twice either; None if the list lacks it or was
        hardly filled in, and for a mark that says neither."""
        if sum(i.checked for i in self.report.items) < 5:
            return None
        found = [i for i in self.report.items if i.item == item]
        if any(i.checked for i in found):
            return True
        if not found or any(i.partly for i in found):
            return None
        return None if any(i.text.startswith(("[", "([")) for i in found) else False


def read_prose(report: Report, private: bool = False) -> Prose:
    """The statements of a report's answers."""
    made: list[Statement] = []
    for question in report.questions:
        if question.answer and (private or not question.private):
            tokens = parse(question.answer)
            made += _statements(question, tokens)
            made += _hidden(question, tokens)
    return Prose(report, tuple(made))


def _statements(question: Question, tokens: Sequence[Token]) -> Iterator[Statement]:
    rows = question.answer.split("\n")
    numbers = _line_numbers(question, len(rows))
    heading, intro, depth = "", "", 0
    for k, token in enumerate(tokens):
        row = min(token.map[0], len(numbers) - 1) if token.map else 0
        at = numbers[row]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type in ("fence", "code_block") and token.content.strip():
            first = at + (token.type == "fence")
            if token.type == "code_block" and is_prose(token.content):
                # shown as code by an indent that nobody meant
                for text, offset, _ in _sentences(token.content, None):
                    yield Statement(question, "sentence", text, at + offset, intro, "", heading)
                continue
            code = token.content.rstrip("\n")
            for a, b in _pieces(code, 0, len(code), _FENCE, "\n"):
                piece = code[a:b].rstrip("\n")
                yield Statement(question, "fence", piece, first, intro, token.info.strip(), heading)
                first += code.count("\n", a, b)
        elif token.type == "inline" and token.map:
            before = tokens[k - 1].type
            if before in ("td_open", "th_open"):
                continue
            seen = paragraph(token.content, (token,))
            text = seen.text if seen else token.content
            if before == "heading_open" and not _says(text):
                heading = " ".join(text[:_LONGEST].split())
                yield Statement(question, "heading", text[:_LONGEST], at, seen=seen)
            else:
                kind = "item" if depth else "sentence"
                lead = intro
                for made in _made(question, kind, seen, text, (at, 0), lead, heading):
                    yield made
                    lead = made.plain
                if before == "heading_open":
                    heading = " ".join(text[:_LONGEST].split())
                elif not depth:
                    intro = lead
        elif token.type == "tr_open" and token.map:
            written = rows[token.map[0]].strip()[:_LONGEST]
            seen = paragraph(written, _cells(tokens, k), row=True)
            yield Statement(question, "row", seen.text if seen else written, at, intro, "", heading, seen)
        elif token.type == "html_block":
            for made in _html(question, token.content, numbers[row:], depth, intro, heading):
                yield made
                if made.kind == "heading":
                    heading = " ".join(made.text.split())
                elif made.kind == "sentence":
                    intro = made.plain


def _cells(tokens: Sequence[Token], start: int) -> list[Token]:
    """The texts of a table's row."""
    found = []
    for token in tokens[start + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            found.append(token)
    return found


def _html(
    question: Question, content: str, numbers: Sequence[int], depth: int, intro: str, heading: str
) -> Iterator[Statement]:
    """What a reader sees as words in a block of HTML."""
    line, counted = 0, 0
    for block in blocks(content):
        seen = block.seen
        text, first = seen.text, len(seen.text) - len(seen.text.lstrip())
        line, counted = line + content.count("\n", counted, seen.starts[first]), seen.starts[first]
        at = numbers[min(line, len(numbers) - 1)]
        if block.kind == "fence" and not is_prose(text):
            last = len(text.rstrip())
            for a, b in _pieces(text, first, last, _FENCE, "\n"):
                yield Statement(question, "fence", text[a:b].rstrip("\n"), at, intro, "", heading, seen, a)
                at += text.count("\n", a, b)
        elif block.kind == "row":
            row = text.strip()[:_LONGEST]
            yield Statement(question, "row", row, at, intro, "", heading, seen, first)
        elif block.kind == "heading" and not _says(text):
            heading = " ".join(text[:_LONGEST].split())
            yield Statement(question, "heading", text[first : first + _LONGEST].rstrip(), at, seen=seen, at=first)
        else:
            kind = "item" if depth or block.kind == "item" else "sentence"
            lead = intro
            for made in _made(question, kind, seen, text, (at, counted), lead, heading):
                yield made
                lead = made.plain
            if kind == "sentence":
                intro = lead


def _made(
    question: Question, kind: str, seen: Seen | None, text: str, place: tuple[int, int], lead: str, heading: str
) -> Iterator[Statement]:
    """The sentences of a paragraph as statements. `place` is a line, and where it begins in the source."""
    line, first = place
    for piece, breaks, start in _sentences(text, seen, first):
        made = Statement(question, kind, piece, line + breaks, lead, "", heading, seen, start)
        yield made
        lead = made.plain


_FEWEST = 8  # words of a heading that says something: a title is shorter


def _says(heading: str) -> bool:
    """Whether a heading is a sentence: it ends as one, or has as many words and does not ask. A paragraph with a line drawn below
    it is a heading, too."""
    said = heading.strip().rstrip("*_`\"')")
    many = len(said.split())
    return not said.endswith("?") and (many >= _FEWEST or (many > 2 and said.endswith((".", "!"))))


_LEAST = 6  # words of a paragraph that is no code
_MARKS = ".,;:!?\"'()*_`’“”"
_BEFORE = _MARKS + "-+ "  # what may stand before the first word, that of a list's entry too


def is_prose(code: str) -> bool:
    """Whether most of what is shown as code is none: paragraphs that begin with a capital letter and end as a sentence, in which nearly
    all that stands between blanks are words."""
    return _most(code, lambda p: _is_words(p) and p.lstrip(_BEFORE)[:1].isupper())


def half_prose(code: str) -> bool:
    """Whether most of what is shown as code may be sentences."""
    return _most(code, _is_words)


def _most(code: str, are: Callable[[str], bool]) -> bool:
    said = _paragraphs(code)
    return 2 * sum(len(p) for p in said if are(p)) > sum(map(len, said))


def _paragraphs(code: str) -> list[str]:
    rows = "\n".join(row.strip() for row in code.split("\n"))
    return [p.strip() for p in rows.split("\n\n") if p.strip()]


def _is_words(paragraph: str) -> bool:
    said = paragraph.split()
    plain = sum(w.strip(_MARKS).replace("-", "").replace("'", "").replace("’", "").isalpha() for w in said)
    return len(said) >= _LEAST and 4 * plain >= 3 * len(said) and paragraph.rstrip("\"')”*_`")[-1:] in tuple(".!?:")


def _hidden(question: Question, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Blocks of HTML, comments within a paragraph, and the lines that no block shows."""
    rows = question.answer.split("\n")
    numbers = _line_numbers(question, len(rows))
    shown: set[int] = set()
    for token in tokens:
        if not token.map:
            continue
        shown.update(range(*token.map))
        if token.type == "html_block":
            yield Statement(question, "html", token.content.strip(), numbers[min(token.map[0], len(numbers) - 1)])
        elif token.type == "inline" and any(c.type == "html_inline" for c in token.children or ()):
            at, counted = token.map[0], 0
            for start, end in comments(token.content):
                at, counted = at + token.content.count("\n", counted, start), start
                yield Statement(question, "html", token.content[start:end], numbers[min(at, len(numbers) - 1)])
    for i, row in enumerate(rows):
        if i not in shown and row.strip():
            yield Statement(question, "html", row.strip(), numbers[min(i, len(numbers) - 1)])


def _line_numbers(question: Question, count: int) -> list[int]:
    """The report's line of each line of the answer; rules that were dropped within it are rare, and cost a line."""
    first, last = question.answer_lines
    if last - first + 1 == count or not question.row_lines:
        return [first + i for i in range(count)]
    return list(question.row_lines)


def _sentences(content: str, seen: Seen | None, first_at: int = 0) -> Iterator[tuple[str, int, int]]:
    """The sentences of a paragraph as they stand there, each with the number of line breaks before it, from a place of the source
    on, and where it begins; of a longer one than anybody writes the pieces."""
    links = (m.span() if len(m[1]) <= _WORDS else (m.end(1), m.end()) for m in _LINK.finditer(content))
    held = sorted([*((a, b) for a, b, _ in code_spans(content)), *links])
    source, places = (seen.source, seen.starts) if seen else (content, range(len(content)))
    start = first = breaks = 0
    counted = first_at
    ends = [(m.start(), m.end()) for m in _BREAK.finditer(content)]
    within = 0  # where the last of the spans ends that begin before the break
    for end, following in [*ends, (len(content), len(content))]:
        while first < len(held) and held[first][0] < end:
            within, first = max(within, held[first][1]), first + 1
        last = end == len(content)
        if not last and (end < within or _ABBREVIATION.search(content[max(start, end - 20) : end])):
            continue
        for a, b in _pieces(content, start, end):
            if piece := content[a:b].strip():
                at = a + len(content[a:b]) - len(content[a:b].lstrip())
                breaks += source.count("\n", counted, places[at])
                counted = places[at]
                yield piece, breaks, at
        start = following


def _pieces(text: str, start: int, end: int, longest: int = _LONGEST, mark: str = " ") -> Iterator[tuple[int, int]]:
    """The stretches of a text, none longer than is read together; cut at a blank where there is one."""
    while end - start > longest:
        cut = text.rfind(mark, start + 1, start + longest) + 1 or start + longest
        yield start, cut
        start = cut
    yield start, end
