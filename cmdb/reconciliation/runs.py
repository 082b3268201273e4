"""Which runs count, and how far they are believed: shards united, one run a source, old and broken ones downgraded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from cmdb.model.config import DriftConfig, SourceConfig
from cmdb.model.problem import Problem
from cmdb.model.snapshot import Coverage, CoverageStatus, Observation, Run, Snapshot
from cmdb.model.value import Value

SKEW = timedelta(minutes=5)
"""How far the clock of a source may be ahead."""
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """The run of a source that counts. `covers` are the selectors of what it is there for, `coverage` is as far as it
    may be believed, and `observations` has each thing once. `at` is when it saw that; None where it saw nothing that
    is used."""

    source: str
    covers: tuple[str, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    observations: tuple[Observation, ...] = ()
    at: datetime | None = None

    @property
    def failed(self) -> bool:
        """Whether the source as a whole saw nothing."""
        return bool(self.coverage) and all(line.status == "failed" for line in self.coverage)


def settle(
    snapshot: Snapshot, sources: Sequence[SourceConfig], covers: Mapping[str, str], config: DriftConfig, as_of: datetime
) -> tuple[tuple[SourceRun, ...], tuple[Problem, ...]]:
    """One run for each source in order of precedence: those configured, then the others by name."""
    newest = _newest(snapshot.runs)
    configured = tuple(dict.fromkeys(source.name for source in sources))
    named = {source.name: covers.get(source.name) or source.covers for source in sources}
    settled: list[SourceRun] = []
    problems: list[Problem] = []
    for name in (*configured, *sorted(newest.keys() - set(configured))):
        scope = named.get(name)
        run = newest.get(name)
        settled.append(_silent(name, scope or "") if run is None else _judged(run, scope, config, as_of, problems))
    return tuple(settled), tuple(problems)


def merged(observations: Sequence[Observation]) -> Observation:
    """Several observations of one thing as one; where they differ, the latest is believed."""
    if len(observations) == 1:
        return observations[0]
    ordered = sorted(observations, key=lambda seen: (seen.at or _DAWN, _text(seen)))
    attributes: dict[str, Value] = {}
    relations: dict[str, Value] = {}
    for seen in ordered:
        attributes |= seen.attributes
        relations |= seen.relations
    name = next((seen.name for seen in reversed(ordered) if seen.name), "")
    return replace(ordered[-1], attributes=attributes, relations=relations, name=name)


@dataclass(frozen=True, slots=True)
class _United:
    run: Run
    covers: tuple[str, ...]


def _newest(runs: Iterable[Run]) -> dict[str, _United]:
    shards: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs:
        shards[run.source, run.run].append(run)
    newest: dict[str, _United] = {}
    for _, found in sorted(shards.items(), key=lambda item: max(map(_age, item[1]))):
        newest[found[0].source] = _unite(found)
    return newest


def _age(run: Run) -> tuple[datetime, datetime, str]:
    """What makes a run newer than another."""
    started = run.started or _stamp(run.run) or run.finished or _DAWN
    return started, run.finished or _DAWN, run.run


def _unite(shards: Sequence[Run]) -> _United:
    started = [shard.started for shard in shards if shard.started]
    finished = [shard.finished for shard in shards if shard.finished]
    covers = tuple(sorted({shard.covers for shard in shards if shard.covers}))
    run = Run(
        shards[0].source,
        shards[0].run,
        started=min(started, default=None),
        finished=max(finished, default=None),
        coverage=tuple(line for shard in shards for line in shard.coverage),
        observations=tuple(chain.from_iterable(shard.observations for shard in shards)),
        ended=all(shard.ended for shard in shards),
    )
    return _United(run, covers)


def _silent(source: str, scope: str) -> SourceRun:
    line = Coverage(scope, status="failed", reason="no snapshot of this source")
    return SourceRun(source, (scope,) if scope else (), (line,))


def _judged(
    united: _United, scope: str | None, config: DriftConfig, as_of: datetime, problems: list[Problem]
) -> SourceRun:
    run = united.run
    covers = (scope,) if scope else united.covers
    lines = _sorted_lines(run.coverage) or tuple(
        Coverage(scope, status="partial", reason="says nothing of its coverage") for scope in covers
    )
    ended = run.finished or run.started or _stamp(run.run)
    if ended is not None and as_of - ended > config.max_age:
        reason = f"the run of {_shown(ended)} is older than {_span(config.max_age)}"
        return SourceRun(run.source, covers, tuple(_worse(line, "failed", reason) for line in lines))
    if not run.ended:
        lines = tuple(_worse(line, "partial", "the snapshot is broken or has no end") for line in lines)
    latest, started = as_of + SKEW, run.started or _DAWN
    usable = [seen for seen in run.observations if (seen.at or started) <= latest]
    if len(usable) < len(run.observations):
        problems.append(_early(run, len(run.observations) - len(usable), as_of))
        lines = tuple(_worse(line, "partial", "observations from the future are not used") for line in lines)
    return SourceRun(run.source, covers, lines, _each_once(usable), _at(ended, usable, as_of))


def _at(ended: datetime | None, seen: Sequence[Observation], as_of: datetime) -> datetime:
    """When a run saw what it did; a clock that is ahead counts as the moment of judgement."""
    latest = ended or max((found.at for found in seen if found.at), default=as_of)
    return min(latest, as_of)


def _sorted_lines(lines: Iterable[Coverage]) -> tuple[Coverage, ...]:
    tidy = {replace(line, attributes=tuple(sorted(set(line.attributes)))) for line in lines}
    return tuple(sorted(tidy, key=lambda line: (line.scope, line.attributes, line.status, line.reason)))


def _worse(line: Coverage, status: CoverageStatus, reason: str) -> Coverage:
    if line.status == "failed" or line.status == status == "partial":
        return line
    return replace(line, status=status, reason=f"{line.reason}; {reason}" if line.reason else reason)


def _early(run: Run, count: int, as_of: datetime) -> Problem:
    what = "1 observation is" if count == 1 else f"{count} observations are"
    return Problem(
        "future-observation",
        f"{what} dated more than 5 minutes after {_shown(as_of)} and not used: source '{run.source}', run '{run.run}'",
        hint="correct the clock of the source, or judge with a later --as-of",
        subject=f"{run.source} {run.run}",
    )


def _each_once(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    if len({seen.key for seen in observations}) == len(observations):
        return tuple(observations)
    things: dict[tuple[str, str], list[Observation]] = {}
    for seen in observations:
        things.setdefault((seen.key, seen.kind), []).append(seen)
    return tuple(merged(found) for found in things.values())


def _text(seen: Observation) -> str:
    relations = sorted((name, sorted(map(repr, found))) for name, found in seen.relations.items())
    return repr((seen.name, sorted(seen.attributes.items(), key=lambda item: item[0]), relations))


def _stamp(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _span(span: timedelta) -> str:
    return f"{span.days} days" if span.days and not span.seconds else str(span)
