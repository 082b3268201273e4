"""What `cmdb.yaml` may say to a source: each option is read once, and a wrong one is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise
from cmdb.model.value import Value


def word(name: str, value: Value) -> str:
    """A text that may be empty. Raises `ValueError`."""
    if isinstance(value, str):
        return value
    raise ValueError(f"{name}: a word is wanted, not {value!r}")


def words(name: str, value: Value) -> tuple[str, ...]:
    """One text or several, none of them empty. Raises `ValueError`."""
    several = (value,) if isinstance(value, str) else value
    if isinstance(several, Sequence) and all(isinstance(each, str) and each for each in several):
        return tuple(several)
    raise ValueError(f"{name}: a word or a list of words is wanted, not {value!r}")


def paths(value: Value) -> tuple[str, ...]:
    """The option `path`, which is one or several. Raises `ValueError`."""
    if found := words("path", value):
        return found
    raise ValueError("path: name a file, a folder or a pattern such as facts/*.json")


def count(name: str, value: Value) -> int:
    """A whole number above nothing. Raises `ValueError`."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError(f"{name}: a number such as 10 is wanted, not {value!r}")


def yes(name: str, value: Value) -> bool:
    """True or false. Raises `ValueError`."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name}: true or false is wanted, not {value!r}")


def seconds(name: str, value: Value) -> float:
    """A duration above nothing, such as `10s` or `7d`. Raises `ValueError`."""
    try:
        found = float(normalise(Attribute(name, type="duration"), value))
    except WrongValue as error:
        raise ValueError(f"{name}: {error}") from error
    if found <= 0:
        raise ValueError(f"{name}: has to be more than nothing")
    return found


def mapping(name: str, value: Value) -> tuple[tuple[str, Value], ...]:
    """The pairs of a mapping that may be left out. Raises `ValueError`."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple((str(key), each) for key, each in value.items())
    raise ValueError(f"{name}: a mapping is wanted, not {value!r}")


def kinds(name: str, value: Value) -> dict[str, str]:
    """A mapping to kinds, where nothing stands for none. Raises `ValueError`."""
    if isinstance(value, Mapping) and all(kind is None or isinstance(kind, str) for kind in value.values()):
        return {str(key): kind or "" for key, kind in value.items()}
    raise ValueError(f"{name}: map resource types to kinds, such as {{vsphere_folder: document}}")
