"""Merged, and not rolled out yet: real Git histories, and what `drift` makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmdb.model.ci import CI
from cmdb.model.drift import DriftReport
from cmdb.model.inventory import Inventory
from cmdb.model.location import Place
from cmdb.model.snapshot import Coverage, Observation, Reference, Run, Snapshot
from cmdb.model.step import Step
from cmdb.model.value import Value
from cmdb.reconciliation.pending import Rollout
from cmdb.sources.changes import changes
from cmdb.sources.repository import open_repository
from cmdb.testing.drift import shown
from cmdb.testing.repositories import Checkout, Files, write
from cmdb.workspace import Workspace

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
CONFIG = "sources: {hosts: {covers: kind=server}}\n"


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def history(root: Path, *commits: tuple[float, Files]) -> Checkout:
    """A repository with these files at these ages in days."""
    checkout = Checkout.create(root)
    for age, files in commits:
        checkout.commit({"cmdb.yaml": CONFIG, **files}, date=ago(age))
    return checkout


def judged(root: Path, seen: Mapping[str, Mapping[str, Value] | None], *, at: str | None = None, **more: Value) -> str:
    """The deviations, where these servers were seen with these attributes; absence counts."""
    return shown(report(root, seen, at=at, **more))


def report(
    root: Path, seen: Mapping[str, Mapping[str, Value] | None], *, at: str | None = None, as_of: datetime = NOW
) -> DriftReport:
    things = tuple(Observation("server", key, values) for key, values in seen.items() if values is not None)
    lines = (Coverage("kind=server", ("*", "relations.depends_on")),)
    run = Run("hosts", "1", started=as_of, finished=as_of, coverage=lines, observations=things)
    workspace = Workspace.open(root, cache=False)
    return (workspace.at(at) if at else workspace).drift(Snapshot((run,)), as_of)


def server(value: str, more: str = "") -> str:
    return f"kind: server\nid: a\n{more}attributes: {{os: {value}}}\n"


OLD = 'deviating a attributes.os: "new" -> "old" error'


@pytest.mark.parametrize(
    ("commits", "excused"),
    [
        pytest.param([(9, "old"), (1, "new")], True, id="changed yesterday"),
        pytest.param([(9, "old"), (2.9, "new")], True, id="within the grace"),
        pytest.param([(9, "old"), (3.1, "new")], False, id="longer ago than the grace"),
        pytest.param([(9, "old"), (2, "middle"), (1, "new")], False, id="the newest change is another"),
        pytest.param([(9, "other"), (1, "new")], False, id="it never was so"),
        pytest.param([(9, "old"), (1, "new"), (0.5, "new, model: x")], True, id="other changes of the file since"),
    ],
)
def test_the_observed_value_is_the_one_before_the_newest_young_change(
    tmp_path: Path, commits: list[tuple[float, str]], excused: bool
) -> None:
    history(tmp_path, *((age, {"inventory/a.yaml": server(value)}) for age, value in commits))
    found = report(tmp_path, {"a": {"os": "old"}})
    assert shown(found) == f"{OLD}{' pending' if excused else ''}\n"
    assert found.outcomes == {"a": "in_sync" if excused else "deviating"}


def test_the_excuse_names_the_commit_and_the_end_of_the_grace(tmp_path: Path) -> None:
    checkout = history(tmp_path, (9, {"inventory/a.yaml": server("old")}), (1, {"inventory/a.yaml": server("new")}))
    excuse = report(tmp_path, {"a": {"os": "old"}}).deviations[0].excuse
    assert excuse is not None
    commit = checkout.git("rev-parse", "HEAD")[:9]
    assert (
        excuse.reason == f"as it was before commit {commit} of 2026-11-09 12:00 UTC; the change is not rolled out yet"
    )
    assert str(excuse.expires) == "2026-11-12"


def test_the_grace_is_a_setting(tmp_path: Path) -> None:
    files = ({"inventory/a.yaml": server("old")}, {"inventory/a.yaml": server("new")})
    history(tmp_path, (9, files[0]), (1, {**files[1], "cmdb.yaml": f"{CONFIG}drift: {{pending_grace: 12h}}\n"}))
    assert judged(tmp_path, {"a": {"os": "old"}}) == f"{OLD}\n"


CASES: Mapping[str, tuple[Files, Files]] = {
    "a default": (
        {"inventory/web/_defaults.yaml": "attributes: {os: old}\n", "inventory/web/a.yaml": "kind: server\nid: a\n"},
        {"inventory/web/_defaults.yaml": "attributes: {os: new}\n"},
    ),
    "a default far above": (
        {"inventory/_defaults.yaml": "attributes: {os: old}\n", "inventory/web/b/a.yaml": "kind: server\nid: a\n"},
        {"inventory/_defaults.yaml": "attributes: {os: new}\n"},
    ),
    "a new default": (
        {"inventory/_defaults.yaml": "attributes: {os: old}\n", "inventory/web/a.yaml": "kind: server\nid: a\n"},
        {"inventory/web/_defaults.yaml": "attributes: {os: new}\n"},
    ),
    "a renamed file": (
        {"inventory/a.yaml": server("old")},
        {"inventory/a.yaml": None, "inventory/b.yaml": server("new")},
    ),
    "a file moved to other defaults": (
        {"inventory/x/_defaults.yaml": "attributes: {os: old}\n", "inventory/y/_defaults.yaml": "attributes: {os: new}\n",
         "inventory/x/a.yaml": "kind: server\nid: a\n"},
        {"inventory/x/a.yaml": None, "inventory/y/a.yaml": "kind: server\nid: a\n"},
    ),
    "a file split in two": (
        {"inventory/all.yaml": "- {kind: server, id: a, attributes: {os: old}}\n- {kind: server, id: b}\n"},
        {"inventory/all.yaml": "- {kind: server, id: b}\n", "inventory/a.yaml": server("new")},
    ),
    "a CI that got another id": (
        {"inventory/a.yaml": "kind: server\nid: former\nattributes: {os: old}\n"},
        {"inventory/a.yaml": server("new", "aliases: [former]\n")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_effective_values_are_compared_wherever_they_stand(tmp_path: Path, name: str) -> None:
    before, after = CASES[name]
    history(tmp_path, (9, before), (1, after))
    seen: dict[str, Mapping[str, Value] | None] = {"a": {"os": "old"}, "b": {}}
    assert f"{OLD} pending\n" in judged(tmp_path, seen)
    assert f"{OLD}\n" in judged(tmp_path, seen, as_of=NOW + timedelta(days=2.1))


def test_moving_a_file_changes_no_value(tmp_path: Path) -> None:
    files: list[Files] = [
        {"inventory/a.yaml": server("old")},
        {"inventory/a.yaml": server("new")},
        {"inventory/a.yaml": None, "inventory/b/a.yaml": server("new")},
    ]
    history(tmp_path, (9, files[0]), (2, files[1]), (1, files[2]))
    assert judged(tmp_path, {"a": {"os": "old"}}) == f"{OLD} pending\n"


@pytest.mark.parametrize(
    ("before", "after", "seen", "then"),
    [
        ("listening_ports: [22]", "listening_ports: [22, 80]", {"listening_ports": [22]}, "listening_ports.80: 80 -> null error pending"),
        ("listening_ports: [22, 80]", "listening_ports: [22]", {"listening_ports": [22, 80]}, "listening_ports.80: null -> 80 error pending"),
        ("listening_ports: [22]", "listening_ports: [22, 80]", {"listening_ports": [22, 443, 80]}, "listening_ports.443: null -> 443 error"),
        ("packages: {curl: 1}", "packages: {curl: 2}", {"packages": {"curl": "1"}}, 'packages.curl: "2" -> "1" error pending'),
        ("memory: 32 GiB", "memory: 64 GiB", {"memory": 33285996544}, "memory: 68719476736 -> 33285996544 error pending"),
        ("os: old", "os: old, model: x", {"os": "old", "model": None}, 'model: "x" -> null error pending'),
        ("os: old", "os: new", {"os": None}, 'os: "new" -> null error'),
    ],
)  # fmt: skip
def test_a_path_changes_on_its_own(
    tmp_path: Path, before: str, after: str, seen: Mapping[str, Value], then: str
) -> None:
    text = "kind: server\nid: a\nattributes: {%s}\n"
    history(
        tmp_path,
        (9, {"inventory/a.yaml": text.replace("%s", before)}),
        (1, {"inventory/a.yaml": text.replace("%s", after)}),
    )
    assert judged(tmp_path, {"a": seen}) == f"deviating a attributes.{then}\n"


def test_a_ci_that_is_new_may_still_be_missing(tmp_path: Path) -> None:
    history(tmp_path, (9, {"inventory/b.yaml": "kind: server\nid: b\n"}), (1, {"inventory/a.yaml": server("x")}))
    assert judged(tmp_path, {"b": {}}) == "missing a presence: true -> null error pending\n"
    assert (
        judged(tmp_path, {})
        == "missing a presence: true -> null error pending\nmissing b presence: true -> null error\n"
    )


def test_a_ci_that_went_live_may_still_be_missing_and_a_retired_one_still_there(tmp_path: Path) -> None:
    before = {"inventory/a.yaml": server("x", "lifecycle: planned\n"), "inventory/b.yaml": "kind: server\nid: b\n"}
    after = {"inventory/a.yaml": server("x"), "inventory/b.yaml": "kind: server\nid: b\nlifecycle: retired\n"}
    history(tmp_path, (9, before), (1, after))
    assert judged(tmp_path, {"b": {}}) == (
        'missing a presence: true -> null error pending\ndeviating b lifecycle: "retired" -> "live" error pending\n'
    )


def test_a_change_of_a_kind_changes_what_its_cis_say(tmp_path: Path) -> None:
    schema = "kinds: {server: {attributes: {shade: {type: set, of: %s}}}}\n"
    before = {"inventory/schema/k.yaml": schema.replace("%s", "integer")}
    after = {"inventory/schema/k.yaml": schema.replace("%s", "string")}
    text = "kind: server\nid: a\nattributes: {shade: [010]}\n"
    history(tmp_path, (9, {**before, "inventory/a.yaml": text}), (1, after))
    assert judged(tmp_path, {"a": {"shade": ["10"]}}) == (
        'deviating a attributes.shade.010: "010" -> null error pending\n'
        'deviating a attributes.shade.10: null -> "10" error\n'
    )


def test_what_never_was_live_is_not_waiting_to_be_retired(tmp_path: Path) -> None:
    before, after = (server("x", f"lifecycle: {word}\n") for word in ("planned", "retired"))
    history(tmp_path, (9, {"inventory/a.yaml": before}), (1, {"inventory/a.yaml": after}))
    assert judged(tmp_path, {"a": {}}) == 'deviating a lifecycle: "retired" -> "live" error\n'


def test_a_commit_as_old_as_the_grace_is_too_old_whatever_git_says() -> None:
    ci = CI("a", "server", attributes={"os": "new"}, place=Place("inventory/a.yaml"))
    past = Inventory((replace(ci, attributes={"os": "old"}),), Workspace.of({}).inventory.schema)
    now = replace(past, declared=(ci,))
    for age, excused in ((timedelta(days=3), False), (timedelta(days=3, seconds=-1), True)):
        step = Step("c" * 40, NOW - age, frozenset({"inventory/a.yaml"}), lambda _: now, lambda _: past)
        rollout = Rollout((step,).__iter__, now, NOW, timedelta(days=3))
        assert (rollout.pending(ci, ("attributes", "os"), "old") is not None) is excused


def test_relations_are_compared_as_sets_of_living_ids(tmp_path: Path) -> None:
    files = {"inventory/v.yaml": "- {kind: server, id: v, aliases: [vault]}\n- {kind: server, id: w}\n"}
    before = "kind: server\nid: a\nrelations: {depends_on: [vault, w]}\n"
    after = "kind: server\nid: a\nrelations: {depends_on: [w]}\n"
    history(tmp_path, (9, {**files, "inventory/a.yaml": before}), (1, {"inventory/a.yaml": after}))
    ends = {"depends_on": (Reference("server", "v"), Reference("server", "w"))}
    seen = (Observation("server", "a", relations=ends), Observation("server", "v"), Observation("server", "w"))
    lines = (Coverage("kind=server", ("*", "relations.depends_on")),)
    run = Run("hosts", "1", started=NOW, finished=NOW, coverage=lines, observations=seen)
    found = Workspace.open(tmp_path, cache=False).drift(Snapshot((run,)), NOW)
    assert shown(found) == 'deviating a relations.depends_on.v: null -> "v" error pending\n'


def test_a_merge_is_what_it_brought_to_the_main_branch_when_it_came(tmp_path: Path) -> None:
    checkout = history(tmp_path, (9, {"inventory/a.yaml": server("old")}))
    checkout.git("switch", "--quiet", "-c", "side")
    checkout.commit({"inventory/a.yaml": server("middle")}, date=ago(8))
    checkout.commit({"inventory/a.yaml": server("new")}, date=ago(7))
    checkout.git("switch", "--quiet", "main")
    checkout.commit({"inventory/b.yaml": "kind: server\nid: b\n"}, date=ago(6))
    checkout.git("merge", "--quiet", "--no-ff", "-m", "merge", "side", date=ago(1))
    assert judged(tmp_path, {"a": {"os": "old"}, "b": {}}) == f"{OLD} pending\n"
    assert judged(tmp_path, {"a": {"os": "middle"}, "b": {}}) == f"{OLD.replace('old', 'middle')}\n"


def test_where_history_is_missing_nothing_is_pending(tmp_path: Path) -> None:
    whole = history(
        tmp_path / "whole", (2, {"inventory/a.yaml": server("old")}), (1, {"inventory/a.yaml": server("new")})
    )
    Checkout.create(tmp_path / "x").git("clone", "--quiet", "--depth=1", f"file://{whole.root}", str(tmp_path / "cut"))
    assert judged(tmp_path / "whole", {"a": {"os": "old"}}) == f"{OLD} pending\n"
    assert judged(tmp_path / "cut", {"a": {"os": "old"}}) == f"{OLD}\n"
    assert judged(tmp_path / "cut", {}) == "missing a presence: true -> null error\n"
    repository = open_repository(tmp_path / "cut")
    assert [one.cut for one in changes(repository, "HEAD", "inventory", NOW - timedelta(days=9))] == [True]


def test_before_the_first_commit_there_was_nothing(tmp_path: Path) -> None:
    history(tmp_path, (1, {"inventory/a.yaml": server("new")}))
    assert judged(tmp_path, {}) == "missing a presence: true -> null error pending\n"
    assert judged(tmp_path, {"a": {"os": "old"}}) == f"{OLD}\n"


def test_outside_of_git_nothing_is_pending(tmp_path: Path) -> None:
    write(tmp_path, {"cmdb.yaml": CONFIG, "inventory/a.yaml": server("new")})
    assert judged(tmp_path, {"a": {"os": "old"}}) == f"{OLD}\n"


def test_a_file_that_did_not_load_before_may_have_declared_anything(tmp_path: Path) -> None:
    history(
        tmp_path,
        (9, {"inventory/a.yaml": "kind: server\nid: a\nattributes: [\n"}),
        (1, {"inventory/a.yaml": server("new")}),
    )
    assert judged(tmp_path, {}) == "missing a presence: true -> null error\n"


def test_a_workspace_in_a_folder_of_a_repository_and_an_older_revision(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    for age, value in ((9.0, "old"), (1.0, "new"), (0.5, "newest")):
        checkout.commit(
            {"ops/cmdb.yaml": CONFIG, "ops/inventory/a.yaml": server(value), "inventory/a.yaml": value}, date=ago(age)
        )
    assert (
        judged(tmp_path / "ops", {"a": {"os": "new"}})
        == OLD.replace('"new" -> "old"', '"newest" -> "new"') + " pending\n"
    )
    assert judged(tmp_path / "ops", {"a": {"os": "old"}}, at="HEAD~1") == f"{OLD} pending\n"


def test_a_waiver_comes_before_and_what_is_unobserved_needs_no_excuse(tmp_path: Path) -> None:
    waiver = "waivers: [{ci: a, path: attributes.os, observed: old, reason: r, approved_by: me, expires: 2026-12-31}]\n"
    history(
        tmp_path,
        (9, {"inventory/a.yaml": server("old")}),
        (1, {"inventory/a.yaml": server("new"), "baselines/w.yaml": waiver}),
    )
    assert judged(tmp_path, {"a": {"os": "old"}}) == f"{OLD} waiver\n"


def test_git_is_only_asked_when_something_deviates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history(tmp_path, (1, {"inventory/a.yaml": server("new")}))
    asked: list[object] = []

    def steps(_: Workspace, since: datetime) -> tuple[()]:
        asked.append(since)
        return ()

    monkeypatch.setattr(Workspace, "steps", steps)
    assert judged(tmp_path, {"a": {"os": "new"}}) == ""
    assert asked == []
    judged(tmp_path, {"a": {"os": "old"}})
    assert asked == [NOW - timedelta(days=3)]
