"""Values that manufacturers and tools leave where an identifier belongs: they prove nothing about identity."""

from __future__ import annotations

import re

from cmdb.model.value import Value

_WORDS = frozenset({
    "", "-", "--", ".", "?", "0", "n/a", "n.a.", "na", "nil", "null", "none", "(none)", "undefined", "unknown", "empty",
    "blank", "default", "default string", "not specified", "not applicable", "not available", "not present", "not set",
    "unspecified", "unavailable", "invalid", "to be filled by o.e.m.", "to be filled by o.e.m", "to be filled by oem",
    "o.e.m.", "oem", "system serial number", "system product name", "system manufacturer", "system version",
    "system uuid", "chassis serial number", "base board serial number", "baseboard serial number", "serial number",
    "asset tag", "no asset tag", "asset-1234567890", "type1family", "sernum0", "no enclosure", "0123456789",
    "03000200-0400-0500-0006-000700080009", "fefefefe-fefe-fefe-fefe-fefefefefefe",
})  # fmt: skip
_SEPARATORS = re.compile(r"[\s:.\-_{}]+")
_ONE_DIGIT = re.compile(r"0+|f{6,}|x{4,}|\?+|\*+")
_SUSPICIOUS = frozenset("0fFxX?* \t\r\n:.-_{")
"""How a filler may begin that is not one of the words; almost no identifier does."""
_HARMLESS_ENDS = frozenset("12345678")
"""How many identifiers end, and no filler."""


def placeholder(value: Value) -> bool:
    """Whether a value is no evidence: nothing, a known filler, all zeros or all F (UUID, MAC), or hidden."""
    if isinstance(value, str):
        if value[-1:] in _HARMLESS_ENDS:
            return False
        if value.casefold() in _WORDS:
            return True
        return (value[0] in _SUSPICIOUS or value[-1].isspace()) and _filler(value.strip().casefold())
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, tuple | list):
        return all(placeholder(item) for item in value)
    return isinstance(value, dict)


def _filler(word: str) -> bool:
    return word in _WORDS or bool(_ONE_DIGIT.fullmatch(_SEPARATORS.sub("", word)))
