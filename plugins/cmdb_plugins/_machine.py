"""How a probe touches the machine it looks at: files and commands, and nothing else, so that the same probes can look
at this machine and, through another `Machine`, at one across the network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/run/current-system/sw/bin"


class NotSeen(Exception):
    """Why something could not be looked at. `partial`: it is out of sight here (no such facility, nothing to tell);
    `failed`: looking was refused or went wrong, and may work next time."""

    def __init__(self, reason: str, status: Literal["partial", "failed"] = "partial") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class NotThere(NotSeen):
    """There is no such file, folder or command."""


class Machine(Protocol):
    """A machine that can be looked at. Every method raises `NotSeen`; `NotThere` where the thing does not exist."""

    def read(self, path: str) -> str:
        """The text of a file; bytes that are no UTF-8 are replaced."""

    def children(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""

    def link(self, path: str) -> str:
        """Where a symbolic link points."""

    def run(self, *command: str, answers: tuple[int, ...] = (0,)) -> str:
        """What a command prints, without a shell and in the C locale; exit codes outside `answers` are failures."""


def has_file(machine: Machine, path: str) -> bool:
    """Whether a file is there to be read."""
    try:
        machine.read(path)
    except NotSeen:
        return False
    return True


def has_folder(machine: Machine, path: str) -> bool:
    """Whether a folder is there, readable or not."""
    try:
        machine.children(path)
    except NotThere:
        return False
    except NotSeen:
        return True
    return True


@dataclass
class ThisMachine:
    """The machine that this process runs on. A command is cut off after `limit` seconds, and after `budget` seconds
    for all commands together no further one is started."""

    limit: float = 10.0
    budget: float = 40.0
    path: str = SYSTEM_PATH
    root: str = ""
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    spent: float = 0.0

    def read(self, path: str) -> str:
        try:
            return Path(self.root + path).read_text("utf-8", errors="replace")
        except OSError as error:
            raise _because(path, error) from error

    def children(self, path: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(each.name for each in Path(self.root + path).iterdir()))
        except OSError as error:
            raise _because(path, error) from error

    def link(self, path: str) -> str:
        try:
            return str(Path(self.root + path).readlink())
        except OSError as error:
            raise _because(path, error) from error

    def run(self, *command: str, answers: tuple[int, ...] = (0,)) -> str:
        program = shutil.which(command[0], path=self.path)
        if program is None:
            raise NotThere(f"there is no command {command[0]}")
        left = self.budget - self.spent
        if left <= 0:
            raise NotSeen(f"no time left for {command[0]}: other commands took {self.spent:.0f} s", "failed")
        began = self.clock()
        try:
            code, output, errors = _run(program, command, min(self.limit, left))
        finally:
            self.spent += self.clock() - began
        if code not in answers:
            said = errors.strip().splitlines() or output.strip().splitlines() or ["nothing"]
            raise NotSeen(f"{' '.join(command[:2])} ended with {code} and said: {said[-1]}", "failed")
        return output


def _because(path: str, error: OSError) -> NotSeen:
    if isinstance(error, PermissionError):
        return NotSeen(f"no permission to read {path}", "failed")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotThere(f"there is no {path}")
    return NotSeen(f"cannot read {path}: {error.strerror}", "failed")


def _run(program: str, command: tuple[str, ...], limit: float) -> tuple[int, str, str]:
    environment = {**os.environ, "LC_ALL": "C", "LANG": "C", "LANGUAGE": "C", "PATH": SYSTEM_PATH}
    try:
        process = subprocess.Popen(
            command,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise NotSeen(f"cannot run {program}: {error.strerror}", "failed") from error
    with process:
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            _end(process)
            raise NotSeen(f"{' '.join(command[:2])} gave no answer within {limit:.3g} s", "failed") from None
        except BaseException:
            _end(process)
            raise
    return process.returncode, output, errors


def _end(process: subprocess.Popen[str]) -> None:
    """Ends the command and whatever it started, so that nobody holds its pipes open."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
