"""Regular expressions of users, which may be strangers: whatever they write, trying one on a text ends soon.

Python's own engine tries every way to match, so that `(a+)+b` on forty letters takes longer than anybody waits. So it
is asked only about patterns that repeat one character at most. All others go to the engine of Rust, which takes time
in proportion to the text. It knows no lookaround and no back references: a pattern with those may repeat two
characters, is tried on short texts only, and is refused otherwise.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cmdb.model.limits import PATTERN_LENGTH

_TOKEN = re.compile(
    r"\\.|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<group>\))?(?P<repeat>[*+?]|\{[0-9]*,?[0-9]*\})[?+]?"
    r"|\(\?|.",
    re.DOTALL,
)
_ARITHMETIC = re.compile(r"(?<!^)\[|&&|--|~~")
"""What means something else inside of brackets to the engine of Rust."""
_FEW = 2
_ENDLESS = "it could take time without end; leave out lookaround and back references, or repeat single characters only"


class NoPattern(ValueError):
    """A text that is no regular expression, or one that could take time without end; says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, held against whole texts."""

    fits: Callable[[str], bool]


def pattern(spelling: str) -> Pattern:
    """The pattern of a spelling. Raises `NoPattern`."""
    found = _made(spelling)
    if isinstance(found, NoPattern):
        raise found
    return found


@lru_cache(maxsize=256)
def _made(spelling: str) -> Pattern | NoPattern:
    if len(spelling) > PATTERN_LENGTH:
        return NoPattern(f"it is longer than {PATTERN_LENGTH:,} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            known = re.compile(spelling)
    except (re.error, OverflowError, RecursionError) as error:
        return NoPattern(str(error))
    ways = _ways(spelling)
    if ways < _FEW:
        return Pattern(lambda text: known.fullmatch(text) is not None)
    try:
        return Pattern(_linear(spelling))
    except ValueError:
        if ways > _FEW:
            return NoPattern(_ENDLESS)
    return Pattern(lambda text: len(text) <= PATTERN_LENGTH and known.fullmatch(text) is not None)


def _ways(spelling: str) -> float:
    """The power of a text's length that all ways to match it may come to."""
    repeats = [token for token in _TOKEN.finditer(spelling) if token["repeat"]]
    if any(token["group"] for token in repeats) or ("|" in spelling and spelling.count("(") > 1):
        return math.inf
    return len(repeats)


def _linear(spelling: str) -> Callable[[str], bool]:
    """The same for an engine that never goes back. Raises `ValueError` for what it does not know."""
    sets = [re.sub(r"\\.", "", token["set"]) for token in _TOKEN.finditer(spelling) if token["set"]]
    if any(map(_ARITHMETIC.search, sets)):
        raise ValueError(spelling)
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    schema = core_schema.str_schema(pattern=rf"\A(?:{spelling})\z", regex_engine="rust-regex", strict=True)
    try:
        return SchemaValidator(schema).isinstance_python
    except SchemaError as error:
        raise ValueError(str(error)) from None
