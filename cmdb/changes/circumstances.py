"""What bears on a change and does not stand in the two revisions: told from outside, so that a record stays the same
for the same answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TroubleKind = Literal["drift", "failed change"]


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """Something that went wrong with a CI lately: it drifted, or a change of it failed. `reference` names the record of
    the change or the key path that drifted."""

    ci: str
    what: TroubleKind
    reference: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`labels` that people gave the change; the names of the `freezes` that it falls into; what went wrong lately with
    any CI."""

    labels: frozenset[str] = frozenset()
    freezes: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


NONE = Circumstances()
"""Nothing is known beyond the two revisions."""
