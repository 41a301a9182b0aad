"""Random reports, files, claims and replies: nothing escapes, the same in gives the same out, and a record survives JSON and is
rendered in every format.

The default run is short; `FUZZ_SECONDS=300 pytest tests/hostile/test_fuzz.py` goes on for as long, and `FUZZ_SEED` says where it begins.
`python tests/hostile/atheris_fuzz.py` looks by coverage at the parser of reports and the readers.
"""

import json
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args, get_origin

import odd
import pytest
from build_fixture import FIXTURES, build
from conftest import tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from injection import ATTACKS
from texts import ALL

from auditor import pipeline
from auditor.claims import run
from auditor.claims.case import Placed
from auditor.claims.case import load as load_claims
from auditor.claims.kinds import KINDS, Typed
from auditor.errors import UserError
from auditor.escape import record_json
from auditor.examine import examine
from auditor.form.check import check_form
from auditor.judges import Answer
from auditor.models import Audited, AuditRecord, JudgeInfo, Submission
from auditor.prepared import Book
from auditor.profile import load_profile
from auditor.prose import read_prose
from auditor.render import github, html, markdown, sarif, terminal
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.report.text import lines_of
from auditor.snapshot import Snapshot
from auditor.verify import find

SECONDS = float(os.environ.get("FUZZ_SECONDS", "1"))
START = int(os.environ.get("FUZZ_SEED", "0"))
PROFILE = load_profile()
PLACE = "reports/README.md"
RENDERERS: tuple[Callable[[AuditRecord], str], ...] = (
    lambda r: terminal.render(r, show="all"), lambda r: markdown.render(r, show="all"), lambda r: sarif.render(r, show="all"), github.render, html.render, record_json,
)  # fmt: skip
PIECES = (
    "\n", "\n\n", " ", "\t", "#", "### Question 7", "### Question 99999999999999999999", "## Question", "> ", "> Answer:", "---", "---\n", "--- x ---", "* [x] ", "- [ ] ", "* [", "[x]", "](", "![", "![a](figures/a.png)", "<img src=", "<!--", "-->", "```", "```python\n", "`", "``", "<", ">", "</",
    "&#", "&amp;", "|", "| a |\n| --- |\n", "\\", "\u200b", "\u2028", "\r", "\x0c", "\x00", "\u202e", "\ud800", "\ufeff", "We have 12 tests. ", "12", "https://github.com/a/b/blob/main/x.py", "`src/a.py`", "python src/a.py --b c", "s000001", "*s123*", "1. ", "<details>", "$x$", "[^1]", "[a]: b", "0" * 40,
)  # fmt: skip


def many(check: Callable[[Random], None], least: int = 3) -> None:
    """Goes on with new seeds until the time is over, and says which seed failed."""
    end, seed = time.monotonic() + SECONDS, START
    while seed < START + least or time.monotonic() < end:
        try:
            check(Random(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        seed += 1


@cache
def sources() -> tuple[dict[str, str], ...]:
    """The texts of each fixture, by path."""
    made = []
    for name in ("consistent", "overclaiming", "template2023", "messy"):
        folder = FIXTURES / name / "files"
        files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix not in (".png", ".jpg", ".lock"))
        made.append({p.relative_to(folder).as_posix(): p.read_bytes().decode(errors="replace") for p in files})
    return tuple(made)


def bent(text: str, random: Random, pieces: tuple[str, ...] = PIECES) -> str:
    """A text with a few places changed."""
    for _ in range(random.choice((1, 3, 12))):
        at = random.randrange(len(text) + 1)
        to = min(len(text), at + random.choice((0, 0, 1, 5, 60, 900)))
        new = "".join(random.choice(pieces) * random.choice((1, 1, 2, 40)) for _ in range(random.choice((0, 1, 3))))
        text = text[:at] + new + text[to:]
    return text


def examined(files: dict[str, str]) -> pipeline.Prepared | None:
    """What is made of a tree, in memory; None where it has no report that can be read."""
    snapshot = tree({p: t.encode("utf-8", "replace") for p, t in files.items()})
    try:
        file = find_report(snapshot, "", PROFILE)
    except UserError:
        return None
    report = parse_report(file, PROFILE, snapshot.files, "c0ffee")
    snapshot.report = report
    about = Audited(id="s", repo="s", report_path=file.path, commit="c0ffee", commit_time="", branch="main")
    prepared = examine(snapshot, PROFILE, about)
    book = Book(prepared.evidence)
    check_form(file, report, snapshot, PROFILE, book.enter)
    assert not [p for p in prepared.omitted if " failed: " in p.message or "could not be made sense of" in p.message], [p.message for p in prepared.omitted]  # fmt: skip
    return prepared


def survives(record: AuditRecord) -> None:
    """A record as JSON is the same record, and every renderer takes it and says the same of it twice."""
    again = AuditRecord.model_validate_json(record_json(record))
    assert again == record
    for render in RENDERERS:
        assert render(record) == render(again)


def test_reports_and_files() -> None:
    def check(random: Random) -> None:
        files = dict(random.choice(sources()))
        report = next(p for p in files if p.endswith("README.md") and "report" in p)
        files[report] = bent(files[report], random, (*PIECES, *ALL, *ATTACKS))
        for path in random.sample(sorted(files), 2):
            files[path] = bent(files[path], random)
        one = examined(files)
        if one is not None:
            record = pipeline.conclude(one, PROFILE, {}, JudgeInfo())
            survives(record)
            other = examined(files)
            assert other is not None
            assert pipeline.conclude(other, PROFILE, {}, JudgeInfo()) == record

    many(check)


def test_reports_alone() -> None:
    def check(random: Random) -> None:
        text = bent(random.choice(sources())[PLACE] if random.random() < 0.8 else "", random)
        made = []
        for _ in range(2):
            snapshot = Snapshot({PLACE: text.encode("utf-8", "replace")})
            try:
                made.append(parse_report(find_report(snapshot, PLACE, PROFILE), PROFILE, snapshot.files))
            except UserError:
                return
        assert made[0] == made[1]
        assert type(made[0]).model_validate_json(made[0].model_dump_json()) == made[0]
        rows = lines_of(snapshot.files[PLACE])  # odd line ends may stand for ends
        for question in made[0].questions:
            assert 0 < question.line <= len(rows) + 1

    many(check, 20)


# -- settlers: claims of every kind, with values of every sort ----------------------------------------------------------

WORDS = (
    "", "tests", "src", "train.py", "src/gridload/train.py", "tests/test_api.py", "../..", "/etc/passwd", "*", "**/*.py", "[", "{a,b}", "dvc", "docker", "hydra", "pytest", "python", "3.11", ">=3", "main", "ruff check .", "python src/a.py --b=c && rm -rf /", "$(x)", "\u2028", "a" * 3000, "-", "99999999999999999999", "Dockerfile", "torch", "lr", "wandb",
)  # fmt: skip


def _value(annotation: Any, random: Random) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return random.choice(arguments)
    if origin in (tuple, list):
        return [_value(arguments[0], random) for _ in range(random.randrange(4))]
    if arguments:
        return _value(random.choice([a for a in arguments if a is not type(None)]), random)
    if annotation is bool:
        return random.random() < 0.5
    if annotation in (int, float):
        return random.choice(
            (0, 1, 3, -1, 12, 85, 0.5, 1e308, 10**9, float("inf")) if annotation is float else (0, 1, 12, -1)
        )
    return random.choice(WORDS)


def claim(random: Random, text: str) -> Typed | None:
    """A claim of any kind about words of an answer."""
    kind = random.choice(KINDS)
    words = text.split()
    at = random.randrange(max(len(words), 1))
    fields = {
        n: _value(f.annotation, random) for n, f in kind.model_fields.items() if n != "quote" and random.random() < 0.9
    }
    fields |= {n: _value(f.annotation, random) for n, f in kind.model_fields.items() if f.is_required()}
    try:
        return kind.model_validate(fields | {"quote": " ".join(words[at : at + 9])})
    except ValueError:
        return None


def test_settlers() -> None:
    trees = [{p: t.encode("utf-8", "replace") for p, t in files.items()} for files in sources()[:3]]
    cases = []
    for files in trees:
        snapshot = tree(files)
        snapshot.report = parse_report(find_report(snapshot, PLACE, PROFILE), PROFILE, snapshot.files, "c0ffee")
        cases.append(run.case_of(snapshot, PROFILE, read_prose(snapshot.report)))

    def check(random: Random) -> None:
        case = random.choice(cases)
        placed = []
        for _ in range(60):
            question = random.choice([q for q in case.prose.report.questions if q.answer])
            if (made := claim(random, question.answer)) is not None:
                placed.append(Placed(made, question, question.line, "model"))
        told = []
        for _ in range(2):
            book = Book()
            verdicts, problems = run.settle(case, placed, book.enter)
            assert not problems or all("failed" not in p.message for p in problems), problems
            for verdict in verdicts:
                assert verdict.label in ("supported", "contradicted", "not_verifiable")
                for cited in verdict.citations:
                    assert cited.quote in (book.evidence[cited.evidence].excerpt, book.evidence[cited.evidence].note)
            told.append(verdicts)
        assert told[0] == told[1]

    assert set(load_claims()[1]) <= {k.model_fields["kind"].annotation.__args__[0] for k in KINDS}
    many(check)


# -- replies of a judge ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Prepared:
    repo: Path = build("overclaiming", tmp_path_factory.mktemp("fuzz") / "overclaiming")
    return pipeline.prepare(Submission(id="g", repo=str(repo)), PROFILE, judged=True)


def _filled(schema: dict[str, Any], root: dict[str, Any], random: Random, words: tuple[str, ...]) -> Any:
    """A value of a JSON schema, now and then of another."""
    if random.random() < 0.01:
        return odd.value(random)
    if "$ref" in schema:
        return _filled(root["$defs"][schema["$ref"].rpartition("/")[2]], root, random, words)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return _filled(random.choice(options), root, random, words)
    if "enum" in schema or "const" in schema:
        return random.choice(schema.get("enum") or [schema["const"]])
    match schema.get("type"):
        case "object":
            return {k: _filled(v, root, random, words) for k, v in schema.get("properties", {}).items()}
        case "array":
            return [_filled(schema["items"], root, random, words) for _ in range(random.choice((0, 1, 3, 9)))]
        case "boolean":
            return random.random() < 0.5
        case "integer" | "number":
            return random.choice((0, 1, 2, 7, 38, 52, -1, 10**9))
    return random.choice(words) if random.random() < 0.9 else random.choice(ALL)


def test_replies(prepared: pipeline.Prepared) -> None:
    assert prepared.brief is not None
    pieces = prepared.brief.pieces
    shown = [row.strip() for p in pieces.values() for row in p.text.split("\n") if row.strip()]
    alone = pipeline.conclude(prepared, PROFILE, {}, JudgeInfo())

    def check(random: Random) -> None:
        words = (*random.sample(list(pieces), 20), *random.sample(shown, 40))
        answers: dict[str, Answer] = {}

        def reply(requests: Any) -> None:
            for request in requests:
                made = json.dumps(_filled(request.schema, request.schema, random, words))
                answers[request.id] = Answer(text=made if random.random() < 0.9 else bent(made, random))

        reply(prepared.requests)
        settled = pipeline.settled(prepared, PROFILE, answers)
        reply(pipeline.rulings(settled, answers))
        record = pipeline.conclude(settled, PROFILE, answers, JudgeInfo(name="a fuzzer"))
        survives(record)
        assert pipeline.conclude(settled, PROFILE, answers, JudgeInfo(name="a fuzzer")) == record
        for verdict in record.verdicts:
            for cited in verdict.citations:
                evidence = record.evidence[cited.evidence]
                assert (
                    cited.quote in (evidence.excerpt, evidence.note) or find(cited.quote, evidence.excerpt) is not None
                )
        assert {f.verdict for f in record.findings} <= {v.id for v in record.verdicts}
        assert {i.n for i in record.items} == {i.n for i in alone.items}

    many(check)


@settings(max_examples=max(20, int(SECONDS * 20)), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)  # fmt: skip
@given(st.text(max_size=60), st.text(max_size=200))
def test_a_quote_that_is_found_stands_there(quote: str, text: str) -> None:
    found = find(quote, text)
    if found is not None:
        assert found.text in text
        assert "\n".join(text.split("\n")[found.row : found.last + 1]).find(found.text) >= 0
    inside = find(" ".join(text[:40].split()), text) if text[:40].split() else None
    if inside is not None and "\ufffd" not in text:
        assert " ".join(inside.text.split()) == " ".join(text[:40].split())
