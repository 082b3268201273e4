"""Where errors end: the words, the exit codes, and what is never mistaken for a verdict."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cmdb.testing.program import Program
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


def run(program: str, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    code = f"from cmdb.cli.main import main\n{program}\nmain()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False)


@pytest.mark.parametrize("arguments", [["select", "--ids"], ["check"], ["--help"], ["check", "--help"]])
def test_a_reader_that_has_gone_away_is_no_error(shop: Path, arguments: list[str]) -> None:
    assert shop.exists()
    reader, writer = os.pipe()
    os.close(reader)
    done = run("", *arguments, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (">/dev/full", "cmdb: error: cannot write the answer: No space left on device\n"),
        (">&-", "cmdb: error: there is no stdout to write to\n    hint: write the answer into a file with -o\n"),
        ("-o answer.txt >&-", ""),
    ],
)
def test_an_answer_that_cannot_be_written(shop: Path, target: str, told: str) -> None:
    assert shop.exists()
    program = f"{shlex.quote(sys.executable)} -c 'from cmdb.cli.main import main; main()' check {target}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(program, shell=True, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (2 if told else 0, told)


def test_ctrl_c_is_130(shop: Path) -> None:
    assert shop.exists()
    interrupt = (
        "import signal\nfrom cmdb.workspace import Workspace\n"
        "Workspace.check = lambda *_: signal.raise_signal(signal.SIGINT)"
    )
    done = run(interrupt, "check")
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"cmdb: interrupted\n")
