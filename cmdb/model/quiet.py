"""Bulk work without the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_resting() -> Iterator[None]:
    """No garbage collection while a great many values are made that all stay, nor of them right afterwards."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            count_as_old()
            gc.enable()


def count_as_old() -> None:
    """Moves everything to the oldest generation; the collector would look at it all for the youngest. What somebody
    else froze stays frozen."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
