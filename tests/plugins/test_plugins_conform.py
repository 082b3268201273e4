"""The sources that come with cmdb keep to the rules that every source has to keep to, and are found by their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from cmdb_plugins.ansible_facts import AnsibleFacts
from cmdb_plugins.file import TableFile
from cmdb_plugins.local_host import LocalHost
from cmdb_plugins.ssh import Ssh
from cmdb_plugins.terraform_state import TerraformState

from cmdb.discovery.loading import kinds, load
from cmdb.discovery.protocol import DiscoverySource
from cmdb.testing.odd_hosts import odd_host
from cmdb.testing.sources import SourceConformance

FACTS = {"ansible_facts": {"ansible_hostname": "web-1", "ansible_kernel": "6.1", "ansible_product_serial": "NA"}}
STATE = {
    "version": 4,
    "resources": [
        {"mode": "managed", "type": "aws_vpc", "name": "a", "instances": [{"attributes": {"id": "vpc-1"}}]},
        {"mode": "managed", "type": "aws_vpc", "name": "b", "instances": [{"attributes": {"id": "vpc-2"}}]},
    ],
}


PASSING = ("listening_ports", "listening_udp_ports", "uptime", "booted")


class TestLocalHost(SourceConformance):
    volatile = PASSING
    wrong_options = ({"no_such_option": 1}, {"skip": ["colour"]}, {"command_timeout": "-1s"})

    def source(self, root: Path) -> DiscoverySource:
        del root
        return LocalHost()

    def breaking(self, root: Path) -> DiscoverySource:
        del root
        return LocalHost(command_timeout=0.000001)


class TestAnsibleFacts(SourceConformance):
    wrong_options = ({"no_such_option": 1}, {}, {"path": ""}, {"path": "x", "color": "blue"})

    def source(self, root: Path) -> DiscoverySource:
        (root / "web-1").write_text(json.dumps(FACTS))
        return AnsibleFacts(path=".")

    def seeing_nothing(self, root: Path) -> DiscoverySource:
        (root / "web-1").write_text(json.dumps({"unreachable": True, "msg": "no route"}))
        return AnsibleFacts(path="web-1")

    def breaking(self, root: Path) -> DiscoverySource:
        self.source(root)
        (root / "web-2").write_text(json.dumps(FACTS)[:40])
        return AnsibleFacts(path=".")


class TestTerraformState(SourceConformance):
    wrong_options = ({"no_such_option": 1}, {}, {"path": []}, {"path": "x", "kinds": ["x"]})

    def source(self, root: Path) -> DiscoverySource:
        (root / "terraform.tfstate").write_text(json.dumps(STATE))
        return TerraformState(path="terraform.tfstate")

    def seeing_nothing(self, root: Path) -> DiscoverySource:
        (root / "terraform.tfstate").write_text(json.dumps({**STATE, "resources": []}))
        return TerraformState(path="terraform.tfstate")

    def breaking(self, root: Path) -> DiscoverySource:
        self.source(root)
        (root / "other.tfstate").write_text(json.dumps(STATE)[:40])
        return TerraformState(path=".")


class TestFile(SourceConformance):
    wrong_options = ({"no_such_option": 1}, {}, {"path": "x", "kind": "server"}, {"path": "x", "kind": {}, "key": "K"})

    def table(self, root: Path, text: str) -> DiscoverySource:
        (root / "table.csv").write_text(text)
        return TableFile(path="table.csv", kind="server", key="Name", coverage="kind=server")

    def source(self, root: Path) -> DiscoverySource:
        return self.table(root, "Name\nweb-1\nweb-2\n")

    def seeing_nothing(self, root: Path) -> DiscoverySource:
        return self.table(root, "Name\n")

    def breaking(self, root: Path) -> DiscoverySource:
        return self.table(root, 'Name\nweb-1\n"web')


class TestSsh(SourceConformance):
    volatile = PASSING
    wrong_options = ({"no_such_option": 1}, {}, {"hosts": []}, {"hosts": "a", "port": "ssh"})

    @pytest.fixture(autouse=True)
    def hosts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        (tmp_path / "identity").write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        with odd_host(tmp_path / "identity") as self.good, odd_host(tmp_path / "identity") as self.stranger:
            (tmp_path / "known").write_text(self.good.known)
            yield

    def source(self, root: Path) -> DiscoverySource:
        del root
        return Ssh({"good": self.good.where}, identity="identity", known_hosts="known", config="none", user="ada")

    def seeing_nothing(self, root: Path) -> DiscoverySource:
        del root
        return Ssh({"gone": "127.0.0.1:1"}, known_hosts="known", config="none", user="ada")

    def breaking(self, root: Path) -> DiscoverySource:
        del root
        hosts = {"good": self.good.where, "stranger": self.stranger.where}
        return Ssh(hosts, identity="identity", known_hosts="known", config="none", user="ada")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("file", TableFile),
        ("ssh", Ssh),
        ("local_host", LocalHost),
        ("ansible_facts", AnsibleFacts),
        ("terraform_state", TerraformState),
    ],
)
def test_they_are_registered(name: str, source: type[DiscoverySource]) -> None:
    assert load(name) is source
    assert kinds(name) == source.kinds
