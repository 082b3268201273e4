"""Which CI an alert is about."""

from __future__ import annotations

import pytest

from cmdb.incidents.recognition import recognised
from cmdb.model.alert import Alert
from cmdb.testing.text import inventory

CIS = inventory("""
- {kind: server, id: web-1, name: Front, aliases: [old-web], attributes: {hostname: www1.example.org, ip_addresses: [192.0.2.10], default_gateway: 192.0.2.1}}
- {kind: server, id: web-2, attributes: {hostname: www2.example.org, ip_addresses: [192.0.2.11, "2001:db8::11"]}}
- {kind: server, id: db-1, attributes: {hostname: data, ip_addresses: [192.0.2.99]}}
- {kind: server, id: db-2, attributes: {hostname: data, ip_addresses: [192.0.2.99]}}
- {kind: application, id: shop, name: Shop}
""")


def about(**labels: str) -> str:
    found = recognised(CIS.values(), [Alert("Down", labels)])
    if found.ambiguous:
        return " or ".join(found.ambiguous[0][1])
    return "nobody" if found.unknown else next(iter(found.alarming))


@pytest.mark.parametrize(
    ("labels", "ci"),
    [
        ({"ci": "web-1"}, "web-1"),
        ({"ci": "WEB-1"}, "web-1"),
        ({"ci": "old-web"}, "web-1"),
        ({"instance": "web-1:9100"}, "web-1"),
        ({"instance": "www1.example.org:9100"}, "web-1"),
        ({"instance": "www1"}, "web-1"),
        ({"instance": "https://www2.example.org:8443/health?x=1"}, "web-2"),
        ({"instance": "192.0.2.10:9100"}, "web-1"),
        ({"instance": "[2001:DB8::11]:9100"}, "web-2"),
        ({"instance": "2001:db8:0::11"}, "web-2"),
        ({"instance": "192.0.2.10", "ci": "web-2"}, "web-2"),
        ({"instance": "nowhere", "host": "web-2"}, "web-2"),
        ({"app": "shop", "job": "web-1"}, "shop"),
        ({"instance": "192.0.2.99:9100"}, "db-1 or db-2"),
        ({"host": "data"}, "db-1 or db-2"),
        ({"job": "web-1"}, "nobody"),
        ({"instance": "192.0.2.1"}, "nobody"),
        ({"instance": ""}, "nobody"),
        ({}, "nobody"),
    ],
)
def test_the_first_label_that_fits_decides(labels: dict[str, str], ci: str) -> None:
    assert about(**labels) == ci


def test_other_labels_may_be_named() -> None:
    alert = Alert("Down", {"job": "web-1", "ci": "web-2"})
    assert list(recognised(CIS.values(), [alert], ("job",)).alarming) == ["web-1"]


def test_alerts_of_one_ci_stand_together() -> None:
    one, two = Alert("Down", {"ci": "web-1"}), Alert("Slow", {"instance": "192.0.2.10"})
    assert recognised(CIS.values(), [one, two]).alarming == {"web-1": (one, two)}
