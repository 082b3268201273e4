from __future__ import annotations

import pytest

from cmdb.model.keypath import Item, KeyPath
from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, key, normalise, text, wants_text
from cmdb.model.value import Value

PORTS = Attribute("ports", "set", of=Attribute("", "integer"))
PACKAGES = Attribute("packages", "map", of=Attribute("", "version"))
DISKS = Attribute("disks", "list", of=Attribute("", "bytes"))
NICS = Attribute("nics", "list", of=Attribute("", "map"), by="name")
ANY_LIST, ANY_SET, ANY_MAP = (Attribute("any", name) for name in ("list", "set", "map"))
ETH0: Value = {"name": "eth0", "mtu": 1500}
ETH1: Value = {"name": "eth1", "mtu": 9000}


@pytest.mark.parametrize(
    ("attribute", "raw", "value"),
    [
        (DISKS, ["1 GiB", 5], (1024**3, 5)),
        (DISKS, [], ()),
        (ANY_LIST, [1, [True], {"a": [None]}], (1, (True,), {"a": (None,)})),
        (PORTS, [443, "22", 443, 80], (22, 80, 443)),
        (PORTS, {443, 22}, (22, 443)),
        (Attribute("", "set", of=Attribute("", "version")), ["1.10", "1.9", "1.9.0"], ("1.9", "1.10")),
        (Attribute("", "set", of=Attribute("", "hostname")), ["B", "a", "b."], ("a", "b")),
        (Attribute("", "set", of=Attribute("", "enum", choices=("s", "m", "l"))), ["l", "s", "m"], ("s", "m", "l")),
        (
            ANY_SET,
            ["b", 10, 9, True, 1, 1.0, None, ["x"], {"k": 1}, "b"],
            (None, True, 1.0, 1, 9, 10, "b", ("x",), {"k": 1}),
        ),
        (PACKAGES, {"openssl": "3.0", "curl": 8}, {"openssl": "3.0", "curl": "8"}),
        (PACKAGES, {"telnetd": None}, {"telnetd": None}),
        (ANY_MAP, {"a": [1], 5: "x"}, {"a": (1,), "5": "x"}),
        (NICS, [ETH0, ETH1], (ETH0, ETH1)),
        (Attribute("", "list", of=DISKS), [["1 KiB"], []], ((1024,), ())),
    ],
)
def test_collections(attribute: Attribute, raw: Value, value: Value) -> None:
    found = normalise(attribute, raw)
    assert key(None, found) == key(None, value)
    assert list(map(str, found)) == list(map(str, value))


@pytest.mark.parametrize(
    ("attribute", "raw", "hint", "path"),
    [
        (DISKS, "1 GiB", r"'1 GiB' is no list; write \['1 GiB'\]", ()),
        (DISKS, {"a": 1}, r"a mapping is no list; write \[…\]", ()),
        (DISKS, ["1 GiB", "lots"], "'lots' is no size", (1,)),
        (DISKS, [None], "the item is empty", (0,)),
        (PORTS, 22, r"22 is no set; write \[22\]", ()),
        (PORTS, [22, "ssh"], "'ssh' is no whole number", (1,)),
        (PORTS, [True], "true is no whole number", (0,)),
        (PACKAGES, ["openssl"], "a list is no mapping; write it as {name: value}", ()),
        (PACKAGES, {"openssl": 3.1}, "send it as text", ("openssl",)),
        (ANY_MAP, {1: "a", "1": "b"}, "two names of the mapping are the same text", ()),
        (NICS, [ETH0, "eth1"], "'eth1' is no mapping", (1,)),
        (NICS, [ETH0, {"mtu": 1}], "the item has no name, and items are known by their name", (1,)),
        (NICS, [{"name": ""}], "the item has no name", (0,)),
        (NICS, [{"name": True}], "the item has no name", (0,)),
        (NICS, [ETH0, {"name": "eth0"}], "another item has the name 'eth0' too", (1, "name")),
        (Attribute("", "list", of=PACKAGES, by="name"), [{"name": "a", "x": 1.5}], "as text", (Item("name", "a"), "x")),
        (Attribute("", "map", of=DISKS), {"web": [1, "x"]}, "is no size", ("web", 1)),
    ],
)
def test_what_is_wrong_in_a_collection_says_where(attribute: Attribute, raw: Value, hint: str, path: KeyPath) -> None:
    with pytest.raises(WrongValue, match=hint) as caught:
        normalise(attribute, raw)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("attribute", "left", "right", "same"),
    [
        (DISKS, (1, 2), (2, 1), False),
        (NICS, (ETH0, ETH1), (ETH1, ETH0), True),
        (NICS, (ETH0,), (ETH1,), False),
        (NICS, (ETH0,), ({**ETH0, "mtu": 1500.0},), False),
        (PACKAGES, {"a": "1.0", "b": "2"}, {"b": "2.0", "a": "1"}, True),
        (PACKAGES, {"a": "1.0"}, {"a": "1.0", "b": "2"}, False),
        (PACKAGES, {"a": None}, {"a": "1.0"}, False),
        (PACKAGES, {"a": None}, {"a": None}, True),
        (ANY_MAP, {"a": 1}, {"a": True}, False),
        (ANY_MAP, {"a": (1,)}, {"a": (1.0,)}, False),
        (ANY_LIST, (1, "x"), (1, "x"), True),
        (ANY_SET, (1, "x"), (True, "x"), False),
        (Attribute("", "map", of=ANY_LIST), {"a": (1,)}, {"a": (True,)}, False),
    ],
)
def test_collections_are_equal_when_their_items_are(
    attribute: Attribute, left: Value, right: Value, same: bool
) -> None:
    assert equal(attribute, left, right) is equal(attribute, right, left) is same
    assert (key(attribute, left) == key(attribute, right)) is same


def test_collections_are_shown_as_yaml_writes_them() -> None:
    assert text(DISKS, (1024**3, 5)) == "[1 GiB, 5 B]"
    assert text(PACKAGES, {"a": "1.0", "b": None}) == "{a: 1.0, b: null}"
    assert text(None, (True, 1, {"a": None})) == "[true, 1, {a: null}]"


def test_items_say_whether_plain_scalars_arrive_as_text() -> None:
    assert wants_text(DISKS)
    assert wants_text(PACKAGES)
    assert not wants_text(PORTS)
    assert not wants_text(ANY_LIST)
