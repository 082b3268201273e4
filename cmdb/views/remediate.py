"""What would bring reality back, as an inventory of variables for Ansible or as a plain list. Nothing is executed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from cmdb.acceptance.remedies import Remedies, Remedy
from cmdb.model.document import Code, Document, visible
from cmdb.model.keypath import parse_path, quote
from cmdb.model.value import Value


def written(remedies: Remedies, how: str) -> str:
    """The text in one of the formats."""
    return "".join(f"{line}\n" for line in (_ansible(remedies) if how == "ansible" else _listed(remedies)))


def document(remedies: Remedies, how: str) -> Document:
    """The same text as a document."""
    return Document((Code(written(remedies, how), "yaml" if how == "ansible" else ""),))


def payload(remedies: Remedies) -> dict[str, Value]:
    """`summary` and `remedies`."""
    return {
        "summary": {"remedies": len(remedies.found)},
        "remedies": [
            {
                "verb": one.verb,
                "ci": one.who,
                "kind": one.kind,
                "host": one.host or None,
                "path": one.path,
                "value": one.value,
                "says": one.says,
                "observed": one.observed,
            }
            for one in remedies.found
        ],
    }


def _listed(remedies: Remedies) -> Iterator[str]:
    yield from (visible(f"{one.who}: {_said(one)}") for one in remedies.found)


def _said(one: Remedy) -> str:
    seen = f" (it is {one.observed})" if one.observed else ""
    match one.verb:
        case "set":
            return f"set {one.path} to {one.says}{seen}"
        case "remove":
            return f"remove {one.path}{seen}"
        case "meet":
            return f"bring {one.path} to what is demanded, which is no single value: {one.says}{seen}"
        case "restore":
            return "bring it back: it is missing"
        case "withdraw":
            return f"take it out of service: it should be {one.says}" if one.says else "take it out of service"
        case "declare":
            return "declare it, or remove it: it is unmanaged"
        case "identify":
            return "tell which CI it is: write its key under 'keys'"


def _ansible(remedies: Remedies) -> Iterator[str]:
    """An inventory in YAML that `ansible-playbook -i` takes beside the usual one: variables by host."""
    yield "# What CIs should be, by host. Use it beside your inventory: ansible-playbook -i hosts -i this-file.yaml"
    hosts = [one for one in remedies.found if one.verb in ("set", "remove", "meet") and one.host]
    others = [one for one in remedies.found if one not in hosts]
    yield from (f"# not for Ansible: {visible(one.who)}: {visible(_said(one))}" for one in others)
    if not hosts:
        yield "all: {}"
        return
    yield "all:"
    yield "  hosts:"
    for host, found in groupby(sorted(hosts, key=lambda one: one.host), key=lambda one: one.host):
        yield f"    {_text(host)}:"
        yield from (f"      {line}" for line in _variables(list(found)))


def _variables(found: list[Remedy]) -> Iterator[str]:
    yield f"cmdb_id: {_text(found[0].who)}"
    for name in ("attributes", "relations"):
        tree: dict[str, Value] = {}
        for one in found:
            path = parse_path(one.path)
            if one.verb == "set" and path[0] == name:
                _put(tree, [_segment(step) for step in path[1:]], one.value)
        if tree:
            yield f"cmdb_{name}:"
            yield from (f"  {line}" for line in _lines(tree))
    absent = [one.path for one in found if one.verb == "remove"]
    if absent:
        yield "cmdb_absent:"
        yield from (f"  - {_text(path)}" for path in absent)
    demanded = [one for one in found if one.verb == "meet"]
    if demanded:
        yield "cmdb_demanded:  # no single value"
        yield from (f"  {_text(one.path)}: {_text(one.says)}" for one in demanded)


def _segment(step: Value) -> str:
    return step if isinstance(step, str) else quote(str(step))


def _put(tree: dict[str, Value], path: list[str], value: Value) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def _lines(tree: Mapping[str, Value]) -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield f"{_text(name)}:"
            yield from (f"  {line}" for line in _lines(value))
        elif isinstance(value, tuple) and value:
            yield f"{_text(name)}:"
            yield from (f"  - {_scalar(item)}" for item in value)
        else:
            yield f"{_text(name)}: {_scalar(value)}"


def _scalar(value: Value) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(name)}: {_scalar(item)}" for name, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    return json.dumps(value)


def _text(text: str) -> str:
    """Text that no reader of YAML 1.1 takes for something else, and no template is made of."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    unsafe = "!unsafe " if "{{" in text or "{%" in text or "{#" in text else ""
    return unsafe + json.dumps(text)


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
