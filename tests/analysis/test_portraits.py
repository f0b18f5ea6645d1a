"""What a reader is shown of units: in few steps, in turn, and with what excites them."""

import numpy as np
import pytest

from isingdbn.analysis.portraits import STEPS, in_steps, most_exciting, turn_of_units


def test_steps_are_within_half_of_one_and_zero_is_exact():
    fields = np.random.default_rng(0).standard_normal((3, 5, 7, 11)).astype(np.float32)
    fields[1, 2] *= 1e-20
    fields[0, 0, 0, 0] = 0
    steps, largest = in_steps(fields)
    assert steps.dtype == np.int8
    assert steps[0, 0, 0, 0] == 0
    np.testing.assert_array_equal(largest, np.abs(fields).max(axis=(2, 3)))
    assert np.all(np.abs(steps).max(axis=(2, 3)) == STEPS)
    shown = steps / STEPS * largest[..., None, None].astype(float)
    assert np.all(np.abs(shown - fields) <= 0.501 / STEPS * largest[..., None, None])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_field_that_is_no_field_is_zero_and_says_so(wrong):
    fields = np.ones((3, 2, 2), np.float32)
    fields[0] = 0
    fields[1, 0, 1] = wrong
    steps, largest = in_steps(fields)
    assert not steps[:2].any()
    assert largest[0] == 0
    assert np.isnan(largest[1])
    assert steps[2].tolist() == [[STEPS] * 2] * 2


def test_turns_go_to_the_strongest_the_median_and_the_weakest():
    strength = np.array([3.0, 9, 1, 7, 5, 4, 8])  # the middle is 5
    order = np.argsort(turn_of_units(strength))
    assert strength[order].tolist() == [9, 5, 1, 8, 7, 3, 4]


def test_every_unit_has_one_turn_however_many_there_are():
    for count in range(12):
        turn = turn_of_units(np.random.default_rng(count).standard_normal(count))
        assert sorted(turn) == list(range(count))
    assert sorted(turn_of_units(np.array([np.nan, np.nan, 1.0]))) == [0, 1, 2]
    assert turn_of_units(np.array([np.nan, 2.0, 1.0]))[1] == 0


def test_the_largest_inputs_come_first():
    inputs = np.array([[1.0, -4], [3, -2], [2, -3]])
    assert most_exciting(inputs, 2).tolist() == [[1, 2], [1, 2]]
    assert most_exciting(-inputs, 5).tolist() == [[0, 2, 1], [0, 2, 1]]
    assert most_exciting(inputs, 0).shape == (2, 0)
