"""The `cmdb` program: a group that knows its commands by name and imports one only when it is called, so that help and
version cost no more than click itself."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from cmdb import __version__
from cmdb.cli.boundary import INTERRUPTED, boundary

COMMANDS: Mapping[str, str] = {
    "init": "Make a new workspace, empty or from what a source sees.",
    "check": "Find what is wrong in the files of a workspace.",
    "show": "Tell everything that is known of one CI, and where it stands.",
    "select": "List the CIs that selectors pick.",
    "graph": "Draw the dependencies among the CIs that selectors pick.",
    "impact": "Tell what suffers when CIs fail.",
    "path": "Tell how one CI depends on another.",
    "report": "Answer a question about the whole inventory.",
    "triage": "Tell which failures explain what is alarming.",
    "diff": "Compare the CIs of two revisions by their meaning.",
    "log": "Tell which commits changed a CI, and what they changed.",
    "blame": "Tell which commit last set each value of a CI.",
    "change": "Tell what a change does, can break and needs, for those who must agree.",
    "discover": "Run the configured sources and write down what they see.",
    "drift": "Compare what is declared and demanded with what was observed.",
    "ledger": "Tell what earlier runs of drift found, and how long repairs took.",
    "accept": "Write what was observed into the files of the workspace.",
    "waive": "Permit a deviation until a day.",
    "merge-driver": "Merge a file that both sides changed, by CI and key path.",
    "baseline": "Tell what baselines expect, write one, and freeze releases.",
    "schema": "Print the JSON Schema of the workspace's files for editors.",
}

EPILOG = """\b
Exit codes:  0 clean or answered, 1 findings, 2 could not, 3 incomplete.
Environment: every option is also read from CMDB_OPTION (--fail-level from
             CMDB_FAIL_LEVEL), or from CMDB_COMMAND_OPTION for one command.
Completion:  eval "$(_CMDB_COMPLETE=bash_source cmdb)", or zsh_source;
             fish: _CMDB_COMPLETE=fish_source cmdb | source
"""


class LazyGroup(click.Group):
    """Commands by name from a table; the module of the same name, a dash being `_`, has it as `command`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names, in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cmdb.cli.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; a near miss is suggested."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        found = super().resolve_command(ctx, args)
        if not gc.isenabled():
            from cmdb.model.quiet import count_as_old

            count_as_old()
            gc.enable()
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments, which may already print help, inside the one boundary for errors."""
        with boundary():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command inside the same boundary."""
        with boundary(ctx):
            return super().invoke(ctx)


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"auto_envvar_prefix": "CMDB", "help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="cmdb")
def cli() -> None:
    """YAML in Git as the configuration management database.

    Checks what is declared, finds what breaks when something fails, and compares declarations with reality.
    """


def main() -> None:
    """The console script. Its modules all stay until the process ends, and then everything goes at once: nobody looks
    for garbage while a command is imported, nor through what is left when it is done."""
    gc.disable()
    try:
        cli(prog_name="cmdb")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()
