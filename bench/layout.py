"""Which CI stands in which file, and the files that hold none: settings, kinds of the company's own, defaults, a
baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.estate import Item, name
from bench.yaml_text import block, listed

OTHERS: Mapping[str, str] = {
    "cmdb.yaml": "name: Example Holding\n",
    "inventory/schema/company.yaml": """\
kinds:
  virtual_machine:
    attributes:
      backup_class: {type: enum, of: [none, daily, hourly]}
      nics: {type: list, of: map, by: name}
""",
    "baselines/virtual-machines.yaml": """\
baseline: virtual-machines
applies_to: "kind=virtual_machine,environment=production"
approved_by: team-000000
effective: 2026-01-01
expect:
  attributes.os_version: {version: ">=12"}
  attributes.backup_class: {in: [daily, hourly]}
  attributes.listening_ports: {subset_of: [22, 80, 443, 8080, 9100], severity: warning}
""",
}
"""Path -> text of the files that every inventory has."""


@dataclass(frozen=True, slots=True)
class FileOfCIs:
    """A file, and the number of its first CI in the whole inventory."""

    path: str
    first: int
    items: tuple[Item, ...]


def files(items: Iterable[Item], per_file: int) -> Iterator[FileOfCIs]:
    """The files of CIs, each with up to `per_file` neighbours of one folder."""
    first = part = 0
    waiting: list[Item] = []
    for item in items:
        same_folder = bool(waiting) and item.folder == waiting[0].folder
        if waiting and (len(waiting) == per_file or not same_folder):
            yield _file(waiting, first, part, per_file)
            first += len(waiting)
            part = part + 1 if same_folder else 0
            waiting = []
        waiting.append(item)
    if waiting:
        yield _file(waiting, first, part, per_file)


def text(entries: list[Mapping[str, Any]], per_file: int) -> str:
    """What a file of CIs says."""
    return "".join(block(entries[0])) if per_file == 1 else listed(entries)


def defaults(file: FileOfCIs, met: set[str]) -> Iterator[tuple[str, str]]:
    """Path and text of the defaults of a file's folders that are not among those `met`, which grows."""
    item = file.items[0]
    folder, above = item.folder, f"inventory/{item.layer.folder}"
    if not item.layer.common or folder in met:
        return
    if above not in met:
        yield f"{above}/_defaults.yaml", "".join(block(item.layer.common))
    if folder != above:
        yield f"{folder}/_defaults.yaml", "".join(block({"labels": {"site": name("site", item.site)}}))
    met.update((above, folder))


def _file(items: list[Item], first: int, part: int, per_file: int) -> FileOfCIs:
    start = items[0]
    stem = start.fields["id"] if per_file == 1 else f"{start.layer.folder}-{part:04d}"
    return FileOfCIs(f"{start.folder}/{stem}.yaml", first, tuple(items))
