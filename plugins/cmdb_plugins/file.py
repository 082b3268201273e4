"""Reads tables that other tools export: CSV, JSON and JSON lines, with a mapping that says what the columns mean.

```yaml
sources:
  racks:
    plugin: file
    path: exports/*.csv       # a file, a folder or a pattern; several as a list
    kind: server              # or {column: Type, values: {VM: virtual_machine, Physical: server}}
    key: Name                 # the column of the key
    name: Label               # of a name for people
    at: Seen                  # of the time when it was seen, with an offset
    attributes:
      hostname: Name                                  # the column
      memory: {column: RAM, unit: GiB}                # behind a bare number
      listening_ports: {column: Ports, split: ","}    # several values in one cell
      secure_boot: {column: SB, values: {on: true, off: false}}
      serial_number: {column: Serial, empty: absent}  # an empty cell: there is none; default: unknown
      site: {value: dc-1}                             # the same for all
      slots: {column: Slots, type: integer}           # for an attribute that the kind does not declare
    relations:
      located_in: {kind: rack, column: Rack}          # by their key in this source
      connects_to: {kind: network_device, column: Uplinks, split: " ", by: hostname}
    coverage:                 # what the table has all of, and what it has not
      - kind=server
      - {scope: "labels.site=branch", status: partial, reason: branches are typed in by hand}
    syntax: csv               # csv, tsv, json or jsonl; default: what the file's name says
    delimiter: ";"            # of CSV; default: a comma
    encoding: cp1252          # default: UTF-8
    items: data.hosts         # JSON: where the list of rows stands; default: the document is the list
```

A CSV file begins with a line of column names. In JSON a column may be a path: `spec.cpu.count`. Values are read by the
type that the kind declares for the attribute: `32 GiB` is bytes, `1.10` stays a version.

**What it claims.** Of each row: that the thing is there, and what its cells hold. An empty cell is unknown, unless the
mapping says `empty: absent`. That a thing which has no row is not there, it claims only over the scopes of `coverage`:
a [selector](selectors.md), or a mapping of a [coverage line](snapshots.md#coverage) (`scope`, `attributes`, `status`,
`reason`).

**What goes wrong.** A cell that is not what its attribute's type wants is `failed` for that row and attribute; so is a
whole row whose key stands there twice. Where a line cannot be read (a wrong number of cells, an unclosed quote, no
JSON, no key), or the last line of a CSV file has no line end, the file may lack more than that: everything that
`coverage` claims is `partial` then, with the reason and the line. A file that is empty, or cannot be read at all, makes
it `failed`; so does a column that is not there. The other files are read all the same.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import ClassVar

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.kind import Attribute
from cmdb.model.snapshot import Coverage, Observation, Reference
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value
from cmdb_plugins import _options as options
from cmdb_plugins._claims import lost, told
from cmdb_plugins._columns import Column, Relation, column, is_unknown, relation
from cmdb_plugins._recordings import Unusable, recordings
from cmdb_plugins._rows import FORMATS, Layout, Row, cell, rows

_WHEN = Attribute("at", "datetime")
_STATUS = ("complete", "partial", "failed")
_LINE = ("scope", "attributes", "status", "reason")


class TableFile:
    """Every row of the tables as one observation."""

    kinds: ClassVar[tuple[str, ...]] = ("compute",)

    def __init__(
        self,
        path: str | Sequence[str],
        kind: str | Mapping[str, Value],
        key: str,
        name: str = "",
        at: str = "",
        attributes: Mapping[str, Value] | None = None,
        relations: Mapping[str, Value] | None = None,
        coverage: str | Mapping[str, Value] | Sequence[Value] = (),
        syntax: str = "",
        delimiter: str = ",",
        encoding: str = "utf-8-sig",
        items: str = "",
    ) -> None:
        self.paths = options.paths(path)
        self.option, self.kind = kind, _kind(kind)
        self.key = column("key", key)
        self.name = column("name", name) if name else Column()
        self.at = column("at", at) if at else Column()
        self.attributes = {each: column(each, where) for each, where in options.mapping("attributes", attributes)}
        self.relations = {each: relation(each, where) for each, where in options.mapping("relations", relations)}
        self.coverage = tuple(
            _line(each) for each in ((coverage,) if isinstance(coverage, str | Mapping) else coverage)
        )
        self.layout = _layout(syntax, delimiter, encoding, items)

    @classmethod
    def sees(cls, kind: str | Mapping[str, Value] = "", **_: object) -> tuple[str, ...]:
        """The kinds that the options speak of."""
        found = _kind(kind)
        return (found.constant,) if not found.name else tuple(sorted(set(found.values.values())))

    def discover(self, context: Context) -> Iterator[Finding]:
        table: list[Row] = []
        doubts: list[str] = []
        failures: list[str] = []
        for recording in recordings(context.root, self.paths, lambda name: name.endswith(tuple(FORMATS))):
            try:
                found, why = rows(recording, self.layout)
                self._has_columns(found, recording.label)
            except Unusable as error:
                failures.append(str(error))
            else:
                table += found
                doubts += why
        for key, same in self._by_key(table, doubts).items():
            yield from self._findings(key, same, context, doubts)
        yield from self._claims(context.covers, doubts, failures)

    def _has_columns(self, table: Sequence[Row], label: str) -> None:
        """Every row of a CSV file has the same columns; of JSON some row has to have it. Raises `Unusable`."""
        mine = (self.kind, self.key, self.name, self.at, *self.attributes.values())
        for name in {each.name for each in (*mine, *(each.column for each in self.relations.values()))} - {""}:
            if table and all(cell(row.cells, name) is None for row in table):
                close = get_close_matches(name, table[0].cells, 1)
                hint = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(table[0].cells)}"
                raise Unusable(f"{label}:1: there is no column {name!r}{hint}")

    def _by_key(self, table: Sequence[Row], doubts: list[str]) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in table:
            try:
                key = self.key.text(row)
            except ValueError as error:
                doubts.append(str(error))
                continue
            if key:
                found[key].append(row)
            else:
                doubts.append(f"{row.place}: the key {self.key.name} is empty")
        return found

    def _findings(self, key: str, same: Sequence[Row], context: Context, doubts: list[str]) -> Iterator[Finding]:
        row, *again = same
        if again:
            yield lost(key, f"{again[0].place}: the key stands there twice, first at {row.place}")
            return
        try:
            kind, name, at = self._kind_of(row), self.name.text(row), self._moment(row)
        except ValueError as error:
            doubts.append(str(error))
            yield lost(key, str(error))
            return
        found = {each: where.seen(row, kind, each, context.attribute) for each, where in self.attributes.items()}
        known = {each: value for each, value in found.items() if not is_unknown(value)}
        for finding in told(kind, key, known, name=name, at=at):
            if isinstance(finding, Observation):
                yield replace(finding, relations=self._targets(row))
            else:
                yield finding

    def _kind_of(self, row: Row) -> str:
        found = self.kind.raw(row)
        if self.kind.name and found not in self.kind.values.values():
            raise ValueError(f"{row.place}: {self.kind.name}: nobody says which kind {found!r} is; see 'values'")
        return str(found)

    def _moment(self, row: Row) -> datetime | None:
        text = self.at.text(row)
        try:
            return datetime.fromisoformat(str(normalise(_WHEN, text))) if text else None
        except WrongValue as error:
            raise ValueError(f"{row.place}: {self.at.name}: {error}") from error

    def _targets(self, row: Row) -> dict[str, tuple[Reference, ...]]:
        found = ((name, each, each.column.raw(row)) for name, each in self.relations.items())
        return {
            name: tuple(_reference(each, target) for target in _several(targets))
            for name, each, targets in found
            if targets is not None or each.column.absent
        }

    def _claims(self, covers: str, doubts: Sequence[str], failures: Sequence[str]) -> Iterator[Finding]:
        """What the settings claim, as far as it can be believed; without any claim, what there is to doubt."""
        everything = Coverage(covers or f"kind in ({', '.join(self.sees(self.option))})")
        for line in self.coverage or ((everything,) if failures or doubts else ()):
            if failures:
                yield replace(line, status="failed", reason=_shown((*failures, *doubts)))
            elif doubts and line.status == "complete":
                yield replace(line, status="partial", reason=_shown(doubts))
            else:
                yield line


def _shown(reasons: Sequence[str]) -> str:
    more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
    return "; ".join(reasons[:3]) + more


def _kind(value: Value) -> Column:
    if isinstance(value, str):
        return Column(constant=options.word("kind", value))
    found = column("kind", value)
    if found.name and not (found.values and all(isinstance(each, str) for each in found.values.values())):
        raise ValueError("kind: say with 'values' which kind it is that stands in the column")
    return found


def _line(value: Value) -> Coverage:
    """A coverage line of the settings; a bare text is a scope that the table has all of."""
    if isinstance(value, str) and value:
        return Coverage(value)
    if not isinstance(value, Mapping) or not isinstance(value.get("scope"), str) or set(value) - set(_LINE):
        raise ValueError(f"coverage: write a selector, or {{scope: …, status: partial}}; not {value!r}")
    status = value.get("status", "complete")
    if status not in _STATUS:
        raise ValueError(f"coverage: status is one of {', '.join(_STATUS)}, not {status!r}")
    names = options.words("coverage: attributes", value.get("attributes", "*"))
    return Coverage(value["scope"], names, status, options.word("coverage: reason", value.get("reason", "")))


def _layout(syntax: str, delimiter: str, encoding: str, items: str) -> Layout:
    if syntax and syntax not in FORMATS.values():
        raise ValueError(f"syntax: one of {', '.join(dict.fromkeys(FORMATS.values()))}, not {syntax!r}")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ValueError(f"delimiter: one character is wanted, not {delimiter!r}")
    try:
        codecs.lookup(encoding)
    except (LookupError, TypeError) as error:
        raise ValueError(f"encoding: there is no encoding {encoding!r}") from error
    return Layout(syntax, encoding, delimiter, options.word("items", items))


def _several(value: Value) -> tuple[str, ...]:
    found = value if isinstance(value, list | tuple) else (value,)
    return tuple(dict.fromkeys(str(each) for each in found if each is not None))


def _reference(relation: Relation, target: str) -> Reference:
    if relation.by:
        return Reference(relation.kind, attributes={relation.by: target})
    return Reference(relation.kind, key=target)
