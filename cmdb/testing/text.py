"""Text in: an inventory or a workspace from the YAML in a test."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from cmdb.inventory import Inventory
from cmdb.model.problem import Severity
from cmdb.workspace import Workspace


def workspace(files: Mapping[str, str]) -> Workspace:
    """A workspace of files in memory; the texts may be indented as the test is."""
    return Workspace.of({path: dedent(text) for path, text in files.items()})


def inventory(text: str, *, schema: str = "") -> Inventory:
    """The inventory of one file's text, with kinds of its own where `schema` is given.

    Raises `ValueError` where the text has an error, so that a test does not go on with less than it wrote.
    """
    files = {"inventory/cis.yaml": text} | ({"inventory/schema/schema.yaml": schema} if schema else {})
    made = workspace(files)
    wrong = [problem for problem in made.inventory.problems if problem.severity >= Severity.ERROR]
    if wrong:
        raise ValueError("\n".join(f"{problem.where}: {problem.message}" for problem in made.located(wrong)))
    return made.inventory
