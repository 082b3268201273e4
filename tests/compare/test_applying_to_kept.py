"""Changes applied to an inventory that was kept from an earlier run, whose CIs are decoded on first use."""

from __future__ import annotations

from pathlib import Path

from cmdb.compare.apply import apply, inverse
from cmdb.compare.inventories import diff
from cmdb.testing.repositories import write
from cmdb.workspace import Workspace

FILES = {"cmdb.yaml": "name: x\n", "inventory/a.yaml": "- {kind: server, id: a, owner: x}\n- {kind: server, id: b}\n"}


def test_what_comes_out_is_what_the_changes_say(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert len(Workspace.open(tmp_path).inventory) == 2
    kept = Workspace.open(tmp_path).inventory
    assert kept.index is not None
    after = Workspace.of({**FILES, "inventory/a.yaml": "- {kind: server, id: a, owner: y}\n"}).inventory
    changes = diff(kept, after)
    assert not diff(apply(changes, kept), after)
    assert not diff(apply(inverse(changes), after), kept)
