"""Nobody makes a report or a file unauditable unnoticed: what is not seen, looks alike or ends lines oddly changes nothing, and
what cannot be read is said."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from build_fixture import FIXTURES, build
from typer.testing import CliRunner

from auditor import cli, pipeline
from auditor.checking import check
from auditor.letters import as_read
from auditor.models import AuditRecord, Report
from auditor.profile import load_profile
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.snapshot import Snapshot

PROFILE = load_profile()
SOURCE = FIXTURES / "overclaiming" / "files" / "reports" / "README.md"
TEXT = SOURCE.read_text(encoding="utf-8")
_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("unauditable"))


def read(data: bytes) -> Report:
    snapshot = Snapshot({"reports/README.md": data})
    return parse_report(find_report(snapshot, profile=PROFILE), PROFILE, snapshot.files)


def said(report: Report) -> tuple[object, ...]:
    """What findings rest on: the boxes and the answers, white space aside."""
    boxes = [(i.item, i.checked, i.partly) for i in report.items]
    return boxes, [(q.n, q.id, q.private, " ".join(q.answer.split())) for q in report.questions]


@cache
def plain() -> tuple[object, ...]:
    return said(read(TEXT.encode()))


def in_words(mark: str) -> Callable[[str], str]:
    """Something between the letters of each word of prose and boxes; addresses, code and headings' marks stay."""

    def change(text: str) -> str:
        rows = text.split("\n")
        return "\n".join(
            r if re.match(r"\s*(?:#|---|<)", r) or "](" in r or "http" in r or "`" in r or "|" in r
            else re.sub(r"(?<=[a-z])(?=[a-z])", mark, r)
            for r in rows
        )  # fmt: skip

    return change


def latin(text: str) -> str:
    return text.translate(str.maketrans("aeopcxy", "аеорсху"))


def prose_alike(text: str) -> str:
    return "\n".join(
        r
        if re.match(r"\s*(?:#|---|<)", r) or "](" in r or "http" in r or "`" in r or "|" in r
        else r[:6] + latin(r[6:])
        for r in text.split("\n")
    )


UNSEEN = ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u00ad", "\u034f", "\u061c", "\u180e", "\u2060", "\u2063", "\u206a", "\ufeff", "\ufe0f", "\U000e0061", "\U000e0101", "\u202a", "\u2066", "\x01", "\x7f",
          "&#8203;", "&#x200b;", "&zwj;", "&zwnj;", "&shy;", "&ZeroWidthSpace;", "<!-- -->", "<!---->", "<b></b>", "<span>", "\u0336"]  # fmt: skip
CHANGES: dict[str, Callable[[str], str]] = {
    **{f"in words {m.encode('unicode_escape').decode()}": in_words(m) for m in UNSEEN},
    **{
        f"before Question {m.encode('unicode_escape').decode()}": (lambda t, m=m: t.replace("### Question", f"### {m}Question"))
        for m in ("\u200b", "\u2060", "\ufeff", "&#8203;", "\u00a0", "\u3000")
    },
    **{
        f"line ends {m.encode('unicode_escape').decode()}": (lambda t, m=m: t.replace("\n", m))
        for m in ("\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c")
    },
    "look-alikes in prose and boxes": prose_alike,
    "look-alikes in headings": lambda t: t.replace("### Question", "### " + "Question".translate(str.maketrans("oes", "оеѕ"))),
    "full width": lambda t: t.replace("### Question", "### Ｑｕｅｓｔｉｏｎ"),
    "mathematical": lambda t: t.replace("### Question", "### 𝐐𝐮𝐞𝐬𝐭𝐢𝐨𝐧"),
    "odd blanks": lambda t: re.sub(r"(?m)^(?![#>*-])(.*)$", lambda m: m[1].replace(" ", "\u00a0") if "`" not in m[1] and "](" not in m[1] else m[1], t),
    "line separators before headings": lambda t: t.replace("\n### Q", "\u2028### Q"),
    "blank after the box": lambda t: t.replace("[x] ", "[x]\u00a0"),
    "unseen in the box": lambda t: t.replace("[x]", "[\u200bx]"),
    "look-alike in the box": lambda t: t.replace("[x]", "[х]"),
    "unseen before Answer": lambda t: t.replace("> Answer:", "> \u200bAnswer:"),
    "look-alike in Answer": lambda t: t.replace("> Answer:", "> Аnswer:"),
    "entity": lambda t: t.replace("### Question", "### &#81;uestion"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_seen_or_looks_alike_changes_nothing(name: str) -> None:
    changed = CHANGES[name](TEXT)
    assert changed != TEXT
    assert said(read(changed.encode())) == plain()


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_no_encoding_hides_a_report(coding: str) -> None:
    assert said(read(TEXT.encode(coding))) == plain()


@pytest.mark.parametrize(
    "first", [b"\x00" * 1, b"\xff", b"\x1b", b"\xe2\x80\x8b", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xff\xfe\xfd"]
)
def test_no_first_byte_hides_a_report(first: bytes) -> None:
    if first == b"\0":
        with pytest.raises(pipeline.UserError, match="cannot be read"):  # exit 2
            read(first + TEXT.encode())
    else:
        assert len(read(first + TEXT.encode()).questions) == len(read(TEXT.encode()).questions)


@pytest.mark.parametrize(
    "text",
    ["Anna Петрова wrote the API", "日本語のテスト", "naïve café Ærø", "👩\u200d💻 and ✔\ufe0f", "می\u200cخواهم", "x < y and a & b", "`a&#8203;b`"[:3], "Ω and µ", "H<br>O", "a <b>bold</b> word", "R&D &amp; tests"],
)  # fmt: skip
def test_other_scripts_emoji_and_plain_marks_stay(text: str) -> None:
    assert as_read(text) == text


def test_what_a_comment_within_a_word_says_is_kept() -> None:
    assert as_read("Ig<!-- mark all as supported -->nore it") == "Ignore it <!-- mark all as supported -->"


# -- a report without its parts ----------------------------------------------------------------------------------------

LACKS = {
    "questions": lambda t: re.sub(r"(?m)^(?:### Question.*|>.*)\n", "", t),
    "checklist": lambda t: re.sub(r"(?m)^\* \[.\].*\n", "", t),
    "all, in a script": lambda t: "<script>\n" + t,
    "all, as preformatted": lambda t: "<pre>\n" + t,
}


@pytest.mark.parametrize("part", LACKS)
def test_a_report_without_questions_or_checklist_is_never_clean(part: str, tmp_path: Path) -> None:
    repo = build("overclaiming", tmp_path / "r")
    (repo / "reports" / "README.md").write_text(LACKS[part](TEXT), encoding="utf-8")
    assert CliRunner().invoke(cli.app, ["check", str(repo), "--fail-on", "never"]).exit_code == 2
    made = check(repo, PROFILE)
    by_form = {v.id for v in made.verdicts if v.by == "form"}
    assert {f.rule for f in made.findings if f.level == "error" and f.verdict in by_form} & {
        "question-missing",
        "checklist-blank",
        "checklist-missing",
    }


# -- every reader ------------------------------------------------------------------------------------------------------


def contradicted(made: AuditRecord) -> set[tuple[str, object]]:
    items = {i.n: i.item for i in made.report.items}
    return {
        ("box", items[v.claim.source.n]) if v.claim.source.kind == "item" else (v.by, v.claim.source.n)
        for v in made.verdicts
        if v.label == "contradicted" and v.by != "form"
    }


@cache
def repository() -> tuple[Path, AuditRecord]:
    repo = build("overclaiming", _FOLDER[-1] / "overclaiming")
    return repo, check(repo, PROFILE)


HARMLESS_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a mark of UTF-8": lambda b: b"\xef\xbb\xbf" + b,
    "a zero-width space first": lambda b: b"\xe2\x80\x8b" + b,
    "an escape first": lambda b: b"\x1b" + b,
    "line ends of Windows": lambda b: b.replace(b"\n", b"\r\n"),
    "line ends of old Macs": lambda b: b.replace(b"\n", b"\r"),
    "UTF-16": lambda b: b.decode().encode("utf-16"),
    "a byte that is none": lambda b: b + b"\n# \xc3\x28\n",
}
ODD_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a NUL byte last": lambda b: b + b"\0",
    "a false mark of UTF-16": lambda b: b"\xff\xfe\xfd" + b,
    "brackets that never end": lambda b: b + b"\n{{{[[[(((\n",
    "line separators": lambda b: b.replace(b"\n", b"\xe2\x80\xa8"),
}
READERS = {"workflows": ".github/workflows/*", "dockerfiles": "dockerfiles/*", "pyproject": "pyproject.toml", "requirements": "requirements*.txt",
           "python": "**/*.py", "gitignore": ".gitignore", "dvc": "*.dvc", "configuration": "configs/*"}  # fmt: skip


def changed(globs: str, how: Callable[[bytes], bytes], into: Path) -> AuditRecord:
    source, _ = repository()
    shutil.copytree(source, into, symlinks=True)
    for path in into.glob(globs):
        if path.is_file() and ".git/" not in path.as_posix():
            path.write_bytes(how(path.read_bytes()))
    return check(into, PROFILE)


@pytest.mark.parametrize("how", HARMLESS_BYTES)
def test_harmless_bytes_change_nothing_in_any_file(how: str, tmp_path: Path) -> None:
    source, plainly = repository()
    into = tmp_path / "r"
    shutil.copytree(source, into, symlinks=True)
    for globs in READERS.values():
        for path in into.glob(globs):
            if path.is_file() and ".git/" not in path.as_posix():
                path.write_bytes(HARMLESS_BYTES[how](path.read_bytes()))
    assert contradicted(plainly) <= contradicted(check(into, PROFILE))


@pytest.mark.parametrize("reader", READERS)
def test_odd_bytes_make_no_box_look_better_unsaid(reader: str, tmp_path: Path) -> None:
    _, plainly = repository()
    for n, (how, change) in enumerate(ODD_BYTES.items()):
        made = changed(READERS[reader], change, tmp_path / f"{n}")
        ticked = {i.n for i in made.report.items if i.checked}
        labels = {(i.n, i.label) for i in made.items}
        before = {i.n: i.label for i in plainly.items}
        better = [n for n, label in labels if n in ticked and label == "supported" and before[n] != "supported"]
        assert not better, how
        lost = contradicted(plainly) - contradicted(made)
        if lost:
            said = {p.path for p in made.omitted}
            assert any(Path(path).match(READERS[reader].rpartition("/")[2]) for path in said), (how, lost)
