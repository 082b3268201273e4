"""The sources that come with cmdb keep to the rules that every source has to keep to, and are found by their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cmdb_plugins.ansible_facts import AnsibleFacts
from cmdb_plugins.local_host import LocalHost
from cmdb_plugins.terraform_state import TerraformState

from cmdb.discovery.loading import kinds, load
from cmdb.discovery.protocol import DiscoverySource
from cmdb.testing.sources import SourceConformance

FACTS = {"ansible_facts": {"ansible_hostname": "web-1", "ansible_kernel": "6.1", "ansible_product_serial": "NA"}}
STATE = {
    "version": 4,
    "resources": [
        {"mode": "managed", "type": "aws_vpc", "name": "a", "instances": [{"attributes": {"id": "vpc-1"}}]},
        {"mode": "managed", "type": "aws_vpc", "name": "b", "instances": [{"attributes": {"id": "vpc-2"}}]},
    ],
}


class TestLocalHost(SourceConformance):
    volatile = ("listening_ports", "listening_udp_ports")
    wrong_options = ({"no_such_option": 1}, {"skip": ["uptime"]}, {"command_timeout": "-1s"})

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


@pytest.mark.parametrize(
    ("name", "source"),
    [("local_host", LocalHost), ("ansible_facts", AnsibleFacts), ("terraform_state", TerraformState)],
)
def test_they_are_registered(name: str, source: type[DiscoverySource]) -> None:
    assert load(name) is source
    assert kinds(name) == source.kinds
