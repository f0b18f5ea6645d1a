"""Block means against a loop."""

import numpy as np
import pytest

from isingdbn.renormalization.block_spin import block_mean


@pytest.mark.parametrize(("shape", "block"), [((6, 9), 3), ((7, 5), 3), ((4, 4), 4), ((5, 5), 1)])
def test_block_mean_is_the_mean_of_each_block(shape, block):
    spins = np.random.default_rng(0).choice([-1, 1], (3, *shape)).astype(np.int8)
    mean = block_mean(spins, block)
    for y in range(shape[0]):
        for x in range(shape[1]):
            tops, lefts = y // block * block, x // block * block
            expected = spins[:, tops : tops + block, lefts : lefts + block].mean(axis=(1, 2))
            np.testing.assert_allclose(mean[:, y, x], expected)
