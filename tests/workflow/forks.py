"""Programs that are done by forks of a process that has loaded Snakemake, but nothing of
this project: loading it takes most of the time of a call that has little to do.
"""

import multiprocessing
import os
import subprocess
import sys
from tempfile import TemporaryFile

__all__ = ["forked"]

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.workflow.programs"])


def forked(program, *arguments, folder, environment):
    """Call ``program(arguments)`` as a process of its own would do it: in ``folder``,
    with that environment. It must import nothing but what is loaded, and the checkout's own.
    """
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        started = {"folder": folder, "environment": environment}
        process = FORKS.Process(
            target=_do,
            args=(program, arguments),
            kwargs=started | {"streams": [_Sent(output), _Sent(errors)]},
        )
        process.start()
        process.join()
        said = [stream.seek(0) or stream.read() for stream in (output, errors)]
    return subprocess.CompletedProcess([program.__name__, *arguments], process.exitcode, *said)


class _Sent:
    """An open file on its way to another process."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return _received, (multiprocessing.reduction.DupFd(self.file.fileno()),)


def _received(descriptor):
    return descriptor.detach()


def _do(program, arguments, folder, environment, streams):
    for stream, own in zip(streams, (1, 2), strict=True):
        os.dup2(stream, own)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program.__name__, *map(str, arguments)]
    program(sys.argv[1:])
