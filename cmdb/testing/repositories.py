"""Real Git repositories with fixed names and dates, so that every run makes the same commits."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, "str | bytes | Link | None"]

_WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link to write instead of a file."""

    target: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder under Git."""

    root: Path

    @classmethod
    def create(cls, root: Path, *options: str) -> Checkout:
        """A new repository on the branch `main`; options go to `git init`."""
        root.mkdir(parents=True, exist_ok=True)
        checkout = cls(root)
        checkout.git("init", "--quiet", "--initial-branch=main", *options)
        return checkout

    def git(self, *arguments: str, date: str = "2026-01-01T12:00:00Z") -> str:
        """What a git command prints, without the last line's end."""
        environment = {**os.environ, **_WHO, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, files: Files | None = None, *, date: str = "2026-01-01T12:00:00Z") -> str:
        """Write the files, commit everything there is, and return the commit's id."""
        write(self.root, files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=change", date=date)
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, branch: str, *options: str) -> Checkout:
        """A clone of a branch, made as over a network; options go to `git clone`."""
        self.git("clone", "--quiet", f"--branch={branch}", *options, f"file://{self.root}", str(folder))
        return Checkout(folder)


def write(root: Path, files: Files) -> None:
    """Write files and links below a folder; None deletes."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None or isinstance(content, Link):
            path.unlink(missing_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        elif content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
