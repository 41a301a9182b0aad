"""The one error that a user sees as a message instead of a traceback, and those that are never the repository's."""

import os

FAULTS = (NameError, AttributeError, TypeError, ImportError)
"""What a slip in the program raises. A boundary takes it as it takes any other failure, so that a user loses one file or
probe and not the audit; in the program's own tests (`AUDITOR_STRICT=1`) it passes every boundary, so that it is seen."""
PASSED: tuple[type[Exception], ...] = FAULTS if os.environ.get("AUDITOR_STRICT") == "1" else ()


class UserError(Exception):
    """Something the user can mend: one line on what and where, and a hint on what to do next; `listed` is the hint for one of a class,
    for which no flag is given."""

    def __init__(self, message: str, hint: str = "", listed: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.listed = listed


class GitError(Exception):
    """What git said when it failed; `reason` is empty where it ended without a word, `output` what came before that."""

    def __init__(self, message: str, reason: str = "", output: bytes = b"") -> None:
        super().__init__(message)
        self.output = output
        self.reason = " ".join(reason.split())


class Stopped(UserError):
    """The user has stopped it: what is still under way in threads is not waited for."""


def reason(error: Exception) -> str:
    """Why a file could not be read: the system's words alone, without their number and the path, which is named anyway."""
    return str(getattr(error, "strerror", None) or error)
