"""The text of a selector to its tree: what is a field, an id, an operator; not yet what exists."""

from __future__ import annotations

import json
import re

from cmdb.graph.hints import did_you_mean
from cmdb.graph.selectors.errors import SelectorError
from cmdb.graph.selectors.syntax import (
    ALL_STEPS,
    BARE_VALUE,
    Comparison,
    Literal,
    Named,
    Presence,
    Reach,
    Selector,
    Term,
)
from cmdb.model import limits
from cmdb.model.ci import FIELDS, ID, MAP_FIELDS
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path

DEEPEST = limits.BRACKETS
BRANCHING = (*MAP_FIELDS, "attributes", "relations")
"""Fields whose values have names of their own."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_BLANK = re.compile(r"\s*")
_WORD = re.compile(rf'(?:[A-Za-z0-9._:/@-]|{_QUOTED}|\[(?:[^\]"]|{_QUOTED})*\])+')
_STRING = re.compile(_QUOTED)
_STEPS_BEFORE = re.compile(r"([0-9]*)\s*\+\s*(?=[A-Za-z0-9(])")
_STEPS_AFTER = re.compile(r"\s*\+\s*([0-9]*)")
_UNQUOTED_REST = re.compile(r"\s*[^\s,)]\S*")
_OPERATOR = re.compile(r"\s*(!=|!~|<=|>=|=|~|<|>)|\s+(in|not\s+in)(?=\s|\(|$)")


def parse(text: str) -> Selector:
    """The tree of a selector. Raises `SelectorError` where the text is none."""
    if not text.strip():
        raise SelectorError(text, "the selector is empty", 0)
    parser = _Parser(text)
    selector = parser.selector()
    parser.expect_end()
    return selector


def field_path(word: str) -> KeyPath | None:
    """The key path that a word is, or None where it names no field of a CI. Raises `KeyPathError`."""
    first = re.match(r"[a-z]*", word)
    name = first[0] if first else ""
    rest = word[len(name) :]
    if name in BRANCHING and (not rest or rest[0] in ".["):
        return parse_path(word)
    return (word,) if word in FIELDS else None


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0

    def selector(self) -> Selector:
        start = self.position
        terms = [self._term()]
        while self._take(","):
            terms.append(self._term())
        return Selector(tuple(terms), self.text[start : self.position].strip())

    def expect_end(self) -> None:
        self._skip_blank()
        if self.position < len(self.text):
            raise self._wrong("expected ',' or the end")

    def _term(self) -> Term:
        self._skip_blank()
        start = self.position
        if self._take("!"):
            return self._absence(start)
        before = self._match(_STEPS_BEFORE)
        if before or self._ahead("("):
            return self._reach(start, None if before is None else _steps(before))
        word = self._word("a field, an id, or '('")
        if after := self._match(_STEPS_AFTER):
            return Reach(self._named(word, start), None, self._steps_after(after), (start, self.position))
        if operator := self._match(_OPERATOR):
            return self._comparison(word, start, operator)
        path = self._path(word, start)
        return self._named(word, start) if path is None else Presence(path, True, (start, self.position))

    def _absence(self, start: int) -> Presence:
        self._skip_blank()
        at = self.position
        word = self._word("a field after '!'")
        path = self._path(word, at)
        if path is None:
            raise self._unknown_field(word, at)
        return Presence(path, False, (start, self.position))

    def _reach(self, start: int, needs: int | None) -> Term:
        self._skip_blank()
        at = self.position
        of = self._bracketed() if self._ahead("(") else self._named(self._word("an id or '('"), at)
        after = self._match(_STEPS_AFTER)
        if needs is None and after is None and isinstance(of, Selector):
            return of
        needed_by = None if after is None else self._steps_after(after)
        return Reach(of, needs, needed_by, (start, self.position))

    def _bracketed(self) -> Selector:
        start = self.position
        if self.depth == DEEPEST:
            raise self._wrong(f"more than {DEEPEST} brackets within each other")
        self.depth += 1
        self._take("(")
        inner = self.selector()
        if not self._take(")"):
            raise self._wrong("expected ')'") if self._more() else self._wrong("the bracket is not closed", start)
        self.depth -= 1
        return inner

    def _comparison(self, word: str, start: int, operator: re.Match[str]) -> Comparison:
        end = start + len(word)
        sign = operator[1] or " ".join(operator[2].split())
        operator_span = (operator.start(1 if operator[1] else 2), operator.end())
        path = self._path(word, start)
        if path is None:
            raise self._unknown_field(word, start)
        values = (self._value(),) if operator[1] else self._values(sign)
        return Comparison(path, sign, values, (start, end), operator_span)

    def _values(self, sign: str) -> tuple[Literal, ...]:
        self._skip_blank()
        start = self.position
        if not self._take("("):
            raise self._wrong(f"expected '(' after '{sign}'")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if not self._take(")"):
            raise (
                self._wrong("expected ',' or ')'") if self._more() else self._wrong("the bracket is not closed", start)
            )
        return tuple(values)

    def _value(self) -> Literal:
        self._skip_blank()
        start = self.position
        if self._ahead('"'):
            return self._quoted()
        found = BARE_VALUE.match(self.text, start)
        if found is None:
            quotable = self._more() and self.text[start] not in ",)"
            raise self._wrong("expected a value" + ("; this needs double quotes" if quotable else ""))
        if more := _UNQUOTED_REST.match(self.text, found.end()):
            raise self._wrong("a value with spaces, brackets or quotes needs double quotes", start, more.end())
        self.position = found.end()
        return Literal(found[0], (start, self.position))

    def _quoted(self) -> Literal:
        start = self.position
        found = _STRING.match(self.text, start)
        if found is None:
            raise self._wrong("the quotes are not closed", start, len(self.text))
        self.position = found.end()
        try:
            return Literal(str(json.loads(found[0])), found.span())
        except ValueError:
            raise self._wrong("a quoted value uses JSON's escapes", *found.span()) from None

    def _word(self, expected: str) -> str:
        found = self._match(_WORD)
        if found is None:
            raise self._wrong(f"expected {expected}")
        return found[0]

    def _path(self, word: str, start: int) -> KeyPath | None:
        try:
            return field_path(word)
        except KeyPathError as error:
            reason = str(error) if "quote" in str(error) else f"{error}; a name with other characters is double-quoted"
            raise self._wrong(reason, start + error.position, start + len(word)) from None

    def _named(self, word: str, start: int) -> Named:
        if not ID.fullmatch(word):
            raise self._wrong("this is neither a field nor an id", start, start + len(word))
        return Named(word, (start, start + len(word)))

    def _steps_after(self, found: re.Match[str]) -> int:
        if self._more() and self.text[self.position] not in ",)" and not self.text[self.position].isspace():
            raise self._wrong("expected a number of steps, ',' or the end after '+'")
        return _steps(found)

    def _unknown_field(self, word: str, start: int) -> SelectorError:
        name = re.split(r"[.\[]", word)[0]
        if name in FIELDS:
            return self._wrong(f"'{name}' has no parts", start, start + len(word))
        hint = did_you_mean(name, FIELDS) or f"; an attribute is attributes.{name}, a label labels.{name}"
        return self._wrong(f"unknown field '{name}'{hint}", start, start + len(name))

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def _take(self, character: str) -> bool:
        self._skip_blank()
        if self._ahead(character):
            self.position += 1
            return True
        return False

    def _ahead(self, character: str) -> bool:
        return self.text.startswith(character, self.position)

    def _more(self) -> bool:
        return self.position < len(self.text)

    def _skip_blank(self) -> None:
        self._match(_BLANK)

    def _wrong(self, reason: str, start: int | None = None, end: int | None = None) -> SelectorError:
        return SelectorError(self.text, reason, self.position if start is None else start, end)


def _steps(found: re.Match[str]) -> int:
    return int(found[1]) if 0 < len(found[1]) < 10 else ALL_STEPS
