"""The share of time that a fault tree is down, by trying out many states of affairs at once: each bit of a whole number
is one of them, so that one operation decides thousands (bit-parallel Monte Carlo)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, log1p, sqrt
from random import Random

from cmdb.graph.availability.logic import Gate, Logic

SEED = 20_031
WIDTH = 1 << 16
"""States that are tried at once."""
Z = 2.5758293035489004
"""Of the normal distribution: 99 % lie within so many standard deviations."""
CONFIDENCE = 0.99
OFTEN = 0.25


@dataclass(frozen=True, slots=True)
class Simulated:
    """How many of `samples` states were down, and for each gate with CIs of its own how many were down with those (and
    how often those were)."""

    samples: int
    down: int
    with_own: Mapping[int, tuple[int, int]]

    def interval(self) -> tuple[float, float]:
        """The bounds of the share between which it lies with 99 % confidence (Wilson 1927)."""
        share, samples, square = self.down / self.samples, self.samples, Z * Z
        middle = (share + square / (2 * samples)) / (1 + square / samples)
        half = Z / (1 + square / samples) * sqrt(share * (1 - share) / samples + square / (4 * samples * samples))
        low = 0.0 if not self.down else max(middle - half, 0.0)
        return low, 1.0 if self.down == samples else min(middle + half, 1.0)

    def saved(self, gate: int) -> float:
        """How much less it would be down if the CIs of a gate never were; an estimate."""
        hits, times = self.with_own[gate]
        if times == self.samples:
            return self.down / self.samples
        return max(self.down / self.samples - (self.down - hits) / (self.samples - times), 0.0)


def simulated(logic: Logic, own: Mapping[int, float], samples: int) -> Simulated:
    """Tries out so many states, rounded up to whole words; the same ones each time."""
    random = Random(SEED)
    down, tried = 0, 0
    counts = {node: [0, 0] for node in own}
    while tried < samples:
        states = {node: bits(random, share, WIDTH) for node, share in own.items()}
        found = _down(logic, states)
        down += found.bit_count()
        tried += WIDTH
        for node, count in counts.items():
            count[0] += (found & states[node]).bit_count()
            count[1] += states[node].bit_count()
    return Simulated(tried, down, {node: (hits, times) for node, (hits, times) in counts.items()})


def bits(random: Random, share: float, width: int) -> int:
    """A number of so many bits, each of them set with that probability, independently."""
    if share > OFTEN:
        return _often(random, share, width)
    found = bytearray((width + 7) // 8)
    scale = log1p(-share) if share else 0.0
    place = -1
    while scale:
        place += 1 + int(log(1.0 - random.random()) / scale)
        if place >= width:
            break
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def _often(random: Random, share: float, width: int) -> int:
    """Bit by bit of the share from the last to the first: or where it is set, and where it is not."""
    found, digits = 0, int(share * (1 << 53))
    if digits >> 53:
        return (1 << width) - 1
    for place in range(53):
        drawn = random.getrandbits(width)
        found = found | drawn if digits >> place & 1 else found & drawn
    return found


def _down(logic: Logic, own: Mapping[int, int]) -> int:
    """The states in which the root is down. Circles go round until nothing changes, from nothing being down."""
    found: dict[int, int] = {}
    for part in logic.parts:
        found.update(dict.fromkeys(part, 0))
        changed = True
        while changed:
            changed = False
            for node in part:
                now = _gate(logic.gates[node], found) | own.get(node, 0)
                changed = changed or (len(part) > 1 and now != found[node])
                found[node] = now
    return found[logic.root]


def _gate(gate: Gate, known: Mapping[int, int]) -> int:
    failed = [-1, *[0] * gate.fatal]
    for each in gate.inputs:
        for count in range(gate.fatal, 0, -1):
            failed[count] |= failed[count - 1] & known[each]
    return failed[gate.fatal]
