"""Metrics of receptive fields, on fields whose answers are known."""

import numpy as np
import pytest

from isingdbn.analysis.localization import centres
from isingdbn.analysis.metrics import METRICS, measured, permuted
from isingdbn.analysis.modes import principal_overlap

SHAPE = 24, 16
ALIVE = np.zeros(1, bool)


def block(side, y=0, x=0, value=1.0, shape=SHAPE):
    """A uniform block with its corner at (y, x), across the edges of the torus."""
    field = np.zeros(shape)
    field[np.ix_((np.arange(side) + y) % shape[0], (np.arange(side) + x) % shape[1])] = value
    return field


def wave(ky, kx, shape=SHAPE, phase=0.3):
    y, x = np.meshgrid(*(2 * np.pi * np.arange(side) / side for side in shape), indexing="ij")
    return np.cos(ky * y + kx * x + phase)


def value(name, *fields):
    """The metric of these fields: of the one unit, of all, or of the layer."""
    found = measured(METRICS[name], np.array(fields), np.zeros(len(fields), bool))
    return found.tolist() if found.size != 1 else found.item()


# A metric, a field, and the exact value.
KNOWN = [
    ("participation_ratio", block(4, 22, 15), 16),
    ("participation_ratio", np.full(SHAPE, -3.0), 24 * 16),
    ("participation_ratio", block(1) + block(1, 5, 5, 2.0), 25 / 17),
    ("half_power_sites", block(4, 22, 15), 8),
    ("half_power_sites", block(1) + block(1, 5, 5, -2.0), 1),
    ("half_power_sites", block(1, 3, 3), 1),
    # two sites on either side of the seam, and a single one
    ("rms_radius", block(1, 0, 3) + block(1, 23, 3), 0.5),
    ("rms_radius", block(1, 23, 15), 0),
    # two rows and two columns
    ("rms_radius", block(2, 23, 15), np.sqrt(0.5)),
    # the faint background does not count
    ("rms_radius", block(2, 23, 15) + 0.05, np.sqrt(0.5)),
    ("lag_1", np.ones(SHAPE), 1),
    ("lag_1", block(4), 0.75),
    ("lag_1", wave(12, 8, phase=0), -1),
    ("lag_1", wave(2, 3), (np.cos(2 * np.pi * 2 / 24) + np.cos(2 * np.pi * 3 / 16)) / 2),
    ("sign_coherence", block(4, value=-2.0), 1),
    ("sign_coherence", block(2) - block(2, 8, 8), 0),
    ("sign_coherence", block(1) - block(1, 8, 8, 2.0), 0.6),
    ("regions", np.ones(SHAPE), 1),
    ("regions", block(4, 22, 14), 1),
    ("regions", block(2) - block(2, 8, 8) + block(1, 12, 1, 0.4), 2),
    ("regions", block(1) + block(1, 1, 1), 2),  # corners do not connect
    ("regions", wave(0, 2, phase=0), 4),
    ("block_cosine_2", block(2, 23, 15), 1),
    ("block_cosine_4", block(4, 23, 13, -0.1), 1),
    ("block_cosine_8", block(8, 20, 13), 1),
    ("block_cosine_2", block(4), 0.25),
    ("block_cosine_8", block(4), 0.25),
    ("block_cosine_4", block(2) - block(2, 8, 8), 1 / 8),
    ("low_mode_share", np.ones(SHAPE), 1),
    ("low_mode_share", wave(2, 2), 1),
    ("low_mode_share", wave(3, 0), 0),
    ("low_mode_share", wave(2, 1) + wave(0, 3), 0.5),
    ("low_mode_share", block(1, 5, 5), 25 / (24 * 16)),
]


@pytest.mark.parametrize(("name", "field", "expected"), KNOWN)
def test_known_values(name, field, expected):
    assert value(name, field) == pytest.approx(expected, abs=1e-12)


def test_the_share_of_a_block_of_8_on_40_sites_is_that_of_the_closed_form():
    """Per direction the power of a box of 8 at k is sin²(8πk/40) / (8 · 40 sin²(πk/40))."""
    k = np.array([1, 2])
    one = 1 / 5 + 2 * np.sum(
        np.sin(8 * np.pi * k / 40) ** 2 / (8 * 40 * np.sin(np.pi * k / 40) ** 2)
    )
    assert value("low_mode_share", block(8, 3, 35, shape=(40, 40))) == pytest.approx(one**2)
    assert one**2 == pytest.approx(0.61, abs=0.005)


def tiles(side, shape=SHAPE):
    return [
        block(side, y, x, shape=shape)
        for y in range(0, shape[0], side)
        for x in range(0, shape[1], side)
    ]


KNOWN_OF_LAYERS = [
    ("centre_entropy", [block(1), block(1, 1, 1)], 0),
    ("centre_entropy", [block(1, 6 * y, 4 * x) for y in range(4) for x in range(4)], 1),
    ("spacing_over_diameter", tiles(8), 8 / (2 * np.sqrt(2 * (8**2 - 1) / 12))),
    ("spacing_over_diameter", [block(2), block(2)], 0),
    ("coverage", tiles(8), 1),
    ("coverage", [block(8), block(8, 4, 0)], 12 * 8 / (24 * 16)),
    ("covering_units", tiles(4), 1),
    ("covering_units", [block(8), block(8, 4, 0)], 16 / 12),
    ("block_overlap", tiles(8), 1),
    ("block_overlap", [block(4)], 0.25),
    ("low_mode_overlap", [wave(0, 0), wave(1, 2), wave(1, 2, phase=1.5)], 1),
    ("low_mode_overlap", [wave(0, 1), wave(0, 3)], 0.5),
]


@pytest.mark.parametrize(("name", "fields", "expected"), KNOWN_OF_LAYERS)
def test_known_values_of_layers(name, fields, expected):
    assert value(name, *fields) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_does_not_depend_on_scale_sign_place_or_order(name):
    rng = np.random.default_rng(1)
    fields = rng.normal(size=(7, *SHAPE)) * rng.exponential(size=(7, 1, 1)) ** 2
    fields[3] += 5 * block(8, 20, 9)
    expected = np.array(value(name, *fields))
    shift = {"centre_entropy": (6, 4), "block_overlap": (8, 8)}.get(name, (5, 11))  # whole cells
    moved = [np.roll(field, shift, axis=(0, 1)) for field in fields]
    order = [4, 2, 0, 6, 1, 5, 3]
    for other in (-1e-30 * fields, moved, fields.astype(np.float32)):
        np.testing.assert_allclose(value(name, *other), expected, rtol=1e-5, atol=1e-6)
    mixed = np.array(value(name, *fields[order]))
    np.testing.assert_allclose(mixed, expected[order] if expected.ndim else expected, rtol=1e-7)


@pytest.mark.parametrize("name", METRICS)
def test_zeros_and_what_is_no_number_are_not_measured(name):
    fields = np.array([block(4), np.zeros(SHAPE), block(4, 8, 8), block(2)])
    fields[3, 0, 0] = np.nan
    found = measured(METRICS[name], fields, np.array([False, False, True, False]))
    if METRICS[name].of_layer:
        assert found == value(name, fields[0]) or np.isnan([found, value(name, fields[0])]).all()
        assert np.isnan(measured(METRICS[name], fields[1:2], ALIVE))
    else:
        assert np.isnan(found).tolist() == [False, True, False, True]
        assert found[0] == value(name, fields[0])


@pytest.mark.parametrize("name", METRICS)
def test_a_small_lattice_has_a_defined_answer(name):
    """3×5: blocks of 4 and of 8 do not fit, and have no value."""
    found = value(name, *np.random.default_rng(2).normal(size=(11, 3, 5)))
    assert np.isnan(found).all() == (name in ("block_cosine_4", "block_cosine_8", "block_overlap"))


@pytest.mark.parametrize("name", [name for name, of in METRICS.items() if not of.of_layer])
def test_a_local_field_differs_from_its_null_in_the_stated_direction(name):
    metric = METRICS[name]
    y, x = np.meshgrid(np.arange(24), np.arange(16), indexing="ij")
    bump = np.exp(-((y - 9) ** 2 + (x - 5) ** 2) / 8) + 0.2
    null = permuted(np.array([bump] * 50), np.random.default_rng(3))
    found, nulls = value(name, bump), measured(metric, null, np.zeros(50, bool))
    if name in ("participation_ratio", "half_power_sites", "sign_coherence"):
        np.testing.assert_allclose(nulls, found, err_msg="it knows no places")
    else:
        assert (found > nulls).all() if metric.local == "higher" else (found < nulls).all()


def test_permuted_fields_have_the_same_numbers_at_other_places_in_every_unit():
    fields = np.random.default_rng(4).normal(size=(5, *SHAPE))
    null = permuted(fields, np.random.default_rng(5))
    for field, other in zip(fields, null, strict=True):
        assert (field == other).mean() < 0.05
        np.testing.assert_array_equal(np.sort(field, axis=None), np.sort(other, axis=None))
    places = [np.argsort(np.argsort(other, axis=None)) for other in null]
    assert not np.array_equal(places[0], places[1])


def test_principal_overlap_is_that_of_the_spans():
    """Two planes with one line in common, the others at 60 degrees."""
    first = np.array([[1.0, 0, 0, 0], [1, 1, 0, 0], [2, 1, 0, 0]])
    second = np.array([[5.0, 0, 0, 0], [0, 0.5, np.sqrt(0.75), 0]])
    assert principal_overlap(first, second) == pytest.approx((1 + 0.25) / 2)


def test_the_centre_of_a_field_about_the_first_site_is_the_first_site():
    """Its phase may be a rounding below zero, whose remainder is the whole side."""
    field = np.zeros((40, 40))
    field[0, 0], field[1, 0], field[-1, 0] = 1, 0.5, 0.5
    assert centres(field[None])[0].tolist() == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize("side", [48, 49, 98])
def test_a_wave_of_the_second_mode_is_a_low_one_on_lattices_of_any_side(side):
    wave = np.cos(2 * np.pi * 2 * np.arange(side) / side)[:, None] * np.ones(side)
    assert value("low_mode_share", wave) == pytest.approx(1)
