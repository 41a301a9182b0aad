"""The git history: whether there is one, who made it, and whether work came in by pull requests."""

from collections.abc import Iterator

from auditor.facts.history import Person, own_pull_requests, people, pull_requests, span
from auditor.holes import Hole, unsure
from auditor.models import Evidence
from auditor.probes import probe
from auditor.repository import History
from auditor.snapshot import Files

# A pause this long separates another year's work (or another group's) from this one's.
LONG_PAUSE = 200


@probe("git-history", asks="Does the repository have a history of more than one commit?", looks_in=())
def git_history(files: Files) -> Iterator[Evidence]:
    """At least two commits lead to the audited one. Says how many, from when to when, by how many people and through how
    many pull requests, and warns of a block of commits that is older than the rest by more than half a year."""
    history = _whole(files)
    if len(history.commits) < 2:
        return
    time = span(history)
    persons = [p for p in people(history) if not p.bot]
    between = f" from {time.first:%Y-%m-%d} to {time.last:%Y-%m-%d}" if time else ""
    note = (
        f"{len(history.commits)} commits{between} by {_many(len(persons), 'person', 'people')}; "
        f"{_many(len(pull_requests(history)), 'merged pull request')} visible"
    )
    if time and time.gap > LONG_PAUSE:
        note += f"; the first {time.older} commits precede the rest by {time.gap} days"
    if history.shallow:
        note += "; this copy holds only the end of the history"
    yield Evidence(kind="fact", note=note + ".", sources=_ends(history))


@probe("merged-pull-requests", asks="Was work merged through pull requests?", looks_in=())
def merged_pull_requests(files: Files) -> Iterator[Evidence]:
    """Merge or squash commits of pull requests that people opened. A bot's pull requests, merges of the default branch
    into another one, and local merges of branches do not count. Rebased pull requests cannot be seen."""
    history = _whole(files)
    own, every = own_pull_requests(history), pull_requests(history)
    if not own:
        return
    numbers = sorted(p.number for p in own if p.number)
    which = f" (#{numbers[0]} to #{numbers[-1]})" if len(numbers) > 1 else ""
    note = f"{_many(len(own), 'pull request')}{which} of people merged"
    bots = sum(p.bot for p in every)
    back = sum(p.back_merge and not p.bot for p in every)
    note += f", {bots} of bots" if bots else ""
    note += f", {back} that brought the default branch into another" if back else ""
    yield Evidence(kind="fact", note=note + ".", sources=tuple(f"commit {p.commit[:10]}" for p in own[:5]))


@probe("several-people", asks="Did several people commit?", looks_in=())
def several_people(files: Files) -> Iterator[Evidence]:
    """At least two people authored commits, identities that share a name, e-mail address or login taken as one, bots left
    out. Says how many of them merged a pull request or committed on the main line themselves, which normally takes write access;
    the access right itself is a setting that git does not hold. Names are not shown."""
    history = _whole(files)
    persons = [p for p in people(history) if not p.bot and p.commits]
    if len(persons) < 2:
        return
    writers = sum(_wrote(p) for p in persons)
    counts = ", ".join(str(p.commits) for p in persons[:12]) + (", ..." if len(persons) > 12 else "")
    note = f"{len(persons)} people authored commits ({counts}); {writers} of them merged a pull request or committed"
    yield Evidence(
        kind="fact", note=note + " on the main line, which normally takes write access.", sources=_ends(history)
    )


def _wrote(person: Person) -> bool:
    return person.merges > 0 or person.direct > 0


def _whole(files: Files) -> History:
    """The history; a shallow copy, or none, leaves what is not found unknown."""
    history = files.history
    if history.shallow or not history.commits:
        unsure(Hole("git history", "this copy holds only its end" if history.commits else "not in this copy"))
    return history


def _ends(history: History) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"commit {c.sha[:10]}" for c in (history.commits[-1], history.commits[0])))


def _many(n: int, one: str, several: str = "") -> str:
    return f"{n} {one}" if n == 1 else f"{n} {several or one + 's'}"
