"""A bird in a mine: a program that leaves a mark when it runs, and files that nobody may read or change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SECRET = "canary-7f3a-secret"
"""What must not show up in any answer."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A folder outside of the checkout."""

    folder: Path

    @classmethod
    def settle(cls, folder: Path) -> Canary:
        """A new one."""
        (folder / "inventory").mkdir(parents=True)
        canary = cls(folder)
        canary.program.write_text(f"#!/bin/sh\ntouch {folder}/mark\ncat\n")
        canary.program.chmod(0o755)
        canary.treasure.write_text(f"kind: server\nid: {SECRET}\n")
        return canary

    @property
    def program(self) -> Path:
        """What must not run."""
        return self.folder / "program.sh"

    @property
    def treasure(self) -> Path:
        """What must be neither read nor changed; it would be a fine inventory file."""
        return self.folder / "inventory" / "treasure.yaml"

    @property
    def python(self) -> str:
        """Python code that must not run."""
        return f"open({str(self.folder / 'mark')!r}, 'w').close()\n"

    @property
    def sings(self) -> bool:
        """Whether everything is as it was."""
        there = sorted(path.name for path in self.folder.rglob("*"))
        untouched = self.treasure.read_text() == f"kind: server\nid: {SECRET}\n"
        return untouched and there == ["inventory", "program.sh", "treasure.yaml"]
