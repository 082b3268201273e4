"""A file for something that was seen and is nobody's: an id, and what identifies and describes it, in the folder where
others of its kind stand."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count

from cmdb.acceptance.secrecy import secret
from cmdb.formats.layout import INVENTORY
from cmdb.formats.writing import Word, as_written, document
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Schema
from cmdb.model.snapshot import REDACTED, Observation
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value, freeze, same


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A CI to be, with the file that declares it."""

    id: str
    path: str
    text: str


def newcomer(inventory: Inventory, source: str, seen: Observation, taken: Collection[str] = ()) -> Newcomer | None:
    """The CI that an observation amounts to; None where its kind is unknown or abstract. `taken` are further ids, case
    folded, and paths that are no longer free."""
    kind = inventory.schema.kinds.get(seen.kind)
    if kind is None or kind.abstract:
        return None
    known = {*taken, *(name.casefold() for ci in inventory.cis.values() for name in (ci.id, *ci.aliases))}
    name = next(one for one in _proposals(seen) if one.casefold() not in known)
    folder = _folder(inventory, seen.kind)
    files = {*taken, *(ci.place.path for ci in inventory.cis.values())}
    stems = chain((file_name(name),), (f"{file_name(name)}-{number}" for number in count(2)))
    path = next(path for stem in stems if (path := f"{folder}/{stem}.yaml") not in files)
    attributes = lasting(seen, inventory.schema)
    title = {"name": Word(seen.name)} if seen.name and seen.name != name else {}
    fields: dict[str, Value] = {
        "kind": seen.kind,
        "id": Word(name),
        **title,
        "keys": {source: Word(seen.key)} if seen.key else {},
        "attributes": {name: as_written(kind.attributes.get(name), value) for name, value in attributes.items()},
    }
    return Newcomer(name, path, document({field: value for field, value in fields.items() if value != {}}))


def identifier(name: str, *, first_label: bool = False) -> str:
    """A name the way an id may be written; of a host's only the first label, if that is asked."""
    host = name.strip().rstrip(".").lower()
    label = host.partition(".")[0] if first_label and not _is_address(host) else host
    return re.sub(r"^[^a-z0-9]+|[^a-z0-9._:/@-]+", "-", label).lstrip("-._:/@")[:200] or "unnamed"


def host_of(seen: Observation) -> str:
    """What a thing is called."""
    known = (seen.attributes.get(name) for name in ("hostname", "fqdn", "name"))
    return next((name for name in known if isinstance(name, str) and name), seen.name or seen.key)


def file_name(ci: str) -> str:
    """An id as the name of a file, without its ending; it never begins with what hides a file."""
    return re.sub(r"[^A-Za-z0-9._@-]", "-", ci)


def lasting(seen: Observation, schema: Schema) -> dict[str, Value]:
    """Normalised values in the order of the kind's declaration, without those that change by themselves, are secret,
    or are not what their type wants."""
    kind = schema.kinds[seen.kind]
    found: dict[str, Value] = {}
    for name in (*(name for name in kind.attributes if name in seen.attributes), *sorted(seen.attributes)):
        attribute = kind.attributes.get(name)
        if name in found or (attribute and (attribute.volatile or attribute.secret)):
            continue
        value = visible_part(freeze(seen.attributes[name]))
        if value is None or secret(attribute, value, name) is not None:
            continue
        with suppress(WrongValue):
            found[name] = normalise(attribute, value) if attribute else value
    return found


def visible_part(value: Value) -> Value:
    """The value without what is absent, or replaced because it is secret; a list is compared as a whole, and so is
    declared whole or not at all."""
    if value == REDACTED:
        return None
    if isinstance(value, Mapping):
        opened = {name: visible_part(item) for name, item in value.items()}
        return {name: item for name, item in opened.items() if item is not None}
    if isinstance(value, list | tuple):
        items = tuple(map(visible_part, value))
        return items if same(items, value) else None
    return value


def _proposals(seen: Observation) -> Iterator[str]:
    """Ids from the best to one that nobody has."""
    whole = identifier(seen.key or host_of(seen))
    yield identifier(host_of(seen), first_label=True)
    yield whole
    yield from (f"{whole[:190]}-{number}" for number in count(2))


def _folder(inventory: Inventory, kind: str) -> str:
    """Where most CIs of a kind have a file of their own; where none has, a folder of the kind's name."""
    files = Counter(ci.place.path for ci in inventory.declared)
    own = Counter(
        ci.place.path.rpartition("/")[0]
        for ci in inventory.declared
        if ci.kind == kind and files[ci.place.path] == 1 and ci.place.item is None
    )
    return min(own, key=lambda folder: (-own[folder], folder), default=f"{INVENTORY}/{kind}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
