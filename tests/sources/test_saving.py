"""Files written into a workspace, and trees of files with some of them changed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cmdb.model.problem import CmdbError
from cmdb.sources.memory import Memory
from cmdb.sources.overlay import Overlay
from cmdb.sources.protocol import File, NotThere
from cmdb.sources.saving import save


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_files_are_written_with_their_mode_and_new_ones_get_their_folders(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"old")
    (tmp_path / "a.yaml").chmod(0o640)
    save(tmp_path, {"a.yaml": b"new", "b/c.yaml": b"c"}, {"a.yaml": b"old", "b/c.yaml": None})
    assert files(tmp_path) == {"a.yaml": b"new", "b/c.yaml": b"c"}
    assert stat.S_IMODE((tmp_path / "a.yaml").stat().st_mode) == 0o640


@pytest.mark.parametrize("before", [b"other", None])
def test_what_changed_meanwhile_is_not_overwritten(tmp_path: Path, before: bytes | None) -> None:
    (tmp_path / "b.yaml").write_bytes(b"theirs")
    with pytest.raises(CmdbError, match=r"b\.yaml changed while this ran"):
        save(tmp_path, {"a.yaml": b"a", "b.yaml": b"mine"}, {"a.yaml": None, "b.yaml": before})
    assert files(tmp_path) == {"b.yaml": b"theirs"}


def test_a_link_stays_one_and_none_leads_out(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    (root / "real").mkdir(parents=True)
    (root / "real/a.yaml").write_bytes(b"old")
    (root / "a.yaml").symlink_to("real/a.yaml")
    save(root, {"a.yaml": b"new"}, {"a.yaml": b"old"})
    assert (root / "a.yaml").is_symlink()
    assert (root / "real/a.yaml").read_bytes() == b"new"
    (tmp_path / "outside.yaml").write_bytes(b"x")
    (root / "b.yaml").symlink_to("../outside.yaml")
    with pytest.raises(CmdbError, match="leads out of the workspace"):
        save(root, {"b.yaml": b"new"}, {"b.yaml": b"x"})


def test_where_a_file_cannot_be_made_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"old")
    (tmp_path / "file").write_bytes(b"no folder")
    with pytest.raises(CmdbError, match="cannot write") as caught:
        save(tmp_path, {"a.yaml": b"new", "file/b.yaml": b"b"}, {"a.yaml": b"old", "file/b.yaml": None})
    assert caught.value.problem.hint == "nothing was written"
    assert files(tmp_path) == {"a.yaml": b"old", "file": b"no folder"}


def test_a_failure_in_the_middle_leaves_no_half_file_and_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "b.yaml":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(CmdbError, match="only some files were written: No space left") as caught:
        save(tmp_path, {"a.yaml": b"a", "b.yaml": b"b", "c.yaml": b"c"}, {})
    assert caught.value.problem.hint.startswith("written: a.yaml; not written: b.yaml, c.yaml.")
    assert files(tmp_path) == {"a.yaml": b"a"}


def test_an_overlay_reads_what_is_to_be() -> None:
    tree = Overlay(
        Memory({"inventory/a.yaml": b"a", "inventory/b.yaml": b"b"}), {"inventory/b.yaml": b"B", "x/c": b"c"}
    )
    assert tree.label == "memory"
    assert [found.path for found in tree.files("inventory") if isinstance(found, File)] == [
        "inventory/a.yaml",
        "inventory/b.yaml",
    ]
    assert [found.path for found in tree.files("x") if isinstance(found, File)] == ["x/c"]
    assert (tree.read("inventory/a.yaml"), tree.read("inventory/b.yaml")) == (b"a", b"B")
    assert list(tree.read_many(["x/c", "inventory/a.yaml", "inventory/b.yaml"])) == [
        ("x/c", b"c"),
        ("inventory/a.yaml", b"a"),
        ("inventory/b.yaml", b"B"),
    ]
    with pytest.raises(NotThere):
        tree.read("y")
