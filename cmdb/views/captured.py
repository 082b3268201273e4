"""A baseline that was captured: its text for people, what it says for programs."""

from __future__ import annotations

from cmdb.model.document import Code, Document
from cmdb.model.keypath import format_path
from cmdb.model.value import Value
from cmdb.reconciliation.capture import Captured


def document(text: str) -> Document:
    """The text as it is."""
    return Document((Code(text, "yaml"),))


def payload(text: str, name: str, captured: Captured) -> dict[str, Value]:
    """`summary`, `expectations`, `differing`, `seen`, `unseen`, and the text."""
    return {
        "summary": {
            "baseline": name,
            "cis": len(captured.seen),
            "expectations": len(captured.common),
            "differing": len(captured.differing),
            "unseen": len(captured.unseen),
        },
        "expectations": [{"path": format_path(one.path), "equals": one.value} for one in captured.common],
        "differing": [
            {
                "path": format_path(one.path),
                "values": [{"said": words, "cis": list(cis)} for words, cis in one.values],
            }
            for one in captured.differing
        ],
        "seen": list(captured.seen),
        "unseen": list(captured.unseen),
        "text": text,
    }
