"""accept, waive and drift --remediate: the ways out of drift."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, write

AT = "2026-11-01T12:00:00Z"
AS_OF = ("--as-of", AT, "--observed", "seen.jsonl")
FILES = {
    "cmdb.yaml": "name: shop\n",
    "inventory/_defaults.yaml": "owner: team-shop\nattributes: {timezone: UTC}\n",
    "inventory/servers/web-1.yaml": """\
# The first web server
kind: server
id: web-1
attributes:
  memory: 32 GiB   # as ordered
  os_version: 1.10
  kernel: 6.1.0
  listening_ports: [22, 80]
""",
    "inventory/servers/web-2.yaml": "kind: server\nid: web-2\n",
    "inventory/shop.yaml": "kind: application\nid: shop\nrelations:\n  runs_on: {at_least: 1, of: [web-1, web-2]}\n",
    "baselines/all.yaml": "baseline: all\napplies_to: kind=server\nexpect:\n  attributes.kernel: {version: '>=6'}\n",
}
SEEN = {"memory": 17179869184, "os_version": "1.9", "kernel": "5.10", "listening_ports": [22, 443], "timezone": "CET"}
KEY = "BEGIN RSA PRIVATE KEY"


def seen(*observations: Mapping[str, object]) -> str:
    lines: list[Mapping[str, object]] = [
        {"format": "cmdb.snapshot/1", "source": "hosts", "run": AT, "started": AT},
        {"coverage": {"scope": "kind=server", "status": "complete"}},
        *({"observation": {"kind": "server", **one}} for one in observations),
        {"end": {"finished": AT, "observations": len(observations), "coverage": 1}},
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """The current folder: a workspace under Git, and a snapshot of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    write(tmp_path, {"gitconfig": "[user]\n  name = Ada\n  email = ada@example.org\n", ".gitignore": "gitconfig\n"})
    checkout = Checkout.create(tmp_path)
    new = {"key": "web-3.example.org", "attributes": {"hostname": "web-3", "memory": 1024, "uptime": 5}}
    checkout.commit({**FILES, "seen.jsonl": seen({"key": "web-1", "attributes": SEEN}, new)})
    return checkout


def text(path: str) -> str:
    return Path(path).read_text()


# accept --------------------------------------------------------------------------------------------------------------


def test_what_deviates_is_written_and_nothing_else(cmdb: Program) -> None:
    said = cmdb("accept", *AS_OF)
    assert said.code == 1
    assert text("inventory/servers/web-1.yaml") == (
        "# The first web server\nkind: server\nid: web-1\nattributes:\n"
        "  memory: 16 GiB   # as ordered\n  os_version: 1.9\n  kernel: 6.1.0\n  listening_ports: [22, 443]\n"
        "  timezone: CET\n"
    )
    assert text("inventory/servers/web-2.yaml") == FILES["inventory/servers/web-2.yaml"]
    assert "web-1 attributes.os_version: 1.10 → 1.9, seen by hosts\n" in said.out
    assert "web-1 attributes.kernel: the baseline 'all' demands otherwise\n" in said.out
    assert "Written: inventory/servers/web-1.yaml.\n" in said.out
    assert "Drift that is left: 1 deviating, 1 missing, 1 unmanaged.\n" in said.out


@pytest.mark.parametrize(
    ("arguments", "then"),
    [
        (("web-1", "--path", "attributes.memory"), ["web-1 attributes.memory"]),
        (("kind=server", "--path", "attributes.listening_ports"),
         ["web-1 attributes.listening_ports.443", "web-1 attributes.listening_ports.80"]),
        (("--path", "attributes.nothing"), []),
        (("--path", "attributes.os_version", "--path", "attributes.timezone"),
         ["web-1 attributes.os_version", "web-1 attributes.timezone"]),
        (("shop",), []),
        (("web-2",), ["web-2 presence"]),
        (("id=web-2",), []),
        (("kind=server", "--outcome", "missing"), ["web-2 presence"]),
        (("--outcome", "missing"), ["web-2 presence"]),
        (("--outcome", "unmanaged"), ["web-3.example.org presence"]),
        (("kind=server", "--outcome", "unmanaged"), []),
        (("web-3.example.org",), ["web-3.example.org presence"]),
        (("hosts:web-3.example.org",), ["web-3.example.org presence"]),
        (("web-3.example.org", "--outcome", "deviating"), []),
        (("--keys",), ["web-1 keys.hosts"]),
        (("--keys", "web-2"), []),
        (("--keys", "--path", "attributes.memory"), ["web-1 attributes.memory", "web-1 keys.hosts"]),
    ],
)  # fmt: skip
def test_selection(cmdb: Program, arguments: tuple[str, ...], then: list[str]) -> None:
    said = cmdb("accept", *arguments, *AS_OF, "-f", "json")
    assert said.code == 0
    assert [f"{one['ci'] or one['key']} {one['path']}" for one in said.json["accepted"]] == then
    assert said.json["refused"] == []
    assert bool(said.json["files"]) is said.json["written"] is bool(then)


def test_what_is_missing_retires_and_what_is_unmanaged_gets_a_file(cmdb: Program) -> None:
    said = cmdb("accept", "web-2", "web-3.example.org", *AS_OF)
    assert said.code == 0
    assert text("inventory/servers/web-2.yaml") == "kind: server\nid: web-2\nlifecycle: retired\n"
    assert text("inventory/servers/web-3.yaml") == (
        "kind: server\nid: web-3\nkeys: {hosts: web-3.example.org}\nattributes: {hostname: web-3, memory: 1 KiB}\n"
    )
    after = cmdb("drift", *AS_OF, "-f", "json")
    assert {one["ci"] for one in after.json["deviations"] if one["outcome"] != "unobserved"} == {"web-1"}


def test_what_would_be_an_error_is_not_written_and_told(cmdb: Program) -> None:
    write(Path(), {"inventory/shop.yaml": FILES["inventory/shop.yaml"].replace("at_least: 1", "at_least: 2")})
    said = cmdb("accept", "--outcome", "missing", "--outcome", "unmanaged", *AS_OF)
    assert said.code == 1
    assert "web-2 presence: it would be wrong in the files: " in said.out
    assert "[group-out-of-service]" in said.out
    assert not text("inventory/servers/web-2.yaml").endswith("retired\n")
    assert Path("inventory/servers/web-3.yaml").exists()


def test_a_value_that_does_not_fit_or_is_secret_is_refused(cmdb: Program) -> None:
    secret = f"-----{KEY}-----\nabc\n-----END RSA PRIVATE KEY-----"
    write(Path(), {
        "inventory/servers/web-1.yaml": "kind: server\nid: web-1\nattributes: {memory: 1 GiB, note: x, hidden: {a: 1, b: 2}}\n",
        "seen.jsonl": seen({"key": "web-1", "attributes": {
            "memory": "lots", "note": secret, "hidden": {"a": {"redacted": True}, "b": 3},
        }}),
    })  # fmt: skip
    said = cmdb("accept", "web-1", *AS_OF)
    assert said.code == 1
    assert "web-1 attributes.memory: the observed value does not fit: 'lots' is no size" in said.out
    assert "web-1 attributes.note: the observed value is a private key" in said.out
    assert "attributes: {memory: 1 GiB, note: x, hidden: {a: 1, b: 3}}" in text("inventory/servers/web-1.yaml")
    assert "abc" not in said.out


def test_the_demand_of_a_baseline_for_one_ci_alone_is_rewritten(cmdb: Program) -> None:
    write(Path(), {"baselines/all.yaml": """\
baseline: web-1
applies_to: id=web-1
expect:
  attributes.kernel: 6.1.0   # from the vendor
  attributes.os_name: {equals: debian, severity: warning}
---
baseline: both
applies_to: kind=server
expect: {attributes.os_family: {equals: Debian}}
"""})  # fmt: skip
    write(Path(), {
        "inventory/servers/web-1.yaml": "kind: server\nid: web-1\n",
        "seen.jsonl": seen({"key": "web-1", "attributes": {"kernel": "6.10", "os_name": "no", "os_family": "RedHat"}}),
    })  # fmt: skip
    said = cmdb("accept", *AS_OF)
    assert "web-1 attributes.os_family: the baseline 'both' demands otherwise of 2 CIs" in said.out
    assert "  attributes.kernel: 6.10   # from the vendor\n" in text("baselines/all.yaml")
    assert "  attributes.os_name: {equals: no, severity: warning}\n" in text("baselines/all.yaml")


def test_a_dry_run_prints_what_git_can_apply(cmdb: Program, shop: Checkout) -> None:
    for path in FILES:
        Path(path).write_bytes(Path(path).read_bytes().replace(b"\n", b"\r\n"))
    before = {path: Path(path).read_bytes() for path in FILES}
    said = cmdb("accept", "web-1", "web-2", "web-3.example.org", "--outcome", "missing", "--outcome", "unmanaged",
                "--outcome", "deviating", *AS_OF, "--dry-run", "-o", "patch")  # fmt: skip
    assert said.code == 1
    assert "cmdb: error [not-accepted] web-1 attributes.kernel: the baseline 'all' demands otherwise\n" in said.err
    assert {path: Path(path).read_bytes() for path in FILES} == before
    shop.git("apply", "patch")
    assert b"  memory: 16 GiB   # as ordered\r\n" in Path("inventory/servers/web-1.yaml").read_bytes()
    assert Path("inventory/servers/web-3.yaml").exists()


def test_nothing_to_accept(cmdb: Program) -> None:
    said = cmdb("accept", "shop", *AS_OF)
    assert (said.code, said.out.splitlines()[0]) == (0, "There is nothing to accept.")
    assert cmdb("accept", "shop", *AS_OF, "--dry-run").err == "cmdb: there is nothing to write\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("accept", "nobody"), "there is no CI 'nobody'"),
        (("accept", "--path", "a..b"), "no key path"),
        (("accept", "--branch", "x"), "--branch and --message belong together"),
        (("accept", "--message", "x"), "--branch and --message belong together"),
        (("accept", "--interactive"), "--interactive needs a terminal to ask on"),
        (("accept", "--branch", "main", "-m", "x"), "there is a branch 'main' already"),
        (("accept", "--branch", "a..b", "-m", "x"), "'a..b' is no name for a branch"),
        (("accept", "--branch", "main/x", "-m", "x"), "cannot stand beside the branch 'main'"),
    ],
)
def test_wrong_usage(cmdb: Program, arguments: tuple[str, ...], error: str) -> None:
    said = cmdb(*arguments, *AS_OF)
    assert said.code == 2
    assert error in said.err


@pytest.mark.parametrize("wrong", ["inventory/x.yaml", "baselines/x.yaml"])
@pytest.mark.parametrize("verb", ["accept", "waive"])
def test_while_a_file_did_not_load_nothing_is_written(cmdb: Program, wrong: str, verb: str) -> None:
    write(Path(), {wrong: "a: ["})
    more = () if verb == "accept" else ("web-1", "attributes.kernel", *PERMISSION)
    said = cmdb(verb, *more, *AS_OF)
    assert said.code == 2
    assert f"these files did not load: {wrong}" in said.err
    assert text("inventory/servers/web-1.yaml") == FILES["inventory/servers/web-1.yaml"]


def test_a_branch_gets_a_commit_and_nothing_else_moves(cmdb: Program, shop: Checkout) -> None:
    hook = shop.root / ".git/hooks/commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    Path("inventory/servers/web-1.yaml").write_text("half: written\n")
    shop.git("add", "inventory/servers/web-1.yaml")
    status, head = shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD")
    said = cmdb("accept", "web-1", "web-3.example.org", "--outcome", "deviating", "--outcome", "unmanaged",
                "--branch", "drift/web", "--message", "What we saw\n\nToday", *AS_OF, "-f", "json")  # fmt: skip
    assert said.code == 1
    assert (said.json["branch"], said.json["written"]) == ("drift/web", True)
    assert said.json["commit"] == shop.git("rev-parse", "drift/web")
    assert (shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD")) == (status, head)
    assert text("inventory/servers/web-1.yaml") == "half: written\n"
    assert shop.git("log", "-1", "--format=%P %an <%ae> %B", "drift/web") == (
        f"{head} Ada <ada@example.org> What we saw\n\nToday"
    )
    assert shop.git("diff", "--name-status", head, "drift/web") == (
        "M\tinventory/servers/web-1.yaml\nA\tinventory/servers/web-3.yaml"
    )
    assert "  memory: 16 GiB   # as ordered" in shop.git("show", "drift/web:inventory/servers/web-1.yaml")
    assert shop.git("fsck", "--strict") == ""
    assert "there is a branch 'drift/web' already" in cmdb("accept", "--branch", "drift/web", "-m", "x", *AS_OF).err


def test_a_branch_of_a_workspace_in_a_folder_keeps_modes_and_other_files(cmdb: Program, tmp_path: Path) -> None:
    inner = Checkout.create(tmp_path / "repo")
    inner.commit({"README": "x\n", **{f"it/cmdb/{path}": content for path, content in FILES.items()}})
    (inner.root / "it/cmdb/inventory/servers/web-1.yaml").chmod(0o755)
    inner.commit()
    said = cmdb("accept", "web-1", "-C", "repo/it/cmdb", "--branch", "b", "-m", "x", *AS_OF)
    assert "in the commit " in said.out
    assert inner.git("diff", "--name-only", "main", "b") == "it/cmdb/inventory/servers/web-1.yaml"
    assert inner.git("ls-tree", "b", "it/cmdb/inventory/servers/web-1.yaml").startswith("100755")


def test_git_has_to_know_who_commits(cmdb: Program) -> None:
    Path("gitconfig").write_text("[user]\n  useConfigOnly = true\n")
    said = cmdb("accept", "web-1", "--branch", "b", "-m", "x", *AS_OF)
    assert said.code == 2
    assert "git does not know who you are" in said.err


def answering(answers: str, *arguments: str) -> str:
    """What the program says on a terminal where somebody answers."""
    ours, theirs = pty.openpty()
    code = "from cmdb.cli.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answers.encode() + b"\x04")
    said = b""
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
    except OSError:
        pass
    process.wait()
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def test_interactively_each_deviation_is_asked_about() -> None:
    said = answering("n\ny\nn\nn\nn\nn\ny\nn\n", "accept", "-i", *AS_OF)
    assert "web-1 (server) attributes.kernel: 6.1.0 → 5.10, seen by hosts\n" in said
    assert "web-2 (server) is missing: declare it retired\n" in said
    assert "hosts: web-3.example.org (server) is unmanaged: declare it in a new file\n" in said
    assert text("inventory/servers/web-2.yaml") == "kind: server\nid: web-2\nlifecycle: retired\n"
    assert "  listening_ports: [22, 80, 443]\n" in text("inventory/servers/web-1.yaml")
    assert not Path("inventory/servers/web-3.yaml").exists()


def test_who_goes_away_while_asked_changes_nothing() -> None:
    assert "cmdb: interrupted" in answering("y\n", "accept", "-i", *AS_OF)
    assert text("inventory/servers/web-1.yaml") == FILES["inventory/servers/web-1.yaml"]


@pytest.mark.parametrize(
    ("answers", "changed"),
    [
        ("y\nq\n", 1),
        ("n\ny\nq\n", 1),
        ("a\nn\nn\n", 6),
        ("c\nn\nn\n", 6),
        ("q\n", 0),
        ("n\nn\nn\nn\nn\nn\ny\nn\n", 1),
    ],
)
def test_answers(answers: str, changed: int) -> None:
    write(Path(), {"baselines/all.yaml": None})
    said = answering(answers, "accept", "--interactive", *AS_OF)
    assert (f"Accepted ({changed})" in said) is bool(changed)
    assert ("There is nothing to accept." in said) is not changed


# waive ---------------------------------------------------------------------------------------------------------------

PERMISSION = ("--reason", "vendor: driver", "--approved-by", "team-platform", "--expires", "2026-12-31")


def test_a_waiver_is_pinned_to_what_was_observed(cmdb: Program) -> None:
    said = cmdb("waive", "web-1", "attributes.kernel", *PERMISSION, *AS_OF)
    assert (said.code, said.err) == (0, "")
    assert said.out == ("Waived until 2026-12-31: web-1 attributes.kernel = 5.10, in\nbaselines/waivers.yaml.\n")
    assert text("baselines/waivers.yaml") == (
        "waivers:\n  - ci: web-1\n    path: attributes.kernel\n    observed: 5.10\n"
        '    reason: "vendor: driver"\n    approved_by: team-platform\n    expires: 2026-12-31\n'
    )
    (found,) = [one for one in cmdb("drift", *AS_OF, "-f", "json").json["deviations"] if one["path"].endswith("kernel")]
    assert found["excuse"]["reason"] == "vendor: driver"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# ours\nwaivers: []  # none yet\n", "# ours\nwaivers:  # none yet\n  - ci: web-2\n"),
        ("baseline: x\n", "baseline: x\n---\nwaivers:\n  - ci: web-2\n"),
        ("# nothing", "# nothing\nwaivers:\n  - ci: web-2\n"),
        (
            "waivers:\n- {ci: shop, path: presence, observed: null, reason: x, expires: 2030-01-01}  # a\n# end\n",
            "waivers:\n- {ci: shop, path: presence, observed: null, reason: x, expires: 2030-01-01}  # a\n- ci: web-2\n",
        ),
    ],
)
def test_the_file_of_waivers_keeps_what_it_has(cmdb: Program, before: str, after: str) -> None:
    write(Path(), {"baselines/waivers.yaml": before})
    assert cmdb("waive", "web-2", "presence", *PERMISSION, *AS_OF).code == 0
    assert text("baselines/waivers.yaml").startswith(after)
    assert "observed: null\n" in text("baselines/waivers.yaml").replace("observed: null,", "")


def test_a_waiver_that_is_there_is_renewed(cmdb: Program) -> None:
    old = "waivers:\n- {ci: web-1, path: attributes.kernel, observed: 5.10.0, reason: old, expires: 2026-10-01}  # x\n"
    write(Path(), {"baselines/mine.yaml": old})
    said = cmdb("waive", "web-1", "attributes.kernel", *PERMISSION, *AS_OF)
    assert said.out.startswith("Renewed until 2026-12-31: ")
    assert text("baselines/mine.yaml") == (
        'waivers:\n- {ci: web-1, path: attributes.kernel, observed: 5.10.0, reason: "vendor: driver", '
        "expires: 2026-12-31, approved_by: team-platform}  # x\n"
    )
    assert cmdb("drift", *AS_OF, "-f", "json").json["problems"] == []


def test_something_unmanaged_and_one_baseline_can_be_waived(cmdb: Program) -> None:
    assert cmdb("waive", "hosts:web-3.example.org", "presence", *PERMISSION, *AS_OF).code == 0
    assert cmdb("waive", "web-1", "attributes.kernel", "--baseline", "all", *PERMISSION, *AS_OF).code == 0
    left = cmdb("drift", *AS_OF, "-f", "json").json
    assert left["summary"]["unmanaged"] == 0
    (kernel,) = [one for one in left["deviations"] if one["path"] == "attributes.kernel"]
    assert [one["baseline"] for one in kernel["demanded_by"]] == [None]
    assert "    source: hosts\n" not in text("inventory/shop.yaml")
    assert "  - source: hosts\n    key: web-3.example.org\n" in text("baselines/waivers.yaml")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("web-1", "attributes.owner"), "web-1 was not seen to deviate at attributes.owner"),
        (("web-1", "a b"), "'a b' is no key path"),
        (("nobody", "presence"), "there is no CI 'nobody', and nothing of that key is unmanaged"),
        (("shop", "presence"), "it does not deviate anywhere"),
        (("web-1", "attributes.kernel", "--baseline", "x"), "the baseline 'x' does not demand this"),
        (("web-1", "attributes.kernel", "--expires", "2026-10-31"), "2026-10-31 is in the past"),
        (("web-1", "attributes.kernel", "--expires", "soon"), "'soon' is no day"),
    ],
)
def test_what_cannot_be_waived(cmdb: Program, arguments: tuple[str, ...], error: str) -> None:
    said = cmdb("waive", *PERMISSION, *arguments, *AS_OF)
    assert said.code == 2
    assert error in said.err.replace("\n", " ")
    assert not Path("baselines/waivers.yaml").exists()


def test_what_was_not_seen_cannot_be_waived(cmdb: Program) -> None:
    lines = text("seen.jsonl").splitlines()
    write(
        Path(),
        {"seen.jsonl": "\n".join([lines[0], '{"coverage": {"scope": "kind=server", "status": "failed"}}']) + "\n"},
    )
    said = cmdb("waive", "web-2", "presence", *PERMISSION, *AS_OF)
    assert said.code == 2
    assert "web-2 presence was not seen" in said.err


def test_a_dry_run_of_a_waiver_writes_nothing(cmdb: Program) -> None:
    said = cmdb("waive", "web-1", "attributes.kernel", *PERMISSION, *AS_OF, "--dry-run")
    assert said.out.startswith("--- /dev/null\n+++ b/baselines/waivers.yaml\n@@ -0,0 +1,7 @@\n+waivers:\n")
    assert not Path("baselines").joinpath("waivers.yaml").exists()


# remediate -----------------------------------------------------------------------------------------------------------


def test_remedies_as_a_list(cmdb: Program) -> None:
    said = cmdb("drift", *AS_OF, "--remediate", "list")
    assert said.code == 1
    assert said.out.splitlines() == [
        "web-1: set attributes.kernel to 6.1.0 (it is 5.10)",
        "web-1: set attributes.listening_ports to [22, 80]",
        "web-1: set attributes.memory to 32 GiB (it is 16 GiB)",
        "web-1: set attributes.os_version to 1.10 (it is 1.9)",
        "web-1: set attributes.timezone to UTC (it is CET)",
        "web-2: bring it back: it is missing",
        "hosts: web-3.example.org: declare it, or remove it: it is unmanaged",
    ]


def test_remedies_as_variables_that_ansible_reads(cmdb: Program) -> None:
    write(Path(), {
        "inventory/servers/web-1.yaml": """\
kind: server
id: web-1
attributes: {hostname: web-1.example.org, os_version: 1.10, motd: '{{ lookup("pipe", "id") }}', packages: {zip: 3.0}, x: no}
""",
        "baselines/all.yaml": """\
baseline: all
applies_to: kind=server
expect:
  attributes.packages.telnet: {absent: true}
  attributes.selinux: {in: [enforcing]}
  attributes.kernel: {version: '>=6'}
""",
        "seen.jsonl": seen({"key": "web-1.example.org", "attributes": {
            "os_version": "1.9", "motd": "x", "packages": {"zip": "2", "telnet": "1"}, "selinux": "disabled",
            "kernel": "5.10", "x": "yes"}}),
    })  # fmt: skip
    said = cmdb("drift", *AS_OF, "--remediate")
    assert said.code == 1
    assert "# not for Ansible: web-2: bring it back: it is missing\n" in said.out
    assert '        motd: !unsafe "{{ lookup(\\"pipe\\", \\"id\\") }}"\n' in said.out
    Path("vars.yaml").write_text(said.out)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-inventory")), "-i", "vars.yaml", "--host", "web-1.example.org"],
        capture_output=True, check=True, env={**os.environ, "ANSIBLE_LOCALHOST_WARNING": "0"},
    )  # fmt: skip
    assert json.loads(done.stdout) == {
        "cmdb_id": "web-1",
        "cmdb_attributes": {
            "motd": '{{ lookup("pipe", "id") }}',
            "os_version": "1.10",
            "packages": {"zip": "3.0"},
            "selinux": "enforcing",
            "x": "no",
        },
        "cmdb_absent": ["attributes.packages.telnet"],
        "cmdb_demanded": {"attributes.kernel": "all: version >=6"},
    }


def test_remedies_for_programs_and_of_nothing(cmdb: Program) -> None:
    found = cmdb("drift", *AS_OF, "--remediate", "-f", "json").json
    assert (found["format"], found["status"]) == ("cmdb.drift/1", "findings")
    assert {one["verb"] for one in found["remedies"]} == {"set", "restore", "declare"}
    write(
        Path(), {"seen.jsonl": seen(), **dict.fromkeys(("inventory/servers/web-1.yaml", "inventory/shop.yaml"), None)}
    )
    write(Path(), {"inventory/servers/web-2.yaml": None, "baselines/all.yaml": None})
    assert yaml.safe_load(cmdb("drift", *AS_OF, "--remediate").out) == {"all": {}}
