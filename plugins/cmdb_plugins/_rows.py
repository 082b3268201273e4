"""Tables in files: CSV, JSON and JSON lines as rows, each with the line where it begins, and what could not be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from cmdb.model.value import Value
from cmdb_plugins._recordings import Recording, Unusable

FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}


class Number(str):
    """A number of JSON, as it is spelt: whether `1.10` is a text or a number, the attribute says."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: column -> value; texts in CSV. `place` names its file and line."""

    place: str
    cells: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read; `delimiter` is of CSV, `items` the path to the list of rows in a JSON document."""

    syntax: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    items: str = ""


def rows(recording: Recording, layout: Layout) -> tuple[list[Row], list[str]]:
    """The rows, and why there may be more than these. Raises `Unusable` where the file says nothing at all."""
    text = recording.text(layout.encoding)
    kind = layout.syntax or FORMATS.get(recording.path.suffix.lower(), "")
    if kind in ("csv", "tsv"):
        return _csv(recording.label, text, "\t" if kind == "tsv" else layout.delimiter)
    if kind == "json":
        return _json(recording.label, text, layout.items)
    if kind == "jsonl":
        return _json_lines(recording.label, text)
    raise Unusable(f"{recording.label}: its name does not tell its format; say syntax: csv, tsv, json or jsonl")


def cell(cells: Mapping[str, Value], column: str) -> Value:
    """A row's value: of the column of that name, else along a path of names joined by dots; None where it has none."""
    if column in cells:
        return cells[column]
    found: Value = cells
    for name in column.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _csv(label: str, text: str, delimiter: str) -> tuple[list[Row], list[str]]:
    doubts: list[str] = []
    found: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    line = 1
    try:
        for fields in reader:
            place, line = f"{label}:{line}", reader.line_num + 1
            if not any(fields):
                continue
            if not header:
                header = _header(place, fields)
            elif len(fields) != len(header):
                doubts.append(f"{place}: {len(fields)} values for {len(header)} columns")
            else:
                found.append(Row(place, {name: field.strip() for name, field in zip(header, fields, strict=True)}))
    except csv.Error as error:
        doubts.append(f"{label}:{line}: {error}")
    if not header:
        raise Unusable(f"{label}:1: there is no header")
    if not text.endswith(("\n", "\r")):
        doubts.append(f"{label}:{line - 1}: the last line has no line end, so the file may have been cut off")
    return found, doubts


def _header(place: str, fields: Iterable[str]) -> list[str]:
    names = [field.strip() for field in fields]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Unusable(f"{place}: the column {twice[0]!r} stands there twice")
    return names


def _json(label: str, text: str, items: str) -> tuple[list[Row], list[str]]:
    try:
        document = _decoded(text)
    except json.JSONDecodeError as error:
        raise Unusable(f"{label}:{error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise Unusable(f"{label}:1: {error}") from error
    found = cell(document, items) if items and isinstance(document, Mapping) else document
    if not isinstance(found, list):
        raise Unusable(f"{label}:1: {'at ' + items if items else 'there'} stands no list of rows; see 'items'")
    places = [(f"{label}: item {number}", item) for number, item in enumerate(found, 1)]
    return _objects(places)


def _json_lines(label: str, text: str) -> tuple[list[Row], list[str]]:
    places: list[tuple[str, Value]] = []
    doubts: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            places.append((f"{label}:{number}", _decoded(line)))
        except ValueError as error:
            doubts.append(f"{label}:{number}: {getattr(error, 'msg', error)}")
    found, more = _objects(places)
    return found, doubts + more


def _objects(places: Iterable[tuple[str, Value]]) -> tuple[list[Row], list[str]]:
    found: list[Row] = []
    doubts: list[str] = []
    for place, item in places:
        if isinstance(item, dict):
            found.append(Row(place, item))
        else:
            doubts.append(f"{place}: is no object")
    return found, doubts


def _decoded(text: str) -> Value:
    """The value of a JSON text, numbers as they are spelt. Raises `ValueError`."""
    try:
        return json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=_refused, object_pairs_hook=_distinct
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _distinct(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands there twice")
    return found


def numbers(value: Value) -> Value:
    """A value of JSON with its numbers as numbers."""
    if isinstance(value, Number):
        return int(value) if value.lstrip("-").isdigit() else float(value)
    if isinstance(value, Mapping):
        return {name: numbers(item) for name, item in value.items()}
    return [numbers(item) for item in value] if isinstance(value, list) else value


def texts(value: Value) -> Value:
    """A value of JSON with its numbers as texts."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Mapping):
        return {name: texts(item) for name, item in value.items()}
    return [texts(item) for item in value] if isinstance(value, list) else value
