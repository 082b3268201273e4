"""How warm loads are measured: each right after the cold load that filled its cache."""

from __future__ import annotations

from bench import subjects
from bench.lab import Lab
from bench.samples import Result, Timing


def warm(lab: Lab, work: str, limit: float, *, per_file: int, decode: bool) -> Result:
    """A warm load as a share of the cold one."""
    here = str(lab.corpus(lab.sizes.cis, per_file))
    with lab.cache() as folder:

        def cold(number: int) -> float:
            return lab.run(subjects.load, folder / str(number), workspace=here, cache=True)

        def again(number: int) -> float:
            return lab.run(subjects.load, folder / str(number), workspace=here, cache=True, decode=decode)

        found = lab.rounds({"cold": cold, "warm": again}, lab.sizes.rounds)
    layout = "one file a CI" if per_file == 1 else f"{per_file} CIs a file"
    return Result(
        work=work,
        size=f"{lab.sizes.cis:,} CIs, {layout}",
        limit=limit,
        unit="×",
        against="the cold load that writes the cache",
        figure=found["warm"].over(found["cold"]),
        timings=(Timing("cmdb: warm", found["warm"]), Timing("cold, cache written", found["cold"])),
    )
