"""Where to cut for an edit: one function for each of what can be done, in lines of blocks and within flow style."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cmdb.formats.edits.nodes import Node
from cmdb.formats.edits.operations import Append, Edit, Impossible, Put, Remove, Steps
from cmdb.formats.edits.page import Page, Splice
from cmdb.formats.writing import WIDTH, block_lines, flow, item_lines, on_one_line
from cmdb.model.value import Value

INDENT = 2
_COLON = re.compile(r"[ \t]*:")
_DASH = re.compile(r"-[ \t]*\Z")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|(?<=\s)#[^\r\n]*)*,")


def cuts(page: Page, root: Node, edit: Edit, order: Sequence[str], shared: Collection[str]) -> list[Splice]:
    """The cuts for an edit below a mapping. `order` says behind which keys a new one of the mapping itself belongs;
    `shared` names the anchors that aliases use. Raises `Impossible`."""
    return list(_Cutting(page, order, shared).cuts(root, edit))


class _Cutting:
    def __init__(self, page: Page, order: Sequence[str], shared: Collection[str]) -> None:
        self.page = page
        self.order = order
        self.shared = shared

    def cuts(self, root: Node, edit: Edit) -> Iterator[Splice]:
        if isinstance(edit, Append):
            node, rest = self._walk(root, edit.path)
            if rest or node[-1].kind != "list":
                raise Impossible("there is no list")
            self._own(node)
            return self._append(node[-1], edit.value)
        if isinstance(edit, Remove):
            nodes, rest = self._walk(root, edit.path)
            if rest or len(nodes) < 2:
                raise Impossible("there is no such value")
            self._own(nodes[:-1])
            self._unshared(nodes[-1])
            return self._remove(nodes)
        return self._put(root, edit)

    def _walk(self, root: Node, path: Steps) -> tuple[list[Node], Steps]:
        """The nodes along a path, as far as there are any, and the steps that are left."""
        nodes = [root]
        for position, step in enumerate(path):
            child = nodes[-1].child(step)
            if child is None:
                return nodes, path[position:]
            nodes.append(child)
        return nodes, ()

    def _own(self, nodes: Sequence[Node]) -> None:
        """Refuses where a node that is to change in part is used elsewhere."""
        for node in nodes:
            if node.kind == "alias":
                raise Impossible(f"the value is the alias *{node.anchor}, which stands for a value written elsewhere")
            if node.anchor in self.shared:
                raise Impossible(f"the anchor &{node.anchor} is used elsewhere in the file")

    def _unshared(self, node: Node) -> None:
        """Refuses where something that is to go is used elsewhere."""
        self._own([part for part in node.walk() if part.kind != "alias"])

    def _put(self, root: Node, edit: Put) -> Iterator[Splice]:
        nodes, rest = self._walk(root, edit.path)
        if not rest:
            self._own(nodes[:-1])
            self._unshared(nodes[-1])
            return self._replace(nodes, edit.value)
        self._own(nodes)
        if any(isinstance(step, int) for step in rest):
            raise Impossible("there is no such item")
        value = edit.value
        for step in reversed(rest[1:]):
            value = {step: value}
        if nodes[-1].kind == "map":
            return self._insert(nodes[-1], str(rest[0]), value, self.order if len(nodes) == 1 else ())
        if nodes[-1].kind != "scalar" or len(nodes) == 1:
            raise Impossible("there is no mapping")
        return self._replace(nodes, {str(rest[0]): value})

    def _insert(self, node: Node, name: str, value: Value, order: Sequence[str]) -> Iterator[Splice]:
        if node.flow:
            yield self._into_flow(node, flow({name: value})[1:-1])
            return
        if not node.children:
            raise Impossible("there is no mapping")
        first = node.children[0]
        assert first.key is not None
        indent = self.page.column(first.key.start)
        above = _predecessor(node, name, order)
        yield self.page.added(self.page.below(above.end), _indented(block_lines({name: value}, indent), indent))

    def _append(self, node: Node, value: Value) -> Iterator[Splice]:
        if node.flow:
            yield self._into_flow(node, flow(value))
            return
        dash = self._dash(node.children[-1])
        indent = self.page.column(dash)
        yield self.page.added(self.page.below(node.end), _indented(item_lines(value, indent), indent))

    def _into_flow(self, node: Node, text: str) -> Splice:
        if node.children:
            end = node.children[-1].end
            return Splice(end, end, f", {text}")
        return Splice(node.end - 1, node.end - 1, text)

    def _replace(self, nodes: Sequence[Node], value: Value) -> Iterator[Splice]:
        node, parent = nodes[-1], nodes[-2]
        if parent.flow:
            yield self._inline(node, flow(value))
            return
        column = self.page.column(node.start)
        text = on_one_line(value, max(WIDTH - column, WIDTH // 2))
        if node.key is None:
            yield from self._replace_item(node, value, text)
        elif text is not None and not node.block:
            yield self._inline(node, text)
        else:
            yield from self._replace_lines(node, value, text)

    def _inline(self, node: Node, text: str) -> Splice:
        if not node.empty:
            return Splice(node.start, node.end, text)
        before = self.page.text[: node.end]
        if node.key is not None and not before.endswith(":"):
            return Splice(node.end, node.end, f": {text}")
        return Splice(node.end, node.end, f" {text}")

    def _replace_item(self, node: Node, value: Value, text: str | None) -> Iterator[Splice]:
        column = self.page.column(node.start) + (1 if node.empty else 0)
        lines = [text] if text is not None else block_lines(value, column)
        joined = (self.page.newline + " " * column).join(lines)
        yield Splice(node.start, self._text_end(node), f" {joined}" if node.empty else joined)

    def _replace_lines(self, node: Node, value: Value, text: str | None) -> Iterator[Splice]:
        """A value of a key, where the old or the new one takes lines of its own. A comment beside the key stays."""
        assert node.key is not None
        page = self.page
        colon = _COLON.match(page.text, node.key.end)
        if colon is None:
            raise Impossible("its key is written in a way that only people can edit")
        start = colon.end()
        column = page.column(node.key.start)
        same_line = f" {text}" if text is not None else ""
        below = [] if text is not None else _indented(block_lines(value, column + INDENT), column + INDENT)
        if node.block:
            comment = page.comment(start)
            yield Splice(start, page.end_of_line(start), same_line + (f" {comment}" if comment and text else comment))
            yield page.exchanged(page.next_line(start), page.below(node.end), below)
        else:
            yield Splice(start, node.end, same_line)
            yield page.added(page.below(node.end), below)

    def _remove(self, nodes: Sequence[Node]) -> Iterator[Splice]:
        node, parent = nodes[-1], nodes[-2]
        if parent.flow:
            return self._remove_from_flow(node, parent)
        if len(parent.children) == 1:
            if len(nodes) < 3:
                raise Impossible("nothing would be left")
            return self._replace(nodes[:-1], {} if parent.kind == "map" else [])
        return self._remove_lines(node, parent)

    def _remove_lines(self, node: Node, parent: Node) -> Iterator[Splice]:
        begin = node.key.start if node.key is not None else self._dash(node)
        line = self.page.start_of_line(begin)
        if not self.page.text[line:begin].strip():
            yield self.page.exchanged(line, self.page.below(node.end))
            return
        position = parent.children.index(node)
        if position + 1 == len(parent.children):
            raise Impossible("it is written in a way that only people can edit")
        behind = parent.children[position + 1]
        yield Splice(begin, behind.key.start if behind.key is not None else self._dash(behind))

    def _remove_from_flow(self, node: Node, parent: Node) -> Iterator[Splice]:
        page, position = self.page, parent.children.index(node)
        start, end = (node.key or node).start, node.end
        comma = _BETWEEN.match(page.text, end)
        if comma is not None and comma.end() <= page.end_of_line(end):
            end = comma.end()
            while page.text[end : end + 1] in (" ", "\t"):
                end += 1
        elif position and page.start_of_line(start) == page.start_of_line(parent.children[position - 1].end):
            start = parent.children[position - 1].end
        line, rest = page.start_of_line(start), page.text[end : page.end_of_line(end)]
        if not page.text[line:start].strip() and (not rest.strip() or rest.lstrip().startswith("#")):
            yield page.exchanged(line, page.next_line(end))
        else:
            yield Splice(start, end)

    def _dash(self, item: Node) -> int:
        """Where the dash of an item stands."""
        line = self.page.start_of_line(item.start)
        found = _DASH.search(self.page.text[line : item.start])
        if found is None:
            raise Impossible("it is written in a way that only people can edit")
        return line + found.start()

    def _text_end(self, node: Node) -> int:
        """The end of a node without the ends of lines that a block scalar keeps."""
        return node.start + len(self.page.text[node.start : node.end].rstrip("\r\n"))


def _predecessor(node: Node, name: str, order: Sequence[str]) -> Node:
    """The last key that a new one belongs behind; the last of all where nobody says."""
    if name not in order:
        return node.children[-1]
    before = order[: order.index(name)]
    return next((child for child in reversed(node.children) if child.name in before), node.children[-1])


def _indented(lines: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + line for line in lines]
