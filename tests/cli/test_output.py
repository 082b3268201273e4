"""Where answers go, and what is never mixed into them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from cmdb.cli import output
from cmdb.cli.output import screen
from cmdb.model.answer import Screen
from cmdb.testing.program import Program
from cmdb.testing.repositories import write


def test_a_file_gets_what_stdout_would(cmdb: Program, shop: Path) -> None:
    plain = cmdb("select").out
    said = cmdb("select", "-o", "answer.txt")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert (shop / "answer.txt").read_text() == plain


def test_a_file_is_replaced_whole_and_keeps_its_mode(cmdb: Program, shop: Path) -> None:
    (shop / "answer.json").write_text("old")
    (shop / "answer.json").chmod(0o640)
    (shop / "link.json").symlink_to("answer.json")
    assert cmdb("select", "-f", "json", "-o", "link.json").code == 0
    assert json.loads((shop / "answer.json").read_text())["format"] == "cmdb.select/1"
    assert (shop / "answer.json").stat().st_mode & 0o777 == 0o640
    assert (shop / "link.json").is_symlink()


def test_a_failure_leaves_the_old_file_and_no_other(cmdb: Program, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (shop / "answer.txt").write_text("old")
    before = sorted(shop.iterdir())
    monkeypatch.setattr(Path, "replace", fail)
    said = cmdb("select", "-o", "answer.txt")
    assert (said.code, said.err) == (2, "cmdb: error: cannot write answer.txt: No space left on device\n")
    assert (shop / "answer.txt").read_text() == "old"
    assert sorted(shop.iterdir()) == before


def test_a_folder_that_is_not_there_is_told(cmdb: Program, shop: Path) -> None:
    assert shop.exists()
    said = cmdb("select", "-o", "no/answer.txt")
    assert (said.code, said.err) == (2, "cmdb: error: cannot write no/answer.txt: No such file or directory\n")


def test_devices_are_written_to(cmdb: Program, shop: Path) -> None:
    assert shop.exists()
    assert cmdb("select", "-o", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


def test_text_that_utf_8_cannot_say_is_escaped(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output.write('"\ud800 ☃"\n', None)
    assert capfdbinary.readouterr().out == b'"\\ud800 \xe2\x98\x83"\n'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("env", "then"),
    [
        ({}, Screen(100, True)),
        ({"NO_COLOR": "1"}, Screen(100, False)),
        ({"NO_COLOR": ""}, Screen(100, True)),
        ({"TERM": "dumb"}, Screen(100, False)),
        ({"COLUMNS": "5"}, Screen(20, True)),
    ],
)
def test_a_terminal_has_colours_unless_it_says_no(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], then: Screen
) -> None:
    for name, value in {"COLUMNS": "100", "TERM": "xterm", "NO_COLOR": "", **env}.items():
        monkeypatch.setenv(name, value)
    assert screen(Terminal()) == then
    assert screen(io.StringIO()) == Screen(80, False)


def test_what_did_not_load_is_told_on_stderr_only(cmdb: Program, shop: Path) -> None:
    assert shop.exists()
    write(Path(), {"inventory/broken.yaml": "id: [\n"})
    said = cmdb("select", "--ids")
    assert (said.code, said.out) == (3, "db-1\ndb-2\nshop\nweb-1\n")
    assert said.err == "cmdb: this is without a file that did not load: inventory/broken.yaml (cmdb check says why)\n"
