"""Resources in a Terraform or OpenTofu document: state files of every version, and the output of `show -json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.model.value import Value
from cmdb_plugins._recordings import Recording, Unusable

_NEWEST = 4


@dataclass(frozen=True, slots=True)
class Resource:
    """One managed resource instance. `values` are what Terraform last saw, without what it marks sensitive."""

    address: str
    type: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """One state. `lineage` is what all versions of it share, and empty where the document does not say."""

    label: str
    resources: tuple[Resource, ...]
    lineage: str = ""
    serial: int = 0


def state(recording: Recording) -> State:
    """The state in a file. Raises `Unusable` with the reason why there is none to trust."""
    _refuse_locked(recording)
    try:
        document = json.loads(recording.text())
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{recording.label}: is cut off or no JSON: {error}") from error
    try:
        resources = tuple(_resources(document))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Unusable(f"{recording.label}: is no Terraform state: {type(error).__name__}: {error}") from error
    except Unusable as why:
        raise Unusable(f"{recording.label}: {why}") from why
    if not resources:
        raise Unusable(f"{recording.label}: manages no resources")
    return State(recording.label, resources, str(document.get("lineage") or ""), int(document.get("serial") or 0))


def _refuse_locked(recording: Recording) -> None:
    lock = recording.path.with_name(f".{recording.path.name}.lock.info")
    if lock.is_file():
        raise Unusable(f"{recording.label}: is locked: an operation is running, or one left {lock.name} behind")


def _resources(document: Value) -> Iterator[Resource]:
    if not isinstance(document, dict):
        raise Unusable("is no Terraform state")
    if "encrypted_data" in document:
        raise Unusable("is encrypted; record `tofu show -json` instead")
    if "Operation" in document and "Who" in document:
        raise Unusable("is the lock of a state, not a state")
    if "format_version" in document:
        yield from _shown(document)
        return
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Unusable("is no Terraform state: it has no version")
    if version > _NEWEST:
        raise Unusable(f"has version {version}; versions up to {_NEWEST} are known")
    yield from _current(document) if version == _NEWEST else _early(document)


def _current(document: Mapping[str, Value]) -> Iterator[Resource]:
    """Version 4: Terraform 0.12 and later, and OpenTofu."""
    for resource in document.get("resources") or ():
        if resource.get("mode") != "managed":
            continue
        prefix = f"{resource['module']}." if resource.get("module") else ""
        for instance in resource["instances"]:
            if "deposed" in instance:
                continue
            index = instance.get("index_key")
            address = f"{prefix}{resource['type']}.{resource['name']}{_index(index)}"
            values = instance.get("attributes")
            if values is None:
                values = nested(instance.get("attributes_flat") or {})
            for path in instance.get("sensitive_attributes") or ():
                values = _without(values, [_step(step) for step in path])
            yield Resource(address, resource["type"], values)


def _early(document: Mapping[str, Value]) -> Iterator[Resource]:
    """Versions 1 to 3: up to Terraform 0.11. Nothing in them is marked sensitive."""
    for module in document.get("modules") or ():
        prefix = "".join(f"module.{name}." for name in module["path"][1:])
        for name, resource in (module.get("resources") or {}).items():
            primary = resource.get("primary")
            if name.startswith("data.") or not primary:
                continue
            kind, own, *index = name.split(".")
            number = int(index[0]) if index and index[0].isdigit() else None
            values = nested({"id": primary.get("id", ""), **(primary.get("attributes") or {})})
            yield Resource(f"{prefix}{kind}.{own}{_index(number)}", resource.get("type", kind), values)


def _shown(document: Mapping[str, Value]) -> Iterator[Resource]:
    """The output of `terraform show -json`: of a state, or of a plan, which holds the state it started from."""
    if "planned_values" in document or "resource_changes" in document:
        document = document.get("prior_state") or {}
    module = (document.get("values") or {}).get("root_module")
    if module:
        yield from _shown_module(module)


def _shown_module(module: Mapping[str, Value]) -> Iterator[Resource]:
    for resource in module.get("resources") or ():
        if resource.get("mode") == "managed" and "deposed_key" not in resource:
            values = _unmarked(resource.get("values") or {}, resource.get("sensitive_values") or {})
            yield Resource(resource["address"], resource["type"], values)
    for child in module.get("child_modules") or ():
        yield from _shown_module(child)


def nested(flat: Mapping[str, str]) -> dict[str, Value]:
    """The flat attributes of early versions as lists and maps: `tags.%` announces a map, `ports.#` a list."""
    whole: dict[str, Value] = {name: value for name, value in flat.items() if "." not in name}
    for name in {name[:-2] for name in flat if name.endswith((".#", ".%")) and "." not in name[:-2]}:
        below = {key[len(name) + 1 :]: value for key, value in flat.items() if key.startswith(f"{name}.")}
        if below.pop("%", None) is not None:
            whole[name] = below
            continue
        below.pop("#", None)
        items: dict[str, dict[str, str]] = {}
        for key, value in below.items():
            position, _, rest = key.partition(".")
            items.setdefault(position, {})[rest] = value
        whole[name] = [_item(items[position]) for position in sorted(items, key=lambda each: (len(each), each))]
    return whole


def _item(parts: Mapping[str, str]) -> Value:
    return parts[""] if "" in parts else nested(parts)


def _index(key: Value) -> str:
    if key is None:
        return ""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def _step(step: Mapping[str, Value]) -> Value:
    value = step["value"]
    return value["value"] if isinstance(value, dict) else value


def _without(values: Value, path: Sequence[Value]) -> Value:
    """The values without what a path leads to. A step that fits nothing (into a set) takes the whole with it."""
    if not path:
        return None
    head, rest = path[0], path[1:]
    if isinstance(values, dict) and isinstance(head, str):
        return {key: _without(value, rest) if key == head else value for key, value in values.items()}
    if isinstance(values, list) and isinstance(head, int):
        return [_without(value, rest) if position == head else value for position, value in enumerate(values)]
    return None


def _unmarked(values: Value, marks: Value) -> Value:
    """The values without those that stand where the marks say true."""
    if marks is True:
        return None
    if isinstance(values, dict) and isinstance(marks, dict):
        return {key: _unmarked(value, marks.get(key)) for key, value in values.items()}
    if isinstance(values, list) and isinstance(marks, list):
        padded = [*marks, *[None] * (len(values) - len(marks))]
        return [_unmarked(value, mark) for value, mark in zip(values, padded, strict=False)]
    return values
