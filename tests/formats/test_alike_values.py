"""What is remembered of one CI never changes another: raw values that look alike to a dictionary stay apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.formats.ci_reader import CIReader
from cmdb.formats.inventory_reader import FileReading, InventoryReading
from cmdb.formats.meanings import AsIs, Meanings
from cmdb.formats.schema_reader import read_schema
from cmdb.formats.taking import Above
from cmdb.model.ci import CI
from cmdb.model.kind import Schema
from cmdb.model.location import Place
from cmdb.model.problem import Problem
from cmdb.model.value import Value
from cmdb.testing.ci_files import KINDS

ATTRIBUTES = (
    *("serial", "firmware", "memory", "ports", "words", "sequence", "flags", "country", "paid", "colour", "shelf"),
    *("nics", "ratio", "span", "undeclared", "memroy", "1", "true", "1.10"),
)
VALUES = (
    """
    1   true   1.0   0   false   0.0   -0.0   '1'   'true'   1.10   0012   no   ~   ''   x   é   1 KiB   90s   red   0x10   .inf
    99999999999999999999   [1, 2]   [0x10, 1]   [1, true]   [1, 1.0]   [true, 1]   [true, true]   [1.0, 1]   ['1', 1]
    ['1', '2']   [~]   [2, 1, 1]   [a, b]   [b, a]   []   [[1]]   [{name: eth0}]   [{name: 1}]   [{name: true}]
    {}   {a: 1}   {a: true}   {a: 1.0}   {a: '1'}   {1: a}   {1: ~}   {[a]: ~}
""".strip()
    .replace("\n    ", "   ")
    .split("   ")
)
FIELDS = {
    "labels": ("{a: 1}", "{a: true}", "{a: 1.0}", "{a: '1'}", "{a: ~}", "{1: a}", "{true: a}", "{'1': a}", "{}", "x", "[a]"),
    "lifecycle": ("live", "lve", "1", "retired", "[a]"),
    "owner": ("1", "true", "1.0", "'1'", "x", "{a: 1}"),
    "tags": ("[1, x]", "[true, x]", "['1', x]", "x", "[[x]]"),
    "relations": ("{uses: a}", "{uses: [a, b]}", "{uses: [b, a]}", "{uses: [a, a]}", "{uses: 1}", "{uses: [1, true]}",
                  "{uses: -a}", "{uses: {at_least: 1, of: [a, b]}}", "{uses: {at_least: true, of: [a, b]}}", "{1: a}",
                  "{uses: {at_least: 1, of: [a, -b]}, 1: ~}", "{uses: [{to: a, port: 1}, b]}", "{uses: [{to: a}, a]}"),
}  # fmt: skip
TEXTS = [
    *(f"kind: pos_terminal\nattributes: {{{name}: {value}}}\n" for value in VALUES for name in ATTRIBUTES),
    *(f"kind: till\n{name}: {value}\n" for name, values in FIELDS.items() for value in values),
]
PRECISELY = "# \t a tab anywhere sends a file to the precise reader\n"


@cache
def schema() -> Schema:
    return read_schema([("inventory/schema/shop.yaml", dedent(KINDS).encode())]).schema


def told(reading: InventoryReading, found: FileReading, known: int) -> tuple[str, ...]:
    """A file's CIs and problems to the letter."""
    places = [replace(ci, place=Place("")) for ci in found.cis]
    return (*map(repr, places), *sorted(repr(replace(problem, where=None)) for problem in reading.problems[known:]))


def read_all(texts: Iterable[str]) -> list[tuple[str, ...]]:
    reading = InventoryReading(schema())
    found = []
    for number, text in enumerate(texts):
        known = len(reading.problems)
        file = reading.read(f"inventory/{number}.yaml", f"id: x\n{text}".encode())
        found.append(told(reading, file, known))
    return found


@cache
def alone() -> list[tuple[str, ...]]:
    return [read_all([PRECISELY + text])[0] for text in TEXTS]


@pytest.mark.parametrize("step", [1, -1, 7])
def test_every_value_means_the_same_after_every_other(step: int) -> None:
    order = list(range(len(TEXTS)))[:: step if step < 0 else 1]
    order.sort(key=lambda position: position * step % len(TEXTS))
    for _ in range(2):
        together = read_all(TEXTS[position] for position in [*order, *order])
        assert together == [alone()[position] for position in [*order, *order]]


def beside(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The same of files that are read at once, so that CIs that are alike are read together."""
    reading = InventoryReading(schema())
    files = [(f"inventory/{number}.yaml", f"id: x\n{text}".encode()) for number, text in enumerate(texts)]
    found, read = [], reading.read_many(files)
    for _ in files:
        known = len(reading.problems)
        found.append(told(reading, next(read), known))
    return found


@st.composite
def similar(draw: st.DrawFn) -> list[str]:
    """CIs that say more or less the same things, some of them odd or wrong."""
    names = draw(st.lists(st.sampled_from(ATTRIBUTES), unique=True, max_size=3))
    usual = {name: draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=2)) for name in names}
    fields = {name: draw(st.sampled_from(values)) for name, values in FIELDS.items() if draw(st.booleans())}
    kind = draw(st.sampled_from(["pos_terminal", "till"]))
    texts = []
    for _ in range(draw(st.integers(4, 9))):
        own = {name: draw(st.sampled_from(values)) for name, values in usual.items()}
        said = {**fields, "attributes": "{" + ", ".join(f"{name}: {value}" for name, value in own.items()) + "}"}
        if draw(st.integers(0, 9)) == 0:
            name, values = draw(st.sampled_from(sorted(FIELDS.items())))
            said[name] = draw(st.sampled_from(values))
        texts.append(f"kind: {kind}\n" + "".join(f"{name}: {value}\n" for name, value in said.items()))
    return texts


@settings(max_examples=400, deadline=None)
@given(similar())
def test_cis_read_together_are_what_each_is_alone(texts: list[str]) -> None:
    assert beside(texts) == [read_all([PRECISELY + text])[0] for text in texts]


def test_all_values_mean_the_same_beside_all_others() -> None:
    assert beside(TEXTS) == alone()


@pytest.mark.parametrize("near", [0, 1, 5])
def test_all_values_mean_the_same_among_their_like(near: int) -> None:
    texts = TEXTS[: len(VALUES) * len(ATTRIBUTES)]
    for place in range(0, len(texts), 7):
        one, other = place, (place + near * len(ATTRIBUTES)) % len(texts)
        group = [one, other, one, one, other]
        assert beside([texts[position] for position in group]) == [alone()[position] for position in group]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("labels: {serial: x}\nattributes: {firmware: x}", "labels: {}\nattributes: {serial: x, firmware: x}"),
        ("labels: {a: b}\nrelations: {uses: a}", "labels: {a: b}\nrelations: {depends_on: a}"),
        ("attributes: {serial: x}\nrelations: {uses: a}", "attributes: {firmware: x}\nrelations: {uses: a}"),
        ("attributes: {}\nrelations: {}", "attributes: {}\nrelations: {uses: []}"),
        ("attributes: {undeclared: ~}", "attributes: {undeclared: 1}"),
        ("attributes: {undeclared: [~]}", "attributes: {undeclared: ~}"),
        ("relations: {uses: {at_least: 1, of: [a]}}", "relations: {uses: {at_least: true, of: [a]}}"),
        ("relations: {uses: {at_least: 1, of: [a], x: 1}}", "relations: {uses: {at_least: 1, of: [a], name: b}}"),
        ("relations: {uses: a}", 'relations: {uses: "a\\nb"}'),
        ("owner: a", "owner: ~"),
        ("attributes: [paid]", "attributes: x"),
        ("attributes: {paid: true}", "attributes: [paid]"),
        ("name: a", "name: 1.10"),
    ],
)
def test_what_looks_alike_and_is_not(one: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two batches, since only what was met before is read together."""
    monkeypatch.setattr("cmdb.formats.inventory_reader.TOGETHER", 10)
    texts = 2 * [
        f"kind: pos_terminal\n{text}\n" for text in (one, other, one, other, other, one, one, other, other, other)
    ]
    assert beside(texts) == [read_all([PRECISELY + text])[0] for text in texts]


def test_files_for_the_precise_reader_do_not_pile_up() -> None:
    asked: list[int] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(50):
            asked.append(number)
            yield f"inventory/{number}.yaml", f"{PRECISELY}id: n-{number}\nkind: server\n".encode()

    read = InventoryReading(schema()).read_many(files())
    assert [len(asked) for _ in zip(range(3), read, strict=False)] == [1, 2, 3]


def test_cis_without_an_id_or_with_odd_ones_are_told_of() -> None:
    ids = ("id: a", "id: b", "id: c", "id: d", "", "", "", "", *["id: -a"] * 4, *["id: 1"] * 4, *['id: "a\\nb"'] * 4)
    reading = InventoryReading(schema())
    files = [(f"inventory/{n}.yaml", f"{{kind: server, {word}}}".encode()) for n, word in enumerate(ids)]
    found = [ci.id for file in reading.read_many(files) for ci in file.cis]
    assert found == [*"abcd1111"]
    assert len(reading.problems) == 12


@pytest.mark.parametrize("batch", [1, 9, 200])
def test_each_kind_below_each_folder_has_its_own_defaults(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmdb.formats.inventory_reader.TOGETHER", batch)
    reading = InventoryReading(schema())
    reading.take_defaults("inventory/a/_defaults.yaml", b"owner: team-a\nattributes: {country: at}\n")
    texts = ["kind: pos_terminal\nattributes: {serial: x}\n"] * 4 + ["kind: till\nattributes: {paid: true}\n"] * 4
    files = [(f"inventory/{folder}/{n}.yaml", f"id: {folder}-{n}\n{text}".encode())
             for _ in range(3) for folder in "ab" for n, text in enumerate(texts)]  # fmt: skip
    found = list(reading.read_many(files))
    given = [(file.cis[0].owner, dict(file.cis[0].attributes), bool(file.taken)) for file in found]
    with_defaults = [("team-a", {"serial": "x", "country": "at", "paid": False}, True)] * 4
    with_defaults += [("team-a", {"paid": True, "country": "at"}, True)] * 4
    without = [(None, {"serial": "x", "paid": False}, False)] * 4 + [(None, {"paid": True}, False)] * 4
    assert given == [*with_defaults, *without] * 3


def test_a_wrong_default_makes_no_file_clean_that_takes_it() -> None:
    reading = InventoryReading(schema())
    reading.take_defaults("inventory/_defaults.yaml", b"lifecycle: lve\n")
    files = [(f"inventory/{n}.yaml", f"id: n-{n}\nkind: server\n".encode()) for n in range(9)]
    assert not any(file.clean for file in reading.read_many([*files, *files]))
    assert len(reading.problems) == 1


def test_labels_that_replace_a_default_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmdb.formats.inventory_reader.TOGETHER", 10)
    reading = InventoryReading(schema())
    reading.take_defaults("inventory/_defaults.yaml", b"labels: {tier: web}\n")
    labels = [{"tier": "db"}, {"zone": "a"}] * 10
    files = [
        (f"inventory/{n}.yaml", f"id: n-{n}\nkind: server\nlabels: {json.dumps(own)}\n".encode())
        for n, own in enumerate(labels)
    ]
    found = [dict(ci.labels) for file in reading.read_many(files) for ci in file.cis]
    assert found == [{"tier": "db"}, {"zone": "a", "tier": "web"}] * 10


def test_defaults_apply_to_cis_read_together() -> None:
    files = {
        "inventory/_defaults.yaml": "owner: team-a\nlabels: {tier: web}\nattributes: {country: at}\nrelations: {}\n"
    }
    texts = [f"id: n-{n}\nkind: pos_terminal\nattributes: {{serial: s-{n}}}\nlabels: {{n: '{n}'}}\n" for n in range(5)]
    reading = InventoryReading(schema())
    for path, text in files.items():
        reading.take_defaults(path, text.encode())
    found = list(reading.read_many([(f"inventory/{n}.yaml", text.encode()) for n, text in enumerate(texts)]))
    expected = {"country": "at", "paid": False}
    assert [dict(ci.attributes) for file in found for ci in file.cis] == [
        {"serial": f"s-{n}", **expected} for n in range(5)
    ]
    assert [dict(ci.labels) for file in found for ci in file.cis] == [{"n": str(n), "tier": "web"} for n in range(5)]
    assert {ci.owner for file in found for ci in file.cis} == {"team-a"}
    assert len({file.taken for file in found}) == 1
    assert found[0].taken


def test_of_many_cis_that_are_alike_one_is_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = CIReader.ci

    def noted(reader: CIReader, raw: dict[str, Value], place: Place, above: Above) -> CI | None:
        asked.append(raw["id"])
        return real(reader, raw, place, above)

    monkeypatch.setattr(CIReader, "ci", noted)
    text = "id: n-{}\nkind: pos_terminal\nattributes: {{serial: s-{}, ports: [{}]}}\nrelations: {{uses: n-1}}\n"
    files = [(f"inventory/{n}.yaml", text.format(n, n, n).encode()) for n in range(50)]
    assert sum(len(file.cis) for file in InventoryReading(schema()).read_many(files)) == 50
    assert asked == ["n-0"]


def cis(texts: Sequence[str]) -> tuple[CI, ...]:
    reading = InventoryReading(schema())
    return tuple(ci for text in texts for ci in reading.read("inventory/a.yaml", text.encode()).cis)


def test_what_cis_have_in_common_is_there_once() -> None:
    text = "id: {}\nkind: pos_terminal\nowner: team-a\nlabels: {{tier: web}}\nattributes: {{serial: ab-c, ports: [7000]}}\n"
    one, other = cis([text.format(name) + "relations: {uses: [x-1, y-1]}\n" for name in ("x-1", "y-1")])
    assert one.owner is other.owner
    assert one.labels is other.labels
    assert one.attributes["serial"] is other.attributes["serial"]
    assert one.attributes["ports"] is other.attributes["ports"]
    assert next(iter(one.attributes)) is next(iter(other.attributes))
    assert one.relations["uses"][0] is other.relations["uses"][0]
    assert (one.id, other.id) == ("x-1", "y-1")
    assert [target.id for _, target in one.targets()] == ["x-1", "y-1"]
    assert next(one.targets())[1].id is one.id


def test_no_more_than_so_many_values_are_remembered() -> None:
    asked: list[str] = []

    def read(raw: str) -> str:
        asked.append(raw)
        return raw.upper()

    meanings = Meanings(read, most=2)
    assert [meanings[raw] for raw in "abcabcc"] == [*"ABCABCC"]
    assert asked == [*"abccc"]
    assert len(meanings) == 2


def test_what_is_refused_is_asked_again() -> None:
    def read(raw: str) -> str:
        raise ValueError(raw)

    meanings = Meanings(read)
    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            meanings["a"]
    assert not meanings


def test_text_as_it_is_stays_the_same_object() -> None:
    text = "".join(["a", "b"])
    assert AsIs()[text] is text


def problems(files: dict[str, str]) -> list[Problem]:
    reading = InventoryReading(schema())
    for path, text in sorted(files.items()):
        reading.take(path, reading.read(path, text.encode()))
    return list(reading.problems)


def test_a_file_that_is_read_twice_loses_no_problem() -> None:
    """The second CI has a number where text belongs, so that the whole file is read again, precisely."""
    found = problems({"inventory/a.yaml": "- {kind: server}\n- {kind: server, id: b, name: 1.10}\n"})
    assert [problem.message for problem in found] == ["a CI needs an id"]


def test_every_ci_with_a_wrong_word_is_told_of() -> None:
    files = {
        f"inventory/{n}.yaml": f"{{kind: pos_terminal, id: n-{n}, lifecycle: lve, attributes: {{memroy: 1}}}}"
        for n in "abc"
    }
    assert [(p.ci, p.key_path) for p in problems(files)] == [
        (f"n-{n}", path) for n in "abc" for path in ("lifecycle", "attributes.memroy")
    ]


@pytest.mark.parametrize("attributes", ["1", "x", "[paid]", "~"])
def test_attributes_that_are_no_mapping_leave_the_defaults_of_the_kind(attributes: str) -> None:
    (ci,) = cis([f"id: a\nkind: pos_terminal\nattributes: {attributes}\n"])
    assert ci.attributes == {"paid": False}


def test_a_file_is_clean_only_where_no_default_it_takes_is_wrong() -> None:
    """Otherwise its reading would be remembered, and the problem forgotten with the file that it was told of for."""
    reading = InventoryReading(schema())
    reading.take_defaults("inventory/_defaults.yaml", b"lifecycle: lve\n")
    found = [reading.read(f"inventory/{n}.yaml", f"id: {n}\nkind: server\n{own}".encode()) for n, own in
             (("a", ""), ("b", ""), ("c", "lifecycle: live\n"))]  # fmt: skip
    assert [file.clean for file in found] == [False, False, True]
    assert [problem.message for problem in reading.problems] == ["'lve' is no lifecycle"]
