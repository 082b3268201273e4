"""file over tables as people export them, whole and broken: what cannot be read is named with its line, and nothing
that was not read counts as gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cmdb_plugins.file import TableFile

import cmdb
from cmdb.discovery.loading import covers
from cmdb.discovery.protocol import Context, Finding
from cmdb.discovery.running import discover
from cmdb.model.config import SourceConfig
from cmdb.model.problem import CmdbError
from cmdb.model.snapshot import Coverage, Observation, Reference

SCHEMA = cmdb.Workspace.of({}).inventory.schema
TABLE = 'Name,RAM,Serial,Ports,Rack\nweb-1,32,0012,"22, 443",r1\nweb-2,,,,\n'
MAPPING = {
    "kind": "server",
    "key": "Name",
    "attributes": {
        "hostname": "Name",
        "memory": {"column": "RAM", "unit": "GiB"},
        "serial_number": {"column": "Serial", "empty": "absent"},
        "listening_ports": {"column": "Ports", "split": ","},
    },
}
EVERYTHING = Coverage("kind=server")


def found(root: Path, text: str | bytes, file: str = "table.csv", **options: Any) -> list[Finding]:
    (root / file).write_bytes(text.encode() if isinstance(text, str) else text)
    source = TableFile(**{"path": file, **MAPPING, "coverage": "kind=server", **options})
    return list(source.discover(Context(root, attribute=SCHEMA.attribute)))


def seen(findings: list[Finding]) -> dict[str, Mapping[str, Any]]:
    return {each.key: each.attributes for each in findings if isinstance(each, Observation)}


def lines(findings: list[Finding]) -> list[Coverage]:
    """All coverage lines but those that claim a row."""
    every = [each for each in findings if isinstance(each, Coverage)]
    return [each for each in every if each.status != "complete" or not each.scope.startswith("key=")]


def test_a_table_with_types_by_the_kind(tmp_path: Path) -> None:
    findings = found(tmp_path, TABLE)
    assert seen(findings) == {
        "web-1": {
            "hostname": "web-1",
            "memory": 32 * 2**30,
            "serial_number": "0012",
            "listening_ports": (22, 443),
        },
        "web-2": {"hostname": "web-2", "serial_number": None},
    }
    assert Coverage("key=web-1") in findings and Coverage("key=web-2") in findings
    assert lines(findings) == [EVERYTHING]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.tsv", "Name\tRAM\nweb-1\t32 GiB\n"),
        ("t.json", '[{"Name": "web-1", "RAM": "32 GiB"}]'),
        ("t.jsonl", '{"Name": "web-1", "RAM": "32 GiB"}\n'),
        ("t.ndjson", '{"Name": "web-1", "RAM": 34359738368}'),
        ("t.CSV", "\ufeffName,RAM\r\nweb-1,32 GiB\r\n"),
    ],
)
def test_formats_are_told_by_names(tmp_path: Path, name: str, text: str) -> None:
    findings = found(tmp_path, text, name, attributes={"memory": "RAM"})
    assert seen(findings) == {"web-1": {"memory": 32 * 2**30}}
    assert lines(findings) == [EVERYTHING]


def test_settings_for_other_layouts(tmp_path: Path) -> None:
    text = "Näme;RAM\nwürfel;8\n".encode("cp1252")
    options = {"encoding": "cp1252", "delimiter": ";", "syntax": "csv", "key": "Näme"}
    findings = found(tmp_path, text, "export.txt", attributes={"hostname": "Näme"}, **options)
    assert seen(findings).keys() == {"würfel"}
    assert Coverage('key="würfel"') in findings


def test_rows_and_columns_may_stand_deeper_in_json(tmp_path: Path) -> None:
    document = {"data": {"hosts": [{"Name": "web-1", "spec": {"cpu": {"count": 4}}, "a.b": 1}]}}
    attributes = {"cpu_count": "spec.cpu.count", "dotted": "a.b"}
    findings = found(tmp_path, json.dumps(document), "t.json", items="data.hosts", attributes=attributes)
    assert seen(findings) == {"web-1": {"cpu_count": 4, "dotted": 1}}


@pytest.mark.parametrize(
    ("column", "stands", "expected"),
    [
        ("C", "4", {"cpu_count": 4}),
        ({"column": "C"}, "4", {"cpu_count": 4}),
        ({"value": 8}, "4", {"cpu_count": 8}),
        ({"column": "C", "values": {"quad": 4}}, "quad", {"cpu_count": 4}),
        ({"column": "C", "values": {"quad": 4}}, "6", {"cpu_count": 6}),
        ("C", "", {}),
        ({"column": "C", "empty": "absent"}, "", {"cpu_count": None}),
    ],
)
def test_columns(tmp_path: Path, column: Any, stands: str, expected: Mapping[str, Any]) -> None:
    findings = found(
        tmp_path, f"Name,C,D\nweb-1,{stands},x\n", attributes={"cpu_count": column, "hostname": {"value": "h"}}
    )
    assert seen(findings) == {"web-1": {**expected, "hostname": "h"}} or not stands


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Name,os_version\nweb-1,1.10\n", "t.csv", "1.10"),
        ('[{"Name": "web-1", "os_version": 1.10}]', "t.json", "1.10"),
        ('[{"Name": "web-1", "os_version": 12}]', "t.json", "12"),
    ],
)
def test_a_version_stays_as_it_is_spelt(tmp_path: Path, text: str, name: str, expected: str) -> None:
    assert seen(found(tmp_path, text, name, attributes={"os_version": "os_version"})) == {
        "web-1": {"os_version": expected}
    }


def test_what_the_kind_does_not_declare_stays_as_it_is_or_has_its_own_type(tmp_path: Path) -> None:
    text = '[{"Name": "web-1", "a": 1.50, "b": [1, {"c": 2}], "d": true, "e": "7", "f": -3}]'
    attributes = {"a": "a", "b": "b", "d": "d", "e": {"column": "e", "type": "integer"}, "f": "f"}
    values = seen(found(tmp_path, text, "t.json", attributes=attributes))["web-1"]
    assert json.dumps(values) == '{"a": 1.5, "b": [1, {"c": 2}], "d": true, "e": 7, "f": -3}'


def test_booleans_may_be_translated(tmp_path: Path) -> None:
    column = {"column": "S", "values": {True: "enforcing", "false": "disabled"}}
    text = '[{"Name": "a", "S": true}, {"Name": "b", "S": false}]'
    values = seen(found(tmp_path, text, "t.json", attributes={"selinux": column}))
    assert values == {"a": {"selinux": "enforcing"}, "b": {"selinux": "disabled"}}


def test_kinds_names_and_times_may_stand_in_columns(tmp_path: Path) -> None:
    text = "Name,Type,Label,Seen\na,VM,Alpha,2026-11-01T02:00:00+01:00\nb,Tin,,\n"
    kind = {"column": "Type", "values": {"VM": "virtual_machine", "Tin": "server"}}
    options: dict[str, Any] = {"kind": kind, "name": "Label", "at": "Seen", "attributes": {}}
    one, two = [each for each in found(tmp_path, text, **options) if isinstance(each, Observation)]
    assert (one.kind, one.name, one.at) == ("virtual_machine", "Alpha", datetime(2026, 11, 1, 1, tzinfo=UTC))
    assert (two.kind, two.name, two.at) == ("server", "", None)


def test_relations(tmp_path: Path) -> None:
    relations = {
        "located_in": {"kind": "rack", "column": "Rack"},
        "connects_to": {"kind": "network_device", "column": "Up", "split": " ", "by": "hostname", "empty": "absent"},
    }
    text = "Name,Rack,Up\na,r1,sw-1 sw-2\nb,,\n"
    one, two = [
        each for each in found(tmp_path, text, relations=relations, attributes={}) if isinstance(each, Observation)
    ]
    switches = tuple(Reference("network_device", attributes={"hostname": name}) for name in ("sw-1", "sw-2"))
    assert one.relations == {"located_in": (Reference("rack", "r1"),), "connects_to": switches}
    assert two.relations == {"connects_to": ()}


@pytest.mark.parametrize(
    ("text", "keys", "reason"),
    [
        ("Name,RAM\na,1\nb\nc,1\n", {"a", "c"}, "table.csv:3: 1 values for 2 columns"),
        ("Name,RAM\na,1\nb,2,3\n", {"a"}, "table.csv:3: 3 values for 2 columns"),
        ('Name,RAM\na,1\nb,"2', {"a"}, "table.csv:3: unexpected end of data"),
        ('Name,RAM\n"a\nx",1\nb\n', {"a\nx"}, "table.csv:4: 1 values for 2 columns"),
        ("Name,RAM\na,1\n,2\n", {"a"}, "table.csv:3: the key Name is empty"),
        ("Name,RAM\na,1\nb,2", {"a", "b"}, "table.csv:3: the last line has no line end, so the file may have been cut off"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_makes_the_claims_partial(tmp_path: Path, text: str, keys: set[str], reason: str) -> None:
    findings = found(tmp_path, text, attributes={"memory": "RAM"})
    assert seen(findings).keys() == keys
    (line,) = lines(findings)
    assert (line.scope, line.status) == ("kind=server", "partial")
    assert line.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "keys", "reason"),
    [
        ('{"Name": "a"}\n{"Name": "b', {"a"}, "t.jsonl:2: Unterminated string"),
        ('{"Name": "a"}\nnonsense\n{"Name": "c"}\n', {"a", "c"}, "t.jsonl:2: Expecting value"),
        ('{"Name": "a"}\n[1]\n', {"a"}, "t.jsonl:2: is no object"),
        ('{"Name": "a"}\n{"Name": "b", "Name": "c"}\n', {"a"}, "t.jsonl:2: the name 'Name' stands there twice"),
        ('{"Name": "a"}\n{"Name": NaN}\n', {"a"}, "t.jsonl:2: NaN is no JSON"),
        ('{"Name": "a"}\n{"Name": {"b": 1}}\n', {"a"}, "t.jsonl:2: Name holds no text"),
        ('{"Name": "a"}\n' + "[" * 100000, {"a"}, "t.jsonl:2: it is nested too deeply"),
    ],
)
def test_lines_that_are_no_rows_make_the_claims_partial(tmp_path: Path, text: str, keys: set[str], reason: str) -> None:
    findings = found(tmp_path, text, "t.jsonl", attributes={})
    assert seen(findings).keys() == keys
    (line,) = lines(findings)
    assert (line.status, line.reason.startswith(reason)) == ("partial", True), line.reason


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("", "t.csv", "t.csv: is empty"),
        ("\n\n", "t.csv", "t.csv: is empty"),
        ('[{"Name": "a"}, {"Na', "t.json", "t.json:1: Unterminated string"),
        ('{"items": []}', "t.json", "t.json:1: there stands no list of rows"),
        (b"Name\nw\xfcrfel\n", "t.csv", "t.csv: is no text: byte 7 is not UTF-8"),
        ("Name,Name\na,b\n", "t.csv", "t.csv:1: the column 'Name' stands there twice"),
        ("Nane,RAM\na,b\n", "t.csv", "t.csv:1: there is no column 'Name'; did you mean 'Nane'?"),
        ("x\n", "t.dat", "t.dat: its name does not tell its format"),
    ],
)
def test_a_file_that_says_nothing_makes_the_claims_failed(
    tmp_path: Path, text: str | bytes, name: str, reason: str
) -> None:
    findings = found(tmp_path, text, name, attributes={})
    (line,) = findings
    assert isinstance(line, Coverage)
    assert (line.scope, line.status) == ("kind=server", "failed")
    assert line.reason.startswith(reason), line.reason


def test_the_other_files_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/a.csv").write_text("Name\na\n")
    (tmp_path / "exports/notes.txt").write_text("not a table")
    findings = found(tmp_path, "", "exports/b.csv", path="exports", attributes={})
    assert seen(findings).keys() == {"a"}
    (line,) = lines(findings)
    assert (line.status, line.reason) == ("failed", "exports/b.csv: is empty")


def test_a_table_without_rows_is_an_answer(tmp_path: Path) -> None:
    assert found(tmp_path, "Name,RAM\n", attributes={}) == [EVERYTHING]
    assert found(tmp_path, "[]", "t.json", attributes={}) == [EVERYTHING]


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("Name,V\na,lots\n", "memory", "table.csv:2: memory: "),
        ("Name,V\na,1.5\n", "cpu_count", "table.csv:2: cpu_count: "),
        ("Name,V\na,300.1.1.1\n", "management_ip", "table.csv:2: management_ip: "),
    ],
)
def test_a_cell_that_its_type_refuses_costs_itself(tmp_path: Path, text: str, path: str, reason: str) -> None:
    findings = found(tmp_path, text, attributes={path: "V", "hostname": "Name"})
    assert seen(findings) == {"a": {"hostname": "a"}}
    whole, line = sorted(lines(findings), key=lambda line: line.status)
    assert whole == EVERYTHING
    assert (line.scope, line.attributes, line.status) == ("key=a", (path,), "failed")
    assert line.reason.startswith(reason)


def test_a_key_that_stands_there_twice_is_nobody(tmp_path: Path) -> None:
    findings = found(tmp_path, "Name,RAM\na,1\nb,2\na,3\n", attributes={"memory": "RAM"})
    assert seen(findings).keys() == {"b"}
    reason = "table.csv:4: the key stands there twice, first at table.csv:2"
    assert Coverage("key=a", ("*",), "failed", reason) in findings


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,Blob,2026-11-01T00:00:00Z", "table.csv:2: Type: nobody says which kind 'Blob' is"),
        ("a,VM,2026-11-01T00:00:00", "table.csv:2: Seen: "),
        ("a,VM,soon", "table.csv:2: Seen: "),
    ],
)
def test_a_row_that_makes_no_sense_is_failed(tmp_path: Path, row: str, reason: str) -> None:
    options: dict[str, Any] = {
        "kind": {"column": "Type", "values": {"VM": "virtual_machine"}},
        "at": "Seen",
        "attributes": {},
    }
    findings = found(tmp_path, f"Name,Type,Seen\n{row}\n", **options)
    assert not seen(findings)
    told = {line.scope: line for line in lines(findings)}
    assert (told["key=a"].status, told["kind=server"].status) == ("failed", "partial")
    assert told["key=a"].reason.startswith(reason)


def test_claims_of_the_settings_stand_as_they_are(tmp_path: Path) -> None:
    claims = [
        "kind=server",
        {"scope": "labels.site=branch", "status": "partial", "reason": "typed by hand"},
        {"scope": "kind=server", "attributes": ["memory", "serial_number"]},
    ]
    assert lines(found(tmp_path, TABLE, coverage=claims)) == [
        EVERYTHING,
        Coverage("labels.site=branch", ("*",), "partial", "typed by hand"),
        Coverage("kind=server", ("memory", "serial_number")),
    ]


@pytest.mark.parametrize(("covers_", "scope"), [("", "kind in (server)"), ("labels.site=dc-1", "labels.site=dc-1")])
def test_without_claims_only_rows_are_claimed_and_trouble_is_told(tmp_path: Path, covers_: str, scope: str) -> None:
    assert lines(found(tmp_path, TABLE, coverage=())) == []
    (tmp_path / "table.csv").write_text("Name\na\nb,c\n")
    source = TableFile(path="table.csv", kind="server", key="Name")
    findings = list(source.discover(Context(tmp_path, covers=covers_)))
    assert seen(findings).keys() == {"a"}
    assert lines(findings) == [Coverage(scope, ("*",), "partial", "table.csv:3: 2 values for 1 columns")]


def test_many_reasons_are_counted(tmp_path: Path) -> None:
    (line,) = lines(found(tmp_path, "Name\n" + "a,b\n" * 9, attributes={}))
    assert line.reason.count("2 values for 1 columns") == 3
    assert line.reason.endswith("(and 6 more)")


def test_a_path_that_means_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CmdbError, match="there is no file gone"):
        list(TableFile(path="gone", kind="server", key="Name").discover(Context(tmp_path)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": []}, "path: name a file"),
        ({"kind": {"column": "Type"}}, "kind: say with 'values'"),
        ({"key": ""}, "key: name a column"),
        ({"attributes": ["a"]}, "attributes: a mapping"),
        ({"attributes": {"a": 1}}, "a: name a column"),
        ({"attributes": {"a": {"colum": "x"}}}, "a: there is no setting 'colum'"),
        ({"attributes": {"a": {}}}, "a: either 'column' or 'value'"),
        ({"attributes": {"a": {"column": "x", "value": 1}}}, "a: either 'column' or 'value'"),
        ({"attributes": {"a": {"column": "x", "empty": "null"}}}, "a: empty means"),
        ({"attributes": {"a": {"column": "x", "type": "text"}}}, "a: there is no type 'text'"),
        ({"attributes": {"a": {"column": "x", "values": [1]}}}, "a: 'values' maps"),
        ({"attributes": {"a": {"column": 1}}}, "a: column: a word"),
        ({"relations": {"runs_on": "Host"}}, "runs_on: write {kind: KIND"),
        ({"coverage": [1]}, "coverage: write a selector"),
        ({"coverage": {"status": "partial"}}, "coverage: write a selector"),
        ({"coverage": [{"scope": "x", "state": "y"}]}, "coverage: write a selector"),
        ({"coverage": [{"scope": "x", "status": "good"}]}, "coverage: status is one of"),
        ({"syntax": "xml"}, "syntax: one of"),
        ({"delimiter": ""}, "delimiter: one character"),
        ({"encoding": "klingon"}, "encoding: there is no encoding"),
    ],
)
def test_wrong_options_are_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TableFile(**{"path": "x.csv", "kind": "server", "key": "Name", **options})


def test_it_covers_the_kinds_of_its_options() -> None:
    options = {"path": "x", "key": "K", "kind": {"column": "T", "values": {"a": "server", "b": "container"}}}
    assert covers(SourceConfig("s", "file", options=options)) == "kind in (container, server)"
    assert covers(SourceConfig("s", "file", options={**options, "kind": "rack"})) == "kind=rack"
    assert covers(SourceConfig("s", "file", options={**options, "kind": {}})) == ""


def test_types_come_from_the_kinds_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "inventory/schema").mkdir(parents=True)
    (tmp_path / "inventory/schema/shop.yaml").write_text(
        "kinds: {till: {extends: compute, attributes: {drawer: bytes}}}"
    )
    (tmp_path / "tills.csv").write_text("Name,Drawer,RAM\nt-1,1 KiB,2 GiB\n")
    attributes = {"drawer": "Drawer", "memory": "RAM"}
    options = {"path": "tills.csv", "kind": "till", "key": "Name", "attributes": attributes, "coverage": "kind=till"}
    snapshot = discover([SourceConfig("s", "file", options=options)], tmp_path, clock=lambda: datetime.now(UTC))
    (run,) = snapshot.runs
    assert (run.covers, run.ended) == ("kind=till", True), run.coverage
    assert [each.attributes for each in run.observations] == [{"drawer": 1024, "memory": 2 * 2**30}]
