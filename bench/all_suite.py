"""Every budget, in the order of the table."""

from __future__ import annotations

from typing import Protocol

from bench.lab import Lab
from bench.samples import Result
from bench.suite import (
    cold_cached,
    cold_load,
    cold_precise,
    criticality,
    drift,
    impact_question,
    linearity,
    memory,
    program_start,
    pull_request,
    warm_decoded,
    warm_first_use,
)


class Budget(Protocol):
    """One file of the suite; its docstring says how the figure is reached."""

    __name__: str
    __doc__: str | None

    def measure(self, lab: Lab) -> tuple[Result, ...]:
        """The figures of one budget."""


SUITE: tuple[Budget, ...] = (
    cold_load,
    cold_cached,
    warm_first_use,
    warm_decoded,
    cold_precise,
    pull_request,
    drift,
    impact_question,
    criticality,
    program_start,
    memory,
    linearity,
)
