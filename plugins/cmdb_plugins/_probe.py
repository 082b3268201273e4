"""Looking in small steps: each probe costs only its own attributes when it fails, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cmdb.model.value import Value
from cmdb_plugins._machine import Machine, NotSeen


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at a machine. `look` gives a value for each of `names`, or a `NotSeen` in its place; None means seen
    not to be there. It may also give a key path further down (`mounts."/data".size`) that it could not see."""

    names: tuple[str, ...]
    look: Callable[[Machine], Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen, and for the rest the reason why not."""

    values: Mapping[str, Value] = field(default_factory=dict)
    unseen: Mapping[str, NotSeen] = field(default_factory=dict)


def look(machine: Machine, probes: Iterable[Probe]) -> Sight:
    """Everything the probes see."""
    values: dict[str, Value] = {}
    unseen: dict[str, NotSeen] = {}
    for probe in probes:
        for name, value in _found(machine, probe).items():
            if isinstance(value, NotSeen):
                unseen[name] = value
            else:
                values[name] = value
    return Sight(values, unseen)


def second_look(first: Sight, second: Sight) -> Sight:
    """The first sight, with what only the second one saw."""
    helped = {name: second.values[name] for name in first.unseen if name in second.values}
    unseen = {name: why for name, why in first.unseen.items() if name not in helped}
    return Sight({**first.values, **helped}, unseen)


def first_of(machine: Machine, *looks: Callable[[Machine], Value]) -> Value:
    """The first value that any of several ways sees. Raises `NotSeen` with all their reasons."""
    reasons: list[NotSeen] = []
    for each in looks:
        try:
            return each(machine)
        except NotSeen as why:
            reasons.append(why)
    failed = any(why.status == "failed" for why in reasons)
    raise NotSeen("; ".join(dict.fromkeys(why.reason for why in reasons)), "failed" if failed else "partial")


def attempt(get: Callable[[], Value]) -> Value:
    """The value, or the `NotSeen` to put in its place."""
    try:
        return get()
    except NotSeen as why:
        return why


def _found(machine: Machine, probe: Probe) -> Mapping[str, Value]:
    try:
        found = probe.look(machine)
    except NotSeen as why:
        return dict.fromkeys(probe.names, why)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        reason = f"cannot make sense of what the machine says: {type(error).__name__}: {error}"
        return dict.fromkeys(probe.names, NotSeen(reason, "failed"))
    silent = NotSeen("the machine does not tell")
    return {**dict.fromkeys(probe.names, silent), **found}
