"""Who is to be audited: a list of groups (CSV with a header) or a folder of repositories. All that is wrong with a list is
said at once, a line each, before anything starts."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from auditor import limits, regular
from auditor.errors import UserError
from auditor.lazy import dataclass
from auditor.models import Submission
from auditor.repository import address, is_url, same_repository

# The names of columns, the surest row first: what a course writes itself, then what Excel, Google Sheets, Moodle, GitHub
# Classroom and forms call them.
_COLUMNS: dict[str, tuple[frozenset[str], ...]] = {
    "group": (
        frozenset(["group", "group_number", "group_nr", "group_no", "group_id", "group_num"]),
        frozenset(["group_name", "groups", "team", "team_name", "team_number", "team_id", "team_no", "gruppe", "hold"]),
    ),
    "repo": (
        frozenset(["repo", "repo_url", "repository", "repository_url"]),
        frozenset(["student_repository_url", "github_repository_url", "github_repo_url", "github_repo", "github_repository"]),
        frozenset(["repo_link", "repository_link", "github_url", "github_link", "git_url", "clone_url", "git_repository"]),
        frozenset(["url", "link", "github", "online_text", "address", "project_url", "project_link", "project_repository"]),
    ),
    "ref": (frozenset(["ref"]),),
    "before": (frozenset(["before"]),),
    "report": (frozenset(["report"]),),
    "assignment": (frozenset(["assignment_name"]),),
}  # fmt: skip
_CLASSROOM = frozenset(["student_repository_url", "student_repository_name", "assignment_name"])
_NOT_A_NAME = frozenset(["member", "members", "size", "student", "students", "count", "email", "mail", "leader"])
_OWN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?")
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)")
_HEADER_ROWS = 5  # a title and a date may stand above the header


@dataclass
class _Group:
    """A group as the rows of its members tell of it."""

    line: int
    submission: Submission


def read_groups(
    source: Path, *, before: str = "", check_time: Callable[[str], object], note: Callable[[str], None]
) -> list[Submission]:
    """The submissions of a list or of a folder's repositories. Of a list, a column for the group and one for the repository
    are needed (see `_COLUMNS`), `ref`, `before` (else that of the run) and `report` are optional; all others, such as the
    students' names, are not read. A group may have a row for each of its members. Two groups with one repository are told
    to `note`.

    Raises UserError with every problem of the list."""
    if source.is_dir():
        return _folder(source, before, note)
    try:
        data = regular.read_bytes(source, limits.LIST, given=True)
    except OSError as error:
        raise UserError(
            f"{source}: cannot be read ({error.strerror})", "give a CSV with the columns group and repo, or a folder"
        ) from None
    problems: list[tuple[int, str]] = []
    made: dict[str, _Group] = {}
    waiting: dict[str, tuple[int, str]] = {}  # groups without a repository so far: a member's row may come first
    try:
        for line, row in _rows(_text(data), problems, lambda text: note(f"{source}: {text}")):
            submission = _submission(row, line, source.parent, before, check_time, problems)
            if submission is None:
                continue
            name = file_name(submission.id).casefold()
            if not submission.repo:
                waiting.setdefault(name, (line, f"group {submission.id} has no repo"))
            elif name not in made:
                made[name] = _Group(line, submission)
            else:
                first = made[name]
                if again := _differs(first.submission, submission):
                    problems.append((line, f"group {submission.id} again, as in line {first.line}{again}"))
    except csv.Error as error:
        problems.append((0, f"not a CSV file ({error})"))
    problems += [problem for name, problem in waiting.items() if name not in made]
    if not problems and not made:
        problems.append((0, "no groups in it"))
    if problems:
        told = (f"{source}: {f'line {line}: ' * bool(line)}{text}" for line, text in sorted(problems))
        raise UserError("\n".join(told), "mend the list; nothing was started")
    _tell_shared(source, list(made.values()), note)
    return [group.submission for group in made.values()]


def _differs(first: Submission, second: Submission) -> str:
    """How a second row of a group says something else than the first, in words that go on; empty for a member's row."""
    if first.id.casefold() != second.id.casefold():
        return f", where it is called {first.id}"
    called = f", where it is written {first.id} ({_CASE})" if first.id != second.id else ""
    if same_repository(first.repo) != same_repository(second.repo):
        return f"{called}, with another repository"
    for field in ("ref", "before", "report_path"):
        if getattr(first, field) != getattr(second, field):
            return f"{called}, with another {field.removesuffix('_path')}"
    return ""


_CASE = "case tells no two groups apart"


def _tell_shared(source: Path, groups: Sequence[_Group], note: Callable[[str], None]) -> None:
    """Say which groups have a repository that another one has, too: one of them may be a slip of the list."""
    seen: dict[str, _Group] = {}
    for group in groups:
        first = seen.setdefault(same_repository(group.submission.repo), group)
        if first is not group:
            note(
                f"{source}: line {group.line}: group {group.submission.id} has the repository of group "
                f"{first.submission.id} (line {first.line}); both are audited"
            )


def file_name(id_: str) -> str:
    """A group's id as the name of its files: the same on every system, and another one for every other id.

    An id of plain letters, digits, dots and hyphens is its own name. Any other is written in such letters, with a few digits
    behind it that tell it from what is written alike (`a b` from `a-b`, `\N{LATIN CAPITAL LETTER A WITH RING ABOVE}` from `A`); so are names that Windows keeps for
    devices. Case tells no two ids apart, since it tells no two files apart everywhere."""
    if _OWN_NAME.fullmatch(id_) and not _DEVICE.match(id_):
        return id_
    known = unicodedata.normalize("NFC", id_).casefold()
    said = unicodedata.normalize("NFKD", id_).encode("ascii", "ignore").decode("ascii")
    said = re.sub(r"[^\w.-]+", "-", said, flags=re.ASCII).strip("-._")[:60] or "group"
    return f"{'group-' * bool(_DEVICE.match(said))}{said}-{hashlib.sha256(known.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _text(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else what Excel saves on Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(
    text: str, problems: list[tuple[int, str]], note: Callable[[str], None]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that say something, with their lines, by our names of the columns."""
    if "\0" in text:
        problems.append((0, "not text (it has NUL bytes); save it as CSV in UTF-8"))
        return
    lines = text.splitlines(keepends=True)
    start = next((i for i, row in enumerate(lines) if row.strip()), 0)
    mark = ""
    if lines and (told := re.fullmatch(r'"?sep=(.)"?[,;\t]*', lines[start].strip("\r\n ").lower())):
        mark, lines[start] = told[1], "\n"  # how Excel is told of the separator; the line stays counted
    head = next((row for row in lines if row.strip(" \t\r\n,;")), "")
    mark = mark or max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=mark)
    header, before = [], 0
    places: dict[str, int] = {}
    first: tuple[int, list[str], list[str]] | None = None
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(c.strip() for c in cells):
            continue
        header = [_column(cell) for cell in cells]
        wrong = ["values"] if any("://" in c or "@" in c for c in cells) else []  # a group's row, not the header
        places = {} if wrong else _places(header, wrong)
        first = first or (line, cells, wrong)
        if not wrong or line - first[0] >= _HEADER_ROWS:
            break
        places = {}
    if not places:
        line, cells, wrong = first or (
            reader.line_num,
            [],
            ["no column group (or group_number)", "no column repo (or repo_url)"],
        )
        named = [c.strip() for c in cells if c.strip()]
        if "values" in wrong or any(_is_value(c) for c in named):
            problems.append((line, "the first row holds values; above it must stand the columns' names: group, repo"))
        else:
            has = ", ".join(_column(c) for c in named) or "nothing"
            problems += [(line, f"{w}; it has: {has}" if w.startswith("no column") else w) for w in wrong]
        return
    empty: list[int] = []
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(c.strip() for c in cells):
            empty.append(line)
            continue
        for n in empty:  # at the end of a file they are nobody's mistake
            note(f"line {n} is empty, left out")
        empty.clear()
        row = {c: cells[i].strip() if i < len(cells) else "" for c, i in places.items()}
        if row["repo"] and "group" not in places:
            row["group"] = _classroom_group(row)
        if row.get("group") or row["repo"]:  # else a further member's, below merged cells
            yield line, row


def _column(cell: str) -> str:
    """The name of a column in small letters, its words joined: `Group No.` is `group_no`."""
    return "_".join(re.findall(r"\w+", cell.strip().casefold().replace("_", " ")))


def _places(header: Sequence[str], wrong: list[str]) -> dict[str, int]:
    """Which column is which: by a known name, the surest first, else by the one column whose words leave no doubt."""
    places: dict[str, int] = {}
    for column, spellings in _COLUMNS.items():
        found = next((hits for names in spellings if (hits := [i for i, n in enumerate(header) if n in names])), [])
        found = found or _by_words(column, header)
        if len(found) > 1:
            wrong.append(f"two columns for {column}: {', '.join(header[i] for i in found)}")
        elif found:
            places[column] = found[0]
        elif column == "repo" or (column == "group" and not _CLASSROOM & set(header)):
            wrong.append(f"no column {column} (or {'group_number' if column == 'group' else 'repo_url'})")
    return places


def _by_words(column: str, header: Sequence[str]) -> list[int]:
    """The columns of a form, whose names are questions: `Link to your GitHub repository`, `What is your group number?`."""
    words = [set(name.split("_")) for name in header]
    if column == "group":
        return [i for i, w in enumerate(words) if w & {"group", "team", "gruppe"} and not w & _NOT_A_NAME]
    if column != "repo":
        return []
    found = [i for i, w in enumerate(words) if w & {"repo", "repository", "repositories", "github", "gitlab"}]
    found = [i for i in found if not words[i] & {"name", "username", "user", "usernames", "login", "handle", "account"}]
    return [i for i in found if words[i] & {"url", "link", "address"}] or found


def _is_value(cell: str) -> bool:
    """Whether a cell of the first row is no name of a column but an address, a number or a study number."""
    return "://" in cell or "@" in cell or bool(re.fullmatch(r"\d+|s\d{6}", cell.strip().lower()))


def _classroom_group(row: dict[str, str]) -> str:
    """The group of a GitHub Classroom export: its repository is called by the assignment and the team."""
    name = address(row["repo"]).rstrip("/").rpartition("/")[2].removesuffix(".git")
    task = re.sub(r"[^\w]+", "-", row.get("assignment", "").casefold()).strip("-")
    own = name[len(task) + 1 :] if task and name.casefold().startswith(task + "-") else ""
    return own or name


def _submission(
    row: dict[str, str],
    line: int,
    folder: Path,
    before: str,
    check_time: Callable[[str], object],
    problems: list[tuple[int, str]],
) -> Submission | None:
    """One row as a submission; without a repository where the row has none."""
    found = len(problems)
    group, repo, ref = row["group"], row["repo"], row.get("ref", "")
    if not group:
        problems.append((line, "no group"))
    elif not any(unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So" for c in group):
        problems.append((line, f"group {group!r} has no letter or digit"))
    if repo and not is_url(repo):
        here = folder / repo
        if _there(here):
            repo = str(here)
        else:
            repo = address(repo)
            if not is_url(repo) and not _there(Path(repo)) and re.match(r"[\w-]+\.[\w.-]+/", repo):
                problems.append((line, f"{repo}: no folder; for an address write https:// before it"))
            elif not is_url(repo) and len(repo) > _LONGEST:
                problems.append((line, f"{repo[:60]}...: longer than any path or address"))
    elif repo:
        repo = address(repo)
    when = row.get("before", "")
    if when:
        try:
            check_time(when)
        except UserError as error:
            problems.append((line, error.message.removeprefix("--")))
    if ref and when:
        problems.append((line, "ref and before name two commits; give one of them"))
    if len(problems) > found:
        return None
    chosen, due = ("", before) if ref else (when or before, "")
    return Submission(id=group, repo=repo, ref=ref, before=chosen, due=due, report_path=row.get("report", ""))


_LONGEST = 4_000  # characters


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long for a file, or with a NUL in it
        return False


def _folder(source: Path, before: str, note: Callable[[str], None]) -> list[Submission]:
    """One group for each repository of a folder, by its name."""
    made: dict[str, Submission] = {}
    for path in sorted(p for p in source.iterdir() if p.is_dir() and not p.name.startswith(".")):
        if (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir()):
            id_ = path.name.removesuffix(".git")
            if first := made.get(file_name(id_).casefold()):
                alike = f"; the other is {first.id}: {_CASE}" if first.id != id_ else ""
                raise UserError(f"{path}: a second group called {id_}{alike}", "rename one of the folders")
            made[file_name(id_).casefold()] = Submission(id=id_, repo=str(path), before=before)
        else:
            note(f"{path}: not a repository, left out")
    if not made:
        raise UserError(f"{source}: no repositories in it", "give a folder of checkouts, or a CSV with group and repo")
    return list(made.values())
