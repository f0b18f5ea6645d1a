"""Configurations that nobody would write: each is an experiment
or one line, never anything else.
"""

import copy
import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isingdbn import config
from isingdbn.errors import InputError
from tests.length import length

TINY = yaml.safe_load((Path(__file__).parent / "workflow" / "tiny.yaml").read_text())
EXAMPLES = length(300, 3000)

HOSTILE = ["../../up", "/etc/passwd", "a b", "$(touch x)", "`touch x`", "; touch x", "a'b", 'a"b',
           "a\nb", "{wildcard}", "{{x}}", "-rf", ""]  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 1, 2, 10**9, 10**30, -(2**63), 2**64]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *HOSTILE,
            "auto",
            "critical",
            "spin",
            "gaussian",
            "binary",
            "null",
            "1e-3",
            "nan",
            "x" * 5000,
        ]
    ),
    st.dates(),
    st.binary(max_size=5),
)
KEYS = st.one_of(
    st.text(max_size=10),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.sampled_from(["size", "seeds", "l1"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


def places(values):
    """Every list or mapping in ``values`` with each of its keys."""
    for key, inner in values.items() if isinstance(values, dict) else enumerate(values):
        yield values, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def near(draw, value):
    """Something of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw(st.sampled_from([value + 1, value - 1, 2 * value, 7 * value]))
    if isinstance(value, float):
        return value * draw(st.sampled_from([0.5, 2, -1, 1e-3, 10]))
    if isinstance(value, list):
        return draw(st.permutations(value))[: draw(st.integers(0, len(value)))]
    return draw(VALUES)


@st.composite
def configurations(draw):
    """The tiny experiment with one or two things replaced, removed or added somewhere in it."""
    values = copy.deepcopy(TINY)
    for _ in range(draw(st.integers(1, 2))):
        place, key = draw(st.sampled_from(list(places(values))))
        change = draw(st.sampled_from(["near", "near", "near", "near", "replace", "remove", "add"]))
        if change == "remove":
            del place[key]
        elif change == "add" and isinstance(place, dict):
            place[draw(KEYS)] = draw(VALUES)
        elif change == "add":
            place.append(draw(VALUES))
        else:
            place[key] = near(draw, place[key]) if change == "near" else draw(VALUES)
    return values


@given(configurations())
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_a_changed_configuration_is_an_experiment_or_one_line(values):
    try:
        experiment = config.validate(values, "config")
    except InputError as error:
        text = str(error)
        assert text.startswith("config: ")
        assert text.isprintable(), "one line, without control characters"
        assert len(text) < 1000
        return
    for name in [*(net.name for net in experiment.nets), *experiment.recipes]:
        assert name.isascii()
        assert name.replace("_", "").isalnum()
    for temperature in config.temperature_values(experiment.temperatures):
        assert set(config.temperature_text(temperature)) <= set("0123456789.e+-")
    assert 0 < experiment.lattice.held_out < experiment.lattice.sampling.samples


@given(VALUES)
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_anything_else_is_one_line(values):
    with pytest.raises(InputError) as caught:
        config.validate(values, "config")
    assert str(caught.value).isprintable()


def recursive():
    values = copy.deepcopy(TINY)
    values["nets"].append(values["nets"])
    return values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (recursive(), "contains itself"),
        ({**TINY, datetime.date(2020, 1, 1): 1}, "2020-01-01"),
        ({**TINY, (1, 2): 1}, "(1, 2)"),
    ],
    ids=["recursive", "date as a key", "tuple as a key"],
)
def test_what_json_has_no_words_for_is_one_line(values, words):
    with pytest.raises(InputError) as caught:
        config.validate(values, "config")
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
