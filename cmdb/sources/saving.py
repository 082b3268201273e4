"""Files written into a workspace: each whole or not at all, and none of them where one has changed meanwhile."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cmdb.model.problem import CmdbError


def save(root: Path, files: Mapping[str, bytes], before: Mapping[str, bytes | None]) -> None:
    """Writes the files, by path below the folder. `before` has the bytes they were made from, None for new ones. Raises
    `CmdbError`, which says what was written where only some could be."""
    base = Path(os.path.realpath(root))
    places = {path: _place(base, path, before.get(path)) for path in sorted(files)}
    drafts: dict[str, Path] = {}
    try:
        for path, place in places.items():
            drafts[path] = _draft(place, files[path])
        _put_in_place(places, drafts)
    except OSError as error:
        raise _cannot_write(error) from error
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _place(base: Path, path: str, before: bytes | None) -> Path:
    """The file itself, behind any link. Refuses one outside the folder, and one that has changed."""
    real = Path(os.path.realpath(base / path))
    if not real.is_relative_to(base):
        raise CmdbError(f"{path} leads out of the workspace", hint="nothing outside it is written")
    try:
        now = real.read_bytes()
    except FileNotFoundError:
        now = None
    except OSError as error:
        raise _cannot_write(error) from error
    if now != before:
        raise CmdbError(f"{path} changed while this ran", hint="nothing was written; run it again")
    return real


def _draft(place: Path, content: bytes) -> Path:
    """The content in a file beside its place, on the disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{place.name[:100]}.", dir=place.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(mode_of(place))
    return Path(name)


def _put_in_place(places: Mapping[str, Path], drafts: Mapping[str, Path]) -> None:
    done: list[str] = []
    for path, place in places.items():
        try:
            drafts[path].replace(place)
        except OSError as error:
            left = [name for name in places if name not in done]
            if not done:
                raise
            hint = f"written: {', '.join(done)}; not written: {', '.join(left)}. Each is whole; run it again"
            raise CmdbError(f"only some files were written: {error.strerror or error}", hint=hint) from error
        done.append(path)


def mode_of(place: Path) -> int:
    """The file's own mode, or what a new file would get."""
    if place.exists():
        return stat.S_IMODE(place.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _cannot_write(error: OSError) -> CmdbError:
    return CmdbError(f"cannot write '{error.filename}': {error.strerror or error}", hint="nothing was written")
