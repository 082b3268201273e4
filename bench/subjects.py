"""What is measured in a process of its own: our load, its floor, and what people would use instead.

Every function returns seconds, but for `peak`. What a run needs beforehand (imports, the list of files) happens before
the clock starts.
"""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from time import perf_counter
from typing import Any

import cmdb
from cmdb import Workspace

DAY = date(2026, 7, 1)
"""As of when inventories are checked."""


def load(workspace: str, *, cache: bool = False, decode: bool = False, revision: str = "") -> float:
    """Reads a workspace and builds its topology; with `decode`, every CI is looked at too."""
    imports()
    start = perf_counter()
    opened = Workspace.open(workspace, cache=cache)
    found = opened.at(revision) if revision else opened
    count = len(found.topology)
    if decode:
        count = sum(1 for ci in found.inventory.values() if ci.attributes is not None)
    seconds = perf_counter() - start
    if not count or found.unread_inventory:
        raise RuntimeError(f"{workspace} did not load: {found.unread_inventory[:3]}")
    return seconds


def peak(workspace: str) -> float:
    """Bytes of memory that loading and checking a workspace takes at most, beyond what the imports took."""
    imports()
    gc.collect()
    before = _memory("VmRSS")
    Workspace.open(workspace, cache=False).check(DAY)
    return _memory("VmHWM") - before


def floor(workspace: str) -> float:
    """Reads every file of CIs and parses it with the parser that the load uses; nothing is kept."""
    from oryaml import loads

    paths = files(workspace)
    gc.disable()
    start = perf_counter()
    for path in paths:
        loads(_bytes(path))
    return perf_counter() - start


def floor_of_revision(workspace: str) -> float:
    """The same from Git's objects, through one process."""
    from oryaml import loads

    tree = subprocess.run(["git", "ls-tree", "-r", "HEAD"], cwd=workspace, capture_output=True, check=True).stdout
    wanted = b"".join(
        line.split()[2] + b"\n" for line in tree.splitlines() if _holds_cis(line.split(b"\t")[1].decode())
    )
    gc.disable()
    start = perf_counter()
    command = ["git", "cat-file", "--batch", "--buffer"]
    with subprocess.Popen(command, cwd=workspace, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(wanted)
    place = 0
    while place < len(out):
        end = out.index(b"\n", place)
        size = int(out[place:end].rpartition(b" ")[2])
        loads(out[end + 1 : end + 1 + size])
        place = end + size + 2
    return perf_counter() - start


def pyyaml(workspace: str, count: int) -> float:
    """PyYAML's CSafeLoader over `count` files, spread over the inventory."""
    import yaml

    return _parsed(workspace, count, lambda data: yaml.load(data, Loader=yaml.CSafeLoader))


def ruamel(workspace: str, count: int) -> float:
    """ruamel.yaml's safe loader over `count` files."""
    from ruamel.yaml import YAML

    return _parsed(workspace, count, YAML(typ="safe").load)


def files(workspace: str) -> list[str]:
    """The paths of all files of CIs, sorted."""
    found = (str(path) for path in Path(workspace, "inventory").rglob("*.yaml"))
    return sorted(path for path in found if _holds_cis(path))


def spread(paths: list[str], count: int) -> list[str]:
    """`count` of the paths, evenly spread; all where there are fewer."""
    step = max(len(paths) // count, 1)
    return paths[::step][:count]


def _parsed(workspace: str, count: int, parse: Any) -> float:
    chosen = spread(files(workspace), count)
    start = perf_counter()
    for path in chosen:
        parse(_bytes(path))
    return perf_counter() - start


def _bytes(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.read(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def _holds_cis(path: str) -> bool:
    return "inventory/" in path and not path.endswith("_defaults.yaml") and "/schema/" not in path


def imports() -> None:
    """Imports what a load or a check imports on its way, without doing any of its work."""
    for name in ("git", "msgpack", "pydantic", "sqlite3"):
        import_module(name)
    for found in walk_packages(cmdb.__path__, "cmdb."):
        if not found.name.startswith(("cmdb.cli", "cmdb.testing")):
            import_module(found.name)


def _memory(name: str) -> float:
    """A figure of the kernel about this process, in bytes."""
    return next(value for label, value in _status() if label == name)


def _status() -> Iterator[tuple[str, float]]:
    for line in Path("/proc/self/status").read_text().splitlines():
        label, _, rest = line.partition(":")
        if rest.endswith("kB"):
            yield label, float(rest.split()[0]) * 1024
