"""The merge driver in a repository: a setting that names the program, and attributes that name the files."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.repository import Repository, open_repository

NAME = "cmdb"
FILE = ".gitattributes"
PATTERNS = ("/cmdb.yaml", *(f"{folder}/**/*.{end}" for folder in ("inventory", "baselines") for end in ("yaml", "yml")))
_ARGUMENTS = "--marker-size %L -- %O %A %B %P"


@dataclass(frozen=True, slots=True)
class Installed:
    """What was written: settings with their values, and lines of the file of attributes. Empty where it was there."""

    settings: tuple[tuple[str, str], ...]
    attributes: tuple[str, ...]
    file: str


def install(root: Path) -> Installed:
    """Sets the driver up for the workspace at `root`: in the settings that all working trees of the repository share,
    and in the workspace's file of attributes. What is there already stays. Raises `CmdbError`."""
    repository = open_repository(root)
    if repository.bare:
        raise refusals.no_working_tree(root)
    wanted = {f"merge.{NAME}.name": "inventory files, by CI and key path", f"merge.{NAME}.driver": driver()}
    settings = tuple((name, value) for name, value in wanted.items() if _setting(repository, name) != value)
    attributes = _attributes(root / FILE)
    for name, value in settings:
        repository.run("config", "--local", name, value)
    return Installed(settings, attributes, FILE)


def driver() -> str:
    """The command that Git runs through a shell. A clone from which cmdb has gone merges by lines: without that, Git
    would take ours for the result."""
    found = shutil.which("cmdb")
    program = "cmdb" if found else f"{shlex.quote(sys.executable)} -m cmdb"
    there = shlex.split(program)[0]
    by_lines = "git merge-file --marker-size=%L %A %O %B"
    return (
        f"if command -v {shlex.quote(there)} >/dev/null 2>&1; "
        f"then {program} merge-driver {_ARGUMENTS}; else {by_lines}; fi"
    )


def _setting(repository: Repository, name: str) -> str | None:
    answer = repository.ask("config", "--local", "--get", name)
    return answer.out.decode(errors="replace").rstrip("\n") if answer.status == 0 else None


def _attributes(file: Path) -> tuple[str, ...]:
    """The lines that the file lacked."""
    if file.is_symlink():
        raise CmdbError(f"'{file}' is a link", hint="Git does not follow it; put a file there")
    try:
        known = file.read_bytes() if file.exists() else b""
        set_already = {pattern for pattern in PATTERNS if _has(known, pattern)}
        new = tuple(f"{pattern} merge={NAME}" for pattern in PATTERNS if pattern not in set_already)
        if new:
            end = b"\r\n" if b"\r\n" in known else b"\n"
            above = known + (end if known and not known.endswith(b"\n") else b"")
            file.write_bytes(above + b"".join(line.encode() + end for line in new))
    except OSError as error:
        raise CmdbError(f"cannot write '{file}': {error.strerror or error}") from error
    return new


def _has(known: bytes, pattern: str) -> bool:
    line = rf"^{re.escape(pattern)}[ \t](?:.*[ \t])?merge={NAME}[ \t\r]*$"
    return re.search(line.encode(), known, re.MULTILINE) is not None
