"""What a sequence of runs leaves in the ledger: first and last seen, flaps, resolutions, times to repair, the trend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cmdb.ledger import Day, Ledger, Recollection, Repairs
from cmdb.model.drift import Deviation, DriftReport, Excuse, Fate
from cmdb.model.problem import Severity
from cmdb.testing.drift import drift

WEB = "{id: web, kind: server, attributes: {memory: 32 GiB}}"
WAIVER = (
    "waivers: [{ci: web, path: attributes.memory, observed: 16 GiB, reason: x, approved_by: t, expires: 2099-01-01}]"
)
NIGHTS: Mapping[str, str] = {
    "x": "seen: [{key: web, attributes: {memory: 16 GiB}}]",
    "y": "seen: [{key: web, attributes: {memory: 8 GiB}}]",
    ".": "seen: [{key: web, attributes: {memory: 32 GiB}}]",
    "?": "seen: [{key: web}], coverage: [{attributes: ['*', memory], status: partial}]",
    "!": "coverage: [{status: failed, reason: no route}]",
    "-": "",
}
"""What a night sees of the memory: wrong, wrong otherwise, right, not at all, the source dead, the whole CI gone."""


def at(day: float) -> datetime:
    return datetime(2026, 11, 1, 2, tzinfo=UTC) + timedelta(days=day - 1)


def night(
    ledger: Ledger,
    day: float,
    sight: str,
    *,
    source: str = "hosts",
    as_of: float | None = None,
    cis: str = WEB,
    baselines: str = "",
    config: str = "",
) -> Recollection:
    """One run that saw a sight on a day, judged then or `as_of` a later one."""
    report = judged(day, sight, ledger, source=source, as_of=as_of, cis=cis, baselines=baselines, config=config)
    return ledger.record(report)


def judged(
    day: float,
    sight: str,
    ledger: Ledger | None = None,
    *,
    source: str = "hosts",
    as_of: float | None = None,
    cis: str = WEB,
    baselines: str = "",
    config: str = "",
) -> DriftReport:
    stamp = f"'{at(day).isoformat()}'"
    seen = f"{{source: {source}, run: {stamp}, started: {stamp}, finished: {stamp}, {NIGHTS.get(sight, sight)}}}"
    known = ledger.known() if ledger else ()
    moment = at(day if as_of is None else as_of)
    return drift(cis, seen, as_of=moment, watched=known, baselines=baselines, config=config)


def nights(ledger: Ledger, sights: str) -> Iterator[Recollection]:
    for day, sight in enumerate(sights, 1):
        yield night(ledger, day, sight.lower(), baselines=WAIVER if sight.isupper() else "")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite", "shop")


def told(ledger: Ledger, path: str = "attributes.memory") -> str:
    """State, first-last seen, runs, flaps, resolutions, and episodes as days with what ended them."""
    (known,) = (known for known in ledger.history().deviations if known.id.path == path)
    episodes = (f"{e.opened.day}-{e.closed.day if e.closed else ''}{(e.ending or '')[:1]}" for e in known.episodes)
    seen = f"{known.first_seen.day}-{known.last_seen.day}"
    return f"{known.state} {seen} {known.runs}/{known.flaps}/{known.resolutions} {' '.join(episodes)}".strip()


@pytest.mark.parametrize(
    ("sights", "then"),
    [
        ("x", "open 1-1 1/0/0 1-"),
        ("xxx", "open 1-3 3/0/0 1-"),
        ("..x", "open 3-3 1/0/0 3-"),
        ("xx.", "resolved 1-2 2/0/1 1-3r"),
        ("xx..", "resolved 1-2 2/0/1 1-3r"),
        # a flap is a return after it was put right
        ("x.x", "open 1-3 2/1/1 1-2r 3-"),
        ("x.x.xx.", "resolved 1-6 4/2/3 1-2r 3-4r 5-7r"),
        # nobody looked: nothing is put right, nothing comes back
        ("x?", "open 1-1 1/0/0 1-"),
        ("x!", "open 1-1 1/0/0 1-"),
        ("x-", "open 1-1 1/0/0 1-"),
        ("x?!-x", "open 1-5 2/0/0 1-"),
        ("x?.", "resolved 1-1 1/0/1 1-3r"),
        # another wrong value is the same deviation
        ("xyx", "open 1-3 3/0/0 1-"),
        # a waiver ends the time in which it counts, and is no repair; its end is no flap
        ("X", "excused 1-1 1/0/0"),
        ("XX.", "resolved 1-2 2/0/1"),
        ("xXx", "open 1-3 3/0/0 1-2e 3-"),
        ("Xx", "open 1-2 2/0/0 2-"),
        ("xX.", "resolved 1-2 2/0/1 1-2e"),
        ("xX.x", "open 1-4 3/1/1 1-2e 4-"),
    ],
)
def test_what_a_sequence_of_runs_leaves(ledger: Ledger, sights: str, then: str) -> None:
    list(nights(ledger, sights))
    assert told(ledger) == then


@pytest.mark.parametrize(
    ("sights", "new", "since"),
    [
        ("x", "1", "1"),
        ("xx", "10", "11"),
        ("xy", "10", "11"),
        ("x.x", "1 1", "1 3"),
        ("x?x", "1 0", "1 1"),
        ("x!-x", "1  0", "1  1"),
        ("X", "1", "1"),
        ("XX", "10", "11"),
        ("Xx", "11", "12"),
        ("xXx", "101", "113"),
        ("XX.X", "10 1", "11 1"),
    ],
)
def test_what_is_new_and_since_when(ledger: Ledger, sights: str, new: str, since: str) -> None:
    """A column for each night: whether the deviation was new, and the day it began to count (if it does)."""
    fresh, began = "", ""
    for recollection in nights(ledger, sights):
        found = [
            one
            for one in recollection.report.deviations
            if one.path == "attributes.memory" and one.outcome == "deviating"
        ]
        fresh += "".join(str(int(recollection.is_new(one))) for one in found) or " "
        began += "".join(str(recollection.since(one).day) for one in found) or " "
        assert all(one.first_seen == at(sights.lower().index("x") + 1) for one in found)
    assert (fresh.rstrip(), began.rstrip()) == (new, since)


def test_only_new_and_only_since_leave_out_the_rest_and_say_how_much(ledger: Ledger) -> None:
    night(ledger, 1, "x")
    second = night(ledger, 2, "seen: [{key: web, attributes: {memory: 16 GiB}}, {key: new}]")
    assert [found.outcome for found in second.report.deviations] == ["deviating", "unmanaged"]
    fresh = second.only_new()
    assert ([found.outcome for found in fresh.deviations], fresh.unlisted) == (["unmanaged"], 1)
    assert fresh.outcomes == second.report.outcomes
    for day, outcomes in ((1, ["deviating", "unmanaged"]), (1.5, ["unmanaged"]), (2, ["unmanaged"]), (3, [])):
        listed = second.only_since(at(day))
        assert [found.outcome for found in listed.deviations] == outcomes
        assert listed.unlisted == 2 - len(outcomes)


def test_what_was_not_seen_stays_in_the_list(ledger: Ledger) -> None:
    night(ledger, 1, "?")
    for listed in (night(ledger, 2, "?").only_new(), night(ledger, 3, "?").only_since(at(9))):
        assert [found.outcome for found in listed.deviations] == ["unobserved"]
        assert (listed.incomplete, listed.unlisted) == (("1 of 1 tracked CIs was not seen, or not in full",), 0)
    assert ledger.history().deviations == ()


def test_problems_are_new_once(ledger: Ledger) -> None:
    expired = WAIVER.replace("2099", "2001")
    first = night(ledger, 1, "x", baselines=expired)
    assert [problem.code for problem in first.only_new().problems] == ["waiver-expired"]
    second = night(ledger, 2, "x", baselines=expired)
    assert second.only_new().problems == ()
    assert second.report.problems != ()
    assert second.only_since(at(1)).problems == second.report.problems
    assert second.only_since(at(2)).problems == ()
    night(ledger, 3, "x")
    assert night(ledger, 4, "x", baselines=expired).only_new().problems != ()


def test_a_missing_ci_and_its_values(ledger: Ledger) -> None:
    for day, sight in enumerate("x-x.", 1):
        night(ledger, day, sight)
    assert told(ledger, "presence") == "resolved 2-2 1/0/1 2-3r"
    assert told(ledger) == "resolved 1-3 2/0/1 1-4r"


def test_an_unmanaged_thing_is_gone_when_somebody_looked(ledger: Ledger) -> None:
    stranger = "seen: [{key: web, attributes: {memory: 32 GiB}}, {key: new}]"
    partial = f"{NIGHTS['.']}, coverage: [{{status: partial}}]"
    for day, sight in enumerate((stranger, partial, stranger, "."), 1):
        night(ledger, day, sight)
    assert told(ledger, "presence") == "resolved 1-3 2/0/1 1-4r"


def test_what_nobody_asks_for_any_more_was_not_repaired(ledger: Ledger) -> None:
    night(ledger, 1, "x")
    night(ledger, 2, "x", cis="{id: web, kind: server}")
    assert told(ledger) == "dropped 1-1 1/0/0 1-2d"
    assert ledger.history().mean_time_to_repair is None
    night(ledger, 3, "x")
    assert told(ledger) == "open 1-3 2/0/0 1-2d 3-"


def test_a_deviation_that_becomes_another_is_no_repair(ledger: Ledger) -> None:
    night(ledger, 1, "-")
    night(ledger, 2, "seen: [{key: a, attributes: {hostname: web}}, {key: b, attributes: {hostname: web}}]")
    found = {known.id.outcome: known.state for known in ledger.history().deviations}
    assert found == {"missing": "dropped", "ambiguous": "open"}


def test_a_renamed_ci_keeps_its_history(ledger: Ledger) -> None:
    renamed = WEB.replace("id: web", "id: shop-web, aliases: [web]")
    night(ledger, 1, "x")
    second = night(ledger, 2, "x", cis=renamed)
    (found,) = second.report.deviations
    assert (found.ci, found.first_seen, second.is_new(found)) == ("shop-web", at(1), False)
    assert told(ledger) == "open 1-2 2/0/0 1-"
    (known,) = ledger.history().deviations
    assert known.id.ci == "shop-web"


def test_a_renamed_ci_whose_new_id_has_a_history(ledger: Ledger) -> None:
    both = (
        "[{id: web, kind: server, attributes: {memory: 32 GiB}}, {id: new, kind: server, attributes: {memory: 32 GiB}}]"
    )
    night(
        ledger, 1, "seen: [{key: web, attributes: {memory: 1 GiB}}, {key: new, attributes: {memory: 1 GiB}}]", cis=both
    )
    merged = "{id: new, kind: server, aliases: [web], attributes: {memory: 32 GiB}}"
    night(ledger, 2, "seen: [{key: new, attributes: {memory: 1 GiB}}]", cis=merged)
    assert {known.id.ci: known.state for known in ledger.history().deviations} == {"web": "dropped", "new": "open"}
    assert {known.ci for known in ledger.known()} == {"new"}


# runs that do not tell of the present ---------------------------------------------------------------------------------


def test_a_look_at_old_snapshots_changes_nothing(ledger: Ledger) -> None:
    list(nights(ledger, "..xx"))
    before = ledger.history()
    for sight in ("x", ".", "?"):
        for as_of in (2, 9):
            assert not night(ledger, 2, sight, as_of=as_of).recorded
    assert ledger.history() == before


def test_an_old_snapshot_is_seen_as_it_was_then(ledger: Ledger) -> None:
    list(nights(ledger, "x.xX"))
    for day, sight, new, first, since in ((1, "x", False, 1, 1), (2, "x", True, 1, 2), (3, "x", False, 1, 3)):
        recollection = night(ledger, day, sight)
        (found,) = recollection.report.deviations
        assert not recollection.recorded
        assert (recollection.is_new(found), found.first_seen) == (new, at(first))
        assert recollection.since(found) == at(since)
    earlier = night(ledger, 0.5, "x")
    (found,) = earlier.report.deviations
    assert (earlier.is_new(found), found.first_seen) == (True, at(0.5))


def test_the_same_evidence_judged_again_is_the_same_run(ledger: Ledger) -> None:
    night(ledger, 1, "x")
    again = night(ledger, 1, "x", as_of=3)
    assert again.recorded
    assert told(ledger) == "open 1-1 1/0/0 1-"
    assert len(ledger.history().runs) == 1


def test_what_is_accepted_and_judged_again_is_resolved(ledger: Ledger) -> None:
    night(ledger, 1, "x")
    night(ledger, 1, "x", cis=WEB.replace("32", "16"))
    assert told(ledger) == "resolved 1-1 1/0/1 1-1r"
    night(ledger, 1, "x")
    assert told(ledger) == "open 1-1 1/1/1 1-"


def test_what_if_in_a_far_future_does_not_stop_history(ledger: Ledger) -> None:
    night(ledger, 1, "x")
    night(ledger, 1, "x", as_of=70 * 365, config="drift: {max_age: 36500d}")
    night(ledger, 1, "x", as_of=70 * 365)
    assert night(ledger, 2, "x").recorded
    assert told(ledger) == "open 1-2 2/0/0 1-"


def test_a_clock_that_is_ahead_does_not_stop_history(ledger: Ledger) -> None:
    assert night(ledger, 30, "x", as_of=1).recorded
    assert night(ledger, 2, "x").recorded
    assert told(ledger) == "open 2-2 1/0/0 2-"


def test_sources_that_are_judged_apart_do_not_end_each_others_deviations(ledger: Ledger) -> None:
    night(ledger, 2, "x", source="hosts")
    older = night(ledger, 1, "seen: [{key: other}], coverage: [{scope: key=other}]", source="cloud")
    assert older.recorded
    night(ledger, 3, "x", source="hosts")
    assert told(ledger) == "open 2-3 2/0/0 2-"
    assert told(ledger, "presence") == "open 1-1 1/0/0 1-"
    assert not night(ledger, 2.5, "x", source="hosts").recorded


def test_time_never_runs_backwards(ledger: Ledger) -> None:
    """What another source saw earlier neither makes a deviation younger nor ends it before it began."""
    found = Deviation("deviating", "server", "attributes.memory", ci="web", source="hosts")
    ledger.record(DriftReport((found,), evidence={"hosts": at(2)}))
    ledger.record(DriftReport((found,), evidence={"hosts": at(5)}))
    ledger.record(DriftReport((replace(found, source="cloud"),), evidence={"cloud": at(3)}))
    assert told(ledger) == "open 2-5 2/0/0 2-"
    ledger.record(DriftReport(evidence={"cloud": at(4)}, fates={found.id: Fate(found.id, "resolved")}))
    assert told(ledger) == "resolved 2-5 2/0/1 2-5r"


def test_what_ends_by_an_excuse_never_ends_before_it_began(ledger: Ledger) -> None:
    found = Deviation("deviating", "server", "attributes.memory", ci="web", source="hosts")
    ledger.record(DriftReport((found,), evidence={"hosts": at(5)}))
    excused = replace(found, source="cloud", excuse=Excuse("waiver"))
    ledger.record(DriftReport((excused,), evidence={"cloud": at(3)}))
    assert told(ledger) == "excused 5-5 1/0/0 5-5e"


def test_an_old_look_at_what_was_excused(ledger: Ledger) -> None:
    list(nights(ledger, "..X."))
    for day, new, first in ((2, True, 2), (3, False, 3)):
        recollection = night(ledger, day, "x", baselines=WAIVER)
        (found,) = recollection.report.deviations
        assert not recollection.recorded
        assert (recollection.is_new(found), recollection.since(found)) == (new, at(first))


def test_a_run_that_saw_nothing_at_all_is_not_remembered(ledger: Ledger) -> None:
    silent = drift(WEB, "{source: x, finished: 2000-01-01T00:00:00Z}", config="sources: {hosts: {covers: kind=server}}")
    assert silent.incomplete
    assert not ledger.record(silent).recorded
    assert ledger.history().runs == ()


def test_histories_in_one_file_know_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = (Ledger(tmp_path / "all.sqlite", name) for name in ("one", "other"))
    night(one, 5, "x")
    assert other.known() == frozenset()
    assert night(other, 1, "x").recorded
    night(other, 2, ".")
    assert (told(one), told(other)) == ("open 5-5 1/0/0 5-", "resolved 1-1 1/0/1 1-2r")


def test_to_recall_remembers_nothing(ledger: Ledger) -> None:
    assert ledger.recall(judged(1, "x")).report.deviations[0].first_seen == at(1)
    assert not ledger.path.exists()
    night(ledger, 1, "x")
    later = ledger.recall(judged(3, "x", ledger))
    assert (later.report.deviations[0].first_seen, later.is_new(later.report.deviations[0])) == (at(1), False)
    assert told(ledger) == "open 1-1 1/0/0 1-"


# figures --------------------------------------------------------------------------------------------------------------

TWO = """
- {id: web, kind: server, attributes: {memory: 32 GiB}}
- {id: db, kind: server, attributes: {os: debian}}
"""
CRITICAL = "{baseline: b, applies_to: id=db, expect: {attributes.os: {equals: debian, severity: critical}}}"


def both(memory: str, os: str) -> str:
    return f"seen: [{{key: web, attributes: {{memory: {memory}}}}}, {{key: db, attributes: {{os: {os}}}}}]"


def run(ledger: Ledger, *moments: tuple[float, str, str]) -> None:
    for day, memory, os in moments:
        night(ledger, day, both(memory, os), cis=TWO, baselines=CRITICAL)


def test_times_to_repair_by_hand(ledger: Ledger) -> None:
    """web: days 1 to 3 and 4 to 4.5; db: days 2 to 10. All: (2 + 0.5 + 8) / 3 = 3.5 days."""
    run(ledger, (1, "1 GiB", "debian"), (2, "1 GiB", "rhel"), (3, "32 GiB", "rhel"), (4, "1 GiB", "rhel"))
    run(ledger, (4.5, "32 GiB", "rhel"), (10, "32 GiB", "debian"), (11, "1 GiB", "debian"))
    history = ledger.history()
    days = timedelta(days=1)
    assert history.mean_time_to_repair == 3.5 * days
    assert history.repairs() == (
        Repairs(None, 3, 3.5 * days, 8 * days),
        Repairs(Severity.CRITICAL, 1, 8 * days, 8 * days),
        Repairs(Severity.ERROR, 2, 1.25 * days, 2 * days),
    )
    assert history.after(at(4.2)).mean_time_to_repair == 4.25 * days
    assert {known.id.ci for known in history.after(at(10)).deviations} == {"web", "db"}
    assert history.after(at(10.5)).mean_time_to_repair is None
    assert [known.id.ci for known in history.after(at(10.5)).deviations] == ["web"]


def test_the_trend_by_hand(ledger: Ledger) -> None:
    run(ledger, (1, "1 GiB", "debian"), (1.1, "1 GiB", "rhel"), (3, "32 GiB", "rhel"), (3.2, "32 GiB", "debian"))
    night(ledger, 4, "!", cis=TWO)
    run(ledger, (6, "1 GiB", "rhel"))
    days = [
        Day(date(2026, 11, 1), 2, 0, 2, 0, 2),
        Day(date(2026, 11, 3), 2, 0, 0, 2, 0),
        Day(date(2026, 11, 4), 1, 1, 0, 0, 0),
        Day(date(2026, 11, 6), 1, 0, 2, 0, 2),
    ]
    assert list(ledger.history().trend()) == days
    assert list(ledger.history().after(at(3.1)).trend())[1:] == days[2:]


def test_runs_are_counted(ledger: Ledger) -> None:
    list(nights(ledger, "xX!"))
    runs = [(run.moment.day, run.deviations, run.excused, run.incomplete) for run in ledger.history().runs]
    assert runs == [(1, 1, 0, False), (2, 0, 1, False), (3, 0, 0, True)]
