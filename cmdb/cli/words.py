"""A command that answers by itself, and has further commands for its first word."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class Worded(click.Group):
    """A command with arguments and options of its own. Where the first argument is one of its words, the command of
    that word answers instead: the `command` of the module that `words` has for it, imported when it is called."""

    allow_extra_args = False
    allow_interspersed_args = True
    words: Mapping[str, str] = {}

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The words, in their order."""
        return list(self.words)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a word, imported now."""
        if cmd_name not in self.words:
            return None
        command: click.Command = import_module(self.words[cmd_name]).command
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that the first argument names, or of this one."""
        if args and args[0] in self.words:
            inner = import_module(self.words[args[0]]).command
            context: click.Context = inner.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
            return context
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Everything belongs to this command."""
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """The command itself."""
        return click.Command.invoke(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The options and arguments of the command itself."""
        return click.Command.collect_usage_pieces(self, ctx)
