"""`python -m cmdb`, for where the program is not on the path."""

from __future__ import annotations

from cmdb.cli.main import main

if __name__ == "__main__":
    main()
