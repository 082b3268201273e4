"""Scenes as the files of a workspace: the same CIs in lists or in files of their own, in flow or block style, with
defaults, comments and relations. For laws about what is written into files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from cmdb.formats.writing import Block, Word, as_written, document, flow
from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.snapshot import Coverage, Reference, Run, Snapshot
from cmdb.model.value import Value
from cmdb.testing.drift import Scene, scenes
from cmdb.workspace import Workspace

TYPES = ("runs_on", "linked_to")
"""Relation types in these workspaces: one that has a direction, and one that has none."""


@dataclass(frozen=True)
class Written:
    """A workspace in memory, and what was seen of it."""

    files: Mapping[str, str]
    snapshot: Snapshot

    @property
    def workspace(self) -> Workspace:
        """The workspace, read anew."""
        return Workspace.of(self.files)


@st.composite
def workspaces(draw: st.DrawFn, *, sources: int = 2) -> Written:
    """A workspace without baselines and what up to `sources` sources saw of it, relations among it."""
    scene = draw(scenes(sources=sources))
    names = [ci.id for ci in scene.cis]
    related = {name: _relations(draw, names, name) for name in names}
    files = _files(draw, scene, related) | {"cmdb.yaml": _settings(scene)}
    return Written(files, Snapshot(tuple(_with_relations(draw, run, names) for run in scene.snapshot.runs)))


def _relations(draw: st.DrawFn, names: list[str], own: str) -> dict[str, Value]:
    others = [Word(name) for name in names if name != own]
    if not others:
        return {}
    targets = st.lists(st.sampled_from(others), min_size=1, max_size=3, unique_by=lambda word: word.text)
    groups = st.builds(lambda of: {"at_least": 1, "of": of}, targets)
    entries = (
        st.sampled_from(others)
        | targets
        | groups
        | st.builds(lambda one, group: [{"to": one, "port": 1}, group], st.sampled_from(others), groups)
    )
    return draw(st.dictionaries(st.sampled_from(TYPES), entries, max_size=2))


def _files(draw: st.DrawFn, scene: Scene, related: Mapping[str, dict[str, Value]]) -> dict[str, str]:
    schema = scene.inventory.schema
    entries = [_fields(ci, related[ci.id], schema) for ci in scene.cis]
    comment = draw(st.sampled_from(["", "# a comment\n"]))
    files = {"inventory/_defaults.yaml": draw(st.sampled_from(_DEFAULTS))}
    if draw(st.booleans()):
        one = [f"- {flow(entry)}  # {entry['id'].text}\n" for entry in entries]
        return files | {"inventory/all.yaml": comment + "".join(one)}
    for entry in entries:
        styled: dict[str, Value] = {
            name: Block(value) if isinstance(value, dict) and draw(st.booleans()) else value
            for name, value in entry.items()
        }
        files[f"inventory/{entry['id'].text}.yaml"] = comment + document(styled)
    return files


_DEFAULTS = (
    "",
    "environment: test\n",
    "attributes: {os: debian, packages: {curl: 1}}\n",
    "lifecycle: live\nattributes: {listening_ports: [22]}\nlabels: {a: b}\n",
)


def _fields(ci: CI, related: Mapping[str, Value], schema: Schema) -> dict[str, Value]:
    attributes = {name: as_written(schema.attribute(ci.kind, name), value) for name, value in ci.attributes.items()}
    fields: dict[str, Value] = {"kind": ci.kind, "id": Word(ci.id), "environment": ci.environment}
    lifecycle = {} if ci.lifecycle == "live" else {"lifecycle": ci.lifecycle}
    more = {"attributes": attributes, "relations": dict(related)}
    return {**fields, **lifecycle, **{name: value for name, value in more.items() if value}}


def _settings(scene: Scene) -> str:
    named = {source.name: {"covers": source.covers} for source in scene.sources}
    return document({"name": "law", **({"sources": Block(named)} if named else {})})


def _with_relations(draw: st.DrawFn, run: Run, names: list[str]) -> Run:
    """The run with far ends of relations, and coverage that names them now and then."""
    ends = st.lists(st.sampled_from(names).map(lambda name: Reference("compute", name)), max_size=2).map(tuple)
    carried = st.dictionaries(st.sampled_from(TYPES), ends, max_size=2)
    lines = tuple(_naming(draw, line) for line in run.coverage)
    seen = tuple(replace(one, relations=draw(carried)) for one in run.observations)
    return replace(run, coverage=lines, observations=seen)


def _naming(draw: st.DrawFn, line: Coverage) -> Coverage:
    paths = tuple(f"relations.{name}" for name in draw(st.sampled_from([(), TYPES[:1], TYPES])))
    return replace(line, attributes=(*line.attributes, *paths))
