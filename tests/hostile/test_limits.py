"""Files that are made to take for ever, or all memory: each ends, with a problem or with none, and never with a crash."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from cmdb.facts import Facts
from cmdb.formats import reading
from cmdb.model import limits
from cmdb.model.keypath import matches
from cmdb.model.types.patterns import NoPattern, pattern
from cmdb.sources import worktree
from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, Files

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
ENDLESS = "(a+)+b"
LONG = "a" * 5_000
TYPES = (
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "duration",
    "bytes",
    "quantity",
    "version",
    "ip",
    "cidr",
)
MORE_TYPES = ("mac", "hostname", "url", "list", "set", "map", "{type: enum, choices: [a, b]}")


def of_types(value: str) -> Files:
    """One attribute of each type, all with this value."""
    names = [*TYPES, *MORE_TYPES]
    kinds = "".join(f"      a{n}: {name}\n" for n, name in enumerate(names))
    values = "".join(f"  a{n}: {value}\n" for n in range(len(names)))
    return {
        "inventory/schema/k.yaml": f"kinds:\n  thing:\n    extends: server\n    attributes:\n{kinds}",
        "inventory/a.yaml": f"kind: thing\nid: a\nattributes:\n{values}",
    }


def schemes(value: str) -> Files:
    """A version of each scheme."""
    names = ("generic", "deb", "rpm", "semver", "pep440")
    kinds = "".join(f"      {name}: {{type: version, scheme: {name}, minimum: 1.0}}\n" for name in names)
    values = "".join(f"  {name}: {value}\n" for name in names)
    return {
        "inventory/schema/k.yaml": f"kinds:\n  thing:\n    extends: server\n    attributes:\n{kinds}",
        "inventory/a.yaml": f"kind: thing\nid: a\nattributes:\n{values}",
    }


def baseline(selector: str = "kind=server", path: str = "owner", demand: str = "x") -> Files:
    return {"baselines/b.yaml": f"baseline: b\napplies_to: '{selector}'\nexpect:\n  {path}: {demand}\n"}


def chain(count: int) -> str:
    return "".join(f"- {{kind: server, id: c{n}, relations: {{depends_on: c{n + 1}}}}}\n" for n in range(count))


BOMBS: dict[str, Files] = {
    "aliases": {"inventory/a.yaml": "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz", strict=True))},
    "deep lists": {"inventory/a.yaml": "x: " + "[" * 100_000},
    "deep maps": {"inventory/a.yaml": "{a: " * 50_000},
    "deep blocks": {"inventory/a.yaml": "".join(f"{' ' * n}a:\n" for n in range(1_000))},
    "deep groups": {"inventory/a.yaml": "kind: server\nid: a\nrelations:\n  uses: " + "{at_least: 1, of: [" * 60 + "b" + "]}" * 60 + "\n"},
    "a long line": {"inventory/a.yaml": "kind: server\nid: a\nname: " + "x" * 10_000_000 + "\n"},
    "a long key": {"inventory/a.yaml": f"kind: server\nid: a\n? {'k' * 200_000}\n: x\n"},
    "a long id": {"inventory/a.yaml": f"kind: server\nid: {'i' * 1_000_000}\n"},
    "digits of every type": of_types("9" * 200_000),
    "dots of every type": of_types(".".join("0" * 50_000)),
    "spaces of every type": of_types("'" + "1 " * 50_000 + "x'"),
    "units of every type": of_types("'1" + "h1" * 50_000 + "'"),
    "colons of every type": of_types("'" + ":" * 100_000 + "'"),
    "hyphens of every type": of_types("'a" + "-" * 100_000 + "!'"),
    "huge exponents": of_types("1e999999999"),
    "zeros of every scheme": schemes("'1" + ".0" * 50_000 + "x'"),
    "letters of every scheme": schemes("'" + "1a" * 200 + "'"),
    "huge numbers of a group": {"inventory/a.yaml": "kind: server\nid: a\nrelations: {uses: {at_least: " + "9" * 3_000 + ", of: [b, c]}}\n"},
    "many targets": {"inventory/a.yaml": "kind: server\nid: a\nrelations: {uses: [" + "a, " * 2_000 + "a]}\n"},
    "many defaults": {"/".join(["inventory", *"d" * depth, "_defaults.yaml"]): "labels: {a: b}\n" for depth in range(100)},
    "a long chain": {"inventory/a.yaml": chain(20_000)},
    "a long circle": {"inventory/a.yaml": chain(5_000) + "- {kind: server, id: c5000, relations: {depends_on: c0}}\n"},
    "many documents": {"inventory/a.yaml": "---\n" * 100_000},
    "an endless pattern of a schema": {
        "inventory/schema/k.yaml": f"kinds: {{thing: {{extends: server, attributes: {{p: {{type: string, pattern: {ENDLESS}}}}}}}}}\n",
        "inventory/a.yaml": f"kind: thing\nid: a\nattributes: {{p: {LONG}}}\n",
    },
    "an endless pattern of a baseline": {**baseline(path="name", demand=f"{{pattern: '{ENDLESS}'}}"), "inventory/a.yaml": f"kind: server\nid: a\nname: {LONG}\n"},
    "an endless pattern with a look ahead": baseline(path="name", demand="{pattern: '(?=a)(a+)+b'}"),
    "stars of a selector": {**baseline("name~" + "*a" * 300 + "*b"), "inventory/a.yaml": f"kind: server\nid: a\nname: {LONG}\n"},
    "brackets of a selector": baseline("(" * 10_000 + "id=a" + ")" * 10_000),
    "a selector without end": baseline("kind=server," * 20_000 + "id=a"),
    "stars of a path": {**baseline(path=".".join(["attributes", *["**"] * 40, "x"]), demand="{absent: true}"), "inventory/a.yaml": "kind: server\nid: a\nattributes: {m: " + "{k: " * 60 + "1" + "}" * 60 + "}\n"},
    "a family of baselines": {"baselines/b.yaml": "".join(f"---\nbaseline: b{n}\nextends: [b{n + 1}]\n" for n in range(1_500))},
    "kinds of kinds": {"inventory/schema/k.yaml": "kinds:\n" + "".join(f"  k{n}: {{extends: k{n + 1}}}\n" for n in range(1_500))},
    "huge settings": {"cmdb.yaml": "drift: {max_age: 99999999999999999999d, allow_unobserved: 9999999999999999999999}\n"},
    "limits of its own": {"cmdb.yaml": "limits: {file_size: 99999999999}\ntime_limit: 0\n"},
}  # fmt: skip

CHAINS = ("a family of baselines", "kinds of kinds")


@pytest.mark.parametrize("which", BOMBS)
def test_every_bomb_is_a_problem_or_harmless(cmdb: Program, checkout: Checkout, which: str) -> None:
    checkout.commit(BOMBS[which])
    said = cmdb("check", "--base", "main", "--time-limit", "300s", "--no-cache")
    if which in CHAINS:
        assert (said.code, "chained or nested too deeply" in said.err) == (2, True)
        return
    assert said.code in (0, 1), said.err
    assert said.out.rstrip().splitlines()[-1].count("since main") == 1


def test_a_file_beyond_the_size_is_told_on_both_sides(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/a.yaml": b"#" * (limits.FILE_SIZE + 1)})
    for at in ((), ("--at", "HEAD")):
        said = cmdb("check", "--base", "main", *at)
        assert (said.code, "files over 16 MiB are not read" in said.out) == (1, True)
        assert "hint: split it into smaller files" in said.out


def test_too_many_cis_and_files(cmdb: Program, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 10)
    checkout.commit({"inventory/a.yaml": "".join(f"- {{kind: server, id: s-{n}}}\n" for n in range(11))})
    said = cmdb("check", "--base", "main")
    assert (said.code, "inventory/a.yaml:1:1: error [unreadable] has more than 10 entries" in said.out) == (1, True)
    monkeypatch.setattr(worktree, "MOST", 1)
    said = cmdb("check")
    assert (said.code, "the workspace has over 1 files" in said.err) == (2, True)


# time ----------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_check_that_would_not_end_is_given_up(
    cmdb: Program, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even what catches every exception keeps it from ending."""

    def endless(_: Facts) -> object:
        while True:
            try:
                time.monotonic()
            except Exception:
                continue

    monkeypatch.setattr("cmdb.recheck.running.check_all", endless)
    monkeypatch.setattr("cmdb.cache.checking.check_all", endless)
    said = cmdb("check", "--no-cache", "--time-limit", "0.3s")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("cmdb: error: gave up after 0.3 seconds, without a verdict\n    hint: give it more time")
    assert cmdb("select").code == 0


@pytest.mark.parametrize("given", ["0", "10m"])
def test_time_enough(cmdb: Program, checkout: Checkout, given: str) -> None:
    assert cmdb("check", "--time-limit", given).code == 0
    assert cmdb("check", env={"CMDB_TIME_LIMIT": given}).code == 0


# patterns ------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    ("spelling", "yes", "no"),
    [
        ("db-[0-9]+", ("db-1", "db-12"), ("db-", "xdb-1", "db-1\n")),
        (r"[a-z]+(-[a-z0-9]+)*", ("web-db-1",), ("web_", "-a", "web-\n")),
        (r"(?i)abc+d*", ("ABCCD",), ("x",)),
        (r"\d+\.\d+", ("1.2", "\u0661.\u0662"), ("1x2",)),
        (r"\w+-\w+", ("\u00e9-1",), (" -1",)),
        (r"(?!tmp)[a-z]+[0-9]+", ("ab1",), ("tmp1", "a" * 1_001 + "1")),
        (r"(a)\1b*", ("aab",), ("ab",)),
        (r"[[a]+x+", ("[ax", "ax"), ("x", "bx")),
        (r"[a&&b]+x+", ("&x", "abx"), ("x", "cx")),
        (r"[]a]+\]*", ("]a]",), ("b",)),
        (r"a?" * 30 + "a" * 30, ("a" * 30,), ("b" * 30,)),
        ("(a|a)" * 150, ("a" * 150,), ("a" * 149 + "b",)),
        (ENDLESS, ("aaab",), (LONG,)),
        ("a*" * 20 + "b", ("ab",), (LONG,)),
    ],
)
def test_patterns_mean_what_they_mean_to_python(spelling: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    known = pattern(spelling)
    assert [known.fits(text) for text in (*yes, *no)] == [True] * len(yes) + [False] * len(no)
    for text in (*yes, *no):
        assert len(text) > 20 or known.fits(text) == (re.fullmatch(spelling, text) is not None)


@pytest.mark.parametrize(
    "spelling", ["(?=a)(a+)+b", r"(a+)+\1", "((a{500}){500}){500}", "(", "x" * 1_001, "a" + "(?=b)c*" * 3]
)
def test_patterns_that_are_refused(spelling: str) -> None:
    with pytest.raises(NoPattern):
        pattern(spelling)


def test_a_refused_pattern_is_told_where_it_stands(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit(
        {
            "inventory/schema/k.yaml": "kinds:\n  thing:\n    attributes:\n      p: {type: string, pattern: '(?=a)(a+)+b'}\n"
        }
    )
    said = cmdb("check", "--base", "main").out
    assert "inventory/schema/k.yaml:4:" in said
    assert "it could take time without end; leave out lookaround" in said


@pytest.mark.parametrize(
    ("spelling", "path", "fits"),
    [
        (("**",), (), True),
        (("**", "x"), ("a", "x", "b", "x"), True),
        (("a", "**", "b", "**", "c"), ("a", "b", "x", "b", "c"), True),
        (("a", "**", "b", "**", "c"), ("a", "x", "c"), False),
        (("**", "*"), (), False),
        (("*", "**"), ("a",), True),
        (("**", "x") * 40, ("x",) * 39 + ("y",) * 50, False),
    ],
)
def test_stars_of_a_path(spelling: tuple[str, ...], path: tuple[str, ...], fits: bool) -> None:
    assert matches(spelling, path) is fits


# the page ------------------------------------------------------------------------------------------------------------


def test_every_limit_stands_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    numbers = {name: value for name, value in vars(limits).items() if isinstance(value, int)}
    assert len(numbers) == 11
    assert [name for name, value in numbers.items() if f"| {value:,} " not in page] == []
