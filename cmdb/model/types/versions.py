"""Versions: text as written, compared by the rules of a scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cmdb.model import limits
from cmdb.model.kind import Attribute
from cmdb.model.types import debian, pep440, rpm, semver
from cmdb.model.types.protocol import AttributeType, WrongValue, shown, written
from cmdb.model.value import Value

LONGEST = limits.VERSION_LENGTH
"""Characters; more is no version, and some schemes take their time to compare it."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How versions are written (`fits`) and what their order compares (`key`: hashable, equal where they are)."""

    fits: Callable[[str], bool]
    key: Callable[[str], Any]
    example: str


SCHEMES: Mapping[str, Scheme] = {
    "generic": Scheme(lambda text: bool(text.strip()), debian.generic_key, "15.8 or 2.0-rc1"),
    "deb": Scheme(debian.fits, debian.key, "[epoch:]version[-revision], such as 1:9.2p1-2+deb12u3"),
    "rpm": Scheme(rpm.fits, rpm.key, "[epoch:]version[-release], such as 3.0.7-27.el9"),
    "semver": Scheme(semver.fits, semver.key, "three numbers, such as 1.30.2 or 2.0.0-rc.1"),
    "pep440": Scheme(pep440.fits, pep440.key, "1.4.2 or 2.0rc1"),
}


_GENERIC = SCHEMES["generic"]


def _scheme(attribute: Attribute) -> Scheme:
    return SCHEMES.get(attribute.scheme) or _GENERIC


def _read(attribute: Attribute, raw: Value) -> Value:
    text = raw if type(raw) is str else written(raw, "is no version; write it as text, such as 15.8")
    scheme = _scheme(attribute) if attribute.scheme else _GENERIC
    if len(text) > LONGEST or not scheme.fits(text):
        kind = f"version of the scheme {attribute.scheme}" if attribute.scheme else "version"
        raise WrongValue(f"{shown(text)} is no {kind}; write {scheme.example}")
    return text


def _key(attribute: Attribute, value: Value) -> Any:
    scheme = _scheme(attribute)
    place = _place(scheme, value) if isinstance(value, str) else None
    if place is None:
        raise WrongValue(f"{shown(value)} is no version; write {scheme.example}")
    return place


@lru_cache(maxsize=4096)
def _place(scheme: Scheme, text: str) -> Any:
    return scheme.key(text) if len(text) <= LONGEST and scheme.fits(text) else None


VERSION = AttributeType(_read, key=_key, order=_key, takes_pattern=True)
