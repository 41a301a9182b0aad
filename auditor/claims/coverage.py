"""What the report says of test coverage, as far as it can be settled without running anything: its own arithmetic, the
thresholds that the repository sets, committed coverage reports that it names, and whether there is a test to measure.
"""

import json
import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.claims.counts import tests_of
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import lines_matching, readable, toml
from auditor.snapshot import File, Snapshot

_PERCENT = r"(?P<n>\d{1,3}(?:\.\d+)?)\s*(?:%|percent\b)"
_ROUGH = compile_later(
    r"(?:~|≈|>|<|\b(?:about|around|approximately|roughly|circa|ca\.?|nearly|almost|some|close to|over|more than|less than|at least|"
    r"at most|up to|above|below|under|between|to|and|or))\s*$|\d\s*%?\s*-\s*$",
    re.IGNORECASE,
)
_OTHERWISE = compile_later(
    r"\b(?:if|even|would|could|should|might|until|unless|goal|aim\w*|target\w*|threshold|minimum|require\w*|fail\w*|enforc\w*|far|away|short of|"
    r"not|never|n't|initially|at first|before|previously|used to|started|ideal\w*|perfect|increase\w*|rais\w*|improv\w*|drop\w*|excluding|"
    r"without|except|only the|branch)\b|n't\b",
    re.IGNORECASE,
)
_ONE_FILE = compile_later(
    r"\w\.py\b|\b(?:file|module|script|class|function|each|per|respectively|for the|api|data|model|frontend)\b", re.I
)
_TOTALS = (
    compile_later(rf"\b(?P<mark>total|overall)\b(?:(?![;%]|\.\s).){{0,60}}?\bcoverage\b(?P<gap>(?:(?![;%]|\.\s).){{0,70}}?)(?<![\d.,]){_PERCENT}", re.IGNORECASE),
    compile_later(rf"\b(?P<mark>)(?:code|test|statement|line|unit test) coverage\b(?P<gap>(?:(?![;%]|\.\s).){{0,40}}?\b(?:is|was|of|on|at|equals?|reach\w*|got|gives?)\b(?:(?![;%]|\.\s).){{0,20}}?)(?<![\d.,]){_PERCENT}", re.IGNORECASE),
)  # fmt: skip


@dataclass(frozen=True)
class _Total:
    """A stated total coverage: in per cent, with its place in the plain text, whether it is rounded, and whether the words
    call it the total."""

    statement: Statement
    n: float
    start: int
    end: int
    words: str
    rough: bool
    marked: bool


def _totals(prose: Prose) -> Iterator[_Total]:
    """The total coverage that the answers state, without goals, hypotheses, former values and single files."""
    for statement in prose.sentences():
        if "coverage" not in statement.plain.lower() or statement.kind == "row" or statement.personal:
            continue
        plain = statement.plain.replace("$", "").replace("\\", "")
        for pattern in _TOTALS:
            m = pattern.search(plain)
            if (
                not m
                or _OTHERWISE.search(plain[: m.start("n")])
                or _ONE_FILE.search(m["gap"].replace("coverage.py", ""))
            ):
                continue
            after = plain[m.end() :]
            rough = bool(_ROUGH.search(plain[: m.start("n")]) or re.match(r"\s*(?:-|to|and|or)\s*\d", after))
            if float(m["n"]) <= 100:
                words = m[0][m.start("n") - m.start() :]
                yield _Total(statement, float(m["n"]), m.start(), m.end(), words, rough, bool(m["mark"]))
                break


def _around(statement: Statement, number: str) -> str:
    """The clause around a number, verbatim, where the sentence is long; empty for the whole of it."""
    text = statement.text
    at = text.find(number)
    if len(text) <= 250 or at < 0:
        return ""
    start = max((m.end() for m in re.finditer(r"[;:.]\s+", text[:at])), default=0)
    end = next((at + m.start() for m in re.finditer(r"[,;:.](?:\s|$)", text[at:])), len(text))
    quote = text[start:end].strip()
    return quote if len(quote.split()) >= 5 else ""


def _of_answer(prose: Prose, statement: Statement, text: str, note: str) -> Evidence:
    """Lines of the report as evidence for the report against itself."""
    line = statement.line + statement.text.count("\n", 0, max(statement.text.find(text), 0))
    return Evidence(
        kind="excerpt", path=prose.report.path, start=line, end=line + text.count("\n"), excerpt=text[:240], note=note
    )


# -- tables ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a coverage table: statements, missed ones, and the per cent shown."""

    name: str
    statements: int
    missed: int
    percent: float
    text: str
    branches: bool

    @property
    def is_total(self) -> bool:
        return self.name.strip().lower().rstrip(":") in ("total", "totals", "sum", "overall", "all files")

    @property
    def computed(self) -> float:
        return 100.0 if not self.statements else 100 * (self.statements - self.missed) / self.statements


_LINE = compile_later(
    r"^\s*(?P<name>[^\s].*?)\s+(?P<s>\d{1,6})\s+(?P<m>\d{1,6})(?:\s+(?P<b>\d{1,6})\s+(?P<p>\d{1,6}))?\s+(?P<c>\d{1,3}(?:\.\d+)?)\s*\\?%"
)
_OTHER_COLUMNS = compile_later(r"\b(?:covered|hits?|branch|brpart|lines hit)\b", re.IGNORECASE)


def read_table(text: str) -> list[Row]:
    """The rows of a coverage table as `coverage report` prints it or as markdown has it; empty for tables with other
    columns."""
    rows: list[Row] = []
    for line in text.split("\n"):
        words = re.sub(r"[|*`]", " ", line)
        if re.search(r"\b(?:stmts|statements|miss|missed|missing)\b", words, re.IGNORECASE) and _OTHER_COLUMNS.search(
            words
        ):
            return []
        m = _LINE.match(words)
        if m:
            branches = m["b"] is not None
            rows.append(Row(m["name"], int(m["s"]), int(m["m"]), float(m["c"]), line.strip(), branches))
    return rows


_CUT = compile_later(
    r"\.\.\.|…|\bskip|\bexcerpt\b|\bextract\b|\babbreviat|\bshortened\b|\bsome of\b|\bselected\b|\bomitted\b",
    re.IGNORECASE,
)


@check("coverage-table", asks="Do the report's coverage tables add up?")
def coverage_table(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a coverage table in an answer, printed or in markdown. Settled by: arithmetic. Each row's per cent follows from
    its statements and missed ones (a point of rounding aside), and the TOTAL is the sum of the rows. Leaves alone: branch
    coverage, other columns, and totals above the rows' sum where rows were left out."""
    question = prose.question("coverage")
    if question is None or "%" not in question.answer:
        return
    rows = read_table(question.answer)
    if len(rows) < 2 or any(r.branches for r in rows):
        return
    where = {r.text: s for r in rows for s in prose.of("coverage") if r.text in s.text or r.text.strip("| ") in s.text}
    for row in rows:
        statement = where.get(row.text)
        if statement is None or row.missed > row.statements or abs(row.computed - row.percent) <= 1.01:
            continue
        shown = f"{row.statements - row.missed} of {row.statements} statements are {row.computed:.0f} %"
        yield Settled(
            statement,
            f"coverage:{row.name.strip()}",
            shown,
            f"The row says {row.percent:g} %; {shown}.",
            (_of_answer(prose, statement, row.text, "the row"),),
            row.text if statement.kind == "fence" else "",
            detail=True,
            rule="prose-contradicts-prose",
        )
    totals = [r for r in rows if r.is_total]
    parts = [r for r in rows if not r.is_total]
    if len(totals) != 1 or rows[-1] is not totals[0] or totals[0].text not in where or len(parts) < 2:
        return
    total, statement = totals[0], where[totals[0].text]
    statements, missed = sum(r.statements for r in parts), sum(r.missed for r in parts)
    if (statements, missed) == (total.statements, total.missed):
        yield Settled(
            statement,
            "coverage:table",
            f"the rows add up to {statements} statements, {missed} missed",
            "",
            (_of_answer(prose, statement, total.text, "the total"),),
            total.text if statement.kind == "fence" else "",
            "supported",
        )
        return
    less = statements <= total.statements and missed <= total.missed
    if less and (_CUT.search(question.answer) or len(parts) < 3):
        return
    yield Settled(
        statement,
        "coverage:table",
        f"the rows above add up to {statements} statements, {missed} missed",
        f"The total says {total.statements} statements, {total.missed} missed; the rows add up to {statements} and {missed}.",
        (
            _of_answer(prose, statement, total.text, "the total"),
            fact(f"{len(parts)} rows: {statements} statements, {missed} missed"),
        ),
        total.text if statement.kind == "fence" else "",
        detail=True,
        rule="prose-contradicts-prose",
    )


@check("coverage-total-in-table", asks="Is the stated total coverage that of the report's own table?")
def coverage_total_in_table(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a sentence with the total coverage beside a table that has a TOTAL. Settled by: that row, a point of rounding
    aside. Leaves alone: rounded figures, goals, and several tables."""
    question = prose.question("coverage")
    if question is None:
        return
    rows = [r for r in read_table(question.answer) if r.is_total]
    if len(rows) != 1:
        return
    table = next(
        (s for s in prose.of("coverage") if rows[0].text in s.text or rows[0].text.strip("| ") in s.text), None
    )
    for total in _totals(prose):
        if total.statement.question != question or total.rough or not total.marked or table is None:
            continue
        shown = f"the table's total is {rows[0].percent:g} %"
        proof = _of_answer(prose, table, rows[0].text, "the table's total")
        if abs(total.n - rows[0].percent) <= 1.01:
            yield Settled(
                total.statement,
                "coverage:total",
                shown,
                "",
                (proof,),
                _around(total.statement, total.words),
                "supported",
            )
        else:
            yield Settled(
                total.statement,
                "coverage:total",
                shown,
                f"The sentence says {total.n:g} %; the table below it says {rows[0].percent:g} %.",
                (proof,),
                _around(total.statement, total.words),
                detail=True,
                rule="prose-contradicts-prose",
            )


# -- X of Y ------------------------------------------------------------------------------------------------------------

_RATIO = compile_later(
    r"(?<![\d.,])(?P<x>\d{1,3}(?:,\d{3})+|\d{1,6})\s+(?P<what>(?:missed|missing|uncovered|covered|executed|tested)\s+)?(?P<noun>(?:statements|lines)(?: of code)?\s+)?"
    r"(?:(?:are|were)\s+)?(?P<what2>(?:missed|missing|uncovered|not covered|covered|executed)\s+)?(?:out\s+)?of\s+(?:the\s+|a total of\s+|our\s+|all\s+)?(?P<y>\d{1,3}(?:,\d{3})+|\d{1,6})\b"
    r"(?P<rest>(?:\s+total)?\s+(?:statements|lines))?",
    re.IGNORECASE,
)
_MISSED = compile_later(r"\b(?:miss(?:ed|es|ing)?|uncovered|not (?:covered|executed|tested)|untested)\b", re.IGNORECASE)
_COVERED = compile_later(r"(?<!not )\b(?:cover(?:s|ed|ing)|executed|tested|hit|hits)\b", re.IGNORECASE)


@check("coverage-ratio", asks="Does the stated coverage follow from the statements that the report counts?")
def coverage_ratio(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a sentence with one coverage in per cent and "X of Y statements". Settled by: division, a point of rounding aside;
    X are the covered ones or the missed ones as the words say, either where they do not. Leaves alone: several per cents
    before it, rounded figures, and other things counted."""
    for statement in prose.sentences():
        plain = statement.plain.replace("$", "").replace("\\", "")
        if "coverage" not in plain.lower() or " of " not in plain or statement.planned or statement.past:
            continue
        ratios = list(_RATIO.finditer(plain))
        percents = list(re.finditer(_PERCENT, plain))
        if len(ratios) != 1 or len(percents) != 1:
            continue
        m, stated = ratios[0], float(percents[0]["n"])
        x, y = int(m["x"].replace(",", "")), int(m["y"].replace(",", ""))
        if not (m["noun"] or m["rest"]) or not 0 <= x <= y or y < 5 or _ROUGH.search(plain[: percents[0].start()]):
            continue
        near = plain[max(0, m.start() - 25) : m.end() + 25]
        missed, covered = bool(_MISSED.search(near)), bool(_COVERED.search(near))
        share = 100 * x / y
        right = (
            {round(share, 1)}
            if covered and not missed
            else {round(100 - share, 1)}
            if missed and not covered
            else {round(share, 1), round(100 - share, 1)}
        )
        sum_ = f"{x} of {y} are {share:.1f} %"
        if missed and not covered:
            sum_ = f"{x} missed of {y} leave {100 - share:.1f} %"
        proof = _of_answer(prose, statement, statement.text, "the sentence's own numbers")
        quote = _around(statement, m["y"])
        if all(abs(r - stated) > 1.01 for r in right):
            difference = f"The sentence says {stated:g} %; {sum_}."
            yield Settled(
                statement,
                "coverage:total",
                sum_,
                difference,
                (proof,),
                quote,
                detail=True,
                rule="prose-contradicts-prose",
            )
        else:
            yield Settled(statement, "coverage:total", sum_, "", (proof,), quote, "supported")


# -- totals against each other, reports and thresholds -----------------------------------------------------------------


@check("coverage-twice", asks="Does the report give the same total coverage everywhere?")
def coverage_twice(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: two sentences that each state the total coverage and call it so. Settled by: each other. Leaves alone: rounded
    figures, goals, thresholds, and totals with and without something."""
    stated = [t for t in _totals(prose) if t.marked and not t.rough]
    for total in stated[1:]:
        first = stated[0]
        scoped = any(
            re.search(
                r"\b(?:unit|integration|package|backend|frontend|branch|after|now|when)\b", t.statement.plain, re.I
            )
            for t in (first, total)
        )
        if abs(total.n - first.n) <= 1.01 or scoped:
            continue
        yield Settled(
            total.statement,
            "coverage:total",
            f"another sentence says {first.n:g} %",
            f"The sentence says {total.n:g} % in total; line {first.statement.line} says {first.n:g} %.",
            (_of_answer(prose, first.statement, first.statement.text, f"question {first.statement.question.n}"),),
            _around(total.statement, total.words),
            detail=True,
            rule="prose-contradicts-prose",
        )


_REPORTS = ("**/*coverage*.{txt,md,xml,json}",)


def _reported(file: File) -> tuple[float, int] | None:
    """The total that a committed coverage report shows, with its line."""
    if not readable(file):
        return None
    if file.suffix == "xml":
        m = re.search(r"<coverage\b[^>]*\bline-rate=\"([\d.]+)\"", file.text)
        return (100 * float(m[1]), file.text.count("\n", 0, m.start()) + 1) if m else None
    if file.suffix == "json":
        try:
            totals = json.loads(file.text).get("totals", {})
            return float(totals["percent_covered"]), 1
        except (ValueError, KeyError, AttributeError, TypeError):
            return None
    totals = [r for r in read_table(file.text) if r.is_total]
    if len(totals) != 1:
        return None
    line = next((i for i, row in enumerate(file.lines, 1) if row.strip() == totals[0].text), 1)
    return totals[0].percent, line


@check("coverage-report", asks="Is the stated coverage that of the committed coverage report?")
def coverage_report(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a sentence with the total coverage. Settled by: a committed coverage report (text, markdown, XML, JSON). It confirms
    the figure; it contradicts it only where the answer itself names that file, because a report may be of another day.
    Leaves alone: rounded figures, several reports that differ, and `.coverage`."""
    stated = [t for t in _totals(prose) if t.statement.question.id == "coverage" and not t.rough]
    if not stated:
        return
    found = [(f, r) for p, f in repo.snapshot.files.items() if matches(p, _REPORTS) and (r := _reported(f))]
    for total in stated:
        answer = total.statement.question.answer
        for file, (percent, line) in found:
            proof = (file.cite(line, note="the report's total"),)
            shown = f"{file.path}:{line} shows {percent:g} %"
            quote = _around(total.statement, total.words)
            if abs(percent - total.n) <= 1.01:
                yield Settled(total.statement, "coverage:total", shown, "", proof, quote, "supported")
            elif file.name in answer and len(found) == 1 and total.marked:
                difference = (
                    f"The sentence says {total.n:g} %; {file.name}, which the answer names, shows {percent:.0f} %."
                )
                yield Settled(total.statement, "coverage:total", shown, difference, proof, quote, detail=True)


_UNDER = compile_later(
    r"(?:--(?:cov-)?fail-under[= ]\s*|\bfail_under\s*[=:]\s*|--min-coverage[= ]\s*|\bCOVERAGE_THRESHOLD\w*\s*[=:]\s*[\"']?)(?P<n>\d{1,3}(?:\.\d+)?)",
    re.IGNORECASE,
)
_THRESHOLD = compile_later(
    rf"\b(?:threshold|minimum|fail[-_ ]under|required?s?|enforc\w+|at least)\b[^.;%]{{0,40}}?(?<![\d.,]){_PERCENT}|(?<![\d.,])(?P<n2>\d{{1,3}}(?:\.\d+)?)\s*(?:%|percent)\s+(?:coverage\s+|code coverage\s+|test coverage\s+)?(?:threshold|minimum|requirement)\b",
    re.IGNORECASE,
)
_FAILS_BELOW = compile_later(
    rf"\b(?:fails?|failing|rejects?|blocks?|breaks?|blocked|rejected|stops?)\b[^.;%]{{0,40}}?\b(?:if|when(?:ever)?|once|as soon as)\b[^.;%]{{0,40}}?"
    rf"\b(?:below|under|less than|lower than|beneath)\s+(?:a |the )?(?:threshold |minimum |limit )?(?:of )?{_PERCENT}",
    re.IGNORECASE,
)
_TO_VERB = compile_later(r"\b(?:if|when(?:ever)?|once|as soon as)\b", re.IGNORECASE)
_NAMED_LIMIT = compile_later(r"\b(?:threshold|minimum|fail[-_ ]under|requirement)\b", re.IGNORECASE)
_IN_CI = compile_later(r"\bCI\b|github|workflows?|\.(?:ya?ml|toml)\b|\.coveragerc", re.IGNORECASE)
# what else has a threshold in per cent
_OTHER_MEASURE = compile_later(
    r"\b(?:accuracy|precision|recall|f1|score|auc|docstrings?|interrogate|pylint|drift|confidence|cpu|memory|utili[sz]ation|error rate|mutation)\b",
    re.IGNORECASE,
)
_SETTINGS = (".github/workflows/*.y*ml", ".gitlab-ci.y*ml", "pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini", "pytest.ini", "tasks.py", "noxfile.py", "**/makefile", "**/justfile", ".pre-commit-config.y*ml", "**/*.sh")  # fmt: skip


@dataclass(frozen=True)
class _Limit:
    percent: float
    file: File
    line: int


def _limits(snapshot: Snapshot) -> list[_Limit]:
    """The thresholds under which a coverage run fails, as the repository sets them."""
    found = []
    for path, file in snapshot.files.items():
        if not matches(path, _SETTINGS) or not readable(file) or "under" not in file.lower:
            continue
        for line in lines_matching(file, _UNDER):
            m = _UNDER.search(file.lines[line - 1])
            around = "\n".join(file.lines[max(0, line - 3) : line])
            other = (path == "pyproject.toml" and not _is_coverage(file)) or re.search(
                r"pylint|interrogate|docstr", around
            )
            if m and not other:
                found.append(_Limit(float(m["n"]), file, line))
    return found


def _is_coverage(file: File) -> bool:
    tool = toml(file).get("tool", {})
    return "coverage" in tool or "--cov-fail-under" in file.text


def _thresholds(prose: Prose) -> Iterator[tuple[Statement, float, str]]:
    """The thresholds that the answers name, as a number and as written, without goals and wishes."""
    for statement in prose.sentences():
        plain = statement.plain
        said = "coverage" in plain.lower()
        spoken_of = statement.question.id == "coverage" or "coverage" in statement.lead.lower()
        if not (said or spoken_of) or not re.search(r"%|percent", plain) or not statement.firm:
            continue
        for m in (*_THRESHOLD.finditer(plain), *_FAILS_BELOW.finditer(plain)):
            low = m.re.pattern == _FAILS_BELOW.pattern
            plainly = (low or _NAMED_LIMIT.search(m[0])) and (statement.ours or _IN_CI.search(plain))
            if (not said and not plainly) or _OTHER_MEASURE.search(m[0]):
                continue
            if not _WISH.search(plain[: m.start() if low else m.end()]) and not _WISH.search(_TO_VERB.split(m[0])[0]):
                number = m["n"] if low else m["n"] or m["n2"]
                yield statement, float(number), number


_WISH = compile_later(r"\b(?:if|goal|aim|target|ideal|no|not|never|typical\w*|many projects)\b", re.IGNORECASE)


@check("coverage-threshold", asks="Is the coverage threshold that the report names the one that is set?")
def coverage_threshold(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a threshold of coverage in per cent ("a minimum of 70 % is required"). Settled by: `--fail-under` and its kin in
    CI, configuration and tasks, where they all set one other value. Leaves alone: goals and wishes, several values, and
    repositories without such a setting (a service's page may hold it)."""
    for statement, n, number in _thresholds(prose):
        limits = repo.snapshot.once("coverage limits", lambda: _limits(repo.snapshot))
        if len({x.percent for x in limits}) != 1:
            continue
        limit = limits[0]
        shown = f"{limit.file.path}:{limit.line} sets {limit.percent:g} %"
        proof = (limit.file.cite(limit.line, note="the threshold"),)
        quote = _around(statement, number)
        if n == limit.percent:
            yield Settled(statement, "coverage:threshold", shown, "", proof, quote, "supported")
        else:
            difference = f"The sentence says {n:g} %; the threshold that is set is {limit.percent:g} %."
            yield Settled(statement, "coverage:threshold", shown, difference, proof, quote, detail=True)


@check("coverage-below-threshold", asks="Is the stated coverage above the threshold that the report says is enforced?")
def coverage_below_threshold(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a sentence with the total coverage, called so, and another that says which coverage must be reached before
    code is merged or a run passes. Settled by: each other, two points of room given. Leaves alone: rounded figures, goals,
    and a threshold that only the repository sets (its runs may fail)."""
    totals = [t for t in _totals(prose) if t.statement.question.id == "coverage" and not t.rough and t.marked]
    for statement, n, _ in _thresholds(prose) if totals else ():
        total = totals[0]
        if statement is total.statement or n <= total.n + 2 or not _ENFORCED.search(statement.plain):
            continue
        note = f"question {statement.question.n}"
        yield Settled(
            total.statement,
            "coverage:total",
            f"{note} says that {n:g} % must be reached",
            f"The sentence says {total.n:g} %; the answer to {note} says that {n:g} % must be reached.",
            (_of_answer(prose, statement, statement.text, note),),
            _around(total.statement, total.words),
            detail=True,
            rule="prose-contradicts-prose",
        )
        return


_ENFORCED = compile_later(
    r"\b(?:ensur\w*|enforc\w*|requir\w*|fail\w*|must|before|merge\w*|block\w*|met)\b", re.IGNORECASE
)


@check("coverage-without-tests", asks="Is there a test at all behind the stated coverage?")
def coverage_without_tests(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a total coverage above 0 %. Settled by: a repository without any test function, locust task or test in another
    language. Leaves alone: hypotheses and goals, and repositories with unreadable test files."""
    for total in _totals(prose):
        if total.statement.question.id != "coverage" or total.n == 0:
            continue
        tests = tests_of(repo.snapshot)
        if tests.sure and not tests.open_end and not any(f.functions or f.collected or f.tasks for f in tests.files):
            yield Settled(
                total.statement,
                "coverage:total",
                "the repository has no test",
                f"The sentence says {total.n:g} %; there is no test that could cover anything.",
                (absence("no test function in any Python file, nor tests in another language"),),
                _around(total.statement, total.words),
            )
            return
