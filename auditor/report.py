"""The report as a record: checklist, questions and answers with their lines, in every shape that groups hand in.

Each question is read by itself, so that an unbalanced fence or quote costs one answer and not the rest. What is malformed
becomes a problem in the record; what is written in another way than the template's is read as what it is meant to be.
"""

import base64
import hashlib
import posixpath
import re
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import unquote, urlsplit

from auditor import limits
from auditor.checklist import (
    OPEN,
    PARTLY,
    TICKED,
    Entry,
    also_ticked,
    entries,
    is_legend,
    marked,
    match_item,
    match_text,
    state,
)
from auditor.errors import UserError
from auditor.globs import matches
from auditor.laidout import asks, chosen
from auditor.layouts import BUILT_IN, Layout
from auditor.lazy import compile_later, dataclass
from auditor.letters import as_read, shortened
from auditor.markup import Heading, outline, parts, references, too_deep
from auditor.models import ChecklistItem, Figure, Image, Problem, Question, Report
from auditor.profile import Profile, Version, words
from auditor.repository import Unreadable
from auditor.shapes import number_of
from auditor.snapshot import File, Link, Snapshot

__all__ = ["figures_of", "find_report", "match_item", "parse_report", "targets"]

MARKDOWN = ("md", "markdown", "mdown", "mkd", "mkdn", "mdx")
_RASTER = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_ANSWER = compile_later(r"^\s{0,3}>\s*[*_]{0,3}answers?\s*(?:[*_]{1,3}\s*)?:\s*(?:[*_]{1,3}\s*)?(.*)$", re.IGNORECASE)
_BARE_ANSWER = compile_later(r"^\s{0,3}[*_]{0,3}answer\s*:\s*(?:[*_]{1,3}\s*)?$", re.IGNORECASE)
_RULE = compile_later(r"^\s*([-*_])(\s*\1){2,}\s*$")
_PLACEHOLDER = compile_later(
    r"^\s*(?:`{1,3}\s*)?(?:-{2,}\s*)?question\s+\d+\s+fill\s+here\s*(?:-{2,}\s*)?(?:`{1,3}\s*)?$", re.IGNORECASE
)
_FENCE = compile_later(r"^\s*(`{3,}(?!.*`)|~{3,})")  # backticks after an opening fence make it inline code
LENGTH = compile_later(r"length:?\W*(\d+)\s*(?:-|–|to)\s*(\d+)\s*words", re.IGNORECASE)
_OWN = compile_later(r"https?://(?:www\.)?git(?:hub|lab)\.com/[^/]+/([^/]+)/(?:-/)?(?:blob|tree|raw)/[^/]+/([^?#]+)")
_LONG = 5000  # characters of a line that is neither a rule nor a placeholder
FEW = 3  # as many items make a checklist


def find_report(snapshot: Snapshot, path: str = "", profile: Profile | None = None) -> File:
    """The report's file: at `path`, else where the profile says that it lies, else the one markdown file with questions, else
    the one with most of the profile's checklist. Of a report of several files the first.

    A link to a tracked file is read. Raises UserError if there is none, more than one, or if it is not text.
    """
    if path:
        file = snapshot.files.get(path.lstrip("./")) or snapshot.files.get(path)
        if file is None:
            raise UserError(f"{path}: not in the commit", "give --report a path from the repository's root")
        _read(file)
        return file
    default = _where_due(snapshot.files, profile)
    if default and readable(default) and (_asks(default, profile) or "checklist" in text_of(default).lower()):
        return default
    found = _like_reports(snapshot.files, profile)
    if len(found) > 1 and default in found:
        return default
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(f.path for f in found[:8])
        raise UserError(f"more than one file looks like the report: {paths}", "say which with --report PATH")
    if default:  # where the report belongs, whatever is in it
        _read(default)
        return default
    if profile and (listed := with_checklist(snapshot.files, (), profile)):
        return listed[0]
    raise _no_report(snapshot.files, profile)


def _where_due(files: Mapping[str, File], profile: Profile | None) -> File | None:
    """The file that lies where the profile says, by its likeliest place; of several the one that has questions."""
    for glob in profile.due if profile else ("reports/README.md",):
        there = sorted((f for f in files.values() if matches(f.path, (glob,))), key=lambda f: f.path)
        if there:
            return next((f for f in there if readable(f) and _asks(f, profile)), there[0])
    return None


def _asks(file: File, profile: Profile | None) -> bool:
    """Whether a file has as many of the course's questions as a report has: five headings with a number, or half of them, three
    at least, by one of the profile's layouts."""
    if profile is not None and profile.layouts:
        known = sum(bool(x.numbers or x.titles) for x in profile.questions)
        if asks(file.path, text_of(file), profile) >= min(max(known // 2, 1), FEW):
            return True
    return _questions(text_of(file)) >= 5


def _like_reports(files: Mapping[str, File], profile: Profile | None) -> list[File]:
    """The markdown files with as many questions as a report; of a file and the links to it the file. A prompt for an agent that
    speaks of the course's questions is none."""
    found = [f for f in files.values() if f.suffix in MARKDOWN and readable(f) and _asks(f, profile)]
    found = [f for f in found if not _of_the_course(f, profile)]
    own = {f.blob for f in found if not isinstance(f, Link)}
    return [f for f in found if not (isinstance(f, Link) and f.blob in own)]


def _of_the_course(file: File, profile: Profile | None) -> bool:
    """Whether a file is the course's own, such as a prompt for agents; what lies where reports lie is the group's."""
    there = file.folder.lower() in ("report", "reports") or (profile is not None and matches(file.path, profile.due))
    return profile is not None and not there and profile.set_aside(file) == "course material"


def _no_report(files: Mapping[str, File], profile: Profile | None) -> UserError:
    """That there is no report, with the file that may be meant as one."""
    due = profile.due if profile else ("reports/README.md",)
    beside = [f for f in files.values() if f.folder.lower() in ("report", "reports", "") and f.suffix not in MARKDOWN]
    for file in sorted(beside, key=lambda f: f.path):
        if (file.suffix in ("txt", "rst", "adoc", "html", "qmd", "rmd") or not file.suffix) and readable(file):
            if _questions(text_of(file)) >= 5:
                hint = f"rename it to {due[0]}, or audit it as it is with --report {file.path}"
                return UserError(f"no report in the commit: {file.path} looks like one, but is no markdown file", hint)
        elif file.folder and file.suffix in ("pdf", "docx", "doc", "odt", "ipynb", "tex"):
            hint = f"hand in the report as {due[0]}; other formats are not read"
            return UserError(f"no report in the commit: {file.path} is no markdown file", hint)
    pages = [f for f in files.values() if f.suffix in MARKDOWN and readable(f)]
    most = max(((_questions(text_of(f)), f.path) for f in pages), default=(0, ""))
    beside_it = f"; {most[1]} has {most[0]}, too few to be sure" if most[0] else ""
    headings = next((x.written("N", "Title") for x in profile.layouts if x.heading), "") if profile else ""
    return UserError(
        f"no report in the commit: no {' or '.join(due)}, and no markdown file with headings like `{headings or '### Question N'}`{beside_it}",
        "name it with --report PATH",
    )


def readable(file: File) -> bool:
    """Whether a file has text."""
    if file.why_skipped:
        return False
    try:
        file.text  # noqa: B018  (reading it is what may fail)
    except Unreadable:
        return False
    return True


def _read(file: File) -> str:
    try:
        return file.text
    except Unreadable as reason:
        raise UserError(
            f"{file.path}: the report cannot be read ({reason})", "a report is a markdown text file"
        ) from None


def text_of(file: File) -> str:
    """The text of a report as its reader sees it."""
    return _shortened(file)[0]


def _shortened(file: File) -> tuple[str, tuple[int, ...]]:
    return file.once("as read", lambda: shortened(as_read(file.text)))


def note_cut(file: File, notes: "Notes", first: int = 0) -> None:
    """Notes the lines of which only a part is read, and that of many lines only the first are. `first` is the number of the file's first line, from 0."""
    for line in _shortened(file)[1]:
        notes.add("cut", first + line + 1, "a very long line is cut: what is left out of it is not read")
    if (many := len(lines_of(file))) > limits.LINES.value:
        notes.add("long", first + limits.LINES.value, f"of {many:,} lines only the first {limits.LINES} are read")


def lines_of(file: File) -> list[str]:
    """Its lines, without their ends."""
    return file.once("lines as read", lambda: text_of(file).split("\n"))


def _within(file: File) -> str:
    """As much of its text as a report may have lines."""
    rows = lines_of(file)
    return text_of(file) if len(rows) <= limits.LINES.value else "\n".join(rows[: limits.LINES.value])


def _questions(text: str) -> int:
    """How many headings of questions a text has; one that hardly speaks of questions is not looked at."""
    if text.lower().count("question") < 5:
        return 0
    return len({n for h in outline(text) if h.how != "plain" and (n := number_in(h.text))})


def parse_report(
    file: File,
    profile: Profile,
    tracked: Collection[str] | Mapping[str, File] = (),
    commit: str = "",
    repository: str = "",
) -> Report:
    """The report in a file. `tracked` are the paths that links may lead to, with their files where another of them may hold
    the checklist; `repository` is the name that the host knows the repository by, so that links to it are recognised."""
    _read(file)
    whole, text = lines_of(file), _within(file)
    lines = whole[: limits.LINES.value]
    files: Mapping[str, File] = tracked if isinstance(tracked, Mapping) else {}
    texts = {f.path: partial(_within, f) for f in files.values() if f.suffix in MARKDOWN and readable(f)}
    if profile.layouts and (laid := chosen(file.path, texts | {file.path: lambda: text}, profile)):
        from auditor.laidreport import parse_laid

        return parse_laid(file, laid, profile, tracked, commit, repository)
    starts = _starts(text, lines, profile)
    notes = Notes()
    note_cut(file, notes)
    first, last = where_listed(text, lines, [s.line for s in starts], profile)
    items = list(listed(text, first, last, profile, notes))
    questions = []
    lengths: list[tuple[int, int] | None] = []
    sections = _sections(text, lines, profile)
    resolver = Resolver(file.folder, frozenset(tracked), repository)
    for k, start in enumerate(starts):
        end = starts[k + 1].line if k + 1 < len(starts) else len(lines)
        if start.line < first < end:
            end = first  # the checklist stands below this question
        length, question = _question(lines, start, end, sections, profile, resolver, notes)
        lengths.append(length)
        questions.append(question)
    questions = _by_number(questions, profile)
    for question, start in zip(questions, starts, strict=True):
        if start.how:
            notes.add(
                "heading",
                question.line,
                f"read as question {question.n}, {start.how}: {lines[start.line].strip()[:60]}",
            )
        if not question.id:
            notes.add("unknown", question.line, f"question {question.n} is not one of the template's")
    listed_in = ""
    if sum(bool(i.item) for i in items) < FEW and (others := with_checklist(files, (file.path,), profile)):
        listed_in = others[0].path
        items = list(listed(text_of(others[0]), 0, len(lines_of(others[0])), profile, notes, listed_in))
    for item in items:
        if not item.item:
            notes.add("item", item.line, f"checklist item is not one of the template's: {item.text[:80]}", listed_in)
    _counts(items, questions, listed_in, notes)
    if len(deep := too_deep(lines)) >= FEW:
        notes.add("deep", deep[0] + 1, f"{len(deep)} lines of lists are nested too deep, and read as less deep")
    for other in _like_reports(files, profile) if len(questions) >= 5 else ():
        if other.path != file.path and other.blob != file.blob:
            notes.add("other", 0, f"{other.path} looks like a report, too; this one was read", other.path)
    version = version_of(items, questions, lengths, profile)
    return Report(
        path=file.path,
        commit=commit,
        sha256=hashlib.sha256(file.bytes()).hexdigest(),
        template=version.name if version else "",
        layout=BUILT_IN,
        checklist=listed_in,
        items=tuple(items),
        questions=tuple(questions),
        problems=notes.problems(),
        text=text,
    )


class Notes:
    """Problems of the report, of which many alike become one with their number."""

    def __init__(self) -> None:
        self._made: dict[str, list[Problem]] = {}

    def add(self, kind: str, line: int, message: str, path: str = "") -> None:
        """Notes a problem; `kind` says which are alike."""
        self._made.setdefault(kind, []).append(Problem(path=path, line=line, message=message))

    def problems(self) -> tuple[Problem, ...]:
        """All, in the order of their lines; fences each by itself, since a check rests on them."""
        made: list[Problem] = []
        for kind, alike in self._made.items():
            if kind == "fence" or len(alike) <= FEW:
                made += alike
            else:
                more = f" (and {len(alike) - 1} more like this one)"
                made.append(alike[0].model_copy(update={"message": alike[0].message + more}))
        return tuple(sorted(made, key=lambda p: (p.line, p.message)))


def version_of(
    items: Sequence[ChecklistItem],
    questions: Sequence[Question],
    lengths: Sequence[tuple[int, int] | None],
    profile: Profile,
) -> Version | None:
    """The template's version that a report was written in: by its numbers, then its items, then the lengths it asks for.
    None where neither questions nor items of the template are there."""
    numbers = {q.id: q.numbers for q in profile.questions}
    known = {i.item for i in items if i.item}
    asked = [(q, length) for q, length in zip(questions, lengths, strict=True) if q.id]

    def likeness(version: Version) -> tuple[int, int, int]:
        same = sum(numbers[q.id].get(version.layout) == q.n for q, _ in asked)
        return same, -len(known ^ set(version.items)), sum(length == version.words.get(q.id) for q, length in asked)

    if not profile.versions or (not asked and len(known) < FEW):
        return None
    return max(profile.versions, key=likeness)


def figures_of(report: Report, files: Mapping[str, File]) -> tuple[Figure, ...]:
    """The images of the repository that the answers show, as data URIs; small ones first, until they take up too much.
    A vector image is not among them: it is a document, which may hold more than a picture. Nor are private answers'."""
    shown = [i for q in report.questions if not q.private for i in q.images]
    paths = dict.fromkeys(i.path for i in shown if i.renders and i.path in files)
    made: dict[str, Figure] = {}
    room = limits.IMAGES.value
    for path in sorted(paths, key=lambda p: files[p].size):
        figure = _figure(files[path], room)
        room -= figure.size if figure.data else 0
        made[path] = figure
    return tuple(made[path] for path in paths)


def _figure(file: File, room: int) -> Figure:
    if "link" in file.skipped or "submodule" in file.skipped:
        return Figure(path=file.path, reason=file.skipped)
    if file.size > limits.IMAGE.value:
        return Figure(path=file.path, size=file.size, reason=f"larger than {limits.IMAGE.value // 1000} kB")
    if file.size > room:
        return Figure(path=file.path, size=file.size, reason="the report's other images took up the room")
    try:
        data = file.bytes()
    except Unreadable as reason:
        return Figure(path=file.path, size=file.size, reason=str(reason))
    kind = next((kind for start, kind in _RASTER if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "webp"
    if not kind:
        return Figure(path=file.path, size=file.size, reason="not a PNG, JPEG, GIF or WebP image")
    return Figure(
        path=file.path, size=file.size, data=f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    )


def _counts(items: Sequence[ChecklistItem], questions: Sequence[Question], listed_in: str, notes: Notes) -> None:
    if not items:
        notes.add("count", 0, "no checklist found")
    elif not any(i.checked for i in items):
        notes.add("count", items[0].line, "no box of the checklist is ticked", listed_in)
    if listed_in:
        notes.add("count", items[0].line if items else 0, f"the checklist stands in {listed_in}", listed_in)
    if not questions:
        notes.add("count", 0, "no questions found")
    seen: dict[str, int] = {}
    for item in items:
        if item.item and item.item in seen:
            said = f"the checklist has this item twice (first on line {seen[item.item]}): {item.text[:80]}"
            notes.add("twice", item.line, said, listed_in)
        seen.setdefault(item.item, item.line)
    numbers: dict[int, int] = {}
    for question in questions:
        if question.n in numbers:
            said = f"question {question.n} stands twice (first on line {numbers[question.n]})"
            notes.add("again", question.line, said)
        numbers.setdefault(question.n, question.line)


# -- the checklist -----------------------------------------------------------------------------------------------------


def where_listed(text: str, lines: Sequence[str], starts: Sequence[int], profile: Profile) -> tuple[int, int]:
    """The lines, from 0, that the checklist stands in: before the first question, or else below the heading of the first
    items that stand after it."""
    first = starts[0] if starts else len(lines)
    known = list(marked(lines, profile))
    above = sum(line < first for line in known)
    if above >= FEW or len(known) - above < FEW or not starts:
        start = 0
        headings = [h for h in outline(text) if h.level and h.line < first]
        for heading in headings:
            if "checklist" in heading.text.lower():
                start = heading.line
        later = (h.line for h in headings if h.line > start and "group information" in h.text.lower())
        return start, next(later, first)
    top = next(line for line in known if line >= first)
    end = next((s for s in starts if s > top), len(lines))
    before = max(s for s in starts if s < top)
    headings = [h for h in outline(text) if h.level and before < h.line < top]
    named = [h.line for h in headings if "checklist" in h.text.lower()]
    start = named[-1] if named else headings[-1].line if headings else top
    return start, end


def listed(
    text: str, start: int, end: int, profile: Profile, notes: Notes, path: str = "", layout: Layout | None = None
) -> Iterator[ChecklistItem]:
    """The items that stand in these lines."""
    n = 0
    for entry in entries(text, start, end, profile):
        line, mark = entry.line, entry.mark
        if mark is None:
            mark = ""
            notes.add("boxless", line, f"checklist item without a box: {entry.text[:80]}", path)
        elif not entry.item and is_legend(entry.text):
            notes.add("legend", line, f"not counted as a checklist item: [{mark}] {entry.text[:60]}", path)
            continue
        said = PARTLY if entry.mark is None else state(mark)
        if said == OPEN and also_ticked(entry.text):
            said = PARTLY
            notes.add(
                "both", line, f"an open box with a check mark beside it; read as neither: {entry.text[:80]}", path
            )
        elif said == TICKED and not is_template_mark(entry, layout):
            notes.add("ticked", line, f"marked {mark.strip()} and read as ticked; the template writes [x]", path)
        elif said == OPEN and mark.strip() and not (layout and layout.checklist == entry.form):
            notes.add("open", line, f"marked {mark.strip()} and read as open; the template writes [ ]", path)
        elif said == PARTLY and entry.mark is not None:
            notes.add("partly", line, f"mark [{mark}] is neither ticked nor open; held against nobody", path)
        n += 1
        yield ChecklistItem(
            n=n,
            line=line,
            text=entry.text,
            mark=mark,
            checked=said == TICKED,
            partly=said == PARTLY,
            note=entry.note,
            section=entry.section,
            item=entry.item,
            matched=entry.matched,
        )


def is_template_mark(entry: Entry, layout: Layout | None = None) -> bool:
    """Whether a ticked box is written as the template writes it; in a table every mark is."""
    if layout is not None and layout.checklist == entry.form == "table":
        return True
    return entry.form == "box" and (entry.mark or "").strip() in ("x", "X")


def with_checklist(files: Mapping[str, File], but: Collection[str], profile: Profile) -> list[File]:
    """Other markdown files that have the checklist, the one with the most of it first."""
    found = []
    for file in files.values():
        if file.suffix in MARKDOWN and file.path not in but and readable(file) and not _of_the_course(file, profile):
            count = len(list(marked(lines_of(file), profile)))
            if count >= FEW:
                found.append((-count, file.path.count("/"), file.path, file))
    return [f for *_, f in sorted(found, key=lambda t: t[:3])]


# -- the questions -----------------------------------------------------------------------------------------------------


@dataclass
class _Start:
    """Where a question starts: its heading's line and the first line below it, from 0. `how` says by what it was known,
    empty for a heading as the template writes it; `prompt` is the question's id where its text follows, in the lines
    `said`."""

    line: int
    body: int
    n: int
    how: str = ""
    prompt: str = ""
    said: tuple[int, int] = (0, 0)


def number_in(title: str) -> int:
    """The number of the question that a heading names (`Question 5`, `5. Question`, `Q5`, with a slip in the word), or 0."""
    found = re.findall(r"[^\W\d_]+|\d+", title[:120].lower())[:3]
    if len(found) >= 2 and found[0].isdigit() and _is_question(found[1]):
        return _number(found[0])
    if len(found) >= 2 and _is_question(found[0]):
        at = 2 if found[1] in ("no", "nr", "number") and len(found) > 2 else 1
        return _number(found[at])
    return _number(found[1]) if len(found) == 2 and found[0] == "q" else 0


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else 0


def _is_question(word: str) -> bool:
    """The word, or the word with one letter off."""
    if word == "question":
        return True
    if not 7 <= len(word) <= 9:
        return False
    meant = "question"
    start = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), 8))
    rest, left = word[start:], meant[start:]
    swapped = rest[:2] == left[1::-1] and rest[2:] == left[2:]
    return swapped or rest[1:] == left[1:] or rest[1:] == left or rest == left[1:]


BEFORE, UNDERLINED, IN_HTML = "by a heading with more before it", "by an underlined heading", "by a heading in HTML"
"""The headings that are shown as the template's are; others are none, or have other words."""


def _written(heading: Heading, row: str) -> str:
    """How a heading of a question differs from the template's, or nothing. Its level does not count."""
    if heading.how in ("atx", "joined"):
        bare = row.strip().lstrip("#").lstrip(" *_").lower()
        if re.match(r"question\s+\d", bare):
            return ""
        return BEFORE if re.search(r"(?<!\w)question\s+\d", bare) else "by a heading that is written in another way"
    kinds = {"setext": UNDERLINED, "html": IN_HTML, "bold": "by a bold line"}
    return kinds.get(heading.how, "by a line of its own")


def _starts(text: str, lines: Sequence[str], profile: Profile) -> list[_Start]:
    """Where the questions start: at their headings, at what stands for a heading, and at a question's own text or line
    `> Answer:` where no heading is above it, so that no answer runs into the one before."""
    headings = [h for h in outline(text) if h.how != "plain" or number_in(h.text)]
    starts: list[_Start] = []
    taken: set[int] = set()
    for sure in (True, False):
        for heading in headings:
            n = number_in(heading.text)
            if not n or (heading.how in ("bold", "plain")) == sure or (not sure and n in taken):
                continue
            following = next((r for r in lines[heading.body : heading.body + 4] if r.strip()), "")
            if heading.how == "plain" and not following.lstrip().startswith((">", "**")):
                continue
            starts.append(_Start(heading.line, heading.body, n, _written(heading, lines[heading.line])))
        taken = {s.n for s in starts}
    starts.sort(key=lambda s: s.line)
    sections = {words(t) for t in profile.headings}
    above = {h.body: h for h in headings if words(h.text) not in sections}
    answered: set[int] = set()
    for first, end, id_, marker in prompts(text, lines, profile):
        place = bisect_right(starts, first, key=lambda s: s.line)
        last = starts[place - 1] if place else None
        top = first
        while top > 0 and not lines[top - 1].strip():
            top -= 1
        if last and (id_ or marker) and (id_ == last.prompt or (not last.prompt and top <= last.body)):
            pass  # the question's own text, or more of it
        elif last and id_ and not last.prompt and last.n in _numbers(profile, id_):
            pass
        elif id_ or (marker and (last is None or last.line in answered)):
            title = above.get(top)
            fresh = _Start(title.line if title else first, title.body if title else first, 0)
            fresh.how = "by its text" if id_ else "by its line `> Answer:`"
            digits = re.findall(r"\d+", title.text) if title else []
            fresh.n = _number(digits[0]) if len(digits) == 1 else 0
            insort(starts, fresh, key=lambda s: s.line)
            last = fresh
        if last and id_ and not last.prompt:
            last.prompt, last.said = id_, (first, end)
        if last and marker:
            answered.add(last.line)
    headed = {s.prompt for s in starts if s.how != "by its text"}
    starts = [s for s in starts if s.how != "by its text" or s.prompt not in headed]  # else an answer quotes a question
    _count_off(starts, profile)
    return starts


def prompts(text: str, lines: Sequence[str], profile: Profile) -> Iterator[tuple[int, int, str, bool]]:
    """The quotes, and the paragraphs that are a question of the profile word for word: first line and the line behind it, the
    question's id, and whether the quote has the line `Answer:`."""
    for offset, tokens in parts(text):
        for token in tokens:
            if not token.map or token.level != (token.type == "inline"):
                continue
            first, end = offset + token.map[0], offset + token.map[1]
            if token.type == "blockquote_open":
                rows = lines[first:end]
                said = _prompt(rows)
                id_ = (
                    match_text(said, profile.known_questions)[0] if len(said) < 2000 and len(said.split()) >= 5 else ""
                )
                yield first, end, id_, any(_ANSWER.match(row) for row in rows)
            elif token.type == "inline" and len(token.content) < 2000:
                known = profile.known_questions.get(words(token.content))
                if known and len(words(token.content)) >= 5:
                    yield first, end, known[0], False


def _numbers(profile: Profile, id_: str) -> Collection[int]:
    return next((q.numbers.values() for q in profile.questions if q.id == id_), ())


def _count_off(starts: list[_Start], profile: Profile) -> None:
    """Gives the questions without a number that of the template, in the version that the others are numbered by."""
    numbers = {q.id: q.numbers for q in profile.questions}
    votes = Counter(layout for s in starts for layout, n in numbers.get(s.prompt, {}).items() if n == s.n)
    layouts = [layout for layout, _ in votes.most_common(1)] or [v.layout for v in profile.versions[:1]]
    used = {s.n for s in starts}
    for start, before in zip(starts, [None, *starts], strict=False):
        if start.n:
            continue
        n = next((numbers[start.prompt][name] for name in layouts if name in numbers.get(start.prompt, {})), 0)
        start.n = n or (before.n + 1 if before else 1)
        if start.n in used and not n:
            start.n = max(used) + 1
        used.add(start.n)


def _question(
    lines: Sequence[str],
    start: _Start,
    end: int,
    sections: Sequence[int],
    profile: Profile,
    resolver: "Resolver",
    notes: Notes,
) -> tuple[tuple[int, int] | None, Question]:
    marker = next((i for i in range(start.body, end) if len(lines[i]) < _LONG and _ANSWER.match(lines[i])), None)
    if marker is None:
        marker = next((i for i in range(start.body, end) if _BARE_ANSWER.match(lines[i])), None)
    if marker is None:
        quoted = [i for i in range(start.body, end) if lines[i].lstrip().startswith(">")]
        said = start.said[1] - 1 if start.said[1] else start.body - 1
        marker = max(quoted[0] if quoted else said, said)
        while marker + 1 < end and lines[marker + 1].lstrip().startswith(">"):
            marker += 1
        notes.add("marker", start.line + 1, f"question {start.n} has no `> Answer:` line")
    asked = lines[start.body : marker + 1]
    prompt = _prompt(asked)
    if not prompt and start.said[1]:
        prompt = " ".join(" ".join(lines[slice(*start.said)]).replace("**", " ").split())
    id_, matched = match_text(prompt, profile.known_questions)
    later = bisect_right(sections, marker)
    end = min(end, sections[later]) if later < len(sections) else end
    answer, span, fence = answer_rows(lines, marker, end)
    if fence:
        notes.add("fence", fence, f"question {start.n}: a code fence is not closed")
    length = next((m for row in asked if row.lstrip().startswith(">") and (m := LENGTH.search(row))), None)
    said_text = "\n".join(row for _, row in answer)
    images, links = targets(said_text, [n for n, _ in answer], resolver)
    question = Question(
        n=start.n,
        line=start.line + 1,
        prompt=prompt,
        answer=said_text,
        answer_lines=span,
        row_lines=tuple(i for i, _ in answer) if len(answer) != span[1] - span[0] + 1 and answer else (),
        id=id_,
        matched=matched,
        topics=profile.topics_of(id_),
        heading=start.how,
        private=names_people(id_, matched, prompt, said_text, profile),
        images=images,
        links=links,
    )
    return (number_of(length[1]), number_of(length[2])) if length else None, question


def names_people(id_: str, matched: str, prompt: str, answer: str, profile: Profile) -> bool:
    """Whether an answer names people: by its question; where the profile does not know that, by what is asked for or by
    study numbers and addresses in the answer."""
    if any(q.private for q in profile.questions if q.id == id_):
        return True
    if id_ and matched != "annotated":
        return False
    asked = words(prompt)
    if id_:  # only what the group's version of the template asks beside the profile's question
        known = Counter(w for q in profile.questions if q.id == id_ for t in q.texts for w in words(t))
        asked = tuple(w for w in asked if w not in known)
        return any(_has(asked, words(phrase)) for phrase in profile.private)
    return any(_has(asked, words(phrase)) for phrase in profile.private) or bool(_PERSON.search(answer))


_PERSON = compile_later(r"\bs\d{6}\b|[\w.+-]{1,64}@[\w-]{1,64}\.\w", re.IGNORECASE)


def _has(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(said[i : i + len(phrase)] == phrase for i in range(len(said) - len(phrase) + 1))


def _prompt(rows: Sequence[str]) -> str:
    """The question itself: the bold lines of the quote, or else its first paragraph."""
    quoted = [re.sub(r"^\s*>\s?", "", row).strip() for row in rows if row.lstrip().startswith(">")]
    kept: list[str] = []
    for row in quoted:
        if re.match(r"(?i)[*_]*(recommended|example|answer)\b", row) or (not row and kept):
            break
        if row:
            kept.append(row.replace("**", " ").strip())
    return " ".join(" ".join(kept).split())


def _sections(text: str, lines: Sequence[str], profile: Profile) -> list[int]:
    """Where the template's sections start; answers may have headings of their own. A title written as the template writes
    it counts behind a fence that never ends, too."""
    titles = {words(t) for t in profile.headings}
    found = {h.line for h in outline(text) if h.level in (1, 2) and words(h.text) in titles}
    found |= {i for i, row in enumerate(lines) if row.startswith(("# ", "## ")) and words(row) in titles}
    return sorted(found)


def answer_rows(
    lines: Sequence[str], marker: int, end: int, marked: bool = True
) -> tuple[list[tuple[int, str]], tuple[int, int], int]:
    """The answer's lines with their numbers, its first and last number, and the line of a fence that is never closed. It stands
    behind a line, which has its mark and may be in the same quote where answers are `marked`."""
    rows: list[tuple[int, str]] = []
    match = _ANSWER.match(lines[marker]) if marked else None
    if match and match[1].strip():
        rows.append((marker + 1, match[1].rstrip()))
    quoted = marked
    fence, fence_line = "", 0
    for i in range(marker + 1, end):
        row = lines[i]
        if quoted:
            if row.lstrip().startswith(">"):
                row = re.sub(r"^\s{0,3}>\s?", "", row)
            elif row.strip():
                quoted = False
        if mark := _FENCE.match(row):
            if not fence:
                fence, fence_line = mark[1], i + 1
            elif mark[1].startswith(fence) and not row.strip().strip(mark[1][0]):
                fence, fence_line = "", 0
        elif not fence and len(row) < _LONG:
            if _RULE.match(row) or _PLACEHOLDER.match(row):
                continue
            if (inner := _within_dashes(row)) is not None:
                if not inner or _PLACEHOLDER.match(inner):
                    continue
                row = inner
        rows.append((i + 1, row.rstrip()))
    while rows and not rows[0][1].strip():
        rows.pop(0)
    while rows and not rows[-1][1].strip():
        rows.pop()
    # `--- text` on the first line and `text ---` on the last wrap the whole answer.
    if rows and re.match(r"^\s*-{3,}\s+\S", rows[0][1]) and re.search(r"\S\s+-{3,}\s*$", rows[-1][1]):
        rows[0] = (rows[0][0], re.sub(r"^\s*-{3,}\s+", "", rows[0][1]))
        rows[-1] = (rows[-1][0], rows[-1][1].rstrip().rstrip("-").rstrip())
    span = (rows[0][0], rows[-1][0]) if rows else (0, 0)
    return rows, span, fence_line


def _within_dashes(row: str) -> str | None:
    """What stands between the dashes that a row begins and ends with, be it in backticks; None for other rows."""
    bare = row.strip()
    ticks = min(3, len(bare) - len(bare.lstrip("`")))
    bare = bare[ticks:].strip()
    bare = bare[: len(bare) - min(3, len(bare) - len(bare.rstrip("`")))].strip()
    if len(bare) < 6 or not bare.startswith("---") or not bare.endswith("---"):
        return None
    return bare.lstrip("-").rstrip("-").strip()


def _by_number(questions: list[Question], profile: Profile) -> list[Question]:
    """Questions whose prompt was removed, known by their number in the layout that the others agree with."""
    numbers = {q.id: q.numbers for q in profile.questions}
    layouts = {name for table in numbers.values() for name in table}
    votes = {name: sum(numbers.get(q.id, {}).get(name) == q.n for q in questions) for name in sorted(layouts)}
    best = max(votes, key=lambda name: votes[name], default="")
    if not best or votes[best] < 5:
        return questions
    by_number = {table[best]: id_ for id_, table in numbers.items() if best in table}
    taken = {q.id for q in questions}
    result = []
    for question in questions:
        id_ = by_number.get(question.n, "")
        # only for a prompt that is gone or cut short: a reworded one may ask for something else
        if not question.id and id_ and id_ not in taken and len(words(question.prompt)) < 8:
            private = question.private or any(q.private for q in profile.questions if q.id == id_)
            question = question.model_copy(
                update={"id": id_, "matched": "number", "topics": profile.topics_of(id_), "private": private}
            )
        result.append(question)
    return result


# -- images and links --------------------------------------------------------------------------------------------------


class Resolver:
    """Finds the tracked file that a link of the report leads to."""

    def __init__(self, folder: str, tracked: frozenset[str], repository: str = "") -> None:
        self._folder = folder
        self._tracked = tracked
        self._folders = frozenset(p[:i] for p in tracked for i, c in enumerate(p) if c == "/")
        self._repository = repository.lower().removesuffix(".git").rstrip("/").rsplit("/", 1)[-1]

    def path(self, target: str) -> str:
        """The tracked file or folder, or nothing. Tries the report's folder first, then the repository's root."""
        if own := _OWN.match(target):
            if self._repository and own[1].lower() != self._repository:
                return ""
            return self._tracked_path(unquote(own[2]))
        try:
            parts = urlsplit(target)
        except ValueError:  # no address at all, such as http://[
            return ""
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        raw = parts.path.replace("\\", "/")
        for name in (unquote(raw), raw):
            if not name.startswith("/") and (found := self._tracked_path(posixpath.join(self._folder, name))):
                return found
            if found := self._tracked_path(name.lstrip("/")):
                return found
        return ""

    def _tracked_path(self, name: str) -> str:
        path = posixpath.normpath(name).lstrip("/")
        return path if path in self._tracked or path in self._folders else ""


def targets(answer: str, numbers: Sequence[int], resolver: Resolver) -> tuple[tuple[Image, ...], tuple[Image, ...]]:
    """The images and links of an answer, with the lines they stand on (`numbers` has that of each line)."""
    images: list[Image] = []
    links: list[Image] = []
    for found in references(answer):
        line = numbers[min(found.line, len(numbers) - 1)] if numbers else 0
        made = Image(line=line, target=found.target, path=resolver.path(found.target), renders=not found.why)
        if not found.image:
            links.append(made)
        elif found.why in ("", "code"):
            images.append(made)
    return tuple(images), tuple(links)
