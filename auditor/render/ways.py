"""Where the pages of a class lead: back to its index, and on to the group before and after."""

import re

from auditor.lazy import dataclass


@dataclass(frozen=True)
class Ways:
    """The ways from a group's page: the index, and the groups beside it in the class by id and page, empty where there is none."""

    index: str = "../index.html"
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Served:
    """What a page is told that `auditor view` serves: where decisions are saved, of which folder (for what a browser keeps
    meanwhile), and where the group's feedback is read."""

    save: str
    folder: str
    feedback: str


def anchor(item: str) -> str:
    """The name of an item's place on its group's page."""
    return "item-" + re.sub(r"[^\w-]+", "-", item)
