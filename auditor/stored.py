"""Records that are read back as they were written."""

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
