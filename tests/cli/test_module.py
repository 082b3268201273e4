"""The program without its script."""

from __future__ import annotations

import subprocess
import sys


def test_python_can_run_it_as_a_module() -> None:
    found = subprocess.run([sys.executable, "-m", "cmdb", "--version"], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("cmdb, version ")
