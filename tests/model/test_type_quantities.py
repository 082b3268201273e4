from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, normalise, order, text
from cmdb.model.value import Value


def quantity(unit: str) -> Attribute:
    return Attribute("power", "quantity", unit=unit)


@pytest.mark.parametrize(
    ("unit", "raw", "value"),
    [
        ("W", "1.2 kW", 1200),
        ("W", "1.2kW", 1200),
        ("W", "2.3 kW", 2300),
        ("W", "1200 W", 1200),
        ("W", "1200", 1200),
        ("W", 1200, 1200),
        ("W", 1200.0, 1200),
        ("W", "5 mW", 0.005),
        ("W", "1 MW", 10**6),
        ("W", "-1e3 W", -1000),
        ("W", "5 dW", 0.5),
        ("W", "5 daW", 50),
        ("kW", "1200 W", 1.2),
        ("kWh", "2 MWh", 2000),
        ("Mbit/s", "1 Gbit/s", 1000),
        ("MB/s", "1 MiB/s", 1.048576),
        ("GiB", "512 MiB", 0.5),
        ("kg", "500 g", 0.5),
        ("µF", "1000 nF", 1),
        ("μF", "1 uF", 1),
        ("Ω", "1 kΩ", 1000),
        ("IOPS", "20 kIOPS", 20000),
        ("m²", "5 m²", 5),
        ("%", "5%", 5),
        ("°C", "-3.5 °C", -3.5),
        ("U", "2 U", 2),
        ("m/s²", "1 km/s²", 1000),
    ],
)
def test_quantities_are_kept_in_the_declared_unit(unit: str, raw: Value, value: int | float) -> None:
    found = normalise(quantity(unit), raw)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("unit", "raw", "hint"),
    [
        ("W", "5 V", "'5 V' is no quantity in W; write a number and the unit W"),
        ("W", "3 kw", "write kW$"),
        ("W", "3 mw", "write mW or MW$"),
        ("m²", "5 km²", "is no quantity in m²"),
        ("min", "5 in", "is no quantity in min"),
        ("in", "5 min", "is no quantity in in"),
        ("ft", "5 t", "is no quantity in ft"),
        ("W", "1 KiW", "is no quantity in W"),
        ("W", "W", "write a number and its unit, such as 1.2 W"),
        ("W", "1,5 kW", "is no quantity"),
        ("W", "1.2.3 W", "is no quantity"),
        ("W", True, "true is no quantity"),
        ("W", "1e999 W", "is no quantity"),
        ("W", [1], "a list is no quantity"),
        ("", "lots", "such as 1.2 kW"),
    ],
)
def test_what_does_not_fit_the_unit_is_refused(unit: str, raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(quantity(unit), raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1.2kW", "1.2 kW"),
        ("1.20  kW", "1.2 kW"),
        ("2.0 V", "2 V"),
        ("1e-7 W", "1e-07 W"),
        ("5 %", "5 %"),
        ("1000 Ω", "1000 Ω"),
        ("12", 12),
        (1.5, 1.5),
    ],
)
def test_without_a_unit_quantities_are_tidy_text(raw: Value, value: Value) -> None:
    assert normalise(quantity(""), raw) == value


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1.2 kW", "1200 W", True),
        ("9007199254740993 W", "9007199254740992 W", False),
        ("1e-7 W", "100 nW", True),
        ("1.2 kW", "1200000 mW", True),
        ("1 kW", "1 kV", False),
        ("1 W", 1, False),
        ("1 m²", "1000 mm²", False),
    ],
)
def test_without_a_unit_prefixes_are_seen_through(left: Value, right: Value, same: bool) -> None:
    assert equal(quantity(""), left, right) is same


def test_without_a_unit_quantities_are_ordered_by_amount() -> None:
    assert order(quantity(""), "900 W") < order(quantity(""), "1 kW") < order(quantity(""), "1001 W")


def test_people_see_the_unit() -> None:
    assert text(quantity("W"), 1200) == "1200 W"
    assert text(quantity(""), "1.2 kW") == "1.2 kW"
