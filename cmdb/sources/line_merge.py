"""Merging by lines, as Git does it; for files that cannot be merged by what they say."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from cmdb.sources import refusals

_NAMES = ("ours", "base", "theirs")
_TOO_MANY = 128
"""`git merge-file` exits with the number of conflicts, and above that because it failed."""


def merge_lines(ours: bytes, base: bytes, theirs: bytes, marker: int) -> tuple[bytes, bool]:
    """The merged bytes, with markers of that length around lines in doubt, and whether there are none. What is not text
    is ours, and in doubt. No setting and no attribute is looked at, so that nothing that those name is started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, data in zip(_NAMES, (ours, base, theirs), strict=True):
            (folder / side).write_bytes(data)
        labels = [part for side in _NAMES for part in ("-L", side)]
        command = ["git", "merge-file", "-p", f"--marker-size={marker}", *labels, *_NAMES]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=_environment(name))
        except FileNotFoundError:
            raise refusals.no_git() from None
    if done.returncode >= _TOO_MANY:
        return ours, False
    return done.stdout, done.returncode == 0


def _environment(folder: str) -> dict[str, str]:
    """Nothing that leads git to a repository or to settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": folder}
    return {**others, **alone, "LC_ALL": "C"}
