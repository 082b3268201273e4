from __future__ import annotations

import gzip
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cmdb.formats.snapshot_lines import in_order, lines, read, read_file, write
from cmdb.model.location import Location
from cmdb.model.problem import CmdbError, Severity
from cmdb.model.snapshot import Coverage, Observation, Reference, Run, Snapshot
from cmdb.testing.snapshots import runs, snapshots

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine is shared: how long an example takes says nothing."""

HEADER = '{"format": "cmdb.snapshot/1", "source": "hosts", "run": "r1", "started": "2026-11-01T02:00:00Z"}'
COVERAGE = '{"coverage": {"scope": "kind=server", "attributes": ["*"], "status": "complete", "reason": ""}}'
OBSERVATION = '{"observation": {"kind": "server", "key": "web-1"}}'
END = '{"end": {"finished": "2026-11-01T02:00:40Z", "observations": 1, "coverage": 1}}'
GOOD = (HEADER, COVERAGE, OBSERVATION, END)
OTHER = HEADER.replace("hosts", "cloud")

EXAMPLE = """\
{"format": "cmdb.snapshot/1", "source": "hosts", "run": "2026-11-01T02:00:00Z", "started": "2026-11-01T02:00:00Z", "covers": "kind=server"}
{"coverage": {"scope": "kind=server", "attributes": ["*", "packages"], "status": "complete", "reason": ""}}
{"coverage": {"scope": "kind=server,environment=test", "attributes": ["packages"], "status": "failed", "reason": "permission denied"}}
{"observation": {"kind": "server", "key": "web-1.example.org", "at": "2026-11-01T02:00:05Z", "attributes": {"hostname": "web-1", "memory": 34359738368, "packages": {}}, "relations": {"connects_to": [{"kind": "network_device", "attributes": {"hostname": "sw-1"}}]}}}
{"end": {"finished": "2026-11-01T02:00:40Z", "observations": 1, "coverage": 2}}
"""


def said(*text: str | bytes) -> Snapshot:
    return read("s.jsonl", b"\n".join(line if isinstance(line, bytes) else line.encode() for line in text))


def problems(snapshot: Snapshot) -> list[tuple[int, str]]:
    return [(p.location.line, p.message) for p in snapshot.problems if isinstance(p.location, Location)]


def test_the_documented_example() -> None:
    assert read("s.jsonl", EXAMPLE.encode()) == Snapshot(
        (
            Run(
                "hosts",
                "2026-11-01T02:00:00Z",
                datetime(2026, 11, 1, 2, tzinfo=UTC),
                datetime(2026, 11, 1, 2, 0, 40, tzinfo=UTC),
                "kind=server",
                (
                    Coverage("kind=server", ("*", "packages")),
                    Coverage("kind=server,environment=test", ("packages",), "failed", "permission denied"),
                ),
                (
                    Observation(
                        "server",
                        "web-1.example.org",
                        {"hostname": "web-1", "memory": 34359738368, "packages": {}},
                        {"connects_to": (Reference("network_device", attributes={"hostname": "sw-1"}),)},
                        at=datetime(2026, 11, 1, 2, 0, 5, tzinfo=UTC),
                    ),
                ),
                ended=True,
            ),
        )
    )


def test_the_documented_example_is_written_as_it_is_shown() -> None:
    (run,) = read("s.jsonl", EXAMPLE.encode()).runs
    again = "".join(f"{line}\n" for line in lines(run)).splitlines()
    assert [json.loads(line) for line in again] == [json.loads(line) for line in EXAMPLE.splitlines()]
    assert again[0] == EXAMPLE.splitlines()[0]


@LAW
@given(runs())
def test_write_then_read_is_identity_and_order_does_not_matter(run: Run) -> None:
    text = list(lines(run))
    found = read("s.jsonl", "\n".join(text).encode())
    assert found.runs == (run,)
    assert [p.severity for p in found.problems] == ([] if run.ended else [Severity.WARNING])
    turned = replace(run, coverage=run.coverage[::-1], observations=run.observations[::-1])
    assert list(lines(turned)) == text
    assert in_order(turned) == run


@settings(LAW, max_examples=20)
@given(snapshots())
def test_snapshots_may_follow_each_other(snapshot: Snapshot) -> None:
    text = "".join(f"{line}\n" for run in snapshot.runs for line in lines(run))
    assert read("s.jsonl", text.encode()).runs == snapshot.runs


def test_maps_are_written_in_order() -> None:
    texts = {
        "\n".join(lines(Run("s", "r", observations=(Observation("server", "a", dict(order)),))))
        for order in permutations({"b": 1, "a": {"z": 1, "y": 2}, "c": (3, 1)}.items())
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("garbage", "not JSON: Expecting value at column 1"),
        ('{"observation": {"kind": "server", "ke', "not JSON: Unterminated string starting at column 36"),
        (b'{"observation": {"kind": "server", "key": "\xff"}}', "not UTF-8: byte 0xff at column 44"),
        ('{"observation": {"kind": "server", "key": "a\0b"}}', "not JSON: Invalid control character at column 45"),
        ("\0\0\0", "not JSON: Expecting value at column 1"),
        ('{"observation": {"kind": "server", "key": "a\\u0000b"}}', "key is text without control characters"),
        ('{"observation": {"kind": "server", "key": "a", "key": "b"}}', '"key" stands twice in one object'),
        (observed := '{"observation": {"kind": "server", "key": "a", "attributes": {"x": NaN}}}', "NaN is no"),
        (observed.replace("NaN", "-Infinity"), "-Infinity is no JSON number"),
        (observed.replace("NaN", "1e999"), "the number 1e999 is too large"),
        (observed.replace("NaN", "9" * 5000), "a number has more digits than can be read"),
        (observed.replace("NaN", '"\\ud800"'), "stands for half a character"),
        (observed.replace("NaN", '{"y": 1, "y": 1}'), '"y" stands twice in one object'),
        (observed.replace("NaN", "[" * 100_000 + "]" * 100_000), "nested more than 100 levels deep"),
        (observed.replace("NaN", "[" * 98 + "]" * 98), "nested more than 100 levels deep"),
        ("[" * 100_000, "nested more than 100 levels deep"),
        (observed.replace("NaN", '"' + "x" * (16 * 2**20) + '"'), "longer than 16 MiB"),
        ("[]", "a line is an object"),
        ("{}", "a line holds one of coverage, observation, end"),
        ('{"observations": {}}', "a line holds one of coverage, observation, end"),
        ('{"observation": {"kind": "server", "key": "a"}, "end": {}}', "a line holds one of"),
        ('{"observation": ["server", "a"]}', "observation is an object"),
        ('{"observation": {"kind": "server"}}', "key is missing or empty"),
        ('{"observation": {"kind": "", "key": "a"}}', "kind is missing"),
        ('{"observation": {"kind": "server", "key": 7}}', "key is text, not 7"),
        ('{"observation": {"kind": "server", "key": "a", "atributes": {}}}', "did you mean 'attributes'?"),
        ('{"observation": {"kind": "server", "key": "a", "attributes": []}}', "attributes is an object, not []"),
        ('{"observation": {"kind": "server", "key": "a", "at": "2026-11-01T02:00:00"}}', "at needs an offset"),
        ('{"observation": {"kind": "server", "key": "a", "at": "2026-11-01"}}', "at needs an offset"),
        ('{"observation": {"kind": "server", "key": "a", "at": "now"}}', ', not "now"'),
        ('{"observation": {"kind": "server", "key": "a", "at": 1793498400}}', "at is a timestamp such as"),
        ('{"observation": {"kind": "server", "key": "a", "at": "0001-01-01T00:00:00+14:00"}}', "at is a timestamp"),
        ('{"observation": {"kind": "server", "key": "a", "relations": {"runs_on": "b"}}}', "the relation runs_on is"),
        ('{"observation": {"kind": "server", "key": "a", "relations": {"runs_on": ["b"]}}}', "a reference of runs_on"),
        ('{"observation": {"kind": "server", "key": "a", "relations": {"runs_on": [{"key": "b"}]}}}', "kind is missing"),
        ('{"coverage": {"scope": "kind=server", "status": "done"}}', "one of complete, partial, failed, not \"done\""),
        ('{"coverage": {"scope": "kind=server"}}', "one of complete, partial, failed, not nothing"),
        ('{"coverage": {"status": "complete"}}', "a coverage line names its scope"),
        ('{"coverage": {"scope": "kind=server", "status": "complete", "attributes": "*"}}', "are a list of key paths"),
        ('{"coverage": {"scope": 1, "status": "complete"}}', "scope is text, not 1"),
    ],
)  # fmt: skip
def test_an_unreadable_line_is_a_problem_and_its_run_has_not_ended(line: str | bytes, why: str) -> None:
    found = said(HEADER, line, COVERAGE, OBSERVATION, END)
    assert [at for at, _ in problems(found)] == [2]
    assert why in found.problems[0].message
    assert found.problems[0].code == "snapshot"
    assert found.problems[0].severity is Severity.ERROR
    assert len(found.problems[0].message) < 300
    (run,) = found.runs
    assert not run.ended
    assert (len(run.coverage), len(run.observations)) == (1, 1)


def test_an_overlong_line_of_a_file_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with path.open("wb") as stream:
        stream.write(HEADER.encode() + b"\n")
        for _ in range(100):
            stream.write(b"x" * 2**20)
        stream.write("\n".join(("", COVERAGE, OBSERVATION, END)).encode())
    found = read_file(path, "s.jsonl")
    assert problems(found) == [(2, "cannot read this line: longer than 16 MiB")]
    assert len(found.runs[0].observations) == 1


def test_a_deep_value_below_the_limit_is_read_and_written() -> None:
    line = '{"observation": {"kind": "server", "key": "a", "attributes": {"x": %s}}}'
    found = said(HEADER, line % ("[" * 97 + "]" * 97), COVERAGE, END)
    assert not found.problems
    assert read("s", "\n".join(lines(found.runs[0])).encode()) == found


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("", "the run r1 of 'hosts' has no end line"),
        (END.replace('"observations": 1', '"observations": 2'), "ends with 2 observations, but has 1"),
        (END.replace('"coverage": 1', '"coverage": 0'), "ends with 0 coverage lines, but has 1"),
    ],
)
def test_a_run_without_a_matching_end_line_has_not_ended(end: str, why: str) -> None:
    found = said(HEADER, COVERAGE, OBSERVATION, end)
    assert not found.runs[0].ended
    assert [(p.code, p.severity) for p in found.problems] == [("snapshot", Severity.WARNING)]
    assert why in found.problems[0].message


@pytest.mark.parametrize(
    "end",
    [
        '{"end": {}}',
        '{"end": null}',
        '{"end": {"observations": true, "coverage": 1}}',
        END.replace("40Z", "40"),
        END[:-9],
    ],
)
def test_an_end_line_that_cannot_be_read_ends_nothing(end: str) -> None:
    found = said(HEADER, COVERAGE, OBSERVATION, end)
    assert not found.runs[0].ended
    assert [at for at, _ in problems(found)] == [4]


def test_a_line_after_the_end_is_kept_and_the_run_has_not_ended() -> None:
    found = said(*GOOD, OBSERVATION)
    assert [at for at, _ in problems(found)] == [5]
    assert (found.runs[0].ended, len(found.runs[0].observations)) == (False, 2)


def test_two_end_lines_end_nothing() -> None:
    assert not said(*GOOD, END).runs[0].ended


def test_lines_before_any_header_are_one_problem() -> None:
    found = said(OBSERVATION, COVERAGE, END)
    assert (found.runs, [at for at, _ in problems(found)]) == ((), [1])
    assert "before any header" in found.problems[0].message


def test_an_unreadable_line_before_a_header_puts_the_next_run_in_doubt() -> None:
    found = said("cron: cannot open display", *GOOD, *GOOD)
    assert [run.ended for run in found.runs] == [False, True]


def test_an_unreadable_line_concerns_its_own_run_only() -> None:
    found = said(HEADER, "garbage", COVERAGE, OBSERVATION, END, OTHER, COVERAGE, OBSERVATION, END)
    assert [(run.source, run.ended) for run in found.runs] == [("hosts", False), ("cloud", True)]


def test_a_run_appended_to_a_cut_one_keeps_its_own_lines() -> None:
    found = said(HEADER, COVERAGE, OBSERVATION[:30] + OTHER, COVERAGE, OBSERVATION, END)
    assert [at for at, _ in problems(found)] == [3]
    assert [(run.source, run.ended, len(run.observations)) for run in found.runs] == [
        ("hosts", False, 0),
        ("cloud", True, 1),
    ]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (HEADER.replace("snapshot/1", "snapshot/2"), 'the format is "cmdb.snapshot/2"; this version of cmdb'),
        (HEADER.replace('"cmdb.snapshot/1"', "1"), "the format is 1;"),
    ],
)  # fmt: skip
def test_an_unknown_format_gives_a_run_that_says_nothing(header: str, why: str) -> None:
    found = said(
        header, '{"observation": "of tomorrow"}', COVERAGE, OBSERVATION, END, OTHER, COVERAGE, OBSERVATION, END
    )
    assert [at for at, _ in problems(found)] == [1]
    assert why in found.problems[0].message
    assert [(run.source, run.ended, len(run.observations)) for run in found.runs] == [
        ("hosts", False, 0),
        ("cloud", True, 1),
    ]


@pytest.mark.parametrize(
    "header",
    [HEADER.replace("02:00:00Z", "02:00:00"), HEADER.replace("}", ', "cover": "kind=server"}')],
)
def test_a_faulty_header_keeps_its_lines_and_has_not_ended(header: str) -> None:
    found = said(header, *GOOD[1:])
    assert [at for at, _ in problems(found)] == [1]
    assert (found.runs[0].source, found.runs[0].ended, len(found.runs[0].observations)) == ("hosts", False, 1)


@pytest.mark.parametrize(
    "header", ['{"format": "cmdb.snapshot/1"}', HEADER.replace('"hosts"', '""'), HEADER.replace('"r1"', "1")]
)
def test_a_header_without_a_name_gives_no_run(header: str) -> None:
    found = said(header, *GOOD[1:], *GOOD)
    assert [at for at, _ in problems(found)] == [1]
    assert [run.ended for run in found.runs] == [True]


def test_a_file_full_of_garbage_is_not_repeated_in_full() -> None:
    found = said(*["garbage"] * 5000)
    assert len(found.problems) == 51
    assert found.problems[-1].message == "4950 more lines cannot be read"


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_is_a_problem(text: str) -> None:
    assert problems(said(text)) == [(1, "the file holds no snapshot")]


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\n\n")],
)
def test_line_ends_and_marks_of_other_systems_are_no_problem(change: object) -> None:
    assert callable(change)
    found = said(str(change("\n".join(GOOD))))
    assert not found.problems
    assert found == said(*GOOD)


def test_lines_may_come_one_by_one() -> None:
    assert read("s.jsonl", iter([line.encode() for line in GOOD])) == said(*GOOD)


def test_timestamps_with_any_offset_are_the_same_moment() -> None:
    east = HEADER.replace("02:00:00Z", "03:30:00+01:30")
    assert said(east, *GOOD[1:]) == said(*GOOD)


def test_a_relation_that_is_null_is_seen_to_be_empty() -> None:
    found = said(HEADER, '{"observation": {"kind": "server", "key": "a", "relations": {"runs_on": null}}}')
    assert found.runs[0].observations[0].relations == {"runs_on": ()}


def test_error_messages_do_not_repeat_secrets() -> None:
    found = said(HEADER, '{"observation": {"kind": "server", "key": "a", "attributes": "postgres://u:hunter2@db/x"}}')
    assert "hunter2" not in found.problems[0].message


RUN = Run(
    "hosts",
    "r1",
    finished=datetime(2026, 1, 1, tzinfo=UTC),
    coverage=(Coverage("kind=server"),),
    observations=(Observation("server", "a", {"name": "Grüße\u2028"}),),
)


NO_ZSTD = pytest.mark.skipif(not any(map(find_spec, ("zstandard", "compression"))), reason="no Zstandard here")
EVERY_PACKING = pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz", pytest.param("s.jsonl.zst", marks=NO_ZSTD)])


@EVERY_PACKING
def test_files_are_private_whole_and_the_same_every_time(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"older")
    path.chmod(0o644)
    write(RUN, path)
    first = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_file(path).runs == (RUN,)
    write(Snapshot((RUN,)), path)
    assert path.read_bytes() == first
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@EVERY_PACKING
def test_files_that_were_put_together_are_read_to_the_end(tmp_path: Path, name: str) -> None:
    write(RUN, tmp_path / name)
    (tmp_path / f"both-{name}").write_bytes((tmp_path / name).read_bytes() * 2)
    assert read_file(tmp_path / f"both-{name}").runs == (RUN, RUN)


def test_a_packed_file_is_packed_without_name_and_time(tmp_path: Path) -> None:
    write(RUN, tmp_path / "s.jsonl.gz")
    packed = (tmp_path / "s.jsonl.gz").read_bytes()
    assert gzip.decompress(packed).decode().splitlines() == list(lines(RUN))
    assert packed[3:8] == bytes(5)


def test_a_torn_packed_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    observations = tuple(
        Observation("server", str(number), {"noise": str(hash(str(number)))}) for number in range(2000)
    )
    write(Run("hosts", "r1", observations=observations), path)
    path.write_bytes(path.read_bytes()[:-2000])
    found = read_file(path)
    assert "cannot read on from here" in found.problems[0].message
    assert not found.runs[0].ended
    assert 0 < len(found.runs[0].observations) < 2000


def test_a_packed_file_that_is_not_packed_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "s.gz").write_bytes(b"\n".join(line.encode() for line in GOOD))
    assert "cannot read on from here" in read_file(tmp_path / "s.gz").problems[0].message


@pytest.mark.skipif(any(map(find_spec, ("zstandard", "compression"))), reason="this Python knows Zstandard")
def test_zstandard_that_is_not_there_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "s.zst").write_bytes(b"")
    for attempt in (lambda: read_file(tmp_path / "s.zst"), lambda: write(RUN, tmp_path / "t.zst")):
        with pytest.raises(CmdbError, match="no Zstandard") as caught:
            attempt()
        assert "pip install zstandard" in caught.value.problem.hint
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.zst"]


def test_what_cannot_be_written_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write(RUN, path)
    with pytest.raises(ValueError, match=r"attributes\.load: inf is no JSON number"):
        write(Run("hosts", "r2", observations=(Observation("server", "a", {"load": float("inf")}),)), path)
    assert read_file(path).runs == (RUN,)
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.jsonl"]


def test_files_that_cannot_be_are_refused_in_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, attempt in (
        ("nowhere/s.jsonl", lambda path: write(RUN, path)),
        (".", lambda path: write(RUN, path)),
        ("pipe", lambda path: write(RUN, path)),
        ("s.jsonl", read_file),
        (".", read_file),
    ):
        with pytest.raises(CmdbError, match=r"^cannot (read|write) "):
            attempt(tmp_path / path)
