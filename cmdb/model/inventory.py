"""All CIs that loaded, with the schema they are read by and the problems met on the way."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field
from functools import cached_property

from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Index:
    """What is known of an inventory before its CIs are decoded: `cis` by id, sorted, and `aliases` as former id ->
    living id."""

    cis: Mapping[str, CI]
    aliases: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Inventory(Mapping[str, CI]):
    """A mapping from id to CI, sorted by id.

    `declared` holds every CI in the order of files, duplicates included; of two CIs with one id (ignoring case) the
    mapping has the first. `unread` names the inventory files that did not load, so that "not there" and "not read"
    stay different answers; `unread_ids` are the words in them that may be ids, None where nobody could look. `index` is
    there where CIs are decoded on first use.
    """

    declared: Sequence[CI]
    schema: Schema
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    unread: tuple[str, ...] = field(default=(), compare=False)
    unread_ids: frozenset[str] | None = field(default=frozenset(), compare=False)
    index: Index | None = field(default=None, compare=False, repr=False)

    @cached_property
    def cis(self) -> Mapping[str, CI]:
        """Id -> CI, sorted."""
        if self.index is not None:
            return self.index.cis
        first: dict[str, CI] = {}
        for ci in self.declared:
            first.setdefault(ci.id.casefold(), ci)
        return {ci.id: ci for ci in sorted(first.values(), key=lambda ci: ci.id)}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Former id -> living id, where that is unambiguous."""
        if self.index is not None:
            return self.index.aliases
        found: dict[str, str] = {}
        for ci in self.cis.values():
            for alias in ci.aliases:
                if alias not in self.cis:
                    found.setdefault(alias, ci.id)
        return found

    def resolve(self, reference: str) -> str | None:
        """The living id behind an id or an alias, or None."""
        return reference if reference in self.cis else self.aliases.get(reference)

    @property
    def complete(self) -> bool:
        """Whether every inventory file loaded."""
        return not self.unread

    def may_declare(self, reference: str) -> bool:
        """Whether a file that did not load may declare this id."""
        return self.unread_ids is None or reference in self.unread_ids

    def __getitem__(self, reference: str) -> CI:
        return self.cis[self.resolve(reference) or reference]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cis)

    def __len__(self) -> int:
        return len(self.cis)

    def values(self) -> ValuesView[CI]:
        """All CIs by id."""
        return self.cis.values()

    def items(self) -> ItemsView[str, CI]:
        """All ids with their CIs."""
        return self.cis.items()
