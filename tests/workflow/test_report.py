"""The report: small enough to be sent, and used in a real browser as a reader does."""

import base64
import html
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import yaml
from matplotlib.figure import Figure
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from isingdbn import config
from isingdbn.cli.drawing import LARGEST, SCREEN, publish
from isingdbn.figures.style import new_figure
from isingdbn.workflow.figures import reported_figures
from isingdbn.workflow.layout import Layout
from tests.browser import complaints, needs_browser, started
from tests.workflow.conftest import ROOT, TINY

MEGABYTE = 10**6
WHOLE = 15 * MEGABYTE
PAGE = LARGEST * 4 // 3 + 4000  # bytes of one figure's page, at most
TABLES = MEGABYTE // 2  # bytes of all tables; those of the quick experiment have 0.04
IN_BASE64 = 4 / 3


@pytest.fixture(scope="module")
def report(finished):
    finished.snakemake("--report", "report.html", "--", "shown")
    return finished.path / "report.html"


@pytest.fixture(scope="module")
def browser(report):
    with started(1280, 800) as running:
        running.get(report.as_uri())
        # the window itself, without the edges that a browser has
        size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        running.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield running


@pytest.fixture(scope="module")
def results(browser):
    """What the report holds, as its page has it."""
    return browser.execute_script("return results")


def images_of(page):
    return [
        Image.open(BytesIO(base64.b64decode(data)))
        for data in re.findall(r'src="data:image/webp;base64,([^"]*)"', page)
    ]


def text_of(page):
    """What is read aloud of a page of a figure."""
    (text,) = re.findall(r'<img [^>]* alt="([^"]*)"', page)
    return html.unescape(text)


def errors(browser):
    """What the console complains of, but that Snakemake's page has its styles made in the reader's
    browser, which it says itself.
    """
    return [line for line in complaints(browser) if "cdn.tailwindcss.com" not in line]


def wait(browser, condition):
    """What ``condition`` gives, as soon as it is something."""
    return WebDriverWait(browser, 10, 0.05).until(lambda _: condition())


def find(browser, *selector):
    return wait(browser, lambda: browser.find_elements(*selector))[0]


def go_to(browser, category):
    """By the menu, as a reader does."""
    find(browser, By.CSS_SELECTOR, "nav nav a").click()
    find(browser, By.XPATH, f"//nav//a[span[text()='{category}']]").click()


def shown(browser):
    """The text and the place of the figure that is shown: its size, and how far it is from the
    four edges of its frame.
    """
    frame = find(browser, By.TAG_NAME, "iframe")
    assert frame.rect["height"] <= 800
    browser.switch_to.frame(frame)
    image = find(browser, By.TAG_NAME, "img")
    wait(browser, lambda: image.get_property("naturalWidth"))
    script = """
        const place = arguments[0].getBoundingClientRect();
        return [place.left, place.top, innerWidth - place.right, innerHeight - place.bottom];
    """
    edges = browser.execute_script(script, image)
    text, width = image.get_attribute("alt"), image.rect["width"]
    browser.switch_to.default_content()
    return text, width, edges


def test_the_report_has_the_figures_and_tables_of_the_first_seed_and_one_colormap(finished, report):
    found = set(re.findall(r'"(results/[^"]*)": \{"name"', report.read_text()))
    assert found == {*reported_figures(TINY), *TINY.all_tables}
    assert not any("_hot_" in path or "_prism_" in path for path in found)


def test_every_reported_image_fits_into_a_small_window_and_has_a_text(finished):
    for path in reported_figures(TINY):
        page = (finished.path / path).read_text()
        assert len(page) < PAGE, path
        (image,) = images_of(page)
        assert image.size[0] <= SCREEN[0], path
        assert image.size[1] <= SCREEN[1], path
        text = text_of(page)
        assert re.match(r"(Figure \d+|Table 1): \w.{20,}", text), text
        assert "$" not in text


def test_a_page_is_small_whatever_it_shows(tmp_path):
    """Figure 3 of a net of three layers, with fields of noise alone."""

    def draw() -> Figure:
        figure = new_figure(17, 11.4, "$T = 2.5\\,J/k_B$, a <net>")
        noise = np.random.default_rng(0).normal(size=(3, 838, 838))
        for axes, image in zip(figure.subplots(1, 3), noise, strict=True):
            axes.imshow(image, cmap="RdBu_r")
        return figure

    publish(("isingdbn.cli.figure",), [tmp_path / "noise.html"], [], draw, {})
    page = (tmp_path / "noise.html").read_text()
    assert len(page) < 1.5 * PAGE
    assert images_of(page)[0].size == (1190, 798)
    assert text_of(page).endswith("T = 2.5 J/k_B, a <net>")


def test_the_default_experiment_s_report_is_no_larger_than_15_megabytes(report):
    """Snakemake's own part is as large as here, and no page is larger than is allowed."""
    values = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    pages = reported_figures(Layout(config.validate(values, "config")))
    assert 40 < len(pages) < 60
    text = report.read_text()
    own = len(text) - sum(map(len, re.findall(r'"data_uri": "([^"]*)"', text)))
    assert own < 4 * MEGABYTE
    assert own + (len(pages) * PAGE + TABLES) * IN_BASE64 < WHOLE


@needs_browser
def test_every_category_shows_its_figures_whole(browser, results):
    categories = browser.execute_script("return categories")
    seen = set()
    for category in categories:
        go_to(browser, category)
        for row in wait(
            browser, lambda: browser.find_elements(By.CSS_SELECTOR, "nav tbody tr:has(a)")
        ):
            assert row.text, "a figure without a label"
            button = row.find_element(By.CSS_SELECTOR, "a")
            if button.get_attribute("download"):
                continue
            button.click()
            text, width, edges = shown(browser)
            assert width > 300
            assert min(edges) > -1
            seen.add(text)
    assert len(seen) == len(reported_figures(TINY))
    assert errors(browser) == []


@needs_browser
def test_a_caption_leads_to_the_whole_figure_and_a_table_can_be_saved(browser, results, finished):
    for path, result in results.items():
        assert result["caption"].strip(), path
        links = [unquote(link) for link in re.findall(r'href="([^"]*)"', result["caption"])]
        if path.endswith(".html"):
            assert {f"{path[:-5]}.pdf", f"{path[:-5]}.png"} <= set(links), path
        for link in links:
            assert (finished.path / link).is_file(), link
    page = next(path for path in results if "figure3" in path)
    go_to(browser, "Figure 3: receptive fields")
    find(browser, By.CSS_SELECTOR, "nav tbody tr a + a").click()
    link = browser.find_element(By.LINK_TEXT, "PDF")
    assert link.is_displayed()
    assert link.get_attribute("href").endswith(".pdf")
    assert "Receptive fields" in browser.find_element(By.CSS_SELECTOR, "nav .prose").text
    assert results[page]["caption"].count("film_") == 1
    go_to(browser, "Tables")
    find(browser, By.CSS_SELECTOR, "nav a[download]")
    buttons = browser.find_elements(By.CSS_SELECTOR, "nav a[download]")
    assert len(buttons) == len(TINY.all_tables)
    for button in buttons:
        written = base64.b64decode(button.get_attribute("href").partition(";base64,")[2])
        name = button.get_attribute("download")
        assert written == (finished.path / "results" / "tables" / name).read_bytes()
    assert errors(browser) == []


@needs_browser
def test_the_first_page_says_what_is_where(browser, report):
    browser.get(report.as_uri())
    said = find(browser, By.CSS_SELECTOR, ".prose")
    assert "block-spin renormalization" in said.text
    for link in said.find_elements(By.TAG_NAME, "a"):
        place = unquote(link.get_attribute("href")).removeprefix("file://")
        assert Path(place).is_file()
    assert errors(browser) == []
