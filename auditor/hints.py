"""What a group can change about a sentence, in words that fit what the sentence states and on which side the other one is."""

from typing import Literal, get_args

Side = Literal["missing", "there", "ticked", "shown", "either", "planned", "open"]
"""How a sentence and what contradicts it lie to each other: it is said and is `missing` or otherwise; it is denied and is `there`; it is
denied, or told only as a plan or an attempt (`planned`), and its box is `ticked`, which the repository may bear out (`shown`, or `either`
where it is not sure that it shows the very thing that is denied); it is told and its box is `open`."""

# Where the repository contradicts a sentence, by the kind of what the sentence states and, where that matters, the place that it
# speaks of: what to do where it is said and missing, and where it is denied and there.
_STATED = {
    "count": ("Write the number that the repository shows.", "Write how many there are."),
    "runs": (
        "Add the step to a workflow, or say where else it runs.",
        "Say that it runs there, or take the step out.",
    ),
    "runs:hooks": (
        "Add the hook to `.pre-commit-config.yaml`, or say where else it runs.",
        "Say that a hook runs it, or take the hook out.",
    ),
    "command": (
        "Write the command as it runs in a fresh clone, and try it there.",
        "Say that the command works, or take it out.",
    ),
    "practice": (
        "Say what was done, or commit what shows it.",
        "Say that it is there and what it does; if nothing uses it, take it out of the repository.",
    ),
    "practice:secrets-kept-out": (
        "Withdraw the key where it was made, take it out of the file, and read it from the environment.",
        "Say how keys are kept out of the repository.",
    ),
    "trigger": (
        "Write what starts the workflow, or add that to its `on:`.",
        "Write what starts the workflow, or take that out of its `on:`.",
    ),
    "gate": ("Say what a merge really waits for.", "Say what a merge really waits for."),
    "file": (
        "Write the name that the file has, or commit it.",
        "Say that it is still there, or remove it (`git rm`).",
    ),
    "file:content": ("Say how the file is now, or change it.", "Say how the file is now, or change it."),
    "location": ("Write where it lies.", "Say that it lies there, or move it."),
    "uses": (
        "Use it in code that runs and list it, or say that it is not used.",
        "Say what it is used for; if nothing needs it, take it out of the code and its list.",
    ),
    "defined_in": ("Name the file that defines it.", "Say that this file defines it, or move it."),
    "enforces": (
        "Say what the hook or linter checks, or set it up to do what the sentence says.",
        "Say that it is checked, or take the check out.",
    ),
    "history": ("Write what `git log` shows.", "Write what `git log` shows."),
    "matrix": (
        "Write the versions and systems that tests run on, or add the others to the matrix.",
        "Write the versions and systems that tests run on, or take the others out of the matrix.",
    ),
    "docker": (
        "Write what the docker files have, or change them.",
        "Write what the docker files have, or change them.",
    ),
    "service": (
        "Leave out what nothing uses, or commit what uses it.",
        "Say what the service is used for, or take out what uses it.",
    ),
    "service:complete list": ("Name the service, too.", "Say that the list is complete."),
    "setting": (
        "Write the value that the files have, or change it there.",
        "Write the value that the files have, or change it there.",
    ),
    "version": (
        "Write the version that the files have, or change it there.",
        "Write the version that the files have, or change it there.",
    ),
    "dependency": (
        "Add what is missing to the list, or say that the list lacks it.",
        "Say that the list has it, or take it off the list.",
    ),
    "data": (
        "Write the value that follows from the others, or that the data has.",
        "Write the value that follows from the others, or that the data has.",
    ),
    "same": ("Write the same in both places.", "Write the same in both places."),
}
# Where the report's own checklist contradicts it.
_BOXES = {
    "ticked": "{untick} If it was done after all, change the sentence.",
    "shown": "The box and the repository agree, so change the sentence: say what is there. If it is not used, take it out of the repository, and {untick}",
    "either": "The repository has what the box asks for. If that is it, change the sentence: say what is there; if it is not, {untick}",
    "planned": "{untick} If it was done after all, say so in the sentence.",
    "open": "Tick the box if it was done, else change the sentence.",
}
_UNTICK = ("Untick the box: `[ ]`.", "Take the mark out of the item's row of the table.")  # in a list, and in a table
KINDS = frozenset(k for k in _STATED if ":" not in k)
"""The kinds of claims that there are hints for."""
SIDES: tuple[Side, ...] = get_args(Side)


def stated(kind: str, rule: str, side: Side, part: str = "", tabled: bool = False) -> str:
    """What to do about a sentence that states something of a kind, `part` being what it more closely speaks of; nothing where that says
    no more than the rule. `tabled`: the checklist is a table, which has marks and no boxes."""
    if rule == "prose-contradicts-checklist":
        untick = _UNTICK[tabled]
        return _BOXES.get(side, "").format(
            untick=untick[0].lower() + untick[1:] if side in ("shown", "either") else untick
        )
    if rule != "prose-contradicts-repository":
        return ""
    said = _STATED.get(f"{kind}:{part}") or _STATED.get(kind)
    return said[side != "missing"] if said else ""
