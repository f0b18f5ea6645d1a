"""Progress of long work: a bar on a terminal, plain lines in a log, both with an estimate of the time left."""

import sys
import time
from collections.abc import Iterable, Iterator

from tqdm import tqdm

__all__ = ["note", "progress"]

SECONDS_BETWEEN_LINES = 15.0


def note(line: str) -> None:
    """Tell on standard error what has been found, outside of `progress`."""
    print(line, file=sys.stderr, flush=True)


def progress(items: Iterable, total: int, label: str) -> Iterator:
    """Yield ``items`` while telling on standard error how far they are.

    Parameters
    ----------
    items : the work, one item a step.
    total : number of items.
    label : what is being done, such as ``"fine-tuning, epochs"``.
    """
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, desc=label)
        return
    start = last = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or done == total:
            last = now
            line = tqdm.format_meter(done, total, now - start, prefix=label, ncols=0)
            print(line, file=sys.stderr, flush=True)
