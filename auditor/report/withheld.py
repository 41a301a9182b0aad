"""What of a repository's files is a private answer once more: of a second report, of a page of contributions, or word for word.

The report's own private answers are left out by their questions. Another copy of the report, an older one, a notebook or a page
that holds the same is an ordinary file, and would show them all the same.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from auditor.lazy import compile_later
from auditor.markup import outline
from auditor.models import Report
from auditor.profile import Profile, words
from auditor.report.parse import parse_report
from auditor.snapshot import Snapshot
from auditor.wording import wordset

_PAGES = frozenset(
    ["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "rmd", "qmd", "rst", "rest", "txt", "text", "adoc", "org", "tex", "html", "htm", "ipynb", ""]
)  # fmt: skip
_OF_PEOPLE = frozenset(["member", "members", "contribution", "contributions"])
_BESIDE = wordset(
    "a an the of to and in for by our your each every all individual personal team group project student students list s"
)
_SECTION = compile_later(r"^\s{0,8}\\(?:sub){0,2}section\*?\{([^{}\n]{1,200})\}\s*$")
_LINE = compile_later(r"^\s{0,3}question\s{1,4}\d{1,3}\W{0,4}$", re.IGNORECASE)
_WORD = compile_later(r"[^\W_]+")
_STOP = compile_later(r"(?<=[.!?;])\s+|\n")
_FEW = 4  # words that are a sentence: fewer stand in many texts
_MANY = 12  # words that a longer sentence is known by, part for part


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[2] if "." in name else ""


class Withheld:
    """Which rows of files repeat private answers of a report."""

    def __init__(self, report: Report, profile: Profile, plain: Collection[str]) -> None:
        self._profile = profile
        self._plain = plain
        asked = [q for q in profile.questions if q.private]
        about = {t for q in asked for t in q.topics} | {w for phrase in profile.private for w in words(phrase)}
        self._titles = (about & _OF_PEOPLE) | {t.removesuffix("s") for t in about & _OF_PEOPLE}
        self._titles_of = frozenset(words(t) for q in asked for t in q.titles)
        self.answers = [q.answer for q in report.questions if q.private and q.answer.strip()]
        self._public = {
            tuple(_stream(unit)) for q in report.questions if not q.private for unit in _STOP.split(q.answer)
        } | {tuple(_stream(unit)) for q in asked for text in q.texts for unit in _STOP.split(text)}
        self._units: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for answer in self.answers:
            self._learn(answer)

    def _learn(self, answer: str) -> None:
        for unit in _STOP.split(answer):
            said = tuple(_stream(unit))
            if len(said) >= _FEW and said not in self._public:
                for at in {*range(0, len(said) - _MANY + 1, _MANY), max(len(said) - _MANY, 0)}:
                    piece = said[at : at + _MANY]
                    self._units.setdefault(piece[:_FEW], set()).add(piece)

    def asked_in(self, path: str, rows: Sequence[str]) -> frozenset[int]:
        """The rows, from 0, of private answers in a file that asks a report's questions, or has a section of that name."""
        suffix = _suffix(path)
        if suffix not in _PAGES or not (self._titles or self._titles_of or self._profile.private):
            return frozenset()
        plain = [_plain(row, suffix) for row in rows]
        text = "\n".join(plain)
        low = text.lower()
        found: set[int] = set()
        if "question" in low or "answer" in low or self._profile.layouts:
            found |= self._answers(path, text)
        if any(title in low for title in self._titles) or self._titles_of:
            found |= self._sections(text, len(rows))
        kept = {i for i in found if i < len(rows) and rows[i].strip()}
        if kept:
            self.answers.append("\n".join(plain[i] for i in sorted(kept)))
            self._learn(self.answers[-1])
        return frozenset(kept)

    def _answers(self, path: str, text: str) -> set[int]:
        name = path.rpartition("/")[2].rpartition(".")[0] or "page"
        file = Snapshot({f"{name}.md": text}).files[f"{name}.md"]
        questions = sorted(parse_report(file, self._profile).questions, key=lambda q: q.line)
        starts = [q.line for q in questions]
        found: set[int] = set()
        for question in questions:
            if question.private:
                later = bisect_right(starts, question.line)
                end = starts[later] - 1 if later < len(starts) else max(question.answer_lines[1], question.line)
                found |= set(range(question.line, end))
        return found

    def _sections(self, text: str, count: int) -> set[int]:
        headings = [h for h in outline(text) if h.how not in ("plain", "bold")]
        found: set[int] = set()
        for k, heading in enumerate(headings):
            said = words(heading.text)
            bare = {w for w in said if not w.isdigit()} - _BESIDE
            if (bare and bare <= self._titles) or said in self._titles_of:
                listed = bare <= {"member", "members"}
                below = headings[k + 1 :]
                end = next(
                    (h.line for h in below if h.level <= heading.level or (listed and self._other(h.text))), count
                )
                found |= set(range(heading.body, end))
        return found

    def _other(self, title: str) -> bool:
        """Whether a heading below a list of members is about something else: it has words of English only, and names nobody."""
        return all(w in self._plain or len(w) < 3 for w in words(title))

    def said_in(self, path: str, rows: Sequence[str]) -> frozenset[int]:
        """The rows of a file, from 0, that repeat a line or sentence of a private answer, be it broken in other places."""
        if not self._units:
            return frozenset()
        suffix = _suffix(path)
        stream: list[str] = []
        of: list[int] = []
        for i, row in enumerate(rows):
            some = _stream(_plain(row, suffix))
            stream += some
            of += [i] * len(some)
        found: set[int] = set()
        for at in range(len(stream) - _FEW + 1):
            if known := self._units.get(tuple(stream[at : at + _FEW])):
                for size in range(_FEW, min(_MANY, len(stream) - at) + 1):
                    if tuple(stream[at : at + size]) in known:
                        found |= set(range(of[at], of[at + size - 1] + 1))
        return frozenset(i for i in found if rows[i].strip())


def withheld(
    report: Report, profile: Profile, files: Iterable[tuple[str, Sequence[str]]], plain: Collection[str] = ()
) -> tuple[dict[str, frozenset[int]], Collection[str]]:
    """The rows of each file that are not to be shown, where there are any; and all the private answers that there are. `plain`
    are words that name nobody."""
    known = Withheld(report, profile, plain)
    listed = list(files)
    asked = {path: known.asked_in(path, rows) for path, rows in listed}
    found = {path: asked[path] | known.said_in(path, rows) for path, rows in listed}
    return {path: some for path, some in found.items() if some}, known.answers


def _stream(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _plain(row: str, suffix: str) -> str:
    """A row as a page's reader sees it, as far as headings and words need it: never more than one row."""
    if suffix in ("ipynb", "json"):
        bare = row.strip().removesuffix(",").strip('"')
        return bare.removesuffix("\\n").replace("\\n", " ").replace('\\"', '"')
    if suffix == "tex" and (match := _SECTION.match(row)):
        return "# " + match[1]
    if suffix in ("txt", "text", "") and _LINE.match(row):
        return "### " + row.strip()
    return row
