"""The group: what help costs, and what every command has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from cmdb import __version__
from cmdb.cli.main import COMMANDS, cli
from cmdb.testing.program import Program

HEAVY = ("rich", "pydantic", "networkx", "deepdiff", "git", "yaml", "oryaml", "ruamel", "cmdb.workspace", "cmdb.model")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_and_version_import_nothing_but_click(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom cmdb.cli.main import main\nsys.argv = ['cmdb', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_nobody_looks_for_garbage_among_modules() -> None:
    program = (
        "import gc, sys\nfrom cmdb.cli import main\nsys.argv = ['cmdb', 'check', '--help']\nseen = []\n"
        "gc.callbacks.append(lambda phase, _: seen.append(phase))\n"
        "imported = main.import_module\n"
        "main.import_module = lambda name: (seen.clear(), imported(name), print(seen, file=sys.stderr))[1]\n"
        "try:\n    main.main()\nexcept SystemExit:\n    pass\n"
        "print(gc.isenabled(), len(gc.get_objects()) < 99, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["[]", "True True"]


def test_version(cmdb: Program) -> None:
    assert cmdb("--version").out == f"cmdb, version {__version__}\n"


def test_help_lists_every_command(cmdb: Program) -> None:
    said = cmdb("--help")
    assert said.code == 0
    for name, words in COMMANDS.items():
        assert f" {name} {words} " in " ".join(said.out.split())


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command; of a group, those of the commands in it."""
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.commands)
        else:
            yield (name,)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(cmdb: Program, name: str) -> None:
    said = cmdb(name, "--help")
    assert said.code == 0
    assert f"\n  {COMMANDS[name]}\n" in said.out


@pytest.mark.parametrize("words", tuple(commands()), ids=" ".join)
def test_every_command_has_an_example_and_the_shared_options(cmdb: Program, words: tuple[str, ...]) -> None:
    said = cmdb(*words, "--help")
    assert said.code == 0
    assert f"\n    cmdb {' '.join(words)}" in said.out.partition("Example")[2]
    for option in ("-f, --format", "-o, --output", "--debug"):
        assert option in said.out
    assert words == ("init",) or "-C, --workspace" in said.out


@pytest.mark.parametrize("words", tuple(commands()), ids=" ".join)
def test_every_option_has_its_environment_variable(words: tuple[str, ...]) -> None:
    from cmdb.cli.options import Option

    command: click.Command | None = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    for parameter in command.params:
        assert isinstance(parameter, Option | click.Argument)


def test_a_wrong_command_is_a_usage_error_with_the_nearest_one(cmdb: Program) -> None:
    said = cmdb("chekc")
    assert (said.code, said.out) == (2, "")
    assert "No such command 'chekc'. Did you mean 'check'?" in said.err
