"""Where the checklist of a report stands, and its items."""

from collections.abc import Iterator, Sequence

from auditor.checklist import OPEN, PARTLY, TICKED, Entry, also_ticked, entries, is_legend, marked, state
from auditor.layouts import Layout
from auditor.markup import outline
from auditor.models import ChecklistItem
from auditor.profile import Profile
from auditor.report.notes import FEW, Notes


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
