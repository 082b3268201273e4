"""Measures every budget, prints the tables and says whether the budgets are kept.

    python -m bench.run --small          a few thousand CIs, under three minutes
    python -m bench.run --full           100,000 to 1,000,000 CIs

Exits with 0 where every budget is kept, 1 where one is exceeded, 3 where one was not measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bench import report
from bench.all_suite import SUITE, Budget
from bench.corpora import Corpora
from bench.lab import FULL, SMALL, Failed, Lab
from bench.machine import describe
from bench.samples import Result, exit_code

NAMES = tuple(budget.__name__.rpartition(".")[2] for budget in SUITE)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    given = _parser().parse_args(arguments)
    sizes = FULL if given.full else SMALL
    if given.rounds:
        sizes = replace(sizes, rounds=given.rounds, quick_rounds=3 * given.rounds)
    with tempfile.TemporaryDirectory(prefix="cmdb-bench-") as scratch:
        folder = given.corpus or Path(scratch, "corpora")
        folder.mkdir(parents=True, exist_ok=True)
        machine = describe(folder)
        results = measured(Lab(sizes, Corpora(folder), Path(scratch)), given.only or NAMES)
    if given.json:
        given.json.write_text(json.dumps(report.payload(results, machine, sizes.label), indent=1) + "\n")
    if given.page:
        page = report.placed(given.page.read_text(), "budgets", report.markdown(results, machine))
        given.page.write_text(page)
    shown = report.markdown if given.markdown else report.text
    sys.stdout.write(shown(results, machine))
    return exit_code(results)


def measured(lab: Lab, names: Sequence[str]) -> list[Result]:
    """The results of the budgets of these names, in the order of the suite."""
    results: list[Result] = []
    for name, budget in zip(NAMES, SUITE, strict=True):
        if name in names:
            sys.stderr.write(f"measuring {name} … ")
            sys.stderr.flush()
            start = perf_counter()
            results += _attempted(name, budget, lab)
            sys.stderr.write(f"{perf_counter() - start:.0f} s\n")
    return results


def _attempted(name: str, budget: Budget, lab: Lab) -> tuple[Result, ...]:
    """The results of one budget; where something breaks, that it was not measured, so that the others still are."""
    try:
        return budget.measure(lab)
    except Failed as failure:
        sys.stderr.write(f"{failure}\n")
        reason = str(failure).strip().rpartition("\n")[2]
        return (Result(name, lab.sizes.label, limit=0, unit="×", against="", reason=reason),)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=(__doc__ or "").partition("\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help="the small sizes (default)")
    size.add_argument("--full", action="store_true", help="the sizes that the budgets speak of")
    parser.add_argument("--only", action="append", choices=NAMES, help="this budget; may be repeated")
    parser.add_argument(
        "--rounds",
        type=int,
        metavar="N",
        help="runs of each subject; three times as many of commands that take a moment",
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="keep inventories here, and use them again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything, with each run, into a file")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--page", type=Path, metavar="FILE", help="put the tables into this page, between its marks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
