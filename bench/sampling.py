"""Where time goes: a clock looks at the stack every millisecond and notes which stage of the work it is in."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

import cmdb
from bench.subjects import DAY, imports

INTERVAL = 0.001
"""Seconds between two looks."""

STAGES = ("imports", "kinds", "list", "read", "cache", "parse", "validate and build", "topology", "check", "other")

_TOP = str(Path(cmdb.__file__).parent)
_STAGE_OF: Mapping[str, str] = {
    "sources/descriptors.py": "read",
    "sources/repository.py": "read",
    "sources/git_tree.py": "read",
    "sources": "list",
    "cache": "cache",
    "formats/yaml": "parse",
    "formats/schema_reader.py": "kinds",
    "formats/attribute_reader.py": "kinds",
    "formats/schema_shapes.py": "kinds",
    "formats/baseline_reader.py": "check",
    "formats/places.py": "check",
    "formats/layout.py": "list",
    "formats": "validate and build",
    "graph/topology.py": "topology",
    "checks": "check",
    "reconciliation": "check",
    "facts.py": "check",
    "inventory.py": "validate and build",
    "model/inventory.py": "validate and build",
}
"""Folder or file below `cmdb/` -> stage, the longest name that fits; what is not named belongs to its caller."""
_READING = ("read", "read_many", "_attempt")


@dataclass(slots=True)
class Profile:
    """Seconds by stage and by function. A look counts for the time since the last one: while a long call into compiled
    code runs, nobody can look, and the first who can sees its caller."""

    stages: dict[str, float] = field(default_factory=dict)
    functions: dict[str, float] = field(default_factory=dict)
    last: float = field(default_factory=perf_counter)
    looking: bool = False

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """Notes where the program is; a look that takes longer than the interval is not looked at."""
        if not self.looking:
            self.looking = True
            self._note(frame)
            self.looking = False

    def _note(self, frame: FrameType | None) -> None:
        stage = function = ""
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith("<frozen importlib"):
                stage = "imports"
                break
            if name.startswith(_TOP):
                inside = name[len(_TOP) + 1 :]
                function = function or f"{inside}:{frame.f_code.co_qualname}"
                if stage := _stage(inside, frame.f_code.co_name):
                    break
            frame = frame.f_back
        now = perf_counter()
        for counter, name in ((self.stages, stage or "other"), (self.functions, function or "elsewhere")):
            counter[name] = counter.get(name, 0) + now - self.last
        self.last = now

    def payload(self) -> dict[str, Any]:
        """The same in plain mappings."""
        return {"stages": self.stages, "functions": self.functions}


def profiled(workspace: str, *, cache: bool, check: bool) -> dict[str, Any]:
    """Looks at one load of a workspace, or at one check."""
    imports()
    with sampled() as profile:
        found = cmdb.Workspace.open(workspace, cache=cache)
        if check:
            found.check(DAY)
        else:
            len(found.inventory.topology)
    return profile.payload()


@contextmanager
def sampled() -> Iterator[Profile]:
    """Looks while the block runs, in the main thread only."""
    profile = Profile()
    gc.collect()
    before = signal.signal(signal.SIGALRM, profile.look)
    signal.setitimer(signal.ITIMER_REAL, INTERVAL, INTERVAL)
    try:
        yield profile
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stage(inside: str, function: str) -> str:
    if inside == "sources/worktree.py" and function in _READING:
        return "read"
    while inside:
        if inside in _STAGE_OF:
            return _STAGE_OF[inside]
        inside = inside.rpartition("/")[0]
    return ""
