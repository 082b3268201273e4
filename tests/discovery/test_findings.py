from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from cmdb.discovery.findings import checked
from cmdb.model.snapshot import Coverage, Observation, Reference
from cmdb.model.value import Value
from cmdb.testing.snapshots import coverages, observations

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine is shared: how long an example takes says nothing."""


@LAW
@given(observations() | coverages())
def test_a_finding_that_can_be_written_down_is_one(found: Observation | Coverage) -> None:
    assert checked(found) == found


@pytest.mark.parametrize("found", [None, "web-1", 7, {"kind": "server"}, Reference("server"), Observation])
def test_other_things_are_no_findings(found: object) -> None:
    with pytest.raises(TypeError, match="neither an Observation nor a Coverage"):
        checked(found)


ENDLESS: dict[str, Value] = {}
ENDLESS["again"] = ENDLESS


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"y", "server 'a': attributes.x: bytes is no JSON type; give text, a number, a boolean, a list or a map"),
        ({"for": {"up": timedelta(1)}}, "attributes.x.for.up: timedelta is no JSON type"),
        ((1, {2}), "attributes.x: set is no JSON type"),
        ([float("nan")], "attributes.x: nan is no JSON number"),
        (float("-inf"), "-inf is no JSON number"),
        pytest.param(10**9000, "more digits than", id="endless number"),
        ({22: "ssh"}, "attributes.x: the key 22 is no text"),
        ({"python3.11": object()}, 'attributes.x."python3.11": object is no JSON type'),
        ("\udc80", "attributes.x: text with bytes that are no UTF-8"),
        ({"\udc80": 1}, "attributes.x: text with bytes that are no UTF-8"),
        pytest.param("x" * 2**24, "longer than 16 MiB", id="huge text"),
        (ENDLESS, "nested more than 100 levels deep"),
    ],
)
def test_values_are_those_that_json_has(value: Value, why: str) -> None:
    with pytest.raises(ValueError) as error:
        checked(Observation("server", "a", {"x": value}))
    assert why in str(error.value)


def wrong(value: Value) -> Value:
    """A value of another type: plugins are not type-checked by those who run them."""
    return value


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Observation("server", ""), "server '': key is missing or empty"),
        (Observation("server", "a\nb"), "key is text without control characters"),
        (Observation("server", wrong(7)), "server '7': key is text, not 7"),
        (Observation(wrong(None), "a"), "None 'a': kind is text, not nothing"),
        (Observation("server", "a", wrong(None)), "attributes is an object, not nothing"),
        (Observation("server", "a", {}, wrong(None)), "relations is an object, not nothing"),
        (Observation("server", "a", {}, {"runs_on": wrong(("b",))}), "the relation runs_on is a tuple of References"),
        (Observation("server", "a", {}, {"runs_on": wrong("b")}), "the relation runs_on is a tuple of References"),
        (Observation("server", "a", {}, {"runs_on": (Reference(""),)}), "kind is missing or empty"),
        (Observation("server", "a", name=wrong(7)), "name is text, not 7"),
        (
            Observation("server", "a", at=datetime(2026, 1, 1)),
            "at needs an offset: 2026-01-01T00:00:00Z, if that is UTC",
        ),
        (Observation("server", "a", at=wrong("now")), "at is a timestamp such as"),
        (
            Coverage("kind=server", status=wrong("fine")),
            "coverage of 'kind=server': the status of coverage is one of",
        ),
        (Coverage("kind=server", wrong("packages")), "the attributes of coverage are a list of key paths"),
        (Coverage("kind=server", (wrong(None),)), "the attributes of coverage are a list of key paths"),
        (Coverage(wrong(None)), "scope is text"),
        (Coverage("kind=server", reason=wrong(OSError())), "reason: OSError is no JSON type"),
    ],
)
def test_findings_have_the_shape_of_a_line(found: object, why: str) -> None:
    with pytest.raises(ValueError) as error:
        checked(found)
    assert why in str(error.value)
