from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cmdb.discovery.loading import Plugin, available, covers, explained, kinds, load
from cmdb.model.config import SourceConfig
from cmdb.model.problem import CmdbError
from cmdb.testing.plugins import Plugins


def refusal(name: str) -> str:
    with pytest.raises(CmdbError) as error:
        load(name)
    assert error.value.problem.code == "plugin"
    return f"{error.value.problem.message}; {error.value.problem.hint}"


def test_plugins_are_known_without_running_them(plugins: Plugins) -> None:
    plugins.add("weather", "", top="raise SystemExit")
    assert available()["weather"] == Plugin("weather", "weather_module:Source", "weather", "1.0")
    assert list(available()) == sorted(available())


def test_the_plugins_that_come_along_are_registered_like_any_other() -> None:
    assert available()["local_host"].package == "cmdb"


def test_a_plugin_is_its_class(plugins: Plugins) -> None:
    plugins.add("weather", "")
    assert load("weather").__name__ == "Source"
    assert kinds("weather") == ("server",)


def test_an_unknown_plugin_is_told_with_those_that_are_there(plugins: Plugins) -> None:
    plugins.add("weather", "")
    assert "there is no discovery plugin 'wether'; did you mean 'weather'? there are " in refusal("wether")
    said = refusal("nonesuch")
    assert "did you mean" not in said
    assert "local_host" in said
    assert "weather" in said


def test_importing_prints_nothing_on_stdout(plugins: Plugins, capsys: pytest.CaptureFixture[str]) -> None:
    plugins.add("chatty", "", top="print('garbage')")
    load("chatty")
    assert capsys.readouterr() == ("", "garbage\n")


@pytest.mark.parametrize(
    ("top", "why"),
    [
        ("1 / 0", "the plugin 'bad' cannot be loaded: ZeroDivisionError: division by zero"),
        ("sys.exit('no')", "the plugin 'bad' cannot be loaded: SystemExit: no"),
        ("from os import nonesuch", "the plugin 'bad' cannot be loaded: ImportError: cannot import name 'nonesuch'"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_told_in_words(plugins: Plugins, top: str, why: str) -> None:
    plugins.add("bad", "", top=top)
    assert why in refusal("bad")


@pytest.mark.parametrize(
    ("metadata", "remedy"),
    [
        ("", "pip install some_sdk"),
        ("Provides-Extra: cloud\nRequires-Dist: some-sdk>=2; extra == 'cloud'\n", "pip install 'bad[cloud]'"),
        ('Requires-Dist: some.sdk (>=2) ; python_version > "3" and extra == "cloud"\n', "pip install 'bad[cloud]'"),
        ("Requires-Dist: other; extra == 'cloud'\nRequires-Dist: some-sdk\n", "pip install some_sdk"),
    ],
)
def test_a_missing_package_is_told_with_the_way_to_get_it(plugins: Plugins, metadata: str, remedy: str) -> None:
    plugins.module("bad", "import some_sdk.client", metadata=metadata)
    assert f"it needs the Python module 'some_sdk', which is not installed; {remedy};" in refusal("bad")


def test_the_extra_may_stand_with_the_entry_point(plugins: Plugins) -> None:
    plugins.module("bad", "import some_sdk", target="Source [cloud]")
    assert "pip install 'bad[cloud]'" in refusal("bad")


def test_an_entry_point_that_leads_nowhere_is_a_broken_package(plugins: Plugins) -> None:
    plugins.module("bad", "")
    (plugins.folder / "bad_module.py").unlink()
    assert "the package 'bad' is broken: pip install --force-reinstall bad" in refusal("bad")


@pytest.mark.parametrize(("code", "why"), [("", "no attribute 'Source'"), ("Source = 7", "is no class")])
def test_an_entry_point_leads_to_a_class(plugins: Plugins, code: str, why: str) -> None:
    plugins.module("bad", code)
    assert why in refusal("bad")


def test_two_packages_with_one_plugin_are_a_mistake(plugins: Plugins) -> None:
    plugins.module("weather", "", package="one")
    plugins.module("weather", "", package="two")
    assert "two packages register the plugin 'weather': " in refusal("weather")


def test_of_one_package_that_is_there_twice_the_first_counts(
    plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins.add("weather", "")
    (tmp_path / "more").mkdir()
    Plugins(tmp_path / "more").add("weather", "")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "more")])
    assert load("weather").__name__ == "Source"


@pytest.mark.parametrize("first", ["", "."])
def test_the_current_folder_brings_no_plugins(workspace: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    Plugins(workspace).add("evil", "")
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(sys, "path", [first, *sys.path])
    assert "evil" not in available()
    monkeypatch.setattr(sys, "path", [str(workspace), *sys.path])
    assert "evil" not in available()


def test_a_source_covers_what_the_settings_say_or_its_plugin_sees(plugins: Plugins) -> None:
    plugins.module("many", "class Source: kinds = ('volume', 'server')")
    plugins.module("blind", "class Source: kinds = ()")
    assert covers(SourceConfig("s", "many", "owner=me")) == "owner=me"
    assert covers(SourceConfig("s", "many")) == "kind in (server, volume)"
    assert covers(SourceConfig("s", "", "owner=me")) == "owner=me"
    assert covers(SourceConfig("s")) == ""
    assert covers(SourceConfig("s", "blind")) == covers(SourceConfig("s", "nonesuch")) == ""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError("no\n  route"), "OSError: no route"),
        (OSError(), "OSError"),
        (CmdbError("no token", hint="set TOKEN"), "no token; set TOKEN"),
        (OSError("redis://:hunter2@cache refused"), "OSError: redis://:***@cache refused"),
    ],
)
def test_errors_are_told_in_one_line_without_secrets(error: Exception, line: str) -> None:
    assert explained("weather", error) == line
    assert len(explained("weather", OSError("x" * 9999))) == 400
