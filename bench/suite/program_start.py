"""`cmdb --help` and `cmdb --version`, whole processes, against a Python that only imports click.

A shell asks for help with every completion, so it has to cost nothing.
"""

from __future__ import annotations

import sys

from bench.lab import Lab, program
from bench.samples import Result, Timing

LIMIT = 1.5


def measure(lab: Lab) -> tuple[Result, ...]:
    """Both, beside the same floor."""
    cmdb = program("cmdb")
    found = lab.rounds(
        {
            "--help": lambda _: lab.wall([cmdb, "--help"]),
            "--version": lambda _: lab.wall([cmdb, "--version"]),
            "floor": lambda _: lab.wall([sys.executable, "-c", "import click"]),
        },
        lab.sizes.quick_rounds,
    )
    return tuple(
        Result(
            work=f"cmdb {option}",
            size="whole process",
            limit=LIMIT,
            unit="×",
            against='python -c "import click"',
            figure=found[option].over(found["floor"]),
            timings=(Timing(f"cmdb {option}", found[option]), Timing("import click", found["floor"])),
        )
        for option in ("--help", "--version")
    )
