"""A repository from a stranger: whatever it names as a program leaves a mark when it runs. Nothing may."""

from __future__ import annotations

import subprocess
import sys
import zlib
from hashlib import sha1
from pathlib import Path

import pytest

from cmdb.model.problem import CmdbError
from cmdb.sources import git_listing
from cmdb.sources.git_tree import GitTree
from cmdb.sources.protocol import File, Unreadable
from cmdb.sources.revisions import parse_range
from cmdb.sources.sides import open_sides
from cmdb.testing.repositories import Checkout

A = "inventory/a.yaml"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout.create(tmp_path / "repository")
    checkout.commit({A: "id: a"})
    checkout.commit({A: "id: b", "inventory/c.yaml": "id: c"})
    return checkout


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that a program which must not run would make; `mark.sh` is that program."""
    script = tmp_path / "mark.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    script.chmod(0o755)
    return tmp_path / "mark"


def test_no_program_of_the_repository_runs(checkout: Checkout, mark: Path) -> None:
    program = str(mark.with_suffix(".sh"))
    for key in (
        *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass"),
        *("diff.external", "diff.bad.textconv", "diff.bad.command", "filter.bad.smudge", "filter.bad.clean"),
        *(
            "filter.bad.process",
            "merge.bad.driver",
            "gpg.program",
            "credential.helper",
            "pager.ls-tree",
            "pager.cat-file",
        ),
        *(
            "uploadpack.packObjectsHook",
            "remote.origin.uploadpack",
            "remote.origin.vcs",
            "alias.cat-file",
            "alias.ls-tree",
        ),
        *("alias.rev-parse", "trace2.eventTarget", "sequence.editor", "interactive.diffFilter"),
    ):
        checkout.git("config", key, program if key != "trace2.eventTarget" else str(mark))
    (checkout.root / ".git/info/attributes").write_text("* filter=bad diff=bad merge=bad\n")
    hooks = checkout.root / ".git/hooks"
    for name in ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_bytes(Path(program).read_bytes())
        (hooks / name).chmod(0o755)
    read_everything(checkout.root)
    assert not mark.exists()


def test_the_mark_would_be_seen(checkout: Checkout, mark: Path) -> None:
    """The trap works: git itself, asked without care, springs it."""
    checkout.git("config", "core.fsmonitor", str(mark.with_suffix(".sh")))
    subprocess.run(["git", "status"], cwd=checkout.root, capture_output=True, check=True)
    assert mark.exists()


@pytest.mark.parametrize("url", ["ext::{program} x", "ssh://host.invalid/x", "file://{origin}"])
def test_missing_objects_are_not_fetched(checkout: Checkout, mark: Path, tmp_path: Path, url: str) -> None:
    clone = Checkout(tmp_path / "clone")
    checkout.git("config", "uploadpack.allowFilter", "true")
    origin = f"file://{checkout.root}"
    checkout.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", origin, str(clone.root))
    program = mark.with_suffix(".sh")
    clone.git("config", "core.sshCommand", str(program))
    clone.git("config", "remote.origin.url", url.format(program=program, origin=checkout.root))
    clone.git("config", "remote.origin.uploadpack", str(program))
    for protocol in ("ext", "ssh", "file"):
        clone.git("config", f"protocol.{protocol}.allow", "always")
    tree = GitTree(clone.root, "HEAD")
    assert all(isinstance(outcome, Unreadable) for _, outcome in tree.read_many([A, "inventory/c.yaml"]))
    assert not mark.exists()


def test_replaced_objects_are_not_believed(checkout: Checkout) -> None:
    """What one clone replaces locally, no other clone sees."""
    checkout.git("replace", checkout.git("rev-parse", f"HEAD:{A}"), checkout.git("rev-parse", "HEAD:inventory/c.yaml"))
    assert GitTree(checkout.root, "HEAD").read(A) == b"id: b"


def test_variables_of_a_hook_lead_nowhere_else(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Checkout.create(tmp_path / "other")
    other.commit({A: "id: other"})
    variables = {"GIT_DIR": ".git", "GIT_INDEX_FILE": "x", "GIT_WORK_TREE": str(other.root), "GIT_PREFIX": "y/"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(other.root)
    assert GitTree(checkout.root, "HEAD").read(A) == b"id: b"


def test_objects_still_in_quarantine_are_seen(checkout: Checkout, tmp_path: Path) -> None:
    """A server's pre-receive hook checks a push before it is taken in."""
    bare = tmp_path / "bare.git"
    checkout.git("clone", "--quiet", "--bare", ".", str(bare))
    script = f"""#!/bin/sh
read old new name
exec {sys.executable} -c '
import sys
from pathlib import Path
from cmdb.sources.git_tree import GitTree
Path("{tmp_path}/seen").write_bytes(GitTree(Path("{bare}"), sys.argv[1]).read("{A}"))
' $new
"""
    hook = bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script)
    hook.chmod(0o755)
    checkout.commit({A: "id: pushed"})
    checkout.git("push", "--quiet", str(bare), "main")
    assert (tmp_path / "seen").read_bytes() == b"id: pushed"


def test_a_tree_that_contains_itself_many_times_over(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten trees stand for 10^9 files."""
    monkeypatch.setattr(git_listing, "MOST", 10_000)
    blob = checkout.git("rev-parse", f"HEAD:{A}")
    entry = b"100644 a%d\0"
    inner = store(checkout, b"tree", b"".join(entry % number + bytes.fromhex(blob) for number in range(10)))
    for _ in range(8):
        tree = bytes.fromhex(inner)
        inner = store(checkout, b"tree", b"".join(b"40000 a%d\0" % number + tree for number in range(10)))
    root = store(checkout, b"tree", b"40000 inventory\0" + bytes.fromhex(inner))
    commit = checkout.git("commit-tree", root, "-m", "bomb")
    with pytest.raises(CmdbError, match="the workspace has over 10,000 files"):
        list(GitTree(checkout.root, commit).files("inventory"))


@pytest.mark.parametrize("name", [b"..", b".git", b"."])
def test_names_that_no_checkout_could_have(checkout: Checkout, name: bytes) -> None:
    blob = bytes.fromhex(checkout.git("rev-parse", f"HEAD:{A}"))
    evil = store(checkout, b"tree", b"100644 a.yaml\0" + blob)
    folder = store(checkout, b"tree", b"40000 " + name + b"\0" + bytes.fromhex(evil) + b"100644 b.yaml\0" + blob)
    root = store(checkout, b"tree", b"40000 inventory\0" + bytes.fromhex(folder))
    tree = GitTree(checkout.root, checkout.git("commit-tree", root, "-m", "evil"))
    assert [file.path for file in tree.files("inventory")] == ["inventory/b.yaml"]


def test_a_large_object_is_not_inflated(checkout: Checkout) -> None:
    """Ten megabytes of packed zeros would become ten gigabytes."""
    checkout.commit({"inventory/z.yaml": bytes(20_000_000)})
    first, second = (outcome for _, outcome in GitTree(checkout.root, "HEAD").read_many(["inventory/z.yaml", A]))
    assert isinstance(first, Unreadable)
    assert first.reason == "has 19.1 MiB; files over 16 MiB are not read"
    assert second == b"id: b"


def read_everything(root: Path) -> None:
    for side in open_sides(root, parse_range("HEAD~1...HEAD")):
        paths = [file.path for file in side.files("inventory") if isinstance(file, File)]
        assert all(isinstance(data, bytes) for _, data in side.read_many(paths))
    for revision in ("2026-01-01", "HEAD@{0}"):
        GitTree(root, revision)
    with pytest.raises(CmdbError):
        GitTree(root, "nowhere")


def store(checkout: Checkout, kind: bytes, content: bytes) -> str:
    """Write an object as it is, without git's own checks."""
    data = kind + b" %d\0" % len(content) + content
    name = sha1(data, usedforsecurity=False).hexdigest()
    path = checkout.root / ".git/objects" / name[:2] / name[2:]
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(zlib.compress(data))
    return name
