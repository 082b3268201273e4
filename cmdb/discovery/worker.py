"""The process in which one plugin runs, so that whatever it does there harms nobody else.

It is told on its standard input, in one line of JSON, what to run; it answers on its standard output with the lines of
a snapshot, and with `{"failed": WHY}` where that goes wrong. Nobody else in this process can write there: what a plugin
prints goes to standard error. When the parent goes away, so does the process with all its children.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from cmdb.discovery.findings import checked
from cmdb.discovery.loading import Factory, explained, kinds_of, load, scope_of
from cmdb.discovery.protocol import Context, DiscoverySource
from cmdb.discovery.redaction import Redactor
from cmdb.formats.layout import SCHEMA, role
from cmdb.formats.snapshot_shapes import End, Header, line_of
from cmdb.model.kind import Schema
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage


def main() -> int:
    """Runs the plugin; the status is 0 unless it failed."""
    answers = os.fdopen(_kept(1, os.dup(2)), "wb", buffering=0)
    orders = _kept(0, os.open(os.devnull, os.O_RDONLY))
    order = json.loads(_line(orders))
    Thread(target=_die_with_parent, args=(orders,), daemon=True).start()
    try:
        for line in _said(order):
            answers.write(line.encode() + b"\n")
    except BaseException as error:
        if os.environ.get("CMDB_DEBUG"):
            traceback.print_exception(error)
        answers.write(json.dumps({"failed": explained(order["plugin"], error)}).encode() + b"\n")
        return 1
    return 0


def _kept(number: int, other: int) -> int:
    """A private copy of a file descriptor, which from now on leads somewhere else for everybody else."""
    mine = os.dup(number)
    os.dup2(other, number)
    os.close(other)
    return mine


def _line(descriptor: int) -> bytes:
    text = b""
    while not text.endswith(b"\n") and (more := os.read(descriptor, 65536)):
        text += more
    return text


def _die_with_parent(orders: int) -> None:
    """Nothing more is ever said on this pipe; that it closes means that the parent is gone."""
    while os.read(orders, 1):
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)


def _said(order: Mapping[str, Any]) -> Iterator[str]:
    factory = load(order["plugin"])
    covers = order["covers"] or scope_of(kinds_of(order["plugin"], factory, order["options"]))
    yield line_of(Header(order["name"], order["run"], datetime.fromisoformat(order["run"]), covers))
    root = Path(order["root"])
    context = Context(root, order["name"], covers, order["seconds"], lambda *names: _schema(root).attribute(*names))
    redactor = Redactor()
    coverage = observations = 0
    for found in _source(factory, order["options"]).discover(context):
        finding = checked(found)
        if isinstance(finding, Coverage):
            coverage += 1
            yield line_of(redactor.coverage(finding))
        else:
            observations += 1
            yield line_of(redactor.observation(finding))
    yield line_of(End(observations, coverage))


@cache
def _schema(root: Path) -> Schema:
    """The kinds of the workspace as far as they can be read; only for sources that ask."""
    from cmdb.formats.schema_reader import read_schema
    from cmdb.sources.protocol import File
    from cmdb.sources.worktree import Worktree

    tree = Worktree(root)
    paths = [found.path for found in tree.files(SCHEMA) if isinstance(found, File) and role(found.path) == "schema"]
    return read_schema((path, data) for path, data in tree.read_many(paths) if isinstance(data, bytes)).schema


def _source(factory: Factory, options: Mapping[str, Any]) -> DiscoverySource:
    try:
        return factory(**options)
    except (TypeError, ValueError) as error:
        raise CmdbError(f"its options are wrong: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
