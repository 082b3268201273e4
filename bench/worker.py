"""The other side of `Lab.run`: calls one function in this fresh process and prints the number it returns."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main() -> None:
    """`python -m bench.worker MODULE:FUNCTION ARGUMENTS`, the arguments as a JSON object."""
    where, arguments = sys.argv[1:]
    module, _, function = where.partition(":")
    found = float(getattr(import_module(module), function)(**json.loads(arguments)))
    sys.stdout.write(f"{found!r}\n")


if __name__ == "__main__":
    main()
