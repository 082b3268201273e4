"""Discovery plugins that really are installed: a package with an entry point, in a folder to put on PYTHONPATH."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

_IMPORTS = """\
import contextlib, os, signal, subprocess, sys, threading
from datetime import datetime, timedelta
from cmdb.model.snapshot import Coverage, Observation, Reference
"""


@dataclass(frozen=True)
class Plugins:
    """A folder of installed packages, each with one plugin."""

    folder: Path

    def add(self, name: str, discover: str, *, top: str = "", init: str = "pass") -> str:
        """Installs a plugin with this body of `discover` and of `__init__(self, **options)`; gives its name."""
        body = dedent(discover).strip() or "return iter(())"
        self.module(
            name,
            f"{_IMPORTS}{dedent(top)}\n"
            f"class Source:\n"
            f"    kinds = ('server',)\n"
            f"    def __init__(self, **options):\n"
            f"        self.options = options\n{_indented(init)}\n"
            f"    def discover(self, context):\n{_indented(body)}\n",
        )
        return name

    def module(self, name: str, code: str, *, target: str = "Source", metadata: str = "", package: str = "") -> None:
        """Installs a package of one module with one entry point of the module's name."""
        (self.folder / f"{name}_module.py").write_text(code)
        info = self.folder / f"{package or name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package or name}\nVersion: 1.0\n{metadata}")
        (info / "entry_points.txt").write_text(f"[cmdb.sources]\n{name} = {name}_module:{target}\n")


def _indented(code: str) -> str:
    return "\n".join(" " * 8 + line for line in dedent(code).strip().splitlines())
