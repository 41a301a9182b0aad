"""Whether the repository is a copy of another one, which the report speaks of."""

import re
from collections import Counter
from urllib.parse import unquote

from auditor.facts.hosted import COURSE
from auditor.holes import Hole
from auditor.lazy import compile_later
from auditor.snapshot import Snapshot

FEW = 5  # commits: who works for weeks in a repository has more
_LINK = compile_later(
    r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)/(blob|tree|actions|workflows|pkgs)(?:/([^\s)\]>\"'`]*))?",
    re.IGNORECASE,
)
_ADDRESS = compile_later(r"[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")


def spoken_of(snapshot: Snapshot, url: str) -> Hole | None:
    """The hole that a copy leaves: the report's answers speak of the files, runs or packages of another repository as the
    group's own, and this one has a few commits only (it was uploaded, not worked in). What is missing here may be there.

    A link counts where it leads to a file or folder of a branch that is here, too, or to runs or packages; links to a
    repository as such, to templates and to other people's files do not. Where it is not known where this repository comes
    from (`url` empty), one of the links must lead to what is not here.
    """
    report = snapshot.report
    if report is None or len(snapshot.history.commits) > FEW or snapshot.history.shallow:
        return None
    address = _ADDRESS.search(url)
    here = f"{address[1]}/{address[2]}".lower() if address else ""
    own: Counter[str] = Counter()
    lacking: set[str] = set()
    first: dict[str, int] = {}
    written: dict[str, str] = {}
    for question in report.questions:
        for n, row in enumerate(question.answer.split("\n")):
            for match in _LINK.finditer(row):
                name = f"{match[1]}/{match[2].removesuffix('.git')}"
                key = name.lower()
                if key == here or COURSE.search(match[2]):
                    continue
                rows = question.row_lines
                first.setdefault(key, rows[n] if n < len(rows) else question.answer_lines[0] + n)
                written.setdefault(key, name)
                path = unquote((match[4] or "").partition("/")[2]).split("#")[0].split("?")[0].strip("/.,;")
                here_too = path in snapshot.folders or path in dict.keys(snapshot.files)
                if match[3].lower() not in ("blob", "tree") or here_too:
                    own[key] += 1
                elif path:
                    lacking.add(key)
    known = [k for k, _ in own.most_common() if here or k in lacking]
    if not known:
        return None
    reason = f"the report speaks of the repository {written[known[0]]}; this is another one, with few commits, and what is missing here may be there"
    return Hole(report.path, reason, first[known[0]])
