"""`cmdb report NAME`: one of the analyses, asked about all CIs or about some."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from inspect import cleandoc
from typing import Any

import click

from cmdb.all_analyses import ANALYSES, Analysis, asked, drawer, summary
from cmdb.cli.asking import answering, selection
from cmdb.cli.drawing import DRAWINGS, Picture, pictured
from cmdb.cli.options import DOCUMENTS, Call, Decorator, Function, as_of, at, day, option, shared
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Drawing
from cmdb.model.asked import Option
from cmdb.model.data import as_data


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Answer a question about the whole inventory.

    Selectors limit it to some CIs.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _command(analysis: Analysis) -> click.Command:
    """The analysis as a command with the options that it declares."""

    def run(
        call: Call,
        selectors: tuple[str, ...],
        exclude: tuple[str, ...],
        as_of: date | None,
        at: str | None,
        picture: Picture | None = None,
        **given: Any,
    ) -> None:
        workspace = call.open(at)
        with working("reading the inventory", gauge=call.gauge):
            facts = workspace.facts(day(as_of))
            question = asked(facts, analysis.OPTIONS, selectors, exclude, given)
        verdict = answering(facts.inventory.unread)
        with working("looking at it"):
            result = analysis.analyse(facts, question)
        call.finish(
            Answer(
                "report",
                verdict,
                lambda: analysis.present(result),
                lambda: {"report": analysis.NAME, **as_data(result)},
                picture.of(workspace, partial(draw, result)) if draw and picture else Drawing,
            )
        )

    draw = drawer(analysis)
    function: Function = shared(*DOCUMENTS, *(DRAWINGS if draw else ()))(run)
    for decorate in (at, as_of, *((pictured,) if draw else ()), *map(_option, reversed(analysis.OPTIONS)), selection):
        function = decorate(function)
    example = f"\b\nExample:\n  cmdb report {analysis.NAME}"
    return click.command(analysis.NAME, help=_help(analysis), short_help=summary(analysis), epilog=example)(function)


def _option(declared: Option[Any]) -> Decorator:
    flag, default = f"--{declared.name.replace('_', '-')}", declared.default
    if isinstance(default, bool):
        return option(flag, declared.name, is_flag=True, default=default, help=declared.help)
    return option(
        flag,
        declared.name,
        type=_type(declared),
        default=default,
        multiple=isinstance(default, tuple),
        show_default=bool(default),
        metavar=declared.metavar or None,
        help=declared.help,
    )


def _type(declared: Option[Any]) -> click.ParamType[Any]:
    if declared.choices:
        return click.Choice(declared.choices)
    if isinstance(declared.default, int):
        return click.IntRange(min=None if declared.least is None else int(declared.least))
    return click.FloatRange(min=declared.least) if isinstance(declared.default, float) else click.STRING


def _help(analysis: Analysis) -> str:
    """Its documentation; lists and tables keep their lines."""
    return re.sub(r"^(?=[-|] ?)", "\b\n", cleandoc(analysis.__doc__ or ""), count=0, flags=re.MULTILINE)


for _analysis in ANALYSES:
    command.add_command(_command(_analysis))
