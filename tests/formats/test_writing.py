"""YAML as a person would write it, read back by both readers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.formats.writing import Block, Word, document
from cmdb.formats.yaml import fast, precise
from cmdb.model.plain import text, value
from cmdb.model.value import Value

WORDS = ["no", "1.10", "012", "true", "null", "~", "", "0x1f", "1e3", ".inf", "-", "- a", "a: b", "a #b", "a:", "# c",
         "2026-01-01", "fd00::2/64", "fe80::", "02:fc:00:00:00:01", "[a", "a, b", "{", "it's", '"q"', "é ☃", "a\nb",
         "\x1b", "\u2028", "<<", "...", "--- x", " lead", "trail ", "=", "%x", "@x", "`x`", "!x", "&x", "*x", "\t",
         "1:2.3-4+b1", "g++", "?", "? x", ":x", "\ufeffx", "a\u0085b", "100%", "a]b"]  # fmt: skip


def read_back(written: str) -> Value:
    """What the precise reader makes of it; the fast reader agrees where it takes the file at all."""
    parsed = precise.parse("x.yaml", written.encode())
    assert not parsed.problems, written
    try:
        quick = fast.parse(written.encode())
    except fast.Odd:
        pass
    else:
        assert repr(_bare(quick)) == repr(_bare(value(parsed.documents[0]))), written
    return parsed.documents[0]


def _bare(read: Any) -> Any:
    if isinstance(read, dict):
        return {key: _bare(item) for key, item in read.items() if item is not None}
    return [_bare(item) for item in read] if isinstance(read, list | tuple) else read


def texts() -> st.SearchStrategy[str]:
    return st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=12)


def scalars() -> st.SearchStrategy[Value]:
    return st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts()


def values() -> st.SearchStrategy[Value]:
    def below(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
        return st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3)

    return st.recursive(scalars(), below, max_leaves=12)


@given(st.dictionaries(texts(), values(), max_size=3))
def test_reads_back_as_it_was(given: dict[str, Value]) -> None:
    back = value(read_back(document(given)))
    assert repr(_bare(back)) == repr(_bare(given))


@pytest.mark.parametrize("word", WORDS)
def test_words_read_back_as_their_text(word: str) -> None:
    back = read_back(document({"one": Word(word), "list": [Word(word), Word("x")], "map": {word: Word(word)}}))
    assert text(back["one"]) == word
    assert text(back["list"][0]) == word
    assert [(key, text(item)) for key, item in back["map"].items()] == [(word, word)]


@pytest.mark.parametrize("word", ["no", "1.10", "012", "true", "32 GiB", "1:2.3-4+b1", "fd00::2", "x86_64", "a b"])
def test_words_without_need_have_no_quotes(word: str) -> None:
    assert document({"key": Word(word)}) == f"key: {word}\n"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({}, "{}\n"),
        ({"a": "no", "b": "1.10", "c": 1.5, "d": None}, 'a: no\nb: "1.10"\nc: 1.5\nd: null\n'),
        ({"a": [1, "x"], "b": [], "c": {}}, "a: [1, x]\nb: []\nc: {}\n"),
        ({"a": {"b": 1, "c": "x"}}, "a: {b: 1, c: x}\n"),
        ({"a": Block({})}, "a: {}\n"),
        ({"a": Block({"b": 1}), "c": [Block({"d": 1})]}, "a:\n  b: 1\nc:\n  - d: 1\n"),
        ({"a": {"b": {"c": 1}, "d": [[1]]}}, "a:\n  b: {c: 1}\n  d:\n    - [1]\n"),
        ({"a": [{"b": [1], "c": 2}, "x"]}, "a:\n  - b: [1]\n    c: 2\n  - x\n"),
        ({"long": ["x" * 60, "y" * 60]}, f"long:\n  - {'x' * 60}\n  - {'y' * 60}\n"),
        ({"long": "word " * 30 + "end", "list": ["z" * 120]}, f"long: {'word ' * 30}end\nlist:\n  - {'z' * 120}\n"),
        ({"n": math.inf, "m": math.nan}, "n: .inf\nm: .nan\n"),
    ],
)
def test_layout(given: dict[str, Value], then: str) -> None:
    assert document(given) == then
