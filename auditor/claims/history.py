"""How work came onto the default branch: absolutes about pull requests and direct pushes, and denials of pull requests, held
against the commits.

Branch protection is a setting that nobody sees from outside, and a deleted branch leaves no trace; so only sentences
without a back door are taken, and only where the history contradicts them many times over.
"""

import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, check, fact
from auditor.facts.changes import changes
from auditor.facts.history import direct_commits, main_line, own_pull_requests, pull_requests
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.repository import Commit
from auditor.snapshot import Snapshot

_MAIN = r"(?:the\s+|our\s+)?(?:\w+\s+)?(?:main|master|trunk|default)\b"
_REQUEST = r"(?:pull[- ]requests?|prs?|merge[- ]requests?)\b"
_ABSOLUTE = (
    # never pushed to main; nobody pushes to main
    compile_later(rf"\b(?:never|nobody|no one|none of us|no member)\b(?:\W+\w+){{0,4}}?\W+(?:push|commit|work|merg|cod)\w*\b(?:\W+\w+){{0,5}}?\W+(?:to|on|into|onto)\s+{_MAIN}", re.I),
    # all changes / main only through pull requests
    compile_later(rf"\b(?:only|exclusively|solely|always)\s+(?:(?:be|been|was|were|allowed|possible|merged|made|done|pushed|added|integrated|updated|changed|go|went|enter\w*|reach\w*|into|to|in|{_MAIN})\s+){{0,6}}(?:branch\s+)?(?:through|via|by|with|using)\s+(?:approved\s+|reviewed\s+|a\s+|the\s+|github\s+)*{_REQUEST}", re.I),
    compile_later(rf"\b(?:all|every|any)\b(?:\W+\w+){{0,2}}?\W+(?:changes?|commits?|code|contributions?|updates?|features?|additions?|work)\b(?:\W+\w+){{0,8}}?\W+(?:need\w*|had|has|have|must|went|goes|go|required|came|passed|merged)\b(?:\W+\w+){{0,5}}?\W+(?:through|via|by|using|with|a)\s+(?:approved\s+|reviewed\s+|a\s+|the\s+)*{_REQUEST}", re.I),
    # instead of committing directly to main
    compile_later(rf"\b(?:all|every|each)\b.{{3,120}}\b(?:instead of|rather than|and not|without)\b(?:\W+\w+){{0,2}}?\W+(?:push|commit)\w*\s+(?:\w+\s+){{0,2}}?(?:to|on|into|onto)\s+{_MAIN}", re.I),
    # direct pushes are disabled
    compile_later(rf"\b(?:disabled|disallow\w*|block(?:s|ed|ing)?|forb[ia]d\w*|prevent(?:s|ed|ing)?|prohibit\w*|restrict\w*|den(?:y|ied))\b(?:\W+\w+){{0,6}}?\W+(?:direct\w*\s+)?(?:push|commit)\w*\b(?:\W+\w+){{0,3}}?\W+(?:to|on|into|onto)\s+{_MAIN}", re.I),
    compile_later(rf"\b(?:direct\s+(?:push|commit)\w*)\s+(?:to|on|into|onto)\s+{_MAIN}(?:\s+branch)?\s+(?:(?:is|are|was|were)\s+)?(?:not (?:allowed|possible|permitted)|disabled|blocked|forbidden|prohibited|prevented|restricted)", re.I),
    # each feature its own branch and pull request
    compile_later(rf"\b(?:each|every|all)\s+(?:new\s+|single\s+|separate\s+)?(?:features?|changes?|tasks?|issues?|additions?|modifications?)\b.{{0,80}}\bbranch(?:es)?\b.{{0,40}}\b(?:and|with|through|via|followed by)\b.{{0,40}}{_REQUEST}", re.I),
)  # fmt: skip
_SOFT = compile_later(
    r"\b(?:usually|typically|generally|mostly|mainly|often|almost|nearly|tried|aimed|tend|where possible|when possible|as far as|sometimes|in most|most of|"
    r"primarily|normally|would|should|might|ideally|larger|bigger|future|plan|in general|good practice|best practice|later|eventually|towards the end|"
    r"in the end|once|after|until|apart from|except|besides|some of us|ensur\w+ that nobody)\b",
    re.IGNORECASE,
)
_BRANCHES = compile_later(
    r"\b(?:every|each|all|our)\s+(?:\w+\s+)?branch(?:es)?\s+(?:\w+\s+){0,2}merged\b", re.IGNORECASE
)  # not a word on direct commits
_ADMITS = compile_later(
    rf"\b(?:direct(?:ly)?|straight)\b.{{0,40}}\b(?:{_MAIN})|\b(?:push|commit|work)\w*\s+(?:to|on)\s+{_MAIN}",
    re.IGNORECASE,
)
_DENIES = compile_later(
    r"\b(?:no|not|never|nobody|cannot|instead|rather|without|prevent\w*|disabl\w*|block\w*|avoid\w*|protect\w*|restrict\w*|forb\w*|disallow\w*|only|ensur\w*)\b|n't\b",
    re.I,
)
_REPORT_ONLY = compile_later(
    r"\b(?:report|readme|question|answer|checklist|figure|typo|docs?|documentation|diagram|screenshot|image|picture|exam|markdown|md|initial|first commit|template|cookiecutter|delete .*\.(?:png|jpe?g|pdf))\b|\bq\d+\b",
    re.IGNORECASE,
)  # fmt: skip
_ANSWERS = ("version-control", "continuous-integration", "code-quality", "contributions", "struggles")
LEAST, SHARE = 10, 0.25


def _quote(statement: Statement, words: str) -> str:
    """The clause around the matched words in a long sentence, verbatim; empty for the whole of a short one."""
    if len(statement.text) <= 250:
        return ""
    pattern = r"[\s*`_]*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", words)))
    m = re.search(pattern, statement.text)
    return m[0] if m and len(m[0].split()) >= 5 else ""


def _only_prose(path: str) -> bool:
    return path.endswith(
        (".md", ".png", ".jpg", ".jpeg", ".svg", ".pdf", ".html", ".txt", ".gitkeep")
    ) or path.startswith(("reports/", "docs/"))


def _code_commits(snapshot: Snapshot, commits: tuple[Commit, ...]) -> list[Commit]:
    """Those commits that change more than the report and other prose: by their files where git can tell, else by their
    subjects."""
    changed = changes(snapshot) if snapshot.opened else {}
    if not changed:
        return [c for c in commits if not _REPORT_ONLY.search(c.subject)]
    return [c for c in commits if any(not _only_prose(change.path) for change in changed.get(c.sha, ()))]


def _direct_work(snapshot: Snapshot) -> list[Commit]:
    """The commits of people that stand on the default branch by themselves after the first pull request, change code, and
    were not rebased, amended or picked (their times agree): they were pushed there."""
    history = snapshot.history
    merged = pull_requests(history)
    if not merged or history.shallow:
        return []
    line = main_line(history)
    place = {c.sha: i for i, c in enumerate(line)}
    first = max((place[p.commit] for p in merged if p.commit in place), default=-1)
    later = {c.sha for c in line[: max(first, 0)]}
    plain = tuple(
        c for c in direct_commits(history) if c.sha in later and abs((c.committed - c.time).total_seconds()) < 60
    )
    return _code_commits(snapshot, plain) if len(plain) >= LEAST else []


@check("direct-pushes", asks="Did everything come onto the default branch as the report says?")
def direct_pushes(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: an absolute about the default branch ("we never pushed to main", "changes only through pull requests", "direct
    pushes are disabled", "each feature has its own branch and pull request"). Settled by: the first-parent line. It is
    contradicted by at least ten commits there, and more than a quarter of the line, that people made after the first pull
    request, that change code, and that are neither merges, pull requests nor rebased. Leaves alone: "usually", "tried",
    "later", review rules and protection as such (settings), answers that admit direct pushes themselves, how
    branches (rather than changes) were merged, and copies without their history."""
    for statement in prose.sentences(*_ANSWERS):
        plain = statement.plain
        if not re.search(r"main|master|trunk|default|branch", plain, re.IGNORECASE) or statement.personal:
            continue
        m = next((m for p in _ABSOLUTE if (m := p.search(plain))), None)
        if m is None or _SOFT.search(plain) or _admitted(prose, statement):
            continue
        if _BRANCHES.search(plain[: m.end()]):
            continue
        line = main_line(repo.history)
        direct = repo.snapshot.once("direct work", lambda: _direct_work(repo.snapshot))
        if len(direct) < LEAST or len(direct) <= SHARE * len(line):
            continue
        own = own_pull_requests(repo.history)
        yield Settled(
            statement,
            "history:direct-pushes",
            f"{len(direct)} of the {len(line)} commits on the default branch's line change code and came neither by a merge nor by a pull request, after the first of {len(own)} pull requests",
            f"The history shows {len(direct)} direct commits beside {len(own)} merged pull requests.",
            (
                _listed("direct commits", direct),
                fact(f"{len(own)} pull requests merged", *[p.commit[:12] for p in own[:20]]),
            ),
            _quote(statement, m[0]),
        )


def _listed(what: str, commits: list[Commit]) -> Evidence:
    shown = "; ".join(f"{c.sha[:8]} {c.time:%Y-%m-%d} {c.subject[:50]}" for c in commits[:5])
    return fact(f"{len(commits)} {what}, the newest: {shown}", *[c.sha[:12] for c in commits[:40]])


def _admitted(prose: Prose, statement: Statement) -> bool:
    """Whether another sentence of the answer tells of direct pushes."""
    others = (s for s in prose.sentences(statement.question.id) if s is not statement)
    return any(_ADMITS.search(s.plain) and not _DENIES.search(s.plain) for s in others)


_NO_REQUESTS = (
    compile_later(rf"\b(?:we|our (?:group|team|work|workflow))\b(?:\W+\w+){{0,4}}?\W+(?:did not|didn't|have not|haven't|never)\s+(?:really\s+)?(?:use[ds]?|ma[dk]e (?:any |use of )?|work(?:ed)? with|creat\w+|open\w*|employ\w*)\s*(?:any\s+)?{_REQUEST}(?!\s+(?:for|on|when|until|reviews?|template|much|often|that|to|extensively|every|consistently|in the))", re.I),
    compile_later(rf"\b(?:we|our work)\b.{{0,60}}\b(?:used?|with|made|making)\s+(?:no|zero)\s+{_REQUEST}(?!\s+(?:review|template))", re.I),
)  # fmt: skip


@check("denied-pull-requests", asks="Are there no pull requests where the report denies them?")
def denied_pull_requests(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a plain denial in the version control answer ("we have not used pull requests"). Settled by: merged pull requests
    of people in the history. Leaves alone: "not much", "not for everything", wishes, reviews, the default branch merged
    elsewhere, and bots' pull requests."""
    for statement in prose.sentences("version-control"):
        m = next((m for p in _NO_REQUESTS if (m := p.search(statement.plain))), None)
        if (
            m is None
            or statement.personal
            or re.search(
                r"\b(?:only|except|besides|apart|much|many|fully|always|often|often|extensive\w*|strict\w*|formal\w*|if|would|should|at first|initially|until|wish)\b",
                statement.plain,
                re.IGNORECASE,
            )
        ):
            continue
        own = own_pull_requests(repo.history)
        if own:
            numbers = ", ".join(f"#{p.number}" if p.number else p.commit[:8] for p in own[:6])
            word = "pull request" if len(own) == 1 else "pull requests"
            yield Settled(
                statement,
                "history:pull-requests",
                f"the history shows {len(own)} merged {word} ({numbers})",
                f"The sentence says that there were none; {len(own)} {'was' if len(own) == 1 else 'were'} merged.",
                (fact(f"merged {word}: {numbers}", *[p.commit[:12] for p in own[:20]]),),
                _quote(statement, m[0]),
            )
