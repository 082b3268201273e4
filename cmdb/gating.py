"""The gate of a pull request: what a change introduced, whatever was wrong before it. Old problems never stop anybody,
so a gate can be put up long before everything is in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from cmdb.compare.problems import Ratchet, ratchet
from cmdb.model.problem import CmdbError, Problem
from cmdb.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is held against: the workspace at the `commit` where the change left a `revision`."""

    revision: str
    commit: str
    workspace: Workspace


def base_of(workspace: Workspace, revision: str, head: str = "HEAD") -> Base:
    """The workspace at the commit where `head` left a revision, so that what happened to the revision since is nobody's
    fault here. For the working tree `head` is HEAD. Raises `CmdbError`, also where the history is cut off."""
    from cmdb.sources.repository import open_repository
    from cmdb.sources.revisions import fork_of

    if workspace.root is None:
        raise CmdbError("a workspace in memory has no revisions")
    commit = fork_of(open_repository(workspace.root), revision, head, "name a revision that this branch began at")
    return Base(revision, commit, workspace.at(commit))


def introduced(before: Workspace, after: Workspace, as_of: date) -> Ratchet:
    """What is wrong after a change, held against what was wrong before it, both judged as of one day; with lines.

    What was checked before is remembered, so that this costs as much as the change, not as much as the inventory.
    """
    now = cache(lambda path: _there(after, path))
    then = cache(lambda path: _there(before, path))
    old, new = before.problems(as_of), after.check(as_of)

    def held(old: Iterable[Problem]) -> Ratchet:
        return ratchet(
            old, new, id_now=after.inventory.resolve, gone=lambda path: not now(path), came=lambda path: not then(path)
        )

    return held(_as_told(before, old, held(old).fixed))


def _as_told(before: Workspace, problems: Iterable[Problem], doubtful: Iterable[Problem]) -> Iterator[Problem]:
    """The problems; those that go by a name in doubt with lines, so that two which are told as one count once."""
    names = {problem.fingerprint for problem in doubtful}
    told: list[Problem] = []
    for problem in problems:
        if problem.fingerprint in names:
            told.append(problem)
        else:
            yield problem
    yield from before.located(told)


def _there(workspace: Workspace, path: str) -> bool:
    try:
        return workspace.read(path) is not None
    except CmdbError:
        return True
