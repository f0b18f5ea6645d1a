"""How a job finds the process of ``isingdbn warm`` and has it do the work.

This module loads next to nothing.
"""

import json
import os
import socket
import sys
from pathlib import Path

__all__ = ["PACKAGE", "SOCKET", "ask", "split_code"]

SOCKET = "ISINGDBN_WARM"  # the environment variable with the socket's path
# and that with the folder of the sources which the warm process has loaded
PACKAGE = "ISINGDBN_WARM_PACKAGE"


def ask(arguments: list[str]) -> int | None:
    """Have the command line ``arguments`` done by the warm process; returns its exit status,
    or None if it is not to be or cannot.
    """
    path = os.environ.get(SOCKET)
    command = split_code(arguments)[1][:1]
    if not path or command in ([], ["warm"]) or os.environ.get("OMP_NUM_THREADS", "1") != "1":
        return None
    if os.environ.get(PACKAGE) != str(Path(__file__).resolve().parents[1]):
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
        except OSError:
            return None
        job = {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        socket.send_fds(connection, [b"."], [1, 2])
        connection.sendall(json.dumps(job).encode() + b"\n")
        status = connection.recv(1)
    if not status:
        print(
            f"isingdbn {command[0]}: the warm process was killed while it did this; run again",
            file=sys.stderr,
        )
        return 1
    return status[0]


def split_code(arguments: list[str]) -> tuple[str | None, list[str]]:
    """The digest of ``--code DIGEST`` if it stands before the command, and the other arguments."""
    if len(arguments) > 1 and arguments[0] == "--code":
        return arguments[1], arguments[2:]
    return None, arguments
