"""Drift and change together: what an approved change explains, and what of it nobody made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.model.drift import Deviation, DriftReport, Standing
from cmdb.model.filed_change import ApprovalAsked, Consent, FiledChange, Move, Plan, State
from cmdb.model.problem import Severity
from cmdb.model.value import Value
from cmdb.testing.drift import Scene, drift, scenes

SEEN_AT = datetime(2026, 11, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOWS = {
    "before": Plan(SEEN_AT + HOUR, SEEN_AT + 2 * HOUR),
    "in": Plan(SEEN_AT - HOUR, SEEN_AT + HOUR),
    "after": Plan(SEEN_AT - 2 * HOUR, SEEN_AT - HOUR),
}
"""By when the snapshot was taken."""


def record(
    *changes: dict[str, Value], window: Plan | None = WINDOWS["in"], state: State = "approved", name: str = "chg-1"
) -> FiledChange:
    given_ = Consent("bob", SEEN_AT - 5 * HOUR)
    moves = [Move("proposed", "ada", SEEN_AT - 6 * HOUR), Move(state, "bob", SEEN_AT - 5 * HOUR)]
    return FiledChange(
        name,
        "More memory",
        state,
        planned=window,
        approvals=(ApprovalAsked("team-web", given=given_),),
        history=tuple(moves),
        content={"changes": changes},
    )


def change(ci: str = "web-1", action: str = "changed", **rest: Value) -> dict[str, Value]:
    return {"id": ci, "kind": "server", "action": action, **rest}


def value(path: str, before: Value, after: Value) -> dict[str, Value]:
    return change(attributes=({"path": path, "before": before, "after": after},))


MEMORY = value("attributes.memory", 32 * 2**30, 64 * 2**30)
"""The change of the tables: from 32 GiB to 64 GiB."""


def cis(memory: str) -> str:
    return f"{{kind: server, id: web-1, attributes: {{memory: {memory}}}}}"


def seen(memory: str) -> str:
    return f"""\
        source: hosts
        coverage: [{{status: complete, attributes: ['*', memory]}}]
        seen: [{{kind: server, key: web-1, attributes: {{memory: {memory}}}}}]
    """


ABSENT = "source: hosts\ncoverage: [{status: complete}]\nseen: []\n"


def only(report: DriftReport) -> Deviation:
    (found,) = report.deviations
    return found


def standing(found: Deviation) -> tuple[Standing | None, bool]:
    return (found.change.standing if found.change else None), found.counts


@pytest.mark.parametrize(
    ("declared", "observed", "when", "expected"),
    [
        # Made before it is declared.
        ("32 GiB", "64 GiB", "in", ("authorised", False)),
        ("32 GiB", "64 GiB", "before", ("unauthorised", True)),
        ("32 GiB", "64 GiB", "after", ("late", True)),
        # Declared before it is made.
        ("64 GiB", "32 GiB", "before", ("planned", False)),
        ("64 GiB", "32 GiB", "in", ("planned", False)),
        ("64 GiB", "32 GiB", "after", ("not_implemented", True)),
        # Something else altogether.
        ("32 GiB", "16 GiB", "in", (None, True)),
        ("64 GiB", "16 GiB", "after", (None, True)),
    ],
)
def test_a_deviation_is_what_the_window_makes_of_it(
    declared: str, observed: str, when: str, expected: tuple[Standing | None, bool]
) -> None:
    report = drift(cis(declared), seen(observed), records=[record(MEMORY, window=WINDOWS[when])])
    found = only(report)
    assert standing(found) == expected
    assert (found.excuse is None) is expected[1]
    if found.excuse is not None:
        assert (found.excuse.type, found.excuse.approved_by) == ("window", "team-web")
    not_made = expected[0] == "not_implemented" or (observed == "16 GiB" and when == "after")
    assert [one.path for one in report.not_implemented] == (["attributes.memory"] if not_made else [])
    assert report.outcomes["web-1"] == ("deviating" if expected[1] else "in_sync")


@pytest.mark.parametrize(
    ("state", "window", "expected"),
    [
        ("proposed", "in", (None, True)),
        ("rejected", "in", (None, True)),
        ("reviewed", "in", (None, True)),
        ("closed", "in", (None, True)),
        ("implemented", "in", ("authorised", False)),
        ("implemented", "after", ("late", True)),
    ],
)
def test_only_a_change_that_is_approved_and_alive_explains(
    state: State, window: str, expected: tuple[Standing | None, bool]
) -> None:
    report = drift(cis("32 GiB"), seen("64 GiB"), records=[record(MEMORY, window=WINDOWS[window], state=state)])
    assert standing(only(report)) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Plan(SEEN_AT - HOUR, SEEN_AT), "authorised"),
        (Plan(SEEN_AT, SEEN_AT + HOUR), "authorised"),
        (Plan(SEEN_AT - HOUR, SEEN_AT - timedelta(seconds=1)), "late"),
        (Plan(SEEN_AT + timedelta(seconds=1), SEEN_AT + HOUR), "unauthorised"),
    ],
)
def test_both_ends_of_a_window_belong_to_it(window: Plan, expected: Standing) -> None:
    report = drift(cis("32 GiB"), seen("64 GiB"), records=[record(MEMORY, window=window)])
    assert standing(only(report))[0] == expected


def test_an_emergency_that_nobody_approved_yet_explains_nothing() -> None:
    done = record(MEMORY, state="implemented")
    lacking = replace(done, type="emergency", approvals=(ApprovalAsked("team-web"),))
    assert standing(only(drift(cis("32 GiB"), seen("64 GiB"), records=[lacking]))) == (None, True)


def test_without_a_plan_a_change_may_be_made_once_it_is_approved_and_is_never_due() -> None:
    made = drift(cis("32 GiB"), seen("64 GiB"), records=[record(MEMORY, window=None)])
    assert standing(only(made)) == ("authorised", False)
    not_made = drift(cis("64 GiB"), seen("32 GiB"), records=[record(MEMORY, window=None)])
    assert standing(only(not_made)) == (None, True)
    assert not_made.not_implemented == ()


def test_what_was_made_in_time_is_not_told() -> None:
    report = drift(cis("64 GiB"), seen("64 GiB"), records=[record(MEMORY, window=WINDOWS["after"])])
    assert (report.deviations, report.not_implemented) == ((), ())


def test_what_nobody_looked_at_is_neither_made_nor_not() -> None:
    blind = "source: hosts\ncoverage: [{status: partial}]\nseen: []\n"
    report = drift(cis("64 GiB"), blind, records=[record(MEMORY, window=WINDOWS["after"])])
    assert report.not_implemented == ()


def test_an_undone_change_says_whose_it_is_and_weighs_what_the_settings_say() -> None:
    undone = record(MEMORY, window=WINDOWS["after"])
    (one,) = drift(cis("64 GiB"), seen("32 GiB"), records=[undone]).not_implemented
    assert (one.record, one.ci, one.path, one.expected, one.observed, one.severity) == (
        "chg-1",
        "web-1",
        "attributes.memory",
        64 * 2**30,
        32 * 2**30,
        Severity.WARNING,
    )
    config = "drift: {severity: {not_implemented: critical, deviating: note}}\n"
    report = drift(cis("64 GiB"), seen("32 GiB"), records=[undone], config=config)
    assert (report.not_implemented[0].severity, report.worst) == (Severity.CRITICAL, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("when", "expected"), [("before", (None, True)), ("in", ("authorised", False)), ("after", (None, True))]
)
def test_a_ci_that_is_being_changed_may_be_missing_meanwhile(when: str, expected: tuple[Standing | None, bool]) -> None:
    report = drift(cis("32 GiB"), ABSENT, records=[record(MEMORY, window=WINDOWS[when])])
    found = only(report)
    assert (found.outcome, standing(found)) == ("missing", expected)


ADDED = change("web-2", "added", attributes=({"path": "attributes.hostname", "after": "web-2.example.org"},))
REMOVED = change("web-2", "removed", attributes=({"path": "attributes.hostname", "before": "web-2.example.org"},))
RETIRED = change("web-2", attributes=({"path": "lifecycle", "before": "live", "after": "retired"},))
LIVE = change("web-2", attributes=({"path": "lifecycle", "before": "planned", "after": "live"},))
OTHER = "- {kind: server, id: web-1}\n"
BOTH = OTHER + "- {kind: server, id: web-2}\n"
ONE_SEEN = "source: hosts\ncoverage: [{status: complete}]\nseen: [{kind: server, key: web-1}]\n"
BOTH_SEEN = """\
source: hosts
coverage: [{status: complete}]
seen: [{kind: server, key: web-1}, {kind: server, key: i-77, attributes: {hostname: WEB-2.example.org}}]
"""


@pytest.mark.parametrize(
    ("what", "declared", "snapshot", "outcome", "by_window"),
    [
        # Added: there before it is declared, or declared before it is there.
        (ADDED, OTHER, BOTH_SEEN, "unmanaged", ("unauthorised", "authorised", "late")),
        (ADDED, BOTH, ONE_SEEN, "missing", ("planned", "authorised", "not_implemented")),
        # Removed: gone before that is declared, or declared gone and still there.
        (REMOVED, BOTH, ONE_SEEN, "missing", ("unauthorised", "authorised", "late")),
        (REMOVED, OTHER, BOTH_SEEN, "unmanaged", ("planned", "planned", "not_implemented")),
        # The same by lifecycle.
        (RETIRED, BOTH, ONE_SEEN, "missing", ("unauthorised", "authorised", "late")),
        (RETIRED, BOTH.replace("web-2}", "web-2, lifecycle: retired}"), BOTH_SEEN, "deviating", ("planned", "planned", "not_implemented")),
        (LIVE, BOTH, ONE_SEEN, "missing", ("planned", "authorised", "not_implemented")),
        (LIVE, BOTH.replace("web-2}", "web-2, lifecycle: planned}"), BOTH_SEEN, "deviating", ("unauthorised", "authorised", "late")),
    ],
)  # fmt: skip
def test_presence_is_a_value_like_any_other(
    what: dict[str, Value], declared: str, snapshot: str, outcome: str, by_window: tuple[str, ...]
) -> None:
    found = [only(drift(declared, snapshot, records=[record(what, window=window)])) for window in WINDOWS.values()]
    assert {one.outcome for one in found} == {outcome}
    assert [one.change.standing if one.change else None for one in found] == list(by_window)


def test_something_unlike_what_is_added_stays_unmanaged() -> None:
    stranger = BOTH_SEEN.replace("WEB-2", "web-3")
    assert standing(only(drift(OTHER, stranger, records=[record(ADDED)]))) == (None, True)


RELATED = """\
- kind: server
  id: web-1
  relations: {connects_to: SWITCH}
- {kind: network_device, id: sw-1}
- {kind: network_device, id: sw-2}
"""
SWITCHED = """\
source: hosts
coverage: [{status: complete, scope: 'id=web-1', attributes: ['*', relations.connects_to]}]
seen:
  - kind: server
    key: web-1
    relations: {connects_to: [{kind: network_device, key: sw-2}]}
"""


def test_a_relation_that_is_moved_is_explained_target_by_target() -> None:
    moved = change(
        relations=(
            {"type": "connects_to", "action": "removed", "target": "sw-1", "before": {"to": "sw-1"}},
            {"type": "connects_to", "action": "added", "target": "sw-2", "after": {"to": "sw-2"}},
        )
    )
    report = drift(RELATED.replace("SWITCH", "sw-1"), SWITCHED, records=[record(moved)])
    assert [(one.path, *standing(one)) for one in report.deviations] == [
        ("relations.connects_to.sw-1", "authorised", False),
        ("relations.connects_to.sw-2", "authorised", False),
    ]


def test_of_several_records_the_best_explanation_counts() -> None:
    late = record(MEMORY, window=WINDOWS["after"], name="chg-0")
    report = drift(cis("32 GiB"), seen("64 GiB"), records=[late, record(MEMORY)])
    found = only(report)
    assert found.change is not None and (found.change.record, found.change.standing) == ("chg-1", "authorised")


def test_an_element_of_a_set_is_explained_by_the_whole_set() -> None:
    ports = value("attributes.listening_ports", (22,), (22, 443))
    text = "{kind: server, id: web-1, attributes: {listening_ports: [22]}}"
    report = drift(text, seen("1").replace("memory: 1", "listening_ports: [22, 443]"), records=[record(ports)])
    assert [standing(one) for one in report.deviations] == [("authorised", False)]


@settings(max_examples=40, deadline=None)
@given(scenes(), st.data())
def test_records_add_no_deviation_and_hide_none(scene: Scene, data: st.DataObject) -> None:
    plain = scene.judge()
    changes = tuple(
        {"id": one.ci, "kind": one.kind, "action": "changed", "attributes": ({"path": one.path, "before": one.expected, "after": one.observed},)}
        for one in plain.deviations
        if one.ci and one.outcome == "deviating"
    )  # fmt: skip
    window = data.draw(st.sampled_from(list(WINDOWS.values())))
    states: tuple[State, ...] = ("proposed", "approved", "closed")
    state = data.draw(st.sampled_from(states))
    judged = scene.judge(records=[record(*changes, window=window, state=state)])
    assert [(one.outcome, one.ci, one.path, one.severity) for one in judged.deviations] == [
        (one.outcome, one.ci, one.path, one.severity) for one in plain.deviations
    ]
    if state != "approved":
        assert [one.excuse for one in judged.deviations] == [one.excuse for one in plain.deviations]
