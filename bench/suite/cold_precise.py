"""Cold load when every file needs the precise reader.

The same inventory twice; in one of them each CI has `template: 1.10` instead of `template: v1.10`, so that the fast
reader, which knows no source text, cannot be believed. The floor is our own load of the other one.
"""

from __future__ import annotations

from bench import subjects
from bench.lab import Lab
from bench.samples import Result, Timing

LIMIT = 4.0


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI."""
    plain, precise = str(lab.corpus(lab.sizes.cis)), str(lab.corpus(lab.sizes.cis, unquoted=1.0))
    found = lab.rounds(
        {
            "precise": lambda _: lab.run(subjects.load, workspace=precise),
            "plain": lambda _: lab.run(subjects.load, workspace=plain),
        },
        lab.sizes.rounds,
    )
    return (
        Result(
            work="cold load, every file needs the precise reader",
            size=f"{lab.sizes.cis:,} CIs, one file a CI",
            limit=LIMIT,
            unit="×",
            against="the same inventory when none does",
            figure=found["precise"].over(found["plain"]),
            timings=(Timing("cmdb: every file", found["precise"]), Timing("no file", found["plain"])),
        ),
    )
