"""Values made fast are the values that were always made."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from cmdb.model.ci import CI, Group, Target, make_ci, make_group, make_target
from cmdb.model.location import Place, make_place
from cmdb.sources.protocol import File, make_file


@pytest.mark.parametrize(
    ("made", "value"),
    [
        (make_target, Target("a", {"port": 25})),
        (make_group, Group(1, (Target("a"),), "q", {}, "q")),
        (make_place, Place("a.yaml", 1, 2, ("owner",))),
        (make_file, File("a.yaml", 3, "abc")),
        (make_ci, CI("a", "server", owner="team", attributes={"os": "x"}, place=Place("a.yaml"))),
    ],
)
def test_what_is_made_is_an_instance_like_any_other(made: Any, value: Any) -> None:
    other = made(*(getattr(value, field.name) for field in fields(value)))
    assert type(other) is type(value)
    assert (other, repr(other)) == (value, repr(value))
    with pytest.raises(FrozenInstanceError):
        setattr(other, fields(value)[0].name, "x")


def test_every_field_has_to_be_given() -> None:
    with pytest.raises(TypeError):
        make_place("a.yaml")
