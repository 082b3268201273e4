"""One line of a snapshot, in both directions: JSON text <-> header, coverage, observation or end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from cmdb.formats.strict_json import dumps, loads, plain
from cmdb.model.secrets import mask
from cmdb.model.snapshot import Coverage, Observation, Reference
from cmdb.model.value import Value

FORMAT = "cmdb.snapshot/1"


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a run. `fault` says what is wrong with it; `foreign` that the lines below mean nothing
    here, because the format is another one or nobody knows whose they are."""

    source: str
    run: str
    started: datetime | None = None
    covers: str = ""
    fault: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The last line of a run: how many lines there should have been."""

    observations: int
    coverage: int
    finished: datetime | None = None


Line = Header | Coverage | Observation | End


class Unreadable(ValueError):
    """A line that says nothing that could be used, and why in plain words."""


def parse_line(text: bytes) -> Line:
    """The meaning of one line. Raises `Unreadable`, or its cousin `NotJson`; both are `ValueError`s with words."""
    line = loads(text)
    if not isinstance(line, dict):
        raise Unreadable(f'a line is an object such as {{"observation": …}}, not {_called(line)}')
    if "format" in line:
        return _header(line)
    if len(line) == 1:
        (word, content), *_ = line.items()
        if word in _READERS:
            return _READERS[word](_object(content, word))
    raise Unreadable(f"a line holds one of {', '.join(_READERS)}, or is a header with a format")


def line_of(line: Line) -> str:
    """The text of one line, without a line end; the same text for the same meaning. Raises `NotJson`."""
    if isinstance(line, Header):
        return dumps(
            {
                "format": FORMAT,
                "source": plain(line.source, "source"),
                "run": plain(line.run, "run"),
                **_given(started=_stamp(line.started), covers=plain(line.covers, "covers")),
            }
        )
    if isinstance(line, Coverage):
        return dumps({"coverage": {name: plain(getattr(line, name), name) for name in _COVERAGE}})
    if isinstance(line, Observation):
        return dumps({"observation": _observed(line)})
    counts = {"observations": line.observations, "coverage": line.coverage}
    return dumps({"end": {**_given(finished=_stamp(line.finished)), **counts}})


_COVERAGE = ("scope", "attributes", "status", "reason")
_STATUS = ("complete", "partial", "failed")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _header(line: Mapping[str, Value]) -> Header:
    source, run = line.get("source"), line.get("run")
    if not (isinstance(source, str) and source and isinstance(run, str) and run):
        return Header("", "", fault="a header names its source and its run, as text", foreign=True)
    if line["format"] != FORMAT:
        fault = f"the format is {_called(line['format'])}; this version of cmdb reads {FORMAT}"
        return Header(source, run, fault=fault, foreign=True)
    try:
        _only(line, "the header", ("format", "source", "run", "started", "covers"))
        _words(line, "source", "run")
        return Header(source, run, _time(line, "started"), _text(line, "covers"))
    except Unreadable as fault:
        return Header(source, run, fault=str(fault))


def _coverage(line: Mapping[str, Value]) -> Coverage:
    _only(line, "a coverage line", _COVERAGE)
    status = line.get("status")
    if status not in _STATUS:
        raise Unreadable(f"the status of coverage is one of {', '.join(_STATUS)}, not {_called(status)}")
    attributes = line.get("attributes", ("*",))
    if not isinstance(attributes, tuple) or not all(isinstance(name, str) for name in attributes):
        raise Unreadable(f"the attributes of coverage are a list of key paths, not {_called(attributes)}")
    if "scope" not in line:
        raise Unreadable("a coverage line names its scope")
    return Coverage(_text(line, "scope"), attributes, status, _text(line, "reason"))


def _observation(line: Mapping[str, Value]) -> Observation:
    _only(line, "an observation", ("kind", "key", "name", "at", "attributes", "relations"))
    kind, key = _words(line, "kind", "key")
    relations = {
        name: tuple(_reference(item, name) for item in _references(items, name))
        for name, items in _object(line.get("relations", {}), "relations").items()
    }
    attributes = _object(line.get("attributes", {}), "attributes")
    return Observation(kind, key, attributes, relations, _text(line, "name"), _time(line, "at"))


def _references(items: Value, relation: str) -> tuple[Value, ...]:
    if items is None:
        return ()
    if isinstance(items, tuple):
        return items
    raise Unreadable(f"the relation {relation} is a list of references, not {_called(items)}")


def _reference(item: Value, relation: str) -> Reference:
    what = f"a reference of {relation}"
    found = _object(item, what)
    _only(found, what, ("kind", "key", "attributes"))
    (kind,) = _words(found, "kind")
    return Reference(kind, _text(found, "key"), _object(found.get("attributes", {}), "attributes"))


def _end(line: Mapping[str, Value]) -> End:
    _only(line, "the end line", ("finished", "observations", "coverage"))
    return End(_count(line, "observations"), _count(line, "coverage"), _time(line, "finished"))


_READERS: Mapping[str, Callable[[Mapping[str, Value]], Line]] = {
    "coverage": _coverage,
    "observation": _observation,
    "end": _end,
}


def _object(value: Value, what: str) -> Mapping[str, Value]:
    if isinstance(value, Mapping):
        return value
    raise Unreadable(f"{what} is an object, not {_called(value)}")


def _only(line: Mapping[str, Value], what: str, known: Collection[str]) -> None:
    for name in line:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean '{close[0]}'?" if close else f"; it has {', '.join(known)}"
            raise Unreadable(f"{what} has no '{name}'{hint}")


def _text(line: Mapping[str, Value], name: str) -> str:
    value = line.get(name, "")
    if isinstance(value, str):
        return value
    raise Unreadable(f"{name} is text, not {_called(value)}")


def _words(line: Mapping[str, Value], *names: str) -> list[str]:
    """Texts that identify something: there, not empty, without control characters."""
    found = [_text(line, name) for name in names]
    for name, word in zip(names, found, strict=True):
        if not word:
            raise Unreadable(f"{name} is missing or empty")
        if _CONTROL.search(word):
            raise Unreadable(f"{name} is text without control characters, not {_called(word)}")
    return found


def _count(line: Mapping[str, Value], name: str) -> int:
    value = line.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unreadable(f"{name} is the number of such lines, not {_called(value)}")


def _time(line: Mapping[str, Value], name: str) -> datetime | None:
    value = line.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(f"{name} is a timestamp such as 2026-11-01T02:00:00Z, not {_called(value)}") from None
    raise Unreadable(f"{name} needs an offset: {value}Z, if that is UTC")


def _observed(line: Observation) -> dict[str, Value]:
    relations = {name: _referred(name, items) for name, items in _object(line.relations, "relations").items()}
    return {
        "kind": plain(line.kind, "kind"),
        "key": plain(line.key, "key"),
        **_given(name=plain(line.name, "name"), at=_stamp(line.at)),
        "attributes": plain(line.attributes, "attributes"),
        **_given(relations=plain(relations, "relations")),
    }


def _referred(relation: str, items: object) -> list[Value]:
    if not isinstance(items, list | tuple) or not all(isinstance(item, Reference) for item in items):
        raise Unreadable(f"the relation {relation} is a tuple of References, not {items!r:.60}")
    return [{"kind": item.kind, **_given(key=item.key, attributes=item.attributes)} for item in items]


def _given(**fields: Value) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value}


def _stamp(moment: object) -> Value:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        return moment.isoformat()
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _called(value: Value) -> str:
    """A value as an error message shows it."""
    if value is None:
        return "nothing"
    text = mask(json.dumps(value, default=repr))
    return text if len(text) <= 60 else text[:57] + "…"
