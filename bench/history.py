"""A Git history: everything is imported once, then pull requests of about ten CIs bring it to what it is now."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO, Any

PULL_REQUEST = 10
"""CIs that one commit changes."""
_START = 1_767_254_400
"""2026-01-01T08:00:00Z."""
_DAY = 86_400
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Which commit, counted from 1, brings a CI to its last form, by its number in the inventory. CIs that stand here
    not at all never change after the first commit."""

    commits: int
    final: Mapping[int, int] = field(default_factory=dict)

    def entry(self, number: int, fields: Mapping[str, Any], commit: int) -> Mapping[str, Any]:
        """What a CI's file says after a commit."""
        return fields if self.final.get(number, 0) <= commit else _earlier(fields)

    def commits_of(self, numbers: range) -> list[int]:
        """The commits that change a file with these CIs."""
        return sorted({self.final[number] for number in numbers if number in self.final})


def plan(cis: int, commits: int, seed: int) -> Plan:
    """Every pull request changes neighbours, and none changes what another did."""
    draw = Random(f"{seed} history").random
    size = min(PULL_REQUEST, cis // (4 * max(commits, 1)))
    final: dict[int, int] = {}
    for commit in range(1, commits):
        number, left = int(draw() * cis), size
        while left:
            number = (number + 1 + int(draw() * 3)) % cis
            if number not in final:
                final[number] = commit
                left -= 1
    return Plan(commits, final)


class Import:
    """A stream into `git fast-import`: one commit after the other on the branch main."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._commits = 0

    def commit(self, message: str) -> None:
        """Begins a commit; its files follow."""
        number = self._commits
        self._commits += 1
        author = f"Sam Sample {number % 7} <sam{number % 7}@example.org> {_START + number * _DAY} +0000"
        parent = f"from :{number}\n" if number else ""
        head = f"commit refs/heads/main\nmark :{number + 1}\nauthor {author}\ncommitter {author}\n"
        self._write(f"{head}data {len(message)}\n{message}\n{parent}")

    def file(self, path: str, text: str) -> None:
        """One file of the commit as it is from now on."""
        data = text.encode()
        self._write(f"M 100644 inline {path}\ndata {len(data)}\n")
        self._stream.write(data + b"\n")

    def _write(self, text: str) -> None:
        self._stream.write(text.encode())


@contextmanager
def importing(folder: Path) -> Iterator[Import]:
    """A new repository in a folder, open for one import and checked out after it."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    command = ["git", "fast-import", "--quiet", "--date-format=raw", "--force"]
    with subprocess.Popen(command, cwd=folder, env=_environment(), stdin=subprocess.PIPE) as process:
        assert process.stdin is not None, "a pipe was asked for"
        yield Import(process.stdin)
        process.stdin.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    git(folder, "-c", "checkout.workers=0", "reset", "--quiet", "--hard", "main")


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints, without anyone's settings."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=_environment(), check=True, capture_output=True, text=True).stdout


def _earlier(fields: Mapping[str, Any]) -> dict[str, Any]:
    """How a CI was declared before: less was known of it."""
    known = list(fields.get("attributes", {}).items())[:-1]
    before = {**fields, "criticality": "low" if fields.get("criticality") != "low" else "medium"}
    if known:
        before["attributes"] = dict(known)
    return before


def _environment() -> dict[str, str]:
    return {**os.environ, **_ALONE}
