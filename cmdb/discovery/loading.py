"""Finding discovery plugins: whatever installed packages register under the entry point group `cmdb.sources`.

Nothing is ever taken from the current folder, which may be a stranger's workspace.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path

from cmdb.discovery.protocol import DiscoverySource
from cmdb.model.config import SourceConfig
from cmdb.model.problem import CmdbError, Problem
from cmdb.model.secrets import mask
from cmdb.model.value import Value

GROUP = "cmdb.sources"
CODE = "plugin"
Factory = Callable[..., DiscoverySource]
"""Makes a source out of options: a class, as a rule."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A registered plugin. `value` is the `module:Class` to load, `package` the distribution that brings it."""

    name: str
    value: str
    package: str = ""
    version: str = ""


def available() -> Mapping[str, Plugin]:
    """Name -> plugin, sorted; no plugin code runs."""
    return {name: _plugin(found[0]) for name, found in sorted(_registered().items())}


def load(name: str) -> Factory:
    """The plugin's class, its module imported. Raises `CmdbError` where there is none, or it cannot be imported."""
    entry = _only(name)
    try:
        with redirect_stdout(sys.stderr):
            factory: Factory = entry.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _error(f"the plugin '{name}' cannot be loaded: {explained(name, error)}") from error
    if not callable(factory):
        raise _error(f"the plugin '{name}' cannot be loaded: {entry.value} is no class")
    return factory


def kinds(name: str, options: Mapping[str, Value] | None = None) -> tuple[str, ...]:
    """The kinds that a plugin can see. Raises `CmdbError`."""
    return kinds_of(name, load(name), options or {})


def kinds_of(name: str, factory: Factory, options: Mapping[str, Value]) -> tuple[str, ...]:
    """The kinds that a loaded plugin declares, for these options where it asks for them. Raises `CmdbError` where it
    declares none."""
    found = getattr(factory, "kinds", None)
    if options and (sees := getattr(factory, "sees", None)):
        try:
            found = sees(**options)
        except (TypeError, ValueError) as error:
            raise _error(f"the options of the plugin '{name}' are wrong: {error}") from error
    if isinstance(found, tuple | list) and found and all(isinstance(kind, str) and kind for kind in found):
        return tuple(found)
    raise _error(f"the plugin '{name}' does not say which kinds it sees: 'kinds' has to be a tuple of names")


def covers(source: SourceConfig) -> str:
    """The selector of what a source is there for: what `cmdb.yaml` says, else all of its plugin's kinds; empty where
    nobody can tell, because it has no plugin or one that does not load (running it tells why)."""
    if source.covers or not source.plugin:
        return source.covers
    try:
        return scope_of(kinds(source.plugin, source.options))
    except CmdbError:
        return ""


def scope_of(names: Iterable[str]) -> str:
    """The selector of the CIs of some kinds."""
    found = sorted(set(names))
    return f"kind={found[0]}" if len(found) == 1 else f"kind in ({', '.join(found)})"


def explained(name: str, error: BaseException) -> str:
    """What went wrong in a plugin, in one line, without secrets; a package that is missing with the way to get it."""
    if isinstance(error, CmdbError):
        text = f"{error.problem.message}; {error.problem.hint}" if error.problem.hint else error.problem.message
    elif isinstance(error, ModuleNotFoundError) and error.name:
        text = f"it needs the Python module '{error.name}', which is not installed; {_remedy(name, error.name)}"
    else:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    line = " ".join(mask(text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_LONGEST = 400
_EXTRA = re.compile(r"\bextra\s*==\s*['\"]([^'\"]+)")


def _registered() -> Mapping[str, list[EntryPoint]]:
    """By name, what different packages register; of a package that is there twice the first counts, as in imports."""
    found: dict[str, list[EntryPoint]] = {}
    seen: set[str] = set()
    for distribution in distributions(path=_path()):
        entries = distribution.entry_points.select(group=GROUP)
        if entries and (package := _normal(distribution.name)) not in seen:
            seen.add(package)
            for entry in entries:
                found.setdefault(entry.name, []).append(entry)
    return found


def _path() -> list[str]:
    """Where packages may be: `sys.path` without the current folder, which Python puts first for `-m` and `-c`."""
    rest = sys.path if sys.flags.safe_path else sys.path[1:]
    here = [] if sys.flags.safe_path or Path(sys.path[0]) == Path.cwd() else sys.path[:1]
    return [entry for entry in (*here, *rest) if Path(entry).is_absolute()]


def _only(name: str) -> EntryPoint:
    registered = _registered()
    match registered.get(name, []):
        case [entry]:
            return entry
        case [first, second, *_]:
            raise _error(
                f"two packages register the plugin '{name}': {_plugin(first).package} and {_plugin(second).package}",
                "uninstall one of them",
            )
    close = get_close_matches(name, registered, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    there = f"there are {', '.join(sorted(registered))}" if registered else "none is installed"
    raise _error(f"there is no discovery plugin '{name}'", f"{hint}{there}")


def _plugin(entry: EntryPoint) -> Plugin:
    package = entry.dist
    return Plugin(entry.name, entry.value, package.name if package else "", package.version if package else "")


def _remedy(name: str, module: str) -> str:
    entries = _registered().get(name, [])
    if not entries or (package := entries[0].dist) is None:
        return f"pip install {module}"
    if module.partition(".")[0] == entries[0].module.partition(".")[0]:
        return f"the package '{package.name}' is broken: pip install --force-reinstall {package.name}"
    extra = next(iter(entries[0].extras), "") or _extra(package, module)
    return f"pip install '{package.name}[{extra}]'" if extra else f"pip install {module.partition('.')[0]}"


def _extra(package: Distribution, module: str) -> str:
    """The extra of a package that brings a module, as far as names tell."""
    wanted = _normal(module.partition(".")[0])
    for requirement in package.requires or ():
        named = re.match(r"[A-Za-z0-9._-]+", requirement)
        extra = _EXTRA.search(requirement)
        if named and extra and _normal(named[0]) == wanted:
            return extra[1]
    return ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _error(message: str, hint: str = "") -> CmdbError:
    return CmdbError(Problem(CODE, message, hint=hint))
