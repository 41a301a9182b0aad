"""What a judge replies: the shapes of JSON on the wire, in the order in which things should be thought about. Apart from
these, nothing of a reply is read; they are no records of an audit."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

MOST = 400
"""Statements, boxes or findings of one reply that are read."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JudgedCite(_Wire):
    """Words of a piece."""

    evidence: str
    quote: str


class JudgedClaim(_Wire):
    """A statement of the report that the repository contradicts."""

    quote: str
    report_says: str
    repo_shows: str
    cites: list[JudgedCite]
    difference: str
    detail: bool
    ask: str


class JudgedBox(_Wire):
    """A box of the checklist, by its number."""

    n: int
    cites: list[JudgedCite]
    label: Literal["supported", "contradicted", "not_verifiable"]


class Reading(_Wire):
    """What one whole reading finds."""

    contradictions: list[JudgedClaim]
    boxes: list[JudgedBox]


class JudgedStatement(_Wire):
    """Any statement of a section."""

    quote: str
    report_says: str
    repo_shows: str
    cites: list[JudgedCite]
    difference: str
    label: Literal["supported", "contradicted", "not_verifiable"]
    detail: bool
    ask: str


class SectionReading(_Wire):
    """What a reading of one section says, statement by statement."""

    statements: list[JudgedStatement]
    boxes: list[JudgedBox]


class Ruled(_Wire):
    """The ruling on one finding, by its number: the reason with the words that settle it, then what follows."""

    n: int
    why: str
    cites: list[JudgedCite]
    holds: bool
    disputed: list[JudgedCite]
    open: bool
    level: Literal["error", "warning", "note"]
    petty: bool
    twice: int
    also: int


class Ruling(_Wire):
    """What the ruling says of the findings, and of the boxes on which it is asked."""

    findings: list[Ruled]
    boxes: list[JudgedBox]


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema that a strict server takes."""
    return model.model_json_schema()
