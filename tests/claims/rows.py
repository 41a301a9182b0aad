"""Typed claims held against repositories that stand in a dict, and what the readers of rigid forms make of answers."""

from collections.abc import Mapping

from conftest import report, tree

from auditor.claims.case import Case, Placed, Settled, load
from auditor.claims.kinds import CLAIM, Typed
from auditor.profile import load_profile
from auditor.prose import read_prose
from auditor.repository import History


def case(
    files: Mapping[str, str | bytes],
    items: Mapping[str, bool] | None = None,
    answers: Mapping[str, str] | None = None,
    history: History | None = None,
) -> Case:
    """A repository and a report (boxes by item id, answers by question id) to hold claims against."""
    made = report(answers or {}, items)
    return Case(tree(files, history, made), load_profile(), read_prose(made))


def typed(kind: str, quote: str = "so it is", **fields: object) -> Typed:
    """A typed claim."""
    made: Typed = CLAIM.validate_python({"kind": kind, "quote": quote, **fields})
    return made


def placed(here: Case, question: str, claim: Typed) -> Case:
    """The same case with a claim that the answer to a question makes."""
    asked = next(q for q in here.report.questions if q.id == question)
    here.claims = (*here.claims, Placed(claim, asked, asked.answer_lines[0], "answers"))
    return here


def settled(here: Case, kind: str, quote: str = "so it is", **fields: object) -> Settled | None:
    """What the settler says of one claim; a settler that fails fails the test."""
    made, failure = load()[1][kind].settle(typed(kind, quote, **fields), here)
    assert not failure, failure
    return made


def label(here: Case, kind: str, quote: str = "so it is", **fields: object) -> str:
    """`supported`, `contradicted` or `open`."""
    made = settled(here, kind, quote, **fields)
    return made.label if made else "open"


def read(reader: str, here: Case) -> list[Typed]:
    """The typed claims that one reader makes of the answers; every quote is asserted to be verbatim."""
    placed, failure = load()[0][reader].read(here.prose, here)
    assert not failure, failure
    for one in placed:
        assert " ".join(one.quote.split()) in " ".join(one.question.answer.split()), one.quote
    return [one.claim for one in placed]


def verdicts(here: Case, *readers: str) -> list[tuple[str, str]]:
    """What the settlers call contradicted of what these readers make of the answers: `about` and rule, each once."""
    made = []
    for reader in readers:
        claims, failure = load()[0][reader].read(here.prose, here)
        assert not failure, failure
        made += claims
    here.claims = tuple(made)
    found = []
    for one in made:
        kind: str = one.claim.kind  # type: ignore[attr-defined]
        out, failure = load()[1][kind].settle(one.claim, here)
        assert not failure, failure
        if out is not None and out.label == "contradicted":
            assert out.evidence, out.about
            found.append((out.about, out.rule))
    return list(dict.fromkeys(found))
