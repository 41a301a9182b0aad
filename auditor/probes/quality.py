"""Style, typing, documentation, pre-commit, command lines."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Callable, Iterator

from auditor import ini
from auditor.facts.commandline import TARGET_FILES, Program, programs, scripts, targets
from auditor.facts.linting import command_only_sorts, hook_only_sorts
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.python import Class, Function, python
from auditor.readers.shell import Command
from auditor.readers.toml import toml, toml_line
from auditor.readers.workflows import workflow
from auditor.readers.yaml import Node, yaml_root
from auditor.shapes import number_of, table_of, texts_of
from auditor.snapshot import File, Files

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
OWN_CODE = ("**/*.py", "!reports/**", "!report/**", "!docs/**", *NO_TESTS)

# -- style -------------------------------------------------------------------------------------------------------------

_STYLE_HOOK = compile_later(
    r"^(ruff([-_](check|lint|format))?|black(-jupyter)?|flake8|isort|pylint|yapf|autopep8|pycodestyle|pydocstyle|blue|"
    r"pyupgrade|autoflake|docformatter|nbqa-\w+|darglint|pyink|usort|reorder-python-imports)$"
)
_TOOL_SECTIONS = (
    "black",
    "pylint",
    "yapf",
    "pydocstyle",
    "autopep8",
    "pycodestyle",
    "pylic",
    "pyink",
    "docformatter",
)
_TEMPLATE_SELECT = frozenset(["I", "N", "E", "W"])


def _says_more(ruff: dict[str, object]) -> bool:
    """Whether a ruff section holds more than the template's line length and rule letters, or the order of imports."""
    rest = {k: v for k, v in ruff.items() if k not in ("line-length", "lint") and (k, v) != ("select", ["I"])}
    lint = table_of(ruff, "lint")
    more = lint.keys() - {"select"}
    return (
        bool(rest or more)
        or not _TEMPLATE_SELECT.issuperset(texts_of(lint.get("select")))
        or ruff.get("line-length", 120) != 120
    )


@probe(
    "style-tool",
    asks="Did the group set up a formatter or linter of its own?",
    looks_in=(
        "**/pyproject.toml",
        "**/{ruff.toml,.ruff.toml,.flake8,tox.ini,setup.cfg,.pylintrc,pylintrc,.style.yapf,.isort.cfg,.pycodestyle}",
        "**/.pre-commit-config.y*ml",
        ".github/workflows/*.y*ml",
        ".gitlab-ci.y*ml",
    ),
    mentions=("ruff", "line-length", "line_length", "max-line-length", "select", "ignore", "black", "flake8", "isort", "pylint",
              "yapf", "pycodestyle", "autopep8", "pre-commit", "pep8", "super-linter"),
)  # fmt: skip
def style_tool(files: Files) -> Iterator[Evidence]:
    """A style hook in the pre-commit configuration, a step of a workflow that checks the style, or a configuration of ruff,
    black, flake8, pylint or the like that says more than the template's. An installed linter that nothing runs, a formatter
    that rewrites in CI without `--check`, `[tool.flake8]`, which flake8 does not read, and what only sorts imports (isort,
    ruff with the rules `I` alone) do not count."""
    hooks, steps, configured = [], [], []
    styled, sorts = False, ""
    for file in files:
        if file.name.startswith(".pre-commit-config") and not file.path.startswith(".github/"):
            for node, line in _hooks(file):
                if hook_only_sorts(node, files):
                    sorts = sorts or f"{file.path}:{line}"
                elif _STYLE_HOOK.match(node["id"].text) or any(_checks_style(c, True) for c in _entry(node)):
                    styled = True
                    hooks.append(file.cite(line, note="a style hook"))
    for file in files:
        if file.path.startswith(".github/workflows/") or file.name.startswith(".gitlab-ci"):
            found = workflow(file)
            for _, step in found.active_steps if found else ():
                for command in step.commands:
                    if _checks_style(command) and command_only_sorts(command, files):
                        sorts = sorts or f"{file.path}:{command.line}"
                    elif _checks_style(command) or (
                        styled and command.program == "pre-commit" and "run" in command.bare
                    ):
                        soft = (
                            " (it cannot fail)" if step.soft or command.soft or "--exit-zero" in command.words else ""
                        )
                        steps.append(file.cite(command.line, note=f"checks the style in CI{soft}"))
                if re.match(
                    r"(astral-sh|chartboost)/ruff(-action)?@|psf/black@|py-actions/flake8@|"
                    r"(super-linter|github)/super-linter|reviewdog/action-(flake8|black|ruff)|oxsecurity/megalinter",
                    step.uses,
                ) or (styled and re.match(r"pre-commit(-ci)?/(lite-)?action@", step.uses)):
                    steps.append(file.cite(step.line, note="checks the style in CI"))
        elif file.name == "pyproject.toml":
            tool = table_of(toml(file).get("tool"))
            beside = f"{file.folder}/" if file.folder else ""
            if _says_more(table_of(tool, "ruff")) and not any(
                beside + name in files.paths for name in ("ruff.toml", ".ruff.toml")
            ):
                configured.append(file.cite(_section_line(file, "ruff"), note="ruff's configuration"))
            configured += [
                file.cite(_section_line(file, name), note=f"{name}'s configuration")
                for name in _TOOL_SECTIONS
                if tool.get(name)
            ]
        elif file.suffix == "toml":
            if _says_more(toml(file)):
                configured.append(file.cite(1, 5, note="ruff's configuration"))
        elif not file.name.startswith(".pre-commit"):
            for name, options in ini.sections(file, without="flake8").items():
                base = name.split(":")[-1].split(".")[0].lower()
                # the old data-science template's tox.ini
                template = (
                    options.keys() <= {"max-line-length", "max-complexity"} and options.get("max-line-length") == "79"
                )
                named = base in ("flake8", "pycodestyle", "pylint", "yapf", "pydocstyle", "pep8", "style")
                if (named or "pylint" in file.name) and options and not template:
                    line = next((i for i, r in enumerate(file.lines, 1) if r.strip().startswith(f"[{name}")), 1)
                    configured.append(file.cite(line, line + 3, note="a style tool's configuration"))
                    break
    if sorts and not (hooks or steps or configured):
        files.near, files.why = sorts, "which only looks at the order of imports"
    yield from hooks[:1] + steps[:1] + configured[:2] + hooks[1:] + steps[1:] + configured[2:]


def _section_line(file: File, name: str) -> int:
    return next((i for i, r in enumerate(file.lines, 1) if r.startswith(f"[tool.{name}")), 0) or toml_line(file, name)


def _checks_style(command: Command, rewrites: bool = False) -> bool:
    """Whether a command looks at style and fails for what it finds; with `rewrites` a formatter counts too."""
    words = command.bare
    program, rest = command.program, words[1:]
    checks = rewrites or any(re.match(r"--(check|check-only|diff)(=|$)|^-c$", w) for w in rest)
    if any(w in ("--version", "--help", "--show-settings", "--show-files") for w in rest):
        return False
    if program == "ruff":
        return (
            checks
            if rest[:1] == ("format",)
            else bool(rest) and rest[0] not in ("clean", "rule", "config", "server", "version")
        )
    if program in ("black", "isort", "yapf", "autopep8", "blue"):
        return checks and (rewrites or bool(rest))
    return program in ("flake8", "pylint", "pycodestyle", "pydocstyle", "pyflakes", "prospector", "pylama", "flake8-nb")


# -- pre-commit --------------------------------------------------------------------------------------------------------

_SAMPLE_HOOKS = frozenset(["trailing-whitespace", "end-of-file-fixer", "check-yaml", "check-added-large-files"])

_MORE = 3  # hooks of the sample's repository beside the sample's
_SAMPLE_REPOSITORY = compile_later(r"[/:]pre-commit/pre-commit-hooks(\.git)?/?$")


def _hooks(file: File) -> Iterator[tuple[Node, int]]:
    """The hooks of a pre-commit configuration that run without being asked for by hand."""
    root = yaml_root(file)
    for repo in root["repos"].items:
        for hook in repo["hooks"].items:
            if hook["id"].text and set(hook["stages"].texts() or root["default_stages"].texts()) != {"manual"}:
                yield hook, hook["id"].line


def _entry(hook: Node) -> list[Command]:
    text = hook["entry"].text
    return [Command(" ".join([text, *hook["args"].texts()]), hook.line)] if text else []


@probe(
    "pre-commit-hooks",
    asks="Are there pre-commit hooks beyond the sample's?",
    looks_in=(
        "**/.pre-commit-config.yaml",
        "!.github/**",
        "{lefthook,.lefthook}.y*ml",
        "prek.toml",
        ".husky/{pre-commit,pre-push}",
        ".githooks/pre-commit",
    ),
)
def pre_commit_hooks(files: Files) -> Iterator[Evidence]:
    """A hook in a `.pre-commit-config.yaml` other than the four that `pre-commit sample-config` and the template bring, or a
    hook of lefthook, husky, prek or a `.githooks` folder. The configuration may lie in the project's own folder, where
    `pre-commit install` takes it up as well as in the root. A hook of the `manual` stage only and pre-commit as a dependency
    do not count."""
    for file in files:
        if file.name == ".pre-commit-config.yaml":
            for hook, line in _hooks(file):
                if hook["id"].text not in _SAMPLE_HOOKS:
                    yield file.cite(line)
        elif "lefthook" in file.name:
            root = yaml_root(file)
            for key in ("pre-commit", "pre-push"):
                if root[key]["commands"].entries or root[key]["scripts"].entries or root[key]["jobs"].items:
                    yield file.cite(root.line_of(key), root[key].end)
        elif file.name == "prek.toml":
            if toml(file).get("repos"):
                yield file.cite(1, 5)
        else:
            for i, row in enumerate(file.lines, 1):
                if row.strip() and not row.strip().startswith("#") and "husky.sh" not in row:
                    yield file.cite(i)
                    break


@probe(
    "pre-commit-hooks-chosen",
    asks="Are there pre-commit hooks from elsewhere than the sample's repository?",
    looks_in=(
        "**/.pre-commit-config.yaml",
        "!.github/**",
        "{lefthook,.lefthook}.y*ml",
        "prek.toml",
        ".husky/{pre-commit,pre-push}",
        ".githooks/pre-commit",
    ),
)
def pre_commit_hooks_chosen(files: Files) -> Iterator[Evidence]:
    """As `pre-commit-hooks`, from a file with a hook that is not of the repository pre-commit/pre-commit-hooks, which the
    sample configuration takes its four from, or with a few more of those: one more is an exercise, no set-up of one's own."""
    for evidence in pre_commit_hooks(files):
        file = files.paths[evidence.path]
        if file.name != ".pre-commit-config.yaml" or file.once("hooks chosen", lambda: _is_chosen(file)):  # noqa: B023
            yield evidence


def _is_chosen(file: File) -> bool:
    repos = [repo for repo in yaml_root(file)["repos"].items if repo["hooks"].items]
    more = sum(hook["id"].text not in _SAMPLE_HOOKS for hook, _ in _hooks(file))
    return more >= _MORE or any(not _SAMPLE_REPOSITORY.search(repo["repo"].text.lower()) for repo in repos)


@probe(
    "pre-commit-template",
    asks="Is there a pre-commit configuration at all?",
    looks_in=("**/.pre-commit-config.yaml", "**/.pre-commit-config.yml", "!.github/**"),
    stubs=True,
)
def pre_commit_template(files: Files) -> Iterator[Evidence]:
    """A pre-commit configuration with at least one hook, be it only the sample's four that come with the template: they are
    hooks all the same. (pre-commit itself reads `.yaml` only.) In a file that does not parse, a line that names a hook: it was
    written, and what the slip costs is said of the sentences that rely on it."""
    for file in files:
        for _, line in list(_hooks(file))[:1]:
            yield file.cite(line, note="the template's hooks" if _only_sample(file) else "")
        if problem := file.problems.get("yaml"):
            named = next((i for i, row in enumerate(file.lines, 1) if row.lstrip(" -").startswith("id: ")), 0)
            if named:
                yield file.cite(named, note=f"a hook is written down; the file {problem}")


def _only_sample(file: File) -> bool:
    return all(hook["id"].text in _SAMPLE_HOOKS for hook, _ in _hooks(file))


# -- measured style ----------------------------------------------------------------------------------------------------

_RULES = {
    "trailing white space": compile_later(r"(?m)(?<![ \t])[ \t]++$"),
    "tab indentation": compile_later(r"(?m)^ *+\t++ *+\S"),
    "bare except": compile_later(r"(?m)^[ \t]*except[ \t]*:"),
    "several statements on a line": compile_later(r"(?m)^[ \t]*(?:(?:if|for|while|with|elif)\b[^#\n\"'\[{(]*|else|try|finally): *[^\s#].*$|^[^#\"'\n]*;[ \t]*$"),
    "comparison with None or a truth value": compile_later(r"(?m)^[^#\"'\n]*[^=!<>][=!]= *(?:None|True|False)\b"),
    "wildcard import": compile_later(r"(?m)^from \S+ import \*"),
    "lambda assigned to a name": compile_later(r"(?m)^[ \t]*\w+ *= *lambda\b"),
}  # fmt: skip
_CUES = {  # of which a text with such a line has one
    "tab indentation": ("\t",),
    "bare except": ("except",),
    "comparison with None or a truth value": ("==", "!="),
    "wildcard import": ("import *",),
    "lambda assigned to a name": ("lambda",),
}
_TRIPLE = compile_later(r"(\"\"\"|''')[\s\S]*?\1")
_IMPORT = compile_later(r"(?m)^(?:from\s+(?!__future__)\S+\s+)?import\s+(?!\()([^#\n(*]+)(#.*)?$")


def style_findings(file: File, limit: int) -> dict[str, list[int]]:
    """What a style checker would say of a file by a few cheap rules: the lines by rule."""
    text = file.text
    found: dict[str, list[int]] = {}
    waived = {i for i, row in enumerate(file.lines, 1) if "# noqa" in row} if "# noqa" in text else set()

    code = _TRIPLE.sub(lambda m: "''" + "\n" * m[0].count("\n"), text)  # other languages' lines live in long strings

    def add(rule: str, line: int) -> None:
        if line not in waived:
            found.setdefault(rule, []).append(line)

    for i, row in enumerate(file.lines, 1):
        # a line that is one long word (an address) cannot be broken
        if len(row) > limit and len(row.strip().split(None, 2)) > 2:
            add(f"longer than {limit}", i)
    for rule, pattern in _RULES.items():
        if not any(cue in text for cue in _CUES.get(rule, ("",))):
            continue
        body = text if rule == "trailing white space" else code
        for match in pattern.finditer(body):
            add(rule, body.count("\n", 0, match.start()) + 1)
    if text and not text.endswith("\n"):
        add("no newline at the end", len(file.lines))
    if file.name != "__init__.py":
        words = Counter(re.findall(r"\w+", text))
        for match in _IMPORT.finditer(text):
            for part in match[1].split(","):
                name = re.split(r"\s+as\s+", part.strip())[-1].split(".")[0].strip()
                if name.isidentifier() and words[name] == 1:
                    add("unused import", text.count("\n", 0, match.start()) + 1)
    return found


def line_limit(files: Files) -> int:
    """The line length that the project sets for itself; 120 where it sets none."""
    for path in ("ruff.toml", ".ruff.toml", "pyproject.toml"):
        if (file := files.paths.get(path)) is not None and not file.skipped:
            data = toml(file)
            tool = data.get("tool") if path == "pyproject.toml" else {"ruff": data}
            for name in ("ruff", "black", "autopep8", "flake8"):
                told = table_of(tool, name)
                value = told.get("line-length", told.get("max_line_length"))
                if isinstance(value, int):
                    return value
    for path in (".flake8", "setup.cfg", "tox.ini"):
        if (file := files.paths.get(path)) is not None and not file.skipped and not files.aside(path):
            match = re.search(r"(?m)^max[-_]line[-_]length\s*=\s*(\d+)", file.text)
            if match and match[1] != "79":  # 79 is the old template's, and nobody keeps to it
                return number_of(match[1]) or 120
    return 120


# The rules that linters apply by default: a formatter's matters and the length of lines are not among them.
_UNASKED = frozenset(
    ["bare except", "several statements on a line", "comparison with None or a truth value", "wildcard import", "lambda assigned to a name",
     "unused import"]
)  # fmt: skip


def _measured(files: Files, only: frozenset[str]) -> tuple[int, dict[str, int], list[tuple[float, str]]]:
    """Code lines, findings by rule (all, or `only` some), and the share of findings by file, worst first."""
    limit = line_limit(files)
    code, rules, shares = 0, dict[str, int](), []
    for file in files:
        lines = sum(1 for row in file.lines if (bare := row.strip()) and not bare.startswith("#"))
        found = file.once(f"style {limit}", lambda file=file: style_findings(file, limit))  # type: ignore[misc]
        found = {rule: at for rule, at in found.items() if not only or rule in only}
        for rule, at in found.items():
            rules[rule] = rules.get(rule, 0) + len(at)
        code += lines
        if lines:
            shares.append((sum(map(len, found.values())) / lines, file.path))
    return code, rules, sorted(shares, reverse=True)


def _style_fact(files: Files, under: float, only: frozenset[str] = frozenset()) -> Iterator[Evidence]:
    code, rules, shares = _measured(files, only)
    total = sum(rules.values())
    if shares and shares[0][0]:
        worst = files.paths[shares[0][1]]
        first = min(min(at) for at in style_findings(worst, line_limit(files)).values())
        files.near = f"{worst.path}:{first}"
    if code and 100 * total / code < under:
        most = ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items(), key=lambda r: -r[1])[:4])
        yield Evidence(
            kind="fact",
            note=f"{100 * total / code:.1f} style findings per 100 code lines{' by a linter as it comes' * bool(only)} ({total} in {code} lines"
            + (f": {most})." if most else ")."),
            sources=tuple(path for _, path in shares[:5]),
        )


@probe(
    "code-style-clean",
    asks="Is the group's own code clean by a few rules of pep8 (under 3 findings per 100 lines)?",
    looks_in=OWN_CODE,
)
def code_style_clean(files: Files) -> Iterator[Evidence]:
    """Measured without running a linter: lines over the project's own limit (else 120), white space at line ends, tabs,
    bare `except`, several statements on a line, `== None`, wildcard and unused imports. Tests and reports are left out.
    Clean code is no proof of a tool: a weak sign."""
    yield from _style_fact(files, 3)


@probe(
    "code-style-fair",
    asks="Is the group's own code fairly clean by a few rules of pep8 (under 10 findings per 100 lines)?",
    looks_in=OWN_CODE,
)
def code_style_fair(files: Files) -> Iterator[Evidence]:
    """The same measure as `code-style-clean` with a wider margin, or under 5 by what linters look for unless they are told to
    look for more (ruff's E4, E7, E9 and F: no white space, no long lines): only above both is the style plainly poor. A weak
    sign."""
    yield from _style_fact(files, 10)
    yield from _style_fact(files, 5, _UNASKED)


@probe(
    "style-checked-and-clean",
    asks="Does a hook or CI check the style, and is the group's own code clean by it?",
    looks_in=(*OWN_CODE, "**/.pre-commit-config.y*ml", ".github/workflows/*.y*ml", ".gitlab-ci.y*ml"),
)
def style_checked_and_clean(files: Files) -> Iterator[Evidence]:
    """Both of what `style-tool` takes as a hook or a step of CI and of what `code-style-clean` measures: the one alone may be
    set up and not kept to, the other a matter of luck."""
    tools = files.matching("**/.pre-commit-config.y*ml", ".github/workflows/*.y*ml", ".gitlab-ci.y*ml")
    checked = [e for e in style_tool(tools) if e.note.startswith(("a style hook", "checks the style in CI"))]
    if checked:
        clean = list(_style_fact(files.matching(*OWN_CODE), 1))
        yield from (*checked[:2], *clean) if clean else ()


# -- typing and documentation ------------------------------------------------------------------------------------------

_LIFECYCLE = compile_later(r"^(forward|\w+_step|main|configure_optimizers|setup|__\w+__|_.*|on_\w+)$")


@probe(
    "typed-and-documented",
    asks="Is the group's own code typed or documented to some degree?",
    looks_in=(*OWN_CODE, "!tasks.py", "!setup.py"),
    mentions=("def ",),
)
def typed_and_documented(files: Files) -> Iterator[Evidence]:
    """The shares of public functions with a docstring and with an annotation, measured over own code without tests, task
    files, nested functions, dunders and Lightning's hooks. Found unless both shares are under a quarter."""
    yield from _typed_and_documented(files, lambda total, docs, types: 4 * docs >= total or 4 * types >= total)


@probe(
    "mostly-typed-and-documented",
    asks="Is most of the group's own code typed and documented?",
    looks_in=(*OWN_CODE, "!tasks.py", "!setup.py"),
    mentions=("def ",),
)
def mostly_typed_and_documented(files: Files) -> Iterator[Evidence]:
    """As `typed-and-documented`, found where both shares are two thirds or more: what somebody left open who meant less than
    that is left alone."""
    yield from _typed_and_documented(files, lambda total, docs, types: 3 * min(docs, types) >= 2 * total)


def _typed_and_documented(files: Files, enough: Callable[[int, int, int], bool]) -> Iterator[Evidence]:
    total = documented = typed = 0
    by_file: list[tuple[float, str, str]] = []
    for everything in (False, True):
        for file in files:
            module = python(file)
            functions = [
                f
                for f in (module.functions if module else ())
                if (f.qualname == f.name or f.owner) and (everything or not _LIFECYCLE.match(f.name))
            ]
            docs = sum(ast.get_docstring(f.node) is not None for f in functions)
            types = sum(_is_typed(f.node) for f in functions)
            total, documented, typed = total + len(functions), documented + docs, typed + types
            if functions:
                says = f"{file.path}: {docs}/{len(functions)} documented, {types}/{len(functions)} typed"
                by_file.append(((docs + types) / len(functions), says, file.path))
        if total:
            break
    if total and enough(total, documented, typed):
        core = [f for f in by_file if re.search(r"(?i)data|model|train", f[2])] or by_file
        worst = sorted(core)[:3]
        yield Evidence(
            kind="fact",
            note=f"Of {total} public functions {documented} ({100 * documented // total} %) have a docstring and {typed} "
            f"({100 * typed // total} %) an annotation; least in " + "; ".join(says for _, says, _ in worst) + ".",
            sources=tuple(path for _, _, path in worst),
        )


@probe(
    "typed-somewhere",
    asks="Is some function of the group's own typed or documented?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!docs/**", "!tasks.py", "!setup.py"),
    mentions=("def ", "class "),
)
def typed_somewhere(files: Files) -> Iterator[Evidence]:
    """Functions or classes with an annotation or a docstring of more than a few words, tests among them: two, or one in
    twenty. Weak: "a bit of typing" is no share, and only where there is as good as none is there nothing."""
    found: list[Evidence] = []
    total = 0
    for file in files:
        module = python(file)
        pieces: list[Function | Class] = [*module.functions, *module.classes] if module else []
        for f in pieces:
            total += 1
            typed = isinstance(f, Function) and _is_typed(f.node)
            if typed or len((ast.get_docstring(f.node) or "").split()) > 3:
                found.append(file.cite(f.line, note="" if found else "little, but some of it is typed or documented"))
    if len(found) > 1 or (found and total <= 20):
        yield from found[:5]


def _is_typed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return node.returns is not None or any(a.annotation is not None for a in arguments)


# -- command lines -----------------------------------------------------------------------------------------------------

_TEMPLATE_TARGETS = frozenset(
    ["create_environment", "requirements", "dev_requirements", "preprocess_data", "train", "test", "docker_build", "build_docs",
     "serve_docs", "build_documentation", "serve_documentation", "clean", "data", "help", "lint", "sync_data_to_s3",
     "sync_data_from_s3", "test_environment", ".PHONY", "all", "default"]
)  # fmt: skip


@probe(
    "command-line",
    asks="Does the group's own code offer a command line?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!**/tasks.py", "!tasks/**", "!setup.py", *NO_TESTS),
    mentions=("typer", "click", "argparse", "fire", "cyclopts", "LightningCLI", "ArgumentParser", "tyro", "docopt", "plac",
              "absl", "simple_parsing", "jsonargparse", "defopt"),
)  # fmt: skip
def command_line(files: Files) -> Iterator[Evidence]:
    """A command of typer, click, argparse, fire, cyclopts, LightningCLI or the like whose function does something, outside
    tests and reports. An import, the template's command around a stub, and Hydra's decorator do not count."""
    found = []
    for file in files:
        for program in programs(file):
            if program.kind != "hydra" and not program.hollow:
                name = f" `{program.name}`" if program.name else ""
                options = f": {', '.join(program.options[:8])}" if program.options else ""
                note = f"{program.kind} command{name}{options}"
                found.append((-len(program.options), file.cite(program.line, program.line + 1, note=note), file.path))
    seen: set[str] = set()
    first = [f for f in sorted(found, key=lambda f: f[0]) if not (f[2] in seen or seen.add(f[2]))]  # type: ignore[func-returns-value]
    yield from (f[1] for f in first)
    yield from (f[1] for f in found if f not in first)


@probe(
    "command-line-plain",
    asks="Does the group's own code offer a command line worth the name?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!**/tasks.py", "!tasks/**", "!setup.py", *NO_TESTS),
    mentions=("typer", "click", "argparse", "fire", "cyclopts", "LightningCLI", "ArgumentParser", "tyro", "docopt", "plac",
              "absl", "simple_parsing", "jsonargparse", "defopt"),
)  # fmt: skip
def command_line_plain(files: Files) -> Iterator[Evidence]:
    """As `command-line`, from three options or two commands on, of those that have a parameter which is used and whose module can start.
    `typer.run` around one function with a path is no choice of a command line, and around one without any it is the
    template's tail; a top-level name that nothing defines stops a module before its command line."""
    own = [
        (f, p)
        for f in files
        for p in programs(f)
        if p.kind != "hydra" and not p.hollow and _takes_something(f, p) and _can_start(f)
    ]
    if len(own) > 1 or any(len(p.options) > 2 for _, p in own):
        keep = {(f.path, p.line) for f, p in own}
        yield from (e for e in command_line(files) if (e.path, e.start) in keep)


def _can_start(file: File) -> bool:
    """Whether every name that the top of a module uses is bound somewhere in it: below `#from pathlib import Path` a `Path(...)`
    stops it."""
    module = python(file)
    if module is None:
        return False
    bound = {*module.aliases, *(f.name for f in module.functions), *(c.name for c in module.classes)}
    bound |= {n.id for n in module.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in module.nodes if isinstance(n, ast.arg)}
    bound |= {n.name for n in module.nodes if isinstance(n, ast.ExceptHandler) and n.name}
    imports = [n for n in module.nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    bound |= {(a.asname or a.name).split(".")[0] for n in imports for a in n.names}
    if "*" in bound:
        return True
    used = (
        n.id
        for s in module.tree.body
        if isinstance(s, ast.Assign | ast.AnnAssign | ast.Expr | ast.FunctionDef)
        for top in (_defaults(s) if isinstance(s, ast.FunctionDef) else [s])
        for n in ast.walk(top)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    )
    return all(name in bound or hasattr(builtins, name) or name.startswith("__") for name in used)


def _defaults(function: ast.FunctionDef) -> list[ast.expr]:
    """What Python computes when it comes to a function: defaults and decorators (annotations may be put off)."""
    arguments = function.args
    given = [d for d in (*arguments.defaults, *arguments.kw_defaults) if d is not None]
    return [*given, *function.decorator_list]


def _takes_something(file: File, program: Program) -> bool:
    """Whether a command has a parameter that its function uses; a parser whose arguments are not seen may."""
    module = python(file)
    if not program.name or program.kind == "LightningCLI":
        return True
    if not program.options:
        return False
    ends = [f for f in module.functions if f.end == program.end or f.qualname == program.name] if module else []
    if not ends:
        return True
    used = {n.id for f in ends for n in ast.walk(f.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    given = {a.arg for f in ends for a in ast.walk(f.node.args) if isinstance(a, ast.arg)}
    return bool(used & given)


@probe(
    "project-commands",
    asks="Are there project commands of the group's own (tasks, make targets, entry points)?",
    looks_in=(*TARGET_FILES, "setup.py", "!docs/**", "!**/tests/**"),
    mentions=("task", ":", "scripts"),
)
def project_commands(files: Files) -> Iterator[Evidence]:
    """An invoke task, a make or just target, a task of pixi, poe, pdm, hatch, nox or Taskfile with a name that the template
    does not bring, whose commands name only files that exist; or an entry point that leads to a function. The template's
    tasks, Sphinx's Makefile and dead commands do not count."""
    for file in files:
        if file.name in ("pyproject.toml", "setup.py"):
            for script in scripts(file, files):
                if script.kind in ("function", "object"):
                    yield file.cite(script.line, note=f"`{script.name}` leads to {script.found}")
    for file in files:
        if file.path == "tasks.py" and files.exists("tasks/__init__.py"):
            continue  # the package of that name wins
        for target in targets(file, files) if file.name != "setup.py" else ():
            if target.name not in _TEMPLATE_TARGETS and not target.missing:
                yield file.cite(target.line, target.line + 2, note=f"{target.kind} target `{target.name}`")


@probe(
    "template-commands",
    asks="Are there project commands at all, be it the template's?",
    looks_in=(*TARGET_FILES, "!docs/**"),
    stubs=True,
)
def template_commands(files: Files) -> Iterator[Evidence]:
    """Any invoke task, make or just target or the like, those of the template included: a weak sign."""
    for file in files:
        for target in targets(file, files)[:2]:
            yield file.cite(target.line, target.line + 1, note=f"{target.kind} target `{target.name}`")


@probe(
    "hydra-command-line",
    asks="Can a program be configured from the command line through Hydra?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("hydra",),
)
def hydra_command_line(files: Files) -> Iterator[Evidence]:
    """A function decorated with `hydra.main`: its configuration can be overridden on the command line, though no command
    line was written. A weak sign."""
    for file in files:
        for program in programs(file):
            if program.kind == "hydra" and not program.hollow:
                yield file.cite(program.line, program.line + 1)
