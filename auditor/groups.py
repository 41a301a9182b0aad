"""Who is to be audited: a list of groups (CSV with a header) or a folder of repositories. All that is wrong with a list is
said at once, a line each, before anything starts."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from auditor.errors import UserError
from auditor.models import Submission
from auditor.repository import is_url

_COLUMNS = {
    "group": ("group", "group_number", "group_nr", "group_id"),
    "repo": ("repo", "repo_url", "repository", "repository_url"),
    "ref": ("ref",),
    "before": ("before",),
    "report": ("report",),
}


def read_groups(
    source: Path, *, before: str = "", check_time: Callable[[str], object], note: Callable[[str], None]
) -> list[Submission]:
    """The submissions of a list or of a folder's repositories. Of a list, the columns `group` and `repo` are needed, `ref`,
    `before` (else that of the run) and `report` are optional; all others, such as the students' names, are not read.

    Raises UserError with every problem of the list."""
    if source.is_dir():
        return _folder(source, before, note)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise UserError(
            f"{source}: cannot be read ({error.strerror})", "give a CSV with the columns group and repo, or a folder"
        ) from None
    problems: list[str] = []
    made: dict[str, tuple[int, Submission]] = {}
    try:
        for line, row in _rows(_text(data), problems):
            submission = _submission(row, line, source.parent, before, check_time, problems)
            if submission is None:
                continue
            name = file_name(submission.id).casefold()
            if name in made:
                problems.append(f"line {line}: group {submission.id} again, as in line {made[name][0]}")
            else:
                made[name] = (line, submission)
    except csv.Error as error:
        problems.append(f"not a CSV file ({error})")
    if not problems and not made:
        problems.append("no groups in it")
    if problems:
        raise UserError("\n".join(f"{source}: {p}" for p in problems), "mend the list; nothing was started")
    return [submission for _, submission in made.values()]


def file_name(id_: str) -> str:
    """A group's id as the name of its files."""
    return re.sub(r"[^\w.-]+", "-", id_, flags=re.ASCII).strip("-.")[:100]


def _text(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else what Excel saves on Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str, problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that say something, with their lines, by our names of the columns."""
    if "\0" in text:
        problems.append("not text (it has NUL bytes); save it as CSV in UTF-8")
        return
    head = text.lstrip("\r\n").split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    header = next((row for row in reader if any(c.strip() for c in row)), [])
    names = [cell.strip().casefold().replace(" ", "_") for cell in header]
    places: dict[str, int] = {}
    for column, spellings in _COLUMNS.items():
        found = [i for i, name in enumerate(names) if name in spellings]
        if len(found) > 1:
            problems.append(f"line {reader.line_num}: two columns for {column}: {', '.join(names[i] for i in found)}")
        elif found:
            places[column] = found[0]
        elif column in ("group", "repo"):
            problems.append(
                f"line {reader.line_num}: no column {column} (or {spellings[1]}); it has: {', '.join(n for n in names if not n.startswith('student')) or 'nothing'}"
            )
    if not {"group", "repo"} <= places.keys():
        return
    before, empty = reader.line_num, []
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(c.strip() for c in cells):
            empty.append(line)
            continue
        problems += [f"line {n}: empty" for n in empty]  # at the end of a file they are nobody's mistake
        empty.clear()
        yield line, {c: cells[i].strip() if i < len(cells) else "" for c, i in places.items()}


def _submission(
    row: dict[str, str],
    line: int,
    folder: Path,
    before: str,
    check_time: Callable[[str], object],
    problems: list[str],
) -> Submission | None:
    found = len(problems)
    group, repo, ref = row["group"], row["repo"], row.get("ref", "")
    if not group:
        problems.append(f"line {line}: no group")
    elif not file_name(group):
        problems.append(f"line {line}: group {group!r} has no letter or digit to name a file by")
    if not repo:
        problems.append(f"line {line}: group {group or '?'} has no repo")
    elif not is_url(repo):
        here = folder / repo
        if here.exists():
            repo = str(here)
        elif not Path(repo).exists() and re.match(r"[\w-]+\.[\w.-]+/", repo):
            problems.append(f"line {line}: {repo}: no folder; for an address write https:// before it")
    when = row.get("before", "")
    if when:
        try:
            check_time(when)
        except UserError as error:
            problems.append(f"line {line}: {error.message.removeprefix('--')}")
    if ref and when:
        problems.append(f"line {line}: ref and before name two commits; give one of them")
    if len(problems) > found:
        return None
    return Submission(
        id=group, repo=repo, ref=ref, before=when or ("" if ref else before), report_path=row.get("report", "")
    )


def _folder(source: Path, before: str, note: Callable[[str], None]) -> list[Submission]:
    """One group for each repository of a folder, by its name."""
    made: dict[str, Submission] = {}
    for path in sorted(p for p in source.iterdir() if p.is_dir() and not p.name.startswith(".")):
        if (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir()):
            id_ = path.name.removesuffix(".git")
            if file_name(id_).casefold() in made:
                raise UserError(f"{path}: a second group called {id_}", "rename one of the folders")
            made[file_name(id_).casefold()] = Submission(id=id_, repo=str(path), before=before)
        else:
            note(f"{path}: not a repository, left out")
    if not made:
        raise UserError(f"{source}: no repositories in it", "give a folder of checkouts, or a CSV with group and repo")
    return list(made.values())
