"""How many: tests, test files, workflows, Dockerfiles, images, endpoints, hooks, tasks and pull requests, as the prose counts
them and as the repository holds them.

There are several honest ways to count each of them. A number is contradicted only where it is none of these readings, and
a hedged one ("about", "over", "at least") only where it is far off.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.claims import Repo, Settled, check, fact
from auditor.facts.cloud import training_specs
from auditor.facts.commandline import TARGET_FILES, targets
from auditor.facts.history import own_pull_requests, pull_requests
from auditor.facts.images import editors_stock
from auditor.facts.routes import Route, routes
from auditor.facts.tests import Collection, collect, options_of, rules
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence, Label
from auditor.prose import Prose, Statement
from auditor.readers import DOCKERFILES, docker, python, readable, yaml_root
from auditor.snapshot import File, Snapshot

# -- numbers in words --------------------------------------------------------------------------------------------------

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
NUMBER = r"(?P<n>\d{1,4}|" + "|".join(_WORDS) + r")"
_ROUNDED = compile_later(
    r"(?:~|≈|>|<|\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.?|nearly|almost|some|close to|over|more than|"
    r"less than|fewer than|at least|at most|up to|(?:a )?minimum of|maximum of|(?:a )?couple of|upwards of|above|below|under|"
    r"between|or|to|nearest|another|other|additional|further|first|last|next|these|those|each|every|per))\s*$|\d\s*-\s*$",
    re.IGNORECASE,
)
_LEAST = compile_later(r"(?:>|\b(?:over|more than|at least|upwards of|above))\s*$", re.IGNORECASE)
_TOTAL = compile_later(
    r"\b(?:in total|a total of|total(?:ling)?(?: number)? of|total number|altogether|in all|overall|all in all|total)\b",
    re.IGNORECASE,
)


def value(text: str) -> int:
    """A number written in digits or as a word up to twenty."""
    return int(text) if text.isdigit() else _WORDS[text.lower()]


def rounded(statement: Statement, at: int) -> bool:
    """Whether the number at this place of the plain text is rounded, a bound or one of a row."""
    return bool(_ROUNDED.search(statement.plain[max(0, at - 24) : at]))


def _elsewhere(statement: Statement) -> bool:
    """Whether the sentence reports something that is not simply so now and here."""
    return not statement.firm or bool(_FOREIGN.search(statement.plain))


_FOREIGN = compile_later(
    r"\b(?:course|exercises?|template|lecture|cookiecutter|another group|other groups?|in general|normally)\b",
    re.IGNORECASE,
)


def _plural(n: int, word: str, several: str = "") -> str:
    return f"{n} {word if n == 1 else several or word + 's'}"


# -- tests -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TestFile:
    """A file that holds tests, however one counts: `functions` as defined, `collected` by pytest, `expanded` over its
    parametrisations (0 where they are computed), `active` without the skipped ones, `classes` of tests, `asserts`, and
    locust `tasks`."""

    path: str
    functions: int
    collected: int
    expanded: int
    active: int
    classes: int
    asserts: int
    tasks: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def readings(self) -> set[int]:
        """Every number of tests that this file may be said to hold."""
        return {
            self.functions,
            self.collected,
            self.expanded or self.collected,
            self.active,
            self.functions + self.tasks,
        }


@dataclass(frozen=True)
class Tests:
    """All of them. `sure` is false where a file could not be read; `open_end` where more tests may be run than are counted
    here (another language, doctests, computed parametrisations)."""

    files: tuple[TestFile, ...]
    sure: bool
    open_end: bool
    collection: Collection

    @property
    def holding(self) -> tuple[TestFile, ...]:
        return tuple(f for f in self.files if f.functions or f.collected)

    def sums(self, files: Iterable[TestFile]) -> set[int]:
        """The readings of several files together."""
        chosen = list(files)
        functions = sum(f.functions for f in chosen)
        collected = sum(f.collected for f in chosen)
        made = {functions, collected, sum(f.active for f in chosen), sum(max(f.functions, f.collected) for f in chosen)}
        expanded = sum(f.expanded or f.collected for f in chosen)
        made |= {expanded, expanded + functions - collected}
        tasks = sum(f.tasks for f in chosen)
        return made | {m + tasks for m in made}

    @property
    def core(self) -> set[int]:
        return self.sums(self.files)

    @property
    def others(self) -> set[int]:
        """Numbers that a group may well call its number of tests, too: per folder, without one folder, assertions, classes,
        files."""
        made: set[int] = set()
        folders = {f.path.rsplit("/", 1)[0] if "/" in f.path else "" for f in self.holding}
        for folder in folders:
            inside = [f for f in self.files if f.path.startswith(folder + "/")]
            made |= self.sums(inside) | self.sums([f for f in self.files if f not in inside])
        for file in self.holding:  # one file left out
            made |= self.sums([f for f in self.files if f != file])
        made.add(sum(f.asserts for f in self.files))
        made.add(sum(f.classes for f in self.files))
        made.add(sum(f.classes or f.functions for f in self.files))
        made |= {len(self.holding), len(self.files)}
        return made - {0}

    def named_in(self, text: str) -> set[int]:
        """The readings of those files alone whose name, or whose subject (`test_data.py`: data), an answer mentions."""
        chosen = [f for f in self.files if any(re.search(rf"\b{re.escape(w)}", text, re.I) for w in _subject(f.path))]
        stems = [f for f in self.files if f.name.removesuffix(".py").lower() in text.lower()]
        return (self.sums(chosen) | self.sums(stems)) - {0}

    def resolve(self, name: str) -> list[TestFile]:
        """The files that a path or name in the prose may mean."""
        name = name.replace("\\", "/").lstrip("./").lower()
        return [f for f in self.files if f.path.lower() == name or f.path.lower().endswith("/" + name)]

    @property
    def shown(self) -> str:
        """The plain count with where it lies."""
        return shown_tests(self.files)

    @property
    def evidence(self) -> Evidence:
        return fact(
            f"tests by file: {', '.join(f'{f.path} {f.collected or f.functions}' for f in self.holding) or 'none'}",
            *[f.path for f in self.holding],
        )


def shown_tests(files: Iterable[TestFile]) -> str:
    chosen = [f for f in files if f.functions or f.collected or f.tasks]
    functions = sum(f.collected or f.functions for f in chosen)
    expanded = sum(f.expanded or f.collected or f.functions for f in chosen)
    tasks = sum(f.tasks for f in chosen)
    text = f"{_plural(functions, 'test function')} in {_plural(sum(bool(f.functions) for f in chosen), 'file')}"
    if expanded != functions:
        text += f" ({expanded} with parametrisation)"
    return text + (f", and {_plural(tasks, 'locust task')}" if tasks else "")


_NO_SUBJECT = frozenset(["test", "tests", "py", "unit", "integration"])


def _subject(path: str) -> list[str]:
    words = re.split(r"[^a-z0-9]+", path.rsplit("/", 1)[-1].removesuffix(".py").lower())
    return [w for w in words if len(w) > 2 and w not in _NO_SUBJECT]


_TESTS_FOLDER = compile_later(r"(^|/)[\w-]*tests?[\w-]*/", re.IGNORECASE)
_OTHER_TESTS = ("**/*.{test,spec,cy}.{js,jsx,ts,tsx,mjs}", "**/__tests__/**", "**/*.feature", "**/*.bats", "**/*.robot", "**/*_test.go", "**/test*/**/*.{sh,js,ipynb}", "**/test*.{sh,js,ipynb}")  # fmt: skip


def tests_of(snapshot: Snapshot) -> Tests:
    """The repository's tests, counted in all ways at once."""
    return snapshot.once("counted tests", lambda: _tests(snapshot))


def _tests(snapshot: Snapshot) -> Tests:
    files = snapshot.select(("**/*.py",), stubs=True)
    naming, _ = rules(files)
    found = collect(files)
    collected = Counter(c.path for c in found.cases)
    expanded: Counter[str] = Counter()
    active: Counter[str] = Counter()
    computed = {c.path for c in found.cases if not c.cases}
    for case in found.cases:
        expanded[case.path] += case.cases or 1
        active[case.path] += case.active
    made, sure = [], True
    for file in files:
        text = file.text
        place = naming.collects(file.path) or bool(_TESTS_FOLDER.search(file.path))
        if not place and "locust" not in text and not collected[file.path]:
            continue
        module = python(file)
        if module is None:
            sure = sure and not (place and "def test" in text)
            continue
        functions = sum(f.name.lower().startswith("test") and not any(d.endswith("fixture") for d in f.decorators) for f in module.functions) if place else 0  # fmt: skip
        tasks = 0
        if "locust" in text:
            tasks = sum(any(d in ("locust.task", "locust.tag") for d in f.decorators) for f in module.functions)
        called_test = place and (file.name.startswith("test") or file.name.endswith("_test.py"))
        if not (functions or tasks or collected[file.path] or called_test):
            continue
        asserts = sum(isinstance(n, ast.Assert) for n in module.nodes) if place else 0
        classes = len({f.owner for f in module.functions if f.owner and f.name.startswith("test")})
        path = file.path
        many = 0 if path in computed else expanded[path]
        made.append(TestFile(path, functions, collected[path], many, active[path], classes, asserts, tasks))
    sure = sure and not any(matches(p, ("**/test*.py", "**/*_test.py")) for p in (h.path for h in files.holes))
    return Tests(tuple(made), sure, bool(computed or found.open) or _more_tests(snapshot), found)


def _more_tests(snapshot: Snapshot) -> bool:
    if any(matches(p, _OTHER_TESTS) for p in snapshot.files):
        return True
    for name in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        file = snapshot.files.get(name)
        if file is not None and readable(file) and "doctest" in str(options_of(file) or ""):
            return True
    return False


_BEFORE_TESTS = (
    r"(?:(?:unit|integration|api|automated|pytest|different|individual|separate|distinct|core|main|primary|functional|model|"
    r"data|small|simple|own|load|performance|smoke|regression|end-to-end|important|key|essential|critical|custom|passing|"
    r"meaningful|dedicated|comprehensive|total|various|basic|python|training|\w+-related)"
    r"(?:\s*(?:,|/|&|\band\b)\s*|\s+|-)){0,4}"
)
_NOT_TESTS = (
    r"(?![\w-]|\s+(?:files?|modules?|scripts?|folders?|director|suites?|class|sets?|data|datasets?|splits?|loss|accurac|images?|samples?|"
    r"runs?|workflows?|jobs?|environments?|categor|types?|kinds?|predictions?|points?|users?|examples?|pipelines?|configurations?|"
    r"stages?|phases?|levels?|metrics?|scores?|results?|coverage|time|cycles?|steps?))"
)
_TESTS = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>{_BEFORE_TESTS})(?P<noun>(?:unit-?)?tests?(?:\s+(?:cases?|functions?|methods?))?){_NOT_TESTS}",
    re.IGNORECASE,
)
_PLAIN_KIND = compile_later(
    r"^(?:(?:different|automated|pytest|individual|separate|distinct|own|custom|total|python|unit)\s+)*$", re.I
)
_RANKED = compile_later(
    r"\b(?:main|primary|core|key|important|essential|critical|basic|active|focused)\b", re.IGNORECASE
)
_ONLY = compile_later(r"\b(?:only|just|a single|merely)\s*$", re.IGNORECASE)
_OF_THEM = compile_later(
    r"\b(?:of which|of (?:them|these|those)|among (?:them|these|those|others)|remaining|rest|other|further|additional|addition(?:ally)?|also|another|"
    r"besides|on top of|beyond|plus|where|e\.g|for example|for instance|such as)\b",
    re.IGNORECASE,
)
_ONE_FOR = compile_later(r"\b(?:one|the first|another)\b[^.;]{0,20}\b(?:for|to|that|which|as)\b", re.IGNORECASE)
_WITHOUT = compile_later(
    r"\b(?:not (?:including|counting)|excluding|except|apart from|aside from|without|on top of|in addition to|besides|plus)\b",
    re.I,
)
_ABOUT = compile_later(
    r"^\W{0,3}\s*(?:for|that|which|on|of|covering|to|checking|verifying|targeting|ensuring|concern\w*|validating|focus\w*|regarding)\b",
    re.I,
)
_RESULT = compile_later(
    r"^\W{0,3}\s*(?:pass(?:ed|es|ing)?|fail(?:ed|s|ing)?|skipped|selected|deselected|are (?:executed|run)|run\b|ran\b)",
    re.I,
)
_NOT_HERE = compile_later(r"\b(?:no|not|never|without|n't|instead of|rather than)\b[^.;,]{0,20}$", re.IGNORECASE)
_TEST_QUESTIONS = ("tests", "coverage", "continuous-integration", "api-tests")


@dataclass(frozen=True)
class Said:
    """A number of things in a sentence: where it stands in the plain text, and whether it is meant as their total."""

    statement: Statement
    n: int
    start: int
    end: int
    words: str
    total: bool


def _quote(said: Said) -> str:
    """Words around a number that stand verbatim in the sentence; empty, for the whole of it, where it is short."""
    text = said.statement.text
    if len(text) <= 250:
        return ""
    tokens = re.findall(r"\w+|[^\w\s]", said.words)
    for match in re.finditer(r"[\s*`_]*".join(map(re.escape, tokens)), text):
        start = max((m.end() for m in re.finditer(r"[,;:(]\s|^", text[: match.start()])), default=0)
        if len(re.findall(r"\w+", text[start : match.start()])) < 3:
            start = max(0, text.rfind(" ", 0, max(0, match.start() - 40)) + 1)
        after = re.search(r"[,;:.]\s", text[match.end() :])
        end = match.end() + after.start() if after else len(text)
        quote = text[start:end].strip()
        if len(re.findall(r"\w+", quote)) >= 5 and len(quote) < len(text):
            return quote
    return ""


def _test_numbers(prose: Prose) -> Iterator[Said]:
    """The numbers of tests that the answers give, without rounded, planned, past and foreign ones."""
    for statement in prose.sentences():
        plain = statement.plain
        if "test" not in plain.lower() or _elsewhere(statement):
            continue
        if not (statement.question.id in _TEST_QUESTIONS or (statement.ours and _TOTAL.search(plain))):
            continue
        for m in _TESTS.finditer(plain):
            before = plain[: m.start()]
            if rounded(statement, m.start()) or _NOT_HERE.search(before) or _RESULT.match(plain[m.end() :]):
                continue
            n = value(m["n"])
            kind = bool(_PLAIN_KIND.match(m["adjectives"]))
            marked = bool(_TOTAL.search(before[-60:]) or _TOTAL.match(plain[m.end() :].lstrip(" ,")))
            after = plain[m.end() :]
            made = _WE_MADE.search(before) or _WERE_MADE.match(after) or _PROJECT_HAS.search(before)
            opens = statement.question.id == "tests" and bool(made)
            if opens and _ABOUT.match(after):  # for one subject, or for all of them
                alone = len(list(_TESTS.finditer(" ".join(statement.question.answer.split())))) == 1
                opens = alone and bool(re.search(r",| and ", after))
            total = kind and (marked or opens) and not _OF_THEM.search(before) and not _WITHOUT.search(plain)
            if n == 1 and not (total and (marked or _ONLY.search(before))):
                continue
            yield Said(statement, n, m.start(), m.end(), m[0], total)


_WE_MADE = compile_later(
    r"\b(?:we|the (?:project|repository|test suite|suite))\s+(?:have\s+|has\s+)?(?:\w+ly\s+)?(?:implemented|wrote|written|made|created|developed|have|has|"
    r"contains?|consists? of|added|set up)\s+(?:a total of\s+|in total\s+)?$|\b(?:there are)\s+$",
    re.IGNORECASE,
)


_WERE_MADE = compile_later(
    r"^\s*(?:were|are|have been)\s+(?:made|implemented|written|created|developed)\b", re.IGNORECASE
)


def _says(n: int, one: str, several: str = "") -> str:
    return f"The sentence says {_plural(n, one, several)}"


@check("test-count", asks="Does the repository have as many tests as the report says?")
def test_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of tests ("In total we have implemented 21 tests"). Settled by: the test functions of the repository,
    counted as defined, as pytest collects them, over literal parametrisations, with locust tasks, per folder, without one
    file, for the subjects that the answer names, by class, by file and by assertion: a total that is none of these and
    lies outside the first four is contradicted, and so is a part that is more than everything. A total for the whole
    ("in total", "the project has") is contradicted, too, where the functions of all folders are half as many again,
    though it equals those of one folder or of the files that the answer names. Leaves alone: rounded,
    planned and former numbers, results of runs, kinds of tests, totals below a suite that cannot be counted to its end
    (computed parametrisation, other languages, doctests), and unreadable test files."""
    for said in _test_numbers(prose):
        tests = tests_of(repo.snapshot)
        if not tests.sure:
            return
        low, high, asserts = min(tests.core), max(tests.core), sum(f.asserts for f in tests.files)
        n, about = said.n, "count:tests"
        answer = said.statement.question.answer
        if said.total and n in tests.core:
            yield _counted(said, about, tests.shown, "", tests.evidence, "supported")
            continue
        if said.total and _claims_all(said) and (surplus := _surplus(said, tests)):
            difference = f"{_says(n, 'test')} in all; {surplus}."
            yield _counted(said, about, f"the repository has {tests.shown}", difference, tests.evidence)
            continue
        if n in tests.core or n in tests.others or n in tests.named_in(answer):
            continue
        if not said.total and any(n == f.asserts for f in tests.files):
            continue
        parts = sum(
            s.n for s in _test_numbers(prose) if s.statement.question == said.statement.question and not s.total
        )
        near_asserts = parts not in tests.core and asserts > high and abs(n - asserts) <= max(1, asserts // 5)
        many = n > high and not tests.open_end and not near_asserts
        few = n < low and said.total and not near_asserts
        if many or few:
            difference = f"{_says(n, 'test')}; the repository has {tests.shown}."
            if not high:
                difference = f"{_says(n, 'test')}; the repository has none."
            yield _counted(
                said, about, f"the repository has {tests.shown}", difference, tests.evidence, detail=high > 0
            )


_PROJECT_HAS = compile_later(
    r"\b(?:project|repository|repo|test suite|suite|code ?base)\s+(?:\w+ly\s+)?(?:has|contains|holds|includes|comprises|counts)\s+$",
    re.IGNORECASE,
)
_OTHER_LEVELS = compile_later(
    r"integration|performance|load|e2e|end.?to.?end|smoke|functional|system|acceptance", re.IGNORECASE
)
_FOR = compile_later(r"\s+(?:for|on)\b", re.IGNORECASE)
_FOREIGN_CODE = compile_later(
    r"(?:^|/)(?:external|third[_-]?party|vendor(?:ed)?|node_modules|exercises?|examples?|submodules?|site-packages|\.?venv)/",
    re.IGNORECASE,
)


_IN_A_RUN = compile_later(
    r"\b(?:execut\w+|runs?|ran|running|workflows?|ci|push\w*|trigger\w*|commit\w*)\b", re.IGNORECASE
)


def _claims_all(said: Said) -> bool:
    """Whether the sentence gives the number for everything: with a word for a total beside it, or as what the project has;
    not for one subject, nor for what one workflow runs."""
    plain = said.statement.plain
    before, after = plain[: said.start], plain[said.end :]
    if said.statement.kind != "sentence" or said.statement.question.id not in ("tests", "coverage"):
        return False
    if (_ABOUT.match(after) and not re.search(r",| and ", after)) or _IN_A_RUN.search(plain):
        return False
    return bool(_PROJECT_HAS.search(before) or _TOTAL.search(before[-60:]) or _TOTAL.match(after.lstrip(" ,")))


def _surplus(said: Said, tests: Tests) -> str:
    """What there is beyond a total, whatever part of it the total equals: half as many again by every count of functions,
    and three at least; empty otherwise. Where the number is that of the test files, classes or assertions, or that of the
    subjects that it is given for, there must be three times as many."""
    files = [f for f in tests.holding if not _FOREIGN_CODE.search(f.path)]
    if re.search(r"\bunit", said.words, re.IGNORECASE):
        files = [f for f in files if not _OTHER_LEVELS.search(f.path)]
    least = min(tests.sums(files), default=0)
    units = {len(tests.holding), len(tests.files), sum(f.classes for f in files), sum(f.asserts for f in files)}
    after = said.statement.plain[said.end :]
    other_way = said.n in units or (_FOR.match(after) and said.n in tests.named_in(after))
    if least < max((3 if other_way else 1.5) * said.n, said.n + (10 if other_way else 3)):
        return ""
    many = sorted(files, key=lambda f: (-(f.collected or f.functions), f.path))
    listed = ", ".join(f"{f.path} {f.collected or f.functions}" for f in many[:6])
    return f"the repository has {shown_tests(files)}: {listed}{', ...' if len(many) > 6 else ''}"


def _counted(
    said: Said,
    about: str,
    shows: str,
    difference: str,
    evidence: Evidence | tuple[Evidence, ...],
    label: Label = "contradicted",
    detail: bool = True,
) -> Settled:
    proof = evidence if isinstance(evidence, tuple) else (evidence,)
    return Settled(
        said.statement, about, shows, difference, proof, _quote(said), label, detail and label == "contradicted"
    )


_FILE = r"(?P<file>[\w./\\-]*(?:test|locust)[\w./\\-]*\.py)"
_SOME_TESTS = rf"{NUMBER}\s+(?P<adjectives>{_BEFORE_TESTS})(?:unit-?)?tests?(?:\s+(?:cases?|functions?))?"
_IN_FILE = (
    compile_later(rf"{_FILE}\W{{0,3}}\(\s*{_SOME_TESTS}\s*\)", re.IGNORECASE),
    compile_later(rf"{_FILE}\W{{0,2}}(?::\s*|\s+(?:contains?|has|includes?|holds|implements|with|consists of)\s+){_SOME_TESTS}{_NOT_TESTS}", re.IGNORECASE),
    compile_later(rf"(?<![\w.,/%-]){_SOME_TESTS}\s+(?:are\s+)?(?:in|from|inside|located in|defined in|found in|under)\s+(?:the\s+)?(?:file\s+)?{_FILE}(?!\s*(?:,|and)\s+[\w/]+\.py)", re.IGNORECASE),
    compile_later(rf"(?<![\w.,/%-]){_SOME_TESTS}\s*\(\s*{_FILE}\s*\)", re.IGNORECASE),
)  # fmt: skip
_BARE = compile_later(rf"{_FILE}\W{{0,3}}\(\s*(?P<n>\d{{1,3}})\s*\)", re.IGNORECASE)


def _numbers_by_file(statement: Statement) -> Iterator[tuple[re.Match[str], int]]:
    """The numbers that the sentence ties to one test file: `test_a.py (4 tests)`, "4 tests in test_a.py", and the bare
    `test_a.py (4)` of a sentence or a row of them that speaks of tests."""
    for pattern in _IN_FILE:
        for m in pattern.finditer(statement.plain):
            yield m, value(m["n"])
    if re.search(r"\d+ tests\b", f"{statement.lead} {statement.plain}"):
        for m in _BARE.finditer(statement.plain):
            yield m, int(m["n"])


@check("test-count-by-file", asks="Do the named test files hold as many tests as the report says?")
def test_count_by_file(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of tests tied to one file (`test_data.py (4 tests)`, "4 tests in tests/test_data.py"). Settled by: that
    file's test functions, as defined, collected, expanded or active, its locust tasks, test classes and assertions. Leaves
    alone: rounded numbers, names that no test file or several have, and files whose parametrisation is computed, unless
    the number is smaller than their functions."""
    for statement in prose.sentences():
        plain = statement.plain
        if ".py" not in plain or "test" not in plain.lower() or _elsewhere(statement):
            continue
        yield from _by_group(statement, repo)
        for m, n in _numbers_by_file(statement):
            tests = tests_of(repo.snapshot)
            found = tests.resolve(m["file"])
            if len(found) != 1 or rounded(statement, m.start("n")):
                continue
            file = found[0]
            said = Said(statement, n, m.start(), m.end(), m[0], False)
            shows = shown_tests(found)
            proof = _test_lines(repo.snapshot.files[file.path], tests)
            about = f"count:tests:{file.path}"
            if n in file.readings:
                yield _counted(said, about, shows, "", proof, "supported")
            elif n not in (file.classes, file.asserts, file.tasks) and (
                file.expanded or not file.collected or n < file.functions
            ):
                plain_count = file.collected or file.functions
                many = f"{plain_count}" + (
                    f" ({file.expanded} with parametrisation)" if file.expanded > plain_count else ""
                )
                difference = f"{_says(n, 'test')} in {file.name}; it has {many}."
                yield _counted(
                    said, about, f"{file.path} has {_plural(plain_count, 'test function')}", difference, proof
                )


_IN_FILES = compile_later(
    rf"(?<![\w.,/%-]){_SOME_TESTS}\s*\(\s*(?P<files>[\w./\\-]+\.py(?:\s*(?:,|and|&|,\s*and)\s*[\w./\\-]+\.py)+)\s*\)",
    re.IGNORECASE,
)


def _by_group(statement: Statement, repo: Repo) -> Iterator[Settled]:
    """ "7 unit tests (test_a.py and test_b.py)" """
    for m in _IN_FILES.finditer(statement.plain):
        tests = tests_of(repo.snapshot)
        names = re.findall(r"[\w./\\-]+\.py", m["files"])
        found = [tests.resolve(name) for name in names]
        if any(len(f) != 1 or (f[0].collected and not f[0].expanded) for f in found) or rounded(
            statement, m.start("n")
        ):
            continue
        files, n = [f[0] for f in found], value(m["n"])
        said = Said(statement, n, m.start(), m.end(), m[0], False)
        about = "count:tests:" + "+".join(f.path for f in files)
        proof = fact(
            f"tests by file: {', '.join(f'{f.path} {f.collected or f.functions}' for f in files)}",
            *[f.path for f in files],
        )
        if n in tests.sums(files):
            yield _counted(said, about, shown_tests(files), "", proof, "supported")
        elif n not in (sum(f.asserts for f in files), sum(f.classes for f in files), len(files)):
            yield _counted(
                said,
                about,
                shown_tests(files),
                f"{_says(n, 'test')} in these files; they have {shown_tests(files)}.",
                proof,
            )


# -- tests of one subject ----------------------------------------------------------------------------------------------

_SUBJECT = compile_later(
    r"(?<![\w.,/%-])" + NUMBER.replace("<n>", "<a>") + r"\s+(?P<w1>[a-z]{3,})\s+tests?\b" + _NOT_TESTS
    + r"|(?<![\w.,/%-])" + NUMBER.replace("<n>", "<b>") + r"\s+(?:unit\s+)?tests?\s+(?:for|on|that (?:check|verify|cover|validate)|check|checks|checking|cover|covering|verify|verifying|validate|validating)\s+(?:the\s+|our\s+|that the\s+)?(?P<w2>[a-z]{3,})"
    + r"|\bfor (?:the |our )?(?P<w3>[a-z]{3,})(?:\s+\w+){0,2}?,?\s+(?:we|there)\s+(?:have|made|wrote|implemented|created|are)\s+" + NUMBER.replace("<n>", "<c>") + r"\s+(?:unit\s+)?tests?\b"
    + r"|\b(?P<w4>[a-z]{3,})(?:\s+[a-z]+){0,2}\s*\(\s*" + NUMBER.replace("<n>", "<d>") + r"\s+(?:unit\s+)?tests?\s*\)",
    re.IGNORECASE,
)  # fmt: skip
_WIDE = frozenset(
    ["unit", "integration", "performance", "load", "main", "core", "different", "locust", "project", "code"]
)


@check("test-count-by-subject", asks="Are there as many tests of a subject as the report says?")
def test_count_by_subject(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of tests of one subject ("for the model, we have eleven tests", "data loading (4 tests)") that a test
    file is called after (`test_model.py`). Settled by: that file's tests with all others that have the subject in their
    name or reach a module of that name; only more than these is contradicted. Leaves alone: fewer (some may be meant),
    subjects without a file of their own, computed parametrisation, and numbers that are the files' assertions."""
    for statement in prose.sentences("tests"):
        if "test" not in statement.plain.lower() or _elsewhere(statement) or statement.negated:
            continue
        for m in _SUBJECT.finditer(statement.plain):
            key = next(k for k in "abcd" if m[k])
            word = (m["w1"] or m["w2"] or m["w3"] or m["w4"]).lower()
            if rounded(statement, m.start(key)) or word in _WIDE:
                continue
            tests = tests_of(repo.snapshot)
            files = [
                f
                for f in tests.files
                if any(word.startswith(w[:5]) and w.startswith(word[:4]) for w in _subject(f.path))
            ]
            if not files or not tests.sure or tests.open_end:
                continue
            stem, paths = word[:5], {f.path for f in files}
            others = [
                c
                for c in tests.collection.cases
                if c.path not in paths
                and (stem in c.name.lower() or any(stem in own.lower() for own in (*c.own, c.path)))
            ]
            most = max(tests.sums(files)) + sum(c.cases for c in others)
            n = value(m[key])
            asserts = {f.asserts for f in files} | {sum(f.asserts for f in files)}
            said = Said(statement, n, m.start(), m.end(), m[0], False)
            proof = fact(f"tests by file: {', '.join(f'{f.path} {f.collected or f.functions}' for f in files)}", *paths)
            if n in tests.sums(files):
                yield _counted(said, f"count:tests:{stem}", shown_tests(files), "", proof, "supported")
            elif n > most and n not in asserts:
                where = (
                    f"{', '.join(f.name for f in files)} {'has' if len(files) == 1 else 'have'} {shown_tests(files)}"
                )
                difference = f"{_says(n, 'test')} of that subject; {where}, and {len(others)} more elsewhere."
                yield _counted(said, f"count:tests:{stem}", where, difference, proof)


def _test_lines(file: File, tests: Tests) -> tuple[Evidence, ...]:
    """Where the tests of one file begin, with the first of them to open."""
    cases = [c for c in tests.collection.cases if c.path == file.path]
    if not cases:
        return (fact(f"{file.path} has no test that pytest collects", file.path),)
    names = ", ".join(c.name for c in cases[:40])
    return (
        file.cite(cases[0].line, note=f"the first of {_plural(len(cases), 'test function')}"),
        fact(f"test functions of {file.path}: {names}", *[f"{c.path}:{c.line}" for c in cases[:40]]),
    )


# -- test files --------------------------------------------------------------------------------------------------------

_TEST_FILES = (
    compile_later(rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:(?:different|separate|python|distinct|main|unit|integration|dedicated|individual|own)\s+){{0,3}})test(?:ing)?\s+(?:files|modules|scripts)\b", re.IGNORECASE),
    compile_later(rf"\b(?:unit-?)?tests?\b(?:\s+\w+){{0,3}}?\s+(?:across|in|over|into|throughout|distributed over|spread over)\s+{NUMBER}\s+(?P<adjectives>(?:(?:different|separate|python|distinct|test)\s+){{0,3}})(?:files|modules|scripts)\b", re.IGNORECASE),
)  # fmt: skip


@check("test-file-count", asks="Does the repository have as many test files as the report says?")
def test_file_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of test files ("21 tests across three files"). Settled by: the files that hold tests, with empty ones,
    with load tests, with helpers, and each folder's alone. A number that is none of these is contradicted where it is more
    than all, or fewer than any and given for the whole. Leaves alone: rounded numbers, kinds of tests, and test code in
    other languages."""
    for said in _file_numbers(prose):
        tests = tests_of(repo.snapshot)
        shows = f"{_plural(len(tests.holding), 'file')} with tests"
        readings, folders = _test_file_readings(repo.snapshot, tests)
        if said.n == len(tests.holding):
            yield _counted(said, "count:test-files", shows, "", tests.evidence, "supported")
            continue
        many = said.n > max(readings) and not _more_tests(repo.snapshot)
        few = said.n < min(readings) and said.total and said.n not in folders
        if many or few:
            difference = f"{_says(said.n, 'test file')}; the repository has {shows}."
            yield _counted(said, "count:test-files", f"the repository has {shows}", difference, tests.evidence)


def _file_numbers(prose: Prose) -> Iterator[Said]:
    for statement in prose.sentences("tests"):
        if _elsewhere(statement) or statement.negated:
            continue
        places: set[int] = set()
        for k, pattern in ((1, _TEST_FILES[1]), (0, _TEST_FILES[0])):
            for m in pattern.finditer(statement.plain):
                at = m.start("n")
                if at in places or rounded(statement, at) or _RANKED.search(m["adjectives"]):
                    continue
                places.add(at)
                total = k == 1 or bool(_TOTAL.search(statement.plain))
                yield Said(statement, value(m["n"]), m.start(), m.end(), m[0], total)


def _test_file_readings(snapshot: Snapshot, tests: Tests) -> tuple[set[int], set[int]]:
    """Every number of test files that there may be said to be, and each folder's alone."""
    named = [
        p for p in snapshot.files if p.endswith(".py") and _TESTS_FOLDER.search(p) and not p.endswith("__init__.py")
    ]
    empty = [p for p in snapshot.files if matches(p, ("**/test_*.py", "**/*_test.py"))]
    readings = {
        len(tests.holding),
        len(tests.files),
        len(named),
        len({*named, *(f.path for f in tests.files)}),
        len({*empty, *(f.path for f in tests.holding)}),
        len([p for p in named if not p.endswith("conftest.py")]),
    }
    folders = Counter(p.rpartition("/")[0] for p in named)
    holding = Counter(f.path.rpartition("/")[0] for f in tests.holding)
    below = Counter(f.path.partition("/")[0] for f in tests.holding)
    return readings, {*folders.values(), *holding.values(), *below.values()}


# -- totals and their parts --------------------------------------------------------------------------------------------

_REST = compile_later(
    rf"\b(?:the\s+)?(?:remaining|other|last|rest being)\s+{NUMBER}\s+(?:(?:unit|integration)\s+)?tests?\b",
    re.IGNORECASE,
)
_PARTS = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:[\w-]+\s+){{0,3}}?)(?P<noun>tests?|(?:docker\s*)?images|dockerfiles|docker\s?files|workflows|workflow files|endpoints)"
    rf"\s*(?:\(|[:,–-])\s*(?P<parts>(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{{1,2}})\b[^.;]{{4,300}})",
    re.IGNORECASE,
)
_PIECE = compile_later(
    r"(?:^|,\s*(?:and\s+|&\s*)?|\s+(?P<last>and)\s+)(?P<n>one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
    r"(?=\s+(?:tests?\s+|images?\s+)?(?:for|to|in|on|of|that|which|checks?|tests?|covers?|handles?|runs?)\b)",
    re.IGNORECASE,
)


@check("count-parts", asks="Do the parts that the report counts add up to the total that it gives?")
def count_parts(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a total followed by its parts, each with a number and closed by "and" ("four images: two for training, one for
    evaluation and one for the API"), or by "the remaining N tests". Settled by: addition. Leaves alone: lists with parts
    without a number, examples, and totals that the answer gives in two ways (functions and parametrised cases)."""
    for statement in prose.sentences():
        if _elsewhere(statement) or re.search(r"\b(?:including|such as|e\.g|among|like)\b", statement.plain):
            continue
        for m in _PARTS.finditer(statement.plain):
            pieces = list(_PIECE.finditer(m["parts"]))
            commas = len(re.findall(r",\s*(?:and\s+)?", m["parts"]))
            closed = len(pieces) >= 2 and bool(re.search(r"\band\b|&", pieces[-1][0]))
            if not closed or commas >= len(pieces) or pieces[0].start() != 0:
                continue
            total, parts = value(m["n"]), [value(p["n"]) for p in pieces]
            if total > 1 and sum(parts) != total:  # "one for running unit tests, one for ..." is a part itself
                said = Said(statement, total, m.start(), m.end(), m[0], True)
                noun = "tests" if m["noun"].lower().startswith("test") else m["noun"].lower().split()[-1]
                yield _sum_off(prose, said, noun, parts, statement)
    yield from _rest_off(prose)


def _rest_off(prose: Prose) -> Iterator[Settled]:
    """ "16 tests. Among these, four ... The remaining 11 ..." """
    totals = [s for s in _test_numbers(prose) if s.total]
    for said in totals:
        later = [s for s in prose.sentences(said.statement.question.id) if s.line >= said.statement.line]
        later = later[next((i for i, s in enumerate(later) if s is said.statement), 0) :]
        parts: list[int] = []
        for statement in later:
            offset = said.end if statement is said.statement else 0
            rest = _REST.search(statement.plain, offset)
            for m in _TESTS.finditer(statement.plain, offset):
                if not rest or m.start("n") != rest.start("n"):
                    parts.append(value(m["n"]))
            if rest:
                parts.append(value(rest["n"]))
                if len(parts) == 2 and sum(parts) != said.n:
                    yield _sum_off(prose, said, "tests", parts, statement)
                break


def _sum_off(prose: Prose, said: Said, noun: str, parts: list[int], where: Statement) -> Settled:
    added = " + ".join(map(str, parts))
    line = where.line
    proof = Evidence(
        kind="excerpt",
        path=prose.report.path,
        start=line,
        end=line + where.text.count("\n"),
        excerpt=where.text[:240],
        note="the parts",
    )
    return Settled(
        said.statement,
        f"count:{noun}",
        f"the parts are {added} = {sum(parts)}",
        f"The sentence says {said.n} {noun}; the parts named there are {added} = {sum(parts)}.",
        (proof, fact(f"{added} = {sum(parts)}", f"{prose.report.path}:{line}")),
        _quote(said),
        detail=True,
        rule="prose-contradicts-prose",
    )


@check("test-count-twice", asks="Does the report give the same total of tests everywhere?")
def test_count_twice(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: two sentences that each give the total number of tests ("in total", "a total of"). Settled by: each other.
    Leaves alone: parts, kinds of tests, what one workflow runs, and two numbers that both are right in their way."""
    marked = [s for s in _test_numbers(prose) if s.total and _whole(s)]
    for said in marked[1:]:
        first = marked[0]
        tests = tests_of(repo.snapshot)
        if said.n == first.n or {said.n, first.n} <= tests.core | tests.others or first.statement is said.statement:
            continue
        if first.statement.question == said.statement.question:
            continue
        line = first.statement.line
        proof = Evidence(
            kind="excerpt",
            path=prose.report.path,
            start=line,
            end=line + first.statement.text.count("\n"),
            excerpt=first.statement.text[:240],
            note=f"question {first.statement.question.n}",
        )
        yield Settled(
            said.statement,
            "count:tests",
            f"question {first.statement.question.n} says {first.n} tests",
            f"The sentence says {said.n} tests in total; the answer to question {first.statement.question.n} says {first.n}.",
            (proof,),
            _quote(said),
            detail=True,
            rule="prose-contradicts-prose",
        )


def _whole(said: Said) -> bool:
    near = said.statement.plain[max(0, said.start - 60) : said.end]
    return bool(_TOTAL.search(near)) and not re.search(
        r"\b(?:api|endpoint|execut|run|runs|ran|workflow|ci|push)\w*", said.statement.plain, re.IGNORECASE
    )


# -- workflows ---------------------------------------------------------------------------------------------------------

_WORKFLOW_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:(?:different|separate|main|primary|active|focused|core|key|distinct|individual|dedicated|independent|custom|github|git|ci|ci/cd|cicd|continuous integration|yaml|yml|automated|own|parallel|complementary)\s+){{0,5}})"
    r"(?:actions?\s+)?(?P<noun>workflow files|workflows?|ci files?|actions?|workflow yaml files?|yaml workflows?|workflow file|pipelines?)\b(?!\s*(?:runs?\b|steps?|jobs?|/))",
    re.IGNORECASE,
)
_CI_FILES = compile_later(
    rf"\b(?:organi[sz]ed|organi[sz]ing|split|structured|divided|separated|spread|set up|distributed)\b[^.;:]{{0,60}}?\b(?:into|in|using|across|over|as)\s+{NUMBER}\s+(?P<adjectives>(?:(?:different|separate|main|distinct|individual|primary|yaml|yml|independent)\s+){{0,3}})(?P<noun>files)\b",
    re.IGNORECASE,
)
_AUXILIARY = compile_later(
    r"doc|page|mkdocs|dependabot|auto|update|stale|label|release|claude|copilot|greet|codeql|template", re.IGNORECASE
)


@dataclass(frozen=True)
class _Workflows:
    """The files that may be called a workflow: `all` of them, those that a host accepts, and those of the group's daily
    `own` among these."""

    all: tuple[str, ...]
    accepted: tuple[str, ...]
    own: tuple[str, ...]
    checks: tuple[str, ...]


def _workflows(repo: Repo) -> _Workflows:
    return repo.snapshot.once("counted workflows", lambda: _count_workflows(repo.snapshot))


_CI_WORK = compile_later(
    r"\b(?:pytest|unittest|tox|nox|coverage|ruff|flake8|black|isort|mypy|pylint|pre-commit|invoke|lint|test)\b", re.I
)


def _count_workflows(snapshot: Snapshot) -> _Workflows:
    possible = [
        p
        for p in snapshot.files
        if matches(p, (".github/**/*.y*ml*", ".github/workflows/*", ".github/dependabot*", "**/*cloudbuild*.y*ml", "**/*cloud_build*.y*ml", ".gitlab-ci*", ".circleci/*", ".travis*", "**/azure-pipelines*", "**/jenkinsfile*", ".pre-commit-config.y*ml"))
    ]  # fmt: skip
    accepted, own, checks = [], [], []
    for path in possible:
        file = snapshot.files[path]
        if not matches(
            path, (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.y*ml")
        ) or not readable(file):
            continue
        root = yaml_root(file)
        if root["jobs"].kind != "map" or not ("on" in root or "true" in root):
            continue
        accepted.append(path)
        if not _AUXILIARY.search(f"{file.name} {root['name'].text}") and snapshot.aside(file) != "template stub":
            own.append(path)
            if _CI_WORK.search(file.text):
                checks.append(path)
    return _Workflows(tuple(possible), tuple(accepted), tuple(own), tuple(checks))


@check("workflow-count", asks="Does the repository have as many workflows as the report says?")
def workflow_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of workflows in the CI answer ("organised into three workflows", "a single workflow file"). Settled by:
    a band. Its upper end is every file that may be called one (with Dependabot, Cloud Build, pre-commit and switched-off
    files); its lower end the workflows that test or lint, without templates' and those that publish or update. Leaves
    alone: rounded numbers, "main" ones above the number, jobs, additional ones, and workflows of other places."""
    found = _workflows(repo)
    proof = fact(f"workflow files: {', '.join(found.accepted) or 'none'}", *found.accepted)
    shows = f"{_plural(len(found.accepted), 'workflow')} in .github/workflows"
    for statement in prose.sentences("continuous-integration"):
        plain = statement.plain
        if _elsewhere(statement) or not (statement.ours or _OPENS_CI.search(plain)):
            continue
        ours = [*_WORKFLOW_NUMBER.finditer(plain), *(_CI_FILES.finditer(plain) if _OPENS_CI.search(plain) else ())]
        for m in ours:
            before = plain[: m.start("n")]
            if (
                rounded(statement, m.start("n"))
                or _NOT_HERE.search(before)
                or _OF_THEM.search(before)
                or _ONE_FOR.search(before)
                or _WITHOUT.search(plain)
            ):
                continue
            if m.re.pattern != _CI_FILES.pattern and not (
                re.search(r"workflow|ci", m["noun"], re.I) or re.search(r"github|workflow", m[0], re.I)
            ):
                continue
            n, after = value(m["n"]), plain[m.end() :]
            single = bool(re.search(r"\b(?:only|just|into|of|in|have|has|use|using|with|is)\s+$", before, re.I))
            if n == 1 and not (single and re.match(r"\s*(?:$|[.,;:)(]|that|which|file)", after)):
                continue
            said = Said(statement, n, m.start(), m.end(), m[0], True)
            if n == len(found.accepted):
                yield _counted(said, "count:workflows", shows, "", proof, "supported")
                continue
            many = n > len(found.all)
            few = n < len(found.checks) and not _RANKED.search(m["adjectives"])
            if many or few:
                names = ", ".join(p.rsplit("/", 1)[-1] for p in found.accepted[:8]) or "none"
                difference = f"{_says(n, 'workflow')}; the repository has {len(found.accepted)} ({names})."
                yield _counted(said, "count:workflows", f"the repository has {shows}", difference, proof)


_OPENS_CI = compile_later(r"\b(?:continuous integration|ci|github actions|workflows?)\b", re.IGNORECASE)


# -- Dockerfiles and images --------------------------------------------------------------------------------------------

_IMAGE_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:(?:different|separate|distinct|main|primary|specialized|specialised|essential|dedicated|individual|custom|own|docker|container|unique|core|new)\s+){{0,4}})"
    r"(?P<noun>docker\s?files?|docker\s?images?|images?|containers?)\b(?!\s*(?:per|of size|at|from|dataset|class|with a size))",
    re.IGNORECASE,
)
_SINGLE = compile_later(r"\b(?:only|just|a|one)\s+$|\b(?:use|used|have|made|built|build|created)\s+$", re.IGNORECASE)
_FOR_ALL = compile_later(
    r"^\s*(?:[.;]|$|for (?:everything|all|both)|that (?:contains|holds|serves) (?:everything|all|both))", re.I
)


@dataclass(frozen=True)
class _Images:
    """The Dockerfiles, the group's own ones among them, and the most images that they and what else builds images can be
    said to make (0: no telling)."""

    files: tuple[str, ...]
    own: tuple[str, ...]
    most: int


def _images(snapshot: Snapshot) -> _Images:
    names = [p for p in snapshot.files if matches(p, DOCKERFILES) and not p.lower().endswith((".dockerignore", ".md"))]
    own, stages, open_end = [], 0, False
    for path in names:
        file = snapshot.files[path]
        if not readable(file):
            continue
        made = docker(file)
        if made and not editors_stock(made) and not re.search(r"copy|\.old|backup", path, re.IGNORECASE):
            own.append(path)
        starts = [i for i in made if i.name == "FROM"]
        stages += sum(" as " in f" {i.text.lower()} " for i in starts)
        open_end = open_end or any("$" in i.text for i in starts)
    services = 0
    for path, file in snapshot.files.items():
        if matches(path, ("**/*compose*.y*ml", "**/bentofile.y*ml", "**/project.toml", "**/*skaffold*")):
            services += max(len(yaml_root(file)["services"].entries), 1) if readable(file) else 1
            open_end = open_end or not readable(file)
        elif matches(
            path, ("**/*cloudbuild*.y*ml", ".github/workflows/*.y*ml", "**/tasks.py", "**/*.sh", "**/makefile")
        ):
            # one Dockerfile, several images: by build argument or target
            open_end = open_end or bool(
                readable(file)
                and re.search(r"--build-arg|--target|build-args:|gcloud run deploy[^\n]*--source", file.text)
            )
    return _Images(tuple(names), tuple(own), 0 if open_end else len(names) + stages + services)


@check("image-count", asks="Does the repository have as many Dockerfiles as the report says it has images?")
def image_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of images or Dockerfiles in the Docker answer ("three images: one for training ..."). Settled by: the
    tracked Dockerfiles; for images the named stages and compose services, too. More than there are is contradicted, and
    "only one" where several are the group's own. Leaves alone: fewer than there are (variants are often left out), rounded
    numbers, images built from one file by argument or target, and images of other people."""
    for statement in prose.sentences("docker"):
        if _elsewhere(statement) or "pull" in statement.plain.lower():
            continue
        for m in _IMAGE_NUMBER.finditer(statement.plain):
            before, after = statement.plain[: m.start()], statement.plain[m.end() :]
            file_noun, n = "file" in m["noun"].lower(), value(m["n"])
            speaks = file_noun or "docker" in m[0].lower() or _MADE_IMAGES.search(before)
            if rounded(statement, m.start()) or _NOT_HERE.search(before) or _OF_THEM.search(before) or not speaks:
                continue
            images = repo.snapshot.once("counted images", lambda: _images(repo.snapshot))
            said = Said(statement, n, m.start(), m.end(), m[0], True)
            noun = "Dockerfile"
            shows = _plural(len(images.files), noun)
            proof = fact(f"Dockerfiles: {', '.join(images.files) or 'none'}", *images.files)
            one_only = n == 1 and len(images.own) > 1 and _FOR_ALL.match(after) and _ONLY_ONE.search(before + m["n"])
            many = n > 1 and n > len(images.files) and (file_noun or (images.most and n > images.most))
            if n > 1 and n == len(images.files):
                yield _counted(said, "count:images", shows, "", proof, "supported")
            elif many or one_only:
                what = m["noun"].lower().rstrip("s")
                difference = f"{_says(n, what)}; the repository has {shows}."
                detail = bool(images.files)
                yield _counted(said, "count:images", f"the repository has {shows}", difference, proof, detail=detail)


_MADE_IMAGES = compile_later(
    r"\b(?:we|project)\b.{0,40}\b(?:developed|built|build|created|made|have|has|use[sd]?|construct\w*)\s+(?:a total of\s+)?$",
    re.I,
)
_ONLY_ONE = compile_later(r"\b(?:only|just)\s+(?:one|1)$", re.IGNORECASE)


# -- endpoints ---------------------------------------------------------------------------------------------------------

_ENDPOINT_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:(?:different|separate|main|primary|simple|api|http|rest|get|post|distinct|custom|public|available|core|key|small|useful)\s+){{0,4}})(?P<noun>endpoints?|routes?)\b",
    re.IGNORECASE,
)
_TRIVIAL = compile_later(
    r"^/?$|health|metric|docs|openapi|redoc|ready|live|status|ping|favicon|static|version|info", re.IGNORECASE
)


@check("endpoint-count", asks="Does the API have as many endpoints as the report says?")
def endpoint_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of endpoints in the API and deployment answers. Settled by: the routes declared anywhere. Contradicted
    where it is more than all of them, or where the one file that the sentence speaks of declares more paths than that even
    without the root, health, metrics and documentation that it does not name, and it does not speak of the main ones. Leaves alone: rounded numbers, kinds of
    endpoints, mounted applications and frameworks whose routes are not declared by path."""
    for statement in prose.sentences("api", "deployment"):
        plain = statement.plain
        if _elsewhere(statement) or not re.search(
            r"\b(?:api|app|application|service|server|we|backend|script)\b", plain, re.I
        ):
            continue
        for m in _ENDPOINT_NUMBER.finditer(plain):
            before = plain[: m.start()]
            if rounded(statement, m.start()) or _NOT_HERE.search(before) or _OF_THEM.search(before):
                continue
            n = value(m["n"])
            declared = repo.snapshot.once(
                "counted routes", lambda: routes(repo.snapshot.select(("**/*.py",), stubs=True))
            )
            own = [r for r in declared if not _TESTS_FOLDER.search(r.file) and not _brought(r)]
            named = _endpoints_in(statement)
            app = _app(own, named, plain)
            if n == 1 or not own or any(r.method == "MOUNT" or r.framework not in _COUNTABLE for r in app or own):
                continue
            automatic = [r for r in declared if not _TESTS_FOLDER.search(r.file) and _brought(r)]
            calls = {(r.file, r.path, r.method) for r in (*own, *automatic)}
            said = Said(statement, n, m.start(), m.end(), m[0], True)
            ranked = (
                _RANKED.search(m["adjectives"])
                or re.search(r"get|post", m["adjectives"], re.I)
                or _WITHOUT.search(plain)
            )
            told = app or own
            paths = {(r.file, r.path) for r in told}
            listed = ", ".join(sorted({f"{r.method} {r.path or '/'}" for r in told}))
            shows = f"{_plural(len(paths), 'path')} in {_plural(len({r.file for r in told}), 'file')}"
            first = repo.snapshot.files[told[0].file]
            proof = (first.cite(told[0].line, told[0].end), fact(f"routes: {listed}", *[r.where for r in told]))
            # its root, health and metrics count where the sentence names them
            counted = {p for p in paths if not _TRIVIAL.search(p[1]) or (p[1].rstrip("/") or "/") in named}
            here = {r.path.rstrip("/") or "/" for r in own}
            brought = {p for p in named if _TRIVIAL.search(p)} - here  # by a library, and named all the same
            closed = bool(_HAS.search(before)) or len(named) == n
            if len({r.file for r in own}) == 1 and n == len(paths):
                yield _counted(said, "count:endpoints", shows, "", proof, "supported")
            elif n > len(calls) + len(brought):
                difference = f"{_says(n, 'endpoint')}; the code declares {len(paths)} ({listed[:160]})."
                yield _counted(said, "count:endpoints", f"the code declares {shows}", difference, proof)
            elif app and n - len(brought) < len(counted) and closed and not ranked:
                more = sorted((r.path, r.line) for r in app if (r.file, r.path) in counted and r.path not in named)
                surplus = ", ".join(f"{path} (line {line})" for path, line in dict(more).items())
                shows = f"{app[0].file} declares {listed[:160]}"
                if named:
                    shows += f"; the sentence does not name {surplus[:200]}"
                difference = f"{_says(n, 'endpoint')}; {app[0].file} declares {len(counted)} that count as such."
                yield _counted(said, "count:endpoints", shows, difference, proof)


_PATH = compile_later(r"(?<![\w.:/])/(?:[a-z_][\w{}-]*(?:/[\w{}-]+)*)?(?=[\s,.;:)`'\"]|$)", re.IGNORECASE)


def _endpoints_in(statement: Statement) -> set[str]:
    """The paths that a sentence names (`/predict`), the root among them."""
    return {m[0].rstrip("/") or "/" for m in _PATH.finditer(statement.plain)}


def _brought(route: Route) -> bool:
    """Whether a route is none of the group's own: documentation, metrics and static files that a library serves."""
    automatic = re.search(r"docs|redoc|openapi|metric|static|favicon|assets", route.path, re.IGNORECASE)
    return not route.function and bool(automatic)


def _app(own: list[Route], named: set[str], plain: str) -> list[Route]:
    """The routes of the one file that a sentence speaks of: the only one with routes, the one that it names, or the one
    that alone declares every path that it names; empty where that is not clear."""
    files = sorted({r.file for r in own})
    if len(files) > 1:
        spoken = [f for f in files if f.rsplit("/", 1)[-1] in plain]
        paths = {f: {r.path.rstrip("/") or "/" for r in own if r.file == f} for f in files}
        sought = {p for p in named if not _TRIVIAL.search(p)}
        files = spoken or ([f for f in files if sought <= paths[f]] if len(sought) > 1 else [])
    return [r for r in own if r.file == files[0]] if len(files) == 1 else []


_COUNTABLE = frozenset(["fastapi", "flask", "starlette", "quart", "sanic"])
_HAS = compile_later(
    r"\b(?:api|app|application|service|server|backend)\b.{0,30}\b(?:has|exposes?|exposed|provides?|offers?|consists of|includes|contains|implements|defines|serves|with)\s+$",
    re.I,
)


# -- hooks, tasks, configuration files ---------------------------------------------------------------------------------

_HOOK_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?P<adjectives>(?:(?:different|separate|distinct|pre-commit|precommit|git|main|custom|standard|basic|total)\s+){{0,3}})hooks\b",
    re.IGNORECASE,
)
# "also" is then said of pre-commit, not of some of its hooks
_ALSO_PRE_COMMIT = compile_later(r"\balso (?:\w+ ){1,4}?pre-?commit\b", re.IGNORECASE)
_TASK_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?:different\s+|custom\s+|own\s+)?(?P<tool>invoke|make|makefile|just|nox|poe|pixi)\s+(?:tasks|commands|targets|recipes|sessions)\b",
    re.I,
)
_CONFIG_NUMBER = compile_later(
    rf"(?<![\w.,/%-]){NUMBER}\s+(?:(?:different|separate|distinct|hydra|yaml|main|individual|own)\s+){{0,3}}(?P<kind>experiments?\s+)?(?:config|configs|configuration|configurations|yaml)(?:\s+files)?\b(?!\s+(?:groups?|options|parameters|keys|values|folders?|director))",
    re.IGNORECASE,
)


@check("hook-count", asks="Are there as many pre-commit hooks as the report says?")
def hook_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of hooks. Settled by: the hooks listed in `.pre-commit-config.yaml`; more than these is contradicted, as
    is a total ("in total", "consists of") that is neither their number nor that of their repositories. Leaves alone:
    rounded numbers, parts, other hook managers and files that do not parse."""
    for statement in prose.sentences():
        if (
            "hooks" not in statement.plain
            or _elsewhere(statement)
            or not re.search(r"pre-?commit", f"{statement.plain} {statement.lead}", re.I)
        ):
            continue
        for m in _HOOK_NUMBER.finditer(statement.plain):
            before = statement.plain[: m.start()]
            file = next(
                (
                    f
                    for p, f in repo.snapshot.files.items()
                    if p in (".pre-commit-config.yaml", ".pre-commit-config.yml")
                ),
                None,
            )
            near = _ALSO_PRE_COMMIT.sub("", before)
            if rounded(statement, m.start()) or _OF_THEM.search(near) or file is None or not readable(file):
                continue
            root = yaml_root(file)
            repos = root["repos"].items
            hooks = [h["id"].text for r in repos for h in r["hooks"].items if h["id"].text]
            if file.problems.get("yaml") or not hooks:
                continue
            n, whole = (
                value(m["n"]),
                bool(_TOTAL.search(statement.plain) or re.search(r"consists? of\s+$", before, re.I)),
            )
            said = Said(statement, n, m.start(), m.end(), m[0], whole)
            proof = (file.cite(root.line_of("repos")), fact(f"hooks: {', '.join(hooks)}", file.path))
            shows = f"{file.path} lists {_plural(len(hooks), 'hook')}"
            if n == len(hooks):
                yield _counted(said, "count:hooks", shows, "", proof, "supported")
            elif n > len(hooks) or (whole and n != len(repos) and not _RANKED.search(m["adjectives"])):
                yield _counted(
                    said, "count:hooks", shows, f"{_says(n, 'hook')}; {file.name} lists {len(hooks)}.", proof
                )


@check("task-count", asks="Are there as many project commands as the report says?")
def task_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of tasks of a named runner ("six invoke tasks"). Settled by: the tasks that its files declare; only more
    than there are is contradicted. Leaves alone: rounded numbers and runners whose files are not there."""
    for statement in prose.sentences():
        if _elsewhere(statement):
            continue
        for m in _TASK_NUMBER.finditer(statement.plain):
            files = repo.snapshot.select(TARGET_FILES, stubs=True)
            tool = m["tool"].lower().removesuffix("file")
            found = [t for f in files for t in targets(f, files) if t.kind.lower() == tool]
            n = value(m["n"])
            if found and n > len(found) and not rounded(statement, m.start()):
                said = Said(statement, n, m.start(), m.end(), m[0], True)
                names = ", ".join(t.name for t in found)
                proof = fact(f"{tool} tasks: {names}", *[f"{t.path}:{t.line}" for t in found])
                shows = f"{_plural(len(found), tool + ' task')} ({names[:120]})"
                yield _counted(
                    said, f"count:tasks:{tool}", shows, f"{_says(n, 'task')}; there are {len(found)}.", proof
                )


@check("config-count", asks="Are there as many configuration files as the report says?")
def config_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of configuration files, or of experiments' configurations, in the answers about configuration. Settled
    by: all YAML, TOML, JSON and INI files outside CI, or those of folders called after experiments; more than there are is
    contradicted; and of job specifications, sweeps and experiments that the sentence says were made, less than half of
    the files of that kind. Leaves alone: rounded numbers, groups, kinds told apart ("GPU"), and configurations in code."""
    yield from _fewer_configs(prose, repo)
    for statement in prose.sentences("configuration", "reproducibility", "structure"):
        if _elsewhere(statement):
            continue
        for m in _CONFIG_NUMBER.finditer(statement.plain):
            n = value(m["n"])
            if n == 1 or rounded(statement, m.start()) or _OF_THEM.search(statement.plain[: m.start()]):
                continue
            every = [p for p in repo.snapshot.files if matches(p, ("**/*.{yaml,yml,toml,json,ini,cfg}", "!.github/**"))]
            there = [p for p in every if re.search(r"experiment|exp/", p, re.I)] if m["kind"] else every
            if n > len(there) and (not m["kind"] or there):
                said = Said(statement, n, m.start(), m.end(), m[0], True)
                shows = _plural(len(there), "file")
                proof = fact(f"configuration files: {', '.join(there[:20]) or 'none'}", *there[:20])
                yield _counted(
                    said,
                    "count:configs",
                    f"the repository has {shows}",
                    f"{_says(n, 'file')}; there are {len(there)}.",
                    proof,
                )


_MADE = r"\b(?:we|there|(?:the|our) (?:project|repository|repo|folder))\s+(?:have\s+|has\s+)?(?:also\s+|then\s+)?(?:created|made|wrote|written|defined|added|implemented|prepared|set up|have|has|are|use|used|keep|maintain|contains?)\s+(?:a total of\s+)?"
_FILES_OF = r"(?:(?:training|job|run|yaml|hydra|config|configuration)\s+)*(?:config\s*files?|configuration files|configs|configurations|specifications|specs|yaml files|job files)\b"
_KINDS = (
    ("job specification", compile_later(rf"{_MADE}{NUMBER}\s+(?:(?:different|separate|distinct)\s+)?(?:vertex(?:[ -]?ai)?|custom[ -]job|cloud training|training job|cloud)\s+{_FILES_OF}", re.IGNORECASE)),
    ("sweep file", compile_later(rf"{_MADE}{NUMBER}\s+(?:(?:different|separate|distinct|wandb|w&b|weights (?:and|&) biases|hyper-?parameter)\s+)*sweep\s+{_FILES_OF}", re.IGNORECASE)),
    ("experiment file", compile_later(rf"{_MADE}{NUMBER}\s+(?:(?:different|separate|distinct|hydra)\s+)*experiments?\s+{_FILES_OF}", re.IGNORECASE)),
)  # fmt: skip


def _fewer_configs(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """ "We created two Vertex AI training configurations", where the repository has four or more."""
    for statement in prose.sentences():
        plain = statement.plain
        if not re.search(r"config|spec|yaml", plain, re.I) or _elsewhere(statement) or statement.negated:
            continue
        for kind, pattern in _KINDS:
            for m in pattern.finditer(plain):
                n, before = value(m["n"]), plain[: m.start()]
                if n == 1 or rounded(statement, m.start("n")) or _OF_THEM.search(before) or _OF_THEM.search(m[0]):
                    continue
                there = _configs_of(kind, repo.snapshot)
                said = Said(statement, n, m.start("n"), m.end(), plain[m.start("n") : m.end()], True)
                if len(there) >= 2 * n:
                    proof = fact(f"{kind}s: {', '.join(there[:20])}", *there[:20])
                    shows = f"the repository has {_plural(len(there), kind)}: {', '.join(there[:6])}"
                    difference = f"{_says(n, 'configuration')}; there are {_plural(len(there), kind)}."
                    about = f"count:configs:{kind.split()[0]}"
                    yield _counted(said, about, shows, difference, proof)


def _configs_of(kind: str, snapshot: Snapshot) -> tuple[str, ...]:
    return snapshot.once(f"counted {kind}s", lambda: tuple(_find_configs(kind, snapshot)))


def _find_configs(kind: str, snapshot: Snapshot) -> Iterator[str]:
    """The files of one kind of configuration: a Vertex AI job's worker pools, a sweep's method with parameters, or an option
    of a folder called after experiments."""
    files = snapshot.select(("**/*.{yaml,yml,json}", "!.github/**", "!**/outputs/**", "!**/.hydra/**", "!**/wandb/**", "!**/data/**"))  # fmt: skip
    for file in files:
        if kind == "job specification":
            if re.search(r"worker_?pool_?specs", file.text, re.I) and training_specs(file):
                yield file.path
        elif kind == "sweep file":
            if re.search(r"(?m)^method:", file.text) and re.search(r"(?m)^parameters:", file.text):
                yield file.path
        elif re.search(r"(?:^|/)experiments?/[^/]+\.ya?ml$", file.path, re.I) and file.text.strip():
            yield file.path


# -- pull requests -----------------------------------------------------------------------------------------------------

_REQUEST_NUMBER = compile_later(
    rf"(?<![\w.,/%#-]){NUMBER}\s*\+?\s+(?:(?:different|separate|merged|closed|opened|small|github|total|individual)\s+){{0,3}}(?:pull[- ]requests|prs|merge[- ]requests)\b",
    re.IGNORECASE,
)


@check("pull-request-count", asks="Are there as many pull requests as the report says?")
def pull_request_count(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a number of pull requests. Settled by: the history's merged ones as a band, from the group's own to the number of
    all that were ever opened, where a mirror's refs tell it, else to the highest number that any bears; with a fifth of room where the number is rounded, and only downwards for "over N". Leaves alone:
    shallow copies, histories that show no pull request (rebasing leaves none), and numbers of one member."""
    for statement in prose.sentences():
        if _elsewhere(statement):
            continue
        for m in _REQUEST_NUMBER.finditer(statement.plain):
            n, before = value(m["n"]), statement.plain[: m.start()]
            merged = pull_requests(repo.history)
            if n < 3 or not merged or repo.history.shallow or _OF_THEM.search(before):
                continue
            own = own_pull_requests(repo.history)
            # issues share the numbers of pull requests, a mirror's refs count them alone
            refs = repo.history.pull_refs if repo.history.pull_refs >= len(merged) else 0
            most = refs or max(len(merged), *(p.number for p in merged))
            low: float = len(own)
            high: float = most
            least = bool(_LEAST.search(before)) or "+" in m[0]
            if refs and least:  # "over" leaves no room above what is known
                high = high * 1.05
            elif rounded(statement, m.start()) or "+" in m[0]:
                low, high = low * 0.8, high * 1.2
            said = Said(statement, n, m.start(), m.end(), m[0], True)
            bound = f"{refs} opened by anybody" if refs else f"highest number #{most}"
            shows = f"{_plural(len(own), 'pull request')} of people merged, {len(merged)} with bots' ({bound})"
            proof = fact(shows, *[p.commit[:12] for p in merged[:20]])
            if n > high + 1 or (n < low - 1 and not least):
                difference = (
                    f"The sentence says {'more than ' if least else ''}{_plural(n, 'pull request')}; the history shows {len(own)} merged, {len(merged)} with bots'"
                    + (f", and the copy has refs of {refs} in all." if refs else ".")
                )
                yield _counted(said, "count:pull-requests", shows, difference, proof)
            elif n <= len(merged) and (least or n >= low):
                yield _counted(said, "count:pull-requests", shows, "", proof, "supported")
