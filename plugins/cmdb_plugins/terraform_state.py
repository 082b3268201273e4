"""Reads what Terraform or OpenTofu last saw; runs nothing itself, and asks no provider.

```yaml
sources:
  terraform:
    plugin: terraform_state
    path: states/             # a file, a folder or a pattern; several as a list
    kinds:                    # resource types to kinds, before the built-in table; patterns work
      vsphere_folder: document
      aws_iam_*: ""           # not observed
```

It reads state files of the versions 1 to 4 and the output of `terraform show -json`, of a state or of a plan (then the
state before it). In a folder these are `*.tfstate` and `*.json`; of several versions of one state, the newest.

The key is Terraform's address: `aws_instance.web`, `module.shop.aws_instance.web[0]`, `aws_instance.web["a"]`. Where
two states use one address, the file stands before it: `network.tfstate:aws_vpc.main`. Machines, databases, load
balancers, networks, volumes, zones and so on are observed as those kinds, anything else a provider has as
`cloud_resource`; data sources, and what exists only in Terraform (`random_id`, `tls_private_key`), not at all.

**What it claims.** Of each resource that a state manages: that it was there, and of its attributes those that have a
name here (`cloud_id`, `region`, `zone`, `instance_type`, `image`, `ip_addresses`, `cloud_tags`, …) and a value.
`ip_addresses` are those inside; addresses translated outside are `public_ip_addresses`. Where a state does not know all
interfaces of a machine, its addresses are `partial`. A state that is encrypted, locked, cut off, garbled or empty is
`failed` with the reason, under the name of its file.

**What it does not claim.** Not that anything is absent: what no state manages may well be there. Not that it is so
now: a state is as old as the last `terraform apply` or `refresh`. Nothing of dependencies, which are an order of
building and not of running. Values that Terraform marks sensitive, and tags that look like secrets, are dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from cmdb.discovery.protocol import Context, Finding
from cmdb_plugins import _options as options
from cmdb_plugins._claims import lost, told
from cmdb_plugins._recordings import Unusable, recordings
from cmdb_plugins._terraform_attributes import attributes, name_of
from cmdb_plugins._terraform_documents import Resource, State, state
from cmdb_plugins._terraform_kinds import ALL, kind_of


class TerraformState:
    """Every resource that the states manage."""

    kinds: ClassVar[tuple[str, ...]] = ALL

    def __init__(self, path: str | Sequence[str], kinds: Mapping[str, str | None] | None = None) -> None:
        self.paths = options.paths(path)
        self.own = options.kinds("kinds", kinds or {})

    def discover(self, context: Context) -> Iterator[Finding]:
        states: list[State] = []
        for recording in recordings(context.root, self.paths, is_state):
            try:
                states.append(state(recording))
            except Unusable as why:
                yield lost(recording.label, str(why))
        for key, resource in keyed(newest(states)):
            if kind := kind_of(resource.type, self.own):
                yield from _findings(key, resource, kind)


def is_state(name: str) -> bool:
    """Whether a file in a folder may be a state, by its name."""
    return name.endswith((".tfstate", ".json")) and not name.endswith((".tf.json", ".tfvars.json"))


def newest(states: Sequence[State]) -> tuple[State, ...]:
    """The states without older versions and mere copies of one among them; without a lineage each is its own."""
    serials: dict[str, int] = {}
    for each in states:
        serials[each.lineage] = max(each.serial, serials.get(each.lineage, 0))
    kept: list[State] = []
    for each in states:
        copies = (one for one in kept if each.lineage and one.lineage == each.lineage)
        current = not each.lineage or each.serial == serials[each.lineage]
        if current and all(one.resources != each.resources for one in copies):
            kept.append(each)
    return tuple(kept)


def keyed(states: Sequence[State]) -> Iterator[tuple[str, Resource]]:
    """Every resource with its key, sorted."""
    uses = Counter(address for each in states for address in {resource.address for resource in each.resources})
    found = [
        (resource.address if uses[resource.address] == 1 else f"{each.label}:{resource.address}", resource)
        for each in states
        for resource in each.resources
    ]
    yield from sorted(found, key=lambda pair: pair[0])


def _findings(key: str, resource: Resource, kind: str) -> Iterator[Finding]:
    values = attributes(resource, kind)
    if not resource.values.get("id") and "cloud_id" not in values:
        yield lost(key, "the state holds no identifier of it, so it may not have been made")
    else:
        yield from told(kind, key, values, name=name_of(resource))
