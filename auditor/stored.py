"""Records that are read back as they were written."""

from pathlib import Path

from pydantic import ValidationError

from auditor import regular
from auditor.errors import UserError
from auditor.models import AuditRecord


def load_record(path: Path, *, given: bool = False) -> AuditRecord:
    """A stored record, which a user may have `given`. Raises UserError for what is none of this version."""
    try:
        record = AuditRecord.model_validate_json(regular.read_bytes(path, given=given))
        if nowhere := _leads_nowhere(record):
            raise UserError(f"{path}: not a whole record ({nowhere})", "make it anew with: auditor audit --format json")
        return record
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", "give the path of a record") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the file"
        raise UserError(
            f"{path}: not a record of this version ({where}: {first['msg']})",
            "make it anew with: auditor audit --format json",
        ) from None


def _leads_nowhere(record: AuditRecord) -> str:
    """What of a record names something that is not in it; nothing of a whole one."""
    from auditor.rules import RULES

    verdicts = {v.id for v in record.verdicts}
    if len(verdicts) < len(record.verdicts) or "" in verdicts:
        return "two verdicts have one id, or one has none"
    for finding in record.findings:
        if finding.verdict not in verdicts:
            return f"a finding of {finding.verdict!r}, and there is no such verdict"
        if finding.rule not in RULES:
            return f"a finding by {finding.rule!r}, and there is no such rule"
    cited = [c for v in record.verdicts for c in v.citations]
    cited += [c for f in record.findings if f.ruling for c in f.ruling.citations]
    cited += [c for i in record.items for s in i.sides for c in s.citations]
    named = [*(c.evidence for c in cited), *(e for r in record.results for e in r.evidence)]
    if missing := next((e for e in named if e not in record.evidence), ""):
        return f"it cites {missing!r}, and there is no such evidence"
    return ""
