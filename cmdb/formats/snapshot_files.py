"""Files that snapshots stand in: packed or not by their name, replaced as a whole, readable only by their owner."""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any

from cmdb.formats.snapshot_urls import fetched, is_url, local, name_of, sent
from cmdb.model.problem import CmdbError


class Torn(Exception):
    """A file that ends or goes wrong where its packing says it must not; the lines before are good."""


@contextmanager
def opened(place: Path | str) -> Iterator[BufferedIOBase]:
    """The bytes of a file or of what stands at a URL, unpacked. Raises `CmdbError` where it cannot be opened; reading
    may raise `Torn`."""
    if isinstance(place, str) and is_url(place):
        with fetched(place) as stream:
            unpacked, *_ = _unpacked(name_of(place), stream)
            yield BufferedReader(_Careful(unpacked, Exception))
        return
    path = Path(place)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise _cannot("read", path, error) from None
    with stream:
        yield BufferedReader(_Careful(*_unpacked(path, stream)))


@contextmanager
def atomically(place: Path | str) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """A file to write, packed as its name says, that takes the place of another (mode 0600), or is sent to a URL, if
    all went well. Raises `CmdbError`."""
    if isinstance(place, str) and is_url(place):
        with sent(place) if (file := local(place)) is None else nullcontext(file) as path, _replaced(path) as packed:
            yield packed
    else:
        with _replaced(Path(place)) as packed:
            yield packed


@contextmanager
def _replaced(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if path.exists() and not path.is_file():
        raise CmdbError(f"cannot write {path}: it is no regular file")
    try:
        handle, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _cannot("write", path, error) from None
    try:
        with os.fdopen(handle, "wb") as stream, _packed(path, stream) as packed:
            yield packed
        Path(made).replace(path)
    except OSError as error:
        raise _cannot("write", path, error) from None
    finally:
        Path(made).unlink(missing_ok=True)


class _Careful(RawIOBase):
    """Turns what an unpacker raises into `Torn`."""

    def __init__(self, stream: IO[bytes], *errors: type[Exception]) -> None:
        super().__init__()
        self._stream, self._errors = stream, errors

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            found = self._stream.read(len(buffer))
        except self._errors as error:
            raise Torn(str(error) or type(error).__name__) from None
        buffer[: len(found)] = found
        return len(found)


def _unpacked(path: Path, stream: IO[bytes]) -> tuple[Any, *tuple[type[Exception], ...]]:
    if path.suffix == ".gz":
        return gzip.GzipFile(fileobj=stream, mode="rb"), OSError, EOFError, zlib.error
    if path.suffix == ".zst":
        zstd = _zstd(path)
        return _unpacked_zstd(zstd, stream), OSError, EOFError, zstd.ZstdError
    return stream, OSError


@contextmanager
def _packed(path: Path, stream: IO[bytes]) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """No name and no time go into the packing, so that the same lines give the same bytes."""
    if path.suffix == ".gz":
        with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as packed:
            yield packed
    elif path.suffix == ".zst":
        with _zstd(path).open(stream, "wb") as packed:
            yield packed
    else:
        yield stream


def _unpacked_zstd(zstd: Any, stream: IO[bytes]) -> Any:
    """The package's own `open` stops without a word after the first of several frames (python-zstandard#196)."""
    if hasattr(zstd.ZstdDecompressor, "stream_reader"):
        return zstd.ZstdDecompressor().stream_reader(stream, read_across_frames=True, closefd=False)
    return zstd.open(stream, "rb")


def _zstd(path: Path) -> Any:
    for name in ("compression.zstd", "zstandard"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise CmdbError(
        f"cannot unpack or pack {path}: this Python knows no Zstandard",
        hint="pip install zstandard, use Python 3.14, or name the file .gz",
    )


def _cannot(what: str, path: Path, error: OSError) -> CmdbError:
    return CmdbError(f"cannot {what} {path}: {error.strerror or error}")
