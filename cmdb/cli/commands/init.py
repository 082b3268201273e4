"""`cmdb init`: the first minute."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from cmdb.cli.options import Call, now, option, shared
from cmdb.cli.output import say
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.views import init as view


def settings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` as pairs."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE.")
    return {name: value for name, _, value in (text.partition("=") for text in values)}


@click.command(
    epilog="\b\nExamples:\n  cmdb init shop\n  cmdb init shop --from local_host && cmdb drift -C shop\n"
    "  cmdb init --merge-driver"
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
@option("--from", "plugin", metavar="PLUGIN", help="Declare what this discovery plugin sees now.")
@option("--set", "options", multiple=True, metavar="NAME=VALUE", callback=settings, help="An option of the plugin.")
@option("--merge-driver", "driver", is_flag=True, help="Set an existing workspace up to be merged by CI and key path.")
@shared()
def command(call: Call, folder: Path | None, plugin: str | None, options: dict[str, str], driver: bool) -> None:
    """Make a new workspace, empty or from what a source sees.

    DIR (by default the one of -C, else the current folder) gets cmdb.yaml, inventory/, baselines/ and a .gitignore, and
    becomes a Git repository unless it lies in one; the new files are committed. Nothing is overwritten. With --from the
    CIs and a baseline say what the plugin sees, so that `cmdb drift` has something to hold reality against.

    With --merge-driver nothing is made: the workspace that is there gets `cmdb merge-driver` for its files, by two
    settings of the Git repository and a few lines in .gitattributes.
    """
    from cmdb import scaffold

    if driver:
        _install(call, folder, plugin)
    if options and not plugin:
        raise click.UsageError("--set is for the plugin of --from.")
    target = folder or call.directory or Path()
    if plugin:
        with working("discovering"):
            made = scaffold.make_from(target, plugin, options, now)
    else:
        made = scaffold.make(target)
    if made.uncommitted:
        say(f"nothing was committed: {made.uncommitted}")
    call.finish(Answer("init", "clean", lambda: view.document(made), lambda: view.payload(made)))


def _install(call: Call, folder: Path | None, plugin: str | None) -> NoReturn:
    from cmdb.sources.merge_driver import install
    from cmdb.views import merge_driver as view
    from cmdb.workspace import Workspace

    if plugin:
        raise click.UsageError("--merge-driver is for a workspace that is there; --from makes a new one.")
    root = Workspace.open(folder or call.directory or Path()).root or Path()
    installed = install(root)
    call.finish(
        Answer("init", "clean", lambda: view.installed_document(installed), lambda: view.installed_payload(installed))
    )
