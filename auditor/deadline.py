"""The time and the memory that one audit may take, and the pieces of work that are left out where that is not enough.

An audit is made of pieces: a probe, a fact, a settler, a file that is parsed. Each piece has a share of the time, of which
only its own work counts, not that of pieces inside it. One that takes longer, or more memory than there is, ends with
`LeftOut` where it began and is named; the others go on. Once the time of the whole audit is over, no further piece begins. The
last of it is kept for the record and its page (`limits.LAST`). What a host or a judge is waited for does not count.

Signals interrupt a piece where there are such (the main thread, not on Windows); elsewhere pieces are only kept from
beginning. Memory is limited on Linux. What was left out hangs on the machine: a record says so plainly.
"""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar, copy_context
from types import FrameType
from typing import TypeVar

from auditor import limits
from auditor.errors import UserError
from auditor.lazy import dataclass

T = TypeVar("T")
TICK = 0.2  # seconds between two looks at the clock
OVER = "the time of the audit was over (--timeout)"
GRACE = 10.0  # seconds more, for what is no piece
_AGAIN = 2.0  # seconds until a piece that does not end is interrupted once more


@dataclass(frozen=True)
class May:
    """The seconds and the megabytes that an audit may take; 0 is any."""

    seconds: float = limits.SECONDS.value
    megabytes: int = limits.MEGABYTES.value


ORDINARY = May()


class LeftOut(Exception):
    """A piece of work was left out: what, and why in words that go on after its name."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} {why}")
        self.why = why


class _Interrupted(BaseException):
    """The innermost piece has to end. No boundary on the way that turns an Exception into data may hold it up."""


class _Piece:
    """Work under way: its share of the time, what of it is used up, and when it was last told to end."""

    __slots__ = ("rung", "seconds", "used")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.used = 0.0
        self.rung = 0.0


class Allowance:
    """What one audit may take, of which so many seconds are `spent`. `left_out` has the pieces that were left out so far, with
    the reasons; `cut` says that there was one, be it told elsewhere; `last`: all is looked at, and the record is written."""

    def __init__(self, seconds: float, megabytes: int, spent: float = 0.0) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self.left_out: dict[str, str] = {}
        self.cut = False
        self.last = False
        self.around: int | None = None  # the bytes that the process may have without it
        self._since = time.monotonic()
        self._started = self._since - spent
        self._pieces: list[_Piece] = []
        self._rung = 0.0

    @property
    def spent(self) -> float:
        """The seconds that were taken so far."""
        return time.monotonic() - self._started

    @property
    def over(self) -> bool:
        """Whether the time of the whole audit is over: of looking at things, before that of writing them."""
        share = 1.0 if self.last else 1 - 1 / limits.LAST.value
        return bool(self.seconds) and self.spent > self.seconds * share

    def wait(self, seconds: float) -> None:
        """Do not count these seconds."""
        self._started += seconds
        self._since += seconds

    @property
    def too_long(self) -> str:
        return f"took longer than {self.seconds:g} s (--timeout)"

    def begin(self, share: int) -> None:
        """Begin a piece that may take one `share`-th of the time."""
        now = time.monotonic()
        if self._pieces:
            self._pieces[-1].used += now - self._since
        self._since = now
        self._pieces.append(_Piece(self.seconds / share))

    @property
    def depth(self) -> int:
        """How many pieces are under way, one in the other."""
        return len(self._pieces)

    def end(self, depth: int) -> None:
        """End the pieces that began at this depth."""
        del self._pieces[depth:]
        self._since = time.monotonic()

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Look at the clock, and interrupt the innermost piece if its time is over. Without a piece, the audit is only
        interrupted where it goes on for long."""
        now = time.monotonic()
        if not self._pieces:
            if now - self._started > self.seconds + GRACE and now - self._rung > _AGAIN:
                self._rung = now
                raise _Interrupted
            return
        piece = self._pieces[-1]
        used = piece.used + now - self._since
        if (used > piece.seconds or self.over) and now - piece.rung > _AGAIN:
            piece.rung = now
            raise _Interrupted


_ALLOWANCE: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


def within(what: str, share: limits.Limit, make: Callable[[], T], *, told: bool = True) -> T:
    """What `make()` gives. Raises LeftOut where that takes longer than its share of the audit's time or more memory than
    there is, or where the time is over; `what` names it in the record (`told`: unless whoever asks does)."""
    allowance = _ALLOWANCE.get()
    if allowance is None or not (allowance.seconds or allowance.megabytes):
        return make()
    if allowance.over:
        raise _left_out(allowance, what, f"was not begun: {OVER}", told)
    why, depth = "", allowance.depth
    try:
        if allowance.seconds:
            allowance.begin(share.value)
        return copy_context().run(make)  # an interrupted `with` leaves no watch behind
    except _Interrupted:
        alone = f"took longer than {allowance.seconds / share.value:g} s, its share of the time (--timeout)"
        why = f"was under way when {OVER}" if allowance.over else alone
    except MemoryError:
        why = f"took more memory than there is ({allowance.megabytes:,} MB with --memory)"
    finally:
        allowance.end(depth)
    raise _left_out(allowance, what, why, told)


def needed(make: Callable[[], T]) -> T:
    """What `make()` gives, where an audit is nothing without it: UserError instead of LeftOut."""
    try:
        return make()
    except LeftOut as left:
        raise UserError(
            str(left), f"give it more with {'--memory' if '--memory' in left.why else '--timeout'}"
        ) from None


def write_now() -> None:
    """From now on what is under way is the record, for which the last of the time is."""
    if (allowance := _ALLOWANCE.get()) is not None:
        allowance.last = True


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """What is waited for in the `with`, a host or a judge, has limits of its own: it takes none of the time and the memory."""
    allowance = _ALLOWANCE.get()
    if allowance is None:
        yield
        return
    token, started = _ALLOWANCE.set(None), time.monotonic()
    try:
        with _silent(allowance), _data(allowance.around):
            yield
    finally:
        allowance.wait(time.monotonic() - started)
        _ALLOWANCE.reset(token)


def ended_early(messages: Iterable[str]) -> bool:
    """Whether the time of a whole audit was over before all of it was done, from what its record says was left out: then it
    is no audit that found nothing."""
    return any(m.rstrip(".").endswith(OVER) for m in messages)


def _left_out(allowance: Allowance, what: str, why: str, told: bool) -> LeftOut:
    allowance.cut = True
    if told:
        allowance.left_out.setdefault(what, why)
    return LeftOut(what, why)


@contextlib.contextmanager
def allowed(may: May, spent: float = 0.0) -> Iterator[Allowance]:
    """Holds the work in the `with` to its seconds, of which some are `spent`, and megabytes. Raises UserError where what is no piece,
    such as listing the files, takes far too long or too much. Within another allowance, that one goes on."""
    if (around := _ALLOWANCE.get()) is not None:
        yield around
        return
    allowance = Allowance(may.seconds, may.megabytes, spent)
    token = _ALLOWANCE.set(allowance)
    try:
        with _ticking(allowance), _memory(allowance):
            yield allowance
    except _Interrupted:
        raise UserError(f"it {allowance.too_long}", "give it more time with --timeout") from None
    except MemoryError:
        raise UserError(f"it took more memory than {may.megabytes:,} MB", "give it more with --memory") from None
    finally:
        _ALLOWANCE.reset(token)


def _signals() -> bool:
    return sys.platform != "win32" and threading.current_thread() is threading.main_thread()


def _in_a_worker() -> bool:
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None


@contextlib.contextmanager
def _ticking(allowance: Allowance) -> Iterator[None]:
    if not allowance.seconds or not _signals():
        yield
        return
    before = signal.signal(signal.SIGALRM, allowance.ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    started = time.monotonic()
    if _in_a_worker():  # nobody handles its signal: one that is stuck in native code is ended by the kernel
        signal.setitimer(signal.ITIMER_PROF, allowance.seconds + GRACE + 30)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if _in_a_worker():
            signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # somebody else's alarm goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.01), 5)


@contextlib.contextmanager
def _silent(allowance: Allowance) -> Iterator[None]:
    """Without looking at the clock."""
    if not allowance.seconds or not _signals():
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)


@contextlib.contextmanager
def _memory(allowance: Allowance) -> Iterator[None]:
    """Memory of this process and of the git processes that it starts: what is private and written to, so that what git
    maps of its packs does not count."""
    if not allowance.megabytes or sys.platform != "linux":
        yield
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_DATA)
    known = [n for n in limit if n != resource.RLIM_INFINITY]
    allowance.around = limit[0]
    with _data(min([allowance.megabytes * 1_000_000, *known])):
        yield


@contextlib.contextmanager
def _data(most: int | None) -> Iterator[None]:
    """No more than so many bytes in the `with`; None leaves it as it is."""
    if most is None or sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
