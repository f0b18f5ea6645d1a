"""A real browser, for tests of pages."""

import shutil
from contextlib import contextmanager

import pytest
from selenium import webdriver

__all__ = ["complaints", "needs_browser", "started"]

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")

needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium: apt-get install chromium chromium-driver"
)


@contextmanager
def started(width, height):
    """A browser with a window of so many dots, which keeps what it complains about and asks for."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    try:
        yield running
    finally:
        running.quit()


def complaints(browser):
    """What the console says that is more than information, since it was asked last."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] != "INFO"]
