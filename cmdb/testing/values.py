"""Hypothesis strategies for attribute types: declarations that make sense, raw values as files and sources write them,
and what `normalise` makes of those."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta, timezone

from hypothesis import strategies as st

from cmdb.model.kind import Attribute
from cmdb.model.types import TYPES, normalise
from cmdb.model.value import Value

Strategy = st.SearchStrategy[Value]

SCALARS = tuple(name for name in TYPES if name not in ("list", "set", "map"))
SCHEMES = ("generic", "deb", "rpm", "semver", "pep440")
UNITS = ("", "W", "kW", "Mbit/s", "V", "m²", "%")
CHOICES = ("small", "medium", "large")

BYTE_UNITS: Mapping[str, int] = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGTP", 1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", 1)},
    **{f"{prefix}i": 1024**power for power, prefix in enumerate("KMGTP", 1)},
}
SECONDS: Mapping[str, int] = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
whole_numbers = st.integers(-(10**30), 10**30)
fractions = st.floats(-1e12, 1e12, allow_nan=False)
macs = st.binary(min_size=6, max_size=6)
"""A hardware address as its six bytes; `mac_forms` gives the ways to write it."""


def attributes(types: Sequence[str] = tuple(TYPES)) -> st.SearchStrategy[Attribute]:
    """Declarations that make sense, of the types asked for; the items of collections are scalars, or untyped."""
    return st.sampled_from(types).flatmap(_attribute)


def raws(attribute: Attribute) -> Strategy:
    """Raw values that the attribute's type accepts, in the spellings that files and sources use."""
    if attribute.type in ("list", "set"):
        return st.lists(_items(attribute), max_size=5)
    if attribute.type == "map":
        return st.dictionaries(words, st.none() | _items(attribute), max_size=5)
    return _RAWS[attribute.type](attribute)


def values(attribute: Attribute) -> Strategy:
    """Normalised values of an attribute."""
    return raws(attribute).map(lambda raw: normalise(attribute, raw))


def untyped() -> Strategy:
    """Values as JSON has them, for positions that no type is declared for."""
    scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 2.5]) | words
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))


def byte_sizes() -> st.SearchStrategy[tuple[str, int]]:
    """Sizes as text, and the number of bytes that they are."""
    return st.builds(
        lambda count, unit, space: (f"{count}{space}{unit}", count * BYTE_UNITS[unit]),
        st.integers(0, 10**6),
        st.sampled_from(sorted(BYTE_UNITS)),
        st.sampled_from(["", " "]),
    )


def durations() -> st.SearchStrategy[tuple[str, int]]:
    """Durations such as `1h30m` and `P1DT2H` as text, and the number of seconds that they are."""
    counts = st.dictionaries(st.sampled_from(sorted(SECONDS)), st.integers(0, 99), min_size=1)
    return st.builds(_duration, counts, st.booleans())


def mac_forms(address: bytes) -> st.SearchStrategy[str]:
    """The ways to write a hardware address."""
    digits = address.hex()
    forms = [address.hex(":"), address.hex("-"), f"{digits[:4]}.{digits[4:8]}.{digits[8:]}", digits]
    return st.sampled_from([*forms, *(form.upper() for form in forms)])


def versions(scheme: str = "generic") -> st.SearchStrategy[str]:
    """Versions that the scheme accepts, close enough to each other to be equal or nearly so now and then."""
    return st.from_regex(_VERSIONS[scheme], fullmatch=True)


_NUMBER = "(0|1|2|10|01)"
_SEMVER_ID = "(0|1|10|a|b|rc|a-1)"
_VERSIONS = {
    "generic": rf"(v|1:)?{_NUMBER}(\.{_NUMBER}){{0,3}}(-(rc|alpha|beta|pre|RC)[.]?{_NUMBER}?|[ab]|~1)?(-{_NUMBER})?",
    "deb": r"([0-2]:)?[0-2][0-2a-bB.+~]{0,5}(-[0-2a-b.+~]{1,3})?",
    "rpm": r"([0-2]:)?[0-2a-b._+~^]{1,6}(-[0-2a-b._~^]{1,3})?",
    "semver": rf"(0|1|10)\.(0|1)\.(0|2)(-{_SEMVER_ID}(\.{_SEMVER_ID}){{0,2}})?(\+[a1]{{1,2}})?",
    "pep440": rf"{_NUMBER}(\.{_NUMBER}){{0,2}}((a|b|rc){_NUMBER})?(\.post{_NUMBER})?(\.dev{_NUMBER})?(\+[a1])?",
}


def _duration(counts: dict[str, int], iso: bool) -> tuple[str, int]:
    parts = [(unit, counts[unit]) for unit in SECONDS if unit in counts]
    seconds = sum(count * SECONDS[unit] for unit, count in parts)
    if not iso:
        return "".join(f"{count}{unit}" for unit, count in parts), seconds
    date, time = ("".join(f"{n}{unit.upper()}" for unit, n in parts if unit in units) for units in ("wd", "hms"))
    return f"P{date}T{time}" if time else f"P{date}", seconds


def _attribute(name: str) -> st.SearchStrategy[Attribute]:
    if name in ("list", "set", "map"):
        of = st.none() | attributes(SCALARS)
        return of.map(lambda item: Attribute("value", name, of=item))
    if name == "enum":
        return st.just(Attribute("value", name, choices=CHOICES))
    if name == "version":
        return st.sampled_from(["", *SCHEMES]).map(lambda scheme: Attribute("value", name, scheme=scheme))
    if name == "quantity":
        return st.sampled_from(UNITS).map(lambda unit: Attribute("value", name, unit=unit))
    return st.just(Attribute("value", name))


def _items(attribute: Attribute) -> Strategy:
    return raws(attribute.of) if attribute.of else untyped()


def _numbers(_attribute: Attribute) -> Strategy:
    return whole_numbers | whole_numbers.map(str) | fractions | fractions.map(str)


def _integers(_attribute: Attribute) -> Strategy:
    return whole_numbers | whole_numbers.map(str) | st.integers(-1000, 1000).map(float)


def _quantities(attribute: Attribute) -> Strategy:
    multiples = [attribute.unit or "kW", *(["W", "MW"] if attribute.unit in ("", "W", "kW") else [])]
    written = st.builds("{}{}{}".format, fractions, st.sampled_from(["", " "]), st.sampled_from(multiples))
    return fractions | st.integers(-1000, 1000) | written


def _datetimes(_attribute: Attribute) -> Strategy:
    offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    moments = st.datetimes(timezones=offsets).filter(lambda moment: 1 < moment.year < 9999)
    return st.builds(lambda moment, between: moment.isoformat(between), moments, st.sampled_from("T "))


def _cidrs(_attribute: Attribute) -> Strategy:
    v4 = st.builds("{}/{}".format, st.ip_addresses(v=4), st.integers(0, 32))
    return v4 | st.builds("{}/{}".format, st.ip_addresses(v=6), st.integers(0, 128))


def _hostnames(_attribute: Attribute) -> Strategy:
    label = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}(-[A-Za-z0-9])?", fullmatch=True)
    return st.builds(
        lambda labels, dot: ".".join(labels) + dot, st.lists(label, min_size=1, max_size=4), st.sampled_from(["", "."])
    )


def _urls(_attribute: Attribute) -> Strategy:
    return st.builds(
        "{}://{}{}".format,
        st.sampled_from(["http", "https", "HTTPS", "ssh", "jdbc:postgresql"]),
        st.sampled_from(["wiki.example.org", "WIKI.example.org", "user@db:5432", "[2001:db8::1]"]),
        st.sampled_from(["", "/", "/page", "/Page?x=1#y", "?x"]),
    )


def _sizes(_attribute: Attribute) -> Strategy:
    return st.integers(0, 2**70) | st.integers(0, 2**70).map(str) | byte_sizes().map(lambda size: size[0])


def _durations(_attribute: Attribute) -> Strategy:
    return durations().map(lambda duration: duration[0]) | fractions | st.integers(0, 10**6)


_RAWS: Mapping[str, Callable[[Attribute], Strategy]] = {
    "string": lambda _attribute: st.text(max_size=10),
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda _attribute: st.booleans() | st.sampled_from(["true", "True", "TRUE", "false", "False", "FALSE"]),
    "enum": lambda attribute: st.sampled_from(attribute.choices),
    "date": lambda _attribute: st.dates().map(str),
    "datetime": _datetimes,
    "duration": _durations,
    "bytes": _sizes,
    "quantity": _quantities,
    "version": lambda attribute: versions(attribute.scheme or "generic"),
    "ip": lambda _attribute: st.ip_addresses().map(str),
    "cidr": _cidrs,
    "mac": lambda _attribute: macs.flatmap(mac_forms),
    "hostname": _hostnames,
    "url": _urls,
}
