"""Events on their way to a real HTTP server that takes them, fails, hangs, hangs up, redirects and refuses."""

from __future__ import annotations

import json
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from hypothesis import given
from hypothesis import strategies as st

from cmdb.events.delivery import Delivered, Delivery, deliver
from cmdb.events.event import Event, event
from cmdb.events.http import TOKEN, post
from cmdb.events.spool import Spool
from cmdb.model.problem import CmdbError
from cmdb.testing.records import words

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Endpoint:
    """A server, what it will answer (a status, or what it does instead), and what it was sent."""

    answers: list[int | str] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in handler.headers.items()}, body))
        how = self.answers.pop(0) if self.answers else 202
        if how == "hang":
            self.release.wait(30)
            return
        if how == "cut":
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if how == "nonsense":
            handler.wfile.write(b"what?\r\n\r\n")
            return
        assert isinstance(how, int)
        if how < 300:
            self.taken.append(json.loads(body)["id"])
        handler.send_response(how)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.answer(self)

        def do_GET(self) -> None:
            found.got.append(({}, b"GET"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/events"
    yield found
    found.release.set()
    server.shutdown()
    server.server_close()


def made(name: str = "chg-1", state: str = "proposed") -> Event:
    return event("shop", name, state, AT, {"title": name})


def sending(url: str, one: Event, home: Path, **how: Any) -> tuple[Delivered, list[float]]:
    """Without waiting in earnest; what would have been waited comes along."""
    waited: list[float] = []
    return deliver(url, one, Delivery(wait=waited.append, **{"timeout": 5.0, **how}), home), waited


def test_an_event_is_one_of_cloudevents(endpoint: Endpoint, tmp_path: Path) -> None:
    sent = event("my shop", "chg-1", "approved", AT, {"b": (1, 2), "a": "é\ud800", "when": AT})
    done, waited = sending(endpoint.url, sent, tmp_path)
    assert (done.taken, done.waiting, done.reason, waited) == (1, 0, "", [])
    headers, body = endpoint.got[0]
    read = from_http_event(HTTPMessage(headers, body))
    assert read.get_attributes() == {
        "specversion": "1.0",
        "id": sent.id,
        "source": "/cmdb/my%20shop",
        "type": "cmdb.change.approved",
        "subject": "chg-1",
        "time": AT,
        "datacontenttype": "application/json",
    }
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert "authorization" not in headers


def test_the_same_thing_told_again_has_the_same_id_and_another_thing_another() -> None:
    assert made().id == event("shop", "chg-1", "proposed", AT.replace(year=2027), {"title": "chg-1"}).id
    ids = {made().id, made("chg-2").id, made(state="approved").id, event("shop", "chg-1", "proposed", AT, {}).id}
    assert len(ids) == 4


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_is_an_acceptance(endpoint: Endpoint, tmp_path: Path, status: int) -> None:
    endpoint.answers = [status]
    assert sending(endpoint.url, made(), tmp_path)[0].taken == 1
    assert list(Spool.of(endpoint.url, tmp_path).waiting()) == []


@pytest.mark.parametrize("failure", [500, 503, 429, 408, "cut", "nonsense"])
def test_what_may_pass_is_tried_again_with_growing_pauses(
    endpoint: Endpoint, tmp_path: Path, failure: int | str
) -> None:
    endpoint.answers = [failure, failure, failure]
    done, waited = sending(endpoint.url, made(), tmp_path)
    assert (done.taken, done.waiting, waited, len(endpoint.got)) == (1, 0, [0.5, 1.0, 2.0], 4)


def test_an_endpoint_that_hangs_costs_the_timeout_and_no_more(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = ["hang", "hang"]
    done, _ = sending(endpoint.url, made(), tmp_path, timeout=0.2, tries=2)
    assert (done.taken, done.waiting) == (0, 1)
    assert "timed out" in done.reason


def test_an_endpoint_that_asks_for_time_gets_it_within_reason(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers, endpoint.headers = [503, 503], {"Retry-After": "7"}
    assert sending(endpoint.url, made(), tmp_path)[1] == [7.0, 7.0]
    endpoint.answers, endpoint.headers = [503], {"Retry-After": "86400"}
    assert sending(endpoint.url, made("chg-2"), tmp_path)[1] == [30.0]


@pytest.mark.parametrize(("failure", "tries"), [(500, 4), ("cut", 4), (401, 1), (403, 1), (404, 1), (302, 1), (307, 1)])
def test_what_was_not_taken_waits_and_is_sent_next_time_in_order(
    endpoint: Endpoint, tmp_path: Path, failure: int | str, tries: int
) -> None:
    first, second, third = made("chg-1"), made("chg-2"), made("chg-3")
    endpoint.headers = {"Location": endpoint.url}
    endpoint.answers = [failure] * 2 * tries
    done, _ = sending(endpoint.url, first, tmp_path)
    assert (done.taken, done.waiting, len(endpoint.got)) == (0, 1, tries)
    assert sending(endpoint.url, second, tmp_path)[0].waiting == 2
    assert len(endpoint.got) == 2 * tries
    assert sending(endpoint.url, third, tmp_path)[0] == Delivered(3, 0, spool=done.spool)
    assert endpoint.taken == [first.id, second.id, third.id]


def test_nobody_at_home_is_no_reason_to_lose_anything(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    done, _ = sending(url, made(), tmp_path, tries=2)
    assert done.waiting == 1 and "refused" in done.reason


def test_an_event_that_is_refused_for_good_is_put_aside_and_blocks_nobody(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [422]
    done, _ = sending(endpoint.url, made(), tmp_path)
    assert (done.taken, done.waiting, len(done.refused)) == (0, 0, 1)
    assert json.loads(done.refused[0].read_text())["subject"] == "chg-1"
    assert sending(endpoint.url, made("chg-2"), tmp_path)[0].taken == 1


def test_an_event_waits_once_however_often_it_is_told(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [404, 404]
    sending(endpoint.url, made(), tmp_path)
    assert sending(endpoint.url, made(), tmp_path)[0].waiting == 1


def test_what_waits_is_for_its_owner_only(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [404]
    sending(endpoint.url, made(), tmp_path / "spool")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "spool").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in (tmp_path / "spool").rglob("*") if path.is_dir())


def test_every_endpoint_has_a_spool_of_its_own(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [404]
    sending(endpoint.url, made(), tmp_path)
    assert sending(f"{endpoint.url}/other", made("chg-2"), tmp_path)[0] == Delivered(
        1, 0, spool=Spool.of(f"{endpoint.url}/other", tmp_path).folder
    )
    assert len(list(Spool.of(endpoint.url, tmp_path).waiting())) == 1


def test_two_runs_at_once_send_everything_once(endpoint: Endpoint, tmp_path: Path) -> None:
    spool = Spool.of(endpoint.url, tmp_path)
    spool.put(made("chg-0"))
    with spool.alone() as alone:
        assert alone
        done, _ = sending(endpoint.url, made("chg-1"), tmp_path)
        assert (done.taken, done.waiting, done.reason) == (0, 2, "another run is sending just now")
    runs = [
        threading.Thread(target=sending, args=(endpoint.url, made(f"chg-{number}"), tmp_path)) for number in range(8)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    sending(endpoint.url, made("chg-9"), tmp_path)
    assert sorted(endpoint.taken) == sorted(set(endpoint.taken))
    assert len(endpoint.taken) == 9
    assert list(spool.waiting()) == []


def test_a_folder_that_cannot_be_used_is_told(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CmdbError, match="cannot use the spool"):
        sending(endpoint.url, made(), tmp_path / "file")
    sending(endpoint.url, made(), tmp_path)
    (Spool.of(endpoint.url, tmp_path).folder / f"000000001-{'0' * 16}.json").write_text("not JSON")
    with pytest.raises(CmdbError, match="an event there cannot be read"):
        sending(endpoint.url, made(), tmp_path)


def test_a_token_goes_where_nobody_else_reads_it(endpoint: Endpoint) -> None:
    post(endpoint.url, made(), 5, {TOKEN: "s3cret"})
    assert endpoint.got[0][0]["authorization"] == "Bearer s3cret"
    with pytest.raises(CmdbError, match="for anyone to read"):
        post("http://events.example.org/", made(), 5, {TOKEN: "s3cret"})
    with pytest.raises(CmdbError, match="holds no token"):
        post(endpoint.url, made(), 5, {TOKEN: "a\nb"})


@given(words(), words(), st.dictionaries(words(), words()))
def test_any_text_can_be_told(workspace: str, record: str, data: dict[str, str]) -> None:
    sent = event(workspace, record or "x", "proposed", AT, data)
    assert json.loads(sent.body)["data"] == data
    assert b"\n" not in sent.body
