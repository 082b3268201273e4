"""From what people write for a revision, or for two, to commits."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cmdb.model.moments import end_of
from cmdb.model.problem import CmdbError
from cmdb.sources import refusals
from cmdb.sources.repository import Repository

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?")
_LATEST = 253_402_300_799
"""The last second that a calendar of four-digit years has."""
_FEW = 5
_FORMS = "write a branch, a tag, a commit's id, HEAD~2, or a date such as 2026-01-31"


@dataclass(frozen=True, slots=True)
class Range:
    """Two sides to compare, from `before` to `after`; without `after` to the working tree. With `since_fork`, from the
    commit at which `after` left `before`."""

    before: str
    after: str | None = None
    since_fork: bool = False


def parse_range(text: str) -> Range:
    """The sides that `BASE`, `BASE..HEAD` or `BASE...HEAD` name; a side left out next to dots is HEAD. Raises
    `CmdbError` for what cannot be a revision."""
    before, dots, after = text.partition("...")
    if not dots:
        before, dots, after = text.partition("..")
    if not dots:
        _check(before)
        return Range(before)
    for side in filter(None, (before, after)):
        _check(side)
    return Range(before or "HEAD", after or "HEAD", since_fork=dots == "...")


def commit_of(repository: Repository, revision: str) -> str:
    """The full id of the commit that a revision names. A date names the last commit up to the end of that day (UTC), a
    moment (`2026-01-31T12:00:00Z`) the last up to then, on the current branch's first parents; a branch or a tag of
    that name goes before a date. Raises `CmdbError` with the nearest names."""
    _check(revision)
    if _MOMENT.fullmatch(revision):
        return _up_to(repository, revision, _moment(revision))
    found = _parsed(repository, revision)
    if found is None and _DATE.fullmatch(revision):
        return _up_to(repository, revision, end_of(_day(revision)))
    if found is None:
        raise _unknown(repository, revision)
    commit = _parsed(repository, found + "^{commit}")
    if commit is None:
        raise _no_commit(repository, revision, found)
    return commit


def fork_of(repository: Repository, before: str, after: str, hint: str = "") -> str:
    """The full id of the commit at which two revisions parted. Raises `CmdbError` where they have none in common;
    the hint is for that."""
    sides = [commit_of(repository, revision) for revision in (before, after)]
    answer = repository.ask("merge-base", *sides)
    if answer.status == 0:
        return answer.out.split()[0].decode()
    if answer.status != 1:
        raise refusals.failed(repository.folder, answer.err)
    otherwise = hint or f"compare them as they are: {before}..{after}"
    way_out = refusals.FULL_HISTORY if repository.shallow else otherwise
    raise refusals.refusal(f"{before} and {after} have no commit in common", way_out)


def _check(revision: str) -> None:
    """Refuse what git could take for an option, or for more than one commit."""
    if not revision:
        raise refusals.refusal("a revision is empty", _FORMS)
    if revision.startswith("-"):
        raise refusals.refusal(f"'{revision}' is no revision: none begins with '-'", _FORMS)
    if ".." in revision or revision.startswith("^"):
        raise refusals.refusal(f"'{revision}' names more than one revision", _FORMS)
    if not revision.isprintable():
        raise refusals.refusal(f"{revision!r} is no revision", _FORMS)


def _parsed(repository: Repository, revision: str) -> str | None:
    """The id of the object a revision names; None where there is none."""
    answer = repository.ask("rev-parse", "--verify", "--end-of-options", revision)
    found = answer.out.decode(errors="replace").strip()
    if answer.status == 0 and _COMMIT.fullmatch(found):
        return found
    if "ambiguous" in answer.err and "short object ID" in answer.err:
        raise refusals.refusal(f"'{revision}' begins the id of more than one object", "write more of it")
    return None


def _day(revision: str) -> date:
    try:
        return date.fromisoformat(revision)
    except ValueError:
        raise refusals.refusal(f"'{revision}' is no day of the calendar", _FORMS) from None


def _moment(revision: str) -> datetime:
    try:
        moment = datetime.fromisoformat(revision)
    except ValueError:
        raise refusals.refusal(f"'{revision}' is no moment of the calendar", _FORMS) from None
    if moment.tzinfo is None:
        raise refusals.refusal(f"'{revision}' needs an offset from UTC", f"write {revision}Z, say")
    return moment


def _up_to(repository: Repository, revision: str, moment: datetime) -> str:
    """The newest commit on HEAD's first parents that is not younger than a moment."""
    _head(repository)
    seconds = moment.timestamp()
    chain = ("rev-list", "--first-parent")
    if seconds >= 0 and (found := repository.run(*chain, "-1", f"--min-age={int(seconds)}", "HEAD", "--").strip()):
        return found
    name, made = repository.run(*chain, "--max-parents=0", "--format=%h %ct", "HEAD", "--").split()[-2:]
    since = f"{name} of {datetime.fromtimestamp(min(int(made), _LATEST), UTC):%Y-%m-%d}"
    if repository.shallow:
        message = f"there is no commit up to {revision}: the history of this clone ends at {since}"
        raise refusals.refusal(message, refusals.FULL_HISTORY)
    raise refusals.refusal(f"there is no commit up to {revision}", f"choose a later day; the first commit is {since}")


def _head(repository: Repository) -> None:
    if _parsed(repository, "HEAD") is None:
        raise _unknown(repository, "HEAD")


def _no_commit(repository: Repository, revision: str, found: str) -> CmdbError:
    """The revision is an id of nothing, or of something without a commit."""
    kind = repository.ask("cat-file", "-t", found)
    if kind.status == 0:
        what = kind.out.decode().strip()
        return refusals.refusal(f"'{revision}' is a {what}, not a commit", _FORMS)
    if not _COMMIT.fullmatch(revision):
        return refusals.failed(repository.folder, f"fatal: bad object {revision}")
    return _unknown(repository, revision)


def _unknown(repository: Repository, revision: str) -> CmdbError:
    names = repository.run("for-each-ref", "--format=%(refname:short)").split()
    if not names and _parsed(repository, "HEAD") is None:
        return refusals.no_commits(repository.folder)
    if revision.startswith("HEAD") and _parsed(repository, "HEAD") is None:
        branch = repository.ask("symbolic-ref", "--short", "HEAD").out.decode(errors="replace").strip()
        return refusals.refusal(f"the current branch {branch} has no commits yet", f"name another revision: {names[0]}")
    if repository.shallow:
        return refusals.refusal(
            f"this clone has no revision '{revision}', and its history is cut off", refusals.FULL_HISTORY
        )
    near = _near(revision, names)
    known = _FORMS if not 0 < len(names) <= _FEW else f"there is {', '.join(names)}"
    return refusals.refusal(f"there is no revision '{revision}'", f"did you mean {near}?" if near else known)


def _near(revision: str, names: list[str]) -> str:
    """The most alike of the names; the same branch of a remote before all others."""
    remote = [name for name in names if name.endswith("/" + revision)]
    return next(iter(remote or difflib.get_close_matches(revision, names, 1)), "")
