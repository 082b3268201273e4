"""Snapshots elsewhere: wherever fsspec can read and write. A socket is opened here only, and only for a URL that the
user typed; no file of a workspace can name one."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cmdb.model.problem import CmdbError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[A-Za-z0-9+.-]+)*://")
HINT = "pip install 'cmdb[fsspec]'"


def is_url(place: object) -> bool:
    """Whether a text is a URL and no path."""
    return isinstance(place, str) and _URL.match(place) is not None


def name_of(url: str) -> Path:
    """The last part of a URL without its query: its ending says how the bytes are packed."""
    return Path(PurePosixPath(_bare(url).partition("://")[2]).name)


@contextmanager
def fetched(url: str) -> Iterator[IO[bytes]]:
    """The bytes that stand there. Raises `CmdbError` where they cannot be had; reading them may raise anything."""
    with _explained("read", url):
        files, path = _place(url)
        stream = files.open(path, "rb")
    with stream:
        yield stream


@contextmanager
def sent(url: str) -> Iterator[Path]:
    """A private file to write, that is sent there if all went well. Raises `CmdbError`."""
    with tempfile.TemporaryDirectory(prefix="cmdb-") as folder:
        if not (name := name_of(url).name):
            raise CmdbError(f"cannot write {_shown(url)}: it names no file")
        file = Path(folder) / name
        yield file
        with _explained("write", url):
            files, path = _place(url)
            files.put_file(str(file), path, **({"method": "put"} if url.startswith("http") else {}))


def local(url: str) -> Path | None:
    """The file that a `file:` URL means; None for any other."""
    return Path(_place(url)[1]) if url.startswith("file://") else None


def _place(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    try:
        url_to_fs: Callable[[str], tuple[Any, str]] = import_module("fsspec.core").url_to_fs
    except ImportError:
        raise CmdbError(f"cannot reach {_shown(url)}: the package fsspec is not installed", hint=HINT) from None
    return url_to_fs(url)


@contextmanager
def _explained(what: str, url: str) -> Iterator[None]:
    """Every file system has errors of its own."""
    try:
        yield
    except CmdbError:
        raise
    except Exception as error:
        from cmdb.model.secrets import mask

        text = " ".join(mask(str(error).replace(url, _shown(url))).split()) or type(error).__name__
        raise CmdbError(f"cannot {what} {_shown(url)}: {text}") from error


def _shown(url: str) -> str:
    """Without a password and without a query, which may hold a signature."""
    from cmdb.model.secrets import mask

    return mask(_bare(url))


def _bare(url: str) -> str:
    return re.split(r"[?#]", url)[0]
