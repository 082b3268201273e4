"""Links, names and texts of a stranger: nothing outside is read or written, and no reader of an answer is fooled."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from cmdb.cli.options import TRACKED
from cmdb.testing.canaries import Canary
from cmdb.testing.program import Program
from cmdb.testing.repositories import Checkout, Files, Link

BAD = "kind: server\nid: bad\nrelations: {runs_on: gone}\n"


def links(canary: Canary) -> dict[str, Files]:
    outside, file = str(canary.treasure.parent), str(canary.treasure)
    return {
        "the inventory": {"inventory": Link(outside)},
        "a folder of it": {"inventory/more": Link(outside)},
        "a file of it": {"inventory/more.yaml": Link(file)},
        "a file upwards": {"inventory/more.yaml": Link("../../mine/inventory/treasure.yaml")},
        "the settings": {"cmdb.yaml": Link(file)},
        "the baselines": {"baselines": Link(outside)},
        "the schema": {"inventory/schema": Link(outside)},
        "the defaults": {"inventory/_defaults.yaml": Link(file)},
        "what is hidden": {"inventory/more.yaml": Link("../.git/config")},
        "itself": {"inventory/loop": Link("."), "inventory/more.yaml": Link("more.yaml")},
        "a device": {"inventory/more.yaml": Link("/dev/zero"), "inventory/tty.yaml": Link("/dev/stdin")},
        "over a link": {"a": Link(".."), "inventory/more.yaml": Link("../a/mine/inventory/treasure.yaml")},
    }


@pytest.mark.parametrize("which", links(Canary(Path("/"))))
def test_no_link_leads_out(cmdb: Program, checkout: Checkout, canary: Canary, which: str) -> None:
    if which == "the inventory":
        checkout.git("rm", "--quiet", "-r", "inventory")
    checkout.commit(links(canary)[which])
    for command in (("check", "--base", "main"), ("check", "--at", "HEAD"), ("select",), ("diff", "main...HEAD")):
        said = cmdb(*command)
        assert said.code in (0, 1, 2, 3)
    said = cmdb("check", "--base", "main")
    assert said.code != 0
    assert re.search("link|hidden|cannot be read|device", said.out + said.err)


@pytest.mark.parametrize("target", ["{treasure}", "../mine/inventory/treasure.yaml", ".git/config", ".git/hooks/new"])
@pytest.mark.parametrize("deep", [False, True])
def test_no_answer_is_written_through_a_link(
    cmdb: Program, checkout: Checkout, canary: Canary, target: str, deep: bool
) -> None:
    path = target.format(treasure=canary.treasure)
    if deep:
        folder, _, name = path.rpartition("/")
        checkout.commit({"out": Link(folder)})
        file = f"out/{name}"
    else:
        checkout.commit({"out.sarif": Link(path)})
        file = "out.sarif"
    config = (checkout.root / ".git" / "config").read_text()
    said = cmdb("check", "-f", "sarif", "-o", file)
    assert (said.code, "leads out of the workspace by a link" in said.err) == (2, True)
    assert (checkout.root / ".git" / "config").read_text() == config
    assert not (checkout.root / ".git" / "hooks" / "new").exists()


def test_answers_are_written_elsewhere_and_through_links_that_stay(
    cmdb: Program, checkout: Checkout, tmp_path: Path
) -> None:
    checkout.commit({"reports/.keep": "", "latest": Link("reports"), "out.json": Link("reports/a.json")})
    for file in ("out.json", "latest/b.json", str(tmp_path / "c.json"), "/dev/null"):
        assert cmdb("check", "-f", "json", "-o", file).code == 0
    assert json.loads((checkout.root / "reports" / "a.json").read_text())["status"] == "clean"
    assert {path.name for path in (checkout.root / "reports").iterdir()} == {".keep", "a.json", "b.json"}


NASTY = {
    "a terminal": "\x1b]0;owned\x07\x1b[2J\x1b[31m",
    "a workflow": "::set-output name=x::y",
    "an old workflow": "##[set-env name=x]y",
    "a line more": "x\n::error::owned",
    "a carriage return": "x\r::error::owned",
    "right to left": "\u202egnp.exe",
    "a page": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a comment's end": "--> <b>owned</b> <!--",
    "a link": "[click](https://evil.example) https://evil.example www.evil.example",
    "a mention": "@org/everyone #1",
    "an order": "x\n/approve\n/merge",
    "a table": "x | y || z",
    "code": "`` ` ```x```",
    "XML": "]]><evil/>&xxe;",
    "a formula": "=cmd|' /C calc'!A0",
    "a template": "${{ github.token }} $(touch pwned) `id`",
    "a null": "a\x00b",
    "half a character": "\ud800",
}


COMMAND = re.compile(r"::(error|warning|notice) (file=[^,]*,line=\d+,col=\d+,)?title=[a-z() -]+::")


def quoted(text: str) -> str:
    return json.dumps(text)


@pytest.mark.parametrize("which", NASTY)
def test_no_reader_is_fooled(cmdb: Program, checkout: Checkout, which: str) -> None:
    """In ids, keys, kinds, values and names of files, wherever a message quotes them."""
    text = quoted(NASTY[which])
    name = re.sub(r"[/\x00\ud800]", "_", NASTY[which])
    checkout.commit(
        {
            "inventory/id.yaml": f"kind: server\nid: {text}\n",
            "inventory/kind.yaml": f"kind: {text}\nid: a\n",
            "inventory/more.yaml": f"kind: server\nid: b\n{text}: x\nrelations: {{{text}: x, runs_on: {text}}}\n",
            "inventory/value.yaml": f"kind: server\nid: c\nattributes: {{memory: {text}, {text}: 1}}\nlifecycle: {text}\n",
            "baselines/b.yaml": f"baseline: {text}\napplies_to: {text}\nexpect: {{owner: {{pattern: {text}}}}}\n",
            f"inventory/{name}.yaml": BAD,
        }
    )
    said = {form: cmdb("check", "--base", "main", "-f", form) for form in TRACKED}
    assert {one.code for one in said.values()} == {1}
    for form, one in said.items():
        odd = {char for char in one.out if unicodedata.category(char) in ("Cc", "Cs") or char in "\u202e\u2028\u2029"}
        assert odd <= ({"\n", "\u202e"} if form in ("json", "sarif", "gitlab") else {"\n"}), form
    for line in said["github"].out.splitlines():
        command = line.strip().startswith("::")
        assert not command or COMMAND.match(line), line
        assert command or "##[" not in line
    json.loads(said["json"].out), json.loads(said["sarif"].out), json.loads(said["gitlab"].out)
    ElementTree.fromstring(said["junit"].out)
    comment = said["markdown"].out
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(comment.partition("\n")[2])
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "link_open", "image", "table_open", "fence"}
    outside = re.sub(r"(`+)[^`].*?[^`]?\1(?!`)", "", comment.partition("\n")[2])
    assert not re.search(r"(?<!\w)@[a-z]|(?<!\\)<[a-z/!]|https?://|^/", outside, re.MULTILINE)


def test_names_that_differ_in_case_only(cmdb: Program, checkout: Checkout) -> None:
    checkout.commit({"inventory/A.yaml": "kind: server\nid: a-1\n", "inventory/a.yaml": "kind: server\nid: A-1\n"})
    said = cmdb("check", "--base", "main", "-f", "json")
    assert [each["code"] for each in said.json["problems"]] == ["duplicate-id"]


@pytest.mark.parametrize(
    "name", ["-rf.yaml", "--base=x.yaml", "$(touch pwned).yaml", "a b'\".yaml", ":(top)x.yaml", "x\\y.yaml"]
)
def test_names_that_a_shell_or_git_might_take_for_more(cmdb: Program, checkout: Checkout, name: str) -> None:
    checkout.commit({f"inventory/{name}": BAD})
    for command in (("check", "--base", "main"), ("check", "--base", "main", "--at", "HEAD")):
        said = cmdb(*command, "-f", "json")
        assert [each["location"]["path"] for each in said.json["problems"]] == [f"inventory/{name}"]
    assert not list(checkout.root.rglob("pwned*"))


def test_a_name_that_is_no_text(cmdb: Program, checkout: Checkout) -> None:
    (checkout.root / "inventory" / "b\udcff.yaml").write_text(BAD)
    checkout.commit()
    for command in (("check", "--base", "main"), ("check", "--base", "main", "--at", "HEAD")):
        said = cmdb(*command)
        assert (said.code, "has a name that is not UTF-8 text" in said.out) == (1, True)
