"""Releases: CIs as they were approved, frozen at a commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from cmdb.model.location import Place

if TYPE_CHECKING:
    from cmdb.model.change import Change
    from cmdb.model.past import Commit

FOLDER = "baselines/frozen"
"""Where the files of releases are."""
ALGORITHM = "cmdb-ci/1 sha256"
"""How the digests of CIs are made."""


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen baseline: the commit, and the digest of each CI by its id. `selectors` and `exclude` picked the CIs, all
    where there is neither. `uncommitted` says that the files differed from the commit, so that only the digests tell
    what was frozen."""

    name: str
    revision: str
    date: date
    cis: Mapping[str, str]
    approved_by: str | None = None
    note: str = ""
    selectors: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    uncommitted: bool = False
    place: Place = field(default=Place(""), compare=False)


Departed = Literal["changed", "renamed", "removed", "added", "record"]


@dataclass(frozen=True, slots=True)
class Departure:
    """A CI that is not as it was frozen. `change` is what changed, None where this clone cannot tell; `commits` are
    those through which it did, newest first, and none while it is not committed. `uncommitted` says that some of it is
    not committed yet. `record` as action means that the release says of the CI what its own commit does not."""

    ci: str
    action: Departed
    change: Change | None = None
    commits: tuple[Commit, ...] = ()
    uncommitted: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verification:
    """What left a release, sorted by id. `kept` counts the CIs that are as they were frozen; `missing` says what of the
    history this clone lacks, so that changes or commits cannot be told."""

    release: Release
    departures: tuple[Departure, ...] = ()
    kept: int = 0
    missing: str = ""
