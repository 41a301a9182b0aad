"""How many there are of something: a stated number against every honest way of counting."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from operator import ge, gt, le, lt

from auditor.claims.case import Case, Settled, answer_of, fact, settles
from auditor.claims.kinds import Count
from auditor.claims.settle.counted import COUNTED, kept, whole
from auditor.facts.counted import Band, by_file, plural, test_files, tests_of_subject
from auditor.facts.suites import Suite, in_words, suite
from auditor.numbers import bag, foreign, near, part, tokens, total

_OTHER_LEVELS = bag("integration performance load e2e end_to_end smoke functional system acceptance")
_SORTS = bag("unit integration performance load model data api training end-to-end smoke")
_NARROWED = bag("that which per cover covers covering")
_ALONE = frozenset(["only", "single", "just"])
_NOT_OURS = ("external/", "third_party/", "third-party/", "vendor/", "vendored/", "exercises/", "examples/", "venv/")


_FITS: dict[str, Callable[[float, float], bool]] = {
    "about": lambda there, n: abs(n - there) <= 0.2 * there,
    "at least": ge, "more than": gt, "at most": le, "fewer than": lt,
}  # fmt: skip


@settles("count")
def count(claim: Count, case: Case) -> Settled | None:
    """Compares the number with all that can be counted: tests as defined, collected, parametrised, active, by folder, file, class and
    assertion; test files; workflows with and without those that only publish; jobs; docker files with stages and services; routes;
    hooks; tasks; configuration files; pull requests with and without bots'. Contradicted is what no way of counting gives: more
    than everything, whatever the scope; fewer only where the claim is on the whole, or on a named file, and no word beside the
    number makes it a part; of workflows and images only where the sentence says that these are all. Says nothing of denied and approximate numbers (which it confirms within a fifth), of what cannot be
    counted to its end, and of things that no repository holds."""
    counter = COUNTERS.get(claim.of)
    if counter is None or claim.denied or foreign(claim.quote) or claim.value not in range(1_000_000):
        return None
    band = counter(claim, case)
    if band is None:
        return None
    n, about = claim.value, f"count:{band.name or claim.of}"
    # "21 tests over 3 files" are in three
    exact = claim.op == "exactly" or (claim.of == "test files" and "over" in near(claim.quote, n, before=1))
    scoped = claim.scope not in ("whole", "unknown", "named") and claim.of not in ("tests", "endpoints")
    if not scoped and any(n == r if exact else _FITS[claim.op](r, n) for r in band.right):
        # of a sentence with several numbers, the one that is borne out
        return Settled("supported", f"{plural(int(n), band.thing)}: {band.shows}", band.evidence, about=about)
    many = n > band.high if exact or claim.op == "at least" else claim.op == "more than" and n >= band.high
    few = n < band.low if exact or claim.op == "at most" else claim.op == "fewer than" and n <= band.low
    if claim.op == "about" or not (many or few) or (exact and n in band.other):
        return None
    if few and _NARROWED & near(claim.quote, n, before=0, after=4):
        return None  # "7 tests that use fixtures", "78 tests per push"
    alone = total(claim.quote) or {t.word for t in tokens(claim.quote)} & _ALONE
    if few and claim.of in ("workflows", "images", "dockerfiles") and not (claim.every or alone):
        return None  # "three workflows that check the code": the next sentence may tell of a fourth
    if band.none and claim.scope != "named" and len(case.history.branches) > 1:
        return None  # they may stand on a branch that was not merged
    said = plural(int(n), band.thing)
    difference = f"The sentence says {said if exact else f'{claim.op} {said}'}; {band.shows}."
    instead = _instead(band, n)
    return Settled("contradicted", band.shows, band.evidence, difference, about, not band.none, hint=instead)


def fallen(claim: Count, case: Case) -> Settled | None:
    """That there are fewer now than a plain number says, however they are counted, where `count` leaves that open: more files may be
    meant, or not all. Only worth saying of a number that was right when it was written."""
    counter = COUNTERS.get(claim.of)
    if counter is None or claim.denied or claim.op != "exactly" or claim.strength != "plain":
        return None
    if foreign(claim.quote) or claim.value not in range(1_000_000) or claim.scope not in ("whole", "named"):
        return None
    band = counter(claim, case)
    if band is None or not band.right or claim.value <= max(band.right):
        return None
    n, about = claim.value, f"count:{band.name or claim.of}"
    difference = f"The sentence says {plural(int(n), band.thing)}; {band.shows}."
    return Settled("contradicted", band.shows, band.evidence, difference, about, not band.none, hint=_instead(band, n))


def _instead(band: Band, said: float) -> str:
    """What to write instead of a number: the one that is there, where there is one only, else what can be counted."""
    right = {r for r in band.right if r}
    if not right:
        return f"There is no {band.thing} to count: add what the sentence tells of, or take the number out."
    more = "." if len(right) == 1 else f", or count otherwise: {band.shows}."
    # the least is of tests as they are defined; of files the count that is nearest to what was meant
    there = min(right) if band.thing == "test" else min(right, key=lambda n: (abs(n - said), n))
    return f"Write {there} instead of {said:g}{more}"


# -- tests -------------------------------------------------------------------------------------------------------------


def _tests(claim: Count, case: Case) -> Band | None:
    tests = suite(case.snapshot)
    if not tests.sure:
        return None
    if claim.scope == "named":
        return _tests_of_path(claim, case, tests)
    if claim.scope == "whole" and (kinds := _SORTS & near(claim.quote, claim.value, before=0, after=2)):
        claim = claim.model_copy(update={"scope": "unit" if kinds == {"unit"} else "unknown"})
    core = tests.sums(tests.files)
    each = tuple(f for f in tests.holding if not any(f"/{f.path}".find("/" + p) >= 0 for p in _NOT_OURS))
    units = tuple(f for f in each if not any(level in f.path.lower() for level in _OTHER_LEVELS))
    evidence = (by_file(tests.holding),)
    band = Band("test", f"the repository has {in_words(tests.files)}", evidence, core | tests.sums(each))
    band = replace(band, name="tests", high=inf if tests.open_end else max(core), other=_else_meant(claim, case, tests))
    if claim.scope == "unit":
        band = replace(band, right=band.right | tests.sums(units))
    elif claim.scope in ("api", "model", "data", "training"):
        stem = "train" if claim.scope == "training" else str(claim.scope)
        return tests_of_subject(tests, stem, band)
    elif claim.scope != "whole":
        return band
    if whole(claim):
        band = replace(band, low=min(core))
    # a total is for everything, though it equals a part's number: half as many again, and three at least
    if total(claim.quote) and claim.op == "exactly" and not part(claim.quote, claim.value):
        chosen = units if claim.scope == "unit" else each
        least, n = min(tests.sums(chosen), default=0), claim.value
        ways = {len(tests.holding), len(tests.files), sum(f.classes for f in chosen), sum(f.asserts for f in chosen)}
        subject = {"for", "on"} & near(claim.quote, n, before=0, after=3)  # "5 tests for data and model"
        loose = n in ways or (subject and n in tests.sums(tests.about(claim.quote)))
        if least >= max((3 if loose else 1.5) * n, n + (10 if loose else 3)):
            return replace(band, low=least, other=frozenset(), evidence=(by_file(chosen),))
    return band


def _else_meant(claim: Count, case: Case, tests: Suite) -> frozenset[int]:
    """Numbers that the answer may mean: those of parts, of the files that it names, or nearly all assertions."""
    question = answer_of(claim.quote, case)
    texts = (claim.quote, question.answer if question else "")
    made = tests.parts | {n for text in texts for n in tests.sums(tests.about(text))}
    if claim.scope != "whole":
        made |= {f.asserts for f in tests.files}
    asserts = sum(f.asserts for f in tests.files)
    if asserts > max(tests.sums(tests.files)) and abs(claim.value - asserts) <= max(1, asserts // 5):
        made |= {int(claim.value)}
    return frozenset(made)


_NO_MORE = "a and are contains file for has have holds implemented in includes integration is made of on our py the there total unit we which with wrote written"  # fmt: skip


def _tests_of_path(claim: Count, case: Case, tests: Suite) -> Band | None:
    """The tests of one file or folder. Fewer than it holds are contradicted where the words say nothing of which ones."""
    chosen = tests.at(claim.path) if claim.path else ()
    if not chosen:
        return None
    cases = [c for f in chosen for c in tests.cases(f.path)]
    other = {sum(f.classes for f in chosen), sum(f.asserts for f in chosen), sum(f.tasks for f in chosen), len(chosen)}
    spoken = {t.word for t in tokens(claim.quote) if t.value is None} - set(_NO_MORE.split())
    path = {t.word for t in tokens(claim.path)}
    bare = not {w for w in spoken - path if not w.startswith("test") and w not in ("-", "cases", "functions")}
    right = tests.sums(chosen)
    closed = all(f.closed for f in chosen)
    where = chosen[0].path if len(chosen) == 1 else claim.path
    plain = sum(f.count for f in chosen)
    evidence = [
        fact(f"test functions: {', '.join(c.name for c in cases[:40])}", *[f"{c.path}:{c.line}" for c in cases[:40]])
    ]
    if cases:
        first = case.snapshot.files[cases[0].path]
        evidence.insert(0, first.cite(cases[0].line, note=f"the first of {plural(plain, 'test function')}"))
    low = min(right) if bare else 0
    shows = f"{where} has {in_words(chosen).replace(' in 1 file', '')}"
    return Band(
        "test",
        shows,
        tuple(evidence),
        right,
        frozenset(other - {0}),
        low,
        max(right) if closed else inf,
        f"tests:{where}",
    )


def _test_files(claim: Count, case: Case) -> Band | None:
    alone = total(claim.quote) or "tests" in {t.word for t in tokens(claim.quote)}  # "21 tests across three files"
    return kept(test_files(case.snapshot), whole(claim) and alone)


COUNTERS: dict[str, Callable[[Count, Case], Band | None]] = {"tests": _tests, "test files": _test_files, **COUNTED}
