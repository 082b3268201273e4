"""What is shipped for CI systems, held against their schemas and by their own tools."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cmdb.testing.repositories import Checkout, write

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
NEW = "kind: server\nid: new\nrelations: {runs_on: missing}\n"


def said(*command: str, folder: Path = ROOT, **env: str) -> tuple[int, str]:
    """The exit code and everything that a program of this environment prints."""
    words = [str(BIN / command[0]), *command[1:]]
    home = {"HOME": str(folder), "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", **env}
    done = subprocess.run(words, cwd=folder, env=home, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("check-jsonschema", "--builtin-schema=vendor.github-actions", "action.yml"),
        ("check-jsonschema", "--builtin-schema=vendor.gitlab-ci", "--data-transform=gitlab-ci", "ci/gitlab.yml"),
        ("zizmor", "--offline", "--no-progress", "--pedantic", "action.yml"),
        ("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"),
    ],
    ids=lambda command: Path(command[-1]).name if command[0] != "zizmor" else "zizmor",
)
def test_their_own_tools_find_nothing(command: tuple[str, ...], tmp_path: Path) -> None:
    code, told = said(*command, XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path))
    assert code == 0, told


def scripts() -> list[tuple[str, str]]:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text("utf-8"))["cmdb-check"]
    steps = [(step["name"], step["run"]) for step in action["runs"]["steps"]]
    return [*steps, ("gitlab", "\n".join([*job["before_script"], *job["script"]]))]


@pytest.mark.parametrize(("name", "script"), scripts(), ids=[name for name, _ in scripts()])
def test_shellcheck_finds_nothing(name: str, script: str, tmp_path: Path) -> None:
    (tmp_path / "script.sh").write_text(f"#!/bin/bash -e\n{script}")
    code, told = said("shellcheck", "--severity=style", str(tmp_path / "script.sh"))
    assert code == 0, told


@pytest.fixture
def committing(tmp_path: Path) -> Checkout:
    """A repository that uses both hooks as they are shipped; only that nothing is installed for them."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"} for hook in hooks]}]}
    checkout = Checkout.create(tmp_path / "repository")
    checkout.commit({".pre-commit-config.yaml": yaml.safe_dump(config), "cmdb.yaml": "", "README.md": "x"})
    return checkout


def hook(checkout: Checkout, name: str) -> tuple[int, str]:
    home = checkout.root.parent / "home"
    home.mkdir(exist_ok=True)
    env = {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "PRE_COMMIT_COLOR": "never"}
    return said("pre-commit", "run", name, folder=checkout.root, **env)


def test_pre_commit_runs_the_hooks(committing: Checkout) -> None:
    write(committing.root, {"inventory/new.yaml": NEW})
    committing.git("add", "--all")
    for name in ("cmdb-check", "cmdb-check-new"):
        code, told = hook(committing, name)
        assert (code, "inventory/new.yaml:3:13: error" in told) == (1, True)
    committing.git("commit", "--quiet", "--message=wrong")
    write(committing.root, {"inventory/other.yaml": "kind: server\nid: other\n"})
    committing.git("add", "--all")
    assert hook(committing, "cmdb-check")[0] == 1
    assert hook(committing, "cmdb-check-new")[0] == 0


def test_pre_commit_asks_only_where_something_of_a_workspace_changed(committing: Checkout) -> None:
    write(committing.root, {"README.md": "y", "src/inventory.py": "", "my-inventory/a.yaml": ""})
    committing.git("add", "--all")
    assert "Skipped" in hook(committing, "cmdb-check")[1]
    write(committing.root, {"ops/inventory/a.yaml": "", "ops/baselines/b.yml": ""})
    committing.git("add", "--all")
    assert "Skipped" not in hook(committing, "cmdb-check")[1]


def examples(page: str, path: str) -> list[str]:
    """The files that a page shows under such a path."""
    text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
    return re.findall(rf"^`{path}`:\n\n```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("page", "path", "schema", "count"),
    [
        ("gate-in-github-actions.md", r"\.github/workflows/[a-z.-]*", "vendor.github-workflows", 2),
        ("gate-in-gitlab.md", r"\.gitlab-ci\.yml", "vendor.gitlab-ci", 1),
    ],
)
def test_what_the_pages_show_is_valid(page: str, path: str, schema: str, count: int, tmp_path: Path) -> None:
    found = examples(page, path)
    assert len(found) == count
    for number, text in enumerate(found):
        (tmp_path / f"{number}.yml").write_text(text)
        code, told = said("check-jsonschema", f"--builtin-schema={schema}", str(tmp_path / f"{number}.yml"))
        assert code == 0, told
