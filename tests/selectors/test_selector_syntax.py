"""Reading selectors: every form, every mistake with its caret, and writing them back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.selectors import Selector, SelectorError, parse
from cmdb.testing.selectors import nearly, selectors


@settings(max_examples=200, deadline=None)
@given(selectors())
def test_what_is_written_reads_back(selector: Selector) -> None:
    assert parse(str(selector)) == selector


@settings(max_examples=200, deadline=None)
@given(st.one_of(nearly(), st.text()))
def test_any_text_is_a_selector_or_an_error_with_a_caret(text: str) -> None:
    try:
        assert parse(str(parse(text))) == parse(text)
    except SelectorError as error:
        line, carets = error.rendering.rsplit("\n", 1)
        assert carets.lstrip(" ").startswith("^")
        assert error.text == text
        assert 0 <= error.position <= len(text)
        assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("kind=server", "kind=server"),
        (" kind = server , owner != team-a ", "kind=server,owner!=team-a"),
        ("kind in(server,database)", "kind in (server, database)"),
        ("kind   not   in ( server )", "kind not in (server)"),
        ("name~web*,name!~*-old", "name~web*,name!~*-old"),
        ("attributes.memory >= 16GiB", "attributes.memory>=16GiB"),
        ('attributes.memory>="16 GiB"', 'attributes.memory>="16 GiB"'),
        ('name="plain"', "name=plain"),
        ('name="a\\"b\\u00e9"', 'name="a\\"bé"'),
        ('name=""', 'name=""'),
        ("links.runbook=https://wiki.example.org/a?b=c+d", "links.runbook=https://wiki.example.org/a?b=c+d"),
        ("owner", "owner"),
        ("! owner", "!owner"),
        ('labels."app.kubernetes.io/name"', 'labels."app.kubernetes.io/name"'),
        ("attributes.nics[name=eth0].mtu>1500", "attributes.nics[name=eth0].mtu>1500"),
        ("attributes.disks[0]", "attributes.disks[0]"),
        ("relations.depends_on.vault", "relations.depends_on.vault"),
        ("web-1.example.org:8080/a@b", "web-1.example.org:8080/a@b"),
        ("owner.x", "owner.x"),
        ("+web-1", "+web-1"),
        ("web-1+", "web-1+"),
        ("+ web-1 +", "+web-1+"),
        ("2+web-1+3", "2+web-1+3"),
        ("0+web-1", "0+web-1"),
        ("2+7", "2+7"),
        ("7+", "7+"),
        ("(kind=server,owner)+2", "(kind=server,owner)+2"),
        ("+((a+),b)", "+((a+),b)"),
        ("(kind=server)", "(kind=server)"),
        ("+owner", "+owner"),
    ],
)
def test_forms(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


WRONG = [
    ("", 0, "the selector is empty"),
    ("  ", 0, "the selector is empty"),
    (",", 0, "expected a field, an id, or '('"),
    ("owner,", 6, "expected a field, an id, or '('"),
    ("owner,,kind", 6, "expected a field, an id, or '('"),
    ("owner kind", 6, "expected ',' or the end"),
    ("ownr=x", 0, "unknown field 'ownr'; did you mean 'owner'?"),
    ("!ownr", 1, "unknown field 'ownr'; did you mean 'owner'?"),
    ("owner.x=y", 0, "'owner' has no parts"),
    ("tags[0]=y", 0, "'tags' has no parts"),
    ("owner=", 6, "expected a value"),
    ("owner==x", 6, "expected a value; this needs double quotes"),
    ("owner=a b", 6, "a value with spaces, brackets or quotes needs double quotes"),
    ("owner=a(b)", 6, "a value with spaces, brackets or quotes needs double quotes"),
    ('owner="a', 6, "the quotes are not closed"),
    ('owner="\\x"', 6, "a quoted value uses JSON's escapes"),
    ("kind in server", 8, "expected '(' after 'in'"),
    ("kind in ()", 9, "expected a value"),
    ("kind in (a", 8, "the bracket is not closed"),
    ("kind in (a,)", 11, "expected a value"),
    ("(kind=server", 0, "the bracket is not closed"),
    ("kind=server)", 11, "expected ',' or the end"),
    ("a+b", 2, "expected a number of steps, ',' or the end after '+'"),
    ("++a", 0, "expected a field, an id, or '('"),
    ("-a", 0, "this is neither a field nor an id"),
    ("labels.app/x=1", 10, "expected '.' or '['; a name with other characters is double-quoted"),
    ("attributes.", 11, "expected a name; other characters than A-Z a-z 0-9 _ - need double quotes"),
    ("(" * 51 + "a" + ")" * 51, 50, "more than 50 brackets within each other"),
]


@pytest.mark.parametrize(("text", "position", "reason"), WRONG)
def test_mistakes(text: str, position: int, reason: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("owner,ownr=x", "owner,ownr=x\n      ^^^^ unknown field 'ownr'; did you mean 'owner'?"),
        ("owner=\tx y", "owner= x y\n       ^^^ a value with spaces, brackets or quotes needs double quotes"),
        ("name=日本,ownr=x", "name=日本,ownr=x\n          ^^^^ unknown field 'ownr'; did you mean 'owner'?"),
        ("owner=", "owner=\n      ^ expected a value"),
    ],
)
def test_the_caret_stands_below_the_mistake(text: str, shown: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse(text)
    assert caught.value.rendering == shown
    assert str(caught.value) == f"wrong selector\n{shown}"
