"""The options that commands share, and what they come to: which workspace, which moment, and where the answer goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cmdb.all_formats import FORMATS
from cmdb.cli.boundary import DEBUG
from cmdb.cli.graphviz import IMAGES, image
from cmdb.cli.output import Output, append, below_repository, outputs, screen, write
from cmdb.cli.places import Place
from cmdb.cli.processes import SecondProcess
from cmdb.cli.progress import Gauge, working
from cmdb.model.answer import Answer, Screen, Verdict
from cmdb.model.findings import Findings, Setting
from cmdb.model.moments import end_of
from cmdb.model.problem import SEVERITIES, CmdbError

if TYPE_CHECKING:
    from cmdb.inventory import Inventory
    from cmdb.workspace import Workspace

EXIT: Mapping[Verdict, int] = {"clean": 0, "findings": 1, "incomplete": 3}
DOCUMENTS = ("text", "json", "markdown")
TRACKED = (*DOCUMENTS, "sarif", "junit", "github", "gitlab")
"""Of commands whose answer is a list of findings."""
MONITORED = (*TRACKED, "prometheus", "nagios", "cloudevents")
"""Of commands that are run again and again, and watched."""

Function = Callable[..., None]
Decorator = Callable[[Function], Function]


@dataclass(frozen=True, slots=True)
class Call:
    """What the shared options of one call come to."""

    directory: Path | None
    outputs: tuple[Output, ...]
    cache: bool
    by_itself: bool = False
    """Whether the format is one that nobody named."""
    url: str = ""
    """Where the answer goes instead of a file; only for commands that take one."""
    gauge: Gauge = field(default_factory=Gauge)
    """How far the reading of the inventory is."""

    @property
    def format(self) -> str:
        """The one format. Raises `UsageError` where several were asked for, which not every command can do."""
        return self._single.format

    @property
    def output(self) -> Path | None:
        """The one file, or None for stdout. Raises `UsageError` like `format`."""
        return self._single.file

    @property
    def _single(self) -> Output:
        if len(self.outputs) > 1:
            raise click.UsageError("One -f only, please: this command writes its answer in one format at a time.")
        return self.outputs[0]

    def open(self, at: str | None = None) -> Workspace:
        """The workspace of the call, at a revision if one is given."""
        from cmdb.workspace import Workspace

        folder, tell = self.directory or Path(), self.gauge.tell
        return Workspace.open(folder, at=at or "", cache=self.cache, executor=SecondProcess(), tell=tell)

    def inventory(self, workspace: Workspace) -> Inventory:
        """The workspace's inventory, with a sign of life while it is read."""
        with working("reading the inventory", gauge=self.gauge):
            return workspace.inventory

    def root(self) -> Path:
        """The folder of the workspace."""
        found = self.open().root
        assert found is not None, "a workspace that was opened has a folder"
        return found

    def setting(self, workspace: Workspace, as_of: date, fail_level: str) -> Setting:
        """What is judged, for formats that tell it."""
        from cmdb import __version__

        folder = below_repository(workspace.root) if workspace.root else ""
        try:
            name = workspace.config.name
        except CmdbError:
            name = ""
        return Setting(name, folder, as_of, SEVERITIES[fail_level], __version__)

    def finish(self, answer: Answer, *, private: bool = False) -> NoReturn:
        """Writes the answer in the formats that were asked for, and ends with the exit code of its status. `private`
        keeps a new file from other users."""
        chosen = self._able(answer)
        texts = [self._written(answer, output) for output in chosen]
        for text, output in zip(texts, chosen, strict=True):
            write(text, output.file, private=private)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary and any(output.format == "github" for output in chosen):
            append(_rendered(answer, Output("markdown", Path(summary))), Path(summary))
        leave(answer.status)

    def _written(self, answer: Answer, output: Output) -> str | bytes:
        if output.format not in IMAGES:
            return _rendered(answer, output)
        if output.format == "png" and output.file is None and sys.stdout is not None and sys.stdout.isatty():
            raise click.UsageError("-f png is nothing for a terminal; write it into a file with -o.")
        return image(_rendered(answer, replace(output, format="dot")), output.format, self.directory or Path())

    def _able(self, answer: Answer) -> tuple[Output, ...]:
        """The outputs, none of which would say "no findings" of an answer that is not about findings."""
        if answer.findings is not Findings:
            return self.outputs
        if self.by_itself:
            return (Output("text", self.output),)
        for output in self.outputs:
            if output.format in MONITORED and output.format not in DOCUMENTS:
                raise click.UsageError(f"-f {output.format} tells findings, and this answer is none of findings.")
        return self.outputs


def _rendered(answer: Answer, output: Output) -> str:
    chosen = next(known for known in FORMATS if output.format == known.NAME)
    return chosen.render(answer, Screen() if output.file else screen(sys.stdout))


def day(as_of: date | None) -> date:
    """The day that is meant, in UTC."""
    moment = as_of or now()
    return moment.date() if isinstance(moment, datetime) else moment


def meant(as_of: date | None) -> datetime:
    """The moment that is meant; of a day its end in UTC."""
    return now() if as_of is None else end_of(as_of)


def leave(status: Verdict) -> NoReturn:
    """Ends the command with the exit code of a status."""
    click.get_current_context().exit(EXIT[status])


class Option(click.Option):
    """An option that is also read from `CMDB_COMMAND_OPTION` and, failing that, from `CMDB_OPTION`."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The text of the first of the variables that is set and not empty."""
        return super().resolve_envvar_value(ctx) or os.environ.get(f"CMDB_{(self.name or '').upper()}") or None


def option(*names: str, **settings: Any) -> Decorator:
    """A click option that has its environment variables."""
    return click.option(*names, cls=Option, **settings)


def shared(*formats: str, urls: bool = False) -> Decorator:
    """Every command's options, handed to the command as one `Call`; without names of formats, those of documents. With
    `urls`, -o takes a URL too."""
    known = formats or DOCUMENTS
    options = (
        option("-C", "--workspace", type=click.Path(path_type=Path), metavar="DIR", help=WORKSPACE),
        option("-f", "--format", multiple=True, type=click.Choice(known), show_default="text", help=FORMAT),
        option("-o", "--output", multiple=True, type=Place(urls=urls), metavar="FILE", help=OUTPUT),
        option("--no-cache", is_flag=True, help="Read every file, whatever the cache remembers."),
        option("--debug", is_flag=True, is_eager=True, expose_value=False, callback=_remember, help=TRACEBACK),
    )

    def decorate(function: Function) -> Function:
        @wraps(function)
        def called(workspace: Path | None, output: tuple[Path | str, ...], no_cache: bool, **others: Any) -> None:
            named = others.pop("format")
            url = next((place for place in output if isinstance(place, str)), "")
            if url and len(output) > 1:
                raise click.UsageError("One -o only, please, where it is a URL.")
            files = tuple(place for place in output if isinstance(place, Path))
            asked = outputs(named, files, _default(known, files))
            function(Call(workspace, asked, not no_cache, by_itself=not named, url=url), **others)

        decorated: Function = called
        for add in reversed(options):
            decorated = add(decorated)
        return decorated

    return decorate


def _default(formats: Sequence[str], files: Sequence[Path]) -> str:
    """Text; inside GitHub Actions, where the answer goes to the log, what shows up beside the code."""
    inside = os.environ.get("GITHUB_ACTIONS") == "true" and not any(str(file) != "-" for file in files)
    return "github" if inside and "github" in formats else "text"


def at(function: Function) -> Function:
    """`--at REV|DATE`."""
    return option("--at", metavar="REV|DATE", help=AT)(function)


def as_of(function: Function) -> Function:
    """`--as-of`; None where it is not given, meaning now."""
    return option("--as-of", metavar="DATE", callback=_moment, help=AS_OF)(function)


def fail_level(function: Function) -> Function:
    """`--fail-level`, by default error."""
    levels = click.Choice(tuple(SEVERITIES))
    return option("--fail-level", type=levels, default="error", show_default=True, help=FAIL_LEVEL)(function)


def exit_code(function: Function) -> Function:
    """`--exit-code`."""
    return option("--exit-code", is_flag=True, help="Exit with 1 when the answer is not empty.")(function)


WORKSPACE = "The workspace; by default the nearest parent folder with a cmdb.yaml."
FORMAT = "How the answer is written; may be repeated, each with its -o."
OUTPUT = "Write the answer into this file instead of stdout; the second is for the second -f, and - is stdout."
TRACEBACK = "Show the traceback of an error."
AS_OF = "Judge as of this day, to its end in UTC, or of this moment (2026-11-01T02:00:00Z); by default now."
AT = "Answer for this revision of the workspace instead of its files, or for what HEAD was on a day or at a moment."
FAIL_LEVEL = "The least severity that makes the exit code 1."


def _remember(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    ctx.meta[DEBUG] = value


def now() -> datetime:
    """The moment that is meant where nobody says `--as-of`; the only look at the clock."""
    return datetime.now(UTC)


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """A date, or a moment in UTC."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        from cmdb.cli.moments import with_offset

        return with_offset(value, "no day (2026-11-01) and no moment (2026-11-01T02:00:00Z)")
