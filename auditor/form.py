"""The report's form: what is missing, left over or changed, whatever it says. A group can mend all of it.

Only what is plainly so is reported: lengths are held against the most (or fewest) words that the answer can be said to
have, and what other versions of the template allow is allowed. Answers to private questions are never quoted.
"""

import difflib
import posixpath
import re
import shlex
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from urllib.parse import quote, unquote

from auditor.lazy import dataclass
from auditor.markup import Reference, anchors, leads_to_anchor, parse, references, without_comments
from auditor.models import ChecklistItem, Citation, Claim, Evidence, Image, Question, Report, Source, Verdict
from auditor.profile import Profile, Version, words
from auditor.report import BEFORE, IN_HTML, LENGTH, UNDERLINED, lines_of, text_of
from auditor.repository import Unreadable
from auditor.shapes import number_of
from auditor.snapshot import File, Snapshot

Number = Callable[[Evidence], str]  # enters an evidence in the record and gives its id

_PLACEHOLDER = re.compile(r"question\s+\d+\s+fill\s+here|\bs[xX]{6}\b|figures/<image>\.<extension>", re.IGNORECASE)
_TEMPLATE_LINE = re.compile(
    r"^\s*(?:>\s*)?(?:recommended\s+)?answer\s+length\s*:|^\s*(?:>\s*)?\*?example\s*:\s*\*?$", re.IGNORECASE
)
_FILLER = words(
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua"
    " todo tbd fixme xxx placeholder asdf"
)
_NONE = re.compile(
    r"\b(no|not|none|never|without|nothing|unable|cannot|skipped|instead)\b|n['’]t\b|\bn/?a\b", re.IGNORECASE
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"\x00\x00\x01\x00", b"version https://git-lfs")
_ADDRESS = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")  # one letter and a colon is a drive
_OWN_DISK = re.compile(r"^(?:[A-Za-z]:[\\/]|file:|~/|/(?:Users|home|mnt|tmp)/)", re.IGNORECASE)
_LONG = 5000  # characters of a line that is nobody's placeholder
_FEW_WORDS = 10  # of an answer beside which a placeholder was only forgotten
_MANY = 200  # items that a real list stays far below; the likeness of texts takes time
_ALIKE = 4  # as many flaws that say the same become one
_WHY_NO_IMAGE = {
    "spaces": ("The path has spaces, so the markup shows instead of the picture.", "Write {url} in line {line}, or give the file a name without spaces."),
    "size": ("A size within the parentheses is no Markdown, so the markup shows instead of the picture.", "Take the size out of line {line}: ![...]({url}), or use <img src=... width=...>."),
    "brackets": ("Double brackets are no Markdown, so the markup shows instead of the picture.", "Write ![...]({url}) in line {line}."),
    "html": ("The image stands within HTML, where Markdown is not read, so its markup shows.", "Put an empty line before and after line {line}, or use <img src=\"{url}\">."),
    "markup": ("The markup of the image is broken, so it shows instead of the picture.", "Write ![...]({url}) in line {line}."),
}  # fmt: skip
_OWN = re.compile(r"https?://(?:www\.)?git(?:hub|lab)\.com/([^/]+)/([^/]+)/(?:-/)?(?:blob|tree|raw)/([^/]+)/([^?#]+)")

_WORKFLOW = re.compile(r"https?://(?:www\.)?github\.com/([^/]+)/([^/]+)/actions/workflows/([^/?#]+)")


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with the form: where, what the report has (`says`), what is wrong with it (`difference`), and what to
    do (`hint`). `fact` is what shows it; `line` is cited. `beside`: a placeholder that stands beside an answer, which only a
    group needs to hear of."""

    rule: str
    source: Source
    line: int
    quote: str
    says: str
    difference: str
    hint: str
    fact: str = ""
    detail: bool = False
    beside: bool = False


def check_form(
    file: File,
    report: Report,
    snapshot: Snapshot,
    profile: Profile,
    number: Number,
    *,
    url: str = "",
    on_disk: Callable[[str], bool] = lambda _: False,
    fold: bool = True,
    only: frozenset[str] = frozenset(),
    more: Iterable[Flaw] = (),
) -> list[Verdict]:
    """One contradicted verdict for each flaw, in the report's order, with ids F1, F2, ... `url` is the repository's address;
    `on_disk` tells whether a path that is not tracked exists all the same; `fold` makes one of many flaws that say the same;
    `only` are the rules that are asked about, all where it is empty; `more` are flaws that somebody else found."""
    page = _Page(file, report, snapshot, profile, url, on_disk)
    checks = _CHECKS if not only else _UNFINISHED
    found = [flaw for check in checks for flaw in check(page) if not only or (flaw.rule in only and not flaw.beside)]
    if torn := [range(f.line, int(f.quote.split()[-1]) + 1) for f in found if f.rule == "conflict-markers"]:
        # what stands between git's marks is not as it is meant
        found = [f for f in found if f.rule == "conflict-markers" or not any(f.line in lines for lines in torn)]
    found += more
    if fold:
        found = _folded(found)
    found.sort(key=lambda f: (f.line, f.rule))
    return [_verdict(f"F{n}", flaw, page, number) for n, flaw in enumerate(found, 1)]


def _folded(flaws: list[Flaw]) -> list[Flaw]:
    """The flaws, where the same thing is wrong in many places one with their number and lines."""
    alike: dict[tuple[str, str, bool], list[Flaw]] = {}
    for flaw in flaws:
        alike.setdefault((flaw.rule, flaw.difference or str(len(alike)), flaw.detail), []).append(flaw)
    made: list[Flaw] = []
    for same in alike.values():
        if len(same) < _ALIKE:
            made += same
            continue
        same.sort(key=lambda f: f.line)
        lines = ", ".join(str(f.line) for f in same[:8])
        says = f"{len(same)} times, in lines {lines}" + (f" and {len(same) - 8} more" if len(same) > 8 else "")
        first = same[0]
        quote = f"{first.quote} and {len(same) - 1} more"
        made.append(
            replace(
                first,
                source=first.source if first.source.kind == "item" else Source(kind="report", n=0),
                quote=quote,
                says=says,
                fact=says,
                hint=f"{first.hint} The same in the other lines.",
            )
        )
    return made


def _verdict(id_: str, flaw: Flaw, page: "_Page", number: Number) -> Verdict:
    private = any(q.private and flaw.source == Source(kind="question", n=q.n) for q in page.report.questions)
    if flaw.fact or private or not flaw.line:
        note = flaw.fact or flaw.difference
        where = "{}:{}".format(*page.report.at(flaw.source, flaw.line or 1))
        piece = Evidence(kind="fact", note=note, sources=(where,), probe="form")
    else:
        path, line = page.report.at(flaw.source, flaw.line)
        piece = page.snapshot.files[path].cite(line).model_copy(update={"probe": "form"})
    cited = Citation(evidence=number(piece), quote=piece.excerpt or piece.note)
    return Verdict(
        id=id_,
        claim=Claim(source=flaw.source, quote=flaw.quote, line=flaw.line or 1),
        label="contradicted",
        citations=(cited,),
        report_says=flaw.says if flaw.fact or not private else "not shown, since the answer is private",
        difference=flaw.difference,
        by="form",
        rule=flaw.rule,
        detail=flaw.detail,
        hint=flaw.hint,
    )


class _Page:
    """The report with what its checks need: its lines, its template's version, and where its links may lead."""

    def __init__(
        self,
        file: File,
        report: Report,
        snapshot: Snapshot,
        profile: Profile,
        url: str,
        on_disk: Callable[[str], bool],
    ) -> None:
        self.file = file
        self.lines = report.text.split("\n") if report.parts else lines_of(file)
        self.report = report
        self.snapshot = snapshot
        self.profile = profile
        self.url = url
        self.on_disk = on_disk
        self.asked = {q.id: q for q in profile.questions}
        self.known = [q for q in report.questions if q.id]
        self.layout = next((x for x in profile.layouts if x.name == report.layout), None)
        self.mark = self.layout.answer if self.layout else "> Answer:"
        self._anchors: dict[str, frozenset[str]] = {}

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

    @cached_property
    def listed(self) -> list[str]:
        """The lines of the file that the checklist stands in."""
        return lines_of(self.snapshot.files[self.report.checklist]) if self.report.checklist else self.lines

    def anchors(self, line: int) -> frozenset[str]:
        """The anchors of the file that a line of the report stands in."""
        path = self.report.place(line)[0]
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

    def section(self, question: Question) -> range:
        """The lines of a question and its answer, counted from 1."""
        later = bisect_right(self.starts, question.line)
        return range(question.line, self.starts[later] if later < len(self.starts) else len(self.lines) + 1)

    def own_length(self, question: Question) -> tuple[int, int] | None:
        """The length that the report's own line asks for."""
        for n in self.section(question):
            row = self.lines[n - 1]
            if (match := LENGTH.search(row)) and row.lstrip().startswith(">"):
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


def uncommitted(
    file: File,
    named: Mapping[str, int],
    report: Report,
    changed: frozenset[str],
    head: Mapping[str, File],
    verdicts: Iterable[Verdict],
    evidence: Mapping[str, Evidence],
    number: Number,
) -> list[Verdict]:
    """One verdict that names the files which the report or its evidence relies on and that are not committed as they are; the
    report itself is not among them.

    A warning where one of them is new: a hand-in without it lacks it. `changed` are the paths that differ from `head`, `named`
    the new files that the answers name, with the line."""
    lines = {i.path: i.line for q in report.questions for i in (*q.images, *q.links)} | dict(named)
    cited = {evidence[c.evidence].path for v in verdicts if v.label == "supported" for c in v.citations}
    relied = sorted((lines.keys() | cited) & changed - {file.path})
    if not relied:
        return []
    new = [p for p in relied if p not in head]
    notes = [f"{p}: {'not committed yet' if p in new else 'changed since the last commit'}" for p in relied]
    pieces = [
        Evidence(kind="fact", path=p, note=n, sources=(p,), probe="form") for p, n in zip(relied, notes, strict=True)
    ]
    said = ", ".join(relied[:5]) + (f" and {len(relied) - 5} more" if len(relied) > 5 else "")
    one = len(relied) == 1
    return [
        Verdict(
            id="F0",
            claim=Claim(
                source=Source(kind="report", n=0),
                quote="",
                line=min((lines[p] for p in new or relied if p in lines), default=1),
            ),
            label="contradicted",
            citations=tuple(Citation(evidence=number(p), quote=p.note) for p in pieces),
            report_says=f"relies on {said}",
            difference=f"{'It is' if one else 'They are'} not committed as {'it is' if one else 'they are'} here; only what is committed and pushed is handed in.",
            by="form",
            rule="not-committed",
            detail=not new,
            hint=f"git add {' '.join(shlex.quote(p) for p in relied[:5])}{' ...' if len(relied) > 5 else ''}, then commit and push.",
        )
    ]


# -- the answers -------------------------------------------------------------------------------------------------------


def _of(question: Question) -> Source:
    return Source(kind="question", n=question.n)


def _name(question: Question) -> str:
    return f"Question {question.n}"


def _want(page: _Page, question: Question) -> str:
    asked = [f"{a}-{b} words" for a, b in [page.length(question) or (0, 0)] if b]
    asked += [_images(*span) for span in [page.images(question)] if span]
    return " and ".join(asked)


def _images(few: int, many: int) -> str:
    return f"{few}-{many} images" if many > few else f"{few} image{'s' * (few > 1)}"


def _answers(page: _Page) -> Iterator[Flaw]:
    """Answers that are missing, placeholders that are left, and text that only fills the space."""
    for question in filter(page.wants, page.report.questions):
        left = [
            n
            for n in page.section(question)
            if len(page.lines[n - 1]) < _LONG
            and _PLACEHOLDER.search(page.lines[n - 1])
            and not _example(page.lines[n - 1])
            and (n >= question.answer_lines[0] or "fill here" in page.lines[n - 1].lower())
        ]
        length, images = page.length(question), page.images(question)
        wanted = (length is None or length[0] > 0) or bool(images)
        want = _want(page, question)
        empty = not words(question.answer) and not question.images
        if empty and wanted:
            line = left[0] if left else question.line
            yield Flaw(
                "answer-missing", _of(question), line, _name(question),
                _cut(page.lines[line - 1]) if left else f"nothing below `{page.mark or page.heading(question.n, question.id)}`",
                "There is no answer.",
                f"Write the answer{f' ({want})' if want else ''} "
                + (f"in place of line {line}." if left else f"below the line `{page.mark or page.heading(question.n, question.id)}`."),
            )  # fmt: skip
        elif left:
            yield Flaw(
                "placeholder-left", _of(question), left[0], _name(question), _cut(page.lines[left[0] - 1]),
                "The template's placeholder is still there.",
                f"Delete line {left[0]}; the answer stands beside it." if question.answer.strip() and "fill here" in page.lines[left[0] - 1].lower()
                else f"Write what is meant in line {left[0]}, or delete the line if there is nothing to say.",
                detail=not wanted, beside=len(words(question.answer)) >= _FEW_WORDS,
            )  # fmt: skip
        elif (said := words(without_comments(question.answer))) and _fills(said):
            yield Flaw(
                "placeholder-left", _of(question), question.answer_lines[0], _name(question), _cut(question.answer),
                "The text only fills the space.", f"Write the answer{f' ({want})' if want else ''}.",
            )  # fmt: skip
        else:
            yield from _leftovers(page, question)


def _example(row: str) -> bool:
    """A line of the template's quote: it may show a placeholder as an example."""
    return row.lstrip().startswith(">") and not re.search(r"fill\s+here", row, re.IGNORECASE)


def _fills(said: tuple[str, ...]) -> bool:
    filler = sum(w in _FILLER for w in said)
    return filler > len(said) / 2 or (len(said) >= 30 and len(set(said)) <= 3)


def _leftovers(page: _Page, question: Question) -> Iterator[Flaw]:
    rows = page.rows(question)
    examples = _examples(page, question)
    fence = False
    for n, row in rows:
        if row.lstrip().startswith(("```", "~~~")):
            fence = not fence
        if fence:
            continue
        if len(row) > _LONG:
            continue
        copied = next((e for e in examples if e in " ".join(row.replace("*", "").split())), "")
        if _TEMPLATE_LINE.match(row) or copied:
            yield Flaw(
                "template-text-left", _of(question), n, _name(question), _cut(row), "This is the template's own text.",
                f"Fill line {n} in with what your project does." if copied else f"Delete line {n}.",
            )  # fmt: skip
            return
        if "<!--" in row and "`" not in row:
            yield Flaw(
                "template-text-left", _of(question), n, _name(question), _cut(row),
                "A comment is left in the answer; readers of the page do not see it.",
                f"Delete the comment in line {n}, or write it as text.", detail=True,
            )  # fmt: skip
            return


def _examples(page: _Page, question: Question) -> list[str]:
    """The template's example sentences with gaps to fill in."""
    section = page.section(question)
    end = question.answer_lines[0] or section.stop
    quoted = [
        page.lines[n - 1].lstrip()[1:].strip()
        for n in section
        if n < end and page.lines[n - 1].lstrip().startswith(">")
    ]
    after = quoted[
        next((i for i, row in enumerate(quoted) if re.match(r"\*?example", row, re.IGNORECASE)), len(quoted)) :
    ]
    rows = [" ".join(row.replace("*", "").split()) for row in after]
    return [row for row in rows if row.count("...") and len(words(row)) >= 5]


def _lengths(page: _Page) -> Iterator[Flaw]:
    """Answers shorter or longer than asked, however their words are counted. One within a tenth of it is a detail."""
    for question in page.report.questions:
        length, said = page.length(question), words(question.answer)
        if not length or not said or _fills(said):
            continue
        (few, many), (fewest, most) = length, count_words(question.answer)
        rule, has, detail = "", 0, False
        if most < few:
            rule, has, detail = "answer-too-short", most, most >= 0.9 * few
            hint = f"Write at least {few - most} more, on what a reader needs to follow it; if there is nothing to tell, say why."
        elif fewest > many:
            rule, has, detail = "answer-too-long", fewest, fewest <= 1.1 * many
            hint = f"Cut at least {fewest - many}; code, tables and images are not counted."
        if rule:
            says = f"{has} word{'s' * (has != 1)}; {few}-{many} are asked for"
            own = page.own_length(question)  # a report that asks for another length than its template may have reasons
            detail = detail or bool(own and own[0] <= has <= own[1])
            yield Flaw(
                rule, _of(question), question.answer_lines[0], _name(question), says, "", hint, fact=says, detail=detail
            )


def count_words(answer: str) -> tuple[int, int]:
    """The words of an answer without code, tables and images, and with everything that white space parts."""
    everything = len(without_comments(answer).split())
    prose = 0
    tokens = parse(answer)
    table = False
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            table = token.type == "table_open"
        if token.type != "inline" or table:
            continue
        text = ""
        for child in token.children or ():
            if child.type == "text":
                text += child.content
            elif child.type in ("softbreak", "hardbreak"):
                text += " "
            elif child.type == "code_inline":
                text += "code"
        prose += sum(bool(re.search(r"\w", word)) and not _ADDRESS.match(word) for word in text.split())
    return min(prose, everything), everything


# -- images and links --------------------------------------------------------------------------------------------------


def _image_counts(page: _Page) -> Iterator[Flaw]:
    """Another number of images than asked for; those that do not show are told apart."""
    for question in page.report.questions:
        span = page.images(question)
        if not span or not question.answer.strip():
            continue
        few, many = span
        images = [i for i in question.images if not _spoken_of(page, question, i)]
        has = len(images) + len(_broken(page, question))
        first = question.answer_lines[0]
        linked = [i for i in question.links if re.search(r"\.(png|jpe?g|gif|svg|webp)$", i.target, re.IGNORECASE)]
        if has < few and linked:
            yield Flaw(
                "image-count", _of(question), linked[0].line, _name(question), f"a link to {linked[0].target}",
                f"The question asks for {_images(few, many)}; the answer only links to one.",
                f"Put an exclamation mark before the link in line {linked[0].line}: `![text]({linked[0].target})`.",
                detail=True,
            )  # fmt: skip
        elif has < few:
            explained = not page.length(question) and bool(_NONE.search(question.answer))
            yield Flaw(
                "image-count", _of(question), first, _name(question), f"{has} images" if has else "no image",
                f"The question asks for {_images(few, many)}.",
                f"If there is something to show, put the picture into {page.figures} and add `![text](figures/NAME.png)`"
                + ("; if not, the answer's reason stands." if explained else "."),
                fact=f"{has} images in the answer; {_images(few, many)} asked for", detail=explained,
            )  # fmt: skip
        elif has > many:
            yield Flaw(
                "image-count", _of(question), images[many].line if many < len(images) else first, _name(question), f"{has} images",
                f"The question asks for {_images(few, many)}.", "Keep the ones that show most, or join some into one picture.",
                fact=f"{has} images in the answer; {_images(few, many)} asked for", detail=True,
            )  # fmt: skip


def _pictures(page: _Page) -> Iterator[Flaw]:
    """Images that lead to no file, do not show, or are the template's own."""
    for question in page.report.questions:
        for image in question.images:
            if "<image>" in image.target:
                continue  # the template's placeholder, told as such
            if flaw := _picture(page, question, image):
                yield flaw
        for line, broken in _broken(page, question):
            difference, hint = _WHY_NO_IMAGE[broken.why]
            yield Flaw(
                "image-not-rendered", _of(question), line, broken.target, _cut(page.lines[line - 1]), difference,
                hint.format(url=quote(broken.target, safe="/()#%:"), line=line),
            )  # fmt: skip


def _broken(page: _Page, question: Question) -> list[tuple[int, Reference]]:
    """The markup that was meant as an image and is none to a reader of Markdown, with its lines."""
    numbers = [n for n, _ in page.rows(question)]
    found = [r for r in references(question.answer) if r.why in _WHY_NO_IMAGE]
    return [(numbers[min(r.line, len(numbers) - 1)], r) for r in found if numbers]


def _spoken_of(page: _Page, question: Question, image: Image) -> bool:
    """Whether an image in code that leads to no file is only spoken of: no more are asked for than are shown."""
    few, _ = page.images(question) or (0, 0)
    return not image.renders and not image.path and sum(i.renders for i in question.images) >= few


def _picture(page: _Page, question: Question, image: Image) -> Flaw | None:
    def flaw(rule: str, difference: str, hint: str, detail: bool = False) -> Flaw:
        says = _cut(page.lines[image.line - 1])
        return Flaw(rule, _of(question), image.line, image.target, says, difference, hint, detail=detail)

    asked = bool(page.images(question))
    if not image.renders:
        if _spoken_of(page, question, image):
            return None
        return flaw(
            "image-not-rendered",
            "The image stands in code, so readers see its markup instead of the picture.",
            f"Take the backticks (or the spaces before it) away around line {image.line}.",
            not asked,
        )
    if _OWN_DISK.match(image.target) and not image.path:
        return flaw(
            "image-not-found",
            "The address is a path on somebody's own disk.",
            f"Save the picture in {page.figures} and show it with `![...](figures/NAME.png)` in line {image.line}.",
        )
    if _ADDRESS.match(image.target):
        if badge := _WORKFLOW.match(image.target):
            missing = _no_workflow(page, badge)
            return flaw("link-broken", *missing) if missing else None
        if image.path or _OWN.match(image.target) or not page.pictures:
            return None
        return flaw(
            "image-elsewhere",
            "The picture is kept outside the repository, and is gone from the hand-in when it is gone there.",
            f"Save it in {page.figures} and show it with `![...](figures/NAME.png)` in line {image.line}.",
        )
    path, there = _follow(page, image)
    if not there:
        wanted, hint = _instead(page, image, path, "figures/NAME.png")
        return flaw("image-not-found", wanted, hint)
    file = page.snapshot.files.get(path)
    if file is None:
        return flaw("image-not-found", f"{path} is a folder.", "Name the picture's file.")
    if why := _no_picture(file):
        return flaw("image-not-rendered", f"{path} {why}.", "Save the picture anew as .png or .jpg and commit it.")
    if page.profile.is_stub(file):
        return flaw(
            "template-figure-left",
            f"{path} is the template's own example figure.",
            f"Replace {path} with a picture of your own project, or take it out of line {image.line}.",
        )
    return None


def _follow(page: _Page, link: Image) -> tuple[str, bool]:
    """The path that a host's page follows a relative target to, and whether a file or folder is there."""
    raw = re.split(r"[?#]", link.target.strip())[0]
    start = "" if raw.startswith("/") else posixpath.dirname(page.report.place(link.line)[0])
    for name in dict.fromkeys((unquote(raw), raw)):
        path = posixpath.normpath(posixpath.join(start, name.lstrip("/")))
        if path in page.snapshot.files or path in page.snapshot.folders or path == ".":
            return path, True
    return posixpath.normpath(posixpath.join(start, unquote(raw).lstrip("/"))), False


def _instead(page: _Page, link: Image, path: str, example: str) -> tuple[str, str]:
    """What is wrong with a target that leads nowhere, and what to write instead."""
    here, line = page.report.place(link.line)
    folder = posixpath.dirname(here)
    if "\\" in link.target:
        return (
            "The path has backslashes, which no web page follows.",
            f"Write slashes in line {line}: {link.target.replace(chr(92), '/')}",
        )
    if link.path:
        right = posixpath.relpath(link.path, folder or ".")
        return (
            f"From {here} this leads to {path}, which is not there; {link.path} is.",
            f"Write {right} in line {line}: paths count from the report's folder.",
        )
    if page.on_disk(path):
        return (
            f"{path} is on your disk, but git ignores it (.gitignore), so the hand-in lacks it.",
            f"Add it all the same: git add -f {path}",
        )
    near = _near(page, path)
    if near:
        return (
            f"There is no {path}; {near} is there.",
            f"Write {posixpath.relpath(near, folder or '.')} in line {line}.",
        )
    return (
        f"There is no {path} in the repository.",
        f"Add the file, or write the right path in line {line} (like {example}).",
    )


def _near(page: _Page, path: str) -> str:
    """The one file that a wrong path most likely means: the same name elsewhere or in another case, or a slip in it."""
    name = posixpath.basename(path).lower()
    same = [p for p in page.snapshot.files if posixpath.basename(p).lower() == name]
    if len(same) == 1:
        return same[0]
    folder = posixpath.dirname(path)
    beside = {posixpath.basename(p).lower(): p for p in page.snapshot.files if posixpath.dirname(p) == folder}
    found = difflib.get_close_matches(name, beside, 1, 0.85)
    return beside[found[0]] if found else ""


def _no_picture(file: File) -> str:
    """Why a file does not show as a picture, or nothing where it does or cannot be read."""
    try:
        data = file.start(100_000)
    except Unreadable:
        return ""
    if not data.strip():
        return "is empty"
    if data.startswith(_PICTURES) or b"ftypavif" in data[:32] or b"<svg" in data[:4000].lower():
        return ""
    if data.startswith(b"%PDF"):
        return "is a PDF, which does not show as an image"
    return "is no picture that a web page can show"


def _links(page: _Page) -> Iterator[Flaw]:
    """Links into the repository and anchors that lead nowhere. Addresses elsewhere, other branches, and what leads out of
    the repository are left alone."""
    for question in page.report.questions:
        if question.private:
            continue
        for link in question.links:
            if flaw := _link(page, question, link):
                yield flaw


def _is_ours(page: _Page, owner: str, name: str) -> bool:
    ours = page.url.lower().removesuffix(".git").rstrip("/")
    return ours.endswith(f"/{owner}/{name.removesuffix('.git')}".lower())


def _no_workflow(page: _Page, badge: re.Match[str]) -> tuple[str, str] | None:
    """What is wrong with the badge or page of a workflow of the own repository: its file is not there."""
    path = f".github/workflows/{unquote(badge[3])}"
    named = path.endswith((".yml", ".yaml"))
    if not named or not _is_ours(page, badge[1], badge[2]) or path in page.snapshot.files:
        return None
    near = _near(page, path)
    hint = f"{near} is there: name that." if near else "Take it out, or name a workflow that is there."
    return f"There is no {path} in the repository.", hint


def _link(page: _Page, question: Question, link: Image) -> Flaw | None:
    def flaw(difference: str, hint: str, detail: bool = False) -> Flaw:
        return Flaw("link-broken", _of(question), link.line, link.target, link.target, difference, hint, detail=detail)

    target = link.target.strip()
    if badge := _WORKFLOW.match(target):
        return flaw(*missing) if (missing := _no_workflow(page, badge)) else None
    if own := _OWN.match(target):
        history = page.snapshot.history
        same = _is_ours(page, own[1], own[2])
        path = posixpath.normpath(unquote(own[4]))
        if not same or own[3] != history.default_branch or link.path or path in page.snapshot.folders:
            return None
        near = _near(page, path)
        return flaw(
            f"There is no {path} in the repository.",
            f"{near} is there: link to that." if near else "Link to a file that is there.",
        )
    if _OWN_DISK.match(target) and not link.path:
        return flaw("The address is a path on somebody's own disk.", "Link to the file in the repository.")
    if _ADDRESS.match(target) or not target:
        return None
    if target.startswith("#"):
        if leads_to_anchor(target, page.anchors(link.line), page.report.place(link.line)[0]):
            return None
        return flaw(
            "No heading of the report has this anchor.",
            "Link to a heading's words in small letters with hyphens, or drop the link.",
        )
    if re.match(r"www\.|[\w-]+\.(?:com|org|io|dk|app|dev|ai|net)(?:/|$)", target) and not link.path:
        return flaw(
            "Without `https://` this is a path in the repository.", f"Write https://{target} in line {link.line}."
        )
    path, there = _follow(page, link)
    if there or path.startswith(".."):
        return None
    return flaw(*_instead(page, link, path, "../src/train.py"), bool(link.path))


def _fences(page: _Page) -> Iterator[Flaw]:
    """Code fences that are never closed."""
    for problem in page.report.problems:
        if match := re.fullmatch(r"question (\d+): a code fence is not closed", problem.message):
            yield Flaw(
                "fence-unbalanced", Source(kind="question", n=number_of(match[1])), problem.line, f"Question {match[1]}",
                _cut(page.lines[problem.line - 1]),
                "A code block starts here and never ends: everything below it shows as code.",
                f"Close it with a line ``` where the code ends, or delete line {problem.line}.",
            )  # fmt: skip


# -- the template ------------------------------------------------------------------------------------------------------


def _questions(page: _Page) -> Iterator[Flaw]:
    """Questions that are missing, added, renumbered, reworded, twice there, or without the line that starts the answer."""
    version = page.version
    if not page.known and page.profile.questions:
        yield Flaw(
            "question-missing", Source(kind="report", n=0), 1, "Questions", "",
            "None of the template's questions is in the report" + (", so its answers cannot be read." if page.report.questions else "."),
            f"Take the template's report, with {_each(page)}, and put your answers there.",
            fact=f"{len(page.report.questions)} headings of questions, none of them the template's",
        )  # fmt: skip
        return
    if version is None:
        return
    numbers = {q.id: q.numbers[version.layout] for q in page.profile.questions if version.layout in q.numbers}
    if page.layout is not None and "{n}" not in "".join(page.layout.heading):
        numbers = {
            q.id: next((r.n for r in page.known if r.id == q.id), k) for k, q in enumerate(page.profile.questions, 1)
        }
    missing = {id_: n for id_, n in numbers.items() if id_ not in {q.id for q in page.known}}
    seen: dict[int, int] = {}
    for question in page.report.questions:
        name, here = _name(question), page.lines[question.line - 1].strip()

        def flaw(
            difference: str, hint: str, detail: bool = False, *, q: Question = question, n: str = name, says: str = here
        ) -> Flaw:
            return Flaw("question-changed", _of(q), q.line, n, says, difference, hint, detail=detail)

        if question.n in seen and numbers.get(question.id, question.n) == question.n:
            difference = f"There is a question {question.n} already, in line {seen[question.n]}."
            yield replace(flaw(difference, "Restore the template's numbers."), rule="question-twice")
            continue
        if numbers.get(question.id, question.n) == question.n:
            seen[question.n] = question.line
        if not question.id:
            stands = next((id_ for id_, n in missing.items() if n == question.n), "")
            if stands:
                missing.pop(stands)
                text = page.words_of(stands)
                yield flaw("Its text is not the template's.", f"Restore the template's question: {_cut(text, 160)}")
            else:
                yield flaw(
                    "The template has no such question.",
                    "Move its text into the answer that it belongs to.",
                    True,
                )
            continue
        if numbers.get(question.id, question.n) != question.n:
            yield flaw(
                f"In the template this is question {numbers[question.id]}.",
                f"Write `{page.heading(numbers[question.id], question.id)}` in line {question.line}.",
            )
        if question.heading:
            near = _slip(here, question.n)
            yield flaw(
                f"The heading is not the template's; the question was known {question.heading}.",
                f"Write `{page.heading(numbers.get(question.id, question.n), question.id)}` in line {question.line}"
                + (f": it says `{_cut(near, 60)}`." if near else "."),
                question.heading in (BEFORE, UNDERLINED, IN_HTML),
            )
        own = page.own_length(question)
        same = [v.words.get(question.id) for v in page.profile.versions if v.layout == version.layout]
        if own and own not in same and version.words.get(question.id):
            few, many = version.words[question.id]
            yield flaw(
                f"The report asks for {own[0]}-{own[1]} words, the template for {few}-{many}.",
                f"Restore the template's line: Recommended answer length: {few}-{many} words.",
                True,
            )
        if question.matched == "number":
            text = page.words_of(question.id)
            yield flaw("Its text is not the template's.", f"Restore the template's question: {_cut(text, 160)}")
        elif question.matched == "near":
            yield flaw("Its text differs from the template's by a word or two.", "Restore the template's words.", True)
        if page.mark and not any(
            row.casefold().strip().startswith(page.mark.casefold())
            if page.layout
            else re.match(r"(?i)^\s{0,3}>?\s*[*_]{0,3}answers?\s*[*_]{0,3}\s*:", row)
            for row in (page.lines[n - 1] for n in page.section(question))
        ):
            yield flaw(
                f"The line `{page.mark}` is gone; readers and programs find the answer by it.",
                f"Put `{page.mark}` back above the answer.",
            )
    if len(missing) >= _ALIKE:
        said = ", ".join(str(n) for n in sorted(missing.values()))
        yield Flaw(
            "question-missing", Source(kind="report", n=0), max(q.line for q in page.report.questions),
            f"Questions {said}", "", f"{len(missing)} of the template's {len(numbers)} questions are not in the report.",
            f"Put each back with {_each(page)}, and answer it.", fact=f"no questions {said}",
        )  # fmt: skip
        return
    for id_, n in sorted(missing.items(), key=lambda m: m[1]):
        after = max((q.line for q in page.report.questions if q.n < n), default=0)
        if slip := next((i for i in range(after, len(page.lines)) if _slip(page.lines[i].strip(), n)), 0):
            yield Flaw(
                "question-missing", Source(kind="report", n=0), slip + 1, f"Question {n}", _cut(page.lines[slip]),
                f"The heading is not read as a question's, so what stands below it is part of the answer before; it may be meant as question {n}.",
                f"Write `### Question {n}` in line {slip + 1}.", fact=f"line {slip + 1}: {_cut(page.lines[slip])}",
            )  # fmt: skip
            continue
        first = min((q.line for q in page.report.questions), default=1)
        yield Flaw(
            "question-missing", Source(kind="report", n=0), after or first, f"Question {n}", "",
            f"The template's question {n} is not in the report: {_cut(page.words_of(id_))}",
            f"Put `{page.heading(n, id_)}` back{_with(page)}, and answer it.",
            fact=f"no question {n} after line {after}" if after else f"no question {n} before line {first}",
        )  # fmt: skip


def _each(page: _Page) -> str:
    """What each question of the template has."""
    return (
        f"`{page.heading(1, '').replace('1', 'N', 1)}`, each question's text and `{page.mark}`"
        if page.mark
        else f"`{page.heading(1, '').replace('1', 'N', 1)}`"
    )


def _with(page: _Page) -> str:
    return f" with its text and `{page.mark}`" if page.mark else ""


def _slip(row: str, n: int) -> str:
    """A heading's words, where they are those of a question's heading but for a letter or two; else nothing."""
    match = re.fullmatch(r"#{1,6}\s*(.{4,40}?)\s*#*", row)
    said = match[1].strip("*_: ").lower() if match else ""
    right = f"question {n}"
    digits = re.search(r"\d+", said)
    if not match or said == right or (digits and int(digits[0]) != n):
        return ""
    alike = difflib.SequenceMatcher(None, re.sub(r"\W*\d+\W*$", "", said), "question").ratio()
    return match[1] if alike >= 0.75 else ""


def _conflicts(page: _Page) -> Iterator[Flaw]:
    """The marks that a merge leaves where two versions differ: all three of them, in their order."""
    opened = parted = 0
    for n, row in enumerate(page.lines, 1):
        if row.startswith("<<<<<<< "):
            opened, parted = n, 0
        elif opened and row.rstrip() == "=======":
            parted = n
        elif parted and row.startswith(">>>>>>> "):
            yield Flaw(
                "conflict-markers", Source(kind="report", n=0), opened, f"lines {opened} to {n}", _cut(page.lines[opened - 1]),
                "A merge was not finished here: both versions stand in the report, with git's marks.",
                f"Keep one version of lines {opened} to {n}, and delete the lines {opened}, {parted} and {n}.",
                fact=f"git's marks in lines {opened}, {parted} and {n}",
            )  # fmt: skip
            opened = parted = 0


def _items(page: _Page) -> Iterator[Flaw]:
    """Items of the checklist that are missing, added, reworded or twice there, and a list that nobody filled in. Notes
    beside an item's text are left alone."""
    version = page.version
    items = page.report.items
    if version is None or not version.items or (page.layout is not None and page.layout.checklist == "none"):
        return
    if not items:
        yield Flaw(
            "checklist-missing", Source(kind="report", n=0), 1, "Overall project checklist", "", "The checklist is gone.",
            "Put the template's checklist back and tick what you did.", fact="no line of the report is a checklist item",
        )  # fmt: skip
        return
    if not any(i.checked for i in items):
        yield Flaw(
            "checklist-blank", Source(kind="report", n=0), items[0].line, "Overall project checklist",
            f"{len(items)} items, none ticked", "No box is ticked.", "Tick what you did: `[x]` instead of `[ ]`.",
            fact=f"0 of {len(items)} boxes have an x",
        )  # fmt: skip
    if page.report.checklist:
        yield Flaw(
            "item-changed", Source(kind="report", n=0), 1, "Overall project checklist", f"it stands in {page.report.checklist}",
            "The checklist is not in the report.", "Move it into the report, where the template has it.",
            fact=f"{len(items)} items stand in {page.report.checklist}", detail=True,
        )  # fmt: skip
    texts = {i.id: i.texts for i in page.profile.items}
    missing = [i for i in version.items if i not in {item.item for item in items}]
    seen: dict[str, int] = {}
    for item in items:
        if not item.item:
            likely = _closest(item.text, [text for m in missing for text in texts[m]], 0.6) if item.n <= _MANY else ""
            if likely:
                missing = [m for m in missing if likely not in texts[m]]
                slip = difflib.SequenceMatcher(None, item.text.lower(), likely.lower()).ratio() > 0.9
                yield _item(item, "Its text is not the template's.", f"Restore the template's words: {likely}", slip)
            else:
                yield _item(item, "The template has no such item.", "Tell of it in an answer instead.", True)
        elif item.item in seen and page.asks_once:
            hint = f"Delete line {item.line} or line {seen[item.item]}."
            said = f"The item stands in line {seen[item.item]} already."
            yield _item(item, said, hint, rule="item-twice")
        elif item.matched == "near" and item.n <= _MANY:
            likely = _closest(item.text, texts[item.item])
            difference = "Its text differs from the template's by a word or two."
            yield _item(item, difference, f"Restore the template's words: {likely}", True)
        seen.setdefault(item.item, item.line)
    if page.asks_once and len(missing) > sum(
        not i.item for i in items
    ):  # else an item that is not known may be the one, in other words
        more = f"; and {len(missing) - 4} more" if len(missing) > 4 else ""
        yield Flaw(
            "item-missing", Source(kind="report", n=0), items[0].line, "Overall project checklist",
            f"{len(items)} items", f"Not in the list: {'; '.join(texts[m][0] for m in missing[:4])}{more}",
            "Put them back, ticked or open.",
            fact=f"{len(missing)} of the template's {len(version.items)} items are not in the checklist",
        )  # fmt: skip


def _item(item: ChecklistItem, difference: str, hint: str, detail: bool = False, *, rule: str = "item-changed") -> Flaw:
    source = Source(kind="item", n=item.n)
    return Flaw(rule, source, item.line, item.text, item.text, difference, hint, detail=detail)


def _closest(text: str, known: Iterable[str], cutoff: float = 0.0) -> str:
    """The known text that is most like a text, as it stands there; empty where none comes near."""
    lower = {k.lower(): k for k in known}
    return next((lower[k] for k in difflib.get_close_matches(text.lower(), lower, 1, cutoff)), "")


def _marks(page: _Page) -> Iterator[Flaw]:
    """Items without a box, marks that say neither done nor open, and those that the template writes in another way."""
    for item in page.report.items:
        if page.layout is not None and page.layout.checklist == "table" and not item.partly:
            continue  # a table has no boxes
        boxed = f"[{item.mark}]" in page.listed[item.line - 1]
        mark = item.mark.strip()
        if (boxed and mark in ("", "x", "X") and not item.partly) or not (mark or boxed or page.asks_once):
            continue
        says = f"[{item.mark}]" if boxed else mark or "no box"
        right = "`[x]`" if item.checked else "`[x]` or `[ ]`" if item.partly else "`[ ]`"
        difference = "This says neither done nor open, and is held against nobody."
        if not item.partly:
            difference = (
                f"It is read as {'ticked' if item.checked else 'open'}, but the template writes it in another way."
            )
        yield Flaw(
            "mark-unclear", Source(kind="item", n=item.n), item.line, item.text, says, difference,
            f"Write {right} in line {item.line}.", detail=not item.partly, fact=f"line {item.line}: {says}" if page.report.checklist else "",
        )  # fmt: skip


def _group(page: _Page) -> Iterator[Flaw]:
    """A group number or study numbers that nobody can read. Other ways of naming members are left alone."""
    for question in page.known:
        answer = question.answer
        if not answer.strip() or _PLACEHOLDER.search(answer) or _fills(words(answer)):
            continue

        def flaw(says: str, difference: str, hint: str, detail: bool = False, *, q: Question = question) -> Flaw:
            line = q.answer_lines[0]
            return Flaw("group-unclear", _of(q), line, _name(q), says, difference, hint, fact=difference, detail=detail)

        if "group" in question.topics:
            if not re.search(r"\d", answer) and not _NONE.search(answer):
                yield flaw(_cut(answer), "There is no number in it.", "Write your group's number, like 42.", True)
        elif "members" in question.topics:
            numbers = [n.lower() for n in re.findall(r"\bs\d+\b", answer, re.IGNORECASE)]
            wrong = [n for n in numbers if len(n) != 7]
            if wrong:
                yield flaw(
                    f"{len(numbers)} study numbers",
                    f"{len(wrong)} of them have not six digits after the s.",
                    "Write each as s and six digits.",
                )
            elif len(set(numbers)) != len(numbers):
                yield flaw(
                    f"{len(numbers)} study numbers",
                    "One of them stands there twice.",
                    "Write each member's number once.",
                )
            elif len(numbers) > 8:
                yield flaw(
                    f"{len(numbers)} study numbers",
                    "That is more than a group has.",
                    "Keep the numbers of your group's members.",
                )


def _cut(text: str, width: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


_CHECKS: tuple[Callable[[_Page], Iterable[Flaw]], ...] = (
    _answers,
    _lengths,
    _image_counts,
    _pictures,
    _links,
    _fences,
    _conflicts,
    _questions,
    _items,
    _marks,
    _group,
)
_UNFINISHED = (_answers, _conflicts, _questions, _items)  # what an audit looks at, too
