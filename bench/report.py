"""The figures as people read them, as a page shows them, and as programs do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.samples import Result, Sample, Timing, status

FORMAT = "cmdb.bench/1"
_HEAD = ("work", "size", "measured", "at most", "of what", "verdict")
_TIMES = ("work", "size", "what", "median", "least to most", "remark")

Row = tuple[str, ...]


def text(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """Two aligned tables: the budgets, then every time that was taken."""
    about = "".join(f"{name}: {what}\n" for name, what in machine.items())
    return f"{about}\n{aligned(_HEAD, budgets(results))}\n{aligned(_TIMES, times(results))}"


def markdown(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """The same as two Markdown tables."""
    lines = (textwrap.fill(f"- {name}: {what}", 118, subsequent_indent="  ") for name, what in machine.items())
    about = "".join(f"{line}\n" for line in lines)
    return f"{about}\n{piped(_HEAD, budgets(results))}\n{piped(_TIMES, times(results))}"


def payload(results: Sequence[Result], machine: Mapping[str, str], size: str) -> dict[str, Any]:
    """Everything, with each single run."""
    return {
        "format": FORMAT,
        "status": status(results),
        "size": size,
        "machine": dict(machine),
        "results": [_payload(result) for result in results],
    }


def budgets(results: Iterable[Result]) -> list[Row]:
    """A row for each budget."""
    return [
        (
            result.work,
            result.size,
            _figure(result),
            f"{result.limit:g} {result.unit}" if result.against else "-",
            result.against,
            f"{result.verdict}: {result.reason}" if result.reason and not result.figure else result.verdict,
        )
        for result in results
    ]


def times(results: Iterable[Result]) -> list[Row]:
    """A row for each thing that was timed."""
    return [
        (
            result.work if not position else "",
            result.size if not position else "",
            timing.label,
            _amount(timing, timing.sample.median),
            f"{_amount(timing, timing.sample.low)} to {_amount(timing, timing.sample.high)}",
            timing.note,
        )
        for result in results
        for position, timing in enumerate(result.timings)
    ]


def piped(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def aligned(head: Row, rows: Sequence[Row]) -> str:
    """A table for the terminal."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = (head, tuple("-" * width for width in widths), *rows)
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


def placed(page: str, name: str, content: str) -> str:
    """The page with other content between the marks of a name. Raises `ValueError` where it has none."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no marks of '{name}'")
    return f"{before}{begin}\n{content}\n{end}{after}"


def _figure(result: Result) -> str:
    if result.figure is None:
        return "-"
    found = result.figure
    return f"{_short(found.median)} {result.unit} ({_short(found.low)} to {_short(found.high)})"


def _short(number: float) -> str:
    return f"{number:.2f}" if abs(number) < 10 else f"{number:.0f}"


def _amount(timing: Timing, value: float) -> str:
    if timing.unit == "B":
        return f"{value / 1e6:,.1f} MB"
    return f"{value:,.2f} s" if value >= 1 else f"{value * 1000:,.1f} ms"


def _payload(result: Result) -> dict[str, Any]:
    found = asdict(result) | {"verdict": result.verdict, "figure": _numbers(result.figure)}
    found["timings"] = [asdict(timing) | {"sample": _numbers(timing.sample)} for timing in result.timings]
    return found


def _numbers(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {"median": sample.median, "low": sample.low, "high": sample.high, "values": list(sample.values)}
