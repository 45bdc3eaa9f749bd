"""The portal as people see it: in Chromium, small, dark, enlarged and without JavaScript."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browsing import chromium
from tests.kiosk.public.keeper import keeping
from tests.kiosk.public.portal import PATHS, TODAY, content_with, portal, served, visit
from triporteur_kiosk.public.gate import Gate
from triporteur_wire.gate import STATE_NAME, decode_state

pytestmark = pytest.mark.browser

ALL_PATHS = [*PATHS, "/rien"]
# Twice the page's own 106.25 %.
TEXT_AT_200_PERCENT = "document.documentElement.style.fontSize = '212.5%'"
SMALL_LINKS = """
[...document.querySelectorAll("a, button")].filter(link => {
  const box = link.getBoundingClientRect()
  return Math.min(box.width, box.height) < 56
}).map(link => link.innerText)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the portal is served, with two visits to come."""
    visits = visit(TODAY), visit(date(2026, 11, 25), "Place Gambetta"), visit(date(2026, 12, 2))
    with served(portal(content_with(*visits), address="127.0.0.1"), "127.0.0.1") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same beside an open gate, whose word stays of now."""
    folder = tmp_path_factory.mktemp("gate")
    with keeping(folder):
        told = decode_state((folder / STATE_NAME).read_bytes())
        gate = Gate(folder, patience_s=60, mono_ms=lambda: told.boottime_ms)
        app = portal(content_with(visit(TODAY)), address="127.0.0.1", gate=gate)
        with served(app, "127.0.0.1") as port:
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page as wide and high as a small phone."""
    page = browser.new_page(viewport={"width": 360, "height": 640})
    yield page
    page.close()


def test_a_page_is_one_request_and_its_style_is_let_in(page: Page, url: str) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in ALL_PATHS:
        page.goto(url + path)
        assert page.locator("body").evaluate("e => getComputedStyle(e).margin") == "0px"
    assert requests == [url + path for path in ALL_PATHS]
    assert [each for each in complaints if "404" not in each] == []


def test_without_javascript_a_visitor_goes_there_and_back(browser: Browser, url: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(url)
    page.get_by_role("link", name="4 Papiers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Papiers")
    page.get_by_role("link", name="Retour").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue au triporteur")
    page.close()


def test_without_javascript_a_visitor_is_let_out_by_one_touch(
    browser: Browser, opened: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(opened)
    seen: list[tuple[str, int]] = []
    page.on("response", lambda answer: seen.append((answer.request.method, answer.status)))
    page.get_by_role("button", name="Aller sur Internet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes sur Internet")
    # Whole navigations: only after one does iOS ask again whether it is online.
    assert seen == [("POST", 303), ("GET", 200)]
    assert page.context.cookies() == []
    page.close()


@pytest.mark.parametrize("path", ["/", "/1", "/internet"])
def test_an_open_gate_s_pages_are_as_good(page: Page, opened: str, path: str) -> None:
    page.goto(opened + path)
    assert page.evaluate(SMALL_LINKS) == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 640 or path == "/1"
    for colors in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if colors == "dark" else "light")
        assert Axe().run(page).response["violations"] == []
    page.evaluate(TEXT_AT_200_PERCENT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways_and_targets_are_large(page: Page, url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    for path in ALL_PATHS:
        page.goto(url + path)
        assert page.evaluate(SMALL_LINKS) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(TEXT_AT_200_PERCENT)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_welcome_page_is_one_screen(page: Page, url: str) -> None:
    page.goto(url)
    assert page.locator(".tile").count() == 8
    assert page.evaluate("document.documentElement.scrollHeight") <= 640


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_axe_finds_nothing(page: Page, url: str, colors: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=colors)
    for path in ALL_PATHS:
        page.goto(url + path)
        assert Axe().run(page).response["violations"] == [], path


def test_the_keyboard_meets_the_tiles_in_order_and_sees_where_it_is(page: Page, url: str) -> None:
    page.goto(url)
    for number in range(1, 9):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.get_attribute("href") == f"/{number}"
        assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_in_a_language_written_from_the_right_a_page_is_mirrored(page: Page, url: str) -> None:
    page.goto(url + "/1")
    page.evaluate("document.dir = 'rtl'")
    for arrow in (".back svg", ".end svg"):
        turned = page.locator(arrow).first.evaluate("e => getComputedStyle(e).transform")
        assert turned == "matrix(-1, 0, 0, 1, 0, 0)"
    row, end = (page.locator(name).first.bounding_box() for name in (".list .row", ".end"))
    assert row is not None
    assert end is not None
    assert end["x"] < row["x"] + row["width"] / 2
    page.goto(url)
    page.evaluate("document.dir = 'rtl'")
    tile, number = (page.locator(name).first.bounding_box() for name in (".tile", ".tile .number"))
    assert tile is not None
    assert number is not None
    assert number["x"] > tile["x"] + tile["width"] / 2
