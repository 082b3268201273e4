"""What sources that run side by side have come to, on a terminal's stderr; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from cmdb.model.snapshot import Run

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Report = Callable[[Run], None]


@contextmanager
def watching(names: Sequence[str], stream: IO[str] | None = None) -> Iterator[Report | None]:
    """A line for each source, which turns while it runs and then says what it saw. Gives what is to hear of each run;
    None where nobody watches."""
    stream = stream or sys.stderr
    if not stream.isatty() or not names:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[said]}"), console=Console(file=stream)) as progress:
        lines = {name: progress.add_task(name, total=1, said="") for name in names}
        yield lambda run: _settle(progress, lines[run.source], run)


def _settle(progress: Progress, line: TaskID, run: Run) -> None:
    progress.update(line, completed=1, said=said(run))


def said(run: Run) -> str:
    """What a run came to, in a few words."""
    failed = sum(line.status == "failed" for line in run.coverage)
    rest = f", {failed} failed" if failed else ""
    return f"{len(run.observations)} seen{rest}" if run.observations or run.ended else "failed"
