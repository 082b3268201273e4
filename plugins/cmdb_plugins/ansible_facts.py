"""Reads what Ansible saw of hosts; runs nothing itself.

```yaml
sources:
  ansible:
    plugin: ansible_facts
    path: facts/              # a file, a folder or a pattern such as facts/*.json; several as a list
    kind: server              # default: virtual_machine for guests, else server
    max_age: 7d               # facts gathered longer ago are not trusted; default: however old they are
```

It reads the folders of `ansible all -m setup --tree facts/`, JSON fact caches (`fact_caching = jsonfile`), the saved
text of `ansible all -m setup` with or without `-o`, the JSON of the callbacks `json` and `jsonl`, and one JSON document
per line. Facts of `package_facts`, `service_facts` and `listen_ports_facts` are used where they are there. Several
files about one host are united, and of two times the later wins.

The key is the host's inventory name: what Ansible prints before `|`, the name of the file in a folder, or `host` or
`inventory_hostname` in a document. A single file with a suffix (`path: setup.json`) is taken by what the host calls
itself. Attributes bear the names that `local_host` uses. `at` is the host's own clock when the facts were gathered.

**What it claims.** Of each host with facts: that it is there, and that what its facts hold is all there is. A host
that was unreachable or whose module failed is `failed` with Ansible's own words, and so is a file that is cut off or
garbled, under the host that the file is named after. What Ansible reports as `NA` is `partial`.

**What it does not claim.** Nothing about hosts that no file speaks of, and nothing about facts that were not gathered
(`gather_subset`). Ansible does not tell the time zone, nor whether the clock is synchronised, and leaves out mounts
without a device, such as ZFS. Main memory comes in whole MiB. The environment variables among the facts are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import ClassVar

from cmdb.discovery.protocol import Context, Finding
from cmdb.model.value import Value
from cmdb_plugins import _options as options
from cmdb_plugins._ansible_attributes import NAMES, Facts, attributes, is_virtual
from cmdb_plugins._ansible_results import Result, results
from cmdb_plugins._claims import lost, told
from cmdb_plugins._machine import NotSeen
from cmdb_plugins._recordings import recordings


class AnsibleFacts:
    """Every host that the recordings speak of."""

    kinds: ClassVar[tuple[str, ...]] = ("server", "virtual_machine")

    def __init__(self, path: str | Sequence[str], kind: str = "", max_age: str | float | None = None) -> None:
        self.paths = options.paths(path)
        self.kind = options.word("kind", kind)
        self.max_age = None if max_age is None else timedelta(seconds=options.seconds("max_age", max_age))

    def discover(self, context: Context) -> Iterator[Finding]:
        oldest = None if self.max_age is None else datetime.now(UTC) - self.max_age
        found = [result for recording in recordings(context.root, self.paths) for result in results(recording)]
        for host, mine in groupby(sorted(found, key=lambda result: result.host), key=lambda result: result.host):
            yield from findings(host, tuple(mine), self.kind, oldest)


def findings(host: str, answers: Sequence[Result], kind: str = "", oldest: datetime | None = None) -> Iterator[Finding]:
    """One host's observation, where it has facts, and its coverage lines. Facts from before `oldest` are told, and not
    trusted to be all there is."""
    facts = Facts(_united(answers))
    values = attributes(facts)
    reasons = tuple(dict.fromkeys(answer.failure for answer in answers if answer.failure))
    if all(isinstance(value, NotSeen) for value in values.values()):
        yield from (lost(host, reason) for reason in reasons or ("the recording holds no facts that say anything",))
        return
    moment = gathered(facts)
    yield from told(kind or _kind(facts), host, values, at=moment)
    if oldest is not None and (moment is None or moment < oldest):
        when = f"of {moment:%Y-%m-%d %H:%M} UTC" if moment else "of nobody knows when"
        yield lost(host, f"its facts are {when}, which is too old")
    yield from (lost(host, answer.failure) for answer in answers if answer.unreachable)
    missing = tuple(sorted(NAMES - values.keys()))
    yield from (lost(host, reason, missing) for reason in reasons if missing)


def gathered(facts: Facts) -> datetime | None:
    """When the host says that its facts were gathered."""
    clock = facts("date_time")
    try:
        return datetime.fromisoformat(clock["iso8601"]).astimezone(UTC)
    except (LookupError, TypeError, ValueError):
        return None


def _united(answers: Sequence[Result]) -> dict[str, Value]:
    """All facts of one host in one; later times overwrite earlier ones."""
    parts = sorted(
        (answer.facts for answer in answers if answer.facts), key=lambda facts: str(gathered(Facts(facts)) or "")
    )
    return {name: value for part in parts for name, value in part.items()}


def _kind(facts: Facts) -> str:
    """Facts that do not tell guest from metal may be of either, so of what both are."""
    return {True: "virtual_machine", False: "server", None: "compute"}[is_virtual(facts)]
