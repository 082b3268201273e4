"""Two CIs have the same id or alias, ignoring case.

Ids and aliases share one space: an alias that is the id of a living CI would send references to the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI
from cmdb.model.location import Place
from cmdb.model.problem import Problem, Related

CODE = "duplicate-id"
LOOKS = Reach.IDS


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each id or alias that was taken before; ids go first, then aliases."""
    inventory = facts.inventory
    renamed = [ci for ci in inventory.declared if ci.aliases]
    if not renamed and len(inventory.declared) == len(inventory):
        return
    taken: dict[str, tuple[str, CI, Place]] = {}
    for ci in inventory.declared:
        yield from _claim(taken, ci.id, ci, ci.place.at("id"), "id")
    for ci in renamed:
        for alias in ci.aliases:
            yield from _claim(taken, alias, ci, ci.place.at("aliases", alias), "alias")


def _claim(taken: dict[str, tuple[str, CI, Place]], name: str, ci: CI, place: Place, what: str) -> Iterator[Problem]:
    folded = name.casefold()
    if folded not in taken:
        taken[folded] = (name, ci, place)
        return
    other, owner, where = taken[folded]
    apart = "" if other == name else f" (as '{other}'; case does not tell ids apart)"
    yield Problem(
        CODE,
        f"the {what} '{name}' is taken{apart}" if owner is not ci else f"the {what} '{name}' is the CI's own id",
        where=place,
        ci=ci.id,
        key_path="id" if what == "id" else "aliases",
        related=(Related(f"'{owner.id}' has it here", where),),
        hint="ids and aliases are unique over the whole inventory",
        subject=name,
    )
