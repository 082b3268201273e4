"""`--include`: lifecycles that are counted in although they do not serve."""

from __future__ import annotations

from collections.abc import Iterable

import click

from cmdb.cli.options import Function, option
from cmdb.model.ci import OUT_OF_SERVICE

INCLUDE = f"Count CIs of this lifecycle in too ({', '.join(OUT_OF_SERVICE)}); may be repeated."


def including(function: Function) -> Function:
    """`--include LIFECYCLE`, repeatable; comma lists are taken too."""
    return option("--include", multiple=True, metavar="LIFECYCLE", callback=_lifecycles, help=INCLUDE)(function)


def _lifecycles(_ctx: click.Context, _param: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    words = [word.strip() for value in values for word in value.split(",") if word.strip()]
    for word in words:
        if word not in OUT_OF_SERVICE:
            raise click.BadParameter(f"{word!r} is not one of {', '.join(OUT_OF_SERVICE)}.")
    return tuple(words)
