"""Whatever is done to files between two loads, the second one with what is remembered is one without it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.cache.folder import Folder
from cmdb.cache.warming import Warming
from cmdb.formats.inventory_reader import FileReading
from cmdb.graph.topology import Rows, Topology
from cmdb.testing.repositories import write
from cmdb.workspace import Workspace

DAY = date(2026, 7, 1)
BASELINE = """\
baseline: servers
applies_to: kind=server
expect:
  owner: {one_of: [team-a, team-z]}
  labels.tier: {equals: web, optional: true}
"""
PATHS = ("inventory/a.yaml", "inventory/b.yaml", "inventory/c/d.yaml", "inventory/c/e.yaml")
DEFAULTS = ("inventory/_defaults.yaml", "inventory/c/_defaults.yaml")
IDS = ("one", "two", "three", "four", "FOUR", "five")

ci = st.fixed_dictionaries(
    {"id": st.sampled_from(IDS), "kind": st.sampled_from(["server", "application", "business_service"])},
    optional={
        "owner": st.sampled_from(["team-a", "team-b"]),
        "name": st.sampled_from(["Eins", "Zwei"]),
        "tags": st.just(["pci"]),
        "lifecycle": st.sampled_from(["planned", "retired"]),
        "aliases": st.sampled_from([["uno"], ["due"]]),
        "relations": st.dictionaries(
            st.sampled_from(["depends_on", "uses"]),
            st.sampled_from(
                ["one", "two", "uno", "[one, three]", "{at_least: 1, of: [one, {at_least: 1, of: [two, five]}]}"]
            ),
            max_size=2,
        ),
        "colour": st.just("red"),
    },
)
files: st.SearchStrategy[list[dict[str, object]]] = st.lists(ci.map(dict[str, object]), max_size=3)
defaults = st.sampled_from([None, "owner: team-z\n", "labels: {tier: web}\n", "attributes: {os: debian}\n"])


def text(cis: list[dict[str, object]]) -> str:
    lines = (", ".join(f"{key}: {_plain(value)}" for key, value in item.items()) for item in cis)
    return "".join(f"- {{{line}}}\n" for line in lines)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in value.items()) + "}"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def told(workspace: Workspace) -> Mapping[str, object]:
    topology, inventory = workspace.topology, workspace.inventory
    return {
        "topology": plain(topology),
        "its own": plain(inventory.topology),
        "declared": [(item, item.place, dict(item.inherited)) for item in inventory.declared],
        "cis": dict(inventory.cis),
        "aliases": dict(inventory.aliases),
        "problems": workspace.located(inventory.problems),
        "check": workspace.check(DAY),
        "unread": (workspace.unread, inventory.unread, inventory.unread_ids),
    }


def plain(topology: Topology) -> dict[str, object]:
    def flat(value: object) -> object:
        if isinstance(value, Rows):
            return [list(value.start), list(value.node), list(value.relation)]
        return [*value] if hasattr(value, "__getitem__") and hasattr(value, "__iter__") else value

    return {name: flat(getattr(topology, name)) for name in Topology.__slots__}


def put(root: Path, path: str, content: str | None) -> None:
    if content is None:
        (root / path).unlink(missing_ok=True)
    else:
        write(root, {path: content})


edits = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(PATHS), st.one_of(st.none(), files.map(text))),
        st.tuples(st.sampled_from(DEFAULTS), defaults),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries(dict.fromkeys(PATHS, files)), st.lists(edits, min_size=1, max_size=3))
def test_what_is_remembered_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    start: dict[str, list[dict[str, object]]],
    steps: list[list[tuple[str, str | None]]],
) -> None:
    root = tmp_path_factory.mktemp("workspace")
    monkeypatch.setenv("CMDB_CACHE_DIR", str(root / "cache"))
    monkeypatch.setattr("cmdb.cache.warming._MANY", 2)
    write(
        root,
        {
            "cmdb.yaml": "name: x\n",
            "baselines/servers.yaml": BASELINE,
            **{path: text(cis) for path, cis in start.items()},
        },
    )
    for step in [[], *steps]:
        for path, content in step:
            put(root, path, content)
        assert told(Workspace.open(root)) == told(Workspace.open(root, cache=False))


BASE = {
    "cmdb.yaml": "name: x\n",
    "inventory/a.yaml": "- {id: one, kind: server}\n- {id: two, kind: server, relations: {uses: one}}\n",
    "inventory/b.yaml": "- {id: three, kind: server, aliases: [drei], relations: {uses: two}}\n",
    **{f"inventory/more/{n}.yaml": f"kind: server\nid: more-{n}\n" for n in range(6)},
}
SMALL = {
    "nothing": ("inventory/a.yaml", BASE["inventory/a.yaml"]),
    "a tag": ("inventory/b.yaml", "- {id: three, kind: server, tags: [x], aliases: [drei], relations: {uses: two}}\n"),
    "a relation": ("inventory/b.yaml", "- {id: three, kind: server, aliases: [drei], relations: {uses: one}}\n"),
    "a new CI": ("inventory/new.yaml", "kind: server\nid: new\nrelations: {uses: three}\n"),
    "one less": ("inventory/more/3.yaml", None),
    "another order": ("inventory/a.yaml", "- {id: two, kind: server, relations: {uses: one}}\n- {id: one, kind: server}\n"),
    "into another file": ("inventory/more/0.yaml", "- {kind: server, id: more-0}\n- {kind: server, id: more-9}\n"),
}  # fmt: skip


@pytest.mark.parametrize("edit", SMALL)
def test_a_small_change_looks_at_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: str) -> None:
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("cmdb.cache.warming._MANY", 2)
    write(tmp_path, BASE)
    len(Workspace.open(tmp_path).inventory)
    path, content = SMALL[edit]
    put(tmp_path, path, content)
    built: list[object] = []
    monkeypatch.setattr(Warming, "_built", built.append)
    workspace = Workspace.open(tmp_path)
    decoded: list[int] = []
    real = Warming._reading

    def read(self: Warming, file: int) -> FileReading:
        decoded.append(file)
        return real(self, file)

    monkeypatch.setattr(Warming, "_reading", read)
    _ = workspace.inventory.topology
    if edit == "one less":
        assert workspace.topology.number("more-3") is None
    assert not built
    assert not decoded


def test_an_image_is_written_when_much_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path, BASE)
    len(Workspace.open(tmp_path).inventory)
    write(tmp_path, {"inventory/more/0.yaml": "kind: server\nid: more-0\ntags: [x]\n"})
    len(Workspace.open(tmp_path).inventory)
    assert len(list((tmp_path / "cache").glob("*.image"))) == 2
    assert sum(1 for _ in Folder(tmp_path / "cache").recent("")) == 0


def decoded_by_check(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    real = Warming._reading

    def read(self: Warming, file: int) -> FileReading:
        found.append(self._marks.paths[file])
        return real(self, file)

    with monkeypatch.context() as patch:
        patch.setattr(Warming, "_reading", read)
        Workspace.open(root).check(DAY)
    return found


def test_a_check_looks_at_what_a_change_concerns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMDB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("cmdb.cache.warming._MANY", 2)
    write(tmp_path, {**BASE, "baselines/servers.yaml": BASELINE})
    assert sorted(set(decoded_by_check(tmp_path, monkeypatch))) == sorted(path for path in BASE if "/" in path)
    assert decoded_by_check(tmp_path, monkeypatch) == ["inventory/more/0.yaml"], "the baseline's example"
    write(tmp_path, {"inventory/more/1.yaml": "kind: server\nid: more-1\nrelations: {uses: three}\n"})
    assert set(decoded_by_check(tmp_path, monkeypatch)) <= {
        f"inventory/{name}.yaml" for name in ("more/0", "more/1", "b")
    }
    write(tmp_path, {"baselines/servers.yaml": BASELINE.replace("team-z", "team-b")})
    assert set(decoded_by_check(tmp_path, monkeypatch)) > {"inventory/more/2.yaml"}
