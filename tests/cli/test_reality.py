"""discover, drift and init: where reality comes in."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from cmdb.testing.plugins import Plugins
from cmdb.testing.program import Program
from cmdb.testing.repositories import write
from cmdb.workspace import Workspace

AS_OF = ("--as-of", "2026-11-01T12:00:00Z")


def snapshot(
    source: str, *observations: dict[str, object], status: str = "complete", scope: str = "kind=server"
) -> str:
    """A run of a source at noon."""
    at = "2026-11-01T12:00:00Z"
    lines: list[Mapping[str, object]] = [
        {"format": "cmdb.snapshot/1", "source": source, "run": at, "started": at, "covers": scope},
        {"coverage": {"scope": scope, "attributes": ["*", "memory"], "status": status, "reason": "so it is"}},
        *[{"observation": {"kind": "server", **seen}} for seen in observations],
        {"end": {"finished": at, "observations": len(observations), "coverage": 1}},
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def web(memory: str) -> dict[str, object]:
    return {"key": "web-1", "attributes": {"hostname": "web-1", "memory": memory}}


# drift ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("files", "arguments", "code", "status"),
    [
        ({"a": snapshot("hosts", web("32 GiB"))}, (), 0, "clean"),
        ({"a": snapshot("hosts", web("16 GiB"))}, (), 1, "findings"),
        ({"a": snapshot("hosts", web("16 GiB"))}, ("--fail-level", "critical"), 0, "clean"),
        ({"a": snapshot("hosts")}, (), 1, "findings"),
        ({"a": snapshot("hosts", status="partial")}, (), 3, "incomplete"),
        ({"a": snapshot("hosts", web("16 GiB"), status="partial")}, (), 1, "findings"),
        ({"a": snapshot("hosts", web("32 GiB")), "inventory/x.yaml": "id: ["}, (), 3, "incomplete"),
        (
            {"a": snapshot("hosts", web("32 GiB")), "cmdb.yaml": "sources: {dns: {covers: kind=server}}"},
            (),
            3,
            "incomplete",
        ),
        ({"a": snapshot("hosts", status="partial"), "b": snapshot("others", web("32 GiB"))}, ("b",), 0, "clean"),
        (
            {"a": snapshot("hosts", status="partial"), "b": snapshot("x", web("32 GiB"))},
            ("--observed", "b"),
            0,
            "clean",
        ),
    ],
)
def test_drift(cmdb: Program, files: dict[str, str], arguments: tuple[str, ...], code: int, status: str) -> None:
    write(Path(), files)
    said = cmdb("drift", "--observed", "a", *arguments, *AS_OF, "-f", "json")
    assert (said.code, said.json["format"], said.json["status"]) == (code, "cmdb.drift/1", status)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("file", ["inventory/x.yaml", "baselines/x.yaml"])
def test_drift_says_what_did_not_load(cmdb: Program, file: str) -> None:
    write(Path(), {"a": snapshot("hosts", web("32 GiB")), file: "id: ["})
    said = cmdb("drift", "--observed", "a", *AS_OF)
    assert said.code == 3
    assert said.err == f"cmdb: this is without a file that did not load: {file} (cmdb check says why)\n"


@pytest.mark.usefixtures("shop")
def test_drift_for_people(cmdb: Program) -> None:
    write(Path(), {"a": snapshot("hosts", web("16 GiB"))})
    said = cmdb("drift", "--observed", "a", *AS_OF)
    assert "expected 32 GiB" in said.out
    assert "inventory/shop.yaml:15" in said.out


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "there is nothing to compare with: no source is configured"),
        (("--observed", "nowhere"), "nowhere"),
        (("stray",), "Got unexpected extra argument (stray)"),
        (("--source", "nobody"), "there is no source 'nobody'"),
    ],
)
def test_drift_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    if arguments[:1] == ("--source",):
        write(Path(), {"cmdb.yaml": "sources: {dns: {covers: kind=server}}"})
    said = cmdb("drift", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.usefixtures("shop")
def test_drift_that_is_only_observed_runs_no_plugin(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add("loud", "raise SystemExit('it ran')")
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}}}", "a": snapshot("hosts", web("32 GiB"))})
    assert cmdb("drift", "--observed", "a", *AS_OF).code == 0


@pytest.mark.usefixtures("shop")
def test_drift_runs_the_sources_of_the_workspace(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add(
        "seer", "yield Coverage('kind=server')\nyield Observation('server', 'web-1', {'memory': '8 GiB'})"
    )
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}}}"})
    (deviation,) = cmdb("drift", "-f", "json").json["deviations"]
    assert (deviation["ci"], deviation["path"], deviation["observed"]) == ("web-1", "attributes.memory", 8 * 2**30)


# discover ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
def test_discover_prints_and_writes_the_same_snapshot(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add("seer", "yield Coverage('kind=server')\nyield Observation('server', 'web-1', {'os': 'é'})")
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}, more: {{plugin: {name}}}}}"})
    printed = [json.loads(line) for line in cmdb("discover", "hosts").out.splitlines()]
    assert [next(iter(line)) for line in printed] == ["format", "coverage", "observation", "end"]
    assert cmdb("discover", "-o", "snap.jsonl").out == ""
    assert Path("snap.jsonl").stat().st_mode & 0o777 == 0o600
    written = Path("snap.jsonl").read_text().splitlines()
    assert [json.loads(line)["source"] for line in written if "format" in line] == ["hosts", "more"]
    assert json.loads(written[2]) == printed[2]


@pytest.mark.usefixtures("shop")
def test_discover_as_json(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add("seer", "yield Coverage('kind=server')\nyield Observation('server', 'web-1', {'os': 'é'})")
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}}}"})
    said = cmdb("discover", "-f", "json")
    assert (said.code, said.json["status"]) == (0, "clean")
    assert said.json["summary"] == {"runs": 1, "coverage": 1, "observations": 1}
    assert said.json["coverage"] == [
        {"source": "hosts", "scope": "kind=server", "attributes": ["*"], "status": "complete", "reason": ""}
    ]
    (seen,) = said.json["observations"]
    assert (seen["source"], seen["key"], seen["attributes"]) == ("hosts", "web-1", {"os": "é"})
    cmdb("discover", "-f", "json", "-o", "snap.json")
    assert Path("snap.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("shop")
def test_a_source_that_sees_nothing_is_told(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add("blind", "raise ConnectionError('no route')")
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}}}"})
    said = cmdb("discover")
    assert said.code == 3
    assert '"status":"failed"' in said.out.replace(" ", "")
    assert said.err.startswith("cmdb: source 'hosts' saw nothing: ")
    assert "no route" in said.err


@pytest.mark.usefixtures("shop")
def test_what_a_plugin_prints_is_no_answer(cmdb: Program, plugins: Plugins) -> None:
    name = plugins.add("chatty", "print('hello')\nyield Coverage('kind=server')")
    write(Path(), {"cmdb.yaml": f"sources: {{hosts: {{plugin: {name}}}}}"})
    assert "hello" not in cmdb("discover").out


# init ----------------------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder of a user whom git does not know."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("GIT_") or name == "EMAIL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return tmp_path


def test_init_makes_a_workspace_that_is_clean_and_committed(cmdb: Program, nobody: Path) -> None:
    said = cmdb("init", "shop")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "A new workspace in shop, committed:\n\n"
        ".gitignore\nbaselines/README.md\ncmdb.yaml\ninventory/README.md\n\n"
        "Next\ncmdb check -C shop\n"
    )
    assert git(nobody / "shop", "log", "--format=%an <%ae>") == "cmdb <cmdb@localhost>\n"
    assert git(nobody / "shop", "status", "--short") == ""
    assert cmdb("check", "-C", "shop", "--fail-level", "note").out == "no problems in 0 CIs\n"
    assert Workspace.open(nobody / "shop").config.name == "shop"


@pytest.mark.parametrize("arguments", [("shop",), ("-C", "shop")])
def test_init_overwrites_nothing(cmdb: Program, nobody: Path, arguments: tuple[str, ...]) -> None:
    write(nobody, {"shop/inventory/a.yaml": "mine", "shop/.gitignore": "mine"})
    said = cmdb("init", *arguments)
    assert (said.code, said.out) == (2, "")
    assert (
        said.err
        == "cmdb: error: 'shop' has inventory already\n    hint: choose another folder; nothing is overwritten\n"
    )
    assert sorted(path.name for path in (nobody / "shop").iterdir()) == [".gitignore", "inventory"]
    assert cmdb("init", "shop/inventory/a.yaml").code == 2


def test_init_inside_a_repository_commits_its_own_files_only(cmdb: Program, nobody: Path) -> None:
    git(nobody, "init", "--quiet")
    write(nobody, {"other": "staged", "sub/.gitignore": "mine"})
    git(nobody, "add", "other")
    said = cmdb("init", "sub", "-f", "json")
    assert said.json == {
        "format": "cmdb.init/1",
        "status": "clean",
        "summary": {"files": 3, "cis": 0},
        "workspace": "sub",
        "committed": True,
        "files": ["baselines/README.md", "cmdb.yaml", "inventory/README.md"],
    }
    assert git(nobody, "ls-tree", "-r", "--name-only", "HEAD").split() == [f"sub/{name}" for name in said.json["files"]]
    assert not (nobody / "sub" / ".git").exists()
    assert (nobody / "sub" / ".gitignore").read_text() == "mine"


def test_init_says_where_git_refuses(cmdb: Program, nobody: Path) -> None:
    git(nobody, "init", "--quiet")
    write(nobody, {".git/index.lock": ""})
    said = cmdb("init", "shop")
    assert said.code == 0
    assert said.err.startswith("cmdb: nothing was committed: ")
    assert "committed" not in said.out


def test_init_from_this_machine_is_without_drift(cmdb: Program, nobody: Path) -> None:
    said = cmdb("init", "shop", "--from", "local_host", "--set", "skip=listening_ports", "-f", "json")
    assert (said.code, said.json["summary"]["cis"], said.json["committed"]) == (0, 1, True)
    assert cmdb("check", "-C", "shop", "--fail-level", "note").code == 0
    drift = cmdb("drift", "-C", "shop", "-f", "json")
    assert (drift.code, drift.json["deviations"], drift.json["summary"]["in_sync"]) == (0, [], 1)
    (declared,) = (nobody / "shop" / "inventory").glob("*/*.yaml")
    declared.write_text(declared.read_text().replace("cpu_count: ", "cpu_count: 9"))
    drift = cmdb("drift", "-C", "shop", "-f", "json")
    assert (drift.code, [found["path"] for found in drift.json["deviations"]]) == (1, ["attributes.cpu_count"])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ConnectionError('no route')", "no route"),
        ("yield Coverage('kind=server')", "it reports nothing"),
        ("yield Coverage('kind=server')\nyield Observation('spaceship', 'x')", "spaceship"),
    ],
)
def test_init_from_a_source_without_sight_makes_nothing(
    cmdb: Program, nobody: Path, plugins: Plugins, body: str, told: str
) -> None:
    said = cmdb("init", "shop", "--from", plugins.add("blind", body))
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert not (nobody / "shop").exists()


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--set", "a=b"), "--set is for the plugin"), (("--from", "x", "--set", "a"), "is not NAME=VALUE")],
)
def test_init_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("init", "shop", *arguments)
    assert said.code == 2
    assert told in said.err


def test_discover_as_a_table(cmdb: Program, shop: Path) -> None:
    write(shop, {"cmdb.yaml": "sources:\n  facts: {plugin: ansible_facts, path: nowhere, covers: kind=server}\n"})
    said = cmdb("discover", "-f", "markdown")
    assert said.code == 3
    assert "| source | run | observations | complete | partial | failed | reason |" in said.out
    assert "nowhere" in said.out
