"""What holds of every verdict, whatever was declared and seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.model.baseline import Waiver
from cmdb.model.ci import CI
from cmdb.model.drift import Deviation, DriftReport
from cmdb.model.keypath import KeyPath, parse_path
from cmdb.model.snapshot import Coverage, CoverageStatus, Run
from cmdb.model.value import Value, same
from cmdb.testing.drift import Scene, scenes
from cmdb.views import drift

LAW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
WORSE: Mapping[CoverageStatus, tuple[CoverageStatus, ...]] = {
    "complete": ("complete", "partial", "failed"),
    "partial": ("partial", "failed"),
    "failed": ("failed",),
}


@LAW
@given(scenes(sources=3))
def test_every_tracked_ci_has_exactly_one_outcome_and_it_is_the_worst(scene: Scene) -> None:
    report = scene.judge()
    assert len(report.outcomes) + report.untracked == len(scene.inventory)
    for name, outcome in report.outcomes.items():
        counting = {found.outcome for found in report.deviations if found.ci == name and found.excuse is None}
        worst = [word for word in ("missing", "ambiguous", "deviating", "unobserved", "in_sync") if word in counting]
        assert outcome == (worst or ["in_sync"])[0]
    assert {found.ci for found in report.deviations} <= {*report.outcomes, None}
    summary = drift.summary(report)
    assert sum(summary[word] for word in ("in_sync", "deviating", "missing", "ambiguous", "unobserved")) == len(
        report.outcomes
    )


@LAW
@given(scenes(sources=3))
def test_there_is_one_deviation_for_each_ci_and_path(scene: Scene) -> None:
    keys = [
        (found.ci, found.source if found.ci is None else "", found.key if found.ci is None else "", found.path)
        for found in scene.judge().deviations
    ]
    assert len(keys) == len(set(keys))


@LAW
@given(scenes(sources=3), st.data())
def test_neither_order_nor_sharding_matters(scene: Scene, data: st.DataObject) -> None:
    shards: list[Run] = []
    for run in scene.snapshot.runs:
        seen, lines = data.draw(st.permutations(run.observations)), data.draw(st.permutations(run.coverage))
        cut, split = data.draw(st.integers(0, len(seen))), data.draw(st.integers(0, len(lines)))
        shards.append(replace(run, coverage=tuple(lines[:split]), observations=tuple(seen[:cut])))
        shards.append(replace(run, coverage=tuple(lines[split:]), observations=tuple(seen[cut:])))
    assert scene.seeing(*data.draw(st.permutations(shards))).judge() == scene.judge()


@LAW
@given(scenes(sources=2), st.data())
def test_a_source_that_claims_less_turns_nothing_into_missing_or_in_sync(scene: Scene, data: st.DataObject) -> None:
    runs = []
    for run in scene.snapshot.runs:
        lines = tuple(replace(line, status=data.draw(st.sampled_from(WORSE[line.status]))) for line in run.coverage)
        runs.append(replace(run, coverage=lines, ended=run.ended and data.draw(st.booleans())))
    _nothing_became_certain(scene.judge(), scene.seeing(*runs).judge())


@LAW
@given(scenes(sources=1), st.data())
def test_a_source_that_sees_less_turns_nothing_into_missing_or_in_sync(scene: Scene, data: st.DataObject) -> None:
    (run,) = scene.snapshot.runs
    named = tuple(sorted({name for seen in run.observations for name in seen.attributes}))
    blind = Coverage("kind", ("*", *named), "failed", "went blind")
    kept = [seen for seen in run.observations if data.draw(st.booleans())]
    less = [
        replace(seen, attributes={name: item for name, item in seen.attributes.items() if data.draw(st.booleans())})
        for seen in kept
    ]
    before = scene.seeing(replace(run, coverage=(*run.coverage, replace(blind, status="complete", attributes=named))))
    after = scene.seeing(replace(run, coverage=(*run.coverage, blind), observations=tuple(less)))
    _nothing_became_certain(before.judge(), after.judge())


def _nothing_became_certain(before: DriftReport, after: DriftReport) -> None:
    """Where sources contradicted each other, the word of the other one counts once the first falls silent."""
    assert before.outcomes.keys() == after.outcomes.keys()
    contested = {problem.ci for problem in before.problems if problem.code == "contested"}
    for name, outcome in after.outcomes.items():
        assert name in contested or outcome not in ("missing", "in_sync") or before.outcomes[name] == outcome, name
    assert not before.incomplete or after.incomplete


@LAW
@given(scenes(), st.data())
def test_a_waiver_excuses_its_own_value_and_never_another(scene: Scene, data: st.DataObject) -> None:
    report = scene.judge()
    deviating = [found for found in report.deviations if found.outcome == "deviating"]
    if not deviating:
        return
    found = data.draw(st.sampled_from(deviating))
    pinned = data.draw(st.sampled_from([item.observed for item in deviating] + [None, "another"]))
    waiver = Waiver(parse_path(found.path), pinned, ci=found.ci, reason="x", expires=date(2027, 1, 1))
    after = replace(scene, baselines=replace(scene.baselines, waivers=(waiver,))).judge()
    assert len(after.deviations) == len(report.deviations)
    for one, other in zip(report.deviations, after.deviations, strict=True):
        whole = one.ci == found.ci and one.path.startswith(f"{found.path}.") and same(pinned, found.observed)
        hit = whole or (one == found and (same(pinned, one.observed) or _alike(pinned, one)))
        assert (other.excuse is not None) is hit


def _alike(pinned: Value, found: Deviation) -> bool:
    """Whether both are ways to write one kernel version."""
    return found.path == "attributes.kernel" and {pinned, found.observed} == {"6.1", "6.1.0"}


@LAW
@given(scenes())
def test_what_was_seen_once_accepted_deviates_no_more(scene: Scene) -> None:
    scene = replace(scene, baselines=replace(scene.baselines, baselines=()))
    accepted = dict(scene.inventory.cis)
    for found in scene.judge().deviations:
        if found.outcome == "deviating" and found.ci is not None:
            accepted[found.ci] = _declaring(accepted[found.ci], parse_path(found.path), found.observed)
    again = scene.declaring(*accepted.values()).judge()
    left = [found for found in again.deviations if found.outcome == "deviating"]
    live = {name for name, ci in scene.inventory.items() if ci.lifecycle != "retired"}
    assert [found for found in left if found.ci in live] == []


def _declaring(ci: CI, path: KeyPath, observed: Value) -> CI:
    if path == ("lifecycle",):
        return replace(ci, lifecycle=observed)
    name, *rest = (str(segment) for segment in path[1:])
    value = ci.attributes.get(name)
    if rest and isinstance(value, tuple):
        kept = tuple(item for item in value if str(item) != rest[0])
        value = kept if observed is None else tuple(sorted((*kept, observed)))
    elif rest and isinstance(value, Mapping):
        value = {key: item for key, item in value.items() if key != rest[0]}
        value |= {} if observed is None else {rest[0]: observed}
    else:
        value = observed
    return replace(
        ci, attributes={key: item for key, item in {**ci.attributes, name: value}.items() if item is not None}
    )


@LAW
@given(scenes(sources=3))
def test_the_answer_can_always_be_shown(scene: Scene) -> None:
    from cmdb.model.answer import Answer, Screen
    from cmdb.render import json, text

    report = scene.judge()
    answer = Answer("drift", "clean", lambda: drift.document(report), lambda: drift.payload(report))
    shown = " ".join(text.render(answer, Screen(80)).split())
    assert all(name in shown for name, outcome in report.outcomes.items() if outcome != "in_sync")
    assert ("NOT everything was seen" in shown) is bool(report.incomplete)
    assert json.render(answer, Screen()) == json.render(answer, Screen())


@pytest.mark.parametrize("trust", [False, True])
@LAW
@given(scene=scenes())
def test_trusting_removals_only_ever_finds_more_missing(trust: bool, scene: Scene) -> None:
    report, other = scene.judge(), scene.judge(trust_removals=trust)
    gone = {name for name, outcome in report.outcomes.items() if outcome == "missing"}
    assert gone <= {name for name, outcome in other.outcomes.items() if outcome == "missing"}
