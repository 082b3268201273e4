"""Judges nights of the simulated fleet and holds every verdict against the truth.

    python -m bench.fleet_score --cis 1000 --nights 6

Prints precision and recall of every outcome, and exits with 1 where one of them is not 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.fleet import SOURCES, Fleet, Night
from bench.fleet_fates import Fact
from cmdb.model.drift import Deviation, DriftReport
from cmdb.reconciliation.engine import judge
from cmdb.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Score:
    """How often one outcome was found, how often it was there, and how often both."""

    outcome: str
    found: int
    there: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is so."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is so that was found."""
        return self.right / self.there if self.there else 1.0

    @property
    def perfect(self) -> bool:
        """Whether nothing was missed and nothing made up."""
        return self.found == self.there == self.right


def verdict(night: Night) -> DriftReport:
    """The verdict on a night."""
    return judge(night.inventory, night.baselines, night.snapshot, as_of=night.as_of, sources=SOURCES)


def facts(report: DriftReport) -> set[Fact]:
    """The findings of a verdict, and what each CI came to."""
    found = {_fact(one) for one in report.deviations}
    found |= {(one.code, one.ci or "", one.key_path or "") for one in report.problems}
    return found | {(f"CI {outcome}", name, "") for name, outcome in report.outcomes.items()}


def truth(night: Night) -> set[Fact]:
    """The same as it has to be."""
    return set(night.truth) | {(f"CI {outcome}", name, "") for name, outcome in night.outcomes.items()}


def scores(night: Night, report: DriftReport) -> list[Score]:
    """Of every outcome that was found or is there."""
    found, there = facts(report), truth(night)
    counts = [Counter(outcome for outcome, _, _ in some) for some in (found, there, found & there)]
    return [Score(name, *(count[name] for count in counts)) for name in sorted(counts[0] | counts[1])]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.fleet_score", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cis", type=int, default=1000, metavar="N", help="machines of the fleet")
    parser.add_argument("--nights", type=int, default=6, metavar="N", help="nights that are judged")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, other fates")
    given = parser.parse_args(arguments)
    fleet = Fleet(Workspace.of({}).inventory.schema, given.cis, given.seed)
    perfect = True
    for number in range(given.nights):
        night = fleet.night(number)
        start = perf_counter()
        report = verdict(night)
        seconds = perf_counter() - start
        found = scores(night, report)
        perfect &= all(score.perfect for score in found)
        sys.stdout.write(f"night {number}: {len(night.inventory.cis)} CIs judged in {seconds:.2f} s\n{_table(found)}")
        sys.stdout.write(_wrong(facts(report), truth(night)))
    return 0 if perfect else 1


def _fact(found: Deviation) -> Fact:
    who = found.ci or f"{found.source}: {found.key}"
    return "excused" if found.excuse else found.outcome, who, found.path


def _table(found: Iterable[Score]) -> str:
    lines = (
        f"  {s.outcome:<16} {s.there:>7} there  precision {s.precision:.4f}  recall {s.recall:.4f}\n" for s in found
    )
    return "".join(lines)


def _wrong(found: set[Fact], there: set[Fact], most: int = 10) -> str:
    lines = [f"  not so: {fact}\n" for fact in sorted(found - there)[:most]]
    return "".join([*lines, *(f"  missed: {fact}\n" for fact in sorted(there - found)[:most])])


if __name__ == "__main__":
    sys.exit(main())
