"""How names of files differ: by a slip, the ending, a hyphen, or the form of the word."""

import difflib
import re
from collections.abc import Iterable


def cut(base: str) -> tuple[str, str]:
    """A file's name as stem and ending: `train.dockerfile` ends in `dockerfile`, `Dockerfile.train` does as well."""
    if re.match(r"(?i)dockerfile\.\w", base):
        return base[11:], "dockerfile"
    stem, dot, ending = base.rpartition(".")
    return (stem, ending.lower()) if dot and stem else (base, "")


def keys_of(stem: str) -> set[str]:
    """What a name is found by that differs by a slip, its ending or the form of the word: see `tried_keys`."""
    low = stem.lower()
    keys = {"=" + low, "~" + letters(stem), "^" + without_its_form(stem)}
    if len(low) >= 6:
        n = len(low)
        keys |= {f"<{n}{low[:2]}", f">{n}{low[-2:]}", f"<{n}{low[:3]}", f">{n}{low[-3:]}", f"|{n}{low[4:7]}"}
    return keys


def tried_keys(stem: str) -> set[str]:
    """The keys of the names that a stem may be meant for. A slip touches one of the first and last two letters at most, two slips
    leave the first three, the last three or three between them as they are, though maybe two places farther."""
    low = stem.lower()
    keys = {"=" + low, "~" + letters(stem), "^" + without_its_form(stem)}
    if len(low) >= 6:
        for n in range(len(low) - 2, len(low) + 3):
            size = 3 if min(n, len(low)) >= 11 else 2
            keys |= {f"<{n}{low[:size]}", f">{n}{low[-size:]}"}
            if size == 3:
                keys |= {f"|{n}{low[i : i + 3]}" for i in range(2, 7)}
    return keys


def of_one_kind(a: str, b: str) -> bool:
    """Whether two endings are of one kind, so that one may stand for the other by mistake."""
    kinds = (
        {"yaml", "yml", "json", "toml"},
        {"md", "txt", "rst"},
        {"sh", "bash", "ps1"},
        {"py", "ipynb"},
    )
    images = {"png", "jpg", "jpeg", "gif", "svg", "webp", "pdf"}
    if a == b:
        return False
    return any({a, b} <= kind for kind in (*kinds, images)) or (min(len(a), len(b)) >= 5 and _distance(a, b) == 1)


def letters(stem: str) -> str:
    """A stem without case, hyphens, underscores, and the plural of its words."""
    words = re.split(r"[-_.\s]+", stem.lower())
    return "".join(w[:-1] if len(w) > 3 and w.endswith("s") else w for w in words)


def without_its_form(stem: str) -> str:
    """A stem without what makes a noun of a verb: `train`, `trainer` and `training`, `predict` and `prediction`."""
    return re.sub(r"(ation|ate|ion|ing|er|or|e)$", "", letters(stem))


def slip(a: str, b: str) -> bool:
    """Whether two names differ by a slip of the pen: one letter, two in a long name, or two letters exchanged; never a number."""
    if re.findall(r"\d+", a) != re.findall(r"\d+", b) or min(len(a), len(b)) < 6 or abs(len(a) - len(b)) > 2:
        return False
    return _distance(a, b) <= (2 if min(len(a), len(b)) >= 11 else 1)


def _distance(a: str, b: str) -> int:
    """How many letters are put in, left out, replaced or exchanged with their neighbour."""
    rows = list(range(len(b) + 1))
    before: list[int] = []
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(rows[j] + 1, now[j - 1] + 1, rows[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, rows = rows, now
    return rows[-1]


def alike(name: str, path: str) -> bool:
    """Whether a path differs from a file's (or from its end) by slips of the pen only: `config/a.yaml` for `conf/configs/a.yaml`."""
    said, theirs = name.strip("/").split("/"), path.split("/")
    return len(said) <= len(theirs) and all(
        a == b or letters(a) == letters(b) or slip(a.lower(), b.lower())
        for a, b in zip(said, theirs[-len(said) :], strict=True)
    )


def closest(name: str, paths: Iterable[str]) -> str:
    """The path that looks most like a name."""
    return max(sorted(paths), key=lambda p: (difflib.SequenceMatcher(None, name.lower(), p.lower()).ratio(), -len(p)))
