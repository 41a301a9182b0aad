"""A profile from a report's template: its checklist, questions, lengths and image rules, and what each may be mapped to.

What is mapped is a suggestion that somebody reads: each says what it was taken from, and what could not be mapped is said at
the end of the file. An item gets the probes of the known item that its words are most like; a question the topics of the
known question that it is most like, or of the words in it.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from auditor.likeness import Known, first_telling
from auditor.markup import Heading, outline
from auditor.practices import PRACTICES
from auditor.profile import LEFT, Item, Profile, words
from auditor.profile_files import find, read
from auditor.template import ANSWER, Asking, Box, boxes_of, form_of, is_rule, question_of, questions_at
from auditor.topics import TOPICS
from auditor.wording import names
from auditor.wording import words as spoken

_CATALOGUE = "dtu-mlops"  # the packaged profile with most items: where probes for an item's words are known
_SURE = 0.9  # the share from which an item is taken for the same
_IN_COMMON = 0.3  # the share of words from which an item is suggested for a question
_REWORDED = 0.65  # the share from which next year's item or question is this year's in other words
_SAYS = {
    "group": "group+number", "members": "members, student+numbers, students, matriculation, matrikelnummer", "contributions": "contribution, contributions, contributed, who+did",
    "struggles": "struggle, struggles, challenge, challenges, difficult", "costs": "cost, costs, credits", "dependencies": "dependencies, dependency, environment+packages, exact+environment",
    "structure": "repository+structure, layout, repository+organised, repository+organized, folders", "code-quality": "linting, linter, typing, type+hints, docstrings, code+quality, code+style",
    "tests": "test, tests, testing, tested", "coverage": "coverage", "version-control": "branch, branches, pull+requests", "data-versioning": "dvc, data+versioning, version+data, versioned+data",
    "ci": "ci, continuous+integration, github+actions, gitlab+ci", "configuration": "configuration, config, hydra, configure", "reproducibility": "reproducible, reproducibility, reproduce",
    "experiment-tracking": "wandb, mlflow, experiment+tracking, track+experiments", "containers": "docker, container, containers, dockerfile", "debugging": "debug, debugging, bugs", "profiling": "profiling, profile",
    "cloud-services": "cloud+services, cloud+service", "cloud-training": "cloud+train, cloud+training", "api": "api, endpoint, endpoints", "deployment": "deploy, deployment, deployed",
    "api-tests": "load+testing, load+test, locust, api+tests", "monitoring": "monitoring, monitor, drift", "documentation": "documentation, docs",
    "architecture": "architecture, system+diagram, system+overview", "frameworks": "framework, frameworks, third+party",
}  # fmt: skip
"""What a question on a topic says: one of these words, or all of those that a `+` joins. A word that questions on other things say,
too (load, pipeline, image, services), stands here with a second one."""


_PEOPLE = frozenset(["names", "name", "students", "matriculation", "matrikelnummer", "emails", "email"])


def written(text: str, path: Path, base: str, name: str, others: Sequence[tuple[Path, str]] = ()) -> str:
    """The profile of a template as TOML, of one file or of one with `others`. `base` names a profile that is started from."""
    starts = [(1, path)]
    for other, more in others:
        text = text.removesuffix("\n") + "\n"
        starts.append((text.count("\n") + 1, other))
        text += more
    boxes = boxes_of(text)
    heads, form = questions_at(text)
    questions = [question_of(text.split("\n"), h, heads, boxes) for h in heads]
    started = _profile(base) if base else None
    known = started or _profile(_CATALOGUE)
    stem = re.sub(r"[^a-z0-9]+", "-", (name or path.resolve().parent.name if path.stem.lower() in ("readme", "report") else name or path.stem).lower()).strip("-") or "course"  # fmt: skip
    writer = _Writer(known, started is not None, stem, starts)
    return writer.write(boxes, questions, form, heads, text)


def _profile(name: str) -> Profile:
    from auditor.errors import UserError

    source = find(name)
    profile, mistakes = read(source)
    if profile is None or mistakes:
        raise UserError(f"{source.shown}: has mistakes", f"see them with: auditor profile check {name}")
    return profile


# -- the profile -------------------------------------------------------------------------------------------------------


def _topics(question: Asking) -> list[str]:
    """The topics whose words a question has, in its title first."""
    for said in (question.title, question.text):
        here = set(words(said))
        hits = {t: sum(len(p) for p in _phrases(listed) if here.issuperset(p)) for t, listed in _SAYS.items()}
        if most := max(hits.values()):
            return [t for t, n in hits.items() if n == most][:2]
    return []


def _phrases(listed: str) -> list[list[str]]:
    return [phrase.split("+") for phrase in listed.split(", ")]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(v) for v in values) + "]"


class _Writer:
    """Writes the file, and remembers what could not be mapped."""

    def __init__(self, known: Profile, based: bool, name: str, starts: Sequence[tuple[int, Path]]) -> None:
        self.known = known
        self.based = based
        self.name = name
        self.path = starts[0][1]
        self.starts = starts
        self.rows: list[str] = []
        self.unmapped: list[str] = []
        self.used: set[str] = set()
        self.items = Known([(i.id, i.texts) for i in known.items])
        self.questions = Known([(q.id, (*q.texts, *q.titles)) for q in known.questions])

    def add(self, *rows: str) -> None:
        self.rows += rows

    def at(self, line: int) -> str:
        """A line of the template, with its file where there are several."""
        first, path = next((s for s in reversed(self.starts) if s[0] <= line), self.starts[0])
        return f"{path.name} line {line - first + 1}" if len(self.starts) > 1 else f"line {line}"

    def id(self, text: str, fallback: str) -> str:
        """A short id of a text's first telling words that nothing else has."""
        made = "-".join(first_telling(text, 3)) or fallback
        while made in self.used:
            made += "-2"
        self.used.add(made)
        return made

    def write(
        self, boxes: Sequence[Box], questions: Sequence[Asking], form: str, heads: Sequence[Heading], text: str
    ) -> str:
        if self.based:
            return self._next_year(boxes, questions)
        several = len(self.starts) > 1
        kept = _kept_at(text) or _due(self.path)
        due = _list(p.name for _, p in self.starts) if several else f"[{_text(kept or self.path.name)}]"
        together = [f"report = {due}", "several = true"] if several else []
        self.add(
            "#:schema ./auditor-profile.schema.json",
            "# (auditor schema --profile > auditor-profile.schema.json lets an editor complete and check this file.)",
            f"# Written by `auditor profile new` from {self.path.name}. What it maps is a suggestion: read each, then delete its comment.",
            "",
            f"name = {_text(self.name)}",
            f"title = {_text(next((h.text for h in outline(text) if h.level == 1), self.name))}",
            f"report = {due}" + ("" if several or kept else f"  # {LEFT}: where the groups keep it, as report/REPORT.md"),
            'private = ["name", "names", "members", "student id", "student ids", "contribution", "contributions", "email"]',
            "",
        )  # fmt: skip
        layout = ""
        said = Counter(words(s) for q in questions for s in {q.text, *q.more} if s)
        shared = {s for q in questions for s in (q.text, *q.more) if s and said[words(s)] > 1} if form else set()
        if form:
            layout = "template"
            table = "table" if boxes and all(b.table for b in boxes) else "none" if not boxes else "list"
            mark = next((m[1].strip() for r in text.split("\n") if (m := ANSWER.match(r))), "")
            self.add(
                "[[layouts]]", f"name = {_text(layout)}", f"heading = [{_text(form)}]", f"checklist = {_text(table)}"
            )
            left = dict.fromkeys(f for r in text.split("\n") if not mark and is_rule(r) and (f := form_of(r)))
            left |= dict.fromkeys(s for s in sorted(shared) if not mark and "{" not in s and not s.startswith("/"))
            self.add(*([f"answer = {_text(mark)}"] if mark else []), *([f"skip = {_list(left)}"] if left else []), *together, "")  # fmt: skip
        elif several and boxes:
            layout = "template"
            self.add("[[layouts]]", f"name = {_text(layout)}", 'questions = "boxes"', *together, "")
        elif questions:
            layout = "n"
        ids = [self._item(b) for b in boxes]
        asked = [self._ask(q, layout, ids, boxes, shared) for q in questions]
        self.add("[[versions]]", 'name = "1"', f"layout = {_text(layout or 'question-n')}", f"items = {_list(ids)}")
        lengths = [(i, q.words) for i, q in zip(asked, questions, strict=True) if q.words]
        images = [(i, q.images) for i, q in zip(asked, questions, strict=True) if q.images]
        for key, ranges in (("words", lengths), ("images", images)):
            if ranges:
                self.add(f"[versions.{key}]", *(f"{i} = [{r[0]}, {r[1]}]" for i, r in ranges))
        if not boxes:
            self.unmapped.append("no checklist was found in the template")
        if not questions:
            self.unmapped.append("no questions were found: declare [[layouts]] with a heading, or questions by hand")
        return self._done()

    def _done(self) -> str:
        if self.unmapped:
            self.add("", "# Not mapped:", *(f"# - {line}" for line in self.unmapped))
        return "\n".join(self.rows) + "\n"

    def _item(self, box: Box) -> str:
        found = self.items.fitting(box.text)
        like = self.known.items_by_id[found.id] if found else None
        id_ = self.id(box.text, f"item-{box.line}") if like is None or like.id in self.used else like.id
        self.used.add(id_)
        self.add("[[items]]", f"id = {_text(id_)}", f"texts = [{_text(box.text)}]")
        if box.section:
            self.add(f"section = {_text(box.section)}")
        if like is None or found is None:
            self.unmapped.append(f"{self.at(box.line)}: {box.text[:90]} (item {id_})")
            self.add("observable = false", f'reason = "{LEFT}: name its probes or its files, or say why no file can show it."')  # fmt: skip
            self.add(*self._near(box.text), "")
            return id_
        exactly = "the same words as" if words(found.text) == words(box.text) else f"{found.share:.0%} of the words of"
        self.add(f"# suggested: {exactly} {like.id!r} of {self.known.name}: {found.text[:90]}")
        rows = _mapped(like)
        if found.share < _SURE and like.absence == "contradicted":
            rows = [r for r in rows if not r.startswith("absence")]
            rows.append(
                'absence = "not_verifiable"  # "contradicted" there: say so here, too, if the words ask for the same'
            )
        self.add(*rows, "")
        return id_

    def _near(self, text: str) -> list[str]:
        """What an item may ask for that is plainly no known one: those that are near, by what they are about or by words in common,
        each with the lines to take over."""
        said = spoken(text)
        about = [i for p in PRACTICES if p.plain and names(said, p.names) for i in self.known.of_practice(p.id)[:1]][:2]
        like = {m.id: m.text for m in self.items.nearest(text)}
        near = list(dict.fromkeys((*like, *about)))[:3]
        if not near:
            return []
        rows = [
            "# Near, and perhaps something else. Where one of these is meant, its lines take the place of the two above:"
        ]
        for id_ in near:
            item = self.known.items_by_id[id_]
            made = [r for r in _mapped(item) if not r.startswith("absence")]
            rows.append(f"#   {id_} ({(like.get(id_) or item.texts[0])[:80]}):")
            rows += [f"#     {row}" for row in made]
        return rows

    def _ask(
        self, question: Asking, layout: str, ids: Sequence[str], boxes: Sequence[Box], shared: Collection[str] = ()
    ) -> str:
        """Writes a question; `shared` are texts that stand below several, by which none is known."""
        own = [s for s in (question.text, *question.more) if s and s not in shared]
        said = f"{question.title} {question.text}".strip()
        found = self.questions.fitting(question.text or question.title)
        like = self.known.questions_by_id[found.id] if found and found.id not in self.used else None
        share = found.share if found else 0.0
        number = question.number.replace(".", "-") or str(question.line)
        id_ = (
            like.id
            if like
            else self.id(
                question.title if first_telling(question.title, 1) else question.text.split("(")[0],
                f"question-{number}",
            )
        )
        self.used.add(id_)
        self.add(
            "[[questions]]",
            f"id = {_text(id_)}",
            *([f"texts = {_list(own)}"] if own else []),
        )
        if question.title and layout == "template":
            self.add(f"titles = [{_text(question.title)}]")
        if question.number.isdigit() and layout:
            self.add(f"numbers = {{ {_text(layout)} = {int(question.number)} }}")
        topics = list(like.topics) if like else [t for t in _topics(question) if t in TOPICS]
        from_ = (
            f"the question {like.id!r} of {self.known.name} ({share:.0%} of its words)"
            if like
            else "words of the question"
        )
        if set(topics) & {"group", "members"} and set(words(said)) & _PEOPLE:
            topics = ["members"]
        if topics:
            self.add(f"topics = {_list(topics)}  # suggested from {from_}")
        else:
            self.unmapped.append(f"{self.at(question.line)}: {said[:90]} (question {id_}: no topic)")
        near = [
            i
            for i, b in zip(ids, boxes, strict=True)
            if set(topics) & set(_of_item(i, self.known)) or self.items.share(b.text, said) >= _IN_COMMON
        ]
        if near:
            self.add(f"items = {_list(near)}  # suggested: of the same topic, or of words in common")
        if like and like.files:
            self.add(f"files = {_list(like.files)}")
        if {"members", "contributions"} & set(topics) or (like and like.private):
            self.add("private = true")
        self.unmapped += [
            f"{self.at(question.line)}: {rule} (question {id_}: how long, or how many images)"
            for rule in question.unread
        ]
        self.add("")
        return id_

    # -- next year's template ------------------------------------------------------------------------------------------

    def _next_year(self, boxes: Sequence[Box], questions: Sequence[Asking]) -> str:
        base = self.known
        self.used = {*base.items_by_id, *base.questions_by_id}
        newest = base.versions[0] if base.versions else None
        as_before: list[str] = []
        reworded: list[tuple[str, str, str]] = []
        fresh: list[Box] = []
        ids: list[str] = []
        for box in boxes:
            known = base.known_items.get(words(box.text))
            if known:
                as_before.append(known[0])
                ids.append(known[0])
                continue
            like = next((m for m in self.items.nearest(box.text) if m.id not in ids), None)
            if like is not None and like.share >= _REWORDED:
                reworded.append((like.id, box.text, like.text))
                ids.append(like.id)
            else:
                fresh.append(box)
                ids.append("")
        gone = [i for i in (newest.items if newest else base.items_by_id) if i not in ids]
        self.add(
            "#:schema ./auditor-profile.schema.json",
            f"# Written by `auditor profile new` from {self.path.name}, on top of {base.name}.",
        )
        self.add(f"# Items: {len(as_before)} as before, {len(reworded)} reworded, {len(fresh)} new, {len(gone)} gone.")
        self.add(*(f"# reworded: {i}: {new[:80]!r}, was {old[:80]!r}" for i, new, old in reworded))
        self.add(
            *(f"# new: line {b.line}: {b.text[:100]}" for b in fresh),
            *(f"# gone: {i}: {base.items_by_id[i].texts[0][:90]}" for i in gone),
        )
        asked, changed, others = self._asked(questions)
        self.add(
            "", f"extends = {_text(base.source.name if base.source else base.name)}", f"name = {_text(self.name)}", ""
        )
        for id_, new, _ in reworded:
            self.add("[[items]]", f"id = {_text(id_)}", f"texts = {_list((new, *base.items_by_id[id_].texts))}", "")
        made = iter([self._item(b) for b in fresh])
        ids = [i or next(made) for i in ids]
        for id_, question in changed:
            self.add(
                "[[questions]]",
                f"id = {_text(id_)}",
                f"texts = {_list((question.text, *base.questions_by_id[id_].texts))}",
                "",
            )
        layout = newest.layout if newest else "n"
        numbers = {i: int(q.number) for i, q in asked if q.number.isdigit()}
        moved = any(base.questions_by_id[i].numbers.get(layout) != n for i, n in numbers.items()) or bool(others)
        if moved and numbers:
            layout = self.name
            for id_, n in numbers.items():
                self.add(
                    "[[questions]]" if id_ not in [c for c, _ in changed] else "",
                    f"id = {_text(id_)}",
                    f"numbers = {{ {_text(layout)} = {n} }}",
                    "",
                )
        for question in others:
            self._ask(question, layout, [], [])
        self.add(
            "[[versions]]",
            f"name = {_text(self.name)}",
            *([f"like = {_text(newest.name)}"] if newest else []),
            f"layout = {_text(layout)}",
            f"items = {_list(ids)}",
        )
        for key in ("words", "images"):
            ranges = [
                (i, r)
                for i, q in asked
                if (r := getattr(q, key)) and (newest is None or getattr(newest, key).get(i) != r)
            ]
            if ranges:
                self.add(f"[versions.{key}]", *(f"{i} = [{r[0]}, {r[1]}]" for i, r in ranges))
        return self._done()

    def _asked(
        self, questions: Sequence[Asking]
    ) -> tuple[list[tuple[str, Asking]], list[tuple[str, Asking]], list[Asking]]:
        """The questions that are known, those of them that are reworded, and the new ones; says which are gone."""
        base = self.known
        asked: list[tuple[str, Asking]] = []
        changed: list[tuple[str, Asking]] = []
        others: list[Asking] = []
        for question in questions:
            known = base.known_questions.get(words(question.text)) or base.known_titles.get(words(question.title))
            like = next(iter(self.questions.nearest(question.text or question.title)), None)
            if known:
                asked.append((known[0], question))
            elif like is not None and like.share >= _REWORDED and like.id not in [i for i, _ in asked]:
                asked.append((like.id, question))
                changed.append((like.id, question))
            else:
                others.append(question)
        layout = base.versions[0].layout if base.versions else ""
        before = [q.id for q in base.questions if not layout or layout in q.numbers or q.titles]
        gone = [i for i in before if i not in [a for a, _ in asked]]
        self.add(
            f"# Questions: {len(asked) - len(changed)} as before, {len(changed)} reworded, {len(others)} new, {len(gone)} gone."
        )
        self.add(
            *(f"# reworded: {i}: {q.text[:100]!r}" for i, q in changed),
            *(f"# new: line {q.line}: {(q.text or q.title)[:100]}" for q in others),
        )
        self.add(*(f"# gone: {i}" for i in gone))
        return asked, changed, others


def _of_item(id_: str, known: Profile) -> tuple[str, ...]:
    """The topics of the questions that a known item belongs to."""
    return tuple(t for q in known.questions if id_ in q.items for t in q.topics)


def _mapped(item: Item) -> list[str]:
    rows = []
    if item.practice:
        rows.append(f"practice = {_text(item.practice)}")
    if not item.observable:
        return [*rows, "observable = false", f"reason = {_text(item.reason)}"]
    for key in ("probes", "open_probes", "weak", "half"):
        if getattr(item, key):
            rows.append(f"{key} = {_list(getattr(item, key))}")
    if item.lacks:
        rows.append(f"lacks = {_text(item.lacks)}")
    if item.require != "any":
        rows.append(f"require = {_text(item.require)}")
    rows.append(f"absence = {_text(item.absence)}")
    if item.open != "contradicted":
        rows.append(f"open = {_text(item.open)}")
    rows += [f"{key} = true" for key in ("once", "measured") if getattr(item, key)]
    if item.allows:
        rows.append(f"allows = {_text(item.allows)}")
    return rows


def _due(path: Path) -> str:
    """Where the report lies, as far as the template's own place says: its file in its folder. Empty where that says nothing."""
    folder = path.resolve().parent.name
    if folder.lower() in ("report", "reports", "docs", "doc"):
        return f"{folder}/{path.name}"
    return path.name if path.stem.lower() in ("readme", "report") else ""


def _kept_at(text: str) -> str:
    """The one markdown file that a template names in code marks above its first question or box: where groups keep the report."""
    top = text.split("\n## ")[0]
    named = dict.fromkeys(
        p for p in top.split("`")[1::2] if p.lower().endswith(".md") and " " not in p and "\n" not in p
    )
    return next(iter(named)).removeprefix("./").lstrip("/") if len(named) == 1 else ""
