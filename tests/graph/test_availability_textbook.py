"""Availability of structures that the field knows, with the values that it publishes for them."""

from __future__ import annotations

from math import comb

import pytest

from cmdb.graph.availability import Availability, availability
from cmdb.testing.text import inventory

HOURS = 3600


def of(text: str, name: str = "top", *, degraded: bool = False) -> Availability:
    (found,) = availability(inventory(text), [name], degraded=degraded).cis
    assert found.method == "exact"
    return found


def servers(count: int, percent: float, relations: str = "{}") -> str:
    return "".join(
        f"- {{kind: server, id: s{number}, attributes: {{availability: {percent}}}, relations: {relations}}}\n"
        for number in range(1, count + 1)
    )


def group(count: int, at_least: int) -> str:
    members = ", ".join(f"s{number}" for number in range(1, count + 1))
    return (
        f"- {{kind: service_offering, id: top, relations: {{depends_on: {{at_least: {at_least}, of: [{members}]}}}}}}\n"
    )


def test_hard_dependencies() -> None:
    """A workload of 99.99 % with two hard dependencies of 99.99 % has 99.97 %: Amazon Web Services, Reliability Pillar
    of the Well-Architected Framework, "Availability"."""
    text = "- {kind: application, id: top, attributes: {availability: 99.99}, relations: {depends_on: [s1, s2]}}\n"
    found = of(text + servers(2, 99.99))
    assert found.availability == pytest.approx(0.9999**3)
    assert f"{found.availability:.4f}" == "0.9997"


def test_redundant_components() -> None:
    """Two independent components of 99.9 % have 99.9999 %: the same source."""
    assert of(group(2, 1) + servers(2, 99.9)).availability == 0.999999


def test_mean_times() -> None:
    """With a mean time between failures of 150 days and to repair of 1 hour it is 99.97 %: the same source."""
    found = of("- {kind: server, id: top, attributes: {mtbf: 150d, mttr: 1h}}\n")
    assert found.availability == 150 * 24 / (150 * 24 + 1)
    assert f"{found.availability:.4f}" == "0.9997"


def test_triple_modular_redundancy() -> None:
    """3R² - 2R³: R. E. Lyons and W. Vanderkulk, The Use of Triple-Modular Redundancy to Improve Computer Reliability,
    IBM Journal of Research and Development 6 (1962). 0.999702 at R = 0.99."""
    assert of(group(3, 2) + servers(3, 99)).availability == 0.999702
    assert of(group(3, 2) + servers(3, 50)).availability == 0.5


@pytest.mark.parametrize(("needed", "members"), [(1, 4), (2, 4), (3, 5), (9, 12), (40, 50), (95, 100)])
def test_k_of_n(needed: int, members: int) -> None:
    """The binomial distribution: R. E. Barlow and F. Proschan, Statistical Theory of Reliability and Life Testing
    (1975), section 2.1."""
    expected = sum(comb(members, up) * 0.95**up * 0.05 ** (members - up) for up in range(needed, members + 1))
    assert of(group(members, needed) + servers(members, 95)).availability == pytest.approx(expected, rel=1e-12)


BRIDGE = """
- kind: service_offering
  id: top
  relations:
    connects_to:
      name: ways
      at_least: 1
      of:
        - {at_least: 2, of: [s1, s4]}
        - {at_least: 2, of: [s2, s5]}
        - {at_least: 3, of: [s1, s3, s5]}
        - {at_least: 3, of: [s2, s3, s4]}
"""


@pytest.mark.parametrize("percent", [50, 90, 99])
def test_the_bridge(percent: int) -> None:
    """2p² + 2p³ - 5p⁴ + 2p⁵, the standard example of a structure that is neither series nor parallel: Barlow and
    Proschan (1975), section 1.3. 0.97848 at p = 0.9."""
    p = percent / 100
    found = of(BRIDGE + servers(5, percent))
    assert found.availability == pytest.approx(2 * p**2 + 2 * p**3 - 5 * p**4 + 2 * p**5, rel=1e-14)
    if percent == 90:
        assert found.availability == 0.97848


def test_importance_in_the_bridge() -> None:
    """The one in the middle matters least: at p = 0.9 its importance is 2p²(1 - p)² = 0.0162, that of the others
    p + p² - 4p³ + 2p⁴ = 0.1062 - 0.0000 (Birnbaum 1969)."""
    p = 0.9
    importance = {each.id: each.importance for each in of(BRIDGE + servers(5, 90)).contributions}
    assert importance.pop("s3") == pytest.approx(2 * p**2 * (1 - p) ** 2)
    slope = (4 * p + 6 * p**2 - 20 * p**3 + 10 * p**4 - 2 * p**2 * (1 - p) ** 2) / 4
    assert list(importance.values()) == pytest.approx([slope] * 4)


def test_common_cause() -> None:
    """The beta factor model: of the failures of two redundant units a share β has a common cause, so that both fail
    with βq + ((1 - β)q)², less what counts twice: K. N. Fleming, A Reliability Model for Common Mode Failures (1975)."""
    q, beta = 0.01, 0.1
    text = "- {kind: power_feed, id: common, attributes: {availability: 99.9}}\n"
    shared = "{powered_by: common}"
    found = of(text + group(2, 1) + servers(2, 99.1, shared))
    common, own = beta * q, (1 - beta) * q
    assert found.unavailability == pytest.approx(common + (1 - common) * own**2, rel=1e-12)
    assert found.contributions[0].id == "common"
    assert found.contributions[0].alone


def test_downtime_of_three_nines() -> None:
    """8.76 hours in a year of 365 days."""
    found = of("- {kind: server, id: top, attributes: {availability: 99.9}}\n")
    assert found.downtime == pytest.approx(8.76 * HOURS)


def test_a_circle_of_two_is_up_while_both_are() -> None:
    """Nothing is down only because it is down."""
    text = (
        "- {kind: server, id: top, attributes: {availability: 90}, relations: {depends_on: other}}\n"
        "- {kind: server, id: other, attributes: {availability: 80}, relations: {depends_on: top}}\n"
    )
    assert of(text).availability == 0.72
    assert of(text, "other").availability == 0.72


def test_what_only_degrades_counts_on_demand() -> None:
    text = "- {kind: application, id: top, attributes: {availability: 99}, relations: {uses: s1}}\n" + servers(1, 90)
    assert of(text).availability == 0.99
    assert of(text, degraded=True).availability == pytest.approx(0.891)


def test_very_rare_failures_keep_their_digits() -> None:
    """Where the availability is 1 to the last digit, the unavailability still tells."""
    found = of(group(6, 1) + servers(6, 99.99))
    assert found.availability == 1.0
    assert found.unavailability == 1e-24
