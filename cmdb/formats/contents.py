"""The files of a workspace, sorted by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cmdb.formats.layout import BASELINES, INVENTORY, ROLES, Role, role
from cmdb.sources.protocol import File, TextSource, Unreadable


@dataclass(frozen=True, slots=True)
class Listed:
    """The files below `inventory/` and `baselines/` by what they are, sorted by path, none of them read yet; what was
    refused of them, by path; and the digests that the listing gave for nothing. `plain` says that none of
    their folders has a `.gitattributes`, as far as somebody looked."""

    paths: Mapping[str, tuple[str, ...]]
    refused: Mapping[str, Unreadable]
    digests: Mapping[str, str]
    plain: bool = False


def listed(source: TextSource) -> Listed:
    """What a source has."""
    entries = [entry for folder in (INVENTORY, BASELINES) for entry in source.files(folder)]
    paths: dict[str, list[str]] = {what: [] for what in ROLES}
    refused: dict[str, Unreadable] = {}
    digests: dict[str, str] = {}
    for entry in entries:
        what = role(entry.path)
        if isinstance(entry, File):
            paths[what].append(entry.path)
            if entry.digest is not None:
                digests[entry.path] = entry.digest
        elif entry.folder or what not in ("silent", "stray"):
            refused[entry.path] = entry
    return Listed({what: tuple(sorted(found)) for what, found in paths.items()}, refused, digests)


class Contents:
    """Everything below `inventory/` and `baselines/`, sorted by path: the files of CIs, which somebody else reads;
    those that nothing reads; the bytes of schema, defaults and baselines, read when they are asked for; and what of
    the inventory was refused. `digests` and `plain` are those of the listing."""

    def __init__(self, source: TextSource, files: Listed) -> None:
        self._source = source
        self._files = files
        self.cis, self.stray, self.default_files = (files.paths[what] for what in ("ci", "stray", "defaults"))
        self.digests, self.plain = files.digests, files.plain

    @cached_property
    def schema(self) -> Mapping[str, bytes]:
        return _bytes(self._some("schema"))

    @cached_property
    def defaults(self) -> Mapping[str, bytes]:
        return _bytes(self._defaults)

    @cached_property
    def baselines(self) -> Mapping[str, bytes | Unreadable]:
        return _sorted(self._refused(BASELINES), self._some("baseline"))

    @cached_property
    def refused(self) -> tuple[Unreadable, ...]:
        return _errors(self._refused(INVENTORY), self._some("schema"), self._defaults)

    @property
    def refused_but_defaults(self) -> tuple[Unreadable, ...]:
        """What was refused without trying the defaults."""
        return _errors(self._refused(INVENTORY), self._some("schema"))

    @cached_property
    def _defaults(self) -> Mapping[str, bytes | Unreadable]:
        return dict(self._source.read_many(list(self._files.paths["defaults"])))

    @cached_property
    def _few(self) -> Mapping[str, bytes | Unreadable]:
        paths = self._files.paths
        return dict(self._source.read_many([*paths["schema"], *paths["baseline"]]))

    def _some(self, what: Role) -> Mapping[str, bytes | Unreadable]:
        return {path: self._few[path] for path in self._files.paths[what]}

    def _refused(self, folder: str) -> Mapping[str, Unreadable]:
        """The folder itself is in it: it may be a link that leads out."""
        found = self._files.refused.items()
        return {path: error for path, error in found if path == folder or path.startswith(f"{folder}/")}


def _sorted(*found: Mapping[str, bytes | Unreadable]) -> dict[str, bytes | Unreadable]:
    return dict(sorted((path, data) for some in found for path, data in some.items()))


def _errors(*found: Mapping[str, bytes | Unreadable]) -> tuple[Unreadable, ...]:
    return tuple(error for error in _sorted(*found).values() if isinstance(error, Unreadable))


def _bytes(found: Mapping[str, bytes | Unreadable]) -> Mapping[str, bytes]:
    return {path: data for path, data in found.items() if isinstance(data, bytes)}
