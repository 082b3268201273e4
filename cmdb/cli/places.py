"""Files or URLs as arguments: a URL is kept as it was typed, a path becomes a path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cmdb.formats.snapshot_urls import is_url


class Place(click.Path):
    """A path; where `urls` are allowed, also the text of a URL. Elsewhere a URL is refused in words."""

    def __init__(self, *, urls: bool = True) -> None:
        super().__init__(path_type=Path)
        self.urls = urls

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A `Path`, or a text that is a URL. Raises `BadParameter`."""
        if not is_url(value):
            return super().convert(value, param, ctx)
        if not self.urls:
            self.fail(f"{value!r} is a URL, and this goes to a file; only snapshots of 'cmdb discover' go to one.")
        return value
