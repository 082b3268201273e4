"""A machine at the other end of a shell: the probes ask, what they ask is sent in bundles, and they look again with the
answers. So a look takes a handful of round trips, however much it asks.

The shell may be any POSIX one. Each answer ends with a marker that nobody there can guess, so noise before the first
marker (what a profile prints) is told from answers, and half an answer from a whole one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from cmdb.model.value import Value
from cmdb_plugins._machine import SYSTEM_PATH, NotSeen, NotThere
from cmdb_plugins._probe import Probe, Sight, look

_NO_PERMISSION = re.compile(r"permission denied|operation not permitted", re.IGNORECASE)
_NOT_THERE = re.compile(r"no such file|not a directory", re.IGNORECASE)
_NO_COMMAND = 127
_KILLED = 137
_SLOW = "too slow"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look at there: a file, a folder, a link, or what a command prints."""

    what: Literal["read", "children", "link", "run"]
    words: tuple[str, ...]

    def script(self) -> str:
        """The line of shell that answers it."""
        text = shlex.join(self.words)
        return {
            "read": f"cat {text} </dev/null",
            "children": f"ls -1A {text}/ </dev/null",
            "link": f"{{ readlink {text} || ls -d {text} >/dev/null; }} </dev/null",
            "run": f"limited {text}",
        }[self.what]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question."""

    code: int
    output: str
    errors: str = ""


class Unasked(NotSeen):
    """Nobody has asked for this file yet. Looking on without it tells what else to ask for."""


class Unrun(Exception):
    """Nobody has run this command yet. Whether others are needed depends on what it says."""


@dataclass(slots=True)
class Remembered:
    """A machine that knows some answers, and notes what else is `wanted`."""

    answers: Mapping[Question, Answer]
    limit: float = 10.0
    wanted: dict[Question, None] = field(default_factory=dict)

    def read(self, path: str) -> str:
        return self._looked(Question("read", (path,)))

    def children(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._looked(Question("children", (path,))).splitlines()))

    def link(self, path: str) -> str:
        target = self._looked(Question("link", (path,))).removesuffix("\n")
        if not target:
            raise NotSeen(f"cannot read {path}: it is no link", "failed")
        return target

    def run(self, *command: str, answers: tuple[int, ...] = (0,)) -> str:
        question = Question("run", command)
        answer = self.answers.get(question)
        if answer is None:
            self.wanted[question] = None
            raise Unrun
        if answer.code == _NO_COMMAND:
            raise NotThere(f"there is no command {command[0]}")
        if answer.code == _KILLED and _SLOW in answer.errors:
            raise NotSeen(f"{' '.join(command[:2])} gave no answer within {self.limit:.3g} s", "failed")
        if answer.code not in answers:
            said = answer.errors.strip().splitlines() or answer.output.strip().splitlines() or ["nothing"]
            raise NotSeen(f"{' '.join(command[:2])} ended with {answer.code} and said: {said[-1]}", "failed")
        return answer.output

    def _looked(self, question: Question) -> str:
        answer = self.answers.get(question)
        path = question.words[0]
        if answer is None:
            self.wanted[question] = None
            raise Unasked(f"nobody has looked at {path} yet")
        if answer.code == 0:
            return answer.output
        if _NO_PERMISSION.search(answer.errors):
            raise NotSeen(f"no permission to read {path}", "failed")
        if _NOT_THERE.search(answer.errors):
            raise NotThere(f"there is no {path}")
        said = answer.errors.strip().splitlines() or [f"it ended with {answer.code}"]
        raise NotSeen(f"cannot read {path}: {said[-1]}", "failed")


def unanswered(probes: Iterable[Probe], answers: Mapping[Question, Answer]) -> tuple[Question, ...]:
    """What the probes still have to know; nothing once they have seen all they can."""
    return tuple(dict.fromkeys(question for probe in probes for question in _sight(probe, answers)[1]))


def seen(probes: Sequence[Probe], answers: Mapping[Question, Answer], limit: float, lost: str = "") -> Sight:
    """What the probes see. Those that still lack answers saw nothing, which failed for the reason `lost`."""
    values: dict[str, Value] = {}
    unseen: dict[str, NotSeen] = {}
    for probe in probes:
        sight, wanted = _sight(probe, answers, limit)
        if wanted:
            unseen |= dict.fromkeys(probe.names, NotSeen(lost, "failed"))
        else:
            values |= sight.values
            unseen |= sight.unseen
    return Sight(values, unseen)


def _sight(probe: Probe, answers: Mapping[Question, Answer], limit: float = 0) -> tuple[Sight, Iterable[Question]]:
    machine = Remembered(answers, limit)
    try:
        sight = look(machine, (probe,))
    except Unrun:
        sight = Sight()
    return sight, machine.wanted


def opening(marker: str, limit: float) -> str:
    """What a shell is told first. A command is cut off after `limit` seconds; the first answer is everything that was
    printed before anybody asked."""
    return f"""\
LC_ALL=C LANG=C LANGUAGE=C PATH={SYSTEM_PATH}
export LC_ALL LANG LANGUAGE PATH
said() {{ printf '\\n%s %s\\n' {marker} "$1"; printf '\\n%s %s\\n' {marker} "$1" >&2; }}
limited() {{
  "$@" </dev/null & command=$!
  (trap 'kill -9 $! 2>/dev/null; exit' TERM
  sleep {ceil(limit)} 2>/dev/null &
  wait $! && kill -9 $command 2>/dev/null && echo '{_SLOW}' >&2) </dev/null >/dev/null & watch=$!
  wait $command; code=$?
  kill $watch 2>/dev/null
  return $code
}}
said 0
"""


def asked(questions: Iterable[Question]) -> str:
    """What a shell is told to get answers."""
    return "".join(f"{question.script()}; said $?\n" for question in questions)


def blocks(heard: bytes, marker: str) -> list[tuple[int, str]]:
    """(exit code, text) of each whole answer in a stream; what stands after the last marker is half an answer."""
    parts = re.split(rb"\n%s (\d+)\n" % marker.encode(), heard)
    texts = [_text(part) for part in parts[:-1:2]]
    return [(int(code), text) for code, text in zip(parts[1::2], texts, strict=True)]


def _text(heard: bytes) -> str:
    """As a text file is read: lines end with a line feed, however they ended."""
    return heard.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def answered(
    questions: Sequence[Question], output: Sequence[tuple[int, str]], errors: Sequence[tuple[int, str]]
) -> dict[Question, Answer]:
    """The questions that have a whole answer."""
    rows = zip(questions, output, errors, strict=False)
    return {question: Answer(code, text, complaint) for question, (code, text), (_, complaint) in rows}
