"""From alarms to causes: what ranks first and why, what is silent, what comes first, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import impact
from cmdb.incidents.evidence import Evidence, Evidences, changed, drifted, joined
from cmdb.incidents.priority import priority
from cmdb.incidents.triage import Triage, triage
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.testing.graphs import inventories
from cmdb.testing.repositories import Checkout
from cmdb.testing.text import inventory
from cmdb.workspace import Workspace

SITE = """
- {kind: business_service, id: sales, criticality: critical, owner: team-shop, relations: {depends_on: shop, supported_by: desk},
   attributes: {resolution_time_target: 4h}}
- {kind: business_service, id: reports, criticality: low, relations: {depends_on: shop, covered_by: sla}}
- {kind: business_service, id: mail, relations: {uses: shop, supported_by: {to: desk, tier: 3}}}
- {kind: application, id: shop, aliases: [old-shop], relations: {depends_on: {at_least: 1, of: [web-1, web-2]}}}
- {kind: virtual_machine, id: web-1, relations: {runs_on: hv-1}}
- {kind: virtual_machine, id: web-2, relations: {runs_on: hv-2}}
- {kind: hypervisor, id: hv-1, relations: {located_in: rack}}
- {kind: hypervisor, id: hv-2, relations: {located_in: rack}}
- {kind: rack, id: rack, owner: team-dc, relations: {supplied_by: racks-inc, covered_by: care}}
- {kind: server, id: spare, lifecycle: planned}
- {kind: team, id: desk, name: Service desk, attributes: {email: desk@example.org, phone: "1"}}
- {kind: team, id: team-dc, attributes: {on_call: "2", chat: "#dc"}}
- {kind: contract, id: care, attributes: {contract_number: C-7, response_time: 90m, support_hours: Mon-Fri}, relations: {supplied_by: fixers}}
- {kind: contract, id: sla, attributes: {response_time: 1h}}
- {kind: supplier, id: racks-inc}
- {kind: supplier, id: fixers, attributes: {service_desk: "https://fixers.example.org"}}
"""


def ranked(found: Triage) -> list[tuple[str, ...]]:
    return [tuple(cause.id for cause in one.causes) for one in found.explanations]


def test_the_fewest_causes_come_first_then_what_is_contradicted_least() -> None:
    found = triage(inventory(SITE), ["web-1", "web-2"], most=9)
    assert ranked(found)[0] == ("rack",)
    assert set(ranked(found)[1:]) == {("hv-1", "hv-2"), ("hv-1", "web-2"), ("hv-2", "web-1"), ("web-1", "web-2")}
    assert ranked(found)[1] == ("web-1", "web-2")
    first = found.explanations[0]
    assert [hit.id for hit in first.silent] == ["hv-1", "hv-2", "mail", "rack", "reports", "sales", "shop"]
    assert (first.fit, found.complete_to_size, found.whole, found.more) == (2 / 9, 3, True, 0)


def test_each_alarm_is_proved() -> None:
    found = triage(inventory(SITE), ["sales", "web-2"])
    steps = {hit.id: [step.target for step in hit.via] for hit in found.explanations[0].explains}
    assert ranked(found)[0] == ("rack",)
    assert steps == {"sales": ["shop", "web-1", "hv-1", "rack"], "web-2": ["hv-2", "rack"]}


def test_silence_of_what_nobody_monitors_says_nothing() -> None:
    watched = SITE + "- {kind: application, id: eyes}\n"
    for ci in ("web-1", "web-2", "hv-1"):
        watched = watched.replace(f"id: {ci}, relations: {{", f"id: {ci}, relations: {{monitored_by: eyes, ")
    first = triage(inventory(watched), ["web-1", "web-2"]).explanations[0]
    assert [hit.id for hit in first.silent] == ["hv-1"]


def evidence(**kinds: str) -> Evidences:
    return {
        ci.replace("_", "-"): (Evidence("changed" if kind == "changed" else "drifted", "x"),)
        for ci, kind in kinds.items()
    }


@pytest.mark.parametrize("kind", ["changed", "drifted"])
def test_what_was_changed_or_has_drifted_ranks_higher_among_as_many(kind: str) -> None:
    declared = inventory(SITE)
    plain = ranked(triage(declared, ["shop"], most=1))
    found = triage(declared, ["shop"], evidence=lambda _: evidence(rack=kind), most=2)
    assert plain == [("shop",)]
    assert ranked(found) == [("rack",), ("shop",)]
    assert [one.kind for one in found.explanations[0].causes[0].evidence] == [kind]
    pairs = triage(declared, ["web-1", "web-2"], evidence=lambda _: evidence(hv_1=kind, hv_2=kind), most=2)
    assert ranked(pairs) == [("rack",), ("hv-1", "hv-2")]


def test_services_by_priority_with_what_was_agreed() -> None:
    services = triage(inventory(SITE), ["web-1", "web-2"]).explanations[0].services
    assert [(one.id, one.priority, one.status) for one in services] == [
        ("sales", 1, Status.DOWN),
        ("mail", 4, Status.DEGRADED),
        ("reports", 4, Status.DOWN),
    ]
    assert dict(services[0].agreed) == {"resolution_time_target": 4 * 3600}
    assert dict(services[-1].agreed) == {"response_time_target": 3600}


@pytest.mark.parametrize(
    ("criticality", "down", "degraded"),
    [("critical", 1, 2), ("high", 2, 3), ("medium", 3, 4), (None, 3, 4), ("low", 4, 4)],
)
def test_priorities(criticality: str | None, down: int, degraded: int) -> None:
    assert priority(criticality, Status.DOWN) == down
    assert priority(criticality, Status.DEGRADED) == degraded


def test_whom_to_call_at_each_tier() -> None:
    calls = triage(inventory(SITE), ["web-1", "web-2"], most=1).explanations[0].calls
    assert [(call.tier, call.id, call.reasons, dict(call.ways), call.unlisted) for call in calls] == [
        (1, "desk", ("supports sales",), {"phone": "1", "email": "desk@example.org"}, False),
        (2, "team-dc", ("owns rack",), {"on_call": "2", "chat": "#dc"}, False),
        (3, "desk", ("supports mail",), {"phone": "1", "email": "desk@example.org"}, False),
        (
            3,
            "fixers",
            ("covers rack by care (number C-7, Mon-Fri, answers within 1h30m)",),
            {"service_desk": "https://fixers.example.org"},
            False,
        ),
        (3, "racks-inc", ("supplies rack",), {}, False),
    ]


def test_an_owner_that_is_no_ci_is_named_all_the_same() -> None:
    (call,) = triage(inventory("{kind: server, id: a, owner: Robin}"), ["a"]).explanations[0].calls
    assert (call.id, call.unlisted) == ("Robin", True)


def test_former_ids_wrong_ids_and_what_does_not_serve() -> None:
    declared = inventory(SITE)
    found = triage(declared, ["old-shop", "spare"])
    assert found.alarming == ("shop", "spare")
    assert ranked(found)[0] == ("shop",)
    assert [note.split(",")[0] for note in found.notes] == [
        "'old-shop' is a former id of 'shop'",
        "'spare' is planned and does not serve",
    ]
    assert triage(declared, ["spare"]).explanations == ()
    assert ranked(triage(declared, ["spare"], include=["planned"])) == [("spare",)]
    with pytest.raises(CmdbError, match="there is no CI 'shpo'"):
        triage(declared, ["shpo"])


@settings(max_examples=60, deadline=None)
@given(inventories(), st.data())
def test_every_explanation_explains_and_none_is_too_large(declared: Inventory, data: st.DataObject) -> None:
    alarming = data.draw(st.lists(st.sampled_from(list(declared)), min_size=1, unique=True))
    found = triage(declared, alarming, most=50)
    for one in found.explanations:
        ids = [cause.id for cause in one.causes]
        hit = impact(declared, ids)
        assert all(hit[each.id].status >= Status.DEGRADED for each in (*one.explains, *one.silent))
        assert {each.id for each in one.explains} == {ci for ci in alarming if declared[ci].serves}
        if found.whole:
            for left in ids:
                fewer = impact(declared, [each for each in ids if each != left])
                assert not all(fewer[each.id].status >= Status.DEGRADED for each in one.explains)


BEFORE = "- {kind: server, id: a, attributes: {memory: 1 GiB}}\n- {kind: server, id: b}\n"


def test_commits_that_changed_a_ci_are_evidence(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.commit({"cmdb.yaml": "name: x\n", "inventory/a.yaml": BEFORE}, date="2026-01-01T00:00:00Z")
    commit = checkout.commit(
        {"inventory/a.yaml": BEFORE.replace("1 GiB", "2 GiB, vcpus: 4")}, date="2026-01-05T10:30:00Z"
    )
    checkout.commit(
        {"inventory/a.yaml": f"# words\n{BEFORE.replace('1 GiB', '2 GiB, vcpus: 4')}"}, date="2026-01-06T00:00:00Z"
    )
    workspace = Workspace.open(tmp_path, cache=False)
    steps = workspace.steps(datetime(2026, 1, 2, tzinfo=UTC))
    found = changed(workspace.inventory, frozenset({"a", "b"}), steps)
    assert {ci: [one.text for one in about] for ci, about in found.items()} == {
        "a": [f"changed by {commit[:9]} of 2026-01-05 10:30 UTC: attributes.memory, attributes.vcpus"]
    }


def test_deviations_are_evidence_unless_they_are_excused_or_nobody_looked() -> None:
    deviation = {
        "outcome": "deviating",
        "ci": "a",
        "path": "attributes.os",
        "expected": "1",
        "observed": "2",
        "excuse": None,
    }
    report: list[Mapping[str, Value]] = [
        deviation,
        {**deviation, "ci": "b", "outcome": "missing"},
        {**deviation, "ci": "c"},
        {**deviation, "ci": "d", "excuse": {"type": "waiver"}},
        {**deviation, "ci": "d", "outcome": "unobserved"},
        {**deviation, "ci": None, "outcome": "unmanaged"},
    ]
    found = drifted(frozenset({"a", "b", "d"}), report)
    assert {ci: [one.text for one in about] for ci, about in found.items()} == {
        "a": ["attributes.os deviates: expected 1, observed 2"],
        "b": ["missing in the last comparison"],
    }
    assert list(joined({"b": ()}, found)) == ["a", "b"]
