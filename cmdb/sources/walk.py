"""One way to list a folder for all sources, so that a checkout and its revision hold the same files, links included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from operator import attrgetter
from typing import Literal, Protocol

from cmdb.sources import rules
from cmdb.sources.protocol import File, NotThere, Unreadable

_PATH = attrgetter("path")


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link, not followed yet."""

    path: str


class Tree(Protocol):
    """What a source knows of its files. Paths run from the root of the workspace."""

    def resolve(self, path: str) -> str:
        """Where a path leads once its links are followed. Raises `Unreadable`, and `NotThere` for no link at all."""

    def what(self, real: str) -> Literal["file", "folder", "other"]:
        """What stands at a path without links."""

    def file(self, real: str) -> File:
        """The file at a path without links."""

    def below(self, real: str) -> Iterator[File | Link | Unreadable]:
        """Everything in a folder and its folders, except those whose name begins with a dot."""


def files(tree: Tree, folder: str) -> list[File | Unreadable]:
    """What `TextSource.files` says of a folder."""
    path = rules.clean(folder)
    try:
        real = tree.resolve(path)
    except NotThere:
        return []
    except Unreadable as error:
        return [error]
    if tree.what(real) != "folder":
        return [rules.not_a_folder(path)]
    found = _Walk(tree).below(path, real)
    return sorted([*found, *_yaml_folders(path, found)], key=_PATH)


def renamed(error: Unreadable, path: str) -> Unreadable:
    """The same refusal at the path that was asked for."""
    return error if error.path == path else type(error)(path, error.reason, error.hint, folder=error.folder)


@dataclass(slots=True)
class _Walk:
    """Links are followed in the order of their paths, and each folder is entered by one link only: a few links that
    lead to each other would unfold into millions of paths."""

    tree: Tree
    found: list[File | Unreadable] = field(default_factory=list)
    waiting: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)

    def below(self, path: str, real: str) -> list[File | Unreadable]:
        self._folder(path, real, ())
        while self.waiting:
            path, real, trail = heappop(self.waiting)
            if real in self.entered:
                self.found.append(rules.second_link(path, real))
            else:
                self.entered.add(real)
                self._folder(path, real, trail)
        return self.found

    def _folder(self, path: str, real: str, trail: tuple[str, ...]) -> None:
        for item in self.tree.below(real):
            if type(item) is File and path == real:
                self.found.append(item)
                continue
            shown = _moved(item.path, real, path)
            if isinstance(item, Link):
                self._link(shown, item.path, (*trail, item.path.rpartition("/")[0]))
            elif isinstance(item, Unreadable):
                self.found.append(renamed(item, shown))
            else:
                self.found.append(replace(item, path=shown))

    def _link(self, path: str, link: str, trail: tuple[str, ...]) -> None:
        try:
            real = self.tree.resolve(link)
        except Unreadable as error:
            self.found.append(renamed(error, path))
            return
        what = self.tree.what(real)
        if what == "file":
            self.found.append(replace(self.tree.file(real), path=path))
        elif what == "other":
            self.found.append(rules.not_regular(path))
        elif any(not real or folder == real or folder.startswith(real + "/") for folder in trail):
            self.found.append(rules.loop(path))
        else:
            heappush(self.waiting, (path, real, trail))


def _moved(path: str, real: str, shown: str) -> str:
    rest = path[len(real) + 1 :] if real else path
    return f"{shown}/{rest}" if shown else rest


def _yaml_folders(top: str, found: list[File | Unreadable]) -> list[Unreadable]:
    """The folders on the way to files that look like files themselves, unless a source named them already."""
    start = len(top) + 1 if top else 0
    named = {file.path for file in found if isinstance(file, Unreadable)}
    folders: set[str] = set()
    for file in found:
        if ".yaml/" in file.path or ".yml/" in file.path:
            parts = file.path[start:].split("/")
            folders.update(file.path[:start] + "/".join(parts[:depth]) for depth in range(1, len(parts)))
    return [rules.yaml_folder(path) for path in folders - named if path.endswith(rules.YAML)]
