from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cmdb.discovery.protocol import Context, DiscoverySource, Finding
from cmdb.model.snapshot import Coverage, Observation
from cmdb.testing.sources import SourceConformance, check_source

CLAIM = Coverage("kind=server")


class Hosts:
    """A source as it should be: one server a line of a file, ended by a dot."""

    kinds: ClassVar[tuple[str, ...]] = ("server",)

    def __init__(self, hosts: str) -> None:
        if not hosts:
            raise ValueError("hosts: give the name of a file")
        self.hosts = hosts

    def discover(self, context: Context) -> Iterator[Finding]:
        *names, last = (context.root / self.hosts).read_text().split()
        for name in names:
            yield Observation("server", name)
        if last != ".":
            raise ValueError("the file ends early")
        yield CLAIM


class TestHosts(SourceConformance):
    wrong_options: ClassVar[Sequence[Mapping[str, Any]]] = ({}, {"hosts": ""}, {"host": "x"})

    def source(self, root: Path) -> DiscoverySource:
        return self.of(root, "web-1 web-2 .")

    def seeing_nothing(self, root: Path) -> DiscoverySource:
        return self.of(root, ".")

    def breaking(self, root: Path) -> DiscoverySource:
        return self.of(root, "web-1 web-")

    def of(self, root: Path, text: str) -> DiscoverySource:
        (root / "hosts.txt").write_text(text)
        return Hosts("hosts.txt")


def test_a_good_source_passes_alone_as_well(tmp_path: Path) -> None:
    check_source(TestHosts().source, tmp_path)


class Bad:
    """A source that yields what it is given, and does something besides."""

    kinds: ClassVar[tuple[str, ...]] = ("server",)

    def __init__(self, *findings: Any, first: Callable[[], object] = lambda: None) -> None:
        self.findings = findings
        self.first = first

    def discover(self, context: Context) -> Iterator[Finding]:
        del context
        self.first()
        for found in self.findings:
            if isinstance(found, Exception):
                raise found
            yield found() if callable(found) else found


class Unkind(Bad):
    kinds: ClassVar[tuple[str, ...]] = ()


class Careless(Bad):
    def __init__(self, *findings: Any, **options: Any) -> None:
        super().__init__(*findings)
        self.options = options


class Wordless(Bad):
    def __init__(self, *findings: Any, **options: Any) -> None:
        if options:
            raise ValueError
        super().__init__(*findings)


def always(source: DiscoverySource) -> Callable[[Path], DiscoverySource]:
    """Whatever folder it is given, the same source."""

    def given(root: Path) -> DiscoverySource:
        del root
        return source

    return given


GOOD = (Observation("server", "a"), CLAIM)
NUMBERS = count()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (Bad(*GOOD, "text"), "neither an Observation nor a Coverage"),
        (Bad(*GOOD, Observation("server", "b", {"x": b"y"})), "attributes.x: bytes is no JSON type"),
        (Bad(*GOOD, GOOD[0]), "have the key 'a'"),
        (Bad(GOOD[0]), "it yielded no Coverage"),
        (Bad(CLAIM), "it saw nothing"),
        (Bad(*GOOD, OSError("boom")), "it raised OSError('boom')"),
        (Bad(*GOOD, first=lambda: sys.stdout.write("garbage")), "it printed 'garbage'"),
        (Bad(*GOOD, first=lambda: os.write(1, b"garbage")), "it printed 'garbage'"),
        (Bad(*GOOD, first=lambda: subprocess.run(["echo", "garbage"], check=True)), "it printed 'garbage"),
        (Bad(lambda: Observation("server", str(next(NUMBERS))), CLAIM), "the first time it saw {"),
        (Unkind(*GOOD), "kinds is a tuple of names of kinds, not ()"),
        (Careless(*GOOD), "it took the options {'no_such_option': 1} without complaint"),
        (Wordless(*GOOD), "it refused the options {'no_such_option': 1} without a word"),
    ],
)
def test_a_bad_source_is_told_what_is_wrong(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], source: DiscoverySource, why: str
) -> None:
    with pytest.raises((AssertionError, TypeError, ValueError)) as error:
        check_source(always(source), tmp_path)
    assert why in str(error.value)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (Bad(OSError("boom")), "nothing to see is an answer, not an error"),
        (Bad(), "nothing seen looks the same as not looked"),
        (Bad(*GOOD), "seeing_nothing() has to prepare nothing"),
    ],
)
def test_a_source_that_hides_that_there_is_nothing_to_see(tmp_path: Path, source: DiscoverySource, why: str) -> None:
    class Check(SourceConformance):
        def seeing_nothing(self, root: Path) -> DiscoverySource:
            return always(source)(root)

    with pytest.raises(AssertionError) as error:
        Check().test_it_says_how_far_it_looked_when_there_is_nothing_to_see(tmp_path)
    assert why in str(error.value)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (Bad(CLAIM, OSError("boom")), "it claimed ['kind=server'] to be complete, and then raised OSError('boom')"),
        (Bad(*GOOD), "it neither raised nor yielded partial or failed coverage"),
        (Bad(), "it neither raised nor yielded partial or failed coverage"),
        (Bad(CLAIM, Coverage("kind=server", status="failed")), None),
        (Bad(GOOD[0], OSError("boom")), None),
    ],
)
def test_a_source_that_hides_its_trouble(tmp_path: Path, source: DiscoverySource, why: str | None) -> None:
    class Check(SourceConformance):
        def breaking(self, root: Path) -> DiscoverySource:
            return always(source)(root)

    if why is None:
        Check().test_it_does_not_claim_to_have_seen_all_when_it_breaks(tmp_path)
        return
    with pytest.raises(AssertionError) as error:
        Check().test_it_does_not_claim_to_have_seen_all_when_it_breaks(tmp_path)
    assert why in str(error.value)


def test_volatile_attributes_may_change(tmp_path: Path) -> None:
    class Check(SourceConformance):
        volatile: ClassVar[Sequence[str]] = ("uptime",)

        def source(self, root: Path) -> DiscoverySource:
            return always(Bad(lambda: Observation("server", "a", {"uptime": next(NUMBERS)}), CLAIM))(root)

    Check().test_it_sees_the_same_when_it_looks_twice(tmp_path)
