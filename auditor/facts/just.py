"""Justfiles, as just reads them: recipes with their parameters, aliases, variables, imports and modules.

A value is read where it is a string, a variable or a sum of these; what just would compute (backticks, functions,
conditions) stays as `$()`. Settings, attributes and comments are no recipes, nor is what stands within a string of several
lines.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from auditor.facts.make import Find
from auditor.holes import Hole
from auditor.lazy import compile_later, dataclass
from auditor.snapshot import File

_DEPTH = 12
_FILES = 50  # that are imported
_LINES = 20_000  # that one call of a recipe leads to
_COMPUTED = "$()"


@dataclass
class Parameter:
    """One parameter of a recipe: `sign` is `+` (one or more words), `*` (any number) or empty, `default` its value's tokens."""

    name: str
    sign: str
    default: list[str] | None


@dataclass
class Recipe:
    """One recipe of a justfile: what it needs with the arguments' tokens, and its lines."""

    name: str
    file: File
    line: int
    parameters: list[Parameter]
    needs: list[tuple[str, list[list[str]]]]
    body: list[tuple[int, str]] = field(default_factory=list)


class Justfile:
    """A justfile with what it imports. `holes` are imports that cannot be read, `open` whether there may be more recipes than are
    told: of these, of modules, and of files that may lie on a machine alone."""

    def __init__(self, file: File, find: Find, given: Mapping[str, str]) -> None:
        self.file = file
        self.recipes: dict[str, Recipe] = {}
        self.aliases: dict[str, tuple[str, File, int]] = {}
        self.variables: dict[str, str] = {}
        self.holes: list[Hole] = []
        self.open = False
        self.first = ""
        self._find = find
        self._given = given
        self._read_files: set[tuple[str, str]] = set()
        self._read(file, "")
        self.variables.update(given)

    @property
    def names(self) -> dict[str, tuple[File, int]]:
        """What can be typed after `just`, with where it stands."""
        found = {name: (r.file, r.line) for name, r in self.recipes.items()}
        return found | {name: (file, line) for name, (_, file, line) in self.aliases.items()}

    def _read(self, file: File, prefix: str) -> None:
        if (file.path, prefix) in self._read_files or len(self._read_files) > _FILES:
            return
        self._read_files.add((file.path, prefix))
        recipe: Recipe | None = None
        for line, text, tokens in _statements(file.text):
            if tokens is None:
                if recipe:
                    recipe.body.append((line, text))
                continue
            made = self._statement(file, line, tokens, prefix)
            recipe = made or (recipe if not tokens else None)

    def _statement(self, file: File, line: int, tokens: list[str], prefix: str) -> Recipe | None:
        """What a line at the left edge says; a recipe if it begins one."""
        if tokens[:1] == ["["]:  # an attribute, which may stand before what it is of
            tokens = tokens[_closed(tokens, 0) :]
        first, more = (tokens[0], tokens[1:]) if tokens else ("", [])
        if not more or ":" not in tokens:
            if first in ("import", "mod") and more:
                self._import(file, line, first, more, prefix)
            elif first == "alias" and len(more) > 2 and more[1] == ":=":
                self.aliases[prefix + more[0]] = (prefix + more[2], file, line)
            elif ":=" in tokens[1:3] and first not in ("set", "alias"):
                at = tokens.index(":=")
                self.variables[tokens[at - 1]] = self._value(tokens[at + 1 :], {**self.variables, **self._given})
            return None
        recipe = _recipe(tokens, file, line, prefix)
        if recipe is not None:
            self.recipes[recipe.name] = recipe
            self.first = self.first or recipe.name
        return recipe

    def _import(self, file: File, line: int, how: str, words: list[str], prefix: str) -> None:
        optional = words[0] == "?"
        words = words[optional:]
        name = words[0] if how == "mod" and words else ""
        typed = next((_unquoted(w) for w in words if _quotes(w)), "")
        if not name and not typed:
            return
        paths = [typed] if typed else []
        if how == "mod":
            folder = typed or name
            paths += [*([] if typed else [f"{name}.just"]), *(f"{folder}/{n}" for n in ("mod.just", "justfile", ".justfile"))]  # fmt: skip
            self.open = True
        near = posixpath.relpath("/" + file.folder, "/" + self.file.folder)
        found = next((f for p in paths if (f := self._find(posixpath.normpath(posixpath.join(near, p))))), None)
        if found is not None and not found.skipped:
            self._read(found, f"{prefix}{name}::" if name else prefix)
            return
        self.open = True
        if not optional:
            self.holes.append(Hole(file.path, f"imports `{typed or name}`, which cannot be read here", line))

    def _value(self, tokens: list[str], values: Mapping[str, str]) -> str:
        """The value of an expression."""
        if len(tokens) > 1 and tokens[0] == "(" and _closed(tokens, 0) == len(tokens):
            tokens = tokens[1:-1]
        joined = ""
        for i, token in enumerate(tokens):
            if i % 2:
                if token not in ("+", "/"):
                    return _COMPUTED
                joined += "/" * (token == "/")
            elif _quotes(token) and token[0] != "`":
                joined += _unquoted(token)
            elif token in values:
                joined += values[token]
            else:
                return _COMPUTED
        return joined

    def lines(self, name: str, arguments: list[str]) -> Iterator[tuple[File, int, str]] | None:
        """The lines that a recipe runs, those of what it needs first; None for one that is not there."""
        return self._lines(name, arguments, 0, set()) if self._named(name) else None

    def _named(self, name: str) -> Recipe | None:
        return self.recipes.get(self.aliases[name][0] if name in self.aliases else name)

    def _lines(
        self, name: str, arguments: list[str], depth: int, done: set[tuple[str, ...]]
    ) -> Iterator[tuple[File, int, str]]:
        recipe, asked = self._named(name), (name, *arguments)
        if recipe is None or depth > _DEPTH or asked in done or len(done) > _LINES // 20:
            return
        done.add(asked)
        values = dict(self.variables)
        for i, parameter in enumerate(recipe.parameters):
            given = arguments[i:] if parameter.sign else arguments[i : i + 1]
            if given:
                values[parameter.name] = " ".join(given)
            elif parameter.default is not None:
                values[parameter.name] = self._value(parameter.default, values)
            else:
                values[parameter.name] = "" if parameter.sign == "*" else _COMPUTED
        for need, wanted in recipe.needs:
            yield from self._lines(need, [self._value(w, values) for w in wanted], depth + 1, done)
        if recipe.body and recipe.body[0][1].startswith("#!"):
            if re.search(r"\b(ba|z|da)?sh\b", recipe.body[0][1]):
                text = "\n".join(self._put(t, values) for _, t in recipe.body[1:])
                yield recipe.file, recipe.body[0][0] + 1, text
            return
        line, joined = 0, ""
        for at, text in recipe.body:
            line = line or at
            if text.endswith("\\"):
                joined += text[:-1] + " "
                continue
            yield recipe.file, line, self._put(joined + text, values)
            line, joined = 0, ""

    def _put(self, text: str, values: Mapping[str, str]) -> str:
        return re.sub(r"\{\{((?:[^{\n]|\{(?!\{))*?)\}\}", lambda m: self._value(_tokens(m[1]), values), text)


def just_recipes(file: File) -> dict[str, Recipe]:
    """The recipes of one justfile by their names, without what it imports."""
    return dict(Justfile(file, lambda _: None, {}).recipes)


# -- the form ----------------------------------------------------------------------------------------------------------

_QUOTES = ("'''", '"""', "```", "'", '"', "`")
_PLAIN = compile_later(r"[A-Za-z_][\w-]*(?:::[A-Za-z_][\w-]*)*|:=|&&|\|\||==|!=|=~|.")
_NAME = compile_later(r"[A-Za-z_][\w-]*")


def _statements(text: str) -> Iterator[tuple[int, str, list[str] | None]]:
    """The lines of a justfile: an indented one with its text, what begins at the left edge with its tokens, which may go over
    several lines. Empty lines and comments are left out."""
    at, line, gone = 0, 1, set[str]()
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        row = text[at:end]
        if not row.strip() or row.startswith("#"):
            at, line = end + 1, line + 1
            continue
        if row[0] in " \t":
            yield line, row.strip(), None
            at, line = end + 1, line + 1
            continue
        tokens, after = _scan(text, at, gone)
        yield line, row, tokens
        line += text.count("\n", at, after) + 1
        at = after + 1


def _tokens(text: str) -> list[str]:
    return _scan(text, 0, set())[0]


def _scan(text: str, at: int, gone: set[str]) -> tuple[list[str], int]:
    """The tokens from a place to the end of its line, and where that is: strings and what stands in brackets go on over lines, as
    does a line that ends in `\\`. `gone` are the quotes that no later place of the text has."""
    tokens, depth = list[str](), 0
    while at < len(text):
        c = text[at]
        if c == "\n" and not depth:
            break
        if c.isspace():
            at += 1
        elif text.startswith(("\\\n", "\\\r\n"), at):
            at = text.index("\n", at) + 1
        elif c == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            prefixed = c in "xf" and text[at + 1 : at + 2] in ("'", '"')
            end = _string_end(text, at + prefixed, gone) or _PLAIN.match(text, at).end()  # type: ignore[union-attr]
            tokens.append(text[at:end])
            depth = max(depth + (c in "([") - (c in ")]"), 0)
            at = end
    return tokens, at


def _string_end(text: str, at: int, gone: set[str]) -> int:
    """Where the string ends that begins at a place; 0 where none does. One that nothing closes is as long as its line."""
    quote = next((q for q in _QUOTES if text.startswith(q, at)), "")
    if not quote:
        return 0
    end = at + len(quote)
    while quote not in gone:
        end = text.find(quote, end)
        if end < 0:
            gone.add(quote)
            break
        before = end
        while quote[0] == '"' and text[before - 1] == "\\" and before - 1 >= at + len(quote):
            before -= 1
        if (end - before) % 2 == 0:
            return end + len(quote)
        end += 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _quotes(token: str) -> str:
    """The quotes of a token that is a string as it stands; prefixed ones (`x'~'`) are made when just runs."""
    return next((q for q in _QUOTES if token.startswith(q) and token.endswith(q) and len(token) >= 2 * len(q)), "")


def _unquoted(token: str) -> str:
    width = len(_quotes(token))
    plain = token[width : len(token) - width]
    return plain.replace('\\"', '"').replace("\\\\", "\\") if token[0] == '"' else plain


def _closed(tokens: list[str], at: int) -> int:
    """Where what follows a bracket's end begins."""
    depth = 0
    for i in range(at, len(tokens)):
        depth += (tokens[i] in ("(", "[")) - (tokens[i] in (")", "]"))
        if depth <= 0:
            return i + 1
    return len(tokens)


def _one(tokens: list[str], at: int) -> int:
    """Where what follows one value begins: a string, a name, a call, or something in parentheses."""
    if tokens[at : at + 1] == ["("] or tokens[at + 1 : at + 2] == ["("]:
        return _closed(tokens, at if tokens[at] == "(" else at + 1)
    return at + 1


def _recipe(tokens: list[str], file: File, line: int, prefix: str) -> Recipe | None:
    """The recipe whose head these tokens are; None where they are no head, which just refuses, too."""
    at = int(tokens[0] == "@")
    if at >= len(tokens) or not _NAME.fullmatch(tokens[at]):
        return None
    name, at, parameters = tokens[at], at + 1, list[Parameter]()
    while at < len(tokens) and tokens[at] != ":":
        sign = tokens[at] if tokens[at] in ("+", "*") else ""
        at += bool(sign)
        at += tokens[at : at + 1] == ["$"]
        if at >= len(tokens) or not _NAME.fullmatch(tokens[at]):
            return None
        parameter = Parameter(tokens[at], sign, None)
        at += 1
        if tokens[at : at + 1] == ["="] and at + 1 < len(tokens):
            end = _one(tokens, at + 1)
            parameter.default = tokens[at + 1 : end]
            at = end
        parameters.append(parameter)
    if at >= len(tokens):
        return None
    needs = list[tuple[str, list[list[str]]]]()
    at += 1
    while at < len(tokens):
        if tokens[at] == "(" and at + 1 < len(tokens):
            end, inner = _closed(tokens, at), at + 2
            arguments = list[list[str]]()
            while inner < end - 1:
                after = _one(tokens, inner)
                arguments.append(tokens[inner:after])
                inner = after
            needs.append((prefix + tokens[at + 1], arguments))
            at = end
            continue
        if _NAME.match(tokens[at]):
            needs.append((prefix + tokens[at], []))
        at += 1
    return Recipe(prefix + name, file, line, parameters, needs)
