"""Progress of long work: a bar on a terminal, plain lines in a log,
both with an estimate of the time left.
"""

import sys
import time
from collections.abc import Iterable, Iterator

from tqdm import tqdm

__all__ = ["Meter", "note", "progress"]

SECONDS_BETWEEN_LINES = 15.0


def note(line: str) -> None:
    """Tell on standard error what has been found, outside of `progress`."""
    print(line, file=sys.stderr, flush=True)


class Meter:
    """Tells on standard error how far work is.

    Parameters
    ----------
    total : number of steps.
    label : what is being done, such as ``"fine-tuning, epochs"``.
    done : steps that were done earlier; the estimate counts only the others.
    """

    def __init__(self, total: int, label: str, done: int = 0) -> None:
        self.total, self.label, self.first, self.done = total, label, done, done
        self.start = self.last = time.monotonic()
        self.bar = tqdm(total=total, desc=label, initial=done) if sys.stderr.isatty() else None

    def step(self) -> None:
        """One more step is done."""
        self.done += 1
        if self.bar is not None:
            self.bar.update()
            return
        now = time.monotonic()
        if now - self.last >= SECONDS_BETWEEN_LINES or self.done == self.total:
            self.last = now
            note(
                tqdm.format_meter(
                    self.done,
                    self.total,
                    now - self.start,
                    prefix=self.label,
                    ncols=0,
                    initial=self.first,
                )
            )

    def close(self) -> None:
        """No more steps come."""
        if self.bar is not None:
            self.bar.close()


def progress(items: Iterable, total: int, label: str) -> Iterator:
    """Yield ``items`` while telling on standard error how far they are, as a `Meter`
    of the same ``total`` and ``label``.
    """
    meter = Meter(total, label)
    try:
        for item in items:
            yield item
            meter.step()
    finally:
        meter.close()
