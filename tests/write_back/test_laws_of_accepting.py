"""What holds of every acceptance: drift that was accepted is gone, everything else in the files is as it was."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from cmdb.acceptance.choosing import Choice
from cmdb.model.problem import Severity
from cmdb.testing.drift import NOW
from cmdb.testing.workspaces import Written, workspaces
from cmdb.write_back.accepting import Accepted, accept

LAW = settings(
    deadline=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""Not shrunk: an example takes so long that its smallest form would take minutes."""
EVERYTHING = Choice(outcomes=frozenset({"deviating", "missing", "unmanaged"}))


def accepted(written: Written, choice: Choice, *, values: bool = True, keys: bool = False) -> Accepted:
    return accept(written.workspace, written.snapshot, NOW, choice, values=values, keys=keys)


@LAW
@given(workspaces())
def test_accepting_all_drift_and_comparing_again_is_clean(written: Written) -> None:
    made = accepted(written, EVERYTHING)
    after = written.workspace.with_files(made.files)
    report = after.drift(written.snapshot, NOW)
    left = [one for one in report.deviations if one.excuse is None and one.outcome != "unobserved"]
    no = {(one.wanted.ci, one.wanted.path) for one in made.refused}
    assert [one for one in left if (one.ci, one.path) not in no and one.outcome != "ambiguous"] == []
    assert all(
        "redundancy group" in one.problem.message or "wrong in" in one.problem.message for one in made.refused
    ), [one.problem for one in made.refused]
    assert {one.fingerprint for one in after.check(NOW.date()) if one.severity >= Severity.ERROR} <= {
        one.fingerprint for one in written.workspace.check(NOW.date())
    }


@LAW
@given(workspaces())
def test_accepting_twice_is_accepting_once(written: Written) -> None:
    once = accepted(written, EVERYTHING)
    text = {path: data.decode() for path, data in once.files.items()}
    again = accepted(Written({**written.files, **text}, written.snapshot), EVERYTHING)
    assert again.files == {}


@LAW
@given(workspaces())
def test_what_no_accepted_ci_is_in_stays_byte_for_byte(written: Written) -> None:
    made = accepted(written, Choice(cis=frozenset("a")))
    for path, data in made.files.items():
        before = (made.before[path] or b"").decode().splitlines()
        after = data.decode().splitlines()
        assert [line for line in before if "# a comment" in line] == [line for line in after if "# a comment" in line]
        if path == "inventory/all.yaml":
            changed = [old for old, new in zip(before, after, strict=True) if old != new]
            assert all("id: a" in line and line.endswith("# a") for line in changed)
        else:
            assert path == "inventory/a.yaml"


@LAW
@given(workspaces())
def test_keys_bind_what_was_matched_and_change_nothing_else(written: Written) -> None:
    made = accepted(written, Choice(), values=False, keys=True)
    before = written.workspace.drift(written.snapshot, NOW)
    after = written.workspace.with_files(made.files)
    report = after.drift(written.snapshot, NOW)
    assert (report.outcomes, report.unobserved_values) == (before.outcomes, before.unobserved_values)
    for one in made.accepted:
        assert after.inventory[str(one.ci)].keys[str(one.source)] == one.observed


@LAW
@given(workspaces())
def test_accepting_nothing_changes_no_byte(written: Written) -> None:
    assert accepted(written, Choice(cis=frozenset())).files == {}
