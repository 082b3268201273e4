from __future__ import annotations

import re

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import TYPES, misdeclared, normalise

INTEGER = Attribute("", "integer")


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute("n"),
        Attribute("n", "enum", choices=("a", "b"), default="a", minimum="a"),
        Attribute("n", "version", scheme="deb", minimum="1:1.0"),
        Attribute("n", "quantity", unit="W", minimum=0, maximum="1 kW", tolerance="10 W"),
        Attribute("n", "quantity", tolerance="5%"),
        Attribute("n", "bytes", tolerance="5%", default="1 GiB"),
        Attribute("n", "bytes", tolerance=1024, minimum="1 GiB", maximum="1 GiB"),
        Attribute("n", "date", tolerance="2d"),
        Attribute("n", "datetime", tolerance="5m"),
        Attribute("n", "string", pattern="[a-z]+", default="abc", minimum="a"),
        Attribute("n", "list", of=Attribute("", "map"), by="name", default=({"name": "a"},)),
        Attribute("n", "map", of=Attribute("", "version"), closed=True, default={"a": "1"}),
        Attribute("n", "set", of=INTEGER, required=True, unique=True, identity=True, volatile=True, secret=True),
    ],
)
def test_declarations_that_make_sense(attribute: Attribute) -> None:
    assert misdeclared(attribute) is None


@pytest.mark.parametrize(
    ("attribute", "complaint"),
    [
        (Attribute("n", "intger"), "'intger' is no attribute type; write integer"),
        (Attribute("n", "colour"), "'colour' is no attribute type; the types are string, integer, .*, map"),
        (Attribute("n", "enum"), "an enum needs choices"),
        (Attribute("n", "enum", choices=("a", "b", "a")), "the choice 'a' stands twice"),
        (Attribute("n", "string", choices=("a",)), "choices belong to type enum"),
        (
            Attribute("n", "string", of=INTEGER),
            "of gives the type of the items of a list, set or map, and string has none",
        ),
        (Attribute("n", "list", of=Attribute("", "enum")), "of: an enum needs choices"),
        (Attribute("n", "list", of=Attribute("", "list", of=Attribute("", "x"))), "of: of: 'x' is no attribute type"),
        (Attribute("n", "map", by="name"), "by names the field .*; write type: list, of: map"),
        (Attribute("n", "list", by="name"), "write type: list, of: map"),
        (Attribute("n", "list", of=INTEGER, by="name"), "write type: list, of: map"),
        (Attribute("n", "string", scheme="deb"), "scheme says how versions compare; write type: version"),
        (
            Attribute("n", "version", scheme="debian"),
            "no version scheme; the schemes are generic, deb, rpm, semver, pep440",
        ),
        (Attribute("n", "number", unit="W"), "unit belongs to type quantity"),
        (Attribute("n", "list", closed=True), "closed says that a map has no other keys"),
        (Attribute("n", "string", pattern="("), r"the pattern '\(' is no regular expression"),
        (Attribute("n", "integer", pattern="1+"), "a pattern restricts text, and integer is none"),
        (Attribute("n", "list", pattern="1+"), "or write it for the items, under of"),
        (Attribute("n", "hostname", minimum="a"), "hostname has no order, so no minimum"),
        (Attribute("n", "set", maximum=3), "set has no order, so no maximum; .* under of"),
        (Attribute("n", "integer", minimum="many"), "the minimum 'many' is no integer"),
        (Attribute("n", "bytes", maximum="32G"), "the maximum '32G' is no bytes"),
        (Attribute("n", "integer", maximum=[3]), "the maximum a list is no integer"),
        (Attribute("n", "integer", minimum=True), "the minimum true is no integer"),
        (Attribute("n", "integer", minimum=3, maximum=2), "the minimum 3 is above the maximum 2"),
        (Attribute("n", "version", minimum="1.10", maximum="1.9"), "above the maximum"),
        (Attribute("n", "quantity", minimum="1 kW"), "a minimum needs a unit to be in"),
        (Attribute("n", "quantity", tolerance="1 kW"), "an amount as tolerance needs a unit"),
        (Attribute("n", "version", tolerance="5%"), "version has no tolerance"),
        (Attribute("n", "list", of=INTEGER, tolerance="5%"), "list has no tolerance; .* under of"),
        (
            Attribute("n", "bytes", tolerance="much"),
            "'much' is no tolerance; write a percentage, or an amount of type bytes",
        ),
        (Attribute("n", "bytes", tolerance="-5%"), "is no tolerance"),
        (Attribute("n", "number", tolerance=-1), "-1 is no tolerance"),
        (Attribute("n", "number", tolerance=[1]), "a list is no tolerance"),
        (Attribute("n", "date", tolerance="5%"), "'5%' is no tolerance; write a duration, such as 5m"),
        (Attribute("n", "integer", default="many"), "the default does not fit: 'many' is no whole number"),
        (Attribute("n", "integer", default=0, minimum=1), "the default does not fit: 0 is below the minimum"),
        (Attribute("n", "enum", choices=("a",), default="b"), "the default does not fit"),
    ],
)
def test_declarations_that_make_no_sense(attribute: Attribute, complaint: str) -> None:
    found = misdeclared(attribute)
    assert found
    assert re.search(complaint, found), found


def test_a_value_of_an_unknown_type_is_left_alone() -> None:
    assert normalise(Attribute("n", "intger"), ["1"]) == ("1",)


def test_the_table_holds_the_types_of_the_file_format() -> None:
    assert " ".join(TYPES) == (
        "string integer number boolean enum date datetime duration bytes quantity version ip cidr mac hostname url list set map"
    )
