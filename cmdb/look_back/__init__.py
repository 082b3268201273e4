"""What a workspace's Git history answers: what became of a CI, and what left a release."""

from cmdb.look_back.asking import blame, log
from cmdb.look_back.freezing import freeze
from cmdb.look_back.verifying import verify

__all__ = ["blame", "freeze", "log", "verify"]
