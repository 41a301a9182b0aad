"""What asking takes, in tokens and money: said before anything is sent, and stopped where it is more than was allowed.

Prices are configured, never guessed: money per million tokens in AUDITOR_PRICE_INPUT, AUDITOR_PRICE_OUTPUT and, where a
repeated prefix is cheaper, AUDITOR_PRICE_CACHED.
"""

import math
import os
from collections.abc import Iterable

from auditor.errors import UserError
from auditor.judges import Request, Say, Usage
from auditor.lazy import dataclass

REPLY = 12_000
"""Tokens that one reply is taken to have in an estimate: a reading labels every box and reports what it finds."""


@dataclass(frozen=True)
class Prices:
    """Money per million tokens."""

    input: float
    cached: float
    output: float

    def cost(self, usage: Usage) -> float:
        """What answers cost."""
        fresh = usage.input - usage.cached
        return (fresh * self.input + usage.cached * self.cached + usage.output * self.output) / 1e6


def prices() -> Prices | None:
    """The configured prices; None where none are."""
    if not os.environ.get("AUDITOR_PRICE_INPUT"):
        return None
    paid = _price("AUDITOR_PRICE_INPUT")
    cached = _price("AUDITOR_PRICE_CACHED") if os.environ.get("AUDITOR_PRICE_CACHED") else paid
    return Prices(paid, cached, _price("AUDITOR_PRICE_OUTPUT"))


def _price(name: str) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise UserError(
            f"{name} is {text!r}, which is no price", "set it to the price of a million tokens, such as 0.25"
        )
    return value


def group_of(request: Request) -> object:
    """Requests of one group begin with the same text, so that a server's prefix cache serves all but the first."""
    if not request.shared:
        return request.id
    *before, (role, last) = request.messages
    return (*before, role, last[: request.shared])


@dataclass(frozen=True)
class Load:
    """What is about to be sent: requests, tokens, and how many of those repeat a prefix that was sent just before."""

    requests: int
    tokens: int
    repeated: int = 0

    @classmethod
    def of(cls, requests: Iterable[Request]) -> "Load":
        """The load of requests in the order in which they go out."""
        seen: set[object] = set()
        count = tokens = repeated = 0
        for request in requests:
            group = group_of(request)
            if group in seen:
                prefix = sum(len(content) for _, content in request.messages[:-1]) + request.shared
                repeated += int(prefix / 3.6)
            seen.add(group)
            count, tokens = count + 1, tokens + request.tokens
        return cls(count, tokens, repeated)

    def usage(self, cached: bool) -> Usage:
        """The usage that it would come to."""
        return Usage(self.requests, self.tokens, self.repeated if cached else 0, self.requests * REPLY)


class Gate:
    """Says what is about to be sent, and stops it where it is more than allowed. The limits hold for all that passes one
    gate, not for each time; re-asked replies are not foreseen."""

    def __init__(self, max_tokens: int = 0, max_cost: float = 0, say: Say | None = None) -> None:
        self.max_tokens, self.max_cost, self.say = max_tokens, max_cost, say
        self.prices = prices()
        if max_cost and self.prices is None:
            raise UserError("--max-cost needs a price", "set AUDITOR_PRICE_INPUT and AUDITOR_PRICE_OUTPUT")
        self.passed, self.paid = 0, 0.0

    def admit(self, model: str, host: str, load: Load, note: str = "") -> None:
        """Announce a load. UserError when it goes beyond a limit: then nothing of it may be sent."""
        said = f"asking {model} at {host}: {load.requests:,} requests, about {load.tokens:,} tokens{note}"
        most = 0.0
        if self.prices is not None:
            most, least = self.prices.cost(load.usage(cached=False)), self.prices.cost(load.usage(cached=True))
            said += f", estimated cost {most:.2f}"
            said += f" ({least:.2f} where the shared prefix is cached)" if round(most, 2) != round(least, 2) else ""
        if self.say is not None:
            self.say(said)
        tokens, cost = self.passed + load.tokens, self.paid + most
        if self.max_tokens and tokens > self.max_tokens:
            raise UserError(
                f"about {tokens:,} tokens would be sent to {host}, more than --max-tokens {self.max_tokens:,}",
                "nothing of it was sent; raise the limit, or audit less at a time",
            )
        if self.max_cost and cost > self.max_cost:
            raise UserError(
                f"the estimated cost is {cost:.2f}, more than --max-cost {self.max_cost:.2f}",
                "nothing of it was sent; raise the limit, or audit less at a time",
            )
        self.passed, self.paid = tokens, cost
