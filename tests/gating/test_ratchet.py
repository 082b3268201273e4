"""What a change introduced: every problem before and after it counted once, and nothing by its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cmdb
from cmdb.compare.problems import Ratchet, ratchet
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity
from cmdb.testing.edits import SCHEMA, edits
from cmdb.testing.findings import problems
from cmdb.workspace import Workspace

DAY = date(2026, 11, 1)
LAW = settings(max_examples=15, deadline=None)
Files = Mapping[str, str]


def files_of(files: Files) -> Workspace:
    return Workspace.of({"cmdb.yaml": "", "inventory/schema/kinds.yaml": SCHEMA, **files})


def change(before: Files, after: Files) -> Ratchet:
    return cmdb.introduced(files_of(before), files_of(after), DAY)


def nothing_new(found: Ratchet) -> bool:
    return not found.introduced and not found.worse and not found.fixed


def moved(files: Files, how: str) -> dict[str, str]:
    return {path if path.startswith("baselines/") else path.replace("y/", f"y/{how}"): t for path, t in files.items()}


# laws ----------------------------------------------------------------------------------------------------------------


@LAW
@given(edits())
def test_every_problem_is_told_once(steps: list[Files]) -> None:
    before, after = (files_of(files).check(DAY) for files in steps)
    found = change(*steps)
    assert Counter((*found.introduced, *found.worse, *found.unchanged)) == Counter(after)
    assert len(found.unchanged) + len(found.worse) + len(found.fixed) == len(before)


@LAW
@given(edits())
def test_without_a_change_nothing_is_new(steps: list[Files]) -> None:
    files, _ = steps
    assert nothing_new(change(files, files))


@LAW
@given(edits())
def test_undoing_a_change_fixes_what_it_introduced(steps: list[Files]) -> None:
    before, after = steps
    there, back = change(before, after), change(after, before)
    assert Counter(each.fingerprint for each in there.introduced) == Counter(each.fingerprint for each in back.fixed)
    assert Counter(each.fingerprint for each in there.fixed) == Counter(each.fingerprint for each in back.introduced)


@LAW
@given(edits(), st.integers(1, 4))
def test_lines_that_move_introduce_nothing(steps: list[Files], lines: int) -> None:
    files, _ = steps
    assert nothing_new(change(files, {path: "# ~\n" * lines + text for path, text in files.items()}))


@LAW
@given(edits(), st.sampled_from(["deep/er/", "zz-", "A"]))
def test_files_that_move_introduce_nothing(steps: list[Files], how: str) -> None:
    files, _ = steps
    assert nothing_new(change(files, moved(files, how)))


@LAW
@given(edits())
def test_an_unrelated_ci_introduces_nothing_but_its_own_problems(steps: list[Files]) -> None:
    files = {path: text for path, text in steps[0].items() if "senseless" not in path}
    fresh = {"inventory/0.yaml": "kind: server\nid: fresh\nrelations: {runs_on: nothing}\n"}
    found = change(files, {**files, **fresh})
    assert [each.ci for each in found.introduced] == ["fresh"]
    assert not found.worse
    assert not found.fixed


@LAW
@given(st.lists(problems(), max_size=6), st.lists(problems(), max_size=6))
def test_any_problems_whatever(before: list[Problem], after: list[Problem]) -> None:
    found = ratchet(before, [*after, *before])
    assert Counter((*found.introduced, *found.worse, *found.unchanged)) == Counter((*after, *before))
    assert not found.fixed
    assert len(found.introduced) == len(after)


# cases ---------------------------------------------------------------------------------------------------------------

WRONG = Problem("a", "one", Severity.WARNING, Location("x.yaml", 3, 1), "web-1", "owner")


def at(problem: Problem, line: int) -> Problem:
    return Problem(problem.code, problem.message, problem.severity, Location("x.yaml", line, 1), problem.ci, "owner")


def test_of_problems_that_are_alike_as_many_are_old_as_there_were() -> None:
    found = ratchet([at(WRONG, 3), at(WRONG, 5)], [at(WRONG, 4), at(WRONG, 6), at(WRONG, 7)])
    assert (found.unchanged, found.introduced) == ((at(WRONG, 4), at(WRONG, 6)), (at(WRONG, 7),))


@pytest.mark.parametrize("file", ["b.yaml", "d.yaml"])
def test_of_those_the_one_that_says_something_else_is_new(file: str) -> None:
    """The fingerprint alone could not tell which of them is."""
    same, other = (Problem("a", "one", where=Location(path), ci="web-1") for path in ("c.yaml", file))
    assert ratchet([same], sorted([same, other], key=lambda one: one.sort_key)).introduced == (other,)


def test_what_became_more_severe_counts_and_what_became_less_does_not() -> None:
    error = WRONG.but(Severity.ERROR)
    assert ratchet([WRONG], [error]) == Ratchet(worse=(error,))
    assert ratchet([error], [WRONG]) == Ratchet(unchanged=(WRONG,))


DANGLING = "- {kind: server, id: web-1, relations: {runs_on: nowhere}}\n"


@pytest.mark.parametrize(
    ("before", "after", "new", "fixed"),
    [
        # another wrong value is the same problem; another wrong target is another one
        ({"a": "{kind: box, id: a, attributes: {size: big}}"}, {"a": "{kind: box, id: a, attributes: {size: huge}}"}, [], []),
        ({"a": DANGLING}, {"a": DANGLING.replace("nowhere", "here")}, ["dangling-relation"], ["dangling-relation"]),
        # what one file takes away is missed in another
        ({"a": DANGLING, "b": "{kind: server, id: nowhere}"}, {"a": DANGLING}, ["dangling-relation"], []),
        ({"a": DANGLING}, {"a": DANGLING, "b": "{kind: server, id: nowhere}"}, [], ["dangling-relation"]),
        # a new id that the old one leads to
        ({"a": DANGLING}, {"a": DANGLING.replace("web-1", "web-7, aliases: [web-1]")}, [], []),
        ({"a": DANGLING}, {"a": DANGLING.replace("web-1", "web-7")}, ["dangling-relation"], ["dangling-relation"]),
        # a file that cannot be read, in its place, moved, mended, and copied
        ({"a": "id: ["}, {"a": "# ]\nid: ["}, [], []),
        ({"a": "id: ["}, {"c": "id: ["}, [], []),
        ({"a": "id: ["}, {"a": "{kind: server, id: a}"}, [], ["syntax"]),
        ({"a": "id: ["}, {"a": "id: [", "c": "id: ["}, ["syntax"], []),
    ],
)  # fmt: skip
def test_changes(before: Files, after: Files, new: list[str], fixed: list[str]) -> None:
    found = change(*({f"inventory/{name}.yaml": text for name, text in files.items()} for files in (before, after)))
    assert ([each.code for each in found.introduced], [each.code for each in found.fixed]) == (new, fixed)


def test_problems_have_the_lines_of_their_side() -> None:
    found = change({"inventory/a.yaml": DANGLING}, {"inventory/a.yaml": f"\n\n{DANGLING.replace('nowhere', 'here')}"})
    assert ([str(each.where) for each in found.introduced], [str(each.where) for each in found.fixed]) == (
        ["inventory/a.yaml:3:41"],
        ["inventory/a.yaml:1:41"],
    )
