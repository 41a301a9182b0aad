"""Rigid forms about continuous integration: lists of tools after hooks and CI, lists of systems and versions, events, periods, caching."""

import re
from collections.abc import Iterator
from itertools import pairwise

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Typed
from auditor.claims.patterns.words import (
    CI,
    EVENTS,
    PERIODS,
    PRE_COMMIT,
    PURPOSES,
    SYSTEMS,
    TOOLS,
    python_versions,
    typed,
)
from auditor.clauses import GLOSS, JOINS, Clause, Table, Term, among, clauses, listed_after, listed_before, table, terms
from auditor.facts.purposes import by_path, pipelines
from auditor.prose import Prose, Statement

Read = Iterator[tuple[Statement, Typed]]
_ABOUT_PEOPLE = ("contributions", "struggles", "costs")
_THROUGH = among("""
    runs run running executes execute performs perform uses use using includes include included including contains contain checks enforces enforce
    with via through that which to automatically also then hooks hook configuration config pipeline pipelines set up configured are is were
    was have has we a an and jobs job steps step
""")
_CI_THROUGH = (
    _THROUGH | GLOSS | among("for automate automates quality tests test testing suite unit calling calls each push")
)
_LINKS = among(
    "in by via through with using inside within as part of a an run runs are is executed performed enforced integrated automatically"
)
_TIDIES = among(
    "trim trims strip white space whitespace yaml toml file files lint lints format formats check checks types fix fixes sort sorts imports end ends of trailing large with"
)
_LINTS = Table({k: v for k, v in PURPOSES.items() if v != "coverage"})


def _clauses(prose: Prose) -> Iterator[Clause]:
    """The clauses of firm statements about the project."""
    for statement in prose.sentences():
        if statement.firm and not statement.about(*_ABOUT_PEOPLE):
            yield from clauses(statement)


_HOOKED = _THROUGH | _TIDIES


@reads("hook-lists")
def hook_lists(prose: Prose, case: Case) -> Read:
    """Takes: tools and purposes (linting, type checking, unit tests) in a list that `pre-commit` leads to (`pre-commit hooks run ruff and
    mypy`, `pre-commit (ruff, mypy)`), or that `via pre-commit` ends; options that stand behind a tool. Leaves alone: clauses that speak of
    CI, too, formatting, and whatever another word than a verb of running parts from the list."""
    for clause in _clauses(prose):
        if terms(clause, CI):
            continue
        for head in terms(clause, PRE_COMMIT):
            for known in (TOOLS, _LINTS):
                found = listed_after(clause, head.last, known, _HOOKED, _TIDIES)
                for term in (*found, *listed_before(clause, head.first, known, _LINKS)):
                    if clause.states(("before",), max(term.last, head.last)):
                        yield clause.statement, typed("runs", clause, tool=_with_options(clause, term), place="hooks")


def _with_options(clause: Clause, term: Term) -> str:
    """A tool with the options that are written behind it."""
    words = [w.text for w in clause.words[term.last :]]
    taken = 1 if words[:1] in (["check"], ["format"]) else 0
    while taken < len(words) and words[taken].startswith("--"):
        taken += 1
    return " ".join([term.id, *words[:taken]]) if any(w.startswith("--") for w in words[:taken]) else term.id


@reads("ci-lists")
def ci_lists(prose: Prose, case: Case) -> Read:
    """Takes: tools and purposes in a list that CI, GitHub Actions, a workflow or a workflow's file leads to (`our CI runs ruff and
    mypy`, `lint.yaml: ruff`), that `in CI` ends, or that begins the entries of a list which is introduced so. Leaves alone:
    clauses that speak of hooks or of another place, comparisons, and what a file's name says."""
    for clause in _clauses(prose):
        if terms(clause, PRE_COMMIT) or clause.has(_PLACES):
            continue
        first = _file_named(clause, case)
        named = first if first and first.first <= 2 else None
        heads = [named.last] if named else [t.last for t in terms(clause, CI)]
        tails = [] if first else [t.first for t in terms(clause, CI)]
        lead = clause.statement.lead
        listed = (
            clause.statement.kind == "item"
            and lead.endswith(":")
            and re.search(r"\b(?:CI|GitHub Actions|workflows?)\b", lead)
        )
        for known in (TOOLS, PURPOSES):
            found = [t for h in heads for t in listed_after(clause, h, known, _CI_THROUGH)]
            found += [t for b in tails for t in listed_before(clause, b, known, _LINKS)]
            found += [t for t in terms(clause, known)[:1] if listed and t.first == 0 and known is TOOLS]
            path = named.id if named else ""
            for term in (t for t in found if clause.states(last=t.last)):
                yield (
                    clause.statement,
                    typed("runs", clause, tool=term.id, place="workflow" if path else "ci", path=path),
                )


_PLACES = among("cloud build gcp gcloud docker vertex laptop laptops machine machines dependabot")


def _files(clause: Clause) -> list[Term]:
    """The YAML files that a clause names; `id` is the path as written."""
    at = [(i, w) for i, w in enumerate(clause.words) if w.text.endswith((".yml", ".yaml"))]
    return [Term(clause.statement.text[w.start : w.end], i, i + 1) for i, w in at]


def _file_named(clause: Clause, case: Case) -> Term | None:
    """The workflow's file that a clause names first."""
    found = _files(clause)
    return found[0] if found and by_path(case.snapshot, found[0].id) else None


# -- systems and versions ----------------------------------------------------------------------------------------------

_TESTED = among("test tests tested testing pytest matrix ci ci/cd workflow workflows run runs ran running")
_OTHERS = among("""
    docker dockerfile dockerfiles image images container containers api conda cloud users user members member laptops laptop computers machine machines
    vm instance developers developed notebook frontend wsl subsystem deploy deployed deployment linting lint docs
""")
_SEVERAL = Table(
    {
        f"{w} {noun}": axis
        for w in ("multiple", "several", "different", "various")
        for noun, axis in (
            ("operating systems", "os"),
            ("oss", "os"),
            ("platforms", "os"),
            ("python versions", "python"),
            ("versions of python", "python"),
        )
    }
)


@reads("ci-matrix")
def ci_matrix(prose: Prose, case: Case) -> Read:
    """Takes: two or more operating systems in a list, and the versions that `Python` leads to, in a clause that speaks of tests, CI or
    runs, in the CI answer or beside a word for CI; `several operating systems` (or Python versions) there, and its denial. Leaves alone:
    members' machines, containers, and clauses of something else than tests."""
    for statement in prose.sentences():
        here = statement.about("ci")
        if not statement.firm or statement.about(*_ABOUT_PEOPLE):
            continue
        for clause in clauses(statement):
            if not (here or terms(clause, CI)) or not clause.has(_TESTED) or clause.has(_OTHERS):
                continue
            several = terms(clause, _SEVERAL)
            several += [
                Term("python", t.last, t.last)
                for t in several
                if [w.text for w in clause.words[t.last : t.last + 3]] == ["and", "python", "versions"]
            ]
            found = [("os", tuple(v)) for v in _systems(clause)] + [
                ("python", tuple(v)) for v in [python_versions(clause)] if v
            ]
            if clause.plain:
                for axis, values in found:
                    yield statement, typed("matrix", clause, axis=axis, values=values)
            if here and several and not found and (clause.plain or (clause.denies and len(clause.words) <= 14)):
                for term in several:
                    yield (statement, typed("matrix", clause, axis=term.id, values=(), denied=not clause.plain))


def _systems(clause: Clause) -> Iterator[list[str]]:
    """The lists of two or more systems."""
    chain: list[Term] = []
    for term in terms(clause, SYSTEMS):
        between = clause.words[chain[-1].last : term.first] if chain else ()
        if chain and not all(w.text in JOINS or re.fullmatch(r"[\d.]+", w.text) for w in between):
            if len({t.id for t in chain}) > 1:
                yield list(dict.fromkeys(t.id for t in chain))
            chain = []
        chain.append(term)
    if len({t.id for t in chain}) > 1:
        yield list(dict.fromkeys(t.id for t in chain))


# -- events ------------------------------------------------------------------------------------------------------------

_STARTS = among(
    "run runs trigger triggers triggered triggering start starts started execute executes executed launched activated checked builds built"
)
_DETERMINERS = among("every each all any new a an the code git opened")
_PREPOSITIONS = among("on upon for at with by when whenever")
_NOT_EVENTS = among(
    "comment comments template review reviews label labels hook hooks message messages description images docker"
)
_NO_START = among("cancel cancels cancelled cancelling concurrency locally console trigger-based only")
_SUBJECTS = Table({
    "tests": "tests", "unit tests": "tests", "unit testing": "tests", "test suite": "tests", "pytest": "tests", "linting": "linting", "linter": "linting",
    "docker images": "images", "images": "images", "containers": "images", "deployment": "deployment", "docs": "docs", "documentation": "docs", "training": "training",
})  # fmt: skip
_ALL = table("all", *[f"{w} {rest}" for w in ("all", "every") for rest in ("workflows", "our workflows", "the workflows", "of our workflows", "of the workflows", "workflow")])  # fmt: skip


@reads("ci-events")
def ci_events(prose: Prose, case: Case) -> Read:
    """Takes: pushes, pull requests and merges behind `on`, `for`, `by`, `every` or `each` in a clause with a verb of starting whose subject is
    a workflow's file, all workflows, the tests or the linting, and one only. Leaves alone: hooks, Cloud Build, `only`, and pushes
    to a registry."""
    for clause in _clauses(prose):
        if not clause.has(_STARTS) or clause.has(_NO_START) or clause.has(_PLACES) or terms(clause, PRE_COMMIT):
            continue
        events = [t for t in terms(clause, EVENTS) if _is_event(clause, t)]
        if not events or not clause.states(("when",), events[-1].last):
            continue
        kinds = tuple(dict.fromkeys(t.id for t in events))
        every = bool(terms(clause, _ALL))
        subjects = [] if every else _joined(clause, terms(clause, _SUBJECTS))
        if any(w.text.endswith((".yml", ".yaml")) for w in clause.words):
            files = _joined(clause, [t for t in _files(clause) if t.last <= events[0].first])
            for path in (t.id for t in files if by_path(case.snapshot, t.id)):
                yield clause.statement, typed("trigger", clause, events=kinds, path=path)
        elif every or (subjects and {t.id for t in subjects} <= {"tests", "linting"}):
            for of in ["all"] if every else list(dict.fromkeys(t.id for t in subjects)):
                yield clause.statement, typed("trigger", clause, events=kinds, of=of, every=every)


def _joined(clause: Clause, found: list[Term]) -> list[Term]:
    """The terms where nothing but `and` and commas stands between them, else none."""
    between = [w.text for a, b in pairwise(found) for w in clause.words[a.last : b.first]]
    return found if all(w in JOINS for w in between) else []


def _is_event(clause: Clause, term: Term) -> bool:
    words = [w.text for w in clause.words]
    if term.last < len(words) and (
        words[term.last] in _NOT_EVENTS or {"registry", "hub", "bucket"} & set(words[term.last : term.last + 6])
    ):
        return False
    at = term.first
    while at > 0 and (
        words[at - 1] in _DETERMINERS
        or words[at - 1] in ("and", "or", "&")
        or words[at - 1] in EVENTS
        or words[at - 1] in ("pull", "to", "main")
    ):
        at -= 1
    before = set(words[max(at - 1, 0) : term.first])
    return bool(before & (_PREPOSITIONS | {"every", "each"}))


@reads("ci-periods")
def ci_periods(prose: Prose, case: Case) -> Read:
    """Takes: one period (`weekly`, `once a month`) in a clause that names a workflow's file or Dependabot. Leaves alone: schedulers of the
    cloud, and people's habits."""
    for clause in _clauses(prose):
        periods = {t.id for t in terms(clause, PERIODS)}
        named = _file_named(clause, case)
        if len(periods) != 1 or not clause.plain or not (named or any("dependabot" in w.text for w in clause.words)):
            continue
        path, of = (named.id, "unknown") if named else ("", "dependency updates")
        period = next(iter(periods))
        yield (
            clause.statement,
            typed("trigger", clause, events=("schedule",), of=of, path=path, period=period),
        )


_CACHES = table("caching", "cache", "caches", "cached", "caching")
_BOTH = table("both", "both workflows")
_OTHER_CACHES = among(
    "docker layers layer images image container dataset datasets data dvc model models redis lru results predictions vm memory browser cloud build"
)
_NOT_YET = among("until till before first initially last")  # of a time that is over
_USE = among("make made use used using of any have implement implemented do")
_CACHED_BY = among("use uses used using utilize utilizes utilized utilise utilised enable enables enabled enabling implement implements implemented employ"
    " employs employed leverage leverages leveraged include includes included including apply applied have has had configured added set up rely relies with")  # fmt: skip
_CACHED_SO = among("used enabled implemented applied configured set")


@reads("ci-caching", "ci")
def ci_caching(prose: Prose, case: Case) -> Read:
    """Takes: `caching` in a clause of the CI answer that is plain up to it, shortly behind a verb of using or before one, or where it
    is what a `not` denies. Leaves alone: caches of layers, data, models, and what is avoided, prevented, switched off."""
    two = len(pipelines(case.snapshot).workflows) == 2
    for statement in prose.sentences("ci"):
        for clause in clauses(statement) if statement.firm else ():
            cached = terms(clause, _CACHES)
            if not cached or clause.has(_OTHER_CACHES) or clause.has(_NOT_YET):
                continue
            every = bool(terms(clause, _ALL) or (two and terms(clause, _BOTH)))
            before = Clause(statement, clause.words[: cached[0].first])
            if before.plain and _is_done(clause, cached[0]):
                yield statement, typed("runs", clause, tool="caching", place="ci", every=every)
            one = (
                terms(clause, _SUBJECTS) or terms(clause, PURPOSES) or _file_named(clause, case)
            )  # of which it is said
            for i, word in enumerate(() if one else before.words):
                if (word.text in ("not", "no") or word.text.endswith("n't")) and listed_after(
                    clause, i + 1, _CACHES, _USE
                ):
                    yield statement, typed("runs", clause, tool="caching", place="ci", denied=True)
                    break


def _is_done(clause: Clause, cached: Term) -> bool:
    """Whether a cache is what somebody uses ("we use uv's caching", "with caching"), is said to be used ("caching is enabled"), or
    something is cached."""
    before = {w.text for w in clause.words[max(0, cached.first - 5) : cached.first]}
    after = {w.text for w in clause.words[cached.last : cached.last + 4]}
    verb = clause.words[cached.first].text in ("cached", "caches")
    return verb or bool(before & _CACHED_BY or after & _CACHED_SO)
