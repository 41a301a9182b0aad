"""What a number of things may be, as the counters of things tell the settler of counts."""

from dataclasses import dataclass
from math import inf

from auditor.claims.case import Case, fact
from auditor.claims.kinds import Count
from auditor.claims.numbers import near, part, total
from auditor.models import Evidence

_ALONE = frozenset(["only", "just", "single", "sole", "merely"])


@dataclass(frozen=True)
class Band:
    """What a number of things may be. Each of `right` is a count of them; `other` may be meant as well, and says nothing. Above
    `high`, or below `low`, no way of counting gives the number."""

    thing: str
    shows: str
    evidence: tuple[Evidence, ...]
    right: frozenset[int] = frozenset()
    other: frozenset[int] = frozenset()
    low: float = 0
    high: float = inf
    name: str = ""  # what the finding is about, if not the thing
    detail: bool = True


def whole(claim: Count, scope: bool = True) -> bool:
    """Whether fewer than there are would be wrong: it is said of all (`scope`), no word beside the number makes it a part, and `one`
    is not just the first of a row."""
    alone = claim.value != 1 or total(claim.quote) or bool(_ALONE & near(claim.quote, 1))
    return (claim.scope == "whole" or not scope) and alone and not part(claim.quote, claim.value)


def listed(what: str, names: list[str]) -> Evidence:
    return fact(f"{what}: {', '.join(names[:20]) or 'none'}{', ...' if len(names) > 20 else ''}", *names[:20])


def sentence(claim: Count, case: Case) -> str:
    """The statement that a quote stands in; the quote where none holds all of it."""
    said = " ".join(claim.quote.split())
    return next((s.text for s in case.prose.of() if said in " ".join(s.text.split())), claim.quote)
