"""The records that keys are held against: stored ones, or made by auditing the commit that each key names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor import limits, regular
from auditor.errors import UserError, reason
from auditor.evaluate.keys import Key
from auditor.judges.prices import Prices
from auditor.judges.prices import prices as configured
from auditor.models import AuditRecord, Submission
from auditor.stored import load_record
from auditor.trust import Trust, parse_trust, submission_id, write
from auditor.whole import write_given, write_whole

Audit = Callable[[Submission], AuditRecord]


def stored(folder: Path, keys: Sequence[Key]) -> list[AuditRecord]:
    """The records `FOLDER/KEY.json`. Raises UserError that names all that are missing."""
    if missing := [k.name for k in keys if not (folder / f"{k.name}.json").is_file()]:
        raise UserError(
            f"{folder}: no record of {', '.join(missing)}", "a record is called as its key, with .json: KEY.json"
        )
    return [load_record(folder / f"{k.name}.json") for k in keys]


@dataclass(frozen=True)
class Places:
    """Where the repositories of keys are: of some by the key's name, of others in a folder, of the rest where their key says."""

    by_key: Mapping[str, Path]
    folder: Path | None = None

    def of(self, key: Key) -> str:
        """The repository of a key: `PATH` that was given for it; `FOLDER/KEY`, `FOLDER/REPO` or `FOLDER/OWNER+REPO`; else its
        address."""
        if key.name in self.by_key:
            return str(self.by_key[key.name])
        if self.folder is not None:
            name = key.repo.rstrip("/").removesuffix(".git")
            names = (key.name, name.rsplit("/", 1)[-1], "+".join(name.split("/")[-2:]))
            for found in (self.folder / f"{n}{end}" for n in names for end in ("", ".git")):
                if found.is_dir():
                    return str(found)
            raise UserError(
                f"{self.folder}: no repository of {key.name}",
                f"call it {key.name} or {names[1]}, or give it with --repo {key.name}=PATH",
            )
        plain = key.repo.count("/") == 1 and ":" not in key.repo and not Path(key.repo).exists()
        return f"https://github.com/{key.repo}" if plain else key.repo

    def base(self, name: str) -> Path:
        """The repository in which contradictions are planted. Raises UserError where nobody says where it is."""
        found = self.by_key.get(name) or (self.folder / name if self.folder else None)
        if found is None or not found.is_dir():
            raise UserError(
                f"where is the repository {name}, in which to plant?",
                f"give it with --repo {name}=PATH; a fixture is made by: python tests/build_fixture.py {name} PATH",
            )
        return found


def repositories(given: Sequence[str], folder: Path | None) -> Places:
    """What `--repo KEY=PATH` and `--repos DIR` say."""
    by_key: dict[str, Path] = {}
    for pair in given:
        key, sign, path = pair.partition("=")
        if not (key and sign and path):
            raise UserError(f"--repo {pair}: not a key and a path", "write it like --repo g6=/home/me/group6")
        by_key[key] = Path(path)
    return Places(by_key, folder)


def audited(
    keys: Sequence[Key], places: Places, audit: Audit, save: Path | None, say: Callable[[str], None]
) -> list[AuditRecord]:
    """The records of the commits that keys name, made now, each kept in the folder `save` where there is one."""
    targets = [places.of(key) for key in keys]
    records = []
    for n, (key, repo) in enumerate(zip(keys, targets, strict=True), 1):
        say(f"{n}/{len(keys)} {key.name}")
        record = audit(Submission(id=key.name, repo=repo, ref=key.commit, report_path=key.report))
        if save is not None:
            write_whole(save / f"{key.name}.json", record.model_dump_json(indent=2) + "\n")
        records.append(record)
    return records


def priced(record: AuditRecord) -> AuditRecord:
    """The record with what its judge's answers cost at the prices that are configured now, where there are any."""
    prices: Prices | None = configured()
    if prices is None or not record.usage.requests:
        return record
    used = record.usage
    fresh = used.input_tokens - used.cached_tokens
    cost = (fresh * prices.input + used.cached_tokens * prices.cached + used.output_tokens * prices.output) / 1e6
    return record.model_copy(update={"usage": used.model_copy(update={"cost": round(cost, 4)})})


def other_commit(key: Key, record: AuditRecord) -> str:
    """What to say where a record is of another commit than its key; empty where it is the same."""
    commit = record.submission.commit
    if commit.startswith(key.commit) or key.commit.startswith(commit or "-"):
        return ""
    return f"{key.name}: the record is of {commit[:12]}, the key of {key.commit[:12]}"


def write_trust(path: Path, counted: Sequence[tuple[Key, Mapping[str, tuple[int, int]]]]) -> Trust:
    """Put what was judged of each speaker into a trust file, new or there; a submission that is in it is counted anew, not
    twice."""
    trust = Trust()
    if path.is_file():
        try:
            trust = parse_trust(regular.read_text(path, limits.COURSE), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: cannot be read ({reason(error)})", "give the path of a trust file") from None
    for key, counts in counted:
        trust = trust.with_submission(submission_id(key.repo, key.commit), counts)
    write_given(path, write(trust))
    return trust
