"""Why an audit says what it says of one thing: the files that a probe matched, set aside and looked at, the sentences that a check
took and left, the boxes that an answer fed."""

from collections.abc import Callable, Iterator
from pathlib import Path

from auditor import checking, pipeline
from auditor.claims.case import Case, Placed, Settler
from auditor.claims.case import load as load_claims
from auditor.claims.run import case_of, read_patterns
from auditor.errors import UserError
from auditor.examine import examine
from auditor.handin import with_state
from auditor.holes import watching
from auditor.judges import NoJudge
from auditor.lazy import dataclass
from auditor.missing import no_report
from auditor.models import Audited, AuditRecord, ChecklistItem, Finding, Submission, Verdict
from auditor.prepared import opened, with_report
from auditor.probes import Probe
from auditor.probes import load as load_probes
from auditor.profile import Item, Profile, names_like
from auditor.prose import read_prose
from auditor.report.find import NoReport, find_report
from auditor.report.parse import parse_report
from auditor.rules import RULES, box_says
from auditor.snapshot import File, Snapshot

_FILES = 20  # named of one sort


@dataclass(frozen=True)
class Line:
    """One line of an explanation: a title, or what stands below one."""

    text: str
    title: bool = False


def explain(
    submission: Submission,
    profile: Profile,
    id_: str,
    progress: Callable[[str], None] | None = None,
    *,
    working_tree: bool = False,
) -> list[Line]:
    """Everything that one commit shows of a probe, a check, an item, a rule or a finding (by its verdict's id, or the start of
    its fingerprint); with `working_tree` what a check of that shows. Of a checkout, a rule's findings are told of both, and what only
    a check found is found there. Raises UserError where nothing has that name."""
    own = Path(submission.repo)
    checkout = not submission.ref and not submission.before and (own / ".git").exists()
    if working_tree:
        return _on_disk(own, submission.report_path, profile, id_)
    try:
        told = _of_commit(submission, profile, id_, progress)
    except UserError:
        if not checkout:
            raise
        try:
            return [
                Line("in the working tree, as `auditor check` sees it", True),
                *_on_disk(own, submission.report_path, profile, id_),
            ]
        except UserError:
            pass
        raise
    if checkout and id_ in RULES:
        record = checking.check(own, profile, report_path=submission.report_path)
        told += _found_of(record, id_, "in the working tree, as `auditor check` sees it")
    return told


def _on_disk(root: Path, report: str, profile: Profile, id_: str) -> list[Line]:
    from auditor.worktree import open_working_tree, root_of

    record = checking.check(root, profile, report_path=report)
    with open_working_tree(root_of(root)) as snapshot:
        with_report(snapshot, profile, record.report, record.submission.url)
        return list(_Explained(record, snapshot, profile).lines(id_))


def _of_commit(
    submission: Submission, profile: Profile, id_: str, progress: Callable[[str], None] | None
) -> list[Line]:
    found = pipeline.find(submission, progress)
    with opened(found) as snapshot:
        try:
            file = find_report(snapshot, submission.report_path, profile)
        except NoReport as error:
            raise no_report(error, found, submission, profile, snapshot.committed) from None
        report = parse_report(file, profile, snapshot.files, found.commit, found.target.url)
        with_report(snapshot, profile, report, found.target.url)
        about = Audited(
            id=submission.id,
            repo=submission.repo,
            report_path=file.path,
            commit=found.commit,
            commit_time=snapshot.committed,
        )
        prepared = with_state(examine(snapshot, profile, about), file, snapshot, profile)
        record = pipeline.conclude(prepared, profile, {}, NoJudge().info)
        told = list(_Explained(record, snapshot, profile).lines(id_))
    return told


class _Explained:
    def __init__(self, record: AuditRecord, snapshot: Snapshot, profile: Profile) -> None:
        self.record = record
        self.snapshot = snapshot
        self.profile = profile
        self.verdicts = {v.id: v for v in record.verdicts}
        self.results = {r.probe: r for r in record.results}
        self.case: Case = case_of(snapshot, profile, read_prose(record.report))

    def lines(self, id_: str) -> Iterator[Line]:
        readers, settlers = load_claims()
        probes = load_probes(self.profile.items)
        findings = self._findings(id_)
        if id_ in probes:
            yield from self.probe(probes[id_])
        if id_ in settlers:
            yield from self.check(settlers[id_])
        if id_ in readers:
            yield from self.reader(id_)
        if id_ in self.profile.items_by_id:
            yield from self.item(self.profile.items_by_id[id_])
        if id_ in RULES:
            yield from self.rule(id_)
        for finding in findings:
            yield from self.finding(finding, self.verdicts[finding.verdict])
        if not findings and id_ in self.verdicts:
            yield from self.verdict(self.verdicts[id_])
        known = [*probes, *settlers, *readers, *self.profile.items_by_id, *RULES]
        if id_ not in known and not findings and id_ not in self.verdicts:
            near = names_like(id_, dict.fromkeys(known), 3)  # a check and an item may have one name
            hint = f"did you mean {', '.join(near)}?" if near else "`auditor probes` lists probes and checks"
            raise UserError(f"nothing in this audit is called {id_!r}", hint)

    def _findings(self, id_: str) -> list[Finding]:
        return [
            f
            for f in self.record.findings
            if id_ == f.verdict
            or id_ in f.verdicts
            or (len(id_) >= 6 and any(m.startswith(id_) for m in (f.fingerprint, *f.formerly)))
        ]

    # -- probes

    def probe(self, probe: Probe) -> Iterator[Line]:
        result = self.results[probe.id]
        yield Line(f"probe {probe.id}: {result.outcome.replace('_', ' ')}", True)
        yield Line(f"asks: {probe.asks}")
        yield Line(f"counts: {probe.explains}")
        if result.reason:
            yield Line(f"unknown because: {result.reason}")
        pieces = [self.record.evidence[e] for e in result.evidence]
        for piece in pieces:
            where = f"{piece.path}:{piece.start}" if piece.start else piece.path
            yield Line("  ".join(p for p in (where, piece.note, piece.excerpt.split("\n")[0].strip()[:120]) if p))
        if result.count > len(pieces):
            yield Line(f"and {result.count - len(pieces)} more pieces")
        yield from self._files(probe)
        yield from self._fed(probe.id)

    def _files(self, probe: Probe) -> Iterator[Line]:
        """What the globs let through, and what became of each file."""
        if not probe.looks_in:
            yield Line("looks in the git history alone")
            return
        with watching():
            matched = self.snapshot.select(probe.looks_in, all=True).named()
            looked = {
                f.path
                for f in self.snapshot.select(probe.looks_in, probe.mentions, stubs=probe.stubs, all=probe.all).named()
            }
        aside: dict[str, list[str]] = {}
        for file in matched:
            if file.path not in looked:
                aside.setdefault(self._why_not(file, probe), []).append(file.path)
        globs = ", ".join(probe.looks_in)
        yield Line(f"{len(matched)} files match {globs}", True)
        yield Line(f"looked at ({len(looked)}): {_named(sorted(looked))}")
        for why, paths in sorted(aside.items()):
            yield Line(f"{why} ({len(paths)}): {_named(paths)}")

    def _why_not(self, file: File, probe: Probe) -> str:
        if (why := self.snapshot.aside(file)) and not (probe.all or (probe.stubs and why == "template stub")):
            return f"set aside, {why}"
        if file.why_skipped:
            return f"has no text, {file.why_skipped}"
        return f"has none of the words {', '.join(probe.mentions)}" if probe.mentions else "the same as another file"

    def _fed(self, probe: str) -> Iterator[Line]:
        """The boxes that a probe's answer counts for."""
        yield Line("boxes that it counts for", True)
        labels = {i.item: (i, self._label(i)) for i in self.record.report.items if i.item}
        some = False
        for item in self.profile.items:
            roles = [
                name
                for name, ids in (
                    ("shows it", item.probes), ("shows half of it", item.half), ("a weak sign", item.weak), ("of an open box", item.open_probes),
                )
                if probe in ids
            ]  # fmt: skip
            if roles:
                some = True
                there = labels.get(item.id)
                said = f"line {there[0].line} is {box_says(there[0])}, {there[1]}" if there else "not in this checklist"
                yield Line(f"{item.id} ({', '.join(roles)}): {said}")
        if not some:
            yield Line("none; checks and the judge's material use it")

    def _label(self, item: ChecklistItem) -> str:
        return next((i.label.replace("_", " ") for i in self.record.items if i.n == item.n), "not judged")

    # -- boxes

    def item(self, spec: Item) -> Iterator[Line]:
        yield Line(f"item {spec.id}: {spec.texts[0]}", True)
        boxes = [i for i in self.record.report.items if i.item == spec.id]
        for box in boxes:
            yield Line(f"line {box.line}: {box_says(box)}, known by its text ({box.matched}); {self._label(box)}")
        if not boxes:
            yield Line("the report's checklist has no such line")
        verdict = next((v for v in self.record.verdicts if boxes and v.id == f"V{boxes[0].n}"), None)
        if verdict:
            yield from _said(verdict)
        if not spec.observable:
            yield Line(f"nobody can see it in a repository: {spec.unseen}")
            return
        for title, ids in (
            (f"{spec.require} of these probes show it", spec.probes),
            ("these show half of it", spec.half),
            ("these are weak signs", spec.weak),
            ("these are asked of an open box", spec.open_probes),
        ):
            if ids:
                yield Line(title, True)
            for id_ in ids:
                result = self.results[id_]
                first = next((self.record.evidence[e] for e in result.evidence), None)
                where = f"{first.path}:{first.start}" if first and first.start else first.path if first else ""
                yield Line(f"{id_}: {result.outcome}  {where or (first.note if first else result.reason)}")

    # -- sentences

    def check(self, settler: Settler) -> Iterator[Line]:
        yield Line(f"check {settler.id}", True)
        yield Line(f"states: {settler.asks}")
        yield Line(settler.explains)
        placed, _ = read_patterns(self.case)
        self.case.claims = tuple(placed)
        mine = [p for p in placed if p.claim.kind == settler.kind]  # type: ignore[attr-defined]
        yield Line(f"{len(mine)} statements of the report are of this kind", True)
        for one in mine:
            yield Line(f"line {one.line}: {' '.join(one.claim.quote.split())[:160]}")
            yield Line(f"    {self._settled(settler, one)}")
        if not mine:
            yield Line("no rigid form of it stands in the answers; a judge may read others")

    def _settled(self, settler: Settler, one: Placed) -> str:
        """What came of a statement, and where it was left, why."""
        _, failure = settler.settle(one.claim, self.case)
        if failure:
            return f"left: {failure}"
        with watching() as watch:
            made = settler.function(one.claim, self.case)
        if made is None:
            unread = f"; not read or followed: {'; '.join(str(h) for h in watch.holes[:3])}" if watch.holes else ""
            return f"left: the check is not sure either way{unread}"
        if made.label == "supported":
            return f"supported: {made.shows}"
        if one.claim.strength not in settler.speaks:
            return f"left: the sentence is {one.claim.strength}, which is confirmed at most ({made.shows})"
        if settler.settle(one.claim, self.case)[0] is None:
            return f"left: what could not be read may hold it: {'; '.join(str(h) for h in watch.holes[:3])}"
        quote = " ".join(one.claim.quote.split())
        if not any(v.claim.quote == quote and v.label == "contradicted" for v in self.record.verdicts):
            return f"left: another statement of this answer says the same, or was found right ({made.shows})"
        return f"contradicted: {made.difference} {made.shows}"

    def reader(self, id_: str) -> Iterator[Line]:
        reader = load_claims()[0][id_]
        yield Line(f"reader {id_}", True)
        yield Line(reader.explains)
        made, failure = reader.read(self.case.prose, self.case)
        yield Line(f"{len(made)} statements taken{f'; it failed: {failure}' if failure else ''}", True)
        for one in made:
            kind: str = one.claim.kind  # type: ignore[attr-defined]
            yield Line(f"line {one.line}, {kind}: {' '.join(one.claim.quote.split())[:160]}")

    # -- findings

    def rule(self, id_: str) -> Iterator[Line]:
        rule = RULES[id_]
        yield Line(f"rule {id_} ({rule.level}): {rule.title}", True)
        yield Line(rule.help)
        s = self.record.submission
        where = "in the working tree" if s.working_tree else f"in the audit of commit {s.commit[:12]}"
        yield from _found_of(self.record, id_, where)

    def finding(self, finding: Finding, verdict: Verdict) -> Iterator[Line]:
        yield Line(f"finding {verdict.id}: {finding.rule}, {finding.level}, {finding.standing}", True)
        yield from _said(verdict)
        yield from self._rests_on(verdict)

    def verdict(self, verdict: Verdict) -> Iterator[Line]:
        yield Line(f"{verdict.id}: {verdict.label.replace('_', ' ')}, no finding", True)
        yield from _said(verdict)
        yield from self._rests_on(verdict)

    def _rests_on(self, verdict: Verdict) -> Iterator[Line]:
        yield Line("rests on", True)
        probes: dict[str, None] = {}
        for citation in verdict.citations:
            piece = self.record.evidence[citation.evidence]
            where = f"{piece.path}:{piece.start}" if piece.start else piece.path
            sources = f"from {_named(piece.sources)}" if piece.sources else ""
            yield Line("  ".join(p for p in (piece.kind, where, piece.note, piece.excerpt.split("\n")[0].strip()[:120], sources) if p))  # fmt: skip
            probes.setdefault(piece.probe)
        known, settlers = load_probes(self.profile.items), load_claims()[1]
        kind = verdict.by.removeprefix("claim:")
        if kind in settlers:
            yield Line(f"by the check {kind}: {settlers[kind].explains}")
        item = next((i for i in self.record.report.items if verdict.id == f"V{i.n}" and i.item), None)
        if item and item.item in self.profile.items_by_id:
            yield from self.item(self.profile.items_by_id[item.item])
        for id_ in probes:
            if id_ in known:
                yield from self.probe(known[id_])


def _found_of(record: AuditRecord, rule: str, where: str) -> Iterator[Line]:
    """The findings of a rule, each in a line."""
    found = [f for f in record.findings if f.rule == rule]
    verdicts = {v.id: v for v in record.verdicts}
    yield Line(f"{len(found)} finding{'s' * (len(found) != 1)} {where}", True)
    for finding in found:
        verdict = verdicts[finding.verdict]
        yield Line(f"{verdict.id}, line {_place(verdict)}: {' '.join(verdict.claim.quote.split())[:160]}")


def _said(verdict: Verdict) -> Iterator[Line]:
    for name, text in (
        ("in line", f"{_place(verdict)}: {' '.join(verdict.claim.quote.split())[:300]}"),
        ("repository", verdict.repo_shows),
        ("difference", verdict.difference),
        ("for the group", verdict.softened),
        ("said by", verdict.by),
    ):
        if text:
            yield Line(f"{name}: {text}")


def _place(verdict: Verdict) -> str:
    claim = verdict.claim
    return f"{claim.path}:{claim.path_line}" if claim.path else str(claim.line)


def _named(paths: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(paths) - _FILES} more" if len(paths) > _FILES else ""
    return (", ".join(paths[:_FILES]) or "none") + more
