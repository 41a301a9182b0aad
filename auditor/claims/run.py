"""Settles typed claims, and tells what was never true from what has become untrue."""

import contextlib
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from auditor import limits
from auditor.boundary import attempt
from auditor.claims.case import Case, Placed, Settled, load
from auditor.claims.kinds import Count, Typed
from auditor.claims.past_work import of_past_work
from auditor.claims.settle.count import fallen
from auditor.claims.users import of_a_reader
from auditor.deadline import LeftOut, within
from auditor.facts.changes import changes
from auditor.facts.history import Branch, branches
from auditor.gitsnapshot import OpenSnapshot
from auditor.hints import Side, stated
from auditor.holes import watching
from auditor.models import Citation, Claim, Evidence, Label, Problem, Source, Verdict
from auditor.profile import Profile
from auditor.prose import Prose
from auditor.repository import Commit, GitError, Unreadable
from auditor.snapshot import Snapshot

_BRANCHES = 3  # that never came in and may have what a sentence tells of
_FILES = 2000  # that such a branch may have
_LATER = 16  # commits that are tried for the one that changed something: four times at most
Number = Callable[[Evidence], str]  # enters an evidence in the record and gives its id


_Pair = tuple[Placed, Settled]
_MOST = (
    100  # claims of one kind in one answer: each is held against the whole answer, and no answer of 300 words has more
)


def read_patterns(case: Case) -> tuple[list[Placed], list[Problem]]:
    """What the readers of rigid forms make of the answers, and which of them failed."""
    placed: list[Placed] = []
    problems = []
    for reader in load()[0].values():
        made, failure = reader.read(case.prose, case)
        placed += made
        if failure:
            problems.append(Problem(message=failure))
    return placed, problems


def settle(case: Case, claims: Iterable[Placed], number: Number) -> tuple[list[Verdict], list[Problem]]:
    """One verdict for each settled claim, in the report's order, without ids; and the settlers that failed.

    One answer gets one finding about a thing; a contradiction goes before a confirmation, a program's reading before a model's. But
    where the very words that a model took for something wrong can be taken for something right, they are right (unless it is
    the general claim that is wrong: `every`). What two claims say of the same words by the same evidence is said once. What is contradicted is held against the commit that last changed the sentence, too, by the same settler.
    """
    settlers = load()[1]
    case.claims = claims = tuple(claims)
    clock = _Clock(case)
    problems: dict[str, Problem] = {}
    settled: dict[tuple[int, str], tuple[Placed, Settled]] = {}
    seen: Counter[tuple[int, str]] = Counter()
    for placed in claims:
        if (settler := settlers.get(_kind(placed))) is None:
            continue
        seen[placed.question.n, _kind(placed)] += 1
        if (many := seen[placed.question.n, _kind(placed)]) > _MOST:
            if many == _MOST + 1:
                said = f"question {placed.question.n}: more than {_MOST} claims of kind {_kind(placed)}; the others are not settled"
                problems[said] = Problem(message=said)
            continue
        made, failure = settler.settle(placed.claim, case)
        if failure:
            problems.setdefault(failure, Problem(message=failure))
        elif made is None:
            made = _fallen(placed, case, clock)
        if made is None or (
            made.label == "contradicted" and (of_past_work(placed, case) or of_a_reader(placed, made, case))
        ):
            continue
        key = (placed.question.n, made.about or f"{_kind(placed)}:{placed.claim.quote}")
        if key in settled and (shared := _shared(settled[key], (placed, made))):
            settled[key] = shared
        elif key not in settled or _goes_before((placed, made), settled[key]):
            settled[key] = (placed, made)
    ordered = sorted(_once(settled.values()), key=lambda s: (s[0].line, _kind(s[0]), s[1].about))
    return [_verdict(p, s, clock, number) for p, s in _by_cause(ordered)], list(problems.values())


def _by_cause(settled: Sequence[_Pair]) -> list[_Pair]:
    """The same, where several paths lead astray because one folder moved, or several links of a page to places that it has not, each
    in the words of that, so that they count as one fault."""
    wrong = [made for _, made in settled if made.label == "contradicted"]
    many = Counter(made.moved for made in wrong if made.moved[0])
    lost = Counter(gone for gone, _ in {(made.gone, made.about) for made in wrong if made.gone[0]})
    traced = {made.moved for made in wrong if any(s.startswith("commit ") for e in made.evidence for s in e.sources)}
    anchors: dict[str, list[str]] = {}
    for made in wrong:
        if made.page:
            anchors.setdefault(made.page, []).append(made.missing)

    def told(made: Settled) -> Settled:
        if made.label != "contradicted":
            return made
        if len(missing := anchors.get(made.page, ())) > 1:
            lead = "The links lead" if len(set(missing)) > 1 else "The link leads"
            shows = f"{made.page} has no anchor {_listed(list(dict.fromkeys(missing)))}."
            return replace(made, shows=shows, difference=f"{lead} to no place of the page.", several=True)
        folder, commit = made.gone
        if lost[made.gone] > 1:
            shows = f"{folder}/ was removed with all that was in it (commit {commit})."
            return replace(made, shows=shows, difference=f"Each path that is written with the folder {folder} leads nowhere.")  # fmt: skip
        old, new = made.moved
        if many[made.moved] < 2:
            return made
        if made.moved not in traced:  # alike by their names, and perhaps not the same
            shows = f"There is no folder {old}; files of these names lie in {new}."
            return replace(made, shows=shows, difference=f"Each path that is written with the folder {old} leads nowhere.", detail=True)  # fmt: skip
        shows = f"There is no folder {old}; what is said to lie in it lies in {new}."
        difference = f"The folder {old} is called {new} now; each path that is written with it leads nowhere."
        return replace(made, shows=shows, difference=difference, detail=True)

    return [(placed, told(made)) for placed, made in settled]


_NAMED = 6  # of the places that a page has not


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


BOTH = "patterns+answers"
"""Who read a claim that a rigid form gave and that a model understood in the same way."""


def _shared(first: "_Pair", second: "_Pair") -> "_Pair | None":
    """The contradiction of a rigid form as read by both, where a model's reading of the answer comes to the same."""
    same = first[1].label == second[1].label == "contradicted"
    if same and first[0].reader == "patterns" and second[0].reader == "answers":
        return replace(first[0], reader=BOTH), first[1]
    return None


def _fallen(placed: Placed, case: Case, clock: "_Clock") -> Settled | None:
    """What is said of a number that nothing now is, and that was right at the commit that last changed its sentence."""
    if not isinstance(placed.claim, Count):
        return None
    with watching() as watch:
        made, _ = attempt(partial(fallen, placed.claim, case), "settler count")
    if made is None or watch:
        return None
    then, _ = attempt(lambda: clock.then(placed), f"the past of line {placed.line}")
    return made if then == "supported" else None


def _goes_before(new: _Pair, known: _Pair) -> bool:
    """Whether a claim about the same thing in the same answer takes the place of one that was settled before. What a program read
    for itself and found wrong is never made right by what a model understood: a report could ask it to."""
    if new[1].label == known[1].label:
        return False
    wrong, right = (new, known) if new[1].label == "contradicted" else (known, new)
    mistyped = wrong[0].reader == "answers" and (right[0].claim.every or not wrong[0].claim.every)
    stands = right if mistyped and _same_words(new[0], known[0]) else wrong
    return stands is new


def _once(settled: Iterable[_Pair]) -> list[_Pair]:
    """The same without a contradiction that another one says of the same words: of two the one of a program's reading, then the
    one that the repository shows."""
    first = sorted(settled, key=lambda s: (s[0].reader == "answers", s[1].rule != "prose-contradicts-repository"))
    kept: list[_Pair] = []
    said: dict[int, list[tuple[_Said, int]]] = {}
    for pair in first:
        if pair[1].label == "supported":
            kept.append(pair)
            continue
        one = (
            " ".join(pair[0].claim.quote.split()),
            {(e.path, e.start) for e in pair[1].evidence if e.start},
            pair[1].about.partition(":")[2],
        )
        others = said.setdefault(pair[0].question.n, [])
        known = next((at for other, at in others[-_BESIDE:] if _says_so(one, other)), None)
        if known is None:
            others.append((one, len(kept)))
            kept.append(pair)
        elif shared := _shared(kept[known], pair):
            kept[known] = shared
    return kept


_BESIDE = 200  # contradictions of one answer that another is compared with
_Said = tuple[str, set[tuple[str, int]], str]


def _says_so(one: _Said, other: _Said) -> bool:
    """Whether two contradictions of an answer are one: the same words, and the same line of evidence or a thing that is part of
    the other's."""
    if one[0] not in other[0] and other[0] not in one[0]:
        return False
    short, long_ = sorted((one[2], other[2]), key=len)
    return bool(one[1] & other[1]) or (len(short) > 3 and short in long_)


def _same_words(one: Placed, other: Placed) -> bool:
    a, b = (" ".join(p.claim.quote.split()) for p in (one, other))
    return a in b or b in a


def _kind(placed: Placed) -> str:
    kind: str = placed.claim.kind  # type: ignore[attr-defined]
    return kind


def _verdict(placed: Placed, made: Settled, clock: "_Clock", number: Number) -> Verdict:
    kind = _kind(placed)
    citations = []
    for evidence in made.evidence:
        e = number(evidence.model_copy(update={"probe": f"claim:{kind}"}))
        citations.append(Citation(evidence=e, quote=evidence.excerpt or evidence.note))
    label: Label = made.label
    difference, when, since, branch = made.difference, "", "", ""
    if label == "contradicted" and not made.several:  # what several have in common has no one day
        try:
            when, since, branch = within(
                f"the past of line {placed.line}", limits.PIECE, lambda: clock.past(placed, made)
            )
        except LeftOut as left:  # it may be so on a branch that the answer names
            label, difference = "not_verifiable", f"{str(left)[:1].upper()}{str(left)[1:]}."
    if when == "stale" and made.released:
        label, when = "not_verifiable", ""
        difference += (
            f" It had it when the sentence was written (changed since{since}), and the last release may have it still."
        )
    if when == "stale":
        gone = "removed" if any(" was removed on " in e.note for e in made.evidence) else "changed"
        difference += f" True when the sentence was written; {gone} since{since}."
    if branch and branch in placed.question.answer:  # told where it is: a person can look
        difference = f"It is so on the branch {branch}, which the answer names."
        label, when, branch = "not_verifiable", "", ""
    said = " ".join(placed.quote.split())
    n = placed.question.n
    source = Source(kind="question", n=n) if placed.question.answer or n else Source(kind="report", n=0)
    return Verdict.model_validate(
        {
            "id": "C",
            "claim": Claim(source=source, quote=said, line=placed.line),
            "label": label,
            "citations": tuple(citations),
            "report_says": said,
            "repo_shows": made.shows,
            "difference": difference,
            "by": f"claim:{kind}",
            "reading": placed.reader,
            "rule": made.rule if label == "contradicted" else "",
            "detail": made.detail,
            "when": when,
            "about": made.about if label == "contradicted" else "",
            "softened": f"It is so on the branch {branch}, which was never merged." if branch else made.softened,
            "hint": _hint(placed, made, clock.case) if label == "contradicted" else "",
        }
    )


def _hint(placed: Placed, made: Settled, case: Case) -> str:
    """What to change: what the settler says, or what fits the kind of claim and the side on which the two differ."""
    tabled = made.rule == "prose-contradicts-checklist" and any(case.in_table(e) for e in made.evidence)
    side = side_of(placed.claim, made, lambda: _borne_out(made, case))
    return made.hint or stated(_kind(placed), made.rule, side, _part(placed.claim), tabled)


def _borne_out(made: Settled, case: Case) -> bool:
    """Whether the repository has what one of the ticked boxes asks for, by the box's own probes."""
    for item in case.report.items:
        spec = case.profile.items_by_id.get(item.item)
        if spec is None or not spec.probes or not item.checked or case.box_evidence(item.item) not in made.evidence:
            continue
        found = [case.found(p) for p in spec.probes]
        if all(found) if spec.require == "all" else any(found):
            return True
    return False


def side_of(claim: Typed, made: Settled, borne_out: Callable[[], bool] = lambda: False) -> Side:
    """On which side a sentence and what contradicts it are: see `Side`. `borne_out` tells whether the repository speaks for a ticked box."""
    if made.rule == "prose-contradicts-checklist":
        if any(e.note == "open" for e in made.evidence):
            return "open"
        if not all(e.note == "ticked" for e in made.evidence):
            return "planned" if claim.strength in ("planned", "attempted") else "shown"
        if borne_out():
            return "either"
        return "planned" if claim.strength in ("planned", "attempted") else "ticked"
    denied = claim.denied != (getattr(claim, "state", "") in _IS_NOT)
    return "there" if denied else "missing"


_IS_NOT = ("absent", "removed", "not declared")  # states that deny in themselves


def _part(claim: Typed) -> str:
    """What a claim more closely speaks of, where another hint fits that."""
    if getattr(claim, "state", "") in ("empty", "filled", "changed", "untouched"):
        return "content"
    return next((str(v) for f in ("place", "item", "what") if (v := getattr(claim, f, ""))), "")


def _settled_at(placed: Placed, at: Case) -> Settled | None:
    """What is said of a claim at an earlier commit, of a number as of one that has fallen since."""
    made, _ = load()[1][_kind(placed)].settle(placed.claim, at)
    return fallen(placed.claim, at) if made is None and isinstance(placed.claim, Count) else made


class _Clock:
    """Tells whether a claim was true at the commit that last changed its line."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._blame: dict[str, list[str]] = {}
        self._order = {c.sha: i for i, c in enumerate(case.history.commits)}
        self._cases: dict[str, Case] = {}
        self._apart: list[Branch] | None = None

    def written(self, placed: Placed) -> str:
        """The newest commit among those that last changed the claim's lines; empty where git cannot tell."""
        snapshot = self.case.snapshot
        if not isinstance(snapshot, OpenSnapshot):
            return ""
        path, line = self.case.report.place(placed.line)
        if path not in self._blame:
            self._blame[path] = snapshot.repository.blame(snapshot.commit, path)
        first = line - 1
        shas = self._blame[path][first : first + placed.quote.count("\n") + 1]
        known = [s for s in shas if s in self._order]
        return min(known, key=lambda s: self._order[s], default="")

    def past(self, placed: Placed, made: Settled) -> tuple[str, str, str]:
        """Of a contradicted claim `when` it was so, and for a stale one `since` when it is not, else where it is so `apart`."""
        when = self.when(placed, made)
        stale = when == "stale"
        return when, self.since(placed, made) if stale else "", "" if stale else self.apart(placed, made)

    def when(self, placed: Placed, made: Settled) -> str:
        """`stale`, `never`, or empty where the commit is unknown. What the report itself contradicts has no history."""
        written = self.written(placed)
        if not written or made.rule != "prose-contradicts-repository":
            return ""
        if written == self.case.snapshot.commit:
            return "never"
        then = self.then(placed)
        return "" if then is None else "never" if then == "contradicted" else "stale"

    def then(self, placed: Placed) -> str | None:
        """What the settler says of it at the commit that last changed its lines: a label, or nothing; None where that is not known."""
        written = self.written(placed)
        if not written:
            return None
        try:
            at = self._at(written)
        except GitError:  # this copy has not all of that commit
            return None
        then, failure = load()[1][_kind(placed)].settle(placed.claim, at)
        return None if failure else then.label if then else ""

    def since(self, placed: Placed, made: Settled) -> str:
        """The commit that made a stale claim untrue, and its day, among those that touched what is cited; empty where these do
        not tell."""
        snapshot, written = self.case.snapshot, self.written(placed)
        cited = {e.path for e in made.evidence} | {s.partition(":")[0] for e in made.evidence for s in e.sources}
        told = {s.removeprefix("commit ") for e in made.evidence for s in e.sources if s.startswith("commit ")}
        with watching():  # that it is untrue is sure without the history, which only says since when
            log = changes(snapshot)
        after = [c for c in self.case.history.commits if self._order[c.sha] < self._order[written]]
        later = [c for c in after if c.sha[:7] in told or any({f.path, f.was} & cited for f in log.get(c.sha, ()))]
        if not later:  # what is gone is not cited: it lay beside what is
            folders = {posixpath.dirname(p) for p in cited if "/" in p}
            later = [c for c in after if any(posixpath.dirname(f.path) in folders for f in log.get(c.sha, ()))]
        later = later[:_LATER][::-1]  # oldest first
        low, high = 0, len(later) - 1
        while low < high:
            middle = (low + high) // 2
            try:
                at = self._at(later[middle].sha)
            except GitError:
                return ""
            then = _settled_at(placed, at)
            low, high = (low, middle) if then is not None and then.label == "contradicted" else (middle + 1, high)
        if not later or not self._changed_it(placed, later[low]):
            return ""
        return f", by {later[low].sha[:7]} ({later[low].committed:%Y-%m-%d})"

    def _changed_it(self, placed: Placed, commit: Commit) -> bool:
        """Whether the sentence is untrue at a commit and was not before it: branches run side by side, so that what is between two
        commits of a list need not be what lies between them in history."""
        with contextlib.suppress(GitError, Unreadable):
            labels = [_settled_at(placed, self._at(c)) for c in (commit.sha, *commit.parents)]
            wrong = [made is not None and made.label == "contradicted" for made in labels]
            return wrong[0] and len(wrong) > 1 and not any(wrong[1:])
        return False

    def apart(self, placed: Placed, made: Settled) -> str:
        """The unmerged branch, of the newest, on which what is missing here makes the sentence true; empty without one."""
        snapshot = self.case.snapshot
        if not isinstance(snapshot, OpenSnapshot) or not any(e.kind == "absence" for e in made.evidence):
            return ""
        with watching():  # what cannot be read there leaves the finding as it is
            # those that the answer names are asked first
            for branch in sorted(self._unmerged(snapshot), key=lambda b: b.name not in placed.question.answer):
                try:
                    at = self._at(branch.commit)
                except (GitError, Unreadable):
                    continue
                then, _ = load()[1][_kind(placed)].settle(placed.claim, at)
                if then is not None and then.label == "supported":
                    return branch.name
        return ""

    def _unmerged(self, snapshot: OpenSnapshot) -> list[Branch]:
        """The newest branches that never came in and have no more files than an audit reads beside its own."""
        if self._apart is None:
            times = {ref.commit: ref.time for ref in snapshot.repository.refs.values()}
            known = [b for b in branches(snapshot.history) if b.state == "unmerged" and "dependabot" not in b.name]
            told = " ".join(q.answer for q in self.case.report.questions)
            known.sort(key=lambda b: (b.name not in told, -times.get(b.commit, 0), b.name))
            self._apart = []
            for branch in known[:_BRANCHES]:
                with contextlib.suppress(GitError, Unreadable):
                    if snapshot.count(branch.commit) <= _FILES:
                        self._apart.append(branch)
        return self._apart

    def _at(self, commit: str) -> Case:
        """The same report, held against an earlier commit."""
        case = self.case
        if commit not in self._cases:
            assert isinstance(case.snapshot, OpenSnapshot)
            self._cases[commit] = Case(case.snapshot.at(commit), case.profile, case.prose, case.claims)
        return self._cases[commit]


def case_of(snapshot: Snapshot, profile: Profile, prose: Prose) -> Case:
    """What the claims of a report are held against."""
    return Case(snapshot, profile, prose)


def numbered(verdicts: Sequence[Verdict], after: int = 0) -> list[Verdict]:
    """The same with ids C1, C2, ..."""
    return [v.model_copy(update={"id": f"C{n}"}) for n, v in enumerate(verdicts, after + 1)]
