"""Hypothesis strategies for histories of a workspace, and real Git repositories made of them: CIs change, move between
files, get new ids, come and go, on branches that merge; defaults and kinds change too."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import strategies as st

from cmdb.testing.repositories import Checkout

Files = Mapping[str, str]

_FOLDERS = ("inventory", "inventory/x", "inventory/x/y", "inventory/z")
_FILES = ("a", "b", "c")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "os": ("debian", "alpine", "~"),
    "version": ("1", "1.0", "1.10", "2"),
    "packages": ("{a: 1}", "{a: 1.0, b: 2}", "{b: 3}"),
    "free": ("1", "true", "{k: 1}", "{k: {l: 1}}"),
    "interfaces": ("{eth0: {mtu: 1500}}", "{eth0: {mtu: 9000}, lo: {}}"),
    "disks": ("[{name: a, n: 1}]", "[{name: b}, {name: a, n: 2}]"),
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "owner": ("x", "y", "~"),
    "lifecycle": ("live", "planned", "retired"),
    "labels": ("{t: 1}", "{t: 2, u: 1}", "{}"),
    "tags": ("[p]", "[p, q]"),
    "name": ("N", "M"),
}
_DEFAULTS = ("", "owner: d\n", "owner: e\nlabels: {t: 9}\n", "attributes: {os: bsd, version: 7}\n")
_SCHEMAS = (
    "kinds: {box: {extends: server, attributes: {disks: {type: list, of: map, by: name}}}}\n",
    "kinds: {box: {extends: server, attributes: {disks: {type: list, of: map, by: name}, version: version}}}\n",
    "kinds: {box: {extends: server, attributes: {disks: {type: list, of: map}, os: {type: string, default: k}}}}\n",
)
_NOTES = ("", ", port: 1", ", port: 2")


@dataclass(frozen=True)
class Item:
    """A CI: its id, the file it stands in, former ids, fields and attributes as files have them, and relations: type,
    target and notes."""

    name: str
    file: str
    aliases: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    relations: tuple[tuple[str, str, str], ...] = ()

    @property
    def text(self) -> str:
        """The CI in flow style."""
        related: dict[str, list[str]] = {}
        for kind, target, notes in self.relations:
            related.setdefault(kind, []).append(f"{{to: {target}{notes}}}")
        parts = [f"kind: box, id: {self.name}", *(f"{name}: {text}" for name, text in self.fields.items())]
        parts += [f"aliases: [{', '.join(self.aliases)}]"] if self.aliases else []
        parts.append(f"attributes: {_flow(self.attributes)}")
        parts.append("relations: " + _flow({kind: f"[{', '.join(ends)}]" for kind, ends in related.items()}))
        return "{" + ", ".join(parts) + "}"


@dataclass(frozen=True)
class State:
    """A workspace: CIs by a name that stays, defaults by folder, and the schema."""

    items: Mapping[str, Item] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    schema: str = _SCHEMAS[0]

    @property
    def files(self) -> Files:
        """The files that say so."""
        texts: dict[str, str] = {"cmdb.yaml": "name: law\n", "inventory/schema/s.yaml": self.schema}
        for item in sorted(self.items.values(), key=lambda item: item.name):
            texts[item.file] = texts.get(item.file, "") + f"- {item.text}\n"
        return texts | {f"{folder}/_defaults.yaml": text for folder, text in self.defaults.items() if text}


@dataclass(frozen=True)
class Story:
    """Commits by number, each with the numbers of its parents and the files after it; the last one is the tip."""

    parents: tuple[tuple[int, ...], ...]
    states: tuple[State, ...]

    def told(self, root: Path, *options: str) -> tuple[Checkout, tuple[str, ...]]:
        """A repository with these commits, and their ids."""
        checkout = Checkout.create(root, *options)
        return checkout, tell(checkout, self.parents, [state.files for state in self.states])


def tell(checkout: Checkout, parents: Sequence[Sequence[int]], files: Sequence[Files]) -> tuple[str, ...]:
    """Makes commits with these parents and just these files, the last of which becomes `main`, and checks it out; the
    ids of all. Commits are an hour apart."""
    stream: list[bytes] = []
    for number, (before, texts) in enumerate(zip(parents, files, strict=True)):
        who = f"A{number % 3} <a{number % 3}@example.org> {1_767_225_600 + 3600 * number} +0000"
        stream.append(f"commit refs/heads/main\nmark :{number + 1}\nauthor {who}\ncommitter {who}\n".encode())
        message = f"commit {number}".encode()
        stream.append(b"data %d\n%s\n" % (len(message), message))
        stream += [f"{'merge' if position else 'from'} :{one + 1}\n".encode() for position, one in enumerate(before)]
        if not before:
            stream.insert(len(stream) - 2, b"reset refs/heads/main\n") if number else None
        stream.append(b"deleteall\n")
        for path, text in sorted(texts.items()):
            data = text.encode()
            stream.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    marks = checkout.root / ".git" / "marks"
    command = ["git", "fast-import", "--quiet", "--force", "--done", f"--export-marks={marks}"]
    subprocess.run(command, cwd=checkout.root, input=b"".join(stream) + b"done\n", check=True, capture_output=True)
    checkout.git("reset", "--quiet", "--hard", "main")
    named = dict(line.split() for line in marks.read_text().splitlines())
    return tuple(named[f":{number + 1}"] for number in range(len(files)))


@st.composite
def stories(draw: st.DrawFn, *, longest: int = 8) -> Story:
    """A history of up to so many commits, with branches and merges."""
    start = State({name: _item(draw, name) for name in ("p", "q", "r")}, {})
    states = [_edited(draw, start, draw(st.integers(0, 3)))]
    parents: list[tuple[int, ...]] = [()]
    for number in range(1, draw(st.integers(min(5, longest), longest))):
        first = draw(st.integers(max(0, number - 3), number - 1))
        second = draw(st.integers(0, number - 1))
        merges = second != first and draw(st.integers(0, 2)) == 0
        before = states[first]
        if merges:
            before = _mixed(draw, before, states[second])
        states.append(_edited(draw, before, draw(st.integers(0, 2))))
        parents.append((first, second) if merges else (first,))
    open_ends = [number for number in range(len(states)) if not any(number in each for each in parents)]
    if len(open_ends) > 1:
        before = states[open_ends[-1]]
        for other in open_ends[:-1]:
            before = _mixed(draw, before, states[other])
        states.append(_edited(draw, before, draw(st.integers(0, 1))))
        parents.append(tuple(reversed(open_ends)))
    return Story(tuple(parents), tuple(states))


def _mixed(draw: st.DrawFn, mine: State, other: State) -> State:
    """What a merge may make of two sides: of each CI one side's, or some of both."""
    items: dict[str, Item] = {}
    for key in sorted({*mine.items, *other.items}):
        choices = [side.items[key] for side in (mine, other) if key in side.items]
        if len(choices) == 2 and draw(st.booleans()):
            items[key] = replace(choices[0], attributes=choices[1].attributes, relations=choices[1].relations)
        elif picked := draw(st.sampled_from([*choices, *choices[:1]])):
            items[key] = picked
    defaults = draw(st.sampled_from([mine.defaults, other.defaults]))
    return _tidy(State(items, defaults, draw(st.sampled_from([mine.schema, other.schema]))))


def _tidy(state: State) -> State:
    """Without two CIs of one name, without aliases that are names, and without relations that lead nowhere, or twice
    to one CI by two of its names."""
    taken: set[str] = set()
    items: dict[str, Item] = {}
    for key, item in state.items.items():
        if item.name not in taken:
            taken.add(item.name)
            items[key] = item
    for key, item in items.items():
        items[key] = replace(item, aliases=tuple(alias for alias in item.aliases if alias not in taken))
    known = {name: item.name for item in items.values() for name in (item.name, *item.aliases)}
    for key, item in items.items():
        led = {(one[0], known[one[1]]): one for one in reversed(item.relations) if one[1] in known}
        items[key] = replace(item, relations=tuple(one for one in item.relations if one in led.values()))
    return replace(state, items=items)


def _edited(draw: st.DrawFn, state: State, edits: int) -> State:
    for _ in range(edits):
        state = _edit(draw, state)
    return state


def _edit(draw: st.DrawFn, state: State) -> State:
    what = draw(st.sampled_from(("ci", "ci", "ci", "ci", "ci", "new", "defaults", "schema", "goes")))
    if what == "schema":
        return replace(state, schema=draw(st.sampled_from(_SCHEMAS)))
    if what == "defaults":
        folder = draw(st.sampled_from(_FOLDERS))
        return replace(state, defaults={**state.defaults, folder: draw(st.sampled_from(_DEFAULTS))})
    if what == "new" or not state.items:
        key = draw(st.sampled_from(("p", "q", "r")))
        return state if key in state.items else _with(state, key, _item(draw, key))
    key = draw(st.sampled_from(sorted(state.items)))
    if what == "goes" and len(state.items) > 1:
        return _tidy(replace(state, items={name: item for name, item in state.items.items() if name != key}))
    return _with(state, key, _changed(draw, state, state.items[key]))


def _with(state: State, key: str, item: Item) -> State:
    return _tidy(replace(state, items={**state.items, key: item}))


def _item(draw: st.DrawFn, name: str) -> Item:
    return Item(name, _file(draw), attributes=_drawn(draw, _VALUES), fields=_drawn(draw, _FIELDS))


def _changed(draw: st.DrawFn, state: State, item: Item) -> Item:
    what = draw(st.sampled_from(("file", "name", "fields", "attributes", "relations", "relations")))
    if what == "file":
        return replace(item, file=_file(draw))
    if what == "name":
        number = sum(map(str.isdigit, item.name)) + 1
        return replace(item, name=f"{item.name}{number}", aliases=(*item.aliases, item.name))
    if what == "fields":
        return replace(item, fields={**item.fields, **_drawn(draw, _FIELDS)})
    if what == "attributes":
        return replace(item, attributes={**item.attributes, **_drawn(draw, _VALUES)})
    ends = [name for other in state.items.values() for name in (other.name, *other.aliases) if other is not item]
    kinds = draw(st.lists(st.sampled_from(("uses", "depends_on")), min_size=1, max_size=2))
    drawn = [(kind, draw(st.sampled_from(ends)), draw(st.sampled_from(_NOTES))) for kind in kinds if ends]
    return replace(
        item, relations=tuple(sorted({(kind, end): (kind, end, notes) for kind, end, notes in drawn}.values()))
    )


def _file(draw: st.DrawFn) -> str:
    return f"{draw(st.sampled_from(_FOLDERS))}/{draw(st.sampled_from(_FILES))}.yaml"


def _drawn(draw: st.DrawFn, known: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True))
    return {name: draw(st.sampled_from(known[name])) for name in names}


def _flow(texts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in texts.items()) + "}"
