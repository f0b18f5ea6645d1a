"""``python -m isingdbn`` is the command ``isingdbn``."""

import os
import signal
import sys
from pathlib import Path

from isingdbn.cli import main
from isingdbn.cli.warm_client import ask
from isingdbn.quiet import quieten
from isingdbn.sources import PACKAGE
from isingdbn.surroundings import settle

__all__ = ["run"]

NUMBA_FILE = Path(".numba_config.yaml")  # no variable keeps Numba from reading it


def run() -> None:
    """Run the command line and exit with its status.

    Ctrl-C ends the process at once, as SIGTERM does. As an exception it could strike in the middle
    of an import and leave Python's import lock held for ever; what an ended job leaves behind
    is a hidden partial store, which the next one removes.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not sys.flags.isolated:
        _isolate()
    settle()
    quieten()
    if NUMBA_FILE.exists():
        remedy = "Numba would compile by these settings; move it away, or work in another folder"
        print(f"isingdbn: {NUMBA_FILE.resolve()}: {remedy}", file=sys.stderr)
        sys.exit(2)
    status = ask(sys.argv[1:])
    sys.exit(main() if status is None else status)


def _isolate() -> None:
    """Begin again without PYTHONPATH, the user's site packages and locale,
    as a workflow's jobs begin.
    """
    sources = PACKAGE.parent
    what = [str(sources)] if (sources / "__main__.py").is_file() else ["-m", "isingdbn"]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-I", "-X", "utf8", *what, *sys.argv[1:]])


if __name__ == "__main__":
    run()
