"""What holds for every report of a class, so that the profile may be at fault rather than anybody: told once, for those who wrote it."""

from collections.abc import Iterator, Sequence

from auditor.models import GroupEntry
from auditor.profile import Profile

FEWEST = 3
"""Groups that say something of a class."""


def class_notes(groups: Sequence[GroupEntry], profile: Profile) -> list[str]:
    """What of the profile matches nothing in any group's report: where the report lies, its headings, its mark for answers, its
    checklist, single questions. Of fewer than three groups nothing is said."""
    return list(_notes(groups, profile)) if len(groups) >= FEWEST else []


def _notes(groups: Sequence[GroupEntry], profile: Profile) -> Iterator[str]:
    states = [g.report_state for g in groups if not g.error and g.report_state]
    headings = " or ".join(f"`{h}`" for x in profile.layouts for h in x.heading) or "`### Question N`"
    if all(g.error.startswith("no report in the commit") for g in groups):
        due = " or ".join(profile.due)
        yield f"No group has a report that is found: the profile {profile.name} looks for {due}, and for headings like {headings}."
    if all(g.error.startswith("no report yet") for g in groups):
        yield "No group has its report in the commit that --before chose, and each has one in a later commit: see whether that is the date."
    if len(states) < FEWEST:
        return
    if not any(s.questions for s in states):
        yield f"No report has a question that is found: the profile {profile.name} looks for headings like {headings}."
    elif missing := sorted(set.intersection(*(set(s.missing) for s in states))):
        named = ", ".join(map(str, missing))
        yield f"No report has question {named}: see {'its' if len(missing) == 1 else 'their'} titles and numbers in the profile {profile.name}."
    if all(s.unlike for s in states):
        yield f"No report has a heading like {headings}, as the profile {profile.name} says: the questions were found by their titles alone."
    if all(s.unmarked for s in states):
        marks = " or ".join(f"`{x.answer}`" for x in profile.layouts if x.answer)
        yield f"No report has the mark {marks} that answers start with by the profile {profile.name}: all that stands below a question's words is taken as its answer."
    if all(s.checklist == "missing" for s in states):
        yield f"No report has a checklist that is read: see `checklist` of the layouts, and the texts of the items, in the profile {profile.name}."
    if states[0].collected and all(s.collected == states[0].collected for s in states):
        yield f"No report lies at {states[0].collected}, where the profile {profile.name} says that the course collects it."
