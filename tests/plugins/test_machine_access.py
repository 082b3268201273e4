"""Looking at a machine: commands are cut off, refused or missing, and each way says so in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from cmdb_plugins._machine import Machine, NotSeen, NotThere, ThisMachine
from cmdb_plugins._probe import Probe, Sight, attempt, first_of, look, second_look

from cmdb.model.value import Value


def script(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def on(folder: Path, limit: float = 10.0) -> ThisMachine:
    return ThisMachine(limit, path=str(folder))


@pytest.mark.parametrize("text", ["exec sleep 60", "sleep 60 & sleep 60", "sleep 60 | cat"])
def test_a_command_that_hangs_is_cut_off_with_all_it_started(tmp_path: Path, text: str) -> None:
    script(tmp_path, "hang", f"PATH=/usr/bin:/bin\n{text}")
    with pytest.raises(NotSeen, match=r"hang --now gave no answer within 0\.2 s") as caught:
        on(tmp_path, limit=0.2).run("hang", "--now")
    assert caught.value.status == "failed"


def test_after_the_budget_no_command_is_started(tmp_path: Path) -> None:
    script(tmp_path, "quick", f"echo ran >> {tmp_path}/log")
    times = iter([0.0, 3.0, 3.0, 9.0])
    machine = ThisMachine(path=str(tmp_path), budget=8.0, clock=lambda: next(times))
    machine.run("quick")
    machine.run("quick")
    with pytest.raises(NotSeen, match="no time left for quick: other commands took 9 s") as caught:
        machine.run("quick")
    assert caught.value.status == "failed"
    assert (tmp_path / "log").read_text() == "ran\nran\n"


def test_a_command_runs_without_a_shell_in_the_c_locale_without_input(tmp_path: Path) -> None:
    script(tmp_path, "tell", 'echo "$LC_ALL|$LANG|$*|$(/bin/cat)"')
    assert on(tmp_path).run("tell", "$HOME; echo *") == "C|C|$HOME; echo *|\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo bad luck >&2; exit 3", "fail on ended with 3 and said: bad luck"),
        ("echo only this; exit 1", "fail on ended with 1 and said: only this"),
        ("exit 1", "fail on ended with 1 and said: nothing"),
        ("kill -9 $$", "fail on ended with -9 and said: nothing"),
    ],
)
def test_a_command_that_fails_says_what_it_said(tmp_path: Path, text: str, said: str) -> None:
    script(tmp_path, "fail", text)
    with pytest.raises(NotSeen) as caught:
        on(tmp_path).run("fail", "on", "purpose")
    assert (caught.value.status, caught.value.reason) == ("failed", said)


def test_other_answers_than_zero_may_be_right(tmp_path: Path) -> None:
    script(tmp_path, "odd", "echo none; exit 1")
    assert on(tmp_path).run("odd", answers=(0, 1)) == "none\n"


def test_a_command_that_is_not_there_is_out_of_sight(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="there is no command nosuch") as caught:
        on(tmp_path).run("nosuch")
    assert caught.value.status == "partial"


def test_a_command_that_is_no_program_fails(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x7fELF")
    (tmp_path / "broken").chmod(0o755)
    with pytest.raises(NotSeen, match=r"cannot run .*broken: Exec format error"):
        on(tmp_path).run("broken")


def test_output_that_is_no_text_is_replaced(tmp_path: Path) -> None:
    script(tmp_path, "raw", r"printf 'a\377b'")
    assert on(tmp_path).run("raw") == "a\N{REPLACEMENT CHARACTER}b"


def test_files_folders_and_links(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"x\xff")
    (tmp_path / "a").symlink_to("/else/where")
    machine = ThisMachine(root=str(tmp_path))
    assert machine.children("/") == ("a", "b")
    assert machine.link("/a") == "/else/where"
    assert machine.read("/b") == "x\N{REPLACEMENT CHARACTER}"
    for action in (machine.read, machine.children, machine.link):
        with pytest.raises(NotThere, match="there is no /c"):
            action("/c")
    with pytest.raises(NotSeen, match="cannot read /b: Invalid argument"):
        machine.link("/b")


def told(**values: Value) -> Probe:
    def say(_: Machine) -> Mapping[str, Value]:
        return values

    return Probe(tuple(values), say)


def fails(error: Exception, *names: str) -> Probe:
    def fail(_: Machine) -> Mapping[str, Value]:
        raise error

    return Probe(names, fail)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSeen("dark"), "partial"),
        (NotSeen("broke", "failed"), "failed"),
        (ValueError("odd"), "failed"),
        (KeyError("odd"), "failed"),
        (IndexError("odd"), "failed"),
        (TypeError("odd"), "failed"),
    ],
)
def test_a_probe_that_fails_costs_its_own_attributes_only(error: Exception, status: str) -> None:
    sight = look(ThisMachine(), [told(a=1), fails(error, "b", "c"), told(d=None)])
    assert sight.values == {"a": 1, "d": None}
    assert {name: why.status for name, why in sight.unseen.items()} == {"b": status, "c": status}


def test_a_name_that_a_probe_passes_over_is_unseen() -> None:
    sight = look(ThisMachine(), [Probe(("a", "b"), lambda _: {"a": 1, "c.d": NotSeen("hidden")})])
    assert sight.values == {"a": 1}
    assert {name: why.reason for name, why in sight.unseen.items()} == {
        "b": "the machine does not tell",
        "c.d": "hidden",
    }


def test_a_second_look_only_adds() -> None:
    first = Sight({"a": 1}, {"b": NotSeen("dark"), "c": NotSeen("dark")})
    sight = second_look(first, Sight({"a": 2, "b": 3, "d": 4}, {"c": NotSeen("still dark")}))
    assert sight.values == {"a": 1, "b": 3}
    assert {name: why.reason for name, why in sight.unseen.items()} == {"c": "dark"}


def test_the_first_way_that_works_counts_and_all_reasons_are_told() -> None:
    def dark(_: Machine) -> Value:
        raise NotSeen("dark")

    def broken(_: Machine) -> Value:
        raise NotSeen("broken", "failed")

    assert first_of(ThisMachine(), dark, lambda _: 5, broken) == 5
    why = attempt(lambda: first_of(ThisMachine(), dark, broken, dark))
    assert (why.status, why.reason) == ("failed", "dark; broken")
