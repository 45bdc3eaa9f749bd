"""The depot's pages in Chromium, served as they are in earnest."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FloatRect, Page, expect
from waitress.server import create_server

from tests.browsing import chromium
from tests.depot.pages import scenes
from tests.depot.pages.builder import Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.scenes import NOW_MS
from triporteur_depot.pages.app import create_app
from triporteur_wire.quantities import Value

pytestmark = pytest.mark.browser

_PATHS = (
    "/",
    "/unite/bordeaux-1",
    "/unite/tuqtuq",
    "/unite/bordeaux-1?vue=semaine",
    "/unite/bordeaux-1/tableau",
    "/unite/personne",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Depot]:
    depot = Depot(tmp_path_factory.mktemp("depot") / "depot.db")
    scenes.fleet(depot)
    yield depot
    depot.connection.close()


@contextmanager
def serving(path: Path) -> Iterator[str]:
    """The address of the pages of a database, while they are served."""
    app = create_app(path, "Pimms Médiation", Clock(NOW_MS))
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(app, sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.close()
    thread.join(120)


@pytest.fixture(scope="module")
def address(fleet: Depot) -> Iterator[str]:
    with serving(fleet.path) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr")
    yield context.new_page()
    context.close()


def test_a_page_follows_by_itself(page: Page, fleet: Depot, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="ben").focus()
    place = page.get_by_role("row", name="ben")
    expect(place).to_contain_text("Rennes")
    said = status({"battery": {"soc_pct": 31.0}}, unit="ben", place="Place Hoche")
    fleet.unit("ben", said, NOW_MS)
    expect(place).to_contain_text("Place Hoche")
    expect(page.get_by_role("link", name="ben")).to_be_focused()


def test_a_lost_depot_is_said_and_forgotten_when_it_is_back(page: Page, address: str) -> None:
    page.goto(address)
    page.context.set_offline(True)
    lost = page.get_by_role("status")
    expect(lost).to_contain_text("Le dépôt ne répond plus")
    page.context.set_offline(False)
    expect(lost).to_be_hidden()


def test_what_does_not_change_stays_as_the_reader_left_it(
    page: Page, fleet: Depot, address: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{address}/unite/ben/tableau")
    region = page.get_by_role("region", name="Tableau des mesures")
    region.focus()
    region.evaluate("node => { node.scrollLeft = 80; node.dataset.mine = '1'; }")
    page.evaluate("scrollTo(0, 300)")
    before = region.evaluate("node => node.getBoundingClientRect().y")
    fleet.unit("ben", status({"battery": {"soc_pct": 33.0}}, unit="ben", place="Gare"), NOW_MS)
    expect(page.get_by_role("main")).to_contain_text("Gare")
    expect(region).to_be_focused()
    assert region.evaluate("node => node.scrollLeft") == 80
    after = region.evaluate("node => node.getBoundingClientRect().y")
    assert after == pytest.approx(before, abs=1)  # scrolling goes by whole pixels


def test_rows_change_places_without_losing_the_focus(
    page: Page, fleet: Depot, address: str
) -> None:
    fleet.unit("ben", status({"battery": {"soc_pct": 90.0}}, unit="ben"), NOW_MS)
    page.goto(address)
    units = page.locator("tbody th a")
    before = units.all_inner_texts()
    page.get_by_role("link", name="ben").focus()
    alarmed: dict[str, Value] = {"soc_pct": 5.0, "alarms": ("overload",)}
    fleet.unit("ben", status({"battery": alarmed}, unit="ben"), NOW_MS)
    expect(units.first).to_have_text("ben")
    assert before[0] != "ben"
    assert sorted(units.all_inner_texts()) == sorted(before)
    expect(page.get_by_role("link", name="ben")).to_be_focused()


def test_a_selection_holds_the_page_and_says_so(page: Page, fleet: Depot, address: str) -> None:
    page.goto(address)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('tbody th small'))")
    note = page.get_by_role("status")
    expect(note).to_contain_text("En pause")
    fleet.unit("ben", status({"battery": {"soc_pct": 71.0}}, unit="ben", place="Port"), NOW_MS)
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.get_by_role("row", name="ben")).to_contain_text("Port")
    expect(note).to_be_hidden()


def test_a_page_that_came_too_early_comes_back_by_itself(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    with serving(path) as address:
        page = browser.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text("ne peut pas lire")
        Depot(path).connection.close()
        expect(page.get_by_role("main")).to_contain_text("Aucune unité")
        expect(page.get_by_role("status")).to_be_hidden()
        page.close()


def test_pages_are_whole_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("row", name="panda")).to_contain_text("Cellule faible")
    page.get_by_role("link", name="bordeaux-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("bordeaux-1")
    page.get_by_role("link", name="Semaine", exact=True).click()
    page.get_by_role("link", name="Les mêmes chiffres en tableau").click()
    expect(page.get_by_role("table")).to_contain_text("dim. 15")
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", _PATHS)
def test_axe_finds_nothing(page: Page, address: str, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address + path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [360, 800, 1280])
@pytest.mark.parametrize("path", _PATHS)
def test_nothing_is_wider_than_the_screen(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", _PATHS)
def test_text_of_twice_its_size_fits(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(address + path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for bar in page.locator(".bar").all():
        box = bar.bounding_box()
        assert box
        assert box["width"] >= 48


def test_no_kind_of_phase_is_told_by_colour_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/unite/bordeaux-1")
    tall = page.locator(".chart.tall")
    for kind in ("charging", "riding", "on-site", "resting"):
        assert tall.locator(f".key .{kind} use").get_attribute("href") == f"#i-{kind}"
    assert tall.locator("use.riding.name:visible").count()
    page.emulate_media(forced_colors="active")
    edges = {
        kind: tall.locator(f".mark.{kind}").first.evaluate(
            """node => ["stroke", "strokeWidth", "strokeDasharray", "fill"]
                .map(name => getComputedStyle(node)[name]).join()"""
        )
        for kind in ("charging", "riding", "on-site", "resting", "hole")
    }
    assert len(set(edges.values())) == len(edges)


@pytest.mark.parametrize("path", ["/unite/bordeaux-1", "/unite/bordeaux-1?vue=semaine"])
def test_text_of_charts_is_readable_and_apart_on_a_phone(
    page: Page, address: str, path: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(address + path)
    texts = [text for text in page.locator(".chart svg text").all() if text.is_visible()]
    boxes = [box for text in texts if (box := text.bounding_box())]
    assert boxes
    for text in texts:
        assert float(text.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= 11
    for index, one in enumerate(boxes):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= 360
        for other in boxes[index + 1 :]:
            assert not _overlap(one, other)


def _overlap(one: FloatRect, other: FloatRect) -> bool:
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 1 and down > 4


def test_the_keyboard_reaches_every_unit(page: Page, address: str) -> None:
    page.goto(address)
    units = page.locator("tbody th a").all_inner_texts()
    reached = []
    for _ in range(len(units) + 2):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached == ["Aller au contenu", "Dépôt · Pimms Médiation", *units]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(units[-1])


def test_a_page_asks_only_its_depot(page: Page, address: str) -> None:
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{address}/unite/bordeaux-1")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(address) for url in asked)
    assert faults == []
