"""The file of a ledger: private, shared by processes, of a version, and nobody's trouble when it breaks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cmdb.ledger import Ledger, LedgerError
from cmdb.ledger.database import _set_aside
from cmdb.ledger.naming import called
from cmdb.ledger.schema import APPLICATION, MIGRATIONS, migrate
from cmdb.model.drift import Deviation, DeviationId, DriftReport, Excuse, Fate
from cmdb.model.keypath import format_path
from cmdb.testing.drift import drift

NIGHT = datetime(2026, 11, 1, 2, tzinfo=UTC)
TOKEN = "ghp_" + "aB3" * 12


def report(*paths: str, day: int = 0) -> DriftReport:
    found = tuple(Deviation("deviating", "server", path, ci="web", source="hosts") for path in paths)
    return DriftReport(found, evidence={"hosts": NIGHT + timedelta(days=day)})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """One that remembers a hundred deviations."""
    made = Ledger(tmp_path / "state" / "ledger.sqlite")
    made.record(report(*(f"attributes.a{number}" for number in range(100))))
    return made


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "state" / "ledger.sqlite")
    assert (ledger.known(), ledger.history().runs) == (frozenset(), ())
    assert list(tmp_path.iterdir()) == []


def test_it_is_the_owners_only(tmp_path: Path, ledger: Ledger) -> None:
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in ledger.path.parent.iterdir()] == ["ledger.sqlite"]


def test_a_ledger_that_its_owner_shares_stays_shared(ledger: Ledger) -> None:
    ledger.path.chmod(0o660)
    ledger.record(report(day=1))
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o660


# secrets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("attributes", "kernel"), "attributes.kernel"),
        (("attributes", "tokens", TOKEN), 'attributes.tokens."***"'),
        (("attributes", "admin_password", "hunter2"), 'attributes.admin_password."***"'),
        (("attributes", "urls", "https://me:hunter2@example.org/x"), 'attributes.urls."***"'),
        (("attributes", "packages", "passwd"), "attributes.packages.passwd"),
        (("attributes", "sets", "\ud800"), 'attributes.sets."\\ud800"'),
    ],
)
def test_a_secret_in_a_path_gets_no_name(path: tuple[str, ...], name: str) -> None:
    found = called(DeviationId("deviating", format_path(path), "web"))
    assert found.path == name
    assert called(found) == found


def test_no_value_and_no_secret_gets_in(tmp_path: Path) -> None:
    cis = "{id: web, kind: server, attributes: {memory: 32 GiB, owner_password: env:X, tokens: [], os: debian}}"
    seen = f"""{{seen: [
        {{key: web, attributes: {{memory: 12345678901, owner_password: hunter2, tokens: [{TOKEN}], os: SEEN-77}}}},
        {{key: 'u:hunter2@tcp(db)', attributes: {{hostname: strange}}}}]}}"""
    schema = "kinds: {server: {attributes: {tokens: {type: set, of: string}}}}"
    found = drift(cis, seen, schema=schema)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    first, second = ledger.record(found), ledger.record(found)
    content = ledger.path.read_bytes()
    assert {known.id.path for known in ledger.history().deviations} >= {'attributes.tokens."***"', "attributes.memory"}
    for hidden in (TOKEN, "hunter2", "12345678901", "SEEN-77", "34359738368"):
        assert hidden.encode() not in content
    assert not any(second.is_new(one) for one in second.report.deviations if one.outcome != "unobserved")
    assert [replace(one, first_seen=None) for one in first.report.deviations] == list(found.deviations)


def test_two_secrets_with_one_name_are_one_deviation(tmp_path: Path) -> None:
    """It is open while one of them counts, and stays so while one is seen, whatever became of the name in between."""
    first, other = (f"attributes.tokens.ghp_{word * 12}" for word in ("aB3", "xY7"))
    ledger = Ledger(tmp_path / "ledger.sqlite")
    found = report(first, other)
    excused = replace(found.deviations[0], excuse=Excuse("waiver"))
    ledger.record(replace(found, deviations=(excused, found.deviations[1])))
    (known,) = ledger.known()
    assert [one.state for one in ledger.history().deviations] == ["open"]
    fates = {known: Fate(known, "resolved")}
    ledger.record(replace(report(other, day=1), fates=fates))
    assert [(one.state, one.runs, one.resolutions) for one in ledger.history().deviations] == [("open", 2, 0)]


# versions -------------------------------------------------------------------------------------------------------------


def version(path: Path) -> int:
    with sqlite3.connect(path) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def test_versions_are_numbered_and_missing_steps_are_taken(ledger: Ledger) -> None:
    assert version(ledger.path) == len(MIGRATIONS)
    steps = (*MIGRATIONS, ("ALTER TABLE runs ADD COLUMN host TEXT",))
    database = sqlite3.connect(ledger.path, isolation_level=None)
    migrate(database, steps)
    migrate(database, steps)
    assert version(ledger.path) == len(MIGRATIONS) + 1
    assert database.execute("SELECT host FROM runs").fetchall() == [(None,)]
    assert database.execute("SELECT count(*) FROM deviations").fetchone() == (100,)


def test_a_step_that_fails_leaves_everything_as_it_was(ledger: Ledger) -> None:
    database = sqlite3.connect(ledger.path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError):
        migrate(database, (*MIGRATIONS, ("ALTER TABLE runs ADD COLUMN host TEXT", "nonsense")))
    database.execute("ROLLBACK")
    assert version(ledger.path) == len(MIGRATIONS)
    assert ledger.record(report(day=1)).recorded


def test_a_newer_ledger_is_told_of_and_stays_as_it_is(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.path) as database:
        database.execute("PRAGMA user_version = 99")
    before = ledger.path.read_bytes()
    for use in (ledger.known, ledger.history, lambda: ledger.record(report(day=1)), lambda: ledger.recall(report())):
        with pytest.raises(LedgerError, match=r"is of version 99, and this cmdb knows versions up to 1"):
            use()
    assert ledger.path.read_bytes() == before
    assert list(ledger.path.parent.iterdir()) == [ledger.path]


# other files ----------------------------------------------------------------------------------------------------------


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE precious (x)")


OTHERS: Mapping[str, Callable[[Path], object]] = {
    "diary": lambda path: path.write_bytes(b"dear diary,\n"),
    "long": lambda path: path.write_bytes(b"x" * 100_000),
    "nearly": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\1" * 2000),
    "database": foreign,
    "folder": lambda path: path.mkdir(),
    "fifo": os.mkfifo,
    "link": lambda path: path.symlink_to("/nowhere/at/all"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_file_that_is_no_ledger_is_never_touched(tmp_path: Path, other: str) -> None:
    path = tmp_path / "thing"
    OTHERS[other](path)
    before = path.read_bytes() if path.is_file() else None
    ledger = Ledger(path)
    with pytest.raises(LedgerError, match=r"is no ledger|is no file|stays as it is"):
        ledger.record(report())
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [child.name for child in tmp_path.iterdir()] == ["thing"]


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    ledger = Ledger(tmp_path / "new")
    assert ledger.known() == frozenset()
    assert ledger.record(report()).recorded


def test_the_null_device_is_no_ledger() -> None:
    with pytest.raises(LedgerError, match="is no file"):
        Ledger("/dev/null").record(report())
    assert not Path("/dev/null-journal").exists()


# damage ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a ledger with some history."""
    ledger = Ledger(tmp_path_factory.mktemp("sound") / "ledger.sqlite")
    for day in range(3):
        ledger.record(report(*(f"attributes.a{number}" for number in range(20 * day, 60)), day=day))
    return ledger.path.read_bytes()


def _new() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    migrate(database)
    return database


def fresh(folder: Path, content: bytes) -> Path:
    """A folder with nothing in it but a ledger of this content."""
    for old in folder.iterdir():
        old.unlink()
    path = folder / "ledger.sqlite"
    path.write_bytes(content)
    return path


def survives(ledger: Ledger) -> None:
    """Whatever is in the file: nothing but a `LedgerError`, nothing that a verdict says is changed, and where the file
    was set aside the next run begins a new one."""
    verdict = report("attributes.a1", day=9)
    for use in (ledger.known, ledger.history, lambda: ledger.record(verdict), lambda: ledger.recall(verdict)):
        try:
            found = use()
        except LedgerError as error:
            assert "\n" not in error.problem.message
        else:
            if not isinstance(found, frozenset) and hasattr(found, "report"):
                assert [replace(one, first_seen=None) for one in found.report.deviations] == list(verdict.deviations)
    if ledger.path.with_name(f"{ledger.path.name}.damaged").exists():
        ledger.record(verdict)
        assert ledger.history().runs


Flips = list[tuple[int, int]]
COLUMNS = {
    table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    for database in (_new(),)
    for table in ("runs", "sources", "deviations", "episodes", "problems")
}
ODD = st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5) | st.binary(max_size=5) | st.floats(allow_nan=False)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flips=st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=20), cut=st.integers(0, 2**17))
@example(flips=[(60 + offset, 255) for offset in range(4)], cut=2**17)
def test_damage_costs_history_only(tmp_path: Path, sound: bytes, flips: Flips, cut: int) -> None:
    content = bytearray(sound)
    for place, byte in flips:
        content[place % len(content)] = byte
    survives(Ledger(fresh(tmp_path, bytes(content[:cut]))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from([(table, name) for table in COLUMNS for name in COLUMNS[table]]), odd=ODD)
def test_rows_that_no_ledger_writes(tmp_path: Path, sound: bytes, where: tuple[str, str], odd: object) -> None:
    path = fresh(tmp_path, sound)
    table, column = where
    with closing(sqlite3.connect(path, isolation_level=None)) as database, suppress(sqlite3.IntegrityError):
        database.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (odd,))
    survives(Ledger(path))


def test_a_damaged_ledger_is_set_aside_and_history_begins_anew(ledger: Ledger) -> None:
    content = bytearray(ledger.path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    ledger.path.write_bytes(content)
    Path(f"{ledger.path}-journal").write_bytes(b"old")
    with pytest.raises(
        LedgerError, match=r"is damaged: .*; it is now ledger\.sqlite\.damaged, and history begins anew"
    ):
        ledger.record(report("attributes.a1", day=1))
    aside = ledger.path.with_name("ledger.sqlite.damaged")
    assert aside.read_bytes() == content
    assert ledger.record(report("attributes.a1", day=1)).recorded
    assert len(ledger.history().deviations) == 1
    assert aside.read_bytes() == content


def test_what_is_damaged_where_nobody_looks_is_found(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'problems'").fetchone()
    content = bytearray(ledger.path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    ledger.path.write_bytes(content)
    with pytest.raises(LedgerError, match="is damaged"):
        ledger.known()


def test_a_damaged_schema_that_is_no_text(ledger: Ledger) -> None:
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"CREATE TABLE runs", b"CREATE \xff\xfeBLE runs"))
    with pytest.raises(LedgerError, match="is damaged"):
        ledger.known()


def test_what_somebody_else_set_aside_and_made_anew_stays(ledger: Ledger) -> None:
    before = ledger.path.stat().st_ino
    _set_aside(ledger.path, before + 1)
    assert len(ledger.known()) == 100
    _set_aside(ledger.path, before)
    assert ledger.known() == frozenset()


# processes ------------------------------------------------------------------------------------------------------------

PROGRAM = dedent("""
    import resource, sys
    from datetime import UTC, datetime, timedelta
    from cmdb.ledger import Ledger, LedgerError
    from cmdb.model.drift import Deviation, DriftReport
    path, how, who, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if how == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    ledger = Ledger(path)
    for number in range(times):
        moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number)
        found = [Deviation("deviating", "server", f"attributes.a{n}", ci=who, source=who) for n in range(50)]
        try:
            known = ledger.known()
            print("recorded" if ledger.record(DriftReport(tuple(found), evidence={who: moment})).recorded else "stale")
        except LedgerError as error:
            print(error)
            print(len(ledger.recall(DriftReport(tuple(found), evidence={who: moment})).known))
""")


def start(
    path: Path, how: str = "", who: str = "web", times: int = 1, *, by: Sequence[str] = ()
) -> subprocess.Popen[str]:
    command = [*by, sys.executable, "-c", PROGRAM, str(path), how, who, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_eight_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    running = [start(path, who=f"web-{number}", times=12) for number in range(8)]
    assert [process.communicate()[0] for process in running] == ["recorded\n" * 12] * 8
    history = Ledger(path).history()
    assert {(known.runs, known.state) for known in history.deviations} == {(12, "open")}
    assert len(history.deviations) == 8 * 50
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_process_that_dies_while_it_writes_leaves_what_was_there(ledger: Ledger) -> None:
    """The writer is killed inside its transaction; what it leaves half done is taken back by the next to look."""
    program = dedent("""
        import os, signal, sys
        from pathlib import Path
        from cmdb.ledger.database import writing
        with writing(Path(sys.argv[1])) as database:
            database.execute("PRAGMA cache_size = 1")
            database.execute("PRAGMA cache_spill = ON")
            database.execute("UPDATE deviations SET state = 'dropped', thing = hex(randomblob(2000))")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", program, str(ledger.path)], check=False)
    assert killed.returncode == -9
    assert Path(f"{ledger.path}-journal").exists()
    assert len(ledger.known()) == 100
    assert ledger.record(report(day=1)).recorded


def test_a_full_disk_costs_this_run(ledger: Ledger) -> None:
    out, _ = start(ledger.path, "full").communicate()
    told, known = out.splitlines()
    assert "cannot be used: " in told
    assert known == "100"
    assert len(ledger.known()) == 100


def test_a_full_disk_with_no_ledger_yet(tmp_path: Path) -> None:
    out, _ = start(tmp_path / "ledger.sqlite", "full").communicate()
    assert "cannot be used: " in out.splitlines()[0]
    assert Ledger(tmp_path / "ledger.sqlite").record(report()).recorded


def without_privileges() -> list[str]:
    """What makes the permissions of files count for root too."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root, and no setpriv")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]


@pytest.mark.parametrize(("folder", "file"), [(0o500, 0o400), (0o500, 0o600), (0o700, 0o400)])
def test_a_ledger_that_may_only_be_read(ledger: Ledger, folder: int, file: int) -> None:
    ledger.path.chmod(file)
    ledger.path.parent.chmod(folder)
    out, _ = start(ledger.path, by=without_privileges()).communicate()
    ledger.path.parent.chmod(0o700)
    told, known = out.splitlines()
    assert told.startswith(f"the ledger {ledger.path} cannot be used: ")
    assert known == "100"


def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    out, _ = start(tmp_path / "ledger.sqlite", by=without_privileges()).communicate()
    tmp_path.chmod(0o700)
    assert out == f"the ledger {tmp_path / 'ledger.sqlite'} cannot be used: Permission denied\n0\n"


def test_a_ledger_that_somebody_holds(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmdb.ledger.database.PATIENCE", 0.01)
    holder = sqlite3.connect(ledger.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"was in use for more than 0\.01 s"):
        ledger.record(report(day=1))
    assert len(ledger.known()) == 100
    holder.execute("ROLLBACK")
    assert ledger.record(report(day=1)).recorded


def test_it_says_that_it_is_a_ledger(ledger: Ledger) -> None:
    assert ledger.path.read_bytes()[68:72] == APPLICATION.to_bytes(4, "big") == b"cmdb"
