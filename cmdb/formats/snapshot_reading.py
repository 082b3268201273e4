"""The state of reading one snapshot file: which run a line belongs to, and what can no longer be believed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from cmdb.formats.snapshot_shapes import End, Header, Line, parse_line
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Severity
from cmdb.model.snapshot import Coverage, Observation, Run, Snapshot

CODE = "snapshot"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 50
"""Problems told of one file; the rest is counted."""


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
class Reading:
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
