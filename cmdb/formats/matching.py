"""Many texts against one pattern, in one look at all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence


def lines(pattern: str) -> re.Pattern[str]:
    """What `all_match` wants, of a pattern that no line break fits."""
    return re.compile(rf"(?:(?:{pattern})\n)*")


def all_match(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    """Whether every text fits the pattern of `lines` as a whole."""
    joined = "\n".join((*texts, ""))
    return joined.count("\n") == len(texts) and pattern.fullmatch(joined) is not None
