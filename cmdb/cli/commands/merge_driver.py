"""`cmdb merge-driver`: what Git runs for a file that both sides of a merge changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmdb.cli.options import Call, leave, option, shared
from cmdb.cli.output import say
from cmdb.model.answer import Answer, Verdict
from cmdb.model.problem import CmdbError
from cmdb.views import merge_driver as view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmdb.merging.files import FileMerge, Lines, Sides
    from cmdb.model.kind import Schema

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="\b\nExample, as `cmdb init --merge-driver` sets it up:\n  cmdb merge-driver --marker-size %L -- %O %A %B %P"
)
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.argument("path")
@option("--marker-size", type=click.IntRange(1, 200), default=7, show_default=True, help="The length of the markers.")
@shared()
def command(call: Call, base: Path, ours: Path, theirs: Path, path: str, marker_size: int) -> None:
    """Merge a file that both sides changed, by CI and key path.

    Git runs this. OURS is overwritten with the result; comments, order and layout of ours stay. PATH says where the
    file belongs. Exits with 1 when both sides changed one value: the file has Git's markers around just that, and
    stderr says which CI it is. Files that are not YAML are merged by their lines.
    """
    from cmdb.merging.files import Sides

    sides = Sides(*map(_read, (base, ours, theirs)))
    found = _merged(sides, ours, path, marker_size)
    _write(ours, found.data)
    for conflict in found.conflicts:
        say(f"{path}: {conflict.message}")
    if call.format == "text" and call.output is None:
        leave("findings" if found.conflicts else "clean")
    merged = view.Merged(path, found.conflicts)
    status: Verdict = "findings" if found.conflicts else "clean"
    call.finish(Answer("merge-driver", status, lambda: view.document(merged), lambda: view.payload(merged)))


def _merged(sides: Sides, ours: Path, path: str, marker: int) -> FileMerge:
    """The merge; where that fails by a mistake of ours, the file has at least what Git would have made of it."""
    from cmdb.merging.files import Lines, merge_file
    from cmdb.sources.line_merge import merge_lines

    def by_lines(sides: Sides) -> Lines:
        return Lines(*merge_lines(sides.ours, sides.base, sides.theirs, marker))

    try:
        return merge_file(path, sides, by_lines, cache(lambda: _schemas(Path(path).parent)), marker)
    except Exception:
        _write(ours, by_lines(sides).data)
        raise


def _schemas(folder: Path) -> Sequence[Schema]:
    """The kinds of the workspace that the file is in, as they stand on disk; else those that are built in."""
    from cmdb.workspace import Workspace

    there = next((above for above in (folder, *folder.parents) if above.is_dir()), Path())
    try:
        return (Workspace.open(there, cache=False).schema,)
    except CmdbError:
        return (Workspace.of({}).schema,)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CmdbError(f"cannot read '{file}': {error.strerror or error}") from error


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CmdbError(f"cannot write '{file}': {error.strerror or error}") from error
