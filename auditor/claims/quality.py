"""Statements about code quality: hooks, linters and their settings, and how much is typed or documented."""

import ast
import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.claims.ci import ci_facts, clauses, quote, uncommented
from auditor.facts.programs import lint_tool
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.probes.quality import OWN_CODE
from auditor.prose import Prose, Statement
from auditor.readers import Node, python, readable, shell_commands, toml, yaml_root
from auditor.snapshot import File

# -- pre-commit hooks --------------------------------------------------------------------------------------------------

_HOOK_CONFIG = ".pre-commit-config.yaml"
_OTHER_MANAGERS = (
    "{lefthook,.lefthook}.y*ml",
    "**/{lefthook,.lefthook}.y*ml",
    "**/.husky/**",
    "**/prek.toml",
    "**/.githooks/**",
    "**/githooks/**",
    "**/.hooks/**",
    "**/hooks/pre-commit*",
    "**/lint-staged*",
    "**/.lintstagedrc*",
)
_CLASSES = {
    "linting": compile_later(r"ruff|flake8|pylint|pyflakes|pycodestyle|pydocstyle|pyupgrade|autoflake|bandit|eslint|prospector|nbqa|pylama|mypy|pyright|lint|^check-ast|debug-statements|vulture|interrogate|codespell", re.I),
    "type checking": compile_later(r"mypy|pyright|pyre|pytype|pyrefly|\bty\b|^ty|type|tsc", re.I),
    "import sorting": compile_later(r"isort|ruff|reorder|usort|import", re.I),
    "tests": compile_later(r"test|tox|nox|hatch", re.I),
    "spell checking": compile_later(r"spell|typos", re.I),
    "secrets": compile_later(r"key|secret|gitleaks|trufflehog|ggshield|credential", re.I),
}  # fmt: skip
_PURPOSES = {
    "linting": compile_later(r"\blint(?:ing|ers?|s)?\b", re.I),
    "type checking": compile_later(r"\b(?:static )?type[- ]?check\w*\b|\bchecks? (?:the )?types\b", re.I),
    "import sorting": compile_later(r"\b(?:import sorting|sort(?:s|ing|ed)? (?:of )?(?:the |our )?imports|sorted imports)\b", re.I),
    "tests": compile_later(r"\b(?:unit[- ]?tests?|pytest|run(?:s|ning)? (?:the |our |all )?tests)\b", re.I),
    "spell checking": compile_later(r"\bspell(?:ing)?[- ]check\w*\b", re.I),
    "secrets": compile_later(r"\b(?:secrets?|private keys?|api keys?|credentials?) (?:scan\w*|detect\w*|check\w*)\b|\bdetect\w* (?:secrets?|private keys?)\b", re.I),
}  # fmt: skip
_TOOLS = ("ruff", "black", "isort", "flake8", "mypy", "pylint", "pyright", "codespell", "bandit", "autoflake", "pyupgrade", "yapf", "autopep8", "pydocstyle", "nbstripout", "detect-secrets", "gitleaks", "prettier", "pytest")  # fmt: skip
_TOOL = compile_later(r"(?<![\w./@-])(" + "|".join(_TOOLS) + r")(?![\w/(]|\.\w|\.toml)", re.IGNORECASE)

_PRE = r"pre-? ?comm?its?(?: (?:git )?hooks?| config\w*| setup| framework| tool| file| package)?"
# the tools or purposes that hooks are said to have: in brackets after them, before `via pre-commit`, after a verb
_IN_BRACKETS = compile_later(rf"\b{_PRE}\s*\(([^)]*)\)", re.IGNORECASE)
_BEFORE = compile_later(
    rf"([^.;:()]{{3,110}}?)\b(?:via|through|in|into|by|as|using|with)\b(?: both)?(?: the| our| a| an)? {_PRE}\b",
    re.IGNORECASE,
)
_AFTER = compile_later(
    rf"\b{_PRE}\b(?:,? (?:that|which|to|automatically|also|then|we|for|and|were|was|are|is|have|has|been|set up|used|configured|added|installed|implemented))*"
    r"(?:,)? (?:run|runs|running|execute|executes|perform|performs|include|includes|including|included|enforce|enforces|enforcing|apply|applies|check|checks|checking|trigger|triggers|with|using|for|contain|contains)\b([^.;:()]{2,240})",
    re.IGNORECASE,
)
_ACTS = compile_later(
    rf"\b{_PRE} (?:\w+ly )?((?:trim|format|check|lint|sort|fix|validate|remove|strip|catche?)(?:s|es)?\b[^.;:()]{{2,120}})",
    re.IGNORECASE,
)
_THESE = compile_later(
    rf"\b{_PRE}\b[^.;]{{0,30}}\b(?:run|runs|running|perform|performs|execute|executes|enforce|enforces|apply|applies)\s+(?:all )?(?:of )?(?:these|those|both)(?: \w+)? (?:checks|tools|rules|linters|steps)\b",
    re.IGNORECASE,
)
_NEXT_THOUGHT = compile_later(
    r"(?:,|\b(?:and|as|so|to|where|which|since|because)\b) ?(?:that |and |also )*\b(?:we|our|this|these|they|it|all|the tests|to|in|on|ensur\w*|mak\w+|which|where|so|because|since|before|after|when)\b",
    re.IGNORECASE,
)
_STOP = compile_later(
    r"\b(?:and|but|while|before|after|as well as|plus|then|alongside|together with|in addition|with CI)\b(?= (?:in |the |on |by |a |our )*(?:CI|github|workflow|continuous|actions|pipeline))",
    re.IGNORECASE,
)
_UNSURE = compile_later(
    r"\b(?:not|never|without|no longer|instead of|rather than|e\.g|for example|for instance|like|such as|can|allows?|enables?|possible|temporarily|except|unlike|manual\w*|remov\w+|disabl\w+|skip\w*|bypass\w*|auto-?update\w*|updat\w+)\b|n't\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hooks:
    """The hooks of the root's configuration: each as its id with its entry and arguments. `sure`: nothing else could be
    meant (no other hook manager, no hook that runs a script or task)."""

    file: File | None
    found: tuple[str, ...]
    ids: tuple[str, ...]
    sure: bool
    stub: bool


def _hooks(repo: Repo) -> Hooks:
    return repo.snapshot.once("claims-hooks", lambda: _read_hooks(repo))


def _read_hooks(repo: Repo) -> Hooks:
    others = repo.snapshot.select(_OTHER_MANAGERS, all=True)
    package = repo.snapshot.files.get("package.json")
    sure = not len(others) and not (
        package and readable(package) and re.search(r"husky|lint-staged|simple-git-hooks", package.text)
    )
    file = repo.snapshot.files.get(_HOOK_CONFIG)
    if file is None:
        elsewhere = [
            p
            for p in repo.snapshot.files
            if re.search(r"(^|/)\.?pre-commit(-config)?\.y[a]?ml$", p) and not p.startswith(".github/workflows/pre")
        ]
        return Hooks(None, (), (), sure and not elsewhere, False)
    if not readable(file):
        return Hooks(None, (), (), False, False)
    root = yaml_root(file)
    found, ids = [], []
    for source in root["repos"].items:
        for hook in source["hooks"].items:
            name = hook["id"].text
            says = " ".join(
                [
                    name,
                    hook["name"].text,
                    hook["entry"].text,
                    *hook["args"].texts(),
                    source["repo"].text.rsplit("/", 1)[-1],
                ]
            )
            ids.append(name)
            found.append(says)
            sure = sure and not _script(hook)
    if file.problems.get("yaml") or not ids:
        sure = False
    return Hooks(file, tuple(found), tuple(ids), sure, bool(repo.snapshot.aside(file)))


def _script(hook: Node) -> bool:
    """Whether a hook runs something whose work its words do not tell: a script, a task."""
    entry = hook["entry"].text
    return any(
        c.program
        in (
            "make",
            "just",
            "invoke",
            "inv",
            "bash",
            "sh",
            "python",
            "python3",
            "nox",
            "tox",
            "task",
            "poe",
            "npm",
            "npx",
        )
        or c.program.endswith((".sh", ".py"))
        for c in shell_commands(entry)
    )


@check("hook-contents", asks="Do the pre-commit hooks run what the report says they run?")
def hook_contents(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that pre-commit runs a named tool, or lints, checks types, sorts imports, spells, looks
    for secrets or runs tests, or runs `these checks` after tools were named; or that hooks were set up at all. Settled by: the
    hooks of the root's `.pre-commit-config.yaml`, by id, entry and arguments; arguments that a hook is named with (`ruff format --check`) by those,
    too, and by the tools' settings. Leaves alone: formatting (white-space hooks
    format, too), whether hooks were installed, hooks that call scripts or tasks, other hook managers, and what stands beside
    pre-commit in a list."""
    hooks = _hooks(repo)
    if not hooks.sure:
        return
    spoken: dict[int, set[str]] = {}
    for statement in prose.sentences():
        plain = statement.plain
        n = statement.question.n
        if statement.firm:
            own = re.split(r"\b(?:faster|instead|rather|than|like|such as|replac\w+|e\.g)\b", plain)[0]
            spoken.setdefault(n, set()).update(m[1].lower() for m in _TOOL.finditer(own))
        if (
            not re.search(r"\bpre-? ?comm?its?\b", plain, re.I)
            or not statement.firm
            or statement.question.id in ("contributions", "struggles")
        ):
            continue
        if hooks.file is None:
            if re.search(
                rf"\b(?:we|our)\b[^.;]{{0,40}}\b(?:use|used|set up|have|added|implemented|configured|integrated|made use of|employ\w*)\b[^.;]{{0,25}}\b{_PRE}",
                plain,
                re.I,
            ) and not _UNSURE.search(plain):
                shows = "There is no `.pre-commit-config.yaml` and no file of another hook manager in the repository."
                yield Settled(
                    statement,
                    "tool:pre-commit",
                    shows,
                    "The sentence says that pre-commit hooks are used.",
                    (absence(shows),),
                )
            continue
        ids = ", ".join(dict.fromkeys(hooks.ids))
        first = next((i for i, row in enumerate(hooks.file.lines, 1) if row.strip().startswith("- id:")), 1)
        evidence: tuple[Evidence, ...] = (hooks.file.cite(first, first + 7, note=f"the hooks: {ids}"),)
        shows = f"{hooks.file.path} has the hooks {ids}" + (", as the template brings it." if hooks.stub else ".")
        for clause in clauses(statement):
            yield from _arguments(statement, clause, hooks, repo)
            for piece in _said_of_hooks(clause):
                if _UNSURE.search(piece):
                    continue
                tools = [m[1].lower() for m in _TOOL.finditer(piece)]
                for tool in dict.fromkeys(tools):
                    if not any(re.search(rf"(?<![a-z]){re.escape(tool)}", h, re.I) for h in hooks.found):
                        yield Settled(
                            statement,
                            f"hook:{tool}",
                            shows,
                            f"No hook runs {tool}.",
                            evidence,
                            quote(statement, clause),
                            detail=not hooks.stub,
                        )
                    else:
                        yield Settled(
                            statement,
                            f"hook:{tool}",
                            shows,
                            f"A hook runs {tool}.",
                            evidence,
                            quote(statement, clause),
                            "supported",
                        )
                for purpose, rx in _PURPOSES.items():
                    if rx.search(piece) and not tools and not any(_CLASSES[purpose].search(h) for h in hooks.found):
                        yield Settled(
                            statement,
                            f"hook:{purpose.replace(' ', '-')}",
                            shows,
                            f"No hook does {purpose}.",
                            evidence,
                            quote(statement, clause),
                        )
            these = _THESE.search(clause)
            if these and not _UNSURE.search(clause[: these.end()]):
                meant = spoken.get(n, set()) - {"pytest"}
                if meant and not any(
                    _CLASSES["linting"].search(h) or re.search(r"format|black|yapf|autopep8", h) for h in hooks.found
                ):
                    yield Settled(
                        statement,
                        "hook:linting",
                        shows,
                        f"No hook runs {' or '.join(sorted(meant))}.",
                        evidence,
                        quote(statement, clause),
                    )


_GIVEN = compile_later(
    r"(?<![\w./-])(?P<tool>ruff(?:[ -](?:format|check))?|black|isort|flake8|mypy|pylint|autoflake|pyupgrade|bandit|codespell|nbstripout)"
    r"(?P<flags>(?:\s+--[a-z][\w-]+(?:=[\w.,/-]+)?)+)"
)
_ALWAYS = frozenset(
    ["--force-exclude", "--filter-files", "--ignore-missing-imports", "--scripts-are-modules", "--all-files"]
)  # what the hooks' own definitions give
_ALIKE = ({"--check", "--diff", "--check-only"}, {"--fix", "--fix-only"})
_SETTINGS = ("**/pyproject.toml", "{ruff.toml,.ruff.toml,mypy.ini,.mypy.ini,setup.cfg,tox.ini,.flake8,.isort.cfg,.pylintrc,pylintrc,.bandit,.codespellrc}")  # fmt: skip


def _arguments(statement: Statement, clause: str, hooks: Hooks, repo: Repo) -> Iterator[Settled]:
    """A hook named with arguments (`ruff format --check`) that the configured one is not given, neither there nor by a
    setting of that name."""
    assert hooks.file is not None
    if not re.search(r"\bpre-? ?comm?its?\b", clause, re.I) or _UNSURE.search(clause):
        return
    if re.search(r"\b(?:CI|workflows?|github|actions|pipeline|manual\w*|locally|by hand|run)\b", clause, re.I):
        return  # the command may be given there
    for match in _GIVEN.finditer(clause):
        tool = " ".join(re.split(r"[ -]", match["tool"]))
        known = {"ruff": ("ruff", "ruff-check"), "ruff check": ("ruff", "ruff-check"), "ruff format": ("ruff-format",)}
        chosen = [h for i, h in zip(hooks.ids, hooks.found, strict=True) if i in known.get(tool, (tool,)) or tool in h]
        if tool == "ruff":
            chosen = [h for h in chosen if "format" not in h.split()[0]]
        for flag in re.findall(r"--[a-z][\w-]+", match["flags"]):
            alike = next((a for a in _ALIKE if flag in a), {flag})
            name = re.escape(flag.strip("-")).replace(r"\-", "[-_]")
            settings = repo.snapshot.select(_SETTINGS, (flag.strip("-"), flag.strip("-").replace("-", "_")), all=True)
            if (
                not chosen
                or flag in _ALWAYS
                or any(a in h.split() or f"{a}=" in h for a in alike for h in chosen)
                or any(re.search(rf"(?m)^\s*[\"']?{name}[\"']?\s*[=:]", f.text) for f in settings)
            ):
                continue
            id_ = chosen[0].split()[0]
            line = next((i for i, row in enumerate(hooks.file.lines, 1) if re.search(rf"\bid:\s*[\"']?{re.escape(id_)}[\"']?\s*(?:#|$)", row)), 1)  # fmt: skip
            yield Settled(
                statement,
                f"hook:{tool.replace(' ', '-')}:{flag}",
                f"{hooks.file.path}:{line} has the hook {id_} without {flag}.",
                f"The sentence says `{tool} {flag}`; the hook is not given {flag}.",
                (hooks.file.cite(line, line + 1, note=f"the hook {id_}"),),
                quote(statement, clause),
                detail=True,
            )


def _said_of_hooks(clause: str) -> Iterator[str]:
    """The parts of a clause that say what the hooks do."""
    for match in _IN_BRACKETS.finditer(clause):
        yield match[1]
    if head := re.match(r"pre-? ?comm?its?(?: hooks?)?\s*:\s*([^.;:()]{2,60})", clause, re.I):
        yield head[1]
    for match in _BEFORE.finditer(clause):
        # what stands before a comma is said of something else, unless a list goes on
        piece = re.split(r"\b(?:and|but) (?=we\b)|, (?=we\b|which\b|so\b)", match[1])[-1]
        yield piece
    for match in _ACTS.finditer(clause):
        yield re.split(
            r",? (?:and|so|which|while|then) (?:the |our )?(?:CI|github|workflows?|actions|pipeline|we)\b",
            match[1],
            flags=re.I,
        )[0]
    for match in _AFTER.finditer(clause):
        said = _STOP.split(match[1])[0]
        more = _NEXT_THOUGHT.search(said)  # a list may be long, another thought is not of the hooks
        yield said[: max(90, more.start())] if more else said


# -- line length -------------------------------------------------------------------------------------------------------

_LENGTH = compile_later(
    r"\b(?:max\w*[- ])?line[- _]?(?:lengths?|width|limit)\b[^.\d]{0,45}?(?<![\d.])(\d{2,3})(?![\d.%]*\d)"
    r"|(?<![\d.])(\d{2,3})[- ](?:characters?|chars?|columns?)(?: (?:per|a|max\w*))* (?:line|long|limit|line[- ]length|in a line|width)"
    r"|\b(?:each|every|a|code) lines?\b[^.\d]{0,40}?\b(?:max\w*|at most|under|up to|contain\w*)[^.\d]{0,15}?(\d{2,3}) (?:characters?|chars?|columns?)",
    re.IGNORECASE,
)
_DEFAULTS = {"ruff": 88, "black": 88, "flake8": 79, "pycodestyle": 79, "pylint": 100, "autopep8": 79, "yapf": 79}


@dataclass(frozen=True)
class Length:
    """A line length that a tool is told, with where."""

    tool: str
    value: int
    file: File
    line: int


def _lengths(repo: Repo) -> tuple[Length, ...]:
    return repo.snapshot.once("claims-lengths", lambda: tuple(_read_lengths(repo)))


def _read_lengths(repo: Repo) -> Iterator[Length]:
    own_ruff = any(p in repo.snapshot.files for p in ("ruff.toml", ".ruff.toml"))
    chosen = repo.snapshot.select(
        ("**/pyproject.toml", "**/{ruff.toml,.ruff.toml,.flake8,tox.ini,setup.cfg,.pylintrc,pylintrc,.style.yapf,.isort.cfg,.pycodestyle,.editorconfig}",
         _HOOK_CONFIG, ".github/workflows/*.y*ml", ".gitlab-ci.y*ml", "tasks.py", "{makefile,justfile,noxfile.py}", "**/tasks.py", "**/*.sh", ".vscode/settings.json"),
        stubs=True,
        all=True,
    )  # fmt: skip
    pattern = re.compile(
        r"""(?i)["']?(?:--)?(?:max[-_ ]?)?(?:line[-_. ]?(?:length|width)|column[-_]limit)["']?\s*[=:]?\s*["']?(\d{2,3})\b"""
    )
    for file in chosen:
        table = ""
        for i, row in enumerate(file.lines, 1):
            head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", row)
            if head and not row.lstrip().startswith("[tool.ruff.lint.per"):
                table = head[1].lower()
            match = pattern.search(row.split("#")[0])
            if match:
                tool = next(
                    (
                        t
                        for t in ("ruff", "black", "isort", "flake8", "pylint", "pycodestyle", "autopep8", "yapf")
                        if t in f"{file.name.lower()} {table} {row.lower()}"
                    ),
                    "",
                )
                if file.name == "pyproject.toml" and tool == "ruff" and own_ruff and file.path == "pyproject.toml":
                    continue
                yield Length(tool, int(match[1]), file, i)


def _installed(repo: Repo, tool: str) -> bool:
    """Whether CI, hooks, tasks, dependencies, lock files or editor settings name a tool."""

    def look() -> bool:
        pattern = re.compile(rf"(?<![a-z-]){tool}(?![a-z])", re.IGNORECASE)
        if pattern.search(ci_facts(repo).text):
            return True
        chosen = repo.snapshot.select((*_DEPENDENCIES, "**/*.lock", _HOOK_CONFIG), (tool,), all=True)
        return bool(chosen.holes) or any(pattern.search(f.text) for f in chosen)

    return repo.snapshot.once(f"claims-installed-{tool}", look)


@check("line-length", asks="Is the line length configured as the report says?")
def line_length(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence with a number of characters for a line. Settled by: every line length that a configuration, a
    hook, a workflow or a task sets, and the default of each tool that sets none and has a trace here or in the answer (ruff.toml goes before pyproject.toml); where
    the sentence names ruff alone, ruff's. Leaves alone: PEP 8's own 79, comparisons, the past."""
    for statement in prose.sentences():
        if "line" not in statement.plain.lower():
            continue
        if (
            not statement.firm
            or statement.negated
            or re.search(
                r"\bdefault|pep ?-?8'?s? (?:limit|recommend|standard)|recommend|instead|from \d", statement.plain, re.I
            )
        ):
            continue
        said = [int(next(g for g in m.groups() if g)) for m in _LENGTH.finditer(statement.plain)]
        if len(set(said)) != 1 or not 40 <= said[0] <= 250:
            continue
        lengths = _lengths(repo)
        tools = {t for t in _DEFAULTS if re.search(rf"\b{t}\b", statement.plain, re.I)}
        meant = [x for x in lengths if tools == {"ruff"} and x.tool == "ruff"] or list(lengths)
        said_here = f"{statement.question.answer} {statement.plain}".lower()
        unset = {
            d
            for t, d in _DEFAULTS.items()
            if not any(x.tool == t for x in lengths) and (t in said_here or _installed(repo, t))
        }
        if not meant or (said[0] in unset and tools != {"ruff"}):
            continue
        hit = next((x for x in meant if x.value == said[0]), None)
        if hit:
            yield Settled(
                statement,
                "setting:line-length",
                f"{hit.file.path}:{hit.line} sets {hit.value}.",
                "This is the length.",
                (hit.file.cite(hit.line),),
                label="supported",
            )
        else:
            places = "; ".join(f"{x.file.path}:{x.line} sets {x.value}" for x in meant[:3])
            yield Settled(
                statement,
                "setting:line-length",
                places + ".",
                f"The sentence says {said[0]}.",
                tuple(x.file.cite(x.line, note="the line length") for x in meant[:3]),
                detail=True,
            )


# -- rules, scores, strictness -----------------------------------------------------------------------------------------

_RULES = compile_later(r"(?<![\w/.-])([A-Z]{1,4}\d{0,4})(?![\w/.])")
_RULE_WORDS = compile_later(
    r"\b(?:select\w*|enabl\w*|activat\w*|rule ?sets?|rules? (?:selected|enabled|of|from)|turned on)\b", re.IGNORECASE
)
_PREFIXES = frozenset(["A", "AIR", "ANN", "ARG", "ASYNC", "B", "BLE", "C", "C4", "C90", "COM", "CPY", "D", "DJ", "DOC", "DTZ", "E", "EM", "ERA", "EXE", "F", "FA", "FAST", "FBT", "FIX", "FLY", "FURB", "G", "I", "ICN", "INP", "INT", "ISC", "LOG", "N", "NPY", "PD", "PERF", "PGH", "PIE", "PL", "PLC", "PLE", "PLR", "PLW", "PT", "PTH", "PYI", "Q", "RET", "RSE", "RUF", "S", "SIM", "SLF", "SLOT", "T", "T10", "T20", "TC", "TCH", "TD", "TID", "TRY", "UP", "W", "YTT"])  # fmt: skip


@check("ruff-rules", asks="Are the ruff rules selected that the report names?")
def ruff_rules(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that rule letters (in code spans, or before a bracket that explains them) are
    selected, where ruff is spoken of. Settled by: `select` and `extend-select` of the file that ruff reads, and `--select` in
    hooks and workflows. Leaves alone: ignored rules, flake8's, and sentences that deny."""
    config = next(
        (f for p in ("ruff.toml", ".ruff.toml", "pyproject.toml") if (f := repo.snapshot.files.get(p)) and readable(f)),
        None,
    )
    for statement in prose.sentences("code-quality", "continuous-integration"):
        plain = statement.plain
        if (
            config is None
            or not statement.firm
            or statement.negated
            or not _RULE_WORDS.search(plain)
            or re.search(r"\bignor\w*|disabl\w*|exclud\w*|except\w*|like|e\.g|such as", plain.split("while")[0], re.I)
        ):
            continue
        if not re.search(r"\bruff\b", f"{statement.lead} {plain}", re.I):
            continue
        codes = {c.strip("\"' ") for span in statement.code for c in re.split(r"[,\s\[\]]+", span)} | {
            m[1]
            for m in re.finditer(
                r"(?<![\w/.-])([A-Z]{1,4})(?= \((?:import|docstring|pep|error|warning|naming|flake|pyflakes|style))",
                plain,
            )
        }
        claimed = [
            c for c in sorted(codes) if re.fullmatch(r"[A-Z]{1,4}\d{0,4}", c) and re.sub(r"\d+$", "", c) in _PREFIXES
        ]
        data = toml(config)
        ruff = data.get("tool", {}).get("ruff", {}) if config.name == "pyproject.toml" else data
        if not claimed or config.problems.get("toml") or not isinstance(ruff, dict):
            continue
        lint = ruff.get("lint", {}) if isinstance(ruff.get("lint"), dict) else {}
        chosen = [str(s) for s in lint.get("select") or ruff.get("select") or ["E4", "E7", "E9", "F"]]
        chosen += [str(s) for s in lint.get("extend-select") or ruff.get("extend-select") or []]
        elsewhere = "\n".join(
            uncommented(f)
            for f in repo.snapshot.select(
                (_HOOK_CONFIG, ".github/workflows/*.y*ml", "tasks.py", "makefile"), stubs=True
            )
        )
        if "select" in elsewhere or "ALL" in chosen or "extend" in ruff:
            continue
        missing = [c for c in claimed if not any(s.startswith(c) or c.startswith(s) for s in chosen)]
        line = next((i for i, row in enumerate(config.lines, 1) if re.match(r"\s*(extend-)?select\s*=", row)), 0)
        for code in missing:
            shows = (
                f"{config.path}:{line} selects {', '.join(chosen)}."
                if line
                else f"{config.path} selects no rules, so ruff takes E4, E7, E9 and F."
            )
            yield Settled(
                statement,
                f"rule:{code}",
                shows,
                f"{code} is not among them.",
                (config.cite(line or 1, note="the selected rules"),),
                detail=True,
            )


_SCORE = compile_later(
    r"\bpylint\b[^.;]{0,60}\b(?:score|rating|threshold|fail[- _]?under|minimum)\b[^.;\d]{0,30}(\d{1,2}(?:\.\d+)?)|\bpylint\b[^.;\d]{0,40}(\d{1,2}(?:\.\d+)?) ?/ ?10",
    re.IGNORECASE,
)


@check("score-threshold", asks="Is the lint score that the report demands the one that is set?")
def score_threshold(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that demands a pylint score or threshold. Settled by: `fail-under` in pylint's configuration, in
    hooks, workflows and tasks. Leaves alone: a score that was reached, and a repository that sets none (pylint then fails
    on any message)."""
    for statement in prose.sentences():
        match = _SCORE.search(statement.plain)
        if (
            not match
            or not statement.firm
            or not re.search(
                r"\b(?:threshold|minimum|at least|fail\w*|require\w*|must|above|under|lower than)\b",
                statement.plain,
                re.I,
            )
        ):
            continue
        said = float(match[1] or match[2])
        found = []
        for file in repo.snapshot.select(
            (
                "pyproject.toml",
                "{.pylintrc,pylintrc,setup.cfg,tox.ini}",
                _HOOK_CONFIG,
                ".github/workflows/*.y*ml",
                "tasks.py",
                "makefile",
                "noxfile.py",
            ),
            ("fail-under", "fail_under"),
            stubs=True,
        ):
            for i, row in enumerate(file.lines, 1):
                if (m := re.search(r"fail[-_]under[=\s\"':]+(\d+(?:\.\d+)?)", row.split("#")[0])) and float(m[1]) <= 10:
                    found.append((float(m[1]), file, i))
        if found and all(value != said for value, _, _ in found):
            value, file, line = found[0]
            yield Settled(
                statement,
                "setting:pylint-score",
                f"{file.path}:{line} sets {value:g}.",
                f"The sentence says {said:g}.",
                (file.cite(line, note="the threshold"),),
                detail=True,
            )


_STRICT = compile_later(
    r"\bmypy\b[^.;]{0,25}\b(?:in )?strict(?:ly)?\b(?: mode)?|\bstrict (?:mode of )?mypy\b|\bstrict type[- ]?check\w*\b[^.;]{0,20}\bmypy\b|\bmypy --strict\b",
    re.IGNORECASE,
)


@check("strict-typing", asks="Is mypy strict where the report says so?")
def strict_typing(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that mypy runs strictly. Settled by: `strict` or one of its single settings
    (`disallow_untyped_defs`, ...) in mypy's configuration, or `--strict` in a hook, workflow or task. Leaves alone: other
    type checkers, denials, and a repository without any trace of mypy."""
    files = repo.snapshot.select(
        (
            "pyproject.toml",
            "{mypy.ini,.mypy.ini,setup.cfg,tox.ini}",
            _HOOK_CONFIG,
            ".github/workflows/*.y*ml",
            "tasks.py",
            "makefile",
            "justfile",
            "noxfile.py",
            "**/*.sh",
        ),
        ("mypy",),
        stubs=True,
    )
    for statement in prose.sentences():
        match = _STRICT.search(statement.plain)
        if (
            not match
            or not statement.firm
            or statement.negated
            or statement.hedged
            or re.search(r"too strict|less strict|not strict|stricter", statement.plain, re.I)
        ):
            continue
        seen = list(files)
        if (
            not seen
            or files.holes
            or any(re.search(r"strict|disallow_|disallow-|warn_return_any|check_untyped", uncommented(f)) for f in seen)
        ):
            continue
        places = [(f, next((i for i, row in enumerate(f.lines, 1) if "mypy" in row), 1)) for f in seen]
        shows = f"mypy is named in {', '.join(f'{f.path}:{i}' for f, i in places[:3])}, and nowhere with `strict` or one of the settings that it stands for."
        yield Settled(
            statement,
            "setting:mypy-strict",
            shows,
            "mypy runs with its default strictness.",
            tuple(f.cite(i) for f, i in places[:2]),
            detail=True,
        )


# -- all functions -----------------------------------------------------------------------------------------------------

_EVERY = (
    r"(?:all|every|each)(?: of)?(?: the| our| these)?(?: (?:public|python|implemented|single))? (?:functions?|methods?)"
)
_DOCS = r"(?:doc-? ?strings?|documented|documentation)"
_TYPES = r"(?:type[- ]?(?:hints?|annotations?|hinted|annotated)|typed|typing|annotated)"
_ALL_DOCS = compile_later(
    rf"\b{_EVERY}\b[^.;,]{{0,40}}\b{_DOCS}|\b{_DOCS}[^.;,]{{0,30}}\b(?:to|for|in|on|of|across) {_EVERY}", re.IGNORECASE
)
_ALL_TYPES = compile_later(
    rf"\b{_EVERY}\b[^.;]{{0,45}}\b{_TYPES}|\b{_TYPES}[^.;,]{{0,30}}\b(?:to|for|in|on|of|across) {_EVERY}", re.IGNORECASE
)
# methods whose name and types a framework gives
_OVERRIDES = compile_later(r"(?:forward|\w+_step|configure_\w+|setup|teardown|prepare_data|on_\w+|\w+_dataloader)$")


@dataclass(frozen=True)
class Measured:
    """How many functions of the own code have a docstring and annotations: a reading, with those that have none."""

    total: int
    documented: int
    typed: int
    bare: tuple[tuple[File, int, str], ...]
    untyped: tuple[tuple[File, int, str], ...]


def _measure(repo: Repo) -> tuple[Measured, ...] | None:
    """Three readings: all functions, public ones, those in src; None where a file does not parse."""
    return repo.snapshot.once("claims-functions", lambda: _read_functions(repo))


def _read_functions(repo: Repo) -> tuple[Measured, ...] | None:
    rows = []
    for file in repo.snapshot.select((*OWN_CODE, "!tasks.py", "!setup.py", "!noxfile.py", "!notebooks/**")):
        module = python(file)
        if module is None:
            return None
        for f in module.functions:
            if any(
                d.rsplit(".", 1)[-1] in ("property", "setter", "overload", "cached_property", "getter")
                for d in f.decorators
            ):
                continue  # an attribute's stand-in
            if re.fullmatch(r"__\w+__", f.name) or (f.owner and _OVERRIDES.match(f.name)) or _is_empty(f.node):
                continue
            if f.qualname == f.name or f.owner:
                arguments = [
                    a
                    for a in (*f.node.args.posonlyargs, *f.node.args.args, *f.node.args.kwonlyargs)
                    if a.arg not in ("self", "cls")
                ]
                typed = f.node.returns is not None or any(a.annotation for a in arguments) or not arguments
                rows.append((file, f.line, f.name, ast.get_docstring(f.node) is not None, typed))
    made = []
    for keep in (
        lambda r: True,
        lambda r: not r[2].startswith("_"),
        lambda r: r[0].path.startswith("src/"),
    ):
        part = [r for r in rows if keep(r)]
        made.append(
            Measured(
                len(part),
                sum(r[3] for r in part),
                sum(r[4] for r in part),
                tuple(r[:3] for r in part if not r[3]),
                tuple(r[:3] for r in part if not r[4]),
            )
        )
    return tuple(made)


def _is_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is a mere declaration: `...`, `pass`, or that it is not implemented."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        or (isinstance(part, ast.Raise) and "NotImplemented" in ast.unparse(part))
        for part in node.body
    )


_IN_SRC = compile_later(r"\b(?:src|source code|source folder|package)\b", re.IGNORECASE)


@check("all-functions", asks="Do all functions have docstrings or type hints where the report says so?")
def all_functions(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that all, every or each function has a docstring or type hints. Settled by: the share
    among the functions of the own code (tests, tasks, nested, dunder and empty functions, overrides, stubs and overloads left out),
    of what the sentence speaks: all, the public ones, or those in src; contradicted under 95 % with at least five bare
    ones. Leaves alone: `key`, `most`,
    `important`, `requires`, and hedges."""
    for statement in prose.sentences():
        if (
            not statement.firm
            or statement.negated
            or re.search(
                r"\b(?:most|key|important|critical|essential|relevant|almost|nearly|core|main|require\w*|mostly|where|tests?|aim\w*|endpoints?|allow\w*|helps?|facilitat\w*|practice|makes)\b",
                statement.plain,
                re.I,
            )
        ):
            continue
        for kind, rx in (("docstrings", _ALL_DOCS), ("types", _ALL_TYPES)):
            match = rx.search(statement.plain)
            readings = _measure(repo) if match else None
            if not match or not readings:
                continue
            which = 1 if "public" in statement.plain.lower() else 2 if _IN_SRC.search(statement.plain) else 0
            best = readings[which]
            if not best.total:
                continue
            have = best.documented if kind == "docstrings" else best.typed
            bare = best.bare if kind == "docstrings" else best.untyped
            noun = "a docstring" if kind == "docstrings" else "an annotation"
            shows = f"{have} of {best.total} functions ({100 * have // best.total} %) have {noun}"
            if have < 0.95 * best.total and len(bare) >= 5:
                shown = ", ".join(f"{f.path}:{line} ({name})" for f, line, name in bare[:3])
                evidence = (
                    fact(shows + f"; without: {shown}", *(f"{f.path}:{line}" for f, line, _ in bare[:8])),
                    *(f.cite(line, line + 1, note=f"`{name}` has none") for f, line, name in bare[:3]),
                )
                difference = f"The sentence says all; {len(bare)} functions have none."
                yield Settled(
                    statement, f"all:{kind}", f"{shows}; without it are, for example, {shown}.", difference, evidence
                )
            elif have == best.total:
                yield Settled(statement, f"all:{kind}", shows + ".", "All have it.", (fact(shows),), label="supported")


# -- tools without a trace, and denied ones ----------------------------------------------------------------------------

_QUALITY = {
    "black": r"(?<![a-z-])black(?![a-z])", "isort": r"isort|ruff", "flake8": r"flake8", "mypy": r"mypy", "pylint": r"pylint", "pyright": r"pyright|pylance", "codespell": r"codespell",
    "bandit": r"bandit", "ruff": r"ruff", "yapf": r"yapf", "autopep8": r"autopep8", "pydocstyle": r"pydocstyle|ruff", "interrogate": r"interrogate",
}  # fmt: skip
_QUALITY_TOOL = compile_later(r"(?<![\w./@-])(" + "|".join(_QUALITY) + r")(?![\w/(]|\.\w)", re.IGNORECASE)
_SET_UP = compile_later(
    r"\b(?:implement\w*|integrat\w*|configur\w*|set up|setup|install\w*|added|include[ds]?|incorporat\w*)\b",
    re.I,
)
_DEPENDENCIES = ("**/requirements*.txt", "**/requirements*.in", "**/*requirements*.txt", "**/pyproject.toml", "**/environment*.y*ml", "**/*env*.y*ml", "**/setup.py", "**/setup.cfg", "**/pipfile", "**/pixi.toml", "**/tox.ini", "**/{mypy.ini,.mypy.ini,.flake8,.pylintrc,pylintrc,.isort.cfg,pyrightconfig.json}", ".vscode/**", ".devcontainer/**", "**/package.json")  # fmt: skip


@check(
    "quality-tools",
    asks="Is there a trace of the linters, formatters and type checkers that the report says were set up?",
)
def quality_tools(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence of the code quality answer that says that a named tool was implemented, configured, integrated,
    added or enforced. Settled by: no trace of it in workflows, hooks, tasks, configuration, dependencies, lock files, editor
    settings or code. Leaves alone: tools merely used (that leaves no trace), comparisons, denials, templates' words."""
    for statement in prose.sentences("code-quality", "dependencies", "frameworks"):
        if not statement.firm or not statement.ours:
            continue
        for clause in clauses(statement):
            if (
                not _SET_UP.search(clause)
                or _UNSURE.search(clause)
                or re.search(
                    r"\b(?:replac\w+|faster|compared|than|pre-?commit|inspired|compatible|profile|combin\w+|provided by|rules? (?:of|from))\b",
                    clause,
                    re.I,
                )
            ):
                continue
            for match in _QUALITY_TOOL.finditer(clause):
                tool = match[1].lower()
                if _traced(repo, tool):
                    continue
                shows = f"No workflow, hook, task, configuration, dependency list, lock file or editor setting names {tool}."
                yield Settled(
                    statement,
                    f"tool:{tool}",
                    shows,
                    f"The sentence says that {tool} was set up.",
                    (absence(shows),),
                    quote(statement, clause),
                )


def _traced(repo: Repo, tool: str) -> bool:
    def look() -> bool:
        pattern = re.compile(_QUALITY[tool], re.I)
        if pattern.search(ci_facts(repo).text):
            return True
        chosen = repo.snapshot.select(
            (
                *_DEPENDENCIES,
                "**/*.lock",
                "**/*.py",
                _HOOK_CONFIG,
                "**/makefile",
                "**/justfile",
                "**/*.sh",
                "**/*.y*ml",
                "**/dockerfile*",
                "**/*.dockerfile",
            ),
            (tool, "ruff") if "ruff" in _QUALITY[tool] else (tool,),
            all=True,
        )
        return any(pattern.search(f.text) for f in chosen) or bool(chosen.holes)

    return repo.snapshot.once(f"claims-traced-{tool}", look)


_DENIED = compile_later(
    r"\b(?:we|our project|the project)\b[^.;,]{0,20}\b(?:do|did|does|have|has)(?:n't| not)\b(?: currently| yet| actually)? (?:use[d]?|using|employ\w*|implement\w*|add(?:ed)?|includ\w*|set up|run|enforc\w*|integrat\w*|have)\b(?: any| a| an| the)?([^.;,]{3,60})",
    re.IGNORECASE,
)
_DENIED_HOOKS = compile_later(
    r"\s*(?:any |a )?(?:git )?pre-? ?comm?its?(?: hooks?)?\s*(?:$|in (?:our|the|this) project)", re.IGNORECASE
)
_DENIABLE = {
    "mypy": (compile_later(r"\b(?:mypy|(?:static )?type[- ]?checker?s?|type[- ]checking)\b", re.I), ("mypy", "pyright", "ty", "pyrefly", "basedpyright")),
    "linting": (compile_later(r"\b(?:linters?|linting)\b", re.I), ("ruff", "flake8", "pylint", "pyflakes", "pycodestyle")),
}  # fmt: skip


@check("quality-denied", asks="Is a linter or type checker switched on that the report denies?")
def quality_denied(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm first-person denial of a linter, of type checking (`we did not use mypy`) or of pre-commit hooks. Settled
    by: a step of a workflow of the group's own that runs one; a hook beyond the template's. Leaves alone: what the template brought, dependencies, `not fully`,
    denials of one place (`not in pre-commit`, `not in CI`), and steps that never start."""
    for statement in prose.sentences("code-quality", "continuous-integration"):
        match = _DENIED.search(statement.plain)
        if match and statement.firm and _DENIED_HOOKS.match(match[1]) and repo.found("pre-commit-hooks"):
            first = repo.answer("pre-commit-hooks").evidence[0]
            shows = f"{first.path}:{first.start} sets a hook up that the template does not bring."
            proof = repo.answer("pre-commit-hooks").evidence[:2]
            yield Settled(statement, "tool:pre-commit", shows, "The sentence says that there are no hooks.", proof)
            continue
        if (
            not match
            or not statement.firm
            or statement.hedged
            or re.search(
                r"\b(?:fully|formal\w*|extensiv\w*|complet\w*|consistent\w*|strict\w*|much|only|all|every\w*|until|pre-?commits?|hooks?|CI|workflows?|everywhere|throughout|automatic\w*)\b",
                statement.plain,
                re.I,
            )
        ):
            continue
        for about, (rx, programs) in _DENIABLE.items():
            if not rx.search(match[1]):
                continue
            for w in ci_facts(repo).workflows:
                run = next((r for r in w.runs if (lint_tool(r.command).split() or [""])[0] in programs), None)
                if run and w.automatic and repo.snapshot.aside(w.file) == "":
                    yield Settled(
                        statement,
                        f"tool:{about}",
                        f"{run.file.path}:{run.line} runs `{run.command.text.strip()[:80]}`.",
                        "The sentence says that there is none.",
                        (run.file.cite(run.line),),
                    )
                    break
