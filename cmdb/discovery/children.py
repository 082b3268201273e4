"""The processes of plugins: started apart from everything else, listened to with patience, and ended without fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import IO

from cmdb.formats.strict_json import SIZE_LIMIT

_TICK = 0.1
_GRACE = 5.0
"""Seconds that a process gets to tidy up once it has said everything."""


class Overdue(Exception):
    """A process took longer than it may."""


class Overlong(ValueError):
    """A process says something without end."""


class Children:
    """Processes that are ended together; one that is started later ends at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._alive: set[Child] = set()
        self._ended = False

    @contextmanager
    def started(self, order: Mapping[str, object], root: Path, seconds: float) -> Iterator[Child]:
        """A process that has got its order, and is gone in the end with all its own children. Raises `OSError`."""
        child = Child(order, root, seconds)
        try:
            with self._lock:
                self._alive.add(child)
                ended = self._ended
            if ended:
                child.kill()
            yield child
        finally:
            child.end()
            with self._lock:
                self._alive.discard(child)

    def end(self) -> None:
        """Kills all of them."""
        with self._lock:
            self._ended = True
            alive = tuple(self._alive)
        for child in alive:
            child.kill()


class Child:
    """One process, in a session of its own; the clock for its time runs from its start."""

    def __init__(self, order: Mapping[str, object], root: Path, seconds: float) -> None:
        text = json.dumps(order).encode() + b"\n"
        self._deadline = monotonic() + seconds
        self._process = subprocess.Popen(
            _command(),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout
        self._orders = self._process.stdin
        self._chunks: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_pump, args=(self._process.stdout, self._chunks), daemon=True).start()
        with suppress(BrokenPipeError):
            self._orders.write(text)

    def lines(self) -> Iterator[bytes]:
        """What the process says, until it says no more or is dead. Raises `Overdue`, `Overlong`."""
        buffer = bytearray()
        while chunk := self._chunk():
            buffer += chunk
            if b"\n" in chunk:
                *lines, rest = bytes(buffer).split(b"\n")
                yield from lines
                buffer = bytearray(rest)
            elif len(buffer) > SIZE_LIMIT:
                raise Overlong(f"a line longer than {SIZE_LIMIT // 2**20} MiB")

    def demise(self) -> str:
        """How the process ended. Raises `Overdue`."""
        try:
            status = self._process.wait(max(self._deadline - monotonic(), 0))
        except subprocess.TimeoutExpired:
            raise Overdue from None
        if status >= 0:
            return f"its process ended with status {status} before it was done"
        return f"its process was killed by {_signal(-status)}"

    def kill(self) -> None:
        """Kills the process and its group."""
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def rest(self) -> None:
        """Waits a moment for the process to go by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(min(self._deadline - monotonic(), _GRACE), 0))

    def end(self) -> None:
        """Leaves nothing of it behind."""
        self.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self._orders.close()

    def _chunk(self) -> bytes:
        """The next bytes; none at the end. A dead process has said its last even if another one holds its pipe."""
        last = self._deadline
        dead = False
        while True:
            left = last - monotonic()
            with suppress(Empty):
                return self._chunks.get(timeout=max(min(left, _TICK), 0))
            if left <= 0 and dead:
                return b""
            if left <= 0:
                raise Overdue
            if not dead and self._process.poll() is not None:
                dead, last = True, min(last, monotonic() + 5 * _TICK)


def _pump(stream: IO[bytes], chunks: SimpleQueue[bytes]) -> None:
    with stream:
        while chunk := stream.read(65536):
            chunks.put(chunk)
    chunks.put(b"")


def _command() -> list[str]:
    """As isolated as this interpreter is, and never with the current folder on its path."""
    flags = ["-P", *(["-E"] if sys.flags.ignore_environment else []), *(["-s"] if sys.flags.no_user_site else [])]
    return [sys.executable, *flags, "-m", "cmdb.discovery.worker"]


def _environment() -> dict[str, str]:
    """An empty or relative entry of PYTHONPATH must not come to mean the workspace, in which the worker runs."""
    environment = dict(os.environ)
    entries = environment.pop("PYTHONPATH", "").split(os.pathsep)
    if paths := [str(Path(entry).absolute()) for entry in entries if entry]:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
