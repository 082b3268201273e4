"""Loading an inventory with what is remembered: only files that changed, or whose schema or defaults did, are read."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path

from cmdb.cache.codec import decode, encode
from cmdb.cache.store import Store
from cmdb.formats.defaults import Defaults
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.sources.protocol import TextSource, Unreadable
from cmdb.sources.unchanged import blob_digest

FOLDER = "CMDB_CACHE_DIR"


def default_store() -> Store | None:
    """The store in the user's cache folder, or where `CMDB_CACHE_DIR` says; None where there is no such place."""
    named = os.environ.get(FOLDER)
    if named:
        return Store(Path(named))
    try:
        from platformdirs import user_cache_path

        return Store(user_cache_path("cmdb", appauthor=False))
    except (OSError, RuntimeError):
        return None


def salt(schema_files: Iterable[tuple[str, bytes]]) -> bytes:
    """What every reading depends on besides its own file: the program's code and data, and the workspace's schema."""
    return _digest(_program(), *(part for path, data in schema_files for part in (path.encode(), data)))


@cache
def _program() -> bytes:
    """Changes whenever the installed program does: a newer version, or an edit of the code that reads."""
    top = Path(__file__).parent.parent
    stats = [
        f"{path.name} {found.st_size} {found.st_mtime_ns}"
        for folder in ("cache", "formats", "formats/yaml", "model", "model/types", "schema")
        for path in sorted((top / folder).iterdir())
        if path.suffix in (".py", ".yaml")
        for found in (path.stat(),)
    ]
    return _digest(*(line.encode() for line in stats))


def load_inventory(
    source: TextSource,
    files: Mapping[str, bytes | Unreadable | None],
    schema: Schema,
    unread: Sequence[str] = (),
    *,
    store: Store | None = None,
    salt: bytes = b"",
    digests: Mapping[str, str] | None = None,
) -> Inventory:
    """The inventory of files by path: bytes that are at hand, refusals, and None for what has to be read.

    `salt` stands for everything else that the result depends on: the schema and the program. `digests` are those of
    files whose content is known without reading them.
    """
    with collector_resting():
        reading = InventoryReading(schema, unread)
        paths = _prepared(reading, files)
        if store is None:
            for path, content in source.read_many(paths):
                _take(reading, path, content)
        else:
            _Remembering(reading, source, store, salt).take(paths, digests or {})
        return reading.inventory()


def _prepared(reading: InventoryReading, files: Mapping[str, bytes | Unreadable | None]) -> list[str]:
    """The files of CIs to be read, after refusals are noted and defaults are taken in."""
    paths: list[str] = []
    for path, data in sorted(files.items()):
        if isinstance(data, Unreadable):
            reading.refuse(data)
        elif data is None:
            paths.append(path)
        else:
            reading.take_defaults(path, data)
    return paths


def _take(reading: InventoryReading, path: str, content: bytes | Unreadable) -> FileReading | None:
    if isinstance(content, Unreadable):
        reading.refuse(content)
        return None
    found = reading.read(path, content)
    reading.take(path, found)
    return found


class _Remembering:
    """One load with a store."""

    def __init__(self, reading: InventoryReading, source: TextSource, store: Store, salt: bytes) -> None:
        self.reading = reading
        self.source = source
        self.store = store
        self.salt = salt
        self.chains: dict[tuple[Defaults, ...], bytes] = {}

    def take(self, paths: list[str], known: Mapping[str, str]) -> None:
        """Takes in all files: from the store where their content was read before, else by reading them."""
        like = next(iter(known.values()), "")
        contents = dict(self.source.read_many([path for path in paths if path not in known]))
        digests = {path: blob_digest(data, like) for path, data in contents.items() if isinstance(data, bytes)}
        digests.update((path, known[path]) for path in paths if path in known)
        keys = {path: self.key(path, digest) for path, digest in digests.items()}
        found = self._decoded(keys)
        contents.update(self.source.read_many([path for path in paths if path not in found and path not in contents]))
        fresh: dict[bytes, bytes] = {}
        for path in paths:
            if (before := found.get(path)) is not None:
                self.reading.take(path, before)
            else:
                self._read(path, contents.pop(path), like, fresh)
        self.store.put(fresh)

    def key(self, path: str, digest: str) -> bytes:
        """Names what reading the file gives: its content, the defaults above it, and all that the salt stands for."""
        chain = self.reading.chain(path)
        if chain not in self.chains:
            parts = (part for item in chain for part in (item.place.path.encode(), item.digest))
            self.chains[chain] = _digest(self.salt, *parts)
        return _digest(self.chains[chain], digest.encode())

    def _decoded(self, keys: Mapping[str, bytes]) -> dict[str, FileReading]:
        values = self.store.get(keys.values())
        found: dict[str, FileReading] = {}
        for path, key in keys.items():
            if (value := values.get(key)) is not None:
                reading = decode(value, path, self.reading.chain(path), self.reading.reader.schema)
                found |= {path: reading} if reading is not None else {}
        return found

    def _read(self, path: str, content: bytes | Unreadable, like: str, fresh: dict[bytes, bytes]) -> None:
        found = _take(self.reading, path, content)
        if found is not None and found.clean and isinstance(content, bytes):
            packed = encode(found, self.reading.chain(path))
            if packed is not None:
                fresh[self.key(path, blob_digest(content, like))] = packed


@contextmanager
def collector_resting() -> Iterator[None]:
    """No garbage collection while a great many values are made that all stay."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _digest(*parts: bytes) -> bytes:
    found = blake2b(digest_size=20)
    for part in parts:
        found.update(len(part).to_bytes(8, "little") + part)
    return found.digest()
