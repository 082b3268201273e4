"""Where errors end: the words, the exit codes, and what is never mistaken for a verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import write
from cmdb.workspace import Workspace


def test_an_error_of_the_user_is_told_with_its_remedy(cmdb: Program, shop: Path) -> None:
    assert shop.exists()
    said = cmdb("show", "shopp")
    assert (said.code, said.out) == (2, "")
    assert said.err == "cmdb: error [unknown-ci] there is no CI 'shopp'\n    hint: did you mean 'shop'?\n"


def test_no_workspace(cmdb: Program, tmp_path: Path) -> None:
    said = cmdb("check", "-C", str(tmp_path))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("cmdb: error: no cmdb.yaml in ")
    assert "hint: run 'cmdb init DIR'" in said.err


@pytest.mark.parametrize(
    "arguments",
    [["check", "--nonsense"], ["check", "--fail-level", "bad"], ["show"], ["check", "extra"], ["check", "-f", "dot"]],
)
def test_wrong_usage_is_2(cmdb: Program, shop: Path, arguments: list[str]) -> None:
    assert shop.exists()
    said = cmdb(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "Usage: cmdb" in said.err


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (
            ValueError("two\nlines"),
            2,
            "cmdb: internal error: ValueError: two lines (run with --debug for the traceback",
        ),
        (SystemError(), 2, "cmdb: internal error: SystemError:"),
        (RecursionError("deep"), 2, "cmdb: internal error: RecursionError: deep"),
        (KeyboardInterrupt(), 130, "cmdb: interrupted"),
        (click.ClickException("no"), 2, "Error: no"),
    ],
)
def test_anything_else_is_one_line_and_never_1(
    cmdb: Program, shop: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, told: str
) -> None:
    def fail(*_: object) -> None:
        raise raised

    assert shop.exists()
    monkeypatch.setattr(Workspace, "check", fail)
    said = cmdb("check")
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(told)
    assert said.err.count("\n") == 1


def test_debug_shows_the_traceback(cmdb: Program, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("ours")

    assert shop.exists()
    monkeypatch.setattr(Workspace, "check", fail)
    said = cmdb("check", "--debug")
    assert said.code == 2
    assert "Traceback" in said.err
    assert said.err.endswith("cmdb: internal error: ValueError: ours\n")


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    code = f"from cmdb.cli.main import main\n{program}\nmain()"
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_reader_that_goes_away_is_no_error(shop: Path) -> None:
    assert shop.exists()
    write(Path(), {"inventory/many.yaml": "".join(f"- {{kind: server, id: server-{n}}}\n" for n in range(9000))})
    with start("", "select", "--ids") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (141, b"")


def test_ctrl_c_is_130(shop: Path) -> None:
    assert shop.exists()
    interrupt = (
        "import signal\nfrom cmdb.workspace import Workspace\n"
        "Workspace.check = lambda *_: signal.raise_signal(signal.SIGINT)"
    )
    with start(interrupt, "check") as process:
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"cmdb: interrupted\n")
