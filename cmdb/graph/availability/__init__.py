"""How available CIs are, composed of the figures of everything that they rely on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from cmdb.graph.availability.engine import Engine
from cmdb.graph.availability.figures import COMPOSED, UNKNOWN, Figure, fallback, figure, fraction
from cmdb.graph.availability.result import YEAR, Availabilities, Availability, Contribution, Summary
from cmdb.graph.availability.targets import target
from cmdb.graph.ordering.start import remarks
from cmdb.graph.references import resolve
from cmdb.graph.topology import SERVICE, Topology, build
from cmdb.graph.weak.gates import Gates, gates
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.status import Status

__all__ = ["YEAR", "Availabilities", "Availability", "Contribution", "Summary", "availability"]


def availability(
    inventory: Inventory,
    ids: Iterable[str] | None = None,
    *,
    topology: Topology | None = None,
    include: Iterable[str] = (),
    degraded: bool = False,
    assume: Mapping[str, float | str] | None = None,
    samples: int | None = None,
) -> Availabilities:
    """How available CIs are, all services by default; a single text is one id. A CI is unavailable while it is down by
    the rules of impact, or with `degraded` while it is degraded or down. CIs fail by their own fault as often as their
    attributes `availability`, or `mtbf` and `mttr`, say; services without figures are what they are made of. `assume`
    gives figures, in percent, for the others: by kind, or under the empty text for all. What has none is named, and the
    answer is then a bound. `samples` are the states that are tried where no exact answer can be had; by default
    about a million, and fewer where many CIs are asked about. `topology` is the
    inventory's, where it is known. Raises `CmdbError` for an unknown id and a wrong figure."""
    graph = _topology(inventory, topology).including(frozenset(include))
    words = _services(graph) if ids is None else sorted({ids} if isinstance(ids, str) else set(ids))
    roots = sorted({node for word in words if graph.serving[node := resolve(graph, word)]})
    found = gates(graph, roots, least=Status.DEGRADED if degraded else Status.DOWN)
    figures = _figures(inventory, found, _assumed(inventory, assume or {}))
    engine = Engine(found, figures, roots, samples)
    answers = tuple(engine.answer(root, target(inventory, inventory[graph.ids[root]])) for root in roots)
    missing = tuple(graph.ids[node] for node in sorted(figures) if not figures[node].known)
    return Availabilities(_summary(answers, missing), answers, missing, remarks(graph, words))


def _topology(inventory: Inventory, known: Topology | None) -> Topology:
    own = known or getattr(inventory, "topology", None)
    return own if isinstance(own, Topology) else build(inventory)


def _services(topology: Topology) -> list[str]:
    nodes = (node for node in range(len(topology)) if topology.kind(node) in topology.services)
    return [topology.ids[node] for node in nodes if topology.serving[node]]


def _figures(inventory: Inventory, found: Gates, assumed: Mapping[str, Fraction]) -> dict[int, Figure]:
    return {
        node: _figure(inventory, found.topology.ids[node], assumed)
        for node in sorted(found.inputs)
        if found.is_ci(node)
    }


def _figure(inventory: Inventory, ci_id: str, assumed: Mapping[str, Fraction]) -> Figure:
    ci = inventory[ci_id]
    own = figure(ci)
    if own.known:
        return own
    kind = inventory.schema.kinds.get(ci.kind)
    lineage = kind.lineage if kind else (ci.kind,)
    service = inventory.schema.is_a(ci.kind, SERVICE)
    said = fallback(ci, lineage, {name: each for name, each in assumed.items() if name or not service})
    return COMPOSED if service and said is UNKNOWN else said


def _assumed(inventory: Inventory, assume: Mapping[str, float | str]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for kind, percent in assume.items():
        share = fraction(percent)
        if share is None:
            raise CmdbError(f"assume: {percent!r} is no percentage", hint="write a number from 0 to 100, such as 99.9")
        if kind and kind not in inventory.schema.kinds:
            raise CmdbError(f"assume: there is no kind '{kind}'", hint="write KIND=PERCENT, or PERCENT for all kinds")
        found[kind] = share
    return found


def _summary(answers: tuple[Availability, ...], missing: tuple[str, ...]) -> Summary:
    verdicts = Counter(answer.verdict for answer in answers)
    return Summary(
        cis=len(answers),
        met=verdicts["met"],
        missed=verdicts["missed"],
        unknown=verdicts["unknown"],
        without_target=verdicts[None],
        exact=sum(answer.method == "exact" for answer in answers),
        missing=len(missing),
    )
