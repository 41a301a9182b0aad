"""Typed claims held against repositories that stand in a dict, and what the readers of rigid forms make of answers."""

from collections.abc import Mapping

from conftest import report, tree

from auditor.claims.case import Case, Settled, load
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


def settled(here: Case, kind: str, quote: str = "so it is", **fields: object) -> Settled | None:
    """What the settler says of one claim; a settler that fails fails the test."""
    made, failure = load()[1][kind].settle(CLAIM.validate_python({"kind": kind, "quote": quote, **fields}), here)
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
        assert " ".join(one.claim.quote.split()) in " ".join(one.question.answer.split()), one.claim.quote
    return [one.claim for one in placed]
