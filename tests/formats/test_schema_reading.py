"""The built-in kinds are read fast, and mean what the precise reader says."""

from __future__ import annotations

import pytest

from cmdb.formats import schema_reader
from cmdb.formats.schema_reader import read_schema
from cmdb.formats.yaml import fast, precise
from cmdb.model.plain import NeedsText


def test_the_built_in_kinds_are_the_same_to_both_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read_schema()
    monkeypatch.setattr(fast, "parse", refuse)
    assert repr(read_schema()) == repr(quick)


def test_the_built_in_kinds_need_no_precise_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precise, "parse", refuse)
    assert "server" in read_schema().schema.kinds


def test_a_built_in_kind_with_a_number_for_a_text_would_be_read_precisely(monkeypatch: pytest.MonkeyPatch) -> None:
    files = (("cmdb/schema/x.yaml", b"kinds: {thing: {description: 1.10}}\n"),)
    monkeypatch.setattr(schema_reader, "_built_in", lambda: files)
    assert read_schema().schema.kinds["thing"].description == "1.10"


def refuse(*_: object) -> None:
    raise fast.Odd if len(_) == 1 else NeedsText
