"""Runs the examples of a page, so that no page shows what the program does not say.

A fenced block after a line such as "`inventory/web-1.yaml`:" is written as that file. Every command of a `console`
block (lines that begin with `$ `) is run, and what it prints stands below it; a line that is only `…` stands for any
lines. `pycon` blocks are run by doctest. Everything happens in an empty folder; `<!-- new workspace -->` goes on in
another one that holds a `cmdb.yaml` and nothing else.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cmdb.cli.main import cli

PIECE = re.compile(
    r"^<!-- (?P<new>new workspace) -->$"
    r"|(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ANYTHING = re.compile(r"^…\n", re.MULTILINE)
PLAIN = re.compile(r"cmdb\b[^|;&<>$`]*")
"""A command that needs no shell. It runs in this process, which saves starting one for each of them."""


def refreshed(page: str, folder: Path | None = None) -> str:
    """The page with what its commands really print; where that is right already, the page as it is. Without a folder
    they run in an empty one of their own. Raises `SystemExit` where doctest finds a difference."""
    if not re.search(r"^```(console|pycon)$", page, re.MULTILINE):
        return page
    with tempfile.TemporaryDirectory(prefix="page-") as scratch:
        session = _Session(Path(scratch))
        with chdir(folder or session.empty()):
            return PIECE.sub(session.take, page)


class _Session:
    """A shell and an interpreter that remember, in folders of their own."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.status = 0
        self.names: dict[str, Any] = {}
        for name in [name for name in os.environ if name.startswith(("CMDB_", "GIT_", "GITHUB_"))]:
            del os.environ[name]
        os.environ |= {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "HOME": str(scratch),
            "CMDB_CACHE_DIR": str(scratch / "cache"),
            "XDG_STATE_HOME": str(scratch / "state"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "ada@example.org" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_DATE": "2026-11-02T09:00:00Z" for role in ("AUTHOR", "COMMITTER")},
        }

    def empty(self) -> str:
        """A new folder."""
        return tempfile.mkdtemp(dir=self.scratch)

    def take(self, piece: re.Match[str]) -> str:
        """Does what a piece of the page asks for, and gives the piece as it should be."""
        if piece["new"]:
            os.chdir(self.empty())
            Path("cmdb.yaml").write_text("name: example\n", "utf-8")
        elif piece["file"]:
            Path(piece["file"]).parent.mkdir(parents=True, exist_ok=True)
            Path(piece["file"]).write_text(piece["body"], "utf-8")
        elif piece["language"] == "console":
            body = "".join(f"$ {command}\n{self._said(command, told)}" for command, told in _commands(piece["body"]))
            return piece[0].replace(piece["body"], body)
        elif piece["language"] == "pycon":
            self._doctest(piece["body"])
        return piece[0]

    def _said(self, command: str, told: str) -> str:
        """What a command prints, or what is told of it where that fits."""
        real = self._run(command)
        pattern = r"(?:.*\n)*".join(map(re.escape, ANYTHING.split(told)))
        return told if re.fullmatch(pattern, real) else real

    def _run(self, command: str) -> str:
        if PLAIN.fullmatch(command):
            result = CliRunner().invoke(cli, shlex.split(command)[1:], prog_name="cmdb")
            self.status, said = result.exit_code, result.output
        elif command.startswith("cd "):
            os.chdir(command.removeprefix("cd "))
            self.status, said = 0, ""
        else:
            script = ["bash", "-c", f"exec 2>&1; (exit {self.status}); {command}"]
            ran = subprocess.run(script, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
            self.status, said = ran.returncode, ran.stdout.decode("utf-8")
        return said

    def _doctest(self, body: str) -> None:
        test = doctest.DocTestParser().get_doctest(body, self.names, "page", None, None)
        wrong: list[str] = []
        doctest.DocTestRunner().run(test, out=wrong.append, clear_globs=False)
        self.names = test.globs
        if wrong:
            raise SystemExit("".join(wrong))


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command with the output below it."""
    for text in filter(None, re.split(r"^(?=\$ )", body, flags=re.MULTILINE)):
        if not text.startswith("$ "):
            raise SystemExit(f"a console block begins with a command, not with {text!r}")
        command, _, told = text.removeprefix("$ ").partition("\n")
        yield command, told
