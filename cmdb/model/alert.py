"""What monitoring says: one alert that is firing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.model.location import Location


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `labels` say what it is about; `name` and `summary` are for people."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    where: Location = field(default=Location(""), compare=False)
