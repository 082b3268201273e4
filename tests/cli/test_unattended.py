"""Drift from cron: one run at a time, an end, silence while all is well, and the recipes of the documentation."""

from __future__ import annotations

import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cmdb.testing.plugins import Plugins
from cmdb.testing.program import Program
from cmdb.testing.repositories import write

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "drift-from-cron.md"
PROGRAM = str(Path(sys.executable).with_name("cmdb"))
GOOD = "yield Coverage('kind=server')\nyield Observation('server', 'web-1', {'memory': '32 GiB'})"
HANGS = """
    yield Coverage('kind=server')
    pipe = os.open('alive', os.O_WRONLY)
    os.set_inheritable(pipe, True)
    subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'], close_fds=False)
    os.write(pipe, b'x')
    threading.Event().wait()
"""
WAITS = f"{GOOD}\nopen('begun', 'w').close()\nopen('go').read()"


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    """An empty folder of packages, on the path of every process; state and ledgers are the test's own."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", str(folder))))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.syspath_prepend(folder)
    return Plugins(folder)


def configure(plugins: Plugins, name: str, body: str, count: int = 1) -> None:
    plugins.add(name, body)
    sources = "".join(f"  s{number}: {{plugin: {name}}}\n" for number in range(count))
    write(Path(), {"cmdb.yaml": f"name: shop\nsources:\n{sources}"})


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [PROGRAM, "drift", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# quiet ----------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
def test_quiet_when_clean(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    said = cmdb("drift", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")
    said = cmdb("drift", "-q", "-f", "json", "-o", "answer.json")
    assert (said.code, said.out) == (0, "")
    assert '"status": "clean"' in Path("answer.json").read_text()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (GOOD.replace("32", "16"), 1, "expected 32 GiB"),
        ("yield Coverage('kind=server', status='partial')", 3, "NOT everything was seen"),
    ],
)
def test_not_quiet_when_there_is_something_to_say(
    cmdb: Program, plugins: Plugins, body: str, code: int, told: str
) -> None:
    configure(plugins, "seer", body)
    said = cmdb("drift", "--quiet")
    assert said.code == code
    assert told in said.out


# one at a time --------------------------------------------------------------------------------------------------------


def lock() -> Path:
    (found,) = Path("state").rglob("*.lock")
    return found


@contextmanager
def held(path: Path) -> Iterator[None]:
    with path.open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@pytest.mark.usefixtures("shop")
def test_a_second_run_gives_up_and_names_the_first(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "waits", WAITS)
    os.mkfifo("go")
    os.mkfifo("begun")
    first = start()
    Path("begun").read_text()
    said = cmdb("drift", "--wait", "0")
    assert (said.code, said.out) == (2, "")
    assert f"another run is at work on this workspace: process {first.pid}, since 20" in said.err
    write(Path(), {"a": '{"format": "cmdb.snapshot/1", "source": "x", "run": "2026-11-01T02:00:00Z"}\n'})
    assert cmdb("drift", "--observed", "a", "--wait", "0", "--as-of", "2026-11-01").code == 3
    Path("go").write_text("")
    assert first.communicate()[1] == ""
    assert first.returncode == 0


@pytest.mark.usefixtures("shop")
def test_a_second_run_waits_as_long_as_it_may(plugins: Plugins) -> None:
    configure(plugins, "waits", WAITS)
    os.mkfifo("go")
    os.mkfifo("begun")
    first = start()
    Path("begun").read_text()
    second = start("--wait", "60s")
    Path("go").write_text("")
    assert (first.communicate()[1], first.returncode) == ("", 0)
    Path("begun").read_text()
    Path("go").write_text("")
    assert (second.communicate()[1], second.returncode) == ("", 0)


@pytest.mark.usefixtures("shop")
def test_the_lock_is_free_after_a_run_and_after_one_that_died(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    assert cmdb("drift").code == 0
    assert lock().stat().st_mode & 0o777 == 0o600
    assert cmdb("drift", "--wait", "0").code == 0
    with held(lock()):
        assert cmdb("drift", "--wait", "0").code == 2
        assert cmdb("drift", "--wait", "0", "--timeout", "0").code == 2
        assert cmdb("drift", "--wait", "0", "--ledger", "other.sqlite").code == 0
    assert cmdb("drift", "--wait", "0").code == 0


@pytest.mark.usefixtures("shop")
def test_without_a_ledger_there_is_still_one_run_at_a_time(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    assert cmdb("drift", "--no-ledger").code == 0
    with held(lock()):
        assert cmdb("drift", "--no-ledger", "--wait", "0").code == 2
    assert list(Path("state").rglob("*.sqlite")) == []


@pytest.mark.usefixtures("shop")
def test_where_no_lock_can_be_made_the_run_goes_on_and_says_so(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    Path("x.lock").mkdir()
    said = cmdb("drift", "--ledger", "x")
    assert said.code == 0
    assert "nothing keeps another run away: " in said.err


@pytest.mark.usefixtures("shop")
def test_a_lock_is_never_written_through_a_link(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    Path("precious").write_text("keep")
    Path("x.lock").symlink_to("precious")
    assert cmdb("drift", "--ledger", "x").code == 0
    assert Path("precious").read_text() == "keep"


# an end ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
def test_what_has_not_answered_in_time_is_failed_coverage_and_gone(plugins: Plugins) -> None:
    configure(plugins, "hangs", HANGS)
    os.mkfifo("alive")
    with os.fdopen(os.open("alive", os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as pipe:
        run = start("--timeout", "4s", "-f", "json")
        out, err = run.communicate(timeout=60)
        assert run.returncode == 3
        assert (err, '"status": "incomplete"' in out) == ("", True)
        assert re.search(r"it did not finish within [\d.]+ s and was ended", out)
        assert select.select([pipe], [], [], 20)[0]
        assert pipe.read(9) in (b"", b"x")
        assert pipe.read(9) == b""


@pytest.mark.usefixtures("shop")
def test_no_time_is_enough_for_no_source(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "hangs", "threading.Event().wait()", count=7)
    said = cmdb("drift", "--timeout", "0", "-f", "json")
    assert said.code == 3
    assert len([reason for reason in said.json["incomplete"] if "within 0 s and was ended" in reason]) == 7


@pytest.mark.usefixtures("shop")
def test_time_that_suffices_changes_nothing(cmdb: Program, plugins: Plugins) -> None:
    configure(plugins, "good", GOOD)
    assert cmdb("drift", "--timeout", "1h").code == 0


@pytest.mark.usefixtures("shop")
def test_a_run_that_is_told_to_end_takes_its_sources_with_it(plugins: Plugins) -> None:
    configure(plugins, "hangs", HANGS)
    os.mkfifo("alive")
    run = start()
    with os.fdopen(os.open("alive", os.O_RDONLY), "rb", buffering=0) as pipe:
        assert pipe.read(1) == b"x"
        run.send_signal(signal.SIGTERM)
        assert select.select([pipe], [], [], 20)[0]
        assert pipe.read(1) == b""
    assert run.communicate(timeout=20) == ("", "cmdb: interrupted\n")
    assert run.returncode == 130


# the recipes ----------------------------------------------------------------------------------------------------------


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def served(tmp_path: Path, plugins: Plugins) -> Path:
    """A cloned workspace whose source sees something wrong, as the page calls it: /srv/inventory."""
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    plugins.add("seer", GOOD.replace("32", "16"))
    write(
        origin,
        {
            "cmdb.yaml": "name: shop\nsources: {hosts: {plugin: seer}}\n",
            "inventory/web.yaml": "{kind: server, id: web-1, attributes: {memory: 32 GiB}}\n",
        },
    )
    for arguments in (("init", "-qb", "main"), ("add", "."), ("commit", "-qm", "x")):
        subprocess.run([*git, *arguments], cwd=origin, check=True)
    subprocess.run(["git", "clone", "-q", str(origin), str(clone)], check=True)
    return clone


def test_the_crontab_line_in_crons_environment(served: Path, tmp_path: Path) -> None:
    """cron gives a job HOME, LOGNAME, SHELL and a short PATH, sets the variables of the file, and mails the output."""
    (crontab,) = blocks("crontab")
    *settings, line = crontab.strip().splitlines()
    schedule = re.fullmatch(r"(\d+ \d+ \* \* \*) +cmdb +(.*)", line)
    assert schedule is not None
    assert "%" not in schedule[2]
    job = schedule[2].replace("/opt/cmdb/bin/cmdb", PROGRAM).replace("/srv/inventory", str(served))
    environment = dict(setting.split("=", 1) for setting in settings)
    assert environment.pop("MAILTO")
    assert environment.keys() == {"CMDB_LEDGER"}
    path = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "cmdb", "HOME": str(tmp_path)}
    path |= {"CMDB_LEDGER": str(tmp_path / "ledger.sqlite"), "PYTHONPATH": os.environ["PYTHONPATH"].lstrip(":")}
    nights = []
    for _ in range(2):
        ran = subprocess.run(
            ["/bin/sh", "-c", job], env=path, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        nights.append((ran.returncode, bool(ran.stdout), ran.stderr))
    assert nights == [(1, True, ""), (0, False, "")]
    (served / "inventory" / "web.yaml").write_text("{kind: server, id: web-1, attributes: {memory: 64 GiB}}\n")
    (served / "inventory" / "new.yaml").write_text("{kind: server, id: web-2}\n")
    ran = subprocess.run(["/bin/sh", "-c", job], env=path, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, "Missing (1)\nweb-2 (server)" in ran.stdout) == (1, True)


def test_the_units_of_systemd(served: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    names = re.findall(r"^`/etc/systemd/system/(.+)`:$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert names == ["cmdb-drift.service", "cmdb-drift.timer"]
    for name, unit in zip(names, blocks("ini"), strict=True):
        text = unit.replace("/opt/cmdb/bin/cmdb", PROGRAM).replace("/srv/inventory", str(served))
        (tmp_path / name).write_text(text.replace("User=cmdb", "User=root"))
    paths = [str(tmp_path / name) for name in names]
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False)
    assert [line for line in ran.stderr.splitlines() if "cmdb-drift" in line] == []
    assert ran.returncode == 0
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", blocks("ini")[1], re.MULTILINE)
    subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=True)


def test_the_manifest_of_kubernetes(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("kubernetes-validate")
    if not program.exists():
        pytest.skip("no kubernetes-validate here")
    (manifest,) = blocks("yaml")
    (tmp_path / "job.yaml").write_text(manifest)
    command = [str(program), "--strict", str(tmp_path / "job.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


def test_every_option_of_the_recipes_exists() -> None:
    from cmdb.cli.commands.drift import command

    known = {name for parameter in command.params for name in parameter.opts}
    text = PAGE.read_text("utf-8")
    used = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", "".join(re.findall(r"cmdb,? drift\b[^`\n|]*", text))))
    assert used
    assert used <= known | {"-ff-only"}
