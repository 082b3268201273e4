"""Some CIs out of some files, with what makes their values what they are: for looking at many versions of one CI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.formats.ci_reader import CIReader
from cmdb.formats.defaults import Defaults, DefaultsChain, read_defaults
from cmdb.formats.layout import role
from cmdb.formats.reading import Reading, entries_of, read_precise
from cmdb.formats.schema_reader import SchemaReading, read_schema
from cmdb.formats.yaml import fast
from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.plain import NeedsText, Plain
from cmdb.model.value import Value

Texts = Mapping[str, bytes | None]
"""Files by path; None for one that cannot be read."""
Files = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The CIs that were asked for, in the order of files. `whole` False means that a file did not load which may
    declare more of them; `sound` False that kinds or defaults did not, so that values may be others."""

    cis: tuple[CI, ...]
    schema: Schema
    whole: bool = True
    sound: bool = True


class Chooser:
    """Reads CIs by their ids from versions of files. Kinds are read once for each version."""

    def __init__(self) -> None:
        self._schemas: dict[Files, SchemaReading] = {}
        self._chains: dict[Files, tuple[DefaultsChain, bool]] = {}

    def choose(self, files: Texts, names: frozenset[str]) -> Chosen:
        """The CIs of these ids in files of CIs, by the defaults and the kinds among the files."""
        schema = self._schema(tuple(sorted((path, data) for path, data in files.items() if role(path) == "schema")))
        chain, sound = self._chain(tuple((path, data) for path, data in files.items() if role(path) == "defaults"))
        found: list[CI] = []
        whole = True
        for path in sorted(path for path in files if role(path) == "ci"):
            data = files[path]
            cis, loaded = ((), False) if data is None else _read(path, data, names, schema.schema, chain)
            found += cis
            whole = whole and (loaded or not _may_say(data, names))
        return Chosen(tuple(found), schema.schema, whole, sound and not schema.unread)

    def _schema(self, files: Files) -> SchemaReading:
        if files not in self._schemas:
            self._schemas[files] = read_schema([(path, data) for path, data in files if data is not None])
        return self._schemas[files]

    def _chain(self, files: Files) -> tuple[DefaultsChain, bool]:
        if files not in self._chains:
            self._chains[files] = _defaults(files)
        return self._chains[files]


def named(path: str, data: bytes) -> Iterator[CI]:
    """Every CI of a file by no more than its id, its kind and its aliases."""
    for _, raw in read_precise(path, data).entries:
        if (name := _word(raw.get("id"))) is not None:
            given = raw.get("aliases")
            words = map(_word, given if isinstance(given, list) else [given])
            yield CI(name, _word(raw.get("kind")) or "", aliases=tuple(word for word in words if word))


def _defaults(files: Files) -> tuple[DefaultsChain, bool]:
    """The defaults of each folder, and whether all of them loaded."""
    found: list[Defaults] = []
    known = True
    for path, data in sorted(files):
        reading = Reading(unread=True) if data is None else read_precise(path, data)
        known = known and not reading.unread
        defaults, _ = read_defaults(path, reading.entries)
        found += [defaults] if defaults is not None else []
    return DefaultsChain(found), known


def _read(
    path: str, data: bytes, names: frozenset[str], schema: Schema, chain: DefaultsChain
) -> tuple[tuple[CI, ...], bool]:
    """The CIs, and whether there can be no more of them in the file."""
    try:
        return _chosen(entries_of(path, fast.parse(data)), path, names, schema, chain)
    except (fast.Odd, NeedsText):
        return _chosen(read_precise(path, data), path, names, schema, chain)


def _chosen(
    reading: Reading, path: str, names: frozenset[str], schema: Schema, chain: DefaultsChain
) -> tuple[tuple[CI, ...], bool]:
    reader = CIReader(schema)
    above = chain.of(path.rpartition("/")[0])
    wanted = [entry for entry in reading.entries if _concerns(entry.raw.get("id"), names)]
    read = [reader.read(entry, above) for entry in wanted]
    found = tuple(ci for ci in read if ci is not None and ci.id in names)
    return found, not reading.unread and None not in read


def _concerns(given: Value, names: frozenset[str]) -> bool:
    """Whether an entry's id is one of the names, as far as can be told before it is read."""
    return given in names if isinstance(given, str) else given is not None


def _may_say(data: bytes | None, names: frozenset[str]) -> bool:
    return data is None or any(name.encode() in data for name in names)


def _word(raw: Value) -> str | None:
    return raw.text if isinstance(raw, Plain) else raw if isinstance(raw, str) else None
