"""What ends with a message instead of a traceback."""


class UserError(Exception):
    """Something the user can mend: one line on what and where, and a hint on what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class GitError(Exception):
    """What git said when it failed."""


class Stopped(UserError):
    """The user has stopped it: what is still under way in threads is not waited for."""
