"""A sign of life on the terminal when work takes more than a second; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

PATIENCE = 1.0
"""Seconds."""


@contextmanager
def working(what: str, patience: float = PATIENCE) -> Iterator[None]:
    """Shows a spinner on stderr, if that is a terminal, from `patience` seconds on until the work is done."""
    if not sys.stderr.isatty():
        yield
        return
    done = Event()
    thread = Thread(target=_spin, args=(what, patience, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _spin(what: str, patience: float, done: Event) -> None:
    if done.wait(patience):
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        done.wait()
