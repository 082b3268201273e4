from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from cmdb.discovery.redaction import redact
from cmdb.model.kind import Attribute, Kind, Schema
from cmdb.model.snapshot import REDACTED, Coverage, Observation, Reference, Run
from cmdb.model.value import Value
from cmdb.testing.snapshots import runs

LAW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine is shared: how long an example takes says nothing."""

TOKEN = "ghp_" + "0123456789" * 4
URL = "postgres://app:" + "hunter2@db/shop"


def kind(name: str, *lineage: str, **attributes: Attribute) -> Kind:
    return Kind(name, (name, *lineage), attributes=attributes)


SCHEMA = Schema(
    {
        item.name: item
        for item in (
            kind("compute"),
            kind("server", "compute", pin=Attribute("pin", "integer", secret=True)),
            kind(
                "database",
                users=Attribute("users", "map", of=Attribute("", "map", of=Attribute("", secret=True))),
                keys=Attribute("keys", "list", of=Attribute("", secret=True)),
            ),
            kind("site", pin=Attribute("pin", "integer")),
        )
    },
    {},
)


def redacted(kind: str, schema: Schema | None = SCHEMA, **attributes: Value) -> Value:
    (seen,) = redact(Run("s", "r", observations=(Observation(kind, "a", attributes),)), schema).observations
    return seen.attributes


@pytest.mark.parametrize(
    ("kind", "given", "then"),
    [
        ("server", {"pin": 1234}, {"pin": REDACTED}),
        ("server", {"pin": "vault:kv/pin"}, {"pin": REDACTED}),
        ("server", {"pin": {"redacted": True}}, {"pin": REDACTED}),
        ("server", {"pin": None}, {"pin": None}),
        ("compute", {"pin": 1234}, {"pin": REDACTED}),
        ("site", {"pin": 1234}, {"pin": 1234}),
        ("spaceship", {"pin": 1234}, {"pin": REDACTED}),
        ("database", {"keys": ("a", "b")}, {"keys": (REDACTED, REDACTED)}),
        ("database", {"users": {"app": {"word": "x"}}}, {"users": {"app": {"word": REDACTED}}}),
        ("site", {"url": URL, "name": "a"}, {"url": REDACTED, "name": "a"}),
        ("site", {"deep": ({"url": (URL, 7)},)}, {"deep": ({"url": (REDACTED, 7)},)}),
        ("site", {"admin_password": "hunter2"}, {"admin_password": REDACTED}),
        ("site", {"admin": {"password": "hunter2"}}, {"admin": {"password": REDACTED}}),
        ("site", {"password_min_length": 12}, {"password_min_length": 12}),
        ("site", {"tokens": {TOKEN: 1}}, {"tokens": {"***": 1}}),
    ],
)
def test_secrets_are_replaced_by_the_mark_that_they_were_there(kind: str, given: Value, then: Value) -> None:
    assert redacted(kind, **given) == then


def test_without_a_schema_what_looks_secret_is_taken_out() -> None:
    assert redacted("server", None, pin=1234, url=URL) == {"pin": 1234, "url": REDACTED}


def test_names_keys_reasons_and_references_hold_no_secret() -> None:
    reference = Reference("server", URL, {"pin": 1234})
    run = Run(
        "s",
        "r",
        coverage=(Coverage("kind=server", status="failed", reason=f"cannot reach {URL}"),),
        observations=(Observation("site", URL, {}, {"runs_on": (reference,)}, name=f"see {URL}"),),
    )
    hidden = URL.replace("hunter2", "***")
    assert redact(run, SCHEMA) == Run(
        "s",
        "r",
        coverage=(Coverage("kind=server", status="failed", reason=f"cannot reach {hidden}"),),
        observations=(
            Observation(
                "site", hidden, {}, {"runs_on": (Reference("server", hidden, {"pin": REDACTED}),)}, name=f"see {hidden}"
            ),
        ),
    )


@LAW
@given(runs())
def test_redacting_twice_is_redacting_once(run: Run) -> None:
    assert redact(redact(run, SCHEMA), SCHEMA) == redact(run, SCHEMA)
