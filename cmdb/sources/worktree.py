"""The files as they stand on disk. A pull request may come from a stranger, so nothing outside the workspace is read,
nothing but a regular file is opened, and a link swapped in while we look changes nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cmdb.model import limits
from cmdb.sources import refusals, rules, walk
from cmdb.sources.descriptors import RELATIVE, Folders, contents
from cmdb.sources.protocol import File, Unreadable, make_file

MOST = limits.FILES


@dataclass(frozen=True, slots=True)
class Worktree:
    """The working tree below `root`."""

    root: Path

    @property
    def label(self) -> str:
        return "working tree"

    def files(self, folder: str) -> Iterator[File | Unreadable]:
        return iter(walk.files(_disk(self.root), folder))

    def read(self, path: str) -> bytes:
        (_, outcome), *_ = self.read_many([path])
        if isinstance(outcome, Unreadable):
            raise outcome
        return outcome

    def read_many(self, paths: list[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        disk = _disk(self.root)
        with Folders(disk.root) as folders:
            for path in paths:
                yield path, _attempt(disk, folders, path)


def _attempt(disk: _Disk, folders: Folders, path: str) -> bytes | Unreadable:
    try:
        name = rules.clean(path)
        try:
            if RELATIVE:
                return contents(folders, name)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                raise
        return contents(folders, disk.resolve(name))
    except Unreadable as error:
        return walk.renamed(error, path)
    except OSError as error:
        return _refused(path, error)


def _disk(root: Path) -> _Disk:
    return _Disk(Path(os.path.realpath(root)))


_Found = File | walk.Link | Unreadable


@dataclass(frozen=True, slots=True)
class _Disk:
    root: Path

    def resolve(self, path: str) -> str:
        full = self.root / path
        try:
            real = Path(os.path.realpath(full, strict=True))
        except OSError as error:
            raise _dead_end(path, full, error) from None
        if not real.is_relative_to(self.root):
            raise rules.leads_out(path, _target(full), folder=real.is_dir())
        inside = "" if real == self.root else real.relative_to(self.root).as_posix()
        if rules.hidden(inside) and inside != path:
            raise rules.into_hidden(path, _target(full), folder=real.is_dir())
        return inside

    def what(self, real: str) -> Literal["file", "folder", "other"]:
        full = self.root / real
        return "folder" if full.is_dir() else "file" if full.is_file() else "other"

    def file(self, real: str) -> File:
        return File(real)

    def below(self, real: str) -> Iterator[File | walk.Link | Unreadable]:
        waiting: list[_Found | str] = [real]
        count = 0
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                waiting += self._inside(item)
                continue
            count += 1
            if count > MOST:
                raise refusals.too_many(MOST)
            yield item

    def _inside(self, folder: str) -> list[_Found | str]:
        """What is in a folder, the last first, in the order that the paths of all files will have: so nobody has to
        sort them again. Folders are their paths."""
        prefix = folder + "/" if folder else ""
        found: dict[str, _Found | str] = {}
        try:
            with os.scandir(f"{self.root}/{folder}") as entries:
                for entry in entries:
                    name = entry.name
                    path = prefix + name
                    if entry.is_file(follow_symlinks=False) and rules.is_text(name):
                        found[name] = make_file(path, None, None)
                    elif (item := _item(path, entry)) is not None:
                        found[name] = item
                    elif _open_to_us(entry):
                        found[name + "/"] = path
                        if path.endswith(rules.YAML):
                            found[name] = rules.yaml_folder(path)
        except OSError as error:
            return [_refused(folder, error, folder=True)]
        return [found[name] for name in sorted(found, reverse=True)]


def _open_to_us(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)


def _item(path: str, entry: os.DirEntry[str]) -> walk.Link | Unreadable | None:
    """What an entry is that is neither a legible file nor a folder to enter; None for those and for hidden ones."""
    folder = entry.is_dir(follow_symlinks=False)
    plain = entry.is_file(follow_symlinks=False)
    if entry.name.startswith(".") and not plain:
        return None
    if not rules.is_text(entry.name):
        return rules.illegible(path, folder=folder)
    if folder or plain:
        return None
    return walk.Link(path) if entry.is_symlink() else rules.not_regular(path)


def _refused(path: str, error: OSError, *, folder: bool = False) -> Unreadable:
    """Why the operating system refused, in plain words."""
    if error.errno == errno.ENOENT:
        return rules.absent(path)
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "make it readable for the user who runs cmdb"
        return Unreadable(path, "may not be read: permission denied", hint, folder=folder)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Unreadable(path, f"cannot be read: {reason.lower()}", "look at the disk it is on", folder=folder)


def _dead_end(path: str, full: Path, error: OSError) -> Unreadable:
    """Why a path leads nowhere."""
    if error.errno == errno.ELOOP:
        return rules.loop(path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return rules.broken(path, _target(full)) if full.is_symlink() else rules.absent(path)
    return _refused(path, error)


def _target(full: Path) -> str:
    """What a link says; of a path with a link further up, where it leads."""
    try:
        return rules.legible(str(full.readlink()))
    except OSError:
        return rules.legible(os.path.realpath(full))
