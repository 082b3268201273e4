"""What carries the traffic."""

from __future__ import annotations

from bench.estate import Draw, Fields, Layer


def switch(draw: Draw) -> Fields:
    """A switch below a pair of firewalls, cabled to its neighbour."""
    return {
        "owner": draw.near("team"),
        "criticality": "high",
        "attributes": {
            "hostname": draw.id,
            "serial_number": f"SW{draw.position:08d}",
            "manufacturer": "Example Networks",
            "model": "EN-4800",
            "os_version": f"17.{draw.number(1, 12)}.{draw.number(1, 5)}",
            "base_mac": draw.mac(),
            "management_ip": draw.address(120),
            "device_role": draw.one("access", "core"),
            "port_count": 48,
            "vlans": {"users": draw.number(2, 400), "servers": draw.number(401, 800)},
        },
        "relations": {
            "located_in": draw.near("rack"),
            "powered_by": draw.group("power", "feed", 1, 2),
            "connects_to": draw.group("uplinks", "fw", 1, 2),
        },
    }


def firewall(draw: Draw) -> Fields:
    """A firewall in front of the lines."""
    return {
        "owner": draw.near("team"),
        "criticality": "critical",
        "attributes": {
            "hostname": draw.id,
            "serial_number": f"FW{draw.position:08d}",
            "firmware": f"7.{draw.number(0, 6)}.{draw.number(0, 9)}",
            "zones": ["dmz", "inside", "outside"],
            "rule_count": draw.number(50, 2000),
            "rules_reviewed": draw.date(2024, 2025),
            "throughput": f"{draw.one(10, 40)} Gbit/s",
        },
        "relations": {"located_in": draw.near("rack"), "connects_to": draw.group("lines", "line", 1, 2)},
    }


def balancer(draw: Draw) -> Fields:
    """A load balancer with its certificate."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "hostname": draw.id,
            "virtual_addresses": [draw.address(130)],
            "algorithm": "least-connections",
            "scheme": "internal",
            "listeners": {"https": {"port": 443, "pool": "web"}},
        },
        "relations": {"depends_on": draw.near("cert"), "connects_to": draw.near("net")},
    }


def line(draw: Draw) -> Fields:
    """A line of a carrier."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "circuit_id": f"L-{draw.position:06d}",
            "provider": draw.near("supplier"),
            "bandwidth": f"{draw.one(1, 10)} Gbit/s",
            "latency": f"{draw.number(2, 30)}ms",
            "installed": draw.date(2015, 2024),
            "monthly_cost": draw.number(200, 4000),
        },
        "relations": {"supplied_by": draw.near("supplier"), "covered_by": draw.near("contract")},
    }


def network(draw: Draw) -> Fields:
    """A prefix that reaches the world through a pair of switches."""
    octets = f"10.{draw.position // 256 % 256}.{draw.position % 256}"
    return {
        "name": f"Servers {draw.position}",
        "owner": draw.near("team"),
        "attributes": {
            "cidr": f"{octets}.0/24",
            "vrf": f"v{draw.position // 65536}",
            "gateway": f"{octets}.1",
            "vlan": draw.number(2, 4000),
            "dhcp": False,
            "dns_servers": ["10.0.0.53", "10.0.1.53"],
            "zone": draw.one("inside", "dmz"),
        },
        "relations": {"connects_to": draw.group("gateways", "sw", 1, 2)},
    }


def interface(draw: Draw) -> Fields:
    """One port that matters by itself."""
    return {
        "attributes": {
            "device": f"{draw.near('srv')}.example.org",
            "port_name": f"eth{draw.position % 8}",
            "mac_address": draw.mac(0x5A),
            "mtu": draw.one(1500, 9000),
            "speed": f"{draw.one(1, 10, 25)} Gbit/s",
            "enabled": True,
            "tagged_vlans": [draw.number(2, 100), draw.number(101, 200)],
        },
        "relations": {"member_of": draw.near("srv"), "connects_to": draw.near("sw")},
    }


def address(draw: Draw) -> Fields:
    """An address with a name of its own."""
    return {
        "lifecycle": draw.one("live", "live", "live", "planned", "retired"),
        "attributes": {
            "address": draw.address(140),
            "vrf": "shared",
            "dns_name": f"{draw.id}.example.org",
            "assignment": "static",
        },
        "relations": {"member_of": draw.near("net")},
    }


def zone(draw: Draw) -> Fields:
    """A DNS zone."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "zone": f"z{draw.position}.example.org",
            "name_servers": ["ns1.example.org", "ns2.example.org"],
            "dnssec": True,
            "registered_until": draw.date(2027, 2030),
            "default_ttl": "1h",
        },
        "relations": {"depends_on": draw.group("servers", "srv", 1, 2)},
    }


def certificate(draw: Draw) -> Fields:
    """A certificate and what it is presented by."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "common_name": f"{draw.id}.example.org",
            "issuer": "Example CA",
            "fingerprint": f"{draw.number(16**15, 16**16 - 1):016x}{draw.position:016x}",
            "not_before": f"{draw.date(2025, 2025)}T00:00:00Z",
            "not_after": f"{draw.date(2027, 2028)}T00:00:00Z",
            "key_algorithm": "ecdsa",
            "key_size": 256,
            "automatic_renewal": draw.chance(0.8),
            "deployed_to": [f"{draw.near('app')}.example.org:443"],
        },
    }


NETWORK = (
    Layer("network_device", "sw", "switches", 0.006, switch, common={"attributes": {"os": "eos"}}),
    Layer("firewall", "fw", "firewalls", 0.001, firewall),
    Layer("load_balancer", "lb", "load-balancers", 0.0015, balancer),
    Layer("circuit", "line", "lines", 0.001, line),
    Layer("network", "net", "networks", 0.005, network),
    Layer("network_interface", "nic", "interfaces", 0.06, interface, common={"owner": "team-000000"}),
    Layer("ip_address", "ip", "addresses", 0.04, address, common={"owner": "team-000000"}),
    Layer("dns_zone", "zone", "zones", 0.002, zone),
    Layer("certificate", "cert", "certificates", 0.025, certificate),
)
