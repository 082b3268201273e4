"""Files that other tools wrote, found by a path, a folder or a pattern in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cmdb.model.problem import CmdbError, Problem


class Unusable(Exception):
    """Why a recording says nothing."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file to read. `label` is how people know it: its path below the workspace. `of_many` says that a folder or a
    pattern named it, so that its own name means something."""

    path: Path
    label: str
    of_many: bool = False

    def text(self, encoding: str = "utf-8-sig") -> str:
        """Its text. Raises `Unusable`."""
        try:
            text = self.path.read_bytes().decode(encoding)
        except OSError as error:
            raise Unusable(f"{self.label}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            name = "UTF-8" if encoding == "utf-8-sig" else encoding
            raise Unusable(f"{self.label}: is no text: byte {error.start + 1} is not {name}") from error
        if not text.strip():
            raise Unusable(f"{self.label}: is empty")
        return text


def recordings(root: Path, paths: Sequence[str], fits: Callable[[str], bool] = bool) -> tuple[Recording, ...]:
    """All files meant, sorted, each once: in folders those that are not hidden and whose name `fits`. Raises
    `CmdbError` where a path means none."""
    found: dict[Path, Recording] = {}
    for path in paths:
        matched = _matched(root, path, fits)
        if not matched:
            raise CmdbError(Problem("source", f"there is no file {path}", hint=f"paths are relative to {root}"))
        for each in matched:
            found.setdefault(each.path, each)
    return tuple(found[path] for path in sorted(found))


def _matched(root: Path, path: str, fits: Callable[[str], bool]) -> list[Recording]:
    whole = root.absolute() / path
    if whole.is_file():
        return [Recording(whole, path)]
    places = [whole] if whole.is_dir() else _matching(whole, path)
    files = {file for place in places for file in _below(place, fits)}
    return [Recording(file, _label(root, file), of_many=True) for file in files]


def _matching(whole: Path, pattern: str) -> list[Path]:
    """What a pattern matches; as in a shell, hidden names only where it has a dot there itself."""
    hidden = any(part.startswith(".") for part in Path(pattern).parts)
    try:
        found = sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))))
    except (ValueError, NotImplementedError) as error:
        raise CmdbError(Problem("source", f"'{pattern}' is no pattern: {error}")) from error
    return [path for path in found if hidden or not path.name.startswith(".")]


def _below(place: Path, fits: Callable[[str], bool]) -> list[Path]:
    if place.is_file():
        return [place]
    return [
        file
        for file in place.rglob("*")
        if file.is_file() and fits(file.name) and not any(part[0] == "." for part in file.relative_to(place).parts)
    ]


def _label(root: Path, file: Path) -> str:
    top = root.absolute()
    return file.relative_to(top).as_posix() if file.is_relative_to(top) else str(file)
