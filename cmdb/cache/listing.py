"""The listing of a large working tree, believed again as long as the file system says that no folder has changed.

A name that comes, goes or begins to stand for something else changes the times of its folder. What a file holds is not
asked here.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cmdb.cache.folder import Folder
from cmdb.cache.image import Writer
from cmdb.cache.marks import digest, program
from cmdb.formats import contents
from cmdb.formats.contents import Listed
from cmdb.formats.layout import BASELINES, INVENTORY, role
from cmdb.sources.protocol import TextSource
from cmdb.sources.rules import is_text
from cmdb.sources.unchanged import SETTLED
from cmdb.sources.worktree import Worktree

_FAMILY = "listing"
LARGE = 1000
"""Files; fewer are listed as fast as they are remembered."""
FEW = 100
"""Folders; where more of them changed, all are listed."""
_MOUNTS = Path("/proc/self/mountinfo")
_LOCAL = frozenset({"ext2", "ext3", "ext4", "f2fs", "tmpfs", "xfs"})
"""File systems that change the times of a folder with its names, by the clock of this machine."""
_READING = ("cache", "formats", "model", "sources")
"""The folders of the program that have a say in what a file is."""
_BITS = (1 << 64) - 1
_ABSENT = (0, 0, 0, 0)
_UNSURE = "\0"
"""Stands in a list of folders for what their times do not tell; no path has such a character."""


def listed(source: TextSource, folder: Folder | None) -> Listed:
    """What a source has, remembered where that is safe and worth it."""
    if folder is None or not isinstance(source, Worktree):
        return contents.listed(source)
    root, code, begun = os.path.realpath(source.root), program(*_READING), time.time_ns()
    name = digest(os.fsencode(root))
    image = folder.get(_FAMILY, name)
    if image is not None and image.small.get("code") == code:
        known = _Kept(image.small["in"], image.small["stamps"], image.small["paths"])
        if (again := known.again(root)) is not None:
            if again is not known and again.settled(begun):
                again.keep(folder, name, code)
            return Listed(again.paths, {}, {}, plain=True)
    found = contents.listed(source)
    if sum(map(len, found.paths.values())) >= LARGE and not found.refused:
        seen = [each for top in (INVENTORY, BASELINES) for each in _folders(root, top)]
        stamps = None if _UNSURE in seen else _stamps(root, seen)
        if stamps is not None and (new := _Kept(seen, stamps, found.paths)).settled(begun):
            new.keep(folder, name, code)
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """The folders of a tree, what the file system says of them, and the files by what they are."""

    folders: Sequence[str]
    stamps: bytes
    paths: Mapping[str, tuple[str, ...]]

    def settled(self, begun: int) -> bool:
        """Whether no folder changed so shortly before a moment that it could change again without its times telling,
        and the file system of each is one that tells."""
        numbers = array("Q", self.stamps)
        changed, devices = max((*numbers[2::4], *numbers[3::4])), {*numbers[0::4]} - {_ABSENT[0]}
        return changed + SETTLED < begun and devices <= _local()

    def keep(self, folder: Folder, name: str, code: bytes) -> None:
        """Remembers all of it."""
        small = {"in": self.folders, "stamps": self.stamps, "paths": self.paths, "code": code}
        folder.put(_FAMILY, name, lambda file: Writer(file).finish({}, small))

    def again(self, root: str) -> _Kept | None:
        """The same as it is now: itself where no folder changed; with other files in those few that did; None where
        more is different than that."""
        stamps = _stamps(root, self.folders)
        if stamps == self.stamps or stamps is None:
            return self if stamps else None
        width = len(stamps) // len(self.folders)
        places = range(0, len(stamps), width)
        same = (stamps[at : at + width] == self.stamps[at : at + width] for at in places)
        changed = {folder for folder, stays in zip(self.folders, same, strict=True) if not stays}
        files = _files(root, changed, frozenset(self.folders)) if len(changed) <= FEW else None
        if files is None:
            return None
        paths = {
            what: [path for path in found if path.rpartition("/")[0] not in changed]
            for what, found in self.paths.items()
        }
        for path in files:
            paths[role(path)].append(path)
        return _Kept(self.folders, stamps, {what: tuple(sorted(found)) for what, found in paths.items()})


def _files(root: str, folders: Iterable[str], known: Collection[str]) -> list[str] | None:
    """The files right in some folders; None where one is gone, or has something else in it than files and the folders
    known."""
    files: list[str] = []
    for folder in folders:
        if Path(root, folder).is_symlink():
            return None
        try:
            with os.scandir(f"{root}/{folder}") as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    if entry.name == ".gitattributes" or not is_text(entry.name):
                        return None
                    if entry.is_file(follow_symlinks=False):
                        files.append(path)
                    elif path not in known and not entry.name.startswith("."):
                        return None
        except OSError:
            return None
    return files


def _folders(root: str, top: str) -> Iterator[str]:
    """A folder and those below it that are not hidden; `_UNSURE` for a link, since what it leads to may change
    anywhere, and for attributes, since files may not be what they seem to Git."""
    waiting = [top]
    while waiting:
        path = waiting.pop()
        yield _UNSURE if Path(root, path).is_symlink() else path
        with suppress(OSError), os.scandir(f"{root}/{path}") as entries:
            for entry in entries:
                if entry.is_symlink() or entry.name == ".gitattributes":
                    yield _UNSURE
                elif entry.is_dir() and not entry.name.startswith("."):
                    waiting.append(f"{path}/{entry.name}")


def _stamps(root: str, folders: Iterable[str]) -> bytes | None:
    """What the file system says of each folder, four numbers each; None where it refuses."""
    found = array("Q")
    for folder in folders:
        try:
            seen = os.lstat(f"{root}/{folder}")
        except FileNotFoundError:
            found.extend(_ABSENT)
        except OSError:
            return None
        else:
            found.extend((seen.st_dev, seen.st_ino, seen.st_mtime_ns & _BITS, seen.st_ctime_ns & _BITS))
    return found.tobytes()


def _local() -> set[int]:
    """The devices of local file systems; none where the system does not tell."""
    try:
        mounts = [line.split() for line in _MOUNTS.read_text(errors="replace").splitlines()]
    except OSError:
        return set()
    return {os.makedev(*map(int, mount[2].split(":"))) for mount in mounts if mount[mount.index("-") + 1] in _LOCAL}
