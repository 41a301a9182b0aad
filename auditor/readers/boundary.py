"""Where a reader ends: what it makes of a file is remembered, and where it fails is a hole."""

from collections.abc import Callable
from typing import TypeVar

from auditor import errors
from auditor.repository import Unreadable
from auditor.snapshot import File

T = TypeVar("T")


def bounded(
    file: File, kind: str, make: Callable[[File], T], nothing: Callable[[], T], *, by_content: bool = True
) -> T:
    """A reader's boundary: what it makes of a file, remembered on it (or, `by_content`, once for all files with this
    content); nothing of a file without text, or where the reader fails or takes too long, which is a hole."""

    if (known := file.known(kind)) is not None:
        return known  # type: ignore[no-any-return]

    def made(file: File) -> T:
        try:
            return make(file)
        except Unreadable:  # a hole where the text was asked for
            return nothing()
        except errors.PASSED:
            raise
        except Exception as error:
            file.cannot(kind, f"{file.path} could not be read as {kind} ({type(error).__name__})")
            return nothing()

    return file.parse(kind, made, nothing, by_content=by_content)
