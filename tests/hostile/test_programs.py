"""Nothing of a stranger's repository runs, whoever it is named to: Git, Python, the shell, the plugins."""

from __future__ import annotations

import pytest

from cmdb.cli.main import COMMANDS
from cmdb.testing.canaries import Canary
from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, write

READING = (
    ("check", "--base", "main"),
    ("check", "--at", "HEAD", "--base", "HEAD~1"),
    ("diff", "main...HEAD"),
    ("diff",),
    ("impact", "web-1"),
    ("show", "web-1", "--at", "main"),
    ("select", "kind=server"),
    ("graph", "web-1"),
    ("log", "web-1"),
    ("blame", "web-1"),
    ("report", "dependencies"),
    ("baseline", "show", "web-1"),
)
KEYS = (
    *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.hooksPath"),
    *("core.alternateRefsCommand", "diff.external", "diff.bad.textconv", "diff.bad.command", "merge.bad.driver"),
    *("filter.bad.smudge", "filter.bad.clean", "filter.bad.process", "gpg.program", "gpg.ssh.program", "credential.helper"),
    *("uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.vcs", "sequence.editor"),
    *(f"alias.{name}" for name in ("cat-file", "ls-tree", "rev-parse", "merge-base", "log", "diff-tree", "ls-files")),
    *(f"pager.{name}" for name in ("log", "cat-file", "ls-tree", "rev-list", "diff-tree", "show", "blame")),
    *("interactive.diffFilter", "browser.x.cmd", "submodule.evil.update", "trailer.x.command"),
)  # fmt: skip


def commands() -> list[tuple[str, ...]]:
    return [each for each in READING if each[0] in COMMANDS]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_what_git_is_told_to_run(cmdb: Program, checkout: Checkout, canary: Canary, command: tuple[str, ...]) -> None:
    """Settings of the repository, of a file that they include, and attributes; in the checkout and beside it."""
    program = str(canary.program)
    checkout.commit(
        {
            ".gitattributes": "* filter=bad diff=bad merge=bad ident export-subst\n",
            ".gitmodules": f'[submodule "evil"]\n\tpath = evil\n\turl = ext::{program} %S\n\tupdate = !{program}\n',
            ".lfsconfig": f"[lfs]\n\turl = ext::{program}\n",
            ".gitconfig": f"[core]\n\tfsmonitor = {program}\n",
            **{f"hooks/{name}": canary.program.read_bytes() for name in ("post-checkout", "post-index-change")},
            "inventory/new.yaml": "kind: server\nid: new\n",
        }
    )
    lines = [f'[attr]\n\ttree = HEAD\n[log]\n\tshowSignature\n[url "ext::{program}"]\n\tinsteadOf = http\n']
    for key in KEYS:
        section, _, name = key.rpartition(".")
        head, _, inner = section.partition(".")
        title = f'[{head} "{inner}"]' if inner else f"[{head}]"
        lines.append(f"{title}\n\t{name} = {program}\n")
    config = checkout.root / ".git" / "config"
    write(checkout.root, {"included": "".join(lines)})
    config.write_text(config.read_text() + "".join(lines) + f"[include]\n\tpath = {checkout.root}/included\n")
    (checkout.root / ".git" / "info" / "attributes").write_text("* filter=bad diff=bad merge=bad\n")
    hooks = checkout.root / ".git" / "hooks"
    for name in ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_bytes(canary.program.read_bytes())
        (hooks / name).chmod(0o755)
    (checkout.root / "inventory" / "web.yaml").write_text("kind: server\nid: web-1\nowner: x\n")
    assert cmdb(*command).code in (0, 3)


MODULES = (
    "cmdb",
    "click",
    "git",
    "yaml",
    "oryaml",
    "multiprocessing",
    "concurrent",
    "json",
    "encodings",
    "sitecustomize",
)
CODE = (*MODULES, "usercustomize", "conftest", "setup", "pydantic_core", "subprocess", "runpy", "re", "typing")


def test_python_looks_for_nothing_in_the_checkout(process: Program, checkout: Checkout, canary: Canary) -> None:
    """So much is to be read that a second process helps, which is Python's to start."""
    padding = "# " + "x" * 1_000_000 + "\n"
    many = {f"inventory/{n}.yaml": f"kind: server\nid: s-{n}\n{padding}" for n in range(12)}
    modules = {f"{name}.py": canary.python for name in CODE}
    folders = {f"{name}/__init__.py": canary.python for name in ("plugins", "cmdb_plugins", "src")}
    checkout.commit({**many, **modules, **folders, "x.pth": f"import os; {canary.python}", "pyvenv.cfg": "home = .\n"})
    said = process("check", "--base", "main", "--no-cache")
    assert (said.code, said.err) == (0, "")
    assert "no problems introduced since main in 13 CIs" in said.out


def test_no_plugin_is_loaded(cmdb: Program, checkout: Checkout, canary: Canary) -> None:
    entry = '[project]\nname = "evil"\nversion = "1"\n[project.entry-points."cmdb.sources"]\nevil = "evil:Evil"\n'
    checkout.commit(
        {
            "cmdb.yaml": "sources:\n  evil: {plugin: evil, covers: kind=server}\n  hosts: {plugin: local_host}\n",
            "plugins/evil.py": canary.python,
            "evil.py": canary.python,
            "pyproject.toml": entry,
            "evil-1.dist-info/entry_points.txt": "[cmdb.sources]\nevil = evil:Evil\n",
        }
    )
    for command in commands():
        assert cmdb(*command).code in (0, 3)


def test_a_repository_among_the_files_is_not_believed(cmdb: Program, checkout: Checkout, canary: Canary) -> None:
    """Git and GitPython take a folder with HEAD, objects and refs for a repository. Its history would say that all
    problems are old, and its settings name programs."""
    checkout.git("mv", "cmdb.yaml", "inventory", "-k", ".")
    checkout.commit(
        {"ops/cmdb.yaml": "", "ops/inventory/bad.yaml": "kind: server\nid: bad\nrelations: {runs_on: gone}\n"}
    )
    twin = Checkout.create(checkout.root.parent / "twin")
    twin.commit({"cmdb.yaml": "", "inventory/bad.yaml": "kind: server\nid: bad\nrelations: {runs_on: gone}\n"})
    for name in ("HEAD", "objects", "refs"):
        (twin.root / ".git" / name).rename(checkout.root / "ops" / name)
    (checkout.root / "ops" / "config").write_text(f"[core]\n\tbare = true\n\tfsmonitor = {canary.program}\n")
    said = cmdb("check", "-C", "ops", "--base", "main")
    assert (said.code, said.out) == (2, "")
    assert "looks like a bare one itself" in said.err
    assert "remove its files HEAD, objects and refs" in said.err


def test_history_is_what_was_committed(cmdb: Program, checkout: Checkout) -> None:
    """A replaced object or a graft could make what is new look old."""
    checkout.commit({"inventory/bad.yaml": "kind: server\nid: bad\nrelations: {runs_on: gone}\n"})
    head = checkout.git("rev-parse", "HEAD")
    base = checkout.git("rev-parse", "main")
    checkout.git("replace", base, head)
    (checkout.root / ".git" / "info" / "grafts").write_text(f"{head}\n")
    assert cmdb("check", "--base", "main").code == 1


def test_nothing_is_fetched_for_a_base_that_a_partial_clone_lacks(
    cmdb: Program, checkout: Checkout, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.commit({"inventory/new.yaml": "kind: server\nid: new\n"})
    checkout.git("config", "uploadpack.allowFilter", "true")
    clone = checkout.clone(checkout.root.parent / "clone", "topic", "--filter=blob:none")
    for url in (f"ext::{canary.program} x", "https://host.invalid/x"):
        clone.git("config", "remote.origin.url", url)
        clone.git("config", "remote.origin.uploadpack", str(canary.program))
        clone.git("config", "protocol.ext.allow", "always")
        monkeypatch.chdir(clone.root)
        said = cmdb("check", "--base", "HEAD~1")
        assert (said.code, "did not load" in said.out) == (0, False)
        checkout.commit({"inventory/new.yaml": f"kind: server\nid: {url[:2]}\n"})
        clone.git("config", "remote.origin.url", f"file://{checkout.root}")
        clone.git("config", "--unset", "remote.origin.uploadpack")
        clone.git("fetch", "--quiet", "--filter=blob:none")
        clone.git("config", "remote.origin.url", url)
        clone.git("config", "remote.origin.uploadpack", str(canary.program))
        said = cmdb("check", "--base", "HEAD", "--at", "origin/topic")
        assert (said.code, "damaged or missing in this clone" in said.out) == (1, True)
