"""The folder of images: what goes in comes out, and nothing that happens to its files is ever the user's problem."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.cache.folder import Folder
from cmdb.cache.image import MARK, Image, Writer

READINGS = [b"one" * 20, b"", b"three" * 30]
BLOCKS = {"numbers": bytes(range(80)), "text": b"abc"}


def written(readings: list[bytes] = READINGS) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        writer = Writer(file)
        for reading in readings:
            writer.add(reading)
        writer.finish(BLOCKS, {"small": [1, None]})

    return write


Content = tuple[list[bytes | None], dict[str, bytes], object]


def content(image: Image | None, readings: int = len(READINGS)) -> Content:
    assert image is not None
    blocks = {name: bytes(block) for name, block in image.blocks.items() if name != "readings"}
    return [image.reading(number) for number in range(readings)], blocks, image.small


WHOLE = ([READINGS[0], None, READINGS[2]], BLOCKS, {"small": (1, None)})


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new" / "folder")
    assert folder.get("family", "name") is None
    assert list(folder.recent("family")) == []
    folder.put("family", "name", written())
    assert content(folder.get("family", "name")) == WHOLE
    assert [content(image) for image in folder.recent("family")] == [WHOLE]
    assert folder.get("family", "other") is None
    assert list(folder.recent("other")) == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    Folder(tmp_path / "cache").put("family", "name", written())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("family", "real", written())
    (tmp_path / "family-link.image").symlink_to(tmp_path / "family-real.image")
    assert folder.get("family", "link") is None
    folder.put("family", "link", written())
    assert not (tmp_path / "family-link.image").is_symlink()


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "family-name.image")
    assert Folder(tmp_path).get("family", "name") is None


def test_the_oldest_go_where_there_are_too_many(tmp_path: Path) -> None:
    folder = Folder(tmp_path, limit=20_000)
    for number in range(12):
        folder.put("family", f"{number:02d}", written([os.urandom(4000)]))
        path = tmp_path / f"family-{number:02d}.image"
        os.utime(path, ns=(number * 10**9, number * 10**9))
    kept = sorted(path.name for path in tmp_path.glob("*.image"))
    assert kept == ["family-08.image", "family-09.image", "family-10.image", "family-11.image"]


def test_the_newest_stays_though_it_is_larger_than_all_room(tmp_path: Path) -> None:
    folder = Folder(tmp_path, limit=10)
    folder.put("family", "name", written())
    assert content(folder.get("family", "name")) == WHOLE


def test_abandoned_drafts_go(tmp_path: Path) -> None:
    old, young = tmp_path / "old.draft", tmp_path / "young.draft"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, ns=(0, 0))
    Folder(tmp_path).put("family", "name", written())
    assert not old.exists()
    assert young.exists()


def test_writing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken(file: IO[bytes]) -> None:
        written()(file)
        raise OSError("the disk is full")

    Folder(tmp_path).put("family", "name", broken)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_image_never_gives_a_wrong_value(tmp_path: Path, data: st.DataObject) -> None:
    folder = Folder(tmp_path)
    folder.put("family", "name", written())
    path = tmp_path / "family-name.image"
    whole = path.read_bytes()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    found = folder.get("family", "name")
    if found is None:
        assert not path.exists()
        return
    readings, blocks, small = content(found)
    assert (blocks, small) == WHOLE[1:]
    for reading, before in zip(readings, READINGS, strict=True):
        assert reading in (before or None, None)


def test_a_damaged_reading_is_as_good_as_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("family", "name", written())
    path = tmp_path / "family-name.image"
    damaged = bytearray(path.read_bytes())
    damaged[damaged.index(READINGS[0]) + MARK] ^= 1
    path.write_bytes(damaged)
    found = folder.get("family", "name")
    assert found is not None
    assert [found.reading(number) for number in range(3)] == [None, None, READINGS[2]]


@pytest.mark.parametrize("how", ["written to", "replaced", "touched"])
def test_belief_ends_when_the_file_changes(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    monkeypatch.setattr("cmdb.cache.folder.SETTLED", -1)
    folder.put("family", "name", written())
    path = tmp_path / "family-name.image"
    looked: list[Image] = []
    real = Image.whole

    def look(image: Image) -> bool:
        looked.append(image)
        return real(image)

    monkeypatch.setattr(Image, "whole", look)
    for _ in range(3):
        assert content(folder.get("family", "name")) == WHOLE
    assert len(looked) == 1
    if how == "written to":
        path.write_bytes(path.read_bytes())
    elif how == "replaced":
        folder.put("family", "name", written())
    else:
        os.utime(path, ns=(5, 5))
    assert content(folder.get("family", "name")) == WHOLE
    assert len(looked) == 2


def test_a_file_that_was_only_just_written_is_not_believed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("family", "name", written())
    folder.get("family", "name")
    assert list(tmp_path.glob("*.seen")) == []
