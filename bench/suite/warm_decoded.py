"""Warm load when nothing changed, and every CI looked at.

As the warm load on first use, but for all CIs being decoded, which is what a check or an export needs.
"""

from __future__ import annotations

from bench.lab import Lab
from bench.samples import Result
from bench.warm import warm

LIMIT = 0.25


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI."""
    return (warm(lab, "warm load, every CI decoded", LIMIT, per_file=1, decode=True),)
