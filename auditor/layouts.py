"""How a report is laid out, as data: what its questions' headings look like, where the answers stand, where the checklist is."""

import re
from functools import cached_property
from typing import Literal

from auditor.lazy import dataclass
from auditor.markup import Heading
from auditor.models import Record
from auditor.profile_expressions import why_not

BUILT_IN = "question-n"
"""The layout of a profile that declares none: `### Question N` at any level, the question as a quote, `> Answer:`."""
_FIELDS = ("{n}", "{title}", "{*}")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}")


class Layout(Record):
    """One way in which a report of the course is laid out.

    `heading` has the forms of a question's heading: its level (`##`, `{#}` for any, `**...**` for a bold line), words, and
    `{n}` for a number (3, or 1.2), `{title}` for the question's title, `{*}` for anything; a form between slashes is a
    regular expression over the heading's text, with the groups `n` and `title`. `questions` says what the questions are:
    `headings`, or the checklist's `boxes`, with the answer below each. `others` are headings of such a form that are no
    question of the profile: they are `sections`, which end an answer, or `questions` of the group's own. `answer` is the
    mark that an answer starts with (`> Answer:`); without one it is all that stands below the question's own words. `skip`
    are forms of lines of the template that are no part of an answer. `checklist` is how the list is written: `list`, `table`,
    `any`, or `none` for a report without one. `report` are globs of where such a report may lie, before the profile's own;
    with `several` all files that they match are one report, in the globs' order."""

    name: str
    heading: tuple[str, ...] = ()
    questions: Literal["headings", "boxes"] = "headings"
    others: Literal["sections", "questions"] = "sections"
    answer: str = ""
    skip: tuple[str, ...] = ()
    checklist: Literal["any", "list", "table", "none"] = "any"
    report: tuple[str, ...] = ()
    several: bool = False

    @cached_property
    def forms(self) -> tuple["Form", ...]:
        return tuple(form(h) for h in self.heading)

    @cached_property
    def skipped(self) -> tuple["Form", ...]:
        return tuple(form(s) for s in self.skip)

    def read(self, heading: Heading) -> "Read | None":
        """What a heading says, if it has one of the forms."""
        return next((read for f in self.forms if f.at(heading) and (read := f.read(heading.text)) is not None), None)

    def behind(self, row: str) -> str | None:
        """What a line has behind the mark of an answer that it starts with, be the mark in bold or in a quote or not (`**Answer:** text`);
        None for a line without it. A mark that ends in a letter is a word of any sentence, unless it stands out."""
        wanted, bare = self.answer.strip(), row.strip()
        if wanted and bare[: len(wanted)].casefold() == wanted.casefold():
            return bare[len(wanted) :]
        core, bare = wanted.strip(" >*_"), bare.lstrip(" >")
        if not core or (core[-1].isalnum() and bare[:1] not in ("*", "_")):
            return None
        at = 0
        for sign in core:
            while sign not in "*_" and bare[at : at + 1] in ("*", "_"):
                at += 1
            if bare[at : at + 1].casefold() != sign.casefold():
                return None
            at += 1
        return bare[at:]

    def written(self, n: str, title: str) -> str:
        """A question's heading as the first form writes it."""
        first = next((h for h in self.heading if not h.startswith("/")), "")
        return first.replace("{#}", "##").replace("{n}", n).replace("{title}", title).replace("{*}", "").strip()


@dataclass(frozen=True)
class Read:
    """The number and the title that a heading has; either may be empty."""

    n: str
    title: str


@dataclass(frozen=True)
class Form:
    """A form of heading or line: the level that it asks for (0 is any, -1 a bold line), and what its text is made of."""

    level: int
    parts: tuple[str, ...]
    expression: str = ""

    def at(self, heading: Heading) -> bool:
        """Whether a heading has the level."""
        if heading.how == "plain":
            return False
        if self.level < 0 or heading.how == "bold":
            return self.level < 0 and heading.how == "bold"
        return self.level in (0, heading.level)

    def read(self, text: str) -> Read | None:
        """What a text says, or None if it has another form. Letters' case and the width of blanks do not count."""
        text = " ".join(text.split())[:300]
        if self.expression:
            match = re.search(self.expression, text)
            groups = match.groupdict() if match else {}
            return Read(groups.get("n") or "", (groups.get("title") or "").strip()) if match else None
        found = {"{n}": "", "{title}": ""}
        at, small = 0, text.casefold()
        for k, part in enumerate(self.parts):
            if part == "{n}":
                if not (number := _NUMBER.match(text, at)):
                    return None
                found[part], at = number[0], number.end()
            elif part in _FIELDS:
                following = self.parts[k + 1] if k + 1 < len(self.parts) else ""
                end = small.find(following.casefold(), at) if following else len(text)
                if end < 0:
                    return None
                found[part], at = text[at:end].strip(), end
            elif small.startswith(part.casefold(), at):
                at += len(part)
            elif small.startswith(part.casefold().rstrip(), at) and at + len(part.rstrip()) == len(text):
                at = len(text)  # a heading that ends where a title would follow
            else:
                return None
        return Read(found["{n}"], found["{title}"]) if at == len(text) else None


def form(source: str) -> Form:
    """A form from its text."""
    text = " ".join(source.split())
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return Form(0, (), text[1:-1])
    level = 0
    if text.startswith("{#}"):
        text = text[3:].strip()
    elif text.startswith("#"):
        level = len(text) - len(text.lstrip("#"))
        text = text.lstrip("#").strip()
    elif text.startswith("**") and text.endswith("**") and len(text) > 4:
        level, text = -1, text[2:-2].strip()
    return Form(level, tuple(p for p in re.split(r"(\{n\}|\{title\}|\{\*\})", text) if p))


def wrong(source: str, line: bool = False) -> str:
    """What is wrong with a form, or nothing; `line`: of a line, which needs neither number nor title."""
    text = " ".join(source.split())
    if text.startswith("/"):
        if not (len(text) > 2 and text.endswith("/")):
            return "a regular expression stands between two slashes"
        if reason := why_not(text[1:-1]):
            return f"the regular expression is refused: {reason}"
        named = set(re.compile(text[1:-1]).groupindex)
        if not line and not named & {"n", "title"}:
            return "the regular expression has no group `n` or `title`: (?P<n>...)"
        return ""
    made = form(text)
    if strange := re.search(r"\{[^{}]*\}", re.sub(r"\{n\}|\{title\}|\{\*\}", "", " ".join(made.parts))):
        return f"{strange[0]} is no field; the fields are {{n}}, {{title}}, {{*}}, and {{#}} at the start"
    if made.level > 6:
        return "no heading has more than six #"
    if not made.parts:
        return "it has no words"
    if not line and not {"{n}", "{title}"} & set(made.parts):
        return "it has neither {n} nor {title}, so that no question can be told from another"
    if any(a in _FIELDS and b in _FIELDS for a, b in zip(made.parts, made.parts[1:], strict=False)):
        return "two fields stand side by side; put a mark between them"
    return ""
