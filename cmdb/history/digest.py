"""The digest of a CI: the same for the same effective values, however files lay them out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from cmdb.compare.references import settled
from cmdb.model.ci import CI, LIST_FIELDS, MAP_FIELDS, TEXT_FIELDS, Group, Member
from cmdb.model.inventory import Inventory
from cmdb.model.value import Value


def digests(inventory: Inventory, ids: tuple[str, ...]) -> dict[str, str]:
    """The digest of each CI."""

    def meant(reference: str) -> str:
        return inventory.resolve(reference) or reference

    return {name: digest(inventory.cis[name], meant) for name in ids}


def digest(ci: CI, meant: Callable[[str], str]) -> str:
    """SHA-256, in hexadecimal digits, of the canonical JSON of what a CI says."""
    text = json.dumps(_said(ci, meant), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _said(ci: CI, meant: Callable[[str], str]) -> dict[str, Value]:
    """Everything that a CI says, without what it does not say, by the living ids of the CIs that it names."""
    fields: dict[str, Value] = {name: getattr(ci, name) for name in TEXT_FIELDS}
    fields |= {name: sorted(set(getattr(ci, name))) for name in LIST_FIELDS}
    fields |= {name: dict(getattr(ci, name)) for name in MAP_FIELDS}
    fields["attributes"] = {name: value for name, value in ci.attributes.items() if value is not None}
    fields["relations"] = {
        name: [_entry(member) for member in settled(members, meant)] for name, members in ci.relations.items()
    }
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _entry(member: Member) -> dict[str, Value]:
    notes = {"notes": dict(member.notes)} if member.notes else {}
    if isinstance(member, Group):
        name = {"name": member.name} if member.name else {}
        return {"at_least": member.at_least, "of": [_entry(one) for one in member.of], **name, **notes}
    return {"to": member.id, **notes}
