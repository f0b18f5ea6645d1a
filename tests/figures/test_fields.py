"""What is put into the page of fields, and the film."""

import base64
import json
import re
import zlib
from itertools import pairwise

import numpy as np
import pytest

from isingdbn.errors import InputError
from isingdbn.figures import fields, fields_content, film
from isingdbn.figures.fields_content import ALLOWANCES, Allowance, contents
from tests.figures.portraits import DEAD, EPOCHS, SHAPE, portrait


def block(content, number):
    return zlib.decompress(base64.b64decode(content.blocks[number]))


def description(content):
    return json.loads(block(content, len(content.blocks) - 1))


def codes(content, number):
    return np.frombuffer(block(content, number), np.uint8).reshape(-1, *SHAPE)


def only(monkeypatch, *allowances, largest=10**9):
    monkeypatch.setattr(fields_content, "ALLOWANCES", allowances)
    monkeypatch.setattr(fields_content, "LARGEST", largest)


def test_fields_are_within_half_a_step_of_the_store():
    data = portrait()
    content = contents([data], ["Net"])
    found = description(content)
    steps = found["steps"]
    assert steps == ALLOWANCES[0].steps == 31
    layer = found["nets"][0]["stages"]["finetuned"][1]
    for definition in ("product", "jacobian", "covariance"):
        of = layer["fields"][definition]
        shown = (codes(content, of["block"]).astype(float) - steps) / steps
        expected = data[f"{definition}_finetuned_1"].values / 127
        assert of["units"] == [0, 1, 2]
        assert np.abs(shown - expected).max() <= 0.5 / steps + 1e-9
        assert not shown[DEAD].any()
        np.testing.assert_allclose(
            of["largest"], data[f"{definition}_finetuned_1_largest"], rtol=1e-3
        )
    assert "jacobian" not in found["nets"][0]["stages"]["finetuned"][0]["fields"]


def test_what_is_no_number_is_none_and_json_has_no_nan():
    layer = description(contents([portrait()], ["Net"]))["nets"][0]["stages"]["pretrained"][0]
    assert layer["values"]["lag_1"][DEAD] is None
    assert layer["centre"][DEAD] == [None, None]
    assert layer["deadByWeight"][DEAD] == 1
    assert layer["values"]["lag_1"][0] > 0


def test_followed_fields_are_those_of_the_units_whose_turn_is_first():
    data = portrait()
    content = contents([data], ["Net"])
    for layer, epochs in enumerate(EPOCHS):
        found = description(content)["nets"][0]["stages"]["pretrained"][layer]
        assert found["epochs"] == list(epochs)
        followed = found["followed"]
        turn = data["turn"].sel(stage="pretrained").isel(layer=layer).values
        assert [turn[unit] for unit in followed["units"]] == list(range(len(followed["units"])))
        shown = codes(content, followed["block"]).reshape(
            len(epochs), len(followed["units"]), *SHAPE
        )
        expected = data[f"followed_pretrained_{layer}"].values / 127
        assert np.abs((shown.astype(float) - 31) / 31 - expected).max() <= 0.5 / 31 + 1e-9


def test_few_units_are_the_first_by_turn_and_the_page_says_so(monkeypatch):
    only(monkeypatch, Allowance(4, 5, 2, 1))
    data = portrait()
    content = contents([data], ["Net"])
    found = description(content)
    assert "5 units" in found["allowance"]
    assert "steps of 1/7" in found["allowance"]
    layer = found["nets"][0]["stages"]["pretrained"][0]
    turn = data["turn"].sel(stage="pretrained").isel(layer=0).values
    assert layer["count"] == 11
    assert layer["units"] == sorted(np.argsort(turn)[:5].tolist())
    assert layer["fields"]["covariance"]["units"] == sorted(np.argsort(turn)[:2].tolist())
    assert layer["followed"]["units"] == [int(np.argsort(turn)[0])]
    assert len(codes(content, layer["fields"]["product"]["block"])) == 5
    assert len(layer["excites"]) == len(layer["centre"]) == len(layer["values"]["lag_1"]) == 5
    wanted = {number for layers in found["nets"][0]["stages"].values() for of in layers
              for units in of["excites"] for number in units}  # fmt: skip
    assert set(found["lattices"][0]["numbers"]) == wanted


def test_the_first_allowance_that_fits_is_taken(monkeypatch):
    data = [portrait(units=(101, 37), seed=seed) for seed in range(3)]
    whole = contents(data, ["A", "B", "C"])
    assert whole.allowance is ALLOWANCES[0]
    assert whole.size == sum(map(len, whole.blocks))
    monkeypatch.setattr(fields_content, "LARGEST", whole.size - 1)
    less = contents(data, ["A", "B", "C"])
    assert less.allowance is ALLOWANCES[1]
    assert less.size < whole.size
    monkeypatch.setattr(fields_content, "LARGEST", 1)
    assert contents(data, ["A", "B", "C"]).allowance is ALLOWANCES[-1]


def test_allowances_go_from_the_best_to_the_least():
    def amount(allowance):
        units = [10**9 if n is None else n for n in (allowance.units, allowance.others)]
        return (allowance.bits, *units, allowance.followed)

    for better, worse in pairwise(ALLOWANCES):
        assert all(a >= b for a, b in zip(amount(better), amount(worse), strict=True))
        assert better != worse


def test_nets_on_the_same_lattices_share_those_that_excite_them():
    data = [portrait(seed=1), portrait(seed=2), portrait(data="pixel_shuffle")]
    found = description(contents(data, ["A", "B", "C"]))
    assert [net["lattices"] for net in found["nets"]] == [0, 0, 1]
    assert [net["net"] for net in found["nets"]] == ["A", "B", "C on pixel shuffle"]
    assert found["lattices"][0]["numbers"] == [3, 5, 8, 13]


def test_a_net_without_records_lattices_or_other_definitions_is_shown():
    data = portrait(units=(4,), stages=("pretrained",))
    lost = [str(name) for name in data if str(name).startswith(("followed", "covariance"))]
    data = data.drop_vars(lost)
    data["epoch"][:] = 0
    data["excites"][:] = -1
    (layer,) = description(contents([data], ["Net"]))["nets"][0]["stages"]["pretrained"]
    assert layer["followed"] is None
    assert layer["epochs"] == []
    assert layer["excites"] == [[]] * 4
    assert list(layer["fields"]) == ["product"]


def test_the_page_is_the_same_bytes_and_asks_no_host():
    first, second = (fields.draw([portrait()], ["Net"]) for _ in range(2))
    # Bokeh numbers its models from call to call; a job makes one page
    number = re.compile(r'"p\d{4,}"')
    assert number.sub("p", first) == number.sub("p", second)
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"?(?:https?:)?//", first)
    assert len(first) < 2_500_000


def test_names_that_fit_no_stores_are_one_line():
    with pytest.raises(InputError, match="2 names do not fit 3 stores"):
        fields.draw([portrait()] * 3, ["A", "B"])


def test_names_stand_for_all_seeds_of_a_net():
    data = [portrait(seed=seed) for seed in range(4)]
    page = fields.draw(data, ["A", "B"])
    text = re.findall(r'id="block-\d+">([^<]+)</script>', page)[-1]
    found = json.loads(zlib.decompress(base64.b64decode(text)))
    assert [net["net"] for net in found["nets"]] == ["A", "A", "B", "B"]


def test_the_film_shows_every_record_of_each_layer_and_stays_at_the_last(tmp_path):
    film_of = film.draw(portrait(), "Net (recipe)")
    shown = []
    for frame in film_of.new_frame_seq():
        film_of._draw_frame(frame)
        shown.append([axes.get_ylabel() for axes in film_of._fig.axes if axes.get_ylabel()])
    film_of.save(tmp_path / "film.gif", writer="pillow", dpi=20)
    assert [label.split("epoch ")[1] for label, _ in shown] == list("1248") + ["8"] * 4
    assert [label.split("epoch ")[1] for _, label in shown] == list("13333333")


def test_a_film_of_a_net_that_was_never_recorded_says_so(tmp_path):
    data = portrait()
    lost = [str(name) for name in data if str(name).startswith("followed")]
    film_of = film.draw(data.drop_vars(lost), "Net (recipe)")
    film_of.save(tmp_path / "film.gif", writer="pillow", dpi=20)
    labels = {axes.get_ylabel() for axes in film_of._fig.axes}
    assert "layer 2\nno epoch\nrecorded" in labels
