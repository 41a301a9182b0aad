"""What is wrong with a profile, each mistake at its line and with the nearest right name, and what is worth a second look."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from auditor.layouts import BUILT_IN, Layout, wrong
from auditor.models import Record
from auditor.profile import Asked, Item, Profile, Version, is_open, names_like, words
from auditor.profile_files import LISTS, Data, Mistake
from auditor.tomldata import loads
from auditor.topics import TOPICS

Path = tuple[str | int, ...]


RECORDS: dict[str, type[Record]] = {"items": Item, "questions": Asked, "versions": Version, "layouts": Layout}
"""The records that the lists of a profile are made of."""
EXTRA = {"versions": ("like", "without", "also")}
"""What an entry may say beside its record's fields: a version is like another one, without some of its items, and has others also."""
TOP = (
    "extends",
    "remove",
    "name",
    "title",
    "report",
    "headings",
    "private",
    "stubs",
    "docs",
    "speaks_to",
    "not_evidence",
    *LISTS,
)
"""What stands at the top of a profile."""


def keys_of(kind: str) -> tuple[str, ...]:
    """The keys that an entry of a list may have."""
    return (*RECORDS[kind].model_fields, *EXTRA.get(kind, ()))


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that says which known name may be meant; empty where none is like it."""
    close = names_like(name, known)
    return f"; did you mean {close[0]!r}?" if close else ""


def parse(text: str, *, ours: bool = False) -> tuple[Data | None, list[Mistake]]:
    """A file's data, without what cannot be used, and what is wrong with its form: TOML, keys, the shape of lists. `ours`: it is
    a file that the program brings."""
    try:
        data: Data = loads(text, ours=ours)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        row = int(at[1]) if at else text.count("\n") + 1
        return None, [Mistake(row, f"not TOML: {str(error).partition(' (at ')[0]}{_unquoted(text, str(error))}")]
    mistakes = list(_keys(data))
    for mistake in mistakes:
        _drop(data, mistake.path)
    return data, mistakes


def _unquoted(text: str, error: str) -> str:
    """The end of a sentence on a value that is no TOML because its words have no quotes; empty for any other."""
    at = re.search(r"Invalid value \(at line (\d+), column (\d+)", error)
    rows = text.split("\n")
    if not at or int(at[1]) > len(rows):
        return ""
    said = re.split(r"[,\]}#\"']", rows[int(at[1]) - 1][int(at[2]) - 1 :], maxsplit=1)[0].strip()
    return f'; a text stands in quotes: "{said[:60]}"' if said[:1].isalpha() else ""


def _drop(data: Data, path: Path) -> None:
    """Takes out what is wrong in form, so that it is said once. One text where a list of them belongs is taken for a list of one."""
    at: Any = data
    for part in path[:-1]:
        at = at[part]
    if isinstance(at, dict):
        value = at.pop(path[-1], None)
        field = RECORDS[str(path[0])].model_fields.get(str(path[-1])) if len(path) == 3 and path[0] in RECORDS else None
        if isinstance(value, str) and field and str(field.annotation).startswith("tuple[str, ..."):
            at[path[-1]] = [value]
    elif isinstance(at, list) and isinstance(path[-1], int):
        at[path[-1]] = {}


def _keys(data: Data) -> Iterator[Mistake]:
    for key, value in data.items():
        if key not in TOP:
            yield Mistake(0, f"a profile has no key {key!r}{nearest(key, TOP)}", (key,))
        elif key in LISTS:
            yield from _entries(key, value)
        elif key != "remove":
            wanted = _OWN[key] if key in _OWN else str(Profile.model_fields[key].annotation)
            if takes := _shape(wanted, value):
                yield Mistake(0, f"{key} takes {takes}", (key,))
        else:
            if not isinstance(value, dict):
                yield Mistake(0, "remove is a table: [remove], with items, questions, versions or layouts", (key,))
                continue
            for name, taken in value.items():
                if name not in LISTS:
                    yield Mistake(0, f"remove has no key {name!r}{nearest(name, LISTS)}", (key, name))
                elif not isinstance(taken, list) or not all(isinstance(t, str) for t in taken):
                    yield Mistake(0, f"remove.{name} takes a list of names", (key, name))


_OWN = {"like": str(str), "without": "tuple[str, ...]", "also": "tuple[str, ...]", "extends": str(str)}


def _shape(wanted: str, value: object) -> str:
    """What a key takes, where a value is nothing of the kind; `wanted` is its type as a record writes it."""
    if wanted.startswith("dict"):
        if not isinstance(value, dict):
            return "a table"
        return next((takes for v in value.values() if (takes := _part(wanted, v))), "")
    if wanted.startswith("tuple"):
        return "" if isinstance(value, list) and all(isinstance(v, str) for v in value) else 'a list of texts: ["..."]'
    if "bool" in wanted:
        return "" if isinstance(value, bool) else "true or false"
    return "" if isinstance(value, str) else "a text"


def _part(wanted: str, value: object) -> str:
    """What a value of a table takes, where it is nothing of the kind."""
    if "tuple[int, int]" in wanted:
        pair = isinstance(value, list) and len(value) == 2 and all(type(x) is int for x in value)
        return "" if pair else "two whole numbers, from and to: [50, 100], or [50, 0] for at least 50"
    if "int" in wanted:
        return "" if type(value) is int else "a whole number"
    return "" if isinstance(value, list) and all(isinstance(x, str) for x in value) else "a list of texts"


def _entries(kind: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, list) or not all(isinstance(e, dict) for e in value):
        yield Mistake(0, f"{kind} is a list of tables: [[{kind}]]", (kind,))
        return
    known, name = keys_of(kind), LISTS[kind]
    for n, entry in enumerate(value):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            yield Mistake(0, f"an entry of {kind} has no {name}", (kind, n))
            continue
        one = f"{kind.removesuffix('s')} {entry[name]!r}"
        for key, value in entry.items():
            if key not in known:
                yield Mistake(0, f"{one}: there is no key {key!r}{nearest(key, known)}", (kind, n, key))
                continue
            wanted = _OWN[key] if key in EXTRA.get(kind, ()) else str(RECORDS[kind].model_fields[key].annotation)
            if wanted.startswith("dict") and isinstance(value, dict):
                for part, inner in value.items():
                    if takes := _part(wanted, inner):
                        yield Mistake(0, f"{one}: {key} of {part!r} takes {takes}", (kind, n, key, part))
            elif takes := _shape(wanted, value):
                yield Mistake(0, f"{one}: {key} takes {takes}", (kind, n, key))


def validated(data: Data, own: Data) -> tuple[Profile | None, list[Mistake]]:
    """A profile from its data, and what its records refuse, at its place in the own file. What is refused is taken out, so that
    the rest can be looked through, too."""
    from pydantic import ValidationError

    found: list[Mistake] = []
    data = {k: v for k, v in data.items() if k not in ("extends", "remove")}
    for _ in range(3):
        try:
            return Profile.model_validate(data), list(dict.fromkeys(found))
        except ValidationError as error:
            data = deepcopy(data)
            for one in error.errors():
                found.append(Mistake(0, _refused(one, data), _own_path(one["loc"], data, own)))
                _repair(data, one)
    return None, list(dict.fromkeys(found))


def _repair(data: Data, error: Mapping[str, Any]) -> None:
    """Takes out what a record refuses, or puts something in where it has to have something."""
    loc = tuple(error["loc"])
    at: Any = data
    if len(loc) == 2 and error["type"] == "value_error":
        data[loc[0]][loc[1]] |= {
            "observable": False,
            "reason": "-",
            "probes": [],
            "weak": [],
            "half": [],
            "open_probes": [],
        }
        return
    depth = 3 if len(loc) > 1 and loc[0] in LISTS and isinstance(loc[1], int) else 1
    for part in loc[: depth - 1]:
        at = at[part]
    if isinstance(at, dict) and error["type"] == "missing":
        at[loc[depth - 1]] = ["-"] if loc[depth - 1] == "texts" else "-"
    elif isinstance(at, dict):
        at.pop(loc[depth - 1], None)
        if depth == 3 and loc[2] in ("observable", "probes", "reason"):
            at |= {"observable": False, "reason": "-", "probes": []}


def _refused(error: Mapping[str, Any], data: Data) -> str:
    loc = [part for part in error["loc"] if not isinstance(part, str) or not part.startswith("function-")]
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "value_error":  # our own, which names its item
        return re.sub(r"^item ([\w-]+):", r"item '\1':", message)
    if loc and loc[0] in LISTS and len(loc) > 1 and isinstance(loc[1], int):
        kind = str(loc[0])
        entry = data[kind][loc[1]]
        what = f"{kind.removesuffix('s')} {entry.get(LISTS[kind], loc[1])!r}: {'.'.join(str(p) for p in loc[2:])}"
    else:
        what = ".".join(str(part) for part in loc)
    if error["type"] == "missing":
        return f"{what} is missing"
    if error["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
        given = str(error.get("input"))
        return f"{what} is {given!r}; it takes {', '.join(allowed)}{nearest(given, allowed)}"
    return f"{what}: {message[:1].lower()}{message[1:]}"


def _own_path(loc: Iterable[str | int], data: Data, own: Data) -> Path:
    """The path in the own file of a place in the joined data."""
    path = tuple(loc)
    if len(path) > 1 and path[0] in LISTS and isinstance(path[1], int):
        kind = str(path[0])
        name = LISTS[kind]
        id_ = data[kind][path[1]].get(name)
        n = next((i for i, e in enumerate(own.get(kind, ())) if e.get(name) == id_), None)
        return (kind, n, *path[2:]) if n is not None else ("extends",)
    return path


# -- what the names mean -----------------------------------------------------------------------------------------------


def sound(profile: Profile, own: Data, base: Data) -> list[Mistake]:
    """The mistakes of a profile that is sound in form: names that nothing has, what is said twice, what can never match."""
    from auditor.practices import PRACTICES
    from auditor.probes import load

    probes, practices = load(profile.items), {p.id for p in PRACTICES}
    items, questions = profile.items_by_id, profile.questions_by_id
    doubled = list(_twice(own))
    found = [*doubled, *_texts_twice(profile, own), *_removed(own, base)]
    of_doubled = {str(m.path[0]).removesuffix("s") for m in doubled}

    def check(kind: str, n: int, key: str, names: object, known: Collection[str], what: str) -> None:
        entry = own[kind][n]
        one = f"{kind.removesuffix('s')} {entry[LISTS[kind]]!r}"
        said: set[str] = set()
        for k, name in enumerate(names if isinstance(names, list | dict) else ()):
            value = entry.get(key)
            end: Path = (k,) if isinstance(value, list) else (name,) if isinstance(value, dict) else ()
            if name in said:
                found.append(Mistake(0, f"{one}: {name!r} stands twice in {key}", (kind, n, key, *end)))
            elif (
                isinstance(name, str) and name not in known and what not in of_doubled
            ):  # else the doubled one may be meant
                close = nearest(name, known) or _way_on(what, known)
                found.append(Mistake(0, f"{one}: no {what} is called {name!r}{close}", (kind, n, key, *end)))
            said.add(name)

    for n, entry in _named(own, "items"):
        found += _globs("items", n, "files", entry.get("files", ()))
        for key in ("probes", "weak", "half", "open_probes"):
            check("items", n, key, entry.get(key, ()), probes, "probe")
        check("items", n, "topics", entry.get("topics", ()), TOPICS, "topic")
        if entry.get("practice"):
            check("items", n, "practice", [entry["practice"]], practices, "practice")
        found += _item(items[entry["id"]], n)
    for n, entry in _named(own, "questions"):
        check("questions", n, "probes", entry.get("probes", ()), probes, "probe")
        check("questions", n, "items", entry.get("items", ()), items, "item")
        check("questions", n, "topics", entry.get("topics", ()), TOPICS, "topic")
        check("questions", n, "numbers", entry.get("numbers", ()), _layouts(profile), "version's layout")
        found += _globs("questions", n, "files", entry.get("files", ()))
    for n, entry in _named(own, "versions"):
        for key in ("items", "without", "also"):
            check("versions", n, key, entry.get(key, ()), {**items, **dict.fromkeys(_ids(base, "items"))}, "item")
        for key in ("words", "images"):
            check("versions", n, key, entry.get(key, ()), questions, "question")
            if isinstance(entry.get(key), dict):
                found += _ranges(n, key, entry[key])
        if entry.get("like"):
            known = {*_ids(base, "versions"), *_ids(own, "versions")} - {entry["name"]}
            check("versions", n, "like", [entry["like"]], known, "version")
        if "layout" in entry and entry["layout"] not in _numbered(profile):
            close = nearest(entry["layout"], _numbered(profile))
            found.append(Mistake(0, f"version {entry['name']!r}: no question has a number in the layout {entry['layout']!r}, and no layout is called so{close}", ("versions", n, "layout")))  # fmt: skip
    for n, entry in _named(own, "layouts"):
        found += _layout(profile, next(x for x in profile.layouts if x.name == entry["name"]), n)
    aside = own.get("not_evidence")
    for reason, globs in aside.items() if isinstance(aside, dict) else ():
        found += [Mistake(0, m.message, ("not_evidence", reason, *m.path[3:])) for m in _globs("", 0, "", globs)]
    found += [Mistake(0, m.message, ("report", *m.path[3:])) for m in _globs("", 0, "", own.get("report", ()))]
    found += _numbers_twice(profile, own)
    if not profile.items and not profile.questions and not profile.layouts:
        found.append(Mistake(1, "a profile has items, or questions, or a layout whose headings are the questions"))
    return found


def _way_on(what: str, known: Collection[str]) -> str:
    """The end of a sentence on a name that nothing is like: where the right ones are listed."""
    if what == "probe":
        return "; `auditor probes` lists them, and files = [...] says what shows an item that none knows"
    listed = sorted(known) if what in ("topic", "practice") else list(known)
    return f"; {'the ' if len(listed) > 1 else 'the only '}{what}{'s are' if len(listed) > 1 else ' is'} {', '.join(listed[:60])}" if listed else ""  # fmt: skip


def _named(data: Data, kind: str) -> list[tuple[int, Data]]:
    """The entries of a list that have a name, with their places."""
    return [(n, e) for n, e in enumerate(data.get(kind, ())) if LISTS[kind] in e]


def _ids(data: Data, kind: str) -> list[str]:
    return [e[LISTS[kind]] for e in data.get(kind, ()) if LISTS[kind] in e]


def _numbered(profile: Profile) -> set[str]:
    """The layouts that a version may have: those by which questions are numbered, and those that are declared."""
    return {name for q in profile.questions for name in q.numbers} | {x.name for x in profile.layouts} | {BUILT_IN}


def _layouts(profile: Profile) -> set[str]:
    return {v.layout for v in profile.versions} | {x.name for x in profile.layouts} | {BUILT_IN}


def _twice(own: Data) -> Iterator[Mistake]:
    for kind, name in LISTS.items():
        seen: dict[str, int] = {}
        for n, entry in _named(own, kind):
            if entry[name] in seen:
                other = (kind, seen[entry[name]], name)
                yield Mistake(0, f"two {kind} are called {entry[name]!r}", (kind, n, name), other)
            seen.setdefault(entry[name], n)


def _texts_twice(profile: Profile, own: Data) -> Iterator[Mistake]:
    """Texts that stand for two things: only the first would ever be known by them."""
    for kind, key, entries in (
        ("items", "texts", [(i.id, i.texts) for i in profile.items]),
        ("questions", "texts", [(q.id, q.texts) for q in profile.questions]),
        ("questions", "titles", [(q.id, q.titles) for q in profile.questions]),
    ):
        first: dict[tuple[str, ...], str] = {}
        at = {e["id"]: n for n, e in _named(own, kind)}
        for id_, texts in entries:
            for k, text in enumerate(texts):
                said = words(text)
                if said and first.setdefault(said, id_) != id_ and (id_ in at or first[said] in at):
                    mine = id_ if id_ in at else first[said]
                    yield Mistake(0, f"{kind.removesuffix('s')} {id_!r}: {text[:60]!r} is a text of {first[said]!r}, too", (kind, at[mine], key, k))  # fmt: skip


def _removed(own: Data, base: Data) -> Iterator[Mistake]:
    for kind, names in own.get("remove", {}).items():
        known = _ids(base, kind)
        for k, name in enumerate(names if isinstance(names, list | dict) else ()):
            if isinstance(name, str) and name not in known:
                what = "there is nothing to remove from" if not known else f"nothing of {kind} is called {name!r}"
                yield Mistake(0, f"remove: {what}{nearest(name, known)}", ("remove", kind, k))


def _item(item: Item, n: int) -> Iterator[Mistake]:
    def mistake(key: str, message: str) -> Mistake:
        return Mistake(0, f"item {item.id!r}: {message}", ("items", n, key))

    if not item.texts:
        yield mistake("texts", "it has no text to be known by")
    elif any(not words(t) for t in item.texts):
        yield mistake("texts", "a text without a word")
    if item.half and not item.lacks:
        yield mistake("half", "say in lacks what is missing where only the half is there")
    if item.lacks and not item.half:
        yield mistake("lacks", "lacks says what is missing beside half, which is empty")
    if item.mentions and not item.files:
        yield mistake("mentions", "say in files = [...] which files say these words")
    for word in item.mentions:
        if not word.strip() or "\n" in word:
            yield mistake("mentions", f"{word!r} stands in no line")
    if not item.observable and (named := [*item.probes, *item.weak, *item.half, *item.open_probes]):
        yield mistake("observable", f"no file can show it, it says, and yet it names {named[0]!r}")


def _ranges(n: int, key: str, ranges: Mapping[str, Any]) -> Iterator[Mistake]:
    for name, pair in ranges.items():
        whole = isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, int) for p in pair)
        if whole and not (is_open((pair[0], pair[1])) or 0 <= pair[0] <= pair[1]):
            yield Mistake(0, f"{key} of {name!r}: {pair[0]} to {pair[1]} is no range", ("versions", n, key, name))


def _globs(kind: str, n: int, key: str, globs: object) -> Iterator[Mistake]:
    for k, glob in enumerate(globs if isinstance(globs, list) else ()):
        if not isinstance(glob, str):
            continue
        why = ""
        if not glob.strip():
            why = "an empty glob matches nothing"
        elif glob.startswith(("/", "./", "../")) or "\\" in glob or "/../" in glob:
            why = f"{glob!r} matches nothing: paths are from the repository's root, with /"
        elif glob.count("{") != glob.count("}") or glob.count("[") != glob.count("]"):
            why = f"{glob!r} has a bracket that is not closed"
        elif glob.endswith("/"):
            why = f"{glob!r} matches nothing: a folder's files are {glob}**"
        if why:
            yield Mistake(0, why, (kind, n, key, k))


def _layout(profile: Profile, layout: Layout, n: int) -> Iterator[Mistake]:
    def mistake(key: str, message: str, *more: int) -> Mistake:
        return Mistake(0, f"layout {layout.name!r}: {message}", ("layouts", n, key, *more))

    bad = False
    for key, sources in (("heading", layout.heading), ("skip", layout.skip)):
        for k, source in enumerate(sources):
            if reason := wrong(source, line=key == "skip"):
                bad = True
                yield mistake(key, f"{source!r}: {reason}", k)
    for m in _globs("", 0, "", list(layout.report)):
        yield mistake("report", m.message, *(p for p in m.path[3:] if isinstance(p, int)))
    if layout.several and not layout.report:
        yield mistake("several", "several files are one report, but no report = [...] says which")
    if layout.questions == "boxes":
        if layout.checklist == "none":
            yield mistake("checklist", "the boxes are the questions, and there is no checklist")
        return
    if not layout.heading:
        yield mistake("name", "it has no heading, by which questions are known")
    elif not bad and layout.others == "sections":
        titled = any(q.titles for q in profile.questions)
        numbered = any(layout.name in q.numbers for q in profile.questions)
        by_title = any("title" in h for h in layout.heading)
        by_number = any("{n}" in h or "P<n>" in h for h in layout.heading)
        if not (titled and by_title) and not (numbered and by_number):
            yield mistake("heading", f"it matches no question: none has titles, or a number for {layout.name!r}")


def _numbers_twice(profile: Profile, own: Data) -> Iterator[Mistake]:
    at = {e["id"]: n for n, e in _named(own, "questions")}
    for layout in sorted({name for q in profile.questions for name in q.numbers}):
        seen: dict[int, str] = {}
        for question in profile.questions:
            number = question.numbers.get(layout)
            if number is None:
                continue
            if number in seen and question.id in at:
                message = f"question {question.id!r}: {seen[number]!r} is number {number} in {layout!r} already"
                yield Mistake(0, message, ("questions", at[question.id], "numbers", layout))
            seen.setdefault(number, question.id)


# -- what is worth a second look ---------------------------------------------------------------------------------------


def remarks(profile: Profile) -> list[str]:
    """What is no mistake and may be meant otherwise: what can never speak under this profile, what stands in no version."""
    from auditor.claims.case import load as load_claims
    from auditor.practices import PRACTICES

    said = []
    if left := [i.id for i in profile.items if i.left_to_do]:
        said.append(f"left to do, and not verifiable until then: what shows {', '.join(left)}")
    if odd := [g for g in profile.due if g.rsplit("/", 1)[-1].lower().startswith("template")]:
        said.append(
            f"left to do, perhaps: the report is looked for at {', '.join(odd)}; say in report = [...] where the groups keep it"
        )
    topics = Counter([*(t for q in profile.questions for t in q.topics), *(t for i in profile.items for t in i.topics)])
    readers, _ = load_claims()
    for reader in readers.values():
        if reader.topics and not any(topics[t] for t in reader.topics):
            said.append(f"the reader {reader.id} never speaks: no question has the topic {' or '.join(reader.topics)}")
    missing = [p.id for p in PRACTICES if not profile.of_practice(p.id)]
    if len(missing) == len(PRACTICES):
        said.append("the settler practice never speaks: no item has a practice")
    elif missing:
        said.append(
            f"denials of these are not held against a box, since no item has the practice: {', '.join(missing)}"
        )
    if not any(q.private for q in profile.questions) and profile.questions:
        said.append("no question is private: names and study numbers in answers are shown to a judge")
    if plain := [q.id for q in profile.questions if not q.topics]:
        said.append(f"without a topic, and read for what holds in every answer: {', '.join(plain)}")
    if profile.versions:
        used = {i for v in profile.versions for i in v.items}
        if used and (left := [i.id for i in profile.items if i.id not in used]):
            said.append(f"in no version's list, so that nobody misses them: {', '.join(left)}")
    asked = {i for q in profile.questions for i in q.items}
    if profile.questions and (alone := [i.id for i in profile.items if i.id not in asked]):
        said.append(f"items of no question, which a judge sees beside no answer: {', '.join(alone)}")
    return said
