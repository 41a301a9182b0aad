"""Seeds, deterministic flags, sweeps, and settings that a sentence states of a configuration file that it names."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.facts.cloud import ANY_REGION, CONFIGURATION, MACHINE, REGION, training_specs
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement
from auditor.readers import Node, literal, python, readable, walk, yaml_documents, yaml_root
from auditor.snapshot import File, Snapshot

_CODE = (
    "**/*.py",
    "**/*.ipynb",
    "!tests/**",
    "!test/**",
    "!**/tests/**",
    "!**/test_*.py",
    "!**/*_test.py",
    "!**/conftest.py",
)
_CONFIG = (
    "**/*.y*ml",
    "**/*.toml",
    "**/*.cfg",
    "**/*.ini",
    "**/params*.json",
    "**/config*.json",
    "!**/*lock*",
    "!.github/**",
)
_SCRIPTS = ("**/*.sh", "**/makefile", "**/justfile", "**/*dockerfile*", ".github/workflows/*.y*ml")
_SEEDING = compile_later(r"seed|random_state|default_rng|randomstate|prngkey", re.IGNORECASE)

# -- seeds -------------------------------------------------------------------------------------------------------------

_SEED_SET = compile_later(
    r"\b(?:(?:fixed|fix|set|sets|setting|control\w*|use[sd]?|using|specif\w+|global|random|same|manual|constant|appl\w+|includ\w+|defin\w+|stor\w+|log\w*|configur\w+)\b[^.;]{0,40}\bseeds?|"
    r"seeds?\b[^.;]{0,25}\b(?:is|are|was|were|been) (?:\w+ )?(?:set|fixed|used|controlled|specified|configured|applied|included|defined|stored))\b",
    re.IGNORECASE,
)
_IN_CONFIG = compile_later(r"\b(?:config\w*|hydra|yaml|hyper-?parameters?)\b", re.IGNORECASE)
_VALUE = compile_later(
    r"\bseed\w*\b`?(?: value)?(?: number)?\s*(?:\((?:default|value|seed)?[:=]?\s*|is |was |of |to |set to |fixed (?:to|at) |=|:|with (?:the )?value )?\s*(?:\w+\.seed\s*[:=]\s*)?`?(?P<n>\d{1,6})\b(?![.\d]*%|\.\d| ?(?:runs|seeds|times|experiments|workers|epochs))",
    re.IGNORECASE,
)
_KEPT_WITH = compile_later(
    r"\b(?:persist\w*|logg\w*|logs?|stor(?:e[sd]?|ing)|sav(?:e[sd]?|ing)|track\w*)\b", re.IGNORECASE
)
_HYPOTHETICAL = compile_later(
    r"\b(?:would|could|might|if we|plan\w*|different seeds|several seeds|multiple seeds)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Seeds:
    """What the commit shows of seeds: the places where own code touches one (calls, arguments, names), whether it reads one from
    a configuration, and the configurations' keys; `sure` is false where code could not be read."""

    touched: tuple[tuple[File, int], ...]
    read: bool
    keys: tuple[tuple[File, int, str], ...]
    sure: bool


def seeds(snapshot: Snapshot) -> Seeds:
    """The facts about seeds, computed once."""
    return snapshot.once("seeds", lambda: _seeds(snapshot))


def _seeds(snapshot: Snapshot) -> Seeds:
    touched: list[tuple[File, int]] = []
    keys: list[tuple[File, int, str]] = []
    read, sure = False, True
    code = snapshot.select(_CODE, stubs=True)
    for file in code:
        if not _SEEDING.search(file.text):
            read = read or _passes_all(file)
            continue
        module = python(file)
        if module is None:
            sure = False
            continue
        touched += [(file, line) for line in sorted(_touching(module.tree))]
        read = read or _reads(module.tree) or _passes_all(file)
    sure = sure and not any(matches(p, _CODE) for p in (h.path for h in code.holes))
    for file in snapshot.select(_CONFIG, stubs=True):
        if file.size > 100_000 or "seed" not in file.lower:
            continue
        for i, row in enumerate(file.lines, 1):
            if match := re.match(
                r"""\s*["']?((?:\w+\.)*(?:random_?|global_?|split_?|data_?)?seed)["']?\s*[:=]""", row, re.IGNORECASE
            ):
                keys.append((file, i, match[1]))
    return Seeds(tuple(touched), read, tuple(keys), sure)


def _seed_values(snapshot: Snapshot) -> tuple[set[int], list[tuple[File, int]]]:
    """Every number beside or just below a word about seeds, and the places that set one."""
    values: set[int] = set()
    places: list[tuple[File, int]] = []
    for file in snapshot.select(("**/*.py", "**/*.ipynb", "**/*.json", *_CONFIG, *_SCRIPTS), stubs=True):
        if file.size > 400_000 or not _SEEDING.search(file.text):
            continue
        for i, row in enumerate(file.lines):
            if len(row) < 400 and _SEEDING.search(row):
                near = [int(n) for r in file.lines[i : i + 4] for n in re.findall(r"(?<![\w.])\d{1,9}(?![\w.]\d)", r)]
                values.update(near)
                sets = re.search(r"(?:seed|random_state)\w*[\"']?\]?\s*[:=(]\s*\d", row, re.IGNORECASE)
                if sets and not re.search(r"(?:^|/)tests?/|(?:^|/)test_", file.path):
                    places.append((file, i + 1))
    return values, places


def _touching(tree: ast.AST) -> set[int]:
    """The lines of code (not comments or docstrings) whose names speak of seeds."""
    lines: set[int] = set()
    for node in walk(tree):
        name = (
            node.attr
            if isinstance(node, ast.Attribute)
            else node.id
            if isinstance(node, ast.Name)
            else node.arg
            if isinstance(node, ast.keyword | ast.arg)
            else ""
        )
        if name and _SEEDING.search(name):
            lines.add(getattr(node, "lineno", 0))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and len(node.value) < 60
            and _SEEDING.search(node.value)
        ):
            lines.add(node.lineno)
    return lines


def _reads(tree: ast.AST) -> bool:
    """Whether a seed is read as an attribute or by its name from something else, a command line included."""
    called = {id(n.func) for n in walk(tree) if isinstance(n, ast.Call)}
    for node in walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and re.search(r"seed$|random_state$", node.attr, re.IGNORECASE)
            and id(node) not in called
        ):
            return True
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and len(node.value) < 60
            and re.search(r"seed", node.value, re.IGNORECASE)
            and " " not in node.value
        ):
            return True
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.decorator_list
            and any(re.search(r"seed", a.arg) for a in (*node.args.args, *node.args.kwonlyargs))
        ):
            return True  # typer and its like
    return False


_ALL = compile_later(
    r"\*\*\s*\(?\s*(?!\w*kwargs)\w*(?:cfg|conf|param|arg|setting|hp)|\binstantiate\(|LightningCLI|TrainingArguments|ultralytics|Seq2SeqTrainer|HfArgumentParser|vars\(|to_container\("
)


def _passes_all(file: File) -> bool:
    """Whether the file hands a whole configuration on, or uses a trainer that reads a seed of its own."""
    return bool(_ALL.search(file.text))


@check("seed-set", asks="Is a seed set in the code where the group says that it is?")
def seed_set(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that a seed is set, fixed or in the configuration. Settled by: no name, argument or call of own code
    outside tests speaks of a seed; or the seed stands in a configuration and no code reads it, none being set elsewhere but
    for drift and monitoring. Leaves alone: programs that hand on a whole configuration or bring a seed of their own, files that do
    not parse, plans, examples, other seeds of a sentence about data or commands."""
    for statement in prose.sentences():
        words = statement.plain
        if "seed" not in words.lower() or not _SEED_SET.search(words):
            continue
        if _HYPOTHETICAL.search(words) or statement.attempted or statement.personal or _NEGATED_SEED.search(words):
            continue
        facts = seeds(repo.snapshot)
        if not facts.sure or facts.read:
            return
        if not facts.touched:
            if _owns_seed(repo.snapshot):
                return
            if _KEPT_WITH.search(words) and facts.keys:
                continue  # of a seed in the configuration that is kept with a run nothing more is said
            yield Settled(
                statement,
                about="seed",
                shows="No code outside the tests sets or reads a seed.",
                difference="The sentence says that a seed is used; no code does so.",
                evidence=(
                    absence(
                        "`seed`, `random_state`, `default_rng` and their like were looked for in the code (without comments) of all own Python files and notebooks outside tests: none."
                    ),
                    *(f.cite(line, note="no code reads it") for f, line, _ in facts.keys[:2]),
                ),
            )
            return
        elsewhere = [
            (f, line)
            for f, line in facts.touched
            if not re.search(r"drift|monitor|load_?test|locust|report|visuali", f.path, re.IGNORECASE)
        ]
        if facts.keys and _IN_CONFIG.search(words) and (not elsewhere or _only_unread(elsewhere)):
            file, line, _ = facts.keys[0]
            shown = (elsewhere or list(facts.touched))[:2]
            yield Settled(
                statement,
                about="seed",
                shows=f"{file.path}:{line} has a seed that no code reads"
                + f"; {shown[0][0].path}:{shown[0][1]} "
                + ("takes its own from elsewhere." if elsewhere else "is the only code that speaks of one."),
                difference="The sentence says that the configuration's seed is used; no code reads it.",
                evidence=(
                    file.cite(line),
                    absence(
                        "An attribute or key `seed` was looked for in all own Python files outside tests: none is read."
                    ),
                    *(f.cite(n) for f, n in shown),
                ),
            )
            return


_NEGATED_SEED = compile_later(r"\b(?:not|never|no|without)\b[^.;,]{0,30}\bseed|n't\b[^.;,]{0,30}\bseed", re.IGNORECASE)


def _only_unread(places: list[tuple[File, int]]) -> bool:
    """Whether every place takes its seed from a local name that was given something else than a seed or a number."""
    for file, line in places:
        if re.search(r"(?:seed|random_state)\w*\s*[=(]\s*\d|default_rng\(\s*\d", file.lines[line - 1], re.IGNORECASE):
            return False
    texts = {f.path: f.text for f, _ in places}
    return all(
        re.search(r"\bseed\s*=\s*[\w.\[\]\"']*(?!seed)[\w.\[\]\"']+\b", t) and not re.search(r"\bdef [^)]*seed", t)
        for t in texts.values()
    )


def _owns_seed(snapshot: Snapshot) -> bool:
    """Whether training is started by a program that reads a seed from its own configuration."""
    return any(
        re.search(
            r"\byolo\b|ultralytics|TrainingArguments|LightningCLI|accelerate launch|axolotl|torchtune|fairseq|allennlp|spacy train|AutoTrain",
            f.text,
        )
        for f in snapshot.select(("**/*.py", "**/*.sh", "**/makefile", "**/*.y*ml", "**/*.ipynb"))
    )


@check("seed-value", asks="Is the seed's value the one that the prose states?")
def seed_value(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "seed 42", "seed (default: 42)", `seed: 42`. Settled by: all numbers that stand on or just below a line about a seed in
    code, configurations, scripts and notebooks. Leaves alone: URLs, several seeds, plans, a repository without any value."""
    for statement in prose.sentences():
        words = statement.plain
        if "seed" not in words.lower() or _HYPOTHETICAL.search(words) or "://" in words or statement.past:
            continue
        match = _VALUE.search(words)
        if not match:
            continue
        values, places = repo.snapshot.once("seed-values", lambda: _seed_values(repo.snapshot))
        if places and int(match["n"]) not in values and not _owns_seed(repo.snapshot):
            shown = places[:3]
            yield Settled(
                statement,
                about="seed",
                shows=f"{shown[0][0].path}:{shown[0][1]} sets a seed, and no seed is {match['n']}.",
                difference=f"The sentence says that the seed is {match['n']}; the repository has another.",
                evidence=tuple(f.cite(line) for f, line in shown),
                detail=True,
            )


_FLAG = compile_later(
    r"\b(?:deterministic\s*=\s*True|deterministic (?:flag|mode|algorithms?|setting)|cudnn(?:\.deterministic|\.benchmark)?|use_deterministic_algorithms)\b",
    re.IGNORECASE,
)


@check("deterministic-flag", asks="Is a deterministic mode set where the group says so?")
def deterministic_flag(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names the deterministic flag, mode or algorithms. Settled by: `deterministic` (or `cudnn`) stands in
    no line of code or configuration. Leaves alone: "deterministic behaviour" as an aim, plans, negations, examples."""
    for statement in prose.sentences():
        match = _FLAG.search(statement.plain)
        if not match or not statement.firm or statement.negated or not statement.ours:
            continue
        files = repo.snapshot.select(("**/*.py", "**/*.ipynb", *_CONFIG, *_SCRIPTS), stubs=True)
        if any("determinis" in f.lower or "cudnn" in f.lower for f in files) or files.holes:
            return
        yield Settled(
            statement,
            about="deterministic",
            shows="No code or configuration mentions a deterministic mode.",
            difference="The sentence says that it is set; nothing sets it.",
            evidence=(
                absence(
                    "`deterministic` and `cudnn` were looked for in all code, configurations and scripts: no match."
                ),
            ),
        )
        return


# -- sweeps ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sweep:
    """A W&B sweep as configured; what is not written literally is empty."""

    file: File
    line: int
    method: str
    metric: str
    goal: str


def sweeps(snapshot: Snapshot) -> tuple[tuple[Sweep, ...], bool]:
    """The configured sweeps, and whether other searches may be there, too."""

    def make() -> tuple[tuple[Sweep, ...], bool]:
        found: list[Sweep] = []
        other = False
        for file in snapshot.select(("**/*.y*ml", "**/*sweep*.json"), mentions=("parameters", "sweeper")):
            for document in yaml_documents(file):
                for _, node in document.walk():
                    other = other or bool(node["sweeper"]["params"] or node["sweeper"]["_target_"] or node["studySpec"])
                    if node["parameters"].kind == "map" and node["method"].kind == "text":
                        metric = node["metric"]
                        line = node.line_of("method")
                        found.append(
                            Sweep(
                                file,
                                line,
                                node["method"].text.lower(),
                                metric["name"].text,
                                metric["goal"].text.lower(),
                            )
                        )
        for file in snapshot.select(
            ("**/*.py", "**/*.ipynb"),
            mentions=(
                "parameters",
                "sweep",
                "optuna",
                "ray",
                "gridsearch",
                "randomizedsearch",
                "bayessearch",
                "keras_tuner",
                "hyperopt",
            ),
        ):
            if re.search(r"\boptuna\b|\bray\.tune|from ray import tune|SearchCV|keras_tuner|hyperopt|skopt", file.text):
                other = True
            module = python(file)
            if module is None:
                other = True
                continue
            for part in module.nodes:
                if isinstance(part, ast.Dict):
                    entries = {
                        k.value: v for k, v in zip(part.keys, part.values, strict=True) if isinstance(k, ast.Constant)
                    }
                    if "method" in entries and "parameters" in entries:
                        method = literal(entries["method"])
                        given = literal(entries.get("metric"))
                        metric_ = given if isinstance(given, dict) else {}
                        found.append(
                            Sweep(
                                file,
                                entries["method"].lineno,
                                method.lower() if isinstance(method, str) else "",
                                str(metric_.get("name", "")),
                                str(metric_.get("goal", "")).lower(),
                            )
                        )
                    elif "parameters" in entries and "metric" in entries:
                        other = True
            if re.search(r"sweep\w*\[[\"'](?:method|metric)[\"']\]", file.text):
                other = True
        return tuple(found), other

    return snapshot.once("sweeps", make)


_METHOD = compile_later(
    r"\b(?P<m>bayes\w*|random|grid)(?:[- ](?:hyper-?parameters?|hp))?[- ](?:search\w*|optimi[sz]ation|sweeps?|sampling|method|strategy)\b"
    r"|\b(?:method|strategy)\b[^.,;]{0,15}\b(?P<m2>bayes\w*|random|grid)\b",
    re.IGNORECASE,
)
_ABOUT_SWEEPS = compile_later(
    r"\bsweep\w*|\bhyper-?parameters? (?:optimi[sz]ation|search|tuning)|\bw&b\b|\bwandb\b|weights (?:and|&) biases",
    re.IGNORECASE,
)
_GOAL = compile_later(
    r"\b(?P<g>maximi[sz]|minimi[sz])(?:e|es|ed|ing)\b (?:the |our |on )?(?P<what>[\w /`'-]{3,40})", re.IGNORECASE
)


@check("sweep-configured", asks="Do the sweep's method and goal match the configuration?")
def sweep_configured(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence about a sweep that names its method (Bayesian, random, grid) or what it maximises or minimises. Settled
    by: every sweep configuration in YAML or as a dict. Leaves alone: searches of other libraries, configurations that are put
    together when they run, the past, negations, sentences that name several methods."""
    for statement in prose.sentences():
        words = statement.plain
        if not statement.firm or statement.negated or not _ABOUT_SWEEPS.search(words):
            continue
        methods = {(m["m"] or m["m2"]).lower()[:5] for m in _METHOD.finditer(words)}
        goal = _GOAL.search(words) if "sweep" in words.lower() else None
        if not methods and not goal:
            continue
        found, other = sweeps(repo.snapshot)
        if not found or other:
            return
        if len(methods) == 1 and all(s.method for s in found):
            said = next(iter(methods))
            if not any(s.method.startswith(said[:4]) for s in found):
                yield _differs(
                    statement, found, "method", found[0].method, "Bayesian" if said.startswith("bayes") else said
                )
                continue
            if len({s.method for s in found}) == 1:
                yield Settled(
                    statement,
                    about="sweep:method",
                    label="supported",
                    shows=f"{found[0].file.path}:{found[0].line} configures the method `{found[0].method}`.",
                    difference="",
                    evidence=(found[0].file.cite(found[0].line),),
                )
        if goal and all(s.goal and s.metric for s in found):
            wanted = goal["g"].lower().replace("z", "s")
            kind = re.search(r"loss|acc|f1|auc|error|mae|mse|perplexity", goal["what"], re.IGNORECASE)
            same = [s for s in found if s.goal.replace("z", "s").startswith(wanted)]
            if kind and not same and all(_opposite(wanted, s.goal) for s in found):
                shown = f"{found[0].goal} {found[0].metric}"
                yield _differs(statement, found, "goal", shown, goal[0].strip())


def _opposite(said: str, goal: str) -> bool:
    return {said[:3], goal[:3]} == {"max", "min"}


def _differs(statement: Statement, found: tuple[Sweep, ...], what: str, shown: str, said: str) -> Settled:
    return Settled(
        statement,
        about=f"sweep:{what}",
        shows=f"{found[0].file.path}:{found[0].line} configures the {what} `{shown}`.",
        difference=f"The sentence says {said}; "
        + ("the sweep is" if len(found) == 1 else "all sweeps are")
        + " configured otherwise.",
        evidence=tuple(s.file.cite(s.line, s.line + 3) for s in found[:3]),
        detail=True,
    )


# -- settings of a named file ------------------------------------------------------------------------------------------

_SETTINGS = (
    (r"batch[ _-]?size", r"batch_?size|bs|train_batch_size|per_device_train_batch_size"),
    (r"(?:number of )?(?:training )?epochs", r"(?:max_|num_|n_)?epochs?"),
    (r"learning[ _-]?rate|\blr\b", r"lr|learning_?rate"),
    (r"(?:number of )?(?:data ?loader )?workers|num_workers", r"num_workers|n_workers|workers"),
    (r"dropout(?: rate)?", r"dropout\w*"),
    (r"patience", r"\w*patience"),
    (r"(?:hidden|embedding) (?:size|dim\w*)", r"(?:hidden|embed\w*)_(?:size|dim\w*)"),
)
_NUMBER = r"(?P<n>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_STATED = tuple(
    (
        compile_later(
            rf"\b(?:{said})`?\s*(?:is |was |of |to |set to |at |=|:|\()+\s*`?{_NUMBER}\b(?!\.?\d|\s*(?:to|-|and|or|,\s*\d))",
            re.IGNORECASE,
        ),
        compile_later(rf"(?:{key})", re.IGNORECASE),
        said,
    )
    for said, key in _SETTINGS
)
_FILE = compile_later(r"(?<![\w/.-])(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|toml|json)\b")


def _named_file(statement: Statement, snapshot: Snapshot) -> File | None:
    """The one tracked configuration that the sentence names."""
    names = set(_FILE.findall(statement.text))
    if len(names) != 1:
        return None
    name = next(iter(names)).lstrip("./")
    found = [f for f in snapshot.files.values() if f.path == name or f.path.endswith("/" + name)]
    return found[0] if len(found) == 1 and readable(found[0]) and found[0].size < 100_000 else None


def _values(node: Node, keys: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    for _, part in node.walk():
        for key, (line, value) in part.entries.items():
            if keys.fullmatch(key.split(".")[-1]):
                if value.kind == "text":
                    yield value.text, line
                elif value.entries or value.items:
                    for _, inner in value.walk():
                        if inner.kind == "text":
                            yield inner.text, line


@check("setting-in-named-file", asks="Does the configuration file that a sentence names hold the value that it states?")
def setting_in_named_file(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names one YAML file and a batch size, a number of epochs or workers, a learning rate, dropout,
    patience. Settled by: every value of such a key in the file. Leaves alone: ranges, several files, keys that the file lacks,
    interpolated values, commands that override them."""
    for statement in prose.sentences():
        if not statement.firm or statement.negated or statement.hedged or not re.search(r"\d", statement.plain):
            continue
        if re.search(r"\b(?:overrid\w+|command|python|uv run|changed?|instead)\b", statement.plain, re.IGNORECASE):
            continue
        stated = [(m, keys, said) for pattern, keys, said in _STATED for m in pattern.finditer(statement.plain)]
        file = _named_file(statement, repo.snapshot) if stated else None
        if file is None or file.suffix not in ("yaml", "yml"):
            continue
        for match, keys, _ in stated:
            held = [v for root in yaml_documents(file) for v in _values(root, keys)]
            numbers = [(_number(text), line) for text, line in held]
            if not held or any(n is None for n, _ in numbers):
                continue
            if all(abs((n or 0) - float(match["n"])) > 1e-12 for n, _ in numbers):
                yield Settled(
                    statement,
                    about=f"value:{file.path}:{keys.pattern[:20]}",
                    shows=f"{file.path}:{held[0][1]} has {held[0][0]}.",
                    difference=f"The sentence says {match[0].strip('` ')}; the file that it names has another value.",
                    evidence=tuple(file.cite(line) for _, line in held[:3]),
                    detail=True,
                )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_ACCELERATOR = compile_later(
    r"\b(?:nvidia[ _-]?)?(?:tesla[ _-]?)?(T4|V100|P100|P4|K80|A100|L4|H100)s?\b", re.IGNORECASE
)
_JOB = compile_later(
    r"\b(?:vertex(?: ai)?|custom jobs?|job (?:specs?|specifications?|configs?|configurations?|files?)|training (?:configs?|configurations?))\b",
    re.IGNORECASE,
)
_BY_HAND = compile_later(
    r"\b(?:compute engine|vms?|virtual machines?|instances? (?:that )?we|created|initial(?:ly)?|upgrad\w+|quota|larger|bigger|smaller|console|cloud run|notebook|workbench)\b",
    re.IGNORECASE,
)


def _without_comments(file: File) -> list[str]:
    return [re.split(r"(?:^|\s)#", row, maxsplit=1)[0] for row in file.lines]


def _values_in(pattern: re.Pattern[str], file: File) -> dict[str, int]:
    """The values in a file outside comments, with their first lines."""
    found: dict[str, int] = {}
    for i, row in enumerate(_without_comments(file), 1):
        for match in pattern.finditer(row.replace("_", " ") if pattern is _ACCELERATOR else row):
            found.setdefault((match[1] if pattern.groups else match[0]).lower(), i)
    return found


def _by_file(statement: Statement, snapshot: Snapshot) -> Iterator[tuple[File, str]]:
    """The configuration files that a sentence names, each with the words from its name to the next one's; all words where it
    names one."""
    text = re.sub(r"\*\*|(?<![\w.])[*_](?=\w)|(?<=\w)[*_](?![\w.])", "", statement.text.replace("`", ""))
    places = list(_FILE.finditer(text))
    for k, place in enumerate(places):
        name = place[0].lstrip("./")
        held = [f for f in snapshot.files.values() if f.path == name or f.path.endswith("/" + name)]
        if len({p[0] for p in places}) == 1:
            words = text
        else:
            words = text[place.end() : places[k + 1].start() if k + 1 < len(places) else len(text)]
        if len(held) == 1 and readable(held[0]) and held[0].size < 100_000:
            yield held[0], words


@check(
    "cloud-value-in-named-file",
    asks="Does the file that a sentence names hold the machine type, accelerator or region that it states?",
)
def cloud_value_in_named_file(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names configuration files, each with one machine type, accelerator or region; or that states
    the machine type of Vertex AI's jobs (for CPU, for GPU). Settled by: the file holds another value and not this one; for jobs,
    all specifications of that kind and family agree on another and no file has the stated one. Leaves alone: attempts, several
    values, files without any, values that are put in later, machines made by hand."""
    for statement in prose.sentences():
        if not statement.firm or statement.negated:
            continue
        named = False
        for file, words in _by_file(statement, repo.snapshot):
            kept = any(w in words.lower() for w in ("image", "registry", "registries"))
            region = ANY_REGION if kept else REGION  # an image in another region's registry is not the job's region
            for pattern, what in ((MACHINE, "machine type"), (_ACCELERATOR, "accelerator"), (region, "region")):
                said = {(m[1] if pattern.groups else m[0]).lower() for m in pattern.finditer(words)}
                if len(said) != 1:
                    continue
                named = True
                held = _values_in(pattern, file)
                if held and not said & held.keys():
                    line = min(held.values())
                    yield Settled(
                        statement,
                        about=f"value:{file.path}:{what}",
                        shows=f"{file.path}:{line} has {', '.join(sorted(held))}.",
                        difference=f"The sentence says {next(iter(said))}; the file that it names has another {what}.",
                        evidence=(file.cite(line),),
                        detail=True,
                    )
        if not named and _JOB.search(statement.plain) and not _BY_HAND.search(statement.plain):
            yield from _jobs_machine(statement, repo.snapshot)


def _jobs_machine(statement: Statement, snapshot: Snapshot) -> Iterator[Settled]:
    for match in MACHINE.finditer(statement.plain):
        said = match[0].lower()
        near = statement.plain[max(0, match.start() - 30) : match.end() + 15]
        kinds = set(re.findall(r"\b(cpu|gpu)s?\b", near.lower()))
        if "cpu" in kinds and "gpu" in kinds:  # "CPU (a) and GPU (b)": the nearest before
            before = re.findall(r"\b(cpu|gpu)s?\b", statement.plain[: match.start()].lower())
            kinds = {before[-1]} if before else set()
        specs = _specs(snapshot)
        if not specs or _said_elsewhere(said, snapshot):
            continue
        family = said.split("-")[0]
        same = [(f, line, m) for f, line, m in specs if m.split("-")[0] == family]
        if kinds:
            same = [s for s in same if next(iter(kinds)) in s[0].name.lower()]
        elif len({m for _, _, m in specs}) > 1:
            continue
        if same and len({m for _, _, m in same}) == 1:
            file, line, machine = same[0]
            yield Settled(
                statement,
                about=f"value:{file.path}:machine type",
                shows=f"{file.path}:{line} has {machine}.",
                difference=f"The sentence says {said}; no file of the repository has it.",
                evidence=tuple(f.cite(n) for f, n, _ in same[:3]),
                detail=True,
            )


def _specs(snapshot: Snapshot) -> list[tuple[File, int, str]]:
    """The machine types of the jobs' specifications."""

    def make() -> list[tuple[File, int, str]]:
        files = snapshot.select((*CONFIGURATION, "!.github/**"), mentions=("workerpool", "worker_pool"))
        return [
            (f, _values_in(MACHINE, f).get(s.machine.lower(), s.line), s.machine.lower())
            for f in files
            if f.suffix in ("yaml", "yml", "json")
            for s in training_specs(f)
            if MACHINE.fullmatch(s.machine)
        ]

    return snapshot.once("job-machines", make)


def _said_elsewhere(machine: str, snapshot: Snapshot) -> bool:
    """Whether a file of any kind but prose has the machine type outside comments."""
    files = snapshot.select(
        ("**/*.{yaml,yml,json,sh,py,tf,toml,tpl}", "**/makefile", "**/justfile"), mentions=(machine,)
    )
    return any(machine in row.lower() for f in files for row in _without_comments(f)) or bool(files.holes)


# -- the size of the data ----------------------------------------------------------------------------------------------

_SIZE = r"(?P<hedge>(?:about|around|approximately|approx\.?|roughly|circa|ca\.?|~|nearly|almost|over|more than|at least|up to|less than|under|only)?\s*~?)\s*(?P<n>\d+(?:[.,]\d+)?)\s?(?P<unit>[kmgt]i?b|megabytes?|gigabytes?)\b"
_DATA_SIZE = (
    compile_later(
        rf"\b(?:data ?set|(?:the|our) (?:[\w-]+ )?data)(?: (?:itself|that we use|we use|folder|size))*(?: size)? (?:is|was|has(?: a (?:total )?size of)?|had|takes(?: up)?|of|contains?|amounts to|weighs|are|with a size of)(?: (?:in total|only|just|a total of|made up of))? ?{_SIZE}",
        re.IGNORECASE,
    ),
    compile_later(rf"\b(?:size of (?:the|our) (?:[\w-]+ )?(?:data ?set|data) (?:is|was)|data ?set size (?:of|is|was)) ?{_SIZE}", re.IGNORECASE),
    compile_later(rf"{_SIZE} (?:large |big )?(?:data ?set|of (?:training |image |raw )?data\b(?= (?:is|are|was|in (?:our|the) dataset|with dvc|tracked)))", re.IGNORECASE),
)  # fmt: skip
_OTHER_SIZE = compile_later(
    r"\b(?:original\w*|full dataset|download\w*|kaggle|compress\w*|zip\w*|unzip\w*|extract\w*|sub-?set|subsampl\w*|sampl\w*|reduc\w*|ram|memory|gpu|vram|image is|docker|container|weights|model is|before|after|part|version of|images each|test data|test set|validation|disk|costs?|stor(?:e|ed|age) (?:costs?|limit)|limit\w*|per|each|would|different datasets?|another)\b",
    re.IGNORECASE,
)
_MODELS = compile_later(
    r"model|checkpoint|weight|\.(?:pth?|ckpt|onnx|bin|safetensors|pkl)$|artifact|profil|drift|report|log|predict|embedding",
    re.IGNORECASE,
)
_UNITS = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


@dataclass(frozen=True)
class Pointer:
    """A DVC pointer to data: the path that it stands for, and its size in bytes; `mixed` where it may hold several forms of the
    same data."""

    file: File
    line: int
    path: str
    size: int
    mixed: bool


def pointers(snapshot: Snapshot) -> tuple[Pointer, ...]:
    """The DVC pointers to data with a size; models, reports and what is tiny beside the largest left out. Empty where one of them
    cannot be read or has no size."""

    def make() -> tuple[Pointer, ...]:
        found = []
        for file in snapshot.select(("**/*.dvc", "!**/.dvc/**")):
            root = yaml_root(file)
            for out in root["outs"].items:
                path = f"{file.folder}/{out['path'].text}".strip("/")
                if _MODELS.search(path):
                    continue
                parts = [entry["size"].text for entry in out["files"].items] or [out["size"].text]
                if not all(p.isdigit() for p in parts):
                    return ()
                forms = {entry["relpath"].text.split("/")[0] for entry in out["files"].items}
                mixed = path.endswith("data") or len(forms & {"raw", "processed", "interim", "external"}) > 1
                line = out["files"].line if out["files"] else out["size"].line
                found.append(Pointer(file, line, path, sum(map(int, parts)), mixed))
        largest = max((p.size for p in found), default=0)
        return tuple(p for p in found if p.size > largest / 50)

    return snapshot.once("dvc-pointers", make)


@check("dataset-size", asks="Is the data as large as the prose says?")
def dataset_size(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that states the size of the dataset in MB or GB, rounded or not. Settled by: the size in the one DVC
    pointer to data: off by a factor of 1.5 or more; by 3 where the sentence says less and the pointer may hold several forms
    of the data. Leaves alone: several pointers (unless the sentence speaks of raw or processed data and one is), archives,
    original, compressed or sampled data, parts, memory, models."""
    for statement in prose.sentences():
        words = statement.plain
        if not re.search(r"\d\s?(?:[kmgt]i?b|megabyte|gigabyte)", words, re.IGNORECASE):
            continue
        if statement.planned or statement.past or statement.attempted or statement.negated or _OTHER_SIZE.search(words):
            continue
        match = next((m for p in _DATA_SIZE if (m := p.search(words))), None)
        if match is None:
            continue
        held = pointers(repo.snapshot)
        form = re.search(r"\b(raw|processed)\b", words, re.IGNORECASE)
        if form:
            held = tuple(p for p in held if form[1].lower() in p.path.lower())
        if len(held) != 1 or re.search(r"\.(?:zip|t?gz|tar|7z|rar|xz)$", held[0].path) or "zip" in held[0].path:
            continue
        one = held[0]
        said = float(match["n"].replace(",", ".")) * _UNITS[match["unit"][0].lower()]
        binary = said * {"k": 1.024, "m": 1.048576, "g": 1.073741824, "t": 1.0995}[match["unit"][0].lower()]
        hedge = match["hedge"].strip().lower()
        larger = said >= 1.5 * one.size and not hedge.startswith(("up to", "less", "under"))
        smaller = binary * (3 if one.mixed else 1.5) <= one.size and not hedge.startswith(("over", "more", "at least"))
        if larger or smaller:
            yield Settled(
                statement,
                about="size:data",
                shows=f"{one.file.path}:{one.line} tracks {one.path} with {_readable_size(one.size)}.",
                difference=f"The sentence says {match['n']} {match['unit']}.",
                evidence=(
                    one.file.cite(one.line),
                    fact(f"{one.path} has {one.size:,} bytes ({_readable_size(one.size)}).", one.file.path),
                ),
                detail=True,
            )
        elif 0.8 * one.size <= said <= 1.25 * one.size and not one.mixed:
            yield Settled(
                statement,
                about="size:data",
                label="supported",
                shows=f"{one.file.path}:{one.line} tracks {one.path} with {_readable_size(one.size)}.",
                difference="",
                evidence=(one.file.cite(one.line),),
            )


def _readable_size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
