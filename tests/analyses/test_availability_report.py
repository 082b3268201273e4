"""The availability report: how it is asked, and how it is told."""

from __future__ import annotations

from datetime import date

import pytest

from cmdb.all_analyses import report
from cmdb.analyses import availability
from cmdb.facts import Facts
from cmdb.model.answer import Screen
from cmdb.model.baseline import Baselines
from cmdb.model.data import as_data
from cmdb.model.problem import CmdbError
from cmdb.render.text import text
from cmdb.testing.text import inventory
from cmdb.views.availability import percent, span

SHOP = """
- {kind: business_service, id: shop, name: Shop, attributes: {availability_target: 99.9}, relations: {depends_on: app}}
- {kind: service_offering, id: spare, relations: {depends_on: {at_least: 1, of: [app, other]}, uses: slow}}
- {kind: application, id: app, attributes: {availability: 99.95}}
- {kind: application, id: other, attributes: {mtbf: 99d, mttr: 1d}}
- {kind: application, id: slow, attributes: {availability: 90}}
- {kind: application, id: bare}
"""
FACTS = Facts(inventory(SHOP), Baselines(), date(2026, 11, 1))


def told(*selectors: str, assume: tuple[str, ...] = (), degraded: bool = False) -> str:
    result = report(FACTS, "availability", selectors, assume=assume, degraded=degraded)
    return text(availability.present(result), Screen(80))


def test_all_services_by_default() -> None:
    assert told() == (
        "Availability\n"
        "2 CIs; target met 1, none 1.\n"
        "\n"
        "shop · Shop\n"
        "99.95 %, down 4 h 23 min a year, exact\n"
        "target 99.9 %: met\n"
        "relies on 1 CI, 1 of which would take it down alone\n"
        "\n"
        "contributes  own             causes a year  a second one saves\n"
        "app          99.95 %  alone  4 h 23 min     4 h 23 min\n"
        "\n"
        "spare\n"
        "99.9995 %, down 2 min 38 s a year, exact\n"
        "relies on 2 CIs, 0 of which would take it down alone\n"
        "\n"
        "contributes  own        causes a year  a second one saves\n"
        "app          99.95 %    2 min 38 s     2 min 38 s\n"
        "other        99 %       2 min 38 s     2 min 36 s\n"
    )


def test_what_is_missing_is_named() -> None:
    shown = told("bare")
    assert "bare\nunknown: at most 100 %, for 1 CI without figures\n" in shown
    assert shown.endswith(
        "Without figures\nbare.\n\n--assume PERCENT gives them one; availability, or mtbf and mttr, declare it.\n"
    )
    assert "bare\n99.5 %, down 1 d 20 h a year, exact\n" in told("bare", assume=("99.5",))
    assert "bare\n98 %, down 7 d 7 h a year, exact\n" in told("bare", assume=("99.5", "software=98"))


def test_degraded_may_count() -> None:
    assert "spare\n90 %, down 36 d 12 h a year, exact\n" in told("spare", degraded=True)


def test_a_wrong_assumption_is_said() -> None:
    with pytest.raises(CmdbError, match="'much' is no percentage"):
        told(assume=("much",))


def test_as_data_it_has_all_digits() -> None:
    data = as_data(report(FACTS, "availability", ["spare"]))
    assert data["summary"]["exact"] == 1
    (found,) = data["cis"]
    assert (found["availability"], found["unavailability"]) == (0.999995, 5e-06)


SPANS = [
    (0, "0 s"),
    (0.2, "less than 1 s"),
    (59.6, "1 min"),
    (3600, "1 h"),
    (31_536, "8 h 46 min"),
    (86_399, "1 d"),
    (86_400 + 60, "1 d"),
    (31_536_000, "365 d"),
]


@pytest.mark.parametrize(("seconds", "expected"), SPANS)
def test_lengths_of_time(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


PERCENTS = [(1.0, 0.0, "100 %"), (0.999, 0.001, "99.9 %"), (1.0, 1.234e-9, "99.999999877 %"), (0.0, 1.0, "0 %")]


@pytest.mark.parametrize(("share", "rest", "expected"), PERCENTS)
def test_percentages_keep_three_digits_of_what_is_missing(share: float, rest: float, expected: str) -> None:
    assert percent(share, rest) == expected
