"""`cmdb baseline`: what is expected of a CI, a baseline from what is observed, and releases that were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmdb.cli import releasing
from cmdb.cli.asking import about, answering, picked
from cmdb.cli.observing import observation, observe
from cmdb.cli.options import Call, as_of, at, day, now, option, shared
from cmdb.cli.output import say
from cmdb.cli.progress import working
from cmdb.model.answer import Answer
from cmdb.model.problem import CmdbError

if TYPE_CHECKING:
    from cmdb.inventory import Inventory
    from cmdb.model.ci import CI
    from cmdb.model.keypath import KeyPath
    from cmdb.reconciliation.capture import Captured
    from cmdb.workspace import Workspace


@click.group()
def command() -> None:
    """Tell what baselines expect, write one, and freeze releases."""


for each in (releasing.freeze, releasing.listing, releasing.diff, releasing.verify):
    command.add_command(each)


@command.command(epilog="\b\nExamples:\n  cmdb baseline show web-1\n  cmdb baseline show 2026-11")
@about("reference", metavar="ID|NAME")
@as_of
@at
@shared()
def show(call: Call, reference: str, as_of: date | None, at: str | None) -> None:
    """Tell what is expected of one CI, and which line says so; or what a baseline of that name is.

    Baselines are listed in their order: one that extends another comes before it, and its word replaces the other's on
    the same path. What was replaced stands below what counts.
    """
    from cmdb.graph.references import resolve
    from cmdb.reconciliation.effective import expected
    from cmdb.views import expected as view

    workspace = call.open(at)
    inventory = call.inventory(workspace)
    _show_by_name(call, workspace, reference)
    ci = inventory[inventory.topology.ids[resolve(inventory.topology, reference)]]
    found = expected(inventory, workspace.baselines, ci, day(as_of))
    locate = workspace.locate
    answer = Answer(
        "baseline-show",
        answering(workspace.unread),
        lambda: view.document(found, locate, inventory.schema),
        lambda: view.payload(found, locate),
    )
    call.finish(answer)


def _show_by_name(call: Call, workspace: Workspace, name: str) -> None:
    """Answers where no CI, but a baseline goes by the name."""
    from cmdb.views import releases

    if name in workspace.inventory:
        return
    found = workspace.baselines
    frozen = next((release for release in found.releases if release.name == name), None)
    if frozen is not None:
        document, payload = lambda: releases.document(frozen), lambda: releases.payload(frozen)
        call.finish(Answer("baseline-show", answering(workspace.unread), document, payload))
    other = next((baseline for baseline in found.baselines if baseline.name == name), None)
    if other is not None:
        document, payload = lambda: releases.expecting_document(other), lambda: releases.expecting_payload(other)
        call.finish(Answer("baseline-show", answering(workspace.unread), document, payload))


@command.command(
    epilog="\b\nExamples:\n  cmdb baseline capture 'kind=server,environment=production' --observed tonight.jsonl\n"
    "  cmdb baseline capture web-1 web-2 --path attributes.packages --name web -o baselines/web.yaml"
)
@about("selectors", nargs=-1, required=True, metavar="SELECTOR...")
@option("--exclude", multiple=True, metavar="SELECTOR", help="Leave out what this picks; may be repeated.")
@observation
@option("--name", default="captured", show_default=True, metavar="NAME", help="The name of the baseline.")
@option("--path", "paths", multiple=True, metavar="PATTERN", help="Only what is at this key path or below; repeatable.")
@option("--approved-by", metavar="WHO", help="Who approves the baseline.")
@option("--force", is_flag=True, help="Overwrite the file of -o.")
@as_of
@shared()
def capture(
    call: Call,
    selectors: tuple[str, ...],
    exclude: tuple[str, ...],
    observed: tuple[Path | str, ...],
    sources: tuple[str, ...],
    name: str,
    paths: tuple[str, ...],
    approved_by: str | None,
    force: bool,
    as_of: date | None,
) -> None:
    """Write a baseline from what is observed of the CIs that selectors pick.

    It demands the values that all of them have, and tells in comments what differs. Attributes that change by
    themselves and secrets are left out. Without --observed the sources of cmdb.yaml run now. Exits with 3 when some of
    the CIs were not seen.
    """
    from cmdb.formats.baseline_writer import Head
    from cmdb.views import captured as view

    _may_write(call, force)
    workspace = call.open()
    inventory = call.inventory(workspace)
    cis = picked(inventory, selectors, exclude)
    if not cis:
        raise CmdbError("the selectors pick no CI", hint="'cmdb select' shows what they pick")
    patterns = [_pattern(path) for path in paths]
    snapshot = observe(workspace, observed, sources, "look at")
    head = Head(name, _applies_to(inventory, selectors, exclude, cis), approved_by)
    with working("comparing"):
        text, said = workspace.capture(snapshot, as_of or now(), cis, head, patterns, names=sources)
    if not said.common:
        raise _nothing(said)
    _tell(workspace, name, said.unseen)
    status = "incomplete" if said.unseen else answering(inventory.unread)
    call.finish(Answer("baseline-capture", status, lambda: view.document(text), lambda: view.payload(text, name, said)))


def _may_write(call: Call, force: bool) -> None:
    for output in call.outputs:
        if output.file is not None and output.file.is_file() and not force:
            raise CmdbError(f"there is a file '{output.file}' already", hint="name another one, or say --force")


def _pattern(written: str) -> KeyPath:
    from cmdb.model.keypath import KeyPathError, parse_path

    try:
        return parse_path(written, pattern=True)
    except KeyPathError as error:
        raise click.BadParameter(f"{written!r} is no key path: {error}.", param_hint="--path") from None


def _applies_to(inventory: Inventory, selectors: Sequence[str], exclude: Sequence[str], cis: Sequence[CI]) -> str:
    """The selector itself where it is one that a baseline may have, else the ids."""
    from cmdb.graph.selectors import SelectorError, predicate

    ids = [ci.id for ci in cis]
    if len(selectors) == 1 and not exclude:
        try:
            applies = predicate(selectors[0], inventory.schema, inventory)
            if [ci.id for ci in inventory.values() if applies(ci)] == ids:
                return selectors[0]
        except SelectorError:
            pass
    return f"id={ids[0]}" if len(ids) == 1 else f"id in ({', '.join(ids)})"


def _nothing(said: Captured) -> CmdbError:
    if not said.seen:
        return CmdbError("none of the CIs was seen", hint="look into another snapshot")
    hint = "pick fewer CIs" if said.differing else "name another --path, or another snapshot"
    return CmdbError(f"nothing was seen that is the same on all {len(said.seen)} CIs", hint=hint)


def _tell(workspace: Workspace, name: str, unseen: Sequence[str]) -> None:
    if unseen:
        say(f"{len(unseen)} of the CIs {'was' if len(unseen) == 1 else 'were'} not seen: {', '.join(unseen)}")
    if any(baseline.name == name for baseline in workspace.baselines.baselines):
        say(f"there is a baseline '{name}' already; two of one name are an error")
