"""Tasks that run in environments of their own: tox, nox, invoke."""

import ast
import itertools
import re
from collections.abc import Iterator
from functools import partial

from auditor import limits
from auditor.facts.pycommands import python_commands
from auditor.facts.scenes import Call, Lookup, Script, said, shell_folder
from auditor.holes import Hole
from auditor.lazy import dataclass
from auditor.readers.nodes import literal
from auditor.readers.python import Function, Module, python
from auditor.readers.shell import Command
from auditor.readers.toml import toml, toml_line
from auditor.shapes import Table, below, rows_of, table_of, text_of, texts_of
from auditor.snapshot import File

# -- tox ---------------------------------------------------------------------------------------------------------------


def tox(lookup: Lookup, call: Call) -> Iterator[Script]:
    """The commands of the environments that are asked for (all of the list without a word), factors followed."""
    own, _, rest = " ".join(call.words).partition(" -- ")
    words = own.split(" ")
    chosen: list[str] = []
    labels: list[str] = []
    path = ""
    for i, word in enumerate(words):
        if word in ("-m", "--label") and i + 1 < len(words):
            labels.append(words[i + 1])
        if word in ("-e", "--env", "-e=") and i + 1 < len(words):
            chosen += [w for w in words[i + 1].split(",") if w]
        elif word in ("-c", "--conf", "--workdir") and i + 1 < len(words):
            path = words[i + 1] if word != "--workdir" else path
        elif word.startswith("-e") and len(word) > 2 and not word.startswith("--"):
            chosen += [w for w in word[2:].lstrip("=").split(",") if w]
    if any("$" in c for c in chosen):
        lookup.lost(call, "whose environment is only known when it runs")
        return
    names = [path] if path.endswith((".ini", ".toml", ".cfg")) else []
    names = names or [f"{path}/{n}" if path else n for n in ("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml")]
    for name in names:
        found = lookup.beside(call, name)
        if found is None:
            continue
        if found.suffix == "toml":
            data = toml(found)
            told = data if found.name == "tox.toml" else table_of(data, "tool", "tox")
            if isinstance(legacy := told.get("legacy_tox_ini"), str):
                yield from _ini(
                    lookup, found, legacy, toml_line(found, "legacy_tox_ini") + 1, call, chosen, labels, rest
                )
                return
            if told:
                chosen += _labelled_tables(told, labels)
                yield from _native(found, told, call, chosen, rest)
                return
        elif "[testenv" in found.text or "[tox]" in found.text:
            yield from _ini(lookup, found, found.text, 1, call, chosen, labels, rest)
            return
    lookup.lost(call, "and no configuration of tox is there to be read")


def _labelled(sections: "Sections", labels: list[str]) -> list[str]:
    """The environments of an INI file that have one of the labels, or that `labels` of `[tox]` names for one."""
    if not labels:
        return []
    made = []
    for name, section in sections.items():
        own = {w for _, row in section.get("labels", ()) for w in re.split(r"[,\s]+", row)}
        if name.startswith("testenv:") and own & set(labels):
            made += [e for g in name[8:].split(", ") for e in _braces(g)]
    for _, row in (sections.get("tox") or sections.get("tox:tox") or {}).get("labels", ()):
        label, _, rest = row.partition("=")
        if label.strip() in labels:
            made += [e for g in re.split(r"[,\s]+(?![^{]*\})", rest.strip()) if g for e in _braces(g)]
    return made


def _labelled_tables(told: Table, labels: list[str]) -> list[str]:
    """The same of a TOML file."""
    made = [
        name
        for name, one in table_of(told, "env").items()
        if not set(labels).isdisjoint(texts_of(below(one, "labels")))
    ]
    for label in labels:
        made += texts_of(below(told, "labels", label))
    return made


def _native(file: File, told: Table, call: Call, chosen: list[str], rest: str) -> Iterator[Script]:
    listed = rows_of(told.get("env_list", told.get("envlist")))
    environments = table_of(told, "env")
    for name in chosen or texts_of(listed) or ["py"]:
        environment = {**table_of(told, "env_run_base"), **table_of(environments.get(name))}
        for key in ("commands_pre", "commands", "commands_post"):
            for item in rows_of(environment.get(key)):
                words: list[str] = []
                for word in rows_of(item):
                    if isinstance(word, str):
                        words.append(word)
                    elif below(word, "replace") == "posargs":
                        words += rest.split() or texts_of(below(word, "default"))
                line = toml_line(file, *([name] if name in environments else []), key)
                yield Script(file, (Command(" ".join(words), line),), file.folder, call.values)


def _braces(text: str) -> list[str]:
    """The names that a generative list stands for: `py{311,312}-{a,b}` are four."""
    parts = re.split(r"\{([^{}]*)\}", text)
    choices = [[p] if i % 2 == 0 else p.split(",") for i, p in enumerate(parts)]
    return ["".join(c).replace(" ", "") for c in itertools.islice(itertools.product(*choices), _FACTORS)]


_FACTORS = 200  # names that one list stands for


Sections = dict[str, dict[str, list[tuple[int, str]]]]


def _sections(text: str, start: int) -> Sections:
    """An INI file's sections, each key with the lines of its value."""
    found: Sections = {}
    section, key = "", ""
    for line, row in enumerate(text.split("\n"), start):
        if head := re.match(r"\[([^\]]+)\]\s*$", row):
            section, key = head[1].strip(), ""
            found.setdefault(section, {})
        elif (setting := re.match(r"([\w-]+)\s*[=:]\s*(.*)$", row)) and section:
            key = setting[1]
            found[section][key] = [(line, setting[2].strip())] if setting[2].strip() else []
        elif row[:1] in (" ", "\t") and key and row.strip() and not row.strip().startswith(("#", ";")):
            found[section][key].append((line, row.strip()))
    return found


@dataclass(frozen=True)
class _Ini:
    """The sections of an INI file, and those of environments by the names of all that they stand for."""

    sections: Sections
    own: dict[str, dict[str, list[tuple[int, str]]]]


def _ini_of(text: str, start: int) -> _Ini:
    made = _Ini(_sections(text, start), {})
    for key, section in made.sections.items():
        if key.startswith("testenv:"):
            for name in (e for g in key[8:].split(", ") for e in _braces(g)):
                made.own.setdefault(name, section)
    return made


def _ini(
    lookup: Lookup, file: File, text: str, start: int, call: Call, chosen: list[str], labels: list[str], rest: str
) -> Iterator[Script]:
    read = file.once("tox", lambda: _ini_of(text, start))
    sections = read.sections
    chosen = chosen + _labelled(sections, labels)
    head = sections.get("tox") or sections.get("tox:tox") or {}
    listed = " ".join(t for _, t in head.get("envlist", head.get("env_list", [])))
    groups = [g for g in re.split(r"[,\s]+(?![^{]*\})", listed) if g]
    named = iter(chosen) if chosen else (e for g in groups or ["python"] for e in _braces(g))
    for name in named:
        if not lookup.goes_on(call, 0):
            return
        environment = {**sections.get("testenv", {}), **read.own.get(name, {})}
        folder = shell_folder(
            file.folder, " ".join(t for _, t in environment.get("changedir", [])).replace("{toxinidir}/", "")
        )
        for key in ("commands_pre", "commands", "commands_post"):
            joined = ""
            for line, row in environment.get(key, ()):
                for at, one in _referred(sections, line, row, 0, set()):
                    one = _for_factor(one, name)
                    if one.endswith("\\"):
                        joined += one[:-1] + " "
                        continue
                    one, joined = joined + one, ""
                    soft = one.startswith("-")
                    made = said(file, _filled(one.lstrip("-! "), rest), at, call, folder)
                    yield made.softened() if soft else made


def _referred(
    sections: Sections, line: int, text: str, depth: int, done: set[tuple[str, str]]
) -> Iterator[tuple[int, str]]:
    """A line, or those of the setting that it stands for, each setting once."""
    reference = re.fullmatch(r"\{\[([^\]]+)\](\w+)\}", text)
    if not reference or depth > 5:
        yield line, text
        return
    if (asked := (reference[1], reference[2])) in done:
        return
    done.add(asked)
    for at, row in sections.get(reference[1], {}).get(reference[2], ()):
        yield from _referred(sections, at, row, depth + 1, done)


def _for_factor(text: str, name: str) -> str:
    """A line without the factors in front of it; empty where none of them is the environment's."""
    match = re.match(r"(!?[\w.{},!-]+):\s+(.*)$", text)
    if not match:
        return text
    factors = set(name.split("-"))
    groups = re.split(r",(?![^{]*\})", match[1][: limits.COMMAND.value])
    for one in itertools.islice((e for g in groups for e in _braces(g)), _FACTORS):
        parts = one.split("-")
        if all((p[1:] not in factors) if p.startswith("!") else p in factors for p in parts):
            return match[2]
    return ""


def _filled(text: str, rest: str) -> str:
    text = re.sub(r"\{posargs(?::([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}", lambda m: rest or m[1] or "", text)
    text = text.replace("{envpython}", "python").replace("{envbindir}/", "").replace("{toxinidir}/", "")
    text = re.sub(r"\{env:\w+:([^{}]*)\}", r"\1", text)
    return re.sub(r"\{(?:env_?\w*|tox\w*|env:\w+|/|distdir|homedir)\}", "$()", text)


# -- nox ---------------------------------------------------------------------------------------------------------------


def nox(lookup: Lookup, call: Call) -> Iterator[Script]:
    """What the sessions that are asked for run; without a word, those of `nox.options.sessions`, or all."""
    chosen: list[str] = []
    path, words, at = "noxfile.py", call.words, 1
    by_tag = False
    while at < len(words) and words[at] != "--":
        if words[at] in ("-s", "--session", "--sessions", "-e"):
            while at + 1 < len(words) and not words[at + 1].startswith("-"):
                at += 1
                chosen.append(words[at])
        elif words[at] in ("-f", "--noxfile") and at + 1 < len(words):
            at += 1
            path = words[at]
        elif words[at] in ("-t", "--tags", "-k", "--keywords"):
            by_tag = True
        at += 1
    if any("$" in c for c in chosen):
        lookup.lost(call, "whose session is only known when it runs")
        return
    found = lookup.beside(call, path)
    if found is None:
        lookup.lost(call, "and no noxfile is there to be read")
        return
    module = python(found)
    if module is None:
        return
    sessions = found.once(
        "nox sessions",
        lambda: {_task_name(module, f, "session"): f for f in module.functions if _decorated(f, "session")},
    )
    if not chosen and not by_tag:
        chosen = _default_sessions(module)
    wanted = list(chosen or sessions)
    done: set[str] = set()
    while wanted:
        full = wanted.pop(0)
        name = re.sub(r"\(.*\)$|-\d[\d.]*$", "", full)
        name = name if name in sessions else full
        if name in done:
            continue
        done.add(name)
        if name not in sessions:
            lookup.lost(call, f"a session (`{full}`) that {found.path} does not have")
            continue
        function = sessions[name]
        yield from _python_body(lookup, call, found, module, function, sessions=True)
        for notified in module.calls_in(function.line, function.end):
            if notified.name.endswith(".notify") and isinstance(n := literal(notified.argument(0)), str):
                wanted.append(n)


def _default_sessions(module: Module) -> list[str]:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and module.name(node.targets[0]) == "nox.options.sessions":
            return texts_of(rows_of(literal(node.value)))
    return []


def _decorated(function: Function, word: str) -> bool:
    return any(d.rsplit(".", 1)[-1].removesuffix("()") == word for d in function.decorators)


def _decorator(module: Module, function: Function, word: str) -> ast.Call | None:
    for node in function.node.decorator_list:
        if isinstance(node, ast.Call) and module.name(node.func).rsplit(".", 1)[-1] == word:
            return node
    return None


def _task_name(module: Module, function: Function, word: str) -> str:
    node = _decorator(module, function, word)
    given = next((literal(k.value) for k in node.keywords if k.arg == "name"), None) if node else None
    return text_of(given) or function.name


def _python_body(
    lookup: Lookup, call: Call, file: File, module: Module, function: Function, sessions: bool = False
) -> Iterator[Script]:
    """The commands of a function and of the helpers in its file that it calls."""
    by_name = file.once("functions by name", lambda: {f.name: f for f in module.functions if not f.owner})
    todo, done = [function], {function.name}
    found: list[Command] = []
    computed: list[int] = []
    for one in todo:
        commands, lines = python_commands(file, module, one, sessions)
        found += commands
        computed += lines
        for inner in module.calls_in(one.line, one.end):
            if inner.name in by_name and inner.name not in done:
                done.add(inner.name)
                todo.append(by_name[inner.name])
    yield Script(file, tuple(found), file.folder if file.folder != "tasks" else "", call.values)
    for line in computed[:3]:
        lookup.holes[Hole(file.path, "starts a command that is only known when it runs", line)] = None


# -- invoke ------------------------------------------------------------------------------------------------------------


def invoke(lookup: Lookup, call: Call) -> Iterator[Script]:
    """What the tasks that are asked for run, with those before and after them."""
    names: list[str] = []
    path, words, at = "tasks", call.words, 1
    while at < len(words):
        if words[at] in ("-c", "--collection", "-r", "--search-root") and at + 1 < len(words):
            at += 1
            path = words[at] if words[at - 1] in ("-c", "--collection") else path
        elif not words[at].startswith("-") and "=" not in words[at]:
            names.append(words[at])
        at += 1
    found = lookup.upward(call, f"{path}.py", f"{path}/__init__.py")
    if found is None:
        lookup.lost(call, f"and no {path}.py is there to be read")
        return
    files = [found]
    if found.name == "__init__.py" and (module := python(found)):
        for name in module.imports:
            part = name.lstrip(".").removeprefix(f"{path}.").split(".")[0]
            if (more := lookup.find(found.folder, f"{part}.py")) and more not in files:
                files.append(more)
    tasks: dict[str, tuple[File, Module, Function]] = {}
    for file in files:
        for key, task in file.once("invoke tasks", partial(_tasks_of, file)).items():
            tasks.setdefault(key, task)
    known_names = [n for n in names if n.replace("_", "-").rsplit(".", 1)[-1] in tasks]
    if names and names[0] not in known_names:
        lookup.lost(call, f"a task that {found.path} does not have")
    done: set[str] = set()
    for name in known_names:  # words behind a task may be its arguments
        yield from _task(lookup, call, tasks, name.replace("_", "-").rsplit(".", 1)[-1], done)


def _tasks_of(file: File) -> dict[str, tuple[File, Module, Function]]:
    """The tasks of a file by each name that they go by."""
    module = python(file)
    tasks: dict[str, tuple[File, Module, Function]] = {}
    for function in module.functions if module else ():
        if module and _decorated(function, "task"):
            node = _decorator(module, function, "task")
            aliases = next((literal(k.value) for k in node.keywords if k.arg == "aliases"), None) if node else None
            for key in (_task_name(module, function, "task"), function.name, *texts_of(rows_of(aliases))):
                tasks.setdefault(key.strip("_").replace("_", "-"), (file, module, function))
    return tasks


def _task(
    lookup: Lookup, call: Call, tasks: dict[str, tuple[File, Module, Function]], name: str, done: set[str]
) -> Iterator[Script]:
    if name in done or name not in tasks:
        return
    done.add(name)
    file, module, function = tasks[name]
    node = _decorator(module, function, "task")
    before = list(node.args) if node else []
    after: list[ast.expr] = []
    for keyword in node.keywords if node else ():
        if keyword.arg in ("pre", "post") and isinstance(keyword.value, ast.List | ast.Tuple):
            (before if keyword.arg == "pre" else after).extend(keyword.value.elts)

    def also(nodes: list[ast.expr]) -> Iterator[Script]:
        for one in nodes:
            inner = one.args[0] if isinstance(one, ast.Call) and one.args else one  # `call(task, arg)`
            yield from _task(
                lookup, call, tasks, module.name(inner).rsplit(".", 1)[-1].strip("_").replace("_", "-"), done
            )

    yield from also(before)
    yield from _python_body(lookup, call, file, module, function)
    yield from also(after)
