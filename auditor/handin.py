"""What every verb says of a hand-in beside its claims: what of the report was not filled in, and keys in clear text."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from auditor.boundary import attempt
from auditor.facts.secrets import DEVELOPING, LOCAL, Found, secrets
from auditor.form.check import check_form
from auditor.form.flaw import Number
from auditor.form.place import elsewhere
from auditor.layouts import Layout
from auditor.markup import outline
from auditor.models import Citation, Claim, Evidence, Problem, Report, ReportState, Source, Verdict
from auditor.prepared import Book, Prepared
from auditor.profile import Profile
from auditor.rules import SECRETS, UNFINISHED
from auditor.snapshot import File, Snapshot

_ASKED_FOR = frozenset(["answer-too-short", "answer-too-long", "image-count"])  # as far as it is no detail
_PLACES = 5  # named of a key that stands in many files


def with_state(
    prepared: Prepared, file: File, snapshot: Snapshot, profile: Profile, placed: bool = False, read: bool = True
) -> Prepared:
    """The same with what of its report was not filled in, that it is not where the course collects it, and the keys that stand in clear
    text: as findings, and in short as a state. No judge is asked about any of it. `placed`: nobody said where the report lies, so that it has to
    lie where the profile says. Of a report that was not `read` for want of time there are the keys alone."""
    book = Book(prepared.evidence)
    failed: list[Problem] = []
    if not read:
        keys = exposed(snapshot, book.enter, failed, for_users=profile.for_users)
        omitted = (*prepared.omitted, *failed)
        return replace(prepared, evidence=book.evidence, verdicts=(*prepared.verdicts, *keys), omitted=omitted)
    unfinished, why = attempt(
        lambda: check_form(
            file,
            prepared.report,
            snapshot,
            profile,
            book.enter,
            only=UNFINISHED,
            placed=placed,
        ),
        "what of the report was not filled in",
    )
    if why:
        failed.append(Problem(message=why))
    keys = exposed(snapshot, book.enter, failed, for_users=profile.for_users)
    state, _ = attempt(
        lambda: state_of(file, prepared.report, snapshot, profile, sum(not k.detail for k in keys), placed),
        "the state of the report in short",
    )
    return replace(
        prepared,
        evidence=book.evidence,
        verdicts=(*prepared.verdicts, *(unfinished or ()), *keys),
        omitted=(*prepared.omitted, *failed),
        state=state,
    )


def exposed(
    snapshot: Snapshot, number: Number, failed: list[Problem], typed: Collection[str] = (), for_users: bool = False
) -> list[Verdict]:
    """One verdict for each key in clear text, wherever it stands, with ids K1, K2, ... The value is nowhere in it. None where
    they could not be looked for, which is then among what `failed`. `typed` are the marks of keys that no commit has yet. What documents `for_users` show are samples more often than not; what a group
    wrote for its examiners is its own."""
    places: dict[str, list[Found]] = {}
    group: dict[str, str] = {}
    looked, why = attempt(lambda: list(secrets(snapshot)), "the search for keys in clear text")
    if why:
        failed.append(Problem(message=why))
    sure = {found.mark for found in looked or () if not found.doubt}
    for found in sorted(looked or (), key=lambda f: bool(f.doubt)):  # a file's examples are told once
        alone = (found.doubt and found.mark not in sure) or (for_users and found.kind == _NAMED)
        key = group.setdefault(found.mark, f"{found.file.path} {found.doubt}") if alone else found.mark
        places.setdefault(key, []).append(found)
    return [
        _exposed(f"K{n}", same, number, same[0].mark in typed, for_users) for n, same in enumerate(places.values(), 1)
    ]


_NAMED = "secret"  # known by the name beside it alone: programs that all install bring such for a service's own users


def _exposed(id_: str, places: Sequence[Found], number: Number, fresh: bool, for_users: bool) -> Verdict:
    first = places[0]
    kind = first.kind
    shared = for_users and kind == _NAMED and not fresh
    article = "an" if kind[0] in "AEIOUaeiou" else "a"
    pieces = []
    for found in places[:_PLACES]:
        where = f"{found.file.path}:{found.line}"
        note = f"{article} {kind} in clear text in line {found.line}; its value is left out"
        pieces.append(Evidence(kind="fact", path=found.file.path, note=note, sources=(where,), probe=SECRETS))
    named = ", ".join(f"{f.file.path}:{f.line}" for f in places[:_PLACES])
    more = f" and in {len(places) - _PLACES} more places" if len(places) > _PLACES else ""
    return Verdict(
        id=id_,
        claim=Claim(
            source=Source(kind="report", n=0),
            quote=f"{kind} in {first.file.path}",
            line=1,
            path=first.file.path,
            path_line=first.line,
        ),
        label="contradicted",
        citations=tuple(Citation(evidence=number(p), quote=p.note) for p in pieces),
        repo_shows=f"{article.capitalize()} {kind} stands in clear text in {named}{more}; its value is not shown here.",
        difference=f"It stands {first.doubt}; if it is used anywhere else, whoever can read the repository can use it."
        if first.doubt in (LOCAL, DEVELOPING)
        else f"It stands {first.doubt}, where keys may be made up; if it opens anything, whoever can read the repository can use it."
        if first.doubt
        else "It is known by the name beside it alone; unless it is meant for all who use the code, whoever can read the repository can use it."
        if shared
        else "It is not committed yet; once it is pushed, whoever can read the repository can use it."
        if fresh
        else "Whoever can read the repository can use the key, now and from its history.",
        by=SECRETS,
        rule="secret-in-repository",
        detail=bool(first.doubt) or shared,
        softened=""
        if not for_users
        else "Keys in documents are samples more often than not."
        if first.written
        else "Of 28 keys that were read in programs for everyone, 8 were to be kept secret; the others were samples, for the own machine, or meant for all."
        if not fresh
        else "",
        hint=f"Take it out of {named}{more} before you commit, and read it from the environment."
        if fresh
        else f"Withdraw the {kind} where it was made, since it stays in the history; then take it out of {named}{more}, and read it from the environment.",
    )


def state_of(
    file: File, report: Report, snapshot: Snapshot, profile: Profile, keys: int = 0, placed: bool = False
) -> ReportState:
    """What of the report was filled in, in short."""
    flaws = check_form(file, report, snapshot, profile, lambda _: "", only=UNFINISHED | _ASKED_FOR, fold=False)

    def numbers(rule: str, details: bool = False) -> tuple[int, ...]:
        return tuple(dict.fromkeys(v.claim.source.n for v in flaws if v.rule == rule and (details or not v.detail)))

    version = next((v for v in profile.versions if v.name == report.template), None)
    layout = next((x for x in profile.layouts if x.name == report.layout), None)
    asked = {q.id: q.numbers[version.layout] for q in profile.questions if version and version.layout in q.numbers}
    there = [i.item for i in report.items if i.item]
    ticked = sum(i.checked for i in report.items)
    wanted = version.items if version else ()
    return ReportState(
        questions=len(report.questions),
        unanswered=numbers("answer-missing"),
        placeholders=numbers("placeholder-left", details=True),
        missing=tuple(sorted(set(asked.values()) - {asked.get(q.id, q.n) for q in report.questions})),
        twice=numbers("question-twice", details=True),
        checklist=""
        if report.unlisted or (version and not wanted)
        else "missing"
        if not report.items
        else "filled"
        if ticked
        else "blank",
        items=len(report.items),
        ticked=ticked,
        items_missing=tuple(i for i in wanted if i not in there) if report.items else (),
        items_twice=tuple(i for n, i in enumerate(there) if i in there[:n]),
        secrets=keys,
        short=numbers("answer-too-short"),
        long=numbers("answer-too-long"),
        images=numbers("image-count"),
        collected=elsewhere(file.path, snapshot, profile) if placed else "",
        unmarked=_unmarked(report, layout),
        unlike=_unlike(report, layout) or bool(profile.layouts and layout is None and report.questions),
    )


def _unmarked(report: Report, layout: Layout | None) -> bool:
    """Whether none of the report's questions has the mark that the layout says answers start with."""
    if layout is None or not layout.answer or not report.questions:
        return False
    mark = layout.answer.strip().casefold()
    return not any(row.strip().casefold().startswith(mark) for row in report.text.split("\n"))


def _unlike(report: Report, layout: Layout | None) -> bool:
    """Whether the report's questions were all found by their titles, under headings of another form than the layout's."""
    if layout is None or not layout.heading or layout.questions == "boxes" or not report.questions:
        return False
    return all(layout.read(h) is None for h in outline(report.text))
