"""log and blame on real repositories of every shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cmdb.testing.program import Program, Said
from cmdb.testing.repositories import Checkout, Files

WEB = "kind: server\nid: web\n"
START: Files = {"cmdb.yaml": "name: x\n", "inventory/web.yaml": f"{WEB}attributes: {{memory: 32 GiB}}\n"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    checkout = Checkout.create(tmp_path)
    checkout.commit(START, date="2026-01-01T12:00:00Z")
    return checkout


def logged(said: Said) -> list[tuple[str, list[str]]]:
    """The actions of the commits, and the paths that each touched."""
    assert (said.code, said.err) == (0, "")
    return [(one["action"], [each["path"] for each in one["attributes"]]) for one in said.json["commits"]]


def blamed(said: Said) -> dict[str, Any]:
    """Path -> the commit."""
    assert (said.code, said.err) == (0, "")
    return {one["path"]: one["commit"] for one in said.json["values"]}


def test_a_ci_is_followed_through_files_lists_documents_and_names(cmdb: Program, checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("mv", "inventory/web.yaml", "inventory/moved.yaml")
    checkout.commit(date="2026-01-02T12:00:00Z")
    web = "{kind: server, id: web, attributes: {memory: 32 GiB}}"
    other = "{kind: server, id: other}"
    checkout.commit({"inventory/moved.yaml": None, "inventory/list.yaml": f"- {other}\n- {web}\n"})
    checkout.commit({"inventory/list.yaml": f"- {web}\n- {other}\n"})
    checkout.commit({"inventory/list.yaml": f"{web}\n---\n{other}\n"})
    named = "{kind: server, id: www, aliases: [web], attributes: {memory: 32 GiB}}"
    renamed = checkout.commit({"inventory/list.yaml": f"{named}\n---\n{other}\n"})
    last = checkout.commit({"inventory/a/www.yaml": named.replace("32", "64"), "inventory/list.yaml": other})
    said = cmdb("log", "www", "-f", "json")
    assert logged(said) == [("changed", ["attributes.memory"]), ("renamed", []), ("added", ["attributes.memory"])]
    assert [one["commit"] for one in said.json["commits"]] == [last, renamed, first]
    assert said.json["commits"][1]["former_id"] == "web"
    said = cmdb("blame", "web", "-f", "json")
    assert blamed(said) == {
        "aliases": renamed,
        "attributes.memory": last,
        "id": renamed,
        "kind": first,
        "lifecycle": first,
    }
    assert said.json["former_ids"] == ["web"]
    memory = next(one for one in said.json["values"] if one["path"] == "attributes.memory")
    assert memory["location"] == {"path": "inventory/a/www.yaml", "line": 1, "column": 54}
    assert (memory["author"], memory["email"], memory["date"]) == ("Ada", "ada@example.org", "2026-01-01T12:00:00Z")


def test_what_comes_through_defaults_and_kinds_is_told_with_its_cause(cmdb: Program, checkout: Checkout) -> None:
    defaults = checkout.commit({"inventory/_defaults.yaml": "owner: team-a\n"})
    kinds = checkout.commit({"inventory/schema/s.yaml": "kinds: {server: {attributes: {os: {default: debian}}}}\n"})
    said = cmdb("log", "web", "-n", "2", "-f", "json")
    assert logged(said) == [("changed", ["attributes.os"]), ("changed", ["owner"])]
    causes = [(one["commit"], one["cause"]) for one in said.json["commits"]]
    assert causes == [(kinds, "inventory/schema/s.yaml"), (defaults, "inventory/_defaults.yaml")]
    assert said.json["summary"]["more"]
    values = {one["path"]: one for one in cmdb("blame", "web", "-f", "json").json["values"]}
    assert (values["owner"]["commit"], values["owner"]["cause"]) == (defaults, "inventory/_defaults.yaml")
    assert values["owner"]["location"]["line"] == 1
    assert (values["attributes.os"]["commit"], values["attributes.os"]["cause"]) == (kinds, "inventory/schema/s.yaml")


def test_a_merge_is_blamed_for_what_it_changed_itself(cmdb: Program, checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "HEAD")
    checkout.git("switch", "--quiet", "-c", "topic")
    topic = checkout.commit({"inventory/web.yaml": f"{WEB}owner: t\nattributes: {{memory: 48 GiB}}\n"})
    checkout.git("switch", "--quiet", "main")
    main = checkout.commit({"inventory/web.yaml": f"{WEB}name: W\nattributes: {{memory: 64 GiB}}\n"})
    checkout.git("merge", "--no-commit", "--strategy=ours", "topic")
    merge = checkout.commit({"inventory/web.yaml": f"{WEB}owner: t\nname: W\nattributes: {{memory: 96 GiB}}\n"})
    assert len(checkout.git("rev-parse", f"{merge}^@").split()) == 2
    assert blamed(cmdb("blame", "web", "-f", "json")) == {
        "attributes.memory": merge,
        "id": base,
        "kind": base,
        "lifecycle": base,
        "name": main,
        "owner": topic,
    }
    said = cmdb("log", "web", "-f", "json")
    assert {one["commit"] for one in said.json["commits"]} == {base, topic, main, merge}
    assert logged(said)[0] == ("changed", ["attributes.memory"])
    assert cmdb("log", "web", "owner", "-f", "json").json["commits"][0]["commit"] == topic
    assert blamed(cmdb("blame", "web", "-n", "1", "-f", "json")) == {"attributes.memory": merge}


def test_of_two_sides_that_set_the_same_the_first_parent_is_blamed(cmdb: Program, checkout: Checkout) -> None:
    checkout.git("switch", "--quiet", "-c", "topic")
    topic = checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\n"}, date="2026-01-03T12:00:00Z")
    checkout.git("switch", "--quiet", "main")
    main = checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\nname: W\n"}, date="2026-01-02T12:00:00Z")
    checkout.git("merge", "--no-commit", "--strategy=ours", "topic")
    checkout.commit()
    assert blamed(cmdb("blame", "web", "owner", "-f", "json")) == {"owner": main}
    assert {topic, main} < {one["commit"] for one in cmdb("log", "web", "-f", "json").json["commits"]}
    checkout.git("switch", "--quiet", "--detach", topic)
    checkout.git("merge", "--no-commit", "--strategy=ours", main)
    checkout.commit()
    assert blamed(cmdb("blame", "web", "owner", "-f", "json")) == {"owner": topic}


def test_relations_are_blamed_entry_by_entry_and_renamed_targets_are_no_change(
    cmdb: Program, checkout: Checkout
) -> None:
    related = "kind: server\nid: web\nrelations: {depends_on: [%s]}\n"
    vault = checkout.commit({"inventory/web.yaml": related % "vault", "inventory/v.yaml": "kind: server\nid: vault\n"})
    safe = "kind: server\nid: safe\naliases: [vault]\n"
    checkout.commit({"inventory/web.yaml": related % "safe", "inventory/v.yaml": safe})
    port = checkout.commit({"inventory/web.yaml": related % "safe, {name: g, at_least: 1, of: [a, b]}"})
    values = blamed(cmdb("blame", "web", "relations", "-f", "json"))
    assert values == {"relations.depends_on.g": port, "relations.depends_on.safe": vault}
    assert len(cmdb("log", "web", "relations.depends_on.safe", "-f", "json").json["commits"]) == 1


def test_what_is_not_committed_is_said_to_be_so(cmdb: Program, checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    Path("inventory/web.yaml").rename("inventory/elsewhere.yaml")
    Path("inventory/elsewhere.yaml").write_text(f"{WEB}attributes: {{memory: 1 GiB, os: debian}}\n")
    Path("inventory/new.yaml").write_text("kind: server\nid: new\n")
    values = blamed(cmdb("blame", "web", "-f", "json"))
    assert values == {"attributes.memory": None, "attributes.os": None, "id": first, "kind": first, "lifecycle": first}
    assert "\nuncommitted\nattributes.memory: 1 GiB  inventory/elsewhere.yaml:3\n" in cmdb("blame", "web").out
    assert set(blamed(cmdb("blame", "new", "-f", "json")).values()) == {None}
    assert logged(cmdb("log", "web", "-f", "json")) == [("added", ["attributes.memory"])]
    said = cmdb("log", "new")
    assert (said.code, said.out) == (2, "")
    assert "'new' is not committed yet" in said.err
    assert blamed(cmdb("blame", "web", "--at", "HEAD", "-f", "json"))["attributes.memory"] == first


def test_a_ci_that_is_gone_has_a_log(cmdb: Program, checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("mv", "inventory/web.yaml", "inventory/moved.yaml")
    checkout.commit()
    gone = checkout.commit({"inventory/moved.yaml": "kind: server\nid: other\nrelations: {uses: web}\n"})
    checkout.commit({"inventory/moved.yaml": "kind: server\nid: other\n"})
    said = cmdb("log", "web", "-f", "json")
    assert logged(said) == [("removed", ["attributes.memory"]), ("added", ["attributes.memory"])]
    assert [one["commit"] for one in said.json["commits"]] == [gone, first]
    assert len(cmdb("log", "web", "-n", "1", "-f", "json").json["commits"]) == 1
    Path("inventory/moved.yaml").unlink()
    assert len(logged(cmdb("log", "other", "-f", "json"))) == 2
    assert cmdb("blame", "web").code == 2


def test_commits_that_did_not_load_are_passed_over(cmdb: Program, checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.commit({"inventory/web.yaml": f"{WEB}attributes: {{memory: [}}\n"})
    fixed = checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\nattributes: {{memory: 32 GiB}}\n"})
    checkout.commit({"inventory/_defaults.yaml": "owner: [\n"})
    checkout.commit({"inventory/_defaults.yaml": "environment: test\n"})
    tested = checkout.git("rev-parse", "HEAD")
    assert blamed(cmdb("blame", "web", "-f", "json")) == {
        "attributes.memory": first,
        "environment": tested,
        "id": first,
        "kind": first,
        "lifecycle": first,
        "owner": fixed,
    }
    assert logged(cmdb("log", "web", "-f", "json")) == [
        ("changed", ["environment"]),
        ("changed", ["owner"]),
        ("added", ["attributes.memory"]),
    ]


def test_a_shallow_clone_says_where_its_history_ends(
    cmdb: Program, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\n"}, date="2026-01-05T12:00:00Z")
    last = checkout.commit({"inventory/web.yaml": f"{WEB}owner: y\nname: W\n"}, date="2026-01-06T12:00:00Z")
    checkout.git("clone", "--quiet", "--depth=2", checkout.root.as_uri(), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    said = cmdb("blame", "web", "-f", "json")
    assert (said.code, said.json["status"]) == (3, "incomplete")
    assert said.err.startswith(f"cmdb: the history of this clone ends at {cut[:9]} of 2026-01-05; fetch the rest")
    values = {one["path"]: (one["commit"], one["cut"]) for one in said.json["values"]}
    assert (values["owner"], values["kind"]) == ((last, False), (cut, True))
    assert cmdb("blame", "web", "owner").code == 0
    said = cmdb("log", "web", "-f", "json")
    assert (said.code, said.json["summary"]["cut"]) == (3, cut)
    assert [one["commit"] for one in said.json["commits"]] == [last]
    assert cmdb("log", "web", "-n", "1").code == 0
    said = cmdb("show", "web", "--at", "2026-01-02")
    assert said.code == 2
    assert f"the history of this clone ends at {cut[:7]} of 2026-01-05" in said.err
    assert "git fetch --unshallow" in said.err
    assert cmdb("show", "web", "--at", "2026-01-05").code == 0


def test_a_partial_clone_is_told_what_it_lacks(
    cmdb: Program, checkout: Checkout, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.git("config", "uploadpack.allowFilter", "true")
    checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\n"})
    checkout.commit({"inventory/web.yaml": f"{WEB}owner: y\n"})
    clone = tmp_path_factory.mktemp("partial") / "clone"
    checkout.git("clone", "--quiet", "--filter=blob:none", checkout.root.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    assert cmdb("show", "web", "--at", "HEAD").code == 0
    for command in ("log", "blame"):
        said = cmdb(command, "web")
        assert (said.code, said.out) == (2, "")
        assert "lacks objects" in said.err


def test_worktrees_detached_heads_and_bare_repositories(
    cmdb: Program, checkout: Checkout, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = checkout.git("rev-parse", "HEAD")
    last = checkout.commit({"inventory/web.yaml": f"{WEB}owner: x\n"})
    linked, bare = (tmp_path_factory.mktemp("other") / name for name in ("linked", "bare.git"))
    checkout.git("worktree", "add", "--quiet", "--detach", str(linked), last)
    checkout.git("clone", "--quiet", "--bare", ".", str(bare))
    for arguments in (("-C", str(linked)), ("-C", str(bare), "--at", "main")):
        assert blamed(cmdb("blame", "web", "-f", "json", *arguments))["owner"] == last
        assert len(logged(cmdb("log", "web", "-f", "json", *arguments))) == 2
    assert cmdb("select", "--ids", "-C", str(bare), "--at", first).out == "web\n"
    monkeypatch.chdir(bare)
    assert "no cmdb.yaml in" in cmdb("log", "web").err


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_a_workspace_in_a_subfolder(
    cmdb: Program,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:
    checkout = Checkout.create(tmp_path, *options)
    inside = {f"it/shop/{path}": text for path, text in START.items()}
    first = checkout.commit({**inside, "inventory/web.yaml": "kind: rack\nid: web\n"})
    moved = f"{WEB}relations: {{located_in: x}}\nattributes: {{memory: 32 GiB}}\n"
    files: Files = {"it/shop/inventory/web.yaml": None, "it/shop/inventory/ü x/w.yaml": moved}
    last = checkout.commit({**files, "it/shop/inventory/x.yaml": "kind: rack\nid: x\n"})
    monkeypatch.chdir(tmp_path / "it" / "shop")
    values = blamed(cmdb("blame", "web", "-f", "json"))
    assert (values["attributes.memory"], values["relations.located_in.x"]) == (first, last)
    bare = tmp_path_factory.mktemp("bare") / "x.git"
    checkout.git("clone", "--quiet", "--bare", str(tmp_path), str(bare))
    there = ("-C", str(bare), "--at", "main", "-f", "json")
    assert blamed(cmdb("blame", "web", *there)) == values


def test_a_submodule_has_its_own_history(
    cmdb: Program, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = Checkout.create(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", checkout.root.as_uri(), "cmdb")
    outer.commit()
    monkeypatch.chdir(tmp_path / "outer" / "cmdb")
    assert blamed(cmdb("blame", "web", "-f", "json"))["id"] == checkout.git("rev-parse", "HEAD")


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("log", "nobody"), "there is no CI 'nobody'"),
        (("blame", "web", "attributes.os"), "'web' has no value at attributes.os"),
        (("blame", "web", "a b"), "'a b' is no key path"),
        (("log", "web", "--at", "2025-12-31"), "there is no commit up to 2025-12-31"),
        (("log", "web", "--at", "2026-02-30"), "is no day of the calendar"),
        (("log", "web", "--at", "2026-01-01T12:00"), "needs an offset from UTC"),
    ],
)
def test_what_cannot_be_answered_is_told(cmdb: Program, arguments: tuple[str, ...], message: str) -> None:
    said = cmdb(*arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_outside_of_git_there_is_no_history(cmdb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "cmdb.yaml").write_text("name: x\n")
    (tmp_path / "inventory" / "web.yaml").write_text(WEB)
    monkeypatch.chdir(tmp_path)
    said = cmdb("log", "web")
    assert said.code == 2
    assert "is not in a Git repository" in said.err


def test_names_and_settings_of_a_stranger_do_no_harm(cmdb: Program, checkout: Checkout) -> None:
    marker = checkout.root / "ran"
    program = f"touch {marker}; cat"
    for setting in ("diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager", "pager.log"):
        checkout.git("config", setting, program)
    for setting, value in (("log.follow", "true"), ("log.showSignature", "true"), ("grep.patternType", "perl")):
        checkout.git("config", setting, value)
    (checkout.root / ".mailmap").write_text("Eve <eve@example.org> <ada@example.org>\n")
    files: Files = {".gitattributes": "* diff=evil\n", "inventory/o.yaml": "{kind: rack, id: o}"}
    text = f"{WEB}relations: {{located_in: o}}\n"
    checkout.commit({**files, "inventory/web.yaml": text})
    name = 'Bad\x1b[31m "N|A;M,E"'
    checkout.git("-c", f"user.name={name}", "commit", "--quiet", "--allow-empty", "-m", "x", f"--author={name} <>")
    checkout.commit({"inventory/web.yaml": None, "inventory/www.yaml": text})
    assert [one["author"] for one in cmdb("log", "web", "-f", "json").json["commits"]] == ["Ada", "Ada"]
    assert cmdb("blame", "web").code == 0
    checkout.commit({"inventory/o.yaml": None})
    assert [one["action"] for one in cmdb("log", "o", "-f", "json").json["commits"]] == ["removed", "added"]
    assert not marker.exists()
