"""Samples from Markov chains that are thermalized and thinned by what is measured,
whatever the threads and blocks.

Under protocol ``chain`` every chain first flips as many spins as twenty lattices have, because
one cluster in a large hot lattice changes little. Then a pilot runs all chains in stretches,
each twice as long as the one before, until the last stretch holds enough autocorrelation times
and shows equilibrium; everything until then is thermalization. Updates between points of the pilot
are as many as flip about a third of the lattice.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from isingdbn.errors import InputError, JobError
from isingdbn.ising.autocorrelation import integrated_time
from isingdbn.ising.chains import (
    ChainGroup,
    chain_group,
    choose_kernel,
    expected_cluster_size,
    lanes,
)
from isingdbn.ising.equilibrium import departure
from isingdbn.parameters.sampling import WIDEST_PACKED, Sampling
from isingdbn.progress import note

__all__ = ["Plan", "Simulation"]

BLOCK_BYTES = 2**22
RELAXATION = 20  # lattices flipped before the pilot, …
# … counted after so many updates; the pilot has a fixed number, so where this stops biases nothing
RELAXATION_UPDATES = 64
PILOT_POINTS = 64  # of the first stretch
PILOT_LENGTH = 50  # autocorrelation times in the last stretch of a chain …
PILOT_TOTAL = 1600  # … and of all chains together
PILOT_LIMIT = 2**17  # points
AIM = 0.5  # of the bound: τ has an error, and the decay is not that of one exponential


@dataclass(frozen=True)
class Plan:
    """What a pilot has measured, in Wolff updates of a chain.

    Thermalization is that of the chain that took most updates; the autocorrelation times (½ + Σρ)
    are None where not measured.
    """

    thermalization: int
    updates: int
    tau_energy: float | None = None
    tau_magnetization: float | None = None


class Simulation:
    """Lattices from the Boltzmann distribution; iterate over it once for blocks of them.

    Parameters
    ----------
    shape : height and width of the torus, each ≥ 2.
    temperature : > 0, in units of J/k_B.
    seed : the experiment's seed.
    sampling : numbers of samples, chains and updates, protocol and kernel.
    threads : groups of chains that run at the same time; the result does not depend on it.

    Iteration yields int8 arrays of shape (n, height, width) in {-1, +1}, in the order
    of the samples, whose n add up to ``sampling.samples``. Under protocol ``chain``, sample
    i is the (i // chains)-th of chain i % chains; under ``independent`` it is that of chain i.

    Raises
    ------
    InputError : the kernel cannot take the shape. JobError : the chains do not equilibrate.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        temperature: float,
        seed: int,
        sampling: Sampling,
        threads: int = 1,
    ) -> None:
        self.shape, self.temperature, self.seed, self.sampling, self.threads = (
            shape,
            temperature,
            seed,
            sampling,
            threads,
        )
        self.chains = sampling.chains if sampling.protocol == "chain" else sampling.samples
        self.kernel = (
            choose_kernel(shape, temperature, self.chains)
            if sampling.kernel == "auto"
            else sampling.kernel
        )
        if self.kernel == "packed" and shape[1] > WIDEST_PACKED:
            raise InputError(
                f"kernel: packed is not allowed for {shape[1]} columns, it takes"
                f" at most {WIDEST_PACKED}; choose scalar or auto"
            )

    @property
    def blocks(self) -> int:
        """Number of blocks that iteration yields."""
        return -(-self.sampling.samples // self._block_samples)

    @property
    def _block_samples(self) -> int:
        rows = max(1, BLOCK_BYTES // (self.shape[0] * self.shape[1]))
        unit = self.chains if self.sampling.protocol == "chain" else lanes(self.kernel)
        return max(1, rows // unit) * unit

    def _groups(self, chains: range) -> list[ChainGroup]:
        starts = range(chains.start, chains.stop, lanes(self.kernel))
        numbers = [range(start, start + lanes(self.kernel)) for start in starts]
        arguments = (self.kernel, self.shape, self.temperature, self.seed, self.sampling.protocol)
        return [chain_group(*arguments, group, chains.stop) for group in numbers]

    def __iter__(self) -> Iterator[np.ndarray]:
        with ThreadPoolExecutor(self.threads) as pool:
            if self.sampling.protocol == "independent":
                updates: Any = self.sampling.updates
                self.plan = Plan(0, updates)
                yield from self._independent(pool)
            else:
                groups = self._groups(range(self.chains))
                self.plan = self._thermalize(groups, pool)
                yield from self._chains(groups, pool)

    def _independent(self, pool: ThreadPoolExecutor) -> Iterator[np.ndarray]:
        for first in range(0, self.chains, self._block_samples):
            groups = self._groups(range(first, min(first + self._block_samples, self.chains)))
            yield self._round(groups, pool, 1, len(groups) * lanes(self.kernel))[
                : self.chains - first
            ]

    def _chains(self, groups: list[ChainGroup], pool: ThreadPoolExecutor) -> Iterator[np.ndarray]:
        for left in range(self.sampling.samples, 0, -self._block_samples):
            rounds = -(-min(left, self._block_samples) // self.chains)
            yield self._round(groups, pool, rounds, self.chains)[:left]

    def _round(
        self, groups: list[ChainGroup], pool: ThreadPoolExecutor, rounds: int, chains: int
    ) -> np.ndarray:
        """``rounds`` samples of each chain, in the order of the samples."""
        block = np.empty((rounds, chains, self.shape[0] * self.shape[1]), np.int8)
        width = lanes(self.kernel)
        work = [
            pool.submit(group.sample, block[:, i * width : (i + 1) * width], self.plan.updates)
            for i, group in enumerate(groups)
        ]
        for job in work:
            job.result()
        return block.reshape(-1, *self.shape)

    def _thermalize(self, groups: list[ChainGroup], pool: ThreadPoolExecutor) -> Plan:
        given = self.sampling.thermalization
        if given == "auto":
            return self._pilot(groups, pool, max(pool.map(self._relax, groups)))
        list(pool.map(lambda group: group.update(given), groups))
        return (
            self._pilot(groups, pool, given)
            if self.sampling.updates == "auto"
            else Plan(given, self.sampling.updates)
        )

    def _relax(self, group: ChainGroup) -> int:
        """Flip as many spins as `RELAXATION` lattices have; returns the number
        of updates of each chain.
        """
        goal = RELAXATION * self.shape[0] * self.shape[1] * lanes(self.kernel)
        updates = flipped = 0
        while flipped < goal:
            flipped += group.update(RELAXATION_UPDATES)
            updates += RELAXATION_UPDATES
        return updates

    def _pilot(self, groups: list[ChainGroup], pool: ThreadPoolExecutor, done: int) -> Plan:
        unit = max(
            1,
            round(
                0.3
                * self.shape[0]
                * self.shape[1]
                / expected_cluster_size(self.shape, self.temperature)
            ),
        )
        points = PILOT_POINTS
        while points <= PILOT_LIMIT:
            series = list(
                pool.map(lambda group, points=points: group.measure(points, unit), groups)
            )
            energy, magnetization = (
                np.concatenate(parts, axis=1) for parts in zip(*series, strict=True)
            )
            done += points * unit
            tau = integrated_time(energy), integrated_time(abs(magnetization))
            long_enough = points >= max(PILOT_LENGTH, PILOT_TOTAL / self.chains) * max(tau)
            fault = departure(self.shape, self.temperature, energy, magnetization, max(tau))
            times = f"{tau[0] * unit:.1f} (E) and {tau[1] * unit:.1f} (|m|)"
            note(f"thermalization: {done} updates a chain, autocorrelation times {times} updates")
            if long_enough and not fault:
                updates: Any = self.sampling.updates
                if updates == "auto":
                    updates = math.ceil(
                        max(tau) * unit * (1 - math.log(AIM * self.sampling.max_autocorrelation))
                    )
                return Plan(done, updates, tau[0] * unit, tau[1] * unit)
            points *= 2
        raise JobError(
            f"the chains have not equilibrated after {done} updates each:"
            f" {fault or 'their autocorrelation time is too long'}; give another temperature"
            " or size, or kernel, thermalization and updates by hand"
        )
