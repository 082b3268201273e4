"""What every discovery source has to keep to, as tests that any plugin runs against itself.

```python
class TestMySource(SourceConformance):
    def source(self, root: Path) -> DiscoverySource:
        (root / "hosts.txt").write_text("web-1")
        return MySource(hosts="hosts.txt")
```
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar
from unittest import SkipTest

from cmdb.discovery.findings import checked
from cmdb.discovery.protocol import Context, DiscoverySource, Finding
from cmdb.formats.snapshot_shapes import line_of
from cmdb.model.snapshot import Coverage, Observation

NAME = "conformance"
"""What the source is called in its context."""


class SourceConformance:
    """Subclass it under a name that begins with `Test`, and say how to make the source; pytest does the rest.

    `volatile` names attributes that may differ between two looks at the same thing; `wrong_options` are options of
    which each has to be refused.
    """

    volatile: ClassVar[Sequence[str]] = ()
    wrong_options: ClassVar[Sequence[Mapping[str, Any]]] = ({"no_such_option": 1},)

    def source(self, root: Path) -> DiscoverySource:
        """A source with something to see; `root` is an empty folder, its workspace, in which to prepare that."""
        raise NotImplementedError

    def seeing_nothing(self, root: Path) -> DiscoverySource | None:
        """A source that works, and of which there is nothing to see."""
        del root
        return None

    def breaking(self, root: Path) -> DiscoverySource | None:
        """A source that gets into trouble while it looks: a file that ends early, a server that goes away."""
        del root
        return None

    def test_it_says_which_kinds_it_sees(self, tmp_path: Path) -> None:
        kinds = getattr(self.source(tmp_path), "kinds", None)
        named = isinstance(kinds, tuple) and kinds and all(isinstance(kind, str) and kind for kind in kinds)
        _demand(named, f"kinds is a tuple of names of kinds, not {kinds!r}")

    def test_it_yields_observations_and_coverage_of_json_values(self, tmp_path: Path) -> None:
        for found in _look(self.source(tmp_path), tmp_path).findings:
            checked(found)

    def test_it_sees_something_and_says_how_far_it_looked(self, tmp_path: Path) -> None:
        looked = _look(self.source(tmp_path), tmp_path)
        _demand(not looked.error, f"it raised {looked.error!r}")
        _demand(looked.observations, "it saw nothing; source() has to prepare something to see")
        _demand(looked.coverage, "it yielded no Coverage, so nothing it does not see counts as absent")

    def test_its_keys_are_unique(self, tmp_path: Path) -> None:
        keys = [found.key for found in _look(self.source(tmp_path), tmp_path).observations]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        _demand(not twice, f"two observations of one run have the key {', '.join(map(repr, twice))}")

    def test_it_says_how_far_it_looked_when_there_is_nothing_to_see(self, tmp_path: Path) -> None:
        looked = _look(_there(self.seeing_nothing(tmp_path), "seeing_nothing"), tmp_path)
        _demand(not looked.error, f"it raised {looked.error!r}: nothing to see is an answer, not an error")
        _demand(not looked.observations, f"it saw {looked.observations!r}; seeing_nothing() has to prepare nothing")
        _demand(looked.coverage, "it yielded no Coverage: nothing seen looks the same as not looked")

    def test_it_does_not_claim_to_have_seen_all_when_it_breaks(self, tmp_path: Path) -> None:
        looked = _look(_there(self.breaking(tmp_path), "breaking"), tmp_path)
        complete = [line.scope for line in looked.coverage if line.status == "complete"]
        if looked.error:
            _demand(not complete, f"it claimed {complete} to be complete, and then raised {looked.error!r}")
        else:
            _demand(len(complete) < len(looked.coverage), "it neither raised nor yielded partial or failed coverage")

    def test_it_prints_nothing(self, tmp_path: Path) -> None:
        looked = _look(self.source(tmp_path), tmp_path)
        _demand(not looked.printed, f"it printed {looked.printed!r} on stdout; use the logging module, or stderr")

    def test_it_sees_the_same_when_it_looks_twice(self, tmp_path: Path) -> None:
        source = self.source(tmp_path)
        first, second = (self._lines(_look(source, tmp_path)) for _ in range(2))
        _demand(first == second, f"the first time it saw {first - second}, the second time {second - first}")

    def test_it_refuses_wrong_options_in_words(self, tmp_path: Path) -> None:
        make: Callable[..., DiscoverySource] = type(self.source(tmp_path))
        for options in self.wrong_options:
            _demand(_refusal(make, options), f"it took the options {dict(options)!r} without complaint")

    def _lines(self, looked: _Looked) -> set[str]:
        lines: set[str] = set(map(line_of, looked.coverage))
        for seen in looked.observations:
            lasting = {name: value for name, value in seen.attributes.items() if name not in self.volatile}
            lines.add(line_of(replace(seen, attributes=lasting, at=None)))
        return lines


def check_source(source: Callable[[Path], DiscoverySource], root: Path) -> None:
    """Holds a source against every rule that needs no more than itself; each rule has a new folder below `root`.
    Raises `AssertionError`, or what `checked` raises, in words."""

    class Check(SourceConformance):
        def source(self, root: Path) -> DiscoverySource:
            return source(root)

    for number, name in enumerate(name for name in dir(Check) if name.startswith("test_")):
        folder = root / str(number)
        folder.mkdir()
        try:
            getattr(Check(), name)(folder)
        except SkipTest:
            continue


@dataclass(frozen=True, slots=True)
class _Looked:
    """Everything that came of one look."""

    findings: tuple[Finding, ...]
    error: Exception | None
    printed: str

    @property
    def coverage(self) -> list[Coverage]:
        return [found for found in self.findings if isinstance(found, Coverage)]

    @property
    def observations(self) -> list[Observation]:
        return [found for found in self.findings if isinstance(found, Observation)]


def _look(source: DiscoverySource, root: Path) -> _Looked:
    findings: list[Finding] = []
    error: Exception | None = None
    with _printed() as printed:
        try:
            findings.extend(source.discover(Context(root, NAME)))
        except Exception as raised:
            error = raised
    return _Looked(tuple(findings), error, "".join(printed))


@contextmanager
def _printed() -> Iterator[list[str]]:
    """What is written to stdout meanwhile: by `print`, to the file descriptor, or by a child process."""
    found: list[str] = []
    with tempfile.TemporaryFile() as file, redirect_stdout(StringIO()) as text:
        kept = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            yield found
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            file.seek(0)
            found += [text.getvalue(), file.read().decode(errors="replace")]


def _refusal(make: Callable[..., DiscoverySource], options: Mapping[str, Any]) -> str:
    try:
        make(**options)
    except (TypeError, ValueError) as error:
        _demand(str(error), f"it refused the options {dict(options)!r} without a word")
        return str(error)
    return ""


def _there(source: DiscoverySource | None, hook: str) -> DiscoverySource:
    if source is None:
        raise SkipTest(f"the test class has no {hook}()")
    return source


def _demand(condition: object, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)
