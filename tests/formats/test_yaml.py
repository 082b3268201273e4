"""The two YAML readers against each other and against ruamel.yaml on YAML 1.2."""

from __future__ import annotations

import datetime
import io
import math
import re
import warnings
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cmdb.formats.yaml import fast, precise
from cmdb.formats.yaml.precise import ALIAS_LIMIT, DEPTH_LIMIT, Marks
from cmdb.model.plain import NeedsText, Plain, value

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
)


def one(text: str) -> Any:
    parsed = precise.parse("x.yaml", text.encode())
    assert not parsed.problems, parsed.problems
    (document,) = parsed.documents
    return document


@pytest.mark.parametrize(
    ("scalar", "plain"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("012", 12),
        ("-012", -12),
        ("0o14", 12),
        ("0x1F", 31),
        ("-0x1", "-0x1"),
        ("0b1", "0b1"),
        ("1:20", "1:20"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("12_", "12_"),
        (".5", 0.5),
        ("1.", 1.0),
        (".", "."),
        ("1e3", 1000.0),
        ("1e400", "1e400"),
        ("+.inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("nUll", "nUll"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("12345678901234567890123456789", 12345678901234567890123456789),
        ("1.10", 1.1),
        ("0", 0),
        ("-0", 0),
        ("=", "="),
        ("<<", "<<"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 1.10", "1.10"),
        ("! 1", "1"),
        ("!!int '3'", 3),
        ("!!float 1", 1.0),
    ],
)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(scalar: str, plain: Any) -> None:
    read = value(one(f"a: {scalar}\n"))["a"]
    assert (type(read), read) == (type(plain), plain)
    try:
        quick = value(fast.parse(f"a: {scalar}\n".encode()))["a"]
    except fast.Odd:
        return
    assert (type(quick), quick) == (type(plain), plain)


@pytest.mark.parametrize("empty", ["", " ~", " null", " Null", " NULL"])
def test_nothing_is_not_declared(empty: str) -> None:
    assert one(f"a:{empty}\nb: x\n") == {"a": None, "b": "x"}
    assert value(one(f"a:{empty}\nb: x\n")) == {"b": "x"}


def test_source_text_survives() -> None:
    assert one("a: 1.10")["a"] == Plain("1.10", 1.1)
    assert one("a: 0012")["a"] == Plain("0012", 12)
    assert list(one("1.10: a\nno: b\n~: c")) == ["1.10", "no", "~"]


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\na: 2\n", 2, 1, "second time"),
        ("'a': 1\nb: {c: 1, c: 2}\n", 2, 11, "second time"),
        ("1: x\n'1': y\n", 2, 1, "second time"),
        ("a:\tb\n", 1, 3, "tab"),
        ("\ta: b\n", 1, 1, "cannot start any token"),
        ("a:\n\tb: 1\n", 2, 1, "cannot start any token"),
        ("a: !foo 1\n", 1, 4, "!foo"),
        ("a: !!binary aGk=\n", 1, 4, "!!binary"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "!!python/object/apply:os.system"),
        ("? [a, b]\n: 1\n", 1, 3, "text"),
        ("a: *x\n", 1, 4, "no anchor"),
        ("a: &x [*x]\n", 1, 8, "no anchor"),
        ("a: b: c\n", 1, 5, "mapping values"),
        ("a: [1, 2\n", 2, 1, "flow sequence"),
        ('a: "\\q"\n', 1, 5, "escape"),
        ("a: @x\n", 1, 4, "cannot start"),
        ("[" * (DEPTH_LIMIT + 1), 1, DEPTH_LIMIT + 1, "levels deep"),
        ("[" * 100_000, 1, DEPTH_LIMIT + 1, "levels deep"),
        (BOMB.decode(), 6, 8, f"more than {ALIAS_LIMIT:,}"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, line: int, column: int, says: str) -> None:
    parsed = precise.parse("x.yaml", text.encode())
    (problem,) = parsed.problems
    assert says in problem.message
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (line, column)
    with pytest.raises((fast.Odd, NeedsText)):
        value(fast.parse(text.encode()))


def test_every_duplicate_key_is_found_in_one_run() -> None:
    parsed = precise.parse("x.yaml", b"a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")
    assert [str(problem.where) for problem in parsed.problems] == ["x.yaml:2:1", "x.yaml:5:3"]
    assert [str(problem.related[0].where) for problem in parsed.problems] == ["x.yaml:1:1", "x.yaml:4:3"]


@pytest.mark.parametrize(("data", "line", "column"), [(b"a: b\nc: \xff", 2, 4), ("a: ü".encode("latin-1"), 1, 4)])
def test_text_that_is_not_utf_8(data: bytes, line: int, column: int) -> None:
    (problem,) = precise.parse("x.yaml", data).problems
    assert problem.code == "unreadable"
    assert (problem.location and (problem.location.line, problem.location.column)) == (line, column)


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    assert precise.parse("x.yaml", b"\xef\xbb\xbfa: b\r\nc: d\r\n").documents == ({"a": "b", "c": "d"},)


def test_documents_and_comments() -> None:
    assert precise.parse("x.yaml", b"# only this\n").documents == ()
    assert precise.parse("x.yaml", b"a: 1\n---\n# none\n---\nb: x\n").documents == (
        {"a": Plain("1", 1)},
        None,
        {"b": "x"},
    )


def test_marks_tell_every_key_and_value() -> None:
    marks = Marks()
    precise.parse("x.yaml", b"a: 1\nb:\n  - c: x\n  - y\n---\nd: {e: f}\n", marks)
    assert marks.keys[(0, "b", 0, "c")] == (3, 5)
    assert marks.values[(0, "b", 1)] == (4, 5)
    assert marks.keys[(1, "d", "e")] == (6, 5)


def test_aliases_give_what_their_anchors_hold() -> None:
    assert one("a: &x {b: 1}\nc: *x\nd: &y t\n*y : z\n") == {
        "a": {"b": Plain("1", 1)},
        "c": {"b": Plain("1", 1)},
        "d": "t",
        "t": "z",
    }


def test_a_tab_within_text_is_text() -> None:
    assert one("a: 'x\ty'\nb: |\n  c\td\n# \tcomment\n") == {"a": "x\ty", "b": "c\td\n"}


words = st.sampled_from([
    "no", "on", "012", "0o14", "0x1F", "1.10", ".5", "1:20", "1e3", "-1", "~", "null", "true", "2026-01-01", "x y", "é",
    "", "-", "- x", ": x", "#x", "a#b", "'q'", '"', "\\", "{", "[", "*", "&", "!", "%", "@", "`", ">", "|", "1 # c",
    "<<", "http://x:80/y", "a: b", "\u2028", "\x85", "\ufeff", "0012", "+1", "1.", ".", "...", "---", "=", "?",
    "? x", "end:",
])  # fmt: skip
texts = words | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
leaves = texts | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none()
keys = st.text(st.sampled_from("abcno0123.-_~ éß#"), min_size=1, max_size=6)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def ruamel(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(YAML(typ="safe", pure=True).load_all(text))


def written(tree: Any, flow: bool) -> str:
    writer = YAML()
    writer.default_flow_style = flow
    writer.width = 200
    stream = io.StringIO()
    writer.dump(tree, stream)
    return stream.getvalue()


def comparable(tree: Any) -> Any:
    """ruamel's tree as ours reads it: dates are text, keys are text, and nothing is not declared."""
    if isinstance(tree, dict):
        return {str(key): comparable(item) for key, item in tree.items() if item is not None}
    if isinstance(tree, list):
        return tuple(comparable(item) for item in tree)
    return tree


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(keys, trees, max_size=4), st.booleans())
def test_both_readers_agree_with_ruamel_on_what_ruamel_writes(tree: dict[str, Any], flow: bool) -> None:
    text = written(tree, flow)
    try:
        expected = comparable(ruamel(text)[0])
    except YAMLError:
        assume(False)
    assume(not re.search(r"[\[{,:]\s*:", text))  # libyaml has no plain scalar that begins with a colon in flow style
    parsed = precise.parse("x.yaml", text.encode())
    assert not parsed.problems, (text, parsed.problems)
    assert value(parsed.documents[0]) == expected
    try:
        quick = value(fast.parse(text.encode()))
    except (fast.Odd, NeedsText):
        return
    assert quick == expected


lines = st.builds(
    lambda indent, key, sep, item: "  " * indent + key + sep + item,
    st.integers(0, 3),
    st.sampled_from(["a", "b", "c", "- a", "- b", "-", "? a", "'a'", '"b"', "1", "no", "&x a", "*x", "<<", "#", ""]),
    st.sampled_from([": ", ":", " ", " : ", ":\t", ""]),
    st.sampled_from([
        "", "1", "012", "x", "no", "1.10", "~", "'x", '"y"', "[1, 2]", "{a: 1}", "{a: 1, a: 2}", "|", ">", "*x", "&x y",
        "!t x", "!!str 1", "[", "}", "- b", "b: c", "# c", "1_000", ".5", "0x1F", "2026-01-01", "%", "1:20",
    ]),
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(lines, min_size=1, max_size=6).map("\n".join))
def test_on_wild_text_the_readers_agree_wherever_both_read(text: str) -> None:
    """The fast reader may refuse; where it answers, it says what the precise one says. ruamel.yaml agrees too, but for
    what YAML 1.1 left in it: underscores, signed hexadecimal and binary numbers, dates, merge keys, and tabs."""
    parsed = precise.parse("x.yaml", text.encode())
    try:
        quick = fast.parse(text.encode())
        value(quick)
    except (fast.Odd, NeedsText):
        pass
    else:
        assert not parsed.problems, (text, parsed.problems)
        assert same_tree(quick, parsed.documents[0] if parsed.documents else None), text
    if parsed.problems or re.search("<<|_|!t|[-+]0[xo]|0b", text):
        return
    try:
        expected = ruamel(text)
    except (YAMLError, ValueError, TypeError, AttributeError, KeyError, AssertionError):
        return
    assert [value(document) for document in parsed.documents] == [dateless(comparable(d)) for d in expected], text


def same_tree(quick: Any, exact: Any) -> bool:
    if isinstance(exact, Plain):
        return type(quick) is type(exact.value) and quick == exact.value
    if isinstance(exact, dict):
        return (
            isinstance(quick, dict)
            and len(quick) == len(exact)
            and all(same_tree(a, b) for a, b in zip(quick.values(), exact.values(), strict=True))
        )
    if isinstance(exact, list):
        return isinstance(quick, list) and len(quick) == len(exact) and all(map(same_tree, quick, exact))
    return type(quick) is type(exact) and bool(quick == exact)


def dateless(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: dateless(item) for key, item in tree.items()}
    if isinstance(tree, tuple):
        return tuple(dateless(item) for item in tree)
    return tree.isoformat() if isinstance(tree, datetime.date) else tree
