"""Where the time of a load and of a check goes, by stage and by function, cold and warm.

    python -m bench.profile --cis 10000

Every run is a fresh process that has imported everything; a clock looks at its stack every millisecond.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.corpora import Corpora
from bench.lab import FULL, Lab
from bench.report import Row, aligned, piped, placed
from bench.sampling import STAGES, profiled

RUNS = ("cold load", "cold load, cache written", "warm load", "cold check", "warm check")
TOP = 25
"""Functions that are listed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cmdb-bench-") as scratch:
        folder = given.corpus or Path(scratch, "corpora")
        folder.mkdir(parents=True, exist_ok=True)
        lab = Lab(FULL, Corpora(folder), Path(scratch))
        found = profiles(lab, str(lab.corpus(given.cis, given.per_file)))
    title = f"µs a CI, {given.cis:,} CIs, {given.per_file} a file"
    table = piped if given.markdown else aligned
    sys.stdout.write(f"{title}\n\n" + table(("stage", *RUNS), stages(found, given.cis)) + "\n")
    for name in ("cold load", "warm load", "warm check"):
        sys.stdout.write(table((f"{name}: function", "µs a CI"), functions(found[name], given.cis)) + "\n")
    if given.page:
        content = f"{title}:\n\n" + piped(("stage", *RUNS), stages(found, given.cis))
        given.page.write_text(placed(given.page.read_text(), "profile", content))
    return 0


def profiles(lab: Lab, workspace: str) -> dict[str, Mapping[str, Any]]:
    """Every run of `RUNS`."""
    with lab.cache() as cache:
        lab.call(profiled, workspace=workspace, cache=False, check=False)
        runs = (
            lab.call(profiled, workspace=workspace, cache=False, check=False),
            lab.call(profiled, cache, workspace=workspace, cache=True, check=False),
            lab.call(profiled, cache, workspace=workspace, cache=True, check=False),
            lab.call(profiled, workspace=workspace, cache=False, check=True),
            lab.call(profiled, cache, workspace=workspace, cache=True, check=True),
        )
    return dict(zip(RUNS, runs, strict=True))


def stages(found: Mapping[str, Mapping[str, Any]], cis: int) -> list[Row]:
    """A row for each stage, and their sum."""
    rows = [(stage, *(_each(found[run]["stages"].get(stage, 0.0), cis) for run in RUNS)) for stage in STAGES]
    return [*rows, ("all", *(_each(sum(found[run]["stages"].values()), cis) for run in RUNS))]


def functions(profile: Mapping[str, Any], cis: int) -> list[Row]:
    """The functions that take most, without what they call in cmdb."""
    ranked = sorted(profile["functions"].items(), key=lambda item: (-item[1], item[0]))
    return [(name, _each(seconds, cis)) for name, seconds in ranked[:TOP]]


def _each(seconds: float, cis: int) -> str:
    return f"{seconds * 1e6 / cis:.1f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cis", type=int, default=10_000, help="the size of the inventory (10000)")
    parser.add_argument("--per-file", type=int, default=1, help="CIs in one file (1)")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="keep inventories here, and use them again")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--page", type=Path, metavar="FILE", help="put the stages into this page, between its marks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
