"""New workspaces: the files, and the first commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cmdb.discovery.running import discover
from cmdb.formats.yaml.scalars import resolve
from cmdb.model import plain
from cmdb.model.config import SourceConfig
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Run
from cmdb.model.value import Value
from cmdb.scaffold import empty, observed
from cmdb.sources import recording
from cmdb.workspace import CONFIG, Workspace

TAKEN = (CONFIG, "inventory", "baselines")
"""What must not be there yet."""


@dataclass(frozen=True, slots=True)
class Made:
    """A workspace that has just been made. `cis` counts its CIs; `uncommitted` says why nothing was committed, and is
    empty where it was."""

    root: Path
    files: tuple[str, ...]
    cis: int
    uncommitted: str = ""


def make(folder: Path) -> Made:
    """An empty workspace in a folder, committed. Raises `CmdbError` where there is one already."""
    _refuse_overwriting(folder)
    return _written(folder, empty.files(_name(folder)), 0, "A workspace for the configuration management database")


def make_from(folder: Path, plugin: str, options: Mapping[str, str], clock: Callable[[], datetime]) -> Made:
    """A workspace that declares what a discovery plugin sees now, committed. Relative paths among the options are
    taken below the folder. Raises `CmdbError` where there is one already, or nothing is seen; then nothing is made."""
    _refuse_overwriting(folder)
    source = SourceConfig(plugin, plugin, options={name: _meant(text) for name, text in options.items()})
    first = _first_look(source, folder, clock)
    files = empty.files(_name(folder), observed.configured(source, first)) | observed.files(first)
    return _written(folder, files, len(first.cis), f"What {plugin} sees")


def _first_look(source: SourceConfig, folder: Path, clock: Callable[[], datetime]) -> observed.FirstLook:
    """What the source sees from the folder, which goes again if that comes to nothing."""
    schema = Workspace.of({}).inventory.schema
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(error) from error
    try:
        (run,) = discover([source], folder, clock=clock, schema=schema).runs
        _refuse_blindness(run)
        return observed.look(run, schema)
    except BaseException:
        if new:
            folder.rmdir()
        raise


def _cannot_write(error: OSError) -> CmdbError:
    return CmdbError(f"cannot write '{error.filename}': {error.strerror}")


def _refuse_overwriting(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CmdbError(f"'{folder}' is no folder")
    for name in TAKEN:
        if (folder / name).exists():
            raise CmdbError(f"'{folder}' has {name} already", hint="choose another folder; nothing is overwritten")


def _refuse_blindness(run: Run) -> None:
    if run.ended and run.observations:
        return
    reasons = dict.fromkeys(line.reason for line in run.coverage if line.status == "failed" and line.reason)
    why = "; ".join(reasons) or "it reports nothing"
    raise CmdbError(f"there is nothing to begin with: {why}", hint="mend that, or run 'cmdb init' without --from")


def _meant(text: str) -> Value:
    """What the text would mean in `cmdb.yaml`."""
    return plain.value(resolve(text))


def _name(folder: Path) -> str:
    return folder.resolve().name or "cmdb"


def _written(folder: Path, files: Mapping[str, str], cis: int, message: str) -> Made:
    """Writes the files, keeping those outside the workspace's own folders that are there already."""
    new = {name: text for name, text in files.items() if not (folder / name).exists()}
    try:
        for name, text in new.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _cannot_write(error) from error
    return Made(folder, tuple(sorted(new)), cis, _committed(folder, sorted(new), message))


def _committed(folder: Path, names: list[str], message: str) -> str:
    try:
        recording.begin(folder)
        recording.record(folder, names, message)
    except CmdbError as error:
        return error.problem.message
    return ""
