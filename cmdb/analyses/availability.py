"""How available services are by design, and what keeps them from being more so.

Without selectors it is about all services. A CI is unavailable while it is *down* by the rules of impact; with
`--degraded`, while it is *degraded* or *down*. CIs fail by their own fault as often as their attributes say, each
independently of the others; what they share, such as a hypervisor below two machines, fails for all of them at once.
`availability` is a percentage (a number up to 1 is a share); without it, `mtbf` and `mttr` together give
MTBF / (MTBF + MTTR). A service without figures does not fail by itself: it is what it is made of.

A CI that has no figure is never taken as perfect in silence. It is named, and the availability of what relies on it is
then no more than a bound: *at most*. `--assume 99.9` gives all such CIs a figure, `--assume server=99.5` those of a
kind and of the kinds below it.

The target is the attribute `availability_target`, or that of an agreement that the service is `covered_by`. It is
*met*, *missed*, or *unknown* where figures are missing or the interval of a simulation holds it. Downtime is told for a
year of 365 days, service hours or not.

*Exact* values are right to the last digit. Where too much is shared in too many ways for that, the value is
*simulated*: about a million states are tried, the same ones each time, and 99 % of such intervals hold the true value.
Asked about many CIs, less effort is spent on each; `--samples` says how many states are to be tried.

For each CI that contributes it is told whether it takes the service down *alone*; how much downtime it causes, which is
what would be saved if it never failed; and what a second one of it would save, as good as the first, failing by itself,
in the same place. Where there is redundancy these do not add up to the whole.
"""

from __future__ import annotations

from cmdb.facts import Facts
from cmdb.graph.availability import Availabilities, availability
from cmdb.model.answer import Drawing
from cmdb.model.asked import INCLUDE, Asked, Option, Options
from cmdb.model.document import Document
from cmdb.views import availability as view

NAME = "availability"
ASSUME: Option[tuple[str, ...]] = Option(
    "assume",
    (),
    "The percentage of CIs without a figure, of all or of a kind; may be repeated.",
    metavar="[KIND=]PERCENT",
)
DEGRADED = Option("degraded", False, "Count as unavailable what is degraded too.")
SAMPLES = Option(
    "samples", 0, "How many states a simulation tries; 0 decides by how much is asked.", metavar="COUNT", least=0
)
OPTIONS: Options = (ASSUME, DEGRADED, SAMPLES, INCLUDE)


def analyse(facts: Facts, asked: Asked) -> Availabilities:
    """The availability of the CIs asked about."""
    assumed = (word.rpartition("=") for word in asked.value(ASSUME))
    return availability(
        facts.inventory,
        asked.ids,
        topology=facts.topology,
        include=asked.value(INCLUDE),
        degraded=asked.value(DEGRADED),
        assume={kind.strip(): percent.strip() for kind, _, percent in assumed},
        samples=asked.value(SAMPLES) or None,
    )


def present(result: Availabilities) -> Document:
    """Each CI with its availability, its target and what contributes most; then the CIs without figures."""
    return view.document(result)


def drawing(result: Availabilities) -> Drawing:
    """Arrows to what costs most."""
    return view.drawing(result)
