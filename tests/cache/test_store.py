"""The store: what goes in comes out, and nothing that happens to its file is ever the user's problem."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.cache.store import Store

ENTRIES = {bytes([n]) * 20: b"value %d" % n * 50 for n in range(40)}


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    assert store.get(ENTRIES) == {}
    store.put(ENTRIES)
    assert Store(tmp_path / "new" / "folder").get([*ENTRIES, b"unknown"]) == ENTRIES


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.put(ENTRIES)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.path.chmod(0o644)
    store.get(ENTRIES)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    target = tmp_path / "precious"
    target.write_text("mine")
    store.path.symlink_to(target)
    store.put(ENTRIES)
    assert store.get(ENTRIES) == {}
    assert target.read_text() == "mine"


def test_the_oldest_go_where_there_are_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path, limit=200_000)
    for round_ in range(30):
        store.put({b"%02d-%03d" % (round_, n): os.urandom(1000) for n in range(20)})
    newest = [b"29-%03d" % n for n in range(20)]
    assert set(store.get(newest)) == set(newest)
    assert store.get([b"00-000"]) == {}
    assert store.path.stat().st_size < 500_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_never_gives_a_wrong_value(tmp_path: Path, data: st.DataObject) -> None:
    store = Store(tmp_path)
    store.path.unlink(missing_ok=True)
    store.put(ENTRIES)
    content = bytearray(store.path.read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    store.path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    found = store.get(ENTRIES)
    assert found.items() <= ENTRIES.items()
    store.put(ENTRIES)
    assert store.get(ENTRIES).items() <= ENTRIES.items()


def test_a_file_of_something_else_is_thrown_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.path.write_bytes(b"not a database, " * 1000)
    assert store.get(ENTRIES) == {}
    store.put(ENTRIES)
    assert store.get(ENTRIES) == ENTRIES


def test_many_at_once(tmp_path: Path) -> None:
    def work(number: int) -> bool:
        store = Store(tmp_path)
        store.put(ENTRIES)
        return store.get(ENTRIES).items() <= ENTRIES.items() and number >= 0

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(24)))
    assert Store(tmp_path).get(ENTRIES) == ENTRIES


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_nobody_may_write_into(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    store = Store(tmp_path / "cache")
    store.put(ENTRIES)
    assert store.get(ENTRIES) == {}


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "cache")
    store.put(ENTRIES)
    assert store.get(ENTRIES) == {}
