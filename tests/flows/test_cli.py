"""Every command explains itself, costs nothing to ask, and fails in one line."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flows.cli import cli

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "tensorflow", "catboost", "sklearn", "prefect", "scrapy", "polars", "duckdb", "matplotlib")


def leaf_commands(group: click.Group, path: str = "tasador") -> list[tuple[str, click.Command]]:
    return [
        leaf
        for name, command in group.commands.items()
        for leaf in (
            leaf_commands(command, f"{path} {name}")
            if isinstance(command, click.Group)
            else [(f"{path} {name}", command)]
        )
    ]


COMMANDS = leaf_commands(cli)


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_has_help_with_an_example(path: str, command: click.Command) -> None:
    assert f"Example: {path}" in (command.help or "")
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS])
def test_the_readme_names_every_command(path: str) -> None:
    assert path in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; sys.argv = ['tasador', '--help']\n"
        "from flows.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OSError(errno.ENOSPC, 'No space left on device')", "the disk is full: "),
        ("PermissionError(errno.EACCES, 'Permission denied', 'data')", "data must be yours to read and write"),
    ],
)
def test_what_the_machine_refuses_is_one_line(error: str, words: str) -> None:
    code = (
        "import click, errno, sys; from flows.cli import cli, main\n"
        "@cli.command()\n"
        f"def write(): raise {error}\n"
        "sys.argv = ['tasador', 'write']; main()"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"tasador: {words}")
    assert len(answer.stderr.splitlines()) == 1


def test_an_unknown_command_is_a_usage_error() -> None:
    answer = CliRunner().invoke(cli, ["appraize"])
    assert answer.exit_code == 2
    assert "No such command" in answer.output
