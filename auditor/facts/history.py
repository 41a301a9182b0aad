"""Who worked on the repository and how their work came onto its line: computed from the commits alone."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from itertools import pairwise
from typing import TypeVar

from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.repository import Commit, History

DEFAULT_BRANCHES = frozenset(["main", "master", "trunk"])

T = TypeVar("T")


def _once(make: Callable[[History], T]) -> Callable[[History], T]:
    """Computed once for each history, and kept on it: many ask."""
    key = f"_{make.__name__}"

    @wraps(make)
    def kept(history: History) -> T:
        known = history.__dict__
        if key not in known:
            known[key] = make(history)
        made: T = known[key]
        return made

    return kept


@dataclass(frozen=True)
class Person:
    """Everybody's identities taken together. `commits` were authored, `coauthored` name them in a trailer, `merges` are
    pull requests that they merged on the host, `direct` commits stand on the first-parent line by themselves: the last two
    take the right to write. `names` and `emails` are personal data: for comparing, not for showing."""

    names: tuple[str, ...]
    emails: tuple[str, ...]
    commits: int
    coauthored: int = 0
    merges: int = 0
    direct: int = 0
    bot: bool = False


@dataclass(frozen=True)
class PullRequest:
    """A merged pull (or merge) request, by the commit that shows it. `number` is 0 where the host's subject has none.
    `back_merge`: it brought the default branch into another one."""

    number: int
    commit: str
    subject: str
    time: datetime
    branch: str = ""
    owner: str = ""
    squashed: bool = False
    bot: bool = False
    back_merge: bool = False


@dataclass(frozen=True)
class Span:
    """First and last commit by author's time; `gap` is the longest pause in days and `older` how many commits precede it."""

    first: datetime
    last: datetime
    gap: int
    older: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days


# -- people ------------------------------------------------------------------------------------------------------------

_BOT = compile_later(
    r"\[bot\]|[-_ ]bot\b|^bot[-_ ]|dependabot|renovate|pre-commit-ci|github[- _]?actions?\b|copilot|^actions?-user$"
    r"|greenkeeper|mergify|snyk|codecov|all-?contributors|semantic-release|release-please|gitlab-ci|github[- _]?classroom"
    r"|imgbot|deepsource|sourcery-ai|codefactor|whitesource|^(web-flow|weblate|crowdin|olivaw|jenkins|travis[- ]ci|circleci)$"
    r"|^(claude|claude code|codex|devin|cursor agent|gemini( cli)?|jules|aider)$",
    re.IGNORECASE,
)
_BOT_MAIL = compile_later(
    r"\[bot\]@|@(anthropic|cursor|openai)\.com$|^(action|actions|github-actions)@github\.com$|@dependabot\.com$"
    r"|\+copilot@users\.noreply|^(?:no-?reply|support)@(?:github|overleaf)\.com$|^imgbothelp@|@(?:renovateapp|snyk|deepsource|weblate)\.(?:com|io|org)$",
    re.IGNORECASE,
)
_NOREPLY = compile_later(r"^(?:\d+[+-])?(?P<login>[^@]+)@users\.noreply\.", re.IGNORECASE)
# Names and local parts that stand for a machine or for nobody: two people may share them.
_SHARED = frozenset(
    [
        "root",
        "user",
        "users",
        "admin",
        "administrator",
        "ubuntu",
        "debian",
        "vscode",
        "codespace",
        "codespaces",
        "jovyan",
        "colab",
        "student",
        "students",
        "unknown",
        "none",
        "name",
        "yourname",
        "you",
        "me",
        "mail",
        "email",
        "info",
        "contact",
        "github",
        "gitlab",
        "noreply",
        "anonymous",
        "test",
        "guest",
        "git",
        "dev",
        "developer",
        "home",
        "macbook",
        "laptop",
        "pc",
        "nobody",
        "ec2user",
    ]
)
_SHARED_HOSTS = frozenset(["example.com", "example.org", "localhost", "none", "email.com", "mail.com", "github.com"])


def is_bot(name: str, email: str = "") -> bool:
    """Whether an identity is a program's: a `[bot]` account, a known service, an assistant."""
    return bool(_BOT.search(name.strip()) or _BOT_MAIL.search(email.strip()))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("æ", "ae").replace("ß", "ss"))
    return "".join(c for c in folded if c.isalnum())


def _keys(name: str, email: str) -> set[str]:
    """What two identities must share one of to be the same person's. Digits stay: a study number may be the name."""
    keys: set[str] = set()
    words = [w for w in re.split(r"[\s,._-]+", name) if _plain(w)]
    handles = {_plain(name)}
    if len(words) > 1:
        keys.add("words " + " ".join(sorted(_plain(w) for w in words)))
        handles.add(_plain(words[0] + words[-1]))
    if "," in name and len(words) > 1:
        handles.add(_plain(words[-1] + words[0]))
    email = email.strip().casefold()
    login = _NOREPLY.match(email)
    local, _, host = email.partition("@")
    if login:
        handles.add(_plain(login["login"]))
    elif host:
        handles.add(_plain(local.partition("+")[0]))
        if host not in _SHARED_HOSTS and not _generic(_plain(local)):
            keys.add("mail " + email)
    keys |= {"handle " + h for h in handles if not _generic(h)}
    return keys or {f"raw {name.casefold()} {email}"}


def _generic(handle: str) -> bool:
    return len(handle) < 3 or handle in _SHARED


@_once
def people(history: History) -> tuple[Person, ...]:
    """Everyone who authored or co-authored a commit, most commits first, bots last. Identities are one person's if they
    share a name, an e-mail address, or a login or local part. The number is an upper bound: a second private address with
    another name stays apart."""
    counts: Counter[tuple[str, str]] = Counter((c.author, c.email) for c in history.commits)
    helped: Counter[tuple[str, str]] = Counter()
    for commit in history.commits:
        helped.update(_trailer(t) for t in commit.coauthors)
    identities = list({**counts, **helped})
    group = _groups(identities, mailmap(history.mailmap))
    requests = {p.commit for p in pull_requests(history)}
    merges: Counter[int] = Counter()
    for commit in history.commits:
        if commit.sha in requests and len(commit.parents) > 1:
            merges[group[commit.author, commit.email]] += 1
    direct = Counter(group[c.author, c.email] for c in direct_commits(history))
    made = []
    for number in sorted(set(group.values())):
        own = [i for i in identities if group[i] == number]
        own.sort(key=lambda i: -counts[i])
        made.append(
            Person(
                names=tuple(dict.fromkeys(n for n, _ in own)),
                emails=tuple(dict.fromkeys(e for _, e in own)),
                commits=sum(counts[i] for i in own),
                coauthored=sum(helped[i] for i in own),
                merges=merges[number],
                direct=direct[number],
                bot=any(is_bot(*i) for i in own),
            )
        )
    return tuple(sorted(made, key=lambda p: (p.bot, -p.commits, -p.coauthored)))


def _groups(
    identities: list[tuple[str, str]], same: Mapping[tuple[str, str], tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The number of the person that each identity belongs to. `same` is what the `.mailmap` says."""
    parent = list(range(len(identities)))

    def top(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[str, int] = {}
    for i, (name, email) in enumerate(identities):
        # a bot never joins a person, whatever address it signs with
        prefix = "bot " if is_bot(name, email) else ""
        keys = _keys(name, email) | {_exact(name, email)}
        plain = name.casefold().strip(), email.casefold().strip()
        if not prefix and (meant := same.get(plain) or same.get(("", plain[1]))):
            known_as = meant[0] or name, meant[1]
            keys |= _keys(*known_as) | {_exact(*known_as)}
        for key in sorted(keys):
            parent[top(i)] = top(seen.setdefault(prefix + key, i))
    return {identity: top(i) for i, identity in enumerate(identities)}


def _exact(name: str, email: str) -> str:
    return f"exact {name.casefold().strip()} {email.casefold().strip()}"


_MAILMAP = compile_later(r"^(?P<name>[^<>#]*)<(?P<email>[^<>]*)>(?:(?P<old_name>[^<>]*)<(?P<old>[^<>]*)>)?")
_MAILMAP_ROWS = 2000


def mailmap(text: str) -> dict[tuple[str, str], tuple[str, str]]:
    """What a `.mailmap` says: the name and address that a commit is signed with (in small letters; the name is empty where
    any name is meant), and those of the person. A proper name that is left out is empty."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for row in text.split("\n")[:_MAILMAP_ROWS]:
        if match := _MAILMAP.match(row.strip()):
            name, email = match["name"].strip(), match["email"].strip()
            old = (match["old"] or email).strip().casefold()
            if old:
                said[(match["old_name"] or "").strip().casefold(), old] = (name, email)
    return said


def _trailer(text: str) -> tuple[str, str]:
    match = re.match(r"\s*(.*?)\s*<([^>]*)>", text)
    return (match[1], match[2]) if match else (text.strip(), "")


# -- how work came in --------------------------------------------------------------------------------------------------

_MERGED = compile_later(r"^Merge pull request #(?P<n>\d+) (?:from|in) (?P<head>\S+)")
_SQUASHED = compile_later(r"\(#(?P<n>\d+)\)\s*$")
_OTHER_HOSTS = (
    compile_later(r"See merge request \S*!(?P<n>\d+)"),  # GitLab
    compile_later(r"^Merged in (?P<head>\S+) \(pull request #(?P<n>\d+)\)"),  # Bitbucket
    compile_later(r"^Merged PR (?P<n>\d+): "),  # Azure DevOps
)
# GitLab quotes the target too (git itself does not); the number stands in the body, which is not read.
_GITLAB = compile_later(r"^Merge branch '(?P<head>[^']+)' into '(?P<target>[^']+)'$")
_BOT_BRANCH = compile_later(r"dependabot|renovate/|pre-commit-ci|snyk-|^copilot/|/copilot/", re.IGNORECASE)


@_once
def pull_requests(history: History) -> tuple[PullRequest, ...]:
    """The merged pull requests that subjects show, newest first, each number once: `Merge pull request #N`, a squash's
    `(#N)` made by the host, and other hosts' forms. Rebased ones leave no trace, so the number is a lower bound.
    `(#N)` typed by hand counts only where the host committed it, because it may name an issue."""
    by_sha = {c.sha: c for c in history.commits}
    found: dict[object, PullRequest] = {}
    for commit in history.commits:
        request = _request(commit, by_sha, history.default_branch)
        if request:
            found.setdefault(request.number or commit.sha, request)
    owners = Counter(p.owner for p in found.values() if p.owner)
    home = owners.most_common(1)[0][0] if owners else ""
    # from the repository's own default branch: it went into another branch; a fork's default branch came from outside
    defaults = DEFAULT_BRANCHES | ({history.default_branch} if history.default_branch else set())
    made = []
    for p in found.values():
        back = p.branch in defaults and p.owner in ("", home)
        made.append(PullRequest(**{**p.__dict__, "back_merge": back}) if back else p)
    return tuple(made)


def _request(commit: Commit, by_sha: dict[str, Commit], default: str) -> PullRequest | None:
    merge = len(commit.parents) > 1
    match = _MERGED.match(commit.subject) if merge else None
    match = match or next((m for p in _OTHER_HOSTS if (m := p.search(commit.subject))), None)
    squashed = False
    if not match and merge:
        match = _GITLAB.match(commit.subject)
        if match and match["target"] not in DEFAULT_BRANCHES | {default}:
            match = None
    if not match and not merge and commit.committer.casefold() in ("github", "web-flow", "gitea", "forgejo"):
        match = _SQUASHED.search(commit.subject)
        squashed = match is not None
    if not match:
        return None
    parts = match.groupdict()
    owner, _, branch = (parts.get("head") or "").partition("/")
    if not _MERGED.match(commit.subject):
        owner, branch = "", parts.get("head") or ""
    bot = bool(_BOT_BRANCH.search(branch)) or is_bot(commit.author, commit.email)
    if merge and commit.parents[1] in by_sha:
        head = by_sha[commit.parents[1]]
        bot = bot or (is_bot(head.author, head.email) and not _is_merge(head))
    number = int(parts.get("n") or 0)
    return PullRequest(number, commit.sha, commit.subject, commit.time, branch, owner, squashed, bot)


def _is_merge(commit: Commit) -> bool:
    return len(commit.parents) > 1


def own_pull_requests(history: History) -> tuple[PullRequest, ...]:
    """The pull requests that people opened to bring work in: without bots' and without the default branch's own."""
    return tuple(p for p in pull_requests(history) if not p.bot and not p.back_merge)


_CAUGHT_UP = compile_later(
    r"^Merge (?:remote-tracking )?branch '(?:origin/|upstream/)?(?P<from>[^']+)'(?: of \S+)? into '?(?P<into>[^'\s]+)'?$"
)


@_once
def main_line(history: History) -> tuple[Commit, ...]:
    """The line that the default branch has moved along, newest first: first parents, but where a branch was brought up to
    date by a merge of the default branch (and moved the default branch later, or is what is audited), the default branch's
    own side. What the branch had of its own since the last pull request is left out with it."""
    by_sha = {c.sha: c for c in history.commits}
    requests = {p.commit for p in pull_requests(history)}
    defaults = DEFAULT_BRANCHES | ({history.default_branch} if history.default_branch else set())
    line: list[Commit] = []
    certain, sha = 0, history.commits[0].sha if history.commits else ""
    while sha in by_sha:
        commit = by_sha[sha]
        caught_up = _CAUGHT_UP.match(commit.subject) if _is_merge(commit) else None
        if caught_up and caught_up["from"] in defaults and caught_up["into"] not in defaults:
            del line[certain:]
            sha = commit.parents[1]
            continue
        line.append(commit)
        if commit.sha in requests:
            certain = len(line)
        sha = commit.parents[0] if commit.parents else ""
    return tuple(line)


@_once
def direct_commits(history: History) -> tuple[Commit, ...]:
    """The commits of the default branch's line that are neither a merge nor a pull request nor a bot's. A lower bound:
    after a local `git pull` the line runs through somebody's own commits."""
    requests = {p.commit for p in pull_requests(history)}
    return tuple(
        c for c in main_line(history) if not _is_merge(c) and c.sha not in requests and not is_bot(c.author, c.email)
    )


@dataclass(frozen=True)
class OwnMerge:
    """A pull request that the only author of its commits merged, and how long after the last of them."""

    request: PullRequest
    commits: int
    after: timedelta


@dataclass(frozen=True)
class OwnMerges:
    """The pull requests of which the history tells who made the commits and who merged (`told`), and those of them where
    it was the same one person."""

    told: int
    own: tuple[OwnMerge, ...] = ()


def self_merged(history: History) -> OwnMerges:
    """Who merged whose pull requests: a merge commit's author against the authors and co-authors of what it brought in.
    A squash does not tell who pressed the button, and a shallow history not what a branch held."""
    requests = {p.commit: p for p in own_pull_requests(history) if not p.squashed}
    if history.shallow:
        unsure(Hole("git history", "this copy holds only its end"))
        return OwnMerges(0)
    by_sha = {c.sha: c for c in history.commits}
    identities = list(
        dict.fromkeys(i for c in history.commits for i in ((c.author, c.email), *map(_trailer, c.coauthors)))
    )
    person = _groups(identities, mailmap(history.mailmap))
    told, own = 0, []
    for sha, request in requests.items():
        merge = by_sha[sha]
        if len(merge.parents) != 2:
            continue
        brought = [c for c in _brought(merge, by_sha) if len(c.parents) < 2 and not is_bot(c.author, c.email)]
        if not brought:
            continue
        told += 1
        makers = {
            person[i] for c in brought for i in ((c.author, c.email), *map(_trailer, c.coauthors)) if not is_bot(*i)
        }
        if makers == {person[merge.author, merge.email]}:
            after = merge.committed - max(c.committed for c in brought)
            own.append(OwnMerge(request, len(brought), after))
    return OwnMerges(told, tuple(own))


_LONG_BRANCH = 2000  # commits that are looked through for what one merge brought in


def _brought(merge: Commit, by_sha: Mapping[str, Commit]) -> list[Commit]:
    """The commits that a merge brought in: what its second parent leads to and its first one does not. Both sides are
    gone back in step, by date, so that a young branch costs little in an old repository."""
    first, second = merge.parents
    todo = [(by_sha[sha].committed, sha, side) for sha, side in ((first, 1), (second, 2)) if sha in by_sha]
    sides: dict[str, int] = {}
    for _ in range(_LONG_BRANCH):
        if not any((side == 2 and not sides.get(sha, 0) & 1) or sides.get(sha) == 2 for _, sha, side in todo):
            break
        todo.sort()
        _, sha, side = todo.pop()
        old = sides.get(sha, 0)
        if old | side == old:
            continue
        sides[sha] = old | side
        todo += [(by_sha[p].committed, p, sides[sha]) for p in by_sha[sha].parents if p in by_sha]
    return [by_sha[sha] for sha, side in sides.items() if side == 2]


@dataclass(frozen=True)
class Branch:
    """A branch of this copy or of its host. `state`: `merged` (its commits came in by a merge and it is still there),
    `level` (it stands on the line itself: nothing of its own), `unmerged` (it has commits that never came in as they are),
    empty for one whose commit is unknown."""

    name: str
    commit: str
    state: str = ""


def branches(history: History) -> tuple[Branch, ...]:
    """Every branch but the default one. A squashed or rebased branch counts as unmerged: its commits never came in. A copy
    of one branch leaves a hole: others may be there."""
    if history.one_branch:
        unsure(Hole("git branches", "this copy of the repository has one branch only"))
    known, line = {c.sha for c in history.commits}, {c.sha for c in main_line(history)}
    tips = dict(history.branch_tips)
    made = []
    for name in history.branches:
        if name != history.default_branch:
            tip = tips.get(name, "")
            state = "" if not tip else "level" if tip in line else "merged" if tip in known else "unmerged"
            made.append(Branch(name, tip, state))
    return tuple(made)


@dataclass(frozen=True)
class Tag:
    """A tag with the commit that it sits on: on the default branch's `line`, off it in the `history`, or `elsewhere`.
    `later` are the commits of the line that came after it."""

    name: str
    commit: str
    on: str
    time: datetime | None = None
    later: int = 0


def tags(history: History) -> tuple[Tag, ...]:
    """The tags of this copy, or of its host where that was asked."""
    by_sha = {c.sha: c for c in history.commits}
    line = {c.sha: i for i, c in enumerate(main_line(history))}
    return tuple(
        Tag(name, sha, "line", by_sha[sha].committed, line[sha])
        if sha in line
        else Tag(name, sha, "history", by_sha[sha].committed)
        if sha in by_sha
        else Tag(name, sha, "elsewhere")
        for name, sha in history.tagged
    )


def span(history: History) -> Span | None:
    """From when to when work was done; None without commits. Impossible dates are left out."""
    times = sorted(c.time for c in history.commits if c.time.year > 2004)  # git is of 2005
    if not times:
        return None
    pauses = [(b - a, i + 1) for i, (a, b) in enumerate(pairwise(times))]
    pause, older = max(pauses, default=(timedelta(0), 0))
    return Span(times[0], times[-1], pause.days, older)
