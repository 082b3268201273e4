"""What drift says of earlier runs, and that no verdict ever depends on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.ledger import Ledger
from cmdb.testing.drift import Scene, scenes
from cmdb.testing.program import Program
from cmdb.testing.repositories import write

WRONG, RIGHT, UNSEEN, DEAD = "16 GiB", "32 GiB", "", "dead"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def snapshot(day: int, memory: str, strangers: Iterable[str] = ()) -> str:
    """What the source `hosts` saw of web-1 at two in the night."""
    at = f"2026-11-{day:02}T02:00:00Z"
    seen: list[dict[str, Any]] = [{"key": name} for name in strangers]
    seen += [{"key": "web-1", "attributes": {"memory": memory} if memory else {}}] if memory != DEAD else []
    status = "failed" if memory == DEAD else "complete" if memory else "partial"
    lines: list[dict[str, Any]] = [
        {"format": "cmdb.snapshot/1", "source": "hosts", "run": at, "started": at, "covers": "kind=server"},
        {"coverage": {"scope": "kind=server", "attributes": ["*", "memory"], "status": status}},
        *[{"observation": {"kind": "server", **one}} for one in seen],
        {"end": {"finished": at, "observations": len(seen), "coverage": 1}},
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def night(cmdb: Program, day: int, memory: str, *options: str, strangers: Iterable[str] = ()) -> Any:
    write(Path(), {f"{day}.jsonl": snapshot(day, memory, strangers)})
    return cmdb("drift", "--observed", f"{day}.jsonl", "--as-of", f"2026-11-{day:02}", *options)


def ledgers() -> list[Path]:
    return sorted(Path("state").rglob("*.sqlite"))


@pytest.mark.usefixtures("shop")
def test_first_seen_is_remembered_in_the_users_state_folder(cmdb: Program) -> None:
    first = night(cmdb, 1, WRONG, "-f", "json")
    second = night(cmdb, 2, WRONG, "-f", "json")
    for said in (first, second):
        (found,) = said.json["deviations"]
        assert found["first_seen"] == "2026-11-01T02:00:00+00:00"
    (ledger,) = ledgers()
    assert ledger.parent == Path("state/cmdb/ledgers")
    assert ledger.name.startswith(f"{Path.cwd().name}-")
    assert (first.err, second.err) == ("", "")


@pytest.mark.usefixtures("shop")
def test_people_are_told_since_when_once_it_is_not_new(cmdb: Program) -> None:
    assert "first seen" not in night(cmdb, 1, WRONG).out
    assert "        first seen 2026-11-01 02:00 UTC\n" in night(cmdb, 2, WRONG).out


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("how", ["--no-ledger", "CMDB_NO_LEDGER"])
def test_without_a_ledger_nothing_is_remembered(cmdb: Program, how: str) -> None:
    write(Path(), {"a": snapshot(1, WRONG)})
    arguments = ("drift", "--observed", "a", "--as-of", "2026-11-01", "-f", "json")
    said = cmdb(*arguments, how) if how.startswith("--") else cmdb(*arguments, env={how: "1"})
    assert said.json["deviations"][0]["first_seen"] is None
    assert not Path("state").exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("how", ["--ledger", "CMDB_LEDGER", "CMDB_DRIFT_LEDGER"])
def test_the_file_may_be_named(cmdb: Program, how: str) -> None:
    write(Path(), {"a": snapshot(1, WRONG)})
    arguments = ("drift", "--observed", "a", "--as-of", "2026-11-01")
    if how.startswith("--"):
        cmdb(*arguments, how, "new/mine.sqlite")
    else:
        cmdb(*arguments, env={how: "new/mine.sqlite"})
    assert len(Ledger("new/mine.sqlite", "shop").history().runs) == 1
    assert not Path("state").exists()


@pytest.mark.usefixtures("shop")
def test_only_new_lists_and_counts_what_is_new(cmdb: Program) -> None:
    nights = [
        (WRONG, (), 1, ["web-1"], 0),
        (WRONG, (), 0, [], 1),
        (WRONG, ("web-9",), 0, ["web-9"], 1),
        (RIGHT, ("web-9",), 0, [], 1),
        (WRONG, ("web-9",), 1, ["web-1"], 1),
    ]
    for day, (memory, strangers, code, listed, unlisted) in enumerate(nights, 1):
        said = night(cmdb, day, memory, "--only-new", "-f", "json", strangers=strangers)
        assert [found["ci"] or found["key"] for found in said.json["deviations"]] == listed
        assert said.json["summary"]["unlisted"] == unlisted
        assert said.code == code
        assert said.json["status"] == ("findings" if code else "clean")


@pytest.mark.usefixtures("shop")
def test_only_new_still_tells_that_not_everything_was_seen(cmdb: Program) -> None:
    night(cmdb, 1, WRONG)
    for day in (2, 3):
        said = night(cmdb, day, UNSEEN, "--only-new", "--quiet")
        assert said.code == 3
        assert "NOT everything was seen" in said.out
    assert night(cmdb, 4, WRONG, "--only-new").code == 0


@pytest.mark.usefixtures("shop")
def test_what_is_left_out_is_told(cmdb: Program) -> None:
    night(cmdb, 1, WRONG)
    assert "\n1 deviation known before, not listed here.\n" in night(cmdb, 2, WRONG, "--only-new").out


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("since", "code"),
    [
        ("2026-11-01", 1),
        ("2026-11-01T02:00:00Z", 1),
        ("2026-11-01T04:00:00+02:00", 1),
        ("2026-11-01T02:00:01Z", 0),
        ("2026-11-02", 0),
        ("48h", 0),
        ("3d", 1),
    ],
)
def test_since(cmdb: Program, since: str, code: int) -> None:
    night(cmdb, 1, WRONG)
    assert night(cmdb, 3, WRONG, "--since", since).code == code


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--no-ledger", "--only-new"), "--no-ledger leaves nothing"),
        (("--no-ledger", "--since", "1d"), "--no-ledger leaves nothing"),
        (("--no-ledger", "--ledger", "x"), "--no-ledger leaves nothing"),
        (("--since", "yesterday"), "'yesterday' is no day (2026-11-01)"),
        (("--since", "2026-11-01T02:00:00"), "is no day"),
        (("--timeout", "soon"), "'soon' is no duration"),
        (("--wait", "-1s"), "is no duration"),
    ],
)
def test_asked_wrongly(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = night(cmdb, 1, RIGHT, *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in " ".join(said.err.split())


@pytest.mark.usefixtures("shop")
def test_a_revision_has_a_history_of_its_own(cmdb: Program) -> None:
    import subprocess

    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (("init", "-qb", "main"), ("add", "."), ("commit", "-qm", "x")):
        subprocess.run([*git, *arguments], check=True)
    night(cmdb, 1, WRONG)
    night(cmdb, 2, WRONG, "--at", "main")
    assert cmdb("ledger", "-f", "json").json["summary"]["runs"] == 1
    assert cmdb("ledger", "--at", "main", "-f", "json").json["summary"]["first_run"].startswith("2026-11-02")


# trouble --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("content", "told"),
    [(b"no database at all", "is no ledger"), (None, "is no file")],
)
def test_a_ledger_that_cannot_be_used_is_told_once_and_costs_no_verdict(
    cmdb: Program, content: bytes | None, told: str
) -> None:
    Path("x.sqlite").mkdir() if content is None else Path("x.sqlite").write_bytes(content)
    plain = night(cmdb, 1, WRONG, "--no-ledger")
    said = night(cmdb, 1, WRONG, "--ledger", "x.sqlite")
    assert (said.code, said.out) == (plain.code, plain.out)
    assert said.err.startswith("cmdb: warning [ledger] the ledger" if content is None else "cmdb: warning [ledger] ")
    assert told in " ".join(said.err.split())
    assert said.err.count("[ledger]") == 1


@pytest.mark.usefixtures("shop")
def test_without_a_history_everything_is_new(cmdb: Program) -> None:
    night(cmdb, 1, WRONG)
    (ledger,) = ledgers()
    ledger.write_bytes(b"\xff" * 10_000)
    said = night(cmdb, 2, WRONG, "--only-new", "-f", "json")
    assert (said.code, len(said.json["deviations"])) == (1, 1)
    assert "[ledger]" in said.err


@pytest.mark.usefixtures("shop")
def test_a_user_without_a_home(cmdb: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("platformdirs.user_state_path", nowhere)
    said = night(cmdb, 1, WRONG)
    assert said.code == 1
    assert "there is no place for the ledger" in said.err


Nights = list[tuple[str, frozenset[str]]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from([WRONG, RIGHT, UNSEEN, DEAD]), st.frozensets(st.sampled_from("ab"))), max_size=4)
)
@pytest.mark.usefixtures("shop")
def test_with_or_without_a_ledger_the_verdict_is_the_same(cmdb: Program, nights: Nights) -> None:
    for ledger in Path().glob("law.sqlite*"):
        ledger.unlink()
    for day, (memory, strangers) in enumerate(nights, 1):
        plain = night(cmdb, day, memory, "--no-ledger", "-f", "json", strangers=sorted(strangers))
        said = night(cmdb, day, memory, "--ledger", "law.sqlite", "-f", "json", strangers=sorted(strangers))
        assert said.code == plain.code
        answer = said.json
        for found in answer["deviations"]:
            assert (found["first_seen"] is None) == (found["outcome"] == "unobserved")
            found["first_seen"] = None
        assert answer == plain.json


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=scenes(sources=2), after=scenes(sources=2))
def test_whatever_happened_before_a_report_differs_in_first_seen_only(
    tmp_path_factory: pytest.TempPathFactory, before: Scene, after: Scene
) -> None:
    from dataclasses import replace

    ledger = Ledger(tmp_path_factory.mktemp("law") / "ledger.sqlite")
    ledger.record(before.judge())
    plain = after.judge()
    remembered = ledger.record(after.judge(watched=ledger.known())).report
    assert replace(remembered, deviations=tuple(replace(d, first_seen=None) for d in remembered.deviations)) == plain


# cmdb ledger ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
def test_the_ledger_for_people(cmdb: Program) -> None:
    for day, memory in enumerate((WRONG, RIGHT, WRONG, WRONG), 1):
        night(cmdb, day, memory, strangers=["web-9"] if day > 2 else [])
    assert cmdb("ledger").out == (
        "Open, the oldest first\n"
        "severity  CI or thing   path               outcome    since       age\n"
        "error     web-1         attributes.memory  deviating  2026-11-03  1 d\n"
        "warning   hosts: web-9  presence           unmanaged  2026-11-03  1 d\n"
        "\n"
        "Came back after it was put right\n"
        "CI or thing  path               times  last seen   state\n"
        "web-1        attributes.memory  1      2026-11-04  open\n"
        "\n"
        "Time to repair\n"
        "severity  repairs  mean  longest\n"
        "all       1        1 d   1 d\n"
        "error     1        1 d   1 d\n"
        "\n"
        "Trend\n"
        "day         runs  incomplete  new  resolved  open\n"
        "2026-11-01  1     0           1    0         1\n"
        "2026-11-02  1     0           0    1         0\n"
        "2026-11-03  1     0           2    0         2\n"
        "2026-11-04  1     0           0    0         2\n"
        "\n"
        "2 open, 0 excused, 0 resolved, 0 dropped; 4 runs since 2026-11-01.\n"
    )


@pytest.mark.usefixtures("shop")
def test_the_ledger_for_programs(cmdb: Program) -> None:
    night(cmdb, 1, WRONG)
    night(cmdb, 2, RIGHT)
    said = cmdb("ledger", "-f", "json")
    assert said.code == 0
    moment = "2026-11-0{}T02:00:00+00:00".format
    assert said.json == {
        "format": "cmdb.ledger/1",
        "status": "clean",
        "summary": {
            "runs": 2,
            "first_run": moment(1),
            "last_run": moment(2),
            "open": 0,
            "excused": 0,
            "resolved": 1,
            "dropped": 0,
            "flapping": 0,
            "mean_time_to_repair": 86400.0,
        },
        "deviations": [
            {
                "outcome": "deviating",
                "ci": "web-1",
                "source": None,
                "key": None,
                "kind": "server",
                "path": "attributes.memory",
                "severity": "error",
                "state": "resolved",
                "first_seen": moment(1),
                "last_seen": moment(1),
                "open_since": None,
                "runs": 1,
                "flaps": 0,
                "resolutions": 1,
                "episodes": [{"opened": moment(1), "closed": moment(2), "ending": "resolved"}],
            }
        ],
        "repairs": [
            {"severity": None, "resolutions": 1, "mean": 86400.0, "longest": 86400.0},
            {"severity": "error", "resolutions": 1, "mean": 86400.0, "longest": 86400.0},
        ],
        "trend": [
            {"day": "2026-11-01", "runs": 1, "incomplete": 0, "opened": 1, "resolved": 0, "open": 1},
            {"day": "2026-11-02", "runs": 1, "incomplete": 0, "opened": 0, "resolved": 1, "open": 0},
        ],
    }
    assert [day["day"] for day in cmdb("ledger", "--since", "1h", "-f", "json").json["trend"]] == ["2026-11-02"]


@pytest.mark.usefixtures("shop")
def test_an_empty_ledger_and_a_broken_one(cmdb: Program) -> None:
    assert cmdb("ledger").out == "No run of cmdb drift is remembered here.\n"
    assert cmdb("ledger", "-f", "json").json["deviations"] == []
    assert cmdb("ledger", "--since", "1d").code == 0
    Path("x").write_text("no database")
    said = cmdb("ledger", "--ledger", "x")
    assert (said.code, said.out) == (2, "")
    assert "is no ledger" in said.err
