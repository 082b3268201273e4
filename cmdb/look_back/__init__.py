"""What a workspace's Git history answers: what became of a CI, and what left a release."""

from cmdb.look_back.asking import blame, log

__all__ = ["blame", "log"]
