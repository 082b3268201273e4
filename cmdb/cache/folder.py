"""The folder of images in the user's cache. Nothing here ever raises: a folder that cannot be read has nothing, and one
that cannot be written keeps nothing."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from cmdb.cache.image import Damaged, Image
from cmdb.sources.unchanged import SETTLED

LIMIT = 2 << 30
"""Bytes of all images; above it those that were not used for longest go."""

VARIABLE = "CMDB_CACHE_DIR"
_IMAGE, _SEEN, _DRAFT = ".image", ".seen", ".draft"
_CAUTIOUS = os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Never follows a link, and never waits for the other end of a pipe."""
_ABANDONED = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Folder:
    """The images of one folder, by family and name; only those of one family can be of use for each other."""

    path: Path
    limit: int = LIMIT

    def get(self, family: str, name: str) -> Image | None:
        """The image of that name, undamaged, or None."""
        path = self.path / f"{family}-{name}{_IMAGE}"
        try:
            handle = os.open(path, os.O_RDONLY | _CAUTIOUS)
        except OSError:
            return None
        try:
            return _opened(path, handle)
        except (Damaged, OSError):
            _remove(path)
            return None
        finally:
            os.close(handle)

    def recent(self, family: str) -> Iterator[Image]:
        """The undamaged images of a family, the one that was used last first."""
        for path in sorted(self._images(f"{family}-*"), key=_used, reverse=True):
            image = self.get(family, path.name[len(family) + 1 : -len(_IMAGE)])
            if image is not None:
                yield image

    def put(self, family: str, name: str, write: Callable[[IO[bytes]], None]) -> None:
        """Keeps what `write` writes, all of it or nothing, and makes room where there is too much."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(_DRAFT, family, self.path)
            try:
                with os.fdopen(handle, "wb", buffering=1 << 20) as file:
                    write(file)
                Path(draft).replace(self.path / f"{family}-{name}{_IMAGE}")
            finally:
                _remove(Path(draft))
            self._make_room(f"{family}-{name}{_IMAGE}")
        except (OSError, ValueError, OverflowError, TypeError):
            pass

    def _images(self, pattern: str) -> list[Path]:
        try:
            return list(self.path.glob(f"{pattern}{_IMAGE}"))
        except OSError:
            return []

    def _make_room(self, newest: str) -> None:
        room = self.limit
        for path in sorted(self._images("*"), key=lambda path: (path.name == newest, _used(path)), reverse=True):
            room -= path.stat().st_size
            if room < 0 and path.name != newest:
                _remove(path)
        now = _used(self.path / newest)
        for draft in self.path.glob(f"*{_DRAFT}"):
            if now - draft.stat().st_mtime_ns > _ABANDONED:
                _remove(draft)


def default_folder() -> Folder | None:
    """The user's cache folder, or what `CMDB_CACHE_DIR` says; None where there is no such place."""
    named = os.environ.get(VARIABLE)
    if named:
        return Folder(Path(named))
    try:
        from platformdirs import user_cache_path

        return Folder(user_cache_path("cmdb", appauthor=False))
    except (OSError, RuntimeError):
        return None


def _opened(path: Path, handle: int) -> Image:
    """The image behind a handle. All of it is looked at once; from then on it is believed while the file system says
    that nobody wrote to it. Raises `Damaged`."""
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or (hasattr(os, "geteuid") and found.st_uid != os.geteuid()):
        raise Damaged
    image = Image(handle)
    times = f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
    seen, words = path.with_suffix(_SEEN), sha256(image.digest + times.encode()).digest()
    if _read(seen) == words:
        with suppress(OSError):
            os.utime(seen)
    elif not image.whole():
        raise Damaged
    else:
        _remember(seen, words, found.st_ctime_ns)
    return image


def _remember(seen: Path, words: bytes, changed: int) -> None:
    """Notes that an image is whole, unless it could have been written to without a trace since."""
    with suppress(OSError):
        handle, draft = tempfile.mkstemp(_DRAFT, dir=seen.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(words)
            if Path(draft).stat().st_mtime_ns - changed > SETTLED:
                Path(draft).replace(seen)
        finally:
            _remove(Path(draft))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _used(image: Path) -> int:
    """When an image was last used, or at least written; 0 where it is gone."""
    for path in (image.with_suffix(_SEEN), image):
        with suppress(OSError):
            return path.stat().st_mtime_ns
    return 0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
    if path.suffix == _IMAGE:
        _remove(path.with_suffix(_SEEN))
