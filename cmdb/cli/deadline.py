"""An end to a run over files that may be made to take for ever."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

from cmdb.cli.moments import duration
from cmdb.cli.options import Decorator, Function, option
from cmdb.model.limits import TIME
from cmdb.model.problem import CmdbError

_HELP = "Give up after this long, with exit code 2; 0 waits for ever."
_AGAIN = 1.0
"""Seconds until what would not end is told once more."""


class _OutOfTime(BaseException):
    """Nothing on the way may take it for a mistake that it can deal with."""


def time_limit(function: Function) -> Function:
    """`--time-limit`."""
    add: Decorator = option(
        "--time-limit", callback=duration, metavar="DURATION", default=f"{TIME}s", show_default=True, help=_HELP
    )
    return add(function)


@contextmanager
def within(limit: timedelta | None) -> Iterator[None]:
    """Ends what is done inside once the time is up, second processes too. Raises `CmdbError` then. Where the system has
    no alarms, and outside of the main thread, there is no limit."""
    seconds = 0.0 if limit is None else limit.total_seconds()
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    except _OutOfTime:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _end_others()
        hint = "give it more time with --time-limit, or look for what in these files takes so long"
        raise CmdbError(f"gave up after {seconds:g} seconds, without a verdict", hint=hint) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise _OutOfTime


def _end_others() -> None:
    """The processes that were started to help would be waited for."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for process in active_children():
            process.kill()
