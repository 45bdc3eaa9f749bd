"""The door as Chromium meets it: on a phone that trusts the depot's authority, and on one not."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import BrowserContext, Error, Page, ViewportSize, expect

from tests.browsing import chromium
from tests.kiosk.access.trike import HOST, NAME, Trike
from triporteur_kiosk.console.access.door import COOKIE

pytestmark = pytest.mark.browser

NAMES = f"--host-resolver-rules=MAP *.triporteur.internal {HOST}"
PHONE: ViewportSize = {"width": 360, "height": 640}


@contextmanager
def browser(trike: Trike, *, trusts: bool, **context: Any) -> Iterator[BrowserContext]:
    """A phone's browser, whose owner installed the depot's authority, or did not."""
    home = trike.folder / ("trusting" if trusts else "strange")
    if trusts:
        der = trike.authority.certificate.public_bytes(Encoding.DER)
        program = [sys.executable, "-m", "tests.kiosk.access.trusted", str(home / ".pki/nssdb")]
        subprocess.run(program, input=der, check=True, cwd=Path(__file__).parents[3])
    with (
        chromium(NAMES, env={"HOME": str(home)}) as found,
        found.new_context(viewport=PHONE, **context) as opened,
    ):
        yield opened


def address(trike: Trike, path: str = "/") -> str:
    return f"https://{NAME}:{trike.port}{path}"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_phone_is_paired_with_the_digits(console: Trike, scripts: bool) -> None:
    with browser(console, trusts=True, java_script_enabled=scripts) as phone:
        page = phone.new_page()
        page.goto(address(console))
        expect(page.get_by_role("heading")).to_have_text("Jumeler ce téléphone")
        page.get_by_label("Code à huit chiffres").fill("11112222")
        page.get_by_role("button", name="Jumeler").click()
        expect(page.get_by_role("alert")).to_have_text("Aucun code n’est bon en ce moment")
        code = console.invite().code
        page.get_by_label("Code à huit chiffres").fill(f"{code[:4]} {code[4:]}")
        page.get_by_role("button", name="Jumeler").click()
        expect(page.get_by_role("heading")).to_have_text("PARTEZ")
        assert page.url == address(console)
        [cookie] = phone.cookies()
        assert cookie["name"] == COOKIE
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")


def test_a_scanned_code_goes_into_no_address_and_no_history(console: Trike) -> None:
    asked: list[str] = []
    with browser(console, trusts=True) as phone:
        page = phone.new_page()
        page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
        link = console.invite().link
        page.goto(address(console, f"/jumeler#{link}"))
        expect(page.get_by_text("Le QR code est lu.")).to_be_visible()
        expect(page.get_by_label("Code à huit chiffres")).not_to_be_visible()
        assert page.url == address(console, "/jumeler")
        page.get_by_role("button", name="Jumeler").click()
        expect(page.get_by_role("heading")).to_have_text("PARTEZ")
        page.go_back()
        assert link not in page.url
        sent = [words.replace(f"#{link}", "") for words in asked]  # what follows # stays here
        assert link not in "".join(sent)


def test_a_page_elsewhere_can_neither_pair_nor_change_anything(console: Trike) -> None:
    with browser(console, trusts=True) as phone:
        page = phone.new_page()
        page.goto(address(console, f"/jumeler#{console.invite().link}"))
        page.get_by_role("button", name="Jumeler").click()
        code = console.invite().code
        page.goto(
            f"data:text/html,<form method=post action='{address(console, '/change')}'>"
            f"<input name=code value={code}><button>go</button></form>"
        )
        page.get_by_role("button").click()
        expect(page.get_by_text("ne vient pas d’une page de la console")).to_be_visible()


def test_no_script_of_a_page_sees_the_token(console: Trike) -> None:
    with browser(console, trusts=True) as phone:
        page = phone.new_page()
        page.goto(address(console, f"/jumeler#{console.invite().link}"))
        page.get_by_role("button", name="Jumeler").click()
        expect(page.get_by_role("heading")).to_have_text("PARTEZ")
        assert page.evaluate("document.cookie") == ""


def test_a_phone_that_does_not_know_the_authority_warns(console: Trike) -> None:
    with browser(console, trusts=False) as phone:
        page = phone.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(address(console))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pairing_page_can_be_used_by_all_and_with_gloves(console: Trike, scheme: str) -> None:
    with browser(console, trusts=True, color_scheme=scheme) as phone:
        page = phone.new_page()
        for path in ("/jumeler", "/jumeler#x"):
            page.goto("about:blank")
            page.goto(address(console, path))
            _check(page)
        page.get_by_role("button", name="Jumeler").click()
        expect(page.get_by_role("alert")).to_be_visible()
        _check(page)


def _check(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    for target in page.locator("button:visible, input:visible").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 56
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
