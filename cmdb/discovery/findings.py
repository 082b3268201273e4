"""What may come out of a plugin, whoever wrote it."""

from __future__ import annotations

from cmdb.discovery.protocol import Finding
from cmdb.formats.snapshot_shapes import line_of, parse_line
from cmdb.model.snapshot import Coverage, Observation


def checked(found: object) -> Finding:
    """The finding as it will be read from a snapshot. Raises `TypeError` or `ValueError` with words where it is none:
    a value that JSON does not have, an empty key, a timestamp without offset, more than 16 MiB."""
    if not isinstance(found, Observation | Coverage):
        raise TypeError(f"it yielded {type(found).__name__}, which is neither an Observation nor a Coverage")
    try:
        line = parse_line(line_of(found).encode())
    except ValueError as error:
        raise ValueError(f"{_named(found)}: {error}") from None
    if isinstance(line, Observation | Coverage):
        return line
    raise TypeError(f"it yielded {type(line).__name__}")


def _named(found: Finding) -> str:
    if isinstance(found, Coverage):
        return f"coverage of {str(found.scope)[:80]!r}"
    return f"{str(found.kind)[:80]} {str(found.key)[:80]!r}"
