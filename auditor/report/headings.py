"""Where the questions of a report start: at their headings, or at what stands for one."""

import re
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from auditor.checklist import match_text
from auditor.lazy import compile_later, dataclass
from auditor.markup import Heading, outline, parts
from auditor.profile import Profile, words

ANSWER = compile_later(r"^\s{0,3}>\s*[*_]{0,3}answers?\s*(?:[*_]{1,3}\s*)?:\s*(?:[*_]{1,3}\s*)?(.*)$", re.IGNORECASE)


@dataclass
class Start:
    """Where a question starts: its heading's line and the first line below it, from 0. `how` says by what it was known,
    empty for a heading as the template writes it; `prompt` is the question's id where its text follows, in the lines
    `said`."""

    line: int
    body: int
    n: int
    how: str = ""
    prompt: str = ""
    said: tuple[int, int] = (0, 0)


def number_in(title: str) -> int:
    """The number of the question that a heading names (`Question 5`, `5. Question`, `Q5`, with a slip in the word), or 0."""
    found = re.findall(r"[^\W\d_]+|\d+", title[:120].lower())[:3]
    if len(found) >= 2 and found[0].isdigit() and _is_question(found[1]):
        return _number(found[0])
    if len(found) >= 2 and _is_question(found[0]):
        at = 2 if found[1] in ("no", "nr", "number") and len(found) > 2 else 1
        return _number(found[at])
    return _number(found[1]) if len(found) == 2 and found[0] == "q" else 0


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else 0


def _is_question(word: str) -> bool:
    """The word, or the word with one letter off."""
    if word == "question":
        return True
    if not 7 <= len(word) <= 9:
        return False
    meant = "question"
    start = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), 8))
    rest, left = word[start:], meant[start:]
    swapped = rest[:2] == left[1::-1] and rest[2:] == left[2:]
    return swapped or rest[1:] == left[1:] or rest[1:] == left or rest == left[1:]


BEFORE, UNDERLINED, IN_HTML = "by a heading with more before it", "by an underlined heading", "by a heading in HTML"
"""The headings that are shown as the template's are; others are none, or have other words."""


def _written(heading: Heading, row: str) -> str:
    """How a heading of a question differs from the template's, or nothing. Its level does not count."""
    if heading.how in ("atx", "joined"):
        bare = row.strip().lstrip("#").lstrip(" *_").lower()
        if re.match(r"question\s+\d", bare):
            return ""
        return BEFORE if re.search(r"(?<!\w)question\s+\d", bare) else "by a heading that is written in another way"
    kinds = {"setext": UNDERLINED, "html": IN_HTML, "bold": "by a bold line"}
    return kinds.get(heading.how, "by a line of its own")


def starts_of(text: str, lines: Sequence[str], profile: Profile) -> list[Start]:
    """Where the questions start: at their headings, at what stands for a heading, and at a question's own text or line
    `> Answer:` where no heading is above it, so that no answer runs into the one before."""
    headings = [h for h in outline(text) if h.how != "plain" or number_in(h.text)]
    starts: list[Start] = []
    taken: set[int] = set()
    for sure in (True, False):
        for heading in headings:
            n = number_in(heading.text)
            if not n or (heading.how in ("bold", "plain")) == sure or (not sure and n in taken):
                continue
            following = next((r for r in lines[heading.body : heading.body + 4] if r.strip()), "")
            if heading.how == "plain" and not following.lstrip().startswith((">", "**")):
                continue
            starts.append(Start(heading.line, heading.body, n, _written(heading, lines[heading.line])))
        taken = {s.n for s in starts}
    starts.sort(key=lambda s: s.line)
    sections = {words(t) for t in profile.headings}
    above = {h.body: h for h in headings if words(h.text) not in sections}
    answered: set[int] = set()
    for first, end, id_, marker in prompts(text, lines, profile):
        place = bisect_right(starts, first, key=lambda s: s.line)
        last = starts[place - 1] if place else None
        top = first
        while top > 0 and not lines[top - 1].strip():
            top -= 1
        if last and (id_ or marker) and (id_ == last.prompt or (not last.prompt and top <= last.body)):
            pass  # the question's own text, or more of it
        elif last and id_ and not last.prompt and last.n in _numbers(profile, id_):
            pass
        elif id_ or (marker and (last is None or last.line in answered)):
            title = above.get(top)
            fresh = Start(title.line if title else first, title.body if title else first, 0)
            fresh.how = "by its text" if id_ else "by its line `> Answer:`"
            digits = re.findall(r"\d+", title.text) if title else []
            fresh.n = _number(digits[0]) if len(digits) == 1 else 0
            insort(starts, fresh, key=lambda s: s.line)
            last = fresh
        if last and id_ and not last.prompt:
            last.prompt, last.said = id_, (first, end)
        if last and marker:
            answered.add(last.line)
    headed = {s.prompt for s in starts if s.how != "by its text"}
    starts = [s for s in starts if s.how != "by its text" or s.prompt not in headed]  # else an answer quotes a question
    _count_off(starts, profile)
    return starts


def prompts(text: str, lines: Sequence[str], profile: Profile) -> Iterator[tuple[int, int, str, bool]]:
    """The quotes, and the paragraphs that are a question of the profile word for word: first line and the line behind it, the
    question's id, and whether the quote has the line `Answer:`."""
    for offset, tokens in parts(text):
        for token in tokens:
            if not token.map or token.level != (token.type == "inline"):
                continue
            first, end = offset + token.map[0], offset + token.map[1]
            if token.type == "blockquote_open":
                rows = lines[first:end]
                said = prompt_of(rows)
                id_ = (
                    match_text(said, profile.known_questions)[0] if len(said) < 2000 and len(said.split()) >= 5 else ""
                )
                yield first, end, id_, any(ANSWER.match(row) for row in rows)
            elif token.type == "inline" and len(token.content) < 2000:
                known = profile.known_questions.get(words(token.content))
                if known and len(words(token.content)) >= 5:
                    yield first, end, known[0], False


def _numbers(profile: Profile, id_: str) -> Collection[int]:
    return next((q.numbers.values() for q in profile.questions if q.id == id_), ())


def _count_off(starts: list[Start], profile: Profile) -> None:
    """Gives the questions without a number that of the template, in the version that the others are numbered by."""
    numbers = {q.id: q.numbers for q in profile.questions}
    votes = Counter(layout for s in starts for layout, n in numbers.get(s.prompt, {}).items() if n == s.n)
    layouts = [layout for layout, _ in votes.most_common(1)] or [v.layout for v in profile.versions[:1]]
    used = {s.n for s in starts}
    for start, before in zip(starts, [None, *starts], strict=False):
        if start.n:
            continue
        n = next((numbers[start.prompt][name] for name in layouts if name in numbers.get(start.prompt, {})), 0)
        start.n = n or (before.n + 1 if before else 1)
        if start.n in used and not n:
            start.n = max(used) + 1
        used.add(start.n)


def prompt_of(rows: Sequence[str]) -> str:
    """The question itself: the bold lines of the quote, or else its first paragraph."""
    quoted = [re.sub(r"^\s*>\s?", "", row).strip() for row in rows if row.lstrip().startswith(">")]
    kept: list[str] = []
    for row in quoted:
        if re.match(r"(?i)[*_]*(recommended|example|answer)\b", row) or (not row and kept):
            break
        if row:
            kept.append(row.replace("**", " ").strip())
    return " ".join(" ".join(kept).split())


def sections_of(text: str, lines: Sequence[str], profile: Profile) -> list[int]:
    """Where the template's sections start; answers may have headings of their own. A title written as the template writes
    it counts behind a fence that never ends, too."""
    titles = {words(t) for t in profile.headings}
    found = {h.line for h in outline(text) if h.level in (1, 2) and words(h.text) in titles}
    found |= {i for i, row in enumerate(lines) if row.startswith(("# ", "## ")) and words(row) in titles}
    return sorted(found)
