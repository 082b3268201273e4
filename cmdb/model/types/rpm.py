"""Versions as RPM orders them: `[epoch:]version[-release]`.

The algorithm is that of rpmvercmp and rpmverCmp, with `~` and `^`, as rpm-version(7) describes it; the tests hold the
comparisons that rpm publishes (`tests/rpmvercmp.at`).
"""

from __future__ import annotations

import re

from cmdb.model.types.debian import Digits, digits

Token = tuple[int] | tuple[int, str] | tuple[int, Digits]
Key = tuple[Digits, tuple[Token, ...], tuple[Token, ...]]

_FORM = re.compile(r"(?:([0-9]*):)?([A-Za-z0-9._+~^%{}]+)(?:-([A-Za-z0-9._+~^%{}]+))?")
_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|[~^]")
_TILDE, _END, _CARET, _LETTERS, _DIGITS = range(5)


def fits(text: str) -> bool:
    """Whether the text is a version of RPM."""
    return _FORM.fullmatch(text) is not None


def key(text: str) -> Key:
    """Orders like rpmverCmp: a missing epoch is 0, a missing release comes before every release."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    epoch, version, release = found.groups()
    return digits(epoch or ""), _tokens(version), () if release is None else _tokens(release)


def _tokens(text: str) -> tuple[Token, ...]:
    return (*map(_token, _TOKEN.findall(text)), (_END,))


def _token(text: str) -> Token:
    if text.isdigit():
        return _DIGITS, digits(text)
    if text in "~^":
        return (_TILDE if text == "~" else _CARET,)
    return _LETTERS, text
