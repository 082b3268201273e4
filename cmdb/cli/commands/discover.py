"""`cmdb discover`: what the sources see now, to be kept or judged later."""

from __future__ import annotations

from datetime import timedelta

import click

from cmdb.cli.moments import duration
from cmdb.cli.options import Call, leave, option, shared
from cmdb.cli.output import say, tell, write
from cmdb.cli.watching import watching
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Snapshot
from cmdb.views import discover

TIMEOUT = "Give each source this long, whatever cmdb.yaml says."


@click.command(
    epilog="\b\nExamples:\n  cmdb discover -o tonight.jsonl && cmdb drift --observed tonight.jsonl\n"
    "  cmdb discover hosts --timeout 10m -o s3://snapshots/hosts.jsonl.zst"
)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@option("--timeout", callback=duration, metavar="DURATION", help=TIMEOUT)
@shared(urls=True)
def command(call: Call, names: tuple[str, ...], timeout: timedelta | None) -> None:
    """Run the configured sources and write down what they see.

    The answer is a snapshot, JSON lines for `cmdb drift --observed`; a file made by -o is readable by its owner only,
    and packed where its name ends in .gz or .zst. -o also takes a URL that fsspec can write to (s3://, gs://, abfs://,
    sftp://, https://…). With -f json it is one object instead, with -f markdown a table of what was seen. Without names
    every source of cmdb.yaml runs. A source that fails stops no other. Exits with 3 when a source saw nothing at all.
    """
    from cmdb.formats import snapshot_lines

    if call.url and call.format != "text":
        raise click.UsageError(f"Only a snapshot goes to a URL, without -f {call.format}.")
    workspace = call.open()
    if not workspace.config.sources:
        raise CmdbError("cmdb.yaml configures no source", hint="add one under 'sources:'")
    call.inventory(workspace)
    with watching(tuple(dict.fromkeys(names)) or [source.name for source in workspace.config.sources]) as report:
        snapshot = workspace.discover(names, timeout=timeout, report=report)
    status = _status(snapshot)
    if call.format != "text":
        shown = Answer("discover", status, lambda: discover.document(snapshot), lambda: discover.payload(snapshot))
        call.finish(shown, private=True)
    if place := call.url or call.output:
        snapshot_lines.write(snapshot, place)
    else:
        write("".join(f"{line}\n" for run in snapshot.runs for line in snapshot_lines.lines(run)), None)
    leave(status)


def _status(snapshot: Snapshot) -> Verdict:
    """Tells what went wrong; the snapshot says it too."""
    for problem in snapshot.problems:
        tell(problem)
    blind = {run.source: why for run in snapshot.runs if (why := discover.blind(run))}
    for source, why in blind.items():
        say(f"source '{source}' saw nothing: {why}")
    return "incomplete" if blind else "clean"
