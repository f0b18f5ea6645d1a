"""The page of fields in a real browser: every control changes what is shown as it should, nothing
is asked of any host, and the browser has nothing to complain about.
"""

import json

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from isingdbn.figures import fields
from tests.browser import complaints, needs_browser, started
from tests.figures.portraits import DEAD, SHAPE, portrait

pytestmark = needs_browser
STATE = """
const model = (name) => Bokeh.documents[0].get_model_by_name(name);
const image = (figure) => [...model(figure).renderers[0].data_source.data.image[0]];
const mapper = (figure) => model(figure).renderers[0].glyph.color_mapper;
return {
  status: document.getElementById("status").textContent,
  remark: document.getElementById("remark").textContent,
  title: document.getElementById("unit-title").textContent,
  words: document.getElementById("field-words").textContent,
  spoken: document.getElementById("mosaic").getAttribute("aria-label"),
  table: document.getElementById("metrics").innerText,
  excited: document.getElementById("spins-words").textContent,
  history: document.getElementById("history-words").textContent,
  mosaic: image("mosaic").map((value) => Number.isNaN(value) ? null : value),
  field: image("field").map((value) => Number.isNaN(value) ? null : value),
  spins: image("spins").map((value) => Number.isNaN(value) ? null : value),
  colours: mapper("mosaic").palette,
  high: mapper("mosaic").high,
  tiles: model("mosaic").renderers[1].data_source.data.words,
  epoch: model("epoch").value,
  epochs: model("epoch").categories,
  still: model("epoch").disabled,
  options: (name => model(name).options)(arguments[0] ?? "net"),
};
"""
VALUE = "return Bokeh.documents[0].get_model_by_name(arguments[0]).value"


class Page:
    """A page in a browser, used as a reader does."""

    def __init__(self, browser, path, folder):
        self.browser, self.folder = browser, folder
        browser.get_log("browser"), browser.get_log("performance")
        browser.get(path.as_uri())
        self.wait(lambda: self.drawn)

    @property
    def drawn(self):
        return self.browser.execute_script("return Number(document.body.dataset.drawn ?? 0)")

    def wait(self, condition):
        WebDriverWait(self.browser, 10, 0.05).until(lambda _: condition())

    def state(self, options_of="net"):
        return self.browser.execute_script(STATE, options_of)

    def inside(self, name, selector):
        """An element of a widget."""
        script = """
            const id = Bokeh.documents[0].get_model_by_name(arguments[0]).id;
            return Bokeh.index.get_by_id(id).shadow_el.querySelector(arguments[1]);
        """
        return self.browser.execute_script(script, name, selector)

    def choose(self, name, value):
        before = self.drawn
        if self.browser.execute_script(VALUE, name) == value:
            return self.state()
        options = [of for of, _ in self.state(name)["options"]]
        Select(self.inside(name, "select")).select_by_index(options.index(value))
        self.wait(lambda: self.drawn > before)
        return self.state()

    def keys(self, *keys):
        self.browser.find_element(By.ID, "mosaic").send_keys(*keys)
        return self.state()

    def shot(self, name):
        path = self.folder / f"{name}.png"
        assert self.browser.save_screenshot(str(path))
        return path

    def complaints(self):
        return complaints(self.browser)

    def asked(self):
        """The addresses of everything that was asked for, and is not in the page itself."""
        messages = [
            json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")
        ]
        addresses = {
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }
        return {address for address in addresses if not address.startswith(("data:", "blob:"))}


@pytest.fixture(scope="module")
def browser():
    with started(1400, 1900) as running:
        yield running


NETS = {
    "First": portrait(seed=1),
    "Second": portrait(seed=2, units=(13, 5), temperature=2.25, diverged=[3, 0]),
    "Third": portrait(seed=3, seed_of=0, temperature=3.5, stages=("pretrained",)),
}


@pytest.fixture
def page(browser, tmp_path):
    data = [
        NETS["First"],
        NETS["First"].assign_attrs(temperature=3.5),
        NETS["Second"],
        NETS["Second"].assign_attrs(seed=7),
        NETS["Third"],
    ]
    path = tmp_path / "fields.html"
    path.write_text(fields.draw(data, ["First", "First", "Second", "Second", "Third"]), "utf-8")
    page = Page(browser, path, tmp_path)
    yield page
    assert page.complaints() == []
    assert page.asked() == {path.as_uri()}


def numbers_of(state):
    """The units of the tiles, in order."""
    return [int(words.removeprefix("unit ").split("<")[0].split(",")[0])
            for words in state["tiles"]]  # fmt: skip


def tile(state, number, columns):
    """The values of one tile of the mosaic, (y, x) from above."""
    height, width = SHAPE
    shape = (columns * (height + 1) + 1, columns * (width + 1) + 1)
    image = np.array(state["mosaic"], float).reshape(shape)[::-1]
    y, x = (number // columns) * (height + 1) + 1, (number % columns) * (width + 1) + 1
    return image[y : y + height, x : x + width]


def test_tiles_and_the_large_field_are_the_fields_of_the_store(page):
    state = page.choose("metric", "unit")
    assert numbers_of(state) == list(range(11))
    data = NETS["First"]["product_pretrained_0"].values / 127
    for unit in (0, 1, 7, 10):
        assert np.abs(tile(state, unit, 4) - data[unit]).max() <= 0.5 / 31 + 1e-6
    assert np.array(state["mosaic"]).shape == ((4 * 6 + 1) * (4 * 8 + 1),)
    state = page.keys(Keys.HOME, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert state["title"] == "Unit 5"
    largest = float(NETS["First"]["product_pretrained_0_largest"][5])
    field = np.array(state["field"]).reshape(SHAPE)[::-1]
    assert np.abs(field - data[5] * largest).max() <= (0.5 / 31 + 1e-3) * largest
    page.shot("first")


def test_every_choice_shows_other_fields(page):
    first = page.state()
    assert "layer 1 of First, T = 2.5 J/k_B, seed 1, after pre-training" in first["status"]
    assert first["status"].startswith("11 of 11 units")
    assert "10 of 11 living" in first["status"]
    for name, value, said in (
        ("stage", "finetuned", "after fine-tuning"),
        ("definition", "covariance", "covariance"),
        ("layer", "1", "3 of 3 units of layer 2"),
        ("definition", "jacobian", "mean derivative"),
        ("temperature", "3.5", "T = 3.5"),
        ("net", "Second", "5 of 5 units of layer 2 of Second, T = 2.25, seed 1"),
        ("layer", "0", "13 of 13 units of layer 1"),
        ("seed", "7", "seed 7"),
        ("net", "Third", "of Third, T = 3.5 J/k_B, seed 1, after pre-training"),
    ):
        before = page.state()
        after = page.choose(name, value)
        assert said.replace("2.25,", "2.25 J/k_B,") in after["status"] + after["words"], name
        if (name, value) not in {("temperature", "3.5"), ("seed", "7")}:
            assert after["mosaic"] != before["mosaic"], name
    assert [value for value, _ in page.state("stage")["options"]] == ["pretrained"]
    assert [value for value, _ in page.state("definition")["options"]] == ["product", "covariance"]


def test_a_layer_that_diverged_says_so(page):
    assert page.state()["remark"] == ""
    assert "diverged in epoch 3" in page.choose("net", "Second")["remark"]
    assert page.choose("layer", "1")["remark"] == ""


def test_units_are_sorted_by_every_metric_and_those_without_are_last(page):
    for metric in ("participation_ratio", "largest_weight", "lag_1"):
        values = NETS["First"][f"metric_{metric}"].values[0, 0]
        known = [unit for unit in np.argsort(values) if np.isfinite(values[unit])]
        rising = page.choose("metric", metric)
        assert numbers_of(rising) == known + [unit for unit in (DEAD,) if unit not in known]
        falling = page.choose("order", "falling")
        assert numbers_of(falling)[: len(known)] == known[::-1]
        page.choose("order", "rising")


def test_units_are_chosen_by_state_and_by_the_slider(page):
    page.choose("metric", "unit")
    assert DEAD not in numbers_of(page.choose("state", "living"))
    dead = page.choose("state", "dead")
    assert numbers_of(dead) == [DEAD]
    assert dead["title"] == f"Unit {DEAD}, dead by weight"
    assert dead["words"] == "The field is zero everywhere."
    assert len(numbers_of(page.choose("state", "followed"))) == 9
    page.choose("state", "every")
    before = page.drawn
    handle = page.inside("between", ".noUi-handle-lower")
    handle.send_keys(*[Keys.ARROW_RIGHT] * 3)
    page.wait(lambda: page.drawn > before and len(page.state()["tiles"]) == 8)
    assert numbers_of(page.state()) == list(range(3, 11))
    none = page.choose("state", "dead")
    assert numbers_of(none) == []
    assert none["title"] == "No unit"
    assert none["status"].startswith("0 of 11 units")
    page.shot("none")
    assert page.choose("state", "every")["title"] != "No unit"


def test_colours_and_their_scale(page):
    first = page.state()
    middle = first["colours"][len(first["colours"]) // 2]
    assert {middle[1:3], middle[3:5], middle[5:7]} <= {"f6", "f7", "f8"}  # zero is white
    seen = {tuple(first["colours"])}
    for name in ("PuOr_r", "gray", "cividis", "hot", "prism"):
        seen.add(tuple(page.choose("colormap", name)["colours"]))
    assert len(seen) == 6
    assert first["high"] == 1
    layer = page.choose("scale", "layer")
    largest = np.delete(NETS["First"]["product_pretrained_0_largest"].values, DEAD)
    assert layer["high"] == pytest.approx(np.sort(largest)[int(0.75 * 9)], rel=1e-3)
    assert layer["mosaic"] != first["mosaic"]
    page.shot("prism_layer")


def test_a_click_chooses_a_unit_and_shows_all_of_it(page):
    page.choose("metric", "unit")
    before = page.state()
    assert before["title"] == "Unit 0" or before["title"].startswith("Unit")
    mosaic = page.browser.find_element(By.ID, "mosaic")
    page.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", mosaic)
    ActionChains(page.browser).move_to_element(mosaic).click().perform()
    page.wait(lambda: page.state()["title"] != before["title"])
    after = page.state()
    unit = int(after["title"].split()[1].strip(","))
    assert unit in (5, 6, 9, 10)  # around the middle of four by four
    assert f"unit {unit} is chosen" in after["spoken"]
    data = NETS["First"]
    lattices = data["excites"].values[0, 0, unit]
    for lattice in lattices:
        assert f"lattice {int(data['held_out'][lattice])} (" in after["excited"]
    spins = np.array(after["spins"], float).reshape(SHAPE[0], -1)[::-1, : SHAPE[1]]
    bits = np.unpackbits(data["spins"].values[lattices[0]], count=35).reshape(SHAPE)
    np.testing.assert_array_equal(spins, bits * 2.0 - 1)
    ratio = float(data["metric_participation_ratio"][0, 0, unit])
    assert f"{ratio:.3g} sites" in after["table"]
    assert after["field"] != before["field"]


def test_a_followed_unit_is_played_and_another_is_not(page):
    page.choose("metric", "unit")
    followed = numbers_of(page.choose("state", "followed"))
    page.keys(Keys.HOME)
    state = page.state()
    assert state["epochs"] == ["1", "2", "4", "8", "end"]
    assert not state["still"]
    handle = page.inside("epoch", ".noUi-handle")
    handle.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    page.wait(lambda: page.state()["epoch"] == "4")
    early = page.state()
    unit = int(early["title"].split()[1].strip(","))
    column = int(NETS["First"]["turn"][0, 0, unit])
    expected = NETS["First"]["followed_pretrained_0"].values[2, column] / 127
    field = np.array(early["field"]).reshape(SHAPE)[::-1]
    assert np.abs(field - expected).max() <= 0.5 / 31 + 1e-3
    assert "after epoch 4" in early["words"]
    page.inside("play", "button").click()
    page.wait(lambda: page.state()["epoch"] == "1")
    page.wait(lambda: page.state()["epoch"] == "end")
    assert page.state()["field"] == state["field"]
    page.choose("state", "every")
    page.keys(Keys.HOME)
    for _ in range(11):
        state = page.state()
        unit = int(state["title"].split()[1].strip(","))
        assert state["still"] == (unit not in followed)
        page.keys(Keys.ARROW_RIGHT)


def test_keys_stay_within_the_mosaic(page):
    page.choose("metric", "unit")
    page.choose("order", "rising")
    assert page.keys(Keys.HOME)["title"] == "Unit 0"
    assert page.keys(Keys.ARROW_LEFT)["title"] == "Unit 0"
    assert page.keys(Keys.ARROW_UP)["title"] == "Unit 0"
    assert page.keys(Keys.END)["title"] == "Unit 10"
    assert page.keys(Keys.ARROW_RIGHT)["title"] == "Unit 10"
    assert page.keys(Keys.ARROW_UP)["title"] == "Unit 6"


def test_a_reader_who_listens_has_words_for_every_picture_and_control(page):
    for name in ("field", "history", "spins", "mosaic"):
        assert page.browser.find_element(By.ID, name).get_attribute("aria-label")
    for name in ("net", "temperature", "seed", "stage", "layer", "definition", "metric", "order",
                 "state", "colormap", "scale"):  # fmt: skip
        label = page.inside(name, "label")
        assert label.text
        assert label.get_attribute("for") == page.inside(name, "select").get_attribute("id")
    assert not page.browser.find_element(By.ID, "wait").is_displayed()
    page.browser.find_element(By.TAG_NAME, "summary").click()
    said = page.browser.find_element(By.ID, "allowance").text
    assert "Every value has 6 bits: it is shown in steps of 1/31" in said


def test_a_net_of_which_nothing_is_known_has_a_page(browser, tmp_path):
    """Never recorded, all units zero, metrics that are no numbers, and no lattices of spins."""
    data = portrait(units=(4,), stages=("pretrained",))
    data = data.drop_vars([str(name) for name in data if str(name).startswith("followed")])
    for name in data:
        if str(name).startswith(("metric", "centre", "history", "input")):
            data[name][:] = np.nan
    data["product_pretrained_0"][:] = 0
    data["product_pretrained_0_largest"][:] = [0, 0, np.nan, 0]
    data["dead_by_activity"][:] = True
    data["epoch"][:] = 0
    data["excites"][:] = -1
    path = tmp_path / "fields.html"
    path.write_text(fields.draw([data], ["Net"]), "utf-8")
    page = Page(browser, path, tmp_path)
    state = page.choose("metric", "unit")
    assert "0 of 4 living" in state["status"]
    assert state["words"] == "The field is zero everywhere."
    assert state["excited"] == "No lattices of spins were held out for this net."
    assert "No epoch of this layer was recorded." in state["history"]
    assert "not defined" in state["table"]
    assert "no numbers" in page.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)["words"]
    page.choose("scale", "layer")
    page.shot("nothing")
    assert page.complaints() == []
    assert page.asked() == {path.as_uri()}
