"""The how-to works as it is written: its files make a package whose source is found, runs, and keeps the rules."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cmdb.testing.shelf import shelf

PAGE = Path(__file__).parents[2] / "docs/how-to/write-a-source.md"
FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(FILE.findall(PAGE.read_text("utf-8")))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package of the page, installed in a folder; beside it a workspace with the page's settings."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    ((group, entries),) = project["entry-points"].items()
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "CMDB_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_source_has_40_lines() -> None:
    assert len(FILES["my_sources.py"].splitlines()) <= 40


def test_its_test_passes_with_no_rule_skipped(installed: Path) -> None:
    said = run(
        installed, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error", "test_my_sources.py"
    )
    assert said.returncode == 0, said.stdout
    assert re.search(r"^9 passed", said.stdout, re.MULTILINE), said.stdout


@pytest.mark.parametrize(
    ("break_it", "rule"),
    [
        (("yield Coverage(", "print(1); yield Coverage("), "prints_nothing"),
        (("for host in self._hosts():", "yield Coverage('kind=server')\n        for host in self._hosts():"), "when_it_breaks"),
        (('yield Coverage("kind=server,labels.managed_by=provisioning")', "pass"), "how_far_it_looked"),
        (('host["name"], seen', '"same", seen'), "keys_are_unique"),
        (("raise ValueError", "ValueError"), "refuses_wrong_options"),
    ],
)  # fmt: skip
def test_its_test_notices_when_the_source_is_broken(installed: Path, break_it: tuple[str, str], rule: str) -> None:
    code = FILES["my_sources.py"].replace(*break_it)
    assert code != FILES["my_sources.py"]
    (installed / "my_sources.py").write_text(code)
    said = run(installed, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_my_sources.py")
    assert said.returncode == 1
    assert re.search(rf"^FAILED .*{rule}", said.stdout, re.MULTILINE), said.stdout


def test_discover_runs_it(installed: Path) -> None:
    with shelf() as server:
        server.kept["/hosts?page=1"] = json.dumps({"hosts": [{"name": "web-1", "memory_mb": 1}], "pages": 1}).encode()
        (installed / "cmdb.yaml").write_text(FILES["cmdb.yaml"].replace("http://127.0.0.1:8000", server.url))
        said = run(installed, "cmdb", "discover", "provisioning")
        assert said.returncode == 0, said.stderr
        server.kept.clear()
        failed = run(installed, "cmdb", "discover", "provisioning")
    (seen,) = (line["observation"] for line in map(json.loads, said.stdout.splitlines()) if "observation" in line)
    assert (seen["key"], seen["attributes"]) == (
        "web-1",
        {"hostname": "web-1", "memory": 2**20, "serial_number": None},
    )
    assert failed.returncode == 3
    assert "source 'provisioning' saw nothing: HTTPError: HTTP Error 404" in failed.stderr
