"""`cmdb discover`: what the sources see now, to be kept or judged later."""

from __future__ import annotations

import click

from cmdb.cli.options import Call, leave, shared
from cmdb.cli.output import say, tell, write
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Snapshot
from cmdb.views import discover


@click.command(epilog="\b\nExample:\n  cmdb discover -o tonight.jsonl && cmdb drift --observed tonight.jsonl")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@shared()
def command(call: Call, names: tuple[str, ...]) -> None:
    """Run the configured sources and write down what they see.

    The answer is a snapshot, JSON lines for `cmdb drift --observed`; a file made by -o is readable by its owner only,
    and packed where its name ends in .gz or .zst. With -f json it is one object instead, with -f markdown a
    table of what was seen. Without names every source of
    cmdb.yaml runs. Exits with 3 when a source saw nothing at all.
    """
    from cmdb.formats import snapshot_lines

    workspace = call.open()
    if not workspace.config.sources:
        raise CmdbError("cmdb.yaml configures no source", hint="add one under 'sources:'")
    with working("discovering"):
        snapshot = workspace.discover(names)
    status = _status(snapshot)
    if call.format != "text":
        shown = Answer("discover", status, lambda: discover.document(snapshot), lambda: discover.payload(snapshot))
        call.finish(shown, private=True)
    if call.output:
        snapshot_lines.write(snapshot, call.output)
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
