"""Every help ends with an example that the command takes, and shells complete all commands."""

import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from isingdbn.cli import COMMANDS, main
from isingdbn.cli.examples import SAMPLES, example
from tests.cli.commands import refused

SOURCES = Path(__file__).parents[2] / "src"


def parser_of(command):
    module, *drawing = (import_module(name) for name in command.modules)
    return module.parser(*drawing)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_example_at_the_end_of_each_help_is_taken(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([*command.name.split(), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    shown = said.rpartition("example:\n")[2]
    assert max(map(len, shown.splitlines())) <= 80
    words = shlex.split(shown.replace("\\\n", " "))
    assert words == example(parser_of(command))
    assert words[: 1 + len(command.name.split())] == ["isingdbn", *command.name.split()]
    parser_of(command).parse_args(words[1 + len(command.name.split()) :])


def test_every_value_of_an_example_is_used():
    needed = {
        action.dest
        for command in COMMANDS
        for action in parser_of(command)._actions
        if action.required
    }
    assert needed >= SAMPLES.keys()


@pytest.mark.parametrize(("words", "named"), [([], "simulate"), (["table"], "table dead-neurons")])
def test_help_about_all_commands_and_a_group_has_an_example(words, named, capsys):
    assert main([*words, "--help"]) == 0
    assert f"example:\n  isingdbn {named} --help\n" in capsys.readouterr().out


@pytest.fixture(scope="module")
def scripts():
    """What each shell is given."""
    command = [sys.executable, "-I", "-X", "utf8", SOURCES, "--print-completion"]
    return {
        shell: subprocess.run([*command, shell], capture_output=True, text=True, check=True).stdout
        for shell in ("bash", "zsh")
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (["sim"], ["simulate"]),
        (["couplings", "m"], ["machine"]),
        (["analyse", "metrics", "--fi"], ["--fields"]),
        (["figure", "loss", "--rec"], ["--reconstruction"]),
        (["table", "fl"], ["flow"]),
        (["surrogate", "--data", "pix"], ["pixel_shuffle"]),
        (["verify", "res"], ["results"]),
    ],
)
def test_bash_completes(scripts, typed, found, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "script").write_text(scripts["bash"])
    program = """
source ./script
COMP_WORDS=(isingdbn "$@"); COMP_CWORD=$#
_shtab_isingdbn
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "-c", program, "bash", *typed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == found, done.stderr


def test_zsh_is_told_every_command_and_option(scripts):
    zsh = scripts["zsh"].replace("'\"'\"'", "'")
    assert zsh.startswith("#compdef isingdbn\n")
    for command in COMMANDS:
        assert f"{command.name.split()[-1]}:'{command.purpose}'" in zsh, command.name
        for action in parser_of(command)._actions:
            assert all(option in zsh for option in action.option_strings)


def test_another_shell_is_one_line(capsys):
    line = refused(capsys, "--print-completion", "fish")
    assert line == "isingdbn --print-completion: 'fish' is not allowed; give bash or zsh"


def test_neither_examples_nor_completion_are_loaded_for_a_job():
    code = (
        "import sys; from isingdbn.cli import main; main(['verify', 'nowhere']);"
        "print({'shtab', 'isingdbn.cli.examples', 'isingdbn.cli.completion'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
