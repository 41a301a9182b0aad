"""Seeds: where own code touches one, whether it reads one from a configuration, which values stand there."""

import ast
import re
from collections.abc import Sequence

from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import walk
from auditor.readers.python import python
from auditor.readers.text import readable
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
SEEDING = compile_later(r"seed|random_state|default_rng|randomstate|prngkey", re.IGNORECASE)


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
    return snapshot.once("facts.seeds", lambda: _seeds(snapshot))


def _seeds(snapshot: Snapshot) -> Seeds:
    touched: list[tuple[File, int]] = []
    keys: list[tuple[File, int, str]] = []
    read, sure = False, True
    code = snapshot.select(_CODE, stubs=True)
    for file in code:
        if not SEEDING.search(file.text):
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


def seed_values(snapshot: Snapshot) -> tuple[set[int], list[tuple[File, int]]]:
    """Every number beside or just below a word about seeds, and the places that set one."""
    values: set[int] = set()
    places: list[tuple[File, int]] = []
    for file in snapshot.select(("**/*.py", "**/*.ipynb", "**/*.json", *_CONFIG, *_SCRIPTS), stubs=True):
        if file.size > 400_000 or not SEEDING.search(file.text):
            continue
        for i, row in enumerate(file.lines):
            if len(row) < 400 and SEEDING.search(row):
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
        if name and SEEDING.search(name):
            lines.add(getattr(node, "lineno", 0))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and len(node.value) < 60
            and SEEDING.search(node.value)
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


def only_unread(places: list[tuple[File, int]]) -> bool:
    """Whether every place takes its seed from a local name that was given something else than a seed or a number."""
    for file, line in places:
        if re.search(r"(?:seed|random_state)\w*\s*[=(]\s*\d|default_rng\(\s*\d", file.lines[line - 1], re.IGNORECASE):
            return False
    texts = {f.path: f.text for f, _ in places}
    return all(
        re.search(r"\bseed\s*=\s*[\w.\[\]\"']*(?!seed)[\w.\[\]\"']+\b", t) and not re.search(r"\bdef [^)]*seed", t)
        for t in texts.values()
    )


def owns_seed(snapshot: Snapshot) -> bool:
    """Whether training is started by a program that reads a seed from its own configuration."""
    return any(
        re.search(
            r"\byolo\b|ultralytics|TrainingArguments|LightningCLI|accelerate launch|axolotl|torchtune|fairseq|allennlp|spacy train|AutoTrain",
            f.text,
        )
        for f in snapshot.select(("**/*.py", "**/*.sh", "**/makefile", "**/*.y*ml", "**/*.ipynb"))
    )


def seeded_beside(snapshot: Snapshot, files: Sequence[File], training: Sequence[File]) -> tuple[File, int] | None:
    """Where training sets a seed, if these files, all read, have no word of one."""
    if not all(readable(f) for f in files) or owns_seed(snapshot) or any(SEEDING.search(f.text) for f in files):
        return None
    return next(((f, n) for f, n in seeds(snapshot).touched if f in training), None)


def mentions_determinism(snapshot: Snapshot) -> bool:
    """Whether any code, configuration or script has a word of a deterministic mode."""
    globs = ("**/*.{py,ipynb,yaml,yml,toml,cfg,ini,json,sh}", "**/{makefile,justfile}", "**/*dockerfile*", "!**/*lock*")
    files = snapshot.select(globs, stubs=True)
    return any("determinis" in f.lower or "cudnn" in f.lower for f in files if f.size < 400_000)
