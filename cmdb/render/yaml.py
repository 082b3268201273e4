"""An answer as YAML: the same data as its JSON, for people who want to read all of it, and for files in Git."""

from __future__ import annotations

from cmdb.model.answer import Answer, Screen
from cmdb.render.json import plain

NAME = "yaml"


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's data with `format` and `status` in front."""
    from cmdb.formats.writing import document

    head = {"format": f"cmdb.{answer.name}/1", "status": answer.status}
    return document(plain({**head, **{key: item for key, item in answer.payload().items() if key not in head}}))
