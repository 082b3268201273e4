"""Where answers go: stdout or a file that is there whole or not at all. Everything else goes to stderr."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from cmdb.cli.boundary import nobody_reads
from cmdb.model.answer import Screen
from cmdb.model.document import Document, Entry, Listing, Span
from cmdb.model.problem import CmdbError, Problem
from cmdb.sources.rules import hidden
from cmdb.sources.saving import mode_of

PIPED = 80
"""Columns where nobody said how many there are."""


def screen(stream: IO[Any] | None) -> Screen:
    """What the stream can show; a pipe has 80 columns and no colours."""
    if stream is None or not stream.isatty():
        return Screen(PIPED)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(max(shutil.get_terminal_size((PIPED, 24)).columns, 20), colour)


@dataclass(frozen=True, slots=True)
class Output:
    """One way in which an answer is written down: a format, and a file or (None) stdout."""

    format: str
    file: Path | None = None


def outputs(formats: Sequence[str], files: Sequence[Path], default: str) -> tuple[Output, ...]:
    """The n-th file belongs to the n-th format; `-` is stdout, which is also where one format without a file goes.

    Raises `UsageError` where they do not pair, or where two answers would go to one place.
    """
    named = tuple(formats) or (default,)
    where = [None if str(file) == "-" else file for file in files] or [None]
    if len(where) != len(named):
        raise click.UsageError("Give each -f its own -o, in the same order; '-' is stdout.")
    for file in where:
        if where.count(file) > 1:
            raise click.UsageError(f"Two formats cannot both be written to {file or 'stdout'}.")
    return tuple(map(Output, named, where))


def write(text: str | bytes, file: Path | None, *, private: bool = False) -> None:
    """The answer to stdout or, in one step, to a file; `private` keeps a new file from other users."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    try:
        if file is None:
            _print(content)
        else:
            _replace(_followed(file), content, 0o600 if private else None)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CmdbError(f"cannot write {file or 'the answer'}: {error.strerror or error}") from error


def append(text: str, file: Path) -> None:
    """The text to the end of a file that others write too."""
    try:
        with file.open("ab") as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        say(f"cannot write {file}: {error.strerror or error}")


def below_repository(folder: Path) -> str:
    """Where a folder lies below the top of its Git repository; empty for the top, and outside of any."""
    for top in (folder, *folder.parents):
        if (top / ".git").exists():
            return folder.relative_to(top).as_posix() if top != folder else ""
    return ""


def say(message: str) -> None:
    """A line to the user that is not the answer."""
    click.echo(f"cmdb: {message}", err=True)


def tell(problem: Problem) -> None:
    """A problem to the user, with its place and its remedy."""
    from cmdb.render.text import text
    from cmdb.views.check import entry

    whole = entry(problem)
    if problem.code == "error":
        whole = Entry((Span("error", "bad"), f": {problem.message}"), whole.below)
    click.echo("cmdb: " + text(Document((Listing((whole,)),)), screen(sys.stderr)), err=True, nl=False)


def _print(content: bytes) -> None:
    if sys.stdout is None:
        raise CmdbError("there is no stdout to write to", hint="write the answer into a file with -o")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError:
        nobody_reads()
        raise


def _followed(file: Path) -> Path:
    """Where a path leads. Raises `CmdbError` where a link in a checkout, which may be a stranger's, leads out of it or
    to what is hidden in it."""
    plain, real = Path(os.path.normpath(file.absolute())), Path(os.path.realpath(file))
    top = next((folder for folder in plain.parents if _is_checkout(folder)), None)
    if top is None:
        return real
    inside = Path(os.path.realpath(top))
    led = real != inside / plain.relative_to(top)
    if led and (not real.is_relative_to(inside) or hidden(real.relative_to(inside).as_posix())):
        raise CmdbError(f"{file} leads out of the workspace by a link", hint="remove the link, or write elsewhere")
    return real


def _is_checkout(folder: Path) -> bool:
    return not folder.is_symlink() and ((folder / ".git").exists() or (folder / "cmdb.yaml").exists())


def _replace(file: Path, content: bytes, mode: int | None) -> None:
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(mode if mode is not None else mode_of(file))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
