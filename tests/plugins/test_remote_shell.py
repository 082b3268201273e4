"""What a shell at the other end answers is what this machine sees of itself, by whichever shell, and half an answer is
none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from cmdb_plugins._linux import LINUX, NAMES
from cmdb_plugins._linux_security import VOLATILE
from cmdb_plugins._machine import Machine, NotSeen, NotThere, ThisMachine
from cmdb_plugins._probe import Probe, look
from cmdb_plugins._remote import Answer, Question, Remembered, answered, asked, blocks, opening, seen, unanswered

from cmdb.model.value import Value

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at a Linux machine")

SHELLS = [shell for shell in (["/bin/sh"], ["bash"], ["busybox", "sh"]) if shutil.which(shell[0])]
MARKER = "5f0c"
PASSING = {"listening_ports", "listening_udp_ports", *VOLATILE}
LIMIT = 1.0


def ask(shell: list[str], *questions: Question, limit: float = 10, noise: str = "") -> dict[Question, Answer]:
    """The answers of a real shell."""
    script = noise + opening(MARKER, limit) + asked(questions)
    said = subprocess.run(shell, input=script.encode(), capture_output=True, check=False)
    output, errors = (blocks(stream, MARKER) for stream in (said.stdout, said.stderr))
    return answered(questions, output[1:], errors[1:])


def outcome(get: Callable[[], Value]) -> Value:
    try:
        return get()
    except NotSeen as why:
        return type(why).__name__, why.status, why.reason


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "plain").write_text("one\n\ntwo")
    (tmp_path / "empty").write_text("")
    (tmp_path / "raw").write_bytes(b"a\xffb\r\n")
    (tmp_path / "it's $HOME; `x`").write_text("quoted\n")
    (tmp_path / "folder").mkdir()
    for name in ("b", ".hidden", "a c"):
        (tmp_path / "folder" / name).write_text("")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "link").symlink_to("/else/where")
    (tmp_path / "to-folder").symlink_to("folder")
    return tmp_path


NAMES_THERE = ("plain", "empty", "raw", "it's $HOME; `x`", "folder", "nothing", "link", "to-folder", "gone", "plain/x")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_files_are_answered_as_this_machine_sees_them(place: Path, shell: list[str]) -> None:
    for name in NAMES_THERE:
        path = f"{place}/{name}"
        machine = Remembered(
            ask(
                shell,
                *(
                    question
                    for question in (
                        Question("read", (path,)),
                        Question("children", (path,)),
                        Question("link", (path,)),
                    )
                ),
            )
        )
        for ours, theirs in zip(looks(ThisMachine(), path), looks(machine, path), strict=True):
            assert ours == theirs or _both_failed(ours, theirs), name
        assert not machine.wanted


def looks(machine: Machine, path: str) -> list[Value]:
    return [outcome(partial(look_at, path)) for look_at in (machine.read, machine.children, machine.link)]


def _both_failed(ours: Value, theirs: Value) -> bool:
    """For another reason than absence the words may differ."""
    return isinstance(ours, tuple) and isinstance(theirs, tuple) and ours[:2] == theirs[:2] == ("NotSeen", "failed")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(
    "command",
    [
        ("printf", "a\\nb\\n"),
        ("printf", "no end"),
        ("echo", "it's", "$HOME", "*", "a b"),
        ("sh", "-c", "echo bad luck >&2; exit 3"),
        ("sh", "-c", "echo only this; exit 1"),
        ("sh", "-c", "exit 1"),
        ("sh", "-c", "cat; echo $LC_ALL"),
        ("nosuchcommand", "x"),
        ("uname", "-r"),
    ],
)
def test_commands_are_answered_as_this_machine_runs_them(shell: list[str], command: tuple[str, ...]) -> None:
    machine = Remembered(ask(shell, Question("run", command)))
    assert outcome(lambda: machine.run(*command)) == outcome(lambda: ThisMachine().run(*command))


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_no_permission_is_failed_and_says_so(place: Path, shell: list[str]) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may read everything, and there is no setpriv")
    (place / "plain").chmod(0)
    (place / "folder").chmod(0)
    for folder in (place, *place.parents[:3]):
        folder.chmod(0o755)
    lesser = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    questions = [Question("read", (f"{place}/plain",)), Question("children", (f"{place}/folder",))]
    machine = Remembered(ask([*lesser, *shell], *questions))
    for get in (lambda: machine.read(f"{place}/plain"), lambda: machine.children(f"{place}/folder")):
        with pytest.raises(NotSeen, match="no permission to read") as caught:
            get()
        assert (type(caught.value), caught.value.status) == (NotSeen, "failed")
    (place / "folder").chmod(0o755)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_a_command_that_hangs_is_cut_off_and_the_next_one_runs(shell: list[str]) -> None:
    hang, after = Question("run", ("sh", "-c", "exec sleep 60")), Question("run", ("echo", "on"))
    machine = Remembered(ask(shell, hang, after, limit=LIMIT), LIMIT)
    assert outcome(lambda: machine.run(*hang.words)) == ("NotSeen", "failed", "sh -c gave no answer within 1 s")
    assert machine.run("echo", "on") == "on\n"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_nothing_stays_behind_there(shell: list[str]) -> None:
    limit = 80000 + os.getpid() % 10000
    ask(shell, Question("run", ("uname", "-r")), limit=limit)
    napping = [f"sleep\0{limit}\0"]
    for _ in range(1000):
        if not (left := [line for line in napping if line in _command_lines()]):
            break
    assert not left


def _command_lines() -> set[str]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.add(path.read_text(errors="replace"))
    return found


def test_a_command_that_killed_itself_was_not_too_slow() -> None:
    question = Question("run", ("sh", "-c", "kill -9 $$"))
    assert outcome(lambda: Remembered(ask(SHELLS[0], question)).run(*question.words))[2].startswith(
        "sh -c ended with 137"
    )


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_what_a_profile_prints_is_no_answer(shell: list[str]) -> None:
    question = Question("run", ("echo", "on"))
    assert ask(shell, question, noise="echo WELCOME; echo warning >&2\n")[question] == Answer(0, "on\n", "")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_probes_see_through_a_shell_what_they_see_here(shell: list[str]) -> None:
    answers: dict[Question, Answer] = {}
    rounds = 0
    while questions := unanswered(LINUX, answers):
        answers |= ask(shell, *questions)
        rounds += 1
    there, here = seen(LINUX, answers, 10), look(ThisMachine(), LINUX)
    assert {n: v for n, v in there.values.items() if n not in PASSING} == {
        n: v for n, v in here.values.items() if n not in PASSING
    }
    assert {n: w.status for n, w in there.unseen.items()} == {n: w.status for n, w in here.unseen.items()}
    assert rounds <= 6


def test_half_an_answer_costs_the_probes_that_asked_for_it() -> None:
    whole = ask(SHELLS[0], *unanswered(LINUX, {}))
    half = dict(list(whole.items())[: len(whole) // 2])
    sight = seen(LINUX, half, 10, "the line went dead")
    lost = {name for name, why in sight.unseen.items() if why.reason == "the line went dead"}
    assert lost
    assert sight.values.keys() | {name for name in sight.unseen if "." not in name} == NAMES
    assert all(why.status == "failed" for why in sight.unseen.values() if why.reason == "the line went dead")
    everything = look(ThisMachine(), LINUX).values
    assert {n: v for n, v in sight.values.items() if n not in PASSING} == {
        n: everything[n] for n in sight.values if n not in PASSING
    }


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (b"", []),
        (b"noise", []),
        (b"noise\n5f0c 0\n", [(0, "noise")]),
        (b"\n5f0c 0\na\n\n5f0c 3\nb", [(0, ""), (3, "a\n")]),
        (b"\n5f0c 0\na\n\n5f0c 1", [(0, "")]),
        (b"\n5f0c x\n5f0c 0\n", [(0, "\n5f0c x")]),
    ],
)
def test_only_what_ends_with_a_marker_is_whole(heard: bytes, expected: list[tuple[int, str]]) -> None:
    assert blocks(heard, MARKER) == expected


def test_an_answer_needs_both_streams() -> None:
    one, two = Question("read", ("/a",)), Question("read", ("/b",))
    assert answered([one, two], [(0, "a"), (0, "b")], [(0, "")]) == {one: Answer(0, "a", "")}


def test_files_are_asked_for_at_once_and_commands_one_by_one() -> None:
    def curious(machine: Machine) -> dict[str, Value]:
        for path in ("/a", "/b"):
            with pytest.raises(NotSeen):
                machine.read(path)
        return {"x": machine.run("c") + machine.run("d")}

    probe = Probe(("x",), curious)
    first = unanswered([probe, probe], {})
    assert [(question.what, question.words) for question in first] == [
        ("read", ("/a",)),
        ("read", ("/b",)),
        ("run", ("c",)),
    ]


def test_a_link_that_is_none_and_a_file_that_is_not_there() -> None:
    question = Question("link", ("/x",))
    with pytest.raises(NotThere):
        Remembered({question: Answer(2, "", "ls: /x: No such file or directory")}).link("/x")
    with pytest.raises(NotSeen, match="it is no link"):
        Remembered({question: Answer(0, "", "")}).link("/x")
