"""Shell text as the commands that it runs."""

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cached_property

from auditor import limits
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.readers.shellflow import FUNCTION, never_run

_BEFORE_A_COMMAND = frozenset(
    ["sudo", "time", "exec", "command", "if", "elif", "while", "until", "then", "do", "else", "!", "@", "-"]
)
_QUOTING = frozenset("'\"\\\v\f\x1c\x1d\x1e\x1f")  # and white space that parts no words in a shell
_PARTING = frozenset("&|;#")


def words_of(text: str) -> list[str]:
    """The words of a command, without their quotes. Where a quote is left open, and in a text that is longer than anybody
    types, blanks alone part them."""
    try:
        plain = text.isascii() and _QUOTING.isdisjoint(text)
        return text.split() if plain or len(text) > limits.COMMAND.value else shlex.split(text)
    except ValueError:
        return text.split()


@dataclass(frozen=True)
class Command:
    """One simple command of a script. `soft` means that its failure is swallowed (`|| true`)."""

    text: str
    line: int
    soft: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The command's words, without assignments in front of it."""
        # `${{ matrix.python }}` is one word
        text = self.text
        if "${{" in text:
            text = re.sub(r"\$\{\{(?:[^$\n]|\$(?!\{\{))*?\}\}", lambda m: re.sub(r"\s+", "", m[0]), text)
        words = words_of(text)
        at = 0
        while at < len(words) and (re.match(r"^\w+=", words[at]) or words[at] in _BEFORE_A_COMMAND):
            at += 1
        return tuple(w.lstrip("@") if i == at else w for i, w in enumerate(words[at:], at))

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """The words without what only chooses an environment or how the program is started: `uv run --group dev python -m
        pytest -v` is `pytest -v`, and so is `xargs nice pytest -v`."""
        words = list(self.words)
        for _ in range(8):
            inner = peeled(words)
            if inner is None:
                break
            words = inner
        return tuple(words)

    @property
    def program(self) -> str:
        """The name of the program that does the work, without its folder."""
        return self.bare[0].rsplit("/", 1)[-1] if self.bare else ""

    def runs(self, *programs: str) -> bool:
        """Whether the command starts one of the programs, directly or under `coverage run -m`."""
        if self.program in programs:
            return True
        if self.program == "coverage" and "run" in self.bare and "-m" in self.bare:
            at = self.bare.index("-m") + 1
            return at < len(self.bare) and self.bare[at] in programs
        return False


_TAKES_VALUE = frozenset(
    [
        "--group",
        "--extra",
        "--with",
        "--with-requirements",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--env-file",
        "--package",
        "--index",
        "--only-group",
        "--no-group",
        "-n",
        "--name",
        "--prefix",
        "-e",
        "--environment",
        "--from",
        "--spec",
        "-f",
    ]
)

_MANAGERS = frozenset(
    ["uv", "poetry", "pdm", "pixi", "hatch", "rye", "pipenv", "pipx", "conda", "mamba", "micromamba", "bundle"]
)
# programs that start the program behind them, with their options that take a word
_STARTERS: dict[str, frozenset[str]] = {
    "xvfb-run": frozenset(["-n", "-s", "-e", "-f", "-p"]),
    "nohup": frozenset(),
    "env": frozenset(["-u", "-C", "-S"]),
    "dotenv": frozenset(["-f", "-e"]),
    "accelerate-launch": frozenset(),
    "xargs": frozenset(["-n", "-P", "-I", "-L", "-d", "-s", "-E", "-a", "--max-args", "--max-procs", "--delimiter"]),
    "parallel": frozenset(["-j", "--jobs", "-N", "-n", "-a", "--colsep", "--delay", "--timeout", "--results"]),
    "nice": frozenset(["-n", "--adjustment"]),
    "ionice": frozenset(["-c", "-n", "-p"]),
    "stdbuf": frozenset(["-i", "-o", "-e"]),
    "setsid": frozenset(),
    "unbuffer": frozenset(),
    "script": frozenset(),
    "time": frozenset(["-f", "-o"]),
    "/usr/bin/time": frozenset(["-f", "-o"]),
    "catchsegv": frozenset(),
    "doppler": frozenset(),
    "npx": frozenset(["-p", "--package"]),
}


def peeled(words: list[str]) -> list[str] | None:
    """A command's words without the outermost program that only starts another; None if it is the program itself."""
    if not words:
        return None
    first = words[0]
    if len(words) > 1 and first in _MANAGERS:
        if words[1] == "tool" and words[2:3] == ["run"]:
            return ["uvx", *words[3:]]
        if first == "bundle":
            return words[2:] if words[1] == "exec" and len(words) > 2 else None
        at = 1  # options of the manager itself may stand before its verb
        while at < len(words) and words[at].startswith("-"):
            at += 2 if words[at] in _TAKES_VALUE else 1
        return _skip_options(words[at + 1 :]) if words[at : at + 1] == ["run"] else None
    if first == "uvx":
        inner = _skip_options(words[1:])
        return [re.split(r"[@=<>]", inner[0])[0], *inner[1:]] if inner else inner
    if at := _module_at(words):
        return words[at:]
    if first == "timeout":
        inner = _skip_options(words[1:])
        return inner[1:] if len(inner) > 1 else None
    if first in _STARTERS and len(words) > 1:
        takes, at = _STARTERS[first], 1
        if first in ("npx", "script"):  # npx may start a package that nobody installed: its name is the program's
            return _skip_options(words[1:]) if first == "npx" and words[1] in ("--yes", "-y", "--no") else None
        while at < len(words) and words[at].startswith("-") and words[at] != "-":
            if words[at] == "--":
                at += 1
                break
            at += 2 if words[at] in takes else 1
        inner = words[at:]
        if first == "doppler" or (first == "dotenv" and inner[:1] == ["run"]):
            inner = _skip_options(inner[1:])
        while inner and re.match(r"^\w+=", inner[0]):
            inner = inner[1:]
        return inner or None
    return None


def _module_at(words: list[str]) -> int:
    """Where the module's name stands in `python [options] -m module`; 0 for any other command."""
    if not re.fullmatch(r"(?:.*/)?(python|py)[\d.]*(\.exe)?", words[0]):
        return 0
    at = 1
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "-c"):
        at += 2 if words[at] in ("-W", "-X") else 1
    return at + 1 if at + 1 < len(words) and words[at] == "-m" else 0


_SHELLS = frozenset(["bash", "sh", "zsh", "dash", "ash"])


def _within(command: Command, depth: int) -> Iterator[Command]:
    """The commands that a command holds as text or starts for each of its finds: `bash -c 'a && b'`, `find -exec a ;`,
    `parallel ::: 'a' 'b'`, `eval 'a'`."""
    if not any(word in command.text for word in ("-c", "-exec", "-ok", ":::", "eval", "hatch", "-lc", "-ec")):
        return
    words = command.bare
    program = command.program
    scripts: list[str] = []
    if program in _SHELLS:
        at = next((i for i, w in enumerate(words[1:], 1) if re.fullmatch(r"-[a-z]*c", w)), 0)
        reads_only = any(re.fullmatch(r"-[a-z]*n[a-z]*", w) for w in words[1 : at + 1])
        scripts = [words[at + 1]] if at and at + 1 < len(words) and not reads_only else []
    elif program == "eval":
        scripts = [" ".join(words[1:])]
    elif program == "find":
        scripts = [shlex.join(one) for one in _executed(words)]
    elif "parallel" in command.words[:4] and program == ":::":
        scripts = list(words[1:])
    for script in scripts:
        if script != command.text:
            for inner in shell_commands(script, command.line, depth + 1):
                yield Command(inner.text, command.line, command.soft or inner.soft)


def _executed(words: Sequence[str]) -> Iterator[list[str]]:
    """What a `find` starts: the words from each `-exec` to its `;` or `+`, whatever they are. A word belongs to one of them."""
    inside: list[str] | None = None
    for word in words:
        if inside is None:
            inside = [] if word in ("-exec", "-execdir", "-ok", "-okdir") else None
        elif word in (";", "+"):
            yield inside
            inside = None
        else:
            inside.append(word)
    if inside is not None:
        yield inside


def _skip_options(words: list[str]) -> list[str]:
    i = 0
    while i < len(words) and words[i].startswith("-") and words[i] != "--":
        i += 2 if words[i] in _TAKES_VALUE else 1
    return words[i + 1 :] if i < len(words) and words[i] == "--" else words[i:]


def typed(text: str, line: int) -> list[Command]:
    """Words that somebody joined as one command; none, and a hole, where they are longer than anybody types."""
    if len(text) > limits.COMMAND.value:
        unsure(Hole("", f"a command is read to {limits.COMMAND}", line))
        return []
    return [Command(text, line)]


_AHEAD = 100  # lines to look for the end of a string that goes on over lines


def shell_commands(
    text: str, line: int = 1, depth: int = 0, *, whole: bool = False, by_hand: bool = False
) -> list[Command]:
    """The simple commands of a script, without comments, with the line each starts on. Heredoc bodies are left out, and so is
    what never runs: of `whole` scripts, whose functions nobody else has, also functions that are not called. What people type
    `by_hand` is no script: behind an `exit` they go on elsewhere. `depth` is how many commands it is written within."""
    commands: list[Command] = []
    written: list[tuple[str, str]] = []  # the pieces of the script, as they are
    origins: list[tuple[int, int]] = []  # of each command the first and last of the pieces that it stands in
    plain = not by_hand
    if depth > limits.SHELL_NESTING.value:
        unsure(Hole("", f"commands within commands are read to {limits.SHELL_NESTING}"))
        return commands
    rows = text.split("\n")
    i = 0
    while i < len(rows):
        start, joined, long = i, rows[i], len(rows[i])
        while joined.rstrip().endswith("\\") and i + 1 < len(rows):
            i += 1
            # a comment between continued lines ends them in a shell, but not in a Dockerfile
            joined = joined.rstrip()[:-1] + " " + ("" if rows[i].lstrip().startswith("#") else rows[i].lstrip())
            if rows[i].lstrip().startswith("#"):
                joined += "\\"
            long += len(rows[i])
            if long > limits.COMMAND.value:
                joined = joined.rstrip()[-1:]  # all that counts is whether it goes on
        if long > limits.COMMAND.value:
            unsure(Hole("", f"a command is read to {limits.COMMAND}", line + start))
            plain = False
            i += 1
            continue
        while (
            quote := _outside(joined)[1] if "'" in joined or '"' in joined else ""
        ):  # a string that goes on over lines
            close = _closing(rows, i + 1, quote)
            if not close or len(joined) > limits.COMMAND.value:
                break
            joined += "\n" + "\n".join(rows[i + 1 : close + 1])
            i = close
        heredoc = "<<" in joined and re.search(r"(?<![<\w(])<<-?\s*(['\"]?)([A-Za-z_]\w*)\1", _outside(joined)[0])
        i += 1
        if heredoc:
            while i < len(rows) and rows[i].strip() != heredoc.group(2):
                i += 1
            i += 1
        while "$(" in joined and i < min(start + _AHEAD, len(rows)) and _inner(joined)[2]:
            joined += "\n" + rows[i]
            i += 1
        joined, inner, _ = _inner(joined) if "$(" in joined else (joined, [], False)
        pieces = _split(joined)
        first = len(written)
        written += pieces
        for script in inner:
            commands += shell_commands(script, line + start, depth + 1)
        origins += [(first, len(written) - 1)] * (len(commands) - len(origins))
        unwrapped = [(_unwrapped(piece), operator) for piece, operator in pieces]
        for k, ((piece, _), soft) in enumerate(zip(unwrapped, _swallowed(unwrapped), strict=True), first):
            if piece:
                command = Command(piece, line + start, soft)
                commands.append(command)
                commands += _within(command, depth)
                origins += [(k, k)] * (len(commands) - len(origins))
    if plain and commands and (dead := never_run(written, text, whole)):
        return [c for c, (a, b) in zip(commands, origins, strict=True) if not all(k in dead for k in range(a, b + 1))]
    return commands


def _swallowed(pieces: list[tuple[str, str]]) -> list[bool]:
    """For each command of a line whether what stands after it, up to the next `;`, makes its failure a success."""
    soft = [False] * len(pieces)
    fails = False  # what stands further right ends with a failure all the same
    for k in range(len(pieces) - 2, -1, -1):
        after, operator = pieces[k + 1][0], pieces[k][1]
        fails = fails or re.match(r"exit [1-9$]|return [1-9]|false\b", after) is not None
        if operator == "||" and re.match(r"(true|:|exit 0|echo)(\s|$)", after):
            soft[k] = not fails
        elif operator not in (";", "&"):
            soft[k] = soft[k + 1]
    return soft


def _inner(text: str) -> tuple[str, list[str], bool]:
    """The text with each `$(...)` made `$()`, what stood in them, and whether the last of them is still open."""
    out, inner, quote, i = "", [], "", 0
    while i < len(text):
        c = text[i]
        if c == "\\" and quote != "'":
            out += text[i : i + 2]
            i += 2
            continue
        if c == quote:
            quote = ""
        elif c in "'\"" and not quote:
            quote = c
        elif c == "#" and not quote and (i == 0 or text[i - 1].isspace()):
            end = text.find("\n", i)
            out += text[i : end if end >= 0 else len(text)]
            i = end if end >= 0 else len(text)
            continue
        elif text.startswith("$(", i) and quote != "'" and not text.startswith("$((", i):
            depth, k = 1, i + 2
            while k < len(text) and depth:
                depth += (text[k] == "(") - (text[k] == ")")
                k += 1
            if depth:
                return text, [], True
            script = text[i + 2 : k - 1]
            found = re.fullmatch(r"\s*(?:which|command -v|type -p)\s+([\w./-]+)\s*", script)
            inner += [] if found else [script]
            out += found[1] if found else "$()"  # where a program stands is no other program
            i = k
            continue
        out += c
        i += 1
    return out, inner, False


def _closing(rows: list[str], start: int, quote: str) -> int:
    """The first of the next lines with which a string ends that is open before them; 0 without one."""
    length = 0
    for k in range(start, min(start + _AHEAD - 1, len(rows))):
        length += len(rows[k])
        if length > limits.COMMAND.value:
            break
        if quote in rows[k] and not _outside(rows[k], quote)[1]:
            return k
    return 0


_HEREDOC_WORD = compile_later(r"(['\"])\w+\1")


def _outside(text: str, quote: str = "") -> tuple[str, str]:
    """The text with what stands in quotes or a comment left out (the word of a heredoc keeps its quotes), and the quote that is
    still open at its end; `quote` is open at its start."""
    out, i = "", 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\" and quote == '"':
                i += 1
            elif c == quote:
                quote = ""
        elif c == "\\":
            i += 1
        elif c in "'\"":
            if out[-40:].rstrip().endswith(("<<", "<<-")) and (word := _HEREDOC_WORD.match(text, i)):
                out += word.group()
                i = word.end()
                continue
            quote = c
        elif c == "#" and (i == 0 or text[i - 1].isspace()):
            while i < len(text) and text[i] != "\n":
                i += 1
            continue
        else:
            out += c
        i += 1
    return out, quote


def _split(text: str) -> list[tuple[str, str]]:
    """The parts of a line between `&&`, `||`, `;`, `|` and `&`, each with the operator after it; quotes are kept whole and
    a comment ends the line."""
    if _PARTING.isdisjoint(text):
        return [(text.strip(), "")]
    parts: list[tuple[str, str]] = []
    current, quote, i = "", "", 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\" and quote == '"':
                current += text[i : i + 2]
                i += 2
                continue
            quote = "" if c == quote else quote
        elif c == "\\":
            current += text[i : i + 2]
            i += 2
            continue
        elif c in "'\"":
            quote = c
        elif c == "#" and (not current or current[-1].isspace()):
            break
        elif text.startswith("${{", i):
            end = text.find("}}", i)
            end = len(text) if end < 0 else end + 2
            current += text[i:end]
            i = end
            continue
        elif c in "&|;":
            op = text[i : i + 2] if text[i : i + 2] in ("&&", "||") else c
            if c == "&" and (current.endswith(">") or text[i + 1 : i + 2] == ">"):  # 2>&1
                current += c
                i += 1
                continue
            parts.append((current.strip(), op))
            current = ""
            i += len(op)
            continue
        current += c
        i += 1
    parts.append((current.strip(), ""))
    return parts


def _unwrapped(text: str) -> str:
    """A part of a line without the name of a function that it defines and the parentheses and braces of a group that it opens or
    closes."""
    text = text.lstrip("({ ")
    if ("()" in text or text.startswith("function ")) and (named := FUNCTION.match(text)):
        text = text[named.end() :].lstrip("({ ")
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].rstrip()
    return text
