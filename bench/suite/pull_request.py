"""`cmdb check` of a pull request that changes ten files, with everything else remembered.

The whole command, from start to end. Before each run ten files, spread over the inventory, get a tag that they never
had; the inventory as it was before is in the cache. The floor is the same pull request in a small inventory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import subjects
from bench.history import git
from bench.lab import Lab, program
from bench.samples import Result, Timing

LIMIT = 3.0
FILES = 10


def measure(lab: Lab) -> tuple[Result, ...]:
    """A large inventory against a small one."""
    large, few = lab.corpus(lab.sizes.cis), lab.corpus(lab.sizes.few)
    with lab.cache() as cache:
        found = lab.rounds(
            {"large": lambda number: _checked(lab, large, cache, number),
             "small": lambda number: _checked(lab, few, cache, number)},
            lab.sizes.rounds,
        )  # fmt: skip
    return (
        Result(
            work="check of a 10-file pull request, warm",
            size=f"{lab.sizes.cis:,} CIs",
            limit=LIMIT,
            unit="×",
            against=f"the same in {lab.sizes.few:,} CIs",
            figure=found["large"].over(found["small"]),
            timings=(
                Timing(f"cmdb check: {lab.sizes.cis:,} CIs", found["large"]),
                Timing(f"cmdb check: {lab.sizes.few:,} CIs", found["small"]),
            ),
        ),
    )


def _checked(lab: Lab, workspace: Path, cache: Path, number: int) -> float:
    command = [program("cmdb"), "check", "-C", str(workspace), "--as-of", subjects.DAY.isoformat()]
    if not number:
        lab.wall(command, cache)
    with _pull_request(workspace, number):
        return lab.wall(command, cache)


@contextmanager
def _pull_request(workspace: Path, number: int) -> Iterator[None]:
    """Ten files changed as never before; as they were afterwards."""
    changed = subjects.spread(subjects.files(str(workspace)), FILES)
    for path in changed:
        with Path(path).open("a") as file:
            file.write(f"tags: [pull-request-{number}]\n")
    try:
        yield
    finally:
        git(workspace, "checkout", "--quiet", "--", *changed)
