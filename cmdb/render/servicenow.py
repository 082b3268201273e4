"""A change as the body of a request to ServiceNow's Table API."""

from __future__ import annotations

from cmdb.model.answer import Answer, Screen
from cmdb.model.problem import CmdbError
from cmdb.render.json import dumps

NAME = "servicenow"


def render(answer: Answer, _screen: Screen) -> str:
    """One JSON object, without anything of ours around it: the whole of it is sent."""
    if answer.ticket is None:
        raise CmdbError(f"'cmdb {answer.name}' has nothing for a service desk")
    return dumps(answer.ticket())
