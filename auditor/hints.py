"""What a group can change about a sentence, in words that fit what the sentence states."""

from auditor.models import Verdict

# Where the repository contradicts a sentence, by the kind of what the sentence states.
_STATED = {
    "count": "Write the number that the repository shows.",
    "runs": "Add the step to a workflow, or say where else it runs.",
    "command": "Write the command as it runs in a fresh clone, and try it there.",
    "practice": "Say what was done, or commit what shows it.",
    "trigger": "Write what starts the workflow, or add that to its `on:`.",
    "gate": "Say what a merge really waits for.",
    "file": "Write the name that the file has, or commit it.",
    "location": "Write where it lies.",
    "uses": "Use it in code that runs and list it, or say that it is not used.",
    "defined_in": "Name the file that defines it.",
    "enforces": "Say what the hook or linter checks, or set it up to do what the sentence says.",
    "history": "Write what `git log` shows.",
    "matrix": "Write the versions and systems that tests run on, or add the others to the matrix.",
    "docker": "Write what the docker files have, or change them.",
    "service": "Name the service, too, or leave out the one that nothing uses.",
    "setting": "Write the value that the files have, or change it there.",
    "version": "Write the version that the files have, or change it there.",
    "dependency": "Add what is missing to the list, or say that the list lacks it.",
    "data": "Write the value that follows from the others, or that the data has.",
    "same": "Write the same in both places.",
}
_BOXES = {
    "practice": "Tick the box if it was done, else change the sentence.",
}


def stated(verdict: Verdict, rule: str) -> str:
    """What to do about a sentence, by the kind of what it states; nothing where that says no more than the rule."""
    kind = verdict.by.removeprefix("claim:")
    table = {"prose-contradicts-repository": _STATED, "prose-contradicts-checklist": _BOXES}.get(rule, {})
    return table.get(kind, "")
