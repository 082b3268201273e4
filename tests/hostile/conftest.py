"""A repository of a stranger, built anew for each test, and the program as it is called on it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from cmdb.cli.main import cli
from cmdb.testing.canaries import SECRET, Canary
from cmdb.testing.program import Program, Said
from cmdb.testing.repositories import Checkout


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    canary = Canary.settle(tmp_path / "mine")
    yield canary
    assert canary.sings


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """`main` is in order; the pull request is the branch `topic`, and nobody has committed anything to it yet."""
    checkout = Checkout.create(tmp_path / "checkout")
    checkout.commit({"cmdb.yaml": "name: shop\n", "inventory/web.yaml": "kind: server\nid: web-1\n"})
    checkout.git("switch", "--quiet", "--create", "topic")
    monkeypatch.chdir(checkout.root)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return checkout


@pytest.fixture
def cmdb() -> Program:
    def call(*arguments: str, env: Mapping[str, str | None] | None = None) -> Said:
        result = CliRunner().invoke(cli, arguments, prog_name="cmdb", env=env)
        said = Said(result.exit_code, result.stdout, result.stderr)
        assert "internal error" not in said.err
        assert SECRET not in said.out + said.err
        return said

    return call


@pytest.fixture
def process() -> Program:
    """The same as a process of its own, started as a user starts it."""

    def call(*arguments: str, env: Mapping[str, str | None] | None = None) -> Said:
        command = [str(Path(sys.executable).parent / "cmdb"), *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
        return Said(done.returncode, done.stdout, done.stderr)

    return call
