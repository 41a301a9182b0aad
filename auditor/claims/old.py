"""Runs the claim checks and tells what was never true from what has become untrue."""

from collections.abc import Callable

from auditor.claims import Repo, Settled, load
from auditor.models import Citation, Claim, Evidence, Problem, Source, Verdict
from auditor.prose import Prose
from auditor.snapshot import OpenSnapshot, Snapshot

Number = Callable[[Evidence], str]  # enters an evidence in the record and gives its id


def settle(prose: Prose, snapshot: Snapshot, number: Number) -> tuple[list[Verdict], list[Problem]]:
    """One verdict for each settled statement, in the report's order, with ids C1, C2, ...; and the checks that failed.

    A contradicted sentence is held against the commit that last changed it, too: by the same check, with that commit's
    files.
    """
    repo = Repo(snapshot)
    problems: list[Problem] = []
    settled: dict[tuple[int, str], tuple[str, Settled]] = {}
    for check in load().values():
        found, failure = check.run(prose, repo)
        if failure:
            problems.append(Problem(message=failure))
        for piece in found:
            # the first to speak about a thing in an answer has it, a contradiction before a confirmation
            key = (piece.statement.question.n, piece.about)
            if key not in settled or (settled[key][1].label, piece.label) == ("supported", "contradicted"):
                settled[key] = (check.id, piece)
    ordered = sorted(settled.values(), key=lambda s: (s[1].statement.line, s[0], s[1].about))
    clock = _Clock(prose, snapshot)
    verdicts = []
    for n, (check_id, piece) in enumerate(ordered, 1):
        when = clock.when(check_id, piece) if piece.label == "contradicted" else ""
        verdicts.append(_verdict(f"C{n}", check_id, piece, when, clock, number))
    return verdicts, problems


def _verdict(id_: str, check_id: str, piece: Settled, when: str, clock: "_Clock", number: Number) -> Verdict:
    citations = []
    for evidence in piece.evidence:
        e = number(evidence.model_copy(update={"probe": f"claim:{check_id}"}))
        citations.append(Citation(evidence=e, quote=evidence.excerpt or evidence.note))
    difference = piece.difference
    if when == "stale":
        difference += f" It was so when the sentence was written ({clock.written(piece)[:10]})."
    said = " ".join(piece.said.split())
    return Verdict.model_validate(
        {
            "id": id_,
            "claim": Claim(source=_source(piece), quote=said, line=_line(piece)),
            "label": piece.label,
            "citations": tuple(citations),
            "report_says": said,
            "repo_shows": piece.shows,
            "difference": difference,
            "by": f"claim:{check_id}",
            "rule": piece.rule if piece.label == "contradicted" else "",
            "detail": piece.detail,
            "when": when,
        }
    )


def _source(piece: Settled) -> Source:
    """The question of a statement; the report as a whole for one that stands before all questions."""
    n = piece.statement.question.n
    return Source(kind="question", n=n) if piece.statement.question.answer or n else Source(kind="report", n=0)


def _line(piece: Settled) -> int:
    """The line that the quote starts on."""
    at = piece.statement.text.find(piece.quote) if piece.quote else 0
    return piece.statement.line + piece.statement.text.count("\n", 0, max(at, 0))


class _Clock:
    """Tells whether a sentence was true at the commit that last changed it."""

    def __init__(self, prose: Prose, snapshot: Snapshot) -> None:
        self._prose = prose
        self._snapshot = snapshot
        self._blame: list[str] | None = None
        self._order = {c.sha: i for i, c in enumerate(snapshot.history.commits)}
        self._then: dict[tuple[str, str], set[tuple[int, str]]] = {}
        self._repos: dict[str, Repo] = {}

    def written(self, piece: Settled) -> str:
        """The newest commit among those that last changed the statement's lines; empty where git cannot tell."""
        if not isinstance(self._snapshot, OpenSnapshot):
            return ""
        if self._blame is None:
            self._blame = self._snapshot.repository.blame(self._snapshot.commit, self._prose.report.path)
        first = piece.statement.line - 1
        shas = self._blame[first : first + piece.statement.text.count("\n") + 1]
        known = [s for s in shas if s in self._order]
        return min(known, key=lambda s: self._order[s], default="")

    def when(self, check_id: str, piece: Settled) -> str:
        """`stale`, `never`, or empty where the commit is unknown. What the report itself contradicts has no history."""
        written = self.written(piece)
        if not written or piece.rule != "prose-contradicts-repository":
            return ""
        if written == self._snapshot.commit:
            return "never"
        if (check_id, written) not in self._then:
            assert isinstance(self._snapshot, OpenSnapshot)
            if written not in self._repos:
                self._repos[written] = Repo(self._snapshot.at(written))
            found, failure = load()[check_id].run(self._prose, self._repos[written])
            if failure:
                return ""
            self._then[check_id, written] = {(s.statement.line, s.about) for s in found if s.label == "contradicted"}
        still = (piece.statement.line, piece.about) in self._then[check_id, written]
        return "never" if still else "stale"
