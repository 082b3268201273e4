"""A workspace on disk and the program inside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from click.testing import CliRunner

from cmdb.cli.main import cli

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


@dataclass(frozen=True)
class Said:
    """What a call of the program said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Program(Protocol):
    def __call__(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> Said: ...


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, holding a small workspace without problems."""
    monkeypatch.chdir(tmp_path)
    write(SHOP)
    yield tmp_path


@pytest.fixture
def cmdb() -> Program:
    def call(*arguments: str, env: Mapping[str, str | None] | None = None) -> Said:
        result = CliRunner().invoke(cli, arguments, prog_name="cmdb", env=env)
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


def write(files: Mapping[str, str]) -> None:
    """Writes files below the current folder."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
