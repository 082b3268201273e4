"""Whether the declaration of an attribute makes sense, before any value is read by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cmdb.model.kind import Attribute
from cmdb.model.types.limits import bound, tolerance
from cmdb.model.types.patterns import NoPattern, pattern
from cmdb.model.types.protocol import AttributeType, Read, WrongValue, shown
from cmdb.model.types.versions import SCHEMES

_COLLECTIONS = ("list", "set", "map")
Types = Mapping[str, AttributeType]


def fault(attribute: Attribute, types: Types, normalise: Read) -> str | None:
    """The first thing that makes no sense, in plain words; None where everything does."""
    kind = types.get(attribute.type)
    if kind is None:
        return f"{shown(attribute.type)} is no attribute type; {_nearest(attribute.type, types)}"
    for rule in _RULES:
        if found := rule(attribute, kind):
            return found
    if attribute.of is not None and (found := fault(attribute.of, types, normalise)):
        return f"of: {found}"
    return _tolerance(attribute, types) or _default(attribute, normalise)


def _nearest(word: str, types: Types) -> str:
    import difflib

    near = difflib.get_close_matches(word[:100].lower(), list(types), n=1)
    return f"write {near[0]}" if near else f"the types are {', '.join(types)}"


def _choices(attribute: Attribute, _kind: AttributeType) -> str | None:
    if attribute.type != "enum":
        return "choices belong to type enum; write type: enum" if attribute.choices else None
    if not attribute.choices:
        return "an enum needs choices; write of: [small, large]"
    twice = {choice for choice in attribute.choices if attribute.choices.count(choice) > 1}
    return f"the choice {shown(min(twice))} stands twice; write it once" if twice else None


def _of(attribute: Attribute, _kind: AttributeType) -> str | None:
    if attribute.of is not None and attribute.type not in _COLLECTIONS:
        return f"of gives the type of the items of a list, set or map, and {attribute.type} has none; leave it out"
    return None


def _by(attribute: Attribute, _kind: AttributeType) -> str | None:
    of_maps = attribute.type == "list" and attribute.of is not None and attribute.of.type == "map"
    if attribute.by and not of_maps:
        return "by names the field that tells the maps of a list apart; write type: list, of: map"
    return None


def _scheme(attribute: Attribute, _kind: AttributeType) -> str | None:
    if attribute.scheme and attribute.type != "version":
        return "scheme says how versions compare; write type: version, or leave it out"
    if attribute.scheme and attribute.scheme not in SCHEMES:
        return f"{shown(attribute.scheme)} is no version scheme; the schemes are {', '.join(SCHEMES)}"
    return None


def _unit(attribute: Attribute, _kind: AttributeType) -> str | None:
    if attribute.unit and attribute.type != "quantity":
        return "unit belongs to type quantity; write type: quantity, or leave it out"
    return None


def _closed(attribute: Attribute, _kind: AttributeType) -> str | None:
    if attribute.closed and attribute.type != "map":
        return "closed says that a map has no other keys; write type: map, or leave it out"
    return None


def _pattern(attribute: Attribute, kind: AttributeType) -> str | None:
    if not attribute.pattern:
        return None
    if not kind.takes_pattern:
        return f"a pattern restricts text, and {attribute.type} is none; leave it out{_on_items(attribute)}"
    try:
        pattern(attribute.pattern)
    except NoPattern as wrong:
        return f"the pattern {shown(attribute.pattern)} is no regular expression: {wrong}"
    return None


def _range(attribute: Attribute, kind: AttributeType) -> str | None:
    limits = {"minimum": attribute.minimum, "maximum": attribute.maximum}
    for name, raw in limits.items():
        if raw is None:
            continue
        if kind.order is None:
            return f"{attribute.type} has no order, so no {name}; leave it out{_on_items(attribute)}"
        if attribute.type == "quantity" and not attribute.unit:
            return f"a {name} needs a unit to be in; write unit: W, for example"
        if bound(kind, attribute, raw) is None:
            return f"the {name} {shown(raw)} is no {attribute.type}"
    low, high = (bound(kind, attribute, raw) for raw in limits.values())
    if low is not None and high is not None and high < low:
        return f"the minimum {shown(attribute.minimum)} is above the maximum {shown(attribute.maximum)}"
    return None


def _tolerance(attribute: Attribute, types: Types) -> str | None:
    if attribute.tolerance is None:
        return None
    kind = types[attribute.type]
    if kind.measure is None:
        return f"{attribute.type} has no tolerance; leave it out{_on_items(attribute)}"
    found = tolerance(types[kind.tolerance or attribute.type], attribute)
    if found is None or (kind.tolerance and found.dimension is None):
        expected = (
            f"a {kind.tolerance}, such as 5m"
            if kind.tolerance
            else f"a percentage, or an amount of type {attribute.type}"
        )
        return f"{shown(attribute.tolerance)} is no tolerance; write {expected}"
    if attribute.type == "quantity" and not attribute.unit and found.dimension is not None:
        return "an amount as tolerance needs a unit to be in; write unit: W, for example, or a percentage"
    return None


def _default(attribute: Attribute, normalise: Read) -> str | None:
    if attribute.default is None:
        return None
    try:
        normalise(attribute, attribute.default)
    except WrongValue as wrong:
        return f"the default does not fit: {wrong}"
    return None


def _on_items(attribute: Attribute) -> str:
    return ", or write it for the items, under of" if attribute.type in _COLLECTIONS else ""


_RULES: tuple[Callable[[Attribute, AttributeType], str | None], ...] = (
    _choices,
    _of,
    _by,
    _scheme,
    _unit,
    _closed,
    _pattern,
    _range,
)
