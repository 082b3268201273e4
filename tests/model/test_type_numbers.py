from __future__ import annotations

import json
import math

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise, text
from cmdb.model.value import Value

INTEGER = Attribute("cores", "integer")
NUMBER = Attribute("load", "number")
LONG = 123456789012345678901234567890


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (12, 12),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0012", 12),
        ("0x1F", 31),
        ("0o17", 15),
        (12.0, 12),
        ("1e3", 1000),
        (LONG, LONG),
        (str(LONG), LONG),
    ],
)
def test_integers(raw: Value, value: int) -> None:
    found = normalise(INTEGER, raw)
    assert (type(found), found) == (int, value)


@pytest.mark.parametrize(
    "raw",
    [True, False, 1.5, "1.5", "1_000", "１２", "١٢", "12 ", "", "twelve", 1e300, "1e300", math.nan, math.inf, [1], {}, pytest.param("9" * 5000, id="nines"), pytest.param(16**5000, id="huge")],
)  # fmt: skip
def test_what_is_no_integer_is_refused(raw: Value) -> None:
    with pytest.raises(WrongValue, match="is no whole number; write it in digits, such as 42"):
        normalise(INTEGER, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (1, 1),
        (1.0, 1),
        ("1.0", 1),
        (-0.0, 0),
        (0.5, 0.5),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e-3", 0.001),
        (LONG, LONG),
    ],
)
def test_numbers(raw: Value, value: int | float) -> None:
    found = normalise(NUMBER, raw)
    assert (type(found), found) == (type(value), value)
    assert not str(found).startswith("-0")


@pytest.mark.parametrize(
    "raw", [True, "x", "", "1_0", math.nan, math.inf, -math.inf, ".inf", ".nan", "nan", "1e999", "1,5", [], {}]
)
def test_what_is_no_number_is_refused(raw: Value) -> None:
    with pytest.raises(WrongValue, match="is no number"):
        normalise(NUMBER, raw)


def test_the_longest_number_that_is_read_can_be_written() -> None:
    longest = normalise(INTEGER, "9" * 4000)
    assert json.loads(json.dumps(longest)) == longest


def test_text_is_short_digits() -> None:
    assert text(NUMBER, 0.1) == "0.1"
    assert text(INTEGER, LONG) == str(LONG)
