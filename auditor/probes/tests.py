"""Tests: which there are and what they test, load tests, coverage."""

import re
from collections.abc import Iterable, Iterator

from auditor.facts.declared import DECLARATIONS, declarations
from auditor.facts.testfiles import Case
from auditor.facts.testrules import options_of
from auditor.facts.tests import collect, out_of_reach
from auditor.holes import unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.commands import commands
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Module, python
from auditor.readers.toml import toml, toml_line
from auditor.readers.workflows import workflow
from auditor.readers.yaml import yaml_root
from auditor.shapes import table_of
from auditor.snapshot import LINK, File, Files

PYTHON = ("**/*.py",)
ELSEWHERE = compile_later(
    r"(?i)drift|monitor|(^|_)apis?(_|$)|(^|_)serv(e|er|ing|ices?)(_|$)|endpoint|front_?end|streamlit|gradio|load_?test|locust"
)
_DATA = compile_later(
    r"(?i)data|preproc|loader|token|augment|featuri[sz]|features?\b|transform|corpus|split|ingest|collat"
)
_MODEL = compile_later(
    r"(?i)model|train|predict|evaluat|infer|net(work)?s?\b|lightning|loss|optimi[sz]|engine|classif|regress|encoder|"
    r"backbone|architecture|learner|layers?\b|agent|policy|fine_?tun|score|onnx|quanti|prun"
)
_DATA_FILE = compile_later(r"(?i)data|preproc|loader")
_MODEL_FILE = compile_later(r"(?i)model|train|predict|evaluat|(^|_)net|infer")
_READS = compile_later(
    r"(^|\.)(load_from_disk|read_csv|read_parquet|read_json|load_dataset|DataLoader|ImageFolder|random_split|imread)$|"
    r"^(torch|numpy|pickle|joblib|json)\.load$|^PIL\.Image\.open$|^(datasets|torchvision\.datasets|h5py|zarr)\."
)
_LISTS = compile_later(
    r"(^|\.)(list_blobs|list_objects(_v2)?|get_bucket|get_blob|bucket|blob)(\(\))?(\.|$)|^(gcsfs|s3fs|fsspec|dvc\.api|adlfs)\.|"
    r"^os\.(listdir|scandir|walk)$|^glob\.i?glob$|\.(iterdir|rglob|glob)$"
)
_BUILDS = compile_later(
    r"(^|\.)(instantiate|from_pretrained|load_from_checkpoint|load_model|InferenceSession|Trainer)$"
)


@probe(
    "any-tests",
    asks="Is there a test that pytest collects and that can fail?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def any_tests(files: Files) -> Iterator[Evidence]:
    """A `test*` function, or a method of a `Test*` class or TestCase, in a file that pytest collects, with a check in its
    body or in a helper that it calls. Empty, commented-out, nested and always skipped tests do not count."""
    found = collect(files)
    active = [c for c in found.cases if c.active]
    if not active:
        return
    count = f"{found.expanded} with parametrisation" if found.expanded else "some parametrised by computed lists"
    parts = [f"{len(found.cases)} test functions ({count}) in {len(found.files)} files"]
    skipped, idle = sum(c.skipped for c in found.cases), sum(not c.checks for c in found.cases)
    parts += [f"{skipped} always skipped"] if skipped else []
    parts += [f"{idle} without a check"] if idle else []
    yield Evidence(kind="fact", note="; ".join(parts) + ".", sources=tuple(found.files[:20]))
    yield from _cite(files, active)


def _cite(files: Files, cases: list[Case], note: str = "") -> Iterator[Evidence]:
    """The tests, one of each file first."""
    first: dict[str, Case] = {}
    for case in cases:
        first.setdefault(case.path, case)
    ordered = [*first.values(), *(c for c in cases if first[c.path] is not c)]
    for case in ordered[:30]:
        yield files.paths[case.path].cite(case.line, min(case.end, case.line + 5), note=note)


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".py").removeprefix("test_").removesuffix("_test")


def _parts(case: Case, topic: re.Pattern[str]) -> list[str]:
    """The own modules, and what is taken from them, whose own names speak of a topic. The package's name does not count:
    in a package called `data_project` every module would."""
    hits = []
    for name in sorted(case.uses):
        module = next((m for m in case.own if name == m or name.startswith(m + ".")), "")
        if not module:
            continue
        inner = module.split(".")[-2:] if module.count(".") > 1 else module.split(".")[-1:]
        taken = name[len(module) :].strip(".").split(".")[:2]
        if any(ELSEWHERE.search(part) for part in inner):
            continue
        if any(topic.search(part) for part in (*inner[-1:], *taken) if part):
            hits.append(name)
    return hits


@probe(
    "data-tests",
    asks="Does a collected test check the data or the code that prepares it?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def data_tests(files: Files) -> Iterator[Evidence]:
    """A collected test with a check that uses the group's own data code (a data, dataset, loader or preprocessing module, such
    a class or function, or whatever is built on a framework's Dataset), or that opens the prepared data, or lists a folder or
    a bucket of it, in a file or a test named for data. Tests of the API and of drift
    monitoring, tests without a check, and tests that are always skipped do not count; a skip on condition does."""
    yield from _cite(files, _data_cases(files, active=True))


@probe(
    "idle-data-tests",
    asks="Is there a test of the data that is always skipped, checks nothing, or is not collected?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def idle_data_tests(files: Files) -> Iterator[Evidence]:
    """A collected test like those of `data-tests` that has no check, or is skipped whatever happens, or one in a file that
    pytest does not collect: a weak sign."""
    yield from _cite(files, _data_cases(files, active=False), "always skipped, or without a check")
    late = _data_cases(files, active=True, among=out_of_reach(files))
    yield from _cite(files, late, "written, but pytest does not collect a file of this name or place")


def _data_cases(files: Files, active: bool, among: Iterable[Case] | None = None) -> list[Case]:
    strong: list[Case] = []
    weak: list[Case] = []
    sets = _built_on(files, _SETS)
    for case in collect(files).cases if among is None else among:
        if case.active != active or case.client or ELSEWHERE.search(_stem(case.path)):
            continue
        named = bool(_DATA_FILE.search(_stem(case.path)) or _DATA_FILE.search(case.name.rpartition(".")[2]))
        if any(name in sets for name in _taken(case)):
            strong.append(case)
        elif hits := _parts(case, _DATA):
            (strong if named or "data" in " ".join(hits).lower() else weak).append(case)
        elif named and (
            _local_data(files.paths[case.path], case)
            or any(_READS.search(n) or _LISTS.search(n) for n in case.uses)
            or _unresolved(case)
        ):
            strong.append(case)
    return sorted(strong, key=lambda c: not _DATA_FILE.search(_stem(c.path))) + weak


def _local_data(file: File, case: Case) -> bool:
    """Whether a test names a file or folder of data."""
    rows = file.lines[case.line - 1 : case.end]
    return any(re.search(r"""["'][^"'\n]*\bdata/|["'](raw|processed)["']""", row) for row in rows)


def _unresolved(case: Case) -> bool:
    """Whether own code may be under test though no import shows it: by Hydra, by a path, by another process."""
    return any(
        re.search(
            r"(^|\.)(instantiate|import_module|spec_from_file_location|runpy|subprocess|popen|CliRunner|compose)\b", n
        )
        for n in case.uses
    )


_SETS = compile_later(r"(^|\.)(Dataset|IterableDataset|LightningDataModule|TensorDataset|ImageFolder|InMemoryDataset)$")
_NETS = compile_later(
    r"^torch\.nn\.(\w+\.)*\w+$|(^|\.)(LightningModule|PreTrainedModel|GenericModel|BaseEstimator|ClassifierMixin|RegressorMixin)$|"
    r"^(tensorflow\.)?keras\.(\w+\.)*(Model|Sequential|Layer)$|^flax\.linen\.Module$|^pyro\.nn\.\w+$"
)


def _built_on(files: Files, bases: re.Pattern[str]) -> frozenset[str]:
    """The names of the repository's own classes that are built on one of the bases, over any number of own classes."""
    return files.once(f"classes built on {bases.pattern}", lambda: _derived(files, bases))


def _derived(files: Files, bases: re.Pattern[str]) -> frozenset[str]:
    above: dict[str, set[str]] = {}
    for path, file in files.paths.items():
        if file.suffix == "py" and not files.aside(path) and not file.why_skipped and "class " in file.text:
            module = python(file)
            for c in module.classes if module else ():
                above.setdefault(c.name, set()).update(c.bases)
    found = {name for name, names in above.items() if any(bases.search(b) for b in names)}
    for _ in range(5):
        more = {n for n, names in above.items() if n not in found and any(b.rpartition(".")[2] in found for b in names)}
        if not more:
            break
        found |= more
    return frozenset(found)


def _taken(case: Case) -> Iterator[str]:
    """What a test takes from the repository's own modules, by its bare name."""
    for name in case.uses:
        module = next((m for m in case.own if name.startswith(m + ".")), "")
        if module:
            yield name[len(module) :].strip(".").split(".")[0].removesuffix("()")


@probe(
    "model-tests",
    asks="Does a collected test check the group's model, its training or its predictions?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def model_tests(files: Files) -> Iterator[Evidence]:
    """A collected test with a check that uses the group's own model (a network is one whatever its name, and in whatever
    file its test stands), training, evaluation or prediction code, or builds the model from its configuration. Tests of the API, tests that only use other people's classes, tests without a check and
    tests that are always skipped do not count."""
    yield from _cite(files, _model_cases(files, own=True, active=True))


@probe(
    "idle-model-tests",
    asks="Is there a test of the model that is always skipped, checks nothing, or is not collected?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def idle_model_tests(files: Files) -> Iterator[Evidence]:
    """A collected test like those of `model-tests` that has no check (it only runs the code), or is skipped whatever
    happens, or one in a file that pytest does not collect: a weak sign."""
    yield from _cite(files, _model_cases(files, own=True, active=False), "always skipped, or without a check")
    late = _model_cases(files, own=True, active=True, among=out_of_reach(files))
    yield from _cite(files, late, "written, but pytest does not collect a file of this name or place")


@probe(
    "model-tests-of-others",
    asks="Does a test in a file named for the model check something that is not the group's own code?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def model_tests_of_others(files: Files) -> Iterator[Evidence]:
    """A collected test with a check, in a file named for model, training or prediction, that reaches none of the group's
    own modules: a downloaded model, a committed model file. A weak sign of model tests."""
    yield from _cite(
        files, _model_cases(files, own=False, active=True), "a test that reaches none of the group's own modules"
    )


@probe(
    "model-tests-plain",
    asks="Does a collected test build the group's model, or train, evaluate or predict with it?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def model_tests_plain(files: Files) -> Iterator[Evidence]:
    """As `model-tests`, where what the test takes from the group's code is a network or is itself named for a model, training
    or prediction: a helper that happens to stand in the training script is none."""
    nets = _built_on(files, _NETS)
    cases = _model_cases(files, own=True, active=True)
    yield from _cite(files, [c for c in cases if any(n in nets or _MODEL.search(n) for n in _taken(c))])


def _model_cases(files: Files, own: bool, active: bool, among: Iterable[Case] | None = None) -> list[Case]:
    strong: list[Case] = []
    weak: list[Case] = []
    nets = _built_on(files, _NETS) if own else frozenset()
    for case in collect(files).cases if among is None else among:
        stem = _stem(case.path)
        if case.active != active or case.client or ELSEWHERE.search(stem):
            continue
        named = bool(_MODEL_FILE.search(stem))
        hits = _parts(case, _MODEL)
        built = _unresolved(case) or (bool(case.own) and any(_BUILDS.search(n) for n in case.uses))
        if not own:
            strong += [case] if named and not case.own and not built else []
        elif (named and (hits or built)) or any(name in nets for name in _taken(case)):
            strong.append(case)
        elif (
            hits
            and (not _DATA_FILE.search(stem) or _MODEL_FILE.search(case.name.rpartition(".")[2]))
            and not all(_DATA.search(h.rsplit(".", 1)[-1]) for h in hits)
        ):
            weak.append(case)
    return strong + weak


@probe(
    "api-tests",
    asks="Does a collected test send requests to an API?",
    looks_in=(*PYTHON, "!reports/**"),
    mentions=("test", "fixture"),
)
def api_tests(files: Files) -> Iterator[Evidence]:
    """A collected test with a check that reaches a TestClient, httpx, requests or a like client, through a fixture or a
    helper too. Load tests, scripts that pytest does not collect, tests without a check, and always skipped ones do not
    count."""
    cases = [c for c in collect(files).cases if c.active and c.client]
    for case in sorted(cases, key=lambda c: ("testclient" not in c.client.lower(), c.path, c.line))[:30]:
        yield files.paths[case.path].cite(case.line, min(case.end, case.line + 5), note=f"uses {case.client}")


@probe(
    "api-tests-idle",
    asks="Is there a test of the API that pytest does not collect, that is always skipped, or that sends no request?",
    looks_in=(*PYTHON, "!reports/**", "!**/locust*.py"),
    mentions=("test", "fixture"),
)
def api_tests_idle(files: Files) -> Iterator[Evidence]:
    """A file of tests that imports a test client of FastAPI, Starlette or Flask, or a collected test in a file named for the
    API that uses the group's own code. Weak: written, but not what runs or asks."""
    for case in collect(files).cases:
        if re.search(r"(^|_)apis?(_|$)", _stem(case.path)) and case.own:
            yield files.paths[case.path].cite(
                case.line, min(case.end, case.line + 5), note="a test in a file for the API"
            )
    for file in files:
        if "test" in file.path.lower() and (match := _CLIENT.search(file.text)):
            yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="imports a test client")


_CLIENT = compile_later(
    r"(?m)^[^\S\n]*+from (?:fastapi|starlette)\.testclient import|^[^\S\n]*+from (?:flask|litestar)\.testing import"
)

# -- load tests --------------------------------------------------------------------------------------------------------

_TOOLS = (
    "locust",
    "vegeta",
    "hey",
    "ab",
    "wrk",
    "wrk2",
    "artillery",
    "k6",
    "oha",
    "bombardier",
    "siege",
    "autocannon",
    "jmeter",
)
_POOLS = (
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "asyncio.gather",
    "asyncio.TaskGroup",
    "threading.Thread",
    "multiprocessing.Pool",
    "multiprocessing.pool.ThreadPool",
    "anyio.create_task_group",
)
_HTTP = compile_later(r"^(requests|httpx|aiohttp)\.|(^|\.)(session|client)\.(get|post|request)$")
_CLOCK = compile_later(r"(^|\.)(perf_counter|monotonic|time)$|\.elapsed")
_LOAD_WORDS = compile_later(
    r"(?i)load_?test|stress|latenc|throughput|percentile|requests?_per_second|\brps\b|concurrency|concurrent_(users|requests)"
)


LOAD_FILES = (
    "**/*.{py,js,ts,jmx,sh,yaml,yml,toml}",
    "**/{makefile,justfile}",
    "!.github/workflows/pre-commit*",
)
LOAD_WORDS = ("locust", "k6", "vegeta", "hey ", "ab -", "wrk", "artillery", "scenarios", "oha ", "bombardier", "siege", "autocannon",
              "jmeter", "requests", "httpx", "aiohttp")  # fmt: skip


@probe("load-test", asks="Is there a load test of an API?", looks_in=LOAD_FILES, mentions=LOAD_WORDS)
def load_test(files: Files) -> Iterator[Evidence]:
    """A locust user with tasks, a k6 or artillery script, a JMeter plan, a command that runs a load generator, or a script
    of the group's own that sends timed requests at the same time. A declared dependency, an empty locustfile, and requests
    sent one after the other do not count."""
    for file in files:
        if file.suffix == "py":
            module = python(file)
            if module is not None:
                yield from _locust(file, module)
                yield from _own_load(file, module)
        elif file.suffix in ("js", "ts"):
            if match := re.search(r"""(?m)^[^\S\n]*+import\s.*from\s+["']k6/(http|ws|net/grpc)["']""", file.text):
                yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="a k6 script")
        elif file.suffix == "jmx":
            if match := re.search(r"<(HTTPSamplerProxy|ThreadGroup)\b", file.text):
                yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="a JMeter plan")
        elif file.suffix in ("yaml", "yml"):
            root = yaml_root(file) if "scenarios" in file.text else None
            if root and root["config"]["target"] and root["scenarios"]:
                yield file.cite(root.line_of("scenarios"), note="an artillery script")
    for file in files:
        if any(tool in file.text for tool in _TOOLS):
            for command in commands(file):
                if command.runs(*_TOOLS) and _loads(command.bare):
                    yield file.cite(command.line, note="runs a load generator")


def _loads(words: tuple[str, ...]) -> bool:
    """Whether a load generator is given something to do: `ab --version` is not."""
    return not any(w in ("--version", "--help", "-V", "-h", "install") for w in words[1:2]) and len(words) > 1


def _locust(file: File, module: Module) -> Iterator[Evidence]:
    if not module.imported("locust"):
        return
    users = {c.name for c in module.classes if any(re.match(r"locust\..*(User|TaskSet)$", b) for b in c.bases)}
    users |= {c.name for c in module.classes if users & set(c.bases)}
    for c in module.classes:
        if c.name not in users:
            continue
        tasks = [
            f
            for f in module.functions
            if f.owner == c.name
            and any(d in ("locust.task", "locust.tag") for d in f.decorators)
            and not is_stub_body(f.node)
        ]
        if tasks:
            yield file.cite(
                c.line,
                max(c.line, tasks[0].node.lineno + 1),
                note=f"a locust user with {len(tasks)} task{'s' * (len(tasks) != 1)}",
            )
        elif any("tasks" in _bound(s) for s in c.node.body):
            yield file.cite(c.line, c.end, note="a locust user")


def _bound(statement: object) -> list[str]:
    """The names that an assignment binds."""
    return [t.id for t in getattr(statement, "targets", ()) if hasattr(t, "id")]


def _own_load(file: File, module: Module) -> Iterator[Evidence]:
    if not _LOAD_WORDS.search(file.name + "\n" + file.text):
        return
    sends = [
        c for c in module.calls if _HTTP.search(c.name) and c.name.rsplit(".", 1)[-1] in ("get", "post", "request")
    ]
    pools = list(module.calls_to(*_POOLS))
    timed = any(_CLOCK.search(c.name) for c in module.calls) or ".elapsed" in file.text
    if sends and pools and timed:
        yield file.cite(pools[0].line, note="sends timed requests at the same time")


# -- coverage ----------------------------------------------------------------------------------------------------------

_COVERAGE_WORDS = ("cover", "--cov")


def _measures(words: tuple[str, ...]) -> bool:
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if program == "coverage":
        return "run" in words[1:3]
    return program in ("pytest", "py.test", "tox", "nox") and any(re.match(r"--cov(=|$)", w) for w in words)


@probe(
    "coverage",
    asks="Is the code coverage of the tests measured?",
    looks_in=(
        ".github/workflows/*.y*ml",
        ".gitlab-ci.y*ml",
        "**/*.{py,toml,ini,cfg,sh,mk,yaml,yml}",
        "**/{makefile,justfile,.justfile}",
        "**/*coverage*.{txt,md,xml,json}",
        "**/.coverage",
        "!reports/*.py",
    ),
    mentions=_COVERAGE_WORDS,
    stubs=True,
)
def coverage(files: Files) -> Iterator[Evidence]:
    """`coverage run` or `pytest --cov` in a workflow, in an own task, make target or script, or in pytest's `addopts`, where
    there are tests; or a committed result. A workflow and the `test` task count as the template ships them, since they run over
    the group's tests; a dependency, `[tool.coverage]` and ignored paths do not."""
    if _has_tests(files):
        for ci in (True, False):
            for file in files:
                is_ci = file.path.startswith((".github/", ".gitlab-ci"))
                if ci == is_ci and (is_ci or file.name == "tasks.py" or not files.aside(file.path)):
                    yield from _measured(file)
    for file in files:
        if files.aside(file.path):
            continue
        if file.suffix == "xml" and re.search(r"<coverage\b[^>]*line-rate", file.text[:2000]):
            yield file.cite(1, 2, note="a committed coverage report")
        elif file.suffix in ("txt", "md") and "coverage" in file.name.lower():
            for i, row in enumerate(file.lines, 1):
                if re.search(r"\bTOTAL\b.*\d+\s*%|^\W*total\W.*\d+\s*%", row, re.IGNORECASE):
                    yield file.cite(i, note="a committed coverage table")
                    break
    for path, file in files.paths.items():
        if file.name == ".coverage" and file.size and not file.why_skipped.startswith(LINK):
            yield file.exists(f"{path} holds the data of a coverage run")


@probe(
    "coverage-own",
    asks="Is the code coverage of the tests measured by something of the group's own?",
    looks_in=(
        ".github/workflows/*.y*ml",
        ".gitlab-ci.y*ml",
        "**/*.{py,toml,ini,cfg,sh,mk,yaml,yml}",
        "**/{makefile,justfile,.justfile}",
        "**/*coverage*.{txt,md,xml,json}",
        "**/.coverage",
        "!reports/*.py",
    ),
    mentions=_COVERAGE_WORDS,
)
def coverage_own(files: Files) -> Iterator[Evidence]:
    """As `coverage`, without the template's own untouched workflow and task: what came with it is no reason to tick a box."""
    for evidence in coverage(files):
        if not files.aside(evidence.path) and "template" not in evidence.note:
            yield evidence


def _has_tests(files: Files) -> bool:
    """Whether any file named for tests has a test with a body: coverage of nothing is no coverage."""
    for path, file in files.paths.items():
        if file.suffix == "py" and "test" in path.lower() and not file.skipped and not files.aside(path):
            module = python(file)
            if module and any(f.name.startswith("test") and not is_stub_body(f.node) for f in module.functions):
                return True
    return False


def _measured(file: File) -> Iterator[Evidence]:
    for command in commands(file):
        if _measures(command.bare):
            template = " (the template's task)" if _is_template_task(file, command.text) else ""
            yield file.cite(command.line, note=f"runs the tests with coverage{template}")
    if file.path.startswith(".github/"):
        found = workflow(file)
        for _, step in found.active_steps if found else ():
            if re.search(r"(?i)pytest-cov(er|erage)?[\w-]*action|coverage-comment", step.uses):
                yield file.cite(step.line, note="an action that measures coverage")
    if file.folder == "" and file.suffix in ("toml", "ini", "cfg"):
        options = options_of(file) or {}
        added = options.get("addopts", "")
        words = added if isinstance(added, list) else str(added).split()
        if any(re.match(r"--cov(=|$)", str(w)) for w in words):
            line = next((i for i, row in enumerate(file.lines, 1) if "--cov" in row), 1)
            yield file.cite(line, note="every pytest run measures coverage")


def _is_template_task(file: File, text: str) -> bool:
    return file.name == "tasks.py" and bool(re.fullmatch(r"(uv run )?coverage run -m pytest tests/", text.strip()))


@probe(
    "coverage-dependency",
    asks="Is a coverage tool declared, configured, or run by the template's own task?",
    looks_in=(
        *DECLARATIONS,
        "**/tasks.py",
        "**/.coveragerc",
        "**/codecov.y*ml",
    ),
    mentions=("coverage", "pytest-cov", "codecov"),
    stubs=True,
)
def coverage_dependency(files: Files) -> Iterator[Evidence]:
    """coverage or pytest-cov among the declared packages, `[tool.coverage]`, a `.coveragerc` or codecov.yml, or the
    template's `coverage run` task. All of it comes with the template: a weak sign."""
    known = declarations(files)
    wanted = {
        path: [p for p in packages if p.name in ("coverage", "pytest-cov")] for path, packages in known.by_path.items()
    }
    for file in files:
        if file.name == "tasks.py":
            for command in commands(file):
                if _is_template_task(file, command.text):
                    yield file.cite(command.line, note="the template's task")
        elif file.name.lower() in (".coveragerc", "codecov.yml", "codecov.yaml"):
            yield file.cite(1, 3)
        else:
            yield from (file.cite(p.line, note="declared only") for p in wanted.pop(file.path, ()))
            if file.name == "pyproject.toml" and "coverage" in table_of(toml(file).get("tool")):
                line = next((i for i, row in enumerate(file.lines, 1) if row.startswith("[tool.coverage")), 0)
                yield file.cite(line or toml_line(file, "tool", "coverage"), note="configured only")
    for path, packages in wanted.items():  # lists of other names, and what images install
        yield from (files.paths[path].cite(p.line, note="declared only") for p in packages)
    unsure(*known.unread)


@probe(
    "coverage-picture",
    asks="Is there a picture named for coverage?",
    looks_in=("**/*coverage*.{png,jpg,jpeg,svg,webp,gif}", "**/*codecov*.{png,jpg,jpeg,svg,webp}"),
    all=True,
)
def coverage_picture(files: Files) -> Iterator[Evidence]:
    """An image whose name says coverage: probably a screenshot of the table. What it shows is not read: a weak sign."""
    for file in files.named():
        yield file.exists("an image named for coverage; what it shows is not read")
