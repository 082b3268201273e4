"""Peak memory of loading and checking a whole inventory.

The most that a fresh process held at any time (`VmHWM`), less what it held once everything was imported, by the CI.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench import subjects
from bench.lab import Lab
from bench.samples import Result, Timing

LIMIT = 4.0


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI; only where the kernel tells."""
    budget = Result(
        work="peak memory of load and check",
        size=f"{lab.sizes.cis:,} CIs, one file a CI",
        limit=LIMIT,
        unit="kB",
        against="a CI",
        reason="this system has no /proc/self/status",
    )
    if not Path("/proc/self/status").exists():
        return (budget,)
    here = str(lab.corpus(lab.sizes.cis))
    taken = lab.rounds({"cmdb": lambda _: lab.run(subjects.peak, workspace=here)}, 2)["cmdb"]
    return (replace(budget, figure=taken.times(1 / 1000 / lab.sizes.cis), timings=(Timing("cmdb", taken, "B"),)),)
