"""Measures for Prometheus, as a file for the textfile collector of node_exporter."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import visible
from cmdb.model.findings import Measure

NAME = "prometheus"

_LABEL = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def render(answer: Answer, _screen: Screen) -> str:
    """Every measure as a gauge, in the text format 0.0.4."""
    return "".join(f"{line}\n" for measure in answer.measures() for line in _lines(measure))


def _lines(measure: Measure) -> Iterator[str]:
    yield f"# HELP {measure.name} {measure.meaning}"
    yield f"# TYPE {measure.name} gauge"
    for labels, value in measure.samples:
        words = ",".join(f'{name}="{visible(text).translate(_LABEL)}"' for name, text in labels)
        yield f"{measure.name}{{{words}}} {value!r}"
