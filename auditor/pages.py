"""The files of one group of a class: its record, and its page and other formats with what people have decided since."""

import hashlib
from collections.abc import Iterable, Sequence

from auditor.decisions import Decisions, decided, without_dismissed
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
    made = {"json": record.model_dump_json(indent=2) + "\n"}
    chosen = decided(record, around.decisions) if around.decisions else {}
    seen = without_dismissed(record, chosen)
    if "html" in formats:
        made["html"] = page(record, around, figures)
        made[FIGURES] = "".join(f.model_dump_json() + "\n" for f in figures)
    if "markdown" in formats:
        from auditor.render import markdown

        made["md"] = markdown.render(seen)
    if "sarif" in formats:
        from auditor.render import sarif

        made["sarif"] = sarif.render(seen)
    if "text" in formats:
        from auditor.render import terminal

        made["txt"] = terminal.render(seen, dismissed=len(record.findings) - len(seen.findings))
    return made


def page(record: AuditRecord, around: Around, figures: Sequence[Figure] = (), *, served: Served | None = None) -> str:
    """The group's page, with the report's images; as `auditor view` serves it, where it is told so."""
    from auditor.render import html

    shown = record.model_copy(update={"report": record.report.model_copy(update={"figures": tuple(figures)})})
    return html.render(shown, decisions=around.decisions, ways=around.ways, served=served)
