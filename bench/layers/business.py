"""What is sold, who answers for it, and on which terms."""

from __future__ import annotations

from bench.estate import Draw, Fields, Layer


def service(draw: Draw) -> Fields:
    """A business service over a few applications."""
    return {
        "name": f"Service {draw.position}",
        "description": f"What business unit {draw.number(1, 40)} sells to its customers, day and night",
        "owner": draw.near("team"),
        "criticality": draw.one("medium", "high", "critical"),
        "links": {"status": f"https://status.example.org/{draw.id}"},
        "attributes": {
            "service_code": f"BS-{draw.position:06d}",
            "tier": draw.one("gold", "silver", "bronze"),
            "service_hours": "Mon-Sun 00:00-24:00",
            "availability_target": draw.one(99.5, 99.9),
            "rto": "4h",
            "mtpd": "2d",
            "users": draw.number(10, 40000),
            "monthly_cost": draw.number(1000, 90000),
            "personal_data": draw.chance(0.5),
        },
        "relations": {
            "depends_on": [*draw.several("app", 3), draw.group("interfaces", "api", 1, 2)],
            "uses": draw.near("app", 30),
            "documented_by": draw.near("doc"),
        },
    }


def offering(draw: Draw) -> Fields:
    """A service as one customer buys it."""
    return {
        "name": f"Offering {draw.position}",
        "owner": draw.near("team"),
        "attributes": {
            "service_code": f"SO-{draw.position:06d}",
            "orderable": True,
            "offered_from": draw.date(2018, 2025),
            "monthly_price": draw.number(10, 500),
            "minimum_term": "365d",
        },
        "relations": {"depends_on": draw.near("svc"), "covered_by": draw.near("contract")},
    }


def team(draw: Draw) -> Fields:
    """A team that answers for CIs."""
    return {
        "name": f"Team {draw.position}",
        "attributes": {"email": f"{draw.id}@example.org", "members": draw.number(4, 12), "cost_center": "CC-4200"},
    }


def person(draw: Draw) -> Fields:
    """A member of a team."""
    return {
        "name": f"Sam Sample {draw.position}",
        "attributes": {"email": f"{draw.id}@example.org", "function": draw.one("engineer", "service owner")},
        "relations": {"member_of": draw.near("team")},
    }


def supplier(draw: Draw) -> Fields:
    """Somebody who sells to the company."""
    return {
        "name": f"Supplier {draw.position}",
        "attributes": {"vat_number": f"CHE-{draw.position:09d}", "country": "CH", "reviewed": draw.date(2024, 2025)},
    }


def customer(draw: Draw) -> Fields:
    """Somebody who buys."""
    return {
        "name": f"Customer {draw.position}",
        "attributes": {"customer_number": f"C-{draw.position:07d}", "users": draw.number(5, 900)},
    }


def contract(draw: Draw) -> Fields:
    """An agreement with a supplier."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "contract_number": f"V-{draw.position:07d}",
            "contract_type": draw.one("support", "lease"),
            "starts": draw.date(2020, 2024),
            "ends": draw.date(2027, 2031),
            "notice_period": "90d",
            "response_time": draw.one("1h", "4h"),
            "annual_cost": draw.number(10, 900) * 100,
        },
        "relations": {"supplied_by": draw.near("supplier")},
    }


def license_(draw: Draw) -> Fields:
    """The right to use a product."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "vendor": draw.near("supplier"),
            "product": draw.near("product"),
            "agreement_number": f"A-{draw.position:07d}",
            "metric": "core",
            "seats": draw.number(1, 400),
            "ends": draw.date(2027, 2030),
        },
        "relations": {"covered_by": draw.near("contract")},
    }


def product(draw: Draw) -> Fields:
    """Software as it is bought."""
    return {
        "name": f"Product {draw.position}",
        "attributes": {
            "vendor": draw.near("supplier"),
            "product": draw.id,
            "version": f"{draw.number(1, 20)}.{draw.number(0, 9)}.0",
            "approved": True,
            "end_of_support": draw.date(2027, 2032),
        },
    }


def document(draw: Draw) -> Fields:
    """A plan or a description."""
    return {
        "name": f"Continuity plan {draw.position}",
        "owner": draw.near("team"),
        "links": {"document": f"https://wiki.example.org/plans/{draw.id}"},
    }


_HOUSE = {"owner": "team-000000"}

BUSINESS = (
    Layer("business_service", "svc", "services", 0.008, service, by_site=False),
    Layer("service_offering", "offer", "offerings", 0.010, offering, by_site=False),
    Layer("team", "team", "teams", 0.001, team, by_site=False, common=_HOUSE),
    Layer("person", "person", "people", 0.010, person, by_site=False, common=_HOUSE),
    Layer("supplier", "supplier", "suppliers", 0.0005, supplier, by_site=False, common=_HOUSE),
    Layer("customer", "customer", "customers", 0.001, customer, by_site=False, common=_HOUSE),
    Layer("contract", "contract", "contracts", 0.004, contract, by_site=False),
    Layer("license", "license", "licenses", 0.003, license_, by_site=False),
    Layer("software_product", "product", "products", 0.003, product, by_site=False),
    Layer("document", "doc", "documents", 0.005, document, by_site=False),
)
