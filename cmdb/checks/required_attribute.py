"""An attribute that the kind requires is not declared."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.facts import Facts, Reach
from cmdb.model.keypath import format_path
from cmdb.model.problem import Problem

CODE = "required-attribute"
LOOKS = Reach.CI


def check(facts: Facts) -> Iterator[Problem]:
    """One problem for each missing attribute of each CI."""
    kinds = facts.inventory.schema.kinds
    needed = {name: [a.name for a in kind.attributes.values() if a.required] for name, kind in kinds.items()}
    required = {kind: names for kind, names in needed.items() if names}
    refused = {(p.ci, p.key_path) for p in facts.found.get("attribute-type", ())}
    for ci in facts.cis(required):
        for name in required[ci.kind]:
            path = format_path(("attributes", name))
            if name not in ci.attributes and (ci.id, path) not in refused:
                yield Problem(
                    CODE,
                    f"a {ci.kind} needs the attribute '{name}'",
                    where=ci.place,
                    ci=ci.id,
                    key_path=path,
                    hint=f"add 'attributes: {{{name}: …}}'",
                )
