"""Which files of a working tree are what Git's index says, so that their digests are known without reading them."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources.repository import Repository, open_repository

SETTLED = 2_000_000_000
"""Nanoseconds; a file that was written to so shortly before could be written to again without its times telling."""
_CONVERTING = r"^(core\.(autocrlf|eol|attributesfile|safecrlf)|attr\.tree)$"
_FILTERING = r"^filter\."
_PLAIN = ("H 100644 ", "H 100755 ")
"""How an entry of `ls-files -s -v -z` begins that is a plain file, and unmarked."""
_MERGED = " 0\t"
"""What stands between digest and path where there is no conflict."""


def unchanged(root: Path) -> Mapping[str, str]:
    """Path below the workspace -> the digest of the blob that a file is, for files that Git knows to be unmodified;
    empty where there is no repository."""
    found = tracked(root)
    return {} if found is None else found.digests


def tracked(root: Path) -> Tracked | None:
    """What Git says of a working tree; None where there is no repository."""
    try:
        repository = open_repository(root)
        return None if repository.bare else Tracked(repository)
    except CmdbError:
        return None


def blob_digest(data: bytes, like: str = "") -> str:
    """The digest that Git gives to a file's bytes, by the algorithm of another digest."""
    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class Tracked:
    """A working tree as Git sees it. Which files changed is found out from now on, while others go on. Paths are below
    the workspace.

    Git compares by stat, and by content where a file is as young as the index. Left out is what could differ all the
    same: files marked assume-unchanged or skip-worktree, and everything where attributes or settings convert content
    on checkout.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._begun = time.time_ns()
        self._times = _times(repository)
        beside = ThreadPoolExecutor(1)
        self._early = beside.submit(_early, repository)
        beside.shutdown(wait=False)

    @property
    def root(self) -> str:
        """The folder of the workspace."""
        return str(self._repository.folder / self._repository.prefix)

    @property
    def edition(self) -> bytes:
        """A name that the index will have as long as nobody writes it; empty where it is too young for that."""
        young = not self._times or self._begun - max(self._times[-2:]) < SETTLED
        return b"" if young else repr(self._times).encode()

    @cached_property
    def index(self) -> Mapping[str, str]:
        """Path -> digest, of the plain files that Git looks after."""
        answer = self._repository.ask("ls-files", "-s", "-v", "-z", "--", *_below(self._repository))
        return dict(_entries(answer.out, _inside(self._repository)))

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digests of the files that are what the index says; empty where that cannot be told."""
        try:
            changed = self.changes(self.index)
        except CmdbError:
            return {}
        return {} if changed is None else {path: name for path, name in self.index.items() if path not in changed}

    def changes(self, paths: Iterable[str]) -> frozenset[str] | None:
        """The files that are not what the index says; None where that cannot be told of some path, or the index was
        written meanwhile."""
        repository = self._repository
        try:
            early = self._early.result()
            if early.converts or _attributes(repository, self.index if early.filters else paths):
                return None
            changed = self._late if early.filters else early.changed
        except CmdbError:
            return None
        return frozenset(path[_inside(repository) :] for path in changed) if self.still else None

    @property
    def still(self) -> bool:
        """Whether nobody has written the index until now."""
        return bool(self._times) and self._times == _times(self._repository)

    @cached_property
    def _late(self) -> tuple[str, ...]:
        return tuple(_changed(self._repository))


@dataclass(frozen=True, slots=True)
class _Early:
    """What Git can be asked before anybody knows which attributes there are. To find out what changed may start a
    filter where one is configured and some attribute names it; so that has to wait then."""

    converts: bool
    filters: bool
    changed: tuple[str, ...] = ()


def _early(repository: Repository) -> _Early:
    found = repository.ask("config", "--name-only", "--get-regexp", f"{_CONVERTING}|{_FILTERING}").out.decode(
        errors="replace"
    )
    names = found.splitlines()
    filters = any(re.match(_FILTERING, name) for name in names)
    converts = any(re.match(_CONVERTING, name) for name in names)
    return _Early(converts, filters, () if filters or converts else tuple(_changed(repository)))


def _times(repository: Repository) -> tuple[int, ...]:
    """What the file system says of the index; nothing where there is none."""
    named = os.environ.get("GIT_INDEX_FILE")
    path = repository.folder / named if named else Path(repository.opened.git_dir, "index")
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _entries(index: bytes, inside: int) -> Iterable[tuple[str, str]]:
    entries = index.decode("utf-8", "surrogateescape").split("\0")
    begin = len(_PLAIN[0])
    end = entries[0].find(" ", begin)
    path = end + len(_MERGED)
    return (
        (entry[path + inside :], entry[begin:end])
        for entry in entries
        if entry.startswith(_PLAIN) and entry[end:path] == _MERGED
    )


def _changed(repository: Repository) -> Iterable[str]:
    answer = repository.ask(
        "diff-files", "--name-only", "--no-renames", "--ignore-submodules", "-z", "--", *_below(repository)
    )
    if answer.status:
        raise CmdbError("git cannot say what changed")
    return os.fsdecode(answer.out).split("\0")[:-1]


def _below(repository: Repository) -> tuple[str, ...]:
    return (repository.prefix,) if repository.prefix else ()


def _inside(repository: Repository) -> int:
    """How much longer a path below the repository is than below the workspace."""
    return len(repository.prefix) + 1 if repository.prefix else 0


def _attributes(repository: Repository, paths: Iterable[str]) -> bool:
    """Whether any attributes may make a file of the workspace differ from its blob."""
    info = Path(repository.opened.common_dir) / "info" / "attributes"
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git" / "attributes"
    if any(path.exists() for path in (info, home, Path("/etc/gitattributes"))):
        return True
    top, root = str(repository.folder), str(repository.folder / repository.prefix)
    folders = {f"{root}/{path}".rpartition("/")[0] for path in paths} | {root}
    for folder in list(folders):
        while folder != top and (folder := folder.rpartition("/")[0]) not in folders:
            folders.add(folder)
    return any(os.path.lexists(f"{folder}/.gitattributes") for folder in folders)
