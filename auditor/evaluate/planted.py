"""Planted contradictions: a consistent submission with one fact changed, and the findings that this has to cause.

The changes are data, in a TOML file beside the submission that they are made for:

    [[planted]]
    name = "said-31-tests"
    edits = [{do = "swap", path = "reports/README.md", texts = [["13 tests", "31 tests"]]}]
    found = [{rule = "prose-contradicts-repository", by = "claim:test-count", at = "Q7", words = "31 tests"}]

`claims` names another file beside it, with typed claims as a reader makes them of a sentence: each false of the submission (or of it
with edits), beside what is otherwise where it is true. `auditor/evaluate/claimed.py` settles both.

    [[claimed]]
    name = "twelve-workflows"
    at = "Q11"
    claim = {kind = "count", of = "workflows", scope = "whole", op = "exactly", value = 12, quote = "In total there are 12 workflows."}
    true = {value = 6, quote = "In total there are 6 workflows."}
    differs = "6 workflows"
"""

import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from auditor import limits, regular
from auditor.claims.case import Rule
from auditor.errors import UserError, reason
from auditor.evaluate.matching import place
from auditor.gitdir import Directory, GitError
from auditor.models import AuditRecord, Level, Place, Record, Submission, Verdict
from auditor.repository import Repository

Files = dict[str, bytes]


class Edit(Record):
    """One edit: `swap` texts that each stand once in the file `path`, `everywhere` in `paths` a text for another, take out
    what matches a `pattern` (`without`), delete `paths` (`gone`), rename `path` (`move` to `to`), write `text` (`put`)."""

    do: Literal["swap", "everywhere", "without", "gone", "move", "put"]
    path: str = ""
    paths: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    pattern: str = ""
    to: str = ""
    text: str = ""

    @property
    def touches(self) -> tuple[str, ...]:
        """The files that it needs as they are."""
        return () if self.do == "put" else self.paths or (self.path,)

    def apply(self, files: Files) -> None:
        """Make the edit. Raises UserError where the files are not as it expects them."""
        for path in self.touches:
            if path not in files:
                raise UserError(
                    f"{path}: no such file to edit", "plant in the submission that the changes are made for"
                )
        if self.do == "gone":
            for path in self.paths:
                del files[path]
        elif self.do == "move":
            files[self.to] = files.pop(self.path)
        elif self.do == "put":
            files[self.path] = self.text.encode()
        else:
            for path in self.touches:
                files[path] = self._changed(path, files[path].decode()).encode()

    def _changed(self, path: str, text: str) -> str:
        if self.do == "without":
            text, times = re.subn(self.pattern, "", text, flags=re.MULTILINE)
            if not times:
                raise UserError(f"{path}: nothing in it fits {self.pattern!r}", "mend the planted change")
            return text
        for old, new in self.texts:
            times = text.count(old)
            if not times or (self.do == "swap" and times > 1):
                raise UserError(f"{path}: {old!r} stands in it {times} times", "mend the planted change")
            text = text.replace(old, new)
        return text


class Due(Record):
    """A finding that a change has to cause: its rule, the place (`Q7`, `checklist 24`), words of its quote, who should say it,
    and its level where that counts."""

    rule: str
    at: str
    words: str
    by: str = ""
    level: Level | Literal[""] = ""

    def fits(self, rule: str, verdict: Verdict, also: Sequence[Place] = ()) -> bool:
        """Whether a finding is this one, whoever says it, at its own place or at another that has the same fault."""
        places = ((verdict.claim.source, verdict.claim.quote), *((p.source, p.quote) for p in also))
        return rule == self.rule and any(
            (source.kind, source.n) == place(self.at) and self.words in quote for source, quote in places
        )


class Change(Record):
    """One changed fact, as edits of the submission's files, with all the findings that it causes."""

    name: str
    edits: tuple[Edit, ...]
    found: tuple[Due, ...]

    @property
    def commits(self) -> tuple[tuple[Edit, ...], ...]:
        """The edits of each commit."""
        return (self.edits,)


class Claimed(Record):
    """A typed claim that is false of the submission with these `edits` (in one commit; `then` are edits with a commit each, `tags`
    are set at the end; `beside` are claims that other answers make, each with its place `at`), and what is otherwise in its `true` twin. Its quote is added to the answer `at`. The
    settler has to say `rule`, and the words `differs` in what it shows or calls the difference."""

    name: str
    at: str
    claim: dict[str, Any]
    true: dict[str, Any]
    differs: str
    rule: Rule = "prose-contradicts-repository"
    on_template: bool = False
    edits: tuple[Edit, ...] = ()
    then: tuple[Edit, ...] = ()
    tags: tuple[str, ...] = ()
    beside: tuple[dict[str, Any], ...] = ()
    brought: tuple[Edit, ...] = ()

    @property
    def commits(self) -> tuple[tuple[Edit, ...], ...]:
        """The edits of each commit."""
        return tuple(filter(None, (self.brought, self.edits, *((e,) for e in self.then))))


class Claims(Record):
    """A file of typed claims, and the files of a template, which a commit brings before the edits of rows that are `on_template`."""

    claimed: tuple[Claimed, ...]
    template: dict[str, str] = Field(default_factory=dict)


class Planted(Record):
    """A file of planted changes, the name of the submission that they are made for, and typed claims for it, which stand in the file
    `claims` beside it."""

    base: str
    planted: tuple[Change, ...]
    claims: str = ""
    claimed: tuple[Claimed, ...] = ()


class Outcome(Record):
    """What came of one change: how many of its findings were made, which were missed, and what else was found."""

    name: str
    found: int
    missed: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def load_planted(path: Path) -> Planted:
    """The changes in a file, with the claims that stand in the file that it names. Raises UserError for anything else."""
    planted = _load(path, Planted, "give a file like fixtures/consistent/planted.toml")
    if not planted.claims:
        return planted
    claims = _load(path.parent / planted.claims, Claims, "give a file like fixtures/consistent/claims.toml")
    brought = tuple(Edit(do="put", path=p, text=t) for p, t in claims.template.items())
    claimed = [c.model_copy(update={"brought": brought}) if c.on_template else c for c in claims.claimed]
    return planted.model_copy(update={"claimed": tuple(claimed)})


F = TypeVar("F", bound=Record)


def _load(path: Path, shape: type[F], hint: str) -> F:
    try:
        return shape.model_validate(tomllib.loads(regular.read_text(path, limits.COURSE, given=True)))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({reason(error)})", hint) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"{path}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}", hint) from None


def plant(changes: Sequence[Change | Claimed], base: Path, into: Path) -> Path:
    """A bare copy of a repository in the folder `into`, with each change on top of its HEAD, under
    `refs/planted/NAME`: a ref that is no branch, so that no audit sees another's. It goes by the address that `base` goes by."""
    source = Repository(base)
    head = source.head()
    with Directory(None) as git:  # a protocol that is allowed by name needs no setting
        clone = ("clone", "--quiet", "--bare", "--no-hardlinks", str(base.resolve()), str(into.absolute()))
        git.run(*clone, environment={"GIT_ALLOW_PROTOCOL": "file", "GIT_DIR": None})
        if origin := source.origin():
            git.run("config", "--file", str(into.absolute() / "config"), "remote.origin.url", origin)
    made = Repository(into)
    made.raw("fast-import", "--quiet", "--done", stdin=b"".join(_commits(changes, source, head)))
    return into


def changed(edits: Sequence[Edit], read: Callable[[str], bytes | None]) -> dict[str, bytes | None]:
    """The files that edits alter, with their new content; None for what they delete. `read` gives a file as it is."""
    paths = dict.fromkeys(p for e in edits for p in (*e.touches, e.path, e.to) if p)
    before = {path: content for path in paths if (content := read(path)) is not None}
    files = dict(before)
    for edit in edits:
        edit.apply(files)
    return {p: files.get(p) for p in sorted({*before, *files}) if files.get(p) != before.get(p)}


def _commits(changes: Sequence[Change | Claimed], source: Repository, head: str) -> Iterator[bytes]:
    """The commits of each change, in the language of `git fast-import`."""
    when = source.git("log", "-1", "--format=%ct +0000", head).strip()

    def at_head(path: str) -> bytes | None:
        try:
            return source.raw("cat-file", "blob", f"{head}:{path}")
        except GitError:
            return None

    for change in changes:
        new: dict[str, bytes | None] = {}
        for n, edits in enumerate(change.commits):
            yield f"commit refs/planted/{change.name}\n".encode()
            yield f"committer Ada Example <ada@example.com> {when}\n".encode()
            yield b"data 13\nLast changes\n\n"
            if not n:
                yield f"from {head}\n".encode()
            made = changed(edits, lambda p, new=new: new[p] if p in new else at_head(p))  # type: ignore[misc]
            new |= made
            for path, content in made.items():
                if content is None:
                    yield f"D {_quoted(path)}\n".encode()
                else:
                    yield f"M 100644 inline {_quoted(path)}\ndata {len(content)}\n".encode() + content + b"\n"
            yield b"\n"
    yield b"done\n"


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def outcome(change: Change, record: AuditRecord) -> Outcome:
    """Which of a change's findings a record has, and what else; what is disputed is not said."""
    verdicts = {v.id: v for v in record.verdicts}
    left, strange = list(change.found), []
    for finding in record.findings:
        verdict = verdicts[finding.verdict]
        fits = [d for d in left if d.fits(finding.rule, verdict, finding.also_at)]
        if fits and finding.standing != "disputed":
            for due in fits if finding.also_at else fits[:1]:
                left.remove(due)
        elif finding.standing == "finding" and not any(
            d.fits(finding.rule, verdict, finding.also_at) for d in change.found
        ):
            source = verdict.claim.source
            at = f"Q{source.n}" if source.kind == "question" else f"checklist {source.n}"
            strange.append(f"{finding.rule} {verdict.by} {at}: {verdict.claim.quote}")
    missed = tuple(f"{d.rule} {d.by} {d.at}: {d.words}" for d in left)
    return Outcome(name=change.name, found=len(change.found) - len(left), missed=missed, strange=tuple(strange))


def run(
    planted: Planted, base: Path, audit: Callable[[Submission], AuditRecord], say: Callable[[str], None]
) -> list[Outcome]:
    """Every change, planted in the repository `base` and audited; first the repository as it is, which has to have no finding."""
    unchanged = Change(name="unchanged", edits=(), found=())
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="auditor-planted-") as folder:
        made = plant(planted.planted, base, Path(folder) / "planted.git")
        for n, change in enumerate((unchanged, *planted.planted)):
            say(f"{n}/{len(planted.planted)} {change.name}")
            ref = f"refs/planted/{change.name}" if change.edits else ""
            outcomes.append(outcome(change, audit(Submission(id=planted.base, repo=str(made), ref=ref))))
    return outcomes
