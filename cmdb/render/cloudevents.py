"""Findings for an event bus: a JSON batch of CloudEvents 1.0, one event a line, the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import one_line
from cmdb.model.findings import Finding, Setting
from cmdb.model.value import Value
from cmdb.render.json import compact

NAME = "cloudevents"

FINDINGS = frozenset({"deviations", "problems", "not_implemented"})
"""What each finding's own event says."""


def render(answer: Answer, _screen: Screen) -> str:
    """The same run has the same ids, so that an event which is sent twice is recognised."""
    return "[\n" + ",\n".join(map(compact, _events(answer))) + "\n]\n"


def _events(answer: Answer) -> Iterator[Mapping[str, Value]]:
    findings = answer.findings()
    for finding, name in findings.named():
        head = _head(answer.name, findings.setting, finding.problem.code, name)
        subject = one_line(_subject(finding))
        yield {**head, **({"subject": subject} if subject else {}), "data": finding.data}
    rest = {key: item for key, item in answer.payload().items() if key not in FINDINGS}
    yield {**_head(answer.name, findings.setting, "verdict", "verdict"), "data": {"status": answer.status, **rest}}


def _subject(finding: Finding) -> str:
    return finding.problem.ci or finding.problem.subject


def _head(command: str, setting: Setting, what: str, name: str) -> dict[str, Value]:
    moment = setting.moment.isoformat().replace("+00:00", "Z")
    return {
        "specversion": "1.0",
        "id": f"{name}@{moment}",
        "source": f"/cmdb/{quote(setting.workspace.encode('utf-8', 'backslashreplace'), safe='')}",
        "type": f"cmdb.{command}.{one_line(what)}",
        "time": moment,
        "datacontenttype": "application/json",
    }
