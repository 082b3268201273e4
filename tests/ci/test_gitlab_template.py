"""The template of GitLab CI: its script lines, run with the variables of a merge request's pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmdb.testing.repositories import Checkout, Link
from cmdb.testing.runners import Ran, shell

ROOT = Path(__file__).parents[2]
TEMPLATE = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text("utf-8"))
JOB: dict[str, Any] = TEMPLATE["cmdb-check"]


def pipeline(checkout: Checkout, program: Path | None, **variables: str) -> Ran:
    """Both scripts one after the other in one shell, as GitLab's runner has them; the second one alone where the
    program is installed already."""
    home = checkout.root.parent / "home"
    env = {
        **JOB["variables"],
        "CI_PROJECT_DIR": str(checkout.root),
        "CMDB_CACHE_DIR": str(home / "cache"),
        "HOME": str(home),
        "PIP_NO_INDEX": "1",
        **variables,
    }
    lines = [*JOB["before_script"], *JOB["script"]]
    if program is not None:
        lines = JOB["script"]
        folder = Path(f"{checkout.root}.tmp")
        folder.mkdir(exist_ok=True)
        (folder / "cmdb").unlink(missing_ok=True)
        (folder / "cmdb").symlink_to(program)
    return shell("\n".join(lines), checkout.root, env, "-e", "-o", "pipefail")


def base(checkout: Checkout) -> str:
    return checkout.git("merge-base", "origin/main", "HEAD")


@pytest.mark.parametrize(("branch", "code"), [("clean", 0), ("wrong", 1)])
def test_a_merge_request(origin: Checkout, tmp_path: Path, program: Path, branch: str, code: int) -> None:
    checkout = origin.clone(tmp_path / "clone", branch)
    ran = pipeline(checkout, program, CI_MERGE_REQUEST_DIFF_BASE_SHA=base(checkout))
    assert (ran.code, ran.err) == (code, "")
    assert "introduced since" in ran.out
    reports = JOB["artifacts"]["reports"]
    quality = json.loads((checkout.root / reports["codequality"]).read_text("utf-8"))
    assert [each["severity"] for each in quality] == ["major"] * code + ["info"]
    assert (checkout.root / reports["junit"]).read_text("utf-8").count("<failure") == code
    for path in JOB["artifacts"]["paths"]:
        assert (checkout.root / path).read_text("utf-8").startswith("<!-- cmdb:check -->\n")


def test_a_pipeline_of_the_default_branch_counts_everything(origin: Checkout, tmp_path: Path, program: Path) -> None:
    ran = pipeline(origin.clone(tmp_path / "clone", "main"), program)
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "2 errors in 2 CIs")


def test_variables_of_the_job_are_options_of_the_program(origin: Checkout, tmp_path: Path, program: Path) -> None:
    checkout = origin.clone(tmp_path / "clone", "wrong")
    assert pipeline(checkout, program, CMDB_FAIL_LEVEL="critical").code == 0
    assert pipeline(checkout, program, CMDB_WORKSPACE="inventory/$(touch pwned)").code == 2
    assert not list(tmp_path.rglob("pwned"))


def test_a_link_of_the_merge_request_leads_nowhere(origin: Checkout, tmp_path: Path, wheel: Path) -> None:
    origin.git("switch", "--quiet", "clean")
    target = tmp_path / "precious"
    target.write_text("precious")
    evil = {path: Link(str(target)) for path in (*JOB["artifacts"]["reports"].values(), *JOB["artifacts"]["paths"])}
    origin.commit({**evil, "venv.py": "open('pwned', 'w')", "pip.py": "open('pwned', 'w')"})
    checkout = origin.clone(tmp_path / "clone", "clean")
    ran = pipeline(checkout, None, CMDB_PACKAGE=str(wheel), CI_MERGE_REQUEST_DIFF_BASE_SHA=base(checkout))
    assert (ran.code, ran.err) == (0, "")
    assert target.read_text() == "precious"
    assert not list(tmp_path.rglob("pwned"))


def test_without_a_package_it_says_what_to_set(origin: Checkout, tmp_path: Path) -> None:
    ran = pipeline(origin.clone(tmp_path / "clone", "clean"), None)
    assert (ran.code, ran.out) == (2, "")
    assert "Set CMDB_PACKAGE" in ran.err
