"""A report read by one of its course's layouts: where its questions start and end, which they are, and where the answers stand."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from auditor.checklist import Entry, by_title, marked, match_text, read_mark
from auditor.globs import matches
from auditor.layouts import Layout, Read
from auditor.lazy import compile_later, dataclass
from auditor.markup import Heading, outline
from auditor.profile import Profile, words

_FEW = 3  # questions of the profile that a report may have by chance
Asked = tuple[int, int, str, bool]
"""A quote or paragraph that is a question's own text: its first line, the line behind it, the question's id, whether it has a mark."""


@dataclass(frozen=True)
class Section:
    """A question with its answer. Lines count from 0: its heading's, the first below it, the one behind its end; `said` are those of
    the question's own words, `answer` is the first that the answer may have; `mark` is the line that the answer starts on
    with a mark, -1 for none. `label` is the number as it is written where that is no whole number, `how` what a question was known by whose heading has another form."""

    line: int
    body: int
    end: int
    n: int
    label: str
    id: str
    matched: str
    said: tuple[int, int]
    answer: int
    mark: int = -1
    how: str = ""


@dataclass(frozen=True)
class Laid:
    """A report with the layout that was taken: its files with their texts, and how many questions of the profile it has."""

    layout: Layout
    files: tuple[tuple[str, str], ...]
    count: int


def chosen(path: str, texts: Mapping[str, Callable[[], str]], profile: Profile) -> Laid | None:
    """The layout that fits a report best: by which most questions of the profile are found, of equals the first. None where none
    finds any. `texts` has what each file of the commit that may be read says; of a layout with several files all that it
    names are the report."""
    best: Laid | None = None
    most = (0, 0, False)
    for layout in profile.layouts:
        here = matches(path, layout.report) if layout.report else True
        if not here and layout.several:
            continue
        paths = _together(layout, texts) if layout.several else [path]
        files = tuple((p, texts[p]()) for p in paths if p in texts)
        count = sum(asked_by(layout, text, profile) for _, text in files)
        # headings of the group's own are questions where hardly any are the profile's
        fit = (0 if layout.others == "questions" or count < _FEW else count, count, here)
        if count and fit > most:
            best, most = Laid(layout, files, count), fit
    return best


def asks(path: str, text: str, profile: Profile) -> int:
    """How many questions of the profile a file has by one of its layouts."""
    return max(
        (asked_by(x, text, profile) for x in profile.layouts if not x.report or matches(path, x.report)), default=0
    )


def asked_by(layout: Layout, text: str, profile: Profile) -> int:
    """How many questions a text has by a layout: of the profile, or of its own where the layout takes these."""
    if layout.questions == "boxes":
        lines = text.split("\n")
        return len({*marked(lines, profile), *(n for n, row in enumerate(lines) if _titled(row, profile))})
    reads = [read for h in outline(text) if (read := layout.read(h)) is not None]
    if layout.others == "questions":
        return len(reads) or bool(text.strip())
    return len({id_ for read in reads if (id_ := _which(layout, read, profile)[0])})


def _titled(row: str, profile: Profile) -> bool:
    """Whether a line is a box with an item's title and what the group made of it."""
    mark, rest, form = read_mark(row.lstrip().lstrip("-*+ "))
    return mark is not None and form == "box" and bool(by_title(rest, profile.known_items))


def _together(layout: Layout, paths: Collection[str]) -> list[str]:
    """The files of a report that is several, in the order of the layout's globs, then by path."""
    order = {p: n for n, glob in reversed(list(enumerate(layout.report))) for p in paths if matches(p, (glob,))}
    return sorted(order, key=lambda p: (order[p], p))


def _which(layout: Layout, read: Read, profile: Profile) -> tuple[str, str]:
    """The question that a heading names and how that is known: by its title, else by its number; two empty strings for none."""
    if read.title:
        for known in (profile.known_titles, profile.known_questions):
            id_, matched = match_text(read.title, known)
            if id_:
                return id_, matched
    if read.n.isdigit():
        n = int(read.n)
        if id_ := next((q.id for q in profile.questions if q.numbers.get(layout.name) == n), ""):
            return id_, "number"
    return "", ""


def sections(
    text: str, layout: Layout, profile: Profile, asked: Iterable[Asked], numbers: "Numbers", first: int = 0
) -> list[Section]:
    """The questions of a text that has a layout with headings, in their order. `first` is the line that the text starts on, where
    others stand above it."""
    lines = text.split("\n")
    headings = [h for h in outline(text) if h.how != "plain"]
    reads = {h.line: layout.read(h) for h in headings}
    named = {h.line: _which(layout, read, profile) for h in headings if (read := reads[h.line]) is not None}
    titled = {id_ for id_, matched in named.values() if matched != "number"}
    known = {line: (i, m) if m != "number" or i not in titled else ("", "") for line, (i, m) in named.items()}
    of_template = {words(t) for t in profile.headings}
    loose = _otherwise([h for h in headings if h.line not in known], layout, profile, {i for i, _ in known.values()})
    known |= {line: (id_, matched) for line, (id_, matched, _) in loose.items()}
    reads |= {line: Read(n, "") for line, (_, _, n) in loose.items()}
    starts = [
        h for h in headings if h.line in known and (known[h.line][0] or layout.others == "questions")
        and words(h.text) not in of_template
    ]  # fmt: skip
    told = list(asked)
    made: list[Section] = []
    top = starts[0].line if starts else len(lines)
    if layout.others == "questions" and any(row.strip() for row in lines[:top]):
        made.append(Section(0, 0, top, *numbers.of("", ""), "", "", (0, 0), 0))  # what stands above all headings
    for start in starts:
        end = next(
            (h.line for h in headings if h.line > start.line and _ends(h, start, starts, of_template)), len(lines)
        )
        id_, matched = known[start.line]
        read = reads[start.line] or Read("", "")
        own = [(a, b) for a, b, which, _ in told if start.body <= a < end and which == id_ and id_]
        said = (own[0][0], own[0][1]) if own else (0, 0)
        answer, mark = max([start.body, *(b for _, b in own)]), -1
        if layout.answer:
            mark = next((i for i in range(start.body, end) if layout.behind(lines[i]) is not None), -1)
        n, label = numbers.of(read.n, id_)
        made.append(
            Section(
                start.line,
                start.body,
                end,
                n,
                label,
                id_,
                matched,
                said,
                answer,
                mark,
                BY_TITLE if start.line in loose else "",
            )
        )
    return [_lower(s, first) for s in made] if first else made


BY_TITLE = "by its title"
_NUMBERED = compile_later(r"^[^\w]{0,3}(?:(\d{1,3})\b)?[^\w]{0,6}")


def _otherwise(
    headings: Iterable[Heading], layout: Layout, profile: Profile, found: Collection[str]
) -> dict[int, tuple[str, str, str]]:
    """Headings that have another form than the layout's and yet the very title of a question that is found nowhere: of a form's
    level, or with the question's number (`## 3) Testing`, `## Testing`, `#### 3. Testing`). By line: id, how matched, number."""
    levels = {f.level for f in layout.forms}
    made: dict[int, tuple[str, str, str]] = {}
    for heading in headings:
        match = _NUMBERED.match(heading.text)
        n = (match[1] or "") if match else ""
        id_, first = profile.known_titles.get(
            words(heading.text[match.end() :] if match else heading.text), ("", False)
        )
        asked = profile.questions_by_id.get(id_)
        if asked is None or id_ in found or id_ in {i for i, _, _ in made.values()}:
            continue
        if heading.level in levels or (n and asked.numbers.get(layout.name) == int(n)):
            made[heading.line] = id_, "exact" if first else "alias", n
    return made


def _lower(s: Section, by: int) -> Section:
    said = (s.said[0] + by, s.said[1] + by) if s.said[1] else s.said
    mark = s.mark + by if s.mark >= 0 else -1
    return Section(
        s.line + by, s.body + by, s.end + by, s.n, s.label, s.id, s.matched, said, s.answer + by, mark, s.how
    )


def _ends(
    heading: Heading, start: Heading, starts: Collection[Heading], of_template: Collection[tuple[str, ...]]
) -> bool:
    """Whether a heading ends the answer that starts at another one: it is a question, a section of the template, or no lower."""
    if heading in starts or words(heading.text) in of_template:
        return True
    return heading.how != "bold" and (start.level == 0 or heading.level <= start.level)


class Numbers:
    """Gives each question a number of its own: the one that it is written with, else the template's, else the next."""

    def __init__(self, layout: Layout, profile: Profile) -> None:
        self.order = {q.id: q.numbers.get(layout.name, k) for k, q in enumerate(profile.questions, 1)}
        self.used: set[int] = set()

    def of(self, written: str, id_: str) -> tuple[int, str]:
        n = int(written) if written.isdigit() else 0 if written else self.order.get(id_, 0)
        if n in self.used or not n:
            n = max(self.used, default=0) + 1
        self.used.add(n)
        return n, written if written and written != str(n) else ""


def sure(entry: Entry, profile: Profile) -> bool:
    """Whether a line is a box, or an item that lost its mark: then it has the item's very words, or begins with them as a title."""
    if entry.mark is not None or entry.matched in ("exact", "alias", ""):
        return True
    return bool(by_title(entry.text, profile.known_items))


def boxed(entries: Sequence[Entry], text: str, lines: Sequence[str], profile: Profile) -> list[Section]:
    """The items of a checklist as questions, each with what stands below its box, up to the next box, or to a heading no lower
    than the one above the box (below a document's title: to any section). A heading with an item's very words is a box that lost its mark."""
    headings = [h for h in outline(text) if h.level or h.how == "bold"]
    levels = [(h.line, h.level) for h in headings if h.how != "bold"]
    found: dict[
        int, tuple[int, str, str, bool]
    ] = {}  # by line, from 0: the first below, the item, how known, a heading
    for entry in entries:
        body, rest = entry.line, entry.text.split()
        stop = len(lines)
        while body < stop and rest and lines[body].split() and lines[body].split() == rest[-len(lines[body].split()) :]:
            body += 1  # the item's own words go on
        found[entry.line - 1] = body, entry.item, entry.matched, False
    for heading in headings:
        known = profile.known_items.get(words(heading.text))
        if known and heading.line not in found:
            found[heading.line] = heading.body, known[0], "exact" if known[1] else "alias", heading.how != "bold"
    made: list[Section] = []
    order = sorted(found)
    for k, line in enumerate(order):
        body, item, matched, is_heading = found[line]
        if not item:
            continue
        above = next((level for at, level in reversed(levels) if at < line or (is_heading and at == line)), 6)
        stops = [at for at, level in levels if at > line and level <= max(above, 2)] + order[k + 1 : k + 2]
        end = min([*stops, len(lines)])
        made.append(Section(line, body, end, len(made) + 1, "", item, matched, (line, min(body, end)), min(body, end)))
    return made


def without_skipped(layout: Layout, rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """An answer's rows without the template's lines, those at its start and end that are empty, and the indentation that all have."""
    kept = [(n, row) for n, row in rows if not any(f.read(row) is not None for f in layout.skipped)]
    while kept and not kept[0][1].strip():
        kept.pop(0)
    while kept and not kept[-1][1].strip():
        kept.pop()
    deep = min((len(row) - len(row.lstrip(" ")) for _, row in kept if row.strip()), default=0)
    return [(n, row[deep:]) for n, row in kept]
