"""discover through the program: sources side by side, to files and URLs, watched or not, each with its time."""

from __future__ import annotations

import io
import json
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

import cmdb as library
from cmdb.cli.watching import said, watching
from cmdb.model.snapshot import Coverage, Observation, Run
from cmdb.testing.plugins import Plugins
from cmdb.testing.program import Program
from cmdb.testing.shelf import shelf

HOSTS = """
yield Observation('server', 'web-1', {'hostname': 'web-1'})
yield Coverage('kind=server')
"""
BROKEN = "raise RuntimeError('no route to the controller')"
HANGS = "import time\nyield Coverage('kind=server')\ntime.sleep(600)"
THREE = "sources: {hosts: {plugin: hosts}, broken: {plugin: broken}, slow: {plugin: slow, timeout: 10m}}\n"


@pytest.fixture
def three(cmdb: Program, plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A workspace with three sources: one that works, one that fails and one that hangs."""
    (tmp_path / "three").mkdir()
    monkeypatch.chdir(tmp_path / "three")
    plugins.add("hosts", HOSTS)
    plugins.add("broken", BROKEN)
    plugins.add("slow", HANGS)
    Path("cmdb.yaml").write_text(THREE)
    Path("inventory").mkdir(exist_ok=True)
    Path("inventory/web.yaml").write_text("{kind: server, id: web-1, attributes: {hostname: web-1}}\n")
    return cmdb


def test_a_source_that_fails_or_hangs_stops_no_other(three: Program) -> None:
    ran = three("discover", "--timeout", "3s", "-o", "tonight.jsonl.gz")
    assert (ran.code, ran.out) == (3, "")
    assert "source 'broken' saw nothing: RuntimeError: no route to the controller" in ran.err
    snapshot = library.Workspace.open(".").observed(["tonight.jsonl.gz"])
    runs = {run.source: run for run in snapshot.runs}
    assert [run.ended for run in (runs["hosts"], runs["broken"], runs["slow"])] == [True, False, False]
    assert [seen.key for seen in runs["hosts"].observations] == ["web-1"]
    assert "it did not finish within 3 s and was ended" in {line.reason for line in runs["slow"].coverage}


def test_the_snapshot_goes_to_a_url_and_comes_from_there(three: Program) -> None:
    with shelf() as server:
        url = f"{server.url}/tonight.jsonl.zst"
        assert three("discover", "hosts", "-o", url).code == 0
        ran = three("drift", "--observed", url, "--source", "hosts", "-f", "json")
    assert (ran.code, json.loads(ran.out)["status"]) == (0, "clean"), ran.err
    assert server.asked[0] == "PUT /tonight.jsonl.zst"


def test_a_url_that_cannot_be_written_is_an_error(three: Program) -> None:
    ran = three("discover", "hosts", "-o", "nonsense://x/y.jsonl")
    assert ran.code == 2
    assert "cannot write nonsense://x/y.jsonl" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("discover", "-f", "json", "-o", "memory://x.json"), "Only a snapshot goes to a URL"),
        (("discover", "-f", "text", "-f", "json", "-o", "memory://x", "-o", "y"), "One -o only"),
        (("check", "-o", "https://example.org/x"), "is a URL, and this goes to a file"),
        (("discover", "--timeout", "soon"), "'soon' is no duration"),
    ],
)
def test_wrong_usage(three: Program, words: tuple[str, ...], message: str) -> None:
    ran = three(*words)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())


def test_judging_files_opens_no_socket(three: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    three("discover", "hosts", "-o", "tonight.jsonl")

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("fsspec was asked")

    monkeypatch.setattr("cmdb.formats.snapshot_urls._place", refused)
    Path("http:").mkdir()
    Path("http:/tonight.jsonl").write_bytes(Path("tonight.jsonl").read_bytes())
    for place in ("tonight.jsonl", "http:/tonight.jsonl", "./http://tonight.jsonl"):
        assert three("drift", "--observed", place, "--source", "hosts").code == 0, place


def test_the_library_runs_sources_where_an_executor_runs_them(three: Program) -> None:
    class Counting(ThreadPoolExecutor):
        asked = 0

        def submit(self, *words: Any, **named: Any) -> Future[Any]:
            self.asked += 1
            return super().submit(*words, **named)

    heard: list[Run] = []
    with Counting() as pool:
        snapshot = library.Workspace.open(".").discover(
            ["hosts", "broken"], timeout=timedelta(seconds=30), executor=pool, report=heard.append
        )
    assert pool.asked == 2
    assert [run.source for run in snapshot.runs] == ["hosts", "broken"]
    assert sorted(run.source for run in heard) == ["broken", "hosts"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_each_source_came_to() -> None:
    screen = Terminal()
    with watching(["hosts", "broken"], screen) as report:
        assert report is not None
        report(Run("hosts", "1", observations=(Observation("server", "a"),), coverage=(Coverage("key=a"),)))
        report(Run("broken", "1", coverage=(Coverage("kind=server", status="failed"),), ended=False))
    shown = screen.getvalue()
    assert "hosts" in shown and "1 seen" in shown
    assert "broken" in shown and "failed" in shown


def test_nobody_watches_a_pipe() -> None:
    pipe = io.StringIO()
    with watching(["hosts"], pipe) as report:
        assert report is None
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run("a", "1", coverage=(Coverage("kind=server"),)), "0 seen"),
        (Run("a", "1", coverage=(Coverage("key=x", status="failed"), Coverage("key=y")), observations=(Observation("server", "y"),)), "1 seen, 1 failed"),
        (Run("a", "1", coverage=(Coverage("kind=server", status="failed"),), ended=False), "failed"),
    ],
)  # fmt: skip
def test_what_a_run_came_to(run: Run, expected: str) -> None:
    assert said(run) == expected


def test_memory_is_a_url_too(three: Program) -> None:
    fsspec.filesystem("memory").store.clear()
    assert three("discover", "hosts", "-o", "memory://tonight.jsonl").code == 0
    assert three("drift", "--observed", "memory://tonight.jsonl", "--source", "hosts").code == 0
