"""Which file of a workspace is what, by its path alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

from cmdb.formats.defaults import NAMES

INVENTORY = "inventory"
BASELINES = "baselines"
SCHEMA = "inventory/schema"
CALENDAR = ("baselines/calendar.yaml", "baselines/calendar.yml")

Role = Literal["ci", "defaults", "schema", "baseline", "stray", "silent"]
"""`stray` is a file that nothing reads though someone may think so; `silent` one that plainly is not for cmdb."""
ROLES: tuple[Role, ...] = get_args(Role)

_TEXT = (".md", ".txt", ".rst")


def role(path: str) -> Role:
    """What a file below `inventory/` or `baselines/` is."""
    folder, _, name = path.rpartition("/")
    if not name.endswith((".yaml", ".yml")):
        return "silent" if _plainly_other(name) else "stray"
    what, hidden = _holds(folder)
    if what == "ci" and name in NAMES:
        return "defaults"
    if name.startswith((".", "_")) or (hidden and what != "schema"):
        return "stray"
    return what


@lru_cache(maxsize=4096)
def _holds(folder: str) -> tuple[Role, bool]:
    """What the YAML files in a folder are, as far as the folder says, and whether it is hidden."""
    hidden = _hidden(folder)
    if f"{folder}/".startswith(f"{SCHEMA}/"):
        return "schema", hidden
    return "baseline" if folder.split("/")[0] == BASELINES else "ci", hidden


def why_stray(path: str) -> str:
    """The reason why nothing reads a file, and what to do about it."""
    name = path.rpartition("/")[2]
    if name.lower().endswith((".yaml", ".yml")) and not name.endswith((".yaml", ".yml")):
        return f"only names ending in .yaml or .yml are read; rename it to {name.lower()}"
    if name.startswith("_default"):
        return "defaults stand in _defaults.yaml; rename it"
    if _hidden(path):
        return "names that begin with _ or . hold no CIs; rename it, or move it out of here"
    return "only .yaml and .yml files are read here; rename it, or move it out of here"


def _hidden(path: str) -> bool:
    return "/_" in path or "/." in path


def _plainly_other(name: str) -> bool:
    return name.startswith((".git", "README", "CODEOWNERS", ".editorconfig", ".yamllint")) or name.endswith(_TEXT)
