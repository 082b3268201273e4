"""What every analysis has: a name, documentation, an example, and a typed result that programs can read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmdb.all_analyses import ANALYSES, Analysis, drawer, report, summary
from cmdb.cli.commands.report import command
from cmdb.facts import Facts
from cmdb.model.answer import Screen
from cmdb.model.asked import Asked, Option
from cmdb.model.data import as_data
from cmdb.model.problem import CmdbError
from cmdb.render.json import dumps
from cmdb.render.text import text
from cmdb.workspace import Workspace

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "examples" / "reports"
DAY = date(2026, 11, 1)

every = pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.NAME)


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The sample workspace."""
    return Workspace.open(ROOT, cache=False).facts(DAY)


def test_each_has_a_name_of_its_own_and_an_example_and_no_example_is_left_over() -> None:
    names = [analysis.NAME for analysis in ANALYSES]
    assert names == sorted(set(names))
    assert sorted(path.stem for path in EXAMPLES.glob("*.md")) == names
    assert sorted(command.commands) == names


@every
def test_it_says_what_it_answers_and_what_each_option_means(analysis: Analysis) -> None:
    assert summary(analysis).endswith(".")
    assert getattr(analysis, "__file__", "").endswith(f"/{analysis.NAME.replace('-', '_')}.py")
    shared = {"call", "selectors", "exclude", "as_of", "at", "workspace", "format", "output", "no_cache", "debug"}
    for option in analysis.OPTIONS:
        assert option.help.endswith(".")
        assert option.name not in shared


@every
def test_the_result_is_frozen_and_has_its_numbers(analysis: Analysis, facts: Facts) -> None:
    result = analysis.analyse(facts, Asked())
    assert "summary" in {field.name for field in dataclasses.fields(result)}
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.summary = None


@every
def test_the_same_files_give_the_same_bytes_that_fit_a_screen(analysis: Analysis, facts: Facts) -> None:
    def told() -> tuple[str, str]:
        result = analysis.analyse(facts, Asked())
        return dumps(as_data(result)), text(analysis.present(result), Screen(80))

    data, shown = told()
    assert told() == (data, shown)
    assert isinstance(json.loads(data)["summary"], dict)


@every
def test_nothing_asked_about_is_not_everything(analysis: Analysis, facts: Facts) -> None:
    assert text(analysis.present(analysis.analyse(facts, Asked(ids=()))), Screen(80))
    draw = drawer(analysis)
    if draw is not None:
        draw(analysis.analyse(facts, Asked(ids=())))
        drawn = draw(analysis.analyse(facts, Asked()))
        assert len({node.id for node in drawn.nodes}) == len(drawn.nodes)
        assert {end for edge in drawn.edges for end in (edge.source, edge.target)} <= {node.id for node in drawn.nodes}


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda facts: report(facts, "dependences"), "there is no report 'dependences'; did you mean 'dependencies'?"),
        (lambda facts: report(facts, "dependencies", bye="owner"), "there is no option 'bye'; did you mean 'by'?"),
        (lambda facts: report(facts, "dependencies", include=("live",)), "include: 'live' is not one of planned"),
        (lambda facts: report(facts, "dependencies", by="ownr"), "nothing is grouped by 'ownr'; did you mean 'owner'?"),
        (lambda facts: report(facts, "dependencies", ["nobody"]), "wrong selector\nnobody\n"),
    ],
)
def test_a_library_call_that_asks_wrongly(facts: Facts, ask: Callable[[Facts], Any], told: str) -> None:
    with pytest.raises(CmdbError) as error:
        ask(facts)
    assert str(error.value).startswith(told)


def test_a_library_call_gives_the_typed_result(facts: Facts) -> None:
    result = report(facts, "dependencies", ["owner=team-shop"], by="owner")
    assert {cell.source for cell in result.cells} == {"team-shop"}


@dataclasses.dataclass(frozen=True)
class Sample:
    said: tuple[date, ...]
    names: frozenset[str]
    of: dict[str, int]
    _hidden: int = 1


def test_data_is_sorted_and_public() -> None:
    sample = Sample((DAY,), frozenset("ba"), {"z": 1, "a": 2})
    assert dumps(as_data(sample)) == dumps({"said": ["2026-11-01"], "names": ["a", "b"], "of": {"a": 2, "z": 1}})
    with pytest.raises(TypeError, match="object has no form as data"):
        as_data(object())


def test_an_option_has_the_type_of_its_default() -> None:
    deep = Option("depth", 3, "How deep.", least=1)
    assert (Asked().value(deep), Asked(values={"depth": 5}).value(deep)) == (3, 5)
