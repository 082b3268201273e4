"""Installed packages as one map from name to version, whatever packaged them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_NO_PACKAGES = frozenset({"gpg-pubkey"})
_ANY_ARCHITECTURE = frozenset({"", "all", "any", "noarch", "(none)"})


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package. `architecture` is empty where the package manager does not say."""

    name: str
    version: str
    architecture: str = ""


def by_name(packages: Iterable[Package]) -> dict[str, str]:
    """Name to version, sorted. A package of another architecture than most is called `NAME:ARCHITECTURE`; of several
    installed versions of one package (kernels under RPM) the newest stands for all."""
    real = [package for package in packages if package.name not in _NO_PACKAGES]
    common = Counter(package.architecture for package in real if package.architecture not in _ANY_ARCHITECTURE)
    own = max(common, key=lambda architecture: (common[architecture], architecture), default="")
    newest: dict[str, str] = {}
    for package in real:
        plain = package.architecture in _ANY_ARCHITECTURE | {own}
        name = package.name if plain else f"{package.name}:{package.architecture}"
        if name not in newest or _order(newest[name]) < _order(package.version):
            newest[name] = package.version
    return dict(sorted(newest.items()))


def full_version(epoch: str, version: str, release: str) -> str:
    """`epoch:version-release`, as RPM writes it; an epoch of 0 or none is left out."""
    return f"{epoch}:{version}-{release}" if epoch not in ("", "0", "(none)", "None") else f"{version}-{release}"


def _order(version: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Two spellings of one version have an order too, so that it never matters which comes first."""
    epoch, colon, rest = version.partition(":")
    text = f"{epoch}:{rest}" if colon else f"0:{version}"
    parts = re.findall(r"\d+|[a-zA-Z]+|~", text)
    ordered = [(1, int(part), "") if part.isdigit() else (-1 if part == "~" else 0, 0, part) for part in parts]
    return (*ordered, (0, -1, "")), version
