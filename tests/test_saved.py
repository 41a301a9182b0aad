"""How a report was saved: what is no UTF-8 is read where that is certain, and told with what to do; what is cut is told, too."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from build_fixture import build, git
from test_form import PATH, check, text

from auditor import checking, pipeline
from auditor.decoding import saved_as
from auditor.errors import UserError
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile
from auditor.render import html, markdown, terminal

PROFILE = load_profile()
ADA = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")


@pytest.mark.parametrize(
    ("data", "says", "line"),
    [
        (b"", "", 0),
        (b"# One\n\nTwo.\n", "", 0),
        (b"# One\r\n\r\nTwo.\r\n", "", 0),
        (b"One\r\nTwo\nThree\rstill three\n", "", 0),  # one old line end, which nobody sees
        (codecs.BOM_UTF8 + "caf\u00e9\n".encode(), "", 0),
        ("One\nTwo\n".encode("utf-16"), "it is saved as UTF-16", 1),
        (codecs.BOM_UTF16_BE + "One\n".encode("utf-16-be"), "it is saved as UTF-16", 1),
        ("One\nTwo\n".encode("utf-16-le"), "it is saved as UTF-16", 1),
        ("One\nTwo\n".encode("utf-32"), "it is saved as UTF-32", 1),
        (b"One\nTwo\0\n", "line 2 has a NUL byte", 2),
        (b"One\r\nTwo\r\nThree\0", "line 3 has a NUL byte", 3),
        (b"One\rTwo\rThree\r", "its lines end in CR alone", 1),
        (b"One\rTwo\rThree\n", "its lines end in CR alone", 1),
        ("One\ncaf\u00e9\n".encode("cp1252"), "line 2 is not in UTF-8", 2),
    ],
)
def test_what_is_odd_about_how_a_text_was_saved(data: bytes, says: str, line: int) -> None:
    odd = saved_as(data)
    assert (odd.says, odd.line) == (says, line) if odd else (says, line) == ("", 0)


def test_git_takes_a_nul_byte_for_binary_only_where_it_looks() -> None:
    early, late = saved_as(b"a\0b"), saved_as(b"a" * 8_000 + b"\0")
    assert early is not None
    assert late is not None
    assert "binary" in early.means
    assert "binary" not in late.means


@pytest.mark.parametrize(
    ("save", "level"),
    [
        (lambda t: t.encode("utf-16"), "warning"),
        (lambda t: t.encode("utf-16-be"), "warning"),
        (lambda t: t.replace("\n", "\r").encode(), "warning"),
        (lambda t: (t + "\0").encode(), "warning"),
        (lambda t: t.replace("We ", "W\u00e9 ", 1).encode("cp1252"), "note"),
        (lambda t: t.replace("\n", "\r\n").encode(), ""),
        (lambda t: codecs.BOM_UTF8 + t.encode(), ""),
    ],
)
def test_check_reads_it_and_tells_how_to_save_it(save: Callable[[str], bytes], level: str) -> None:
    report, found = check(save(text()))
    assert len(report.questions) == 31
    told = [(v.rule, "note" if v.detail else "warning", v.hint) for v in found]
    assert [(rule, how) for rule, how, _ in told] == ([("report-encoding", level)] if level else [])
    assert len(report.problems) == len(told)  # what an audit says of it


def test_where_git_encodes_it_anew_nothing_is_told() -> None:
    encoded = text().encode("utf-16")
    attributes = {".gitattributes": b"*.md text working-tree-encoding=UTF-16\n"}
    assert [v.rule for v in check(encoded, attributes)[1]] == []
    assert [v.rule for v in check(encoded, {".gitattributes": b"*.md text eol=lf\n"})[1]] == ["report-encoding"]


def test_a_report_that_cannot_be_read_says_which_line_and_what_to_do(tmp_path: Path) -> None:
    repo = build("consistent", tmp_path / "repo")
    (repo / PATH).write_bytes(text().replace("# ", "# \0", 1).encode())
    with pytest.raises(UserError, match=r"cannot be read \(line 1 has a NUL byte\)") as told:
        checking.check(repo, PROFILE)
    assert told.value.hint == "delete it in line 1, and save the file as UTF-8"
    git(repo, *ADA, "commit", "-qam", "x")
    with pytest.raises(UserError, match="line 1 has a NUL byte"):
        pipeline.audit(Submission(id="g", repo=str(repo)), PROFILE)


# -- what is cut -------------------------------------------------------------------------------------------------------


def said(record: AuditRecord) -> list[tuple[str, int]]:
    return [(p.path, p.line) for p in record.omitted if "very long line" in p.message]


def test_a_line_that_is_cut_is_told_as_omitted_in_check_and_audit(tmp_path: Path) -> None:
    """45,000 words in one line, of which the rest is not read."""
    repo = build("consistent", tmp_path / "repo")
    rows = text().split("\n")
    at = rows.index("> Answer:") + 1
    rows[at] = " ".join(f"word{i}" for i in range(45_000))
    (repo / PATH).write_text("\n".join(rows), encoding="utf-8")
    for only in ("", "form", "audit"):
        record = checking.check(repo, PROFILE, only=only)
        assert said(record) == [(PATH, at + 1)], only
    assert f"{PATH}:{at + 1}: a very long line is cut" in terminal.render(record)
    git(repo, *ADA, "commit", "-qam", "x")
    record = pipeline.audit(Submission(id="g", repo=str(repo)), PROFILE)
    assert said(record) == [(PATH, at + 1)]
    assert record.report.problems == ()  # once
    for made in (terminal.render(record), markdown.render(record), html.render(record)):
        assert made.count("a very long line is cut") == 1
