"""What a call of the command line says, for tests that run it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Said:
    """The exit code, and what stood on stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as data."""
        return json.loads(self.out)


class Program(Protocol):
    """Calls the program with arguments, and with environment variables beside those that are set."""

    def __call__(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> Said: ...
