"""Cold load at three sizes: doubling the inventory doubles the time.

The figure is what a CI costs at one size against what it costs at the next smaller one, the worse of both steps; a step
that is quadratic would show as 2 where the inventory doubles. The sizes take turns in every round.
"""

from __future__ import annotations

from itertools import pairwise

from bench import subjects
from bench.lab import Lab, Subject
from bench.samples import Result, Sample, Timing

LIMIT = 1.2


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI."""
    sizes = lab.sizes.linear
    found = lab.rounds({str(cis): _load(lab, cis) for cis in sizes}, lab.sizes.rounds)
    each = [found[str(cis)].times(1 / cis) for cis in sizes]
    steps = [after.over(before) for before, after in pairwise(each)]
    return (
        Result(
            work="cold load, a CI among many against among few",
            size=" / ".join(f"{cis:,}" for cis in sizes) + " CIs",
            limit=LIMIT,
            unit="×",
            against="a straight line",
            figure=Sample(tuple(map(max, *(step.values for step in steps)))),
            timings=tuple(Timing(f"cmdb: {cis:,} CIs", found[str(cis)]) for cis in reversed(sizes)),
        ),
    )


def _load(lab: Lab, cis: int) -> Subject:
    workspace = str(lab.corpus(cis))
    return lambda _: lab.run(subjects.load, workspace=workspace)
