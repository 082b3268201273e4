from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise, order, within_tolerance
from cmdb.model.value import Value


@pytest.mark.parametrize(
    ("attribute", "raw"),
    [
        (Attribute("n", "integer", minimum=1, maximum=4), 1),
        (Attribute("n", "integer", minimum=1, maximum=4), "4"),
        (Attribute("n", "bytes", minimum="1 GiB"), "1024 MiB"),
        (Attribute("n", "duration", maximum="1h"), "60m"),
        (Attribute("n", "version", minimum="1.9"), "1.10"),
        (Attribute("n", "version", minimum="2.0"), "2"),
        (Attribute("n", "date", minimum="2026-01-01"), "2026-01-01"),
        (Attribute("n", "quantity", unit="W", maximum="1 kW"), 1000),
        (Attribute("n", "enum", choices=("s", "m", "l"), minimum="m"), "l"),
        (Attribute("n", "string", pattern="[a-z]+"), "abc"),
        (Attribute("n", "ip", minimum="10.0.0.9"), "10.0.0.10"),
        (Attribute("n", "list", of=Attribute("", "integer", maximum=4)), [4]),
        (Attribute("n", "integer", minimum="many"), -1),
        (Attribute("n", "string", pattern="("), "anything"),
    ],
)
def test_within_the_limits(attribute: Attribute, raw: Value) -> None:
    normalise(attribute, raw)


@pytest.mark.parametrize(
    ("attribute", "raw", "hint"),
    [
        (Attribute("n", "integer", minimum=1), 0, "0 is below the minimum, 1"),
        (Attribute("n", "integer", maximum=4), "5", "5 is above the maximum, 4"),
        (Attribute("n", "bytes", minimum="1 GiB"), "512 MiB", "512 MiB is below the minimum, '1 GiB'"),
        (Attribute("n", "duration", maximum="1h"), "61m", "1h1m is above the maximum, '1h'"),
        (Attribute("n", "version", minimum="1.10"), "1.9", "'1.9' is below the minimum, '1.10'"),
        (Attribute("n", "version", minimum="2.0"), "2.0-rc1", "below the minimum"),
        (Attribute("n", "version", scheme="semver", minimum="1.0.0"), "1.0.0-rc.1", "below the minimum"),
        (Attribute("n", "quantity", unit="W", maximum="1 kW"), "1001 W", "1001 W is above the maximum"),
        (Attribute("n", "enum", choices=("s", "m", "l"), minimum="m"), "s", "below the minimum"),
        (Attribute("n", "number", minimum=0), -0.5, "below the minimum"),
        (
            Attribute("n", "string", pattern="[a-z]+"),
            "abc1",
            r"'abc1' does not match the pattern \[a-z\]\+ from end to end",
        ),
        (Attribute("n", "hostname", pattern=r".*\.example\.org"), "db1.example.com", "does not match the pattern"),
        (Attribute("n", "date", pattern=r"2026-.*"), "2027-01-01", "does not match the pattern"),
        (Attribute("n", "datetime", pattern=r".*T00:.*"), "2027-01-01T01:00:00Z", "does not match the pattern"),
        (Attribute("n", "ip", pattern=r"10\..*"), "192.0.2.1", "does not match the pattern"),
        (Attribute("n", "cidr", pattern=r"10\..*"), "192.0.2.0/24", "does not match the pattern"),
        (Attribute("n", "mac", pattern=r"00:.*"), "01:00:00:00:00:00", "does not match the pattern"),
        (Attribute("n", "url", pattern=r"https:.*"), "http://a/", "does not match the pattern"),
        (Attribute("n", "version", pattern=r"1\..*"), "2.0", "does not match the pattern"),
    ],
)
def test_beyond_the_limits(attribute: Attribute, raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(attribute, raw)


def test_patterns_see_the_canonical_value() -> None:
    normalise(Attribute("n", "hostname", pattern=r"[a-z0-9]+"), "DB1.")
    normalise(Attribute("n", "mac", pattern=r"00:1a:2b:.*"), "001A.2B3C.4D5E")


@pytest.mark.parametrize(
    ("kind", "tolerance", "declared", "observed", "close"),
    [
        ("bytes", "5%", 100, 105, True),
        ("bytes", "5%", 100, 95, True),
        ("bytes", "5%", 100, 106, False),
        ("bytes", "5 %", 105, 100, True),
        ("bytes", "2.5%", 1000, 1025, True),
        ("bytes", "1 GiB", 32 * 1024**3, 31 * 1024**3, True),
        ("bytes", "1 GiB", 32 * 1024**3, 31 * 1024**3 - 1, False),
        ("bytes", 10, 100, 110, True),
        ("bytes", "5%", 0, 1, False),
        ("bytes", "5%", 0, 0, True),
        ("bytes", None, 100, 101, False),
        ("bytes", "lots", 100, 101, False),
        ("bytes", "-5%", 100, 101, False),
        ("number", "5%", 0.1, 0.105, True),
        ("number", "5%", -100, -105, True),
        ("number", "5%", -100, -105.1, False),
        ("number", 0.1, 0.2, 0.3, True),
        ("number", "0.1", 0.2, 0.31, False),
        ("number", -1, 1, 2, False),
        ("integer", 2, 10, 12, True),
        ("integer", "2", 10, 13, False),
        ("integer", True, 10, 11, False),
        ("duration", "5m", 3600, 3900, True),
        ("duration", "5m", 3600, 3901, False),
        ("date", "1d", "2026-11-30", "2026-12-01", True),
        ("date", "1d", "2026-11-30", "2026-12-02", False),
        ("datetime", "1s", "2026-11-30T00:00:00Z", "2026-11-30T00:00:00.500000Z", True),
        ("datetime", "1s", "2026-11-30T00:00:00Z", "2026-11-30T00:00:01.500000Z", False),
        ("quantity", "5%", "1 kW", "1050 W", True),
        ("quantity", "5%", "1 kW", "1051 W", False),
        ("quantity", "50%", "1 kW", "1 kV", False),
        ("version", "5%", "1.0", "1.0.0", True),
        ("version", "5%", "1.0", "1.1", False),
        ("string", "5%", "a", "b", False),
    ],
)
def test_tolerance_is_a_share_of_what_is_declared_or_an_amount(
    kind: str, tolerance: Value, declared: Value, observed: Value, close: bool
) -> None:
    assert within_tolerance(Attribute("n", kind, tolerance=tolerance), declared, observed) is close


def test_an_amount_in_a_multiple_of_the_unit() -> None:
    power = Attribute("power", "quantity", unit="W", tolerance="0.1 kW")
    assert within_tolerance(power, 1000, 1100)
    assert not within_tolerance(power, 1000, 1101)


def test_items_have_tolerances_of_their_own() -> None:
    disk = Attribute("", "bytes", tolerance="5%")
    disks, by_name = Attribute("disks", "list", of=disk), Attribute("disks", "map", of=disk)
    assert within_tolerance(disks, (100, 200), (95, 210))
    assert not within_tolerance(disks, (100, 200), (200, 100))
    assert not within_tolerance(disks, (100, 200), (100,))
    assert within_tolerance(by_name, {"a": 100, "b": None}, {"a": 95, "b": None})
    assert not within_tolerance(by_name, {"a": 100}, {"a": None})
    assert not within_tolerance(by_name, {"a": 100}, {"b": 100})


def test_untyped_values_have_no_tolerance() -> None:
    assert within_tolerance(None, (1, "a"), (1, "a"))
    assert not within_tolerance(None, 1, 1.0)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "many"),
        ("version", 1.5),
        ("ip", "db1"),
        ("bytes", True),
        ("enum", "x"),
        ("date", None),
        ("quantity", "lots"),
    ],
)
def test_what_a_type_refuses_has_no_order(kind: str, value: Value) -> None:
    with pytest.raises(WrongValue):
        order(Attribute("n", kind, choices=("a",)), value)


def test_what_a_type_refuses_is_never_close_enough() -> None:
    assert not within_tolerance(Attribute("n", "integer", tolerance=2), 1, True)
    assert not within_tolerance(Attribute("n", "bytes", tolerance="50%"), 100, "lots")
    assert not within_tolerance(Attribute("n", "boolean"), True, 1)


@pytest.mark.parametrize("kind", ["boolean", "mac", "hostname", "url", "list", "set", "map"])
def test_types_without_an_order_say_so(kind: str) -> None:
    with pytest.raises(WrongValue, match=f"values of type {kind} have no order"):
        order(Attribute("n", kind), normalise(Attribute("n", "set"), []))
