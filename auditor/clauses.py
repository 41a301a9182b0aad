"""Sentences as clauses of words with their places, and the few ways in which they string the terms of closed lists together.

A sentence is cut into clauses of words that know their place in it, so that what is read can be quoted as it stands. Terms
(names of tools, systems, events) come from tables; a list of terms is rigid where nothing but commas, `and` and brackets
stands between them, and where only words of a closed set lead from its head to it.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from auditor.lazy import compile_later, dataclass
from auditor.prose import Statement


def among(words: str) -> frozenset[str]:
    """A closed list of words."""
    return frozenset(words.split())


class Table(dict[str, str]):
    """Terms by the words that people write, in small letters and without hyphens, with the identifier of each."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        super().__init__({name.replace("-", " "): id_ for name, id_ in terms.items()})
        self.longest = max(len(name.split()) for name in self)
        self.firsts = frozenset(name.split()[0] for name in self)


def table(id: str, *names: str) -> Table:
    """Several ways to write one term."""
    return Table(dict.fromkeys(names, id))


JOINS = among(", and & + ( ) as well also both the our")
GLOSS = among(
    "check format for linting formatting typing type types checking checks import imports sorting code style static analysis"
)
BREAKS = among("; but however although though while whereas yet except because")
LOOSE = among("""
    not no never neither nor without cannot instead rather than like such example instance e.g eg unlike similar compared alternative
    could can may might would should will allows allow allowing enables possible optional consider considered possibly planned
    locally local manually manual by-hand editor extension except before initially previously earlier replaced replace replaces replacing removed
    disabled skip skipped course exercise template unfortunately tried failed if when needed
""")
"""Words that keep a clause from stating plainly that something is so, here and now. `n't` counts, too."""


# -- words, clauses, terms ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A word or mark of a statement in small letters, with its place in the statement's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """A term of a table: its identifier, and which words of the clause it takes."""

    id: str
    first: int
    last: int  # the word after it


@dataclass(frozen=True)
class Clause:
    """The words between two breaks of a statement."""

    statement: Statement
    words: tuple[Word, ...]

    @property
    def quote(self) -> str:
        """Its words as the report has them; the whole statement where that is short."""
        text = self.statement.text
        if len(text) <= 200 or not self.words:
            return text
        return text[self.words[0].start : self.words[-1].end]

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The words up to a hyphen: what a term may begin with."""
        return frozenset(w.text.split("-", 1)[0] for w in self.words)

    @cached_property
    def texts(self) -> frozenset[str]:
        """Its words, whatever their order."""
        return frozenset(w.text for w in self.words)

    def has(self, listed: Collection[str]) -> bool:
        """Whether one of these words stands in it."""
        return not self.texts.isdisjoint(listed)

    def states(self, allowed: Collection[str] = (), last: int | None = None) -> bool:
        """Whether no word, but those that are allowed, keeps it from stating how things are: no word up to a term that ends
        before the word `last`, nor of the four behind it."""
        near = self.words if last is None else self.words[: last + 4]
        return not any((w.text in LOOSE and w.text not in allowed) or w.text.endswith("n't") for w in near)

    @property
    def plain(self) -> bool:
        """Whether no word keeps it from stating how things are."""
        return self.states()

    @property
    def denies(self) -> bool:
        """Whether there is a plain `not` in it."""
        return any(w.text in ("not", "no", "never", "without", "neither") or w.text.endswith("n't") for w in self.words)


_WORD = compile_later(r"--[a-z][\w-]*(?:=[\w./,-]+)?|[A-Za-z0-9_][\w.+'’/-]*|[,;:()&+]|(?<=\s)[-–—]+(?=\s)")
_ADDRESS = compile_later(r"\]\([^)\n]*\)|https?://\S+")


def clauses(statement: Statement) -> tuple[Clause, ...]:
    """A statement's clauses; addresses of links are no words. Kept with the statement: every reader asks for them."""
    made: tuple[Clause, ...] | None = statement.__dict__.get("clauses")
    if made is None:
        made = statement.__dict__["clauses"] = tuple(_clauses(statement))
    return made


def _clauses(statement: Statement) -> Iterator[Clause]:
    text = _ADDRESS.sub(lambda m: " " * len(m[0]), statement.text)
    held: list[Word] = []
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'").rstrip(".'/-") or ";"
        if word in BREAKS:
            if held:
                yield _clause(statement, held)
            held = []
        else:
            held.append(Word(word, match.start(), match.start() + len(word)))
    if held:
        yield _clause(statement, held)


def _clause(statement: Statement, words: list[Word]) -> Clause:
    """A clause without the marks at its ends."""
    first = next((i for i, w in enumerate(words) if w.text != ","), len(words))
    last = next((i for i in range(len(words), first, -1) if words[i - 1].text != ","), first)
    return Clause(statement, tuple(words[first:last]))


def terms(clause: Clause, table: Mapping[str, str]) -> list[Term]:
    """The terms of a table in a clause, longest first, none within another. Hyphens count as spaces."""
    table = table if isinstance(table, Table) else Table(table)
    if table.firsts.isdisjoint(clause.firsts):
        return []
    words = [w.text.replace("-", " ") for w in clause.words]
    found: list[Term] = []
    at = 0
    while at < len(words):
        if words[at].split(" ", 1)[0] in table.firsts:
            for size in range(min(table.longest, len(words) - at), 0, -1):
                if known := table.get(" ".join(words[at : at + size])):
                    found.append(Term(known, at, at + size))
                    at += size - 1
                    break
        at += 1
    return found


def listed_after(
    clause: Clause, head: int, table: Mapping[str, str], through: Collection[str], between: Collection[str] = ()
) -> list[Term]:
    """The terms of the list that a head (the word before `head`) leads to: words of `through` and joining marks may stand
    before it, joins, glosses (`for linting`) and words of `between` between its entries."""
    found: list[Term] = []
    by_place = {t.first: t for t in terms(clause, table)}
    at = head
    while at < len(clause.words):
        if (term := by_place.get(at)) is not None:
            found.append(term)
            at = term.last
            continue
        word = clause.words[at].text
        passing = (GLOSS, between) if found else (through,)
        if not (word in JOINS or word == ":" or word.startswith("--") or any(word in words for words in passing)):
            break
        at += 1
    return found


def listed_before(clause: Clause, tail: int, table: Mapping[str, str], links: Collection[str]) -> list[Term]:
    """The terms of the list that ends before a tail (`ruff and mypy in our CI`): words of `links`, at least one, stand between."""
    by_end = {t.last: t for t in terms(clause, table)}
    found: list[Term] = []
    at, linked = tail, False
    while at > 0:
        word = clause.words[at - 1].text
        if linked and (term := by_end.get(at)) is not None:
            found.append(term)
            at = term.first
            continue
        if not (word in JOINS or word in (GLOSS if found else links)):
            break
        linked = linked or word in links
        at -= 1
    return found[::-1]
