"""What a terminal sees: colours, a sign of life, completed ids."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from cmdb.cli.main import cli
from cmdb.testing.repositories import write

MAIN = "from cmdb.cli.main import main; main()"


def on_a_terminal(code: str, *arguments: str, **env: str) -> str:
    """What a Python program writes when stdout and stderr are one terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "90", "LINES": "24", **env}
    environment.pop("NO_COLOR", None) if "NO_COLOR" not in env else None
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    said = b""
    while chunk := _read(ours):
        said += chunk
    process.wait()
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.usefixtures("shop")
def test_a_terminal_has_colours_unless_it_says_no() -> None:
    coloured = on_a_terminal(MAIN, "check")
    assert coloured.endswith("\x1b[32mno problems\x1b[0m in 4 CIs\n")
    plain = on_a_terminal(MAIN, "check", NO_COLOR="1")
    assert plain.endswith("no problems in 4 CIs\n")
    assert "\x1b[32m" not in plain
    assert '{\n  "format": "cmdb.check/1",\n' in on_a_terminal(MAIN, "check", "-f", "json")


@pytest.mark.usefixtures("shop")
def test_errors_have_colours_too() -> None:
    assert "cmdb: \x1b[1;31merror\x1b[0m [unknown-ci] there is no CI" in on_a_terminal(MAIN, "show", "shopp")


WORK = (
    "from cmdb.cli.progress import Gauge, working\n"
    "gauge = Gauge({gauge})\n"
    "with working('reading', {patience}, gauge):\n    {work}"
)
NOTICE = (
    "from rich.progress import Progress\nfrom threading import Event\nseen, update = Event(), Progress.update\n"
    "Progress.update = lambda *told, **more: (update(*told, **more), told[0].refresh(), seen.set())\n"
)


@pytest.mark.parametrize(("gauge", "then"), [("", "reading …"), ("30, 400", " 30/400")])
def test_long_work_shows_how_far_it_is(gauge: str, then: str) -> None:
    assert then in on_a_terminal(NOTICE + WORK.format(gauge=gauge, patience=0.0, work="seen.wait()"))


def test_short_work_shows_nothing() -> None:
    assert on_a_terminal(WORK.format(gauge="", patience=60.0, work="pass")) == ""


def test_long_work_shows_nothing_in_a_pipe() -> None:
    code = WORK.format(gauge="", patience=0.0, work="pass")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def completions(*words: str) -> list[str]:
    complete = ShellComplete(cli, {}, "cmdb", "_CMDB_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("words", "then"),
    [
        (("s",), ["show", "select", "schema"]),
        (("show", "db"), ["db-1", "db-2"]),
        (("impact", "db-1", "w"), ["web-1"]),
        (("select", "nothing"), []),
        (("check", "--fail-level", "n"), ["note"]),
        (("show", "-C", "/nowhere", "db"), []),
    ],
)
def test_shells_complete_commands_ids_and_choices(words: tuple[str, ...], then: list[str]) -> None:
    assert completions(*words) == then


def test_completion_never_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert completions("show", "x") == []
    write(tmp_path, {"cmdb.yaml": "[", "inventory/a.yaml": "["})
    assert completions("show", "x") == []
