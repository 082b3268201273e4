"""Snapshots: JSON lines that say what sources saw, read without trust and written so that the same runs give the same
bytes. What stands in a file is returned as it stands; uniting shards and choosing runs is for those who judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BufferedIOBase, BytesIO
from pathlib import Path

from cmdb.formats.snapshot_files import Torn, atomically, opened
from cmdb.formats.snapshot_reading import Reading
from cmdb.formats.snapshot_shapes import End, Header, line_of
from cmdb.formats.strict_json import SIZE_LIMIT
from cmdb.model.snapshot import Run, Snapshot


def read(name: str, data: Iterable[bytes] | bytes) -> Snapshot:
    """The runs in the bytes of a file, or in its lines, with a problem for each line that means nothing. `name` stands
    in the problems' locations. A run with such a line, or without a matching end line, has not `ended`."""
    reading = Reading(name)
    try:
        for text in _lines(data):
            reading.take(text)
    except Torn as torn:
        reading.number += 1
        reading.trouble(f"cannot read on from here: {torn}")
    return reading.snapshot()


def read_file(place: Path | str, name: str | None = None) -> Snapshot:
    """The runs in a file or at a URL; `.gz` and `.zst` are unpacked. Raises `CmdbError` where it cannot be opened."""
    with opened(place) as stream:
        return read(name or str(place), stream)


def lines(run: Run) -> Iterator[str]:
    """The text of a run, line by line without line ends, in an order that does not depend on the run's."""
    ordered = in_order(run)
    yield line_of(Header(run.source, run.run, run.started, run.covers))
    yield from map(line_of, ordered.coverage)
    yield from map(line_of, ordered.observations)
    if run.ended:
        yield line_of(End(len(run.observations), len(run.coverage), run.finished))


def write(what: Run | Snapshot, place: Path | str) -> None:
    """Writes runs into a file that only its owner may read, or to a URL, whole or not at all; `.gz` and `.zst` are
    packed. Raises `CmdbError` where that is impossible, `ValueError` where a value has no JSON."""
    runs = what.runs if isinstance(what, Snapshot) else (what,)
    with atomically(place) as stream:
        for run in runs:
            for line in lines(run):
                stream.write(line.encode() + b"\n")


def in_order(run: Run) -> Run:
    """The run with its lines in the order in which they are written."""
    coverage = sorted(run.coverage, key=lambda line: (line.scope, line.attributes, line.status, line.reason))
    times = Counter((seen.kind, seen.key) for seen in run.observations)
    observations = sorted(
        run.observations,
        key=lambda seen: (seen.kind, seen.key, line_of(seen) if times[seen.kind, seen.key] > 1 else ""),
    )
    return replace(run, coverage=tuple(coverage), observations=tuple(observations))


def _lines(data: Iterable[bytes] | bytes) -> Iterator[bytes]:
    stream = BytesIO(data) if isinstance(data, bytes) else data
    return _bounded(stream) if isinstance(stream, BufferedIOBase) else iter(stream)


def _bounded(stream: BufferedIOBase) -> Iterator[bytes]:
    """Lines, of overlong ones only as much as shows that they are."""
    while text := stream.readline(SIZE_LIMIT + 2):
        yield text
        while text and not text.endswith(b"\n"):
            text = stream.readline(SIZE_LIMIT)
