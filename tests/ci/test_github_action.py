"""The action of GitHub: its own steps, run with bash in the environment that a runner gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmdb.testing.repositories import Checkout, write
from cmdb.testing.runners import Ran, evaluated, shell

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


class Runner:
    """A job that uses the action."""

    def __init__(self, tmp_path: Path, checkout: Path, event: dict[str, Any], sha: str = "") -> None:
        self.checkout = checkout
        self.temp = tmp_path / "temp"
        self.temp.mkdir(exist_ok=True)
        self.event = event
        self.files = {name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.write_text("")
        (self.temp / "event.json").write_text(json.dumps(event))
        self.env = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_BASE_REF": "main" if "pull_request" in event else "",
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_SHA": sha,
            "GITHUB_WORKSPACE": str(checkout),
            "RUNNER_TEMP": str(self.temp),
            "HOME": str(self.temp),
            "CMDB_CACHE_DIR": str(self.temp / "cache"),
            **{name: str(file) for name, file in self.files.items()},
        }

    def step(self, name: str, **inputs: str) -> Ran:
        given = {key: one["default"] for key, one in ACTION["inputs"].items()}
        given.update({key.replace("_", "-"): value for key, value in inputs.items()})
        context = {"inputs": given, "github": {"action_path": str(ROOT), "event": self.event}}
        step = STEPS[name]
        env = {key: evaluated(value, context) for key, value in step["env"].items()}
        return shell(step["run"], self.checkout, {**self.env, **env}, "-e", "-o", "pipefail")

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())


def job(tmp_path: Path, program: Path, checkout: Path, event: dict[str, Any], sha: str = "") -> Runner:
    runner = Runner(tmp_path, checkout, event, sha)
    (runner.temp / "cmdb-program").symlink_to(program)
    return runner


def pull_request(origin: Checkout) -> dict[str, Any]:
    return {"pull_request": {"base": {"sha": origin.git("rev-parse", "main")}}}


def test_the_program_is_installed_and_nothing_of_the_checkout_runs(tmp_path: Path, wheel: Path) -> None:
    """The checkout lies in wait for careless calls of Python."""
    mark = f"open({str(tmp_path / 'mark')!r}, 'w')"
    names = ("venv", "pip", "ensurepip", "json", "sitecustomize", "cmdb")
    write(tmp_path / "checkout", {f"{name}.py": mark for name in names})
    runner = Runner(tmp_path, tmp_path / "checkout", {})
    runner.env["PIP_NO_INDEX"] = "1"
    ran = runner.step("Install cmdb", package=str(wheel))
    assert (ran.code, ran.err) == (0, "")
    ran = shell(f"{runner.temp}/cmdb-program/bin/cmdb --version", runner.checkout, {})
    assert ran.out.startswith("cmdb, version ")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(("branch", "code", "status"), [("clean", 0, "clean"), ("wrong", 1, "findings")])
@pytest.mark.parametrize("depth", [2, 0])
def test_a_pull_request_as_it_is_checked_out_by_default(
    origin: Checkout, tmp_path: Path, program: Path, branch: str, code: int, status: str, depth: int
) -> None:
    options = (f"--depth={depth}",) if depth else ()
    checkout = origin.clone(tmp_path / "clone", f"pull/{branch}/merge", *options)
    runner = job(tmp_path, program, checkout.root, pull_request(origin), checkout.git("rev-parse", "HEAD"))
    ran = runner.step("Check")
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.count("::error ") == code
    assert ran.out.count("::notice ") == 2
    outputs = runner.outputs
    assert (outputs["status"], outputs["exit-code"]) == (status, str(code))
    markdown = Path(outputs["markdown"]).read_text("utf-8")
    assert markdown.startswith("<!-- cmdb:check -->\n")
    assert runner.files["GITHUB_STEP_SUMMARY"].read_text("utf-8") == markdown
    assert json.loads(Path(outputs["json"]).read_text("utf-8"))["summary"]["introduced"] == code
    assert json.loads(Path(outputs["sarif"]).read_text("utf-8"))["version"] == "2.1.0"
    assert Path(outputs["junit"]).read_text("utf-8").startswith("<?xml")
    assert checkout.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("branch", "code"), [("clean", 0), ("wrong", 1)])
def test_the_head_of_a_pull_request(origin: Checkout, tmp_path: Path, program: Path, branch: str, code: int) -> None:
    checkout = origin.clone(tmp_path / "clone", branch)
    runner = job(tmp_path, program, checkout.root, pull_request(origin), "0" * 40)
    assert runner.step("Check").code == code


def test_a_merge_of_the_target_into_the_branch_hides_nothing(origin: Checkout, tmp_path: Path, program: Path) -> None:
    """HEAD is a merge there too, whose first parent is the pull request itself."""
    origin.git("switch", "--quiet", "wrong")
    origin.git("merge", "--quiet", "--no-ff", "main", "--message=merge")
    checkout = origin.clone(tmp_path / "clone", "wrong")
    assert job(tmp_path, program, checkout.root, pull_request(origin), "0" * 40).step("Check").code == 1


def test_a_clone_that_is_too_shallow_says_what_to_set(origin: Checkout, tmp_path: Path, program: Path) -> None:
    checkout = origin.clone(tmp_path / "clone", "pull/clean/merge", "--depth=1")
    runner = job(tmp_path, program, checkout.root, pull_request(origin), checkout.git("rev-parse", "HEAD"))
    ran = runner.step("Check")
    assert ran.code == 2
    assert "fetch-depth" in ran.err
    assert runner.outputs == {"status": "failed", "exit-code": "2"}


def test_the_merge_queue(origin: Checkout, tmp_path: Path, program: Path) -> None:
    event = {"merge_group": {"base_sha": origin.git("rev-parse", "main")}}
    checkout = origin.clone(tmp_path / "clone", "pull/wrong/merge")
    ran = job(tmp_path, program, checkout.root, event, "0" * 40).step("Check")
    assert (ran.code, ran.out.count("::error "), ran.out.count("::notice ")) == (1, 1, 2)


def test_other_events_count_everything(origin: Checkout, tmp_path: Path, program: Path) -> None:
    checkout = origin.clone(tmp_path / "clone", "main")
    ran = job(tmp_path, program, checkout.root, {"ref": "refs/heads/main"}, "0" * 40).step("Check")
    assert (ran.code, ran.out.count("::error ")) == (1, 2)


def test_inputs(origin: Checkout, tmp_path: Path, program: Path) -> None:
    origin.git("switch", "--quiet", "wrong")
    checkout = origin.clone(tmp_path / "clone", "wrong")
    runner = job(tmp_path, program, checkout.root, pull_request(origin), "0" * 40)
    assert runner.step("Check", base="none").out.count("::error ") == 2
    assert runner.step("Check", base="HEAD").code == 0
    assert runner.step("Check", fail_level="critical").code == 0
    assert runner.step("Check", workspace=str(tmp_path)).code == 2


@pytest.mark.parametrize("field", ["workspace", "base", "fail_level"])
def test_no_input_is_run(origin: Checkout, tmp_path: Path, program: Path, field: str) -> None:
    """The classic of workflows: text of a stranger that becomes a part of the script."""
    checkout = origin.clone(tmp_path / "clone", "clean")
    for evil in ("$(touch pwned)`touch pwned`'; touch pwned; '\"; touch pwned; \"", "--output=pwned"):
        runner = job(tmp_path, program, checkout.root, pull_request(origin), "0" * 40)
        assert runner.step("Check", **{field: evil}).code != 0
        (runner.temp / "cmdb-program").unlink()
    assert not list(tmp_path.rglob("pwned*"))


def test_no_expression_stands_in_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step["run"]
    assert set(STEPS) == {"Install cmdb", "Check"}


def test_a_report_of_before_is_none_of_now(origin: Checkout, tmp_path: Path, program: Path) -> None:
    checkout = origin.clone(tmp_path / "clone", "clean")
    runner = job(tmp_path, program, checkout.root, pull_request(origin), "0" * 40)
    write(runner.temp, {"cmdb-reports/check.json": "{}"})
    assert runner.step("Check", base="nowhere").code == 2
    assert set(runner.outputs) == {"status", "exit-code"}
