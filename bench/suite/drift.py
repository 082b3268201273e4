"""Drift of CIs with fifty values each, one CI in a hundred deviating in one of them.

Machines with 20 attributes and 30 packages, declared and seen; both sides are in memory, and no text on one side is
the same object as on the other. Ours matches observations to CIs, works out what was covered, compares by type and
judges. The floor is `==` between the two mappings of each pair. Instead people run DeepDiff on every pair, or diffsync.
"""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Iterator
from datetime import date
from time import perf_counter
from typing import Any

from bench.lab import Lab
from bench.samples import Result, Timing

LIMIT = 4.0
_DAY = date(2026, 7, 1)


def measure(lab: Lab) -> tuple[Result, ...]:
    """The whole verdict against `==`."""
    pairs = lab.sizes.pairs
    some = min(lab.sizes.slow, pairs)
    found = lab.rounds(
        {
            "cmdb": lambda _: lab.run(verdict, pairs=pairs),
            "floor": lambda _: lab.run(equality, pairs=pairs),
        },
        lab.sizes.rounds,
    )
    instead = lab.rounds(
        {
            "deepdiff": lambda _: lab.run(deepdiff, pairs=some),
            "diffsync": lambda _: lab.run(diffsync, pairs=some),
        },
        lab.sizes.rounds,
    )
    note = f"{some:,} pairs, scaled up"
    return (
        Result(
            work="drift, 50 values a CI, 1 % deviating",
            size=f"{pairs:,} CIs",
            limit=LIMIT,
            unit="×",
            against="plain == over the same pairs",
            figure=found["cmdb"].over(found["floor"]),
            timings=(
                Timing("cmdb.drift", found["cmdb"]),
                Timing("plain ==", found["floor"]),
                Timing("diffsync: load and diff", instead["diffsync"].times(pairs / some), note=note),
                Timing("DeepDiff on every pair", instead["deepdiff"].times(pairs / some), note=note),
            ),
        ),
    )


def verdict(pairs: int) -> float:
    """Our whole verdict."""
    import cmdb
    from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot

    made = list(_pairs(pairs))
    schema = cmdb.Workspace.of({"cmdb.yaml": ""}).inventory.schema
    cis = tuple(cmdb.CI(name, "server", attributes=declared) for name, declared, _ in made)
    seen = tuple(Observation("server", name, observed) for name, _, observed in made)
    inventory = cmdb.Inventory(cis, schema)
    run = Run("hosts", "1", covers="kind=server", coverage=(Coverage("kind=server"),), observations=seen)
    snapshot = Snapshot((run,))
    cmdb.drift(cmdb.Inventory(cis[:3], schema), cmdb.Baselines(), Snapshot(), as_of=_DAY)
    gc.collect()
    start = perf_counter()
    report = cmdb.drift(inventory, cmdb.Baselines(), snapshot, as_of=_DAY)
    seconds = perf_counter() - start
    if len(report.deviations) != _deviating(pairs):
        raise RuntimeError(f"{len(report.deviations)} deviations: {report.deviations[:3]}")
    return seconds


def equality(pairs: int) -> float:
    """`==` between both sides of every pair."""
    made = [(declared, observed) for _, declared, observed in _pairs(pairs)]
    gc.collect()
    start = perf_counter()
    differing = sum(declared != observed for declared, observed in made)
    seconds = perf_counter() - start
    if differing != _deviating(pairs):
        raise RuntimeError(f"{differing} pairs differ")
    return seconds


def deepdiff(pairs: int) -> float:
    """DeepDiff on every pair."""
    from deepdiff import DeepDiff

    made = list(_pairs(pairs))
    start = perf_counter()
    for _, declared, observed in made:
        DeepDiff(declared, observed)
    return perf_counter() - start


def diffsync(pairs: int) -> float:
    """diffsync: both sides loaded into adapters, then compared."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from diffsync import Adapter, DiffSyncModel

    fields = tuple(_attributes(0))
    described = {"name": str, **dict.fromkeys(fields, Any)}
    model: Any = type(
        "Server",
        (DiffSyncModel,),
        {
            "__module__": __name__,
            "__annotations__": described,
            "_modelname": "server",
            "_identifiers": ("name",),
            "_attributes": fields,
        },
    )
    side: Any = type("Side", (Adapter,), {"server": model, "top_level": ("server",)})
    made = list(_pairs(pairs))
    start = perf_counter()
    ours, theirs = side(), side()
    for name, declared, observed in made:
        ours.add(model(name=name, **declared))
        theirs.add(model(name=name, **observed))
    summary = ours.diff_to(theirs).summary()
    seconds = perf_counter() - start
    if summary["update"] != _deviating(pairs):
        raise RuntimeError(f"diffsync found {summary}")
    return seconds


def _pairs(count: int) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, declared and observed attributes of one machine after the other."""
    for number in range(count):
        declared = _attributes(number)
        observed = json.loads(json.dumps(declared))
        observed["ip_addresses"] = tuple(observed["ip_addresses"])
        observed["listening_ports"] = tuple(observed["listening_ports"])
        if number % 100 == 0:
            observed["kernel"] = "5.10.0-1"
        yield f"srv-{number:06d}", declared, observed


def _deviating(count: int) -> int:
    return len(range(0, count, 100))


def _attributes(number: int) -> dict[str, Any]:
    """20 values of several types, and 30 packages."""
    return {
        "hostname": f"srv-{number:06d}",
        "fqdn": f"srv-{number:06d}.example.org",
        "serial_number": f"EX{number:08d}",
        "uuid": f"00000000-0000-4000-8000-{number:012x}",
        "manufacturer": "Example Systems",
        "model": f"ES-R{number % 3}",
        "firmware": f"2.{number % 20}.1",
        "architecture": "x86_64",
        "cpu_count": 2 ** (number % 6),
        "memory": (number % 16 + 1) * 2**33,
        "storage": (number % 40 + 1) * 2**34,
        "os": "debian",
        "os_version": f"12.{number % 12}.0",
        "kernel": f"6.1.0-{number % 40}",
        "timezone": "Europe/Zurich",
        "ntp_synchronised": True,
        "secure_boot": number % 2 == 0,
        "ip_addresses": (f"10.{number // 65536}.{number // 256 % 256}.{number % 256}",),
        "listening_ports": (22, 443, 9100),
        "patch_group": f"window-{number % 7}",
        "packages": {f"package-{place}": f"{place}.{(number + place) % 50}.{number % 9}" for place in range(30)},
    }
