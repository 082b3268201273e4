"""Snapshots at URLs: what is sent there comes back, whole or not at all, and every failure is told in words."""

from __future__ import annotations

import gzip
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from cmdb.formats.snapshot_lines import lines, read_file, write
from cmdb.formats.snapshot_urls import is_url, name_of
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot
from cmdb.testing.shelf import Shelf, shelf

RUN = Run(
    "hosts", "1", coverage=(Coverage("kind=server"),), observations=(Observation("server", "web-1", {"cpu_count": 4}),)
)
TEXT = "".join(f"{line}\n" for line in lines(RUN)).encode()


@pytest.fixture
def server() -> Iterator[Shelf]:
    with shelf() as found:
        yield found


@pytest.fixture(autouse=True)
def empty_memory() -> None:
    fsspec.filesystem("memory").store.clear()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("s3://bucket/x.jsonl", True),
        ("memory://x", True),
        ("simplecache::s3://bucket/x", True),
        ("https://example.org/x", True),
        ("x.jsonl", False),
        ("/a//b", False),
        ("http:/x", False),
        ("C://x", False),
        (Path("s3://x"), False),
        ("://x", False),
    ],
)
def test_what_a_url_is(place: object, expected: bool) -> None:
    assert is_url(place) is expected


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("s3://b/tonight.jsonl.gz", "tonight.jsonl.gz"),
        ("https://h/a/b.zst?sig=x/y.gz#z", "b.zst"),
        ("memory://x.jsonl", "x.jsonl"),
    ],
)
def test_the_ending_says_how_it_is_packed(url: str, name: str) -> None:
    assert str(name_of(url)) == name


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_what_is_written_comes_back(server: Shelf, tmp_path: Path, ending: str) -> None:
    for folder in (server.url, "memory://snapshots", f"file://{tmp_path}"):
        url = f"{folder}/tonight.jsonl{ending}"
        write(RUN, url)
        assert read_file(url) == Snapshot((RUN,)), url


def test_what_stands_there_is_what_would_stand_in_a_file(server: Shelf, tmp_path: Path) -> None:
    write(RUN, f"{server.url}/a.jsonl")
    write(RUN, f"{server.url}/b.jsonl.gz")
    write(RUN, tmp_path / "b.jsonl.gz")
    assert server.kept["/a.jsonl"] == TEXT
    assert server.kept["/b.jsonl.gz"] == (tmp_path / "b.jsonl.gz").read_bytes()
    assert [ask for ask in server.asked if ask.startswith("PUT")] == ["PUT /a.jsonl", "PUT /b.jsonl.gz"]


def test_a_file_url_is_a_private_file(tmp_path: Path) -> None:
    write(RUN, f"file://{tmp_path}/a.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == TEXT
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_nothing_is_sent_where_writing_fails(server: Shelf) -> None:
    wrong = Run("hosts", "1", observations=(Observation("server", "x", {"a": float("nan")}),))
    with pytest.raises(ValueError, match="number"):
        write(wrong, f"{server.url}/a.jsonl")
    assert not server.kept
    assert not server.asked


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_server_that_refuses(server: Shelf, status: int) -> None:
    server.status = status
    with pytest.raises(CmdbError, match=rf"cannot write {server.url}/a.jsonl: "):
        write(RUN, f"{server.url}/a.jsonl")
    with pytest.raises(CmdbError, match=rf"cannot read {server.url}/a.jsonl: "):
        read_file(f"{server.url}/a.jsonl")


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.jsonl"
        with pytest.raises(CmdbError, match=r"cannot read http://127\.0\.0\.1"):
            read_file(url)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_half_a_file_is_partial_and_told(server: Shelf, ending: str) -> None:
    url = f"{server.url}/a.jsonl{ending}"
    whole = gzip.compress(TEXT) if ending else TEXT
    server.kept[f"/a.jsonl{ending}"] = whole[:-10]
    snapshot = read_file(url)
    assert snapshot.problems
    assert not any(run.ended for run in snapshot.runs)


def test_a_connection_that_is_cut_is_partial_and_told(server: Shelf) -> None:
    server.kept["/a.jsonl"] = TEXT
    server.cut = 20
    try:
        snapshot = read_file(f"{server.url}/a.jsonl")
    except CmdbError as error:
        assert "cannot read" in str(error)
    else:
        assert snapshot.problems
        assert not any(run.ended for run in snapshot.runs)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense://x/a.jsonl", "cannot write nonsense://x/a.jsonl: .*nonsense"),
        ("memory://", "it names no file"),
    ],
)
def test_urls_that_mean_nothing(url: str, message: str) -> None:
    with pytest.raises(CmdbError, match=message):
        write(RUN, url)


def test_signatures_and_passwords_are_not_told() -> None:
    with pytest.raises(CmdbError) as caught:
        read_file("http://ada:hunter2@127.0.0.1:1/a.jsonl?sig=letmein")
    assert "hunter2" not in str(caught.value)
    assert "letmein" not in str(caught.value)


def test_without_fsspec_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(CmdbError, match="the package fsspec is not installed") as caught:
        write(RUN, "memory://a.jsonl")
    assert caught.value.problem.hint == "pip install 'cmdb[fsspec]'"
