"""Alerts as Alertmanager writes them, and what is no alert."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cmdb.formats.alert_lines import read_alerts

WEBHOOK = {
    "version": "4",
    "groupKey": '{}:{alertname="Down"}',
    "status": "firing",
    "receiver": "cmdb",
    "groupLabels": {"alertname": "Down"},
    "externalURL": "http://alertmanager:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "instance": "web-1:9100", "severity": "critical"},
            "annotations": {"summary": "web-1 does not answer"},
            "startsAt": "2026-11-01T02:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph",
            "fingerprint": "c8a3f7f0a6f0a1b2",
        },
        {"status": "resolved", "labels": {"alertname": "Down", "instance": "web-2:9100"}},
    ],
}
API = [{"labels": {"alertname": "Down", "instance": "web-1"}, "status": {"state": "active", "silencedBy": []}}]


def lines(*documents: Any) -> bytes:
    return b"\n".join(json.dumps(document).encode() for document in documents)


def instances(data: bytes) -> list[str]:
    return [alert.labels["instance"] for alert in read_alerts("alerts", data).firing]


def test_a_message_of_the_webhook() -> None:
    (alert,) = read_alerts("alerts.jsonl", lines(WEBHOOK)).firing
    assert (alert.name, alert.summary, str(alert.where)) == ("Down", "web-1 does not answer", "alerts.jsonl:1:1")
    assert alert.labels == {"alertname": "Down", "instance": "web-1:9100", "severity": "critical"}


@pytest.mark.parametrize(
    ("data", "firing"),
    [
        (b"", []),
        (b"\n\n", []),
        (lines({"labels": {"instance": "a"}}), ["a"]),
        (lines(API), ["web-1"]),
        (json.dumps(WEBHOOK, indent=2).encode(), ["web-1:9100"]),
        (lines({"labels": {"instance": "a"}}, {"labels": {"instance": "a"}}), ["a"]),
        (lines({"labels": {"instance": "a"}}, {"labels": {"instance": "a"}, "status": "resolved"}), []),
        (
            lines(
                {"labels": {"instance": "a"}, "status": "resolved"}, {"labels": {"instance": "a"}, "status": "firing"}
            ),
            ["a"],
        ),
        (lines({"labels": {"instance": "a"}, "status": {"state": "suppressed"}}), []),
        (lines({"alerts": []}), []),
    ],
)
def test_what_is_firing_at_the_end(data: bytes, firing: list[str]) -> None:
    assert instances(data) == firing
    assert not read_alerts("alerts", data).problems


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"down!", "not JSON"),
        (b"7", "there are no labels in it"),
        (b"{}", "there are no labels in it"),
        (b'{"labels": {}}', "there are no labels in it"),
        (b'{"labels": "web-1"}', "there are no labels in it"),
        (b'{"labels": {"a": "b"}, "status": "odd"}', "the status 'odd' is none of"),
        (b'{"labels": {"a": "b"}, "labels": {}}', "twice"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_what_is_no_alert_is_told_with_its_line_and_hides_nothing(line: bytes, why: str) -> None:
    found = read_alerts("alerts", lines({"labels": {"instance": "a"}}) + b"\n" + line + b"\n" + lines(API))
    assert [alert.labels["instance"] for alert in found.firing] == ["a", "web-1"]
    (problem,) = found.problems
    assert why in problem.message
    assert str(problem.where) == "alerts:2:1"
