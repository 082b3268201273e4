"""The files of a workspace, sorted by what they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmdb.formats.layout import BASELINES, INVENTORY, role
from cmdb.sources.protocol import File, TextSource, Unreadable


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything below `inventory/` and `baselines/`, sorted by path: the files of CIs, which are read as they are
    needed; those that nothing reads; the bytes of schema, defaults and baselines; and what of the inventory was
    refused. `digests` are those that the listing gave for nothing."""

    cis: tuple[str, ...]
    stray: tuple[str, ...]
    schema: Mapping[str, bytes]
    defaults: Mapping[str, bytes]
    baselines: Mapping[str, bytes | Unreadable]
    refused: tuple[Unreadable, ...]
    digests: Mapping[str, str]


def contents(source: TextSource) -> Contents:
    """What a source has; only the files of CIs are not read."""
    listed = [entry for folder in (INVENTORY, BASELINES) for entry in source.files(folder)]
    paths: dict[str, list[str]] = {what: [] for what in ("ci", "stray", "silent", "schema", "defaults", "baseline")}
    found: dict[str, bytes | Unreadable] = {}
    for entry in listed:
        what = role(entry.path)
        if not isinstance(entry, Unreadable):
            paths[what].append(entry.path)
        elif entry.folder or what not in ("silent", "stray"):
            found[entry.path] = entry
    found.update(source.read_many([path for what in ("schema", "defaults", "baseline") for path in paths[what]]))
    return Contents(
        cis=tuple(sorted(paths["ci"])),
        stray=tuple(sorted(paths["stray"])),
        schema=_bytes(found, paths["schema"]),
        defaults=_bytes(found, paths["defaults"]),
        baselines={path: data for path, data in sorted(found.items()) if _below(path, BASELINES)},
        refused=tuple(
            data for path, data in sorted(found.items()) if isinstance(data, Unreadable) and _below(path, INVENTORY)
        ),
        digests={entry.path: entry.digest for entry in listed if isinstance(entry, File) and entry.digest is not None},
    )


def _below(path: str, folder: str) -> bool:
    """The folder itself is in it: it may be a link that leads out."""
    return path == folder or path.startswith(f"{folder}/")


def _bytes(found: Mapping[str, bytes | Unreadable], paths: Iterable[str]) -> Mapping[str, bytes]:
    return {path: data for path in sorted(paths) if isinstance(data := found[path], bytes)}
