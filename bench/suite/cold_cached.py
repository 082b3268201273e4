"""Cold load that also writes the cache, as the first run of everyone does.

Each run has an empty cache folder of its own. The floor is that of the cold load without a cache.
"""

from __future__ import annotations

from bench import subjects
from bench.lab import Lab
from bench.samples import Result, Timing

LIMIT = 3.5


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI."""
    here = str(lab.corpus(lab.sizes.cis))

    def cold(_: int) -> float:
        with lab.cache() as cache:
            return lab.run(subjects.load, cache, workspace=here, cache=True)

    found = lab.rounds({"cmdb": cold, "floor": lambda _: lab.run(subjects.floor, workspace=here)}, lab.sizes.rounds)
    return (
        Result(
            work="cold load, cache written",
            size=f"{lab.sizes.cis:,} CIs, one file a CI",
            limit=LIMIT,
            unit="×",
            against="reading and parsing the same bytes",
            figure=found["cmdb"].over(found["floor"]),
            timings=(Timing("cmdb: cold, cache written", found["cmdb"]), Timing("floor: read, parse", found["floor"])),
        ),
    )
