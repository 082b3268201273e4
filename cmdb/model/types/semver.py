"""Versions as Semantic Versioning 2.0.0 (semver.org) orders them; the tests hold the examples of its clause 11 and of
the regular expression that its FAQ suggests."""

from __future__ import annotations

import re

from cmdb.model.types.debian import Digits, digits

Identifier = tuple[int, Digits, str]
Key = tuple[Digits, Digits, Digits, bool, tuple[Identifier, ...]]

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_FORM = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)


def fits(text: str) -> bool:
    """Whether the text is a semantic version."""
    return _FORM.fullmatch(text) is not None


def key(text: str) -> Key:
    """Orders by clause 11: numbers first, a pre-release before its release; build metadata does not count."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    major, minor, patch, before = found.groups()
    identifiers = tuple(map(_identifier, before.split("."))) if before else ()
    return digits(major), digits(minor), digits(patch), not before, identifiers


def _identifier(text: str) -> Identifier:
    """Numeric identifiers come before the others."""
    return (0, digits(text), "") if text.isdigit() else (1, (0, ""), text)
