"""Real hosts to log in to: OpenSSH's server in network namespaces where this may be done, else on loopback ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin:/usr/bin")
USER = os.environ.get("USER") or "root"
CONFIG = """
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
PidFile {folder}/pid
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel QUIET
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A host that may be logged in to. `key` is its public host key."""

    name: str
    address: str
    port: int
    key: str

    @property
    def where(self) -> str:
        """Where it is reached."""
        return f"{self.address}:{self.port}"

    def known(self, key: str = "") -> str:
        """Its line for known_hosts, or that of another host in its place."""
        place = self.address if self.port == 22 else f"[{self.address}]:{self.port}"
        return f"{place} {key or self.key}\n"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Hosts, and the folder with the private key `identity` that opens them; `apart` says that they are in network
    namespaces of their own, with names of their own."""

    folder: Path
    apart: bool
    hosts: list[Host] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return str(self.folder / "identity")

    @property
    def known(self) -> str:
        return "".join(host.known() for host in self.hosts)


def may_unshare() -> bool:
    """Whether network namespaces can be made here."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-n", "-u", "true"], capture_output=True, check=False).returncode == 0


@contextmanager
def fleet(folder: Path, count: int) -> Iterator[Fleet]:
    """So many hosts, up and answering, and gone in the end."""
    assert SSHD is not None
    key = asyncssh.generate_private_key("ssh-ed25519")
    (folder / "identity").write_bytes(key.export_private_key())
    (folder / "identity").chmod(0o600)
    with ExitStack() as stack:
        apart = may_unshare()
        found = Fleet(folder, apart)
        bridge = stack.enter_context(_bridge(os.getpid())) if apart else ""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        for number in range(count):
            where = stack.enter_context(_apart(bridge, number)) if apart else ([], "127.0.0.1", free_port())
            host = stack.enter_context(_sshd(folder / f"host-{number}", f"host-{number}", key, *where))
            found.hosts.append(host)
        yield found


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@contextmanager
def _bridge(number: int) -> Iterator[str]:
    """A network to which hosts can be joined: 10.x.y.0/24, with this machine as .254. Its name is one of those that
    are no interfaces of this machine, so that who looks at it meanwhile sees no difference."""
    name = f"virbr{number}"
    net = f"10.{199 + number // 256 % 50}.{number % 256}"
    ip("link", "add", name, "type", "bridge")
    try:
        ip("address", "add", f"{net}.254/24", "dev", name)
        ip("link", "set", name, "up")
        yield f"{name} {net}"
    finally:
        ip("link", "delete", name)


@contextmanager
def _apart(bridge: str, number: int) -> Iterator[tuple[list[str], str, int]]:
    """A network namespace on the bridge: the command that leads into it, with a host name, and its address."""
    name, net = bridge.split()
    space, link = f"{name}-{number}", f"veth{name.removeprefix('virbr')}-{number}"
    ip("netns", "add", space)
    try:
        ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
        ip("link", "set", link, "master", name, "up")
        ip("-n", space, "address", "add", f"{net}.{number + 1}/24", "dev", "eth0")
        ip("-n", space, "link", "set", "eth0", "up")
        ip("-n", space, "link", "set", "lo", "up")
        enter = ["ip", "netns", "exec", space, "unshare", "-u", "sh", "-c", f'hostname host-{number}; exec "$@"', "sh"]
        yield enter, f"{net}.{number + 1}", 22
    finally:
        with suppress(subprocess.CalledProcessError):
            ip("link", "delete", link)
        ip("netns", "delete", space)


@contextmanager
def _sshd(folder: Path, name: str, key: asyncssh.SSHKey, enter: list[str], address: str, port: int) -> Iterator[Host]:
    folder.mkdir()
    own = asyncssh.generate_private_key("ssh-ed25519")
    (folder / "host_key").write_bytes(own.export_private_key())
    (folder / "host_key").chmod(0o600)
    (folder / "authorized_keys").write_bytes(key.export_public_key())
    (folder / "config").write_text(CONFIG.format(port=port, address=address, folder=folder))
    assert SSHD is not None
    process = subprocess.Popen([*enter, SSHD, "-D", "-e", "-f", str(folder / "config")], stdin=subprocess.DEVNULL)
    try:
        _wait(process, address, port)
        yield Host(name, address, port, own.export_public_key().decode().strip())
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    """Until it greets; what is still coming up refuses, and is asked again."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection((address, port), timeout=10) as stream:
            if stream.recv(4) == b"SSH-":
                return
    raise AssertionError(f"sshd ended with {process.returncode}")


def ip(*words: str) -> None:
    """The command of that name."""
    subprocess.run(["ip", *words], check=True, capture_output=True)
