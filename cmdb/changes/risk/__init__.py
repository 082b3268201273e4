"""How risky a change is: points for each of a few named reasons, each as much as the workspace gives it weight."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.changes.circumstances import Circumstances
from cmdb.changes.risk.measures import Assessed, Measure, measures
from cmdb.model.change_config import ChangeConfig
from cmdb.model.change_record import LEVELS, Level, Risk, RiskFactor

HIGHEST = 100
"""More points than this are as bad as this."""


def risk(assessed: Assessed, circumstances: Circumstances, config: ChangeConfig) -> Risk:
    """The score, its level, and what it is made of: `weight` times `measure` points for each factor, rounded."""
    if not assessed.sides.changes:
        return Risk()
    found = measures(assessed, circumstances, config)
    factors = tuple(_factor(name, weight, found[name]) for name, weight in config.weights.items())
    score = min(HIGHEST, sum(factor.points for factor in factors))
    return Risk(score, level_of(score, config.levels), factors)


def level_of(score: int, levels: Mapping[Level, int]) -> Level:
    """The highest level that begins at or below a score."""
    return max((level for level in LEVELS if levels.get(level, 0) <= score), key=LEVELS.index)


def _factor(name: str, weight: int, measure: Measure) -> RiskFactor:
    value = round(float(min(max(measure.value, 0), 1)), 3)
    return RiskFactor(name, weight, value, int(weight * value + 0.5), measure.reason)
