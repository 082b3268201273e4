"""Record files: written, read back, edited by hand, broken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.changes.records import Records, read_records
from cmdb.changes.states import advanced, moves
from cmdb.formats.json_schema import record_schema
from cmdb.formats.places import Places
from cmdb.formats.record_reader import read_record
from cmdb.formats.record_writer import record_edited, record_text
from cmdb.formats.yaml.precise import parse
from cmdb.model import plain
from cmdb.model.answer import Screen
from cmdb.model.filed_change import STATES, FiledChange, State
from cmdb.model.problem import CmdbError
from cmdb.model.value import Value
from cmdb.render.text import text
from cmdb.sources.protocol import Unreadable
from cmdb.testing.drift import drift
from cmdb.testing.records import START, records
from cmdb.views.records import document, record_document, record_payload
from cmdb.views.servicenow import change_request

PATH = "changes/2026-11-22-chg-1.yaml"
TEXT = """\
# Talked about in the board of Monday.
format: cmdb.change-record/1
id: chg-1
title: More memory for web-1
state: proposed    # moved by cmdb change advance
type: normal
planned: {start: 2026-11-29T01:00:00Z, end: 2026-11-29T05:00:00Z}
approvals:
  - approver: team-web
    reasons: [{why: owner, cis: [web-1]}]
  - approver: team-shop   # they asked to be asked
history:
  - {state: proposed, by: ada, at: 2026-11-22T10:00:00Z, note: please}
base: 1a2b3c
head: 4d5e6f
changes:
  - id: web-1
    kind: server
    action: changed
    attributes: [{path: attributes.memory, before: 34359738368, after: 68719476736}]
"""


def read(text: str) -> FiledChange:
    record, problems = read_record(PATH, text.encode())
    assert problems == []
    assert record is not None
    return record


def problems(**files: str) -> list[str]:
    """Place and message of every problem of some files."""
    paths = {f"changes/{name}.yaml": text.encode() for name, text in files.items()}
    _, found = read_records(paths)
    return [f"{one.where}: {one.message}" for one in Places(paths.get).located(found)]


def broken(old: str, new: str) -> list[str]:
    assert old in TEXT
    return problems(a=TEXT.replace(old, new, 1))


def test_a_record_is_read_whole() -> None:
    record = read(TEXT)
    assert (record.id, record.state, record.type, record.lacking) == (
        "chg-1",
        "proposed",
        "normal",
        ("team-web", "team-shop"),
    )
    assert record.planned is not None and record.planned.end == datetime(2026, 11, 29, 5, tzinfo=UTC)
    assert record.cis == ("web-1",)
    assert record.changes[0]["attributes"][0] == {
        "path": "attributes.memory",
        "before": 34359738368,
        "after": 68719476736,
    }
    assert record.history[0].note == "please"


@settings(max_examples=30, deadline=None)
@given(records())
def test_what_is_written_is_what_is_read(record: FiledChange) -> None:
    text = record_text(record)
    assert read(text) == record
    assert record_text(read(text)) == text


@settings(max_examples=30, deadline=None)
@given(records(), st.sampled_from(STATES))
def test_a_record_moved_in_its_file_is_the_record_moved(record: FiledChange, state: State) -> None:
    text = "# first\n" + record_text(record) + "# last\n"
    before = read(text)
    try:
        after = advanced(before, state, by="eve", at=START + timedelta(days=30), on_behalf=before.lacking[:1])
    except CmdbError:
        return
    edited = record_edited(PATH, text.encode(), before, after).decode()
    assert read(edited) == after
    assert edited.startswith("# first\n") and edited.endswith("# last\n")


def test_moving_a_record_changes_the_lines_of_its_life_and_no_other() -> None:
    before, at = read(TEXT), datetime(2026, 11, 23, 9, tzinfo=UTC)
    first = advanced(before, "approved", by="bob", at=at, on_behalf=["team-web"])
    text = record_edited(PATH, TEXT.encode(), before, first).decode()
    second = advanced(read(text), "approved", by="eve", at=at, note="fine", on_behalf=["team-shop"])
    text = record_edited(PATH, text.encode(), read(text), second).decode()
    expected = TEXT.replace("state: proposed    #", "state: approved    #")
    expected = expected.replace("[web-1]}]\n", "[web-1]}]\n    given: {by: bob, at: 2026-11-23T09:00:00Z}\n")
    expected = expected.replace("be asked\n", "be asked\n    given: {by: eve, at: 2026-11-23T09:00:00Z, note: fine}\n")
    expected = expected.replace(
        "please}\n", "please}\n  - {state: approved, by: eve, at: 2026-11-23T09:00:00Z, note: fine}\n"
    )
    assert text == expected


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("cmdb.change-record/1", "cmdb.change-record/2", "2:1: format: one of cmdb.change-record/1 is expected"),
        ("format: cmdb.change-record/1\n", "", "2:1: the field 'format' is missing"),
        ("state: proposed ", "state: propsed ", f"5:1: state: one of {', '.join(STATES)} is expected"),
        ("type: normal", "type: urgent", "6:1: type: one of standard, normal, emergency is expected"),
        ("planned:", "planed:", "7:1: there is no field 'planed' here"),
        ("start: 2026-11-29T01:00:00Z, ", "", "7:1: the field 'start' is missing"),
        ("2026-11-29T01:00:00Z", "2026-11-29T01:00:00", "7:11: start: '2026-11-29T01:00:00' has no offset; write 2026-11-29T01:00:00Z for UTC, or 2026-11-29T01:00:00+01:00"),
        ("2026-11-29T01:00:00Z", "2026-11-29T09:00:00Z", "7:40: the plan ends before it begins"),
        ("  - approver: team-web\n    reasons", "  - reasons", "9:5: the field 'approver' is missing"),
        ("state: proposed, by", "state: approved, by", "5:1: this is proposed without the approval of team-web, team-shop"),
        ("state: proposed, by: ada", "state: rejected, by: ada", "13:5: a record begins as proposed, not as rejected"),
        ("state: proposed ", "state: closed ", "13:5: the last step says proposed, and the record closed"),
        ("action: changed", "action: chnged", "19:5: action: one of added, removed, changed, renamed is expected"),
        ("id: chg-1\n", "id: [chg-1]\n", "3:1: id: input should be a valid string"),
        (TEXT, "- " + TEXT.replace("\n", "\n  "), "1:1: a record file holds one change record"),
        (TEXT, "", "1:1: a record file holds one change record"),
        (TEXT, TEXT + "---\n" + TEXT, "2:1: a record file holds one change record"),
        (TEXT, "just text\n", "1:1: a mapping of fields is expected here"),
        ("title:", "id:", "4:1: the key 'id' stands here for the second time"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_its_place(old: str, new: str, problem: str) -> None:
    assert broken(old, new)[0].startswith(f"changes/a.yaml:{problem}")


def test_a_state_without_its_approvals_is_a_problem() -> None:
    step = "  - {state: approved, by: eve, at: 2026-11-23T09:00:00Z}\nbase:"
    text = TEXT.replace("state: proposed ", "state: approved ", 1).replace("base:", step, 1)
    assert problems(a=text) == ["changes/a.yaml:5:1: this is approved without the approval of team-web, team-shop"]
    backwards = text.replace("2026-11-23T09", "2026-11-21T09")
    assert "changes/a.yaml:14:5: this was before it was proposed" in problems(a=backwards)


def test_all_problems_of_a_folder_are_told_and_what_is_right_is_read() -> None:
    files: dict[str, bytes | Unreadable] = {
        "changes/a.yaml": TEXT.encode(),
        "changes/b.yaml": TEXT.encode(),
        "changes/c.yaml": b"\xff",
        "changes/d.yaml": Unreadable("changes/d.yaml", "it is a link out of the workspace"),
        "changes/e.yaml": TEXT.replace("chg-1", "chg-2").encode(),
    }
    found, wrong = read_records(files)
    assert [record.id for record in found.records] == ["chg-1", "chg-2"]
    assert found.unread == ("changes/b.yaml", "changes/c.yaml", "changes/d.yaml")
    assert "there are two records of chg-1" in [one.message for one in wrong]
    assert len(wrong) == 3


@pytest.mark.parametrize(
    ("asked", "found"),
    [("chg-11", "chg-11"), ("chg-1", "chg-1"), ("chg-2", "chg-2a"), ("ch", None), ("chg-3", None), ("", None)],
)
def test_a_record_is_found_by_the_beginning_of_its_id(asked: str, found: str | None) -> None:
    held = Records(tuple(FiledChange(name, name) for name in ("chg-1", "chg-11", "chg-2a")))
    if found is None:
        with pytest.raises(CmdbError):
            held[asked]
    else:
        assert held[asked].id == found


@settings(max_examples=10, deadline=None)
@given(records())
def test_editors_accept_what_is_written(record: FiledChange) -> None:
    assert accepted(record_text(record))


@pytest.mark.parametrize(
    ("old", "new"), [("planned:", "planed:"), ("state: proposed ", "state: new "), ("title:", "titel:")]
)
def test_editors_mark_what_is_wrong(old: str, new: str) -> None:
    import_module("jsonschema").Draft202012Validator.check_schema(record_schema())
    assert accepted(TEXT)
    assert not accepted(TEXT.replace(old, new, 1))


def accepted(text: str) -> bool:
    schema, validator = record_schema(), import_module("jsonschema").Draft202012Validator
    (document,) = parse(PATH, text.encode()).documents
    return bool(validator(schema).is_valid(json.loads(json.dumps(plain.value(document)))))


def test_a_moved_record_says_where_it_may_go_next() -> None:
    assert moves(read(TEXT)) == ("approved", "rejected")


ANYTHING = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from(["web-1", "attributes.memory", "live", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["id", "cis", "to", "of", "services", "freezes", "harmed", "changes"]), inner)
    ),
    max_leaves=5,
)
SECTIONS = st.dictionaries(
    st.sampled_from(["services", "failed", "factors", "freezes", "outside", "overlaps", "changes", "clear", "score"]),
    ANYTHING,
)
PATHS = st.sampled_from(
    [
        "attributes.memory",
        "attributes.a.b",
        "attributes[0]",
        "keys.hosts",
        "name",
        "lifecycle",
        "..",
        "presence",
        "keys",
    ]
)
CHANGES = st.fixed_dictionaries({
    "id": st.sampled_from(["web-1", "web-2"]),
    "kind": st.sampled_from(["server", "no-kind"]),
    "action": st.sampled_from(["added", "removed", "changed", "renamed"]),
    "attributes": st.lists(st.fixed_dictionaries({"path": PATHS, "before": ANYTHING, "after": ANYTHING}), max_size=3).map(tuple),
    "relations": st.lists(st.fixed_dictionaries({"type": st.just("runs_on"), "action": st.just("added"), "before": ANYTHING, "after": ANYTHING}), max_size=2).map(tuple),
})  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["risk", "impact", "schedule", "backout"]), SECTIONS), st.lists(CHANGES, max_size=3)
)
def test_whatever_people_write_into_a_record_nothing_breaks(content: dict[str, Value], changes: list[Value]) -> None:
    record = replace(read(TEXT), content={**content, "changes": tuple(changes)}, approvals=(), state="approved")
    assert text(record_document(record), Screen()) and record_payload(record)
    assert text(document([record], ()), Screen())
    assert change_request(record, lambda _: None)["correlation_id"] == "chg-1"
    seen = (
        "source: hosts\ncoverage: [{status: complete}]\nseen: [{kind: server, key: web-2, attributes: {memory: 1}}]\n"
    )
    for cis in ("{kind: server, id: web-1, attributes: {memory: 2}}", "{kind: server, id: web-2}"):
        assert drift(cis, seen, records=[record], as_of=datetime(2026, 11, 29, 6, tzinfo=UTC)) is not None
