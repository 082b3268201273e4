"""`_defaults.yaml`: values for the CIs of a folder and below; the nearest file wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.formats.reading import Entry, nearest
from cmdb.model.ci import FIELDS
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.location import Place
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value

MERGED = ("attributes", "labels")
"""Fields whose keys are taken one by one; all others are taken whole."""

_NOT_DECLARED = "remove it; an attribute applies only to kinds that declare it, and only where no CI sets its own"

NAMES = ("_defaults.yaml", "_defaults.yml")


@dataclass(slots=True, eq=False)
class Defaults:
    """The defaults of one folder, and which of them some CI has taken; `digest` is of the file's bytes."""

    folder: str
    place: Place
    raw: Mapping[str, Value]
    digest: bytes = b""
    taken: set[KeyPath] = field(default_factory=set)

    def values(self) -> Iterator[tuple[KeyPath, Value]]:
        """Every default with its path; those of merged fields key by key."""
        for name, value in self.raw.items():
            if name in MERGED and isinstance(value, dict):
                yield from (((name, key), item) for key, item in value.items())
            else:
                yield (name,), value

    def unused(self) -> Iterator[Problem]:
        """A warning for each default that no CI took."""
        for path, value in self.values():
            if path not in self.taken and value is not None:
                yield Problem(
                    "unused-default",
                    f"no CI takes the default '{format_path(path)}'",
                    Severity.WARNING,
                    where=self.place.at(*path),
                    key_path=format_path(path),
                    hint=_NOT_DECLARED if path[0] == "attributes" else "remove it; every CI below sets its own",
                )


def read_defaults(path: str, entries: Sequence[Entry]) -> tuple[Defaults | None, list[Problem]]:
    """The defaults of a file, without the fields that no default may set."""
    if not entries:
        return None, []
    place, raw = entries[0].place, entries[0].raw
    problems = [
        Problem("invalid-field", "defaults are a single mapping", where=entry.place, hint="merge it into the first")
        for entry in entries[1:]
    ]
    kept: dict[str, Value] = {}
    for name, value in raw.items():
        if name in ("id", "aliases"):
            message = f"'{name}' is no default: it belongs to one CI"
            problems.append(Problem("invalid-field", message, where=place.at(name)))
        elif name not in FIELDS:
            hint = nearest(name, FIELDS)
            problems.append(Problem("unknown-field", f"a CI has no field '{name}'", where=place.at(name), hint=hint))
        elif name in MERGED and not isinstance(value, dict | None):
            problems.append(Problem("invalid-field", f"'{name}' is a mapping", where=place.at(name)))
        else:
            kept[name] = value
    return Defaults(path.rpartition("/")[0], place, kept), problems


class DefaultsChain:
    """Folder -> the defaults that apply there, nearest first."""

    def __init__(self, files: Sequence[Defaults]) -> None:
        self._by_folder = {defaults.folder: defaults for defaults in files}
        self._known: dict[str, tuple[Defaults, ...]] = {"": ()}

    def of(self, folder: str) -> tuple[Defaults, ...]:
        """The defaults for files that stand in a folder."""
        if (known := self._known.get(folder)) is None:
            above = self.of(folder.rpartition("/")[0])
            here = self._by_folder.get(folder)
            known = self._known[folder] = (here, *above) if here else above
        return known
