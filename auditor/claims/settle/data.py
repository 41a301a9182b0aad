"""Figures of the data and the model: against what is committed, and what says how large the rest is."""

import re

from auditor.claims.case import Case, Settled, absence, answer_of, fact, settles
from auditor.claims.kinds import Data
from auditor.facts.figures import figures
from auditor.facts.pointers import pointers
from auditor.facts.results import coverage_rows, results
from auditor.facts.suites import suite
from auditor.models import Evidence
from auditor.numbers import bag, tokens, total
from auditor.snapshot import Snapshot

# of other data than the one that is versioned, or of a part of it
_ANOTHER = bag(
    "original originally full download downloaded kaggle compressed zip zipped unzipped extracted subset subsampled sample sampled "
    "reduced ram memory gpu vram image images docker container weights model before after part version test validation disk cost "
    "costs limit per each another different source paper official complete benchmark pretrained backbone trainable"
)


@settles("data")
def data(claim: Data, case: Case) -> Settled | None:
    """Compares sizes with the one DVC pointer to data, classes with the heads of committed models and `num_classes`, parameters with
    committed models, samples with DVC's numbers of files and the rows of tables, coverage with committed reports. Contradicted is
    a size that is off by half (by three where the pointer may hold several forms of the data); a number of classes where
    models and settings agree on another; a coverage that the answer's own report denies, or with no test at all. Says nothing
    of original, sampled or partial data, and of figures that no committed file shows."""
    if claim.denied or claim.value < 0:
        return None
    if claim.what == "size in MB":
        return _size(claim, case.snapshot)
    if claim.what == "coverage":
        return _coverage(claim, case)
    about = f"data:{claim.what}"
    known = list(figures(claim.what, case.snapshot))
    right = next(
        (k for k in known if k.value == claim.value or (_rounded(claim, k.value) and claim.what != "classes")), None
    )
    if right is not None:
        return Settled("supported", right.shows, (right.evidence,), about=about)
    if claim.what != "classes" or _elsewhere(claim):
        return None
    heads = {k.value for k in known if k.head}
    others = {k.value for k in known} - heads
    if len(heads) != 1 or others or len(known) < 2 or max(heads) < 3 or abs(claim.value - max(heads)) <= 1:
        return None  # one more or less may be the background
    shows = "; ".join(k.shows for k in known[:3])
    difference = f"The sentence says {claim.value:g} classes; {shows}."
    return Settled("contradicted", shows, tuple(k.evidence for k in known[:3]), difference, about, True)


def _elsewhere(claim: Data) -> bool:
    return bool(_ANOTHER & {t.word for t in tokens(f"{claim.quote} {claim.name}")})


def _rounded(claim: Data, value: float) -> bool:
    """Whether a value is the stated one, as rounded as it is written (11.2 million)."""
    return bool(claim.value) and abs(value - claim.value) <= 0.02 * claim.value and claim.value >= 1000


# -- sizes -------------------------------------------------------------------------------------------------------------


def _size(claim: Data, snapshot: Snapshot) -> Settled | None:
    said = {t.word for t in tokens(f"{claim.quote} {claim.name}")}
    held = pointers(snapshot)
    for form in ("raw", "processed"):
        held = tuple(p for p in held if form in p.path.lower()) if form in said else held
    if (
        len(held) != 1
        or re.search(r"zip|\.(?:t?gz|tar|7z|rar|xz)$", held[0].path)
        or _elsewhere(claim)
        or not claim.value
    ):
        return None
    one, least, most = held[0], claim.value * 1e6, claim.value * 1.074e6  # a unit may be of 1000 or of 1024
    size = f"{one.size / 1e9:.2f} GB" if one.size >= 1e9 else f"{one.size / 1e6:.1f} MB"
    shows = f"{one.file.path}:{one.line} tracks {one.path} with {size}"
    if 0.8 * one.size <= least <= 1.25 * one.size and not one.mixed:
        return Settled("supported", shows, (one.file.cite(one.line),), about="data:size")
    if least < 1.5 * one.size and most * (3 if one.mixed else 1.5) > one.size:
        return None
    evidence = (one.file.cite(one.line), fact(f"{one.path} has {one.size:,} bytes ({size}).", one.file.path))
    return Settled("contradicted", shows, evidence, f"The sentence says {claim.value:,g} MB.", "data:size", True)


# -- coverage ----------------------------------------------------------------------------------------------------------


def _coverage(claim: Data, case: Case) -> Settled | None:
    """The answer's own table, its total held against its own numbers, too. A committed report confirms; it contradicts only where it is
    the one and the answer names it: it may be of another day."""
    about, question = "data:coverage", answer_of(claim.quote, case)
    answer = question.answer if question else ""
    rows = [r for r in coverage_rows(answer) if r.is_total]
    if len(rows) == 1 and (total(claim.quote) or abs(rows[0].percent - claim.value) <= 1.01):
        row = rows[0]
        holding = next((s for s in case.prose.of("coverage") if row.text in s.source), None)
        line = holding.line + holding.source[: holding.source.find(row.text)].count("\n") if holding else 0
        path, line = case.report.place(line)
        proof = (Evidence(kind="excerpt", path=path, start=line, end=line, excerpt=row.text, note="the total"),)
        shows = f"the answer's table has a total of {row.percent:g} %"
        if claim.quote.strip() == row.text and row.missed <= row.statements and abs(row.computed - row.percent) > 1.01:
            shows = f"{row.statements - row.missed} of {row.statements} statements are {row.computed:.0f} %"
        elif abs(row.percent - claim.value) <= 1.01:
            return Settled("supported", shows, proof, about=about)
        difference = f"The report says {claim.value:g} %; {shows}."
        return Settled("contradicted", shows, proof, difference, about, True, "prose-contradicts-prose")
    found = [r for r in results(case.snapshot) if r.kind == "coverage"]
    for one in found:
        name, shows = one.path.rsplit("/", 1)[-1], f"{one.path}:{one.line} shows {one.value} %"
        proof = (case.snapshot.files[one.path].cite(one.line, note="the report's total"),)
        if abs(float(one.value) - claim.value) <= 1.01:
            return Settled("supported", shows, proof, about=about)
        if len(found) == 1 and name in answer:
            difference = f"The sentence says {claim.value:g} %; {name}, which the answer names, shows {one.value} %."
            return Settled("contradicted", shows, proof, difference, about, True)
    tests = suite(case.snapshot)
    if (
        not claim.value
        or not tests.sure
        or tests.open_end
        or any(f.functions or f.collected or f.tasks for f in tests.files)
    ):
        return None
    proof = (absence("no test function in any Python file, nor tests in another language"),)
    return Settled("contradicted", "the repository has no test", proof, "No test could cover anything.", about)
