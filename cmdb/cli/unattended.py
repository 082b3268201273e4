"""What a run needs that nobody watches: no second one beside it, an end, and silence while there is nothing to say."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn

from cmdb.cli.moments import duration
from cmdb.cli.options import Call, Decorator, Function, leave, now, option
from cmdb.cli.output import say
from cmdb.model.answer import Answer
from cmdb.model.problem import CmdbError

TIMEOUT = "Give the sources this long in all, from the start of the run; what has not answered then is ended."
WAIT = "How long to wait for another run of the same workspace that asks its sources."
_TICK = 0.05


def unattended(function: Function) -> Function:
    """The options of runs that nobody watches, handed to the command as one `Vigil`."""
    options: tuple[Decorator, ...] = (
        option("-q", "--quiet", is_flag=True, help="Print nothing when the status is clean; files are still written."),
        option("--timeout", callback=duration, metavar="DURATION", help=TIMEOUT),
        option("--wait", callback=duration, metavar="DURATION", default="10s", show_default=True, help=WAIT),
    )

    @wraps(function)
    def called(quiet: bool, timeout: timedelta | None, wait: timedelta, **others: Any) -> None:
        seconds = math.inf if timeout is None else timeout.total_seconds()
        function(vigil=Vigil(quiet, seconds, wait.total_seconds()), **others)

    decorated: Function = called
    for add in reversed(options):
        decorated = add(decorated)
    return decorated


@dataclass(frozen=True, slots=True)
class Vigil:
    """What these options come to, in seconds."""

    quiet: bool = False
    timeout: float = math.inf
    wait: float = 0.0
    _started: float = field(default_factory=monotonic)

    def left(self) -> float:
        """The seconds that are left for the sources."""
        return max(self._started + self.timeout - monotonic(), 0.0)

    @contextmanager
    def alone(self, lock: Path | None) -> Iterator[None]:
        """Keeps every other run away that takes the same lock, and ends what was begun when the run is told to end.
        Raises `CmdbError` where another one is at work and does not finish in time."""
        handle = None if lock is None else _opened(lock)
        try:
            if lock is not None and handle is not None:
                self._take(lock, handle)
            with _ending():
                yield
        finally:
            if handle is not None:
                os.close(handle)

    def finish(self, call: Call, answer: Answer) -> NoReturn:
        """Writes the answer where it is wanted, and ends with its exit code."""
        if self.quiet and answer.status == "clean":
            call = replace(call, outputs=tuple(output for output in call.outputs if output.file is not None))
        if not call.outputs:
            leave(answer.status)
        call.finish(answer)

    def _take(self, lock: Path, handle: int) -> None:
        deadline = monotonic() + min(self.wait, self.left())
        while not _locked(lock, handle):
            if monotonic() >= deadline:
                hint = "let it finish, or give this run more time with --wait"
                raise CmdbError(f"another run is at work on this workspace: {_who(lock)}", hint=hint)
            sleep(_TICK)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, since {now():%Y-%m-%d %H:%M:%S} UTC".encode(), 0)


def _opened(lock: Path) -> int | None:
    """The file, which stays there for good; a lock in a file that somebody may remove would be none."""
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        say(f"nothing keeps another run away: {lock}: {error.strerror or error}")
        return None


def _locked(lock: Path, handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        say(f"nothing keeps another run away: {lock}: {error.strerror or error}")
    return True


def _who(lock: Path) -> str:
    try:
        return lock.read_text("utf-8") or "it has just begun"
    except (OSError, ValueError):
        return "nobody can tell which"


@contextmanager
def _ending() -> Iterator[None]:
    """SIGTERM ends a run like Ctrl-C, so that the processes of sources are gone too."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread, whose business signals are
        yield
        return
    try:
        yield
    finally:
        with suppress(TypeError):
            signal.signal(signal.SIGTERM, before)
