"""A relation leads to a CI that does not exist.

Not reported while a file that did not load may declare the target: that file is the problem then.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem

CODE = "dangling-relation"
LOOKS = Reach.NAMES


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each entry or member without a CI behind it."""
    inventory = facts.inventory
    folded: dict[str, str] = {}
    for ci in facts.cis() if facts.topology.dangling else ():
        for relation, target in ci.targets():
            if inventory.resolve(target.id) is None and not inventory.may_declare(target.id):
                folded = folded or {known.casefold(): known for known in inventory}
                yield Problem(
                    CODE,
                    f"there is no CI '{target.id}'",
                    where=ci.place.at("relations", relation, target.id),
                    ci=ci.id,
                    key_path=f"relations.{relation}",
                    hint=_hint(target.id, folded),
                    subject=target.id,
                )


def _hint(wrong: str, folded: dict[str, str]) -> str:
    if known := folded.get(wrong.casefold()):
        return f"ids are case-sensitive in references: write '{known}'"
    close = get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.75) if len(folded) <= 20_000 else []
    return f"did you mean '{folded[close[0]]}'?" if close else "declare it, or remove the entry"
