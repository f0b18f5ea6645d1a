"""Fast operator sums against a slow loop."""

import numpy as np
import pytest

from isingdbn.renormalization.lattice_operators import EVEN, ODD, operator_sums, orientations
from tests.reference.operators import ORIENTATIONS, slow_sum


@pytest.mark.parametrize("shape", [(5, 7), (7, 4), (4, 13), (2, 3), (2, 2), (1, 5)])
def test_sums_against_a_loop(shape):
    spins = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (3, *shape))
    found = operator_sums(spins)
    assert found.shape == (3, 11)
    for sample in range(3):
        for number, name in enumerate((*EVEN, *ODD)):
            assert found[sample, number] == slow_sum(spins[sample], name), name


def test_sums_take_any_memory_layout():
    spins = np.random.default_rng(1).choice([-1, 1], (5, 11, 6))
    found = operator_sums(spins.astype(np.int8))
    np.testing.assert_array_equal(operator_sums(spins.swapaxes(1, 2)), found)
    np.testing.assert_array_equal(operator_sums(spins[:, ::-1]), found)
    assert len(np.unique(found[:, 0])) > 1


def test_orientations_are_those_written_by_hand():
    for name, offsets in (EVEN | ODD).items():
        by_hand = set()
        for term in ORIENTATIONS[name]:
            top, left = min(y for y, _ in term), min(x for _, x in term)
            by_hand.add(tuple(sorted((y - top, x - left) for y, x in term)))
        assert set(orientations(offsets)) == by_hand
        assert len(orientations(offsets)) == len(by_hand)


def test_even_and_odd_under_a_global_flip():
    spins = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (7, 5, 6))
    sign = np.repeat([1, -1], [len(EVEN), len(ODD)])
    np.testing.assert_array_equal(operator_sums(-spins), sign * operator_sums(spins))
