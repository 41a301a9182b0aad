"""What is checked about the checklist: that its items are the template's, and their marks clear."""

import difflib
from collections.abc import Iterable, Iterator

from auditor.form.flaw import Flaw, cut
from auditor.form.page import Page
from auditor.lazy import compile_later
from auditor.models import ChecklistItem, Source

_SHOWN = ("x", "X", " ")  # marks of which pages make a box
_MANY = 200  # items that a real list stays far below; the likeness of texts takes time


def check_items(page: Page) -> Iterator[Flaw]:
    """Items of the checklist that are missing, added, reworded or twice there, and a list that nobody filled in. Notes
    beside an item's text are left alone."""
    version = page.version
    items = page.report.items
    if version is None or not version.items or (page.layout is not None and page.layout.checklist == "none"):
        return
    if not items:
        yield Flaw(
            "checklist-missing", Source(kind="report", n=0), 1, page.checklist, "", "The checklist is gone.",
            "Put the template's checklist back and tick what you did.", fact="no line of the report is a checklist item",
        )  # fmt: skip
        return
    if not any(i.checked for i in items):
        tabled = page.tabled(items[0].line)
        column = _column(page, items[0].line) if tabled else ""
        yield Flaw(
            "checklist-blank", Source(kind="report", n=0), items[0].line, page.checklist,
            f"{len(items)} items, none ticked", "Nothing is marked as done." if tabled else "No box is ticked.",
            f"Write x into the row of each item that you did{f', in the column {column}' if column else ''}." if tabled else "Tick what you did: `[x]` instead of `[ ]`.",
            fact=f"0 of {len(items)} {'rows' if tabled else 'boxes'} have an x",
        )  # fmt: skip
    if page.report.checklist:
        yield Flaw(
            "item-changed", Source(kind="report", n=0), 1, page.checklist, f"it stands in {page.report.checklist}",
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
            "item-missing", Source(kind="report", n=0), items[0].line, page.checklist,
            f"{len(items)} items", f"Not in the list: {'; '.join(texts[m][0] for m in missing[:4])}{more}",
            "Put them back, ticked or open.",
            fact=f"{len(missing)} of the template's {len(version.items)} items are not in the checklist",
        )  # fmt: skip


def _column(page: Page, line: int) -> str:
    """What the column for the marks is called in the table that a line stands in: the one that is empty there, of several none."""
    rows = page.listed
    top = next((n for n in range(line - 1, 0, -1) if "|" not in rows[n - 1]), 0)
    head, row = ([c.strip() for c in rows[n - 1].strip().strip("|").split("|")] for n in (top + 1, line))
    empty = [h for h, cell in zip(head, row, strict=False) if not cell]
    return empty[0] if len(empty) == 1 else ""


def _item(item: ChecklistItem, difference: str, hint: str, detail: bool = False, *, rule: str = "item-changed") -> Flaw:
    source = Source(kind="item", n=item.n)
    return Flaw(rule, source, item.line, item.text, item.text, difference, hint, detail=detail)


def _closest(text: str, known: Iterable[str], cutoff: float = 0.0) -> str:
    """The known text that is most like a text, as it stands there; empty where none comes near."""
    lower = {k.lower(): k for k in known}
    return next((lower[k] for k in difflib.get_close_matches(text.lower(), lower, 1, cutoff)), "")


_JOINED = compile_later(r"\s*(?:[-*+]|\d{1,3}[.)])(?:\[[ xX]\]|\s+\[[ xX]\](?=\w))")
_SIGNLESS = compile_later(r"\s{0,3}\[[ xX]\]\s")


def _no_box(row: str) -> str:
    """What a line with a box lacks, so that pages show the brackets in place of a box; nothing where they show one."""
    return "a blank" if _JOINED.match(row) else "the sign of the list" if _SIGNLESS.match(row) else ""


def check_marks(page: Page) -> Iterator[Flaw]:
    """Items without a box, marks that say neither done nor open, and those that the template writes in another way."""
    for item in page.report.items:
        if page.tabled(item.line) and not item.partly:
            continue  # a table has no boxes
        row = page.listed[item.line - 1]
        boxed = f"[{item.mark}]" in row or (not item.mark and "[ ]" in row)
        mark = item.mark.strip()
        plain = f"[{'x' if item.checked else ' '}]" in row
        if boxed and plain and not item.partly and (lacks := _no_box(row)):
            sign = row.strip()[0] if row.strip()[0] in "-+" else "*"
            yield Flaw(
                "mark-unclear", Source(kind="item", n=item.n), item.line, item.text, cut(row),
                f"Pages show no box there, since {lacks} is missing; it is read as it is meant.",
                f"Write `{sign} [{'x' if item.checked else ' '}] {item.text}` in line {item.line}.",
                detail=True, fact=f"line {item.line}: {cut(row)}" if page.report.checklist else "",
            )  # fmt: skip
        if (boxed and plain and not item.partly) or not (mark or boxed or page.asks_once):
            continue
        says = f"[{item.mark}]" if boxed else mark or "no box"
        right = (
            "`x`, or nothing,"
            if page.tabled(item.line)
            else "`[x]`"
            if item.checked
            else "`[x]` or `[ ]`"
            if item.partly
            else "`[ ]`"
        )
        difference = "This says neither done nor open, and is held against nobody."
        if not item.partly:
            difference = (
                f"It is read as {'ticked' if item.checked else 'open'}, but the template writes it in another way."
            )
            if boxed and item.mark not in _SHOWN:
                difference = f"{difference[:-1]}, and pages show no box there."
        yield Flaw(
            "mark-unclear", Source(kind="item", n=item.n), item.line, item.text, says, difference,
            f"Write {right} in line {item.line}.", detail=not item.partly, fact=f"line {item.line}: {says}" if page.report.checklist else "",
        )  # fmt: skip
