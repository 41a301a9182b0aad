"""Files that are read back as they were written: records, and what must be written whole or not at all."""

from pathlib import Path

from pydantic import ValidationError

from auditor.errors import UserError
from auditor.models import AuditRecord


def load_record(path: Path) -> AuditRecord:
    """A stored record. Raises UserError for what is none of this version."""
    try:
        return AuditRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", "give the path of a record") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the file"
        raise UserError(
            f"{path}: not a record of this version ({where}: {first['msg']})",
            "make it anew with: auditor audit --format json",
        ) from None


def write_whole(path: Path, text: str) -> None:
    """A file, written whole or not at all, with the line ends that the text has."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror})", "name another place, or free some room"
        ) from None
