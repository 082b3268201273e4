"""A second process for much reading, started when there is something for it to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SAFE_PATH = "PYTHONSAFEPATH"


class SecondProcess(Executor):
    """One process besides this one, where there is a processor for it."""

    def __init__(self) -> None:
        self._pool: Executor | None = None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Has it call a function. Raises `RuntimeError` where there is only one processor."""
        if processors() < 2:
            raise RuntimeError("there is no second processor")
        with _safe_path():
            if self._pool is None:
                from concurrent.futures import ProcessPoolExecutor
                from multiprocessing import get_context

                self._pool = ProcessPoolExecutor(1, get_context("spawn"))
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends it, if it was ever started."""
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def _safe_path() -> Iterator[None]:
    """A process that starts now does not look for Python's own modules in the current folder, which may be a
    stranger's checkout."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
