"""What a run begins with: results/ for itself, and a hang-up that ends it as SIGTERM does."""

import fcntl
import signal

RUNS = Path("results/.runs.lock")


def take_results():
    """Lock results/ for as long as this process lives; returns whether no other run of this folder works there.

    A run of another folder that shares results/ is refused: each would remove, as outdated, what the other makes.
    The kernel ends the lock with the process, however that ends. Runs of one folder, which Snakemake's own lock keeps
    apart unless the user says --nolock, share it.
    """
    try:
        RUNS.parent.mkdir(exist_ok=True)
        workflow.runs_lock = open(RUNS, "a+")  # open for as long as this process lives
    except OSError as error:
        print(f"{RUNS}: {error.strerror}; other runs in results/ are not noticed", file=sys.stderr)
        return False
    here = str(Path.cwd().resolve())
    try:
        fcntl.flock(workflow.runs_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        workflow.runs_lock.truncate(0)
        workflow.runs_lock.write(here)
        workflow.runs_lock.flush()
        alone = True
    except BlockingIOError:
        alone = False
    except OSError as error:
        print(f"{RUNS}: {error.strerror}; other runs in results/ are not noticed", file=sys.stderr)
        return False
    try:
        fcntl.flock(workflow.runs_lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        alone = False
    if not alone and RUNS.read_text() != here:
        print(
            f"results: a Snakemake that was started in {RUNS.read_text()} works there now;"
            " wait until it has ended, or give this checkout results of its own",
            file=sys.stderr,
        )
        sys.exit(1)
    return alone


def end_at_hang_up():
    """A terminal that is closed ends the run as SIGTERM does, with its folder unlocked, unless `nohup` says otherwise."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
