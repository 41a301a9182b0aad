"""What stands beside the report on a page: a verdict as it is shown, what it rests on, and the part of the report that it is in."""

from dataclasses import field

from markupsafe import Markup

from auditor.decisions import Decision
from auditor.lazy import dataclass
from auditor.models import ChecklistItem, Finding, Verdict

_NOTHING = Markup("")


@dataclass
class Cite:
    """A citation as shown: where, and the lines with the cited words marked. Of an absence, `asks` is what was looked for, `looked`
    the files that it was looked for in with their addresses, `others` how many more, and `near` the line that comes nearest."""

    place: str
    url: str
    note: str
    late: bool
    rows: list[tuple[int, list[tuple[str, bool]]]] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    asks: str = ""
    looked: list[tuple[str, str]] = field(default_factory=list)
    others: int = 0
    near: tuple[str, str] = ("", "")
    why: str = ""


@dataclass
class Note:
    """A verdict as it stands beside the report; `number` is 0 where it is no finding. `like` is one that is gone and nearly the same: its words, and what was decided about it. `lead` is what a person may decide about all the same. `short` is what a list says of it, `more` are
    the findings of the same sentence that are told on the same card, `voice` is who says it (a program, a reader, both), `against`
    what a ruling brings against it, and `docs` leads to what is written about its rule and probes."""

    verdict: Verdict
    finding: Finding | None
    number: int
    label: str
    level: str
    rule: str
    title: str
    head: str
    short: str
    quote: str
    says: str
    shows: str
    difference: str
    ask: str
    hint: str
    help: str
    by: str
    when: str
    where: str
    at: str
    line_url: str
    cites: list[Cite]
    private: bool
    decision: Decision | None
    lead: Finding | None = None
    like: tuple[str, Decision | None] | None = None
    standing: str = ""
    also: str = ""
    ruling: str = ""
    said: str = ""
    open: bool = False
    new: bool = False
    voice: str = "program"
    docs: list[tuple[str, str]] = field(default_factory=list)
    against: list[Cite] = field(default_factory=list)
    more: list["Note"] = field(default_factory=list)

    @property
    def parts(self) -> list["Note"]:
        """The findings of the card, each of which is decided about."""
        return [self, *self.more]

    @property
    def done(self) -> bool:
        """Whether there is nothing left to decide on the card."""
        return all(n.settled for n in self.parts)

    @property
    def settled(self) -> bool:
        """Whether a person has decided about it."""
        return self.decision is not None and self.decision.decision != "undecided"


@dataclass
class Box:
    """An item of the checklist as a row: what is said of it (`state`, a key of the page's words), the notes about it, the first of
    which is the row itself, and `anchor`, by which other pages lead to it."""

    item: ChecklistItem
    anchor: str
    state: str
    notes: list[Note]


@dataclass
class Section:
    """A part of the page: the opening, the checklist or a question."""

    id: str
    title: str
    name: str  # short, for the way there
    line: int
    notes: list[Note]
    prompt: str = ""
    before: Markup = _NOTHING
    body: Markup = _NOTHING
    after: Markup = _NOTHING
    boxes: list[Box] = field(default_factory=list)
    private: bool = False
    empty: bool = False

    @property
    def findings(self) -> int:
        return sum(n.number > 0 for n in self.notes)
