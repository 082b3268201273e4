"""What a deviation says to those who track findings, and where it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cmdb.model.drift import Candidate, CoverageRow, Demand, Deviation, DriftReport, Excuse
from cmdb.model.findings import Finding, Setting
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Related, Severity
from cmdb.model.snapshot import Coverage
from cmdb.views import drift
from cmdb.views.drift_findings import findings
from cmdb.views.drift_measures import measures

FILE = Location("inventory/a.yaml", 9, 1)
LINE = Location("inventory/a.yaml", 12, 5)
RULE = Location("baselines/b.yaml", 4, 3)


def found(deviation: Deviation) -> Finding:
    report = DriftReport((deviation,))
    place = {"a": FILE, "b": LINE}.get
    (finding,) = findings(report, drift.payload(report), place, Setting()).found
    return finding


@pytest.mark.parametrize(
    ("deviation", "then"),
    [
        (Deviation("missing", "server", "presence", ci="a"), "a: looked for and not there"),
        (
            Deviation("unmanaged", "server", "presence", key="k", source="s", reason="known there as x"),
            "s: k (server): seen, and declared nowhere (known there as x)",
        ),
        (
            Deviation(
                "ambiguous",
                "server",
                "presence",
                key="k",
                source="s",
                candidates=(Candidate("a", ""), Candidate("b", "")),
            ),
            "s: k (server): may be one of these CIs, or none: a, b",
        ),
        (
            Deviation("unobserved", "server", "presence", ci="a", reason="suspected outage"),
            "a: not seen, so nobody knows (suspected outage)",
        ),
        (
            Deviation("unobserved", "server", "attributes.x", ci="a"),
            "a: attributes.x: not seen, so nobody knows",
        ),
        (
            Deviation("deviating", "server", "owner", ci="a", expected="ops", observed=None, source="s"),
            "a: owner: expected ops, observed nothing, seen by s",
        ),
        (
            Deviation(
                "deviating",
                "server",
                "attributes.memory",
                ci="a",
                expected=1024,
                observed=2048,
                said="2 KiB",
                demanded_by=(Demand(None, 1024, Severity.ERROR, LINE, "1 KiB"),),
            ),
            "a: attributes.memory: expected 1 KiB, observed 2 KiB",
        ),
        (
            Deviation("deviating", "server", "name", ci="a", expected="x" * 200, observed="y" * 201),
            f"a: name: expected {'x' * 200}, observed {'y' * 199}…",
        ),
    ],
)
def test_messages(deviation: Deviation, then: str) -> None:
    assert found(deviation).problem.message == then


@pytest.mark.parametrize(
    ("deviation", "where", "related"),
    [
        (Deviation("missing", "server", "presence", ci="a"), FILE, ()),
        (Deviation("missing", "server", "presence", ci="gone"), None, ()),
        (Deviation("unmanaged", "server", "presence", key="k", source="s"), None, ()),
        (
            Deviation(
                "deviating",
                "server",
                "attributes.x",
                ci="a",
                demanded_by=(
                    Demand("base", 1, Severity.ERROR),
                    Demand("hard", 1, Severity.ERROR, RULE),
                    Demand(None, 1, Severity.ERROR, LINE),
                ),
            ),
            RULE,
            (Related("declared here too", LINE),),
        ),
        (
            Deviation(
                "deviating",
                "server",
                "attributes.x",
                ci="a",
                demanded_by=(Demand(None, 1, Severity.ERROR, LINE), Demand("hard", 1, Severity.ERROR, RULE)),
            ),
            LINE,
            (Related("demanded here too, by hard", RULE),),
        ),
        (
            Deviation("ambiguous", "server", "presence", candidates=(Candidate("a", ""), Candidate("gone", ""))),
            None,
            (Related("a", FILE),),
        ),
    ],
)
def test_places(deviation: Deviation, where: Location | None, related: tuple[Related, ...]) -> None:
    problem = found(deviation).problem
    assert (problem.where, problem.related) == (where, related)


def test_fingerprints_tell_apart_what_differs_and_nothing_else() -> None:
    value = Deviation(
        "deviating",
        "server",
        "attributes.x",
        ci="a",
        expected=1,
        observed=2,
        demanded_by=(Demand(None, 1, Severity.ERROR, LINE),),
    )
    moved = Deviation(
        "deviating",
        "server",
        "attributes.x",
        ci="a",
        expected=1,
        observed=3,
        demanded_by=(Demand(None, 1, Severity.ERROR, FILE),),
    )
    others = [
        Deviation("deviating", "server", "attributes.y", ci="a"),
        Deviation("deviating", "server", "attributes.x", ci="b"),
        Deviation("unobserved", "server", "attributes.x", ci="a"),
        Deviation("unmanaged", "server", "presence", key="k", source="s"),
        Deviation("unmanaged", "server", "presence", key="l", source="s"),
        Deviation("unmanaged", "server", "presence", key="k", source="t"),
    ]
    assert found(value).problem.fingerprint == found(moved).problem.fingerprint
    assert len({found(each).problem.fingerprint for each in (value, *others)}) == 7


@pytest.mark.parametrize(
    ("excuse", "then"),
    [
        (None, ""),
        (Excuse("pending"), "pending"),
        (Excuse("waiver", "why", "ops", date(2027, 1, 1)), "waiver, approved by ops, until 2027-01-01: why"),
    ],
)
def test_excuses(excuse: Excuse | None, then: str) -> None:
    finding = found(Deviation("deviating", "server", "owner", ci="a", excuse=excuse))
    assert (finding.excuse, finding.known) == (then, True)


def test_what_nobody_saw_is_not_known() -> None:
    assert found(Deviation("unobserved", "server", "owner", ci="a")).known is False


def test_problems_and_what_is_in_sync_stand_beside_deviations() -> None:
    report = DriftReport(
        outcomes={"a": "in_sync", "b": "missing"}, problems=(Problem("p", "wrong"),), incomplete=("x",)
    )
    made = findings(report, drift.payload(report), lambda _: None, Setting())
    assert [(finding.problem, finding.data) for finding in made.found] == [
        (Problem("p", "wrong"), Problem("p", "wrong").data)
    ]
    assert (made.passed, made.incomplete) == ((("in_sync", "a"),), ("x",))


def test_measures_leave_out_what_is_excused_and_unseen() -> None:
    report = DriftReport(
        (
            Deviation("deviating", "server", "x", ci="a", severity=Severity.CRITICAL),
            Deviation("deviating", "server", "y", ci="a", excuse=Excuse("waiver")),
            Deviation("unobserved", "server", "z", ci="a"),
        ),
        (CoverageRow("s", Coverage("kind=server", ("*",), "partial")),),
        problems=(Problem("p", "wrong", Severity.WARNING),),
        untracked=7,
        unjudged=8,
        unobserved_values=9,
    )
    setting = Setting("shop", as_of=datetime(2026, 11, 1, tzinfo=UTC))
    counted = {
        (measure.name, *(value for name, value in labels if name != "workspace")): value
        for measure in measures(report, drift.summary(report), "clean", setting)
        for labels, value in measure.samples
        if value
    }
    assert counted == {
        ("cmdb_drift_last_run_timestamp_seconds",): 1793491200.0,
        ("cmdb_drift_complete",): 1,
        ("cmdb_drift_status", "clean"): 1,
        ("cmdb_drift_deviations", "deviating", "critical"): 1,
        ("cmdb_drift_excused",): 1,
        ("cmdb_drift_problems", "warning"): 1,
        ("cmdb_drift_untracked_cis",): 7,
        ("cmdb_drift_unjudged",): 8,
        ("cmdb_drift_unobserved_values",): 9,
        ("cmdb_drift_coverage", "s", "partial"): 1,
    }
