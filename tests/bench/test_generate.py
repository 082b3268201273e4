"""The generator makes the same inventory for the same arguments, and one that cmdb finds nothing wrong with."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bench.generate import Order, generate, main
from bench.history import git
from bench.subjects import DAY
from cmdb import Workspace
from cmdb.formats.yaml import fast, precise
from cmdb.model.ci import Group

SMALL = 300


def digest(folder: Path) -> str:
    """Names all files of a folder, but for those of Git."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def made(folder: Path, order: Order) -> Path:
    """The folder with an inventory in it."""
    generate(folder, order)
    return folder


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand CIs, one a file, under Git."""
    return made(tmp_path_factory.mktemp("thousand") / "company", Order(1000, commits=4))


def test_the_same_order_makes_the_same_bytes(tmp_path: Path) -> None:
    orders = {"one": Order(SMALL, commits=3), "two": Order(SMALL, commits=3), "seed": Order(SMALL, commits=3, seed=1)}
    folders = {name: made(tmp_path / name, order) for name, order in orders.items()}
    heads = {name: git(folder, "rev-parse", "HEAD") for name, folder in folders.items()}
    assert digest(folders["one"]) == digest(folders["two"]) != digest(folders["seed"])
    assert heads["one"] == heads["two"] != heads["seed"]


def test_history_and_layout_change_no_ci(tmp_path: Path) -> None:
    orders = (Order(SMALL, commits=0), Order(SMALL, commits=7), Order(SMALL, 100, commits=2), Order(SMALL, 7, 0))
    found = [
        Workspace.open(made(tmp_path / str(number), order), cache=False).inventory
        for number, order in enumerate(orders)
    ]
    assert all(inventory.cis == found[0].cis for inventory in found)


def test_a_thousand_cis_are_that_many_without_a_problem(thousand: Path) -> None:
    workspace = Workspace.open(thousand, cache=False)
    assert len(workspace.inventory) == 1000
    assert workspace.check(DAY) == ()


def test_an_inventory_has_what_companies_have(thousand: Path) -> None:
    inventory = Workspace.open(thousand, cache=False).inventory
    kinds = Counter(ci.kind for ci in inventory.values())
    groups = [entry for ci in inventory.values() for entries in ci.relations.values() for entry in entries]
    nested = [group for group in groups if isinstance(group, Group) and any(isinstance(m, Group) for m in group.of)]
    types = {
        attribute.type
        for ci in inventory.values()
        for name in ci.attributes
        if (attribute := inventory.schema.attribute(ci.kind, name)) is not None
    }
    assert len(kinds) > 25
    assert kinds.most_common(1)[0][0] in ("container", "virtual_machine")
    assert nested
    assert inventory.topology.dangling == 0
    assert {"string", "integer", "number", "boolean", "enum", "date", "datetime", "duration", "bytes"} <= types
    assert {"quantity", "version", "ip", "cidr", "mac", "hostname", "url", "set", "map"} <= types
    assert any(path for ci in inventory.values() for path in ci.inherited)


def test_pull_requests_change_about_ten_files(thousand: Path) -> None:
    commits = git(thousand, "log", "--format=%H", "--reverse").split()
    changed = [git(thousand, "diff-tree", "-r", "--name-only", *pair).split() for pair in pairwise(commits)]
    assert [len(names) for names in changed] == [10, 10, 10]
    assert len({name for names in changed for name in names}) == 30
    assert git(thousand, "status", "--porcelain") == ""


@pytest.mark.parametrize(("unquoted", "precisely"), [(0.0, False), (1.0, True)])
def test_only_the_unquoted_variant_needs_the_precise_reader(tmp_path: Path, unquoted: float, precisely: bool) -> None:
    folder = made(tmp_path / "company", Order(SMALL, commits=0, unquoted=unquoted))
    for path in folder.glob("inventory/[!s]*/**/[!_]*.yaml"):
        data = path.read_bytes()
        quick, (exact,) = fast.parse(data), precise.parse(str(path), data).documents
        assert (quick["labels"]["template"] != exact["labels"]["template"]) is precisely, path


@pytest.mark.parametrize("arguments", [("--cis", "10"), ("--per-file", "0"), ("--unquoted", "2"), ("--commits", "-1")])
def test_a_wrong_order_is_refused(tmp_path: Path, arguments: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "company"), *arguments])


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
