"""The `dot` of Graphviz, where it is installed: turns drawings into SVG and PNG.

It is found on PATH, never in the workspace or in a relative folder, so that no repository makes us run a program of its
own, and it gets the drawing on stdin and no file.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cmdb.model.problem import CmdbError

IMAGES = ("svg", "png")
PATIENCE = 60.0
"""Seconds that a drawing may take."""
INSTALL = "install Graphviz (graphviz.org), or write -f dot or -f mermaid and draw it elsewhere"


def image(source: str, kind: str, workspace: Path | None, patience: float = PATIENCE) -> bytes:
    """The picture of a drawing in the DOT language. Raises `CmdbError` where there is no Graphviz, or where it
    fails."""
    import subprocess

    program = find(workspace)
    if program is None:
        raise CmdbError(f"-f {kind} needs the program 'dot' of Graphviz, and there is none on PATH", hint=INSTALL)
    command = [str(program), f"-T{kind}", "-Gcharset=utf8"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=patience,
            cwd=program.parent,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        hint = "limit it with selectors or --depth, or fold it with --fold kind"
        raise CmdbError(f"Graphviz did not finish the drawing within {patience:g} s", hint=hint) from None
    except OSError as error:
        raise CmdbError(f"cannot run {program}: {error.strerror or error}") from error
    if done.returncode or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise CmdbError(f"Graphviz could not draw it: {said or f'exit code {done.returncode}'}")
    return done.stdout


def find(workspace: Path | None) -> Path | None:
    """The program in an absolute folder of PATH that is not in the repository of the workspace."""
    barred = [_top(workspace.resolve())] if workspace else []
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which("dot", path=entry) if Path(entry).is_absolute() else None
        if found and not any(_within(Path(place), folder) for place in (entry, found) for folder in barred):
            return Path(found)
    return None


def _top(folder: Path) -> Path:
    """The top of the repository that a folder is in; the folder itself outside of any."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


def _within(place: Path, folder: Path) -> bool:
    return place.resolve().is_relative_to(folder)
