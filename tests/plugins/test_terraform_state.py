"""terraform_state over every form in which Terraform and OpenTofu write down what they made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from cmdb_plugins._terraform_documents import nested
from cmdb_plugins._terraform_kinds import ALL, kind_of, provider_of
from cmdb_plugins.terraform_state import TerraformState
from hypothesis import given
from hypothesis import strategies as st

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage, Observation
from cmdb.model.value import Value


def told(root: Path, path: Value = ".", **options: Value) -> tuple[dict[str, Observation], list[Coverage]]:
    """Observations by key, and all coverage lines."""
    findings: list[Finding] = list(TerraformState(path=path, **options).discover(Context(root)))
    seen = [each for each in findings if isinstance(each, Observation)]
    assert len({each.key for each in seen}) == len(seen)
    return {each.key: each for each in seen}, [each for each in findings if isinstance(each, Coverage)]


def write(root: Path, name: str, document: Value) -> Path:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(document if isinstance(document, str) else json.dumps(document))
    return place


def state(*resources: Value, **head: Value) -> Value:
    """A state of version 4."""
    return {"version": 4, "terraform_version": "1.7.0", "serial": 1, "resources": list(resources), **head}


def resource(type_: str, attributes: Value = None, name: str = "this", **more: Value) -> Value:
    """A resource of version 4 with one instance."""
    instance = {"schema_version": 1, "attributes": {"id": "1"} if attributes is None else attributes, **more}
    return {"mode": "managed", "type": type_, "name": name, "instances": [instance]}


def one(tmp_path: Path, type_: str, **attributes: Value) -> tuple[Observation, dict[str, Coverage]]:
    """What becomes of one resource; its lines that are not complete, by attribute."""
    write(tmp_path, "one.tfstate", state(resource(type_, attributes)))
    seen, lines = told(tmp_path, "one.tfstate")
    return seen[f"{type_}.this"], {
        name: line for line in lines if line.status != "complete" for name in line.attributes
    }


def test_keys_are_the_addresses_that_terraform_state_list_prints(tmp_path: Path) -> None:
    counted = {**resource("aws_instance", name="web"), "module": 'module.shop["eu"].module.inner[0]'}
    counted["instances"] = [
        {"index_key": 0, "attributes": {"id": "i-1"}},
        {"index_key": 1, "attributes": {"id": "i-2"}},
        {"index_key": 1, "attributes": {"id": "i-3"}, "deposed": "abcdef12"},
    ]
    mapped = resource("aws_instance", name="web")
    mapped["instances"] = [{"index_key": key, "attributes": {"id": key}} for key in ("a b", 'q"${x}', "ü")]
    data = {**resource("aws_ami"), "mode": "data"}
    write(tmp_path, "terraform.tfstate", state(counted, mapped, data, resource("aws_vpc", name="main")))
    seen, lines = told(tmp_path, "terraform.tfstate")
    assert sorted(seen) == [
        'aws_instance.web["a b"]',
        r'aws_instance.web["q\"${x}"]',
        'aws_instance.web["ü"]',
        "aws_vpc.main",
        'module.shop["eu"].module.inner[0].aws_instance.web[0]',
        'module.shop["eu"].module.inner[0].aws_instance.web[1]',
    ]
    assert r'key="aws_instance.web[\"a b\"]"' in {line.scope for line in lines}
    assert seen['module.shop["eu"].module.inner[0].aws_instance.web[1]'].attributes["cloud_id"] == "i-2"


EARLY: Mapping[str, Value] = {
    "version": 3,
    "terraform_version": "0.11.14",
    "serial": 83,
    "lineage": "x",
    "modules": [
        {
            "path": ["root"],
            "outputs": {},
            "resources": {
                "aws_instance.web.1": {
                    "type": "aws_instance",
                    "primary": {
                        "id": "i-1",
                        "attributes": {
                            "id": "i-1",
                            "instance_type": "t2.small",
                            "availability_zone": "eu-west-1a",
                            "tags.%": "2",
                            "tags.Name": "web-1",
                            "tags.kubernetes.io/cluster": "x",
                            "ipv6_addresses.#": "1",
                            "ipv6_addresses.0": "2001:db8::1",
                            "private_ip": "10.0.0.5",
                        },
                    },
                },
                "data.aws_ami.debian": {"type": "aws_ami", "primary": {"id": "ami-1"}},
                "aws_instance.gone": {"type": "aws_instance", "primary": None, "deposed": [{"id": "i-9"}]},
            },
        },
        {
            "path": ["root", "shop", "inner"],
            "resources": {"aws_vpc.main": {"type": "aws_vpc", "primary": {"id": "vpc-1"}}},
        },
        {"path": ["root", "empty"]},
    ],
}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_early_versions(tmp_path: Path, version: int) -> None:
    write(tmp_path, "old.tfstate", {**EARLY, "version": version})
    seen, _ = told(tmp_path, "old.tfstate")
    assert sorted(seen) == ["aws_instance.web[1]", "module.shop.module.inner.aws_vpc.main"]
    assert seen["module.shop.module.inner.aws_vpc.main"].attributes == {"cloud_id": "vpc-1"}
    assert seen["aws_instance.web[1]"] == Observation(
        "virtual_machine",
        "aws_instance.web[1]",
        {
            "cloud_id": "i-1",
            "cloud_tags": {"Name": "web-1", "kubernetes.io/cluster": "x"},
            "instance_type": "t2.small",
            "ip_addresses": ("10.0.0.5", "2001:db8::1"),
            "region": "eu-west-1",
            "zone": "eu-west-1a",
        },
        name="web-1",
    )


def test_flat_attributes_in_version_4(tmp_path: Path) -> None:
    flat = resource("openstack_compute_instance_v2")
    flat["instances"] = [
        {
            "attributes_flat": {
                "id": "x",
                "network.#": "1",
                "network.0.fixed_ip_v4": "10.0.0.9",
                "network.0.mac": "fa:16:3e:00:00:01",
            }
        }
    ]
    write(tmp_path, "s.tfstate", state(flat))
    seen = told(tmp_path, "s.tfstate")[0]["openstack_compute_instance_v2.this"]
    assert seen.attributes["ip_addresses"] == ("10.0.0.9",)
    assert seen.attributes["mac_addresses"] == ("fa:16:3e:00:00:01",)


trees = st.recursive(
    st.text("ab1", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=12) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), trees, max_size=4))
def test_flat_attributes_become_what_they_were(tree: dict[str, Value]) -> None:
    listed = {name: value for name, value in tree.items() if _is_flattened_with_marks(value)}
    assert nested(_flat(listed)) == listed


def _is_flattened_with_marks(value: Value) -> bool:
    """Maps of texts, and lists of texts or of blocks, are all that early versions wrote."""
    if isinstance(value, dict):
        return all(isinstance(item, str) for item in value.values())
    if isinstance(value, list):
        texts = all(isinstance(item, str) for item in value)
        blocks = all(
            isinstance(item, dict) and item and all(isinstance(one, str) for one in item.values()) for item in value
        )
        return texts or blocks
    return True


def _flat(tree: Mapping[str, Value]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= {f"{name}.%": str(len(value)), **{f"{name}.{key}": item for key, item in value.items()}}
        elif isinstance(value, list):
            flat[f"{name}.#"] = str(len(value))
            for position, item in enumerate(value):
                parts = {f".{key}": text for key, text in item.items()} if isinstance(item, dict) else {"": item}
                flat |= {f"{name}.{position}{key}": text for key, text in parts.items()}
        else:
            flat[name] = value
    return flat


SHOWN: Mapping[str, Value] = {
    "format_version": "1.0",
    "terraform_version": "1.7.0",
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_instance.web",
                    "mode": "managed",
                    "type": "aws_instance",
                    "values": {"id": "i-1", "private_ip": "10.0.0.5", "tags": {"Name": "web", "plan": "hush"}},
                    "sensitive_values": {"tags": {"plan": True}},
                },
                {"address": "data.aws_ami.x", "mode": "data", "type": "aws_ami", "values": {"id": "ami-1"}},
            ],
            "child_modules": [
                {
                    "address": "module.net",
                    "resources": [
                        {
                            "address": "module.net.aws_vpc.main",
                            "mode": "managed",
                            "type": "aws_vpc",
                            "values": {"id": "vpc-1"},
                        },
                        {
                            "address": "module.net.aws_vpc.old",
                            "mode": "managed",
                            "type": "aws_vpc",
                            "deposed_key": "ab",
                            "values": {"id": "x"},
                        },
                    ],
                    "child_modules": [
                        {
                            "resources": [
                                {
                                    "address": "module.net.module.x.aws_vpc.y",
                                    "mode": "managed",
                                    "type": "aws_vpc",
                                    "values": {"id": "vpc-2"},
                                }
                            ]
                        }
                    ],
                }
            ],
        }
    },
}


@pytest.mark.parametrize(
    "document",
    [SHOWN, {"format_version": "1.2", "planned_values": {}, "resource_changes": [], "prior_state": SHOWN}],
    ids=["state", "plan"],
)
def test_the_output_of_show(tmp_path: Path, document: Value) -> None:
    write(tmp_path, "show.json", document)
    seen, _ = told(tmp_path, "show.json")
    assert sorted(seen) == ["aws_instance.web", "module.net.aws_vpc.main", "module.net.module.x.aws_vpc.y"]
    assert seen["aws_instance.web"].attributes["cloud_tags"] == {"Name": "web"}


LOCK = {"ID": "x", "Operation": "OperationTypeApply", "Info": "", "Who": "me@host", "Version": "1.7.0"}
BROKEN: tuple[tuple[Value, str], ...] = (
    ("", "is empty"),
    (json.dumps(state(resource("aws_vpc")))[:80], "is cut off or no JSON"),
    ("[" * 100_000, "is cut off or no JSON"),
    ([], "is no Terraform state"),
    ({"name": "package", "dependencies": {}}, "is no Terraform state: it has no version"),
    ({"version": "4"}, "is no Terraform state: it has no version"),
    ({"version": 5, "resources": []}, "has version 5; versions up to 4 are known"),
    (state(), "manages no resources"),
    ({"version": 2, "serial": 83}, "manages no resources"),
    ({"format_version": "1.0"}, "manages no resources"),
    ({"format_version": "1.2", "planned_values": {"root_module": {}}}, "manages no resources"),
    (
        {"serial": 1, "lineage": "x", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"},
        "is encrypted; record",
    ),
    (LOCK, "is the lock of a state, not a state"),
    ({"version": 4, "resources": [{"mode": "managed", "type": "aws_vpc"}]}, "is no Terraform state: KeyError"),
    ({"version": 4, "resources": {"a": 1}}, "is no Terraform state: AttributeError"),
    ({"version": 3, "modules": [{"resources": {}}]}, "is no Terraform state: KeyError"),
)


@pytest.mark.parametrize(("document", "reason"), BROKEN)
def test_a_state_that_cannot_be_used_is_failed_and_the_others_go_on(
    tmp_path: Path, document: Value, reason: str
) -> None:
    write(tmp_path, "states/bad.tfstate", document)
    write(tmp_path, "states/good.tfstate", state(resource("aws_vpc")))
    seen, lines = told(tmp_path, "states")
    assert seen.keys() == {"aws_vpc.this"}
    (line,) = (line for line in lines if line.status == "failed")
    assert (line.scope, line.attributes) == ("key=states/bad.tfstate", ("*",))
    assert line.reason.startswith(f"states/bad.tfstate: {reason}")


def test_a_locked_state_is_not_believed(tmp_path: Path) -> None:
    write(tmp_path, "terraform.tfstate", state(resource("aws_vpc")))
    write(tmp_path, ".terraform.tfstate.lock.info", LOCK)
    seen, lines = told(tmp_path, "terraform.tfstate")
    assert not seen
    assert [line.status for line in lines] == ["failed"]
    assert "is locked" in lines[0].reason


def test_a_resource_without_an_identifier_may_not_have_been_made(tmp_path: Path) -> None:
    write(tmp_path, "s.tfstate", state(resource("aws_db_instance", {}, "mydb"), resource("aws_vpc")))
    seen, lines = told(tmp_path, "s.tfstate")
    assert seen.keys() == {"aws_vpc.this"}
    assert [(line.scope, line.attributes) for line in lines if line.status == "failed"] == [
        ("key=aws_db_instance.mydb", ("*",))
    ]


def test_a_folder_is_searched_for_states_only(tmp_path: Path) -> None:
    write(tmp_path, "a/terraform.tfstate", state(resource("aws_vpc", name="a")))
    write(tmp_path, "b.json", state(resource("aws_vpc", name="b")))
    for name in (
        "a/terraform.tfstate.backup",
        "main.tf",
        "x.tf.json",
        "x.tfvars.json",
        ".terraform/x.json",
        "a/.lock.json",
    ):
        write(tmp_path, name, "nothing for us")
    seen, lines = told(tmp_path)
    assert seen.keys() == {"aws_vpc.a", "aws_vpc.b"}
    assert {line.status for line in lines} == {"complete"}


def test_of_several_versions_of_one_state_the_newest_counts(tmp_path: Path) -> None:
    old, new = (
        state(resource("aws_vpc", {"id": text}), lineage="x", serial=serial)
        for serial, text in ((3, "old"), (4, "new"))
    )
    write(tmp_path, "a.tfstate", new)
    write(tmp_path, "b.tfstate", old)
    write(tmp_path, "c.tfstate", new)
    seen, _ = told(tmp_path)
    assert {key: each.attributes["cloud_id"] for key, each in seen.items()} == {"aws_vpc.this": "new"}


def test_one_address_in_two_states_is_two_resources(tmp_path: Path) -> None:
    write(tmp_path, "eu/net.tfstate", state(resource("aws_vpc", {"id": "1"}), lineage="x"))
    write(tmp_path, "us/net.tfstate", state(resource("aws_vpc", {"id": "2"}), resource("aws_eip"), lineage="y"))
    assert told(tmp_path)[0].keys() == {"eu/net.tfstate:aws_vpc.this", "us/net.tfstate:aws_vpc.this", "aws_eip.this"}


SECRETS: tuple[Value, ...] = (
    resource(
        "aws_vpc", {"id": "1", "tags": {"a": "s3cret"}}, sensitive_attributes=[[{"type": "get_attr", "value": "tags"}]]
    ),
    resource(
        "aws_vpc",
        {"id": "1", "tags": {"a": "s3cret", "b": "open"}},
        sensitive_attributes=[
            [{"type": "get_attr", "value": "tags"}, {"type": "index", "value": {"value": "a", "type": "string"}}]
        ],
    ),
    resource(
        "google_compute_instance",
        {"id": "1", "network_interface": [{"network_ip": "10.0.0.1"}, {"network_ip": "10.99.99.99"}]},
        sensitive_attributes=[
            [
                {"type": "get_attr", "value": "network_interface"},
                {"type": "index", "value": {"value": 1, "type": "number"}},
                {"type": "get_attr", "value": "network_ip"},
            ]
        ],
    ),
    resource(
        "aws_vpc",
        {"id": "1", "tags": {"db_password": "s3cret", "ApiKey": "s3cret", "note": "postgres://u:s3cret@db/x"}},
    ),
    resource("aws_db_instance", {"id": "1", "password": "s3cret", "endpoint": "postgres://u:s3cret@db/x"}),
    resource("tls_private_key", {"id": "1", "private_key_pem": "s3cret"}),
    resource("aws_iam_access_key", {"id": "1", "secret": "s3cret", "ses_smtp_password_v4": "s3cret"}),
    resource("aws_instance", {"id": "1", "user_data": "s3cret", "connection": {"password": "s3cret"}}),
)


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_never_leave(tmp_path: Path, secret: Value) -> None:
    write(tmp_path, "s.tfstate", state(secret, outputs={"password": {"value": "s3cret", "sensitive": True}}))
    said = repr(told(tmp_path, "s.tfstate"))
    assert "s3cret" not in said
    assert "10.99.99.99" not in said


def test_what_is_marked_sensitive_takes_only_itself(tmp_path: Path) -> None:
    write(tmp_path, "s.tfstate", state(SECRETS[1]))
    assert told(tmp_path, "s.tfstate")[0]["aws_vpc.this"].attributes["cloud_tags"] == {"b": "open"}


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("aws_instance", "virtual_machine"),
        ("azurerm_linux_virtual_machine", "virtual_machine"),
        ("google_compute_instance", "virtual_machine"),
        ("openstack_compute_instance_v2", "virtual_machine"),
        ("flexibleengine_compute_instance_v2", "virtual_machine"),
        ("aws_db_instance", "database"),
        ("google_sql_database_instance", "database"),
        ("aws_lb", "load_balancer"),
        ("openstack_lb_loadbalancer_v2", "load_balancer"),
        ("aws_vpc", "network"),
        ("azurerm_subnet", "network"),
        ("scaleway_k8s_cluster_beta", "kubernetes_cluster"),
        ("opentelekomcloud_blockstorage_volume_v2", "volume"),
        ("aws_security_group", "cloud_resource"),
        ("brand_new_thing", "cloud_resource"),
        ("random_id", ""),
        ("null_resource", ""),
        ("terraform_data", ""),
    ],
)
def test_kinds(type_: str, kind: str) -> None:
    assert kind_of(type_, {}) == kind


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"aws_*": "server"}, "server"),
        ({"aws_*": "server", "aws_instance": "hypervisor"}, "hypervisor"),
        ({"*": "x", "aws_inst*": "y"}, "y"),
        ({"aws_instance*": "x", "aws_instance": "y"}, "y"),
        ({"aws_instance": ""}, ""),
        ({"azurerm_*": "server"}, "virtual_machine"),
    ],
)
def test_kinds_of_ones_own(own: Mapping[str, str], expected: str) -> None:
    assert kind_of("aws_instance", own) == expected


def test_kinds_of_ones_own_as_an_option(tmp_path: Path) -> None:
    types = ("random_id", "aws_iam_role", "vsphere_folder")
    write(tmp_path, "s.tfstate", state(*map(resource, types)))
    seen, lines = told(
        tmp_path, "s.tfstate", kinds={"aws_iam_*": None, "vsphere_folder": "document", "random_id": "cloud_resource"}
    )
    assert {key: each.kind for key, each in seen.items()} == {
        "random_id.this": "cloud_resource",
        "vsphere_folder.this": "document",
    }
    assert len(lines) == 2


def test_the_kinds_it_sees_are_all_it_yields() -> None:
    assert set(TerraformState.kinds) == set(ALL)
    assert {"virtual_machine", "database", "load_balancer", "network", "cloud_resource"} <= set(ALL)


@pytest.mark.parametrize(
    ("type_", "name"), [("aws_vpc", "aws"), ("azurerm_subnet", "azure"), ("openstack_x", "openstack")]
)
def test_providers(type_: str, name: str) -> None:
    assert provider_of(type_) == name


MACHINES: tuple[tuple[str, Mapping[str, Value], Mapping[str, Value]], ...] = (
    (
        "aws_instance",
        {
            "id": "i-1",
            "arn": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
            "ami": "ami-1",
            "instance_type": "t3.small",
            "instance_state": "running",
            "availability_zone": "eu-west-1a",
            "private_ip": "10.0.0.5",
            "secondary_private_ips": ["10.0.0.6"],
            "public_ip": "203.0.113.5",
            "ipv6_addresses": [],
            "tags": {"Name": "web-1"},
            "tags_all": {"Name": "web-1", "team": "shop"},
        },
        {
            "cloud_id": "i-1",
            "image": "ami-1",
            "instance_type": "t3.small",
            "power_state": "running",
            "region": "eu-west-1",
            "zone": "eu-west-1a",
            "ip_addresses": ("10.0.0.5", "10.0.0.6"),
            "public_ip_addresses": ("203.0.113.5",),
            "cloud_tags": {"Name": "web-1", "team": "shop"},
        },
    ),
    (
        "azurerm_linux_virtual_machine",
        {
            "id": "/subscriptions/x/virtualMachines/web",
            "name": "web",
            "computer_name": "web.example.org",
            "location": "westeurope",
            "size": "Standard_B1s",
            "private_ip_addresses": ["10.0.0.5"],
            "public_ip_addresses": ["203.0.113.5"],
            "admin_password": "hush",
            "tags": {},
        },
        {
            "cloud_id": "/subscriptions/x/virtualMachines/web",
            "hostname": "web",
            "fqdn": "web.example.org",
            "region": "westeurope",
            "instance_type": "Standard_B1s",
            "ip_addresses": ("10.0.0.5",),
            "public_ip_addresses": ("203.0.113.5",),
        },
    ),
    (
        "google_compute_instance",
        {
            "id": "projects/p/zones/europe-west1-b/instances/web",
            "name": "web",
            "zone": "europe-west1-b",
            "machine_type": "zones/europe-west1-b/machineTypes/e2-small",
            "current_status": "RUNNING",
            "tags": ["ssh"],
            "labels": {"team": "shop"},
            "boot_disk": [{"initialize_params": [{"image": "debian-12"}]}],
            "network_interface": [{"network_ip": "10.0.0.5", "access_config": [{"nat_ip": "203.0.113.5"}]}],
        },
        {
            "cloud_id": "projects/p/zones/europe-west1-b/instances/web",
            "zone": "europe-west1-b",
            "region": "europe-west1",
            "instance_type": "e2-small",
            "power_state": "RUNNING",
            "image": "debian-12",
            "cloud_tags": {"team": "shop"},
            "ip_addresses": ("10.0.0.5",),
            "public_ip_addresses": ("203.0.113.5",),
        },
    ),
    (
        "openstack_compute_instance_v2",
        {
            "id": "51a3",
            "name": "web",
            "region": "RegionOne",
            "flavor_name": "m1.small",
            "image_name": "debian",
            "network": [{"fixed_ip_v4": "10.0.0.5", "fixed_ip_v6": "[2001:db8::5]", "mac": "FA:16:3E:00:00:01"}],
            "metadata": {"x": "hush"},
            "tags": ["a"],
        },
        {
            "cloud_id": "51a3",
            "region": "RegionOne",
            "instance_type": "m1.small",
            "image": "debian",
            "ip_addresses": ("10.0.0.5", "2001:db8::5"),
            "mac_addresses": ("fa:16:3e:00:00:01",),
        },
    ),
)


@pytest.mark.parametrize(("type_", "given_", "expected"), MACHINES, ids=[type_ for type_, _, _ in MACHINES])
def test_machines(tmp_path: Path, type_: str, given_: Mapping[str, Value], expected: Mapping[str, Value]) -> None:
    seen, doubts = one(tmp_path, type_, **given_)
    assert (seen.kind, seen.attributes) == ("virtual_machine", expected)
    assert seen.name == given_.get("name", "web-1")
    assert not seen.relations
    more = {"ip_addresses", "mac_addresses"} & expected.keys() if type_.startswith(("aws", "openstack")) else set()
    assert doubts.keys() == more
    assert {line.status for line in doubts.values()} <= {"partial"}


OTHERS: tuple[tuple[str, str, Mapping[str, Value], Mapping[str, Value]], ...] = (
    (
        "aws_db_instance",
        "database",
        {
            "id": "db-1",
            "arn": "arn:aws:rds:eu-west-1:1:db:shop",
            "engine": "postgres",
            "engine_version": "15",
            "engine_version_actual": "15.4",
            "instance_class": "db.t3.small",
            "allocated_storage": 20,
            "storage_encrypted": True,
            "multi_az": False,
            "publicly_accessible": False,
            "port": 5432,
            "address": "shop.abc.eu-west-1.rds.amazonaws.com",
            "endpoint": "shop.abc.eu-west-1.rds.amazonaws.com:5432",
            "db_name": "shop",
            "backup_retention_period": 7,
            "password": "hush",
        },
        {
            "cloud_id": "arn:aws:rds:eu-west-1:1:db:shop",
            "region": "eu-west-1",
            "engine": "postgres",
            "version": "15.4",
            "instance_class": "db.t3.small",
            "storage": 20 * 1024**3,
            "encrypted": True,
            "multi_zone": False,
            "publicly_accessible": False,
            "port": 5432,
            "hostname": "shop.abc.eu-west-1.rds.amazonaws.com",
            "endpoint": "shop.abc.eu-west-1.rds.amazonaws.com:5432",
            "database_name": "shop",
            "backup_retention": "7d",
        },
    ),
    (
        "google_sql_database_instance",
        "database",
        {
            "id": "shop",
            "database_version": "POSTGRES_15",
            "region": "europe-west1",
            "settings": [{"tier": "db-f1", "disk_size": "10"}],
        },
        {
            "cloud_id": "shop",
            "engine": "postgresql",
            "version": "15",
            "region": "europe-west1",
            "instance_class": "db-f1",
            "storage": 10 * 1024**3,
        },
    ),
    (
        "azurerm_mysql_flexible_server",
        "database",
        {
            "id": "/x",
            "version": "8.0.21",
            "sku_name": "B_Standard_B1s",
            "location": "westeurope",
            "fqdn": "x.mysql.database.azure.com",
        },
        {
            "cloud_id": "/x",
            "engine": "mysql",
            "version": "8.0.21",
            "instance_class": "B_Standard_B1s",
            "region": "westeurope",
            "hostname": "x.mysql.database.azure.com",
        },
    ),
    (
        "openstack_db_instance_v1",
        "database",
        {"id": "0c9e", "region": "r", "size": 50, "datastore": [{"type": "postgresql", "version": "15"}]},
        {"cloud_id": "0c9e", "region": "r", "storage": 50 * 1024**3, "engine": "postgresql", "version": "15"},
    ),
    (
        "openstack_networking_subnet_v2",
        "network",
        {
            "id": "7a1f",
            "cidr": "10.30.0.0/24",
            "gateway_ip": "10.30.0.1",
            "enable_dhcp": True,
            "dns_nameservers": ["9.9.9.9"],
        },
        {
            "cloud_id": "7a1f",
            "cidr": "10.30.0.0/24",
            "gateway": "10.30.0.1",
            "dhcp": True,
            "dns_servers": ("9.9.9.9",),
        },
    ),
    (
        "aws_lb",
        "load_balancer",
        {
            "id": "x",
            "arn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x",
            "dns_name": "x.elb.amazonaws.com",
            "internal": "false",
        },
        {
            "cloud_id": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x",
            "region": "eu-west-1",
            "fqdn": "x.elb.amazonaws.com",
            "scheme": "internet-facing",
        },
    ),
    (
        "google_compute_forwarding_rule",
        "load_balancer",
        {"id": "x", "load_balancing_scheme": "INTERNAL_MANAGED", "ip_address": "10.0.0.9"},
        {"cloud_id": "x", "scheme": "internal", "virtual_addresses": ("10.0.0.9",)},
    ),
    ("aws_vpc", "network", {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}, {"cloud_id": "vpc-1", "cidr": "10.0.0.0/16"}),
    (
        "azurerm_virtual_network",
        "network",
        {"id": "/x", "address_space": ["10.0.0.0/16"]},
        {"cloud_id": "/x", "cidr": "10.0.0.0/16"},
    ),
    (
        "azurerm_virtual_network",
        "network",
        {"id": "/x", "address_space": ["10.0.0.0/16", "10.1.0.0/16"]},
        {"cloud_id": "/x"},
    ),
    (
        "aws_ebs_volume",
        "volume",
        {
            "id": "vol-1",
            "size": "8",
            "type": "gp3",
            "iops": 3000,
            "encrypted": "true",
            "availability_zone": "eu-west-1a",
        },
        {
            "cloud_id": "vol-1",
            "size": 8 * 1024**3,
            "volume_type": "gp3",
            "iops": 3000,
            "encrypted": True,
            "zone": "eu-west-1a",
            "region": "eu-west-1",
        },
    ),
    (
        "aws_eip",
        "ip_address",
        {"id": "eipalloc-1", "allocation_id": "eipalloc-1", "public_ip": "203.0.113.5"},
        {"cloud_id": "eipalloc-1", "address": "203.0.113.5"},
    ),
    (
        "aws_route53_zone",
        "dns_zone",
        {"id": "Z1", "zone_id": "Z1", "name": "example.org", "name_servers": ["ns-2.x.org.", "ns-1.x.org"]},
        {"cloud_id": "Z1", "zone": "example.org", "name_servers": ("ns-1.x.org", "ns-2.x.org")},
    ),
    (
        "aws_eks_cluster",
        "kubernetes_cluster",
        {
            "id": "x",
            "arn": "arn:aws:eks:eu-west-1:1:cluster/x",
            "version": "1.29",
            "endpoint": "https://x.eks.amazonaws.com",
        },
        {
            "cloud_id": "arn:aws:eks:eu-west-1:1:cluster/x",
            "region": "eu-west-1",
            "version": "1.29",
            "endpoint": "https://x.eks.amazonaws.com",
        },
    ),
    (
        "aws_s3_bucket",
        "cloud_resource",
        {
            "id": "shop-media",
            "arn": "arn:aws:s3:::shop-media",
            "bucket": "shop-media",
            "region": "eu-west-1",
            "policy": "{}",
            "versioning": [{"enabled": True}],
        },
        {
            "cloud_id": "arn:aws:s3:::shop-media",
            "provider": "aws",
            "resource_type": "aws_s3_bucket",
            "resource_name": "shop-media",
            "versioning": True,
            "region": "eu-west-1",
        },
    ),
)


@pytest.mark.parametrize(("type_", "kind", "given_", "expected"), OTHERS, ids=[type_ for type_, _, _, _ in OTHERS])
def test_other_resources(
    tmp_path: Path, type_: str, kind: str, given_: Mapping[str, Value], expected: Mapping[str, Value]
) -> None:
    seen, doubts = one(tmp_path, type_, **given_)
    assert (seen.kind, seen.attributes) == (kind, expected)
    assert not doubts


def test_only_what_has_a_value_is_carried(tmp_path: Path) -> None:
    write(tmp_path, "s.tfstate", state(resource("aws_vpc", {"id": "vpc-1", "cidr_block": None, "tags": None})))
    assert told(tmp_path, "s.tfstate")[0]["aws_vpc.this"].attributes == {"cloud_id": "vpc-1"}
    assert told(tmp_path, "s.tfstate")[1] == [Coverage("key=aws_vpc.this", ("*",))]


def test_wrong_options(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="path"):
        TerraformState(path="")
    for kinds in (["aws_instance"], {"aws_instance": 5}):
        with pytest.raises(ValueError, match="kinds"):
            told(tmp_path, kinds=kinds)
    with pytest.raises(CmdbError, match="there is no file nowhere"):
        told(tmp_path, "nowhere")
