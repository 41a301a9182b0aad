"""The JSON schema of a profile's file, for the line `#:schema` that editors read: keys, what they mean, and the lists of names."""

from typing import Any

from auditor.profile import Profile, own_probe
from auditor.profile_check import EXTRA, RECORDS, TOP
from auditor.profile_files import LISTS

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
    "speaks_to": "Who reads the report: whoever grades the group's own work (`course`), or `users` of the repository; to these a path that never was in the repository is one of their own project.",
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
    "questions.files": "Globs of files that belong to it, for a judge.",
    "items.files": "Globs of files that show it, where no probe does; with `mentions`, of files one of which says one of these words.",
    "mentions": "Words that one of its files says, whatever the case, in a line that is no comment. One of them is enough.",
    "questions.private": "Whether its answer names people.",
    "layout": "Which numbers its questions have: a key of their numbers, or the name of a layout.",
    "words": "How many words are asked for, from and to, by question; [50, 0] is at least 50.",
    "images": "How many images are asked for, from and to, by question; [1, 0] is at least 1.",
    "versions.name": "The version's name.",
    "layouts.name": "The layout's name, which versions and the numbers of questions go by.",
    "heading": "Forms of a question's heading, with {n} and {title}, or a regular expression between slashes.",
    "layouts.questions": "Whether headings are the questions, or the checklist's boxes.",
    "others": "What headings of such a form are that are no question of the profile: sections, or questions of the group's own.",
    "answer": "The mark that answers start with.",
    "skip": "Forms of the template's lines that are no part of an answer.",
    "checklist": "How the checklist is written.",
    "several": "Whether all files of the report's globs are one report.",
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
        made["properties"] |= {k: {"type": "string"} if k == "like" else dict(names) for k in EXTRA.get(kind, ())}
        made["required"] = ["name" if kind in ("versions", "layouts") else "id"]
        for key, field in made["properties"].items():
            field.pop("title", None)
            if said := _SAID.get(f"{kind}.{key}") or _SAID.get(key):
                field["description"] = said
            if key in closed:
                known: dict[str, Any] = {"type": "string", "enum": closed[key]}
                if closed[key] is closed["probes"]:
                    known = {"anyOf": [known, {"type": "string", "pattern": f"^{own_probe('')}"}]}
                field |= known if key == "practice" else {"items": known}
    properties = {k: whole["properties"][k] for k in TOP if k in whole["properties"]}
    properties["extends"] = {"type": "string"}
    properties["remove"] = {
        "type": "object",
        "properties": {
            kind: {
                **names,
                "description": f"{'Ids' if LISTS[kind] == 'id' else 'Names'} of {kind} of the profile below that this one has not.",
            }
            for kind in RECORDS
        },
        "additionalProperties": False,
    }
    for key, field in properties.items():
        field.pop("title", None)
        if key in _SAID and key not in RECORDS:  # a list's entries say what they are
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
