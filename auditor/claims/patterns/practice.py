"""Rigid forms about practices, tools and services: plain denials, a bare "No", "we used X", the list of cloud services, keys that are
kept out. All go by words from closed lists in a closed order (`auditor/claims/practices.py`); what does not fit is left to others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Component, Practice, Service, Strength, Typed, Uses
from auditor.claims.practices import PRACTICES, SOFT, denial, names, phrases, says_no, shape, stands, words, wordset
from auditor.claims.practices import Practice as Known
from auditor.facts.services import SERVICES, spoken_of
from auditor.facts.tools import TOOLS, Tool
from auditor.prose import Prose, Statement

Made = Iterator[tuple[Statement, Typed]]

# -- practices ---------------------------------------------------------------------------------------------------------

_STEMS = {
    p.id: tuple({part.split()[0][:4].rstrip("*") for n in (*p.names, *p.acts, *p.done) for part in n.split("+")})
    for p in PRACTICES
}
_ALL_STEMS = {stem for stems in _STEMS.values() for stem in stems}
_TURNS = ("as", "because", "since", "but")


@reads("denied-practices")
def denied_practices(prose: Prose, case: Case) -> Made:
    """Takes: a practice of the checklist that a sentence denies in the closed shape ("we did not use X", "no X was done", "the API
    remains untested"), and a bare "No" or "We did not." that opens the answer to the question about it. Leaves alone: what
    stands in a condition, in the past, in a plan, or is one member's."""
    for statement in prose.sentences():
        said = words(statement.plain)
        if statement.personal or not _denies(said):
            continue
        opens = says_no(statement.plain) and _first(statement, prose)
        for known in _spoken(statement, case):
            what = denial(statement.plain, known)
            if (opens and known.asked_by(statement.question)) or (
                what and not _conditional(said, what, statement) and not _of_a_part(said, what, known)
            ):
                yield statement, _practice(known, statement, case, denied=True)


def _spoken(statement: Statement, case: Case) -> list[Known]:
    """The practices of the checklist that a sentence may speak of."""
    small, asked = statement.plain.lower(), statement.question
    there = {s for s in _ALL_STEMS if s in small}
    return [
        p
        for p in PRACTICES
        if p.plain and (not there.isdisjoint(_STEMS[p.id]) or p.asked_by(asked)) and case.profile.of_practice(p.id)
    ]


def _denies(said: Sequence[str]) -> bool:
    return any(w in ("no", "not", "never", "nope", "untested") or w.endswith("n't") for w in said)


def _first(statement: Statement, prose: Prose) -> bool:
    return prose.openings.get(statement.question.n) is statement


_FRONT = frozenset(["front", "frontend", "gui", "ui"])
_NARROWS = (*tuple([*w.split(), "api"] for w in ("for the", "for our", "of the", "of our")), ["as", "a", "service"])


def _of_a_part(said: list[str], denied: str, known: Known) -> bool:
    """Whether what is denied is done to one part ("no profiling of the API", "did not deploy the front end")."""
    after = f" {' '.join(said)} ".partition(f" {denied} ")[2].split()
    if known.id == "frontend":
        return "deploy" in denied
    here = denied.split()
    behind = after[: next((k for k, word in enumerate(after) if not word[0].isalnum()), len(after))]
    of_api = any(behind[k : k + 3] in _NARROWS for k in range(4)) or here[-2:] in (["the", "api"], ["our", "api"])
    return (of_api and "api" not in known.id and "load" not in known.id) or bool(_FRONT & {*here, *behind[:3]})


def _conditional(said: list[str], denied: str, statement: Statement) -> bool:
    """Whether what stands before the denial in its clause makes it a condition, a plan or the past."""
    start = f" {' '.join(said)} ".find(f" {denied} ")
    before = " ".join(said)[: max(start, 0)].split()
    for k in range(len(before) - 1, -1, -1):
        if before[k] in _TURNS:
            before = before[k + 1 :]
            break
    clause = replace(statement, text=" ".join(before))
    return clause.past or clause.planned or clause.attempted or "if" in before or "that" in before[-1:]


def _practice(known: Known, statement: Statement, case: Case, denied: bool = False, hedged: bool = False) -> Practice:
    items = case.profile.of_practice(known.id)
    mine = [i for i in items if case.box(i)]
    item = next((i for i in mine if case.prose.checked(i) is denied), mine[0] if mine else items[0])
    part = known.name if known.id == "caching" else "whole"
    strength: Strength = "plain"
    if hedged:
        part, strength, denied = "told", "hedged" if statement.negated else "attempted", statement.negated
    return Practice(kind="practice", quote=statement.text, item=item, denied=denied, part=part, strength=strength)


@reads("told-practices")
def told_practices(prose: Prose, case: Case) -> Made:
    """Takes: sentences with a practice's name in the answer to the question that it belongs to, which say no or tell of a try: they
    explain an open box and contradict nothing. Leaves alone: plans, members."""
    owns = {q.id: set(q.items) for q in case.profile.questions}
    for statement in prose.sentences():
        if statement.planned or statement.personal or not (statement.negated or statement.attempted):
            continue
        for known in _spoken(statement, case):
            mine = owns.get(statement.question.id, set()) & set(case.profile.of_practice(known.id))
            if mine and names(words(statement.plain), (*known.names, *known.done)):
                yield statement, _practice(known, statement, case, denied=True, hedged=True)


@reads("done-practices")
def done_practices(prose: Prose, case: Case) -> Made:
    """Takes: a practice named by its own name shortly behind "we used", "our project uses", "we implemented" and their like. Leaves
    alone: whatever is negated, planned, past, tried, one member's, partial, local or considered."""
    for statement in prose.sentences():
        said = words(statement.plain)
        if not statement.firm or statement.negated or set(said) & SOFT - {"load"}:
            continue
        verbs = list(_did(said))
        for known in _spoken(statement, case) if verbs else ():
            if any(stands(said[v : v + 14], n) for v in verbs for n in known.done or known.names):
                yield statement, _practice(known, statement, case)


_SUBJECTS = wordset("project setup team group workflow code training api application repository codebase pipeline app frontend backend model service dashboard")  # fmt: skip
_ADVERBS = wordset("also have has had is are was were then therefore further additionally mainly primarily both successfully instead decided chose to been made"
    " managed")  # fmt: skip
_DID = wordset("use used uses using utilize utilized utilise utilised employ employed integrate integrated implement implemented instrument instrumented rely"
    " relied built build creates created create developed deployed adopt adopted leverage leveraged incorporate incorporated added log logged logs"
    " track tracked tracks monitor monitored serve served wrote write configure configured ran run perform performed conduct conducted did expose"
    " exposes exposed train trained tested handled manage managed tuned profiled included set setup load")  # fmt: skip


def _did(said: Sequence[str]) -> Iterator[int]:
    """Where in the words something that the group or its code does begins: after a subject, any adverbs and a verb."""
    for i, word in enumerate(said):
        if word in _DID and word.endswith("ed") and (i == 0 or (i == 1 and said[0].endswith("ly"))):
            yield i + 1  # an entry of a list: "Integrated X"
        ours = word in _SUBJECTS and i and said[i - 1] in ("our", "the")
        if word != "we" and not ours and word not in ("experiments", "runs", "metrics", "configurations"):
            continue
        k = i + 1
        while k < len(said) and said[k] in _ADVERBS and said[k] not in ("made", "managed"):
            k += 1
        if said[k : k + 3] == ["made", "use", "of"] or said[k : k + 3] == ["make", "use", "of"]:
            yield k + 3
        elif k < len(said) and said[k] in _DID:
            # "we load tested": the verb is the practice
            yield k if said[k] in ("load", "profiled") else k + 1


# -- tools -------------------------------------------------------------------------------------------------------------

_ROLES: dict[str, Component] = {"mkdocs": "documentation", "mkdocstrings": "documentation", "sphinx": "documentation"}
_OF_PRACTICES = ("dvc", "wandb", "hydra", "pytorchlightning", "fastapi")  # their denial is a practice's
_BREAKS = wordset("; : . but because which that if when while since so no not never without")  # fmt: skip
_INSTEAD = wordset("like as e.g example instance similar alternative alternatives instead rather compared versus vs over than either or against from compatible"
    " inspired support")  # fmt: skip
_NOT_USED = wordset("exercise exercises lecture lectures consider considered considering looked explore explored exploring experimented experimenting familiar"
    " learn learned possible possibly thinking thought discuss discussed idea branch branches manual manually installed optional optionally space"
    " spaces vercel netlify replaced switched prepare prepared template merge merged wanted")  # fmt: skip
_NONE = wordset("no not never neither nor without")
_PASSIVE = wordset("used integrated implemented added configured employed utilized utilised chosen")  # fmt: skip
_ACTIVE = wordset("manages handles tracks logs collects exposes orchestrates detects monitors serves")  # fmt: skip
_WATCHING = wordset("evidently nannyml alibidetect whylogs prometheus opentelemetry")  # fmt: skip


@reads("tools-used")
def tools_used(prose: Prose, case: Case) -> Made:
    """Takes: a tool of the closed table shortly behind "we used", "our API is instrumented with" and their like, or before "is used";
    one that a sentence denies in the closed shape; one that the answer on monitoring would use. Leaves alone: examples,
    alternatives and comparisons, the past, attempts, exercises, answers that open with a denial, reports on several
    repositories."""
    apart = any(names(words(s.plain), _APART) for s in prose.sentences()) or ".gitmodules" in case.snapshot.files
    supposed = {s.question.n for s in prose.sentences() if _first(s, prose) and _contrary(s)}
    for statement in prose.sentences():
        said: list[str] = []
        for tool in _named(statement):
            said = said or words(statement.plain)
            ends = [e for n in tool.names if (e := stands(said, " ".join(words(n))))]
            if not ends:
                continue
            strength: Strength = "plain"
            what = denial(statement.plain, shape(tool.name, *tool.names))
            denied = bool(what) and tool.id not in _OF_PRACTICES and not statement.personal
            if denied and _conditional(said, what, statement):
                continue
            if statement.planned and statement.about("monitoring") and tool.id in _WATCHING:
                if not _would(said, ends[0]) or statement.negated:
                    continue
                strength = "planned"
            elif not denied and (
                apart or statement.question.n in supposed or not any(_used(said, e, statement) for e in ends)
            ):
                continue
            role: Component = "monitoring" if strength == "planned" else _ROLES.get(tool.id, "unknown")
            claim = Uses(kind="uses", quote=statement.text, tool=tool.id, role=role, denied=denied, strength=strength)
            yield statement, claim


_APART = tuple(f"{a} {r}" for a in ("separate", "another", "other", "different", "second", "dedicated", "own", "github") for r in ("repo", "repository", "repositories") if a != "github")  # fmt: skip


def _contrary(statement: Statement) -> bool:
    said = words(statement.plain)
    return said[:1] in (["no"], ["not"], ["unfortunately"], ["sadly"]) or (said[:1] == ["we"] and _denies(said[1:3]))


def _named(statement: Statement) -> Iterator[Tool]:
    """The tools that a sentence names, as written."""
    text, small = statement.plain, statement.plain.lower()
    there = {n for n in _PLAIN if n in small} | {n for n in _CASED if n in text}
    return (t for t in TOOLS if not there.isdisjoint(t.names)) if there else iter(())


_PLAIN = {n for t in TOOLS for n in t.names if n == n.lower()}
_CASED = {n for t in TOOLS for n in t.names} - _PLAIN
"""Names of tools that may be written in any letters, and those that may not."""


def _used(said: list[str], end: int, statement: Statement) -> bool:
    """Whether the sentence says that the tool that ends there is used."""
    if not statement.firm or set(said) & _NOT_USED:
        return False
    before, after = said[max(0, end - 16) : end - 1], said[end : end + 8]
    if (
        set(said[max(0, end - 6) : end - 1]) & _INSTEAD
        or set(said[:end]) & _NONE
        or any(w.endswith("n't") for w in said)
    ):
        return False
    if {"but", "however", "although", "though"} & set(said[end:]) and _denies(said[end:]):
        return False
    if after[:1] and after[0] in ("is", "was", "are", "were", "has", "have") and set(after[1:4]) & _PASSIVE:
        return True
    if {"we", "our"} & set(said[:end]) and "using" in said[max(0, end - 4) : end - 1]:
        return True
    if said[end - 1] == "mkdocstrings" and set(said) & {"generate", "generates", "generated", "generating"}:
        return True
    if statement.about("architecture") and set(after[:1]) & _ACTIVE:
        return True
    return any(not set(before[verb:]) & _BREAKS for verb in _did(before))


def _would(said: list[str], end: int) -> bool:
    """Whether the sentence would use the tool that ends there, not something like it."""
    modal = next((i for i, w in enumerate(said[:end]) if w in ("would", "could")), -1)
    return modal >= 0 and not set(said[modal:end]) & (_INSTEAD | {"."})


# -- services ----------------------------------------------------------------------------------------------------------

_COMPLETE = phrases("following, these services, services below, all services, all the services, services used are, services we used are")  # fmt: skip
_SOME = wordset("main mainly primary primarily most mostly important core some include includes including example among key several central etc others")  # fmt: skip
_OPEN_END = phrases("etc, among others, amongst others, and so on, and more, and others, to name a few, other services, among other things")  # fmt: skip
_NUMBERS = wordset("two three four five six seven eight nine ten 2 3 4 5 6 7 8 9 10")  # fmt: skip


@reads("services-listed", "cloud-services")
def services_listed(prose: Prose, case: Case) -> Made:
    """Takes: the answer to the question that asks for all cloud services, where it opens as a list: "we used the following services",
    "we used five services", "we used A, B and C". Leaves alone: the main ones, lists with an open end, plans, the past."""
    told = list(prose.sentences("cloud-services"))
    if not told or not told[0].firm:
        return
    opener, said = told[0], words(told[0].plain)
    if set(said) & _SOME or "such as" in opener.plain or any(names(words(s.plain), _OPEN_END) for s in told):
        return
    counted = any(w in _NUMBERS and "services" in said[i + 1 : i + 6] for i, w in enumerate(said))
    if not counted and not names(said, _COMPLETE):
        verb = next(_did(said), 0)
        listed = [s for s in SERVICES if spoken_of(s, " ".join(said[verb:]))]
        if not verb or not (opener.plain.rstrip().endswith(":") or (len(listed) > 1 and "," in said)):
            return
    text = " ".join(s.plain for s in prose.of("cloud-services"))
    value = ", ".join(s for s in SERVICES if spoken_of(s, text))
    claim = Service(
        kind="service", quote=opener.text, service="Google Cloud", what="complete list", value=value, every=True
    )
    yield opener, claim  # fmt: skip


# -- secrets -----------------------------------------------------------------------------------------------------------

_KEYS = phrases("secrets, credential*, api key*, keys, key, token*, password*, wandb_api_key")  # fmt: skip
_KEPT = wordset("store keep manage save handle provide pass inject stored kept managed saved handled provided passed injected placed set added fetched retrieved accessed")  # fmt: skip
_SAFE = phrases("github secret*, repository secret*, secret manager, secrets manager, environment variable*, .env, env, secret")  # fmt: skip
_LEFT_OUT = wordset("stored committed hardcoded coded pushed exposed included storing committing exposing leaking")  # fmt: skip


@reads("secrets-kept-out")
def secrets_kept_out(prose: Prose, case: Case) -> Made:
    """Takes: a firm sentence that keys or credentials are kept (stored, passed, ...) in a secret store or in environment variables, or
    are not stored, committed or hard-coded. Leaves alone: plans, the past."""
    for statement in prose.sentences():
        said = words(statement.plain)
        if not statement.firm or not names(said, _KEYS):
            continue
        kept = not statement.negated and set(said) & _KEPT and names(said, _SAFE)
        left_out = statement.negated and set(said) & _LEFT_OUT
        if kept or left_out:
            yield statement, Practice(kind="practice", quote=statement.text, item="secrets-kept-out")
