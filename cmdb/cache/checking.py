"""Checks with what an earlier run left beside the image of its inventory: only what a change concerns is looked at."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from cmdb.cache.folder import Folder
from cmdb.cache.image import Image, Writer
from cmdb.cache.loading import Loading
from cmdb.cache.marks import digest, program
from cmdb.cache.problems import packed, unpacked
from cmdb.facts import Facts
from cmdb.graph.topology import Topology
from cmdb.recheck import Former, Problems, Recheck, Values, check_all, remembered


def checked(loading: Loading, facts: Facts, settings: Iterable[bytes]) -> Problems:
    """The problems of all checks, by code. `settings` is whatever they depend on besides the files of the inventory and
    the day."""
    warm, folder = loading.warm, loading.folder
    if warm is None or folder is None:
        return check_all(facts)
    family = digest(program("."), facts.as_of.isoformat().encode(), *settings)
    former = None if warm.known is None else _former(folder, family, warm.known.name, warm.known.topology)
    if former is None:
        problems = check_all(facts)
        _keep(folder, family, loading.keep(), remembered(facts, problems))
        return problems
    again = Recheck(facts, former, warm.touched)
    if warm.due:
        _keep(folder, family, loading.keep(), again.former)
    return again.problems


def _former(folder: Folder, family: str, name: str, topology: Topology) -> Former | None:
    image = folder.get(family, name)
    try:
        return None if image is None else _read(image, topology)
    except (KeyError, ValueError, TypeError, IndexError):
        return None


def _read(image: Image, topology: Topology) -> Former:
    small = image.small
    return Former(
        {code: tuple(map(unpacked, found)) for code, found in small["problems"].items()},
        topology,
        tuple(small["lost"]),
        tuple(small["examples"]),
        Values(image.blocks["numbers"].cast("Q"), image.blocks["holders"].cast("I"), tuple(small["shared"])),
    )


def _keep(folder: Folder, family: str, name: str, former: Former) -> None:
    values = former.values
    blocks = {"numbers": array("Q", values.numbers).tobytes(), "holders": array("I", values.holders).tobytes()}
    small: Mapping[str, Any] = {
        "problems": {code: [*map(packed, found)] for code, found in former.problems.items() if found},
        "lost": former.lost,
        "examples": former.examples,
        "shared": values.shared,
    }
    folder.put(family, name, lambda file: Writer(file).finish(blocks, small))
