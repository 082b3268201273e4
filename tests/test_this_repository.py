"""The sample workspace in this repository is right, and drifts exactly where it is meant to."""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cmdb.cli.main import cli

ROOT = Path(__file__).parent.parent
POOL = ROOT / "plugins/samples/vm-pool.jsonl"
BEFORE_THE_WAIVER_ENDS = "2034-06-30"
AFTER_THE_WAIVER_ENDED = "2036-01-01"

Row = tuple[str, str, str, object, str, str]

WRONG: set[Row] = {
    # outcome, CI or key, path, observed, severity, excuse
    ("deviating", "cloud-batch-1", "attributes.instance_type", "c2.large", "error", ""),
    ("deviating", "vm-app-1", "attributes.listening_ports.5005", 5005, "error", ""),
    ("deviating", "vm-db-1", "attributes.packages.postgresql-15", "15.6-0+deb12u1", "critical", ""),
    ("deviating", "vm-erp-1", "attributes.memory", 7946 * 1024**2, "error", ""),
    ("deviating", "vm-erp-1", "attributes.packages.telnet", "0.17+2.4-2+deb12u1", "error", "waiver"),
    ("deviating", "vm-queue-1", "attributes.services_failed", "logrotate", "error", ""),
    ("deviating", "vm-web-2", "attributes.kernel", "6.1.0-21-amd64", "critical", ""),
    ("deviating", "vm-web-3", "lifecycle", "live", "note", ""),
    ("unmanaged", "openstack_compute_instance_v2.loadtest", "presence", True, "warning", ""),
}
NOT_GATHERED: set[Row] = {
    ("unobserved", "vm-mon-1", f"attributes.packages.{name}", None, "note", "")
    for name in ("chrony", "openssl", "telnet")
}
WITHOUT_THE_POOL: set[Row] = {
    ("unobserved", "vm-build-1", "presence", None, "note", ""),
    ("unobserved", "vm-dir-3", "presence", None, "note", ""),
}
WITH_THE_POOL: set[Row] = {
    ("missing", "vm-build-1", "presence", None, "error", ""),
    ("unmanaged", "d2f19f9e-8510-5331-95c8-b5b849fa6c1c", "presence", True, "warning", ""),
}


def said(code: int, *arguments: str) -> Any:
    result = CliRunner().invoke(cli, [*arguments, "-C", str(ROOT), "-f", "json"], prog_name="cmdb")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def tonight(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the configured sources make of the recordings."""
    path = tmp_path_factory.mktemp("observed") / "tonight.jsonl"
    assert CliRunner().invoke(cli, ["discover", "-C", str(ROOT), "-o", str(path)]).exit_code == 0
    return str(path)


def drifted(*snapshots: str, as_of: str) -> Any:
    return said(1, "drift", "--observed", *snapshots, "--as-of", as_of)


def rows(answer: Any) -> set[Row]:
    return {
        (
            each["outcome"],
            each["ci"] or each["key"],
            each["path"],
            each["observed"][0] if isinstance(each["observed"], list) else each["observed"],
            each["severity"],
            (each["excuse"] or {}).get("type", ""),
        )
        for each in answer["deviations"]
    }


def test_nothing_is_wrong_in_its_files() -> None:
    assert said(0, "check", "--as-of", BEFORE_THE_WAIVER_ENDS)["problems"] == []


def test_it_drifts_exactly_where_it_is_meant_to(tonight: str) -> None:
    answer = drifted(tonight, as_of=BEFORE_THE_WAIVER_ENDS)
    assert rows(answer) == WRONG | NOT_GATHERED | WITHOUT_THE_POOL
    assert answer["problems"] == []
    assert answer["summary"]["in_sync"] == 10


def test_what_no_source_looked_for_is_missing_once_one_does(tonight: str) -> None:
    found = rows(drifted(tonight, str(POOL), as_of=BEFORE_THE_WAIVER_ENDS))
    unseen = {row for row in found if row[:2] == ("unobserved", "vm-dir-3")}
    assert found - unseen == WRONG | NOT_GATHERED | WITH_THE_POOL
    assert "presence" not in {row[2] for row in unseen}


def test_the_waiver_ends(tonight: str) -> None:
    answer = drifted(tonight, as_of=AFTER_THE_WAIVER_ENDED)
    telnet = ("deviating", "vm-erp-1", "attributes.packages.telnet", "0.17+2.4-2+deb12u1", "error", "")
    assert rows(answer) == {row for row in WRONG if row[5] != "waiver"} | {telnet} | NOT_GATHERED | WITHOUT_THE_POOL
    assert [problem["severity"] for problem in answer["problems"]] == ["error"]


@pytest.mark.parametrize(
    ("failed", "suffers", "status"),
    [
        ("vm-queue-1", "online-shop", "down"),
        ("vm-queue-1", "order-fulfilment", "degraded"),
        ("hv-1", "online-shop", "at_risk"),
        ("san-1", "orders-db-1", "down"),
        ("san-1", "online-shop", "at_risk"),
        ("vm-web-1", "storefront", "degraded"),
        ("directory-1", "workplace", "at_risk"),
        ("printer-1", "warehouse", "degraded"),
    ],
)
def test_what_breaks_when(failed: str, suffers: str, status: str) -> None:
    affected = {each["id"]: each["status"] for each in said(0, "impact", failed)["affected"]}
    assert affected[suffers] == status


FILES = [
    path
    for name in ("inventory", "baselines", "plugins/samples")
    for path in (ROOT / name).rglob("*")
    if path.is_file()
]
ADDRESS = re.compile(r"(?<![\d.+:~-])(?:\d{1,3}\.){3}\d{1,3}(?![\d.+~-])")
MAC = re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b")
NAME = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|ch|de|eu|io)\b")
RESERVED = [
    ipaddress.ip_network(each)
    for each in [
        "10.0.0.0/8",
        "127.0.0.0/8",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "255.0.0.0/8",
        "0.0.0.0/32",
    ]
]


def test_it_names_nobody_real() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    addresses = {ipaddress.ip_address(found) for found in ADDRESS.findall(text)}
    assert {each for each in addresses if not any(each in network for network in RESERVED)} == set()
    assert {each for each in MAC.findall(text) if not each.startswith(("00:00:5e:00:53:", "02:"))} == set()
    names = {found for found in NAME.findall(text) if not re.search(r"(^|\.)example\.(com|org|net)$", found)}
    assert names == {"registry.terraform.io"}
