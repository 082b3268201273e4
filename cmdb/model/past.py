"""What the history of a CI consists of: commits, what each changed, and which of them set a value that stands now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from cmdb.model.change import Change
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.location import Location
from cmdb.model.value import Value

_SHORT = 9


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its full id, who wrote it, when it was written (in UTC), and the first line of its message. `committed`
    is when it came into the branch it was made on."""

    id: str
    author: str
    email: str
    at: datetime
    committed: datetime
    subject: str = ""

    @property
    def short(self) -> str:
        """The first digits of its id."""
        return self.id[:_SHORT]

    @property
    def day(self) -> str:
        """When it was written, in UTC."""
        return f"{self.at.astimezone(UTC):%Y-%m-%d}"

    @property
    def data(self) -> dict[str, Value]:
        """The same for programs."""
        return {
            "commit": self.id,
            "author": self.author,
            "email": self.email,
            "date": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "subject": self.subject,
        }


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A commit among others: `parents` are the nearest of its ancestors among them. `cut` says that it has parents, but
    this clone lacks them."""

    commit: Commit
    parents: tuple[str, ...] = ()
    cut: bool = False

    @property
    def id(self) -> str:
        """The full id of the commit."""
        return self.commit.id


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A commit, and what it changed in a CI; of a merge, what it has from none of its parents."""

    commit: Commit
    change: Change


@dataclass(frozen=True, slots=True)
class Log:
    """The commits that changed a CI, newest first. `cut` is the commit at which this clone's history ends, where older
    changes may exist; `more` says that a limit left some out."""

    id: str
    entries: tuple[LogEntry, ...] = ()
    cut: Commit | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class BlamedValue:
    """One value of a CI and the commit that last set it; None where that is not committed yet. With `cut`, the value
    is older than this clone's history, which ends at that commit. `location` is the line where the value stands now,
    and `cause` the defaults file or the kind that it comes through. `attribute` is the declaration it is read by."""

    path: KeyPath
    value: Value
    commit: Commit | None
    cut: bool = False
    location: Location | None = None
    cause: str | None = None
    attribute: Attribute | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Blame:
    """Every value of a CI with the commit that last set it, sorted by path. `former_ids` are the ids that it had at
    those commits, the latest first."""

    ci: CI
    values: tuple[BlamedValue, ...] = ()
    former_ids: tuple[str, ...] = ()

    @property
    def cut(self) -> bool:
        """Whether a value is older than this clone's history."""
        return any(value.cut for value in self.values)
