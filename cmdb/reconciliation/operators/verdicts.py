"""The verdict of a demand: met, not met, or why nobody can tell; and what several verdicts come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cmdb.model.keypath import KeyPath
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why nobody can tell: a value is a secret (`hidden`), no source looks at another value that counts (`untracked`),
    or one should have and did not (`unseen`)."""

    state: Literal["hidden", "untracked", "unseen"]
    reason: str = ""


HIDDEN = Doubt("hidden")
Verdict = bool | Doubt


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another value: of another CI, or at another path of the same one. None means the own."""

    ci: str | None = None
    path: KeyPath | None = None


Others = Callable[[Elsewhere], Value]
"""Looks up another value: `ABSENT` where it is seen to be absent, a `Doubt` where nobody knows it."""
Test = Callable[[Value, Others], Verdict]
"""Judges a normalised value, `ABSENT`, or a redacted one."""

_GRAVITY: Mapping[str, int] = {"hidden": 0, "untracked": 1, "unseen": 2}


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether all are met."""
    doubt: Doubt | None = None
    for verdict in verdicts:
        if verdict is False:
            return False
        if isinstance(verdict, Doubt):
            doubt = _graver(doubt, verdict)
    return True if doubt is None else doubt


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether at least one is met."""
    return negated(every(map(negated, verdicts)))


def only_one(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether exactly one is met."""
    found = list(verdicts)
    certain = sum(verdict is True for verdict in found)
    if certain > 1:
        return False
    doubts = [verdict for verdict in found if isinstance(verdict, Doubt)]
    return every(doubts) if doubts else certain == 1


def negated(verdict: Verdict) -> Verdict:
    """The opposite; of a doubt the same doubt."""
    return verdict if isinstance(verdict, Doubt) else not verdict


def nowhere(_elsewhere: Elsewhere) -> Value:
    """What is known of other values where nobody looks for any."""
    return Doubt("untracked")


def _graver(one: Doubt | None, other: Doubt) -> Doubt:
    return other if one is None or _GRAVITY[other.state] > _GRAVITY[one.state] else one
