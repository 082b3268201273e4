"""What selectors pick, and which ones are errors."""

from __future__ import annotations

import pytest

from cmdb.graph.selectors import SelectorError, predicate, select
from cmdb.model.ci import CI
from cmdb.testing.text import inventory

SHOP = inventory(
    """
- kind: server
  id: web-1
  name: Web one
  owner: team-web
  environment: production
  criticality: high
  labels: {tier: front, app.kubernetes.io/name: shop}
  tags: [pci, edge]
  keys: {hosts: web-1.example.org}
  links: {runbook: "https://wiki.example.org/web?a=b"}
  aliases: [www]
  attributes:
    memory: 32 GiB
    hostname: Web-1.Example.org
    kernel: 6.1.10
    gates: [22, 443]
    cpus: 8
    encrypted: false
    unheard_of: 8
    packages: {openssl: 3.0.11, "python3.11": 3.11.2}
    nics: [{name: eth0, mtu: 1500}, {name: eth1, mtu: 9000}]
  relations:
    located_in: hall
- kind: virtual_machine
  id: vm-1
  owner: team-web
  environment: test
  lifecycle: planned
  criticality: low
  attributes: {memory: 8 GiB, kernel: 6.1.2, cpus: 2}
  relations: {runs_on: www}
- kind: application
  id: app
  tags: [pci]
  attributes: {cpus: many, unheard_of: "8"}
  relations: {depends_on: [{at_least: 1, of: [web-1, vm-1]}], owned_by: crew}
- {kind: site, id: hall, description: The "hall", environment: production}
- {kind: team, id: crew}
- {kind: team, id: owner}
""",
    schema="""
kinds:
  compute:
    attributes:
      memory: bytes
      hostname: hostname
      kernel: version
      gates: {type: set, of: integer}
      cpus: {type: integer, minimum: 1}
      encrypted: boolean
      packages: {type: map, of: version}
      nics: {type: list, of: map, by: name}
  application:
    attributes: {cpus: string}
""",
)

ANSWERS = {
    # ids and aliases
    "app": "app",
    "www": "web-1",
    "id=www": "web-1",
    "id in (app, hall)": "app hall",
    "id!=app": "crew hall owner vm-1 web-1",
    "id~*-1": "vm-1 web-1",
    "id=owner": "owner",
    # kinds, with those below them
    "kind=server": "web-1",
    "kind=compute": "vm-1 web-1",
    "kind!=compute": "app crew hall owner",
    "kind in (compute, site)": "hall vm-1 web-1",
    "kind not in (compute, team)": "app hall",
    "kind~*er*": "web-1",
    # text
    "owner=team-web": "vm-1 web-1",
    "owner=team": "",
    "owner": "vm-1 web-1",
    "!owner": "app crew hall owner",
    "owner!=team-web": "app crew hall owner",
    "owner~team-*": "vm-1 web-1",
    "owner~Team-*": "",
    "owner~team": "",
    "owner!~team-*": "app crew hall owner",
    'name="Web one"': "web-1",
    'description="The \\"hall\\""': "hall",
    "environment in (test, production)": "hall vm-1 web-1",
    # words with an order of their own
    "criticality>=high": "web-1",
    "criticality<high": "vm-1",
    "criticality!=high": "app crew hall owner vm-1",
    "lifecycle=planned": "vm-1",
    "lifecycle<live": "vm-1",
    # maps
    "labels": "web-1",
    "labels.tier=front": "web-1",
    'labels."app.kubernetes.io/name"': "web-1",
    "!labels.tier": "app crew hall owner vm-1",
    "labels.nobody_has=x": "",
    "keys.hosts~*.example.org": "web-1",
    "links.runbook=https://wiki.example.org/web?a=b": "web-1",
    # lists
    "tags=pci": "app web-1",
    "tags=edge,tags=pci": "web-1",
    "tags!=edge": "app crew hall owner vm-1",
    "tags in (edge, other)": "web-1",
    "tags not in (edge, other)": "app crew hall owner vm-1",
    "tags~e*": "web-1",
    "!tags": "crew hall owner vm-1",
    "aliases=www": "web-1",
    # attributes, by their types
    "attributes.memory=32GiB": "web-1",
    'attributes.memory="32 GiB"': "web-1",
    "attributes.memory=34359738368": "web-1",
    "attributes.memory>8GiB": "web-1",
    "attributes.memory>=8GiB": "vm-1 web-1",
    "attributes.memory~32*": "web-1",
    "attributes.hostname=web-1.example.org.": "web-1",
    "attributes.kernel>=6.1.9": "web-1",
    "attributes.kernel=6.1.2.0": "vm-1",
    "attributes.gates=443": "web-1",
    "attributes.gates=80": "",
    "attributes.gates!=80": "app crew hall owner vm-1 web-1",
    "attributes.gates>400": "web-1",
    "attributes.encrypted=false": "web-1",
    "attributes.cpus=8": "web-1",
    "attributes.cpus=many": "app",
    "attributes.cpus>0": "app vm-1 web-1",
    "attributes.cpus!=8": "app crew hall owner vm-1",
    "attributes.packages": "web-1",
    "attributes.packages.openssl>=3.0.2": "web-1",
    'attributes.packages."python3.11"=3.11.2': "web-1",
    "attributes.packages.telnetd": "",
    "attributes.nics[name=eth1].mtu>1500": "web-1",
    "attributes.nics[0].mtu=1500": "web-1",
    "attributes.nics[7].mtu=1500": "",
    # attributes that nobody declares
    "attributes.unheard_of=8": "app web-1",
    "attributes.unheard_of>7": "app web-1",
    "attributes.unheard_of": "app web-1",
    "attributes": "app vm-1 web-1",
    # relations
    "relations.runs_on=web-1": "vm-1",
    "relations.runs_on=www": "vm-1",
    "relations.depends_on=vm-1": "app",
    "relations.depends_on~*": "app",
    "relations.depends_on!=vm-1": "crew hall owner vm-1 web-1",
    "relations.depends_on.www": "app",
    "!relations.depends_on.web-1": "crew hall owner vm-1 web-1",
    "relations.uses": "",
    "relations.depends_on=nowhere": "",
    "relations": "app vm-1 web-1",
    # the graph: relations that let harm through, groups flattened
    "+app": "app hall vm-1 web-1",
    "1+app": "app vm-1 web-1",
    "0+app": "app",
    "hall+": "app hall vm-1 web-1",
    "hall+1": "hall web-1",
    "1+web-1+1": "app hall vm-1 web-1",
    "www+": "app vm-1 web-1",
    "crew+": "crew",
    "+(kind=compute,environment=test)": "hall vm-1 web-1",
    "+(kind=compute),environment=production": "hall web-1",
    "(kind=compute)+1,!owner": "app",
    "(tags=pci),kind=server": "web-1",
    "+(+app,kind=site)": "hall",
    "+owner": "owner",
    # combined
    "kind=compute,environment=production,attributes.memory>1GiB": "web-1",
    "kind=server,owner=nobody": "",
}


@pytest.mark.parametrize(("text", "expected"), ANSWERS.items())
def test_answers(text: str, expected: str) -> None:
    assert list(select(SHOP, [text])) == sorted(expected.split())


ERRORS = {
    "kind=servr": "5 unknown kind 'servr'; did you mean 'server'?",
    "kind in (server, servr)": "17 unknown kind 'servr'; did you mean 'server'?",
    "kind!=servr": "6 unknown kind 'servr'; did you mean 'server'?",
    "kind<server": "4 kinds have no order",
    "web-2": "0 there is no CI 'web-2'; did you mean 'web-1'?",
    "ownr": "0 there is no CI 'ownr'; did you mean 'owner'?",
    "id=web-2": "3 there is no CI 'web-2'; did you mean 'web-1'?",
    "id!=web-2": "4 there is no CI 'web-2'; did you mean 'web-1'?",
    "+web-2": "1 there is no CI 'web-2'; did you mean 'web-1'?",
    "2+(kind=servr)": "8 unknown kind 'servr'; did you mean 'server'?",
    "attributes.memry=1": "0 unknown attribute 'memry'; did you mean 'memory'?",
    "!attributes.memry": "0 unknown attribute 'memry'; did you mean 'memory'?",
    "attributes.memory>lots": "18 'lots' is no size; write a whole number of bytes, or 32 GiB",
    "attributes.gates=http": "17 'http' is no whole number",
    "attributes.encrypted<true": "21 values of type boolean have no order; compare them with = or !=",
    "attributes.packages=1": "20 a map has no value to compare; name one of its keys",
    "attributes=1": "0 this has no value of its own; write attributes.NAME",
    "labels=1": "0 this has no value of its own; write labels.NAME",
    "labels.a.b=1": "0 'labels' has names and no further parts; quote a name with dots: labels.\"a.b\"",
    "relations.depend_on=app": "0 unknown relation type 'depend_on'; did you mean 'depends_on'?",
    "relations.hosts=app": "0 'hosts' is the inverse of 'runs_on', which is the one that files have",
    "relations.depends_on.www=1": "0 this has no value of its own; write relations.depends_on=web-1",
    "relations.depends_on.www.port": "0 a path of a relation ends at a target: relations.depends_on.TARGET",
    "criticality=hihg": "12 'hihg' is none of the choices; write high (the choices are low, medium, high, critical)",
    "lifecycle=dead": "10 'dead' is none of the choices",
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_and_never_an_empty_answer(text: str, expected: str) -> None:
    for combined in (text, f"{text},owner=nobody", f"owner=nobody,{text}"):
        with pytest.raises(SelectorError) as caught:
            select(SHOP, [combined])
        shift = combined.index(text)
        position, reason = expected.split(" ", 1)
        assert caught.value.position == int(position) + shift
        assert caught.value.reason.startswith(reason)


def test_absurd_numbers_of_steps_are_no_limit() -> None:
    assert select(SHOP, [f"{'9' * 5000}+app"]) == select(SHOP, ["+app"])


def test_several_selectors_are_a_union_and_exclude_subtracts() -> None:
    assert select(SHOP, ["app", "kind=team"]) == ("app", "crew", "owner")
    assert select(SHOP, ["kind=compute", "app"], exclude=["environment=test", "+crew"]) == ("app", "web-1")
    assert select(SHOP, "kind=team") == ("crew", "owner")
    assert select(SHOP, []) == tuple(SHOP)
    assert select(SHOP, [], exclude="kind=team") == ("app", "hall", "vm-1", "web-1")


def test_a_wrong_selector_is_an_error_wherever_it_stands() -> None:
    for selectors, exclude in ((["app", "nowhere"], ()), (["app"], ["nowhere"]), ([""], ())):
        with pytest.raises(SelectorError):
            select(SHOP, selectors, exclude=exclude)


def test_the_way_a_ci_is_written_decides_nothing_else() -> None:
    applies = predicate("kind=compute,attributes.memory>=16GiB", SHOP.schema, SHOP)
    assert [ci.id for ci in SHOP.values() if applies(ci)] == ["web-1"]
    applies = predicate("(www)", SHOP.schema, SHOP)
    assert [ci.id for ci in SHOP.values() if applies(ci)] == ["web-1"]


@pytest.mark.parametrize("text", ["+app", "app+2", "owner,(kind=team,+(owner))"])
def test_a_predicate_has_no_graph(text: str) -> None:
    with pytest.raises(SelectorError, match="a graph operator has no meaning here"):
        predicate(text, SHOP.schema, SHOP)


def test_without_an_inventory_ids_and_undeclared_attributes_are_believed() -> None:
    ci = CI("a", "server", attributes={"color": "red"})
    assert predicate("id=a,attributes.color=red", SHOP.schema)(ci)
    assert not predicate("id=b", SHOP.schema)(ci)
    with pytest.raises(SelectorError):
        predicate("kind=servr", SHOP.schema)
