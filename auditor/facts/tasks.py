"""Named tasks: poe, pdm, hatch, rye, pixi and taskipy, package.json, Taskfiles, and a project's own programs."""

import re
import shlex
from collections.abc import Iterator

from auditor.facts.filling import put_in
from auditor.facts.pycommands import python_commands
from auditor.facts.scenes import Call, Lookup, Script, said, shell_folder
from auditor.holes import Hole
from auditor.lazy import compile_later
from auditor.readers.python import python
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import Node, yaml_root
from auditor.shapes import Table, below, rows_of, table_of, text_of, texts_of
from auditor.snapshot import File

_DEPTH = 12


def _names(call: Call, valued: frozenset[str] = frozenset(), skip: int = 1) -> tuple[list[str], dict[str, str]]:
    """The plain words behind a program, up to the first that its task would get, and the options with a value."""
    plain: list[str] = []
    options: dict[str, str] = {}
    at = skip
    while at < len(call.words):
        word = call.words[at]
        if word in valued and at + 1 < len(call.words):
            options[word] = call.words[at + 1]
            at += 1
        elif word.startswith("--") and "=" in word:
            options[word.split("=")[0]] = word.split("=", 1)[1]
        elif not word.startswith("-"):
            plain.append(word)
        at += 1
    return plain, options


def _words(value: object) -> str:
    """A command that is a text or a list of words."""
    return shlex.join(texts_of(value)) if isinstance(value, list) else text_of(value)


def _function(lookup: Lookup, call: Call, target: str, seen: int = 0) -> Iterator[Script]:
    """The commands of `package.module:function`."""
    module, _, name = target.partition(":")
    name = re.split(r"\W", name)[0]
    path = module.replace(".", "/")
    names = [f"{p}{path}{end}" for p in ("", "src/") for end in (".py", "/__init__.py", "/__main__.py")]
    found = lookup.upward(call, *names)
    if found is None:
        lookup.lost(call, f"which leads to {target}, which is not in the repository")
        return
    read = python(found)
    if read is None:
        return
    function = next((f for f in read.functions if f.name == name), None)
    if function:  # one that calls others of its file: all of the file is what it may do
        own = found.once("names of functions", lambda: {f.name for f in read.functions})
        inside = read.calls_in(function.line, function.end)
        function = None if any(c.inside == function.qualname and c.name in own for c in inside) else function
    made, computed = python_commands(found, read, function)
    yield Script(found, made, call.folder, call.values)
    for line in computed[:3]:
        lookup.holes[Hole(found.path, "starts a command that is only known when it runs", line)] = None


def project_script(lookup: Lookup, call: Call) -> Iterator[Script]:
    """What a program of the project's own (`[project.scripts]`) starts."""
    if not re.fullmatch(r"[\w.-]+", call.words[0]):
        return
    found = lookup.upward(call, "pyproject.toml")
    if found is None or call.words[0] not in found.text:
        return
    data = toml(found)
    for told in (table_of(data, "project", "scripts"), table_of(data, "tool", "poetry", "scripts")):
        target = text_of(below(told, call.words[0], "callable") or told.get(call.words[0]))
        if ":" in target:
            yield from _function(lookup, call, target)


# -- poe ---------------------------------------------------------------------------------------------------------------


def poe(lookup: Lookup, call: Call) -> Iterator[Script]:
    """`poe NAME`: `cmd`, `shell`, `script`, `sequence`, `ref`, `switch`, `deps`; a list is of names of tasks."""
    names, options = _names(call, frozenset(["-C", "--directory", "--root", "-e", "--executor"]))
    into = options.get("-C") or options.get("--directory") or options.get("--root") or ""
    call = call.moved(shell_folder(call.folder, into), call.base)
    found = lookup.upward(call, "poe_tasks.toml", "pyproject.toml")
    if not names:
        return
    if found is None:
        lookup.lost(call, "and no task file is there to be read")
        return
    data = toml(found)
    tasks = table_of(data, "tool", "poe", "tasks") or table_of(data, "tasks")
    if names[0] not in tasks:
        lookup.lost(call, f"a task that {found.path} does not have")
        return
    yield from _poe_task(lookup, call, found, tasks, names[0], tasks[names[0]], 0, {names[0]})


def _poe_task(
    lookup: Lookup, call: Call, file: File, tasks: Table, name: str, task: object, depth: int, done: set[str]
) -> Iterator[Script]:
    if not lookup.goes_on(call, depth):
        return
    line = toml_line(file, name)

    def named(one: object) -> Iterator[Script]:
        words = text_of(one).split()
        if words and words[0] in tasks:
            if words[0] not in done:
                done.add(words[0])
                yield from _poe_task(lookup, call, file, tasks, words[0], tasks[words[0]], depth + 1, done)
        elif words:
            yield said(file, text_of(one), line, call, file.folder)
        elif isinstance(one, dict | list):
            yield from _poe_task(lookup, call, file, tasks, name, one, depth + 1, done)

    if isinstance(task, str):
        yield said(file, task, line, call, file.folder)
    elif isinstance(task, list):
        for item in task:
            yield from named(item)
    elif isinstance(task, dict):
        for need in rows_of(task.get("deps")):
            yield from named(need)
        for key in ("cmd", "shell"):
            if one := _words(task.get(key)):
                yield said(file, one, line, call, shell_folder(file.folder, text_of(task.get("cwd"))))
        if isinstance(target := task.get("script"), str):
            yield from _function(lookup, call.moved(file.folder, file.folder), target)
        if "ref" in task:
            yield from named(task["ref"])
        for key in ("sequence", "parallel", "switch"):
            for item in rows_of(task.get(key)):
                yield from named(item)


# -- pdm, rye ----------------------------------------------------------------------------------------------------------


def pdm(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`pdm run NAME` or `pdm NAME`: `cmd`, `shell`, `composite`, `call`, with what goes before and after it."""
    names, _ = _names(call, frozenset(["-p", "--project", "--venv"]))
    names = names[1:] if names[:1] == ["run"] else names
    found = lookup.upward(call, "pyproject.toml")
    tasks = table_of(toml(found), "tool", "pdm", "scripts") if found else {}
    if not found or not names or names[0] not in tasks:
        return None
    return _chained(lookup, call, found, tasks, names[0], 0, set())


def rye(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`rye run NAME`: text, a list of words, `cmd`, `chain`, `call`."""
    names, _ = _names(call, frozenset(["-p", "--pyproject"]))
    names = names[1:] if names[:1] in (["run"], ["r"]) else []
    found = lookup.upward(call, "pyproject.toml")
    tasks = table_of(toml(found), "tool", "rye", "scripts") if found else {}
    if not found or not names or names[0] not in tasks:
        return None
    return _chained(lookup, call, found, tasks, names[0], 0, set())


def _chained(
    lookup: Lookup, call: Call, file: File, tasks: Table, name: str, depth: int, done: set[str]
) -> Iterator[Script]:
    if name in done or not lookup.goes_on(call, depth):
        return
    done.add(name)
    line = toml_line(file, name)
    for part in (f"pre_{name}", name, f"post_{name}"):
        task = tasks.get(part)
        if task is None or (part != name and depth > _DEPTH - 2):
            continue
        if isinstance(task, str | list):
            yield said(file, _words(task), line, call, file.folder)
        elif isinstance(task, dict):
            for key in ("cmd", "shell"):
                if one := _words(task.get(key)):
                    yield said(file, one, line, call, file.folder)
            if isinstance(target := task.get("call"), str):
                yield from _function(lookup, call, target)
            for key in ("composite", "chain"):
                for item in rows_of(task.get(key)):
                    words = _words(item).split()
                    if words and words[0] in tasks:
                        yield from _chained(lookup, call, file, tasks, words[0], depth + 1, done)
                    elif words:
                        yield said(file, _words(item), line, call, file.folder)


# -- hatch -------------------------------------------------------------------------------------------------------------


def hatch(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`hatch run [ENV:]NAME`: the environment's scripts and those of the one that it is made from; a script's line may
    begin with another's name."""
    plain, options = _names(call, frozenset(["-e", "--env", "-p", "--project"]))
    if plain[:1] != ["run"] or len(plain) < 2:
        return None
    environment, _, name = plain[1].rpartition(":")
    environment = environment.lstrip("+-") or options.get("-e") or options.get("--env") or "default"
    found, environments = hatch_table(lookup, call)
    if found is None:
        return None
    scripts = hatch_scripts(environments, environment, 0)
    if name not in scripts:
        if ":" in plain[1] and environment not in environments:
            lookup.lost(call, f"an environment that {found.path} does not have")
        elif ":" in plain[1]:  # any program may be run in an environment
            return iter([said(call.file, shlex.join([name, *plain[2:]]), call.line, call)])
        return None
    return hatch_task(lookup, call, found, scripts, name)


def hatch_table(lookup: Lookup, call: Call) -> tuple[File | None, Table]:
    """The file of hatch's environments, and these."""
    found = lookup.upward(call, "hatch.toml", "pyproject.toml")
    if found is None:
        return None, {}
    data = toml(found)
    return found, table_of(data, "envs") or table_of(data, "tool", "hatch", "envs")


def hatch_scripts(environments: Table, name: str, depth: int) -> Table:
    """The scripts of an environment and of the one that it is made from."""
    environment = table_of(environments, name)
    template = text_of(environment.get("template")) or "default"
    above = hatch_scripts(environments, template, depth + 1) if template != name and depth < 5 else {}
    return {**above, **table_of(environment, "scripts"), **table_of(environment, "extra-scripts")}


def hatch_task(
    lookup: Lookup, call: Call, file: File, scripts: Table, name: str, depth: int = 0, done: set[str] | None = None
) -> Iterator[Script]:
    """The commands of one of these scripts, others that it begins with followed, each once."""
    done = set() if done is None else done
    if name in done or not lookup.goes_on(call, depth):
        return
    done.add(name)
    for one in texts_of(scripts[name]):
        one = re.sub(r"\{args(?::([^}]*))?\}", r"\1", one.removeprefix("- "))
        first = next(iter(one.split()), "")
        if first in scripts and first != name:
            yield from hatch_task(lookup, call, file, scripts, first, depth + 1, done)
        elif first:
            yield said(file, one, toml_line(file, name), call, file.folder)


# -- pixi --------------------------------------------------------------------------------------------------------------


def pixi(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`pixi run [-e ENV] NAME`: tasks of every table, with what they depend on."""
    valued = frozenset(["-e", "--environment", "--manifest-path", "-p", "--platform"])
    names, options = _names(call, valued)
    if names[:1] not in (["run"], ["r"]) or len(names) < 2:
        return None
    manifest = options.get("--manifest-path", "")
    found = lookup.beside(call, manifest) if manifest else lookup.upward(call, "pixi.toml", "pyproject.toml")
    if found is None:
        lookup.lost(call, "and no pixi manifest is there to be read")
        return None
    data = toml(found)
    tasks: dict[str, list[object]] = {}
    for told in _pixi_tables(data if found.name == "pixi.toml" else table_of(data, "tool", "pixi")):
        for key, value in told.items():
            tasks.setdefault(key, []).append(value)
    return _pixi(call, found, tasks, names[1], set()) if names[1] in tasks else None


def _pixi_tables(data: Table) -> Iterator[Table]:
    for place in (data, *table_of(data, "feature").values()):
        yield table_of(place, "tasks")
        for target in table_of(place, "target").values():
            yield table_of(target, "tasks")


def _pixi(call: Call, file: File, tasks: dict[str, list[object]], name: str, done: set[str]) -> Iterator[Script]:
    if name in done:
        return
    done.add(name)
    for task in tasks.get(name, ()):
        needs = below(task, "depends-on") or below(task, "depends_on")
        if isinstance(task, list) and all(isinstance(t, dict) or text_of(t) in tasks for t in task):
            needs, task = task, ""
        for need in rows_of(needs) or [needs]:
            yield from _pixi(call, file, tasks, text_of(below(need, "task") or need), done)
        one = _words(below(task, "cmd") if isinstance(task, dict) else task)
        if one := re.sub(r"\{\{(?:[^{\n]|\{(?!\{))*?\}\}", "$()", one):
            into = text_of(below(task, "cwd"))
            yield said(file, one, toml_line(file, name), call, shell_folder(file.folder, into))


# -- package.json ------------------------------------------------------------------------------------------------------

_NPM_OWN = frozenset(
    [
        "install",
        "i",
        "ci",
        "add",
        "exec",
        "dlx",
        "publish",
        "pack",
        "init",
        "config",
        "audit",
        "cache",
        "create",
        "x",
        "version",
        "remove",
        "up",
        "update",
        "login",
        "whoami",
        "link",
        "dedupe",
        "global",
        "outdated",
        "set",
        "import",
    ]
)


def npm(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`npm run NAME`, `npm test`, `yarn NAME`: the script with the ones before and after it."""
    valued = frozenset(["--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "--filter", "-F"])
    names, options = _names(call, valued)
    runs = names[:1] in (["run"], ["run-script"])
    names = names[1:] if runs else names
    if not names or (not runs and names[0] in _NPM_OWN):
        return None
    own = {"t": "test", "tst": "test"}
    name = own.get(names[0], names[0])
    into = next((options[o] for o in ("--prefix", "-C", "--cwd", "--dir", "-w", "--workspace") if o in options), "")
    folder = shell_folder(call.folder, into)
    found = lookup.upward(call.moved(folder, shell_folder(call.base, into)), "package.json")
    if found is None:
        lookup.lost(call, "and no package.json is there to be read")
        return None
    scripts = yaml_root(found)["scripts"]
    if name not in scripts:
        if runs or "--filter" in options or "-F" in options:
            lookup.lost(call, f"a script that {found.path} does not have")
        return None
    parts = [p for p in (f"pre{name}", name, f"post{name}") if p in scripts]
    return iter([said(found, scripts[p].text, scripts[p].line, call, found.folder) for p in parts])


# -- Taskfile, taskipy -------------------------------------------------------------------------------------------------

_FILES = 50  # that one call of a Taskfile reads, as often as each is included
_VALUE = compile_later(r"\{\{-?\s*\.([\w.]+)[^}]*\}\}")
_TASKFILES = tuple(
    f"{n}.{e}" for n in ("Taskfile", "taskfile", "Taskfile.dist", "taskfile.dist") for e in ("yml", "yaml")
)


def taskfile(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`task NAME ...` of a Taskfile (commands, dependencies, calls, variables, includes), or of taskipy."""
    names, options = _names(call, frozenset(["-d", "--dir", "-t", "--taskfile", "-o", "-C"]))
    given = dict(w.split("=", 1) for w in names if "=" in w)
    names = [n for n in names if "=" not in n and n != "run"]
    into = options.get("-d") or options.get("--dir") or ""
    path = options.get("-t") or options.get("--taskfile")
    there = call.moved(shell_folder(call.folder, into), call.base)
    found = lookup.beside(there, path) if path else lookup.upward(there, *_TASKFILES)
    if found is None:
        project = lookup.upward(call, "pyproject.toml")
        tasks = table_of(toml(project), "tool", "taskipy", "tasks") if project else {}
        if project and names and names[0] in tasks:
            return _taskipy(call, project, tasks, names[0])
        lookup.lost(call, "and no task of that name is there to be read")
        return None
    return _taskfile(lookup, call, found, names, given)


def _taskipy(call: Call, file: File, tasks: Table, name: str) -> Iterator[Script]:
    for part in (f"pre_{name}", name, f"post_{name}"):
        task = tasks.get(part)
        if one := _words(below(task, "cmd") if isinstance(task, dict) else task):
            yield said(file, one, toml_line(file, part), call, file.folder)


def _taskfile(lookup: Lookup, call: Call, file: File, names: list[str], given: dict[str, str]) -> Iterator[Script]:
    tasks: dict[str, tuple[File, Node, str, dict[str, str]]] = {}
    holes = _collect(lookup, file, "", file.folder, {}, tasks, 0, [])
    aliases = {a: key for key, (_, node, _, _) in tasks.items() for a in node["aliases"].texts()}
    for name in names or ["default"]:
        key = name if name in tasks else aliases.get(name, name)
        if key not in tasks:
            lookup.holes.update(dict.fromkeys(holes))
            if not holes:
                lookup.lost(call, f"a task that {file.path} does not have")
            continue
        yield from _taskfile_task(lookup, call, tasks, key, given, set(), 0)


def _collect(
    lookup: Lookup,
    file: File,
    prefix: str,
    folder: str,
    variables: dict[str, str],
    tasks: dict[str, tuple[File, Node, str, dict[str, str]]],
    depth: int,
    read: list[str],
) -> list[Hole]:
    read.append(file.path)  # as often as it is included: each time under another name
    root = yaml_root(file)
    holes = []
    values = {**variables, **_variables(root["vars"]), **_variables(root["env"])}
    for key, (_, node) in root["tasks"].entries.items():
        tasks.setdefault(prefix + key, (file, node, folder, values))
    for space, (line, node) in root["includes"].entries.items():
        path = (node["taskfile"] or node).text
        into = shell_folder(file.folder, node["dir"].text) if node["dir"] else file.folder
        inner = prefix if node["flatten"].text == "true" else f"{prefix}{space}:"
        options = [path] if path.endswith(("yml", "yaml")) else [f"{path}/{n}" for n in _TASKFILES]
        followed = bool(path) and depth < 5 and len(read) < _FILES
        found = next((f for o in options if followed and (f := lookup.find(file.folder, o))), None)
        if found is None:
            if node["optional"].text != "true":
                holes.append(Hole(file.path, f"includes `{path}`, which cannot be read here", line))
        else:
            more = {**values, **_variables(node["vars"])}
            folder_of = into if node["dir"] else found.folder
            holes += _collect(lookup, found, inner, folder_of, more, tasks, depth + 1, read)
    return holes


def _variables(node: Node) -> dict[str, str]:
    return {key: value.text if value.kind == "text" else "$()" for key, (_, value) in node.entries.items()}


def _taskfile_task(
    lookup: Lookup,
    call: Call,
    tasks: dict[str, tuple[File, Node, str, dict[str, str]]],
    name: str,
    given: dict[str, str],
    done: set[tuple[str, frozenset[tuple[str, str]]]],
    depth: int,
) -> Iterator[Script]:
    asked = (name, frozenset(given.items()))
    if asked in done or name not in tasks or not lookup.goes_on(call, depth):
        return
    done.add(asked)
    file, node, folder, variables = tasks[name]
    values = {**variables, **_variables(node["vars"]), **given}
    if node.kind == "map" and node["dir"]:
        folder = shell_folder(folder, node["dir"].text)
    space = name.rpartition(":")[0]

    def put(text: str) -> str:
        for _ in range(4):
            if "{{" not in text or len(text) > 20_000:
                break
            text = put_in(_VALUE, lambda m: values.get(m[1], "" if m[1] == "CLI_ARGS" else "$()"), text)
        return re.sub(r"\{\{(?:[^{\n]|\{(?!\{))*?\}\}", "$()", text)

    def called(item: Node) -> Iterator[Script]:
        target = put((item["task"] or item).text)
        target = (
            target[1:] if target.startswith(":") else f"{space}:{target}" if f"{space}:{target}" in tasks else target
        )
        if target not in tasks:
            lookup.lost(call, f"which calls the task `{target}` that {file.path} does not have")
        more = {k: put(v) for k, v in _variables(item["vars"]).items()}
        yield from _taskfile_task(lookup, call, tasks, target, more, done, depth + 1)

    if node.kind != "map":
        for item in node.items or [node]:
            if item.kind == "text":
                yield said(file, put(item.text), item.line, call, folder)
        return
    for item in node["deps"].items:
        yield from called(item)
    for item in [*node["cmds"].items, *([node["cmd"]] if node["cmd"] else [])]:
        if item.kind == "map" and item["task"]:
            yield from called(item)
        elif text := (item["cmd"] or item["defer"] or item).text:
            yield said(file, put(text), item.line, call, folder)
