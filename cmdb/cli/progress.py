"""A sign of life on the terminal when work takes more than a second; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

PATIENCE = 1.0
"""Seconds."""
_BLINK = 0.1
"""Seconds between two looks at the gauge."""


@dataclass(slots=True)
class Gauge:
    """How far some work is: `done` of `total` files; a total of 0 means that nobody knows."""

    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        """Takes note."""
        self.done, self.total = done, total


@contextmanager
def working(what: str, patience: float = PATIENCE, gauge: Gauge | None = None) -> Iterator[None]:
    """Shows on stderr, if that is a terminal, from `patience` seconds on until the work is done, that it goes on: a bar
    where the gauge tells how far it is, else a spinner."""
    if not sys.stderr.isatty():
        yield
        return
    done = Event()
    thread = Thread(target=_show, args=(what, patience, gauge or Gauge(), done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(what: str, patience: float, gauge: Gauge, done: Event) -> None:
    if done.wait(patience):
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description} …"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        while not done.wait(_BLINK):
            progress.update(task, completed=gauge.done, total=gauge.total or None)
