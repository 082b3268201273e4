"""Events that wait to be delivered: one folder for each endpoint, one file for each event, in their order.

An event is put here before anybody tries to send it, and goes only when the endpoint has taken it. So nothing is lost
when the machine goes down in between; at worst an event is sent twice, with the same id.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cmdb.events.event import Event
from cmdb.model.problem import CmdbError

SPOOL = "CMDB_SPOOL"
"""The environment variable that names another folder than the one in the user's state folder."""
_WAITING = re.compile(r"([0-9]{9})-[0-9a-f]{16}\.json")
_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event on disk."""

    path: Path
    event: Event


@dataclass(frozen=True, slots=True)
class Spool:
    """The events for one endpoint. Every method raises `CmdbError` where the folder cannot be used."""

    folder: Path

    @classmethod
    def of(cls, url: str, home: Path | None = None) -> Spool:
        """The spool of an endpoint, by its URL."""
        return cls((home or _home()) / sha256(url.encode("utf-8", "backslashreplace")).hexdigest()[:16])

    def put(self, event: Event) -> None:
        """Adds an event at the end, unless it waits already."""
        with _explained(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = sha256(event.id.encode()).hexdigest()[:16]
            while not any(path.name.endswith(f"-{name}.json") for path in self._files()):
                last = max((int(path.name[:9]) for path in self._files()), default=0)
                if self._placed(self.folder / f"{last + 1:09}-{name}.json", event.body):
                    return

    def waiting(self) -> Iterator[Waiting]:
        """The events that wait, in their order."""
        with _explained(self.folder):
            for path in self._files():
                with suppress(FileNotFoundError):
                    body = path.read_bytes()
                    yield Waiting(path, Event(str(json.loads(body)["id"]), body))

    def taken(self, one: Waiting) -> None:
        """Forgets an event that was delivered."""
        with _explained(self.folder):
            one.path.unlink(missing_ok=True)
            _settle(self.folder)

    def refuse(self, one: Waiting) -> Path:
        """Puts an event aside that its endpoint will never take, and says where it is now."""
        with _explained(self.folder):
            aside = self.folder / _REFUSED
            aside.mkdir(mode=0o700, exist_ok=True)
            return one.path.replace(aside / one.path.name)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keeps others from sending from here meanwhile; False where somebody else does."""
        import fcntl

        with _explained(self.folder):
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _WAITING.fullmatch(path.name))

    def _placed(self, path: Path, body: bytes) -> bool:
        """Puts a whole file in its place and on the disk; False where somebody else has just taken the place."""
        handle, draft = tempfile.mkstemp(prefix=".", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            if any(int(other.name[:9]) >= int(path.name[:9]) for other in self._files()):
                return False
            os.link(draft, path)
            _settle(self.folder)
        except FileExistsError:
            return False
        finally:
            Path(draft).unlink()
        return True


def _home() -> Path:
    if named := os.environ.get(SPOOL):
        return Path(named)
    from platformdirs import user_state_path

    try:
        return user_state_path("cmdb", appauthor=False) / "spool"
    except (OSError, RuntimeError) as error:
        raise CmdbError(f"there is no place for events that wait: {error}", hint=f"name one in {SPOOL}") from error


def _settle(folder: Path) -> None:
    """Has the folder's names on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "strerror", None) or f"an event there cannot be read ({error})"
        raise CmdbError(f"cannot use the spool {folder}: {reason}", hint=f"name another folder in {SPOOL}") from error
