"""Generated inventories on disk, made when they are first asked for and kept for the next who asks."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from bench.generate import Order, generate
from bench.history import git

_SETTLED = 1.1
"""Seconds after which Git trusts the time stamps of files it has just written."""


class Corpora:
    """Inventories below one folder. One that an older generator made, or that was left half made, is made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, order: Order) -> Path:
        """The folder of an inventory."""
        workspace, done = self.folder / order.label, self.folder / f"{order.label}.done"
        if done.is_file() and done.read_text() == _generator():
            return workspace
        done.unlink(missing_ok=True)
        shutil.rmtree(workspace, ignore_errors=True)
        generate(workspace, order)
        if order.commits:
            time.sleep(_SETTLED)
            git(workspace, "update-index", "-q", "--refresh")
        done.write_text(_generator())
        return workspace


def _generator() -> str:
    """Names the generator that is running now."""
    here = Path(__file__).parent
    names = ("estate.py", "generate.py", "history.py", "layout.py", "yaml_text.py")
    digest = hashlib.sha256()
    for path in (*(here / name for name in names), *sorted((here / "layers").glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()
