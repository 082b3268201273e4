"""The one place where edges meet engines: files, plugins and settings on one side, values and verdicts on the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cmdb.formats.contents import Contents
from cmdb.formats.inventory_reader import unreadable
from cmdb.formats.layout import role, why_stray
from cmdb.formats.places import Places
from cmdb.formats.reading import nearest
from cmdb.inventory import Inventory
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI
from cmdb.model.config import SourceConfig, WorkspaceConfig
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.location import Location, Place, Where
from cmdb.model.problem import CmdbError, Problem
from cmdb.sources.protocol import NotThere, TextSource, Unreadable

if TYPE_CHECKING:
    from cmdb.cache.folder import Folder
    from cmdb.cache.loading import Loading
    from cmdb.changes.records import Records
    from cmdb.facts import Facts
    from cmdb.formats.baseline_writer import Head
    from cmdb.formats.schema_reader import SchemaReading
    from cmdb.graph.topology import Topology
    from cmdb.model.drift import DeviationId, DriftReport
    from cmdb.model.explanation import Explanation
    from cmdb.model.kind import Schema
    from cmdb.model.snapshot import Run, Snapshot
    from cmdb.model.step import Step
    from cmdb.reconciliation.capture import Captured
    from cmdb.reconciliation.engine import Trial

CONFIG = "cmdb.yaml"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value stands, and what kind of place that is; `cmdb` is for a lifecycle that nobody wrote, which is
    live: the location is that of the CI then."""

    location: Location
    origin: Literal["file", "defaults", "kind", "cmdb"]


class Workspace:
    """A workspace at one moment: the working tree, a revision, or files in memory. Everything is read on first use and
    then stays as it was read."""

    def __init__(
        self,
        source: TextSource,
        root: Path | None = None,
        *,
        cache: bool = False,
        executor: Executor | None = None,
        tell: Callable[[int, int], None] | None = None,
    ) -> None:
        self.root = root
        self.cache = cache
        self.executor = executor
        self.tell = tell
        self._source = source

    @classmethod
    def open(
        cls,
        path: str | Path = ".",
        *,
        at: str = "",
        cache: bool = True,
        executor: Executor | None = None,
        tell: Callable[[int, int], None] | None = None,
    ) -> Workspace:
        """The workspace at `path`, or at its nearest parent that holds `cmdb.yaml`. Raises `CmdbError`. `at` is a Git
        revision or a date; with it `path` may be a bare repository too.

        With `cache`, files that were read before are remembered in the user's cache folder; no answer depends on it. An
        executor of processes reads half of the files where there are so many that this pays. `tell` hears how many of
        the files to be read are done, and how many there are.
        """
        from cmdb.sources.worktree import Worktree

        start = Path(path).absolute()
        if not start.is_dir():
            raise CmdbError(f"there is no folder '{path}'", hint="name a folder that holds cmdb.yaml")
        for folder in (start, *start.parents):
            if (folder / CONFIG).is_file():
                found = cls(Worktree(folder), folder, cache=cache, executor=executor, tell=tell)
                return found.at(at) if at else found
        if at:
            from cmdb.sources.bare import in_bare

            if tree := in_bare(start, at, CONFIG):
                return cls(tree, start, cache=cache, executor=executor, tell=tell)
        hint = "run 'cmdb init DIR' to make one, or name one with -C"
        raise CmdbError(f"no {CONFIG} in '{start}' or any folder above it", hint=hint)

    @classmethod
    def of(cls, files: Mapping[str, str | bytes]) -> Workspace:
        """A workspace of files in memory, by path below its root."""
        from cmdb.sources.memory import Memory

        return cls(Memory(files))

    def at(self, revision: str) -> Workspace:
        """The same workspace at a Git revision, without a checkout. Raises `CmdbError`."""
        from cmdb.sources.git_tree import GitTree

        if self.root is None:
            raise CmdbError("a workspace in memory has no revisions")
        folder = self._source.folder if isinstance(self._source, GitTree) else ""
        return self.side(GitTree(self.root, revision, folder=folder))

    def side(self, source: TextSource) -> Workspace:
        """The workspace of another source, read in the same way."""
        return Workspace(source, self.root, cache=self.cache, executor=self.executor, tell=self.tell)

    def with_files(self, files: Mapping[str, bytes]) -> Workspace:
        """The same workspace with other bytes for some files, or with further ones; nothing is written."""
        from cmdb.sources.overlay import Overlay

        found = Workspace(Overlay(self._source, files), self.root)
        if not any(role(path) == "schema" for path in files):
            found.__dict__["_schema"] = self._schema
        return found

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none. Raises `CmdbError`."""
        try:
            return self._source.read(path)
        except NotThere:
            return None
        except Unreadable as error:
            raise CmdbError(unreadable(error)) from None

    @property
    def source(self) -> TextSource:
        """Where the files come from."""
        return self._source

    @property
    def label(self) -> str:
        """What is read: `working tree`, or the revision."""
        return self._source.label

    @cached_property
    def config(self) -> WorkspaceConfig:
        """The settings. Raises `CmdbError` where `cmdb.yaml` is wrong, since a verdict by other rules is none."""
        config, problems = self._config
        if problems:
            raise CmdbError(self.located(problems)[0])
        return config

    @cached_property
    def inventory(self) -> Inventory:
        """Every CI that loads, with the problems of those that do not."""
        return self._loading.inventory

    @property
    def schema(self) -> Schema:
        """The kinds and relation types, without looking at any CI."""
        return self._schema.schema

    @property
    def topology(self) -> Topology:
        """The compact graph of the inventory; where nothing changed since the last load, no file is read for it."""
        return self._loading.topology

    @cached_property
    def baselines(self) -> Baselines:
        """Everything under `baselines/` that loads."""
        return self._baselines[0]

    @cached_property
    def records(self) -> Records:
        """The change records in the workspace's folder for them that load."""
        return self._records[0]

    @property
    def records_folder(self) -> str:
        """The folder that has the record files."""
        return self._config[0].change.records

    @property
    def unread_inventory(self) -> tuple[str, ...]:
        """The files of the inventory that did not load, or not wholly."""
        return self._loading.unread

    @property
    def unread(self) -> tuple[str, ...]:
        """The files that did not load, or not wholly; an answer without them is incomplete."""
        return tuple(sorted({*self.unread_inventory, *self.baselines.unread}))

    def facts(self, as_of: date) -> Facts:
        """Everything that checks look at."""
        from cmdb.facts import Facts, by_code

        return Facts(
            self.inventory,
            self.baselines,
            as_of,
            found=by_code(self._problems()),
            stray={path: why_stray(path) for path in self._contents.stray},
        )

    def check(self, as_of: date) -> tuple[Problem, ...]:
        """All problems of the workspace's files, with lines, in the order of files."""
        return self.located(self.problems(as_of))

    def problems(self, as_of: date) -> tuple[Problem, ...]:
        """The same by check, before anybody asked for lines; `located` finds them."""
        from cmdb.cache.checking import checked

        found = checked(self._loading, self.facts(as_of), self._settings())
        return tuple(problem for problems in found.values() for problem in problems)

    def locate(self, where: Where) -> Location:
        """The line and column of a place."""
        return self._places.location(where)

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems with lines, in the order of files."""
        return self._places.located(problems)

    def provenance(self, ci: CI) -> Mapping[str, Provenance]:
        """Key path -> where the CI's value comes from, for every value."""
        return {format_path(path): self._origin(ci, path) for path in ci.paths()}

    def observed(self, paths: Sequence[str | Path]) -> Snapshot:
        """The snapshots in files, or at URLs. Raises `CmdbError` for one that cannot be read at all."""
        from cmdb.formats.snapshot_lines import read_file
        from cmdb.model.snapshot import Snapshot

        read = [read_file(path, str(path)) for path in paths]
        return Snapshot(
            tuple(run for snapshot in read for run in snapshot.runs),
            tuple(problem for snapshot in read for problem in snapshot.problems),
        )

    def discover(
        self,
        names: Sequence[str] = (),
        within: float = math.inf,
        *,
        timeout: timedelta | None = None,
        executor: Executor | None = None,
        report: Callable[[Run], None] | None = None,
    ) -> Snapshot:
        """What the named sources see now, or all configured ones; runs their plugins. Raises `CmdbError`.

        A source that has not answered `within` so many seconds is ended, and is failed coverage; so is one that takes
        longer than its own time, which is the `timeout` for all of them where one is given. The sources run side by
        side: in threads, or wherever a given executor runs them. `report` hears of each run as it ends.
        """
        from cmdb.discovery.running import discover

        sources = self._sources(names)
        return discover(
            sources if timeout is None else [replace(source, timeout=timeout) for source in sources],
            self.root or Path(),
            clock=lambda: datetime.now(UTC),
            schema=self.inventory.schema,
            executor=executor,
            report=report,
            within=within,
        )

    def drift(
        self,
        snapshot: Snapshot,
        as_of: date | datetime,
        *,
        trust_removals: bool = False,
        names: Sequence[str] = (),
        watched: Iterable[DeviationId] = (),
    ) -> DriftReport:
        """What differs between the inventory with its baselines and a snapshot, with lines.

        `as_of` may be a date, meaning its end in UTC. `names` limits the configured sources that must have answered.
        Of `watched` deviations, those that a `Ledger` knows, the report's `fates` tell what became of them.
        """
        from cmdb.model.quiet import collector_resting
        from cmdb.reconciliation.engine import verdict_of
        from cmdb.reconciliation.locating import located

        with collector_resting():
            report = verdict_of(self._tried(snapshot, as_of, trust_removals, names), watched)
        return replace(located(report, self.locate), problems=self.located(report.problems))

    def explain(
        self,
        snapshot: Snapshot,
        as_of: date | datetime,
        ci: str,
        *,
        trust_removals: bool = False,
        names: Sequence[str] = (),
    ) -> Explanation:
        """Why a CI gets its verdict in `drift`, with lines. Raises `CmdbError` where there is no such CI."""
        from cmdb.graph.references import resolve
        from cmdb.reconciliation.explain import explain, located

        found = self.inventory[self.topology.ids[resolve(self.topology, ci)]]
        return located(explain(self._tried(snapshot, as_of, trust_removals, names), found), self.locate)

    def capture(
        self,
        snapshot: Snapshot,
        as_of: date | datetime,
        cis: Sequence[CI],
        head: Head,
        patterns: Sequence[KeyPath] = (),
        *,
        names: Sequence[str] = (),
    ) -> tuple[str, Captured]:
        """The text of a baseline that demands what was observed of CIs where all of them have the same, and what it
        says. `patterns` limits it to the key paths that fit one or lie below one; `names` like that of `drift`."""
        from cmdb.reconciliation.capture import capture
        from cmdb.reconciliation.writing_down import written_down

        evidence = self._tried(snapshot, as_of, False, names, Baselines()).evidence
        captured = capture(cis, evidence, patterns)
        origin = dict.fromkeys(f"{run.source} ({run.run})" for run in snapshot.runs)
        return written_down(captured, head, tuple(origin), [self.inventory[ci] for ci in captured.seen], evidence)

    def _tried(
        self,
        snapshot: Snapshot,
        as_of: date | datetime,
        trust_removals: bool,
        names: Sequence[str],
        baselines: Baselines | None = None,
    ) -> Trial:
        """The comparison with a snapshot before anybody asks what came out; by its own baselines, or by others."""
        from cmdb.discovery.loading import covers
        from cmdb.model.moments import end_of
        from cmdb.reconciliation.engine import tried
        from cmdb.reconciliation.pending import Rollout

        sources, moment, drift = self._sources(names), end_of(as_of), self.config.drift
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        since = moment - drift.pending_grace
        return tried(
            self.inventory,
            self.baselines if baselines is None else baselines,
            snapshot,
            as_of=moment,
            config=drift,
            sources=sources,
            covers={source.name: covers(source) for source in sources},
            trust_removals=trust_removals,
            records=self.records.records,
            pending=Rollout(lambda: self.steps(since), self.inventory, moment, drift.pending_grace).pending,
        )

    def steps(self, since: datetime) -> Sequence[Step]:
        """The commits since a moment that changed the inventory, newest first; none outside of Git."""
        from cmdb.formats.excerpts import steps
        from cmdb.sources.git_tree import GitTree

        if self.root is None:
            return ()
        try:
            return steps(self._source if isinstance(self._source, GitTree) else GitTree(self.root, "HEAD"), since)
        except CmdbError:
            return ()

    def _sources(self, names: Sequence[str]) -> tuple[SourceConfig, ...]:
        known = {source.name: source for source in self.config.sources}
        for name in names:
            if name not in known:
                hint = f"configured: {', '.join(known)}" if known else "cmdb.yaml configures none"
                raise CmdbError(f"there is no source '{name}'", hint=hint)
        return tuple(known[name] for name in names) if names else self.config.sources

    def _origin(self, ci: CI, path: KeyPath) -> Provenance:
        place = ci.inherited.get(path[:1]) or ci.inherited.get(path[:2])
        origin: Literal["file", "cmdb"]
        if place is None:
            origin = "cmdb" if path == ("lifecycle",) and not self._places.written(ci.place.at(*path)) else "file"
            return Provenance(self.locate(ci.place.at(*path)), origin)
        return Provenance(self.locate(place), "defaults" if role(place.path) == "defaults" else "kind")

    def _problems(self) -> Iterator[Problem]:
        yield from self._config[1]
        yield from self._schema.problems
        yield from self.inventory.problems
        yield from self._baselines[1]
        yield from self._records[1]

    @cached_property
    def _contents(self) -> Contents:
        from cmdb.cache.listing import listed
        from cmdb.model.quiet import collector_resting

        with collector_resting():
            return Contents(self._source, listed(self._source, self._folder))

    def _settings(self) -> Iterator[bytes]:
        """What checks depend on besides the inventory: the bytes of `cmdb.yaml`, the baselines and the schema."""
        yield self.read(CONFIG) or b""
        for files in (self._contents.schema, self._contents.baselines):
            for path, data in files.items():
                yield path.encode()
                yield data.reason.encode() if isinstance(data, Unreadable) else data

    @cached_property
    def _loading(self) -> Loading:
        from cmdb.sources.unchanged import tracked
        from cmdb.sources.worktree import Worktree

        source, folder = self._source, self._folder
        tree = tracked(source.root) if folder is not None and isinstance(source, Worktree) else None
        from cmdb.cache.loading import Loading

        return Loading(source, self._contents, tree, lambda: self._schema, folder, self.executor, self.tell)

    @cached_property
    def _folder(self) -> Folder | None:
        from cmdb.cache.folder import default_folder

        return default_folder() if self.cache else None

    @cached_property
    def _config(self) -> tuple[WorkspaceConfig, list[Problem]]:
        from cmdb.formats.config_reader import read_config

        try:
            config, problems = read_config(self._source.read(CONFIG))
            return config, [*problems, *self._unknown_kinds(config)]
        except NotThere:
            return WorkspaceConfig(), []
        except Unreadable as error:
            return WorkspaceConfig(), [unreadable(error)]

    def _unknown_kinds(self, config: WorkspaceConfig) -> Iterator[Problem]:
        kinds = self._schema.schema.kinds
        for name in config.drift.manage or ():
            if name not in kinds:
                where = Place(CONFIG).at("drift", "manage", name)
                hint = nearest(name, tuple(kinds)) or "'cmdb schema kinds' lists them"
                yield Problem("invalid-field", f"manage: there is no kind '{name}'", where=where, hint=hint)
        for path, selector in config.selectors():
            if wrong := self._wrong_selector(selector):
                where, message = Place(CONFIG).at(*path), f"{path[-1]}: {wrong.problem.message}"
                yield Problem("invalid-field", message, where=where, hint=wrong.problem.hint)

    def _wrong_selector(self, selector: str) -> CmdbError | None:
        """What is wrong with a selector that asks for fields only."""
        from cmdb.graph.selectors import predicate

        try:
            predicate(selector, self._schema.schema)
        except CmdbError as error:
            return error
        return None

    @cached_property
    def _schema(self) -> SchemaReading:
        from cmdb.formats.schema_reader import read_schema

        return read_schema(self._contents.schema.items())

    @cached_property
    def _baselines(self) -> tuple[Baselines, list[Problem]]:
        from cmdb.formats.baseline_files import read_baseline_files

        return read_baseline_files(self._contents.baselines)

    @cached_property
    def _records(self) -> tuple[Records, list[Problem]]:
        from cmdb.changes.records import read_folder

        return read_folder(self._source, self.records_folder)

    @cached_property
    def _places(self) -> Places:
        return Places(self._text)

    def _text(self, path: str) -> bytes | None:
        from cmdb.formats.schema_reader import BUILT_IN, built_in_text

        if path.startswith(BUILT_IN + "/"):
            return built_in_text(path)
        try:
            return self._source.read(path)
        except Unreadable:
            return None
