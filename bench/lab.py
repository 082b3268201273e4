"""Measuring: every run in a fresh process, subjects in turn, so that whatever else the machine does hits all alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.corpora import Corpora
from bench.generate import Order
from bench.samples import Sample

Subject = Callable[[int], float]
"""Measures one thing once; takes the number of the round."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured. `cis` is the usual inventory, `few` the small one it is held against, `many` the large
    one; `pairs` are compared for drift; `linear` are the sizes of one line; `rounds` counts the runs of each subject
    and `quick_rounds` those of commands that take a moment; `slow` is how many files or pairs the slow ones get."""

    label: str
    cis: int
    few: int
    many: int
    pairs: int
    linear: tuple[int, ...]
    rounds: int
    quick_rounds: int
    slow: int


SMALL = Sizes("small", 4_000, 1_000, 10_000, 2_000, (2_000, 4_000, 8_000), 3, 9, 100)
FULL = Sizes("full", 100_000, 1_000, 1_000_000, 100_000, (10_000, 100_000, 200_000), 5, 15, 500)


class Failed(Exception):
    """A process that was to be measured did not end well; says what it said."""


class Lab:
    """A place to measure in: the sizes, the inventories, and a scratch folder that is removed at the end."""

    def __init__(self, sizes: Sizes, corpora: Corpora, scratch: Path) -> None:
        self.sizes = sizes
        self.scratch = scratch
        self._corpora = corpora
        self._cache = scratch / "cache"

    def corpus(self, cis: int, per_file: int = 1, unquoted: float = 0.0) -> Path:
        """An inventory of a size, with nothing left to be written to the disk."""
        found = self._corpora.get(Order(cis, per_file, unquoted=unquoted))
        os.sync()
        return found

    def run(self, function: Callable[..., float], cache: Path | None = None, /, **arguments: Any) -> float:
        """The number that a function of a module returns in a fresh process."""
        return float(self.call(function, cache, **arguments))

    def call(self, function: Callable[..., Any], cache: Path | None = None, /, **arguments: Any) -> Any:
        """What a function of a module returns in a fresh process; numbers, texts and mappings of these."""
        where = f"{function.__module__}:{function.__name__}"
        done = self.process([sys.executable, "-m", "bench.worker", where, json.dumps(arguments)], cache)
        return json.loads(done.stdout)

    def wall(self, command: Sequence[str], cache: Path | None = None) -> float:
        """The seconds that a command takes from start to end."""
        start = perf_counter()
        self.process(command, cache)
        return perf_counter() - start

    def rounds(self, subjects: Mapping[str, Subject], count: int) -> dict[str, Sample]:
        """Every subject in turn, again and again; before that each once for nothing, so that files and compiled code
        lie in memory."""
        found: dict[str, list[float]] = {label: [] for label in subjects}
        for number in range(count + 1):
            for label, subject in subjects.items():
                seconds = subject(number)
                if number:
                    found[label].append(seconds)
        return {label: Sample(tuple(values)) for label, values in found.items()}

    @contextmanager
    def cache(self) -> Iterator[Path]:
        """An empty cache folder of its own."""
        folder = Path(tempfile.mkdtemp(prefix="cache-", dir=self.scratch))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def process(self, command: Sequence[str], cache: Path | None = None) -> subprocess.CompletedProcess[str]:
        """A command with the cache in a folder of its own. Raises `Failed` where it does not exit with 0."""
        environment = {**os.environ, "CMDB_CACHE_DIR": str(cache or self._cache), "NO_COLOR": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done


def program(name: str) -> str:
    """A console script of this Python's environment."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name) or name
