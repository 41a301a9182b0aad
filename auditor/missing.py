"""Where the report is that an audited commit lacks: in a commit that came after the one that --before chose, or on another branch."""

from auditor.boundary import attempt
from auditor.errors import UserError
from auditor.models import Submission
from auditor.prepared import Found, opened
from auditor.profile import Profile
from auditor.report.find import NoReport, find_in_time
from auditor.repository import Ref, Repository

_BRANCHES = 10  # that are looked into


def no_report(error: NoReport, found: Found, submission: Submission, profile: Profile, committed: str) -> UserError:
    """The error that a commit has no report, with the commit and where there is one. What cannot be looked into is passed over."""
    which = f"in the commit {_named(found.commit, committed)}"
    if submission.before:
        which += f", which --before {submission.before} chose"
    elif submission.ref:
        which += f", which is {submission.ref}"
    elsewhere, _ = attempt(
        lambda: _later(found, submission, profile) or _on_a_branch(found, submission, profile), "where the report is"
    )
    if elsewhere is None:
        return NoReport(error.message.replace("in the commit", which, 1), error.hint)
    where, ref, late = elsewhere
    return UserError(
        f"no report {'yet ' * late}{which}; {where}",
        f"audit that one with --ref {ref}{', or give a later --before' if submission.before else ''}",
        f"in a list of groups: {ref} as its `ref`{', or a later `before`' if submission.before else ''}",
    )


def _later(found: Found, submission: Submission, profile: Profile) -> tuple[str, str, bool] | None:
    """The first commit after the audited one, on the default branch's line, that has the report, in words and by its id."""
    repository = found.target.repository
    tip = repository.tip() if found.later else found.commit
    if tip == found.commit or not (path := _report_in(tip, found, submission, profile)):
        return None
    range_ = f"{found.commit}..{tip}"
    changed = repository.git("rev-list", "--first-parent", "--reverse", range_, "--", f":(literal){path}").split()
    first = changed[0] if changed and _has(repository, changed[0], path) else tip
    which = "the later commit" if found.later == 1 else f"of the {found.later} later commits the first with it,"
    return f"{which} {_named(first, repository.committed(first))}, has {path}", first[:10], True


def _on_a_branch(found: Found, submission: Submission, profile: Profile) -> tuple[str, str, bool] | None:
    """The newest branch whose tip has the report."""
    repository = found.target.repository
    tips: dict[str, Ref] = {}
    for name, ref in repository.refs.items():
        short = name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
        if name.startswith(("refs/heads/", "refs/remotes/origin/")) and short != "HEAD" and ref.commit != found.commit:
            tips.setdefault(short, ref)
    newest = sorted(tips.items(), key=lambda t: (-t[1].time, t[0]))
    for name, ref in newest[:_BRANCHES]:
        if path := _report_in(ref.commit, found, submission, profile):
            return (
                f"the branch {name}, at {_named(ref.commit, repository.committed(ref.commit))}, has {path}",
                name,
                False,
            )
    return None


def _report_in(commit: str, found: Found, submission: Submission, profile: Profile) -> str:
    with opened(Found(found.target, commit)) as snapshot:
        try:
            return find_in_time(snapshot, submission.report_path, profile).path
        except UserError:
            return ""


def _has(repository: Repository, commit: str, path: str) -> bool:
    return bool(repository.git("ls-tree", "--name-only", "--end-of-options", commit, "--", path).strip())


def _named(commit: str, time: str) -> str:
    """A commit with its time to the second, since a deadline may be missed by one."""
    return f"{commit[:10]} ({time[:19].replace('T', ' ')}{time[19:] or 'no time that can be read'})"
