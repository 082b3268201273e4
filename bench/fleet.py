"""A simulated fleet in which everything that is wrong was put there on purpose, so that the truth is known.

Sites of fifty machines; some sites have an outage, some refused the source, some were seen in part. Each machine has a
fate, the same every night. Every night comes with the findings that a right verdict has, no more and no less.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.fleet_fates import FATES, Fact, Fate, Scene, anonymous, calm, drifted, missing, planned, retired, stranger
from cmdb.model.baseline import Baseline, Baselines, Expectation
from cmdb.model.ci import CI
from cmdb.model.config import SourceConfig
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.snapshot import Coverage, CoverageStatus, Observation, Run, Snapshot

SITE = 50
"""Machines of a site."""
SOURCES = (SourceConfig("hosts", covers="kind=compute"), SourceConfig("agent", covers="labels.agent=yes"))
_FIRST = datetime(2026, 3, 1, 2, tzinfo=UTC)
_STATES = {17: "dark", 18: "refused", 19: "partly"}
"""Of every twenty sites, those that are not seen as they should be."""
_STATUS: Mapping[str, tuple[CoverageStatus, str]] = {"refused": ("failed", "403"), "partly": ("partial", "timeout")}
_TELNET = "attributes.packages.telnet"
_BASELINE = Baseline(
    "hardened",
    "kind=compute",
    expect=(
        Expectation(("attributes", "kernel"), {"version": ">=6"}),
        Expectation(("attributes", "packages", "telnet"), {"absent": True}),
    ),
)


@dataclass(frozen=True, slots=True)
class Night:
    """What is declared and seen on one night; `truth` and `outcomes` are what a right verdict says."""

    inventory: Inventory
    baselines: Baselines
    snapshot: Snapshot
    as_of: datetime
    truth: frozenset[Fact]
    outcomes: Mapping[str, str]


class Fleet:
    """Machines of the built-in kinds, with their fates."""

    def __init__(self, schema: Schema, count: int, seed: int = 1) -> None:
        self._schema = schema
        self._count = count
        self._seed = seed

    def night(self, number: int) -> Night:
        """One night. The snapshot also holds the run of the night before, which no longer counts."""
        scene, moment = Scene(number), _FIRST + timedelta(days=number)
        fates = random.Random(self._seed).choices(list(FATES), list(FATES.values()), k=self._count)
        for place, fate in enumerate(fates):
            _SITES[self._state(place // SITE)](scene, _machine(place), fate)
        for site in range(-(-self._count // SITE)):
            status, reason = _STATUS.get(self._state(site), ("complete", ""))
            names = ("*", "packages", "listening_ports")
            scene.lines.append(Coverage(f"labels.site=s{site}", names, status, reason))
        return Night(
            Inventory(tuple(scene.cis), self._schema),
            Baselines((_BASELINE,), tuple(scene.waivers)),
            Snapshot(_runs(scene, moment)),
            moment + timedelta(hours=1),
            frozenset(scene.truth),
            scene.outcomes,
        )

    def _state(self, site: int) -> str:
        """A fleet of one site is seen as it should be."""
        return "lit" if self._count <= SITE else _STATES.get(site % 20, "lit")


def _runs(scene: Scene, moment: datetime) -> tuple[Run, ...]:
    """The newest run of each source, and an older one that saw nothing."""
    blind = (Coverage("kind=compute", status="failed"),)
    keys = tuple(Coverage(f"key={seen.key}") for seen in scene.agent) or (Coverage("labels.agent=yes"),)
    return (
        _run("hosts", moment, tuple(scene.lines), tuple(scene.hosts)),
        _run("hosts", moment - timedelta(days=1), blind, ()),
        _run("agent", moment, keys, tuple(scene.agent)),
    )


def _run(source: str, at: datetime, lines: tuple[Coverage, ...], seen: tuple[Observation, ...]) -> Run:
    return Run(source, at.isoformat(), started=at, finished=at, coverage=lines, observations=seen)


def _machine(place: int) -> CI:
    name = f"m{place:06d}"
    values: dict[str, Any] = {
        "hostname": name,
        "serial_number": f"EX{place:08d}A",
        "uuid": f"4c4c4544-0042-4000-8000-{place:011x}d",
        "mac_addresses": (f"52:54:00:{place >> 16 & 255:02x}:{place >> 8 & 255:02x}:{place & 255:02x}",),
        "os": "debian",
        "kernel": f"6.{place % 9 + 1}.0",
        "memory": (place % 16 + 1) * 2**33,
        "listening_ports": (22, 443),
        "packages": {"openssl": "3.0.11", "curl": f"8.{place % 5}"},
    }
    kind = "virtual_machine" if place % 3 else "server"
    return CI(name, kind, labels={"site": f"s{place // SITE}"}, attributes=values)


def _lit(scene: Scene, ci: CI, fate: Fate) -> None:
    fate(scene, ci)


def _dark(scene: Scene, ci: CI, fate: Fate) -> None:
    """The source says that it saw everything, and saw nothing."""
    (fate if fate in (planned, retired) else missing)(scene, ci)
    scene.truth.discard(("missing", ci.id, "presence"))
    scene.found("unobserved", ci.id, "presence")


def _partly(scene: Scene, ci: CI, fate: Fate) -> None:
    """What was seen counts; what was not seen does not."""
    if fate in (missing, planned, retired):
        _dark(scene, ci, fate)
    elif fate is not stranger:
        (fate if fate in (calm, drifted, anonymous) else calm)(scene, ci)
        scene.found("unobserved", ci.id, _TELNET, worst="deviating" if fate is drifted else "")


_SITES = {"lit": _lit, "dark": _dark, "refused": _dark, "partly": _partly}
