"""How a job finds the process of ``isingdbn warm`` and has it do the work. This module loads next to nothing."""

import json
import os
import socket
import sys
from pathlib import Path

__all__ = ["FORKED", "SOCKET", "ask"]

SOCKET = "ISINGDBN_WARM"  # the environment variable with the socket's path
FORKED = ("pretrain", "finetune", "evaluate")


def ask(arguments: list[str]) -> int | None:
    """Have the command line ``arguments`` done by the warm process; returns its exit status, or None if it is not to be or cannot."""
    path = os.environ.get(SOCKET)
    if not path or not arguments or arguments[0] not in FORKED or os.environ.get("OMP_NUM_THREADS", "1") != "1":
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
        print(f"isingdbn {arguments[0]}: the warm process was killed while it did this; run again", file=sys.stderr)
        return 1
    return status[0]
