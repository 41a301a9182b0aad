"""What several test files share."""

import os
from collections.abc import Mapping

from auditor import errors, profile_files
from auditor.models import ChecklistItem, Question, Report
from auditor.probes import Answer, load
from auditor.profile import load_profile
from auditor.repository import History
from auditor.snapshot import Snapshot

EARNED = profile_files.earned  # what users have
profile_files.earned = lambda name: ""  # what rules say is tested apart from how often they were right
os.environ["AUDITOR_STRICT"] = "1"  # for the processes that tests start
errors.PASSED = errors.FAULTS


def tree(files: Mapping[str, str | bytes], history: History | None = None, report: Report | None = None) -> Snapshot:
    """A snapshot of texts by path, with the course's own material set aside as in a real audit."""
    snapshot = Snapshot(files, history=history, set_aside=load_profile().set_aside)
    snapshot.report = report
    return snapshot


def ask(probe: str, files: Mapping[str, str | bytes], **more: object) -> Answer:
    """A probe's answer about a tree."""
    return load()[probe].run(tree(files, **more))  # type: ignore[arg-type]


def report(answers: Mapping[str, str], items: Mapping[str, bool] | None = None) -> Report:
    """A report with these answers by the profile's question id, and these boxes by item id (nine more are ticked, so that
    the list counts as filled in)."""
    profile = load_profile()
    asked = profile.questions_by_id
    questions, line = [], 100
    for id_, answer in answers.items():
        last = line + answer.count("\n")
        number = asked[id_].numbers.get("31") or asked[id_].numbers["27"]
        questions.append(
            Question(
                n=number,
                line=line - 2,
                prompt=asked[id_].texts[0],
                answer=answer,
                answer_lines=(line, last),
                id=id_,
                topics=profile.topics_of(id_),
            )
        )
        line = last + 20
    boxes = dict(items or {}) | {f"other-{i}": True for i in range(9)}
    texts = {i.id: i.texts[0] for i in load_profile().items}
    listed = tuple(
        ChecklistItem(
            n=n,
            line=n,
            text=texts.get(id_, id_),
            mark="x" if ticked else " ",
            checked=ticked,
            item=id_,
            matched="exact",
        )
        for n, (id_, ticked) in enumerate(boxes.items(), 1)
    )
    return Report(path="reports/README.md", commit="c0ffee", sha256="0", items=listed, questions=tuple(questions))
