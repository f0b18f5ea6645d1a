"""What is measured of units at one epoch is what the analyses of a trained net would say."""

import numpy as np
import pytest

from isingdbn.analysis.emergence import MEASURES, unit_measures
from isingdbn.analysis.metrics import METRICS


def test_units_are_measured_as_those_of_a_trained_net():
    rng = np.random.default_rng(4)
    weights, fields = rng.normal(size=(9, 5)), rng.normal(size=(5, 3, 4))
    activity = rng.normal(size=(40, 5))
    fields[2] = 0
    found = unit_measures(weights, fields, activity)
    assert set(found) == set(MEASURES)
    living = [0, 1, 3, 4]
    for name in ("participation_ratio", "sign_coherence"):
        np.testing.assert_allclose(found[name][living], METRICS[name](fields[living]))
        assert np.isnan(found[name][2])
    np.testing.assert_array_equal(found["largest_weight"], abs(weights).max(axis=0))
    np.testing.assert_allclose(found["activity_deviation"], activity.std(axis=0))


def test_centres_are_where_the_weights_are():
    fields = np.zeros((2, 3, 4))
    fields[0, 1, 1], fields[1, 2, 3] = 1, -1
    found = unit_measures(np.ones((12, 2)), fields, np.ones((5, 2)))
    assert found["centre_y"] == pytest.approx([1, 2])
    assert found["centre_x"] == pytest.approx([1, 3])
