"""The report as a record: checklist, questions and answers with their lines, in every shape that groups hand in.

Each question is parsed by itself, so that an unbalanced fence or quote costs one answer and not the rest. What is
malformed becomes a problem in the record.
"""

import base64
import difflib
import hashlib
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from auditor.errors import UserError
from auditor.lazy import compile_later
from auditor.models import ChecklistItem, Figure, Image, Problem, Question, Report
from auditor.profile import Profile, words
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

DEFAULT_PATH = "reports/readme.md"
FIGURE_BYTES = 700_000  # of one image; the screenshots of real reports are mostly between 50 kB and 700 kB
FIGURES_BYTES = 4_000_000  # of a report's images together
_RASTER = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_QUESTION = compile_later(r"^\s{0,3}#{1,6}\s*\**\s*question\s+(\d{1,3})\b", re.IGNORECASE)
_HEADING = compile_later(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ANSWER = compile_later(r"^\s{0,3}>\s*[*_]{0,3}answers?\s*[*_]{0,3}\s*:\s*[*_]{0,3}\s*(.*)$", re.IGNORECASE)
_BARE_ANSWER = compile_later(r"^\s{0,3}[*_]{0,3}answer\s*:\s*[*_]{0,3}\s*$", re.IGNORECASE)
_RULE = compile_later(r"^\s*([-*_])(\s*\1){2,}\s*$")
_WRAPPED = compile_later(r"^\s*`{0,3}\s*-{3,}\s*(.*?)\s*-{3,}\s*`{0,3}\s*$")
_PLACEHOLDER = compile_later(
    r"^\s*`{0,3}\s*(-{2,}\s*)?question\s+\d+\s+fill\s+here\s*(-{2,})?\s*`{0,3}\s*$", re.IGNORECASE
)
_FENCE = compile_later(r"^\s*(`{3,}(?!.*`)|~{3,})")  # backticks after an opening fence make it inline code
_BOX = compile_later(r"^\[(?P<mark>[^\[\]]{0,12})\]\s*(?P<text>.*)$", re.DOTALL)
_LOOSE_ITEM = compile_later(r"^\s*[*+-]\s*(\[[^\[\]]{0,12}\].*)$")
_LEGEND = compile_later(r"^\s*(=|:|->|→|–|-)\s*\S")
_IN_CODE = compile_later(r"!\[[^\]]*\]\(\s*<?([^)>]+?)>?\s*\)")
_IMG_TAG = compile_later(r"""<img\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    """The one markdown parser: CommonMark with tables."""
    return MarkdownIt("commonmark").enable("table")


def find_report(snapshot: Snapshot, path: str = "") -> File:
    """The report's file: at `path`, else at `reports/README.md`, else the one markdown file with questions as headings.

    Raises UserError if there is none, more than one, or if it is not text.
    """
    if path:
        file = snapshot.files.get(path.lstrip("./")) or snapshot.files.get(path)
        if file is None:
            raise UserError(f"{path}: not in the commit", "give --report a path from the repository's root")
        _read(file)
        return file
    for file in snapshot.files.values():
        if file.path.lower() == DEFAULT_PATH and (len(_questions(_read(file))) >= 5 or "checklist" in file.lower):
            return file
    found = []
    for file in snapshot.files.values():
        if file.suffix in ("md", "markdown") and not file.skipped:
            try:
                if len(_questions(file.text)) >= 5:
                    found.append(file)
            except Unreadable:
                continue
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(f.path for f in found[:8])
        raise UserError(f"more than one file looks like the report: {paths}", "say which with --report PATH")
    raise UserError(
        "no report in the commit: no reports/README.md, and no markdown file with `### Question N` headings",
        "name it with --report PATH",
    )


def _read(file: File) -> str:
    try:
        return file.text
    except Unreadable as reason:
        raise UserError(
            f"{file.path}: the report cannot be read ({reason})", "a report is a markdown text file"
        ) from None


def _questions(text: str) -> list[str]:
    return [m for row in text.split("\n") if (m := row) and _QUESTION.match(row)]


def parse_report(
    file: File, profile: Profile, tracked: Collection[str] = (), commit: str = "", repository: str = ""
) -> Report:
    """The report in a file. `tracked` are the paths that links may lead to; `repository` is the name that the host knows
    the repository by, so that links to it are recognised."""
    lines = _read(file).split("\n")
    starts = [i for i, row in enumerate(lines) if _QUESTION.match(row)]
    problems: list[Problem] = []
    items = list(_checklist(lines, starts[0] if starts else len(lines), profile, problems))
    questions = []
    resolver = _Resolver(file.folder, frozenset(tracked), repository)
    for k, start in enumerate(starts):
        end = starts[k + 1] if k + 1 < len(starts) else len(lines)
        questions.append(_question(lines, start, end, profile, resolver, problems))
    questions = _by_number(questions, profile)
    for question in questions:
        if not question.id:
            problems.append(Problem(line=question.line, message=f"question {question.n} is not one of the template's"))
    for item in items:
        if not item.item:
            problems.append(
                Problem(line=item.line, message=f"checklist item is not one of the template's: {item.text[:80]}")
            )
    problems += _counts(items, questions)
    return Report(
        path=file.path,
        commit=commit,
        sha256=hashlib.sha256(file.bytes()).hexdigest(),
        items=tuple(items),
        questions=tuple(questions),
        problems=tuple(sorted(problems, key=lambda p: (p.line, p.message))),
        text=file.text,
    )


def figures_of(report: Report, files: Mapping[str, File]) -> tuple[Figure, ...]:
    """The images of the repository that the answers show, as data URIs; small ones first, until they take up too much.
    A vector image is not among them: it is a document, which may hold more than a picture. Nor are private answers'."""
    shown = [i for q in report.questions if not q.private for i in q.images]
    paths = dict.fromkeys(i.path for i in shown if i.renders and i.path in files)
    made: dict[str, Figure] = {}
    room = FIGURES_BYTES
    for path in sorted(paths, key=lambda p: files[p].size):
        figure = _figure(files[path], room)
        room -= figure.size if figure.data else 0
        made[path] = figure
    return tuple(made[path] for path in paths)


def _figure(file: File, room: int) -> Figure:
    if "link" in file.skipped or "submodule" in file.skipped:
        return Figure(path=file.path, reason=file.skipped)
    if file.size > FIGURE_BYTES:
        return Figure(path=file.path, size=file.size, reason=f"larger than {FIGURE_BYTES // 1000} kB")
    if file.size > room:
        return Figure(path=file.path, size=file.size, reason="the report's other images took up the room")
    try:
        data = file.bytes()
    except Unreadable as reason:
        return Figure(path=file.path, size=file.size, reason=str(reason))
    kind = next((kind for start, kind in _RASTER if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "webp"
    if not kind:
        return Figure(path=file.path, size=file.size, reason="not a PNG, JPEG, GIF or WebP image")
    return Figure(
        path=file.path, size=file.size, data=f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    )


def _counts(items: list[ChecklistItem], questions: list[Question]) -> Iterator[Problem]:
    if not items:
        yield Problem(message="no checklist found")
    elif not any(i.checked for i in items):
        yield Problem(line=items[0].line, message="no box of the checklist is ticked")
    if not questions:
        yield Problem(message="no questions found")
    seen: dict[str, int] = {}
    for item in items:
        if item.item and item.item in seen:
            yield Problem(
                line=item.line,
                message=f"the checklist has this item twice (first on line {seen[item.item]}): {item.text[:80]}",
            )
        seen.setdefault(item.item, item.line)
    numbers: dict[int, int] = {}
    for question in questions:
        if question.n in numbers:
            yield Problem(
                line=question.line, message=f"question {question.n} stands twice (first on line {numbers[question.n]})"
            )
        numbers.setdefault(question.n, question.line)


# -- the checklist -----------------------------------------------------------------------------------------------------


def _checklist(lines: list[str], end: int, profile: Profile, problems: list[Problem]) -> Iterator[ChecklistItem]:
    """The items between the checklist's heading (or the top) and the first question."""
    start = 0
    for i in range(end):
        heading = _HEADING.match(lines[i])
        if heading and "checklist" in heading[1].lower():
            start = i
    for i in range(start, end):
        heading = _HEADING.match(lines[i])
        if heading and "group information" in heading[1].lower():
            end = i
            break
    n = 0
    for line, section, mark, text in _boxes(lines[start:end], start):
        item, matched = match_item(text, profile)
        if mark is None:  # a bullet without a box counts only if it is the template's text
            if not item:
                continue
            mark = re.match(r"^[^\w`(]*", text)[0].strip()  # type: ignore[index]
            problems.append(Problem(line=line, message=f"checklist item without a box: {text[:80]}"))
        elif not item and (_LEGEND.match(text) or not text.strip()):
            problems.append(Problem(line=line, message=f"not counted as a checklist item: [{mark}] {text[:60]}"))
            continue
        elif mark.strip() not in ("", "x", "X"):
            problems.append(Problem(line=line, message=f"mark [{mark}] is neither ticked nor open; read as open"))
        n += 1
        yield ChecklistItem(
            n=n,
            line=line,
            text=text,
            mark=mark,
            checked=mark.strip() in ("x", "X"),
            section=section,
            item=item,
            matched=matched,
        )


def _boxes(rows: list[str], offset: int) -> Iterator[tuple[int, str, str | None, str]]:
    """(line, section, mark, text) of each bullet; the mark is None where there is no box."""
    section = ""
    tokens = markdown().parse("\n".join(rows))
    depth = 0
    for k, token in enumerate(tokens):
        if token.type == "heading_open":
            section = tokens[k + 1].content.strip()
        elif token.type == "list_item_open":
            depth += 1
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "inline" and token.map and tokens[k - 1].type == "paragraph_open":
            first = offset + token.map[0] + 1
            if depth and tokens[k - 2].type == "list_item_open":
                box = _BOX.match(token.content)
                text = " ".join((box["text"] if box else token.content).split())
                yield first, section, box["mark"] if box else None, text
            else:
                yield from _loose(token.content.split("\n"), first, section)
        elif token.type in ("code_block", "fence") and token.map:
            yield from _loose(rows[token.map[0] : token.map[1]], offset + token.map[0] + 1, section)


def _loose(rows: list[str], first: int, section: str) -> Iterator[tuple[int, str, str | None, str]]:
    for i, row in enumerate(rows):
        if (loose := _LOOSE_ITEM.match(row)) and (box := _BOX.match(loose[1])):
            yield first + i, section, box["mark"], " ".join(box["text"].split())


def match_item(text: str, profile: Profile) -> tuple[str, str]:
    """The profile's item that a checklist line shows and how it was recognised; two empty strings for none."""
    return _match(text, profile.known_items)


def _match(text: str, catalogue: dict[tuple[str, ...], tuple[str, bool]]) -> tuple[str, str]:
    said = words(text)
    if said in catalogue:
        id_, first = catalogue[said]
        return id_, "exact" if first else "alias"
    # A note before, after or within the text: the template's words all stand there, in their order.
    found = [
        (len(known), id_)
        for known, (id_, _) in catalogue.items()
        if 3 <= len(known) < len(said) and _in_order(known, said)
    ]
    if found:
        return max(found)[1], "annotated"
    # The template's text with its slips corrected: a word or two differ.
    near = [
        (ratio, id_)
        for known, (id_, _) in catalogue.items()
        if len(known) >= 8 and (ratio := _likeness(known, said)) >= 0.9
    ]
    return (max(near)[1], "near") if near else ("", "")


def _likeness(known: tuple[str, ...], said: tuple[str, ...]) -> float:
    if abs(len(known) - len(said)) > 2:
        return 0.0
    return difflib.SequenceMatcher(None, known, said, autojunk=False).ratio()


def _in_order(known: tuple[str, ...], said: tuple[str, ...]) -> bool:
    at = iter(said)
    return len(said) <= len(known) + 40 and all(word in at for word in known)


# -- the questions -----------------------------------------------------------------------------------------------------


def _question(
    lines: list[str], start: int, end: int, profile: Profile, resolver: "_Resolver", problems: list[Problem]
) -> Question:
    n = int(_QUESTION.match(lines[start])[1])  # type: ignore[index]
    marker = next((i for i in range(start + 1, end) if _ANSWER.match(lines[i])), None)
    if marker is None:
        marker = next((i for i in range(start + 1, end) if _BARE_ANSWER.match(lines[i])), None)
    if marker is None:
        quoted = [i for i in range(start + 1, end) if lines[i].lstrip().startswith(">")]
        marker = quoted[0] if quoted else start
        while marker + 1 < end and lines[marker + 1].lstrip().startswith(">"):
            marker += 1
        problems.append(Problem(line=start + 1, message=f"question {n} has no `> Answer:` line"))
    prompt = _prompt(lines[start + 1 : marker + 1])
    id_, matched = _match(prompt, profile.known_questions)
    end = _section_end(lines, marker, end, profile)
    answer, span, fence = _answer(lines, marker, end)
    if fence:
        problems.append(Problem(line=fence, message=f"question {n}: a code fence is not closed"))
    images, links = _targets(answer, span[0], resolver)
    return Question(
        n=n,
        line=start + 1,
        prompt=prompt,
        answer="\n".join(row for _, row in answer),
        answer_lines=span,
        row_lines=tuple(i for i, _ in answer) if len(answer) != span[1] - span[0] + 1 and answer else (),
        id=id_,
        matched=matched,
        private=_private(id_, profile),
        images=images,
        links=links,
    )


def _private(id_: str, profile: Profile) -> bool:
    return next((q.private for q in profile.questions if q.id == id_), False)


def _prompt(rows: list[str]) -> str:
    """The question itself: the bold lines of the quote, or else its first paragraph."""
    quoted = [re.sub(r"^\s*>\s?", "", row).strip() for row in rows if row.lstrip().startswith(">")]
    kept: list[str] = []
    for row in quoted:
        if re.match(r"(?i)[*_]*(recommended|example|answer)\b", row) or (not row and kept):
            break
        if row:
            kept.append(row.replace("**", " ").strip())
    return " ".join(" ".join(kept).split())


def _section_end(lines: list[str], marker: int, end: int, profile: Profile) -> int:
    """Where the template's next section starts within a question's lines; answers may have headings of their own."""
    titles = {words(t) for t in profile.headings}
    for i in range(marker + 1, end):
        heading = _HEADING.match(lines[i])
        if heading and words(heading[1]) in titles and lines[i].lstrip().startswith(("# ", "## ")):
            return i
    return end


def _answer(lines: list[str], marker: int, end: int) -> tuple[list[tuple[int, str]], tuple[int, int], int]:
    """The answer's lines with their numbers, its first and last number, and the line of a fence that is never closed."""
    rows: list[tuple[int, str]] = []
    match = _ANSWER.match(lines[marker])
    if match and match[1].strip():
        rows.append((marker + 1, match[1].rstrip()))
    quoted = True
    fence, fence_line = "", 0
    for i in range(marker + 1, end):
        row = lines[i]
        if quoted:
            if row.lstrip().startswith(">"):
                row = re.sub(r"^\s{0,3}>\s?", "", row)
            elif row.strip():
                quoted = False
        if mark := _FENCE.match(row):
            if not fence:
                fence, fence_line = mark[1], i + 1
            elif mark[1].startswith(fence) and not row.strip().strip(mark[1][0]):
                fence, fence_line = "", 0
        elif not fence:
            if _RULE.match(row) or _PLACEHOLDER.match(row):
                continue
            if wrapped := _WRAPPED.match(row):
                if not wrapped[1] or _PLACEHOLDER.match(wrapped[1]):
                    continue
                row = wrapped[1]
        rows.append((i + 1, row.rstrip()))
    while rows and not rows[0][1].strip():
        rows.pop(0)
    while rows and not rows[-1][1].strip():
        rows.pop()
    # `--- text` on the first line and `text ---` on the last wrap the whole answer.
    if rows and re.match(r"^\s*-{3,}\s+\S", rows[0][1]) and re.search(r"\S\s+-{3,}\s*$", rows[-1][1]):
        rows[0] = (rows[0][0], re.sub(r"^\s*-{3,}\s+", "", rows[0][1]))
        rows[-1] = (rows[-1][0], re.sub(r"\s+-{3,}\s*$", "", rows[-1][1]))
    span = (rows[0][0], rows[-1][0]) if rows else (0, 0)
    return rows, span, fence_line


def _by_number(questions: list[Question], profile: Profile) -> list[Question]:
    """Questions whose prompt was removed, known by their number in the layout that the others agree with."""
    numbers = {q.id: q.numbers for q in profile.questions}
    layouts = {name for table in numbers.values() for name in table}
    votes = {name: sum(numbers.get(q.id, {}).get(name) == q.n for q in questions) for name in sorted(layouts)}
    best = max(votes, key=lambda name: votes[name], default="")
    if not best or votes[best] < 5:
        return questions
    by_number = {table[best]: id_ for id_, table in numbers.items() if best in table}
    taken = {q.id for q in questions}
    result = []
    for question in questions:
        id_ = by_number.get(question.n, "")
        # only for a prompt that is gone or cut short: a reworded one may ask for something else
        if not question.id and id_ and id_ not in taken and len(words(question.prompt)) < 8:
            question = question.model_copy(update={"id": id_, "matched": "number", "private": _private(id_, profile)})
        result.append(question)
    return result


# -- images and links --------------------------------------------------------------------------------------------------


class _Resolver:
    """Finds the tracked file that a link of the report leads to."""

    def __init__(self, folder: str, tracked: frozenset[str], repository: str) -> None:
        self._folder = folder
        self._tracked = tracked
        self._folders = frozenset(p[:i] for p in tracked for i, c in enumerate(p) if c == "/")
        self._repository = repository.lower().removesuffix(".git").rstrip("/").rsplit("/", 1)[-1]

    def path(self, target: str) -> str:
        """The tracked file or folder, or nothing. Tries the report's folder first, then the repository's root."""
        own = re.match(
            r"https?://(?:www\.)?git(?:hub|lab)\.com/[^/]+/([^/]+)/(?:-/)?(?:blob|tree|raw)/[^/]+/([^?#]+)", target
        )
        if own:
            if self._repository and own[1].lower() != self._repository:
                return ""
            return self._tracked_path(unquote(own[2]))
        try:
            parts = urlsplit(target)
        except ValueError:  # no address at all, such as http://[
            return ""
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        raw = parts.path.replace("\\", "/")
        for name in (unquote(raw), raw):
            if not name.startswith("/") and (found := self._tracked_path(posixpath.join(self._folder, name))):
                return found
            if found := self._tracked_path(name.lstrip("/")):
                return found
        return ""

    def _tracked_path(self, name: str) -> str:
        path = posixpath.normpath(name).lstrip("/")
        return path if path in self._tracked or path in self._folders else ""


def _targets(
    answer: list[tuple[int, str]], first: int, resolver: _Resolver
) -> tuple[tuple[Image, ...], tuple[Image, ...]]:
    """The images and links of an answer, with the lines they stand on."""
    images: list[Image] = []
    links: list[Image] = []
    numbers = [n for n, _ in answer]

    def line_at(index: int) -> int:
        return numbers[min(index, len(numbers) - 1)] if numbers else first

    def image(target: str, index: int, renders: bool = True) -> None:
        images.append(Image(line=line_at(index), target=target, path=resolver.path(target), renders=renders))

    for token in markdown().parse("\n".join(row for _, row in answer)):
        at = token.map[0] if token.map else 0
        if token.type == "inline":
            _inline(token, at, image, links, line_at, resolver)
        elif token.type in ("fence", "code_block"):
            for i, row in enumerate(token.content.split("\n")):
                for match in _IN_CODE.finditer(row):
                    image(match[1], at + i + (token.type == "fence"), renders=False)
        elif token.type == "html_block":
            for i, row in enumerate(token.content.split("\n")):
                for match in _IMG_TAG.finditer(row):
                    image(match[1], at + i)
    return tuple(images), tuple(links)


def _inline(
    token: Token,
    at: int,
    image: Callable[..., None],
    links: list[Image],
    line_at: Callable[[int], int],
    resolver: _Resolver,
) -> None:
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            at += 1
        elif child.type == "image":
            image(unquote(str(child.attrs.get("src", ""))), at)
        elif child.type == "link_open":
            target = unquote(str(child.attrs.get("href", "")))
            links.append(Image(line=line_at(at), target=target, path=resolver.path(target)))
        elif child.type == "code_inline":
            for match in _IN_CODE.finditer(child.content):
                image(match[1], at, False)
        elif child.type == "html_inline":
            for match in _IMG_TAG.finditer(child.content):
                image(match[1], at)
