"""Answers about impact: what breaks, why one CI does or does not, what a CI relies on, and where it is weak."""

from __future__ import annotations

from cmdb.views.impact.explanation import explanation_document, explanation_drawing, explanation_payload
from cmdb.views.impact.spread import document, drawing, payload
from cmdb.views.impact.upstream import upstream_document, upstream_drawing, upstream_payload
from cmdb.views.impact.weak_points import weak_points_document, weak_points_drawing, weak_points_payload

__all__ = [
    "document",
    "drawing",
    "explanation_document",
    "explanation_drawing",
    "explanation_payload",
    "payload",
    "upstream_document",
    "upstream_drawing",
    "upstream_payload",
    "weak_points_document",
    "weak_points_drawing",
    "weak_points_payload",
]
