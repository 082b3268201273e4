"""What a discovery plugin is: a class whose instances yield observations and say how far they looked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from cmdb.model.snapshot import Coverage, Observation

Finding = Observation | Coverage


@dataclass(frozen=True, slots=True)
class Context:
    """What a source is told. `root` is the workspace, against which relative paths of options are taken; `name` is
    the source's name in `cmdb.yaml`; `seconds` is how long it may take, after which it is ended as a whole. A source
    that asks many things one by one can end in time by itself, and say what it did not get to."""

    root: Path = field(default_factory=Path)
    name: str = ""
    seconds: float = math.inf


class DiscoverySource(Protocol):
    """A source. The class is registered under the entry point group `cmdb.sources` and called with the options that
    `cmdb.yaml` gives as keyword arguments; a wrong option raises `ValueError` or `TypeError` there.

    `kinds` are the kinds it can see, and so what it covers unless `cmdb.yaml` says otherwise. `discover` yields what
    it sees and, for each scope, how far it looked; it claims `complete` only where it looked. It may raise: the runner
    records that as failed coverage. Whatever it prints goes to stderr.
    """

    kinds: ClassVar[tuple[str, ...]]

    def discover(self, context: Context) -> Iterator[Finding]: ...
