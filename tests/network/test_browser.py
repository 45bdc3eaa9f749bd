"""A visitor with Chromium: from the phone's own probe to the page, the Internet and a partner."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.network.browser import browser
from tests.network.internet import OTHERS, PARTNERS
from tests.network.lab import Lab
from tests.network.settings import PORTAL
from tests.network.unit import Unit

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PROBE = "http://connectivitycheck.gstatic.com/generate_204"
PARTNER, OTHER = f"https://{PARTNERS[0]}/", f"https://{OTHERS[0]}/"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """Of a phone that has just joined a unit that gives the Internet to who asks."""
    with Lab(tmp_path) as lab, Unit(lab) as unit:
        unit.start()
        phone = lab.add_phone()
        asyncio.run(phone.join())
        with browser(phone, tmp_path, lab.internet.authority.der) as context:
            yield context.new_page()


def test_a_visitor_goes_from_the_probe_to_the_internet(page: Page) -> None:
    page.goto(PROBE)
    assert page.url == PORTAL
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue au triporteur")
    page.goto(PARTNER)  # its garden is open to all
    expect(page.get_by_role("heading")).to_have_text(PARTNERS[0])
    with page.context.new_page() as tab, pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        tab.goto(f"https://{OTHERS[1]}/")  # another one: browsers remember for a minute
    page.goto(PORTAL)
    page.get_by_role("button", name="Aller sur Internet").click()
    expect(page).to_have_url(f"{PORTAL}internet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes sur Internet")
    page.goto(OTHER)
    expect(page.get_by_role("heading")).to_have_text(OTHERS[0])
