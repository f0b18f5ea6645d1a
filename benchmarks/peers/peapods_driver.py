"""peapods (Rust).

A sweep of `Ising.sample` is a Metropolis pass over the lattice and then a Wolff update;
nothing turns the pass off.

So as many bare passes are timed in turn, and the difference is what the Wolff updates took.
As that is slow, a tenth of the updates asked for is done.
"""

from importlib.metadata import version

import numpy as np
from common import BLOCKS, WARM_UP, arguments, mean_and_error, report, timed
from peapods import Ising

SLICES = 10


def sweep(model: Ising, sweeps: int, wolff: bool, warmup: float = 1.0) -> None:
    """Run sweeps on the calling thread, with a Wolff update each or none;
    those that are not warm-up are measured.
    """
    with np.errstate(invalid="ignore"):  # means of no measurements
        model.sample(
            sweeps,
            cluster_update_interval=1 if wolff else None,
            cluster_mode="wolff",
            warmup_ratio=warmup,
            sequential=True,
        )


def energy(model: Ising) -> float:
    """Mean energy a site of 1000 sweeps; peapods' own has the other sign."""
    sweep(model, 1000, wolff=True, warmup=0.0)
    return -float(model.energies_avg[0])


if __name__ == "__main__":
    size, temperature, updates = arguments()
    model = Ising((size, size), temperatures=np.array([temperature]))
    sweep(model, WARM_UP // 10, wolff=True)
    times = [
        [timed(sweep, model, updates // (10 * SLICES), wolff)[0] for wolff in (True, False)]
        for _ in range(SLICES)
    ]
    both, bare = map(sum, zip(*times, strict=True))
    done = updates // (10 * SLICES) * SLICES
    note = (
        "each of its updates comes with a Metropolis sweep, whose time is left out;"
        f" with it {done / both:,.0f} updates/s"
    )
    report(
        "peapods",
        version("peapods"),
        done,
        both - bare,
        **mean_and_error(energy(model) for _ in range(BLOCKS)),
        note=note,
    )
