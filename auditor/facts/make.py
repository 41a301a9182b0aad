"""Makefiles: which commands a target leads to, with variables, includes, patterns and prerequisites."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from auditor import limits
from auditor.holes import Hole
from auditor.lazy import compile_later, dataclass
from auditor.snapshot import File

Find = Callable[[str], "File | None"]  # a file by its path, as the tool would look for it

_DEPTH = 12
_LONG = 200  # characters of a text beyond which its expansion counts as more than one
_FILES = 50  # that one makefile includes, as often as it does
_READ = 5  # lines of a makefile that count as one expansion: with other variables it is read anew


@dataclass
class Work:
    """How many expansions are left of one job's: makefiles call each other, and a variable of two variables doubles."""

    left: int = field(default_factory=lambda: limits.EXPANSIONS.value)


@dataclass
class Rule:
    """One rule: its targets and what they need, as written, and its recipe's logical lines."""

    targets: list[str]
    needs: list[str]
    recipe: list[tuple[File, int, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


_ASSIGN = compile_later(r"^(?:(?:export|override|private)\s++)*+([\w.-]+)\s*(:::=|::=|:=|\?=|\+=|!=|=)\s*(.*)$")
_RULE = compile_later(r"^([^\s#=:][^#=:]*?)\s*(?:&?::?)(?!=)\s*(.*)$")
_CONDITION = compile_later(r"^(ifeq|ifneq|ifdef|ifndef)\b\s*(.*)$")


class Makefile:
    """A makefile with what it includes. `given` are the variables of the command line, which win, `values` those of the
    environment, `work` what the job's makefiles may still expand together: what comes later counts as computed. `holes`
    are the includes that cannot be read, `computed` the targets that were made and need what only make knows."""

    def __init__(
        self, file: File, find: Find, given: Mapping[str, str], values: Mapping[str, str], work: Work | None = None
    ) -> None:
        self.file = file
        self.rules: list[Rule] = []
        self.variables: dict[str, str] = {}
        self.holes: list[Hole] = []
        self.computed: list[Hole] = []
        self._given, self._values, self._find = given, values, find
        self._goal = ""
        self._work = work or Work()
        self._open: set[str] = set()  # variables that are being expanded
        self._included = 0
        self._by_target: dict[str, list[Rule]] = {}
        self._patterns: list[tuple[Rule, str, str]] = []  # rules with a recipe, by what stands around the `%`
        self._read(file, 0)
        for rule in self.rules:
            for target in dict.fromkeys(rule.targets):
                self._by_target.setdefault(target, []).append(rule)
                head, percent, tail = target.partition("%")
                if percent and rule.recipe:
                    self._patterns.append((rule, head, tail))

    def _read(self, file: File, depth: int) -> None:
        rule: Rule | None = None
        branches: list[bool | None] = []  # whether each open condition's current part holds
        rows, i = file.lines, 0
        self._work.left -= len(rows) // _READ
        if self._work.left < 0:
            self.holes.append(Hole(file.path, "is read anew more often than is followed"))
            return
        while i < len(rows):
            line, row = i + 1, rows[i]
            if row.endswith("\\"):
                pieces = [row]
                while pieces[-1].endswith("\\") and i + 1 < len(rows):
                    i += 1
                    pieces[-1] = pieces[-1][:-1] + " "
                    pieces.append(rows[i].strip())
                row = "".join(pieces)
            i += 1
            if row.startswith("\t") and rule is not None:
                if False not in branches and row.strip():
                    rule.recipe.append((file, line, row.strip()))
                continue
            text = row.strip()
            if not text or text.startswith("#"):
                continue
            if opens := _CONDITION.match(text):
                branches.append(self._holds(opens[1], opens[2]))
                continue
            if text.startswith("else") and branches:
                again = _CONDITION.match(text[4:].strip())
                before = branches.pop()
                branches.append(
                    False if before else self._holds(again[1], again[2]) if again else None if before is None else True
                )
                continue
            if text.startswith("endif") and branches:
                branches.pop()
                continue
            if False in branches:
                continue
            if text.startswith("define "):
                name, body = re.split(r"\s|=", text[7:].strip())[0], []
                while i < len(rows) and rows[i].strip() != "endef":
                    body.append(rows[i].strip())
                    i += 1
                i += 1
                self.variables[name] = "\n".join(body)
            elif re.match(r"-?s?include\s", text):
                optional = text.startswith(("-", "s"))
                for name in self.expand(text.split(None, 1)[1]).split():
                    self._included += 1
                    found = self._find(name) if depth < _DEPTH and self._included <= _FILES else None
                    if found is not None and not found.skipped:
                        self._read(found, depth + 1)
                    elif not optional:
                        self.holes.append(Hole(file.path, f"includes `{name}`, which cannot be read here", line))
            elif match := _ASSIGN.match(text):
                self._assign(self.variables, match[1], match[2], match[3])
                rule = None
            elif match := _RULE.match(text):
                targets, rest = self.expand(match[1]).split(), match[2]
                if own := _ASSIGN.match(rest):
                    made = Rule(targets, [])
                    self._assign(made.values, own[1], own[2], own[3])
                    self.rules.append(made)
                    continue
                needs, _, recipe = rest.partition(";")
                needs = needs.split(" #")[0]
                if ":" in needs and "%" in needs:  # a static pattern: `targets: pattern: needs`
                    needs = needs.split(":", 1)[1]
                rule = Rule(targets, self.expand(needs).replace("|", " ").split())
                if body_of := recipe.strip():
                    rule.recipe.append((file, line, body_of))
                self.rules.append(rule)
                if not self._goal and targets and not targets[0].startswith(".") and "%" not in targets[0]:
                    self._goal = targets[0]

    def _assign(self, to: dict[str, str], name: str, how: str, value: str) -> None:
        value = value.split(" #")[0].strip()
        if how == "?=" and (name in to or name in self._values):
            return
        if how == "!=":
            value = f"$(shell {value})"
        if how == "+=":  # beyond what it may grow to nothing of it is seen
            before = to.get(name, "")
            value = f"{before} {value}".strip() if len(before) <= limits.EXPANSION.value else before
        # what is made now may name itself
        to[name] = (
            self.expand(value, to if to is not self.variables else None) if how in (":=", "::=", ":::=") else value
        )

    def _holds(self, how: str, condition: str) -> bool | None:
        if how in ("ifdef", "ifndef"):
            name = condition.strip()
            known = bool(self._given.get(name) or self.variables.get(name) or self._values.get(name))
            return known is (how == "ifdef")
        match = re.match(r"\(\s*(.*?)\s*,\s*(.*?)\s*\)\s*$", condition) or re.match(
            r"""["'](.*?)["']\s+["'](.*?)["']""", condition
        )
        if not match:
            return None
        a, b = self.expand(match[1]), self.expand(match[2])
        return None if "$(" in a + b else (a == b) is (how == "ifeq")

    def expand(self, text: str, more: Mapping[str, str] | None = None, depth: int = 0) -> str:
        """A text with its variables put in; an undefined one is empty, as for make. What make would compute stays as
        `$()`, `$$` becomes the shell's `$`."""
        if "$" not in text or depth > _DEPTH:
            return text
        self._work.left -= 1 + len(text) // _LONG
        if self._work.left < 0:
            return "$()"
        out: list[str] = []
        i = length = 0
        while (at := text.find("$", i)) >= 0 and length < limits.EXPANSION.value:
            out.append(text[i:at])
            opens = text[at + 1 : at + 2]
            if opens == "" or opens == "$":
                piece, i = "$", at + 2
            elif opens in "({":
                i = _closes(text, at + 1)
                piece = self._value(text[at + 2 : i - 1], more, depth + 1)
            else:
                piece, i = self._value(opens, more, depth + 1), at + 2
            length += len(piece) + len(out[-1])
            out.append(piece)
        if at < 0:
            out.append(text[i:])
        return "".join(out)[: limits.EXPANSION.value]

    def _value(self, name: str, more: Mapping[str, str] | None, depth: int) -> str:
        verb, _, rest = name.strip().partition(" ")
        rest = rest.strip()
        if rest:
            if verb == "shell":
                which = re.fullmatch(r"(?:which|command -v)\s+([\w./-]+).*", self.expand(rest, more, depth))
                return which[1] if which else "$()"
            parts = _arguments(rest)
            if verb in ("or", "if"):
                picked = (
                    parts if verb == "or" else parts[1:2] if self.expand(parts[0], more, depth).strip() else parts[2:]
                )
                return next((v for p in picked if (v := self.expand(p.strip(), more, depth))), "")
            if verb == "foreach" and len(parts) == 3:
                name, words = parts[0].strip(), self.expand(parts[1], more, depth).split()[:_MANY]
                return " ".join(self.expand(parts[2], {**(more or {}), name: w}, depth) for w in words)
            if verb == "call":
                arguments = {str(n): self.expand(a.strip(), more, depth) for n, a in enumerate(parts)}
                return self.expand(self._raw(parts[0].strip(), more), {**(more or {}), **arguments}, depth)
            if verb in ("info", "warning", "error", "eval"):
                return ""
            if verb in ("wildcard", "value"):
                return "$()"
            if verb in _FUNCTIONS or verb in ("strip", "abspath", "realpath"):
                return _computed(verb, [self.expand(p, more, depth) for p in parts])
        name = self.expand(name.strip(), more, depth)
        if name == "MAKE":
            return "make"
        name = name.split(":", 1)[0]
        if name in self._open:  # make stops here: the variable references itself
            return "$()"
        self._open.add(name)
        try:
            return self.expand(self._raw(name, more), more, depth)
        finally:
            self._open.discard(name)

    def _raw(self, name: str, more: Mapping[str, str] | None) -> str:
        for known in (self._given, more or {}, self.variables, self._values, _BUILT_IN):
            if name in known:
                return known[name]
        return ""

    @property
    def goal(self) -> str:
        """The target that is made if none is named."""
        return self.expand(self.variables.get(".DEFAULT_GOAL", "")).strip() or self._goal

    def lines(self, target: str) -> Iterator[tuple[File, int, str]] | None:
        """The recipe lines that making a target runs, those of what it needs first, variables put in; None for a target
        that no rule makes."""
        if not self._rules(target):
            return None
        return self._lines(target, set(), {})

    def _rules(self, target: str) -> list[tuple[Rule, str]]:
        exact = [(r, "") for r in self._by_target.get(target, ())]
        if any(r.recipe for r, _ in exact):
            return exact
        for rule, head, tail in self._patterns:
            if len(target) >= len(head) + len(tail) and target.startswith(head) and target.endswith(tail):
                return [*exact, (rule, target[len(head) : len(target) - len(tail)])]
        return exact

    def _lines(self, target: str, done: set[str], values: Mapping[str, str]) -> Iterator[tuple[File, int, str]]:
        if target in done or len(done) > 300:
            return
        done.add(target)
        rules = self._rules(target)
        own = dict(values)
        for rule, _ in rules:
            own.update(rule.values)
        needs = [need.replace("%", stem) for rule, stem in rules for need in rule.needs]
        for need in needs:
            if "$(" in need:  # which rules that asks for only make knows
                self.computed.append(Hole(self.file.path, f"the target {target} needs what make computes"))
            yield from self._lines(need, done, own)
        for rule, stem in rules:
            told = {**own, "@": target, "*": stem, "<": needs[0] if needs else "", "^": " ".join(needs), "?": ""}
            for file, line, text in rule.recipe:
                for one in self.expand(text, told).split("\n"):
                    yield file, line, one.strip()


_MANY = 200  # words that a loop goes through
_FUNCTIONS = frozenset(
    ["addprefix", "addsuffix", "firstword", "lastword", "filter", "filter-out", "subst", "patsubst", "notdir", "dir",
     "basename", "sort"]
)  # fmt: skip


_BRACKETS = compile_later(r"[(){}]")


def _closes(text: str, start: int) -> int:
    """Where a reference that opens here has ended: behind its bracket, or the text's end if it has none."""
    opens, closes, level = text[start], {"(": ")", "{": "}"}[text[start]], 0
    for match in _BRACKETS.finditer(text, start):
        level += (match[0] == opens) - (match[0] == closes)
        if not level:
            return match.end()
    return len(text) + 1  # the name is all that is left


def _arguments(text: str) -> list[str]:
    """A function's arguments: commas within parentheses are none of its own."""
    parts, level = [""], 0
    for c in text:
        level += (c in "({") - (c in ")}")
        if c == "," and level == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def _fits(word: str, patterns: list[str]) -> bool:
    for pattern in patterns:
        head, percent, tail = pattern.partition("%")
        if word == pattern or (
            percent and len(word) >= len(head + tail) and word.startswith(head) and word.endswith(tail)
        ):
            return True
    return False


def _computed(verb: str, given: list[str]) -> str:
    """The value of one of make's functions over words."""
    words = given[-1].split()[: _MANY * 10]
    if "$(" in "".join(given) and verb not in ("addprefix", "addsuffix", "strip"):
        return "$()"
    first = given[0].strip()
    if verb in ("addprefix", "addsuffix"):
        return " ".join(f"{first}{w}" if verb == "addprefix" else f"{w}{first}" for w in words)
    if verb in ("filter", "filter-out"):
        return " ".join(w for w in words if _fits(w, first.split()) is (verb == "filter"))
    if verb == "subst" and len(given) == 3:
        return given[2].replace(given[0], given[1]) if given[0] and len(given[1]) < _MANY else "$()"
    if verb == "patsubst" and len(given) == 3:
        head, _, tail = first.partition("%")
        to = given[1].strip()
        return " ".join(to.replace("%", w[len(head) : len(w) - len(tail)]) if _fits(w, [first]) else w for w in words)
    if verb in ("firstword", "lastword"):
        return (words[0] if verb == "firstword" else words[-1]) if words else ""
    if verb == "notdir":
        return " ".join(w.rsplit("/", 1)[-1] for w in words)
    if verb == "dir":
        return " ".join(w.rpartition("/")[0] + "/" if "/" in w else "./" for w in words)
    if verb == "basename":
        return " ".join(re.sub(r"\.[^./]*$", "", w) for w in words)
    return " ".join(sorted(set(words)) if verb == "sort" else words)


_BUILT_IN = {"SHELL": "/bin/sh", "RM": "rm -f", "CC": "cc", "CURDIR": ".", "PYTHON": "python"}
