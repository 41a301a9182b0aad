"""Which commands of a shell script never run."""

import re
from collections.abc import Sequence

from auditor.lazy import compile_later, dataclass

# A script without any of these runs every command, as far as can be told without running it.
_TELLING = compile_later(
    r"(?:^|[;({]|(?<!\|)\||(?<!&)&|\b(?:if|elif|then|else|do|while|until)\s|!)[ \t]*(?:false|true|exit|exec|:)(?![\w=-])|"
    r"\w[ \t]*\(\)|\bfunction\s|\bset\s+-(?:\w*n|o\s+noexec)|\bin[ \t]*(?:;|$)",
    re.MULTILINE,
)
_OPENS = compile_later(r"(?:if|then|elif|else|while|until|do|time|!|\{)(?=\s|$)|\((?!\()")
_CLOSES = compile_later(r"(?:fi|done|esac|\})(?=[\s)<>]|$)")
_CLOSED_BY = {"fi": ("if",), "done": ("while", "until", "for"), "esac": ("case",), "}": ("{",), ")": ("(",)}
FUNCTION = compile_later(r"(?:function\s+([\w.:-]+)\s*(?:\(\s*\))?|([\w.:-]+)\s*\(\s*\))\s*(?=[{(]|$)")
_LOOP = compile_later(r"(?:for|select)\s+\w+(?:\s+in\b(.*))?", re.DOTALL)
_CASE = compile_later(r"case\s.*\sin\b", re.DOTALL)
_LEAVES = compile_later(r"exit(?=[\s)]|$)|exec\s+(?!\d*[<>&]|\{\w+\})")  # `exec > log` only turns the output
_RETURNS = compile_later(r"return(?=[\s)]|$)")
_NOT_RUN = compile_later(r"set\s+(?:-[a-zA-Z]*n[a-zA-Z]*|-o\s+noexec)\b")
_TRUTHS = {"true": True, ":": True, "false": False}
_ANY_NAME = compile_later(r"\"?\$|(?:eval|source|\.)\s")  # may call a function by any name
_ARGUMENTS = compile_later(r"\$\{?[@*1-9]")
_DEPTH = 50  # lists of commands within others
_FUNCTIONS = 200


@dataclass()
class _Frame:
    """A list of commands that stands within another. `within`: what it is part of does not run; `off`: this part of it does not
    (a branch, a body); `ended`: it was left above here; `status`: how its last command ended, where that is known; `skips`:
    whether an `&&` or `||` passes the next one over; `held`: a condition of an `if` holds for sure; `empty`: a `for` over
    nothing; `function`: whose body it is."""

    kind: str
    within: bool = False
    off: bool = False
    ended: bool = False
    status: bool | None = None
    skips: bool = False
    held: bool = False
    empty: bool = False
    function: "_Function | None" = None


@dataclass()
class _Function:
    """A function of the script: the first and last of the pieces that it is made of, and what it does, as text."""

    name: str
    start: int
    sure: bool  # defined whatever happens
    body: list[str]
    end: int = -1


class _Odd(Exception):
    """The text has not the plain form that is followed here."""


def never_run(pieces: Sequence[tuple[str, str]], text: str, whole: bool) -> set[int]:
    """The places of the commands that never run, whatever the others do: behind `if false`, `false &&`, `true ||`, `exit`, `exec`
    and `set -n`, in a loop over nothing, and calls of a function of the script that has the name of a program and does without
    it. In a script that is `whole`, so that nobody else has its functions, also the bodies that it never names. `pieces` are
    the commands as they are written, each with the operator behind it. None of them where the text is not plain shell; nor
    behind a `return` outside a function, which ends only what is sourced."""
    if not _TELLING.search(text):
        return set()
    flow = _Flow()
    try:
        operator = ""
        for at, (piece, after) in enumerate(pieces):
            if piece:
                flow.take(at, piece, operator, after)
            if piece or after:  # a line that ends with an operator goes on in the next
                operator = after
    except _Odd:
        return set()
    if len(flow.frames) > 1 or flow.named:
        return set()
    return flow.dead | flow.called_in_vain() | (flow.never_called(text) if whole else set())


class _Flow:
    """A walk down a script."""

    def __init__(self) -> None:
        self.frames = [_Frame("top")]
        self.dead: set[int] = set()
        self.functions: list[_Function] = []
        self.commands: dict[int, str] = {}  # without the words of the shell before them
        self.named = ""  # a function of which the body comes next

    def take(self, at: int, piece: str, operator: str, after: str) -> None:
        """The next piece, with the operators before and behind it."""
        for frame in self.frames:
            if frame.function is not None and frame.function.start != at:
                frame.function.body.append(piece)
        rest, negated = piece, False
        while (opened := _OPENS.match(rest)) and not (opened[0] == "(" and self.frames[-1].kind == "case"):
            rest = rest[opened.end() :].lstrip()
            if opened[0] == "!":
                negated = not negated
            elif opened[0] != "time":
                self._open(opened[0], at, operator, rest)
                operator = ""
            if (function := FUNCTION.match(rest)) and not self.named:
                self.named, rest = function[1] or function[2], rest[function.end() :]
        if (function := FUNCTION.match(rest)) and not self.named:
            self.named, rest = function[1] or function[2], rest[function.end() :]
            while (opened := _OPENS.match(rest)) and opened[0] != "!":
                rest = rest[opened.end() :].lstrip()
                self._open(opened[0], at, operator, rest)
                operator = ""
        if closed := _CLOSES.match(rest):
            self._close(closed[0], at)
            rest = rest[closed.end() :].lstrip()
        elif rest:
            self._command(at, rest, operator, after, negated)
        while self.frames[-1].kind != "case" and rest.endswith(")") and rest.count(")") > rest.count("("):
            rest = rest[:-1].rstrip()
            self._close(")", at)

    def _begin(self, operator: str) -> None:
        """A command of the innermost list begins."""
        top = self.frames[-1]
        if operator == "&&":
            top.skips = top.status is False
        elif operator == "||":
            top.skips = top.status is True
        elif operator != "|":
            top.skips, top.status = False, None

    def _open(self, word: str, at: int, operator: str, rest: str) -> None:
        top = self.frames[-1]
        if word in ("if", "while", "until", "{", "("):
            self._push(word, operator)
            if self.named:
                if word not in ("{", "(") or len(self.functions) > _FUNCTIONS:
                    raise _Odd
                made = _Function(self.named, at, len(self.frames) == 2 and not self._off(), [rest])
                self.functions.append(made)
                self.frames[-1].function = made
                self.named = ""
            return
        known, top.status, top.skips, top.ended = top.status, None, False, False
        if word == "do":
            if top.kind not in ("while", "until", "for"):
                raise _Odd
            top.off = top.empty or known is {"while": False, "until": True}.get(top.kind, "")
        elif top.kind != "if":
            raise _Odd
        elif word == "then":
            top.off = top.held or known is False
            top.held = top.held or known is True
        else:
            top.off = top.held

    def _push(self, kind: str, operator: str) -> None:
        self._begin(operator)
        if len(self.frames) > _DEPTH:
            raise _Odd
        self.frames.append(_Frame(kind, within=self._off()))

    def _off(self) -> bool:
        """Whether a command here does not run."""
        top = self.frames[-1]
        return top.within or top.off or top.ended or top.skips

    def _close(self, word: str, at: int) -> None:
        frame = self.frames.pop()
        if frame.kind not in _CLOSED_BY[word]:
            raise _Odd
        if frame.function is not None:
            frame.function.end = at
        if not self.frames[-1].skips:
            self.frames[-1].status = None

    def _command(self, at: int, rest: str, operator: str, after: str, negated: bool) -> None:
        if self.named or rest.startswith("for (("):
            raise _Odd
        if loop := _LOOP.fullmatch(rest):
            self._push("for", operator)
            self.frames[-1].empty = loop[1] is not None and not loop[1].strip()
            return
        if _CASE.match(rest):
            self._push("case", operator)
            return
        top = self.frames[-1]
        if top.kind == "case":
            operator, after = "", "&"  # which of the ways is gone cannot be told
        self._begin(operator)
        self.commands[at] = rest
        if self._off():
            self.dead.add(at)
            return
        alone = operator != "|" and after not in ("|", "&")
        known = _TRUTHS.get(rest.rstrip(" )")) if alone else None
        top.status = known if known is None else known is not negated
        if alone and operator not in ("&&", "||"):
            within = any(f.function is not None for f in self.frames)
            if (
                _LEAVES.match(rest)
                or (within and _RETURNS.match(rest))
                or (_NOT_RUN.match(rest) and len(self.frames) == 1)
            ):
                top.ended = True

    def called_in_vain(self) -> set[int]:
        """The calls of functions that are named like a program and neither start it nor look at what they are given."""
        found: set[int] = set()
        for function in self.functions:
            word = re.compile(rf"(?<![\w.-]){re.escape(function.name)}(?![\w.-])")
            body = "\n".join(function.body)
            if function.sure and not _ARGUMENTS.search(body) and not word.search(body):
                call = re.compile(rf"(?:\w+=\S*\s+)*{re.escape(function.name)}(?=[\s)]|$)")
                found |= {at for at, command in self.commands.items() if at > function.end and call.match(command)}
        return found

    def never_called(self, text: str) -> set[int]:
        """What stands in functions that the script does not name again."""
        found: set[int] = set()
        if any(_ANY_NAME.match(c) for c in self.commands.values()):
            return found
        for function in self.functions:
            word = re.compile(rf"(?<![\w.-]){re.escape(function.name)}(?![\w.-])")
            if sum(1 for _ in word.finditer(text)) == 1:
                found.update(range(function.start, function.end + 1))
        return found
