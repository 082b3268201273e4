"""Merging a file: what merges, what conflicts and in which words, and what only lines can be merged of."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cmdb.merging.files import FileMerge, Lines, Sides, merge_file

CI = "inventory/x.yaml"


def merge(path: str, base: str, ours: str, theirs: str) -> FileMerge:
    sides = Sides(*(dedent(text).encode() for text in (base, ours, theirs)))
    return merge_file(path, sides, lambda _: Lines(b"by lines", False))


def x(text: str) -> str:
    """A CI with something in it."""
    return f"kind: server\nid: x\n{text}\n"


MERGES = [
    ("tags", "tags: [a, b]", "tags: [b, c]", "tags: [a, b, d]", "tags: [b, c, d]"),
    ("a tag that stands alone", "tags: a", "tags: [a, b]", "tags: c", "tags: [b, c]"),
    ("all tags go", "tags: [a]", "owner: o", "tags: [a, b]", "owner: o\ntags: [b]"),
    ("labels", "labels: {a: 1, b: 2}", "labels: {a: 3, b: 2}", "labels: {a: 1, c: 4}", "labels: {a: 3, c: 4}"),
    ("another order is no edit", "tags: [a, b]", "tags: [b, a]", "tags: [a, b, c]", "tags: [b, a, c]"),
    (
        "maps in maps",
        "attributes: {p: {a: 1, b: {c: 1}}}",
        "attributes: {p: {a: 2, b: {c: 1}}}",
        "attributes: {p: {a: 1, b: {c: 2}}}",
        "attributes: {p: {a: 2, b: {c: 2}}}",
    ),
    ("targets", "relations: {uses: [a, b]}", "relations: {uses: [a, c]}", "relations: {uses: [a, b, d]}", "relations: {uses: [a, c, d]}"),
    ("a target becomes two", "relations: {uses: a}", "relations: {uses: [a, b]}", "relations: {uses: [a, c]}", "relations: {uses: [a, b, c]}"),
    (
        "notes by their key",
        "relations: {uses: [{to: a, port: 1}]}",
        "relations: {uses: [{to: a, port: 2}]}",
        "relations: {uses: [{to: a, port: 1, mode: m}]}",
        "relations: {uses: [{to: a, port: 2, mode: m}]}",
    ),
    (
        "groups by their name",
        "relations: {uses: [{name: g, at_least: 1, of: [a, b]}]}",
        "relations: {uses: [{name: g, at_least: 1, of: [a, b, c]}]}",
        "relations: {uses: [{name: g, at_least: 2, of: [a, b, d]}, {name: h, at_least: 1, of: [a]}]}",
        "relations: {uses: [{name: g, at_least: 2, of: [a, b, c, d]}, {name: h, at_least: 1, of: [a]}]}",
    ),
    (
        "a group that stands alone",
        "relations: {uses: {at_least: 1, of: [a, b]}}",
        "relations: {uses: {at_least: 2, of: [a, b]}}",
        "relations: {uses: {at_least: 1, of: [a, b, c]}}",
        "relations: {uses: {at_least: 2, of: [a, b, c]}}",
    ),
    (
        "lists whose order counts",
        "attributes: {l: [a, b, c]}",
        "attributes: {l: [z, a, b, c]}",
        "attributes: {l: [a, b, d]}",
        "attributes: {l: [z, a, b, d]}",
    ),
    ("nothing is something", "owner: o", "owner: ~", "owner: o\nname: n", "owner: ~\nname: n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"), [case[1:] for case in MERGES], ids=[case[0] for case in MERGES]
)
def test_what_merges(base: str, ours: str, theirs: str, merged: str) -> None:
    found = merge(CI, x(base), x(ours), x(theirs))
    assert (found.conflicts, found.data.decode()) == ((), x(merged))


CONFLICTS = [
    ("owner: a", "owner: b", "owner: c", "x: owner: a before, ours b, theirs c"),
    ("owner: a", "name: n", "owner: c", "x: owner: a before, ours nothing, theirs c"),
    ("name: n", "owner: b", "owner: c", "x: owner: nothing before, ours b, theirs c"),
    ("relations: {runs_on: a}", "relations: {runs_on: b}", "relations: {runs_on: c}", "x: relations.runs_on: a before, ours b, theirs c"),
    (
        "relations: {uses: [{to: a, port: 1}, b]}",
        "relations: {uses: [{to: a, port: 2}, b]}",
        "relations: {uses: [b]}",
        'x: relations.uses.a: {to: a, port: 1} before, ours {to: a, port: 2}, theirs nothing',
    ),
    (
        "relations: {uses: [{name: g h, at_least: 1, of: [a, b]}, b]}",
        "relations: {uses: [{name: g h, at_least: 2, of: [a, b]}, b]}",
        "relations: {uses: [{name: g h, at_least: 3, of: [a, b]}, b]}",
        'x: relations.uses."g h".at_least: 1 before, ours 2, theirs 3',
    ),
    ("attributes: {l: [a]}", "attributes: {l: [b]}", "attributes: {l: [c]}", "x: attributes.l: [a] before, ours [b], theirs [c]"),
    ("attributes: {v: 1.1}", "attributes: {v: 1.10}", "attributes: {v: 1.2}", "x: attributes.v: 1.1 before, ours 1.10, theirs 1.2"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "ours", "theirs", "message"), CONFLICTS)
def test_what_conflicts(base: str, ours: str, theirs: str, message: str) -> None:
    found = merge(CI, x(base), x(ours), x(theirs))
    assert [conflict.message for conflict in found.conflicts] == [message]
    assert b"<<<<<<< ours\n" in found.data
    assert b"<<<<<<<" not in found.settled


FILES = [
    ("inventory/_defaults.yaml", "owner: a\n", "owner: b\n", "owner: a\ntags: [x]\n", "owner: b\ntags: [x]\n"),
    (
        "cmdb.yaml",
        "name: x\nsources: {a: {plugin: p}}\n",
        "name: y\nsources: {a: {plugin: p}}\n",
        "name: x\nsources: {a: {plugin: p, timeout: 5s}}\n",
        "name: y\nsources: {a: {plugin: p, timeout: 5s}}\n",
    ),
    (
        "inventory/schema/own.yaml",
        "kinds: {k: {attributes: {a: string}, relations: {uses: [x]}}}\n",
        "kinds: {k: {attributes: {a: string, b: integer}, relations: {uses: [x, y]}}}\n",
        "kinds: {k: {attributes: {a: version}, relations: {uses: [x, z]}}}\n",
        "kinds: {k: {attributes: {a: version, b: integer}, relations: {uses: [x, y, z]}}}\n",
    ),
    (
        "baselines/b.yaml",
        "baseline: b\nextends: [a]\nexpect: {attributes.ports: {subset_of: [1, 2]}}\n",
        "baseline: b\nextends: [a, c]\nexpect: {attributes.ports: {subset_of: [1, 2, 3]}}\n",
        "baseline: b\nextends: [a, d]\nexpect: {attributes.ports: {subset_of: [2]}, owner: {present: true}}\n",
        "baseline: b\nextends: [a, c, d]\nexpect: {attributes.ports: {subset_of: [2, 3]}, owner: {present: true}}\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "base", "ours", "theirs", "merged"), FILES, ids=[case[0] for case in FILES])
def test_other_files(path: str, base: str, ours: str, theirs: str, merged: str) -> None:
    found = merge(path, base, ours, theirs)
    assert (found.conflicts, found.data.decode()) == ((), merged)


def test_a_waiver_that_one_side_drops_and_the_other_prolongs_is_in_doubt_as_a_whole() -> None:
    one = "  - {ci: a, path: owner, observed: x, expires: 2026-12-31}\n"
    base, ours = "waivers:\n" + one + one.replace("ci: a", "ci: b"), "waivers:\n" + one.replace("ci: a", "ci: b")
    found = merge("baselines/waivers.yaml", base, ours, base.replace("2026", "2027", 1))
    assert [conflict.path for conflict in found.conflicts] == ["waivers[ci=a]"]
    later = one.replace("2026", "2027")
    assert found.data.decode() == ours.replace(
        "waivers:\n", f"waivers:\n<<<<<<< ours\n=======\n{later}>>>>>>> theirs\n"
    )


def test_a_ci_that_took_a_new_name_is_the_same_ci() -> None:
    base = "- {kind: server, id: a, owner: o}\n"
    found = merge(CI, base, "- {kind: server, id: b, aliases: [a], owner: o}\n", base.replace("owner: o", "owner: p"))
    assert (found.conflicts, found.data.decode()) == ((), "- {kind: server, id: b, aliases: [a], owner: p}\n")


def test_groups_without_a_name_in_another_order_are_no_edit() -> None:
    groups = ("{at_least: 1, of: [a, b]}", "{at_least: 1, of: [c, d]}", "{at_least: 2, of: [a, d]}")
    base, ours, theirs = (
        x(f"relations: {{uses: [{', '.join(groups[at] for at in order)}]}}") for order in ((0, 1), (1, 0), (0, 1, 2))
    )
    found = merge(CI, base, ours, theirs)
    assert found.conflicts == ()
    assert all(group in found.data.decode() for group in groups)


def test_a_key_that_both_add_in_other_places_is_there_once() -> None:
    found = merge(CI, x("name: n"), x("owner: o\nname: n"), x("name: n\nowner: o"))
    assert found.data.decode() == x("owner: o\nname: n")


def test_comments_of_both_sides_are_kept() -> None:
    base = x("# about the owner\nowner: a\nattributes:\n  memory: 1\n  os: x")
    ours = x("# about the owner\n# and more\nowner: a\nattributes:\n  # grown\n  memory: 2\n  os: x")
    theirs = x("# about the owner, really\nowner: b  # new\nattributes:\n  memory: 1\n  os: y  # patched")
    merged = (
        "# about the owner\n# and more\n# about the owner, really\nowner: b  # new\n"
        "attributes:\n  # grown\n  memory: 2\n  os: y  # patched"
    )
    assert merge(CI, base, ours, theirs).data.decode() == x(merged)


def test_documents_and_lists_take_each_others_cis() -> None:
    found = merge(
        CI, "kind: a\nid: a\n", "kind: a\nid: a\n---\nkind: b\nid: b\n", "- kind: a\n  id: a\n- kind: c\n  id: c # c\n"
    )
    assert found.data.decode() == "kind: a\nid: a\n---\nkind: b\nid: b\n---\nkind: c\nid: c # c\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (x("a: &a {p: 1}\nb: *a"), x("a: &a {p: 2}\nb: *a"), x("a: &a {p: 1, q: 1}\nb: *a")),
        ("id: a\nid: b\n", "id: a\nid: c\n", "id: a\nid: d\n"),
        ("- {id: a}\n- {id: a}\n", "- {id: a}\n- {id: b}\n", "- {id: a}\n- {id: c}\n"),
        ("text\n", "other\n", "third\n"),
        ("- [a]\n", "- [b]\n", "- [c]\n"),
        ("id: a\r\nx: 1\ny: 1\n", "id: a\r\nx: 2\ny: 1\n", "id: a\r\nx: 1\ny: 2\n"),
    ],
    ids=["anchors", "duplicate-keys", "duplicate-ids", "no-mapping", "no-mappings", "line-ends"],
)
def test_what_only_lines_can_be_merged_of(base: str, ours: str, theirs: str) -> None:
    found = merge(CI, base, ours, theirs)
    assert (found.data, found.settled) == (b"by lines", ours.encode())
    assert [conflict.message.partition(":")[0] for conflict in found.conflicts] == [
        "only its lines can be merged, and they conflict"
    ]


def test_text_that_is_no_utf_8() -> None:
    found = merge_file(CI, Sides(b"a: 1\n", b"a: \xff\n", b"a: 2\n"), lambda _: Lines(b"a: 2\n", True))
    assert (found.data, found.conflicts) == (b"a: 2\n", ())
