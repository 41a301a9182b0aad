"""Where what the history and the report's form say meets the judge: nobody loses what the other knows."""

from pathlib import Path

import pytest
from test_checklist import LIST, QUESTIONS
from test_past import PROFILE, QUANTISED, Story, ticked
from test_verify import Scripted, concluded

from auditor import pipeline
from auditor.models import AuditRecord, Submission
from auditor.render import github, html, markdown, sarif, terminal
from auditor.rules import open_but_there


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "repo")


def prepared(story: Story, report: str) -> pipeline.Prepared:
    story.write("reports/README.md", report)
    story.done("report")
    return pipeline.prepare(Submission(id="1", repo=str(story.folder)), PROFILE, judged=True)


def gone(story: Story, report: str = "") -> pipeline.Prepared:
    """A ticked box whose work was there for a day."""
    story.commit(src__a_py="1\n")
    story.commit(src__small_py=QUANTISED)
    story.commit(src__small_py=None)
    return prepared(story, report or ticked("inference-optimisation"))


def pages(record: AuditRecord) -> dict[str, str]:
    makers = {"github": github, "html": html, "markdown": markdown, "sarif": sarif, "terminal": terminal}
    return {name: " ".join(maker.render(record).split()) for name, maker in makers.items()}


def test_every_view_says_what_the_history_says_for_the_group(story: Story) -> None:
    record = concluded(gone(story), Scripted())
    boxes = [f for f in record.findings if f.rule == "checked-but-absent"]
    assert [(f.level, f.standing) for f in boxes] == [("warning", "finding")]
    for name, page in pages(record).items():
        assert "It can be done once and be over." in page, name
        assert "for the group" in page.lower(), name


def test_the_judge_is_told_what_the_history_says_of_a_box(story: Story) -> None:
    made = gone(story)
    pack, dump = (r.messages[1][1] for r in made.requests)
    assert "it was there from 2026-01-02 until 2026-01-03" in pack
    assert "it was there from 2026-01-02 until 2026-01-03" not in dump


def test_the_judge_is_told_what_the_group_wrote_below_a_box(story: Story) -> None:
    report = ticked("inference-optimisation") + "\n    It was tried with quantization in November.\n"
    made = gone(story, report)
    assert made.report.items[0].note
    assert all("(below it: It was tried with quantization in November.)" in r.messages[1][1] for r in made.requests)


def test_readings_that_agree_on_the_second_line_of_an_item_change_nothing(story: Story) -> None:
    """An item that stands twice is judged once, by readings too."""
    story.commit(src__small_py=QUANTISED)
    text = ticked("inference-optimisation")
    made = prepared(story, text + text[text.index("* [x]") :].replace("[x]", "[ ]"))
    assert made.brief is not None
    cite = {"evidence": made.brief.ids["src/small.py"], "quote": "torch.quantization.quantize_dynamic"}
    boxes = [{"n": 2, "label": "contradicted", "cites": [cite]}]
    reply = {"contradictions": [], "boxes": boxes}
    record = concluded(made, Scripted(pack=reply, dump=reply))
    assert [(i.label, i.by) for i in record.items] == [("supported", "probe"), ("not_verifiable", "probe")]
    assert not [f for f in record.findings if f.rule in ("checked-but-absent", "found-but-unchecked")]


def test_an_open_box_is_counted_by_the_label_that_stands(story: Story) -> None:
    story.commit(src__small_py=QUANTISED)
    made = prepared(story, ticked("inference-optimisation").replace("[x]", "[ ]"))
    assert open_but_there(concluded(made, Scripted())) == 1
    assert made.brief is not None
    cite = {"evidence": made.brief.ids["src/small.py"], "quote": "torch.quantization.quantize_dynamic"}
    reply = {"contradictions": [], "boxes": [{"n": 1, "label": "supported", "cites": [cite]}]}
    record = concluded(made, Scripted(pack=reply, dump=reply))
    assert (record.items[0].by, open_but_there(record)) == ("readings", 0)
    assert [f.standing for f in record.findings if f.rule == "found-but-unchecked"] == ["disputed"]


def test_boxes_of_another_file_are_cited_there(story: Story) -> None:
    story.write("CHECKLIST.md", LIST)
    story.commit(src__a_py="1\n")
    made = prepared(story, QUESTIONS)
    assert made.brief is not None
    assert {made.brief.pieces[id_].path for id_ in made.brief.boxes.values()} == {"CHECKLIST.md"}
    record = concluded(made, Scripted())
    assert "[CHECKLIST.md:" in terminal.render(record)
    assert "file=CHECKLIST.md,line=" in github.render(record)
