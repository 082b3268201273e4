"""change --record, --start, --emit and -f servicenow; change list, show and advance: a record's whole life."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from cmdb.testing.program import Program, Said
from cmdb.testing.repositories import Checkout

FILES = {
    "cmdb.yaml": "name: shop\n",
    "inventory/shop.yaml": """\
- kind: business_service
  id: shop
  owner: team-shop
  keys: {servicenow: 46d44b40db6}
  relations: {depends_on: {name: web, at_least: 1, of: [web-1, web-2]}}
- {kind: server, id: web-1, owner: team-web, keys: {servicenow: 5137153cc611}, attributes: {memory: 32 GiB}}
- {kind: server, id: web-2, owner: team-web, attributes: {memory: 32 GiB}}
- {kind: team, id: team-web, keys: {servicenow: aa44}}
""",
    "baselines/calendar.yaml": """\
zone: Europe/Berlin
windows:
  - {name: sundays, from: 2026-01-04T02:00, to: 2026-01-04T06:00, repeat: FREQ=WEEKLY, applies_to: kind=server}
freezes:
  - {name: sale, from: 2026-11-27, to: 2026-11-30, applies_to: +shop, reason: Black Friday}
""",
}
SUNDAY = ("--start", "2026-11-29T02:00+01:00", "--end", "2026-11-29T04:00+01:00")
QUIET = ("--start", "2026-11-22T02:00+01:00", "--end", "2026-11-22T04:00+01:00")
NOON = "2026-11-20T12:00:00Z"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """main, and two branches that each give one of two redundant servers more memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CMDB_SPOOL", str(tmp_path.parent / f"{tmp_path.name}-spool"))
    checkout = Checkout.create(tmp_path)
    checkout.commit(FILES)
    text = FILES["inventory/shop.yaml"]
    for branch, line in (("first", 6), ("second", 7)):
        checkout.git("checkout", "--quiet", "-b", branch, "main")
        lines = text.splitlines(keepends=True)
        lines[line - 1] = lines[line - 1].replace("32 GiB", "64 GiB")
        checkout.commit({"inventory/shop.yaml": "".join(lines)})
    checkout.git("checkout", "--quiet", "main")
    return checkout


def recorded(cmdb: Program, branch: str = "first", *more: str) -> Path:
    """The file of a record that is put on file."""
    said = cmdb("change", f"main..{branch}", "--record", "changes", "--as-of", NOON, *more)
    assert said.code == 0, said.err
    return Path(said.err.partition("recorded in ")[2].strip())


def identity(file: Path) -> str:
    return file.stem[len("2026-11-20-") :]


# on file -------------------------------------------------------------------------------------------------------------


def test_a_record_is_put_on_file_once(cmdb: Program) -> None:
    file = recorded(cmdb, "first", *QUIET, "--reason", "it swaps", "--title", "More memory")
    assert file.name == f"2026-11-20-{identity(file)}.yaml"
    text = file.read_text()
    assert text.startswith(
        f"format: cmdb.change-record/1\nid: {identity(file)}\ntitle: More memory\nreason: it swaps\n"
    )
    assert "planned: {start: 2026-11-22T01:00:00Z, end: 2026-11-22T03:00:00Z}\n" in text
    again = cmdb("change", "main..first", "--record", "changes", "--title", "Another title", "--as-of", "2026-12-01")
    assert again.code == 0 and "is on file already, and stays as it is" in again.err
    assert file.read_text() == text and len(list(Path("changes").iterdir())) == 1
    assert cmdb("check").code == 0


def test_the_title_and_the_author_come_from_the_commit(cmdb: Program) -> None:
    shown = cmdb("change", "show", identity(recorded(cmdb)), "-f", "json").json["record"]
    assert shown["title"] == "change"
    assert shown["history"] == [{"state": "proposed", "by": "Ada", "at": "2026-11-20T12:00:00Z"}]
    assert shown["changes"][0]["attributes"] == [
        {"path": "attributes.memory", "before": 34359738368, "after": 68719476736}
    ]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--start", "2026-11-22T02:00+01:00"), "--start and --end belong together."),
        (("--end", "2026-11-22T02:00+01:00"), "--start and --end belong together."),
        (("--start", "2026-11-22T02:00Z", "--end", "2026-11-22T02:00Z"), "--end is before --start."),
        (("--start", "2026-11-22T02:00", "--end", "2026-11-22T03:00Z"), "needs an offset from UTC"),
        (("--start", "soon", "--end", "2026-11-22T03:00Z"), "is no moment"),
    ],
)
def test_half_a_plan_is_refused(cmdb: Program, options: tuple[str, ...], reason: str) -> None:
    said = cmdb("change", "main..first", *options)
    assert said.code == 2 and reason in said.err


def test_nothing_and_half_of_something_are_not_put_on_file(cmdb: Program, repository: Checkout) -> None:
    said = cmdb("change", "main..main", "--record", "changes")
    assert said.code == 2 and "nothing changes" in said.err
    repository.commit({"inventory/bad.yaml": "a: [\n"})
    said = cmdb("change", "HEAD~1..HEAD", "--record", "changes")
    assert said.code == 2 and "these files did not load: inventory/bad.yaml" in said.err
    assert not Path("changes").exists()


# schedule ------------------------------------------------------------------------------------------------------------


def test_a_freeze_is_told_and_is_part_of_the_risk(cmdb: Program) -> None:
    said = cmdb("change", "main..first", *SUNDAY, "-f", "json").json
    assert [one["name"] for one in said["schedule"]["freezes"]] == ["sale"]
    assert said["schedule"]["next"] == {"start": "2026-12-06T01:00:00Z", "end": "2026-12-06T03:00:00Z"}
    assert next(one["points"] for one in said["risk"]["factors"] if one["name"] == "freeze") > 0
    calm = cmdb("change", "main..first", *QUIET, "-f", "json").json
    assert calm["schedule"]["clear"] and calm["id"] == said["id"]
    assert next(one["points"] for one in calm["risk"]["factors"] if one["name"] == "freeze") == 0
    assert "schedule" not in cmdb("change", "main..first", "-f", "json").json


def test_what_drifted_has_a_schedule_too(cmdb: Program) -> None:
    lines = [
        {"format": "cmdb.snapshot/1", "source": "hosts", "run": NOON, "started": NOON},
        {"coverage": {"scope": "kind=server", "status": "complete"}},
        {"observation": {"kind": "server", "key": "web-1", "attributes": {"memory": 68719476736}}},
        {"observation": {"kind": "server", "key": "web-2", "attributes": {"memory": 34359738368}}},
        {"end": {"finished": NOON, "observations": 2, "coverage": 1}},
    ]
    Path("seen.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    cmdb("drift", "--observed", "seen.jsonl", "--as-of", NOON, "--no-ledger", "-f", "json", "-o", "drift.json")
    said = cmdb("change", "--from-drift", "drift.json", *SUNDAY, "--as-of", NOON, "-f", "json").json
    assert [(one["name"], one["cis"]) for one in said["schedule"]["freezes"]] == [("sale", ["web-1"])]
    assert next(one["points"] for one in said["risk"]["factors"] if one["name"] == "freeze") > 0


def test_the_calendar_is_that_of_the_base_so_that_no_change_makes_room_for_itself(
    cmdb: Program, repository: Checkout
) -> None:
    repository.git("checkout", "--quiet", "first")
    repository.commit({"baselines/calendar.yaml": "freezes: []\n"})
    said = cmdb("change", "main..first", *SUNDAY, "-f", "json").json
    assert [one["name"] for one in said["schedule"]["freezes"]] == ["sale"]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_two_changes_that_take_a_service_down_together_are_named(
    cmdb: Program, repository: Checkout, form: str
) -> None:
    first = identity(recorded(cmdb, "first", *QUIET))
    repository.commit()
    said = cmdb("change", "main..second", *QUIET, "-f", form)
    assert first in said.out and "together they leave" in said.out
    data = cmdb("change", "main..second", *QUIET, "-f", "json").json["schedule"]
    assert data["overlaps"][0]["harmed"] == [
        {"id": "shop", "name": None, "owner": "team-shop", "alone": "at_risk", "other": "at_risk", "together": "down"}
    ]
    rejected = cmdb("change", "advance", first, "rejected", "--by", "bob", "--as-of", NOON)
    assert rejected.code == 0
    repository.commit()
    assert cmdb("change", "main..second", *QUIET, "-f", "json").json["schedule"]["clear"]


# list, show, advance -------------------------------------------------------------------------------------------------


def advance(cmdb: Program, record: str, state: str, *more: str, at: str = "2026-11-21T12:00:00Z") -> Said:
    return cmdb("change", "advance", record, state, "--by", "bob", "--as-of", at, *more)


def test_a_record_goes_through_its_life(cmdb: Program) -> None:
    file = recorded(cmdb, "first", *QUIET)
    file.write_text("# by the board\n" + file.read_text())
    record = identity(file)
    early = advance(cmdb, record, "implemented")
    assert early.code == 2
    assert f"{record} is proposed and cannot be implemented" in early.err
    assert "it can be approved or rejected; for that, these have to approve: team-web" in early.err
    wrong = advance(cmdb, record, "approved")
    assert wrong.code == 2 and f"{record} does not need the approval of bob" in wrong.err
    assert advance(cmdb, record[:9], "approved", "--for", "team-web", "--note", "fine").code == 0
    for state in ("implemented", "reviewed", "closed"):
        said = advance(cmdb, record, state, "-f", "json")
        assert (said.code, said.json["summary"]["state"]) == (0, state)
    after = advance(cmdb, record, "rejected")
    assert after.code == 2 and "a record that is closed moves no more" in after.err
    assert file.read_text().startswith("# by the board\n")
    assert cmdb("check").code == 0
    shown = cmdb("change", "show", record).out
    assert "2026-11-21 12:00 UTC approved by bob: fine" in shown
    assert shown.endswith("closed, and moves no more.\n")


def test_a_change_that_failed_makes_the_next_one_of_the_same_cis_riskier(cmdb: Program, repository: Checkout) -> None:
    record = identity(recorded(cmdb, "first"))
    advance(cmdb, record, "approved", "--for", "team-web")
    advance(cmdb, record, "implemented")
    assert advance(cmdb, record, "reviewed", "--failed", "--note", "it swaps on").code == 0
    assert "reviewed, failed by bob: it swaps on" in cmdb("change", "show", record).out
    repository.commit()

    def history(branch: str, as_of: str) -> str:
        factors = cmdb("change", f"main..{branch}", "--as-of", as_of, "-f", "json").json["risk"]["factors"]
        return str(next(one["reason"] for one in factors if one["name"] == "history"))

    assert history("first", "2026-12-01") == "a change failed lately: web-1"
    assert history("second", "2026-12-01") == "no drift and no failed change is known of what changes"
    assert history("first", "2027-06-01") == "no drift and no failed change is known of what changes"


def test_until_all_have_approved_the_answer_is_incomplete(cmdb: Program, repository: Checkout) -> None:
    repository.git("checkout", "--quiet", "first")
    text = Path("inventory/shop.yaml").read_text().replace("web-2, owner: team-web", "web-2, owner: team-b")
    repository.commit({"inventory/shop.yaml": text})
    repository.git("checkout", "--quiet", "main")
    record = identity(recorded(cmdb))
    lacking = cmdb("change", "show", record, "-f", "json").json["summary"]["lacking"]
    assert lacking == ["team-b", "team-shop", "team-web"]
    first = advance(cmdb, record, "approved", "--for", "team-web", "--for", "team-shop", "-f", "json")
    assert (first.code, first.json["status"]) == (3, "incomplete")
    assert (first.json["summary"]["state"], first.json["summary"]["lacking"]) == ("proposed", ["team-b"])
    second = advance(cmdb, record, "approved", "--for", "team-b", "-f", "json")
    assert (second.code, second.json["summary"]["state"]) == (0, "approved")


def test_records_are_listed_and_filtered(cmdb: Program) -> None:
    first, second = identity(recorded(cmdb, "first", *QUIET)), identity(recorded(cmdb, "second"))
    advance(cmdb, first, "approved", "--for", "team-web")
    listed = cmdb("change", "list", "-f", "json").json
    assert listed["summary"]["records"] == 2
    assert [one["id"] for one in listed["records"]] == sorted([first, second])
    only = cmdb("change", "list", "--state", "approved", "-f", "json").json["records"]
    assert [(one["id"], one["state"], one["moves"]) for one in only] == [
        (first, "approved", ["implemented", "rejected"])
    ]
    table = cmdb("change", "list").out
    assert first in table and table.endswith("2 change records: 1 proposed, 1 approved.\n")
    assert max(map(len, table.splitlines())) <= 80
    assert cmdb("change", "list", "--records", "nowhere").out == "No change records.\n"


def test_files_that_are_no_records_are_told_with_their_lines(cmdb: Program) -> None:
    record = recorded(cmdb)
    Path("changes/bad.yaml").write_text("format: cmdb.change-record/1\nid: x\nstat: proposed\n")
    Path("changes/README.md").write_text("Records.\n")
    said = cmdb("change", "list", "-f", "json")
    assert (said.code, said.json["status"], len(said.json["records"])) == (3, "incomplete", 1)
    assert {one["location"]["line"] for one in said.json["problems"]} == {1, 3}
    assert "changes/bad.yaml" in said.err
    assert cmdb("change", "show", identity(record)).code == 0
    lost = cmdb("change", "show", "bad")
    assert lost.code == 2 and "Traceback" not in lost.err
    assert cmdb("check").code == 1
    near = cmdb("change", "show", "chg-0")
    assert near.code == 2 and "there is no change record 'chg-0'" in near.err


def test_records_may_be_anywhere(cmdb: Program, tmp_path: Path) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-records"
    said = cmdb("change", "main..first", "--record", str(folder), "--as-of", NOON)
    assert said.code == 0
    assert len(cmdb("change", "list", "--records", str(folder), "-f", "json").json["records"]) == 1
    assert cmdb("change", "list", "-f", "json").json["records"] == []


def test_the_settings_may_name_another_folder(cmdb: Program) -> None:
    Path("cmdb.yaml").write_text("name: shop\nchange: {records: board/records/}\n")
    cmdb("change", "main..first", "--record", "board/records", "--as-of", NOON)
    assert len(cmdb("change", "list", "-f", "json").json["records"]) == 1


@pytest.mark.parametrize("folder", ["/tmp", "../records", "inventory/records", ".git", "a//b", '"a\\\\b"'])
def test_records_are_kept_below_the_workspace_and_apart(cmdb: Program, folder: str) -> None:
    Path("cmdb.yaml").write_text(f"name: shop\nchange: {{records: {folder}}}\n")
    said = cmdb("check")
    assert said.code == 1 and "is no folder for records" in said.out


# drift ---------------------------------------------------------------------------------------------------------------


def test_an_approved_record_explains_drift(cmdb: Program, repository: Checkout) -> None:
    record = identity(recorded(cmdb, "first", *QUIET))
    snapshot = [
        {"format": "cmdb.snapshot/1", "source": "hosts", "run": "AT", "started": "AT"},
        {"coverage": {"scope": "kind=server", "status": "complete"}},
        {"observation": {"kind": "server", "key": "web-1", "attributes": {"memory": 68719476736}}},
        {"observation": {"kind": "server", "key": "web-2", "attributes": {"memory": 34359738368}}},
        {"end": {"finished": "AT", "observations": 2, "coverage": 1}},
    ]

    def drift(at: str, *more: str) -> Said:
        lines = "".join(f"{json.dumps(line)}\n" for line in snapshot).replace('"AT"', f'"{at}"')
        Path("seen.jsonl").write_text(lines)
        return cmdb("drift", "--observed", "seen.jsonl", "--as-of", at, "--no-ledger", *more)

    assert drift("2026-11-22T02:00:00Z").code == 1
    advance(cmdb, record, "approved", "--for", "team-web")
    inside = drift("2026-11-22T02:00:00Z", "-f", "json")
    (found,) = inside.json["deviations"]
    assert (inside.code, found["excuse"]["type"], found["change"]["standing"]) == (0, "window", "authorised")
    assert found["excuse"]["location"]["path"].startswith("changes/")
    late = drift("2026-11-23T02:00:00Z")
    assert late.code == 1 and f"late: seen after the window of change {record}" in late.out
    repository.git("merge", "--quiet", "first")
    snapshot[2] = {"observation": {"kind": "server", "key": "web-1", "attributes": {"memory": 34359738368}}}
    undone = drift("2026-11-23T02:00:00Z", "-f", "json")
    assert [(one["record"], one["ci"]) for one in undone.json["not_implemented"]] == [(record, "web-1")]
    assert "Approved, due and not implemented (1)" in drift("2026-11-23T02:00:00Z").out
    Path("changes/bad.yaml").write_text("a: [\n")
    broken = drift("2026-11-22T02:00:00Z")
    assert broken.code == 3 and "changes/bad.yaml" in broken.err


# emit ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[int], list[tuple[dict[str, str], bytes]]]]:
    """A URL, the statuses that it will answer (else 202), and what it was sent."""
    answers: list[int] = []
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(answers.pop(0) if answers else 202)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", answers, got
    server.shutdown()
    server.server_close()


def test_a_record_is_sent_and_what_was_not_taken_is_sent_next_time(
    cmdb: Program, endpoint: tuple[str, list[int], list[tuple[dict[str, str], bytes]]]
) -> None:
    url, answers, got = endpoint
    answers += [404]
    first = cmdb("change", "main..first", "--emit", url, "-f", "json")
    assert (first.code, first.json["status"]) == (3, "incomplete")
    assert "an event waits in" in first.err and "HTTP 404" in first.err
    record = identity(recorded(cmdb, "first", "--emit", url))
    events = [from_http_event(HTTPMessage(*one)) for one in got]
    assert [one.get_type() for one in events] == ["cmdb.change.proposed"] * 3
    assert len({one.get_id() for one in events[:2]}) == 1
    assert {one.get_subject() for one in events} == {record}
    assert advance(cmdb, record, "approved", "--for", "team-web", "--emit", url).code == 0
    last = from_http_event(HTTPMessage(*got[-1]))
    assert (last.get_type(), last.get_source()) == ("cmdb.change.approved", "/cmdb/shop")
    assert list(Path(os.environ["CMDB_SPOOL"]).rglob("*.json")) == []


def test_the_spool_is_private(cmdb: Program) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    said = cmdb("change", "main..first", "--emit", url)
    assert said.code == 3
    (event,) = Path(os.environ["CMDB_SPOOL"]).rglob("*.json")
    assert stat.S_IMODE(event.stat().st_mode) == 0o600
    assert cmdb("change", "main..first", "--emit", "ftp://x/").code == 2


def test_events_go_to_files_and_to_stdout(cmdb: Program) -> None:
    record = identity(recorded(cmdb, "first", "--emit", "events.jsonl"))
    advance(cmdb, record, "approved", "--for", "team-web", "--emit", "events.jsonl")
    lines = [json.loads(line) for line in Path("events.jsonl").read_text().splitlines()]
    assert [one["type"] for one in lines] == ["cmdb.change.proposed", "cmdb.change.approved"]
    said = cmdb("change", "main..second", "--emit", "-")
    assert said.code == 0 and json.loads(said.out)["type"] == "cmdb.change.proposed"
    both = cmdb("change", "main..second", "--emit", "-", "-f", "json", "-o", "out.json")
    assert json.loads(both.out)["data"]["id"] == json.loads(Path("out.json").read_text())["id"]
    assert cmdb("change", "main..second", "--emit", "nowhere/x").code == 2


def test_without_emit_no_socket_is_opened(repository: Checkout) -> None:
    code = (
        "import socket, sys\n"
        "def no(*_): raise AssertionError('a socket')\n"
        "socket.socket.connect = no\n"
        "from cmdb.cli.main import main\n"
        "sys.argv = ['cmdb', 'change', 'main..first']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository.root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


# servicenow ----------------------------------------------------------------------------------------------------------


def test_servicenow_gets_the_fields_of_a_change_request(cmdb: Program) -> None:
    said = cmdb("change", "main..first", *SUNDAY, "-f", "servicenow", "--reason", "it swaps", "--title", "More memory")
    assert said.code == 0
    request = said.json
    assert {name: request[name] for name in request if not name.endswith(("plan", "analysis", "description"))} == {
        "type": "normal",
        "risk": request["risk"],
        "impact": "3",
        "priority": request["priority"],
        "category": "Hardware",
        "cmdb_ci": "5137153cc611",
        "business_service": "46d44b40db6",
        "assignment_group": "aa44",
        "start_date": "2026-11-29 01:00:00",
        "end_date": "2026-11-29 03:00:00",
        "justification": "it swaps",
        "correlation_id": request["correlation_id"],
        "correlation_display": "cmdb",
    }
    assert request["short_description"] == "More memory"
    assert request["risk"] in {"2", "3", "4"} and request["priority"] in {"1", "2", "3", "4"}
    assert all(isinstance(item, str) for item in request.values())
    assert "attributes.memory: 34359738368 -> 68719476736" in request["implementation_plan"]
    assert "attributes.memory: 68719476736 -> 34359738368" in request["backout_plan"]
    assert "If it fails, shop is at_risk." in request["risk_impact_analysis"]


def test_servicenow_is_told_of_what_it_does_not_know(cmdb: Program) -> None:
    request = cmdb("change", "main..second", "-f", "servicenow").json
    assert "cmdb_ci" not in request and "start_date" not in request
    assert "Without a sys_id: web-2." in request["description"]
    filed = recorded(cmdb, "second")
    assert cmdb("change", "show", identity(filed), "-f", "servicenow").json["correlation_id"] == identity(filed)
