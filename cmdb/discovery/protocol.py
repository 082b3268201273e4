"""What a discovery plugin is: a class whose instances yield observations and say how far they looked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from cmdb.model.kind import Attribute
from cmdb.model.snapshot import Coverage, Observation

Finding = Observation | Coverage


@dataclass(frozen=True, slots=True)
class Context:
    """What a source is told. `root` is the workspace, against which relative paths of options are taken; `name` is
    the source's name in `cmdb.yaml`, and `covers` the selector of the CIs that it is there for.

    `seconds` is how long it may take, after which it is ended as a whole: a source that asks many things one by one
    can end in time by itself, and say what it did not get to. `attribute` gives the declaration of a kind's attribute,
    by both names, or None: a source that reads text has its types from there."""

    root: Path = field(default_factory=Path)
    name: str = ""
    covers: str = ""
    seconds: float = math.inf
    attribute: Callable[[str, str], Attribute | None] = lambda _kind, _name: None


class DiscoverySource(Protocol):
    """A source. The class is registered under the entry point group `cmdb.sources` and called with the options that
    `cmdb.yaml` gives as keyword arguments; a wrong option raises `ValueError` or `TypeError` there.

    `kinds` are the kinds it can see, and so what it covers unless `cmdb.yaml` says otherwise; where that depends on the
    options, the class has a method `sees(**options)` that gives them. `discover` yields what
    it sees and, for each scope, how far it looked; it claims `complete` only where it looked. It may raise: the runner
    records that as failed coverage. Whatever it prints goes to stderr.
    """

    kinds: ClassVar[tuple[str, ...]]

    def discover(self, context: Context) -> Iterator[Finding]: ...
