"""Versions of Python packages (PEP 440), as `packaging` orders them."""

from __future__ import annotations

from typing import Any


def fits(text: str) -> bool:
    """Whether the text is a version of PEP 440."""
    try:
        key(text)
    except ValueError:
        return False
    return True


def key(text: str) -> Any:
    """Orders by PEP 440. Raises ValueError for another text."""
    from packaging.version import Version

    return Version(text)
