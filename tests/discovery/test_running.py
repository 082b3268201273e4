from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from cmdb.discovery.children import Children
from cmdb.discovery.observing import Order, observe
from cmdb.discovery.running import discover
from cmdb.formats.snapshot_lines import in_order, lines, read
from cmdb.model.config import SourceConfig
from cmdb.model.kind import Attribute, Kind, Schema
from cmdb.model.snapshot import REDACTED, Coverage, Observation, Run, Snapshot
from cmdb.testing.plugins import Plugins

STARTED = datetime(2026, 11, 1, 2, tzinfo=UTC)
LATER = STARTED + timedelta(seconds=40)
SEEN = "yield Observation('server', 'web-1', {'hostname': 'web-1'})"
CLAIM = "yield Coverage('kind=server', ('*', 'packages'))"


def clock() -> Callable[[], datetime]:
    times = iter([STARTED])
    return lambda: next(times, LATER)


def source(plugin: str, **options: object) -> SourceConfig:
    return SourceConfig(f"my {plugin}", plugin, timeout=timedelta(seconds=30), options=options)


def run(plugin: str, root: Path, **options: object) -> Run:
    (found,) = discover([source(plugin, **options)], root, clock=clock()).runs
    return found


def blind(found: Run) -> Coverage:
    """The one line that says what failed."""
    assert not found.ended
    (line,) = [line for line in found.coverage if line.status == "failed"]
    assert "\n" not in line.reason
    return line


def test_what_a_source_sees_comes_out_as_a_run(plugins: Plugins, workspace: Path) -> None:
    plugins.add("good", f"{SEEN}\n{CLAIM}")
    assert run("good", workspace) == Run(
        "my good",
        "2026-11-01T02:00:00Z",
        STARTED,
        LATER,
        "kind=server",
        (Coverage("kind=server", ("*", "packages")),),
        (Observation("server", "web-1", {"hostname": "web-1"}),),
        ended=True,
    )


def test_a_source_is_told_its_options_its_name_and_the_workspace(plugins: Plugins, workspace: Path) -> None:
    plugins.add(
        "curious",
        """
        said = {'options': self.options, 'name': context.name, 'root': str(context.root), 'cwd': os.getcwd()}
        yield Observation('server', 'a', said)
        """,
    )
    (seen,) = run("curious", workspace, hosts=("a", "b"), deep={"x": 1, "text": "Grüße"}).observations
    assert seen.attributes == {
        "options": {"hosts": ("a", "b"), "deep": {"x": 1, "text": "Grüße"}},
        "name": "my curious",
        "root": str(workspace),
        "cwd": str(workspace),
    }


def test_covers_of_the_settings_win_over_the_plugins_kinds(plugins: Plugins, workspace: Path) -> None:
    plugins.add("good", CLAIM)
    (found,) = discover([SourceConfig("s", "good", "owner=me")], workspace, clock=clock()).runs
    assert found.covers == "owner=me"


def test_runs_come_in_the_order_of_the_sources_and_sorted(plugins: Plugins, workspace: Path) -> None:
    plugins.add("slow", "subprocess.run(['true']); yield Observation('server', 'b'); yield Observation('server', 'a')")
    plugins.add("quick", "yield Coverage('key=b'); yield Coverage('key=a')")
    reports: list[str] = []
    sources = [source("slow"), source("quick"), SourceConfig("other", "slow")]
    found = discover(sources, workspace, clock=clock(), report=lambda run: reports.append(run.source))
    assert [run.source for run in found.runs] == ["my slow", "my quick", "other"]
    assert sorted(reports) == ["my quick", "my slow", "other"]
    assert [seen.key for seen in found.runs[0].observations] == ["a", "b"]
    assert [line.scope for line in found.runs[1].coverage] == ["key=a", "key=b"]
    assert all(in_order(run) == run for run in found.runs)
    text = "".join(f"{line}\n" for run in found.runs for line in lines(run))
    assert read("s", text.encode()) == found


FAILURES = {
    "raises midway": (f"{SEEN}\n{CLAIM}\nraise OSError('no route to db\\nat all')", "OSError: no route to db at all"),
    "raises in words that hold a secret": (
        f"{SEEN}\nraise OSError('postgres://app:' 'hunter2@db refused')",
        "OSError: postgres://app:***@db refused",
    ),
    "exits": (f"{SEEN}\nsys.exit('enough')", "SystemExit: enough"),
    "interrupts": (f"{SEEN}\nraise KeyboardInterrupt", "KeyboardInterrupt"),
    "exits at once": (f"{SEEN}\nos._exit(3)", "its process ended with status 3 before it was done"),
    "exits at once with a smile": (f"{SEEN}\nos._exit(0)", "its process ended with status 0 before it was done"),
    "kills itself": (f"{SEEN}\nos.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
    "crashes": (f"{SEEN}\nos.abort()", "its process was killed by SIGABRT"),
    "closes every file": (f"{SEEN}\nos.closerange(0, 100)\n{CLAIM}", "before it was done"),
    "yields text": (f"{SEEN}\nyield 'web-2'", "it yielded str, which is neither an Observation nor a Coverage"),
    "yields a time": (
        f"{SEEN}\nyield Observation('server', 'b', {{'up': timedelta(1)}})",
        "server 'b': attributes.up: timedelta is no JSON type",
    ),
    "yields NaN": (f"{SEEN}\nyield Observation('server', 'b', {{'x': float('nan')}})", "nan is no JSON number"),
    "yields a huge value": (f"{SEEN}\nyield Observation('server', 'b', {{'x': 'x' * 2**24}})", "longer than 16 MiB"),
    "answers for itself": (
        f"{SEEN}\nfor n in range(3, 9):\n    with contextlib.suppress(OSError): os.write(n, b'garbage\\n')",
        "it sent what is no line of a snapshot: not JSON",
    ),
    "never ends its line": (
        f"{SEEN}\nfor n in range(3, 9):\n    with contextlib.suppress(OSError): os.write(n, b'x' * 2**25)",
        "it sent what is no line of a snapshot: a line longer than 16 MiB",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_whatever_goes_wrong_is_failed_coverage(plugins: Plugins, workspace: Path, case: str) -> None:
    body, why = FAILURES[case]
    plugins.add("bad", body)
    found = run("bad", workspace)
    line = blind(found)
    assert line.scope == "kind=server"
    assert why in line.reason
    assert found.observations == (Observation("server", "web-1", {"hostname": "web-1"}),)
    assert found.finished is None


def test_failed_coverage_is_over_all_that_was_claimed_before(plugins: Plugins, workspace: Path) -> None:
    plugins.add("bad", f"{CLAIM}\nraise OSError")
    found = run("bad", workspace)
    assert blind(found).attributes == ("*", "packages")
    assert Coverage("kind=server", ("*", "packages")) in found.coverage


def test_lines_that_nobody_yielded_are_failed_coverage(plugins: Plugins, workspace: Path) -> None:
    line = '{"observation": {"kind": "server", "key": "forged"}}\\n'
    forgery = f"for n in range(3, 9):\n    with contextlib.suppress(OSError): os.write(n, b'{line}')"
    plugins.add("forger", f"{forgery}\n{CLAIM}")
    assert "its lines do not add up" in blind(run("forger", workspace)).reason


UNLOADABLE = {
    "raises at import": ("1 / 0", "pass", "", "ZeroDivisionError: division by zero"),
    "exits at import": ("os._exit(7)", "pass", "", "its process ended with status 7 before it was done"),
    "leaves at import": ("sys.exit(7)", "pass", "", "cannot be loaded: SystemExit: 7"),
    "lacks a module": ("import nonesuch.deeper", "pass", "", "it needs the Python module 'nonesuch'"),
    "raises in __init__": ("", "raise RuntimeError('boom')", "kind=server", "RuntimeError: boom"),
    "refuses its options": ("", "raise ValueError('hosts: give a list')", "kind=server", "its options are wrong: hosts: give"),
    "is not there": (None, "", "", "there is no discovery plugin 'bad'"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNLOADABLE)
def test_a_plugin_that_does_not_come_up_is_failed_coverage(plugins: Plugins, workspace: Path, case: str) -> None:
    top, init, scope, why = UNLOADABLE[case]
    if top is not None:
        plugins.add("bad", CLAIM, top=top, init=init)
    found = run("bad", workspace)
    assert why in blind(found).reason
    assert found.covers == blind(found).scope == scope


@pytest.mark.parametrize(
    ("kinds", "scope"), [("('server', 'volume')", "kind in (server, volume)"), ("['server']", "kind=server")]
)
def test_a_source_covers_the_kinds_of_its_plugin(plugins: Plugins, workspace: Path, kinds: str, scope: str) -> None:
    plugins.module("many", f"class Source:\n    kinds = {kinds}\n    def discover(self, context): return iter(())")
    assert run("many", workspace).covers == scope


@pytest.mark.parametrize("kinds", ["()", "'server'", "None", "(1,)"])
def test_a_plugin_without_kinds_is_failed_coverage(plugins: Plugins, workspace: Path, kinds: str) -> None:
    plugins.module("bad", f"class Source:\n    kinds = {kinds}\n    def discover(self, context): return iter(())")
    assert "does not say which kinds it sees" in blind(run("bad", workspace)).reason


def test_options_that_are_no_json_are_failed_coverage(plugins: Plugins, workspace: Path) -> None:
    plugins.add("good", CLAIM)
    assert "could not be started" in blind(run("good", workspace, since=STARTED)).reason


def test_a_workspace_that_is_gone_is_failed_coverage(plugins: Plugins, workspace: Path) -> None:
    plugins.add("good", CLAIM)
    assert "could not be started" in blind(run("good", workspace / "gone")).reason


def test_a_source_without_plugin_is_failed_coverage_without_a_time(workspace: Path) -> None:
    (found,) = discover([SourceConfig("cloud", covers="owner=me")], workspace, clock=clock()).runs
    reason = "it has no plugin; give its snapshot with --observed"
    assert found == Run(
        "cloud", "-", covers="owner=me", coverage=(Coverage("owner=me", ("*",), "failed", reason),), ended=False
    )


def test_one_failure_stops_nobody_else(plugins: Plugins, workspace: Path) -> None:
    plugins.add("bad", "os._exit(1)")
    plugins.add("good", f"{SEEN}\n{CLAIM}")
    sources = [source("bad"), source("good"), SourceConfig("none"), source("gone")]
    found = discover(sources, workspace, clock=clock())
    assert [run.ended for run in found.runs] == [False, True, False, False]


def test_a_source_that_hangs_is_ended(plugins: Plugins, workspace: Path) -> None:
    plugins.add("hangs", "threading.Event().wait()", top="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    hanging = SourceConfig("s", "hangs", "owner=me", timedelta(seconds=0.5))
    (found,) = discover([hanging], workspace, clock=clock()).runs
    assert blind(found) == Coverage("owner=me", ("*",), "failed", "it did not finish within 0.5 s and was ended")


def test_a_source_that_closes_its_pipe_and_hangs_is_ended(plugins: Plugins, workspace: Path) -> None:
    plugins.add("hangs", "os.closerange(3, 100)\nthreading.Event().wait()")
    (found,) = discover([SourceConfig("s", "hangs", timeout=timedelta(seconds=0.5))], workspace, clock=clock()).runs
    assert "did not finish within 0.5 s" in blind(found).reason


PRINTING = """\
print('garbage', flush=True)
print('garbage', end='')
os.write(1, b'garbage\\n')
subprocess.run(['echo', 'garbage'])
sys.__stdout__.write('garbage\\n')
"""


def test_what_a_plugin_prints_goes_to_stderr(
    plugins: Plugins, workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plugins.add("loud", f"{PRINTING}{SEEN}\n{PRINTING}{CLAIM}\n{PRINTING}", top=PRINTING, init=PRINTING)
    assert run("loud", workspace).ended
    out, err = capfd.readouterr()
    assert (out, err.count("garbage")) == ("", 25)


def test_a_plugin_reads_nothing_from_stdin(plugins: Plugins, workspace: Path) -> None:
    plugins.add("asks", "yield Observation('server', 'a', {'said': sys.stdin.read()})\nsubprocess.run(['cat'])")
    found = run("asks", workspace)
    assert (found.ended, found.observations[0].attributes) == (True, {"said": ""})


def test_a_child_that_holds_the_pipe_does_not_hold_up_the_run(plugins: Plugins, workspace: Path) -> None:
    plugins.add("forks", f"{SEEN}\nif not os.fork():\n    threading.Event().wait()\n{CLAIM}")
    assert run("forks", workspace).ended


def test_a_daemon_that_holds_the_pipe_does_not_hold_up_the_death_of_its_parent(
    plugins: Plugins, workspace: Path
) -> None:
    plugins.add(
        "daemon",
        f"""
        {SEEN}
        if not os.fork():
            os.setsid()
            with open('pid.part', 'w') as file: file.write(str(os.getpid()))
            os.rename('pid.part', 'pid')
            threading.Event().wait()
        while not os.path.exists('pid'): os.sched_yield()
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    try:
        found = run("daemon", workspace)
    finally:
        os.kill(int((workspace / "pid").read_text()), signal.SIGKILL)
    assert "killed by SIGKILL" in blind(found).reason
    assert len(found.observations) == 1


def test_a_plugin_that_leaves_a_thread_behind_has_ended_all_the_same(plugins: Plugins, workspace: Path) -> None:
    plugins.add("threads", f"threading.Thread(target=threading.Event().wait).start()\n{CLAIM}")
    (found,) = discover([SourceConfig("s", "threads", timeout=timedelta(seconds=1.5))], workspace, clock=clock()).runs
    assert found.ended


def test_nothing_is_loaded_from_the_workspace(
    plugins: Plugins, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plugins(workspace).add("evil", SEEN)
    (workspace / "json.py").write_text("raise SystemExit('loaded from the workspace')")
    (workspace / "good_module.py").write_text("raise SystemExit('loaded from the workspace')")
    plugins.add("good", "yield Observation('server', 'a', {'path': sys.path})")
    monkeypatch.chdir(workspace)
    found = discover([source("evil"), source("good")], workspace, clock=clock())
    assert "there is no discovery plugin 'evil'" in blind(found.runs[0]).reason
    path = found.runs[1].observations[0].attributes["path"]
    assert not {"", ".", str(workspace)} & set(path)


SCHEMA = Schema(
    {
        "compute": Kind("compute", ("compute",)),
        "server": Kind("server", ("server", "compute"), attributes={"pin": Attribute("pin", "integer", secret=True)}),
    },
    {},
)


def test_secrets_never_leave_a_source(plugins: Plugins, workspace: Path) -> None:
    plugins.add(
        "leaks",
        """
        yield Observation('compute', 'a', {'pin': 1234, 'url': 'redis://:' 'hunter2@cache', 'name': 'a'})
        yield Coverage('kind=server', status='failed', reason='redis://:' 'hunter2@cache refused')
        """,
    )
    found = discover([source("leaks")], workspace, clock=clock(), schema=SCHEMA)
    (seen,) = found.runs[0].observations
    assert seen.attributes == {"pin": REDACTED, "url": REDACTED, "name": "a"}
    assert "hunter2" not in repr(found)


def test_not_even_the_process_of_the_plugin_lets_go_of_a_secret(plugins: Plugins, workspace: Path) -> None:
    plugins.add(
        "leaks",
        """
        yield Observation('server', 'a', {'url': 'redis://:' 'hunter2@cache'})
        yield Coverage('kind=server', status='failed', reason='redis://:' 'hunter2@cache refused')
        """,
    )
    order: dict[str, object] = {
        "name": "s",
        "plugin": "leaks",
        "covers": "",
        "options": {},
        "root": ".",
        "run": "2026-11-01T02:00:00Z",
    }
    order["seconds"] = 60
    worker = [sys.executable, "-P", "-m", "cmdb.discovery.worker"]
    done = subprocess.run(worker, input=json.dumps(order), text=True, cwd=workspace, capture_output=True, check=True)
    assert [len(run.observations) for run in read("s", done.stdout.encode()).runs] == [1]
    assert "hunter2" not in done.stdout


@pytest.mark.parametrize("pool", ["threads", "processes"])
def test_sources_run_wherever_an_executor_runs_them(plugins: Plugins, workspace: Path, pool: str) -> None:
    plugins.add("good", CLAIM)
    plugins.add("bad", "os._exit(1)")
    executor = ThreadPoolExecutor(1) if pool == "threads" else ProcessPoolExecutor(1, get_context("spawn"))
    with executor:
        found = discover([source("good"), source("bad")], workspace, clock=clock(), executor=executor)
    assert [run.ended for run in found.runs] == [True, False]


def test_an_executor_that_breaks_is_failed_coverage(plugins: Plugins, workspace: Path) -> None:
    plugins.add("bad", "os.kill(int(self.options['pid']), signal.SIGKILL)\nthreading.Event().wait()")
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        pid = executor.submit(os.getpid).result()
        found = discover([source("bad", pid=pid)], workspace, clock=clock(), executor=executor)
    assert "it could not be asked: BrokenProcessPool" in blind(found.runs[0]).reason


def test_an_error_in_the_report_ends_the_sources(plugins: Plugins, workspace: Path) -> None:
    plugins.add("good", CLAIM)
    plugins.add("hangs", "threading.Event().wait()")

    def report(run: Run) -> None:
        raise RuntimeError(run.source)

    with pytest.raises(RuntimeError, match="my good"):
        discover([source("good"), source("hangs")], workspace, clock=clock(), report=report)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_when_discovery_is_ended_so_are_the_plugins_and_their_children(
    plugins: Plugins, workspace: Path, number: signal.Signals
) -> None:
    """Plugin and grandchild hold a pipe open, whose end is seen when both are gone."""
    os.mkfifo(workspace / "alive")
    plugins.add(
        "hangs",
        """
        pipe = os.open('alive', os.O_WRONLY)
        os.set_inheritable(pipe, True)
        subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'], close_fds=False)
        os.write(pipe, b'x')
        threading.Event().wait()
        """,
    )
    code = (
        "import datetime, pathlib; from cmdb.discovery.running import discover; from cmdb.model.config import *\n"
        "discover([SourceConfig('s', 'hangs')], pathlib.Path('.'), clock=lambda: datetime.datetime.now(datetime.UTC))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=workspace, stderr=subprocess.PIPE)
    with process, os.fdopen(os.open(workspace / "alive", os.O_RDONLY), "rb", buffering=0) as pipe:
        assert pipe.read(1) == b"x"
        process.send_signal(number)
        assert select.select([pipe], [], [], 20)[0]
        assert pipe.read(1) == b""
        process.communicate(timeout=20)
    assert process.returncode == -number


def test_a_process_that_is_started_too_late_is_ended_at_once(plugins: Plugins, workspace: Path) -> None:
    plugins.add("hangs", "threading.Event().wait()")
    children = Children()
    children.end()
    assert "killed by SIGKILL" in blind(observe(Order(source("hangs"), workspace, STARTED), children)).reason


def test_no_source_is_an_empty_snapshot(workspace: Path) -> None:
    assert discover([], workspace, clock=clock()) == Snapshot()
