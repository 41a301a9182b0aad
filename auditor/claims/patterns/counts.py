"""Numbers beside a counted noun, with a scope that the words or the question fix; coverage in per cent, and tables of it."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Count, Data, Same, Typed
from auditor.claims.numbers import Token, foreign, operator, tokens, total
from auditor.claims.settle.counted import RUNNERS
from auditor.facts.counted import paths_in
from auditor.facts.results import coverage_rows
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement

_ADJECTIVES = (
    "unit integration api automated pytest different individual separate distinct core main primary functional model data small "
    "simple own load performance smoke important key essential custom passing dedicated total basic python training hydra yaml "
    "vertex ai cloud job sweep experiment experiments wandb weights biases github git gitlab actions ci cd docker dockerized "
    "pre-commit precommit invoke make just nox poe pixi merged closed opened http rest get post simple public available useful "
    "and active focused new specialized specialised essential test config configuration"
)
# what is counted, by its noun: the words in front of it may be adjectives
_NOUNS: dict[tuple[str, ...], str] = {
    ("tests",): "tests", ("unittests",): "tests", ("unit-tests",): "tests", ("test", "functions"): "tests",
    ("test", "cases"): "tests", ("test", "methods"): "tests", ("test", "files"): "test files", ("test", "modules"): "test files",
    ("test", "scripts"): "test files", ("testing", "files"): "test files", ("workflows",): "workflows", ("workflow", "files"): "workflows",
    ("dockerfiles",): "dockerfiles", ("docker", "files"): "dockerfiles", ("docker", "images"): "images", ("images",): "images",
    ("endpoints",): "endpoints", ("routes",): "endpoints", ("hooks",): "hooks", ("tasks",): "tasks", ("commands",): "tasks",
    ("targets",): "tasks", ("pull", "requests"): "pull requests", ("prs",): "pull requests", ("merge", "requests"): "pull requests",
    ("configuration", "files"): "configuration files", ("config", "files"): "configuration files",
    ("configurations",): "configuration files", ("configs",): "configuration files", ("files",): "files",
}  # fmt: skip
_ADJECTIVE = frozenset(_ADJECTIVES.split())
_ASKED = {
    "workflows": ("continuous-integration",), "images": ("docker",), "dockerfiles": ("docker",), "endpoints": ("api", "deployment"),
    "test files": ("tests",), "files": ("continuous-integration", "tests"),
}  # fmt: skip
_SCOPES = {"unit": "unit", "integration": "integration", "load": "performance", "performance": "performance", "api": "api", "model": "model", "data": "data", "training": "training"}  # fmt: skip
_RESULTS = frozenset(
    [
        "pass",
        "passed",
        "passing",
        "passes",
        "fail",
        "failed",
        "skipped",
        "selected",
        "run",
        "ran",
        "executed",
        "are-run",
    ]
)
_NOTHING = frozenset(["no", "not", "never", "without", "n't", "instead", "rather"])
_OF_WHAT = frozenset(
    ["for", "that", "which", "on", "to", "covering", "checking", "verifying", "targeting", "of", "about"]
)
_SERVERS = frozenset(["api", "app", "application", "service", "server", "backend"])
_HOLDS = frozenset(
    ["contains", "contain", "has", "have", "holds", "hold", "with", "includes", "implements", "consists", "of"]
)
_STANDS = frozenset(
    ["in", "from", "inside", "the", "file", "located", "defined", "are", "found", "under", "implemented"]
)
_FILE = compile_later(r"[\w./\\-]*(?:test|locust)[\w./\\-]*\.py\b|\btest_[a-z_]+\b(?!\.)", re.IGNORECASE)


@reads("counts")
def counts(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """A number (in digits, or a word up to twenty) with up to four adjectives of a list before a counted noun. The scope is
    `whole` where a word for a total stands in the sentence, or the question asks for just this number; a file's where one is
    tied to the number (`test_a.py (4 tests)`, "4 tests in test_a.py"); that of its kind by an adjective; else unknown. Leaves alone:
    what is planned, past, tried, denied, a member's, the course's, the result of a run."""
    opened: set[int] = set()
    for statement in prose.sentences():
        if not statement.firm or foreign(statement.plain) or statement.kind == "row":
            continue
        found = tokens(statement.plain)
        for i, token in enumerate(found):
            if (value := token.value) is None or value != int(value) or value > 2000:
                continue
            last, of = _noun(found, i)
            words = {w for t in found[i + 1 : last + 1] for w in t.word.split("-")}
            if bare := _in_file(statement, token, found, last if of == "tests" else i):
                if of == "tests" or (not of and "tests" in {t.word for t in found}):
                    quote, path = bare
                    yield statement, _made(quote, "tests", "named", found, i, path)
                continue
            if not of or _left_alone(statement, found, i, last, of):
                continue
            first = statement.question.n not in opened
            if of == "tests":
                opened.add(statement.question.n)
            if of == "files":
                of = "test files" if statement.question.id == "tests" else "workflows"
            quote = _quote(statement, found[i].start, found[last].end)
            yield statement, _made(quote, of, _scope(statement, found, i, last, of, words, first), found, i)


def _made(quote: str, of: Any, scope: Any, found: list[Token], i: int, path: str = "") -> Count:
    op: Any = operator(found[:i])
    strength: Any = "hedged" if op == "about" else "plain"
    return Count(
        kind="count", quote=quote, of=of, scope=scope, op=op, value=found[i].value or 0, path=path, strength=strength
    )


def _noun(found: list[Token], i: int) -> tuple[int, str]:
    """Where the counted noun of a number ends, and what it counts; nothing where other words come first."""
    for j in range(i + 1, min(i + 6, len(found))):
        for length in (2, 1):
            phrase = tuple(t.word for t in found[j : j + length])
            if phrase in _NOUNS and len(phrase) == length:
                return j + length - 1, _NOUNS[phrase]
        if not set(found[j].word.split("-")) <= _ADJECTIVE:
            break
    return i, ""


def _left_alone(statement: Statement, found: list[Token], i: int, last: int, of: str) -> bool:
    words = {t.word for t in found}
    after = found[last + 1].word if last + 1 < len(found) else ""
    if {t.word for t in found[max(0, i - 3) : i]} & _NOTHING or statement.question.id not in _ASKED.get(
        of, (statement.question.id,)
    ):
        return True
    adjectives = {t.word for t in found[i + 1 : last + 1]}
    if of == "tests":
        asked = statement.question.id in ("tests", "coverage", "continuous-integration", "api-tests")
        return after in _RESULTS or not (asked or total(statement.plain))
    if of == "files":  # "21 tests across three files", "organised into three separate files"
        before = {t.word for t in found[max(0, i - 2) : i]}
        if statement.question.id == "tests":
            return not before & {"across", "over", "in", "into", "throughout"} or not words & {
                "tests",
                "unittests",
                "unit-tests",
            }
        return not before & {"into", "across", "over"} or not words & {
            "ci",
            "integration",
            "workflow",
            "workflows",
            "github",
        }
    if of == "images":
        return (
            "pull" in words
            or after in ("of", "per")
            or not (words & {"docker", "dockerfiles"} or {"developed", "built", "created", "made"} & words)
        )
    if of == "endpoints":
        return not words & (_SERVERS | {"we", "script"})
    if of == "hooks":
        return not {"pre-commit", "precommit"} & {t.word for t in tokens(f"{statement.lead} {statement.plain}")}
    if of == "tasks":
        return not adjectives & RUNNERS
    if of == "configuration files":
        kinds = {"vertex", "sweep", "experiment", "experiments", "job"} & adjectives
        return not kinds and statement.question.id not in ("configuration", "reproducibility", "structure")
    return False


def _scope(statement: Statement, found: list[Token], i: int, last: int, of: str, words: set[str], first: bool) -> str:
    after = found[last + 1].word if last + 1 < len(found) else ""
    if of == "tests":
        kinds = {_SCOPES[w] for w in words & set(_SCOPES)}
        if len(kinds) == 1:
            return kinds.pop()
        asked = statement.question.id == "tests" and statement.kind == "sentence" and first and after not in _OF_WHAT
        return (
            "whole" if not kinds and (asked or (total(statement.plain) and statement.kind == "sentence")) else "unknown"
        )
    if of == "endpoints":
        before = {t.word for t in found[max(0, i - 2) : i]}
        closed = (
            before & {"has", "exposes", "provides", "includes", "offers", "serves"}
            and {t.word for t in found[:i]} & _SERVERS
        )
        return "api" if closed or len(paths_in(statement.plain)) == found[i].value else "unknown"
    if of == "hooks":
        return (
            "whole"
            if total(statement.plain) or {"consists", "consist"} & {t.word for t in found[max(0, i - 2) : i]}
            else "unknown"
        )
    return "whole"


def _in_file(statement: Statement, number: Token, found: list[Token], last: int) -> tuple[str, str] | None:
    """The test file that a number is tied to, and the words of the form."""
    plain, end = statement.plain, found[last].end
    named = list(_FILE.finditer(plain))
    for m in named:
        gap = plain[m.end() : number.start]
        if m.end() <= number.start and len(gap) < 30 and "." not in gap and "," not in gap:
            words = {t.word for t in tokens(gap)}
            if words <= _HOLDS and (words or "(" in gap or ":" in gap):
                return _verbatim(statement, m.start(), end), m[0]
        gap = plain[end : m.start()]
        if end <= m.start() and len(gap) < 30 and "." not in gap and "," not in gap:
            words = {t.word for t in tokens(gap)}
            more = re.match(r"\W{0,3}(?:and|,|&)\W{0,3}[\w/]+\.py", plain[m.end() :])
            if words <= _STANDS and (words or "(" in gap) and not more:
                return _verbatim(statement, number.start, m.end()), m[0]
    return None


def _verbatim(statement: Statement, start: int, end: int) -> str:
    """Words of the plain text as they stand in the report; the whole statement where they cannot be told."""
    pieces = re.findall(r"\w+|[^\w\s]", statement.plain[start:end])
    match = re.search(r"[\s*`_\\]*".join(map(re.escape, pieces)), statement.text)
    return match[0] if match else statement.text


def _quote(statement: Statement, start: int, end: int) -> str:
    """The statement, or of a long one the clause around the words."""
    text = statement.text
    words = _verbatim(statement, start, end)
    at = text.find(words)
    if len(text) <= 250 or len(words) == len(text):
        return text
    first = max((m.end() for m in re.finditer(r"[,;:(]\s|^", text[:at])), default=0)
    first = 0 if len(text[:first].split()) <= 4 else first
    if len(re.findall(r"\w+", text[first:at])) < 3:
        first = max(0, text.rfind(" ", 0, max(0, at - 40)) + 1)
    after = re.search(r"[,;:.]\s", text[at + len(words) :])
    return text[first : at + len(words) + after.start() if after else len(text)].strip()


@reads("coverage")
def coverage(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """In the answer on coverage: each row of one table that `coverage` prints, and the total, where a sentence with one percentage
    calls it the total, or the code's coverage."""
    question = prose.question("coverage")
    if question is None or "%" not in question.answer:
        return
    lines = question.answer.split("\n")
    rows = coverage_rows(question.answer)
    if rows:
        at = [i for i, line in enumerate(lines) if any(r.text == line.strip() for r in rows)]
        table = "\n".join(lines[max(0, at[0] - 2) : at[-1] + 1])
        for row in rows:
            holding = next((s for s in prose.of("coverage") if row.text in s.text), None)
            if holding and row.text.strip("|* "):
                yield holding, Same(kind="same", quote=row.text, other=table)
    for statement in prose.sentences("coverage"):
        found = tokens(statement.plain)
        numbers = [
            i
            for i, t in enumerate(found)
            if t.value is not None and statement.plain[t.end :].lstrip(" \\").startswith("%")
        ]
        words = {t.word for t in found}
        if (
            len(numbers) != 1
            or not statement.firm
            or statement.negated
            or "coverage" not in words
            or statement.kind == "row"
        ):
            continue
        exact = operator(found[: numbers[0]]) == "exactly"
        if (
            exact
            and (total(statement.plain) or {"code", "test"} & words)
            and not words & _OTHER
            and not _FILE.search(statement.plain)
        ):
            value = found[numbers[0]].value or 0
            yield statement, Data(kind="data", quote=statement.text, what="coverage", value=value, name="test coverage")


_OTHER = frozenset(["if", "even", "goal", "aim", "target", "threshold", "minimum", "require", "required", "requires", "fail", "fails", "enforce", "ideal", "perfect", "branch", "below", "above", "each", "per", "excluding", "without"])  # fmt: skip
