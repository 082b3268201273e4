"""One host over SSH: a connection whose host key is known, one shell on it, and every way in which that goes wrong in
words."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from cmdb.model.problem import CmdbError, Problem
from cmdb_plugins._hosts import Address
from cmdb_plugins._probe import Probe, Sight
from cmdb_plugins._remote import Answer, Question, answered, asked, blocks, opening, seen, unanswered

LIMIT = 32 * 2**20
"""Bytes that a host may say."""
_CHUNK = 65536
_CUT = "the connection was cut"


class Unreached(Exception):
    """Why nothing could be seen of a host."""


@dataclass(frozen=True, slots=True)
class Login:
    """How hosts are reached: whose host keys are trusted, what else asyncssh is told, and what shell is asked for."""

    known: asyncssh.SSHKnownHosts
    options: Mapping[str, Any] = field(default_factory=dict)
    shell: str = "/bin/sh"


def trusted(text: str) -> asyncssh.SSHKnownHosts:
    """The keys in the text of `known_hosts` files; without any, no host is trusted. Raises `CmdbError`."""
    try:
        return asyncssh.SSHKnownHosts(text)
    except ValueError as error:
        raise CmdbError(Problem("source", f"known_hosts: {error}")) from error


async def sight_of(address: Address, login: Login, probes: Sequence[Probe], limit: float, seconds: float) -> Sight:
    """What the probes see of a host within a time. Where the time is up or the connection ends in the middle, it is
    what was wholly seen before. Raises `Unreached`."""
    answers: dict[Question, Answer] = {}
    why = ""
    try:
        async with asyncio.timeout(seconds), _shell(address, login, limit) as shell:
            while questions := unanswered(probes, answers):
                await shell.ask(questions, answers)
    except Exception as error:
        why = _said(error, address, login, seconds)
    if not answers:
        raise Unreached(why)
    return seen(probes, answers, limit, why)


@dataclass(slots=True)
class _Ear:
    """What one stream said since it was last taken."""

    stream: asyncssh.SSHReader[bytes]
    mark: re.Pattern[bytes]
    buffer: bytearray = field(default_factory=bytearray)
    marks: int = 0
    looked: int = 0
    total: int = 0

    async def listen(self, count: int) -> bool:
        """Until so many answers are whole, or the stream ends; says whether they are. Raises `Unreached`."""
        while self.marks < count:
            chunk = await self._chunk()
            if not chunk:
                return False
            self.buffer += chunk
            self.total += len(chunk)
            if self.total > LIMIT:
                raise Unreached(f"it said more than {LIMIT // 2**20} MiB")
            self._count()
        return True

    async def _chunk(self) -> bytes:
        """More of it; nothing at its end, however it comes: the other stream may have more to say."""
        try:
            return await self.stream.read(_CHUNK)
        except (OSError, asyncssh.Error):
            return b""

    def take(self) -> bytes:
        """What was heard, and from now on no more."""
        heard, self.buffer, self.marks, self.looked = bytes(self.buffer), bytearray(), 0, 0
        return heard

    def _count(self) -> None:
        for found in self.mark.finditer(self.buffer, self.looked):
            self.marks += 1
            self.looked = found.end()
        self.looked = max(self.looked, len(self.buffer) - 2 * len(self.mark.pattern))


class _Shell:
    """A shell at the other end."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        self._marker = secrets.token_hex(16)
        self._process = process
        mark = re.compile(rb"\n%s \d+\n" % self._marker.encode())
        self._ears = (_Ear(process.stdout, mark), _Ear(process.stderr, mark))

    async def open(self, limit: float) -> None:
        """Waits until something answers that is a shell. Raises `Unreached`."""
        try:
            await self._exchange(opening(self._marker, limit), 1)
        except (Unreached, OSError) as error:
            noise = [line for ear in self._ears for line in ear.take().decode("utf-8", "replace").splitlines() if line]
            raise Unreached(f"it gave no shell, and said: {noise[-1].strip()[:200] if noise else 'nothing'}") from error
        for ear in self._ears:
            ear.take()

    async def ask(self, questions: Sequence[Question], answers: dict[Question, Answer]) -> None:
        """Adds to the answers those that came, even where an error ends them."""
        try:
            await self._exchange(asked(questions), len(questions))
        finally:
            answers |= answered(questions, *(blocks(ear.take(), self._marker) for ear in self._ears))

    async def _exchange(self, script: str, count: int) -> None:
        with suppress(OSError):
            self._process.stdin.write(script.encode())
        if not all(await asyncio.gather(*(ear.listen(count) for ear in self._ears))):
            raise Unreached(_CUT)

    def end(self) -> None:
        """Ends it with all that it started."""
        with suppress(OSError, asyncssh.Error):
            self._process.stdin.write_eof()
            self._process.kill()
        self._process.close()


@asynccontextmanager
async def _shell(address: Address, login: Login, limit: float) -> AsyncIterator[_Shell]:
    connection = await asyncssh.connect(**_told(address), known_hosts=login.known, **login.options)
    try:
        process = await connection.create_process(f"exec {login.shell}", encoding=None)
        shell = _Shell(process)
        try:
            await shell.open(limit)
            yield shell
        finally:
            shell.end()
    finally:
        connection.abort()


def _told(address: Address) -> dict[str, Any]:
    """The address as arguments of asyncssh; what is left out, the SSH configuration says."""
    named = {"host": address.host, "port": address.port, "username": address.user}
    return {name: value for name, value in named.items() if value}


def _said(error: Exception, address: Address, login: Login, seconds: float) -> str:
    """What went wrong, in one line."""
    if isinstance(error, Unreached):
        return str(error)
    if isinstance(error, TimeoutError):
        return f"it gave no answer within {round(seconds, 1):g} s"
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return _stranger(address, login.known)
    if isinstance(error, asyncssh.ConnectionLost):
        return _CUT
    if isinstance(error, asyncssh.PermissionDenied):
        return f"it does not let us in: {error.reason}"
    if isinstance(error, socket.gaierror):
        return f"its name {address.host} means nothing here: {error.strerror}"
    if isinstance(error, OSError) and error.errno:
        return f"it cannot be connected to: {os.strerror(error.errno)}"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _stranger(address: Address, known: asyncssh.SSHKnownHosts) -> str:
    port = address.port if address.port != asyncssh.DEFAULT_PORT else None
    if any(known.match(address.host, "", port)):
        return "its host key is not the one in known_hosts: somebody else may be answering, or it was installed anew"
    return "its host key is unknown: add it to known_hosts, once it has been verified"
