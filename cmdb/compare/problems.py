"""A ratchet for problems: which of them a change introduced, which were there before, and which it put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from cmdb.model.problem import Problem

Name = Callable[[Problem], Hashable | None]
"""What a problem is known by; None where it cannot be known that way."""


@dataclass(frozen=True, slots=True)
class Ratchet:
    """The problems after a change: `introduced`, `worse` (there before, and less severe then) and `unchanged`; and
    those that it `fixed`, as they were before. Each in the order in which they were given."""

    introduced: tuple[Problem, ...] = ()
    worse: tuple[Problem, ...] = ()
    unchanged: tuple[Problem, ...] = ()
    fixed: tuple[Problem, ...] = ()


def ratchet(
    before: Iterable[Problem],
    after: Iterable[Problem],
    *,
    id_now: Callable[[str], str | None] = lambda name: name,
    gone: Callable[[str], bool] = lambda _path: False,
    came: Callable[[str], bool] = lambda _path: False,
) -> Ratchet:
    """Holds the problems after a change against those before it. They are known by their fingerprints, which do not
    move with lines; of those that are alike, as many are old as there were before.

    A problem follows its CI to a new id, which `id_now` tells of a former one. One that is about a file and no CI
    follows the file, given which paths are `gone` and which `came`.
    """
    old, new = tuple(before), tuple(after)
    was: dict[int, int] = {}
    _match(old, new, was, _exactly, _exactly)
    _match(old, new, was, _fingerprint, _fingerprint)
    _match(old, new, was, lambda problem: _of_ci(problem, id_now), lambda problem: _of_ci(problem, lambda name: name))
    _match(old, new, was, lambda problem: _of_file(problem, gone), lambda problem: _of_file(problem, came))
    worse = {now for now, then in was.items() if new[now].severity > old[then].severity}
    kept = set(was.values())
    return Ratchet(
        tuple(problem for now, problem in enumerate(new) if now not in was),
        tuple(problem for now, problem in enumerate(new) if now in worse),
        tuple(problem for now, problem in enumerate(new) if now in was and now not in worse),
        tuple(problem for then, problem in enumerate(old) if then not in kept),
    )


def _match(old: Sequence[Problem], new: Sequence[Problem], was: dict[int, int], before: Name, after: Name) -> None:
    """Notes for problems of now which one of before they were, as far as nobody did: those of one name, in order."""
    taken = set(was.values())
    if len(taken) == len(old) or len(was) == len(new):
        return
    known: defaultdict[Hashable, list[int]] = defaultdict(list)
    for then in reversed(range(len(old))):
        if then not in taken and (name := before(old[then])) is not None:
            known[name].append(then)
    for now, problem in enumerate(new) if known else ():
        if now not in was and (found := known.get(after(problem))):
            was[now] = found.pop()


def _exactly(problem: Problem) -> Hashable:
    return problem.fingerprint, problem.severity, problem.message, _path(problem)


def _fingerprint(problem: Problem) -> Hashable:
    return problem.fingerprint


def _of_ci(problem: Problem, id_now: Callable[[str], str | None]) -> Hashable | None:
    name = None if problem.ci is None else id_now(problem.ci)
    return None if name is None else (problem.code, name, problem.key_path, problem.subject)


def _of_file(problem: Problem, moved: Callable[[str], bool]) -> Hashable | None:
    path = _path(problem)
    if problem.ci is not None or not path or not moved(path):
        return None
    return problem.code, problem.key_path, problem.subject or problem.message


def _path(problem: Problem) -> str:
    return "" if problem.where is None else problem.where.path
