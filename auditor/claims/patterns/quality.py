"""Rigid forms about code quality and about how the group worked with git."""

from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Typed
from auditor.claims.patterns.words import typed
from auditor.clauses import Clause, Table, among, clauses, listed_after, table, terms
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

_ORDERS = among("add write use include document annotate type ensure make keep provide put give follow have please")


@reads("all-functions")
def all_functions(prose: Prose, case: Case) -> Read:
    """Takes: `all|every|each ... functions have docstrings|type hints`, and `docstrings in|to|for all functions`. Leaves alone: most, key and
    important ones, tests, what is required or hoped, and what others are told to do (`Add docstrings to all functions`)."""
    for clause in _firm(prose):
        if clause.has(_SOME) or (clause.words and clause.words[0].text in _ORDERS):
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
            yield (clause.statement, typed("enforces", clause, rule=rule, everywhere=True, every=True))


def _firm(prose: Prose, *questions: str) -> Iterator[Clause]:
    for statement in prose.sentences(*questions):
        if statement.firm:
            yield from (c for c in clauses(statement) if c.plain)


# -- git ---------------------------------------------------------------------------------------------------------------

_REQUESTS = dict.fromkeys(["pull request", "pull requests", "prs", "pr", "merge requests"], "pull requests")
_USE = among("use used using make made any of work worked with have opened create created")
_MAIN = table("main", "main", "master", "main branch", "master branch")
_PUSH = among(
    "push pushed pushes pushing commit committed commits committing work worked directly direct straight code changes anything to on into onto we it"
)
_NEVER = table("never", "never", "nobody", "no one", "none of us", "no member")


@reads("git-absolutes", "version-control")
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
                        yield (statement, typed("history", clause, what="direct commits", denied=True, every=True))
