"""The files of a workspace that declares nothing yet."""

from __future__ import annotations

from cmdb.formats.writing import document

NO_SOURCES = """
# Where observations come from, for `cmdb discover` and `cmdb drift`:
# sources:
#   here:
#     plugin: local_host
#     covers: id=web-1
"""
INVENTORY = """\
# Inventory

One configuration item a file, in any folder, such as `servers/web-1.yaml`:

```yaml
kind: server
id: web-1
owner: team-web
attributes: {os: debian, memory: 32 GiB}
relations:
  located_in: rack-a
```

`_defaults.yaml` holds what the items of its folder have in common; `schema/` holds kinds of your own. `cmdb check`
finds what is wrong, `cmdb schema ci` helps your editor.
"""
BASELINES = """\
# Baselines

What configuration items have to look like, such as `linux.yaml`:

```yaml
baseline: linux
applies_to: "kind=server,attributes.os=debian"
approved_by: team-platform
expect:
  attributes.ntp_synchronised: true
```

`cmdb drift` compares them with what was observed.
"""
IGNORED = """\
# Snapshots are made anew each time.
*.jsonl
*.jsonl.gz
*.jsonl.zst
"""


def files(name: str, sources: str = NO_SOURCES) -> dict[str, str]:
    """Path -> text, for a workspace of a name."""
    return {
        "cmdb.yaml": document({"name": name}) + sources,
        "inventory/README.md": INVENTORY,
        "baselines/README.md": BASELINES,
        ".gitignore": IGNORED,
    }
