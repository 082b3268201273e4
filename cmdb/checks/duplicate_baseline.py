"""Two baselines have the same name, frozen ones included."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.location import Place
from cmdb.model.problem import Problem, Related

CODE = "duplicate-baseline"
LOOKS = Reach.FILES


def check(facts: Facts) -> Iterator[Problem]:
    """Every such problem among the workspace's baselines and waivers."""
    yield from facts.judged.get(CODE, ())
    first: dict[str, Place] = {baseline.name: baseline.place for baseline in facts.baselines.baselines}
    for release in facts.baselines.releases:
        if release.name in first:
            yield _duplicate(release.name, release.place, first[release.name])
        first.setdefault(release.name, release.place)


def _duplicate(name: str, place: Place, first: Place) -> Problem:
    return Problem(
        CODE,
        f"there is a baseline '{name}' already",
        where=place.at("frozen"),
        key_path="frozen",
        related=(Related("the other one is here", first),),
        hint="give one of them another name",
        subject=f"{name} {place.path}",
    )
