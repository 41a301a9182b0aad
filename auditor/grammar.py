"""Python of every version for the one that runs: what newer ones added is put in older words, line by line.

Only what does not parse as it stands comes here. F-strings that nest their own quotes (3.12) and t-strings (3.14) are read
here and put into the tree as the newer Python would have; `type X = ...` is an assignment, type parameters are left out,
`except A, B:` (3.14) gets its brackets, `lazy import` (3.15) is an import. Every line keeps its number.
"""

import ast
import contextlib
import io
import sys
import threading
import tokenize
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import field

from auditor import limits
from auditor.lazy import dataclass

_DEPTH = 12  # f-strings within f-strings
_MARK, _END = "\ue000", "\ue001"  # stand around an f-string's number
_PREFIXES = frozenset({"r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"})
_PYTHON_2 = "Missing parentheses in call to"  # of the messages about `print x`, `exec x`
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class NotRead(ValueError):
    """The source cannot be read; `line` is where (0 where that is not known), `why` the words that go on after the path."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


def running() -> str:
    """The Python that reads: its major and minor version."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def parse(source: str) -> ast.Module:
    """The tree of a module in whatever Python; raises NotRead."""
    if source.count("\n") + source.count(";") > limits.STATEMENTS.value:
        raise NotRead(f"is too large to read as Python (more than {limits.STATEMENTS})")
    try:
        tree = _parse(source)
        assert isinstance(tree, ast.Module)
        return tree
    except SyntaxError as error:
        first = error
    except (ValueError, RecursionError, MemoryError):
        raise NotRead("is too large or too deep to read as Python") from None
    if _PYTHON_2 in (first.msg or ""):
        raise NotRead("is Python 2", first.lineno or 0)
    try:
        tree = _older(source, 0, "exec")
    except (RecursionError, MemoryError, ValueError):  # ours to give up
        raise NotRead(_newer("3.12"), first.lineno or 0) from None
    except SyntaxError as error:
        why, message = "does not parse as Python", error.msg or ""
        if _PYTHON_2 in message:
            why = "is Python 2"
        elif "unpacking cannot be used in" in message and "comprehension" in message:
            why = _newer("3.15")
        raise NotRead(why, error.lineno or first.lineno or 0) from None
    assert isinstance(tree, ast.Module)
    return tree


def _newer(version: str) -> str:
    return f"needs Python {version} or newer than the {running()} that reads it"


_ONE = threading.RLock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Python's warnings about what is read are nobody's concern. One thread at a time: the list of filters is all threads'."""
    with _ONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _parse(source: str, mode: str = "exec") -> ast.AST:
    with quiet():
        return ast.parse(source, mode=mode)


def _older(source: str, depth: int, mode: str) -> ast.AST:
    """The tree of newer source; SyntaxError where that is no Python, ValueError where it is too much."""
    if depth > _DEPTH or _MARK in source:
        raise ValueError("nested too deep")
    strings: list[_Formatted] = []
    scan = _Scan(source)
    scan.code(0, "", strings)
    pieces, at = [], 0
    for n, one in enumerate(strings):
        breaks = "\\\n" * source.count("\n", one.start, one.end)
        pieces += [source[at : one.start], f'"""{_MARK}{n}{_END}{breaks}"""']
        at = one.end
    plain = _statements("".join([*pieces, source[at:]]))
    tree = _parse(plain, mode)
    return _Filled(strings, depth).visit(tree) if strings else tree


# -- f-strings ---------------------------------------------------------------------------------------------------------


@dataclass
class _Field:
    """`{expression!r:spec}`."""

    expression: str
    line: int
    conversion: int = -1
    spec: "list[str | _Field] | None" = None


@dataclass
class _Formatted:
    """One f-string of the source: where it stands and its parts."""

    start: int
    end: int = 0
    parts: list["str | _Field"] = field(default_factory=list)


class _Scan:
    """Walks through source that no tokenizer of the running Python understands."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.breaks = [i for i, c in enumerate(source) if c == "\n"]

    def wrong(self, at: int, what: str) -> SyntaxError:
        return SyntaxError(what, ("", self.line(at), 0, ""))

    def line(self, at: int) -> int:
        return bisect_left(self.breaks, at) + 1

    def code(self, at: int, stops: str, found: list[_Formatted], depth: int = 0) -> int:
        """The place of the first of `stops` outside brackets and strings (the end, without any). Outermost f-strings that
        are passed are added to `found`."""
        source, size = self.source, len(self.source)
        opened: list[str] = []
        while at < size:
            c = source[at]
            if c == "#":
                end = source.find("\n", at)
                at = size if end < 0 else end
            elif c in "\"'":
                at = self.string(at, at, "", found, depth)
            elif c.isalpha() or c == "_" or c.isdigit():
                end = at + 1
                while end < size and (source[end].isalnum() or source[end] == "_"):
                    end += 1
                word = source[at:end].lower() if end - at < 3 else ""
                if end < size and source[end] in "\"'" and word in _PREFIXES:
                    at = self.string(at, end, word, found, depth)
                else:
                    at = end
            elif stops and not opened and c in "!=<>" and source[at + 1 : at + 2] == "=":
                at += 2
            elif stops and not opened and c in stops:
                return at
            else:
                if c in _CLOSES:
                    opened.append(_CLOSES[c])
                elif c in ")]}" and (not opened or opened.pop() != c):
                    raise self.wrong(at, f"unmatched {c!r}")
                at += 1
        if stops:
            raise self.wrong(at, "an f-string that does not end")
        return at

    def string(self, start: int, at: int, prefix: str, found: list[_Formatted], depth: int) -> int:
        """The place after the string whose quotes open at `at`."""
        source = self.source
        quote = source[at] * 3 if source.startswith(source[at] * 3, at) else source[at]
        at += len(quote)
        if "f" in prefix or "t" in prefix:
            if depth > _DEPTH:
                raise ValueError("nested too deep")
            one = _Formatted(start)
            one.end = self.literal(at, quote, "r" in prefix, one.parts, quote, depth) + len(quote)
            found.append(one)
            return one.end
        size = len(source)
        while at < size:
            if source[at] == "\\":
                at += 2
            elif source.startswith(quote, at):
                return at + len(quote)
            elif source[at] == "\n" and len(quote) == 1:
                break
            else:
                at += 1
        raise self.wrong(start, "a string that does not end")

    def literal(self, at: int, stop: str, raw: bool, parts: list[str | _Field], quote: str, depth: int) -> int:
        """The place of `stop` (the quotes, or the bracket after a format), with the text and the fields before it."""
        source, size = self.source, len(self.source)
        start, text = at, [""]

        def flush() -> None:
            whole = "".join(text)
            if whole and not raw and "\\" in whole:
                value = ast.literal_eval(quote + whole + quote)
                whole = value if isinstance(value, str) else ""
            if whole:
                parts.append(whole)
            text[:] = []

        with quiet():
            while at < size:
                c = source[at]
                if source.startswith(stop, at):
                    flush()
                    return at
                if c == "\\" and source[at + 1 : at + 2] in ("{", "}"):
                    text.append("\\" if raw else "\\\\")
                    at += 1
                elif c == "\\":
                    end = at + 2
                    if not raw and source.startswith("\\N{", at):
                        end = source.find("}", at) + 1 or size
                    text.append(source[at:end])
                    at = end
                elif c in "{}" and source[at + 1 : at + 2] == c and stop == quote:
                    text.append(c)
                    at += 2
                elif c == "{":
                    flush()
                    at = self.replacement(at + 1, raw, parts, quote, depth)
                elif c == "}" or (c == "\n" and len(quote) == 1):
                    break
                else:
                    text.append(c)
                    at += 1
        raise self.wrong(start, "an f-string that does not end")

    def replacement(self, at: int, raw: bool, parts: list[str | _Field], quote: str, depth: int) -> int:
        """The place after a field's closing bracket."""
        source = self.source
        end = self.code(at, "=!:}", [], depth + 1)
        made = _Field(source[at:end], self.line(at))
        if not made.expression.strip():
            raise self.wrong(at, "an empty expression")
        shown = source[end] == "="
        if shown:
            end += 1
            while source[end : end + 1].isspace():
                end += 1
            parts.append(source[at:end])
            made.conversion = ord("r")
        if source[end : end + 1] == "!":
            name = source[end + 1 : end + 2]
            if name not in ("r", "s", "a"):
                raise self.wrong(end, "no such conversion")
            made.conversion = ord(name)
            end += 2
            while source[end : end + 1].isspace():
                end += 1
        elif source[end : end + 1] == ":" and shown:
            made.conversion = -1
        if source[end : end + 1] == ":":
            made.spec = []
            end = self.literal(end + 1, "}", raw, made.spec, quote, depth + 1)
        if source[end : end + 1] != "}":
            raise self.wrong(end, "a field that does not end")
        parts.append(made)
        return end + 1


class _Filled(ast.NodeTransformer):
    """Puts the f-strings back where their marks stand, each once."""

    def __init__(self, strings: list[_Formatted], depth: int) -> None:
        self.strings: dict[str, _Formatted] = {str(n): one for n, one in enumerate(strings)}
        self.depth = depth

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str) or _MARK not in node.value:
            return node
        head, *rest = node.value.split(_MARK)
        parts: list[str | _Field] = [head]
        for piece in rest:
            number, _, after = piece.partition(_END)
            one = self.strings.pop(number, None)
            parts += [*(one.parts if one else ()), after]
        return self.joined(parts, node)

    def joined(self, parts: list[str | _Field], at: ast.expr) -> ast.JoinedStr:
        values: list[ast.expr] = []
        text = ""
        for part in [*parts, None]:
            if isinstance(part, str):
                text += part
                continue
            if text:
                values.append(ast.copy_location(ast.Constant(text), at))
                text = ""
            if part is not None:
                values.append(self.field(part, at))
        return ast.copy_location(ast.JoinedStr(values), at)

    def field(self, part: _Field, at: ast.expr) -> ast.FormattedValue:
        source = f"({part.expression}\n)"
        try:
            tree = _parse(source, "eval")
        except SyntaxError:
            tree = _older(source, self.depth + 1, "eval")
        assert isinstance(tree, ast.Expression)
        if part.line > 1:
            ast.increment_lineno(tree, part.line - 1)
        spec = None if part.spec is None else self.joined(part.spec, at)
        return ast.copy_location(ast.FormattedValue(tree.body, part.conversion, spec), at)


# -- statements --------------------------------------------------------------------------------------------------------


def _statements(source: str) -> str:
    """Source without the statements' newer forms."""
    tokens: list[tokenize.TokenInfo] = []
    try:
        for one in tokenize.generate_tokens(io.StringIO(source).readline):
            if one.type not in (tokenize.COMMENT, tokenize.NL):
                tokens.append(one)
    except (tokenize.TokenError, SyntaxError):
        pass  # what came before it is put right, so that the parser's complaint is of the place that is wrong
    starts = [0]
    for row in source.split("\n"):
        starts.append(starts[-1] + len(row) + 1)

    def place(where: tuple[int, int]) -> int:
        return starts[where[0] - 1] + where[1]

    edits: list[tuple[int, int, str]] = []

    def drop(start: tuple[int, int], end: tuple[int, int]) -> None:
        first, last = place(start), place(end)
        edits.append((first, last, "\\\n" * source.count("\n", first, last)))

    closing: dict[int, int] = {}  # the bracket that closes each one
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token.type == tokenize.OP and token.string in ("(", "[", "{"):
            opened.append(i)
        elif token.type == tokenize.OP and token.string in (")", "]", "}") and opened:
            closing[opened.pop()] = i

    begins = True
    for i, token in enumerate(tokens[:-3]):
        name, after = tokens[i + 1], tokens[i + 2]
        if token.type == tokenize.NAME and name.type == tokenize.NAME:
            end = closing.get(i + 2, 0) if after.string == "[" else 0
            if token.string in ("def", "class") and end:
                drop(after.start, tokens[end].end)
            elif token.string == "type" and begins and (after.string == "=" or (end and tokens[end + 1].string == "=")):
                drop(token.start, name.start)
                if end:
                    drop(after.start, tokens[end].end)
            elif token.string == "lazy" and begins and name.string in ("import", "from"):
                drop(token.start, name.start)
        if token.string == "except" and begins:
            edits += _bracketed(tokens, i, place)
        begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT) or (
            token.string == ";" or (begins and token.type == tokenize.ENCODING)
        )
    pieces, at = [], 0
    for first, last, new in sorted(edits):
        if first >= at:
            pieces += [source[at:first], new]
            at = last
    return "".join([*pieces, source[at:]])


def _bracketed(
    tokens: list[tokenize.TokenInfo], i: int, place: Callable[[tuple[int, int]], int]
) -> list[tuple[int, int, str]]:
    """The brackets that `except A, B:` goes without since 3.14."""
    first = i + 1 + (tokens[i + 1].string == "*")
    depth, several = 0, False
    for j in range(first, len(tokens)):
        word = tokens[j].string
        if tokens[j].type == tokenize.OP:
            depth += (word in "([{") - (word in ")]}")
            several |= word == "," and not depth
        if depth == 0 and word == ":" and j > first:
            if several:
                start, end = place(tokens[first].start), place(tokens[j - 1].end)
                return [(start, start, "("), (end, end, ")")]
            break
        if (depth == 0 and word == "as") or tokens[j].type == tokenize.NEWLINE:
            break
    return []
