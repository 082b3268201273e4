"""Events: the door of the CloudEvents SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from cmdb.model.value import Value

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is sent: `body` is its JSON on one line. The same thing told again has the same `id`, so that a
    receiver which has had it already can tell."""

    id: str
    body: bytes


def event(workspace: str, record: str, state: str, at: datetime, data: Mapping[str, Value]) -> Event:
    """What became of a change record: `data` says it whole. The type is `cmdb.change.STATE`, the subject the record."""
    from cloudevents.core.formats.json import JSONFormat
    from cloudevents.core.v1.event import CloudEvent

    body = json.loads(json.dumps(data, ensure_ascii=True, sort_keys=True, default=str))
    said = json.dumps([record, state, body], sort_keys=True)
    attributes = {
        "specversion": "1.0",
        "id": f"{record}.{state}.{sha256(said.encode()).hexdigest()[:_DIGITS]}",
        "source": f"/cmdb/{quote(workspace.encode('utf-8', 'backslashreplace'), safe='')}",
        "type": f"cmdb.change.{state}",
        "subject": record,
        "time": at.astimezone(UTC),
        "datacontenttype": "application/json",
    }
    return Event(str(attributes["id"]), JSONFormat().write(CloudEvent(attributes, body)))
