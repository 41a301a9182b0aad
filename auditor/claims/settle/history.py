"""How the group worked with git, by the commits alone: pull requests, direct commits, branches, tags.

Branch protection is a setting that nobody sees from outside, a rebase and a deleted branch leave no trace; so only what the
history contradicts many times over is contradicted.
"""

from collections.abc import Sequence

from auditor.claims.case import Case, Settled, fact, settles
from auditor.claims.kinds import History
from auditor.claims.settle.workflows import contradicted, supported, words
from auditor.facts.changes import clearly_pushed, pushed_work
from auditor.facts.history import branches, direct_commits, main_line, own_pull_requests, tags
from auditor.models import Evidence
from auditor.repository import Commit

LEAST, SHARE = 10, 0.25  # of a line: where the words leave room
CLEAR = 3  # commits: where they leave none


@settles("history")
def history(claim: History, case: Case) -> Settled | None:
    """Compares what is said of pull requests and the default branch with its line of first parents. Direct is what people committed
    there after the first pull request, that changes code, tests, workflows or settings and is no merge, pull request or rebase (the
    few that contradict `never` are no edits in the browser either). `Never` (denied and every) is contradicted by three of them, if not all are older than half of the pull
    requests (the branch may have been closed then); `a pull request for every feature` by three that bring new files of code; both, and a bare denial,
    by ten and more than a quarter of the line; `a branch for every feature` by ten and more than a third. Denied pull requests are contradicted by two that people merged; `all
    branches are deleted` by two that are merged and still there; squash merges by five pull requests that were all merged
    otherwise; denied tags by tags, denied branches by three branches. Says nothing of reviews, force pushes, members' branches
    and releases, of what is merely usual, of answers that tell of direct pushes themselves, and of copies without their history."""
    if case.history.shallow or not case.history.commits:
        return None
    if claim.what in ("direct commits", "pull requests"):
        return _line(claim, case)
    if claim.what in ("branches deleted", "branch per feature"):
        return _branches(claim, case)
    own = own_pull_requests(case.history)
    if claim.what == "squash merges" and not claim.denied and len(own) >= 5:
        squashed = [p for p in own if p.squashed]
        shows = f"{len(squashed)} of {len(own)} pull requests were squashed."
        proof = fact(shows, *[p.commit[:12] for p in own[:20]])
        if squashed:
            return supported("history:squash", shows, proof)
        return contradicted("history:squash", shows, "Each came in by a merge of its own commits.", proof)
    if claim.what == "tags" and (found := tags(case.history)):
        shows = f"The tags are {', '.join(t.name for t in found[:6])}."
        proof = fact(shows, *[t.commit[:12] for t in found[:12]])
        if not claim.denied:
            return supported("history:tags", shows, proof)
        return contradicted("history:tags", shows, "The sentence says that there are none; there are.", proof)
    return None


def _line(claim: History, case: Case) -> Settled | None:
    own = own_pull_requests(case.history)
    requests = claim.what == "pull requests"
    numbers = ", ".join(f"#{p.number}" if p.number else p.commit[:8] for p in own[:6])
    merged = fact(f"{len(own)} pull requests merged: {numbers}", *[p.commit[:12] for p in own[:20]])
    if requests and claim.denied:
        if len(own) < 2 or claim.every or _some_used(case):
            return None
        shows = f"The history shows {len(own)} merged pull requests ({numbers})."
        return contradicted(
            "history:pull-requests", shows, f"The sentence says that there were none; {len(own)} were merged.", merged
        )
    absolute = claim.every if requests else claim.denied
    if not own or (not requests and not claim.denied):
        alone = () if requests or claim.denied else direct_commits(case.history)
        shows = f"{len(alone)} commits stand on the default branch's line by themselves."
        proof = fact(shows, *[c.sha[:12] for c in alone[:20]])
        return supported("history:direct-pushes", shows, proof) if alone else None
    if absolute and (made := _straight(claim, case, merged)):
        return made
    if not requests or claim.every:
        return None
    return supported("history:pull-requests", f"The history shows {len(own)} merged pull requests ({numbers}).", merged)


def _straight(claim: History, case: Case, merged: Evidence) -> Settled | None:
    """The contradiction by what came straight to the default branch, by as many as the words ask for."""
    line, direct = main_line(case.history), pushed_work(case.snapshot)
    feature, counted = claim.what == "branch per feature", direct
    enough = len(direct) >= LEAST and len(direct) > (1 / 3 if feature else SHARE) * len(line)
    if not enough and claim.every and not feature:
        counted = clearly_pushed(case.snapshot, only_features=not claim.denied)
        enough = len(counted) >= CLEAR
    if not enough or _admitted(case):
        return None
    shows = f"{len(counted)} of the {len(line)} commits on the default branch's line ({100 * len(counted) // len(line)} %) change code or settings and came neither by a merge nor by a pull request, after the first pull request."
    difference = f"The history shows {len(counted)} direct commits, among them {_shown(counted[:3])}."
    about = "history:branch-per-feature" if feature else "history:direct-pushes"
    return contradicted(about, shows, difference, _listed("direct commits", counted), merged)


_PUSHED = words("push pushed pushing pushes commit commits committed committing worked work")
_PARTLY = words("some others sometimes later end eventually towards once few")
_DENIED = words("no not never nobody without instead rather avoid avoided only prohibited disabled blocked t")


def _some_used(case: Case) -> bool:
    """Whether a sentence of the answer on version control begins with some members, or with some time, and tells of pull requests."""
    for statement in case.prose.sentences("version-control"):
        said = words(statement.plain)
        told = said & {"pr", "prs"} or {"pull", "requests"} <= said or {"pull", "request"} <= said
        first = words(" ".join(statement.plain.split()[:4]))
        if told and first & _PARTLY and not said & _DENIED and not statement.planned:
            return True
    return False


def _admitted(case: Case) -> bool:
    """Whether the answer on version control tells of direct pushes itself: `direct`, a push and the branch in a sentence without
    a denial."""
    for statement in case.prose.sentences("version-control"):
        said = words(statement.plain)
        if (
            said & {"direct", "directly", "straight"}
            and said & _PUSHED
            and said & {"main", "master"}
            and not said & _DENIED
        ):
            return True
    return False


def _listed(what: str, commits: Sequence[Commit]) -> Evidence:
    return fact(f"{len(commits)} {what}, among them: {_shown(commits[:5])}", *[c.sha[:12] for c in commits[:40]])


def _shown(commits: Sequence[Commit]) -> str:
    return "; ".join(f"{c.sha[:8]} {c.time:%Y-%m-%d} {c.subject[:50]}" for c in commits)


def _branches(claim: History, case: Case) -> Settled | None:
    """Branches that are still there, and those that merged pull requests name."""
    here = branches(case.history)
    alive = [b for b in here if b.state == "merged"]
    if claim.what == "branches deleted":
        if claim.denied or not claim.every or len(alive) < 2:
            return None
        shows = f"{len(alive)} branches are merged and still there: {', '.join(b.name for b in alive[:6])}."
        proof = fact(shows, *[b.commit[:12] for b in alive[:12]])
        return contradicted(
            "history:branches-deleted", shows, "The sentence says that they are deleted; they are there.", proof
        )
    names = list(
        dict.fromkeys([*(p.branch for p in own_pull_requests(case.history) if p.branch), *(b.name for b in here)])
    )
    if len(names) < 3:
        return None
    shows = f"The history names {len(names)} branches, among them {', '.join(names[:5])}."
    proof = fact(shows, *[b.commit[:12] for b in here[:12] if b.commit])
    if claim.every:
        return None if claim.denied else _straight(claim, case, proof)
    if not claim.denied:
        return supported("history:branches", shows, proof)
    return contradicted("history:branches", shows, "The sentence says that there were none; there were.", proof)
