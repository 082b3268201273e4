"""Which commit last set each value of a CI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cmdb.history.following import Passage
from cmdb.history.values import Standing, concerns, standing
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.past import Blame, BlamedValue, Commit


@dataclass(frozen=True, slots=True)
class _Row:
    """A value as it stands now, and the same value as it stood where the search has come to."""

    now: Standing
    then: Standing


def blame(ci: CI, passages: Iterable[Passage], patterns: tuple[KeyPath, ...] = ()) -> Blame:
    """The values of a CI as far as they concern some paths, each with the commit that a value stayed the same since.
    At a merge the search goes on with the first parent that has the value."""
    waiting: dict[tuple[str, str], list[_Row]] = {}
    found: list[BlamedValue] = []
    former: list[str] = []
    for number, passage in enumerate(passages):
        if passage.sight.ci.id != ci.id and passage.sight.ci.id not in former:
            former.append(passage.sight.ci.id)
        if number == 0:
            values = [value for value in standing(passage.sight) if concerns(patterns, value.path)]
            rows = [_Row(value, value) for value in values]
        else:
            rows = waiting.pop(_key(passage), [])
        found += _settled(passage, rows, waiting)
        if not waiting:
            break
    return Blame(ci, tuple(sorted(found, key=lambda one: format_path(one.path))), tuple(former))


def _settled(
    passage: Passage, rows: Iterable[_Row], waiting: dict[tuple[str, str], list[_Row]]
) -> Iterator[BlamedValue]:
    """The values that this commit set; the others wait for the commit that they came from."""
    commit: Commit | None = passage.ancestor.commit if passage.ancestor else None
    for row in rows:
        for parent, comparison in passage.comparisons:
            if (then := row.then.before(comparison)) is not None:
                waiting.setdefault((parent, comparison.before.ci.id), []).append(_Row(row.now, then))
                break
        else:
            now = row.now
            value = now.value if now.entry is None else now.entry
            yield BlamedValue(now.path, value, commit, passage.cut, attribute=now.attribute)


def _key(passage: Passage) -> tuple[str, str]:
    return passage.ancestor.id if passage.ancestor else "", passage.sight.ci.id
