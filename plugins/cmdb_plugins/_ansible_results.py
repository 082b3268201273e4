"""What Ansible leaves behind, as one result per host: `--tree` folders, fact caches, the text of `ansible -m setup`,
the JSON of callbacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cmdb.model.value import Value
from cmdb_plugins._lasting import qualified_name
from cmdb_plugins._recordings import Recording, Unusable

_HEADER = re.compile(
    r"^(?:(?P<host>\S+) \| (?:SUCCESS|CHANGED|FAILED!?|UNREACHABLE!?)(?: \| rc=-?\d+)?(?: =>|:| >>)"
    r"|(?:ok|changed|fatal): \[(?P<played>[^]\s]+)(?: -> [^]]*)?\]:?(?: (?:FAILED|UNREACHABLE)!)? =>)[ \n]?",
    re.MULTILINE,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SIGNS = frozenset({"nodename", "hostname", "distribution", "kernel", "packages", "services", "default_ipv4"})
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Result:
    """One module's answer on one host: facts, or why there are none."""

    host: str
    facts: Mapping[str, Value] | None = None
    failure: str = ""
    unreachable: bool = False


def results(recording: Recording) -> Iterator[Result]:
    """Every result of a file. What cannot be read of it is a result with a failure."""
    name = _host_name(recording)
    try:
        text = _COLOUR.sub("", recording.text())
        yield from _results(recording, text, name)
    except Unusable as why:
        yield Result(name, failure=str(why))


def _results(recording: Recording, text: str, name: str) -> Iterator[Result]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        if _HEADER.search(text):
            yield from _printed(text, recording.label)
        elif "\n" in text.strip() and _is_json(text.strip().splitlines()[0]):
            yield from _lines(text, recording.label, name)
        else:
            raise Unusable(f"{recording.label}: neither facts as JSON nor what ansible prints: {error}") from error
        return
    trusted = "" if not recording.of_many and recording.path.suffix and isinstance(document, dict) else name
    found = tuple(_documented(document, trusted))
    if not found:
        raise Unusable(f"{recording.label}: holds no facts of any host")
    yield from (each if each.host else Result(name, each.facts, each.failure, each.unreachable) for each in found)


def _host_name(recording: Recording) -> str:
    """The host that a file is named after."""
    name = recording.path.name
    for suffix in (".json", ".jsonl", ".txt", ".log", ".out"):
        name = name.removesuffix(suffix)
    return name.removeprefix("s1_")


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _printed(text: str, label: str) -> Iterator[Result]:
    """The text of `ansible -m setup`, in its usual form or with one line per host."""
    for header in _HEADER.finditer(text):
        host = header["host"] or header["played"]
        rest = header.end()
        unreachable = "UNREACHABLE" in header[0]
        if not text.startswith("{", rest):
            yield Result(host, failure=text[rest:].partition("\n")[0].strip(), unreachable=unreachable)
            continue
        try:
            document, _ = _DECODER.raw_decode(text, rest)
        except (ValueError, RecursionError):
            line = text.count("\n", 0, rest) + 1
            yield Result(host, failure=f"{label}: what starts in line {line} is cut off or garbled")
            continue
        yield _result(host, document, failed="FAILED" in header[0] or header[0].startswith("fatal"))


def _lines(text: str, label: str, name: str) -> Iterator[Result]:
    """One document per line, of the callback `jsonl` or of anyone's making."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            yield Result(name, failure=f"{label}: line {number} is cut off or garbled")
            continue
        yield from (each for each in _documented(document, "") if each.host)


def _documented(document: Value, host: str) -> Iterator[Result]:
    """Results inside a JSON document of any of the known shapes. A host that nothing names is the empty text."""
    if isinstance(document, list):
        for each in document:
            yield from _documented(each, "")
    elif not isinstance(document, dict):
        return
    elif isinstance(document.get("__payload__"), str) and _is_json(document["__payload__"]):
        yield from _documented(json.loads(document["__payload__"]), host)
    elif isinstance(document.get("plays"), list):
        for play in document["plays"]:
            for task in play.get("tasks", ()):
                yield from _by_host(task.get("hosts"))
    elif _is_result(document):
        silent = "msg" in document and "ansible_facts" not in document
        yield _result(_named(document) or host or _self_named(document), document, failed=silent)
    elif isinstance(document.get("hosts"), dict):
        yield from _by_host(document["hosts"])
    else:
        yield from _by_host(document)


def _by_host(results: Value) -> Iterator[Result]:
    if isinstance(results, dict):
        for host, result in results.items():
            if isinstance(result, dict) and (_has_facts(result) or _went_wrong(result)):
                yield _result(host, result)


def _is_result(document: Mapping[str, Value]) -> bool:
    return _has_facts(document) or _went_wrong(document) or ("msg" in document and "changed" in document)


def _has_facts(document: Mapping[str, Value]) -> bool:
    return any(key.startswith("ansible_") for key in document) or len(_SIGNS & document.keys()) > 1


def _went_wrong(document: Mapping[str, Value]) -> bool:
    return document.get("unreachable") is True or document.get("failed") is True


def _result(host: str, document: Mapping[str, Value], *, failed: bool = False) -> Result:
    facts = document.get("ansible_facts")
    if not failed and not _went_wrong(document):
        return Result(host, facts if isinstance(facts, dict) else document)
    said = str(document.get("msg") or document.get("module_stderr") or "Ansible gives no reason")
    unreachable = document.get("unreachable") is True
    return Result(host, facts if isinstance(facts, dict) else None, " ".join(said.split()), unreachable)


def _named(document: Mapping[str, Value]) -> str:
    host = document.get("inventory_hostname") or document.get("host")
    return host if isinstance(host, str) else ""


def _self_named(document: Mapping[str, Value]) -> str:
    """What the host calls itself."""
    facts = document.get("ansible_facts")
    known = {**document, **facts} if isinstance(facts, dict) else document
    names = [str(known.get(f"ansible_{each}") or known.get(each) or "") for each in ("fqdn", "nodename", "hostname")]
    return qualified_name(names[0]) or names[1] or names[2]
