"""Machines and what they keep data on."""

from __future__ import annotations

from bench.estate import Draw, Fields, Layer

_PACKAGES = {"openssl": "3.0.11", "openssh-server": "9.2p1", "sudo": "1.9.13", "rsyslog": "8.2302.0", "chrony": "4.3.0"}


def machine(draw: Draw) -> Fields:
    """A virtual machine that a pool of hypervisors keeps running."""
    relations: Fields = {
        "runs_on": draw.group("pool", "hv", 1, 3) if draw.chance(0.8) else draw.near("hv"),
        "connects_to": draw.near("net"),
        "backed_up_by": draw.near("backup"),
    }
    if draw.chance(0.1):
        relations["depends_on"] = draw.near("vol")
    attributes: Fields = {
        "hostname": draw.id,
        "fqdn": f"{draw.id}.example.org",
        "uuid": f"{draw.number(16**7, 16**8 - 1):08x}-0000-4000-8000-{draw.position:012x}",
        "cpu_count": draw.one(2, 4, 8, 16),
        "memory": f"{draw.one(4, 8, 16, 32)} GiB",
        "storage": f"{draw.number(2, 40) * 10} GiB",
        "os_version": f"12.{draw.number(1, 12)}.0",
        "kernel": f"6.1.0-{draw.number(10, 40)}",
        "ip_addresses": [draw.address(10)],
        "mac_addresses": [draw.mac()],
        "listening_ports": [22, draw.one(80, 443, 8080), 9100],
        "patch_group": draw.one("tuesday", "thursday"),
    }
    if draw.chance(0.3):
        attributes["packages"] = _PACKAGES
    return {
        "name": f"{draw.one('Web', 'Application', 'Batch', 'Data')} node {draw.position}",
        "owner": draw.near("team"),
        "criticality": draw.one("low", "medium", "high"),
        "keys": {"hosts": f"{draw.id}.example.org"},
        "attributes": attributes,
        "relations": relations,
    }


def _hardware(draw: Draw) -> Fields:
    return {
        "serial_number": f"EX{draw.prefix.upper()}{draw.position:07d}",
        "manufacturer": "Example Systems",
        "model": draw.one("ES-R1 Gen 2", "ES-R2 Gen 3"),
        "rack_position": draw.number(1, 40),
        "rack_units": draw.one(1, 2),
        "power_draw": f"{draw.number(20, 80) * 10} W",
        "purchase_date": draw.date(2019, 2025),
        "purchase_price": draw.number(20, 120) * 100,
        "warranty_until": draw.date(2026, 2031),
    }


def _housed(draw: Draw) -> Fields:
    return {
        "located_in": draw.near("rack"),
        "powered_by": draw.group("power", "feed", 1, 2),
        "connects_to": draw.group("uplinks", "sw", 1, 2),
        "covered_by": draw.near("contract"),
    }


def _computer(draw: Draw) -> Fields:
    return {
        "hostname": draw.id,
        "fqdn": f"{draw.id}.example.org",
        **_hardware(draw),
        "cpu_count": draw.one(32, 64, 128),
        "memory": f"{draw.one(256, 512, 1024)} GiB",
        "management_ip": draw.address(100),
    }


def hypervisor(draw: Draw) -> Fields:
    """A physical machine that carries virtual ones."""
    return {
        "owner": draw.near("team"),
        "criticality": "high",
        "attributes": {**_computer(draw), "firmware": f"2.{draw.number(0, 20)}.1"},
        "relations": {**_housed(draw), "uses": draw.near("array")},
    }


def server(draw: Draw) -> Fields:
    """A physical machine of its own."""
    return {
        "name": f"Server {draw.position}",
        "owner": draw.near("team"),
        "attributes": {**_computer(draw), "management_ip": draw.address(110), "os": "debian", "os_version": "12.5.0"},
        "relations": _housed(draw),
    }


def array(draw: Draw) -> Fields:
    """Disks that several machines share."""
    return {
        "owner": draw.near("team"),
        "criticality": "critical",
        "attributes": {
            **_hardware(draw),
            "controllers": 2,
            "disks": draw.number(12, 96),
            "raw_capacity": f"{draw.number(50, 900)} TB",
            "raid_level": "raid6",
            "protocols": ["iscsi", "nfs"],
        },
        "relations": _housed(draw),
    }


def volume(draw: Draw) -> Fields:
    """A part of an array."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "wwn": f"naa.6{draw.position:015x}",
            "array": draw.near("array"),
            "volume_name": draw.id,
            "size": f"{draw.number(1, 100) * 10} GiB",
            "volume_type": "lun",
            "encrypted": True,
            "thin": draw.chance(0.7),
        },
        "relations": {"runs_on": draw.near("array"), "replicates_to": draw.near("array", 8)},
    }


def backup(draw: Draw) -> Fields:
    """What takes the backups of a site."""
    return {
        "name": f"Backup {draw.position}",
        "owner": draw.near("team"),
        "attributes": {"schedule": "daily 22:00", "retention": "90d", "capacity": "400 TB", "offsite": True},
        "relations": {"runs_on": draw.near("srv")},
    }


MACHINES = (
    Layer(
        "virtual_machine",
        "vm",
        "virtual-machines",
        0.24,
        machine,
        least=20,
        common={
            "kind": "virtual_machine",
            "environment": "production",
            "labels": {"managed_by": "ansible"},
            "attributes": {"os": "debian", "architecture": "x86_64", "swap": "2 GiB", "backup_class": "daily"},
        },
    ),
    Layer("hypervisor", "hv", "hypervisors", 0.015, hypervisor, least=3, common={"environment": "production"}),
    Layer("server", "srv", "servers", 0.015, server, common={"environment": "production"}),
    Layer("storage_array", "array", "storage", 0.001, array),
    Layer("volume", "vol", "volumes", 0.04, volume),
    Layer("backup_system", "backup", "backup", 0.0005, backup),
)
