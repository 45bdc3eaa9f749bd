"""The console in a browser: seen at once, followed by itself, reachable by all."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress.wasyncore import close_all

from tests.kiosk.console.unit import CHARGING, RESTING, Aboard, silent, status
from triporteur_kiosk.serving import team_server
from triporteur_wire.messages import Status

pytestmark = pytest.mark.browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
PHONE = {"width": 360, "height": 640}
PATHS = ["/", "/unite"]
ALARM = status(
    {**RESTING, "alarms": ("cell_undervoltage", "discharge_overcurrent"), "discharge_fet": False}
)
STATES = {
    "charging": status(CHARGING),
    "medium": status({**CHARGING, "soc_pct": 40.0}),
    "alarm": ALARM,
    "silent": silent(720.0),
    "cold": status({**RESTING, "battery_temps_c": (-6.0, -4.0)}),
    "weak": status({**RESTING, "cells_v": (3.7, 4.0), "charge_fet": False}),
}


@contextmanager
def served(aboard: Aboard, port: int = 0) -> Iterator[str]:
    """The console's address, while it is served."""
    server: Any = team_server(aboard.app, "127.0.0.1", port)  # the stubs lack what is used below
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        # In the server's own thread: a browser keeps its connections open.
        server.trigger.pull_trigger(lambda: close_all(server._map))
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def phone(browser: Browser, **context: Any) -> Iterator[Page]:
    with browser.new_context(**{"viewport": PHONE, **context}) as opened:
        yield opened.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("now", STATES.values(), ids=STATES.keys())
def test_axe_finds_nothing(aboard: Aboard, browser: Browser, now: Status, scheme: str) -> None:
    aboard.tells(now)
    with served(aboard) as address, phone(browser, color_scheme=scheme) as page:
        for path in PATHS:
            page.goto(address + path)
            found = Axe().run(page).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


@pytest.mark.parametrize("size", [(320, 568, "106.25%"), (360, 640, "106.25%"), (360, 640, "200%")])
@pytest.mark.parametrize("now", STATES.values(), ids=STATES.keys())
def test_no_page_scrolls_sideways(
    aboard: Aboard, browser: Browser, now: Status, size: tuple[int, int, str]
) -> None:
    width, height, text_size = size
    aboard.tells(now)
    with (
        served(aboard) as address,
        phone(browser, viewport={"width": width, "height": height}) as page,
    ):
        for path in PATHS:
            page.goto(address + path)
            page.evaluate("size => document.documentElement.style.fontSize = size", text_size)
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("now", STATES.values(), ids=STATES.keys())
def test_the_state_is_in_the_upper_half_and_its_lines_on_the_first_screen(
    aboard: Aboard, browser: Browser, now: Status
) -> None:
    aboard.tells(now)
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        ends = "name => document.querySelector(name).getBoundingClientRect().bottom"
        starts = "name => document.querySelector(name).getBoundingClientRect().top"
        assert page.evaluate(starts, ".state") == 0
        assert page.evaluate(ends, ".state") <= PHONE["height"] / 2
        assert page.evaluate(ends, ".lines") <= page.evaluate(starts, "nav")


def test_every_target_is_large_enough_for_gloves(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(status())
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        sides = page.eval_on_selector_all(
            "a, button, input, summary",
            "all => all.flatMap(one => (r => [r.width, r.height])(one.getBoundingClientRect()))",
        )
    assert len(sides) == 4
    assert min(sides) >= 56


def test_the_page_follows_the_battery_by_itself(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(status(CHARGING))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        expect(page.locator("h1")).to_have_text("En charge")
        aboard.tells(status({**RESTING, "soc_pct": 12.0}))
        expect(page.locator("h1")).to_have_text("Au repos", timeout=15_000)
        expect(page.locator(".figure")).to_contain_text("12\u00a0%")
        expect(page).to_have_title("12\u00a0% · Au repos – bordeaux-1")


def test_without_scripts_the_page_follows_too(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(status(CHARGING))
    with served(aboard) as address, phone(browser, java_script_enabled=False) as page:
        page.goto(address)
        expect(page.locator("h1")).to_have_text("En charge")
        aboard.snapshot.unlink()
        expect(page.locator("h1")).to_have_text("Lecture arrêtée", timeout=20_000)


def test_a_page_whose_console_is_gone_shows_no_last_value_and_comes_back(
    aboard: Aboard, browser: Browser
) -> None:
    aboard.tells(status(CHARGING))
    with phone(browser) as page:
        page.clock.install()
        with served(aboard) as address:
            page.goto(address)
        page.clock.run_for(15_000)
        expect(page.locator("h1")).to_have_text("Liaison perdue", timeout=15_000)
        expect(page.locator("main")).not_to_contain_text("82")
        with served(aboard, int(address.rpartition(":")[2])):
            page.clock.run_for(3_000)
            expect(page.locator("h1")).not_to_have_text("Liaison perdue", timeout=15_000)


def test_a_refusal_is_an_answer_and_not_silence(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(status(CHARGING))
    with served(aboard) as address, phone(browser) as page:
        page.clock.install()
        page.goto(address)
        page.route("**/*", lambda route: route.continue_(url=f"{address}/rien"))
        page.clock.run_for(3_000)
        expect(page.locator("h1")).to_have_text("Rien à cette adresse", timeout=15_000)
        for _ in range(8):
            with page.expect_response("**/*"):
                page.clock.run_for(2_000)
        expect(page.locator("h1")).to_have_text("Rien à cette adresse")
