"""How the command ends: whatever is left of a failure becomes one line and an exit code of its own."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from auditor.errors import GitError, Stopped, UserError

FAILED = 2  # the audit could not be done
UNWRITTEN = 3  # it was done, and what it says could not be written to standard output


class Unwritten(Exception):
    """Standard output is closed or full. No OSError, which typer takes for its own to end."""


class _Output:
    """A stream whose failures are `Unwritten`; one that is closed fails when it is written to."""

    def __init__(self, stream: IO[str] | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with _told():
            if self._stream is None:
                raise OSError(0, "it is closed")
            return self._stream.write(text)

    def flush(self) -> None:
        if self._stream is not None:
            with _told():
                self._stream.flush()

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a ValueError of a stream that was closed under way
        raise Unwritten(getattr(error, "strerror", "") or str(error)) from None


def run(command: Callable[[], object], debug: bool) -> None:
    """Run the command and end the process with its exit code; with `debug`, a failure shows where it came from."""
    _open_all()
    output = _Output(sys.stdout)
    sys.stdout = cast("Any", output)
    try:
        try:
            command()
        finally:
            output.flush()
    except SystemExit:
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Unwritten as error:
        _to_nothing()
        _end(f"standard output: {error}; what was to be written is not there whole", "", UNWRITTEN, debug)
    except Stopped as error:
        with contextlib.suppress(SystemExit):
            _end(error.message, error.hint, FAILED, debug)
        from auditor.stopping import end_soon

        end_soon(FAILED)
    except UserError as error:
        _end(error.message, error.hint, FAILED, debug)
    except BaseException as error:
        _end(*words(error), FAILED, debug)


def words(error: BaseException) -> tuple[str, str]:
    """What a failure that nobody foresaw is, and what to do about it."""
    if isinstance(error, GitError):
        rows = str(error).splitlines() or ["failed without a word"]
        reason = next((r for r in reversed(rows) if r.startswith("fatal: ")), rows[-1])
        return f"git: {reason.removeprefix('fatal: ')}", "see whether git can read the repository: git fsck"
    if isinstance(error, OSError):
        where = f"{_short(error.filename)}: " if isinstance(error.filename, str) else ""
        if not where and not _stands():
            return "the folder that this runs in is no longer there", "go to one that is"
        return f"{where}{error.strerror or error}", ""
    if isinstance(error, MemoryError):
        return "there is not enough memory", ""
    return (
        f"a fault of auditor ({type(error).__name__}: {_short(str(error))})",
        "--debug before the command shows where; please report it",
    )


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."


def _stands() -> bool:
    """Whether the working directory is there."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _end(message: str, hint: str, code: int, debug: bool) -> None:
    import traceback

    from auditor.escape import log, one_line, safe

    with contextlib.suppress(OSError, ValueError):
        if debug:
            sys.stderr.write(log(safe(traceback.format_exc())))
        for line in message.split("\n"):
            sys.stderr.write(f"auditor: {one_line(line)[:1000]}\n")
        if hint:
            sys.stderr.write(f"  hint: {one_line(hint)[:1000]}\n")
        sys.stderr.flush()
    sys.exit(code)


def _open_all() -> None:
    """Give the three standard streams a descriptor each: a file that is opened later must not get the number of one that the
    caller closed, or what is meant for the screen goes into it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115


def _to_nothing() -> None:
    """What is still held back for standard output goes nowhere: else the interpreter fails once more as it ends."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.close(nothing)
