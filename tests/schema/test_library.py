"""The built-in kinds and relation types: which there are, and what every workspace may rely on."""

from __future__ import annotations

import pytest
from cmdb_plugins._ansible_attributes import NAMES as OF_ANSIBLE
from cmdb_plugins._linux import NAMES as OF_LOCAL_HOST

from cmdb.formats.schema_reader import read_schema
from cmdb.model.kind import Kind, Schema
from cmdb.model.status import Status

ABSTRACT = "service software compute network_element facility organisation"
CONCRETE = """
    business_service service_offering application api database message_queue cache container kubernetes_cluster
    kubernetes_workload virtual_machine hypervisor server storage_array volume backup_system load_balancer firewall
    network_device network_interface circuit network ip_address dns_zone rack power_feed site cloud_account
    cloud_resource certificate software_product license contract supplier customer team person document
"""
CEILINGS = {
    Status.DOWN: "depends_on runs_on located_in powered_by connects_to consists_of",
    Status.DEGRADED: "uses receives_data_from",
    Status.AT_RISK: "replicates_to backed_up_by monitored_by",
    Status.UP: """
        member_of owned_by supported_by supplied_by covered_by licensed_under documented_by linked_to
    """,
}


@pytest.fixture(scope="module")
def library() -> Schema:
    reading = read_schema()
    assert reading.problems == ()
    return reading.schema


def test_the_kinds_are_those_of_the_file_format(library: Schema) -> None:
    assert {name for name, kind in library.kinds.items() if kind.abstract} == set(ABSTRACT.split())
    assert {name for name, kind in library.kinds.items() if not kind.abstract} == set(CONCRETE.split())


def test_every_kind_requires_only_kind_and_id_and_allows_every_relation(library: Schema) -> None:
    for kind in library.kinds.values():
        assert not kind.strict, kind.name
        assert not kind.relations, kind.name
        assert [name for name, each in kind.attributes.items() if each.required or each.default is not None] == []


def test_every_kind_and_relation_type_says_what_it_is(library: Schema) -> None:
    assert [kind.name for kind in library.kinds.values() if not kind.description] == []
    assert [each.name for each in library.relation_types.values() if not each.description] == []


def test_ceilings(library: Schema) -> None:
    found = {name: each.ceiling for name, each in library.relation_types.items()}
    assert found == {name: ceiling for ceiling, names in CEILINGS.items() for name in names.split()}


def test_only_linked_to_is_symmetric_and_all_others_read_backwards(library: Schema) -> None:
    types = library.relation_types.values()
    assert [each.name for each in types if each.symmetric] == ["linked_to"]
    assert [each.name for each in types if not each.inverse] == ["linked_to"]
    assert len(library.inverses) == len(types) - 1
    assert not library.inverses.keys() & library.relation_types.keys()
    assert library.inverses["needed_by"] == "depends_on"


@pytest.mark.parametrize("kind", ["server", "virtual_machine"])
def test_machines_declare_what_discovery_sees(library: Schema, kind: str) -> None:
    assert library.is_a(kind, "compute")
    assert sorted((OF_ANSIBLE | OF_LOCAL_HOST) - library.kinds[kind].attributes.keys()) == []


def test_a_source_that_sees_only_a_server_may_mean_a_hypervisor(library: Schema) -> None:
    assert library.kinds["hypervisor"].lineage == ("hypervisor", "server", "compute")


def test_no_identity_rule_rests_on_what_clones_share(library: Schema) -> None:
    shared = {"hostname", "mac_addresses", "ip_addresses", "machine_id", "asset_tag"}
    assert [kind.name for kind in library.kinds.values() for rule in kind.identity if shared >= set(rule)] == []


def test_the_first_rule_of_a_kind_is_its_strongest(library: Schema) -> None:
    firsts = {kind.name: kind.identity[0] for kind in library.kinds.values() if _has_unique(kind)}
    weak = {name for name, rule in firsts.items() if not any(library.kinds[name].attributes[a].unique for a in rule)}
    assert weak == set()


def _has_unique(kind: Kind) -> bool:
    return any(attribute.unique for rule in kind.identity for attribute in [kind.attributes[rule[0]]])
