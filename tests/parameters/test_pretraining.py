"""What the settings of a pre-training refuse, and in which words;
learning rate and effective penalty.
"""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from isingdbn.parameters.pretraining import (
    ACCEPTED_DATA,
    Pretraining,
    block_side,
    initial_problem,
    unit_problem,
)

PLAIN = {
    "visible": "spin",
    "hidden": "bernoulli",
    "epochs": 7,
    "learning_rate": 0.3,
    "minibatch": 11,
    "initial_scale": 0.01,
}
KINDS = ("bernoulli", "spin", "gaussian", "relu", "truncated_gaussian")
RANGE = {  # of the values or means of a unit
    "bernoulli": (0, 1),
    "spin": (-1, 1),
    "gaussian": (-math.inf, math.inf),
    "relu": (0, math.inf),
    "truncated_gaussian": (0, math.inf),
}


def settings(**changes):
    return Pretraining(**{**PLAIN, **changes})


def test_what_has_a_default_is_off():
    plain = settings()
    assert (
        plain.algorithm,
        plain.gibbs_steps,
        plain.schedule,
        plain.momentum,
        plain.precision,
    ) == ("cd", 1, "constant", 0, "float32")
    assert not any(
        (
            plain.l1,
            plain.l2,
            plain.centering,
            plain.mean_field,
            plain.learn_sigma,
            plain.zero_field,
            plain.initial_cut,
            plain.initial_bias,
        )
    )
    assert (plain.largest_gradient, plain.patience, plain.shared_noise, plain.sigma) == (
        None,
        None,
        None,
        1,
    )


def test_settings_are_made_from_a_mapping_and_back_and_need_names():
    adapter = TypeAdapter(Pretraining)
    assert adapter.validate_python(PLAIN) == settings()
    assert adapter.validate_python(adapter.dump_python(settings(momentum=0.5))) == settings(
        momentum=0.5
    )
    with pytest.raises((TypeError, ValidationError)):
        Pretraining(*PLAIN.values())


@pytest.mark.parametrize(
    "name", ["visible", "hidden", "epochs", "learning_rate", "minibatch", "initial_scale"]
)
def test_what_has_no_default_must_be_said(name):
    with pytest.raises(ValidationError, match=name):
        Pretraining(**{key: value for key, value in PLAIN.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visible", "softmax"),
        ("hidden", "Bernoulli"),
        ("epochs", -1),
        ("epochs", 1.5),
        ("learning_rate", 0),
        ("learning_rate", 10.1),
        ("minibatch", 0),
        ("initial_scale", 0),
        ("initial_scale", math.inf),
        ("initial", "ones"),
        ("sigma", 0),
        ("smallest_sigma", 0),
        ("largest_sigma", -1),
        ("algorithm", "sgd"),
        ("gibbs_steps", 0),
        ("replicas", 1),
        ("replicas", 1001),
        ("schedule", "step"),
        ("momentum", 1),
        ("momentum", -0.1),
        ("l1", -0.1),
        ("l1", math.nan),
        ("l1_step", "soft"),
        ("l1_scaling", "relative"),
        ("l2", -0.1),
        ("largest_gradient", 0),
        ("patience", 0),
        ("passed_up", "both"),
        ("precision", "float16"),
        ("initial_bias", math.nan),
        ("largest_parameter", 0),
        ("divergence", "ignore"),
        ("sgima", 1),
    ],
)
def test_a_value_out_of_range_or_an_unknown_name_is_refused_by_name(name, value):
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"initial": "ising", "hidden": "bernoulli"},
            "initial: ising is a machine of spins; visible is spin and hidden bernoulli:"
            " choose spin, or normal",
        ),
        (
            {"algorithm": "taught", "hidden": "spin"},
            "algorithm: taught is of machines of spins in zero field",
        ),
        (
            {"centering": True, "zero_field": True},
            "centering: true is not allowed with zero_field: true",
        ),
        (
            {"dead_units": 3},
            "dead_units: 3 is of initial: blocks, not normal; leave it out",
        ),
        (
            {"sigma": 0.7},
            "sigma and learn_sigma are of Gaussian visible units; visible is spin: leave them out",
        ),
        (
            {"learn_sigma": True},
            "sigma and learn_sigma are of Gaussian visible units; visible is spin: leave them out",
        ),
        (
            {"visible": "gaussian", "learn_sigma": True, "sigma": 0.05},
            r"sigma: 0\.05 is not between smallest_sigma 0\.1 and largest_sigma 10\.0",
        ),
        (
            {
                "visible": "gaussian",
                "learn_sigma": True,
                "smallest_sigma": 3.0,
                "largest_sigma": 2.0,
            },
            r"sigma: 1\.0 is not between smallest_sigma 3\.0 and largest_sigma 2\.0",
        ),
        (
            {"shared_noise": 0.3, "mean_field": True},
            (
                "shared_noise: is for mean_field with Gaussian visible units;"
                " set these, or leave it out"
            ),
        ),
        (
            {"shared_noise": 0.3, "visible": "gaussian"},
            "shared_noise: is for mean_field with Gaussian visible units",
        ),
        (
            {"mean_field": True, "algorithm": "pcd"},
            "mean_field: is for the algorithm cd, not pcd; leave it out",
        ),
        (
            {"mean_field": True, "algorithm": "pt"},
            "mean_field: is for the algorithm cd, not pt; leave it out",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_remedy(changes, message):
    with pytest.raises(ValidationError, match=message):
        settings(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"visible": "gaussian", "sigma": 0.05},
        {"visible": "gaussian", "learn_sigma": True, "sigma": 0.1},
        {"visible": "gaussian", "mean_field": True, "shared_noise": 0.3},
        {"mean_field": True, "gibbs_steps": 3},
        {"algorithm": "pt", "replicas": 2},
    ],
)
def test_what_goes_together_is_accepted(changes):
    settings(**changes)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_the_learning_rate_starts_at_its_peak_and_falls_to_zero_at_the_end_of_the_last_epoch(
    schedule,
):
    # the last is after the last of seven
    rates = [settings(schedule=schedule).rate(epoch) for epoch in range(8)]
    expected = {
        "constant": [0.3] * 8,
        "linear": [0.3 * (7 - epoch) / 7 for epoch in range(8)],
        "cosine": [0.15 * (1 + math.cos(math.pi * epoch / 7)) for epoch in range(8)],
    }
    assert rates == pytest.approx(expected[schedule], abs=1e-15)
    assert min(rates[:7]) > 0


@pytest.mark.parametrize(
    ("l1_step", "l1_scaling", "expected"),
    [
        ("proximal", "learning_rate", 0.4 * 0.06),
        ("proximal", "absolute", 0.4 * 0.06 / 0.3),
        ("subgradient", "learning_rate", 0.06),
        ("subgradient", "absolute", 0.4 * 0.06 / 0.3),
        ("none", "learning_rate", 0),
        ("none", "absolute", 0),
    ],
)
def test_the_effective_penalty_counts_that_momentum_does_not_multiply_a_shrinking_after_the_step(
    l1_step, l1_scaling, expected
):
    assert settings(
        l1=0.06, momentum=0.6, l1_step=l1_step, l1_scaling=l1_scaling
    ).l1_effective == pytest.approx(expected)


def fits(visible, data):
    (low, high), (lowest, highest) = RANGE[data], RANGE[visible]
    return lowest <= low and high <= highest and (visible != "spin" or data == "spin")


@pytest.mark.parametrize("data", KINDS)
@pytest.mark.parametrize("visible", KINDS)
def test_units_stand_for_data_within_their_range_and_for_spins_alone_if_they_are_spins(
    visible, data
):
    problem = unit_problem(settings(visible=visible), data)
    assert (problem is None) == fits(visible, data)
    assert unit_problem(settings(visible=visible, mismatched_units=True), data) is None
    if problem is not None:
        assert "\n" not in problem
        offered = problem.split("choose ")[1].split(",")[0].split(" or ")
        assert offered == [kind for kind in KINDS if fits(kind, data)]
        assert all(unit_problem(settings(visible=kind), data) is None for kind in offered)


def test_the_remedy_for_spins_on_bits_is_one_line():
    assert unit_problem(settings(visible="bernoulli"), "spin") == (
        "visible: bernoulli units cannot stand for data from -1 to +1: choose spin or gaussian,"
        " or set mismatched_units: true if that is meant"
    )


def test_every_kind_of_data_has_units_that_can_stand_for_it():
    assert set(ACCEPTED_DATA) == set(KINDS)
    assert {data for accepted in ACCEPTED_DATA.values() for data in accepted} == set(KINDS)


@pytest.mark.parametrize(
    ("visible", "hidden", "side"),
    [(1600, 400, 2), (36, 4, 3), (16, 16, 1), (1600, 25, 8), (36, 16, None), (10, 4, None)],
)
def test_the_side_of_blocks(visible, hidden, side):
    assert block_side(visible, hidden) == side


@pytest.mark.parametrize(
    ("initial", "layer", "units", "problem"),
    [
        ("ising", 0, (16, 32), None),
        ("ising", 0, (16, 31), "has one hidden spin a bond, 32 units, not 31"),
        ("ising", 1, (16, 32), "is of a first layer only"),
        ("blocks", 1, (16, 4), None),
        ("blocks", 0, (16, 5), "divides no square grid of 16 units into 5 square blocks"),
        ("normal", 2, (7, 3), None),
    ],
)
def test_numbers_of_units_that_fit_no_machine_made_by_hand(initial, layer, units, problem):
    found = initial_problem(settings(initial=initial, hidden="spin"), layer, *units)
    assert found is problem if problem is None else problem in found


def test_block_spins_are_taught_to_square_blocks_only():
    taught = settings(algorithm="taught", hidden="spin", zero_field=True)
    assert initial_problem(taught, 0, 36, 9) is None
    problem = initial_problem(taught, 1, 16, 5)
    assert problem.startswith("algorithm: taught divides no square grid of 16 units into 5 square")
    assert problem.endswith("or cd")


def test_a_machine_made_by_hand_has_a_living_unit():
    blocks = settings(initial="blocks", hidden="spin", dead_units=4)
    assert initial_problem(blocks, 0, 36, 9) is None
    assert "dead_units: 4 of 4 hidden units leave none living; give at most 3" in initial_problem(
        blocks, 0, 16, 4
    )
