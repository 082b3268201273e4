"""The JSON Schema of baseline files takes what the reader takes, and marks what the reader refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.json_schema import baseline_schema
from cmdb.formats.release_reader import read_release, release_text
from cmdb.formats.yaml.precise import parse
from cmdb.model.baseline import OPERATORS
from cmdb.model.plain import Plain
from cmdb.model.release import Release

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file
    for pattern in ("baselines/*.yaml", "tests/examples/checks/*/good/baselines/*.yaml")
    for file in ROOT.glob(pattern)
    if file.name != "calendar.yaml"
)


def accepted(documents: Any) -> bool:
    """Editors check plain YAML; dates are text to them."""
    schema, validator = baseline_schema(), import_module("jsonschema").Draft202012Validator
    validator.check_schema(schema)
    return all(validator(schema).is_valid(item) for item in documents)


def plain(text: str) -> list[Any]:
    """The mappings of a text as an editor reads them."""
    documents = [_resolved(document) for document in parse("b.yaml", text.encode()).documents]
    return [item for document in documents for item in (document if isinstance(document, list) else [document])]


def _resolved(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {str(key): _resolved(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [_resolved(item) for item in raw]
    return raw.value if isinstance(raw, Plain) else raw


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_that_are_right_are_accepted(file: Path) -> None:
    assert accepted(plain(file.read_text("utf-8")))


def test_every_operator_is_known() -> None:
    demand = baseline_schema()["$defs"]["demand"]["anyOf"][-1]
    assert demand["properties"].keys() == OPERATORS


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        ("1", True),
        ("[1, {a: 1}]", True),
        ("~", True),
        ("{equals: {a: 1}}", True),
        ("{version: '>=1', severity: critical, optional: true}", True),
        ("{present: true, warning: {version: '>=2'}, critical: {'>': 3}}", True),
        ("{any_of: [1, {not: {absent: true}}]}", True),
        ("{one_of: [{each: {in: [1]}}, {none: {pattern: x}}]}", True),
        ("{length: {range: [1, 2]}}", True),
        ("{range: {'>': 1}}", True),
        ("{same_as: {ci: a, path: attributes.x}}", True),
        ("{same_as: web-1}", True),
        ("{contains: [1]}", True),
        ("{subset_of: []}", True),
        ("{a: 1}", False),
        ("{}", False),
        ("{any_of: []}", False),
        ("{any_of: [{a: 1}]}", False),
        ("{not: {severity: error}}", False),
        ("{severity: loud, present: true}", False),
        ("{optional: maybe, present: true}", False),
        ("{warning: {foo: 1}}", False),
        ("{same_as: {cis: a}}", False),
    ],
)
def test_expectations(expect: str, right: bool) -> None:
    text = f"{{baseline: b, applies_to: kind, expect: {{attributes.x: {expect}}}}}"
    assert accepted(plain(text)) is right
    if right:
        assert read_baselines("b.yaml", text.encode())[2] == []


@pytest.mark.parametrize(
    ("fields", "right"),
    [
        ("extends: a", True),
        ("extends: [a, {name: b, with: {x: 1}}]", True),
        ("extends: {name: b}", True),
        ("extends: [{with: {x: 1}}]", False),
        ("parameters: {a: 1, b: [1, 2], c: ~}", True),
        ("parameters: {a: {b: 1}}", False),
        ("unmanaged: [{kind: server, reason: x, where: {attributes.os: {in: [a]}}}]", True),
        ("unmanaged: [{kind: server}]", False),
        ("unmanaged: [{kind: server, reason: x, where: {attributes.os: {inn: [a]}}}]", False),
        ("ignore: [{path: attributes.x, reason: y}]", True),
        ("ignore: [{path: attributes.x}]", False),
        ("foo: 1", False),
    ],
)
def test_baselines(fields: str, right: bool) -> None:
    assert accepted(plain(f"{{baseline: b, {fields}}}")) is right


RELEASE = """\
frozen: r1
revision: 3f786850e387550fdab836ed7e6dc881de23001b
date: 2026-11-02
approved_by: board
select: [kind=server]
digest: cmdb-ci/1 sha256
cis: {web-1: 0a4d55a8d778e5022fab701977c5d840bbc486d0a9a8d4a1f6b1f3a1e2a3b4c5}
"""


@pytest.mark.parametrize(
    ("text", "right"),
    [(RELEASE, True), (RELEASE.replace("revision", "version"), False), (RELEASE + "more: 1\n", False)],
)
def test_frozen_baselines_are_known(text: str, right: bool) -> None:
    release, problems = read_release("baselines/frozen/r1.yaml", text.encode())
    assert (release is not None, problems == []) == (right, right)
    assert accepted(plain(text)) is right


def test_a_frozen_baseline_is_read_as_it_was_written() -> None:
    digest = "0123456789" * 6 + "0123"
    cis = dict.fromkeys(("no", "12", "1e5", "a:b", "web-1", "x@y", "0x10", "a/b"), digest)
    selectors, exclude = ("kind=server", 'name="a, b: c"'), ("# x",)
    release = Release("r-1.0", "a" * 64, date(2026, 11, 2), cis, "team: a", "two\nlines", selectors, exclude, True)
    for some in (cis, {"web-1": "a" * 64, "a/b": digest}):
        written = release_text(replace(release, cis=some))
        assert read_release("f.yaml", written.encode()) == (replace(release, cis=dict(sorted(some.items()))), [])
