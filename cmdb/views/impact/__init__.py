"""Answers about impact: what breaks, why one CI does or does not, and what a CI relies on."""

from __future__ import annotations

from cmdb.views.impact.explanation import explanation_document, explanation_payload
from cmdb.views.impact.spread import document, drawing, payload
from cmdb.views.impact.upstream import upstream_document, upstream_payload

__all__ = [
    "document",
    "drawing",
    "explanation_document",
    "explanation_payload",
    "payload",
    "upstream_document",
    "upstream_payload",
]
