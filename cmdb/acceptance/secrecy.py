"""What is never written into a file: secrets, hidden or in the clear."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.kind import Attribute
from cmdb.model.secrets import is_reference, looks_secret
from cmdb.model.value import Value
from cmdb.reconciliation.typed import redacted


def secret(attribute: Attribute | None, value: Value, name: str) -> str | None:
    """What in a value is a secret (`a private key`); None where nothing is. `name` is what the value is called."""
    if redacted(value) or (attribute is not None and attribute.secret):
        return "a secret"
    of = attribute.of if attribute else None
    if isinstance(value, Mapping):
        found = (secret(of, item, str(key)) or looks_secret(str(key)) for key, item in value.items())
        return next(filter(None, found), None)
    if isinstance(value, list | tuple):
        return next(filter(None, (secret(of, item, name) for item in value)), None)
    return looks_secret(value, name) if isinstance(value, str) and not is_reference(value) else None
