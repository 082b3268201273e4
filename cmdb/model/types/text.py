"""Words: string, enum, url and boolean."""

from __future__ import annotations

import re
from collections.abc import Hashable

from cmdb.model.kind import Attribute
from cmdb.model.types.protocol import AttributeType, WrongValue, shown, written
from cmdb.model.value import Value, identity

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_MEANT = {
    "yes": "true",
    "y": "true",
    "on": "true",
    "1": "true",
    "no": "false",
    "n": "false",
    "off": "false",
    "0": "false",
}
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*(?::[A-Za-z][A-Za-z0-9+.-]*)*)://"
    r"(?P<user>[^\s/?#@]*@)?(?P<host>[^\s/?#]*)(?P<rest>\S*)"
)
_WITHOUT_HOST = re.compile(r"(?:mailto|sips?|tel|urn):\S+", re.IGNORECASE | re.ASCII)
_NEEDS_HOST = frozenset({"http", "https", "ssh", "ftp", "ftps", "ws", "wss"})


def _read_string(_attribute: Attribute, raw: Value) -> Value:
    return raw if type(raw) is str else written(raw, "is no text; put it in quotes")


def _read_enum(attribute: Attribute, raw: Value) -> Value:
    if raw in attribute.choices and type(raw) is str:
        return raw
    word = (
        raw
        if isinstance(raw, str)
        else written(raw, f"is none of {', '.join(attribute.choices)}; quote it to mean text")
    )
    if word in attribute.choices:
        return str(word)
    raise WrongValue(f"{shown(word)} is none of the choices; write {_nearest(word, attribute.choices)}")


def _nearest(word: str, choices: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(word[:100].casefold(), {choice.casefold(): choice for choice in choices}, n=1)
    meant = [choice for choice in choices if near and choice.casefold() == near[0]]
    everything = ", ".join(choices)
    return f"{meant[0]} (the choices are {everything})" if meant else f"one of {everything}"


def _rank(attribute: Attribute, value: Value) -> int:
    return attribute.choices.index(value)


def _read_boolean(_attribute: Attribute, raw: Value) -> Value:
    if raw is True or raw is False:
        return raw
    if isinstance(raw, str) and raw in _BOOLEANS:
        return _BOOLEANS[raw]
    meant = _MEANT.get(shown(raw).strip("'").lower(), "true or false")
    raise WrongValue(f"{shown(raw)} is neither true nor false; write {meant}")


def _read_url(_attribute: Attribute, raw: Value) -> Value:
    if isinstance(raw, str):
        found = _URL.fullmatch(raw)
        if _WITHOUT_HOST.fullmatch(raw) or (found and (found["host"] or found["scheme"].lower() not in _NEEDS_HOST)):
            return str(raw)
    raise WrongValue(f"{shown(raw)} is no URL; write it in full, such as https://wiki.example.org/page")


def _url_key(_attribute: Attribute, value: Value) -> Hashable:
    """Scheme and host without case, and an empty path as `/` (RFC 3986, 6.2.2.1 and 6.2.3)."""
    found = _URL.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return identity(value)
    rest = found["rest"]
    return found["scheme"].lower(), found["user"], found["host"].lower(), rest if rest.startswith("/") else "/" + rest


def _boolean_text(_attribute: Attribute, value: Value) -> str:
    return "true" if value else "false"


STRING = AttributeType(_read_string, order=lambda _attribute, value: value, takes_pattern=True)
ENUM = AttributeType(_read_enum, order=_rank)
BOOLEAN = AttributeType(_read_boolean, text=_boolean_text, takes_text=False)
URL = AttributeType(_read_url, key=_url_key, takes_pattern=True, usual=r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:[/?#]\S*)?")
