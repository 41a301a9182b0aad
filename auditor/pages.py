"""The files of one group of a class: its record, and its page and other formats with what people have decided since."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import partial

from auditor import limits
from auditor.deadline import LeftOut, within
from auditor.decisions import Decisions, decided, without_dismissed
from auditor.escape import json_text, one_line, record_json
from auditor.lazy import dataclass
from auditor.models import AuditRecord, Figure
from auditor.render.ways import Served, Ways
from auditor.since import Past

FIGURES = "figures"
"""The ending under which the report's images are kept for a page that is made anew; a record for scripts is without them."""


@dataclass(frozen=True)
class Around:
    """What a group's files are made from beside its audit: decisions, the earlier audit to compare with, and its neighbours."""

    decisions: Decisions | None = None
    past: Past | None = None
    ways: Ways | None = None

    @property
    def key(self) -> str:
        """What changes when one of them does."""
        chosen = self.decisions.model_copy(update={"history": ()}).model_dump_json() if self.decisions else ""
        past = [self.past.commit, *(f.fingerprint for f in self.past.findings)] if self.past else []
        said = repr((chosen, past, self.past.made_with if self.past else (), self.ways))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def files_of(
    record: AuditRecord, formats: Iterable[str], around: Around | None = None, figures: Sequence[Figure] = ()
) -> dict[str, str]:
    """The record and its other formats, by their files' endings. What was dismissed is counted on the page, and left out elsewhere."""
    around = around or Around()
    made = {"json": record_json(record)}
    chosen = decided(record, around.decisions) if around.decisions else {}
    seen = without_dismissed(record, chosen)
    if "html" in formats:
        made["html"] = page(record, around, figures)
        made[FIGURES] = "".join(f.model_dump_json() + "\n" for f in figures)
    for format, ending in (("markdown", "md"), ("sarif", "sarif"), ("text", "txt")):
        if format in formats:
            try:
                made[ending] = within(f"the file .{ending}", limits.PIECE, partial(_written, format, seen, record))
            except LeftOut as left:
                made[ending] = _unmade(format, f"{record.submission.id}: {left}. What was found is in the file .json.")
    return made


def _unmade(format: str, why: str) -> str:
    """What stands in the place of a file that took too long to make."""
    if format != "sarif":
        return f"{one_line(why)}\n"
    told = {"level": "error", "message": {"text": why}}
    failed = [{"executionSuccessful": False, "toolExecutionNotifications": [told]}]
    run = {"tool": {"driver": {"name": "auditor"}}, "invocations": failed, "results": []}
    return json_text(json.dumps({"version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)) + "\n"


def _written(format: str, seen: AuditRecord, record: AuditRecord) -> str:
    """What is seen of a record in a format of text."""
    if format == "markdown":
        from auditor.render import markdown

        return markdown.render(seen)
    if format == "sarif":
        from auditor.render import sarif

        return sarif.render(seen)
    from auditor.render import terminal

    return terminal.render(seen, dismissed=len(record.findings) - len(seen.findings))


def page(record: AuditRecord, around: Around, figures: Sequence[Figure] = (), *, served: Served | None = None) -> str:
    """The group's page, with the report's images; as `auditor view` serves it, where it is told so."""
    from auditor.render import html

    shown = record.model_copy(update={"report": record.report.model_copy(update={"figures": tuple(figures)})})
    return html.render(shown, decisions=around.decisions, ways=around.ways, served=served)
