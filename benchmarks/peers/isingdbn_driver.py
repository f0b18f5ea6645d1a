"""Ours. `ours` is the one place that says what is timed: the kernel that `kernel: auto` takes,
with all its lanes in use.
"""

from importlib.metadata import version

from common import WARM_UP, apart, arguments, mean_and_error, report, timed

from isingdbn.ising.chains import chain_group, choose_kernel, lanes


def ours(size: int, temperature: float, updates: int) -> dict:
    """Updates and flipped spins of all chains, and the seconds they took on one core,
    after a warm-up that is not timed.
    """
    shape = (size, size)
    kernel = choose_kernel(shape, temperature, lanes("packed"))
    chains = lanes(kernel)
    group = chain_group(kernel, shape, temperature, 0, "chain", range(chains), chains)
    group.update(WARM_UP)
    each = -(-updates // chains)
    seconds, flips = timed(group.update, each)
    energies, _ = group.measure(4000, apart(temperature))
    note = (
        f"kernel {kernel}, {chains} chains on one core; their updates are added up"
        if chains > 1
        else f"kernel {kernel}, one chain"
    )
    return {
        "updates": each * chains,
        "seconds": seconds,
        "flips": flips,
        "note": note,
    } | mean_and_error(energies.mean(axis=1) / size**2)


if __name__ == "__main__":
    report("isingdbn", version("isingdbn"), **ours(*arguments()))
