"""Which files of a working tree are what Git's index says, so that their digests are known without reading them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from cmdb.model.problem import CmdbError
from cmdb.sources.repository import Repository, open_repository

_CONVERTING = r"^(core\.(autocrlf|eol|attributesfile|safecrlf)|attr\.tree)$"
_PLAIN = re.compile(r"(?<![^\0])H 100(?:644|755) ([0-9a-f]+) 0\t([^\0]+)\0")
"""An entry of `ls-files -s -v -z` that is a plain file, unmarked and without a conflict."""


def unchanged(root: Path) -> Mapping[str, str]:
    """Path below the workspace -> the digest of the blob that a file is, for files that Git knows to be unmodified.

    Git compares by stat, and by content where a file is as young as the index. Left out is what could differ all the
    same: files marked assume-unchanged or skip-worktree, and everything where attributes or settings convert content
    on checkout. Empty where there is no repository.
    """
    try:
        repository = open_repository(root)
        if repository.bare:
            return {}
        known = dict(_entries(repository))
        if not known or _converts(repository, known):
            return {}
        for path in _changed(repository):
            known.pop(path, None)
    except CmdbError:
        return {}
    start = len(repository.prefix) + 1 if repository.prefix else 0
    return {path[start:]: digest for path, digest in known.items()}


def blob_digest(data: bytes, like: str = "") -> str:
    """The digest that Git gives to a file's bytes, by the algorithm of another digest."""
    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _entries(repository: Repository) -> Iterable[tuple[str, str]]:
    """Path below the repository -> digest, of the plain files that Git looks after."""
    out = repository.ask("ls-files", "-s", "-v", "-z", "--", *_below(repository)).out
    return ((path, digest) for digest, path in _PLAIN.findall(out.decode("utf-8", "surrogateescape")))


def _changed(repository: Repository) -> Iterable[str]:
    answer = repository.ask(
        "diff-files", "--name-only", "--no-renames", "--ignore-submodules", "-z", "--", *_below(repository)
    )
    if answer.status:
        raise CmdbError("git cannot say what changed")
    return [os.fsdecode(path) for path in answer.out.split(b"\0")]


def _below(repository: Repository) -> tuple[str, ...]:
    return (repository.prefix,) if repository.prefix else ()


def _converts(repository: Repository, known: Mapping[str, str]) -> bool:
    """Whether anything may make a file differ from its blob."""
    if repository.ask("config", "--get-regexp", _CONVERTING).out:
        return True
    info = Path(repository.opened.common_dir) / "info" / "attributes"
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git" / "attributes"
    if any(path.exists() for path in (info, home, Path("/etc/gitattributes"))):
        return True
    folders = {""} | {path.rpartition("/")[0] for path in known}
    for folder in list(folders):
        while folder := folder.rpartition("/")[0]:
            folders.add(folder)
    above = repository.prefix.split("/") if repository.prefix else []
    folders.update("/".join(above[:depth]) for depth in range(len(above)))
    return any(os.path.lexists(repository.folder / folder / ".gitattributes") for folder in folders)
