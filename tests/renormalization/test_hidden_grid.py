"""Units are laid on the cells that are theirs."""

from itertools import permutations

import numpy as np
import pytest

from isingdbn.renormalization.hidden_grid import lay_on_grid


def test_tiles_in_any_order_and_place_get_their_cells():
    rng = np.random.default_rng(3)
    order = rng.permutation(25)
    middles = np.stack(np.divmod(np.arange(25), 5), axis=1) * 4.0 + (2, 3)
    grid = lay_on_grid((middles[order] + rng.normal(0, 0.2, (25, 2))) % 20, 20, 5)
    assert (order[grid.units].ravel() == np.arange(25)).all()
    assert grid.offset == (2, 3)
    assert grid.distance == pytest.approx(0.2 * 2**0.5 / 4, rel=0.3)


def test_the_assignment_is_that_of_all_permutations():
    rng = np.random.default_rng(5)
    for _ in range(5):
        centres = rng.uniform(0, 8, (4, 2))
        grid = lay_on_grid(centres, 8, 2)
        best = np.inf
        for y in np.arange(0, 4, 0.5):
            for x in np.arange(0, 4, 0.5):
                middles = np.array([[y, x], [y, x + 4], [y + 4, x], [y + 4, x + 4]])
                for order in permutations(range(4)):
                    apart = (centres[list(order)] - middles + 4) % 8 - 4
                    best = min(best, (apart**2).sum())
        assert grid.distance == pytest.approx((best / 4) ** 0.5 / 4)


def test_units_left_over_have_no_cell_and_cells_left_over_no_unit():
    centres = np.random.default_rng(1).uniform(0, 8, (7, 2))
    assert len(set(lay_on_grid(centres, 8, 2).units.ravel())) == 4
    units = lay_on_grid(centres, 8, 3).units
    assert sorted(units.ravel()) == [-1, -1, *range(7)]
