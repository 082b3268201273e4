"""Warm load when nothing changed, CIs decoded when somebody looks at them.

Ours opens the workspace and has its topology, with everything remembered; no CI is looked at. It is held against the
cold load that wrote that cache, run by run.
"""

from __future__ import annotations

from bench.lab import Lab
from bench.samples import Result
from bench.warm import warm

LIMIT = 0.15


def measure(lab: Lab) -> tuple[Result, ...]:
    """One file a CI, and 100 CIs a file."""
    return (
        warm(lab, "warm load, CIs decoded on first use", LIMIT, per_file=1, decode=False),
        warm(lab, "warm load, CIs decoded on first use", LIMIT, per_file=100, decode=False),
    )
