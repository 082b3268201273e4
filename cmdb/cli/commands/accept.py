"""`cmdb accept`: what was seen becomes what is declared."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click

from cmdb.acceptance.choosing import OUTCOMES
from cmdb.cli.asking import about
from cmdb.cli.observing import observation, observe
from cmdb.cli.options import Call, as_of, leave, now, option, shared
from cmdb.cli.output import say, tell, write
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Verdict
from cmdb.model.drift import Deviation
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.problem import CmdbError
from cmdb.views import accept as view


def patterns(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[KeyPath, ...]:
    """Key paths with stars."""
    try:
        return tuple(parse_path(value, pattern=True) for value in values)
    except KeyPathError as error:
        raise click.BadParameter(f"no key path: {error}") from None


@click.command(
    epilog="\b\nExamples:\n  cmdb accept web-1 --path attributes.packages --dry-run\n"
    "  cmdb accept --interactive\n  cmdb accept --keys --branch keys --message 'Keys of all sources'"
)
@about("arguments", nargs=-1, metavar="[SELECTOR|ID|KEY]...")
@option("--path", "paths", multiple=True, metavar="PATTERN", callback=patterns, help="Only key paths like this.")
@option("--outcome", "outcomes", multiple=True, type=click.Choice(OUTCOMES), help="Only this outcome; may be repeated.")
@observation
@option("-i", "--interactive", is_flag=True, help="Ask about each deviation.")
@option("--keys", is_flag=True, help="Write down the keys by which sources know the CIs.")
@option("--dry-run", is_flag=True, help="Write nothing, print the difference.")
@option("--branch", metavar="NAME", help="Commit to this new branch, from HEAD, instead of writing files.")
@option("-m", "--message", metavar="TEXT", help="The message of that commit.")
@option("--trust-removals", is_flag=True, help="Believe that much is gone where an outage of the source is likelier.")
@as_of
@shared()
def command(
    call: Call,
    arguments: tuple[str, ...],
    paths: tuple[KeyPath, ...],
    outcomes: tuple[str, ...],
    observed: tuple[Path, ...],
    sources: tuple[str, ...],
    interactive: bool,
    keys: bool,
    dry_run: bool,
    branch: str | None,
    message: str | None,
    trust_removals: bool,
    as_of: date | None,
) -> None:
    """Write what was observed into the files of the workspace.

    Without arguments every CI that deviates is taken; SELECTOR, ID, --path and --outcome say which. What is missing
    becomes retired, and what is unmanaged gets a file of its own, only where it is named (by ID, or by the source's
    KEY), where --outcome says so, or where --interactive is answered with yes. Only the lines of the values change.
    Secrets, what a baseline demands otherwise, and what would be an error for `cmdb check` are never accepted. Exits
    with 1 when something that was chosen could not be accepted.
    """
    if (branch is None) is not (message is None):
        raise click.UsageError("--branch and --message belong together.")
    if interactive and not sys.stdin.isatty():
        raise CmdbError("--interactive needs a terminal to ask on", hint="say what to accept, and leave it out")
    from cmdb.write_back import accepting, writing

    workspace = call.open("HEAD" if branch else None)
    accepting.refuse_unread(workspace)
    if branch:
        writing.refuse_branch(workspace, branch)
    snapshot = observe(workspace, observed, sources)
    wanted = frozenset(outcomes or (OUTCOMES if interactive else ()))
    choice = accepting.chosen(workspace, snapshot, arguments, paths, wanted)
    ask = _Asking() if interactive else None
    with nullcontext() if interactive else working("comparing"):
        made = accepting.accept(
            workspace,
            snapshot,
            as_of or now(),
            choice,
            values=not keys or bool(paths or outcomes),
            keys=keys,
            ask=ask,
            names=sources,
            trust_removals=trust_removals,
        )
    commit = "" if dry_run else writing.write(workspace, made.files, made.before, branch, message)
    shown = view.Shown(
        made.accepted, made.refused, made.files, made.before, made.notes, made.left, branch or "", commit, dry_run
    )
    status: Verdict = "findings" if made.refused else "clean"
    if dry_run and call.format == "text":
        _preview(call, shown, status)
    call.finish(Answer("accept", status, lambda: view.document(shown), lambda: view.payload(shown)))


def _preview(call: Call, shown: view.Shown, status: Verdict) -> None:
    for refusal in shown.refused:
        tell(refusal.problem)
    if not shown.files:
        say("there is nothing to write")
    write(view.patch(shown), call.output)
    leave(status)


class _Asking:
    """Asks about one deviation after the other."""

    def __init__(self) -> None:
        self._all: set[str | None] = set()
        self._rest = False
        self._done = False

    def __call__(self, deviation: Deviation) -> bool:
        usual = deviation.outcome == "deviating"
        if self._done or (usual and (self._rest or deviation.ci in self._all)):
            return not self._done
        click.echo(view.question(deviation), err=True)
        answer = click.prompt(
            "  Accept? yes, no, this CI, all deviating, quit", type=_ANSWERS, default="n", show_choices=True, err=True
        )
        if answer == "c":
            self._all.add(deviation.ci)
        self._rest = self._rest or answer == "a"
        self._done = answer == "q"
        return answer in ("y", "c", "a")


_ANSWERS = click.Choice(("y", "n", "c", "a", "q"))
