"""Looks at many machines at once over SSH, as `local_host` looks at its own.

```yaml
sources:
  fleet:
    plugin: ssh
    covers: kind in (server,virtual_machine)
    hosts:                    # a list, or a mapping from the key to where it is reached
      - web-1.example.org
      - admin@db-1.example.org:2222
    hosts_file: fleet.txt     # more hosts, one a line: KEY, or KEY and where it is reached
    user: cmdb                # default: what ~/.ssh/config says, else who you are
    port: 22
    identity: keys/cmdb       # private keys; default: those of ssh-agent, and ~/.ssh/id_*
    known_hosts: known_hosts  # default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts
    config: ssh_config        # default: ~/.ssh/config; none for no such file
    sudo: true                # look as root, by `sudo -n`; default: false
    concurrency: 20           # hosts at the same time
    host_timeout: 30s         # for one host, from the connection to the last answer
    command_timeout: 10s      # for one command there
    kind: server              # default: virtual_machine under a hypervisor or in a container, else server
    skip: [packages]          # attributes not to look at, and so neither carried nor claimed
```

Comes with `pip install 'cmdb[ssh]'`. Give the source a `timeout` that all hosts together can keep: a host takes one to
three seconds, `concurrency` of them run at once.

**What it needs there.** A login with a key, and a POSIX shell with `cat`, `ls`, `readlink` and `uname`; BusyBox will
do. No agent, no Python, nothing is written and nothing stays. Attributes that need more (`ip`, `systemctl`, the package
manager) are told to be unseen where that is missing. Everything is asked in one shell, in a handful of round trips. On
other systems than Linux it sees names, kernel and architecture only.

The key is the host as it is written in `hosts`, without the user, so that a host has it whether it answers or not.
Seen is what [local_host](#local_host) sees.

**What it claims.** Of each host that answers: that it is there, and that each attribute it carries is all there is.
What it could not look at has a coverage line with the reason, as with `local_host`.

**When a host does not answer.** It is `failed` with the reason, and never missing: refused, no route, no answer in
time, no permission, no shell. So is a host whose **host key** is unknown or has changed; there is no option to accept
one. The line is about the CI that is bound to the key (`keys: {fleet: web-1.example.org}`), and the one that declares
the name as its `fqdn` or `hostname`. Where the connection is cut in the middle, what was seen before counts, and the
rest is `failed`. All other hosts are judged as if nothing had happened. What cannot be asked any more within the
`timeout` of the source is `failed` as well.

**What it does not claim.** Nothing about hosts that are not listed. `cmdb select` lists those that are declared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.problem import CmdbError, Problem
from cmdb.model.snapshot import Coverage
from cmdb_plugins import _linux
from cmdb_plugins import _options as options
from cmdb_plugins._claims import lost
from cmdb_plugins._fleet import side_by_side
from cmdb_plugins._hosts import Address, listed, read, scopes

if TYPE_CHECKING:
    from cmdb_plugins._ssh_session import Login

KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
_SHARE = 0.9
"""Of the time that the source has; the rest is for telling what came of it."""


class Ssh:
    """Every listed host, each as one observation or as failed coverage."""

    kinds: ClassVar[tuple[str, ...]] = ("server", "virtual_machine")

    def __init__(
        self,
        hosts: str | Sequence[str] | Mapping[str, str] = (),
        hosts_file: str = "",
        user: str = "",
        port: int | None = None,
        identity: str | Sequence[str] = (),
        known_hosts: str | Sequence[str] = KNOWN_HOSTS,
        config: str = "",
        sudo: bool = False,
        concurrency: int = 20,
        host_timeout: str | float = "30s",
        command_timeout: str | float = "10s",
        kind: str = "",
        skip: Sequence[str] = (),
    ) -> None:
        self.hosts = listed("hosts", hosts)
        self.hosts_file = options.word("hosts_file", hosts_file)
        if not self.hosts and not self.hosts_file:
            raise ValueError("hosts: name at least one, or a hosts_file that does")
        self.user = options.word("user", user)
        self.port = None if port is None else options.count("port", port)
        self.identity = options.words("identity", identity)
        self.known_hosts = options.words("known_hosts", known_hosts)
        self.config = options.word("config", config)
        self.sudo = options.yes("sudo", sudo)
        self.concurrency = options.count("concurrency", concurrency)
        self.host_timeout = options.seconds("host_timeout", host_timeout)
        self.command_timeout = options.seconds("command_timeout", command_timeout)
        self.kind = options.word("kind", kind)
        self.skip = _linux.skipped(skip)

    def discover(self, context: Context) -> Iterator[Finding]:
        end = time.monotonic() + _SHARE * context.seconds
        hosts = {**self.hosts, **(read(context.root, self.hosts_file) if self.hosts_file else {})}
        login = self._login(context.root)
        jobs = [partial(self._host, key, self._at(where), login, end) for key, where in hosts.items()]
        for findings in side_by_side(jobs, self.concurrency):
            yield from findings

    async def _host(self, key: str, where: Address, login: Login, end: float) -> tuple[Finding, ...]:
        """All that is told of one host."""
        from cmdb_plugins._ssh_session import Unreached, sight_of

        left = end - time.monotonic()
        if left <= 0:
            return unreached(key, "the time of the source was up before it was asked")
        seconds = min(self.host_timeout, left)
        try:
            sight = await sight_of(where, login, _linux.probes(self.skip), self.command_timeout, seconds)
        except Unreached as why:
            return unreached(key, str(why))
        if "hostname" not in sight.values:
            return unreached(key, f"it does not tell its name: {sight.unseen['hostname'].reason}")
        return tuple(_linux.findings(key, sight, self.kind, self.skip))

    def _at(self, where: Address) -> Address:
        return Address(where.host, where.port or self.port, where.user or self.user)

    def _login(self, root: Path) -> Login:
        from cmdb_plugins._ssh_session import Login, trusted

        told: dict[str, Any] = {}
        if self.identity:
            told["client_keys"] = [_file(root, name) for name in self.identity]
        if self.config:
            told["config"] = None if self.config == "none" else _file(root, self.config)
        default = self.known_hosts == KNOWN_HOSTS
        files = [Path(name).expanduser() if default else Path(_file(root, name)) for name in self.known_hosts]
        texts = [text for file in files if file.exists() or not default for text in [_text(file)]]
        shell = "sudo -n /bin/sh" if self.sudo else "/bin/sh"
        return Login(trusted("\n".join(texts)), told, shell)


def unreached(key: str, reason: str) -> tuple[Coverage, ...]:
    """Failed coverage of a host: of the CI that is bound to its key, and of one that declares the name."""
    return (lost(key, reason), *(Coverage(scope, ("*",), "failed", reason) for scope in scopes(key)))


def _file(root: Path, name: str) -> str:
    return str(root / Path(name).expanduser())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CmdbError(Problem("source", f"known_hosts: {file} cannot be read: {error}")) from error
