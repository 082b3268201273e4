"""Half of the files read by another process: the same inventory, the same problems, whatever becomes of that process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from cmdb.cache import fanning
from cmdb.cli.processes import SecondProcess
from cmdb.testing.repositories import Checkout, write
from cmdb.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")

FILES = {
    "cmdb.yaml": "name: x\n",
    "inventory/_defaults.yaml": "owner: team-a\nattributes: {os: debian}\nlabels: {tier: web}\n",
    "inventory/schema/shop.yaml": "kinds:\n  till:\n    attributes: {firmware: version, drawers: {type: integer, default: 2}}\n",
    **{f"inventory/{n:02d}.yaml": f"kind: till\nid: till-{n}\nattributes: {{firmware: 1.{n}0}}\n" for n in range(20)},
    "inventory/13.yaml": "kind: till\nid: till-13\ncolour: red\n",
    "inventory/15.yaml": "kind: till\nid: [\n",
    "inventory/17.yaml": "kind: till\nid: till-3\n",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "workspace", FILES)
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(fanning, "ENOUGH", -1)
    return tmp_path / "workspace"


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        yield executor


class Here(Executor):
    """Calls in this process, and counts."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        task = args[0]
        assert isinstance(task, fanning.Task)
        self.paths += task.paths
        return future


class Broken(Executor):
    """Dies on the way, or right at the start."""

    def __init__(self, *, at_once: bool) -> None:
        self.at_once = at_once

    def submit(self, _fn: Callable[P, T], /, *_args: P.args, **_kwargs: P.kwargs) -> Future[T]:
        if self.at_once:
            raise RuntimeError("no more processes")
        future: Future[T] = Future()
        future.set_exception(BrokenExecutor("killed"))
        return future


def told(workspace: Workspace) -> object:
    inventory = workspace.inventory
    return (
        [(ci, ci.place, dict(ci.inherited)) for ci in inventory.declared],
        inventory.problems,
        inventory.unread,
        list(inventory.topology.out.node),
    )


@pytest.mark.parametrize("cache", [False, True])
def test_it_is_the_same_inventory(root: Path, pool: Executor, cache: bool) -> None:
    plain = told(Workspace.open(root, cache=False))
    assert told(Workspace.open(root, cache=cache, executor=pool)) == plain
    assert told(Workspace.open(root, cache=cache)) == plain


def test_so_it_is_from_a_revision(root: Path, pool: Executor) -> None:
    Checkout.create(root).commit()
    (root / "inventory/01.yaml").unlink()
    plain = told(Workspace.open(root, cache=False).at("HEAD"))
    assert told(Workspace.open(root, cache=False, executor=pool).at("HEAD")) == plain


def test_the_other_reads_the_second_half(root: Path) -> None:
    executor = Here()
    assert told(Workspace.open(root, executor=executor)) == told(Workspace.open(root, cache=False))
    assert executor.paths == [f"inventory/{n:02d}.yaml" for n in range(10, 20)]
    again = Here()
    assert told(Workspace.open(root, executor=again)) == told(Workspace.open(root, cache=False))
    assert again.paths == ["inventory/15.yaml"], "of the two files with problems, the second"


@pytest.mark.parametrize("at_once", [True, False])
def test_what_the_other_does_not_bring_is_read_here(root: Path, at_once: bool) -> None:
    plain = told(Workspace.open(root, cache=False))
    assert told(Workspace.open(root, cache=False, executor=Broken(at_once=at_once))) == plain


def test_little_is_read_by_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning, "ENOUGH", 8 << 20)
    executor = Here()
    assert len(Workspace.open(root, executor=executor).inventory) == 18
    assert executor.paths == []


def test_the_program_starts_one_only_with_a_processor_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    with SecondProcess() as executor, pytest.raises(RuntimeError, match="processor"):
        executor.submit(len, "four")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with SecondProcess() as executor:
        assert executor.submit(len, "four").result() == 4


def test_it_tells_how_far_it_is(root: Path) -> None:
    heard: list[tuple[int, int]] = []
    len(Workspace.open(root, cache=False, tell=lambda done, total: heard.append((done, total))).inventory)
    assert heard == [(done, 20) for done in range(21)]
