"""The one place where errors end: the user's mistakes in plain words, ours in one line, and an exit code that is never
mistaken for a verdict."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from click.exceptions import Exit

COULD_NOT = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
_SHORTER = "look for kinds or baselines that extend one another in a long line, and shorten it"
DEBUG = "cmdb.debug"
"""The key under which the context remembers `--debug`."""


@contextmanager
def boundary(ctx: click.Context | None = None) -> Iterator[None]:
    """Turns every exception into words on stderr and an exit code; click's own usage errors are passed on."""
    try:
        yield
    except (Exit, click.UsageError):
        raise
    except click.ClickException as error:
        error.show()
        raise Exit(COULD_NOT) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("cmdb: interrupted", err=True)
        raise Exit(INTERRUPTED) from None
    except BrokenPipeError:
        nobody_reads()
        raise Exit(BROKEN_PIPE) from None
    except Exception as error:
        _tell(error, debug=bool(ctx and ctx.meta.get(DEBUG)))
        raise Exit(COULD_NOT) from None


def _tell(error: Exception, *, debug: bool) -> None:
    from cmdb.cli.output import tell
    from cmdb.model.problem import CmdbError

    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, RecursionError):
        error = CmdbError("something in these files is chained or nested too deeply", hint=_SHORTER)
    if isinstance(error, CmdbError):
        tell(error.problem)
        return
    what = " ".join(f"{type(error).__name__}: {error}".split())
    remedy = "" if debug else " (run with --debug for the traceback, and please report it)"
    click.echo(f"cmdb: internal error: {what}{remedy}", err=True)


def nobody_reads() -> None:
    """Keeps the interpreter from complaining once more, on its way out, about what cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
