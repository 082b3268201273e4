"""The other side of `Lab.call`: calls one function in this fresh process and prints what it returns as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main() -> None:
    """`python -m bench.worker MODULE:FUNCTION ARGUMENTS`, the arguments as a JSON object."""
    where, arguments = sys.argv[1:]
    module, _, function = where.partition(":")
    found = getattr(import_module(module), function)(**json.loads(arguments))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
