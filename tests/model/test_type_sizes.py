from __future__ import annotations

import pytest

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise, text
from cmdb.model.value import Value

BYTES = Attribute("memory", "bytes")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0, 0),
        ("34359738368", 34359738368),
        (34359738368, 34359738368),
        (1024.0, 1024),
        ("5 B", 5),
        ("32 GiB", 32 * 1024**3),
        ("32GiB", 32 * 1024**3),
        ("32Gi", 32 * 1024**3),
        ("512 Mi", 512 * 1024**2),
        ("512 MiB", 512 * 1024**2),
        ("1 KiB", 1024),
        ("1 Ki", 1024),
        ("4 TiB", 4 * 1024**4),
        ("4 PiB", 4 * 1024**5),
        ("1 kB", 1000),
        ("1 KB", 1000),
        ("500 MB", 500 * 10**6),
        ("500 GB", 500 * 10**9),
        ("2 TB", 2 * 10**12),
        ("2 PB", 2 * 10**15),
        ("1.5 GiB", 3 * 1024**3 // 2),
        ("0.5 KiB", 512),
        ("1234567890.123456789 GB", 1234567890123456789),
        ("+1 KiB", 1024),
    ],
)
def test_sizes(raw: Value, value: int) -> None:
    found = normalise(BYTES, raw)
    assert (type(found), found) == (int, value)


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("lots", "'lots' is no size; write a whole number of bytes, or 32 GiB"),
        ("32G", r"write 32 GiB \(times 1024\^3\) or 32 GB \(times 1000\^3\)"),
        ("32M", r"write 32 MiB \(times 1024\^2\) or 32 MB \(times 1000\^2\)"),
        ("32 K", r"write 32 KiB \(times 1024\) or 32 kB \(times 1000\)"),
        ("32k", r"write 32 KiB \(times 1024\) or 32 kB \(times 1000\)"),
        ("32 gb", "write 32 GiB .* or 32 GB"),
        ("32 Gb", "write 32 GiB .* or 32 GB"),
        ("32 gib", "write 32 GiB$"),
        ("32 Mbit", "write a number of bytes, or 32 GiB"),
        ("5 bytes", "write 5 B$"),
        ("5 apples", "write a number of bytes, or 32 GiB"),
        ("1.3 B", "not a whole number of bytes"),
        ("0.3 KiB", "not a whole number of bytes"),
        (1.5, "1.5 is no size"),
        (-1, "below zero"),
        ("-1 GiB", "is no size"),
        (True, "true is no size"),
        ("1,024", "is no size"),
        ("1_024", "is no size"),
        ("", "is no size"),
        pytest.param("9" * 5000 + " GiB", "is no size", id="nines"),
        (1e300, "is no size"),
        ([1], "a list is no size"),
    ],
)
def test_what_is_no_size_is_told_what_to_write(raw: Value, hint: str) -> None:
    with pytest.raises(WrongValue, match=hint):
        normalise(BYTES, raw)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (32 * 1024**3, "32 GiB"),
        (500 * 10**9, "500 GB"),
        (1536 * 1024**2, "1536 MiB"),
        (2000, "2 kB"),
    ],
)
def test_sizes_are_shown_in_their_largest_unit(value: int, written: str) -> None:
    assert text(BYTES, value) == written
