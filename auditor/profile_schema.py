"""The JSON schema of a profile's file, for the line `#:schema` that editors read: keys, what they mean, and the lists of names."""

from typing import Any

from auditor.profile import Profile
from auditor.profile_check import EXTRA, RECORDS, TOP

_SAID = {
    "extends": "The name or the path of a profile whose entries this one changes and adds to.",
    "remove": "What is taken out of the profile that is extended: ids of items and questions, names of versions and layouts.",
    "name": "The profile's name, as records have it.",
    "title": "The course.",
    "report": "Globs of where the report may lie, the likeliest first.",
    "headings": "Headings of the template's sections: where one stands, the answer before it ends.",
    "private": "Words that ask for people: a question that the profile does not know is private where it has them.",
    "stubs": "A table of the template's own files (JSON), of the package or beside the profile.",
    "not_evidence": "Globs of what is not the group's own work, by reason.",
    "id": "How the profile and records call it.",
    "texts": "Its words in the template, the newest first; marks, case and module tags do not count.",
    "titles": "The titles that its heading has.",
    "topics": "What it is about.",
    "practice": "What sentences about it are known by.",
    "short": "Its name where a column has room for two words.",
    "docs": "The https address at which the documentation of what is looked for is published; findings link to it.",
    "section": "The part of the checklist that it stands in.",
    "modules": "The course's modules that it belongs to.",
    "observable": "Whether a file can show it.",
    "reason": "Why no file can show it.",
    "probes": "The probes that show it.",
    "require": "Whether any or all of the probes must find something.",
    "weak": "Probes whose finding is a sign of it: a ticked box is then not verifiable instead of contradicted.",
    "open_probes": "Plainer evidence that an open box is held against.",
    "absence": "The label of a ticked box whose thing was not found.",
    "once": "Done once, and perhaps gone from the repository by right: the history is asked, too.",
    "allows": "What the item's own words leave to the group.",
    "half": "The probes of one of the two things that it asks for.",
    "lacks": "What is missing where only that half is found.",
    "measured": "A share of the code shows it, which makes no finding of an open box.",
    "open": "The label of an open box whose thing was found.",
    "numbers": "Its number in each layout.",
    "items": "Ids of items.",
    "files": "Globs of files that belong to it, for a judge.",
    "private_": "Whether its answer names people.",
    "layout": "Which numbers its questions have: a key of their numbers, or the name of a layout.",
    "words": "How many words are asked for, from and to, by question.",
    "images": "How many images are asked for, from and to, by question.",
    "like": "Another version that this one is like but for what it says.",
    "without": "Items of that version that this one has not.",
    "also": "Items that this one has beside those.",
}


def profile_schema() -> dict[str, Any]:
    """The schema, with the names of probes, topics and practices in it."""
    from auditor.practices import PRACTICES
    from auditor.probes import load
    from auditor.topics import TOPICS

    whole = Profile.model_json_schema()
    defs = whole["$defs"]
    names = {"type": "array", "items": {"type": "string"}}
    closed: dict[str, Any] = {
        "probes": sorted(load()),
        "topics": sorted(TOPICS),
        "practice": [p.id for p in PRACTICES],
    }
    for key in ("weak", "half", "open_probes"):
        closed[key] = closed["probes"]
    for kind, record in RECORDS.items():
        made = defs[record.__name__]
        made["description"] = " ".join((record.__doc__ or "").split())
        made["properties"] |= {k: {"type": "string"} if k == "like" else names for k in EXTRA.get(kind, ())}
        made["required"] = ["name" if kind in ("versions", "layouts") else "id"]
        for key, field in made["properties"].items():
            field.pop("title", None)
            if said := _SAID.get("private_" if key == "private" else key):
                field["description"] = said
            if key in closed:
                known = {"type": "string", "enum": closed[key]}
                field |= known if key == "practice" else {"items": known}
    properties = {k: whole["properties"][k] for k in TOP if k in whole["properties"]}
    properties["extends"] = {"type": "string"}
    properties["remove"] = {
        "type": "object",
        "properties": dict.fromkeys(RECORDS, names),
        "additionalProperties": False,
    }
    for key, field in properties.items():
        field.pop("title", None)
        if key in _SAID and key not in RECORDS:
            field["description"] = _SAID[key]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A profile of auditor",
        "type": "object",
        "properties": properties,
        "required": ["name", "title"],
        "additionalProperties": False,
        "$defs": {k: v for k, v in defs.items() if k in {r.__name__ for r in RECORDS.values()}},
    }
