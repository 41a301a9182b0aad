"""The report as the checks of its form see it."""

import posixpath
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

from auditor.markup import anchors
from auditor.models import Question, Report
from auditor.profile import Profile, Version
from auditor.report.answers import LENGTH
from auditor.report.headings import sections_of
from auditor.report.text import lines_of, text_of
from auditor.shapes import number_of
from auditor.snapshot import File, Snapshot


class Page:
    """The report with what its checks need: its lines, its template's version, and where its links may lead. `placed`: it has to lie where
    the course collects it."""

    def __init__(
        self,
        file: File,
        report: Report,
        snapshot: Snapshot,
        profile: Profile,
        url: str,
        ignored: Callable[[str], str],
        placed: bool = False,
        gone: Callable[[str], str | None] = lambda _: None,
        tracked: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.file = file
        self.lines = report.text.split("\n") if report.parts else lines_of(file)
        self.report = report
        self.snapshot = snapshot
        self.profile = profile
        self.url = url
        self.ignored = ignored
        self.placed = placed
        self.gone = gone
        self._tracked = tracked
        self.asked = {q.id: q for q in profile.questions}
        self.known = [q for q in report.questions if q.id]
        self.layout = next((x for x in profile.layouts if x.name == report.layout), None)
        self.mark = self.layout.answer if self.layout else "> Answer:"
        self._anchors: dict[str, frozenset[str]] = {}

    def move(self, path: str) -> str:
        """The command that moves a file: git's own where git knows it."""
        return "git mv" if self._tracked(path) else "mv"

    def heading(self, n: int, id_: str = "") -> str:
        """A question's heading as the template writes it."""
        if self.layout is None:
            return f"### Question {n}"
        asked = self.asked.get(id_)
        return self.layout.written(str(n), asked.titles[0] if asked and asked.titles else "...")

    def words_of(self, id_: str) -> str:
        """A question's own words, or the title that it has."""
        asked = self.asked[id_]
        return (asked.texts or asked.titles or (id_,))[0]

    @cached_property
    def version(self) -> Version | None:
        """The template's version that the report was written in; the newest where nothing of any is there."""
        versions = self.profile.versions
        return next((v for v in versions if v.name == self.report.template), versions[0] if versions else None)

    @property
    def checklist(self) -> str:
        """What the checklist is called: its heading in the course's template, else that above its first item."""
        items = self.report.items
        named = next((h for h in self.profile.headings if "checklist" in h.lower()), "")
        return named or (items[0].section if items else "") or "The checklist"

    def tabled(self, line: int) -> bool:
        """Whether a line of the checklist is a row of a table, which has cells for marks and no boxes."""
        row = self.listed[line - 1]
        boxed = any(box in row for box in ("[ ]", "[x]", "[X]"))
        return not boxed and (row.count("|") > 1 or (self.layout is not None and self.layout.checklist == "table"))

    @cached_property
    def private(self) -> frozenset[int]:
        """The numbers of the questions whose answers are private."""
        return frozenset(q.n for q in self.report.questions if q.private)

    @cached_property
    def listed(self) -> list[str]:
        """The lines of the file that the checklist stands in."""
        return lines_of(self.snapshot.files[self.report.checklist]) if self.report.checklist else self.lines

    def anchors(self, line: int) -> frozenset[str]:
        """The anchors of the file that a line of the report stands in."""
        return self.anchors_of(self.report.place(line)[0])

    def anchors_of(self, path: str) -> frozenset[str]:
        """The anchors of a file."""
        if path not in self._anchors:
            self._anchors[path] = anchors(text_of(self.snapshot.files.get(path, self.file)))
        return self._anchors[path]

    @property
    def figures(self) -> str:
        """The folder that pictures of the report belong in: beside it."""
        return posixpath.join(posixpath.dirname(self.report.path), "figures")

    def wants(self, question: Question) -> bool:
        """Whether the course asks for an answer: not below a heading of the group's own, nor below a box, which may say all."""
        return self.layout is None or bool(question.id and self.layout.questions == "headings")

    @property
    def asks_once(self) -> bool:
        """Whether each item stands once in the list. Boxes that answers stand below are taken out, and written again elsewhere."""
        return self.layout is None or self.layout.questions != "boxes"

    @cached_property
    def pictures(self) -> bool:
        """Whether the course asks for pictures, which then have to be handed in."""
        return any(v.images for v in self.profile.versions)

    @cached_property
    def starts(self) -> list[int]:
        return sorted(q.line for q in self.report.questions)

    @cached_property
    def sections(self) -> list[int]:
        """The lines of the template's own sections, counted from 1."""
        return [line + 1 for line in sections_of("\n".join(self.lines), self.lines, self.profile)]

    def section(self, question: Question) -> range:
        """The lines of a question and its answer, counted from 1."""
        later = bisect_right(self.starts, question.line)
        return range(question.line, self.starts[later] if later < len(self.starts) else len(self.lines) + 1)

    def own_length(self, question: Question) -> tuple[int, int] | None:
        """The length that the report's own line asks for."""
        for n in self.section(question):
            row = self.lines[n - 1]
            if row.lstrip().startswith(">") and (match := LENGTH.search(row)):
                return number_of(match[1]), number_of(match[2])
        return None

    def length(self, question: Question) -> tuple[int, int] | None:
        """The length to hold the answer to: the report's own if some version of its template has it, else the version's."""
        own, version = self.own_length(question), self.version
        if version is None or question.id not in self.asked:
            return own
        same = [v for v in self.profile.versions if v.layout == version.layout]
        return own if own and own in [v.words.get(question.id) for v in same] else version.words.get(question.id)

    def images(self, question: Question) -> tuple[int, int] | None:
        return self.version.images.get(question.id) if self.version else None

    def rows(self, question: Question) -> list[tuple[int, str]]:
        """The answer's lines with their numbers."""
        texts = question.answer.split("\n") if question.answer else []
        first, last = question.answer_lines
        numbers = question.row_lines or range(first, last + 1)
        return list(zip(numbers, texts, strict=False))
