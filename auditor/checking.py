"""A working tree checked before it is handed in: the form of its report, then the audit without a judge."""

import posixpath
import shlex
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import limits
from auditor.boundary import attempt
from auditor.claims.run import case_of
from auditor.deadline import ORDINARY, May, allowed, needed, within
from auditor.errors import UserError
from auditor.examine import bounded, examine
from auditor.facts.names import names
from auditor.globs import matches
from auditor.handin import exposed, state_of
from auditor.models import Audited, AuditRecord, JudgeInfo, Problem, Report, Source, Times, Verdict
from auditor.pipeline import conclude, with_figures, with_left_out
from auditor.prepared import Book, Prepared, with_report
from auditor.probes import load
from auditor.profile import Profile
from auditor.profile_files import refuse_inside
from auditor.prose import read_prose
from auditor.report.find import NoReport, find_in_time
from auditor.report.notes import cut_of
from auditor.report.parse import parse_in_time
from auditor.rules import lacking
from auditor.snapshot import File

if TYPE_CHECKING:
    from auditor.worktree import WorkingTree


def check(
    path: Path,
    profile: Profile,
    *,
    report_path: str = "",
    only: str = "",
    question: int = 0,
    committing: bool = False,
    figures: bool = False,
    may: May = ORDINARY,
) -> AuditRecord:
    """The working tree at a path, checked as a group would before handing in: the report's form, then the audit without a
    judge. `only` is `form` or `audit`; `question` keeps the findings of one answer; `committing` takes what is staged as
    committed, for a hook; `figures` keeps the report's images, for a page."""
    from auditor.disk import Disk, kept_out, on_disk
    from auditor.form.check import check_form
    from auditor.form.committed import Index, uncommitted
    from auditor.loose_ends import loose_ends
    from auditor.moved import find_move, moved, told, without_moved
    from auditor.worktree import root_of, standing

    started, clock = datetime.now(UTC), time.perf_counter()
    root = root_of(path)
    refuse_inside(profile, root)
    with allowed(may) as allowance, _opened(root) as tree:
        file = _report_on_disk(tree, root, report_path, profile)
        url = tree.repository.origin()
        report, read = parse_in_time(file, profile, tree.files, tree.commit, url)
        with_report(tree, profile, report, url)
        if question and read and question not in {q.n for q in report.questions}:
            numbers = [q.n for q in report.questions]
            have = f"it has {min(numbers)} to {max(numbers)}" if numbers else "it has none"
            raise UserError(f"{file.path}: no question {question}", f"{have}; give one of them with --question")
        submission = Audited(
            id=root.resolve().name,
            repo=str(path),
            report_path=file.path,
            commit=tree.commit,
            commit_time=tree.committed,
            branch=tree.history.default_branch,
            url=url,
            working_tree=True,
            standing=attempt(lambda: standing(tree.repository), "where the branch stands")[0] or (),
        )
        cut = cut_of(tree.files[p] for p in report.files if p in tree.files)
        prepared = Prepared(submission, report, (), {}, (), tuple(cut))
        if only != "form":
            prepared = examine(tree, profile, submission, judged=False)
            back, _ = attempt(lambda: _put_back(prepared, tree, profile), "what the last commit has of the boxes")
            prepared = replace(prepared, verdicts=back or prepared.verdicts)
        book = Book(prepared.evidence)
        verdicts = prepared.verdicts
        changed = tree.uncommitted - (tree.staged() if committing else frozenset())
        unread: list[Problem] = []
        marks, _ = attempt(lambda: typed(tree, changed), "which keys are not committed yet")
        keys = exposed(tree, book.enter, unread, marks or (), profile.for_users)
        keyed = {v.claim.path for v in keys}
        if only != "audit" and read:
            failed: list[Problem] = []

            def checked() -> list[Verdict]:
                index = Index(frozenset(tree.index()), tree.staged(), tree.leaving())
                disk = Disk(report, tree, tree.head, changed, tree.left_out() | index.leaving)
                case = case_of(tree, profile, read_prose(report))
                move = None if report_path else find_move(disk, file.path, profile.collected)
                shown = _told_of(report, verdicts)
                more = [*on_disk(disk, case, told(move, shown))]
                if move is not None:
                    more += moved(move, disk, index.tracked)
                form = check_form(
                    file,
                    report,
                    tree,
                    profile,
                    book.enter,
                    url=url,
                    ignored=tree.ignored,
                    gone=lambda path: disk.now(path) if path in disk.gone else None,
                    fold=not question,
                    more=more,
                    placed=not report_path and not any(f.rule == "report-moved" for f in more),
                    tracked=index.tracked.__contains__,
                )
                named = {p: where[0].line for p in disk.new if (where := disk.naming(p))}
                ignored = kept_out(disk, case, names(tree).ever, tree.ignored)
                for path in sorted(index.leaving):
                    where = [w for w in disk.naming(path) if path in tree.files or not shown(w.line, w.name)]
                    if where:
                        named[path] = where[0].line
                        ignored |= {path: (where[0].line, rule)} if (rule := tree.ignored(path)) else {}
                leaving = frozenset(p for p in index.leaving if p in tree.files or p in named)
                aside = {p for p in changed if move and move.brought(p)}
                form += uncommitted(
                    named | {p: line for p, (line, _) in ignored.items()},
                    report,
                    changed - aside - keyed,
                    tree.head,
                    verdicts,
                    book.evidence,
                    book.enter,
                    index=replace(index, leaving=leaving),
                    ignored={p: rule for p, (_, rule) in ignored.items()},
                    was=lambda: {to: p for p in disk.gone if (to := disk.now(p))},
                )
                kept = [v for v in verdicts if not _told(v, form)]
                return [*form, *kept] if move is None else without_moved(move, report, tree.files, [*form, *kept])

            verdicts = tuple(bounded("the report's form", failed, checked) or verdicts)
            prepared = replace(prepared, omitted=(*prepared.omitted, *failed))
        failed = unread
        ends = loose_ends(tree, file.path, book.enter, failed, tree.unmerged()) if only != "form" else ()
        prepared = replace(prepared, omitted=(*prepared.omitted, *failed))
        verdicts = (*verdicts, *keys, *ends)
        cited = {book.evidence[c.evidence].path for v in verdicts for c in v.citations} | {file.path}
        submission = submission.model_copy(update={"uncommitted": tuple(sorted(cited & changed))})
        state = None
        if read:
            state, _ = attempt(
                lambda: state_of(file, report, tree, profile, len(keys), not report_path),
                "the state of the report in short",
            )
        prepared = replace(prepared, submission=submission, evidence=book.evidence, verdicts=verdicts, state=state)
        if figures:
            prepared = with_figures(prepared, tree)
        prepared = with_left_out(prepared, allowance)
        record = conclude(prepared, profile, {}, JudgeInfo())
    if question:
        about = {v.id for v in verdicts if v.claim.source == Source(kind="question", n=question)}
        record = record.model_copy(update={"findings": tuple(f for f in record.findings if f.verdict in about)})
    times = Times(started=started.isoformat(timespec="seconds"), seconds=round(time.perf_counter() - clock, 3))
    return record.model_copy(update={"times": times})


def _opened(root: Path) -> "WorkingTree":
    from auditor.worktree import open_working_tree

    ask = partial(open_working_tree, root)
    return needed(lambda: within("opening the working tree", limits.OPENING, ask))


def _report_on_disk(tree: "WorkingTree", root: Path, path: str, profile: Profile) -> File:
    """The report of a working tree; `path` counts from where the user stands, or from the repository's root. Raises UserError where
    there is none, which names one that is on disk alone, since git ignores it."""
    here = Path(path).absolute()
    if path and here.is_file() and here.is_relative_to(root.absolute()):
        path = here.relative_to(root.absolute()).as_posix()
    try:
        return find_in_time(tree, path, profile)
    except UserError as error:
        if isinstance(error, NoReport):
            due = (
                [p for p in tree.ignored_files() if matches(p, profile.due)] if not path else [path.removeprefix("./")]
            )
            for ignored in due:
                if rule := tree.ignored(ignored):
                    said = f"{ignored} is on your disk, but git ignores it ({rule}), so the hand-in lacks it"
                    raise UserError(said, f"git add -f {shlex.quote(ignored)}") from None
        raise UserError(error.message.replace("in the commit", "in the working tree"), error.hint) from None


def _put_back(prepared: Prepared, tree: "WorkingTree", profile: Profile) -> tuple[Verdict, ...]:
    """The verdicts, where those on ticked boxes whose work the last commit has and the disk lacks say so, and what brings it back."""
    gone = tree.head.keys() - tree.files.keys() - tree.left_out() - tree.leaving()
    results = {r.probe: r for r in prepared.results}
    items = {i.n: i for i in prepared.report.items}
    made = []
    for verdict in prepared.verdicts if gone else ():
        item = items.get(verdict.claim.source.n) if verdict.claim.source.kind == "item" else None
        spec = profile.items_by_id.get(item.item) if item and verdict.label == "contradicted" else None
        lacks = lacking(item, spec, results) if item and spec else ()
        shown = [e.path for id_ in lacks for e in load(profile.items)[id_].run(tree.at(tree.commit)).shown]
        if back := sorted(gone & set(shown)):
            folder = posixpath.commonpath(back) if len(back) > 1 else ""
            if folder and not any(p.startswith(f"{folder}/") for p in tree.files):  # nothing in it is written over
                back = [folder]
            named = " ".join(map(shlex.quote, back[:_BACK])) + (" ..." if len(back) > _BACK else "")
            said = "The box is ticked; what shows it is in the last commit, and not on disk any more."
            hint = f"Put it back: git checkout HEAD -- {named}"
            verdict = verdict.model_copy(update={"difference": said, "hint": hint, "softened": ""})
        made.append(verdict)
    return tuple(made) or prepared.verdicts


_BACK = 5  # files that a command names


def _told_of(report: Report, verdicts: Sequence[Verdict]) -> Callable[[int, str], bool]:
    """Whether a name in a line is a link's or image's, which the form is about, or a claim's that is contradicted."""
    shown = {(i.line, i.target.removeprefix("./")) for q in report.questions for i in (*q.images, *q.links)}
    wrong = [(v.claim.line, v.claim.quote) for v in verdicts if v.label == "contradicted" and v.by.startswith("claim:")]
    return lambda line, name: (
        any(n == line and target.endswith(name) for n, target in shown)
        or any(n == line and name in quote for n, quote in wrong)
    )


def _told(verdict: Verdict, form: Sequence[Verdict]) -> bool:
    """Whether the form has a finding about the image or link that a claim check contradicts."""
    shown = any(mark in verdict.claim.quote for mark in ("](", "<img", "<a ", "://"))
    if verdict.by != "claim:file" or verdict.label != "contradicted" or not shown:
        return False
    same = [
        v for v in form if v.claim.source == verdict.claim.source and v.rule.startswith(("image", "link", "template-"))
    ]
    return any(v.claim.quote in verdict.claim.quote or v.claim.line == verdict.claim.line for v in same)


def typed(tree: "WorkingTree", changed: Collection[str]) -> frozenset[str]:
    """The marks of the keys that stand in files with changes and in none of them as it was committed."""
    from auditor.facts.secrets import keys_of

    now = {f.mark for path in changed if path in tree.files for f in keys_of(tree.files[path])}
    return frozenset(now - {f.mark for path in changed if path in tree.head for f in keys_of(tree.head[path])})
