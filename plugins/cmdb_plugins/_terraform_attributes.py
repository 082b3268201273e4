"""What Terraform's attributes are called here. Each kind has its names; each name the attributes of the providers that
mean it, of which the first that has a value is taken. Anything else in a state is not read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cmdb.model.secrets import looks_secret
from cmdb.model.value import Value
from cmdb_plugins._claims import Partly
from cmdb_plugins._lasting import qualified_name, real_mac
from cmdb_plugins._terraform_documents import Resource
from cmdb_plugins._terraform_kinds import provider_of

_GIBIBYTE = 1024**3
_SECRET = re.compile(r"(?i)pass(word|wd|phrase)?$|secret|token|private_?key|access_?key|credential|api_?key")
_MORE_INTERFACES = re.compile(r"aws_instance|aws_spot_instance_request|[a-z]+_compute_instance_v2")


@dataclass(frozen=True, slots=True)
class Name:
    """One attribute: how it is read, and the Terraform attributes that mean it, dotted into blocks."""

    read: Callable[[list[Value]], Value]
    paths: tuple[str, ...]


def attributes(resource: Resource, kind: str) -> dict[str, Value]:
    """The attributes of a kind that the state has a value for; `Partly` where there may be more."""
    names = _NAMES.get(kind, _ANYTHING)
    found = {name: value for name, meaning in names.items() if _told(value := meaning.read(_values(resource, meaning)))}
    if "region" in names and (region := _region(resource, found)):
        found["region"] = region
    if kind in ("virtual_machine", "server"):
        found |= _qualified(found)
    if kind == "database":
        found = {**_engine(resource), **found}
    if kind == "cloud_resource":
        found |= {"provider": provider_of(resource.type), "resource_type": resource.type}
    if "ip_addresses" in found and _MORE_INTERFACES.fullmatch(resource.type):
        reason = "interfaces attached by themselves are not in the state of the machine"
        found |= {each: Partly(found[each], reason) for each in ("ip_addresses", "mac_addresses") if each in found}
    return dict(sorted(found.items()))


def name_of(resource: Resource) -> str:
    """What the provider's console calls the resource; empty where it has no name."""
    tags = resource.values.get("tags")
    tagged = tags.get("Name") if isinstance(tags, dict) else None
    name = resource.values.get("name") or tagged
    return name if isinstance(name, str) else ""


def _told(value: Value) -> bool:
    """Whether there is a value, and one that may be shown."""
    return value not in (None, "", (), {}) and not (isinstance(value, str) and looks_secret(value))


def _values(resource: Resource, meaning: Name) -> list[Value]:
    """The values of the first path that has one; of a set, those of all paths."""
    every: list[Value] = []
    for path in meaning.paths:
        found = [value for value in _at(resource.values, path.split(".")) if value not in (None, "", [], {})]
        if found and meaning.read not in _GATHERING:
            return found
        every += found
    return every


def _at(values: Value, path: list[str]) -> Iterator[Value]:
    """All values at a path; lists on the way and at its end are opened."""
    if isinstance(values, list):
        for each in values:
            yield from _at(each, path)
    elif not path:
        yield values
    elif isinstance(values, dict) and path[0] in values:
        yield from _at(values[path[0]], path[1:])


def _region(resource: Resource, found: Mapping[str, Value]) -> str:
    """The region as the state says, or as an ARN or the zone does."""
    if "region" in found:
        return str(found["region"])
    arn = str(resource.values.get("arn") or "").split(":")
    if len(arn) > 5:
        return arn[3]
    zone = re.fullmatch(r"(.+-[a-z]*\d+)-?[a-z]", str(found.get("zone") or ""))
    return zone[1] if zone else ""


def _qualified(found: Mapping[str, Value]) -> dict[str, Value]:
    """A host name with its domain as the two attributes that machines have."""
    name = qualified_name(str(found.get("hostname") or ""))
    return {"hostname": name.partition(".")[0], "fqdn": name} if name else {}


def _engine(resource: Resource) -> dict[str, Value]:
    """What a database's type says of its engine, and Google's `POSTGRES_15`."""
    if google := re.fullmatch(r"([A-Z]+)_(\d+(?:_\d+)*).*", str(resource.values.get("database_version") or "")):
        return {"engine": google[1].lower().replace("postgres", "postgresql"), "version": google[2].replace("_", ".")}
    named = re.search(r"postgresql|mysql|mariadb|mssql|cosmosdb|dynamodb|redshift|docdb|neptune", resource.type)
    return {"engine": named[0]} if named else {}


def _text(values: list[Value]) -> Value:
    return next((str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool)), None)


def _only(values: list[Value]) -> Value:
    """The one value; of several nobody says which."""
    return _text(values) if len(values) == 1 else None


def _last_word(values: list[Value]) -> Value:
    """The end of a path such as `zones/europe-west1-b/machineTypes/e2-small`."""
    text = _text(values)
    return None if text is None else text.rpartition("/")[2]


def _whole(values: list[Value]) -> Value:
    text = _text(values)
    return int(text) if text is not None and re.fullmatch(r"-?\d+", text) else None


def _gibibytes(values: list[Value]) -> Value:
    number = _whole(values)
    return None if number is None else number * _GIBIBYTE


def _truth(values: list[Value]) -> Value:
    words = {"true": True, "false": False}
    return next((words[word] for value in values if (word := str(value).lower()) in words), None)


def _days(values: list[Value]) -> Value:
    number = _whole(values)
    return None if number is None else f"{number}d"


def _scheme(values: list[Value]) -> Value:
    internal = _truth(values)
    text = str(_text(values) or "").lower()
    if internal is None and text:
        internal = text.startswith("internal")
    return None if internal is None else "internal" if internal else "internet-facing"


def _addresses(values: list[Value]) -> Value:
    return tuple(sorted({address for value in values if (address := _address(value))}))


def _address(value: Value) -> str | None:
    try:
        return str(ipaddress.ip_address(str(value).strip("[]").removesuffix("/32").removesuffix("/128")))
    except ValueError:
        return None


def _one_address(values: list[Value]) -> Value:
    return next(iter(_addresses(values)), None)


def _macs(values: list[Value]) -> Value:
    return tuple(sorted({mac for value in values if (mac := real_mac(value))}))


def _texts(values: list[Value]) -> Value:
    return tuple(sorted({value.rstrip(".") for value in values if isinstance(value, str)}))


def _tags(values: list[Value]) -> Value:
    """Tags as a map, without those that are secrets by name or by look."""
    tags = next((value for value in values if isinstance(value, dict)), {})
    plain = {str(key): str(value) for key, value in tags.items() if value is not None}
    return {
        key: value for key, value in sorted(plain.items()) if not _SECRET.search(key) and not looks_secret(value, key)
    }


_GATHERING = frozenset({_addresses, _macs, _texts, _tags})
_REGION = {"region": Name(_text, ("region", "location"))}
_ZONE = {"zone": Name(_last_word, ("availability_zone", "zone"))}
_TAGS = {"cloud_tags": Name(_tags, ("tags_all", "tags", "effective_labels", "labels"))}
_OWN_ID = {"cloud_id": Name(_text, ("id",)), **_REGION, **_TAGS}
_ARN = {"cloud_id": Name(_text, ("arn", "id")), **_REGION, **_TAGS}
_SOFTWARE = {
    "engine": Name(_text, ("engine", "engine_type", "datastore.type", "db.type")),
    "version": Name(_text, ("engine_version_actual", "engine_version", "version", "datastore.version", "db.version")),
    "endpoint": Name(_text, ("endpoint", "configuration_endpoint", "primary_endpoint_address", "cache_nodes.address")),
    "hostname": Name(_text, ("address", "fqdn", "hostname", "host")),
    "port": Name(_whole, ("port",)),
}
_MACHINE = {
    **_OWN_ID,
    **_ZONE,
    "hostname": Name(_text, ("computer_name", "os_profile.computer_name", "hostname")),
    "uuid": Name(_text, ("uuid",)),
    "instance_type": Name(
        _last_word,
        ("instance_type", "machine_type", "vm_size", "flavor_name", "server_type", "shape", "plan", "size", "type"),
    ),
    "image": Name(
        _text, ("ami", "source_image_id", "image_id", "image_name", "image", "boot_disk.initialize_params.image")
    ),
    "power_state": Name(_text, ("instance_state", "power_state", "current_status")),
    "cpu_count": Name(_whole, ("vcpus", "num_cpus", "vcpu")),
    "ip_addresses": Name(
        _addresses,
        (
            "private_ip",
            "secondary_private_ips",
            "ipv6_addresses",
            "private_ip_addresses",
            "network_interface.network_ip",
            "network.fixed_ip_v4",
            "network.fixed_ip_v6",
            "network.ip",
            "ipv4_address",
            "ipv4_address_private",
            "ipv6_address",
            "guest_ip_addresses",
        ),
    ),
    "public_ip_addresses": Name(
        _addresses, ("public_ip", "public_ip_addresses", "network_interface.access_config.nat_ip")
    ),
    "mac_addresses": Name(_macs, ("network.mac", "network.mac_address", "network_interface.mac_address")),
}
_ANYTHING: Mapping[str, Name] = {
    **_ARN,
    **_ZONE,
    "resource_name": Name(_text, ("name", "bucket", "function_name", "domain", "key_name")),
    "size": Name(_last_word, ("instance_class", "node_type", "sku_name", "sku", "size")),
    "engine": _SOFTWARE["engine"],
    "version": Name(_text, ("engine_version_actual", "engine_version", "kubernetes_version")),
    "endpoint": Name(_text, ("endpoint", "domain_name", "bucket_domain_name")),
    "versioning": Name(_truth, ("versioning.enabled", "versioning")),
}
_NAMES: Mapping[str, Mapping[str, Name]] = {
    "virtual_machine": _MACHINE,
    "server": {name: meaning for name, meaning in _MACHINE.items() if name != "cloud_id"},
    "database": {
        **_ARN,
        **_SOFTWARE,
        "database_name": Name(_text, ("db_name", "database_name")),
        "instance_class": Name(_text, ("instance_class", "node_type", "settings.tier", "sku_name", "flavor")),
        "storage": Name(
            _gibibytes, ("allocated_storage", "settings.disk_size", "volume_size_in_gb", "volume.size", "size")
        ),
        "encrypted": Name(_truth, ("storage_encrypted", "encrypted")),
        "multi_zone": Name(_truth, ("multi_az",)),
        "publicly_accessible": Name(_truth, ("publicly_accessible", "public_network_access_enabled")),
        "backup_retention": Name(_days, ("backup_retention_period", "backup_retention_days")),
    },
    "load_balancer": {
        **_ARN,
        "fqdn": Name(_text, ("dns_name",)),
        "scheme": Name(_scheme, ("internal", "load_balancing_scheme")),
        "virtual_addresses": Name(_addresses, ("vip_address", "ip_address", "ip", "ipv4")),
    },
    "network": {
        **_OWN_ID,
        "cidr": Name(
            _only,
            ("cidr_block", "ip_cidr_range", "address_space", "address_prefixes", "address_prefix", "cidr", "ip_range"),
        ),
        "gateway": Name(_one_address, ("gateway_address", "gateway_ip")),
        "dhcp": Name(_truth, ("enable_dhcp", "dhcp_enable")),
        "dns_servers": Name(_addresses, ("dns_nameservers", "dns_servers")),
    },
    "cache": {**_ARN, **_SOFTWARE},
    "message_queue": {
        **_ARN,
        "engine": Name(_text, ("engine_type",)),
        "version": Name(_text, ("engine_version", "kafka_version")),
        "queue_name": Name(_text, ("name",)),
        "url": Name(_text, ("url",)),
    },
    "kubernetes_cluster": {
        **_ARN,
        "version": Name(_text, ("current_kubernetes_version", "master_version", "kubernetes_version", "version")),
        "endpoint": Name(_text, ("endpoint", "apiserver_url", "fqdn")),
    },
    "volume": {
        **_OWN_ID,
        **_ZONE,
        "size": Name(_gibibytes, ("size", "disk_size_gb", "size_in_gb")),
        "volume_type": Name(_last_word, ("volume_type", "storage_account_type", "type")),
        "iops": Name(_whole, ("iops", "provisioned_iops")),
        "encrypted": Name(_truth, ("encrypted",)),
    },
    "ip_address": {
        "cloud_id": Name(_text, ("allocation_id", "id")),
        **_TAGS,
        "address": Name(_one_address, ("public_ip", "ip_address", "address")),
    },
    "dns_zone": {
        "cloud_id": Name(_text, ("zone_id", "id")),
        **_TAGS,
        "zone": Name(_text, ("dns_name", "zone", "name")),
        "name_servers": Name(_texts, ("name_servers",)),
    },
    "firewall": _ARN,
}
