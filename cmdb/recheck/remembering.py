"""What to keep of a run for the next one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from cmdb.all_checks import CHECKS
from cmdb.facts import Facts, Reach
from cmdb.model.ci import CI
from cmdb.recheck.difference import Difference
from cmdb.recheck.former import Former, Problems
from cmdb.recheck.values import Values, gathered, numbers, unique_attributes


def remembered(facts: Facts, problems: Problems) -> Former:
    """What a whole run leaves."""
    held = unique_attributes(facts.inventory.schema)
    pairs = [(number, node) for node, ci in enumerate(facts.cis()) for number in numbers(ci, held)]
    lost = _lost(facts, facts.cis()) if facts.topology.dangling else ()
    values = gathered(pairs, facts.topology.ids)
    return Former(kept(problems), facts.topology, tuple(lost), example_ids(facts), values)


def again(difference: Difference, problems: Problems, examples: tuple[str | None, ...]) -> Former:
    """What a run after a change leaves, likewise without looking at other CIs."""
    former = difference.former
    around = difference.facts.narrowed(difference.targets | frozenset(former.lost), ())
    return Former(
        problems, difference.after, tuple(_lost(around, around.cis())), examples, _values(difference, former.values)
    )


def kept(problems: Problems) -> Problems:
    """Without those that are told anew each time."""
    return {check.CODE: problems[check.CODE] for check in CHECKS if check.LOOKS is not Reach.FILES}


def example_ids(facts: Facts) -> tuple[str | None, ...]:
    """For each baseline a CI that it applies to."""
    return tuple(example if isinstance(example, str) else None for example in facts.examples)


def _lost(facts: Facts, cis: Iterable[CI]) -> Iterator[str]:
    """The CIs with a target that is nowhere."""
    for ci in cis:
        if any(facts.inventory.resolve(target.id) is None for _, target in ci.targets()):
            yield ci.id


def _values(difference: Difference, former: Values) -> Values:
    """The values of before with those of the changed CIs instead of what they had, and with the numbers of now."""
    ids = difference.after.ids
    held = unique_attributes(difference.facts.inventory.schema)
    fresh = [(value, bisect_left(ids, ci.id)) for ci in difference.cis for value in numbers(ci, held)]
    now = _numbers_now(difference)
    pairs = zip(former.numbers, former.holders, strict=True)
    return gathered([*((value, now[holder]) for value, holder in pairs if holder in now), *fresh], ids)


def _numbers_now(difference: Difference) -> Mapping[int, int]:
    """The number that each CI of before has now, without those that changed or went."""
    before, after, changed = difference.before.ids, difference.after.ids, difference.ids
    if before is after:
        return {node: node for node, name in enumerate(before) if name not in changed}
    now = {name: node for node, name in enumerate(after)}
    return {node: now[name] for node, name in enumerate(before) if name not in changed}
