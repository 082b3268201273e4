"""What cmdb reads at most, in one place. A file may come from a stranger, who cannot change any of these: no setting
of a workspace does."""

from __future__ import annotations

FILE_SIZE = 16 * 1024 * 1024
"""Bytes of one file, or of one line of a snapshot. A larger one is no inventory that a person reviews."""
FILES = 2_000_000
"""Files of a workspace. A handful of Git's objects can stand for billions."""
CIS_OF_A_FILE = 250_000
"""CIs of one file."""
DEPTH = 128
"""Levels of YAML within each other."""
JSON_DEPTH = 100
"""Levels of JSON within each other."""
ALIASED = 100_000
"""Values that the aliases of one YAML file repeat."""
LINKS = 40
"""Symbolic links on the way to one file of a revision."""
BRACKETS = 50
"""Brackets within brackets of a selector."""
VERSION_LENGTH = 500
"""Characters of a version; a longer one is none."""
PATTERN_LENGTH = 1_000
"""Characters of a regular expression; and of a text that one is tried on which only takes time without end on longer
ones."""
TIME = 600
"""Seconds of one `cmdb check`, where `--time-limit` says nothing else."""
