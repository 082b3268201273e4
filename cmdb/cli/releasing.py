"""`cmdb baseline freeze`, `list`, `diff` and `verify`: releases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cmdb.cli.asking import about, answering, unread
from cmdb.cli.observing import observation, observe
from cmdb.cli.options import TRACKED, Call, as_of, at, day, exit_code, fail_level, now, option, shared
from cmdb.cli.output import say
from cmdb.cli.progress import working
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import SEVERITIES

DIRTY = "Freeze the files as they are, though HEAD has others."


@click.command(
    epilog="\b\nExamples:\n  cmdb baseline freeze 2026-11 --approved-by change-board --note CHG0042\n"
    "  cmdb baseline freeze shop-7 +shop --at v7"
)
@click.argument("name", metavar="NAME")
@about("selectors", nargs=-1, metavar="[SELECTOR]...")
@option("--exclude", multiple=True, metavar="SELECTOR", help="Leave out what this picks; may be repeated.")
@option("--approved-by", metavar="WHO", help="Who approves the release.")
@option("--note", default="", metavar="TEXT", help="What else is to be known of it.")
@option("--allow-dirty", is_flag=True, help=DIRTY)
@option("--force", is_flag=True, help="Freeze it anew where there is one of that name.")
@as_of
@at
@shared()
def freeze(
    call: Call,
    name: str,
    selectors: tuple[str, ...],
    exclude: tuple[str, ...],
    approved_by: str | None,
    note: str,
    allow_dirty: bool,
    force: bool,
    as_of: date | None,
    at: str | None,
) -> None:
    """Record an approved release: the commit, and a digest of each CI.

    It is written into baselines/frozen/NAME.yaml; commit that file. Without selectors every CI belongs to it. Refuses
    while an inventory file does not load, or is not committed.
    """
    from cmdb.look_back import freeze
    from cmdb.model.release import FOLDER
    from cmdb.views import releases as view

    workspace = call.open(at)
    call.inventory(workspace)
    with working("freezing"):
        release = freeze(
            workspace,
            name,
            selectors,
            day=day(as_of),
            exclude=exclude,
            approved_by=approved_by,
            note=note,
            allow_dirty=allow_dirty,
            force=force,
        )
    path = f"{FOLDER}/{name}.yaml"
    call.finish(
        Answer(
            "baseline-freeze", "clean", lambda: view.frozen_document(release, path), lambda: view.payload(release, path)
        )
    )


@click.command(name="list", epilog="\b\nExample:\n  cmdb baseline list")
@at
@shared()
def listing(call: Call, at: str | None) -> None:
    """List all baselines: what was frozen, and what expects."""
    from cmdb.views import releases as view

    workspace = call.open(at)
    found = workspace.baselines
    status = answering(found.unread)
    call.finish(Answer("baseline-list", status, lambda: view.list_document(found), lambda: view.list_payload(found)))


@click.command(
    epilog="\b\nExamples:\n  cmdb baseline diff 2026-10 2026-11\n"
    "  cmdb baseline diff 2026-11 live --observed tonight.jsonl"
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default="worktree")
@observation
@exit_code
@as_of
@shared()
def diff(
    call: Call,
    before: str,
    after: str,
    observed: tuple[Path | str, ...],
    sources: tuple[str, ...],
    exit_code: bool,
    as_of: date | None,
) -> None:
    """Compare two of: a frozen baseline, a revision, the files, and what was observed.

    A side is the name of a frozen baseline, a revision or a date, worktree, or live: what --observed has, or what the
    sources of cmdb.yaml see now. Where a side is a frozen baseline, only its CIs count, and those that its selectors
    pick on the other side.
    """
    from cmdb.compare.apply import inverse
    from cmdb.look_back.living import Lived, lived
    from cmdb.look_back.sides import LIVE, compared, side
    from cmdb.views import releases as view

    workspace = call.open()
    live = [word.casefold() == LIVE for word in (before, after)]
    if all(live):
        raise click.UsageError("Only one side can be live.")
    if observed and not any(live):
        raise click.UsageError("--observed is for a side that is live.")
    with working("reading both sides", gauge=call.gauge):
        sides = [side(workspace, word) for word, is_live in zip((before, after), live, strict=True) if not is_live]
        missing = [one.missing for one in sides if one.missing]
        unloaded = sorted({path for one in sides if not one.missing for path in one.workspace.unread_inventory})
    if any(live):
        snapshot = observe(workspace, observed, sources)
        with working("comparing"):
            found = lived(sides[0], snapshot, as_of or now(), names=sources)
        found = Lived(inverse(found.changes), found.unseen) if live[0] else found
    else:
        with working("comparing"):
            found = Lived(compared(*sides))
    for reason in missing:
        say(f"only digests are compared: {reason}")
    incomplete = unread(unloaded) or bool(missing) or bool(found.unseen)
    status: Verdict = "findings" if found.changes and exit_code else "incomplete" if incomplete else "clean"
    call.finish(
        Answer(
            "baseline-diff",
            status,
            lambda: view.comparison_document(found.changes, found.unseen),
            lambda: view.comparison_payload(before, after, found.changes, found.unseen),
        )
    )


@click.command(epilog="\b\nExample:\n  cmdb baseline verify 2026-11 --fail-level warning")
@click.argument("name", metavar="NAME")
@fail_level
@as_of
@at
@shared(*TRACKED)
def verify(call: Call, name: str, fail_level: str, as_of: date | None, at: str | None) -> None:
    """Tell what left a frozen baseline, and through which commits.

    Exits with 1 when a CI has other values, another id or is gone, or when the baseline says what its own commit does
    not; CIs that came are warnings. Exits with 3 when there is nothing of that, but a file did not load or this clone
    lacks the history.
    """
    from cmdb.look_back import verify
    from cmdb.views import verification as view

    workspace = call.open(at)
    call.inventory(workspace)
    with working("reading the history"):
        found = verify(workspace, name)
    locate = workspace.locate
    problems = [view.problem(found.release, one, locate) for one in found.departures]
    incomplete = unread(workspace.unread) or bool(found.missing)
    worst = max((problem.severity for problem in problems), default=None)
    status: Verdict = "incomplete" if incomplete else "clean"
    if worst is not None and worst >= SEVERITIES[fail_level]:
        status = "findings"
    setting = call.setting(workspace, day(as_of), fail_level)
    call.finish(
        Answer(
            "baseline-verify",
            status,
            lambda: view.document(found, locate),
            lambda: view.payload(found, locate),
            findings=lambda: view.findings(found, locate, setting),
            comment=lambda: view.comment(found, locate),
        )
    )
