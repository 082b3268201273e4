"""Which baselines hold for a CI, and which replace which."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cmdb.testing.drift import drift


def demands(baselines: str, **more: Any) -> list[tuple[str | None, object]]:
    """Who demands what of the kernel, all of it failing."""
    cis = "{kind: server, id: a, environment: test}"
    seen = "seen: [{key: a, attributes: {kernel: '0'}}]"
    report = drift(cis, seen, baselines=baselines, **more)
    return [(demand.baseline, demand.expected) for found in report.deviations for demand in found.demanded_by]


PARENT = "- {baseline: parent, applies_to: kind=server, expect: {attributes.kernel: '1', attributes.os: {optional: true, equals: x}}}\n"


@pytest.mark.parametrize(
    ("baselines", "then"),
    [
        pytest.param(
            PARENT + "- {baseline: child, extends: parent, applies_to: environment=test, expect: {attributes.kernel: '2'}}",
            [("child", {"equals": "2"})],
            id="the child replaces its ancestors where both select",
        ),
        pytest.param(
            PARENT + "- {baseline: child, extends: parent, applies_to: environment=prod, expect: {attributes.kernel: '2'}}",
            [("parent", {"equals": "1"})],
            id="but not where it does not select",
        ),
        pytest.param(
            PARENT + "- {baseline: other, applies_to: environment=test, expect: {attributes.kernel: '2'}}",
            [("other", {"equals": "2"}), ("parent", {"equals": "1"})],
            id="unrelated baselines all hold",
        ),
        pytest.param(
            PARENT + "- {baseline: child, extends: parent, applies_to: environment=test}",
            [("parent", {"equals": "1"})],
            id="what is inherited unchanged is demanded once, by who wrote it",
        ),
        pytest.param(
            "- {baseline: t, expect: {attributes.kernel: '1'}}\n- {baseline: child, extends: t, applies_to: kind=server}",
            [("child", {"equals": "1"})],
            id="a template is demanded by who extends it",
        ),
        pytest.param("- {baseline: t, expect: {attributes.kernel: '1'}}", [], id="a template alone demands nothing"),
        pytest.param(
            "- {baseline: parent, applies_to: environment=test, expect: {attributes.kernel: '1'}}\n"
            "- {baseline: child, extends: parent, expect: {attributes.kernel: '2'}}",
            [("parent", {"equals": "1"})],
            id="applies_to is not inherited",
        ),
        pytest.param(
            PARENT
            + "- {baseline: mid, extends: parent, expect: {attributes.kernel: '2'}}\n"
            + "- {baseline: low, extends: [parent, mid], applies_to: kind=server}",
            [("low", {"equals": "2"})],
            id="of several ancestors the nearer one counts, in whatever order they are named",
        ),
        pytest.param(
            "- {baseline: x, expect: {attributes.kernel: '1'}}\n- {baseline: y, expect: {attributes.kernel: '2'}}\n"
            "- {baseline: low, extends: [y, x], applies_to: kind=server}",
            [("low", {"equals": "2"}), ("low", {"equals": "1"})],
            id="unrelated ancestors both hold",
        ),
        pytest.param(
            PARENT + "- {baseline: child, extends: parent, applies_to: kind=server, effective: 2026-11-02, expect: {attributes.kernel: '2'}}",
            [("parent", {"equals": "1"})],
            id="a child that is not in force replaces nothing",
        ),
    ],
)  # fmt: skip
def test_inheritance(baselines: str, then: list[tuple[str, object]]) -> None:
    assert demands(baselines) == then


@pytest.mark.parametrize(
    ("day", "judged"), [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)]
)
def test_a_baseline_is_judged_from_effective_to_expires(day: str, judged: bool) -> None:
    baseline = "{baseline: b, applies_to: kind=server, effective: 2026-11-01, expires: 2026-11-30, expect: {attributes.kernel: '1'}}"
    moment = datetime.fromisoformat(f"{day}T23:59:59.999999").replace(tzinfo=UTC)
    assert bool(demands(baseline, as_of=moment, config="drift: {max_age: 365d}")) is judged


def test_the_selector_reads_declared_values_only() -> None:
    baseline = "{baseline: b, applies_to: attributes.os=debian, expect: {attributes.kernel: '1'}}"
    seen = "seen: [{key: a, attributes: {os: debian, kernel: '0'}}]"
    assert drift("{kind: server, id: a}", seen, baselines=baseline).deviations == ()


def test_a_circle_is_a_problem_and_everybody_still_demands_something() -> None:
    baselines = """
    - {baseline: x, extends: [y, x], applies_to: kind=server, expect: {attributes.kernel: "1"}}
    - {baseline: y, extends: [x, z], expect: {attributes.kernel: "2"}}
    """
    report = drift("{kind: server, id: a}", "seen: [{key: a, attributes: {kernel: '0'}}]", baselines=baselines)
    assert sorted(problem.code for problem in report.problems) == [
        "baseline-cycle",
        "baseline-cycle",
        "unknown-baseline",
    ]
    assert report.outcomes == {"a": "deviating"}


def test_a_wrong_selector_is_a_problem() -> None:
    report = drift("{kind: server, id: a}", "seen: [{key: a}]", baselines="{baseline: b, applies_to: knd=x}")
    assert [problem.code for problem in report.problems] == ["empty-selection"]
