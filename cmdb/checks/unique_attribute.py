"""Two CIs share the value of an attribute that is unique, such as a serial number.

Values are compared as their type means them, over all CIs whose kinds inherit the attribute from the same declaration.
Retired CIs count too: a serial number does not come back. An empty text is no value.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI
from cmdb.model.problem import Problem, Related
from cmdb.model.types import key

CODE = "unique-attribute"
LOOKS = Reach.VALUES


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each CI whose value an earlier one has."""
    kinds = facts.inventory.schema.kinds
    unique = {name: [a for a in kind.attributes.values() if a.unique] for name, kind in kinds.items()}
    known = {name: attributes for name, attributes in unique.items() if attributes}
    seen: dict[Hashable, CI] = {}
    for ci in facts.cis(known):
        for attribute in known[ci.kind]:
            value = ci.attributes.get(attribute.name)
            if value is None or value == "":
                continue
            first = seen.setdefault((attribute.name, key(attribute, value)), ci)
            if first is not ci:
                path = ("attributes", attribute.name)
                yield Problem(
                    CODE,
                    f"'{first.id}' has the same {attribute.name}: {value}",
                    where=ci.place.at(*path),
                    ci=ci.id,
                    key_path=".".join(path),
                    related=(Related(f"'{first.id}' has it here", first.place.at(*path)),),
                    hint="one of them is wrong, or the CI is declared twice",
                )
