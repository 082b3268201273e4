"""Cold load, nothing remembered and nothing written to the cache.

Ours lists, reads, parses and validates every file and builds the topology. The floor opens, reads and parses the same
files with the same parser (oryaml), the list of paths known beforehand, and drops what it gets. A revision is read from
Git's objects without a checkout; its floor reads the same objects through one `git cat-file`. What people would use
instead only parses: no validation, no types, no topology.
"""

from __future__ import annotations

from pathlib import Path

from bench import subjects
from bench.lab import Lab
from bench.samples import Result, Timing

LIMIT = 2.25
AGAINST = "reading and parsing the same bytes"


def measure(lab: Lab) -> tuple[Result, ...]:
    """From one file a CI, from 100 CIs a file, and from a revision."""
    single, packed = lab.corpus(lab.sizes.cis), lab.corpus(lab.sizes.cis, per_file=100)
    return (
        _result(lab, single, "one file a CI", alternatives=True),
        _result(lab, packed, "100 CIs a file"),
        _result(lab, single, "one file a CI, from a revision", revision="HEAD"),
    )


def _result(lab: Lab, corpus: Path, layout: str, *, revision: str = "", alternatives: bool = False) -> Result:
    here = str(corpus)
    floor = subjects.floor_of_revision if revision else subjects.floor
    found = lab.rounds(
        {
            "cmdb": lambda _: lab.run(subjects.load, workspace=here, revision=revision),
            "floor": lambda _: lab.run(floor, workspace=here),
        },
        lab.sizes.rounds,
    )
    timings = [
        Timing("cmdb: read, parse, validate, topology", found["cmdb"]),
        Timing("floor: read and parse", found["floor"]),
    ]
    return Result(
        work="cold load, cache not written",
        size=f"{lab.sizes.cis:,} CIs, {layout}",
        limit=LIMIT,
        unit="×",
        against=AGAINST,
        figure=found["cmdb"].over(found["floor"]),
        timings=(*timings, *(_instead(lab, here) if alternatives else ())),
    )


def _instead(lab: Lab, here: str) -> list[Timing]:
    """Other YAML libraries over a part of the files, scaled up to all of them."""
    count, rounds = min(lab.sizes.slow, lab.sizes.cis), lab.sizes.rounds
    factor = lab.sizes.cis / count
    note = f"{count:,} files, scaled up"
    found = lab.rounds(
        {
            "PyYAML": lambda _: lab.run(subjects.pyyaml, workspace=here, count=count),
            "ruamel": lambda _: lab.run(subjects.ruamel, workspace=here, count=count),
        },
        rounds,
    )
    return [
        Timing("PyYAML CSafeLoader: parse only", found["PyYAML"].times(factor), note=note),
        Timing("ruamel.yaml safe: parse only", found["ruamel"].times(factor), note=note),
    ]
