"""`cmdb schema`: what editors need to complete and check the files while someone types."""

from __future__ import annotations

import click

from cmdb.cli.options import Call, at, leave, shared
from cmdb.cli.output import write
from cmdb.model.kind import Schema
from cmdb.model.problem import CmdbError


@click.command(epilog="\b\nExample:\n  cmdb schema ci -o .vscode/cmdb-ci.json")
@click.argument("file", type=click.Choice(("ci", "baseline", "calendar", "record", "workspace", "kinds")), default="ci")
@at
@shared()
def command(call: Call, file: str, at: str | None) -> None:
    """Print the JSON Schema of the workspace's files for editors.

    FILE is what the schema is for: ci for inventory files (with the workspace's own kinds; outside a workspace with the
    built-in ones), baseline for files of baselines and waivers, calendar for baselines/calendar.yaml, record for
    files of change records, workspace for cmdb.yaml, kinds for inventory/schema.
    """
    from cmdb.formats import json_schema
    from cmdb.render.json import dumps

    makers = {
        "ci": lambda: json_schema.ci_schema(_kinds(call, at)),
        "baseline": json_schema.baseline_schema,
        "calendar": json_schema.calendar_schema,
        "record": json_schema.record_schema,
        "workspace": json_schema.workspace_schema,
        "kinds": json_schema.kinds_schema,
    }
    text = dumps(makers[file]())
    write(f"```json\n{text}```\n" if call.format == "markdown" else text, call.output)
    leave("clean")


def _kinds(call: Call, at: str | None) -> Schema:
    from cmdb.workspace import Workspace

    try:
        return call.inventory(call.open(at)).schema
    except CmdbError:
        if call.directory is not None or at is not None:
            raise
        return Workspace.of({}).inventory.schema
