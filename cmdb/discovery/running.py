"""Running sources: each plugin in a process of its own, side by side, and whatever happens to one of them comes out as
failed coverage with a reason, never as silence that looks like a clean answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

from cmdb.discovery.children import Children
from cmdb.discovery.loading import explained
from cmdb.discovery.observing import Order, failed, observe
from cmdb.discovery.redaction import redact
from cmdb.formats.snapshot_lines import in_order
from cmdb.model.config import SourceConfig
from cmdb.model.kind import Schema
from cmdb.model.snapshot import Run, Snapshot

_MOST = 32
"""Sources at the same time; a thread does no more than listen to its source's process."""


def discover(
    sources: Sequence[SourceConfig],
    root: Path,
    *,
    clock: Callable[[], datetime],
    schema: Schema | None = None,
    executor: Executor | None = None,
    report: Callable[[Run], None] | None = None,
    within: float = math.inf,
) -> Snapshot:
    """What the sources see: one run each, in their order, secrets taken out.

    `root` is the workspace, `clock` gives the time with its offset, and `schema` says which attributes are secret. The
    sources run in threads, or wherever a given executor runs them. `report` hears of each run as it ends. A source
    that fails has failed coverage over all it covers, and has not `ended`; what it saw before stays. So it is with one
    that has not answered `within` so many seconds of the call.
    """
    started, deadline = clock(), monotonic() + within
    orders = [Order(source, root.absolute(), started).within(within) for source in sources]
    runs = {number: _without_plugin(order) for number, order in enumerate(orders) if not order.source.plugin}
    children = Children()
    pool = executor or ThreadPoolExecutor(min(len(orders), _MOST) or 1, thread_name_prefix="cmdb-source")
    ask = partial(observe, children=children, deadline=deadline) if isinstance(pool, ThreadPoolExecutor) else observe
    futures: dict[Future[Run], int] = {}
    try:
        futures.update((pool.submit(ask, order), number) for number, order in enumerate(orders) if number not in runs)
        for future in as_completed(futures):
            number = futures[future]
            runs[number] = _settled(_result(future, orders[number]), clock, schema)
            if report:
                report(runs[number])
    except BaseException:
        children.end()
        for future in futures:
            future.cancel()
        raise
    finally:
        if executor is None:
            pool.shutdown(cancel_futures=True)
    return Snapshot(tuple(runs[number] for number in range(len(orders))))


def _without_plugin(order: Order) -> Run:
    """Carries no time, so that any snapshot of the source is newer."""
    run = failed(order, "it has no plugin; give its snapshot with --observed")
    return replace(run, run="-", started=None)


def _result(future: Future[Run], order: Order) -> Run:
    try:
        return future.result()
    except Exception as error:
        return failed(order, f"it could not be asked: {explained(order.source.plugin, error)}")


def _settled(run: Run, clock: Callable[[], datetime], schema: Schema | None) -> Run:
    return in_order(redact(replace(run, finished=clock()) if run.ended else run, schema))
