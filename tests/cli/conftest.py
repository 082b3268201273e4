"""A workspace on disk and the program inside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from cmdb.cli.main import cli
from cmdb.testing.plugins import Plugins
from cmdb.testing.program import Program, Said
from cmdb.testing.repositories import write

SHOP = {
    "cmdb.yaml": "name: shop\n",
    "inventory/_defaults.yaml": "owner: team-shop\n",
    "inventory/shop.yaml": """\
- kind: application
  id: shop
  name: The shop
  aliases: [old-shop]
  relations:
    depends_on:
      - name: databases
        at_least: 1
        of: [db-1, db-2]
    runs_on: web-1
- {kind: database, id: db-1, owner: team-data}
- {kind: database, id: db-2}
- kind: server
  id: web-1
  attributes: {memory: 32 GiB, os_version: 1.10}
""",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, holding a small workspace without problems."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, SHOP)
    return tmp_path


@pytest.fixture
def cmdb() -> Program:
    def call(*arguments: str, env: Mapping[str, str | None] | None = None) -> Said:
        result = CliRunner().invoke(cli, arguments, prog_name="cmdb", env=env)
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    """An empty folder of packages, on the path of this process and of those that it starts."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", str(folder))))
    monkeypatch.syspath_prepend(folder)
    return Plugins(folder)
