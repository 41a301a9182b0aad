"""Rigid forms about code quality and about how the group worked with git."""

from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Typed
from auditor.claims.patterns.words import Clause, Table, among, clauses, listed_after, number, table, terms, typed
from auditor.prose import Prose, Statement

Read = Iterator[tuple[Statement, Typed]]

_FUNCTIONS = table("functions", "functions", "function", "methods", "method", "functions and classes", "functions and methods", "classes and functions")  # fmt: skip
_EVERY = table("all", "all", "every", "each")
_OF = among("of the our these public python implemented single all every each")
_MARKS = Table({
    "docstring": "docstrings", "docstrings": "docstrings", "documented": "docstrings", "type hints": "annotations", "typehints": "annotations",
    "type annotations": "annotations", "type hinted": "annotations", "annotated": "annotations", "typed": "annotations", "type hint": "annotations",
})  # fmt: skip
_HAVE = among(
    "have has are is were been with include includes contain contains proper a an in project code our the added and"
)
_SOME = among(
    "most key important critical main core public almost nearly mostly tests test endpoints endpoint requires require helps"
)


@reads("all-functions")
def all_functions(prose: Prose, case: Case) -> Read:
    """Takes: `all|every|each ... functions have docstrings|type hints`, and `docstrings in|to|for all functions`. Leaves alone: most, key and
    important ones, tests, and what is required or hoped."""
    for clause in _firm(prose):
        if clause.has(_SOME):
            continue
        rules = []
        for head in terms(clause, _EVERY):
            for functions in listed_after(clause, head.last, _FUNCTIONS, _OF)[:1]:
                rules += [t.id for t in listed_after(clause, functions.last, _MARKS, _HAVE)]
        for mark in terms(clause, _MARKS):
            after = listed_after(clause, mark.last, _FUNCTIONS, _OF | {"to", "for", "in", "on", "across"})
            if after and any(w.text in _EVERY for w in clause.words[mark.last : after[0].first]):
                rules.append(mark.id)
        for rule in dict.fromkeys(rules):
            yield (
                clause.statement,
                typed("enforces", clause, rule=rule, everywhere=True, every=True),
            )


def _firm(prose: Prose, *questions: str) -> Iterator[Clause]:
    for statement in prose.sentences(*questions):
        if statement.firm:
            yield from (c for c in clauses(statement) if c.plain)


_LENGTHS = table("length", "line length", "max line length", "maximum line length", "line length limit")  # fmt: skip
_SET = among("of to is was set limit max maximum at most characters = : with a")
_UNITS = table("unit", "characters per line", "character line length", "characters a line", "character limit", "chars per line")  # fmt: skip
_TOOLS = Table({t: t for t in ("ruff", "black", "flake8", "pylint", "isort", "yapf", "autopep8")})
_ELSE = among("default recommends recommended recommendation standard from")


@reads("line-length")
def line_length(prose: Prose, case: Case) -> Read:
    """Takes: one number behind `line length` or before `characters per line`. Leaves alone: defaults and recommendations."""
    for clause in _firm(prose):
        if clause.has(_ELSE):
            continue
        found = []
        for head in terms(clause, _LENGTHS):
            at = head.last
            while at < len(clause.words) and clause.words[at].text in _SET:
                at += 1
            found.append(number(clause.words, at))
        found += [number(clause.words, t.first - 1) for t in terms(clause, _UNITS)]
        values = {v for v in found if v is not None and 40 <= v <= 250}
        tools = {t.id for t in terms(clause, _TOOLS)}
        if len(values) == 1 and len(tools) <= 1:
            tool = next(iter(tools), "")
            yield (
                clause.statement,
                typed("enforces", clause, rule="line length", tool=tool, value=next(iter(values))),
            )


_MYPY = table("mypy", "mypy")
_STRICT = Table({"strict": "strict", "strict mode": "strict", "strict typing": "strict", "strictly": "strict"})
_PREFIXES = among(
    "A ANN ARG ASYNC B BLE C C4 C90 COM D DTZ E EM ERA F FBT I ICN INP ISC LOG N NPY PD PERF PGH PIE PL PLC PLE PLR PLW PT PTH PYI Q RET RUF S SIM SLF T20 TC TCH TID TRY UP W YTT"
)
_SELECTED = among("select selects selected enable enables enabled rule rules ruleset activated checks")
_IGNORED = among("ignore ignores ignored ignoring exclude excluded disable except flake8 pylint")


@reads("rules")
def rules(prose: Prose, case: Case) -> Read:
    """Takes: code spans that are ruff's rules where ruff is named and a word for selecting stands; mypy with `strict`. Leaves alone: ignored
    rules and other linters'."""
    for clause in _firm(prose, "code-quality", "continuous-integration"):
        statement = clause.statement
        if clause.has(("ruff",)) and clause.has(_SELECTED) and not clause.has(_IGNORED):
            spans = [c.strip("\"' ") for span in statement.code for c in span.strip("[]").split(",")]
            for code in dict.fromkeys(c for c in spans if c.rstrip("0123456789") in _PREFIXES or c in _PREFIXES):
                yield statement, typed("enforces", clause, rule="unknown", tool="ruff", code=code)
        for head in terms(clause, _MYPY):
            if listed_after(
                clause,
                head.last,
                _STRICT,
                frozenset(["in", "with", "is", "runs", "run", "--strict", "mode", "set", "to"]),
            ):
                yield statement, typed("enforces", clause, rule="strict typing", tool="mypy")


# -- git ---------------------------------------------------------------------------------------------------------------

_REQUESTS = dict.fromkeys(["pull request", "pull requests", "prs", "pr", "merge requests"], "pull requests")
_USE = among("use used using make made any of work worked with have opened create created really")
_MAIN = table("main", "main", "master", "main branch", "master branch")
_PUSH = among(
    "push pushed pushes pushing commit committed commits committing work worked directly direct straight code changes anything to on into onto we it"
)
_NEVER = table("never", "never", "nobody", "no one", "none of us", "no member")


@reads("git-absolutes")
def git_absolutes(prose: Prose, case: Case) -> Read:
    """Takes: in the version control answer, `we did not use pull requests` at the end of a clause, and `never|nobody ... pushed|committed ...
    to main`. Leaves alone: denials of a part (`for small changes`), and answers that hedge."""
    for statement in prose.sentences("version-control"):
        for clause in clauses(statement) if statement.firm and not statement.hedged else ():
            words = [w.text for w in clause.words]
            for i, word in enumerate(words):
                ends = [t for t in listed_after(clause, i + 1, _REQUESTS, _USE) if t.last == len(words)]
                if (word in ("not", "no", "never") or word.endswith("n't")) and ends and words[0] in ("we", "our"):
                    yield statement, typed("history", clause, what="pull requests", denied=True)
                    break
            if not clause.has(("should", "would", "one", "can", "could")):
                for head in terms(clause, _NEVER):
                    if listed_after(clause, head.last, _MAIN, _PUSH):
                        yield (
                            statement,
                            typed("history", clause, what="direct commits", denied=True, every=True),
                        )
