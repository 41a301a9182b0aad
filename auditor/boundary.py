"""Where a failure becomes data: what fails on one odd file loses that file, not what rests on the others.

Nothing that is read should make a fact, a probe or a settler fail. Should one fail all the same, the file that it had in
its hands is put aside as unreadable, a hole that is named like any other, and the work is done again without it.
"""

from collections.abc import Callable
from typing import TypeVar

from auditor import errors, limits
from auditor.deadline import LeftOut, within
from auditor.snapshot import File

T = TypeVar("T")
_FILES = 3  # files that one piece of work may lose


def attempt(
    make: Callable[[], T], what: str, said: str = "", share: limits.Limit = limits.PIECE
) -> tuple[T | None, str]:
    """What `make` makes, and nothing; or None, and why it failed or was left out, in a sentence about `said` (else `what`,
    its name in the record). Files are put aside for good only where that helps."""
    aside: list[File] = []
    while True:
        try:
            return within(what, share, make), ""
        except LeftOut as left:
            file, failure = None, str(left)
        except errors.PASSED:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            file, failure = _in_hand(error), f"{said or what} failed: {reason}"
        if file is None or file.why_skipped or len(aside) == _FILES:
            break
        aside.append(file)
        file.put_aside(f"could not be made sense of ({reason.partition(':')[0]})")
    for file in aside:
        file.take_back()
    return None, failure


def _in_hand(error: BaseException) -> File | None:
    """The file that the code worked on when it failed: the innermost one among the local names on the way there."""
    found, at = None, error.__traceback__
    while at is not None:
        here = [v for v in at.tb_frame.f_locals.values() if isinstance(v, File)]
        found = here[-1] if here else found
        at = at.tb_next
    return found
