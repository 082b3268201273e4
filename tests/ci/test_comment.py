"""A comment that is updated in place, against real servers that speak the two APIs in small."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "ci" / "comment.py"
REPORT = "<!-- cmdb:check -->\n1 error introduced since main\n"
SHAPES = {
    "github": (r"/repos/shop/inventory/issues/7/comments", r"/repos/shop/inventory/issues/comments/(\d+)", "PATCH"),
    "gitlab": (r"/projects/42/merge_requests/7/notes", r"/projects/42/merge_requests/7/notes/(\d+)", "PUT"),
}
ME = {"github": "github-actions[bot]", "gitlab": "project_42_bot"}
HEADERS = {"github": ("Authorization", "Bearer secret"), "gitlab": ("PRIVATE-TOKEN", "secret")}


@dataclass
class Server:
    """Comments by their number, and what was asked."""

    kind: str
    url: str = ""
    comments: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    strangers: frozenset[int] = frozenset()

    def answer(self, method: str, path: str, header: str | None, body: str) -> tuple[int, object]:
        self.asked.append(method)
        listed, one, change = SHAPES[self.kind]
        if header != HEADERS[self.kind][1]:
            return 401, {"message": "who are you?"}
        route, _, query = path.partition("?")
        if (method, self.kind, route) == ("GET", "gitlab", "/user"):
            return 200, {"username": ME["gitlab"]}
        if method == "GET" and re.fullmatch(listed, route):
            size, page = (int(found) for found in re.findall(r"page=(\d+)", query))
            everything = [self.shown(number, text) for number, text in sorted(self.comments.items())]
            return 200, everything[(page - 1) * size : page * size]
        if method == "POST" and re.fullmatch(listed, route):
            self.comments[max(self.comments, default=0) + 1] = json.loads(body)["body"]
            return 201, {}
        if method == change and (found := re.fullmatch(one, route)):
            self.comments[int(found[1])] = json.loads(body)["body"]
            return 200, {}
        return 404, {"message": "Not Found"}

    def shown(self, number: int, text: str) -> dict[str, object]:
        who = "stranger" if number in self.strangers else ME[self.kind]
        author = {"user": {"login": who}} if self.kind == "github" else {"author": {"username": who}}
        return {"id": number, "body": text, **author}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    def answered(self: BaseHTTPRequestHandler) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        code, said = server.answer(self.command, self.path, self.headers.get(HEADERS[server.kind][0]), body)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    methods = {f"do_{verb}": answered for verb in ("GET", "POST", "PATCH", "PUT")}
    handler = type("Handler", (BaseHTTPRequestHandler,), {**methods, "log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        server.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()


@pytest.fixture(params=["github", "gitlab"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(Server(request.param)) as server:
        yield server


def put(server: Server, report: Path, number: str = "7", **more: str) -> tuple[int, str, str]:
    env = {
        "GITHUB_API_URL": server.url,
        "GITHUB_REPOSITORY": "shop/inventory",
        "GITHUB_TOKEN": "secret",
        "CI_API_V4_URL": server.url,
        "CI_PROJECT_ID": "42",
        "GITLAB_TOKEN": "secret",
        **more,
    }
    command = [sys.executable, "-I", str(SCRIPT), server.kind, number, str(report)]
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text(REPORT)
    return path


def test_a_comment_is_written_once_and_then_updated(server: Server, report: Path) -> None:
    server.comments = {1: "I quote: <!-- cmdb:check -->", 2: "<!-- cmdb:drift -->\nother"}
    others = dict(server.comments)
    assert put(server, report) == (0, "comment written\n", "")
    assert server.comments == {**others, 3: REPORT}
    report.write_text(REPORT.replace("1 error", "no problems") + "„ü“\n")
    assert put(server, report) == (0, "comment updated\n", "")
    assert server.comments == {**others, 3: report.read_text()}


def test_a_comment_is_found_behind_many_others(server: Server, report: Path) -> None:
    server.comments = dict.fromkeys(range(1, 251), "hm") | {230: "<!-- cmdb:check -->\nold"}
    assert put(server, report)[1] == "comment updated\n"
    assert (server.comments[230], server.asked.count("GET")) == (REPORT, 3 + (server.kind == "gitlab"))


def test_a_strangers_comment_is_left_alone(server: Server, report: Path) -> None:
    """Who wrote it could change it back."""
    server.comments, server.strangers = {1: REPORT}, frozenset({1})
    report.write_text(REPORT + "more\n")
    assert put(server, report)[1] == "comment written\n"
    assert server.comments == {1: REPORT, 2: REPORT + "more\n"}
    assert put(server, report)[1] == "comment updated\n"


def test_what_the_server_refuses_is_told_without_the_token(server: Server, report: Path) -> None:
    code, out, err = put(server, report, GITHUB_TOKEN="wrong", GITLAB_TOKEN="wrong")
    assert (code, out) == (1, "")
    assert ": 401 " in err
    assert "wrong" not in err
    code, out, err = put(server, report, number="8")
    assert (code, ": 404 " in err) == (1, True)


@pytest.mark.parametrize(("number", "text"), [("7", "no marker\n"), ("7", ""), ("7;x", REPORT), ("../8", REPORT)])
def test_what_cannot_be_right_asks_nothing(server: Server, report: Path, number: str, text: str) -> None:
    report.write_text(text)
    assert put(server, report, number=number)[0] == 1
    assert set(server.asked) <= {"GET"}
    assert server.comments == {}
