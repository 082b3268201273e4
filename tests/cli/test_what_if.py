"""What if: several failures of several degrees, planned ones, those of a change, and how far to look."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, write

pytestmark = pytest.mark.usefixtures("shop")

SALES = """\
- {kind: business_service, id: sales, environment: production, relations: {depends_on: shop}}
- {kind: customer, id: acme, relations: {linked_to: sales}}
"""


@pytest.fixture
def sales(shop: Path) -> Path:
    write(shop, {"inventory/sales.yaml": SALES})
    return shop


def affected(cmdb: Program, *arguments: str) -> dict[str, str]:
    said = cmdb("impact", *arguments, "-f", "json")
    assert said.code == 0, said.err
    return {hit["id"]: hit["status"] for hit in said.json["affected"]}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--down", "web-1"), {"shop": "down"}),
        (("--degraded", "web-1"), {"shop": "degraded"}),
        (("--at-risk", "web-1"), {"shop": "at_risk"}),
        (("web-1", "--status", "at_risk", "--degraded", "web-1"), {"shop": "degraded"}),
        (("db-1", "--degraded", "kind=database"), {"shop": "degraded"}),
        (("db-1", "--down", "db-2", "--status", "degraded"), {"shop": "degraded"}),
        (("--down", "db-1", "--down", "db-2"), {"shop": "down"}),
        (("web-1", "--relation", "depends_on"), {}),
        (("web-1", "--relation", "depends_on", "--relation", "runs_on"), {"shop": "down"}),
    ],
)
def test_seeds_of_several_statuses(cmdb: Program, arguments: tuple[str, ...], expected: dict[str, str]) -> None:
    assert affected(cmdb, *arguments) == expected


@pytest.mark.usefixtures("sales")
def test_whom_it_concerns(cmdb: Program) -> None:
    said = cmdb("impact", "web-1")
    assert "\nCustomers\nacme · team-shop: down (sales)\n" in said.out
    assert "\nEnvironments of what is affected\nproduction 1, none 1\n" in said.out
    data = cmdb("impact", "web-1", "-f", "json").json
    assert data["environments"] == [{"environment": "production", "count": 1}, {"environment": None, "count": 1}]
    assert data["customers"] == [
        {"id": "acme", "name": None, "owner": "team-shop", "status": "down", "services": ["sales"]}
    ]


@pytest.mark.usefixtures("sales")
def test_a_maintenance_tells_what_has_no_redundancy_left(cmdb: Program) -> None:
    said = cmdb("impact", "db-1", "--maintenance")
    assert said.out.startswith("If db-1 is down for maintenance\n")
    assert (
        "\nNo redundancy left during the maintenance\nshop · The shop · application · team-shop\n"
        "    databases: 1 of 2 needed, 1 left\nsales · business_service · team-shop\n    needs shop\n"
    ) in said.out
    data = cmdb("impact", "db-1", "--maintenance", "-f", "json").json
    assert data["maintenance"] is True
    assert [(one["id"], one["through"], one["service"]) for one in data["exposed"]] == [
        ("shop", "shop", False),
        ("sales", "shop", True),
    ]
    assert "No redundancy left" not in cmdb("impact", "db-1", "db-2", "--maintenance").out
    assert cmdb("impact", "db-1", "-f", "json").json["maintenance"] is False


@pytest.mark.usefixtures("sales")
def test_depth_says_what_lies_beyond(cmdb: Program) -> None:
    assert "\nBeyond 1 step: 1 down, 1 service among them.\n" in cmdb("impact", "web-1", "--depth", "1").out
    assert "Beyond" not in cmdb("impact", "web-1", "--depth", "2").out
    data = cmdb("impact", "web-1", "--depth", "1", "-f", "json").json
    assert (data["beyond"], data["summary"]["beyond"]) == ([{"status": "down", "count": 1}], 1)
    assert [hit["id"] for hit in data["affected"]] == ["shop"]


def test_what_a_change_puts_at_stake(cmdb: Program, shop: Path) -> None:
    checkout = Checkout.create(shop)
    checkout.commit()
    checkout.git("tag", "before")
    checkout.commit(
        {
            "inventory/shop.yaml": (shop / "inventory/shop.yaml").read_text().replace("32 GiB", "64 GiB"),
            "inventory/new.yaml": "- {kind: cache, id: cache}\n- {kind: application, id: api, relations: {uses: cache}}\n",
        }
    )
    said = cmdb("impact", "--changes", "before..HEAD", "-f", "json")
    assert [ci["id"] for ci in said.json["failed"]] == ["api", "cache", "web-1"]
    assert {hit["id"]: hit["status"] for hit in said.json["affected"]} == {"shop": "down"}
    assert said.json["notes"] == [
        "1 CI changed or removed (before..HEAD), failing as before; 2 CIs added, failing as after"
    ]
    assert cmdb("impact", "--changes", "HEAD", "--exit-code").out.startswith("If nothing fails\n")
    assert cmdb("impact", "--changes", "before..HEAD", "--exit-code").code == 1
    write(shop, {"inventory/shop.yaml": "kind: server\nid: web-1\n"})
    removed = cmdb("impact", "--changes", "before", "-f", "json").json
    assert [ci["id"] for ci in removed["failed"]] == ["api", "cache", "db-1", "db-2", "shop", "web-1"]


def test_a_change_between_revisions_that_did_not_load_is_incomplete(cmdb: Program, shop: Path) -> None:
    checkout = Checkout.create(shop)
    checkout.commit()
    write(shop, {"inventory/broken.yaml": "id: [\n"})
    said = cmdb("impact", "--changes", "HEAD", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert "inventory/broken.yaml" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name what fails"),
        (("--changes", "HEAD", "shop"), "goes without selectors"),
        (("--changes", "HEAD", "--up"), "goes without --explain, --up and --at"),
        (("shop", "--maintenance", "--status", "degraded"), "takes CIs down"),
        (("shop", "--maintenance", "--at-risk", "db-1"), "takes CIs down"),
        (("shop", "--maintenance", "--up"), "--maintenance is about what is affected"),
        (("shop", "--depth", "2", "--explain", "web-1"), "--depth is about what is affected"),
        (("shop", "--depth", "0"), "0 is not in the range"),
        (("shop", "--relation", "dependson"), "there is no relation type 'dependson'"),
        (("--down", "nobody"), "there is no CI 'nobody'"),
    ],
)
def test_what_if_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("impact", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
