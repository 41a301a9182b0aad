"""All checks of a report's form, and their flaws as verdicts."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from auditor.form.answers import check_answers, check_group, check_lengths
from auditor.form.broken import check_conflicts, check_fences, check_saved
from auditor.form.checklist import check_items, check_marks
from auditor.form.flaw import ALIKE, Flaw, Number
from auditor.form.links import check_links
from auditor.form.page import Page
from auditor.form.pictures import check_image_counts, check_pictures
from auditor.form.place import check_place
from auditor.form.questions import check_questions
from auditor.models import Citation, Claim, Evidence, Report, Source, Verdict
from auditor.profile import Profile
from auditor.snapshot import File, Snapshot


def check_form(
    file: File,
    report: Report,
    snapshot: Snapshot,
    profile: Profile,
    number: Number,
    *,
    url: str = "",
    ignored: Callable[[str], str] = lambda _: "",
    gone: Callable[[str], str | None] = lambda _: None,
    fold: bool = True,
    only: frozenset[str] = frozenset(),
    more: Iterable[Flaw] = (),
    placed: bool = False,
    tracked: Callable[[str], bool] = lambda _: True,
) -> list[Verdict]:
    """One contradicted verdict for each flaw, in the report's order, with ids F1, F2, ... `url` is the repository's address;
    `ignored` tells where it says that git ignores a file that is on disk, empty for any other; `gone` what a file of the last commit that is not on disk is called
    now, empty where it was deleted, None for any other; `fold` makes one of many flaws that say the same;
    `only` are the rules that are asked about, all where it is empty; `more` are flaws that somebody else found; `placed`: nobody said where the
    report lies, so that it has to lie where the course collects it; `tracked` tells whether git knows a path, which it then moves itself."""
    page = Page(file, report, snapshot, profile, url, ignored, placed, gone, tracked)
    checks = _CHECKS if not only else _ASKED_FOR if "image-count" in only else _UNFINISHED
    found = [flaw for check in checks for flaw in check(page) if not only or (flaw.rule in only and not flaw.beside)]
    if torn := [range(f.line, int(f.quote.split()[-1]) + 1) for f in found if f.rule == "conflict-markers"]:
        # what stands between git's marks is not as it is meant
        found = [f for f in found if f.rule == "conflict-markers" or not any(f.line in lines for lines in torn)]
    found += more
    if fold:
        found = _folded(found)
    found.sort(key=lambda f: (f.line, f.rule))
    return [_verdict(f"F{n}", flaw, page, number) for n, flaw in enumerate(found, 1)]


_TWO = 2  # boxes that are written in another way: whoever wrote one wrote all so


def _folded(flaws: list[Flaw]) -> list[Flaw]:
    """The flaws, where the same thing is wrong in many places one with their number and lines."""
    alike: dict[tuple[str, str, bool], list[Flaw]] = {}
    for flaw in flaws:
        alike.setdefault((flaw.rule, flaw.difference or str(len(alike)), flaw.detail), []).append(flaw)
    made: list[Flaw] = []
    for same in alike.values():
        if len(same) < (_TWO if same[0].rule == "mark-unclear" and same[0].detail else ALIKE):
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


def _verdict(id_: str, flaw: Flaw, page: Page, number: Number) -> Verdict:
    private = flaw.source.kind == "question" and flaw.source.n in page.private
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


_CHECKS: tuple[Callable[[Page], Iterable[Flaw]], ...] = (
    check_answers,
    check_lengths,
    check_image_counts,
    check_pictures,
    check_links,
    check_fences,
    check_conflicts,
    check_saved,
    check_questions,
    check_items,
    check_marks,
    check_group,
    check_place,
)
_UNFINISHED = (check_answers, check_conflicts, check_questions, check_items, check_place)  # what an audit looks at, too
_ASKED_FOR = (*_UNFINISHED, check_lengths, check_image_counts)  # what it counts beside
