"""Runs the examples of a page, so that no page shows what the program does not say.

A fenced block after a line such as "`inventory/web-1.yaml`:" is written as that file. Every command of a `console`
block (lines that begin with `$ `) runs in one shell for the whole page, and what it prints stands below it; a line
that is only `…` stands for any lines. The `pycon` blocks of a page are run together by doctest, where the last of them
stands. Everything happens in an empty folder; `<!-- new workspace -->` goes on in another one that holds a `cmdb.yaml`
and nothing else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

PIECE = re.compile(
    r"^<!-- (?P<new>new workspace) -->$"
    r"|(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
MARK = "\x1e"
ANYTHING = re.compile("^…\n", re.MULTILINE)


def refreshed(page: str, folder: Path | None = None) -> str:
    """The page with what its commands really print; where that is right already, the page as it is. Without a folder
    they run in an empty one of their own."""
    pieces = list(PIECE.finditer(page))
    languages = [piece["language"] for piece in pieces]
    if not {"console", "pycon"}.intersection(languages):
        return page
    scripts = [_script(piece) for piece in pieces]
    if "pycon" in languages:
        scripts.insert(len(languages) - languages[::-1].index("pycon"), _DOCTEST)
    with tempfile.TemporaryDirectory(prefix="page-") as scratch:
        said = _run("".join(scripts), Path(scratch), folder)
    outputs = iter(said)
    parts: list[str] = []
    end = 0
    for piece in pieces:
        parts.append(page[end : piece.start()])
        parts.append(_rewritten(piece, outputs))
        end = piece.end()
    return "".join((*parts, page[end:]))


def _script(piece: re.Match[str]) -> str:
    if piece["new"]:
        return 'cd "$(mktemp -d -p "$SCRATCH")" && echo "name: example" > cmdb.yaml\n'
    if piece["file"]:
        name = quote(piece["file"])
        return f'mkdir -p "$(dirname {name})" && cat > {name} <<"END OF FILE"\n{piece["body"]}END OF FILE\n'
    if piece["language"] == "console":
        return "".join(f"{command}\n{_AFTER}" for command, _ in _commands(piece["body"]))
    if piece["language"] == "pycon":
        return f'cat >> "$SCRATCH/page.txt" <<"END OF FILE"\n{piece["body"]}END OF FILE\n'
    return ""


_AFTER = 'status=$?; printf "\\036"; (exit $status)\n'
_DOCTEST = 'python -m doctest "$SCRATCH/page.txt" > "$SCRATCH/wrong.txt"\n'


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command with the output below it."""
    for text in filter(None, re.split(r"^(?=\$ )", body, flags=re.MULTILINE)):
        if not text.startswith("$ "):
            raise SystemExit(f"a console block begins with a command, not with {text!r}")
        command = re.match(r"\$ ((?:.*\\\n)*.*)\n", text)
        assert command
        yield command[1], text[command.end() :]


def _run(script: str, scratch: Path, folder: Path | None) -> list[str]:
    """What each command prints, stdout and stderr as on a terminal."""
    start = folder or scratch / "page"
    start.mkdir(exist_ok=True)
    file = scratch / "page.sh"
    file.write_text(f"exec 2>&1\n{script}", encoding="utf-8")
    ran = subprocess.run(
        ["bash", str(file)], cwd=start, env=_environment(scratch), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        check=False,
    )  # fmt: skip
    wrong = scratch / "wrong.txt"
    if wrong.exists() and (said := wrong.read_text("utf-8")):
        raise SystemExit(said)
    return ran.stdout.decode("utf-8", "replace").split(MARK)


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CMDB_", "GIT_"))}
    someone = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _SOMEONE.items()}
    return kept | someone | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "SCRATCH": str(scratch),
        "HOME": str(scratch),
        "CMDB_CACHE_DIR": str(scratch / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "NO_COLOR": "1",
        "TZ": "UTC",
    }  # fmt: skip


_SOMEONE = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-11-02T09:00:00Z"}


def _rewritten(piece: re.Match[str], said: Iterator[str]) -> str:
    if piece["file"] or piece["language"] != "console":
        return piece[0]
    commands = [(command, told, next(said)) for command, told in _commands(piece["body"])]
    body = "".join(f"$ {command}\n{told if _fits(told, real) else real}" for command, told, real in commands)
    return piece[0].replace(piece["body"], body)


def _fits(told: str, real: str) -> bool:
    pattern = r"(?:.*\n)*".join(map(re.escape, ANYTHING.split(told)))
    return re.fullmatch(pattern, real) is not None
