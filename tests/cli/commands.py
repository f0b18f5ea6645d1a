"""Commands as tests call them."""

from isingdbn.cli import main

__all__ = ["refused", "run"]


def run(*words):
    """Do a command, which must end well."""
    assert main([str(word) for word in words]) == 0, words


def refused(capsys, *words):
    """Do a command, which must end as bad input; returns its one line."""
    capsys.readouterr()
    assert main([str(word) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line
