"""terraform_state over states that real Terraform wrote: both shapes in use, modules and counted resources."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cmdb_plugins._terraform_kinds import kind_of
from cmdb_plugins.terraform_state import TerraformState

from cmdb.discovery.protocol import Context
from cmdb.model.snapshot import Coverage, Observation

SAMPLES = Path(__file__).parent / "samples/terraform"


def look(name: str) -> tuple[list[Observation], list[Coverage]]:
    found = list(TerraformState(path=name).discover(Context(SAMPLES)))
    return [e for e in found if isinstance(e, Observation)], [e for e in found if isinstance(e, Coverage)]


def addresses(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(type, address) of what a state manages, the way `terraform state list` writes addresses."""
    for module in document.get("modules", ()):
        prefix = "".join(f"module.{name}." for name in module["path"][1:])
        for name in module["resources"]:
            type_, _, rest = name.partition(".")
            if type_ != "data":
                base, _, number = rest.partition(".")
                yield type_, f"{prefix}{type_}.{base}" + (f"[{number}]" if number else "")
    for resource in document.get("resources", ()):
        prefix = f"{resource['module']}." if "module" in resource else ""
        for instance in resource["instances"] if resource["mode"] == "managed" else ():
            index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            yield resource["type"], f"{prefix}{resource['type']}.{resource['name']}{index}"


@pytest.mark.parametrize(
    "name",
    [
        "version_3_state.json",
        "flexibleengine_state_tf_011.json",
        "multi_module_state.json",
        "repeated_modules.json",
        "aws_state_with_count.json",
        "aws_state_sgr.json",
        "openstack_state_lb.json",
        "azure.tfstate",
    ],
)
def test_every_managed_resource_is_seen_under_its_address(name: str) -> None:
    observations, coverage = look(name)
    expected = {address for type_, address in addresses(json.loads((SAMPLES / name).read_text())) if kind_of(type_, {})}
    assert {each.key for each in observations} == expected
    assert len(observations) == len(expected) > 0
    assert {line.status for line in coverage if line.attributes == ("*",)} == {"complete"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("version_3_state.json", {"load_balancer": 1, "database": 1, "volume": 1, "cache": 1, "virtual_machine": 1}),
        ("aws_state_with_count.json", {"volume": 2, "virtual_machine": 1}),
        ("openstack_state_lb.json", {"virtual_machine": 2, "load_balancer": 1}),
        ("azure.tfstate", {"virtual_machine": 2, "network": 2}),
    ],
)
def test_what_they_are(name: str, kinds: dict[str, int]) -> None:
    found = Counter(each.kind for each in look(name)[0])
    assert {kind: found[kind] for kind in kinds} == kinds


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("error_missing_id.json", "holds no identifier"),
        ("invalid_version_state.json", "manages no resources"),
    ],
)
def test_states_that_cannot_be_used(name: str, reason: str) -> None:
    observations, coverage = look(name)
    assert not observations
    (line,) = coverage
    assert line.status == "failed"
    assert reason in line.reason


def test_a_folder_of_states_is_seen_as_a_whole() -> None:
    alone = sum(len(look(path.name)[0]) for path in SAMPLES.iterdir() if path.suffix != ".md")
    together, _ = look(".")
    assert len({each.key for each in together}) == len(together) == alone
