"""Makes an inventory of any size, the same one for the same arguments, as a Git repository with a history.

    python -m bench.generate DIR --cis 10000 --per-file 1 --commits 20

Layered as companies are: services over applications, containers, virtual machines, hypervisors, network, racks and
sites, with redundancy groups in each other, owners, labels, defaults by folder, and attributes of all types.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.estate import LEAST, items
from bench.history import Import, Plan, importing, plan
from bench.layers import LAYERS
from bench.layout import OTHERS, FileOfCIs, defaults, files, text


@dataclass(frozen=True, slots=True)
class Order:
    """What to make. `unquoted` is the share of CIs that have a version such as `1.10` without quotes, so that their
    files need the precise reader; `commits` 0 makes files without a repository."""

    cis: int
    per_file: int = 1
    commits: int = 20
    unquoted: float = 0.0
    seed: int = 0

    @property
    def label(self) -> str:
        """A name for it, fit for a folder."""
        return f"{self.cis}-by-{self.per_file}-commits-{self.commits}-unquoted-{self.unquoted:g}-seed-{self.seed}"


def generate(folder: Path, order: Order) -> None:
    """Makes the inventory in a folder that is empty or not there. Raises `ValueError` for an order that makes none,
    `FileExistsError` where there are files already."""
    if order.per_file < 1 or not 0 <= order.unquoted <= 1 or order.commits < 0:
        raise ValueError("a file has one CI or more, commits count from 0, and a share is between 0 and 1")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    changes = plan(order.cis, order.commits, order.seed)
    if not order.commits:
        for path, content in _tree(order, changes, {}):
            _write(folder / path, content)
        return
    with importing(folder) as stream:
        _commits(stream, order, changes)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to make it; empty or not there yet")
    parser.add_argument("--cis", type=int, default=10_000, help=f"how many CIs, at least {LEAST} (10000)")
    parser.add_argument("--per-file", type=int, default=1, help="CIs in one file (1)")
    parser.add_argument("--commits", type=int, default=20, help="commits of history; 0 for no repository (20)")
    parser.add_argument("--unquoted", type=float, default=0.0, metavar="SHARE", help="share of CIs for precise reading")
    parser.add_argument("--seed", type=int, default=0, help="another inventory of the same kind")
    given = parser.parse_args(arguments)
    try:
        generate(given.folder, Order(given.cis, given.per_file, given.commits, given.unquoted, given.seed))
    except (ValueError, FileExistsError) as error:
        parser.error(str(error))
    return 0


def _commits(stream: Import, order: Order, changes: Plan) -> None:
    changing: dict[int, list[FileOfCIs]] = {}
    stream.commit("Import the inventory")
    for path, content in _tree(order, changes, changing):
        stream.file(path, content)
    for commit in range(1, order.commits):
        stream.commit(f"Review of {len(changing.get(commit, ()))} files")
        for file in changing.get(commit, ()):
            stream.file(file.path, _content(file, order, changes, commit))


def _tree(order: Order, changes: Plan, changing: dict[int, list[FileOfCIs]]) -> Iterator[tuple[str, str]]:
    """Path and text of every file after the first commit; `changing` gets the files that later commits change."""
    yield from OTHERS.items()
    known: set[str] = set()
    for file in files(items(LAYERS, order.cis, order.seed, order.unquoted), order.per_file):
        yield from defaults(file, known)
        for commit in changes.commits_of(range(file.first, file.first + len(file.items))):
            changing.setdefault(commit, []).append(file)
        yield file.path, _content(file, order, changes, 0)


def _content(file: FileOfCIs, order: Order, changes: Plan, commit: int) -> str:
    entries = [changes.entry(number, item.fields, commit) for number, item in enumerate(file.items, file.first)]
    return text(entries, order.per_file)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())


if __name__ == "__main__":
    sys.exit(main())
