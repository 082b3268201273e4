"""Every check finds what its bad example holds, and nothing in the good one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cmdb.all_checks import CHECKS
from cmdb.model.problem import Problem
from cmdb.workspace import Workspace

EXAMPLES = Path(__file__).parent.parent / "examples" / "checks"
CODES = [check.CODE for check in CHECKS]


def findings(folder: Path) -> tuple[Problem, ...]:
    """The problems of the workspace in a folder, read from memory, so that it needs no `cmdb.yaml`."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return Workspace.of(files).check(date(2026, 11, 1))


def shown(problem: Problem) -> str:
    lines = [f"{problem.where} {problem.severity.label} {problem.code}: {problem.message}"]
    lines += [f"  {related.where} {related.message}" for related in problem.related]
    lines += [f"  hint: {problem.hint}"] if problem.hint else []
    return "\n".join(lines)


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_has_no_problem(code: str) -> None:
    assert [shown(problem) for problem in findings(EXAMPLES / code / "good")] == []


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_has_exactly_its_problems(code: str) -> None:
    found = "\n".join(shown(problem) for problem in findings(EXAMPLES / code / "bad")) + "\n"
    assert found == (EXAMPLES / code / "expected.txt").read_text("utf-8")
    assert f" {code}: " in found


def test_every_check_has_one_name_everywhere() -> None:
    folder = Path(__file__).parents[2] / "cmdb" / "checks"
    modules = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert modules == sorted(code.replace("-", "_") for code in CODES)
    assert sorted(path.name for path in EXAMPLES.iterdir()) == sorted(CODES)


def test_every_problem_of_the_examples_belongs_to_a_check() -> None:
    assert {problem.code for code in CODES for problem in findings(EXAMPLES / code / "bad")} == set(CODES)


def test_fingerprints_tell_findings_apart_and_survive_moved_lines() -> None:
    for code in CODES:
        problems = findings(EXAMPLES / code / "bad")
        assert len({problem.fingerprint for problem in problems}) == len(problems), code
