"""What a run begins with: results/ for itself, and a hang-up that ends it as SIGTERM does."""

import fcntl
import signal
import sys
import time
from pathlib import Path
from typing import IO

__all__ = ["end_at_hang_up", "take_results"]

RUNS = Path("results/.runs.lock")
HELD: list[IO] = []  # open for as long as this process lives


def take_results() -> bool:
    """Lock results/ for as long as this process lives; returns whether no other run
    of this folder works there.

    A run of another folder that shares results/ is refused: each would remove, as outdated,
    what the other makes. The kernel releases the lock when the process ends, however that ends.
    A second run of one folder, which Snakemake's own lock refuses unless the user
    says --nolock, goes on without.
    """
    here = str(Path.cwd().resolve())
    try:
        RUNS.parent.mkdir(exist_ok=True)
        lock = RUNS.open("a+")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(1)  # the holder writes its name at once
        holder = RUNS.read_text()
        if holder == here:
            return False
        print(
            f"results: a Snakemake that was started in {holder} works there now;"
            " wait until it has ended, or give this checkout results of its own",
            file=sys.stderr,
        )
        sys.exit(1)
    except OSError as error:
        print(
            f"{RUNS}: {error.strerror}; other runs in results/ are not noticed,"
            " and jobs that a killed run left in the queue stay there",
            file=sys.stderr,
        )
        return False
    HELD.append(lock)
    lock.truncate(0)
    lock.write(here)
    lock.flush()
    return True


def end_at_hang_up() -> None:
    """A terminal that is closed ends the run as SIGTERM does, with its folder unlocked,
    unless `nohup` says otherwise.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
