"""Hypothesis strategies for workspaces before and after an edit: small, awkward, and wrong in every way that a check
knows."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

SCHEMA = """
kinds:
  box:
    extends: server
    attributes:
      asset: {type: hostname, unique: true}
      size: {type: bytes, required: true}
      pin: {type: string, secret: true}
      speed: integer
    relations:
      runs_on: {to: [shelf], max: 1}
  shelf: {extends: rack}
"""
"""Kinds with attributes that are required, unique and secret, and with rules for a relation."""

BASELINES: Mapping[str, str] = {
    "sizes": "{baseline: sizes, applies_to: kind=box, expect: {attributes.size: {minimum: 2 GiB}}}",
    "gold": "{baseline: gold, applies_to: 'kind=box,labels.tier=gold', expect: {attributes.size: {maximum: 1 GiB}}}",
    "one": "{baseline: one, applies_to: id=a, expect: {lifecycle: live}}",
    "some": "{baseline: some, applies_to: 'id in (b, old-c)', expect: {attributes.os: debian}}",
    "needy": "{baseline: needy, applies_to: relations.depends_on=b, expect: {relations.depends_on: {length: 1}}}",
    "alike": "{baseline: alike, applies_to: kind=box, expect: {attributes.os: {same_as: c}}}",
    "free": "{baseline: free, applies_to: attributes.free=1, expect: {attributes.**: {not: 2}}}",
    "senseless": "{baseline: senseless, applies_to: '!attributes.os', expect: {attributes.speed: {minimum: fast}}}",
    "waivers": """
waivers:
  - {ci: a, path: attributes.size, observed: 1 GiB, reason: x, approved_by: y, expires: 2026-12-31}
  - {ci: old-c, path: attributes.os, observed: alpine, reason: x, approved_by: y, expires: 2026-12-31}
  - {ci: nowhere, path: attributes.os, observed: alpine, reason: x, approved_by: y, expires: 2026-01-01}
""",
}
"""Baselines by name, as files have them: some contradict each other, some name CIs that may not be there."""

_IDS = ("a", "b", "c", "d", "e", "A")
_ALIASES = ("old-a", "old-c", "OLD-A", "b", "d")
_NAMES = (*"aabbccde", "A", "old-a", "old-c", "nowhere", "E")
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "os": ("debian", "alpine"),
    "asset": ("x", "X.", "y"),
    "serial_number": ("x", "y", '""'),
    "size": ("1 GiB", "4 GiB", "big"),
    "pin": ("vault:pin", "1234"),
    "speed": ("1", "2"),
    "free": ("1", "2"),
    "note": ("AKIAIOSFODNN7EXAMPLE", "plain"),
}
_RELATIONS = (*2 * ("depends_on", "connects_to"), "runs_on", "uses", "owned_by")
_BROKEN = ("kind: [box", "kind: box\nid: a\nrelations: {depends_on: d}\nid: b\n")

_names = st.sampled_from(_NAMES)


@st.composite
def _groups(draw: st.DrawFn) -> str:
    members = draw(st.lists(_names, min_size=1, max_size=3))
    inner = f", {{at_least: 1, of: [{draw(_names)}, {draw(_names)}]}}" if draw(st.integers(0, 3)) == 0 else ""
    name = draw(st.sampled_from(("", "name: g, ", "name: h, ")))
    return f"{{{name}at_least: {draw(st.integers(1, 3))}, of: [{', '.join(members)}{inner}]}}"


_noted = _names.map(lambda name: f"{{to: {name}, password: hunter2-x}}")
_entries = st.lists(st.one_of(_names, _names, _names, _groups(), _noted), min_size=1, max_size=3)
_relations = st.dictionaries(st.sampled_from(_RELATIONS), _entries, min_size=1, max_size=2)
_attributes = st.dictionaries(st.sampled_from(tuple(_ATTRIBUTES)), st.integers(0, 2), min_size=1, max_size=4)
_seldom = st.integers(0, 5).map(lambda number: number == 0)


@st.composite
def _cis(draw: st.DrawFn, own: str) -> str:
    name = draw(st.sampled_from(_IDS)) if draw(_seldom) else own
    parts = [f"kind: {draw(st.sampled_from(('box', 'box', 'box', 'shelf')))}", f"id: {name}"]
    parts += [f"lifecycle: {draw(st.sampled_from(('live', 'live', 'live', 'planned', 'retired')))}"]
    if draw(_seldom):
        parts.append(f"aliases: [{draw(st.sampled_from(_ALIASES))}]")
    if draw(st.booleans()):
        parts.append("labels: {tier: gold}")
    drawn = [(name, _ATTRIBUTES[name], number) for name, number in draw(_attributes).items()]
    values = ", ".join(f"{name}: {texts[number % len(texts)]}" for name, texts, number in drawn)
    relations = ", ".join(f"{name}: [{', '.join(entries)}]" for name, entries in draw(_relations).items())
    return "{" + ", ".join([*parts, f"attributes: {{{values}}}", f"relations: {{{relations}}}"]) + "}"


@st.composite
def _files(draw: st.DrawFn, own: str) -> str:
    if draw(_seldom) and draw(_seldom):
        return draw(st.sampled_from(_BROKEN))
    return f"- {draw(_cis(own))}\n" + (f"- {draw(_cis(own + own))}\n" if draw(_seldom) else "")


@st.composite
def _inventories(draw: st.DrawFn) -> dict[str, str]:
    owns = draw(st.lists(st.sampled_from("abcde"), unique=True, min_size=2))
    return {f"inventory/{own}.yaml": draw(_files(own)) for own in sorted(owns)}


@st.composite
def edits(draw: st.DrawFn, *, steps: int = 1) -> list[Mapping[str, str]]:
    """The files of a workspace, and of the same after each of so many edits: files of CIs come, go, change, move and
    break, and baselines stay. The schema is `SCHEMA`."""
    picked = draw(st.lists(st.sampled_from(tuple(BASELINES)), unique=True))
    settled: dict[str, str] = {f"baselines/{name}.yaml": BASELINES[name] for name in picked}
    found: list[dict[str, str]] = [draw(_inventories())]
    for _ in range(steps):
        found.append(_edited(draw, found[-1]))
    return [{**settled, **files} for files in found]


def _edited(draw: st.DrawFn, files: Mapping[str, str]) -> dict[str, str]:
    new = dict(files)
    for own in "abcde":
        path = f"inventory/{own}.yaml"
        fate = draw(st.sampled_from(("stays", "stays", "stays", "is new", "goes", "moves")))
        text = new.get(path, "")
        if fate == "is new":
            new[path] = draw(_files(own))
        elif fate != "stays":
            new.pop(path, None)
            new |= {f"inventory/z-{own}.yaml": text} if fate == "moves" and text else {}
    return new
