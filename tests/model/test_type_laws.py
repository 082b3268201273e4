"""Laws that hold for values of every attribute type."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmdb.model.kind import Attribute
from cmdb.model.types import (
    TYPES,
    WrongValue,
    equal,
    key,
    misdeclared,
    normalise,
    order,
    text,
    usual,
    wants_text,
    within_tolerance,
)
from cmdb.model.value import Value, freeze, identity
from cmdb.testing.values import (
    SCALARS,
    SCHEMES,
    attributes,
    byte_sizes,
    durations,
    mac_forms,
    macs,
    raws,
    untyped,
    values,
    versions,
)

ORDERED = tuple(name for name in SCALARS if name not in ("boolean", "mac", "hostname", "url"))
LAW = settings(deadline=None, max_examples=60)
DPKG = shutil.which("dpkg")


USUAL = {name: pattern for name in TYPES if (pattern := usual(Attribute("a", name)))}


def version(scheme: str) -> Attribute:
    return Attribute("version", "version", scheme=scheme)


@LAW
@given(attributes(), st.data())
def test_normalising_twice_is_normalising_once(attribute: Attribute, data: st.DataObject) -> None:
    value = data.draw(values(attribute))
    again = normalise(attribute, value)
    assert identity(again) == identity(value)


@LAW
@given(attributes(), st.data())
def test_a_value_comes_back_from_json_the_same(attribute: Attribute, data: st.DataObject) -> None:
    value = data.draw(values(attribute))
    assert identity(normalise(attribute, json.loads(json.dumps(value)))) == identity(value)


@LAW
@given(attributes(SCALARS), st.data())
def test_the_text_that_people_see_is_read_back(attribute: Attribute, data: st.DataObject) -> None:
    value = data.draw(values(attribute))
    assert identity(normalise(attribute, text(attribute, value))) == identity(value)


@LAW
@given(attributes(), st.data())
def test_values_are_equal_exactly_when_their_keys_are(attribute: Attribute, data: st.DataObject) -> None:
    left, right = data.draw(st.tuples(values(attribute), values(attribute)))
    assert equal(attribute, left, right) == (key(attribute, left) == key(attribute, right))
    assert equal(attribute, right, left) == equal(attribute, left, right)
    assert equal(attribute, left, left)
    assert within_tolerance(attribute, left, right) == equal(attribute, left, right)


@LAW
@given(untyped(), untyped())
def test_untyped_values_are_equal_exactly_when_their_types_are_too(left: Value, right: Value) -> None:
    assert equal(None, freeze(left), freeze(right)) == (identity(left) == identity(right))


@LAW
@given(attributes(ORDERED), st.data())
def test_order_is_total_and_agrees_with_equality(attribute: Attribute, data: st.DataObject) -> None:
    one, other, third = data.draw(st.tuples(*[values(attribute)] * 3))
    low, high, top = (order(attribute, value) for value in (one, other, third))
    assert (low < high) + (low > high) + equal(attribute, one, other) == 1
    assert (low > high) == (high < low)
    if low <= high <= top:
        assert low <= top


@LAW
@given(attributes(["set"]), st.data())
def test_the_order_and_number_of_items_of_a_set_mean_nothing(attribute: Attribute, data: st.DataObject) -> None:
    raw = data.draw(raws(attribute))
    shuffled = data.draw(st.permutations(raw * 2))
    assert identity(normalise(attribute, raw)) == identity(normalise(attribute, shuffled))


@LAW
@given(attributes(["list"]), st.data())
def test_the_order_of_a_list_means_something(attribute: Attribute, data: st.DataObject) -> None:
    value = data.draw(values(attribute))
    assert equal(attribute, value, value[::-1]) == all(
        equal(attribute.of, one, other) for one, other in zip(value, value[::-1], strict=True)
    )


@LAW
@given(byte_sizes())
def test_sizes_count_to_the_byte(size: tuple[str, int]) -> None:
    written, count = size
    assert normalise(Attribute("memory", "bytes"), written) == count


@LAW
@given(durations())
def test_durations_count_seconds(duration: tuple[str, int]) -> None:
    written, seconds = duration
    assert normalise(Attribute("uptime", "duration"), written) == seconds


@LAW
@given(macs, st.data())
def test_every_form_of_a_hardware_address_is_the_same(address: bytes, data: st.DataObject) -> None:
    attribute = Attribute("mac", "mac")
    assert normalise(attribute, data.draw(mac_forms(address))) == address.hex(":")


@LAW
@given(st.sampled_from(SCHEMES), st.data())
def test_versions_stay_as_written(scheme: str, data: st.DataObject) -> None:
    written = data.draw(versions(scheme))
    assert normalise(version(scheme), written) == written


@pytest.mark.skipif(DPKG is None, reason="dpkg is not installed")
@settings(LAW, max_examples=40)
@given(versions("deb"), versions("deb"))
def test_debian_versions_compare_as_dpkg_says(left: str, right: str) -> None:
    one, other = order(version("deb"), left), order(version("deb"), right)
    found = "lt" if one < other else "gt" if one > other else "eq"
    asked = subprocess.run(
        [str(DPKG), "--compare-versions", "--", left, found, right], capture_output=True, check=False
    )
    assert asked.returncode == 0, asked.stderr.decode()


@pytest.mark.skipif(DPKG is None, reason="dpkg is not installed")
@settings(LAW, max_examples=40)
@given(st.text("0129abBZ.+~:-_ é", max_size=8).map(str.strip))
def test_a_text_is_a_debian_version_exactly_when_dpkg_says_so(written: str) -> None:
    assume(not re.match(r"[-+][0-9]+:", written))  # dpkg reads an epoch by strtol(3), signs included
    asked = subprocess.run([str(DPKG), "--validate-version", "--", written], capture_output=True, check=False)
    assert accepted(version("deb"), written) == (asked.returncode == 0), asked.stderr.decode()


@LAW
@given(st.sampled_from(sorted(TYPES)), st.text() | untyped() | st.floats() | st.integers())
def test_whatever_comes_is_read_or_refused_in_words(name: str, raw: Value) -> None:
    attribute = Attribute("value", name, choices=("a",) if name == "enum" else ())
    if raw is not None:
        accepted(attribute, raw)


@LAW
@given(attributes(), st.data())
def test_what_a_type_refuses_is_compared_as_it_stands(attribute: Attribute, data: st.DataObject) -> None:
    one, other = (freeze(data.draw(raws(attribute) | untyped() | st.text(max_size=3))) for _ in range(2))
    assert equal(attribute, one, other) == (key(attribute, one) == key(attribute, other))
    assert within_tolerance(attribute, one, one)
    assert isinstance(within_tolerance(attribute, one, other), bool)
    assert isinstance(text(attribute, one), str)
    hash(key(attribute, one))
    with suppress(WrongValue):
        order(attribute, one)


@LAW
@given(attributes())
def test_sensible_declarations_are_not_complained_about(attribute: Attribute) -> None:
    assert misdeclared(attribute) is None


@LAW
@given(attributes(SCALARS))
def test_items_arrive_like_the_values_that_they_are(of: Attribute) -> None:
    assert (
        wants_text(of)
        == wants_text(Attribute("all", "list", of=of))
        == (of.type not in ("integer", "number", "boolean"))
    )


def accepted(attribute: Attribute, raw: Value) -> bool:
    try:
        normalise(attribute, raw)
    except WrongValue as wrong:
        assert "\n" not in str(wrong)
        assert len(str(wrong)) < 400
        return False
    return True


@pytest.mark.parametrize("name", USUAL)
@given(st.data())
@LAW
def test_usual_texts_mean_themselves(name: str, data: st.DataObject) -> None:
    raw = data.draw(st.from_regex(USUAL[name], fullmatch=True))
    assert normalise(Attribute("a", name), raw) == raw
    assert "\n" not in raw


def test_longest_host_name_is_usual() -> None:
    longest, longer = ".".join(["a" * 62] * 4) + "a", ".".join(["a" * 62] * 4) + "aa"
    assert re.fullmatch(USUAL["hostname"], longest)
    assert not re.fullmatch(USUAL["hostname"], longer)


def test_only_texts_without_limits_are_usual() -> None:
    assert not usual(Attribute("a", "hostname", pattern="db.*"))
    assert not usual(Attribute("a", "no such type"))
