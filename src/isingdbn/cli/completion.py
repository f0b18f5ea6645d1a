"""``isingdbn --print-completion SHELL``: what a shell needs to complete commands and options.

All commands are loaded, once, to write it; the shell then asks nobody.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import shtab

__all__ = ["script"]


def script(shell: str, parsers: Mapping[str, tuple[argparse.ArgumentParser, str]]) -> str:
    """The script for a shell.

    Parameters
    ----------
    shell : ``bash`` or ``zsh``.
    parsers : of each command, by its name, with its purpose.
    """
    root = argparse.ArgumentParser("isingdbn")
    root.add_argument("--version", action="store_true", help="say the version")
    root.add_argument("--print-completion", choices=("bash", "zsh"), help="print this script")
    groups = {"": root.add_subparsers()}
    for name, (parser, purpose) in parsers.items():
        group, _, leaf = name.rpartition(" ")
        if group not in groups:
            of_group = groups[""].add_parser(group, help=f"{group} …")
            groups[group] = of_group.add_subparsers()
        for action in parser._actions:
            if action.type is Path:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
        groups[group].add_parser(leaf, parents=[parser], add_help=False, help=purpose)
    return shtab.complete(root, shell)
