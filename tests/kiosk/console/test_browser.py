"""The console in a browser: seen at once, followed by itself, reachable by all."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browsing import chromium
from tests.kiosk.console.agent import Agent
from tests.kiosk.console.hotspots import CLOSED, FULL, LOST
from tests.kiosk.console.ready import CAUTION, GO, NO_GO, VERDICTS, judged
from tests.kiosk.console.unit import CHARGING, RESTING, Aboard, silent, status
from tests.rig import free_port
from triporteur_device import snapshot
from triporteur_kiosk.gate import told
from triporteur_wire.desk import PlanOuting
from triporteur_wire.gate import GateState
from triporteur_wire.messages import Status
from triporteur_wire.plan import Plan
from triporteur_wire.readiness import Outing, Readiness

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}
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
#: What each page is looked at with: every verdict, every state of a battery.
SEEN = {
    **{f"verdict-{name}": ("/", judged(one)) for name, one in VERDICTS.items()},
    "verdict-none": ("/", judged(None)),
    **{f"battery-{name}": ("/batterie", now) for name, now in STATES.items()},
    "motor": ("/batterie", judged()),
    "today": ("/sortie", judged()),
    "tomorrow": ("/sortie/demain", judged()),
    "undated": ("/sortie/demain", judged(plan=Plan(dated=False))),
    "form": ("/sortie/aujourdhui/autre", judged()),
    "unit": ("/unite", judged()),
}
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"forced_colors": "active"},
]
#: Width, height, size of the text.
SIZES = [(320, 568, "106.25%"), (360, 640, "106.25%"), (360, 640, "200%")]
TARGETS = "a, button, input, select, summary"
SIDES = "all => all.flatMap(one => (r => [r.width, r.height])(one.getBoundingClientRect()))"
STARTS = "name => document.querySelector(name).getBoundingClientRect().top"
ENDS = "name => document.querySelector(name).getBoundingClientRect().bottom"


@contextmanager
def served(aboard: Aboard, port: int | None = None) -> Iterator[str]:
    """The console's address, while its pages are served."""
    server = make_server("127.0.0.1", port or free_port(), aboard.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test wrote once stays of now, however long a browser takes."""
    monkeypatch.setattr(snapshot, "STALE_AFTER_S", 3600.0)
    monkeypatch.setattr(told, "STALE_AFTER_MS", 3_600_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def phone(browser: Browser, **context: Any) -> Iterator[Page]:
    with browser.new_context(**{"viewport": PHONE, **context}) as opened:
        yield opened.new_page()


@pytest.mark.parametrize(("path", "now"), SEEN.values(), ids=SEEN.keys())
def test_axe_finds_nothing(aboard: Aboard, browser: Browser, path: str, now: Status) -> None:
    aboard.tells(now)
    with served(aboard) as address, phone(browser) as page:
        page.goto(address + path)
        assert faults(page) == []


def test_axe_finds_nothing_where_the_agent_does_not_answer(
    aboard: Aboard, browser: Browser
) -> None:
    aboard.tells(judged())
    with served(aboard) as address, phone(browser) as page:
        page.goto(f"{address}/unite")
        page.get_by_role("button", name="Couper les prises pour téléphones").click()
        assert faults(page) == []
        page.goto(f"{address}/sortie/demain/autre")
        page.get_by_label("Distance").fill("sept")
        page.get_by_role("button", name="Noter la sortie").click()
        assert faults(page) == []


def faults(page: Page) -> list[tuple[object, ...]]:
    """What axe finds, by sun, in the dark and in the reader's own colours."""
    found: list[tuple[object, ...]] = []
    for look in LOOKS:
        page.emulate_media(**look)
        violations = Axe().run(page).response["violations"]
        found += [(look, rule["id"], rule["nodes"][0]["html"]) for rule in violations]
    return found


@pytest.mark.parametrize(("path", "now"), SEEN.values(), ids=SEEN.keys())
def test_no_page_scrolls_sideways(aboard: Aboard, browser: Browser, path: str, now: Status) -> None:
    aboard.tells(now)
    with served(aboard) as address, phone(browser) as page:
        page.goto(address + path)
        for width, height, text_size in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("size => document.documentElement.style.fontSize = size", text_size)
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("readiness", VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_its_reasons_and_what_to_do_are_seen_without_scrolling(
    aboard: Aboard, browser: Browser, readiness: Readiness
) -> None:
    aboard.tells(judged(readiness))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        for look in LOOKS:
            page.emulate_media(**look)
            assert page.evaluate(STARTS, ".state") == 0
            assert page.evaluate(ENDS, "h1") <= PHONE["height"] / 3
            assert page.evaluate(ENDS, ".doing") <= page.evaluate(STARTS, "body > nav")


@pytest.mark.parametrize("readiness", [GO, CAUTION, NO_GO], ids=["go", "caution", "no_go"])
def test_a_verdict_of_every_day_needs_no_scrolling_at_all(
    aboard: Aboard, browser: Browser, readiness: Readiness
) -> None:
    aboard.tells(judged(readiness))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollHeight") == PHONE["height"]


def test_the_word_of_a_verdict_is_large(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(judged(NO_GO))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        size = page.eval_on_selector("h1", "one => parseFloat(getComputedStyle(one).fontSize)")
        assert size >= 32
        assert page.evaluate(ENDS, "h1") - page.evaluate(STARTS, "h1") < 1.5 * size  # one line


@pytest.mark.parametrize("now", STATES.values(), ids=STATES.keys())
def test_the_battery_is_in_the_upper_half_and_its_lines_on_the_first_screen(
    aboard: Aboard, browser: Browser, now: Status
) -> None:
    aboard.tells(now)
    with served(aboard) as address, phone(browser) as page:
        page.goto(f"{address}/batterie")
        assert page.evaluate(STARTS, ".state") == 0
        assert page.evaluate(ENDS, ".state") <= PHONE["height"] / 2
        assert page.evaluate(ENDS, ".lines") <= page.evaluate(STARTS, "body > nav")


@pytest.mark.parametrize("state", [FULL, LOST, CLOSED], ids=["full", "lost", "closed"])
def test_the_public_wifi_is_for_everybody_s_eyes_and_for_gloves(
    aboard: Aboard, browser: Browser, state: GateState
) -> None:
    aboard.tells(judged())
    with served(aboard) as address, phone(browser) as page:
        aboard.gate_tells(state)
        page.goto(f"{address}/unite")
        sides = page.eval_on_selector_all(TARGETS, SIDES)
        assert len(sides) == 2 * 6
        assert min(sides) >= 56
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert faults(page) == []


@pytest.mark.parametrize(
    ("path", "targets"),
    [("/", 5), ("/sortie", 10), ("/sortie/demain/autre", 23), ("/unite", 5), ("/batterie", 4)],
)
def test_every_target_is_large_enough_for_gloves(
    aboard: Aboard, browser: Browser, path: str, targets: int
) -> None:
    aboard.tells(judged())
    with served(aboard) as address, phone(browser) as page:
        page.goto(address + path)
        sides = page.eval_on_selector_all(TARGETS, SIDES)
    assert len(sides) == 2 * targets
    assert min(sides) >= 56


def test_the_page_follows_the_verdict_by_itself_and_says_the_word_aloud(
    aboard: Aboard, browser: Browser
) -> None:
    aboard.tells(judged(GO))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        expect(page.locator("h1")).to_have_text("PARTEZ")
        expect(page.get_by_role("status")).to_have_text("")
        aboard.tells(judged(NO_GO))
        expect(page.locator("h1")).to_have_text("NE PARTEZ PAS")
        expect(page.locator(".parts")).to_contain_text("34\u00a0%")
        expect(page).to_have_title("NE PARTEZ PAS – bordeaux-1")
        expect(page.get_by_role("status")).to_have_text("NE PARTEZ PAS")


def test_what_did_not_change_is_left_alone_while_the_page_follows(
    aboard: Aboard, browser: Browser
) -> None:
    aboard.tells(judged(GO))
    with served(aboard) as address, phone(browser) as page:
        page.goto(address)
        change = page.get_by_role("link", name="Changer la sortie")
        change.focus()
        aboard.tells(judged(CAUTION))
        expect(page.locator("h1")).to_have_text("ATTENTION")
        expect(change).to_be_focused()


def test_without_scripts_the_page_follows_too(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(judged(GO))
    with served(aboard) as address, phone(browser, java_script_enabled=False) as page:
        page.goto(address)
        expect(page.locator("h1")).to_have_text("PARTEZ")
        aboard.snapshot.unlink()
        expect(page.locator("h1")).to_have_text("LECTURE ARRÊTÉE")


def test_a_page_whose_console_is_gone_shows_no_verdict_and_comes_back(
    aboard: Aboard, browser: Browser
) -> None:
    aboard.tells(judged(GO))
    with phone(browser) as page:
        page.clock.install()
        with served(aboard) as address:
            page.goto(address)
        page.clock.run_for(15_000)
        expect(page.locator("h1")).to_have_text("Liaison perdue")
        expect(page.locator("main")).not_to_contain_text("PARTEZ")
        with served(aboard, int(address.rpartition(":")[2])):
            page.clock.run_for(3_000)
            expect(page.locator("h1")).not_to_have_text("Liaison perdue")


def test_a_refusal_is_an_answer_and_not_silence(aboard: Aboard, browser: Browser) -> None:
    aboard.tells(judged(GO))
    with served(aboard) as address, phone(browser) as page:
        page.clock.install()
        page.goto(address)
        page.route("**/*", lambda route: route.continue_(url=f"{address}/rien"))
        page.clock.run_for(3_000)
        expect(page.locator("h1")).to_have_text("Rien à cette adresse")
        for _ in range(8):
            with page.expect_response("**/*"):
                page.clock.run_for(2_000)
        expect(page.locator("h1")).to_have_text("Rien à cette adresse")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_outing_is_entered_by_keyboard_alone(
    aboard: Aboard, agent: Agent, browser: Browser, scripts: bool
) -> None:
    aboard.tells(judged())
    with served(aboard) as address, phone(browser, java_script_enabled=scripts) as page:
        page.goto(f"{address}/sortie/demain/autre")
        page.get_by_label("Lieu").focus()
        page.keyboard.type("Grand Parc")
        page.keyboard.press("Tab")
        page.keyboard.type("7,5")
        # Past the hour of departure to the climb, past the hours to the second load.
        for key in ["Tab", "Tab", "ArrowRight", "Tab", "Tab", "Tab", "Space", "Enter"]:
            page.keyboard.press(key)
        expect(page.locator("h1")).to_have_text("Demain")
    (asked,) = agent.asked
    assert isinstance(asked, PlanOuting)
    assert asked.outing == Outing(7.5, 112.5, 3.0, 75.0, "Grand Parc")


def test_the_day_s_usual_place_is_one_tap_to_the_verdict(
    aboard: Aboard, agent: Agent, browser: Browser
) -> None:
    aboard.tells(judged())
    with served(aboard) as address, phone(browser) as page:
        page.goto(f"{address}/sortie")
        page.get_by_role("button", name="Gare Saint-Jean").click()
        expect(page.locator("h1")).to_have_text("PARTEZ")
    assert [type(asked) for asked in agent.asked] == [PlanOuting]
