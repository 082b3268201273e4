"""Accepting what was seen: what of it can be written, what would then be wrong in the files, and what drift is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cmdb.acceptance import matches
from cmdb.acceptance.choosing import Choice
from cmdb.acceptance.plan import Planned, Refusal, plan, problem
from cmdb.formats.edits.applying import edit
from cmdb.model.ci import FIELDS
from cmdb.model.drift import Deviation
from cmdb.model.keypath import KeyPath
from cmdb.model.moments import end_of
from cmdb.model.problem import CmdbError, Problem, Severity
from cmdb.model.snapshot import Observation, Snapshot
from cmdb.reconciliation.runs import settle
from cmdb.workspace import Workspace

ROUNDS = 6
"""A CI that comes to life is judged only then, so that what it deviates in shows one round later."""
Ask = Callable[[Deviation], bool]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What comes of it, not written yet. `before` has the bytes of each file in `files`, None for a new one; `notes`
    are new findings about the files, below errors; `left` are the deviations that count and were not accepted."""

    accepted: tuple[Deviation, ...] = ()
    refused: tuple[Refusal, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    before: Mapping[str, bytes | None] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    left: tuple[Deviation, ...] = ()


def accept(
    workspace: Workspace,
    snapshot: Snapshot,
    as_of: date | datetime,
    choice: Choice,
    *,
    values: bool = True,
    keys: bool = False,
    ask: Ask | None = None,
    names: Sequence[str] = (),
    trust_removals: bool = False,
) -> Accepted:
    """The workspace's files with what was chosen accepted: what CIs deviate in with `values`, the keys by which sources
    know them with `keys`. `ask` has the last word on each. Nothing is written. Raises `CmdbError`, too where a file of
    the workspace did not load."""
    refuse_unread(workspace)
    acceptance = _Acceptance(workspace, snapshot, as_of, names, trust_removals)
    return acceptance.run(choice, values, keys, ask or (lambda _: True))


def chosen(
    workspace: Workspace,
    snapshot: Snapshot,
    arguments: Sequence[str] = (),
    paths: Sequence[KeyPath] = (),
    outcomes: frozenset[str] = frozenset(),
) -> Choice:
    """What arguments mean: ids of CIs, keys of what sources saw (alone or as `source:key`), and else selectors. Raises
    `SelectorError`."""
    inventory = workspace.inventory
    keys = {
        name for run in snapshot.runs for seen in run.observations for name in (seen.key, f"{run.source}:{seen.key}")
    }
    named = {found for one in arguments if (found := inventory.resolve(one)) is not None}
    strangers = {one for one in arguments if one in keys and inventory.resolve(one) is None}
    selectors = [one for one in arguments if one not in strangers and inventory.resolve(one) is None]
    selected = {ci.id for ci in inventory.select(*selectors)} if selectors else set()
    cis = frozenset(named | selected) if arguments else None
    return Choice(cis, frozenset(named), frozenset(strangers), tuple(paths), outcomes)


def refuse_unread(workspace: Workspace) -> None:
    """Raises `CmdbError` where a file of the workspace did not load: what it says is unknown."""
    if workspace.unread:
        hint = "'cmdb check' says why; mend that first"
        raise CmdbError(f"these files did not load: {', '.join(workspace.unread)}", hint=hint)


class _Acceptance:
    def __init__(
        self,
        workspace: Workspace,
        snapshot: Snapshot,
        as_of: date | datetime,
        names: Sequence[str],
        trust_removals: bool,
    ) -> None:
        self.workspace = workspace
        self.snapshot = snapshot
        self.as_of = as_of
        self.names = names
        self.trust_removals = trust_removals
        self.moment = end_of(as_of)
        self.runs, _ = settle(snapshot, workspace.config.sources, {}, workspace.config.drift, self.moment)
        self.known = {found.fingerprint: found for found in self._check(workspace)}
        self.files: dict[str, bytes] = {}
        self.accepted: list[Deviation] = []
        self.refused: list[Refusal] = []

    def run(self, choice: Choice, values: bool, keys: bool, ask: Ask) -> Accepted:
        answers: dict[str, bool] = {}
        current = self.workspace
        for _ in range(ROUNDS):
            found = [one for one in self._found(current, values, keys) if self._chosen(one, choice)]
            for one in found:
                if _name(one) not in answers:
                    answers[_name(one)] = ask(one)
            wanted = [one for one in found if answers[_name(one)]]
            made = self._accepted(current, wanted) if wanted else {}
            answers |= {_name(one.wanted): False for one in self.refused}
            if not made:
                break
            self.files |= made
            before, current = current, self.workspace.with_files(self.files)
            choice = choice.also(current.inventory.keys() - before.inventory.keys())
        return self._result(current)

    def _found(self, current: Workspace, values: bool, keys: bool) -> list[Deviation]:
        found = list(matches.keys(current.inventory, self.runs)) if keys else []
        return [*found, *(self._drift(current) if values else ())]

    def _chosen(self, deviation: Deviation, choice: Choice) -> bool:
        if deviation.path.startswith("keys."):
            return deviation.ci is not None and choice.holds(deviation.ci)
        return choice.takes(deviation)

    def _accepted(self, current: Workspace, wanted: Sequence[Deviation]) -> dict[str, bytes]:
        """The files of a round, without what cannot be written or would be wrong."""
        while True:
            planned, files = self._edited(current, wanted)
            wrong = self._wrong(current, files)
            if not wrong:
                self.accepted += (one.accepted for one in planned)
                return files
            blamed = _blamed(planned, wrong) or self._tried(current, planned)
            self.refused += (Refusal(one.accepted, why) for one, why in blamed)
            wanted = [one.accepted for one in planned if one not in [other for other, _ in blamed]]

    def _edited(self, current: Workspace, wanted: Sequence[Deviation]) -> tuple[Sequence[Planned], dict[str, bytes]]:
        """What can be planned and edited, and the files that come of it."""
        while True:
            made = plan(current.inventory, current.baselines, wanted, self._seen, lambda path: _bytes(current, path))
            self.refused += made.refused
            files, refused = _files(current, made.planned)
            if not refused:
                return made.planned, files
            self.refused += refused
            gone = [one.wanted for one in refused]
            wanted = [one.accepted for one in made.planned if one.accepted not in gone]

    def _wrong(self, current: Workspace, files: Mapping[str, bytes]) -> list[Problem]:
        """New errors in the files."""
        found = self._check(current.with_files(files)) if files else ()
        return [one for one in found if one.severity >= Severity.ERROR and one.fingerprint not in self.known]

    def _tried(self, current: Workspace, planned: Sequence[Planned]) -> list[tuple[Planned, Problem]]:
        """What brings errors that name something else, found by making the changes one CI after the other."""
        good: list[Planned] = []
        blamed: list[tuple[Planned, Problem]] = []
        for path, item in dict.fromkeys((one.path, one.accepted.ci) for one in planned):
            mine = [one for one in planned if (one.path, one.accepted.ci) == (path, item)]
            files, _ = _files(current, [*good, *mine])
            wrong = self._wrong(current, files)
            if wrong:
                blamed += ((one, _why(one.accepted, wrong[0])) for one in mine)
            else:
                good += mine
        return blamed or [(one, _why(one.accepted, self._wrong(current, files)[0])) for one in planned]

    def _result(self, current: Workspace) -> Accepted:
        before = {path: self.workspace.read(path) for path in self.files}
        files = {path: data for path, data in sorted(self.files.items()) if data != before[path]}
        new = [one for one in self._check(current) if one.fingerprint not in self.known] if files else []
        return Accepted(
            tuple(sorted({_name(one): one for one in self.accepted}.values(), key=_order)),
            tuple(sorted(self.refused, key=lambda one: _order(one.wanted))),
            files,
            before,
            tuple(one for one in new if one.severity < Severity.ERROR),
            tuple(one for one in self._drift(current) if one.excuse is None and one.outcome != "unobserved"),
        )

    def _drift(self, current: Workspace) -> tuple[Deviation, ...]:
        report = current.drift(self.snapshot, self.as_of, names=self.names, trust_removals=self.trust_removals)
        return report.deviations

    def _check(self, current: Workspace) -> tuple[Problem, ...]:
        return current.check(self.moment.date())

    def _seen(self, source: str, key: str) -> Observation | None:
        return matches.found(self.runs, source, key)


def _files(current: Workspace, planned: Iterable[Planned]) -> tuple[dict[str, bytes], list[Refusal]]:
    """Each file with all that is planned for it."""
    by_path: dict[str, list[Planned]] = {}
    for one in planned:
        by_path.setdefault(one.path, []).append(one)
    files: dict[str, bytes] = {}
    refused: list[Refusal] = []
    for path, mine in by_path.items():
        if mine[0].change is None:
            files[path] = mine[0].text.encode()
            continue
        changes = [one.change for one in mine if one.change is not None]
        done = edit(path, _bytes(current, path), changes, FIELDS)
        files[path] = done.data
        for no in done.refused:
            deviation = next(one.accepted for one in mine if one.change is no.change)
            refused.append(Refusal(deviation, problem(deviation, no.problem.message, no.problem.hint)))
    return files, refused


def _blamed(planned: Sequence[Planned], wrong: Iterable[Problem]) -> list[tuple[Planned, Problem]]:
    """What an error names: the value at its path, else all of the CI, else all of the file."""
    found: dict[int, tuple[Planned, Problem]] = {}
    for error in wrong:
        path = error.where.path if error.where is not None else ""
        mine = [one for one in planned if error.ci is not None and one.accepted.ci == error.ci]
        mine = [one for one in mine if _below(one.accepted.path, error.key_path)] or mine
        for one in mine or [one for one in planned if one.path == path]:
            found.setdefault(id(one), (one, _why(one.accepted, error)))
    return list(found.values())


def _below(path: str, key_path: str | None) -> bool:
    return key_path is not None and (path == key_path or path.startswith((f"{key_path}.", f"{key_path}[")))


def _why(deviation: Deviation, error: Problem) -> Problem:
    hint = error.hint or "mend that first, or waive the deviation"
    return problem(deviation, f"it would be wrong in the files: {error.message} [{error.code}]", hint)


def _bytes(workspace: Workspace, path: str) -> bytes:
    return workspace.read(path) or b""


def _order(deviation: Deviation) -> tuple[bool, str, str, str, str]:
    one = deviation
    return one.ci is None, one.ci or "", one.source if one.ci is None and one.source else "", one.key or "", one.path


def _name(deviation: Deviation) -> str:
    """What tells deviations of all rounds apart."""
    one = deviation
    return repr((one.outcome, one.ci, one.source, one.key, one.path, one.expected, one.observed))
