from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, normalise, order
from cmdb.model.value import Value

STRING = Attribute("country")
ENUM = Attribute("size", "enum", choices=("small", "medium", "large"))
BOOLEAN = Attribute("pci", "boolean")
URL = Attribute("page", "url")


@pytest.mark.parametrize("raw", ["no", "1.10", "0012", "", " spaces ", "null", "a\nb", "Ä"])
def test_text_stays_as_written(raw: str) -> None:
    assert normalise(STRING, raw) == raw


def test_a_whole_number_from_a_source_is_its_digits() -> None:
    assert normalise(STRING, 42) == "42"
    assert normalise(STRING, 10**40) == "1" + "0" * 40


@pytest.mark.parametrize(
    ("raw", "hint"),
    [(1.1, "send it as text"), (True, "put it in quotes"), (["a"], "a list is no text"), ({}, "a mapping is no text")],
)
def test_what_is_no_text_is_refused(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(STRING, raw)


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("smal", "write small"),
        ("LARGE", "write large"),
        ("huge", "write one of small, medium, large"),
        (True, "is none of small, medium, large"),
        ([], "is none of"),
    ],
)
def test_an_enum_names_the_nearest_choice(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(ENUM, raw)


def test_an_enum_keeps_numbers_apart_from_truth() -> None:
    ports = Attribute("port", "enum", choices=("1", "443"))
    assert normalise(ports, 443) == "443"
    with pytest.raises(WrongValue):
        normalise(ports, True)


def test_an_enum_is_ordered_as_its_choices_are_written() -> None:
    assert sorted(["large", "small", "medium"], key=lambda size: order(ENUM, size)) == ["small", "medium", "large"]


@pytest.mark.parametrize("raw", [True, "true", "True", "TRUE"])
def test_true(raw: Value) -> None:
    assert normalise(BOOLEAN, raw) is True


@pytest.mark.parametrize("raw", [False, "false", "False", "FALSE"])
def test_false(raw: Value) -> None:
    assert normalise(BOOLEAN, raw) is False


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("yes", "'yes' is neither true nor false; write true"),
        ("On", "write true"),
        ("y", "write true"),
        (1, "1 is neither true nor false; write true"),
        ("no", "write false"),
        ("off", "write false"),
        (0, "write false"),
        ("tRUE", "write true or false"),
        (2, "write true or false"),
        (1.0, "write true or false"),
        ([], "a list is neither"),
        pytest.param(10**5000, "write true or false", id="huge"),
    ],
)
def test_other_words_for_truth_are_told_what_to_write(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(BOOLEAN, raw)


@pytest.mark.parametrize(
    "raw",
    [
        "https://wiki.example.org/payments-db",
        "HTTP://Wiki.Example.org",
        "ssh://git@git.example.org:22/x.git",
        "jdbc:postgresql://db/shop",
        "file:///srv/x",
        "mailto:noc@example.org",
        "https://[2001:db8::1]:8443/?a=b#c",
    ],
)
def test_urls_stay_as_written(raw: str) -> None:
    assert normalise(URL, raw) == raw


@pytest.mark.parametrize(
    "raw", ["wiki.example.org", "localhost:8080", "http:///x", "https://a b", "", "://x", 5, None, []]
)
def test_what_is_no_url_is_refused(raw: Value) -> None:
    with pytest.raises(WrongValue, match="is no URL; write it in full"):
        normalise(URL, raw)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("https://Wiki.example.org/x", "HTTPS://wiki.EXAMPLE.org/x", True),
        ("https://wiki.example.org", "https://wiki.example.org/", True),
        ("https://wiki.example.org?x", "https://wiki.example.org/?x", True),
        ("https://wiki.example.org/x", "https://wiki.example.org/X", False),
        ("https://User@wiki.example.org/", "https://user@wiki.example.org/", False),
        ("http://wiki.example.org/", "https://wiki.example.org/", False),
    ],
)
def test_scheme_and_host_of_a_url_have_no_case(left: str, right: str, same: bool) -> None:
    assert equal(URL, left, right) is same
