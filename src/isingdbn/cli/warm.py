"""``isingdbn warm COMMAND …``: run a command, such as snakemake, whose jobs share one process
that has loaded all libraries.

Every job that the command starts is a fork of that process, with the arguments, folder,
environment and output of the job. It makes the same bytes and ends with the same status; what it
does not do again is load TensorFlow, Matplotlib and the others. Killing the job kills the fork.
A job that asks for more than one thread runs by itself, as all do without ``isingdbn warm``.
"""

import argparse
import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from importlib import import_module
from pathlib import Path

from isingdbn import sources
from isingdbn.cli import COMMANDS, main
from isingdbn.cli.arguments import Parser
from isingdbn.cli.warm_client import PACKAGE, SOCKET
from isingdbn.errors import InputError

__all__ = ["end_with", "parser", "run"]

SECONDS_BETWEEN_LOOKS = 0.2
LONGEST_FOLDER = 80  # bytes


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn warm", description=__doc__)
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="and its arguments, such as: snakemake --cores 8"
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Start the command, serve its jobs, and exit with its status."""
    if not arguments.command:
        raise InputError(
            "a command is missing; give one, such as: isingdbn warm snakemake --cores 8"
        )
    with (
        tempfile.TemporaryDirectory(prefix="isingdbn-", dir=_short_folder()) as folder,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(str(Path(folder) / "socket"))
        listener.listen(128)
        listener.settimeout(SECONDS_BETWEEN_LOOKS)
        try:
            where = {SOCKET: str(Path(folder) / "socket"), PACKAGE: str(sources.PACKAGE.resolve())}
            running = subprocess.Popen(arguments.command, env={**os.environ, **where})
        except OSError as error:
            raise InputError(
                f"{arguments.command[0]}: {error.strerror}; give a command that can be run"
            ) from None
        # the command decides what Ctrl-C means, as it would alone
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        os.environ["OMP_NUM_THREADS"] = "1"
        for command in COMMANDS:
            sources.code_digest(*command.modules)  # of what is loaded now
            for module in command.modules:
                import_module(module)
        gc.collect()
        gc.freeze()  # forks would copy every page by looking through it for garbage
        _serve(listener, running)
    sys.exit(running.returncode if running.returncode >= 0 else 128 - running.returncode)


def _short_folder() -> str | None:
    """A place for the socket, whose path the system allows 107 bytes; None for the usual one."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST_FOLDER else None


def _serve(listener: socket.socket, running: subprocess.Popen) -> None:
    """Fork for every job until the command has ended."""
    forks: list[int] = []
    while running.poll() is None:
        forks = [fork for fork in forks if os.waitpid(fork, os.WNOHANG) == (0, 0)]
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        connection.settimeout(None)
        fork = os.fork()
        if fork == 0:
            listener.close()
            _do(connection)
        connection.close()
        forks.append(fork)


def _do(connection: socket.socket) -> None:
    """In the fork: do the job as its own process would, answer with its exit status, and end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _, streams, _, _ = socket.recv_fds(connection, 1, 2)
        job = json.loads(connection.makefile("rb").readline())
        for stream, own in zip(streams, (1, 2), strict=True):
            os.dup2(stream, own)
            os.close(stream)
        os.chdir(job["folder"])
        os.environ.clear()
        os.environ.update(job["environment"])
        end_with(connection)
        status = main(job["arguments"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            connection.sendall(bytes([status]))
        finally:
            os._exit(0)  # whatever happened: a fork must never go on as its parent


def end_with(connection: socket.socket) -> None:
    """Have this process end at once when the job that asked is killed: what it has begun stays
    hidden, as after any kill.

    On Linux the kernel kills it as the connection breaks: a thread comes to its turn late
    while numerical code holds the interpreter, and meanwhile a result would be published
    that Snakemake has given up.
    """
    if not hasattr(fcntl, "F_SETSIG"):
        threading.Thread(target=_end_after, args=(connection,), daemon=True).start()
        return
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(connection, fcntl.F_GETFL)
    fcntl.fcntl(connection, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([connection], [], [], 0)[0]:
        _end_after(connection)  # it broke before


def _end_after(connection: socket.socket) -> None:
    connection.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)
