"""The documentation says what the program does: pages are current, links lead somewhere, nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path

import pytest

from cmdb.all_checks import CHECKS
from cmdb.cli.main import COMMANDS
from cmdb.model.baseline import OPERATORS, Baseline, Waiver
from cmdb.model.ci import CRITICALITIES, FIELDS, LIFECYCLES
from cmdb.model.config import DEFAULT_SEVERITY, DriftConfig, WorkspaceConfig
from cmdb.model.kind import Attribute
from cmdb.model.types import TYPES
from cmdb.model.types.versions import SCHEMES
from cmdb.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SCHEMA = Workspace.of({}).inventory.schema

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
INTERNAL = {"name", "options", "place", "choices", "expect"}
"""Names of fields in the model that users write otherwise."""


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> Iterator[str]:
    """The anchors of a page's headings, made the way GitHub does."""
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.*)$", prose(page), flags=re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        count = seen[anchor] = seen.get(anchor, -1) + 1
        yield f"{anchor}-{count}" if count else anchor


def words(values: Iterable[str]) -> list[str]:
    return sorted(set(values) - INTERNAL)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_is_current_and_its_examples_print_what_it_says(page: Path) -> None:
    command = [sys.executable, "docs/generate.py", "--check", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nrun 'make docs', and read what it changes"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(prose(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if re.match(r"[a-z]+://", link):
            continue
        if not target.exists() or (anchor and anchor not in set(anchors(target))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_prose_is_wrapped(page: Path) -> None:
    lines = prose(page).partition("<!-- generated")[0].splitlines()
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []


@pytest.mark.parametrize(
    ("page", "known"),
    [
        ("files", words((*FIELDS, *LIFECYCLES, *CRITICALITIES))),
        ("files", words(field.name for field in fields(Attribute))),
        ("files", words((*TYPES, *SCHEMES, *SCHEMA.relation_types))),
        ("kinds", words((*SCHEMA.kinds, *SCHEMA.relation_types))),
        ("baselines", words(OPERATORS)),
        ("baselines", words(field.name for shape in (Baseline, Waiver) for field in fields(shape))),
        ("configuration", words(field.name for shape in (WorkspaceConfig, DriftConfig) for field in fields(shape))),
        ("configuration", words(DEFAULT_SEVERITY)),
        ("checks", words(check.CODE for check in CHECKS)),
        ("json", words(COMMANDS)),
        ("cli", words(COMMANDS)),
    ],
)
def test_nothing_is_left_out(page: str, known: list[str]) -> None:
    text = (ROOT / "docs" / "reference" / f"{page}.md").read_text("utf-8")
    assert [word for word in known if not re.search(rf"[`#\[ ]{re.escape(word)}\b", text)] == []


def test_every_floor_stands_in_the_architecture() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    floors = re.findall(r"\w+", contracts["importlinter:contract:floors"]["layers"])
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    assert [floor for floor in floors if f"`cmdb.{floor}`" not in text] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    pages = [name_of(page).removeprefix("docs/") for page in PAGES if name_of(page).startswith("docs/")]
    listed = [page for page in pages if not page.startswith(("index", "decisions"))]
    assert [page for page in listed if f"({page})" not in index] == []
