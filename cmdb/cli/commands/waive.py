"""`cmdb waive`: what was seen is permitted for a while."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cmdb.cli.asking import about
from cmdb.cli.observing import observation, observe
from cmdb.cli.options import Call, as_of, leave, now, option, shared
from cmdb.cli.output import write
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.views import accept
from cmdb.views import waive as view


def day(_ctx: click.Context, _param: click.Parameter, value: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day, such as 2026-12-31.") from None


@click.command(
    epilog="\b\nExample:\n  cmdb waive web-1 attributes.kernel --reason 'vendor driver' --approved-by team-platform "
    "--expires 2026-12-31"
)
@about("who", metavar="CI|SOURCE:KEY")
@click.argument("path", metavar="PATH")
@option("--reason", required=True, metavar="TEXT", help="Why it is permitted.")
@option("--approved-by", required=True, metavar="WHO", help="Who permits it.")
@option("--expires", required=True, metavar="DATE", callback=day, help="The last day on which it is permitted.")
@option("--baseline", metavar="NAME", help="Waive only what this baseline demands.")
@observation
@option("--dry-run", is_flag=True, help="Write nothing, print the difference.")
@option("--trust-removals", is_flag=True, help="Believe that much is gone where an outage of the source is likelier.")
@as_of
@shared()
def command(
    call: Call,
    who: str,
    path: str,
    reason: str,
    approved_by: str,
    expires: date,
    baseline: str | None,
    observed: tuple[Path, ...],
    sources: tuple[str, ...],
    dry_run: bool,
    trust_removals: bool,
    as_of: date | None,
) -> None:
    """Permit a deviation until a day.

    Writes a waiver into baselines/waivers.yaml, pinned to the value that was observed at PATH: another value counts
    again. PATH is the key path that `cmdb drift` shows, `presence` for something missing or unmanaged. A waiver of the
    same value that is there already gets the new day and reason. Only a value that was seen to deviate can be waived.
    """
    from cmdb.acceptance.waivers import Permission
    from cmdb.write_back import accepting, waiving, writing

    workspace = call.open()
    accepting.refuse_unread(workspace)
    snapshot = observe(workspace, observed, sources)
    permission = Permission(reason, approved_by, expires, baseline)
    with working("comparing"):
        made = waiving.waive(
            workspace, snapshot, as_of or now(), who, path, permission, names=sources, trust_removals=trust_removals
        )
    files, before = {made.path: made.data}, {made.path: made.before}
    if dry_run:
        write(accept.patch(accept.Shown((), (), files, before)), call.output)
        leave("clean")
    writing.write(workspace, files, before)
    call.finish(
        Answer(
            "waive",
            "clean",
            lambda: view.document(made.deviation, expires, made.path, renewed=made.renewed),
            lambda: view.payload(made.deviation, expires, made.path, renewed=made.renewed),
        )
    )
