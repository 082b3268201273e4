"""Hosts that speak SSH and behave as one pleases: asyncssh's own server, in a thread."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh

Process = asyncssh.SSHServerProcess[bytes]
Behaviour = Callable[[Process], Awaitable[None]]
SHELL = "/bin/sh"
MARK = re.compile(rb"[0-9a-f]{32} [0-9]+\n")
"""The end of an answer; the first one is of what was printed before anybody asked."""


async def obeys(process: Process) -> None:
    """A host like any other."""
    await _shell(process, None)


def cut_after(answers: int, *, politely: bool = False) -> Behaviour:
    """A host that goes away after so many answers and half of another one."""

    async def behave(process: Process) -> None:
        await _shell(process, answers)
        if politely:
            process.exit(0)
        else:
            process.get_extra_info("connection").close()

    return behave


def prints(text: bytes, *, ends: bool = True) -> Behaviour:
    """A host that says something, and nothing else."""

    async def behave(process: Process) -> None:
        process.stdout.write(text)
        if ends:
            process.exit(1)
        else:
            await process.stdin.read()

    return behave


def greets(text: str) -> Behaviour:
    """A host whose profile prints something before it does as it is told."""

    async def behave(process: Process) -> None:
        process.stdout.write(text.encode())
        process.stderr.write(text.encode())
        await _shell(process, None)

    return behave


async def hangs(process: Process) -> None:
    """A host that lets one in and then does nothing."""
    await process.stdin.read()


async def babbles(process: Process) -> None:
    """A host that never stops talking."""
    with suppress(asyncssh.Error, OSError):
        while not process.is_closing():
            process.stdout.write(b"\x00\xffnonsense\n" * 10000)
            await process.stdout.drain()


async def _shell(process: Process, most: int | None) -> None:
    shell = await asyncio.create_subprocess_exec(
        SHELL, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert shell.stdin and shell.stdout and shell.stderr
    orders = asyncio.create_task(_pass(process.stdin, shell.stdin))
    try:
        await asyncio.gather(
            _tell(shell.stdout, process.stdout, most, b"half of"), _tell(shell.stderr, process.stderr, most, b"")
        )
        if most is None:
            process.exit(await shell.wait())
    finally:
        orders.cancel()
        with suppress(ProcessLookupError):
            shell.kill()
        shell.stdin.close()
        await asyncio.gather(
            orders, shell.wait(), _drained(shell.stdout), _drained(shell.stderr), return_exceptions=True
        )


async def _drained(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


async def _pass(source: asyncssh.SSHReader[bytes], target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        target.write(chunk)
    target.close()


async def _tell(source: asyncio.StreamReader, target: asyncssh.SSHWriter[bytes], most: int | None, rest: bytes) -> None:
    """Passes on what the shell says: all of it, or so many answers and the rest."""
    answers = 0
    while most is None or answers <= most:
        line = await source.readline()
        if not line:
            return
        target.write(line)
        answers += bool(MARK.fullmatch(line))
    target.write(rest)
    await target.drain()


@dataclass(frozen=True, slots=True)
class OddHost:
    """Where it listens, its host key as known_hosts has it, and how many were let in at the same time at most."""

    port: int
    key: str
    crowd: list[int]

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def known(self) -> str:
        return f"[127.0.0.1]:{self.port} {self.key}\n"


class _Server(asyncssh.SSHServer):
    def __init__(self, present: list[int], crowd: list[int]) -> None:
        self.present, self.crowd = present, crowd

    def connection_made(self, _conn: asyncssh.SSHServerConnection) -> None:
        self.present[0] += 1
        self.crowd[0] = max(self.crowd[0], self.present[0])

    def connection_lost(self, _exc: Exception | None) -> None:
        self.present[0] -= 1


@contextmanager
def odd_host(identity: Path, behaviour: Behaviour = obeys) -> Iterator[OddHost]:
    """A host that lets in who holds the private key `identity`."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    clients = asyncssh.import_authorized_keys(asyncssh.read_private_key(identity).export_public_key().decode())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    crowd = [0]
    present = [0]

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Server(present, crowd),
            server_host_keys=[key],
            authorized_client_keys=clients,
            process_factory=behaviour,
            encoding=None,
        )

    async def stop(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield OddHost(acceptor.get_port(), key.export_public_key().decode().strip(), crowd)
    finally:
        asyncio.run_coroutine_threadsafe(stop(acceptor), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def mute(first: bytes = b"") -> Iterator[int]:
    """A port that takes connections and says so much, and no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        streams: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    stream, _ = server.accept()
                    streams.append(stream)
                    stream.sendall(first)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for stream in streams:
            stream.close()
