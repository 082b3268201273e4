"""`baselines/frozen/*.yaml`: releases, read by a line at a time where they are long."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date

from pydantic.dataclasses import dataclass

from cmdb.formats.expectation_reader import wrong
from cmdb.formats.reading import read_precise
from cmdb.formats.shapes import STRICT, DateText, Flag, Text, Texts, shaped
from cmdb.formats.writing import Block, Word, document
from cmdb.model.ci import ID
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.release import ALGORITHM, Release

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LIST = re.compile(rb"^cis:\n(?:  [A-Za-z0-9][A-Za-z0-9._/@-]*: [0-9a-f]{64}\n)+\Z", re.MULTILINE)
"""The CIs of a file as cmdb writes it, where no id needs quotes; it is the end of the file."""
_LINE = re.compile(r"  (\S+): ([0-9a-f]{64})\n")


@dataclass(config=STRICT, frozen=True)
class ReleaseShape:
    """A frozen baseline."""

    frozen: Text
    revision: Text
    date: DateText
    digest: Text
    cis: dict[Text, Text]
    approved_by: Text | None = None
    note: Text = ""
    select: Texts = ()
    exclude: Texts = ()
    uncommitted: Flag = field(default=False)


def read_release(path: str, data: bytes) -> tuple[Release | None, list[Problem]]:
    """The release of a file, or None with what is wrong."""
    short, listed = _split(data)
    reading = read_precise(path, short)
    problems = list(reading.problems)
    if not problems and len(reading.entries) != 1:
        problems.append(wrong("a file of a frozen baseline holds just one", Place(path)))
    if problems:
        return None, problems
    ((place, raw),) = reading.entries
    shape, found = shaped(ReleaseShape, raw if listed is None else {**raw, "cis": {}}, place)
    if shape is None:
        return None, found
    release = Release(
        shape.frozen,
        shape.revision,
        date.fromisoformat(shape.date or ""),
        dict(sorted((shape.cis if listed is None else listed).items())),
        shape.approved_by,
        shape.note,
        shape.select,
        shape.exclude,
        shape.uncommitted,
        place,
    )
    problems = _faults(release, shape.digest)
    return (None if problems else release), problems


def release_text(release: Release) -> str:
    """The text of a release's file."""
    said = {
        "approved_by": release.approved_by,
        "note": release.note or None,
        "select": release.selectors or None,
        "exclude": release.exclude or None,
        "uncommitted": release.uncommitted or None,
    }
    head = {"frozen": release.name, "revision": Word(release.revision), "date": Word(release.date.isoformat())}
    more = {name: value for name, value in said.items() if value is not None}
    digests = {name: Word(digest) for name, digest in sorted(release.cis.items())}
    return document({**head, **more, "digest": ALGORITHM, "cis": Block(digests)})


def is_name(name: str) -> bool:
    """Whether a release may have this name, which is also that of its file."""
    return bool(_NAME.fullmatch(name))


def _split(data: bytes) -> tuple[bytes, dict[str, str] | None]:
    """What stands above the list of CIs, and the list where every line of it is plain."""
    found = _LIST.search(data)
    if found is None:
        return data, None
    lines = _LINE.findall(found[0].decode("ascii"))
    listed = dict(lines)
    return (data, None) if len(listed) != len(lines) else (data[: found.start()], listed)


def _faults(release: Release, algorithm: str) -> list[Problem]:
    place, name = release.place, release.name
    found: list[Problem] = []
    if not is_name(name):
        found.append(wrong(f"'{name}' is no name of a frozen baseline", place.at("frozen"), "letters, digits, . _ -"))
    if not _COMMIT.fullmatch(release.revision):
        found.append(wrong("the revision is the full id of a commit", place.at("revision")))
    if algorithm != ALGORITHM:
        hint = "a newer cmdb may know it"
        found.append(wrong(f"digests by '{algorithm}' are not known, only '{ALGORITHM}'", place.at("digest"), hint))
    for ci, digest in release.cis.items():
        if not ID.fullmatch(ci) or not _DIGEST.fullmatch(digest):
            found.append(wrong(f"'{ci}' has no digest of 64 hexadecimal digits", place.at("cis", ci)))
    return found
