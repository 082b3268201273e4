"""What can become of a machine, and what a right verdict then says: one small function for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cmdb.model.baseline import Waiver
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, parse_path
from cmdb.model.snapshot import Coverage, Observation

Fact = tuple[str, str, str]
"""Outcome (`deviating`, `excused`, `contested` …), who (an id, or `source: key`), and the key path."""

_UNTIL = date(2027, 12, 31)
_FILLER = "To Be Filled By O.E.M."
_PORT, _TELNET = "attributes.listening_ports.8080", "attributes.packages.telnet"


@dataclass(slots=True)
class Scene:
    """A night while it grows: what is declared, what two sources see, and what is to be found."""

    number: int
    cis: list[CI] = field(default_factory=list)
    hosts: list[Observation] = field(default_factory=list)
    agent: list[Observation] = field(default_factory=list)
    lines: list[Coverage] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    truth: set[Fact] = field(default_factory=set)
    outcomes: dict[str, str] = field(default_factory=dict)

    def declare(self, ci: CI, outcome: str = "in_sync") -> None:
        """A CI, and what it comes to unless something is found."""
        self.cis.append(ci)
        self.outcomes[ci.id] = outcome

    def found(self, outcome: str, ci: str, path: str, worst: str = "") -> None:
        """A finding that the verdict has to have; `worst` is what it makes of the CI, where that is another word."""
        self.truth.add((outcome, ci, path))
        self.outcomes[ci] = worst or outcome

    def see(self, ci: CI, key: str = "", **changes: Any) -> None:
        """The CI as it is declared, but for changes; None leaves a value out. Names are spelt as tools spell them, and
        some memory is the firmware's."""
        values = {**ci.attributes, "hostname": ci.id.upper(), "memory": ci.attributes["memory"] * 98 // 100, **changes}
        kept = {name: value for name, value in values.items() if value is not None}
        self.hosts.append(Observation(ci.kind, key or f"{ci.id.upper()}.example.org", kept))

    def waive(self, ci: CI, path: str, observed: Any) -> None:
        """Permission for a value."""
        keys: KeyPath = parse_path(path)
        self.waivers.append(Waiver(keys, observed, ci=ci.id, reason="agreed", approved_by="me", expires=_UNTIL))


Fate = Callable[[Scene, CI], None]


def calm(scene: Scene, ci: CI) -> None:
    """In order."""
    scene.declare(ci)
    scene.see(ci)


def drifted(scene: Scene, ci: CI) -> None:
    """Another operating system."""
    scene.declare(ci)
    scene.see(ci, os="rhel")
    scene.found("deviating", ci.id, "attributes.os")


def outdated(scene: Scene, ci: CI) -> None:
    """A kernel that neither the declaration nor the baseline wants: one deviation."""
    scene.declare(ci)
    scene.see(ci, kernel="5.10.0")
    scene.found("deviating", ci.id, "attributes.kernel")


def opened(scene: Scene, ci: CI) -> None:
    """One port more than declared."""
    scene.declare(ci)
    scene.see(ci, listening_ports=(22, 443, 8080))
    scene.found("deviating", ci.id, _PORT)


def stripped(scene: Scene, ci: CI) -> None:
    """A declared package is gone, and one that nobody wants is there."""
    scene.declare(ci)
    scene.see(ci, packages={"openssl": "3.0.11", "telnet": "1"})
    scene.found("deviating", ci.id, "attributes.packages.curl")
    scene.found("deviating", ci.id, _TELNET)


def missing(scene: Scene, ci: CI) -> None:
    """Gone, where the source looked."""
    scene.declare(ci)
    scene.found("missing", ci.id, "presence")


def cloned(scene: Scene, ci: CI) -> None:
    """Two machines with one serial number, UUID and network address."""
    scene.declare(ci)
    scene.see(ci)
    scene.see(ci, f"{ci.id}-clone", hostname=f"{ci.id}-clone")
    scene.found("ambiguous", ci.id, "presence")


def copied(scene: Scene, ci: CI) -> None:
    """Declared twice, the second time by copy and paste."""
    twin = replace(ci, id=f"{ci.id}-copy", attributes={**ci.attributes, "hostname": f"{ci.id}-copy"})
    scene.declare(ci)
    scene.declare(twin)
    scene.see(ci)
    scene.found("ambiguous", ci.id, "presence")
    scene.found("ambiguous", twin.id, "presence")


def swapped(scene: Scene, ci: CI) -> None:
    """Other hardware under the old name."""
    scene.declare(ci)
    scene.see(ci, serial_number=f"NEW-{ci.id}", uuid=None)
    scene.found("ambiguous", ci.id, "presence")


def anonymous(scene: Scene, ci: CI) -> None:
    """Firmware that knows no serial number: recognised by its name."""
    bare = {name: value for name, value in ci.attributes.items() if name not in ("serial_number", "uuid")}
    scene.declare(replace(ci, attributes=bare))
    scene.see(ci, serial_number=_FILLER, uuid="00000000-0000-0000-0000-000000000000")


def keyed(scene: Scene, ci: CI) -> None:
    """Recognised by the source's key, which stands in Git; nothing else is alike."""
    bare = {name: value for name, value in ci.attributes.items() if name not in ("hostname", "serial_number", "uuid")}
    scene.declare(replace(ci, keys={"hosts": f"vm-{ci.id}"}, attributes=bare))
    scene.see(ci, f"vm-{ci.id}", hostname="localhost")


def respelt(scene: Scene, ci: CI) -> None:
    """A source that spells the UUID in its own way: still recognised by it, and told."""
    scene.declare(replace(ci, attributes={**ci.attributes, "hostname": f"other-{ci.id}"}))
    scene.see(ci, f"vm-{ci.id}", hostname=f"other-{ci.id}", uuid=str(ci.attributes["uuid"]).upper(), serial_number=None)
    scene.found("deviating", ci.id, "attributes.uuid")
    scene.found("unobserved", ci.id, "attributes.serial_number", worst="deviating")


def mute(scene: Scene, ci: CI) -> None:
    """One value was not read here, and was elsewhere."""
    scene.declare(ci)
    scene.see(ci, kernel=None)
    scene.found("unobserved", ci.id, "attributes.kernel")


def unreached(scene: Scene, ci: CI) -> None:
    """No permission to list packages."""
    scene.declare(ci)
    scene.see(ci, packages=None)
    scene.lines.append(Coverage(f"id={ci.id}", ("packages",), "failed", "permission denied"))
    scene.found("unobserved", ci.id, "attributes.packages")
    scene.found("unobserved", ci.id, _TELNET)


def planned(scene: Scene, ci: CI) -> None:
    """Not there yet, as it should be."""
    scene.declare(replace(ci, lifecycle="planned"))


def early(scene: Scene, ci: CI) -> None:
    """There before its time."""
    scene.declare(replace(ci, lifecycle="ordered"))
    scene.see(ci)
    scene.found("deviating", ci.id, "lifecycle")


def retired(scene: Scene, ci: CI) -> None:
    """Gone, as it should be."""
    scene.declare(replace(ci, lifecycle="retired"))


def undead(scene: Scene, ci: CI) -> None:
    """Retired, and still running."""
    scene.declare(replace(ci, lifecycle="retired"))
    scene.see(ci, os="rhel")
    scene.found("deviating", ci.id, "lifecycle")


def waived(scene: Scene, ci: CI) -> None:
    """A deviation that is permitted."""
    scene.declare(ci)
    scene.see(ci, os="rhel")
    scene.waive(ci, "attributes.os", "rhel")
    scene.found("excused", ci.id, "attributes.os", worst="in_sync")


def outgrown(scene: Scene, ci: CI) -> None:
    """A permission for another value than the one that is there."""
    scene.declare(ci)
    scene.see(ci, os="suse")
    scene.waive(ci, "attributes.os", "rhel")
    scene.found("waiver-unused", ci.id, "attributes.os")
    scene.found("deviating", ci.id, "attributes.os")


def excused(scene: Scene, ci: CI) -> None:
    """Gone, with permission."""
    scene.declare(ci)
    scene.waive(ci, "presence", None)
    scene.found("excused", ci.id, "presence", worst="in_sync")


def stranger(scene: Scene, ci: CI) -> None:
    """Something of a managed kind that nobody declares."""
    scene.see(ci, os="plan9")
    scene.truth.add(("unmanaged", f"hosts: {ci.id.upper()}.example.org", "presence"))


def contested(scene: Scene, ci: CI) -> None:
    """Two sources that disagree: the first is right, and the other is told."""
    scene.declare(replace(ci, labels={**ci.labels, "agent": "yes"}))
    scene.see(ci)
    scene.agent.append(Observation(ci.kind, ci.id, {"serial_number": ci.attributes["serial_number"], "os": "rhel"}))
    scene.found("contested", ci.id, "attributes.os", worst="in_sync")


def flapping(scene: Scene, ci: CI) -> None:
    """Right on one night, wrong on the next."""
    (drifted if scene.number % 2 else calm)(scene, ci)


def blinking(scene: Scene, ci: CI) -> None:
    """There on two nights, gone on the third."""
    (missing if scene.number % 3 == 2 else calm)(scene, ci)


FATES: Mapping[Fate, int] = {
    calm: 700, drifted: 20, outdated: 20, opened: 20, stripped: 20, missing: 20, cloned: 15, copied: 10, swapped: 15,
    anonymous: 20, keyed: 20, respelt: 10, mute: 15, unreached: 15, planned: 15, early: 10, retired: 15, undead: 10,
    waived: 15, outgrown: 10, excused: 10, stranger: 15, contested: 15, flapping: 20, blinking: 15,
}  # fmt: skip
"""How often each happens, in a thousand or so."""
