"""Which file of a workspace is what, by its path alone."""

from __future__ import annotations

from typing import Literal

from cmdb.formats.defaults import NAMES

INVENTORY = "inventory"
BASELINES = "baselines"
SCHEMA = "inventory/schema"

Role = Literal["ci", "defaults", "schema", "baseline", "stray", "silent"]
"""`stray` is a file that nothing reads though someone may think so; `silent` one that plainly is not for cmdb."""

_TEXT = (".md", ".txt", ".rst")


def role(path: str) -> Role:
    """What a file below `inventory/` or `baselines/` is."""
    folder, _, name = path.rpartition("/")
    if not name.endswith((".yaml", ".yml")):
        return "silent" if _plainly_other(name) else "stray"
    if path.startswith(SCHEMA + "/"):
        return "stray" if name.startswith((".", "_")) else "schema"
    if name.startswith("."):
        return "stray"
    if folder.split("/")[0] == BASELINES:
        return "stray" if _hidden(path) else "baseline"
    if name in NAMES:
        return "defaults"
    return "stray" if _hidden(path) else "ci"


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
