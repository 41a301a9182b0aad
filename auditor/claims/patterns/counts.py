"""Numbers beside a counted noun, with a scope that the words or the question fix; the total coverage in per cent."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Count, Data, Typed
from auditor.claims.settle.counted import RUNNERS
from auditor.facts.counted import paths_in
from auditor.facts.results import coverage_rows
from auditor.lazy import compile_later
from auditor.numbers import Token, bag, foreign, operator, tokens, total
from auditor.prose import Prose, Statement

_ADJECTIVE = bag(
    "unit integration api automated pytest different individual separate distinct core main primary functional model data small "
    "simple own load performance smoke important key essential custom passing dedicated total basic python training hydra yaml "
    "vertex ai cloud job sweep experiment experiments wandb weights biases github git gitlab actions ci cd docker dockerized "
    "pre-commit precommit invoke make just nox poe pixi merged closed opened http rest get post simple public available useful "
    "and active focused new specialized specialised test config configuration"
)
# what is counted, by its noun: the words in front of it may be adjectives
_NOUNS = {
    "tests": "tests unittests unit-tests test_functions test_cases test_methods",
    "test files": "test_files test_modules test_scripts testing_files",
    "workflows": "workflows workflow_files",
    "dockerfiles": "dockerfiles docker_files",
    "images": "images docker_images",
    "endpoints": "endpoints routes",
    "hooks": "hooks",
    "tasks": "tasks commands targets",
    "pull requests": "pull_requests prs merge_requests",
    "configuration files": "configuration_files config_files configurations configs",
    "files": "files",
}
_NOUN = {noun: of for of, nouns in _NOUNS.items() for noun in nouns.split()}
_ASKED = {
    "workflows": ("ci",), "images": ("containers",), "dockerfiles": ("containers",), "endpoints": ("api", "deployment"),
    "test files": ("tests",), "files": ("ci", "tests"), "tests": ("tests", "coverage", "ci", "api-tests"),
    "configuration files": ("configuration", "reproducibility", "structure"),
}  # fmt: skip
# words of which the sentence has one where this is what is counted
_BESIDE = {
    "images": {"docker", "dockerfiles", "developed", "built", "created", "made"},
    "endpoints": {"api", "app", "application", "service", "server", "backend", "we", "script"},
    "hooks": {"pre-commit", "precommit"},
    "tasks": set(RUNNERS),
    "files": {"ci", "integration", "workflow", "workflows", "github", "tests", "unittests"},
}
_KINDS = {"unit": "unit", "integration": "integration", "load": "performance", "performance": "performance", "api": "api", "model": "model", "data": "data", "training": "training"}  # fmt: skip
_NOT = bag("no not never without instead rather")
_NEXT = bag("for that which on to of about covering checking verifying targeting")
_RESULTS = frozenset(
    ["pass", "passed", "passing", "passes", "fail", "failed", "skipped", "selected", "run", "ran", "executed"]
)
_OVER = bag("into in across over throughout")
_OFFERS = bag("has exposes provides includes offers serves consists consist")
_HOLDS = bag("contains contain has have holds hold with includes implements")
_STANDS = frozenset(
    ["in", "from", "inside", "the", "file", "located", "defined", "are", "found", "under", "implemented"]
)
_FILE = compile_later(
    r"(?<![\w./\\-])[\w./\\-]*(?:test|locust)[\w./\\-]*\.py\b|\btest_[a-z_]+\b(?!\.\w)", re.IGNORECASE
)
_MATRIX = frozenset(["matrix", "matrices"])  # it multiplies what there is
_FAR = 200  # characters on either side of a number that a file tied to it begins and ends in


@reads("counts")
def counts(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """A number (in digits, or a word up to twenty) with up to four adjectives of a list before a counted noun. The scope is
    `whole` where a word for a total stands in the sentence, or the question asks for just this number; a file's where one is
    tied to the number (`test_a.py (4 tests)`, "4 tests in test_a.py"); that of its kind by an adjective; else unknown. Leaves alone:
    what is planned, past, tried, denied, a member's, the course's, the result of a run, in quotation marks, of a matrix."""
    opened: set[int] = set()
    for statement in prose.sentences():
        if not statement.firm or foreign(statement.plain) or statement.kind == "row":
            continue
        found = tokens(statement.plain)
        said = {t.word for t in found}
        for i, token in enumerate(found):
            if (value := token.value) is None or value != int(value) or value > 2000:
                continue
            if statement.plain.count('"', 0, token.start) % 2 or _MATRIX & said:
                continue
            last, of = _noun(found, i, statement.plain)
            form = _in_file(statement, token, found[last])
            if form and "tests" in said and of in ("tests", ""):
                yield statement, _made("tests", "named", *form, found, i)
            elif of and not form and _counted(statement, found, i, last, of):
                first = of == "tests" and statement.question.n not in opened
                opened |= {statement.question.n} if of == "tests" else set()
                scope = _scope(statement, found, i, last, of, first)
                of = of if of != "files" else "test files" if statement.about("tests") else "workflows"
                yield statement, _made(of, scope, _quote(statement, token.start, found[last].end), "", found, i)


def _made(of: Any, scope: Any, quote: str, path: str, found: Sequence[Token], i: int) -> Count:
    op: Any = operator(found[:i])
    strength: Any = "hedged" if op == "about" else "plain"
    return Count(
        kind="count", quote=quote, of=of, scope=scope, op=op, value=found[i].value or 0, path=path, strength=strength
    )


def _noun(found: Sequence[Token], i: int, plain: str) -> tuple[int, str]:
    """Where the counted noun of a number ends, and what it counts; nothing where other words, or a bracket, come first."""
    for j in range(i + 1, min(i + 6, len(found))):
        if set(plain[found[i].end : found[j].start]) & set("().:;"):
            break
        for length in (2, 1):
            if of := _NOUN.get("_".join(t.word for t in found[j : j + length])):
                return min(j + length, len(found)) - 1, of
        word = found[j].word
        if word not in _ADJECTIVE and not set(word.split("-")) <= _ADJECTIVE:
            break
    return i, ""


def _counted(statement: Statement, found: Sequence[Token], i: int, last: int, of: str) -> bool:
    """Whether it is the project's things that are counted, where their number is asked for."""
    before, adjectives = {t.word for t in found[max(0, i - 3) : i]}, {t.word for t in found[i + 1 : last + 1]}
    words = {t.word for t in (*found, *(tokens(statement.lead) if of == "hooks" else ()))}
    after = found[last + 1].word if last + 1 < len(found) else ""
    kinds = {"vertex", "sweep", "experiment", "experiments"} & adjectives if of == "configuration files" else set()
    asked = of not in _ASKED or statement.about(*_ASKED[of]) or kinds or (of == "tests" and total(statement.plain))
    if not asked or before & _NOT or not (adjectives if of == "tasks" else words) & _BESIDE.get(of, words):
        return False
    if of == "files":  # "21 tests across three files", "organised into three separate files"
        return bool(before & _OVER) and (not statement.about("tests") or bool(words & {"tests", "unittests"}))
    return not (of == "tests" and after in _RESULTS) and not (
        of == "images" and ("pull" in words or after in ("of", "per"))
    )


def _scope(statement: Statement, found: Sequence[Token], i: int, last: int, of: str, first: bool) -> str:
    before, after = {t.word for t in found[max(0, i - 2) : i]}, found[last + 1].word if last + 1 < len(found) else ""
    if of == "tests":
        words = {w for t in found[i + 1 : last + 1] for w in t.word.split("-")}
        kinds = {_KINDS[w] for w in words & set(_KINDS)}
        asked = statement.about("tests") and first and after not in _NEXT
        every = statement.kind == "sentence" and (asked or total(statement.plain))
        return kinds.pop() if len(kinds) == 1 else "whole" if every and not kinds else "unknown"
    if of == "endpoints":
        closed = before & _OFFERS and {t.word for t in found[:i]} & (_BESIDE["endpoints"] - {"we"})
        return "api" if closed or len(paths_in(statement.plain)) == found[i].value else "unknown"
    return "unknown" if of == "hooks" and not (total(statement.plain) or before & _OFFERS) else "whole"


def _in_file(statement: Statement, number: Token, noun: Token) -> tuple[str, str] | None:
    """The words that tie a number to a test file, and the file: between the two stand only a bracket, a colon, or words of a list. A
    number without a noun stands behind its file."""
    plain = statement.plain
    for m in _FILE.finditer(plain, max(0, number.start - _FAR), noun.end + _FAR):
        ahead = m.end() <= number.start
        gap = plain[m.end() : number.start] if ahead else plain[noun.end : m.start()]
        words = {t.word for t in tokens(gap)}
        tied = words or "(" in gap or (ahead and ":" in gap)
        if not tied or len(gap) > 30 or set(gap) & {".", ","} or not words <= (_HOLDS if ahead else _STANDS):
            continue
        if ahead or (noun is not number and not re.match(r"\W{0,3}(?:and|,|&)\W{0,3}[\w/]+\.py", plain[m.end() :])):
            return _verbatim(statement, min(m.start(), number.start), max(m.end(), noun.end)), m[0]
    return None


def _verbatim(statement: Statement, start: int, end: int) -> str:
    """Words of the plain text as they stand in the report; the whole statement where they cannot be told."""
    pieces = re.findall(r"\w+|[^\w\s]", statement.plain[start:end])
    match = re.search(r"[`*]*" + r"[\s*`_\\]*".join(map(re.escape, pieces)) + r"[`*]*", statement.text)
    return match[0] if match else statement.text


def _quote(statement: Statement, start: int, end: int) -> str:
    """The statement, or of a long one the clause around the words."""
    text, words = statement.text, _verbatim(statement, start, end)
    if len(text) <= 250 or words == text:
        return text
    at = text.find(words)
    first = max((m.end() for m in re.finditer(r"[,;:(]\s|^", text[:at])), default=0)
    first = 0 if len(text[:first].split()) <= 4 else first
    if len(re.findall(r"\w+", text[first:at])) < 3:
        first = max(0, text.rfind(" ", 0, max(0, at - 40)) + 1)
    after = re.search(r"[,;:.]\s", text[at + len(words) :])
    return text[first : at + len(words) + after.start() if after else len(text)].strip()


_OTHERWISE = frozenset(["if", "even", "goal", "aim", "target", "threshold", "minimum", "require", "required", "requires", "fail", "fails", "enforce", "ideal", "perfect", "branch", "below", "above", "each", "per", "excluding", "without"])  # fmt: skip


@reads("coverage", "coverage")
def coverage(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """In the answer on coverage: a sentence with one percentage that calls it the total, or the code's coverage; the total of a table."""
    question = prose.question("coverage")
    for row in coverage_rows(question.answer) if question else ():
        holding = next((s for s in prose.of("coverage") if row.text in s.source), None)
        if row.is_total and holding:
            yield holding, Data(kind="data", quote=row.text, what="coverage", value=row.percent, name="test coverage")
    for statement in prose.sentences("coverage"):
        found = tokens(statement.plain)
        percents = [
            i
            for i, t in enumerate(found)
            if t.value is not None and statement.plain[t.end :].lstrip(" \\").startswith("%")
        ]
        words = {t.word for t in found}
        if (
            len(percents) != 1
            or not statement.firm
            or statement.negated
            or statement.kind == "row"
            or words & _OTHERWISE
        ):
            continue
        named = total(statement.plain) or {"code", "test"} & words
        if (
            "coverage" in words
            and named
            and operator(found[: percents[0]]) == "exactly"
            and not _FILE.search(statement.plain)
        ):
            value = found[percents[0]].value or 0
            yield statement, Data(kind="data", quote=statement.text, what="coverage", value=value, name="test coverage")
