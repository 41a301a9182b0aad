"""What a judge is asked, as the options of a command say."""

from typing import TYPE_CHECKING

from auditor.cli_notes import note
from auditor.errors import UserError
from auditor.options import Read, Readings

if TYPE_CHECKING:
    from auditor.judges.request import Asking


def asking_of(
    judge: str, budget: int, read: Read, readings: Readings, ruling: bool, second: str, figures: bool, private: bool
) -> "Asking | None":
    """What the judge is asked and shown. What may name people is said before it is sent."""
    if judge == "none":
        if read != "all":
            raise UserError(f"--read {read} needs a judge", "name one with --judge")
        return None
    from auditor.judges.request import Asking

    if second and readings not in ("both", "pack-twice"):
        raise UserError("--second needs a second reading", "leave out --readings, or give both or pack-twice")
    if read == "answers":
        if second or figures:
            option = "--second" if second else "--figures"
            raise UserError(
                f"{option} has no place where only the answers are read", "leave it out, or leave out --read"
            )
        note("the judge is sent the report's answers alone (--read answers), nothing of the repository")
    if figures:
        note("the judge is sent the report's images (--figures): a screenshot may name people")
    if private:
        note("the judge is sent the private answers (--with-private), with stand-ins for names, numbers and addresses")
    return Asking(budget, readings, ruling, second, figures, private, read)
