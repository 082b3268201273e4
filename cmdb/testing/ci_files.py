"""Hypothesis strategies for files of CIs: right, odd and wrong CIs, and all layouts that may hold the same ones."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

KINDS = """
    kinds:
      pos_terminal:
        extends: compute
        attributes:
          serial: string
          firmware: version
          memory: {type: bytes, minimum: 1 KiB}
          ports: {type: set, of: integer}
          words: {type: set, of: string}
          sequence: {type: list, of: version}
          flags: {type: list, of: boolean}
          country: {type: string, pattern: "[a-z]+"}
          paid: {type: boolean, default: false}
          colour: {type: enum, of: [red, green]}
          shelf: {type: map, of: version}
          nics: {type: list, of: map, by: name}
          ratio: {type: number, minimum: 0, maximum: 1}
          span: duration
      till:
        extends: pos_terminal
        strict: true
    relation_types:
      prints_on: {ceiling: degraded, inverse: prints_for}
"""
"""A schema with an attribute of each shape; the texts of `ci_texts` are meant for it."""

_SCALARS = (
    *("1", "0", "1.10", "0012", "true", "no", "~", "'1'", '"true"', "x", "x y", "é", "red", "1 KiB", "32 GiB", "90s"),
    *("-1", "0.5", "1e3", "0x10", "1.0", "2026-01-01", "10.0.0.1", ".inf", "99999999999999999999", "vault:x"),
)
_LISTS = ("[]", "[1, 2]", "[2, 1, 1]", "[1, true]", "[1, 1.0]", "[true, 1]", "['1', 1]", "[b, a]", "[a, ~]", "[[a], b]")
_MAPPINGS = ("{}", "{a: 1.10}", "{a: 1, 1: 0x1}", "{true: x, b: ~}", "{name: eth0, mtu: 1500}", "{1: ~}")
_ATTRIBUTES = (
    *("serial", "firmware", "memory", "ports", "words", "sequence", "flags", "country", "paid", "colour", "shelf"),
    *("nics", "ratio", "span", "hostname", "undeclared", "memroy", "1"),
)
_IDS = ("n-0", "n-1", "n-2", "gone", "0012", "'1'", "-bad")
_RELATIONS = ("uses", "depends_on", "prints_on", "prints_for", "usess")
_VALUES = {
    "name": ("x", "1.10", "[a]"),
    "owner": ("team-a", "no", "~", "1"),
    "lifecycle": ("live", "planned", "lve"),
    "criticality": ("high", "hi", "~"),
    "labels": ("{tier: web}", "{tier: web, 1: 0012}", "{tier: 1}", "{tier: [a]}", "{tier: ~}", "{true: x}", "x"),
    "keys": ("{hosts: a.example.org}", "{erp: 00042}"),
    "tags": ("[b, a, b]", "[1.0, yes]", "pci", "[[x]]"),
    "aliases": ("[old]", "['b c']"),
    "colour": ("red",),
}

_scalars = st.sampled_from(_SCALARS)
_trees = _scalars | st.sampled_from((*_LISTS, *_MAPPINGS)) | st.lists(_scalars, max_size=3).map(lambda i: _listed(i))
_targets = st.sampled_from(_IDS)
_groups = st.builds(
    lambda count, members, name: f"{{at_least: {count}, of: {_listed(members)}{name}}}",
    st.sampled_from(("1", "1", "2", "x")),
    st.lists(_targets, max_size=3),
    st.sampled_from(("", "", ", name: q", ", since: 2026")),
)
_noted = _targets.map(lambda target: f"{{to: {target}, port: 25, since: 1.10}}")
_entries = st.lists(_targets | _groups | _noted, max_size=3).map(lambda entries: _listed(entries)) | _targets | _groups


@st.composite
def ci_texts(draw: st.DrawFn, name: str) -> str:
    """The YAML of one CI of that id, a field on each line; much of it may be wrong."""
    kind = draw(st.sampled_from(("pos_terminal", "pos_terminal", "till", "server", "servr")))
    lines = [f"id: {name}", f"kind: {kind}"]
    for field, values in _VALUES.items():
        if draw(_seldom):
            lines.append(f"{field}: {draw(st.sampled_from(values))}")
    attributes = draw(st.dictionaries(st.sampled_from(_ATTRIBUTES), _trees, max_size=5))
    relations = draw(st.dictionaries(st.sampled_from(_RELATIONS), _entries, max_size=2))
    lines += [f"attributes: {_mapped(attributes)}", f"relations: {_mapped(relations)}"]
    return "\n".join(draw(st.permutations(lines))) + "\n"


@st.composite
def layouts(draw: st.DrawFn, texts: Sequence[str]) -> dict[str, str]:
    """Path -> text: the CIs of all texts, one a file, in lists and in documents, in folders of any depth."""
    shuffled = draw(st.permutations(texts))
    files: dict[str, list[str]] = {}
    for text in shuffled:
        path = draw(st.sampled_from(("a.yaml", "b.yml", "deep/a.yaml", "deep/er/c.yaml", "z/a.yaml")))
        files.setdefault(f"inventory/{path}", []).append(text)
    return {path: _file(inside, draw(_forms)) for path, inside in files.items()}


def _file(texts: Sequence[str], form: str) -> str:
    if form == "documents":
        return "---\n".join(texts)
    if form == "mapping" and len(texts) == 1:
        return texts[0]
    return "".join("- " + text.replace("\n", "\n  ").rstrip(" ") for text in texts)


def _listed(items: Sequence[str]) -> str:
    return f"[{', '.join(items)}]"


def _mapped(items: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {item}" for key, item in items.items()) + "}"


_seldom = st.integers(0, 2).map(lambda number: number == 0)
_forms = st.sampled_from(("mapping", "list", "documents"))
