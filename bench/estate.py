"""A believable company of any size: which CIs there are, layer by layer, and what each of them says.

Everything follows from the size and the seed. A CI points at CIs of other layers that are near it by position, so that
a machine, a rack or a site carries about as much as it would in a real company, however large that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.yaml_text import Unquoted

Fields = dict[str, Any]

LEAST = 200
"""CIs; below that the layers would have nothing to point at."""


@dataclass(frozen=True, slots=True)
class Layer:
    """CIs of one kind. `share` is their part of all CIs, `least` how many there always are; `by_site` says that their
    files stand in a folder for each site. `common` are the folder's defaults."""

    kind: str
    prefix: str
    folder: str
    share: float
    fields: Callable[[Draw], Fields]
    least: int = 2
    by_site: bool = True
    common: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One CI: its place in the inventory, and what its file says."""

    layer: Layer
    site: int
    fields: Fields

    @property
    def folder(self) -> str:
        """Where its file stands."""
        base = f"inventory/{self.layer.folder}"
        return f"{base}/{name('site', self.site)}" if self.layer.by_site else base


def name(prefix: str, position: int) -> str:
    """The id of a CI by its position in its layer."""
    return f"{prefix}-{position:06d}"


class Draw:
    """One CI being made: its position, random choices, and the neighbours it may point at."""

    def __init__(self, counts: Mapping[str, int], random: Callable[[], float]) -> None:
        self._counts = counts
        self._random = random
        self.prefix = ""
        self.position = 0
        self._count = 1

    def move(self, prefix: str, position: int) -> None:
        """Goes on to another CI."""
        self.prefix, self.position, self._count = prefix, position, self._counts[prefix]

    @property
    def id(self) -> str:
        """The id of the CI."""
        return name(self.prefix, self.position)

    def number(self, low: int, high: int) -> int:
        """A random whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def one(self, *choices: Any) -> Any:
        """One of several, at random."""
        return choices[int(self._random() * len(choices))]

    def chance(self, share: float) -> bool:
        """True for this share of CIs."""
        return self._random() < share

    def near(self, prefix: str, spread: int = 4) -> str:
        """The id of a CI of another layer that stands about where this one stands in its own."""
        return self.several(prefix, 1, spread)[0]

    def several(self, prefix: str, count: int, spread: int = 4) -> list[str]:
        """The ids of that many different neighbours; fewer where the layer has fewer."""
        among = self._counts[prefix]
        middle = self.position * among // self._count
        start = middle + self.number(0, spread) - spread // 2
        start = max(0, min(start, among - count))
        return [name(prefix, position) for position in range(start, min(start + count, among))]

    def group(self, label: str, prefix: str, at_least: int, count: int) -> Fields:
        """A redundancy group of neighbours."""
        members = self.several(prefix, count)
        return {"name": label, "at_least": min(at_least, len(members)), "of": members}

    def address(self, second: int) -> str:
        """An IPv4 address that no other CI of the layer has."""
        return f"10.{second + self.position // 65536}.{self.position // 256 % 256}.{self.position % 256}"

    def mac(self, first: int = 0x52) -> str:
        """A MAC address that no other CI of the layer has."""
        digits = f"{first:02x}54{self.position:08x}"
        return ":".join(digits[place : place + 2] for place in range(0, 12, 2))

    def date(self, first: int, last: int) -> str:
        """A day between two years."""
        return f"{self.number(first, last)}-{self.number(1, 12):02d}-{self.number(1, 28):02d}"


def counts(layers: tuple[Layer, ...], cis: int) -> dict[str, int]:
    """How many CIs each layer has, by prefix; the first layer has what the others leave. Raises `ValueError` for
    fewer than `LEAST`."""
    if cis < LEAST:
        raise ValueError(f"an inventory has at least {LEAST} CIs")
    found = {layer.prefix: max(layer.least, round(cis * layer.share)) for layer in layers[1:]}
    return {layers[0].prefix: cis - sum(found.values()), **found}


def items(layers: tuple[Layer, ...], cis: int, seed: int, unquoted: float) -> Iterator[Item]:
    """Every CI, layer by layer. In a share of them, `unquoted`, the version in a label has no quotes: 1.10."""
    sizes = counts(layers, cis)
    draw = Draw(sizes, Random(f"{seed} values").random)
    plain = Random(f"{seed} quotes").random
    sites = sizes["site"]
    for layer in layers:
        size = sizes[layer.prefix]
        for position in range(size):
            draw.move(layer.prefix, position)
            version = Unquoted("1.10") if plain() < unquoted else "v1.10"
            yield Item(layer, position * sites // size, _entry(layer, draw, version))


def _entry(layer: Layer, draw: Draw, version: str) -> Fields:
    own = layer.fields(draw)
    kind: Fields = {} if "kind" in layer.common else {"kind": layer.kind}
    below: Fields = {key: own.pop(key) for key in ("attributes", "relations") if key in own}
    labels = {**own.get("labels", {}), "template": version}
    return {**kind, "id": draw.id, **own, "labels": labels, **below}
