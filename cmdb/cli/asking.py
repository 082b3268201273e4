"""What questions have in common: the CIs they are about, and saying so where the answer cannot be whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from cmdb.cli.options import Decorator, Function, option
from cmdb.cli.output import say
from cmdb.model.answer import Verdict
from cmdb.model.ci import CI

if TYPE_CHECKING:
    from cmdb.inventory import Inventory
    from cmdb.model.past import Commit


def answering(files: Sequence[str]) -> Verdict:
    """The status of an answer to a question that was asked of an inventory without these files."""
    return "incomplete" if unread(files) else "clean"


def unread(files: Sequence[str]) -> bool:
    """Whether there are files that did not load; says on stderr which."""
    if files:
        count = "a file that" if len(files) == 1 else f"{len(files)} files that"
        say(f"this is without {count} did not load: {', '.join(files)} (cmdb check says why)")
    return bool(files)


def without_history(status: Verdict, cut: Commit | None) -> Verdict:
    """The status of an answer out of a history that is cut off at a commit; says so on stderr."""
    if cut is None:
        return status
    from cmdb.sources.refusals import FULL_HISTORY

    day = f"{cut.committed.astimezone(UTC):%Y-%m-%d}"
    say(f"the history of this clone ends at {cut.id[:9]} of {day}; {FULL_HISTORY}")
    return "incomplete"


def selection(function: Function) -> Function:
    """Any number of selectors, and `--exclude`."""
    exclude = option("--exclude", multiple=True, metavar="SELECTOR", help="Leave out what this picks; may be repeated.")
    return about("selectors", nargs=-1, metavar="[SELECTOR]...")(exclude(function))


def about(name: str, **settings: Any) -> Decorator:
    """An argument of ids or selectors; shells complete the ids."""
    return click.argument(name, shell_complete=complete_id, **settings)


def picked(inventory: Inventory, selectors: Sequence[str], exclude: Sequence[str]) -> tuple[CI, ...]:
    """The union of the selectors, or every CI where there is none, without the excluded."""
    if selectors or exclude:
        return inventory.select(*selectors, exclude=exclude)
    return tuple(inventory.cis.values())


def complete_id(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids that begin with what is typed; nothing where the workspace cannot be read."""
    from cmdb.workspace import Workspace

    try:
        ids = Workspace.open(ctx.params.get("workspace") or ".").inventory
        return [CompletionItem(known) for known in ids if known.startswith(incomplete)]
    except Exception:
        return []
