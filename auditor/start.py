"""What the command does before it imports anything else: settings of the process that make all that follows quicker."""

import atexit
import contextlib
import gc
import os
import sys
import threading
from types import ModuleType

from auditor import compiled, kept


def begin() -> None:
    """Make this process the command's."""
    # One audit makes few cycles and many objects that live to its end: looking for the former takes a tenth of its time.
    gc.set_threshold(100_000, 50, 50)
    compiled.take_over()
    # Else pydantic asks every installed package for plugins. Told not to, it would still import what it asks with, the
    # readers of package metadata and of mail.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__":
        none = ModuleType("pydantic.plugin._loader")
        none.__dict__["get_plugins"] = tuple
        sys.modules.setdefault(none.__name__, none)


def leave(code: object) -> None:
    """End the process with an exit code, now that all is said; back where more than its objects is left to end, for the
    interpreter: to take them apart one by one takes longer than `git log`."""
    if type(code) is not int or threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end() -> None:
    """Keep what helps the next process to start."""
    kept.keep()
    gc.freeze()  # else the interpreter looks through all of it once more before it ends
