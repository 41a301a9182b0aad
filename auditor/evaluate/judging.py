"""A person judges what no key knows yet: one finding at a time, one keystroke each, filed in the key at once.

What is judged goes into the key itself, as its list `judged`, since it is part of what somebody knows of that submission: a
key that is copied or handed on keeps it, and no second file can be forgotten. The text of the key stays as it is, comments and
all; only the new lines are put behind the list's last one, or at the end of the file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml

from auditor.errors import UserError
from auditor.escape import one_line, safe
from auditor.evaluate.keys import SAYS, Judged, Key, Says, parse_key, read_text
from auditor.evaluate.score import Read, Scored
from auditor.models import AuditRecord
from auditor.whole import write_given

KEYS: dict[str, Says] = {"h": "holds", "l": "level", "p": "petty", "t": "twice", "w": "wrong"}
Ask = Callable[[], str]
Tell = Callable[[str], None]


def judge_findings(
    work: Sequence[tuple[Path, Scored, AuditRecord]], ask: Ask, tell: Tell, standings: str = "finding"
) -> int:
    """Show each unjudged finding and file what the person says: returns how many were judged. `ask` gives one keystroke, empty
    where nobody is there any more."""
    open_ = [(path, read, record) for path, s, record in work for read in s.findings if read.status == "unjudged"]
    if not open_:
        tell(f"nothing to judge: no unjudged {standings}")
        return 0
    tell(", ".join(f"{key} {says}" for key, says in KEYS.items()) + ", s skip, q quit")
    for key, says in KEYS.items():
        tell(f"  {key} {says}: {SAYS[says]}")
    judged = 0
    for n, (path, read, record) in enumerate(open_, 1):
        tell("")
        for line in shown(read, record, f"{n}/{len(open_)} {path.stem}"):
            tell(line)
        while True:
            tell("h l p t w s q?")
            pressed = ask().lower()
            if pressed in ("q", "", "\x03", "\x04"):
                return judged
            if pressed == "s" or pressed in KEYS:
                break
        if pressed in KEYS:
            file_judged(path, judged_entry(read, KEYS[pressed]))
            tell(f"{KEYS[pressed]}: filed in {path}")
            judged += 1
    return judged


def shown(read: Read, record: AuditRecord, title: str) -> Iterator[str]:
    """A finding as its judge has to see it: the words, what the repository shows, and every line that is cited."""
    verdict = next(v for v in record.verdicts if v.id == read.verdict)
    where = record.report.where(verdict.claim.source)
    yield one_line(f"{title}: {read.level} {read.rule}, said by {', '.join(read.speakers)}")
    yield f"  {one_line(where)}:{read.line} ({read.where}), commit {one_line(record.submission.commit[:12])}"
    yield f"  quote       {one_line(read.quote)}"
    for name, text in (
        ("report says", verdict.report_says if verdict.report_says != read.quote else ""),
        ("repository", verdict.repo_shows),
        ("difference", verdict.difference),
        ("for them", verdict.softened),
    ):
        if text:
            yield f"  {name:<11} {one_line(text)}"
    for citation in verdict.citations:
        evidence = record.evidence[citation.evidence]
        place = f"{evidence.path}:{evidence.start}" if evidence.start else evidence.path
        yield f"  cited       {one_line(place or evidence.kind)}{f'  {one_line(evidence.note)}' if evidence.note else ''}"
        for row in evidence.excerpt.split("\n")[:8] if evidence.excerpt else ():
            yield f"              | {safe(row)}"


def judged_entry(read: Read, says: Says) -> Judged:
    """What is filed of a finding."""
    return Judged(
        where=read.where,
        quote=read.quote,
        says=says,
        rule=read.rule,
        by=read.by,
        fingerprint=read.fingerprint,
        note=read.difference,
    )


def file_judged(path: Path, entry: Judged) -> Key:
    """Add an entry to a key's list `judged`, and leave every other byte of the file as it is. Raises UserError, and writes
    nothing, where that cannot be done."""
    text = read_text(path)
    before = parse_key(text, path.stem, str(path))
    made = with_judged(text, entry)
    try:
        after = parse_key(made, path.stem, str(path))
    except UserError:
        after = before
    if after != before.model_copy(update={"judged": (*before.judged, entry)}):
        raise UserError(
            f"{path}: its list `judged` cannot be added to",
            "write the key as a block of `name: value` lines, and `judged:` with a line `- where: ...` for each entry",
        )
    write_given(path, made)
    return after


class _Dumper(yaml.SafeDumper):
    """YAML in which a text with anything that does not print, line ends among it, stands in double quotes: in other styles
    some of these come back as something else."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)


def with_judged(text: str, entry: Judged) -> str:
    """The key's text with one more entry in its list `judged`."""
    end = "\r\n" if "\r\n" in text else "\n"
    kept = {name: value for name, value in entry.model_dump().items() if value and name != "evidence"}
    rows = yaml.dump([kept], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160).splitlines()
    lines = text.splitlines(keepends=True)
    at, indent, head = _end_of_list(text, len(lines))
    if at and not lines[at - 1].endswith(("\n", "\r")):
        lines[at - 1] += end
    added = [" " * indent + row + end for row in rows]
    if head and at < len(lines) and lines[at].startswith("judged"):  # an empty list, of which this is the first entry
        lines[at] = re.sub(r"^judged\s*:[ \t]*(\[\s*\]|~|null)?", "judged:", lines[at])
        at += 1
    elif head:
        added.insert(0, f"judged:{end}")
    return "".join([*lines[:at], *added, *lines[at:]])


def _end_of_list(text: str, total: int) -> tuple[int, int, bool]:
    """Before which line the next entry goes, how far it is indented, and whether the list has to be begun."""
    root = yaml.compose(text, yaml.SafeLoader)
    for name, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if name.value != "judged":
            continue
        entries = value.value if isinstance(value, yaml.SequenceNode) else []
        if not entries:
            return name.start_mark.line, 0, True
        return _last_line(entries[-1]) + 1, value.start_mark.column, False
    body = [n for n, line in enumerate(text.splitlines()) if line.rstrip() == "..."]
    return (body[-1] if body else total), 0, True


def _last_line(node: yaml.Node) -> int:
    """The line on which the last word of a node stands: a block's own end lies behind the comments that follow it."""
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    line: int = node.end_mark.line
    return line - 1 if block and node.end_mark.column == 0 else line
