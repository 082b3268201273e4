"""Alerts as monitoring sends them: the webhook messages of Prometheus Alertmanager as JSON lines, single alerts, or the
list that its API gives. A later line about the same alert counts instead of an earlier one, so that what was resolved
meanwhile is not there any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.formats.strict_json import NotJson, loads
from cmdb.model.alert import Alert
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value

CODE = "unreadable"
FIRING = frozenset({"firing", "active", "unprocessed"})
OVER = frozenset({"resolved", "suppressed"})
"""Of a webhook message and of the API; what is silenced or inhibited is not asked about."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts that are firing, in the order in which they came, and what could not be read."""

    firing: tuple[Alert, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_alerts(name: str, data: bytes) -> Alerts:
    """The alerts in the bytes of a file; `name` stands in locations."""
    known: dict[tuple[tuple[str, str], ...], Alert] = {}
    problems: list[Problem] = []
    for where, document in _documents(name, data):
        try:
            for alert, firing in _alerts(loads(document), where):
                key = tuple(sorted(alert.labels.items()))
                known.pop(key, None)
                if firing:
                    known[key] = alert
        except NotJson as wrong:
            problems.append(Problem(CODE, f"no alert can be read here: {wrong}", Severity.ERROR, where, hint=HINT))
    return Alerts(tuple(known.values()), tuple(problems))


HINT = "each line is one message of Alertmanager's webhook, or one alert with 'labels'"


def _documents(name: str, data: bytes) -> Iterator[tuple[Location, bytes]]:
    """One document a line; or, where the first line is only the beginning of one, the whole file."""
    lines = [(Location(name, number), line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and _fails(lines[0][1]) and not _fails(data):
        lines = [(Location(name), data)]
    yield from lines


def _fails(document: bytes) -> bool:
    try:
        loads(document)
    except NotJson:
        return True
    return False


def _alerts(document: Value, where: Location) -> Iterator[tuple[Alert, bool]]:
    """The alerts of a message, and whether each is firing. Raises `NotJson` for something else."""
    if isinstance(document, Mapping) and "alerts" in document:
        document = document["alerts"]
    for found in document if isinstance(document, tuple) else (document,):
        if not isinstance(found, Mapping) or not isinstance(labels := found.get("labels"), Mapping) or not labels:
            raise NotJson("there are no labels in it")
        texts = {str(key): str(value) for key, value in labels.items()}
        name = texts.get("alertname", "alert")
        yield Alert(name, texts, _summary(found.get("annotations")), where), _firing(found.get("status", "firing"))


def _firing(status: Value) -> bool:
    """The status of a webhook message is a word, that of the API a mapping with a state."""
    word = status.get("state") if isinstance(status, Mapping) else status
    if word not in FIRING | OVER:
        raise NotJson(f"the status {word!r} is none of {', '.join(sorted(FIRING | OVER))}")
    return word in FIRING


def _summary(annotations: Value) -> str:
    if not isinstance(annotations, Mapping):
        return ""
    return str(annotations.get("summary") or annotations.get("description") or "")
