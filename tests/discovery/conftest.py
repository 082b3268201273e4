from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmdb.testing.plugins import Plugins


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    """An empty folder of packages, on the path of this process and of those that it starts."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", str(folder))))
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield Plugins(folder)
    for name in [name for name in set(sys.modules) - before if name.endswith("_module")]:
        del sys.modules[name]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder
