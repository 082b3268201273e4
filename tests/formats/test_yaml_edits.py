"""Edits of YAML text: what is read afterwards is what was wanted, and no other line has changed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.formats.edits.applying import Edited, edit
from cmdb.formats.edits.nodes import Node, compose
from cmdb.formats.edits.operations import Append, Change, Edit, Impossible, Put, Remove, Steps, applied, reads_as
from cmdb.formats.writing import Block, Word
from cmdb.formats.yaml import precise
from cmdb.model.location import Place
from cmdb.model.value import Value

ORDER = ("kind", "id", "name", "owner", "lifecycle", "attributes", "relations")

SERVER = """\
# Web server of the shop
kind: server   # the kind
id: web-1
attributes:
  memory: 32 GiB  # as ordered
  version: "1.10"
  country: no
  serial: 0012
  ports: [22, 443]   # open
  packages:
    # keep this one patched
    openssl: 3.0
    curl: 8.1  # for the probe
  empty:
  nics:
  - name: eth0
    mtu: 1500
  # the second
  - name: eth1
  tags:
    - a   # first
    - b
  note: |
    lines
      of text

relations:
  runs_on: hv-1
# the end
"""
LIST = """\
# all of them
- {kind: server, id: web-1, attributes: {memory: 1 GiB, ports: []}}  # one
- {kind: server, id: web-2}

- kind: server
  id: web-3   # three
  attributes: {a: {b: 1}, c: [x, y]}
"""
STYLES = """\
plain: some words
  on two lines  # folded
single: 'it''s'
double: "a\\tb\\
  c"
folded: >-
  one
  two
kept: |+
  k


? explicit
: value
"quoted key": x
flow: {a: 1, 'b c': [1, {d: e}],
  # inside
  f: g,  # beside
  h: i,
  }
list: [
  one,  # first
  # about two
  two,
  three
]
nested:
  - - x
    - y
  - k: v
    l: w
null: ~
tagged: !!str 12
long: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word
"""
ANCHORS = """\
base: &base {a: 1, b: &deep 2}
copy: *base
other:
  c: *deep
  d: &unused 4
  e: 5
"""
NO_END = "kind: server\nid: x\nattributes:\n  a: 1  # last"
DOCUMENTS = "# first\nkind: server\nid: a\n---\n# second\nkind: server\nid: b  # here\n...\n"
CORPUS = (SERVER, LIST, STYLES, ANCHORS, NO_END, DOCUMENTS, "{kind: server, id: a}", "\ufeffkind: server\nid: a\n")


def made(text: str, *edits: Edit, document: int = 0, item: int | None = None) -> Edited:
    return edit("x.yaml", text.encode(), [Change(Place("x.yaml", document, item), edits)], ORDER)


def changed(text: str, *edits: Edit, document: int = 0, item: int | None = None) -> str:
    """The lines that went and came: `-old` and `+new`."""
    done = made(text, *edits, document=document, item=item)
    assert done.refused == (), done.refused[0].problem.message
    before, after = text.splitlines(), done.data.decode().splitlines()
    found: list[str] = []
    for tag, a, b, c, d in opcodes(before, after):
        if tag != "equal":
            found += [f"-{line}" for line in before[a:b]] + [f"+{line}" for line in after[c:d]]
    return "\n".join(found)


def opcodes(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()


CASES: list[tuple[Edit, str]] = [
    (Put(("attributes", "memory"), Word("31 GiB")), "-  memory: 32 GiB  # as ordered\n+  memory: 31 GiB  # as ordered"),
    (Put(("attributes", "version"), Word("1.11")), '-  version: "1.10"\n+  version: 1.11'),
    (Put(("attributes", "country"), Word("yes")), "-  country: no\n+  country: yes"),
    (Put(("attributes", "serial"), Word("0013")), "-  serial: 0012\n+  serial: 0013"),
    (Put(("attributes", "serial"), "0013"), '-  serial: 0012\n+  serial: "0013"'),
    (Put(("attributes", "serial"), None), "-  serial: 0012\n+  serial: null"),
    (Put(("attributes", "memory"), Word("a: b")), '-  memory: 32 GiB  # as ordered\n+  memory: "a: b"  # as ordered'),
    (Put(("attributes", "empty"), 5), "-  empty:\n+  empty: 5"),
    (Put(("attributes", "empty", "x"), 5), "-  empty:\n+  empty: {x: 5}"),
    (Put(("attributes", "new"), 5), "+  new: 5"),
    (Put(("attributes", "packages", "zip"), Word("3.10")), "+    zip: 3.10"),
    (Put(("attributes", "packages", "a.b"), Word("x")), "+    a.b: x"),
    (Put(("lifecycle",), Word("retired")), "+lifecycle: retired"),
    (Put(("keys", "hosts"), Word("web-1.example.org")), "+keys: {hosts: web-1.example.org}"),
    (Put(("attributes", "ports"), [22]), "-  ports: [22, 443]   # open\n+  ports: [22]   # open"),
    (Put(("attributes", "ports"), {"a": {"b": 1}}), "-  ports: [22, 443]   # open\n+  ports:   # open\n+    a: {b: 1}"),
    (Put(("attributes", "tags"), Word("x")), "-  tags:\n-    - a   # first\n-    - b\n+  tags: x"),
    (Put(("attributes", "tags"), [{"n": [1]}]),
     "-    - a   # first\n-    - b\n+    - n: [1]"),
    (Put(("attributes", "note"), "x"), "-  note: |\n-    lines\n-      of text\n+  note: x"),
    (Put(("attributes", "nics", 1, "mtu"), 9000), "+    mtu: 9000"),
    (Put(("attributes", "nics", 0, "mtu"), 9000), "-    mtu: 1500\n+    mtu: 9000"),
    (Put(("attributes", "nics", 1), {"name": Word("lo")}), "-  - name: eth1\n+  - {name: lo}"),
    (Append(("attributes", "ports"), 8080), "-  ports: [22, 443]   # open\n+  ports: [22, 443, 8080]   # open"),
    (Append(("attributes", "nics"), {"name": Word("lo"), "mtu": 1}), "+  - {name: lo, mtu: 1}"),
    (Append(("attributes", "tags"), Word("c")), "+    - c"),
    (Remove(("attributes", "memory")), "-  memory: 32 GiB  # as ordered"),
    (Remove(("attributes", "packages", "openssl")), "-    openssl: 3.0"),
    (Remove(("attributes", "ports", 0)), "-  ports: [22, 443]   # open\n+  ports: [443]   # open"),
    (Remove(("attributes", "ports", 1)), "-  ports: [22, 443]   # open\n+  ports: [22]   # open"),
    (Remove(("attributes", "nics", 0)), "-  - name: eth0\n-    mtu: 1500"),
    (Remove(("attributes", "nics", 0, "name")), "-  - name: eth0\n-    mtu: 1500\n+  - mtu: 1500"),
    (Remove(("attributes", "tags", 1)), "-    - b"),
    (Remove(("relations", "runs_on")), "-relations:\n-  runs_on: hv-1\n+relations: {}"),
    (Remove(("relations",)), "-relations:\n-  runs_on: hv-1"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "then"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_only_the_lines_of_the_value_change(given: Edit, then: str) -> None:
    assert changed(SERVER, given) == then


@pytest.mark.parametrize(("given", "then"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_whatever_ends_the_lines(given: Edit, then: str) -> None:
    crlf = SERVER.replace("\n", "\r\n")
    done = made(crlf, given)
    assert done.refused == ()
    assert done.data.decode() == made(SERVER, given).data.decode().replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "given", "item", "then"),
    [
        (LIST, Put(("attributes", "memory"), Word("2 GiB")), 0,
         "- {kind: server, id: web-1, attributes: {memory: 2 GiB, ports: []}}  # one"),
        (LIST, Append(("attributes", "ports"), 22), 0,
         "- {kind: server, id: web-1, attributes: {memory: 1 GiB, ports: [22]}}  # one"),
        (LIST, Put(("attributes", "a", "x"), {"y": [1]}), 0,
         "- {kind: server, id: web-1, attributes: {memory: 1 GiB, ports: [], a: {x: {y: [1]}}}}  # one"),
        (LIST, Remove(("attributes", "memory")), 0, "- {kind: server, id: web-1, attributes: {ports: []}}  # one"),
        (LIST, Put(("attributes", "a"), Word("b, c")), 1, '- {kind: server, id: web-2, attributes: {a: "b, c"}}'),
        (LIST, Put(("name",), Word("Three")), 2, "  name: Three"),
        (LIST, Remove(("attributes", "c", 1)), 2, "  attributes: {a: {b: 1}, c: [x]}"),
        (LIST, Remove(("attributes", "a", "b")), 2, "  attributes: {a: {}, c: [x, y]}"),
    ],
)  # fmt: skip
def test_entries_of_a_list(text: str, given: Edit, item: int, then: str) -> None:
    added = [line[1:] for line in changed(text, given, item=item).splitlines() if line.startswith("+")]
    assert added == [then]


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (Put(("plain",), Word("x")), "-plain: some words\n-  on two lines  # folded\n+plain: x  # folded"),
        (Put(("folded",), Word("x")), "-folded: >-\n-  one\n-  two\n+folded: x"),
        (Put(("kept",), Word("x")), "-kept: |+\n-  k\n-\n-\n+kept: x"),
        (Remove(("kept",)), "-kept: |+\n-  k\n-\n-"),
        (Put(("double",), Word("x")), '-double: "a\\tb\\\n-  c"\n+double: x'),
        (Put(("explicit",), Word("x")), "-: value\n+: x"),
        (Put(("quoted key",), Word("y")), '-"quoted key": x\n+"quoted key": y'),
        (Remove(("flow", "f")), "-  f: g,  # beside"),
        (Remove(("flow", "h")), "-  h: i,"),
        (Remove(("flow", "a")), "-flow: {a: 1, 'b c': [1, {d: e}],\n+flow: {'b c': [1, {d: e}],"),
        (Remove(("flow", "b c", 1, "d")), "-flow: {a: 1, 'b c': [1, {d: e}],\n+flow: {a: 1, 'b c': [1, {}],"),
        (Put(("flow", "j"), 1), "-  h: i,\n+  h: i, j: 1,"),
        (Remove(("list", 0)), "-  one,  # first"),
        (Remove(("list", 1)), "-  two,"),
        (Remove(("list", 2)), "-  three"),
        (Append(("list",), Word("four")), "-  three\n+  three, four"),
        (Append(("nested", 0), Word("z")), "+    - z"),
        (Remove(("nested", 0, 0)), "-  - - x\n-    - y\n+  - - y"),
        (Append(("nested",), [1, {"a": 1}]), "+  - - 1\n+    - {a: 1}"),
        (Put(("nested", 1, "l"), Word("x")), "-    l: w\n+    l: x"),
        (Put(("null",), 1), "-null: ~\n+null: 1"),
        (Put(("tagged",), 1), "-tagged: !!str 12\n+tagged: 1"),
        (Put(("more",), [Block({"a": 1})]), "+more:\n+  - a: 1"),
    ],
)
def test_every_style(given: Edit, then: str) -> None:
    assert changed(STYLES, given) == then


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Put(("copy", "a"), 2), "alias *base"),
        (Put(("base", "a"), 2), "anchor &base"),
        (Put(("base",), 2), "anchor &base"),
        (Remove(("base",)), "anchor &base"),
        (Remove(("base", "a")), "anchor &base"),
        (Put(("other", "nothing", "x", 1), 2), "no such item"),
        (Append(("other",), 1), "no list"),
        (Remove(("other", "nothing")), "no such value"),
        (Put(("other", "e", "x"), 2), "something else"),
    ],
)
def test_what_is_shared_or_not_there_is_refused(given: Edit, why: str) -> None:
    done = made(ANCHORS, given)
    assert done.data == ANCHORS.encode()
    (refused,) = done.refused
    assert why in refused.problem.message
    assert (refused.problem.code, refused.problem.hint) == ("not-editable", "make the change by hand")


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (Put(("copy",), 3), "-copy: *base\n+copy: 3"),
        (Put(("other", "c"), 3), "-  c: *deep\n+  c: 3"),
        (Put(("other", "d"), 3), "-  d: &unused 4\n+  d: 3"),
        (Put(("other", "e"), 3), "-  e: 5\n+  e: 3"),
        (Remove(("copy",)), "-copy: *base"),
    ],
)
def test_an_alias_itself_may_be_replaced(given: Edit, then: str) -> None:
    assert changed(ANCHORS, given) == then


def test_an_entry_that_is_used_elsewhere_is_refused() -> None:
    text = "- &one {kind: server, id: a}\n- *one\n"
    assert "used elsewhere" in made(text, Put(("name",), 1), item=0).refused[0].problem.message
    assert "no mapping" in made(text, Put(("name",), 1), item=1).refused[0].problem.message


def test_a_file_without_a_final_newline_gets_none() -> None:
    assert made(NO_END, Put(("attributes", "b"), 2)).data.decode() == f"{NO_END}\n  b: 2"
    assert made(NO_END, Put(("attributes", "a"), 2)).data.decode() == NO_END.replace("a: 1", "a: 2")
    assert made(NO_END, Remove(("attributes",))).data.decode() == "kind: server\nid: x"


def test_each_document_has_its_own_edits_and_the_mark_of_utf_8_stays() -> None:
    assert changed(DOCUMENTS, Put(("name",), Word("B")), document=1) == "+name: B"
    assert made(CORPUS[-1], Put(("name",), Word("A"))).data == b"\xef\xbb\xbfkind: server\nid: a\nname: A\n"


def test_all_changes_of_a_file_are_made_at_once_or_none() -> None:
    good = Change(Place("x.yaml", 0, 0), (Put(("name",), Word("One")), Put(("owner",), Word("me"))))
    other = Change(Place("x.yaml", 0, 2), (Remove(("attributes", "c", 1)), Append(("attributes", "c"), Word("z"))))
    wrong = Change(Place("x.yaml", 0, 1), (Put(("name",), Word("Two")), Remove(("nothing",))))
    both = edit("x.yaml", LIST.encode(), [good, other], ORDER)
    assert both.refused == ()
    assert "ports: []}, name: One, owner: me}" in both.data.decode()
    assert "c: [x, z]}" in both.data.decode()
    none = edit("x.yaml", LIST.encode(), [good, wrong, other], ORDER)
    assert none.data == LIST.encode()
    assert [refused.change for refused in none.refused] == [wrong]


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    done = made("a: [", Put(("a",), 1))
    assert (done.data, done.refused[0].problem.code) == (b"a: [", "syntax")


def test_nothing_to_do_changes_no_byte() -> None:
    assert edit("x.yaml", b"a: [", []) == Edited(b"a: [")


# laws ----------------------------------------------------------------------------------------------------------------


def paths(value: Value, above: Steps = ()) -> list[Steps]:
    """Every path below a tree, and a new key in every mapping."""
    found: list[Steps] = [above] if above else []
    if isinstance(value, dict):
        for name, item in value.items():
            found += paths(item, (*above, name))
        found.append((*above, "brand new"))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += paths(item, (*above, number))
    return found


def values() -> st.SearchStrategy[Value]:
    texts = st.sampled_from(["x", "no", "1.10", "0012", "a: b", "#", "~", "", "two words", "é☃", "a\nb", "w " * 60])
    scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(0, 1) | texts | texts.map(Word)
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Place, Edit]:
    text = draw(st.sampled_from(CORPUS))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    documents = precise.parse("x.yaml", text.encode()).documents
    document = draw(st.integers(0, len(documents) - 1))
    root = documents[document]
    item = draw(st.integers(0, len(root) - 1)) if isinstance(root, list) else None
    path = draw(st.sampled_from(paths(root if item is None else root[item])))
    edits = st.just(Remove(path)) | st.builds(Put, st.just(path), values()) | st.builds(Append, st.just(path), values())
    return text, Place("x.yaml", document, item), draw(edits)


def lines_of(text: str, place: Place, one: Edit) -> set[int]:
    """The numbers of the lines that an edit may change: those of the node that it replaces or takes away, with its
    key; for something new those of the node that it goes into, where that is in flow style. What follows the first
    thing behind a dash takes its place there."""
    node: Node = compose(text)[place.document]
    if place.item is not None:
        node = node.children[place.item]
    behind: list[Node] = []
    for number, step in enumerate(one.path):
        below = node.child(step)
        if below is None:
            return _lines(text, node) if node.flow or not node.block else set()
        if isinstance(one, Remove) and len(node.children) == 1 and number + 1 == len(one.path):
            return _lines(text, node)
        behind = node.children[node.children.index(below) + 1 :][:1]
        node = below
    if isinstance(one, Append):
        return _lines(text, node) if node.flow else set()
    beside_a_dash = isinstance(one, Remove) and text[: (node.key or node).start].rpartition("\n")[2].strip()
    joined = set().union(*(_lines(text, other) for other in behind)) if beside_a_dash else set()
    return _lines(text, node) | ({min(joined)} if joined else set())


def _lines(text: str, node: Node) -> set[int]:
    start, end = (node.key or node).start, node.end
    return set(range(text.count("\n", 0, start), text.count("\n", 0, max(start, end - 1)) + 1))


@settings(deadline=None)
@given(cases())
def test_an_edit_means_what_was_wanted_and_touches_no_other_line(case: tuple[str, Place, Edit]) -> None:
    text, place, one = case
    done = edit("x.yaml", text.encode(), [Change(place, (one,))], ORDER)
    if done.refused:
        assert done.data == text.encode()
        return
    wanted: list[Any] = list(precise.parse("x.yaml", text.encode()).documents)
    if place.item is None:
        wanted[place.document] = applied(wanted[place.document], one)
    else:
        wanted[place.document][place.item] = applied(wanted[place.document][place.item], one)
    assert reads_as(wanted, list(precise.parse("x.yaml", done.data).documents))
    newline = "\r\n" if "\r\n" in text else "\n"
    assert done.data.startswith(b"\xef\xbb\xbf") is text.startswith("\ufeff")
    old, new = text.removeprefix("\ufeff").split(newline), done.data.decode("utf-8-sig").split(newline)
    allowed = lines_of(text.removeprefix("\ufeff"), place, one)
    for _, a, b, _, _ in (code for code in opcodes(old, new) if code[0] != "equal"):
        assert set(range(a, b)) <= allowed


@settings(deadline=None)
@given(st.sampled_from(CORPUS[:6]), st.data())
def test_most_edits_are_not_refused(text: str, data: st.DataObject) -> None:
    """A scalar can be put wherever one stands, unless it is shared."""
    documents = precise.parse("x.yaml", text.encode()).documents
    root = documents[0]
    item = 0 if isinstance(root, list) else None
    tree = root if item is None else root[item]
    path = data.draw(st.sampled_from([path for path in paths(tree) if "brand new" not in path]))
    done = made(text, Put(path, Word("x")), item=item)
    if text is not ANCHORS:
        assert done.refused == ()


@pytest.mark.parametrize("wrong", [Put(("a", "b"), 1), Append(("a",), 1), Remove(("b",)), Put(("a", 0), 1)])
def test_what_no_tree_allows_is_impossible(wrong: Edit) -> None:
    with pytest.raises(Impossible):
        applied({"a": "x"}, wrong)
