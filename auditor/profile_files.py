"""Profiles as files: where they lie, what they extend, and what comes out of it.

A profile is a TOML file in the package, beside `auditor.toml`, or wherever its path says; nothing is ever read from the
repository that is audited. It may extend another one: what it says of an item, question, version or layout that is there
already changes that one's keys and leaves the others, what it says of a new one is added, and `remove` takes things out.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditor import limits, regular
from auditor.errors import UserError, reason
from auditor.lazy import dataclass
from auditor.profile import Profile
from auditor.tomldata import loads
from auditor.trust import parse_trust

Data = dict[str, Any]
LISTS = {"items": "id", "questions": "id", "versions": "name", "layouts": "name"}
"""The lists of a profile whose entries are known by a key, and the key."""
MARKER = "auditor.toml"
_PACKAGED = Path(__file__).parent / "profiles"
_DEEPEST = 5  # profiles that extend one another


@dataclass(frozen=True)
class Mistake:
    """One thing wrong: its line (0 until it is known), what it is, its place in the file, and that of another one which is as it is."""

    line: int
    message: str
    path: tuple[str | int, ...] = ()
    other: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Source:
    """A profile's file: the name it was asked for by, its text, its path (None for a packaged one), what its trust file says."""

    name: str
    text: str
    path: Path | None
    trust: str = ""

    @property
    def shown(self) -> str:
        return str(self.path) if self.path else f"profile {self.name}"


def load(name: str) -> Profile:
    """A profile by name or path, checked. Raises UserError with one line for each mistake."""
    path = _beside(name)
    stamps = tuple((p.name, p.stat().st_mtime_ns) for p in sorted(path.parent.glob("*.toml"))) if path else ()
    return _load(str(path) if path else name, stamps)


@lru_cache(maxsize=4)
def _load(name: str, stamps: tuple[tuple[str, int], ...]) -> Profile:
    source = find(name)
    profile, mistakes = read(source)
    if profile is None or mistakes:
        lines = [f"{source.shown}:{m.line}: {m.message}" for m in mistakes]
        raise UserError(
            "\n".join(lines), "mend the file; `auditor profile check` says the same, and what else to look at"
        )
    return profile


def packaged() -> list[str]:
    """The names of the profiles that the program brings."""
    return sorted(f.name[:-5] for f in _PACKAGED.iterdir() if re.fullmatch(r"[\w-]+\.toml", f.name))


def _beside(name: str) -> Path | None:
    """The file that a name stands for, if it is none of the package: its path, or NAME.toml beside the next `auditor.toml` above."""
    if name.endswith(".toml"):
        path = Path(name)
        return path if path.is_file() else None
    if not re.fullmatch(r"[\w-]+", name) or name in packaged():
        return None
    try:
        here = Path.cwd()
    except OSError:  # the folder is gone
        return None
    folder = next((f for f in (here, *here.parents) if _ours(f / MARKER)), None)
    found = folder / f"{name}.toml" if folder else None
    return found if found and _ours(found) else None


def _ours(path: Path) -> bool:
    """Whether a file is there and belongs to the user, or to the machine: another user's decides nothing."""
    try:
        return path.is_file() and (not hasattr(os, "getuid") or path.stat().st_uid in (os.getuid(), 0))
    except OSError:
        return False


def find(name: str) -> Source:
    """The file of a profile. Raises UserError where there is none, or it cannot be read."""
    path = _beside(name)
    if path or name.endswith(".toml"):
        path = path or Path(name)
        if not path.exists():
            raise UserError(f"{name}: there is no such file", "give a profile's name or the path of a TOML file")
        try:
            text = regular.read_text(path, limits.COURSE)
            beside = path.with_suffix(".trust.toml")
            trust = regular.read_text(beside, limits.COURSE) if beside.is_file() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"{name}: cannot be read ({reason(error)})", "give a profile's name or the path of a TOML file"
            ) from None
        return Source(name, text, path, trust)
    names = packaged()
    if name not in names:
        from auditor.profile_check import nearest

        raise UserError(
            f"no profile is called {name!r}{nearest(name, names)}",
            f"take one of: {', '.join(names)}, or the path of a TOML file, or put {name}.toml beside {MARKER}",
        )
    return Source(name, (_PACKAGED / f"{name}.toml").read_text(encoding="utf-8"), None, earned(name))


def earned(name: str) -> str:
    """The trust file of a packaged profile; empty where it has none."""
    file = _PACKAGED / f"{name}.trust.toml"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def read(source: Source, below: tuple[Path, ...] = (), packaged: bool = False) -> tuple[Profile | None, list[Mistake]]:
    """A profile from its file, and its mistakes; no profile where they leave none. A packaged one is looked through only where
    `packaged` asks for it: tests do that before it is packaged. `below` are the files that extend it."""
    from auditor.profile_check import parse, sound, validated

    own, mistakes = parse(source.text, ours=source.path is None)
    if own is None:
        return None, mistakes
    base: Data = {}
    texts = source.text + source.trust
    if "extends" in own:
        parent, more = _parent(source, own["extends"], below)
        if parent is None:
            return None, _placed(source.text, [*mistakes, *more])
        base, texts = parent["data"], texts + parent["hash"]
    data = merged(base, own)
    made = dict(data)
    made["hash"] = hashlib.sha256(texts.encode()).hexdigest()[:16]
    made["source"] = source.path
    if source.trust:
        made["trust"] = parse_trust(source.trust, f"the trust file of profile {source.name}", ours=source.path is None)
    elif base:
        made["trust"] = parent["trust"] if parent else None
    try:
        made |= _stubs(data.get("stubs"), source.path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        mistakes.append(Mistake(0, f"stubs = {data.get('stubs')!r} cannot be read ({reason(error)})", ("stubs",)))
        made.pop("stubs", None)
    profile, more = validated(made, own)
    formed = {m.path[:2] for m in mistakes}  # what such an entry lacks may be what was taken out of it
    mistakes += [m for m in more if len(m.path) != 2 or m.path not in formed]
    if (source.path or packaged) and profile is not None:
        mistakes += sound(profile, own, base)
    return profile, sorted(_placed(source.text, mistakes), key=lambda m: m.line)


def _placed(text: str, mistakes: list[Mistake]) -> list[Mistake]:
    from auditor.tomlplaces import places

    if not any(not m.line for m in mistakes):
        return mistakes
    at = places(text)
    made = [m if m.line else replace(m, line=at.line(*m.path)) for m in mistakes]
    return [
        replace(m, message=f"{m.message}; the other one is in line {at.line(*m.other)}") if m.other else m for m in made
    ]


def _parent(source: Source, name: object, below: tuple[Path, ...]) -> tuple[Data | None, list[Mistake]]:
    """The profile that another one extends: its data before it became a profile, its hash, its trust."""
    if not isinstance(name, str):
        return None, [Mistake(0, "extends takes the name or the path of a profile", ("extends",))]
    where = name
    if name.endswith(".toml") and source.path:
        where = str(source.path.parent / name)
    elif source.path and (source.path.parent / f"{name}.toml").is_file() and name not in packaged():
        where = str(source.path.parent / f"{name}.toml")
    try:
        above = find(where)
    except UserError as error:
        listed = "" if where.endswith(".toml") or "did you mean" in error.message else f"; {error.hint}"
        return None, [Mistake(0, f"extends: {error.message}{listed}", ("extends",))]
    here = above.path.resolve() if above.path else None
    if here and source.path and here == source.path.resolve():
        return None, [Mistake(0, "extends: it extends itself", ("extends",))]
    if here and here in below:
        return None, [Mistake(0, f"extends {name}: profiles extend one another in a circle", ("extends",))]
    if len(below) >= _DEEPEST:
        return None, [Mistake(0, f"extends {name}: more than {_DEEPEST} profiles extend one another", ("extends",))]
    if source.path:
        below = (*below, source.path.resolve())
    profile, mistakes = read(above, below)
    if profile is None or mistakes:
        first = mistakes[0] if mistakes else Mistake(1, "it cannot be read")
        if first.path == ("extends",):  # what is told there is of a third one
            return None, [Mistake(0, f"{above.shown}:{first.line}: {first.message}", ("extends",))]
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        told = f"extends {name}, which has a mistake: {above.shown}:{first.line}: {first.message}{more}"
        return None, [Mistake(0, told, ("extends",))]
    own = loads(above.text, ours=above.path is None)
    grand = _parent(above, own["extends"], below)[0] if "extends" in own else None
    data = merged(grand["data"] if grand else {}, own)
    return {"data": data, "hash": profile.hash, "trust": profile.trust}, []


def merged(base: Data, own: Mapping[str, Any]) -> Data:
    """What a profile says together with the one that it extends."""
    gone = own.get("remove") if isinstance(own.get("remove"), dict) else {}
    data: Data = {k: v for k, v in base.items() if k not in LISTS}
    for key, value in own.items():
        if key in LISTS or key in ("extends", "remove"):
            continue
        joined = key == "not_evidence" and isinstance(value, dict) and isinstance(data.get(key), dict)
        data[key] = {**data[key], **value} if joined else value
    for key, name in LISTS.items():
        taken = gone.get(key, ()) if isinstance(gone, dict) else ()
        old = [e for e in _entries(base, key) if e.get(name) not in taken]
        new = _entries(own, key)
        data[key] = _joined(old, new, name, key == "versions")
    dropped = set(gone.get("items", ())) if isinstance(gone, dict) else set()
    for entry in (*data["versions"], *data["questions"]):
        if dropped and isinstance(entry.get("items"), list):
            entry["items"] = [i for i in entry["items"] if i not in dropped]
    lost = set(gone.get("questions", ())) if isinstance(gone, dict) else set()
    for entry in data["versions"]:
        for key in ("words", "images"):
            if lost and isinstance(entry.get(key), dict):
                entry[key] = {k: v for k, v in entry[key].items() if k not in lost}
    return data


def _entries(data: Mapping[str, Any], key: str) -> list[Data]:
    found = data.get(key)
    return [dict(e) for e in found if isinstance(e, dict) and LISTS[key] in e] if isinstance(found, list) else []


def _joined(old: list[Data], new: list[Data], name: str, first: bool) -> list[Data]:
    """Entries with those of the profile below: a known one with its changes, new ones behind the others (`first`: before them)."""
    known = {e.get(name): e for e in old}
    made = {e.get(name): e for e in old}
    fresh: list[Data] = []
    for entry in new:
        like = entry.pop("like", None)
        without, also = entry.pop("without", ()), entry.pop("also", ())
        before = known.get(entry.get(name)) or known.get(like) or {}
        joined = {**before, **entry}
        for key in ("words", "images", "numbers"):
            if isinstance(before.get(key), dict) and isinstance(entry.get(key), dict):
                joined[key] = {**before[key], **entry[key]}
        if without or also:
            joined["items"] = [*(i for i in joined.get("items", ()) if i not in without), *also]
        if entry.get(name) in known:
            made[entry.get(name)] = joined
        else:
            fresh.append(joined)
            known[entry.get(name)] = joined
    kept = list(made.values())
    return [*fresh, *kept] if first else [*kept, *fresh]


def _stubs(name: object, path: Path | None) -> Data:
    """The template's own files as hashes: a table of the package, or one beside the profile."""
    if not name or not isinstance(name, str):
        return {}
    if Path(name).name != name:
        raise ValueError("it is a name, not a path")
    beside = path.parent / name if path else None
    text = regular.read_text(beside if beside and beside.is_file() else _PACKAGED / name, limits.COURSE)
    table = json.loads(text)
    return {"known": table["blobs"], "stub_lines": table["lines"], "stub_patterns": table["patterns"]}


def refuse_inside(profile: Profile, path: Path) -> None:
    """Raises UserError where a profile lies in the repository (a path in its checkout) that it would judge."""
    if profile.source is None:
        return
    here = path.resolve()
    root = next((p for p in (here, *here.parents) if (p / ".git").exists()), here)
    if profile.source.resolve().is_relative_to(root):
        raise UserError(
            f"{profile.source}: the profile lies in the repository that it is to judge",
            "keep it elsewhere: nothing that decides about a repository is read from it",
        )
