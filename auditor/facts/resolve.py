"""From a command to the commands that it really runs: tasks, targets, sessions and scripts of the commit, at any depth.

What a command calls and what is not there, or cannot be read, is a hole that is kept beside what was found; nothing is
taken for empty because it could not be followed.
"""

import itertools
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from auditor import limits
from auditor.facts.earthly import earthly
from auditor.facts.environments import invoke, nox, tox
from auditor.facts.filling import put_in
from auditor.facts.just import Justfile
from auditor.facts.known import known_program
from auditor.facts.make import Makefile, Work
from auditor.facts.managers import hatch, pixi, poetry, rye, uv
from auditor.facts.pycommands import python_commands
from auditor.facts.scenes import Call, Script, shell_folder
from auditor.facts.started import containers, devbox, dvc, mise
from auditor.facts.tasks import npm, pdm, poe, project_script, taskfile
from auditor.globs import matches
from auditor.holes import Hole, watching
from auditor.lazy import compile_later, dataclass
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.python import python
from auditor.readers.shell import Command, peeled, shell_commands
from auditor.readers.text import readable
from auditor.readers.yaml import yaml_root
from auditor.repository import Unreadable
from auditor.snapshot import File, Files

_DEPTH = 12
_LONG = 200  # characters of a command beyond which it counts as more than one of those that are followed

Follow = Callable[["Resolver", Call], "Iterator[Script] | None"]


@dataclass(frozen=True)
class Reached:
    """One command that runs, with where it stands and the folder that it runs in."""

    command: Command
    file: File
    folder: str


class Resolver:
    """Follows commands over the files of a commit. `holes` is what could not be followed, in the order it was met."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.holes: dict[Hole, None] = {}
        self.made = 0  # commands and tasks that were followed
        self._makefiles: dict[object, Makefile] = {}
        self._justfiles: dict[object, Justfile] = {}
        self._work = Work()
        self._functions: set[str] = set()  # of the shell, which are read with the script that has them

    # -- looking things up ---------------------------------------------------------------------------------------------

    def find(self, folder: str, name: str) -> File | None:
        """The tracked file that a path leads to from a folder. What lies where nothing can be read is a hole."""
        name = name.removeprefix("$()/").removeprefix("$PWD/").removeprefix("$GITHUB_WORKSPACE/")
        path = posixpath.normpath(posixpath.join(folder, name)).removeprefix("/")
        with watching() as watch:
            found: File | None = self._files.paths.get(path)
            if found is not None:
                try:
                    found.text  # noqa: B018  (reading it is what may fail)
                except Unreadable:
                    found = None
        self.holes.update(dict.fromkeys(watch.holes))
        return found

    def beside(self, call: Call, *names: str) -> File | None:
        """The first of these files in the call's folder, or where its step began."""
        return next((f for d in dict.fromkeys((call.folder, call.base)) for n in names if (f := self.find(d, n))), None)

    def upward(self, call: Call, *names: str) -> File | None:
        """The first of these files in the call's folder or one above it."""
        folder = call.folder
        while True:
            for name in names:
                if found := self.find(folder, name):
                    return found
            if not folder:
                return None if call.folder == call.base else self.beside(call, *names)
            folder = folder.rpartition("/")[0]

    def makefile(self, file: File, folder: str, given: Mapping[str, str], values: Mapping[str, str]) -> Makefile:
        """A makefile as this call reads it. Targets that call targets ask for the same one again and again."""
        key = (file.path, folder, frozenset(given.items()), frozenset(values.items()))
        if key not in self._makefiles:
            self._makefiles[key] = Makefile(file, lambda name: self.find(folder, name), given, values, self._work)
        return self._makefiles[key]

    def justfile(self, file: File, given: Mapping[str, str]) -> Justfile:
        """A justfile as this call reads it; the same one is asked for as often as a recipe is."""
        key = (file.path, frozenset(given.items()))
        if key not in self._justfiles:
            self._justfiles[key] = Justfile(file, lambda name: self.find(file.folder, name), given)
        return self._justfiles[key]

    def dockerfiles(self) -> list[File]:
        """The docker files of the commit."""
        found = [f for path, f in self._files.paths.items() if matches(path, DOCKERFILES)]
        return [f for f in found if readable(f) and docker(f)]

    def exists(self, folder: str) -> bool:
        """Whether the commit has this folder, or says where it is."""
        return not folder or self._files.exists(folder)

    def lost(self, call: Call, why: str) -> None:
        """Note that a call could not be followed."""
        said = " ".join(call.words)[:80]
        self.holes[Hole(call.file.path, f"calls `{said}`, {why}", call.line)] = None

    def goes_on(self, call: Call, depth: int) -> bool:
        """Whether one more task may be followed. Tasks that call tasks grow with the power of their depth."""
        self.made += 1
        if depth > _DEPTH or self.made > limits.FOLLOWED.value:
            self.lost(call, "which leads further than is followed")
            return False
        return True

    # -- following -----------------------------------------------------------------------------------------------------

    def script(self, script: Script, depth: int = 0, base: str | None = None) -> Iterator[Reached]:
        """The commands of a script in their order, each followed by what it leads to."""
        folder, values = script.folder, dict(script.values)
        base = script.folder if base is None else base
        self._functions |= {m[1] or m[2] for c in script.commands if (m := _FUNCTION.match(c.text))}
        for written, after in itertools.zip_longest(script.commands, script.commands[1:]):
            if _ARRAY.match(written.text) or (after and _ALTERNATIVE.match(after.text)):
                continue  # no command: `x=(a b)`, and the first of `a|b)`
            if (match := _FUNCTION.match(written.text)) and (body := written.text[match.end() :].strip(" {")):
                written = Command(body, written.line, written.soft)  # of `name() { body; }`
            for command in _expanded(written, values):
                if self.made >= limits.FOLLOWED.value:
                    self.holes[Hole(script.file.path, "leads further than is followed", command.line)] = None
                    return
                self.made += 1 + len(command.text) // _LONG
                words = command.words
                assigned(command, values)
                if words[:1] in (("cd",), ("pushd",)) and len(words) > 1:
                    folder = shell_folder(folder, words[1])
                    folder = folder if self.exists(folder) else script.folder
                yield Reached(command, script.file, folder)
                if depth >= _DEPTH:
                    continue
                call = Call(words, folder, base, values, script.file, command.line)
                with watching() as watch:
                    for inner in self._leads(call):
                        if self.made >= limits.FOLLOWED.value:
                            break  # whatever else there is: the hole is told of where it ended
                        self.made += 1
                        if command.soft:
                            inner = inner.softened()
                        yield from self.script(inner, depth + 1, inner.folder)
                self.holes.update(dict.fromkeys(watch.holes))

    def _leads(self, call: Call) -> Iterator[Script]:
        words = list(call.words)
        for _ in range(8):
            if not words:
                return
            program = words[0].rsplit("/", 1)[-1]
            if len(words) == 2 and words[1] in ("--version", "--help", "-V", "-h"):
                return
            # an installed program by its place: its name says which
            if "/" in words[0] and "." not in program and "$" not in program and _INSTALLED.search(words[0]):
                words = [program, *words[1:]]
            layer = call.with_words(words)
            if handler := _HANDLERS.get(program):
                found = handler(self, layer)
                if found is not None:
                    yield from found
                    return
            if re.fullmatch(r"(python|py)[\d.]*(\.exe)?", program):
                yield from _python_call(self, layer)
                return
            if words[0].endswith((".sh", ".bash", ".zsh")) or words[0].startswith(("./", "../")):
                yield from _shell_script(self, layer, words[0])
                return
            if "/" in words[0] and "$" not in words[0] and self.find(call.folder, words[0]):
                yield from _shell_script(self, layer, words[0])
                return
            if words[0].startswith("$") and not words[0].startswith("$(("):
                self.lost(layer, "whose program is only known when it runs")
                return
            inner = peeled(words)
            if inner is None:
                yield from self._last(layer, call)
                return
            words = inner

    def _last(self, call: Call, written: Call) -> Iterator[Script]:
        """What a program starts that starts no other as far as is known: the project's own, a module's, or a hole."""
        words = _package_runner(call.words)
        command = Command(shlex.join(words), call.line)
        if not words or words[0] in self._functions or known_program(command):
            return
        before = len(self.holes)
        own = list(project_script(self, call.with_words(list(words))))
        yield from own
        if own or len(self.holes) > before:
            return
        if "." in words[0] and (found := _module(self, call, words[0])):  # `uv run -m package.module`
            yield from _python_script(self, call, found)
        else:
            self.lost(written, "a program that is not known here")


def _package_runner(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command's words without what only fetches its program: `npx NAME`, `pnpm dlx NAME`, `bun x NAME`."""
    inner = words
    if words[0] in ("npx", "bunx"):
        inner = words[1:]
    elif words[0] in ("pnpm", "yarn", "bun", "npm") and words[1:2] in (("dlx",), ("exec",), ("x",)):
        inner = words[2:]
    if inner is not words:
        while inner and inner[0].startswith("-"):
            inner = inner[2:] if inner[0] in ("-p", "--package") else inner[1:]
        inner = (re.split(r"(?<=.)@", inner[0])[0], *inner[1:]) if inner else inner
    return inner


_ARRAY = compile_later(r"\w+\+?=\((?!\()")
_ALTERNATIVE = compile_later(r"[\w.*?\"'-]+\)(\s|$)")
_FUNCTION = compile_later(r"(?:function\s+)?([\w:.-]+)\s*\(\s*\)|function\s+([\w:.-]+)")
_INSTALLED = compile_later(r"(^|/)bin/[^/]+$|(^|/)\.bin/|^[$~/]")
_ENV = compile_later(r"\$(?:\{(\w+)(?::?-([^{}]*))?\}|(\w+))|\$\{\{\s*env\.(\w+)\s*\}\}")


def _expanded(command: Command, values: Mapping[str, str]) -> list[Command]:
    """A command with the variables put in whose values are known."""
    text = command.text
    if "$" not in text:
        return [command]

    def put(match: re.Match[str]) -> str:
        name = match[1] or match[3] or match[4]
        if name in values:
            return values[name]
        return match[2] if match[2] is not None else match[0]

    made = put_in(_ENV, put, text)
    if made == text or len(made) > limits.COMMAND.value:
        return [command]
    if re.search(r"[;&|\n]", made) and not re.search(r"[;&|\n]", text):
        return [Command(c.text, command.line, command.soft or c.soft) for c in shell_commands(made, command.line)]
    return [Command(made, command.line, command.soft)]


def assigned(command: Command, values: dict[str, str]) -> None:
    """Keep the variables that a command sets for those after it, `$GITHUB_ENV` included."""
    text = command.text
    if "=" not in text or len(text) > 2_000:
        return
    try:
        words = shlex.split(text)
    except ValueError:
        return
    if words[:1] == ["echo"] and "GITHUB_ENV" in text:
        words = words[1:2]
    elif words[:1] in (["export"], ["readonly"], ["local"], ["declare"]):
        words = words[1:]
    elif command.words:  # set for this one command
        return
    for word in words:
        if (match := re.match(r"^(\w+)=(.*)$", word, re.DOTALL)) and "$" not in match[2]:
            values[match[1]] = match[2]


# -- scripts -----------------------------------------------------------------------------------------------------------


def _shell_script(resolver: Resolver, call: Call, path: str) -> Iterator[Script]:
    found = resolver.beside(call, path)
    if found is None:
        resolver.lost(call, "which is not in the repository" if "$" not in path else "whose path is made when it runs")
        return
    first = found.lines[0] if found.lines else ""
    if found.suffix == "py" or (first.startswith("#!") and "python" in first):
        yield from _python_script(resolver, call, found)
    elif found.suffix in ("sh", "bash", "zsh", "") or first.startswith("#!"):
        given = {str(n): word for n, word in enumerate(call.words[call.words.index(path) + 1 :], 1) if n < 10}
        joined = " ".join(call.words[call.words.index(path) + 1 :])
        values = {**call.values, **given, "@": joined}
        whole = call.words[0] not in ("source", ".")  # who takes a script in may call its functions
        key = f"commands of a {'whole ' if whole else ''}script"
        read = found.once(key, lambda: tuple(shell_commands(found.text, whole=whole)))
        yield Script(found, read, call.folder, values)
    else:
        resolver.lost(call, "which is no script that is read here")


def _shell(resolver: Resolver, call: Call) -> Iterator[Script]:
    at = 1
    while at < len(call.words) and call.words[at].startswith("-"):
        if re.fullmatch(r"-[a-z]*c", call.words[at]):
            return  # its text is read with the command
        if re.fullmatch(r"-[a-z]*n[a-z]*", call.words[at]):
            return  # it is read, and nothing of it is run
        at += 2 if call.words[at] in ("-o", "-O") else 1
    if at < len(call.words) and not call.words[at].startswith(("<", "|", ">")):
        path = call.words[at]
        if call.words[0] in ("source", ".") and ("activate" in path or "/.venv" in path or path.startswith(("~", "$"))):
            return  # a virtual environment's
        yield from _shell_script(resolver, call, path)


def _python_call(resolver: Resolver, call: Call) -> Iterator[Script]:
    words, at = call.words, 1
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "-c"):
        at += 2 if words[at] in ("-W", "-X") else 1
    if at >= len(words) or words[at] in ("-c", "-"):
        return
    if words[at] == "-m":
        module = words[at + 1] if at + 1 < len(words) else ""
        if handler := _HANDLERS.get(module):
            yield from handler(resolver, call.with_words(list(words[at + 1 :]))) or ()
            return
        if found := _module(resolver, call, module):
            yield from _python_script(resolver, call, found)
        elif module and not known_program(Command(module, call.line)):
            resolver.lost(call, "a module that is not known here")
        return
    if not words[at].endswith(".py"):
        if "$" in words[at]:
            resolver.lost(call, "whose script is only known when it runs")
        return
    found = resolver.beside(call, words[at])
    if found is None:
        resolver.lost(call, "which is not in the repository")
    else:
        yield from _python_script(resolver, call, found)


def _module(resolver: Resolver, call: Call, module: str) -> File | None:
    """The file of a module of the repository's own."""
    path = module.replace(".", "/")
    return resolver.beside(call, *(f"{p}{path}{end}" for p in ("", "src/") for end in (".py", "/__main__.py")))


def _python_script(resolver: Resolver, call: Call, file: File) -> Iterator[Script]:
    if not any(word in file.text for word in ("subprocess", "os.", "sh", "pytest", ".run", "system")):
        return
    module = python(file)
    if module is None:
        return
    found, computed = python_commands(file, module)
    yield Script(file, found, call.folder, call.values)
    for line in computed[:3]:
        resolver.holes[Hole(file.path, "starts a command that is only known when it runs", line)] = None


# -- make, just --------------------------------------------------------------------------------------------------------


def _words(call: Call, valued: frozenset[str]) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The plain words after a call's program, its options with their values, and the variables that it is given."""
    plain, options, given, at = [], {}, {}, 1
    words = call.words
    while at < len(words):
        word = words[at]
        if word.startswith("--") and "=" in word:
            key, _, value = word.partition("=")
            options[key] = value
        elif word in valued and at + 1 < len(words):
            options[word] = words[at + 1]
            at += 1
        elif len(word) > 2 and word[:2] in valued and word[1] != "-":
            options[word[:2]] = word[2:]
        elif word.startswith("-") or word.startswith((">", "2>")):
            pass
        elif match := re.match(r"^(\w+)[:?+]?=(.*)$", word, re.DOTALL):
            given[match[1]] = match[2]
        else:
            plain.append(word)
        at += 1
    return plain, options, given


_MAKE_VALUED = frozenset(["-C", "--directory", "-f", "--file", "--makefile", "-I", "-o", "-W"])


_DRY = compile_later(r"-[bBdeikLnpqrRsStvw]*n[bBdeikLnpqrRsStvw]*|--(?:dry-run|just-print|recon)")


def _make(resolver: Resolver, call: Call) -> Iterator[Script]:
    if any(_DRY.fullmatch(word) for word in call.words):
        return  # the recipes are printed
    targets, options, given = _words(call, _MAKE_VALUED)
    targets = [t for t in targets if not t.isdigit()]  # of -j
    into = options.get("-C") or options.get("--directory") or ""
    folder = shell_folder(call.folder, into)
    names = [options.get("-f") or options.get("--file") or options.get("--makefile") or ""]
    names = names if names[0] else ["GNUmakefile", "makefile", "Makefile"]
    there = call.moved(folder, shell_folder(call.base, into))
    found = resolver.beside(there, *names)
    if found is None:
        resolver.lost(call, "and no makefile is there to be read")
        return
    folder = found.folder if not options.get("-f") else folder
    made = resolver.makefile(found, folder, given, call.values)
    for target in targets or [made.goal]:
        lines = made.lines(target)
        if lines is None:
            if made.holes:
                resolver.holes.update(dict.fromkeys(made.holes))
            else:
                resolver.lost(call, f"a target that {found.path} does not have")
            continue
        for file, line, text in lines:
            soft = text.lstrip("@+ ").startswith("-")
            rows = tuple(Command(c.text, line, c.soft or soft) for c in shell_commands(text.lstrip("@-+ "), line))
            yield Script(file, rows, folder, {**call.values, **given})
        resolver.holes.update(dict.fromkeys(made.computed))


_JUST_VALUED = frozenset(["-f", "--justfile", "-d", "--working-directory", "--set", "--shell"])


def _just(resolver: Resolver, call: Call) -> Iterator[Script]:
    if "-n" in call.words or "--dry-run" in call.words:
        return
    names, options, given = _words(call, _JUST_VALUED)
    path = options.get("-f") or options.get("--justfile")
    found = resolver.beside(call, path) if path else resolver.upward(call, "justfile", "Justfile", ".justfile")
    if found is None:
        resolver.lost(call, "and no justfile is there to be read")
        return
    into = options.get("-d") or options.get("--working-directory")
    folder = shell_folder(call.folder, into) if into else found.folder
    made = resolver.justfile(found, given)
    names = names or ["default" if "default" in made.recipes else made.first]
    known = [n for n in names if made.lines(n, []) is not None]
    wanted = [names] if names[0] in known and len(known) == 1 else [[n] for n in names]
    for name, *arguments in wanted:
        lines = made.lines(name, arguments)
        if lines is None:
            resolver.holes.update(dict.fromkeys(made.holes))
            if not made.holes:
                resolver.lost(call, f"a recipe that {found.path} does not have")
            continue
        for file, line, text in lines:
            yield Script(file, tuple(shell_commands(text.lstrip("@-"), line)), folder, call.values)


# -- hooks and builds --------------------------------------------------------------------------------------------------


def _pre_commit(resolver: Resolver, call: Call) -> Iterator[Script]:
    names, options, _ = _words(call, frozenset(["-c", "--config", "--hook-stage", "--from-ref", "--to-ref"]))
    if names[:1] != ["run"]:
        return
    path = options.get("-c") or options.get("--config") or ".pre-commit-config.yaml"
    found = resolver.beside(call, path, ".pre-commit-config.yml")
    if found is None:
        resolver.lost(call, "and its configuration is not there to be read")
        return
    for repo in yaml_root(found)["repos"].items:
        for hook in repo["hooks"].items:
            if hook["entry"].kind == "text" and names[1:2] in ([], [hook["id"].text]):
                text = " ".join([hook["entry"].text, *(shlex.quote(a) for a in hook["args"].texts())])
                yield Script(found, tuple(shell_commands(text, hook["entry"].line)), found.folder, call.values)


def _gcloud(resolver: Resolver, call: Call) -> Iterator[Script] | None:
    plain = [w for w in call.words[1:] if not w.startswith("-") and w not in ("alpha", "beta")]
    if plain[:2] != ["builds", "submit"]:
        return None
    return _cloud_build(resolver, call)


def _cloud_build(resolver: Resolver, call: Call) -> Iterator[Script]:
    plain, options, _ = _words(call, frozenset(["--config", "--tag", "-t", "--region", "--project", "--substitutions"]))
    if any(o in options for o in ("--tag", "-t", "--pack")):
        return
    source = plain[2] if len(plain) > 2 and "$" not in plain[2] else ""
    path = options.get("--config")
    found = resolver.beside(call, path) if path else resolver.find(shell_folder(call.folder, source), "cloudbuild.yaml")
    if found is None:
        resolver.lost(call, f"whose {path or 'cloudbuild.yaml'} is not there to be read")
        return
    yield Script(found, tuple(commands(found)), call.folder, call.values)


_HANDLERS: dict[str, Follow] = {
    **dict.fromkeys(("make", "gmake"), _make),
    "just": _just,
    **dict.fromkeys(("bash", "sh", "zsh", "dash", "source", "."), _shell),
    **dict.fromkeys(("pre-commit", "prek"), _pre_commit),
    "gcloud": _gcloud,
    **dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"), containers),
    **dict.fromkeys(("mise", "rtx"), mise),
    "devbox": devbox,
    "dvc": dvc,
    **dict.fromkeys(("invoke", "inv"), invoke),
    "nox": nox,
    "tox": tox,
    **dict.fromkeys(("task", "go-task", "taskipy"), taskfile),
    "poe": poe,
    "pdm": pdm,
    "hatch": hatch,
    "rye": rye,
    "uv": uv,
    "poetry": poetry,
    "earthly": earthly,
    "pixi": pixi,
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), npm),
}
