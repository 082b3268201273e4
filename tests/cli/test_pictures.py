"""Answers as pictures, with Graphviz and without it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from cmdb.cli.graphviz import find, image
from cmdb.model.problem import CmdbError
from cmdb.testing.program import Program

pytestmark = pytest.mark.usefixtures("shop")
GRAPHVIZ = shutil.which("dot")
real = pytest.mark.skipif(GRAPHVIZ is None, reason="Graphviz is not installed")

ANSWERS = [
    ("graph",),
    ("impact", "web-1"),
    ("impact", "db-1", "--maintenance"),
    ("impact", "shop", "--up"),
    ("impact", "db-1", "--explain", "shop"),
    ("impact", "--weak-points", "shop"),
    ("path", "shop", "web-1"),
    ("report", "dependencies"),
]


def program(folder: Path, body: str) -> Path:
    """A `dot` of our own in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n", "utf-8")
    path.chmod(0o755)
    return folder


@real
@pytest.mark.parametrize("arguments", ANSWERS)
def test_every_answer_is_drawn(cmdb: Program, arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = cmdb(*arguments, "-f", "svg", "-o", "out.svg", "-f", "png", "-o", "out.png")
    assert (said.code, said.out) == (0, "")
    assert "</svg>" in Path("out.svg").read_text("utf-8")
    assert Path("out.png").read_bytes().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("arguments", ANSWERS)
@pytest.mark.parametrize("format_", ["dot", "mermaid", "graphml", "cytoscape"])
def test_every_answer_is_written_for_others_to_draw(cmdb: Program, arguments: tuple[str, ...], format_: str) -> None:
    said = cmdb(*arguments, "-f", format_)
    assert said.code == 0
    assert said.out == cmdb(*arguments, "-f", format_).out
    assert "shop" in said.out


def test_what_a_ci_relies_on_and_why_it_is_affected_are_drawn_with_their_groups(cmdb: Program) -> None:
    up = cmdb("impact", "shop", "--up", "-f", "dot").out
    assert '"shop" -> "db-1" [label="depends_on", style=dashed];' in up
    assert '"shop" -> "web-1" [label="runs_on"];' in up
    why = cmdb("impact", "db-1", "--explain", "shop", "-f", "dot").out
    assert 'label="Why shop is at risk";' in why
    assert '"db-1" [label="db-1\\ndatabase · down"' in why
    assert '"shop" -> "db-1" [label="depends_on", style=dashed];' in why
    assert '"shop" -> "web-1" [label="runs_on"];' in why


def test_frames_and_folds(cmdb: Program) -> None:
    drawn = cmdb("impact", "db-1", "db-2", "web-1", "--group-by", "owner", "-f", "dot").out
    assert 'label="team-data"' in drawn
    assert "2 × database" in cmdb("graph", "--fold", "kind", "-f", "mermaid").out
    assert "3 CIs of team-shop" in cmdb("graph", "--fold", "group", "--group-by", "owner", "-f", "dot").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("graph", "--group-by", "ownr", "-f", "dot"), "nothing is grouped by 'ownr'; did you mean 'owner'?"),
        (("graph", "--fold", "everything"), "'everything' is not one of"),
    ],
)
def test_drawings_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb(*arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


def test_without_graphviz_it_says_what_to_do(cmdb: Program, tmp_path: Path) -> None:
    said = cmdb("graph", "-f", "svg", env={"PATH": str(tmp_path / "nothing")})
    assert (said.code, said.out) == (2, "")
    assert "-f svg needs the program 'dot' of Graphviz, and there is none on PATH" in said.err
    assert "-f mermaid" in said.err


def test_no_program_of_the_repository_or_of_a_relative_folder_is_run(
    cmdb: Program, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (shop / ".git").mkdir()
    mine, theirs = program(shop / "bin", "open('ran', 'w')"), tmp_path_factory.mktemp("elsewhere")
    (theirs / "dot").symlink_to(mine / "dot")
    outside = program(tmp_path_factory.mktemp("outside"), "open('ran', 'w')")
    path = os.pathsep.join(["bin", ".", "", os.path.relpath(outside), str(mine), str(theirs)])
    said = cmdb("graph", "-f", "svg", env={"PATH": path})
    assert said.code == 2
    assert "there is none on PATH" in said.err
    assert not any(shop.rglob("ran"))


def test_the_program_gets_the_drawing_on_stdin(cmdb: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = program(tmp_path_factory.mktemp("bin"), "print(sys.argv[1:], len(sys.stdin.read()))")
    said = cmdb("graph", "-f", "svg", env={"PATH": str(folder)})
    assert said.code == 0
    assert said.out.startswith("['-Tsvg', '-Gcharset=utf8'] ")
    assert find(Path()) is not None or GRAPHVIZ is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("print('bad\\n graph', file=sys.stderr); sys.exit(1)", "Graphviz could not draw it: bad graph"),
        ("sys.exit(7)", "Graphviz could not draw it: exit code 7"),
        ("pass", "Graphviz could not draw it: exit code 0"),
        ("sys.stdin.read(); time.sleep(60)", "Graphviz did not finish the drawing within 0.2 s"),
    ],
)
def test_a_program_that_fails_or_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, body: str, told: str
) -> None:
    monkeypatch.setenv("PATH", str(program(tmp_path_factory.mktemp("bin"), body)))
    with pytest.raises(CmdbError) as error:
        image("digraph {}", "svg", Path(), patience=0.2 if "sleep" in body else 60)
    assert str(error.value) == told
