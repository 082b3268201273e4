"""Snapshots: JSON lines that say what sources saw, read without trust and written so that the same runs give the same
bytes. What stands in a file is returned as it stands; uniting shards and choosing runs is for those who judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import BufferedIOBase, BytesIO
from pathlib import Path

from cmdb.formats.snapshot_files import Torn, atomically, opened
from cmdb.formats.snapshot_shapes import End, Header, Line, line_of, parse_line
from cmdb.formats.strict_json import SIZE_LIMIT
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity
from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot

CODE = "snapshot"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 50
"""Problems told of one file; the rest is counted."""


def read(name: str, data: Iterable[bytes] | bytes) -> Snapshot:
    """The runs in the bytes of a file, or in its lines, with a problem for each line that means nothing. `name` stands
    in the problems' locations. A run with such a line, or without a matching end line, has not `ended`."""
    reading = _Reading(name)
    try:
        for text in _lines(data):
            reading.take(text)
    except Torn as torn:
        reading.number += 1
        reading.trouble(f"cannot read on from here: {torn}")
    return reading.snapshot()


def read_file(path: Path, name: str | None = None) -> Snapshot:
    """The runs in a file; `.gz` and `.zst` are unpacked. Raises `CmdbError` where it cannot be opened."""
    with opened(path) as stream:
        return read(name or str(path), stream)


def lines(run: Run) -> Iterator[str]:
    """The text of a run, line by line without line ends, in an order that does not depend on the run's."""
    yield line_of(Header(run.source, run.run, run.started, run.covers))
    yield from sorted(map(line_of, run.coverage))
    yield from sorted(map(line_of, run.observations))
    if run.ended:
        yield line_of(End(len(run.observations), len(run.coverage), run.finished))


def write(what: Run | Snapshot, path: Path) -> None:
    """Writes runs into a file that only its owner may read, whole or not at all; `.gz` and `.zst` are packed. Raises
    `CmdbError` where that is impossible, `ValueError` where a value has no JSON."""
    runs = what.runs if isinstance(what, Snapshot) else (what,)
    with atomically(path) as stream:
        for run in runs:
            for line in lines(run):
                stream.write(line.encode() + b"\n")


def in_order(run: Run) -> Run:
    """The run with its lines in the order in which they are written."""
    coverage = tuple(sorted(run.coverage, key=line_of))
    return replace(run, coverage=coverage, observations=tuple(sorted(run.observations, key=line_of)))


@dataclass(slots=True)
class _Open:
    """A run being read."""

    header: Header
    last: int
    whole: bool
    coverage: list[Coverage] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    end: End | None = None

    def run(self) -> Run:
        header = self.header
        finished = self.end.finished if self.end else None
        ended = self.whole and not self.shortfall
        return Run(
            header.source,
            header.run,
            header.started,
            finished,
            header.covers,
            tuple(self.coverage),
            tuple(self.observations),
            ended,
        )

    @property
    def shortfall(self) -> str:
        """Why the end line does not vouch for the run, or nothing."""
        if self.end is None:
            return "has no end line"
        for word, told, found in (
            ("observations", self.end.observations, len(self.observations)),
            ("coverage lines", self.end.coverage, len(self.coverage)),
        ):
            if told != found:
                return f"ends with {told} {word}, but has {found}"
        return ""


@dataclass(slots=True)
class _Reading:
    """The state of reading one file. `lost` says that what stands here belongs to no run that can be named, and that
    this has been said; `torn` that something unreadable stood where no run was open, so that the next is in doubt."""

    name: str
    number: int = 0
    runs: list[_Open] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0
    current: _Open | None = None
    lost: bool = False
    torn: bool = False

    def take(self, text: bytes) -> None:
        self.number += 1
        text = text.strip().removeprefix(_BYTE_ORDER_MARK if self.number == 1 else b"")
        if not text:
            return
        try:
            self._line(parse_line(text))
        except ValueError as error:
            self._unreadable(str(error), text)

    def trouble(self, message: str) -> None:
        """Tells what is wrong with this line; the run it stands in can no longer be believed to be whole."""
        self._tell(message, self.number, Severity.ERROR, "until it is mended or discovered again, the run is partial")
        if self.current is None:
            self.torn = True
        else:
            self.current.whole = False

    def snapshot(self) -> Snapshot:
        if not self.runs and not self.problems:
            self._tell("the file holds no snapshot", 1, Severity.ERROR, "a snapshot begins with a header line")
        for run in self.runs:
            if run.whole and run.shortfall:
                message = f"the run {run.header.run} of '{run.header.source}' {run.shortfall}"
                self._tell(message, run.last, Severity.WARNING, "it was cut short, and counts as partial")
        if self.untold:
            message = f"{self.untold} more lines cannot be read"
            self.problems.append(Problem(CODE, message, where=Location(self.name, self.number)))
        problems = sorted(self.problems, key=lambda problem: problem.sort_key)
        return Snapshot(tuple(run.run() for run in self.runs), tuple(problems))

    def _line(self, line: Line) -> None:
        if isinstance(line, Header):
            self._begin(line)
        elif self.lost:
            return
        elif self.current is None:
            self.trouble("a line before any header: nobody can say which source it is from")
            self.lost = True
        else:
            self._add(self.current, line)

    def _begin(self, header: Header) -> None:
        self.current = None
        if header.source:
            self.current = _Open(header, self.number, not self.torn)
            self.runs.append(self.current)
        if header.fault:
            self.trouble(header.fault)
        self.lost, self.torn = header.foreign, False

    def _add(self, run: _Open, line: Coverage | Observation | End) -> None:
        run.last = self.number
        if run.end is not None:
            self.trouble("a line after the end line: a header is missing before it, or the end stands too early")
        if isinstance(line, Coverage):
            run.coverage.append(line)
        elif isinstance(line, Observation):
            run.observations.append(line)
        else:
            run.end = line

    def _unreadable(self, why: str, text: bytes) -> None:
        """A file that was cut off in a line and then appended to has the next header glued to the stump."""
        glued = text.find(b'{"format"', 1)
        if glued > 0 or not self.lost:
            self.trouble(f"cannot read this line: {why}")
        if glued > 0:
            with suppress(ValueError):
                self._line(parse_line(text[glued:]))

    def _tell(self, message: str, line: int, severity: Severity, hint: str) -> None:
        if severity is Severity.ERROR and len(self.problems) >= _SHOWN:
            self.untold += 1
        else:
            self.problems.append(
                Problem(CODE, message, severity, Location(self.name, line), hint=hint, subject=message)
            )


def _lines(data: Iterable[bytes] | bytes) -> Iterator[bytes]:
    stream = BytesIO(data) if isinstance(data, bytes) else data
    return _bounded(stream) if isinstance(stream, BufferedIOBase) else iter(stream)


def _bounded(stream: BufferedIOBase) -> Iterator[bytes]:
    """Lines, of overlong ones only as much as shows that they are."""
    while text := stream.readline(SIZE_LIMIT + 2):
        yield text
        while text and not text.endswith(b"\n"):
            text = stream.readline(SIZE_LIMIT)
