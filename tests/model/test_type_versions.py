"""Versions against what the makers of each scheme publish: dpkg's `scripts/t/Dpkg_Version.t`, rpm's
`tests/rpmvercmp.at`, clause 11 of semver.org and the examples of its suggested regular expression, PEP 440."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, equal, normalise, order
from cmdb.model.value import Value
from cmdb.testing.values import versions


def version(scheme: str) -> Attribute:
    return Attribute("version", "version", scheme=scheme)


def compared(scheme: str, left: str, right: str) -> int:
    attribute = version(scheme)
    one, other = (order(attribute, normalise(attribute, text)) for text in (left, right))
    assert equal(attribute, left, right) == (one == other)
    return int(one > other) - int(one < other)


GENERIC = """
    1.0 1.0.0 0
    1 1.0.0.0 0
    2.0 2 0
    1.0-2.0 1.0-2 0
    15.0-1 15-1 0
    1.0-rc1 1-rc1 0
    1.10 1.1 1
    1.10 1.9 1
    1.1 1.1.1 -1
    2.0-rc1 2.0 -1
    2.0-rc1 2 -1
    2.0-rc1 1.9.9 1
    2.0-RC1 2.0 -1
    2.0-rc.2 2.0-rc.10 -1
    2.0-rc2 2.0-rc10 -1
    2.0-alpha 2.0-beta -1
    2.0-beta 2.0-pre -1
    2.0-pre 2.0-rc -1
    2.0-preview.3 2.0 -1
    2.0-alpha1 2.0 -1
    2.0-beta.1 2.0.0 -1
    2.0-pre1 2.0 -1
    2.0-1 2.0 1
    2.0-1-rc1 2.0-1 -1
    2.0-precise1 2.0 1
    1.0~1 1.0 -1
    1.0+x 1.0 1
    1:1.0 2.0 1
    6.1.0-18-amd64 6.1.0-9-amd64 1
    15.8 15.10 -1
    9.2p1 9.2p2 -1
    1.0a 1.0 1
    0.0 0 0
"""
DEB = """
    1.0-1 2.0-2 -1
    2.2~rc-4 2.2-1 -1
    1.0000-1 1.0-1 0
    1 0:1 0
    0 0:0-0 0
    2:2.5 1:7.5 1
    1:0foo 0foo 1
    0:0foo 0foo 0
    0foo 0fo 1
    0foo~1 0foo -1
    0foo~foo+Bar 0foo~foo+bar -1
    0foo~~ 0foo~ -1
    1~ 1 -1
    12345+that-really-is-some-ver-0 12345+that-really-is-some-ver-10 -1
    0foo-0 0foo-01 -1
    0foo.bar 0foobar 1
    0foo.bar 0foo1bar 1
    0foo.bar 0foo0bar 1
    0foo1bar-1 0foobar-1 -1
    0foo2.0 0foo2 1
    0foo2.0.0 0foo2.10.0 -1
    0foo2.0 0foo2.0.0 -1
    0foo2.0 0foo2.10 -1
    0foo2.1 0foo2.10 -1
    1.09 1.9 0
    1.0.8+nmu1 1.0.8 1
    3.11 3.10+nmu1 1
    0.9j-20080306-4 0.9i-20070324-2 1
    1.2.0~b7-1 1.2.0~b6-1 1
    1.011-1 1.06-2 1
    0.0.9+dfsg1-1 0.0.8+dfsg1-3 1
    4.6.99+svn6582-1 4.6.99+svn6496-1 1
    53 52 1
    0.9.9~pre122-1 0.9.9~pre111-1 1
    2:2.3.2-2+lenny2 2:2.3.2-2 1
    1:3.8.1-1 3.8.GA-1 1
    1.0.1+gpl-1 1.0.1-2 1
    1a 1000a -1
    1.0 1.0-0 0
    1.0 1.0.0 -1
    1.0 1.0-rc1 -1
    1:1:2 1:1:1 1
"""
RPM = """
    1.0 1.0 0
    1.0 2.0 -1
    2.0.1 2.0.1 0
    2.0 2.0.1 -1
    2.0.1a 2.0.1a 0
    2.0.1a 2.0.1 1
    5.5p1 5.5p2 -1
    5.5p1 5.5p10 -1
    10xyz 10.1xyz -1
    xyz10 xyz10 0
    xyz10 xyz10.1 -1
    xyz.4 8 -1
    xyz.4 2 -1
    5.5p2 5.6p1 -1
    5.6p1 6.5p1 -1
    6.0.rc1 6.0 1
    10b2 10a1 1
    10a2 10b2 -1
    1.0a 1.0aa -1
    10.0001 10.1 0
    10.0001 10.0039 -1
    4.999.9 5.0 -1
    20101121 20101122 -1
    2_0 2.0 0
    a+ a_ 0
    +a _a 0
    +_ _+ 0
    + _ 0
    1.0~rc1 1.0~rc1 0
    1.0~rc1 1.0 -1
    1.0~rc1 1.0~rc2 -1
    1.0~rc1~git123 1.0~rc1~git123 0
    1.0~rc1~git123 1.0~rc1 -1
    1.0^ 1.0^ 0
    1.0^ 1.0 1
    1.0^git1 1.0 1
    1.0^git1 1.0^git2 -1
    1.0^git1 1.01 -1
    1.0^20160101 1.0.1 -1
    1.0^20160102 1.0^20160101^git1 1
    1.0~rc1^git1 1.0~rc1 1
    1.0^git1~pre 1.0^git1 -1
    1b.fc17 1.fc17 -1
    1g.fc17 1.fc17 1
    1:1.0-1 2.0-1 1
    0:1.0-1 1.0-1 0
    1.0-1 1.0-2 -1
    1.0-1.el9 1.0-1.el9_2 -1
    1.0 1.0-0 -1
    1.0~rc1-2 1.0-1 -1
"""
SEMVER = """
    1.0.0 2.0.0 -1
    2.0.0 2.1.0 -1
    2.1.0 2.1.1 -1
    2.1.10 2.1.9 1
    1.0.0-alpha 1.0.0 -1
    1.0.0-alpha 1.0.0-alpha.1 -1
    1.0.0-alpha.1 1.0.0-alpha.beta -1
    1.0.0-alpha.beta 1.0.0-beta -1
    1.0.0-beta 1.0.0-beta.2 -1
    1.0.0-beta.2 1.0.0-beta.11 -1
    1.0.0-beta.11 1.0.0-rc.1 -1
    1.0.0-rc.1 1.0.0 -1
    1.0.0+20130313144700 1.0.0 0
    1.0.0+a 1.0.0+b 0
    1.0.0-beta+exp.sha.5114f85 1.0.0-beta 0
    1.0.0-1 1.0.0-a -1
    1.0.0-A 1.0.0-a -1
    99999999999999999999999.0.0 99999999999999999999998.0.0 1
"""
PEP440 = """
    1.dev0 1.0.dev456 -1
    1.0.dev456 1.0a1 -1
    1.0a1 1.0a2.dev456 -1
    1.0a2.dev456 1.0a12.dev456 -1
    1.0a12.dev456 1.0a12 -1
    1.0a12 1.0b1.dev456 -1
    1.0b1.dev456 1.0b2 -1
    1.0b2 1.0b2.post345.dev456 -1
    1.0b2.post345.dev456 1.0b2.post345 -1
    1.0b2.post345 1.0rc1.dev456 -1
    1.0rc1.dev456 1.0rc1 -1
    1.0rc1 1.0 -1
    1.0 1.0+abc.5 -1
    1.0+abc.5 1.0+abc.7 -1
    1.0+abc.7 1.0+5 -1
    1.0+5 1.0.post456.dev34 -1
    1.0.post456.dev34 1.0.post456 -1
    1.0.15 1.1.dev1 -1
    1.0 1.0.0 0
    v1.0 1.0 0
    1!0.1 2.0 1
"""
NO_SEMVER = """
    1 1.2 1.2.3-0123 1.2.3-0123.0123 1.1.2+.123 +invalid -invalid -invalid+invalid alpha alpha.beta.1 alpha+beta alpha_beta
    alpha. 1.0.0-alpha_beta 1.0.0-alpha.. 1.0.0-alpha..1 01.1.1 1.01.1 1.1.01 1.2.3.DEV 1.2-SNAPSHOT +justmeta
    1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788 -1.0.3-gamma+b7718 9.8.7+meta+meta v1.2.3
"""
SEMVER_FORMS = """
    0.0.4 10.20.30 1.1.2-prerelease+meta 1.1.2+meta-valid 1.0.0-alpha0.valid 1.0.0-alpha.0valid 1.0.0-0A.is.legal
    1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay 1.2.3----RC-SNAPSHOT.12.9.1--.12+788
    1.0.0+0.build.1-rc.10000aaa-kk-0.1 99999999999999999999999.999999999999999999.99999999999999999
"""
CLAUSE_11 = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0"


@pytest.mark.parametrize(
    ("scheme", "left", "right", "expected"),
    [
        (scheme, *line.split())
        for scheme, table in {"generic": GENERIC, "deb": DEB, "rpm": RPM, "semver": SEMVER, "pep440": PEP440}.items()
        for line in table.strip().splitlines()
    ],
)
def test_versions_compare_as_published(scheme: str, left: str, right: str, expected: str) -> None:
    assert compared(scheme, left, right) == int(expected)
    assert compared(scheme, right, left) == -int(expected)


def test_no_scheme_is_the_generic_one() -> None:
    assert equal(version(""), "1.0", "1.0.0")


@settings(deadline=None)
@given(versions("deb"), versions("deb"))
def test_the_generic_scheme_is_dpkg_where_nothing_is_special(left: str, right: str) -> None:
    assume(not any(part.endswith(".") for text in (left, right) for part in text.replace("-", "~").split("~")))
    assume(".0" not in left + right)
    assert compared("generic", left, right) == compared("deb", left, right)


@settings(deadline=None)
@given(versions(), st.sampled_from(["-rc", "-alpha", "-beta", "-pre"]), st.integers(0, 20))
def test_everything_before_a_release_comes_after_the_one_before(release: str, tag: str, number: int) -> None:
    assert compared("generic", f"{release}{tag}{number}", release) == -1


@pytest.mark.parametrize("scheme", ["generic", "deb", "rpm", "semver", "pep440"])
def test_endless_digits_are_compared_too(scheme: str) -> None:
    low, high = (f"{digits}.0.0" for digits in ("1" * 400, "2" * 400))
    assert compared(scheme, low, high) == -1


def test_versions_are_text_as_written() -> None:
    for text in ("1.10", "15.8 (Debian 15.8-1)", "2.0-RC1", "v1.2"):
        assert normalise(version(""), text) == text
    assert normalise(version(""), 15) == "15"


@pytest.mark.parametrize(
    ("scheme", "raw", "hint"),
    [
        ("", 1.1, "1.1 came as a number, which loses digits .*; send it as text"),
        ("", True, "true is no version; write it as text, such as 15.8"),
        ("", "", "'' is no version"),
        ("", "1" * 501, "is no version"),
        ("deb", "a1", "is no version of the scheme deb; write"),
        ("deb", "1_0", "scheme deb"),
        ("deb", "1.0-", "scheme deb"),
        ("deb", "a:1", "scheme deb"),
        ("deb", "1a:1", "scheme deb"),
        ("deb", "2147483648:1", "scheme deb"),
        ("deb", "1 0", "scheme deb"),
        ("rpm", "bash-5.1-2", "scheme rpm"),
        ("rpm", "1.0-", "scheme rpm"),
        ("rpm", "1.1.α", "scheme rpm"),
        ("pep440", "french toast", "scheme pep440"),
        *[("semver", text, "scheme semver; write three numbers") for text in NO_SEMVER.split()],
    ],
)
def test_what_is_no_version_of_the_scheme_is_refused(scheme: str, raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(version(scheme), raw)


@pytest.mark.parametrize(
    "text",
    SEMVER_FORMS.split(),
)
def test_semantic_versions(text: str) -> None:
    assert normalise(version("semver"), text) == text


def test_the_chain_of_clause_11_holds_as_a_whole() -> None:
    places = [order(version("semver"), text) for text in CLAUSE_11.split()]
    assert all(low < high for low, high in pairwise(places))
