"""A baseline's last day has passed, so that nothing of it is demanded any more.

Nobody would notice otherwise: CIs that left the baseline since then look as if they met it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem, Severity

CODE = "baseline-expired"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """One warning for each baseline that applies to anything."""
    for baseline in facts.baselines.baselines:
        if baseline.applies_to is not None and baseline.expires is not None and baseline.expires < facts.as_of:
            yield Problem(
                CODE,
                f"baseline '{baseline.name}' expired on {baseline.expires}: nothing of it is demanded any more",
                Severity.WARNING,
                where=baseline.place.at("expires"),
                key_path="expires",
                hint="approve it for longer, or remove it",
                subject=baseline.name,
            )
