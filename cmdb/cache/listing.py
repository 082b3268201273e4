"""The listing of a large working tree, believed again as long as the file system says that no folder has changed.

A name that comes, goes or begins to stand for something else changes the times of its folder. What a file holds is not
asked here.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from cmdb.cache.folder import Folder
from cmdb.cache.image import Writer
from cmdb.cache.marks import digest, program
from cmdb.formats import contents
from cmdb.formats.contents import Listed
from cmdb.formats.layout import BASELINES, INVENTORY
from cmdb.sources.protocol import TextSource
from cmdb.sources.unchanged import SETTLED
from cmdb.sources.worktree import Worktree

_FAMILY = "listing"
LARGE = 1000
"""Files; fewer are listed as fast as they are remembered."""
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
    root, code = os.path.realpath(source.root), program(*_READING)
    name = digest(os.fsencode(root))
    image = folder.get(_FAMILY, name)
    known = {} if image is None else image.small
    if known.get("code") == code and known["stamps"] == _stamps(root, known["in"]):
        return Listed(known["paths"], {}, {}, plain=True)
    begun = time.time_ns()
    found = contents.listed(source)
    if sum(map(len, found.paths.values())) >= LARGE and not found.refused and (seen := _seen(root, begun)):
        small = {**seen, "code": code, "paths": found.paths}
        folder.put(_FAMILY, name, lambda file: Writer(file).finish({}, small))
    return found


def _seen(root: str, begun: int) -> Mapping[str, object] | None:
    """The folders and what the file system says of them. None where one changed so shortly before that it could change
    again without its times telling, or where something else has a say in the listing."""
    folders = [each for top in (INVENTORY, BASELINES) for each in _folders(root, top)]
    stamps = None if _UNSURE in folders else _stamps(root, folders)
    if stamps is None:
        return None
    numbers = array("Q", stamps)
    changed, devices = max((*numbers[2::4], *numbers[3::4])), {*numbers[0::4]} - {_ABSENT[0]}
    return {"in": folders, "stamps": stamps} if changed + SETTLED < begun and devices <= _local() else None


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
