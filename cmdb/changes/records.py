"""A folder of record files: what they say, and every rule that they break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.changes.states import unapproved, wrong_steps
from cmdb.formats.inventory_reader import unreadable
from cmdb.formats.record_reader import read_record, wrong
from cmdb.graph.hints import did_you_mean
from cmdb.model.filed_change import FiledChange, State
from cmdb.model.problem import CmdbError, Problem
from cmdb.sources.protocol import TextSource, Unreadable


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a workspace that load, by id; `unread` names the files that do not."""

    records: tuple[FiledChange, ...] = ()
    unread: tuple[str, ...] = ()

    def __getitem__(self, reference: str) -> FiledChange:
        """The record of an id, or of its beginning. Raises `CmdbError`."""
        found = [record for record in self.records if record.id == reference]
        found = found or [record for record in self.records if reference and record.id.startswith(reference)]
        if len(found) == 1:
            return found[0]
        if found:
            hint = f"name one of {', '.join(record.id for record in found)}"
            raise CmdbError(f"'{reference}' may be any of {len(found)} change records", hint=hint)
        near = did_you_mean(reference, [record.id for record in self.records])
        raise CmdbError(f"there is no change record '{reference}'{near}", hint="'cmdb change list' lists them")

    def in_state(self, *states: State) -> tuple[FiledChange, ...]:
        """Those in one of some states."""
        return tuple(record for record in self.records if record.state in states)


def read_records(files: Mapping[str, bytes | Unreadable]) -> tuple[Records, list[Problem]]:
    """The records of files by their path, and the problems of all that cannot be used."""
    found: dict[str, FiledChange] = {}
    problems: list[Problem] = []
    unread: list[str] = []
    for path, data in sorted(files.items()):
        if isinstance(data, Unreadable):
            record, wrongs = None, [unreadable(data)]
        else:
            record, wrongs = read_record(path, data)
        if record is not None:
            wrongs += _rules(record, found.get(record.id))
        if record is None or wrongs:
            unread.append(path)
        else:
            found[record.id] = record
        problems += wrongs
    return Records(tuple(found[name] for name in sorted(found)), tuple(unread)), problems


def read_folder(source: TextSource, folder: str) -> tuple[Records, list[Problem]]:
    """The same of all YAML files below a folder of a source."""
    listed = list(source.files(folder))
    paths = [entry.path for entry in listed if not isinstance(entry, Unreadable) and _is_yaml(entry.path)]
    refused = {entry.path: entry for entry in listed if isinstance(entry, Unreadable)}
    return read_records({**refused, **dict(source.read_many(paths))})


def _is_yaml(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and not path.rpartition("/")[2].startswith((".", "_"))


def _rules(record: FiledChange, other: FiledChange | None) -> Iterator[Problem]:
    """What is wrong with a record whose fields are right one by one."""
    place = record.place
    if other is not None:
        hint = f"the other one is {other.place.path}"
        yield wrong(f"there are two records of {record.id}", place.at("id"), hint)
    if not record.history:
        yield wrong("a record begins with a proposal", place.at("history"), "say who proposed it, and when")
    for position, reason in wrong_steps(record):
        hint = "'cmdb change advance' moves records by the rules"
        yield wrong(reason, place.at("history", position), hint)
    if missing := unapproved(record):
        yield wrong(f"this is {record.state} without the approval of {', '.join(missing)}", place.at("state"))
