"""Versions as Debian orders them, and the generic scheme that follows it.

The algorithm is that of deb-version(7) and Debian Policy 5.6.12; the tests hold the comparisons that dpkg publishes
(`scripts/t/Dpkg_Version.t`) and, where it is installed, ask `dpkg --compare-versions`.
"""

from __future__ import annotations

import re

Digits = tuple[int, str]
Key = tuple[Digits, tuple[object, ...], tuple[object, ...]]

_EPOCH = re.compile(r"[0-9]+")
_PARTS = re.compile(r"([^0-9]*)([0-9]*)")
_UPSTREAM = re.compile(r"[0-9][A-Za-z0-9.+~:-]*")
_UPSTREAM_WITHOUT_EPOCH = re.compile(r"[0-9][A-Za-z0-9.+~-]*")
_REVISION = re.compile(r"[A-Za-z0-9.+~]+")
_BEFORE_RELEASE = re.compile(r"-(alpha|beta|pre(?:view|release)?|rc)(?![a-z])", re.IGNORECASE | re.ASCII)
_TRAILING_ZEROS = re.compile(r"(?:\.0+)+(?=~|\Z)")


def fits(text: str) -> bool:
    """Whether dpkg takes the text for a version: `[epoch:]upstream[-revision]`."""
    epoch, upstream, revision = _split(text)
    upstream_pattern = _UPSTREAM_WITHOUT_EPOCH if epoch is None else _UPSTREAM
    return (
        digits(epoch or "") <= _LARGEST_EPOCH
        and upstream_pattern.fullmatch(upstream) is not None
        and (revision is None or _REVISION.fullmatch(revision) is not None)
    )


def key(text: str) -> Key:
    """Orders like dpkg: epoch, upstream version, revision; a missing epoch or revision counts as 0."""
    epoch, upstream, revision = _split(text)
    return digits(epoch or ""), _parts(upstream), _parts(revision or "")


def generic_key(text: str) -> Key:
    """Orders like dpkg, but `-rc`, `-alpha`, `-beta`, `-pre` come before the release, and a trailing `.0` is equal."""
    epoch, upstream, revision = _split(_BEFORE_RELEASE.sub(lambda found: "~" + found[1].lower(), text))
    return (
        digits(epoch or ""),
        _parts(_TRAILING_ZEROS.sub("", upstream)),
        _parts(_TRAILING_ZEROS.sub("", revision or "")),
    )


def digits(text: str) -> Digits:
    """Orders digits by their value, however many they are."""
    significant = text.lstrip("0")
    return len(significant), significant


_LARGEST_EPOCH = digits(str(2**31 - 1))


def _split(text: str) -> tuple[str | None, str, str | None]:
    """Epoch, upstream version and, after the last hyphen, the revision."""
    head, colon, rest = text.partition(":")
    epoch = head if colon and _EPOCH.fullmatch(head) else None
    upstream, hyphen, revision = (text if epoch is None else rest).rpartition("-")
    return (epoch, upstream, revision) if hyphen else (epoch, revision, None)


def _parts(text: str) -> tuple[object, ...]:
    """Text and digits by turns, closed by an empty pair, so that the end sorts after `~` and before everything else."""
    return tuple(((*map(_weight, letters), 0), digits(number)) for letters, number in _PARTS.findall(text or "0"))


def _weight(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) if character.isascii() and character.isalpha() else ord(character) + 256
