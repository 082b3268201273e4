"""A pull request in a repository of its own, for tests that run what CI systems run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cmdb.testing.repositories import Checkout
from cmdb.testing.runners import stub_wheel

OLD = "kind: server\nid: old\nrelations: {runs_on: gone}\n"
NEW = "kind: server\nid: new\nrelations: {runs_on: missing}\n"


@pytest.fixture
def origin(tmp_path: Path) -> Checkout:
    """`main` with a problem, a branch `clean` that brings none, and a branch `wrong` that brings one."""
    origin = Checkout.create(tmp_path / "origin")
    origin.commit({"cmdb.yaml": "name: shop\n", "inventory/old.yaml": OLD})
    for name, text in (("clean", "kind: server\nid: new\n"), ("wrong", NEW)):
        origin.git("switch", "--quiet", "--create", name, "main")
        origin.commit({"inventory/new.yaml": text})
    origin.git("switch", "--quiet", "main")
    origin.commit({"inventory/later.yaml": OLD.replace("old", "later")})
    for name in ("clean", "wrong"):
        origin.git("switch", "--quiet", "--create", f"pull/{name}/merge", "main")
        origin.git("merge", "--quiet", "--no-ff", name, "--message=merge")
    origin.git("switch", "--quiet", "main")
    return origin


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """What the pipelines install here."""
    return stub_wheel(tmp_path)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """What a pipeline has once it is installed."""
    (tmp_path / "installed" / "bin").mkdir(parents=True)
    (tmp_path / "installed" / "bin" / "cmdb").symlink_to(Path(sys.executable).parent / "cmdb")
    return tmp_path / "installed"
