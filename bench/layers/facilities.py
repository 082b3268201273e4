"""Where things stand, and what keeps them running."""

from __future__ import annotations

from bench.estate import Draw, Fields, Layer


def site(draw: Draw) -> Fields:
    """A building."""
    return {
        "name": f"Data centre {draw.position}",
        "owner": draw.near("team"),
        "criticality": "critical",
        "attributes": {
            "site_code": f"S{draw.position:04d}",
            "site_type": "data-centre",
            "city": draw.one("Bern", "Basel", "Geneva", "Zurich"),
            "country": "CH",
            "latitude": 46.5 + draw.position % 10 / 8,
            "longitude": 7.5 + draw.position % 10 / 8,
            "floor_area": f"{draw.number(2, 40) * 100} m2",
        },
    }


def rack(draw: Draw) -> Fields:
    """A cabinet with two feeds."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "rack_name": f"R{draw.position:05d}",
            "serial_number": f"RK{draw.position:08d}",
            "rack_units": 42,
            "max_weight": "1000 kg",
            "room": f"Room {draw.number(1, 9)}",
            "locked": True,
        },
        "relations": {"located_in": draw.near("site", 0), "powered_by": draw.group("power", "feed", 1, 2)},
    }


def feed(draw: Draw) -> Fields:
    """A supply line."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "feed_name": f"F{draw.position:05d}",
            "feed_type": draw.one("grid", "ups"),
            "serial_number": f"PF{draw.position:08d}",
            "phases": 3,
            "voltage": "400 V",
            "runtime": "20m",
            "tested": draw.date(2024, 2025),
        },
        "relations": {"located_in": draw.near("site", 0)},
    }


FACILITIES = (
    Layer("site", "site", "sites", 0.0001, site, by_site=False),
    Layer("rack", "rack", "racks", 0.004, rack),
    Layer("power_feed", "feed", "feeds", 0.001, feed),
)
