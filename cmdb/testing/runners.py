"""Runners of CI systems in small: they take a pipeline's own file apart and run its shell lines, so that what is
shipped is what is tested."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_STUB = """\
import os, sys
def main():
    os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A script's exit code and what it printed."""

    code: int
    out: str
    err: str


def shell(script: str, folder: Path, env: Mapping[str, str], *options: str) -> Ran:
    """Runs a script with bash; nothing of this process's own environment comes with it but where programs are."""
    known = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    command = ["bash", "--noprofile", "--norc", *options, "-c", script]
    done = subprocess.run(command, cwd=folder, env={**known, **env}, capture_output=True, encoding="utf-8", check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def evaluated(text: str, context: Mapping[str, Any]) -> str:
    """A text of a workflow with its expressions replaced: paths such as `inputs.base`, and the first of several that is
    something."""
    return _EXPRESSION.sub(lambda found: _first(found[1].split("||"), context), text)


def _first(paths: Iterable[str], context: Mapping[str, Any]) -> str:
    for path in paths:
        value: Any = context
        for name in path.strip().split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value:
            return str(value)
    return ""


def stub_wheel(folder: Path) -> Path:
    """A wheel whose only program is `cmdb`, which is the one of this environment: so that a pipeline can install it
    without an index."""
    program = str(Path(sys.executable).parent / "cmdb")
    files = {
        "cmdb_stub.py": _STUB.format(program=program),
        "cmdb_stub-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: cmdb-stub\nVersion: 1\n",
        "cmdb_stub-1.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "cmdb_stub-1.dist-info/entry_points.txt": "[console_scripts]\ncmdb = cmdb_stub:main\n",
    }
    rows = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    record = "cmdb_stub-1.dist-info/RECORD"
    wheel = folder / "cmdb_stub-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, record: "\n".join([*rows, f"{record},,"])}.items():
            archive.writestr(name, text)
    return wheel


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
