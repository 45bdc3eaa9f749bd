"""The door over real TLS: who is let in, and what everybody else sees."""

import logging
import re

import pytest

from tests.kiosk.access.trike import Phone, Trike, pages, served
from triporteur_kiosk.console.access.door import COOKIE
from triporteur_kiosk.console.access.pairing import WRONG_CODES

pytestmark = pytest.mark.slow

PAGE = "<h1>PARTEZ</h1>"
PATHS = ["/", "/unite", "/static/console.css", "/rien", "/jumeler/"]


def paired(console: Trike) -> Phone:
    phone = console.phone()
    assert phone.pair(console.invite().code).status == 303
    return phone


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_paired_sees_the_pairing_page_and_nothing_else(
    console: Trike, path: str
) -> None:
    answer = console.phone().get(path)
    assert answer.status == 403
    assert "<h1>Jumeler ce téléphone</h1>" in answer.text
    assert "PARTEZ" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_code_of_the_hour_lets_a_phone_in_for_good(console: Trike) -> None:
    phone = console.phone()
    assert phone.get("/jumeler").status == 200
    answer = phone.pair(console.invite().code)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert phone.get().text == PAGE
    assert phone.get("/jumeler").headers["Location"] == "/"


def test_digits_may_be_grouped_and_the_link_does_the_same(console: Trike) -> None:
    code = console.invite().code
    assert console.phone().pair(f" {code[:4]} {code[4:6]}-{code[6:]} ").status == 303
    assert console.phone().pair(console.invite().link).status == 303


def test_the_cookie_is_for_this_console_alone(console: Trike) -> None:
    answer = console.phone().pair(console.invite().code)
    name, *rules = re.split("; ?", answer.headers["Set-Cookie"])
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}", name)
    assert {rule.partition("=")[0] for rule in rules} == {
        "Secure", "HttpOnly", "Path", "SameSite", "Max-Age", "Expires",
    }  # fmt: skip
    assert {"Path=/", "SameSite=Strict", "Max-Age=15552000"} <= set(rules)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_code_lets_in_once(console: Trike) -> None:
    secret = console.invite()
    assert console.phone().pair(secret.code).status == 303
    for again in (secret.code, secret.link):
        answer = console.phone().pair(again)
        assert answer.status == 403
        assert "Aucun code n’est bon en ce moment" in answer.text


def test_a_later_code_takes_the_place_of_an_earlier_one(console: Trike) -> None:
    first, second = console.invite(), console.invite()
    assert console.phone().pair(first.code).status == 403
    assert console.phone().pair(second.code).status == 303


def test_wrong_codes_are_few_for_all_phones_together_and_the_link_stays_good(
    console: Trike,
) -> None:
    secret = console.invite()
    wrong = f"{(int(secret.code) + 1) % 10**8:08}"
    for _ in range(WRONG_CODES - 1):
        assert "Ce n’est pas le bon code" in console.phone().pair(wrong).text
    assert "Trop de codes faux" in console.phone().pair(wrong).text
    assert "Trop de codes faux" in console.phone().pair(secret.code).text
    assert console.phone().pair(secret.link).status == 303


def test_another_code_may_be_typed_after_a_locked_one(console: Trike) -> None:
    secret = console.invite()
    wrong = f"{(int(secret.code) + 1) % 10**8:08}"
    for _ in range(WRONG_CODES):
        console.phone().pair(wrong)
    assert console.phone().pair(console.invite().code).status == 303


@pytest.mark.parametrize("said", ["", "1234567", "x" * 64, "\x00", "é" * 8, "٣" * 8, "-" * 9])
def test_what_is_no_code_lets_nobody_in_and_costs_no_try(console: Trike, said: str) -> None:
    secret = console.invite()
    for _ in range(WRONG_CODES + 1):
        assert console.phone().pair(said).status == 403
    assert console.phone().pair(secret.code).status == 303


def test_a_token_of_the_visitors_own_is_never_taken_up(console: Trike) -> None:
    thief, phone = console.phone(), console.phone()
    phone.cookie = thief.cookie = "a-token-that-the-thief-knows-and-planted-on-it"
    phone.pair(console.invite().code)
    assert phone.cookie != thief.cookie
    assert thief.get().status == 403
    assert phone.get().text == PAGE


def test_who_pairs_anew_has_another_token_and_the_old_one_is_worth_nothing(
    console: Trike,
) -> None:
    phone, old = paired(console), console.phone()
    old.cookie = phone.cookie
    assert phone.pair(console.invite().code).status == 303
    assert phone.get().text == PAGE
    assert old.get().status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://{host}"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://{host}"},
        {"Origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/change", "/jumeler"])
def test_nothing_is_changed_from_another_page(
    trike: Trike, path: str, headers: dict[str, str]
) -> None:
    app = pages()
    with served(trike, app):
        phone = paired(trike)
        phone.headers = {name: value.format(host=phone.host) for name, value in headers.items()}
        secret = trike.invite()
        answer = phone.post(path, {"code": secret.code, "word": "oui"})
        assert answer.status == 403
        assert "ne vient pas d’une page de la console" in answer.text
        assert app.config["changed"] == 0
        assert trike.phone().pair(secret.code).status == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "https://{host}"}]
)
def test_a_paired_phone_changes_things_from_the_console_s_own_pages(
    trike: Trike, headers: dict[str, str]
) -> None:
    app = pages()
    with served(trike, app):
        phone = paired(trike)
        phone.headers = {name: value.format(host=phone.host) for name, value in headers.items()}
        assert phone.post("/change", {"word": "oui"}).text == "oui"
        assert app.config["changed"] == 1


def test_who_is_not_paired_changes_nothing(trike: Trike) -> None:
    app = pages()
    with served(trike, app):
        assert trike.phone().post("/change", {"word": "oui"}).status == 403
        assert app.config["changed"] == 0


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "zoe.triporteur.internal", ""]
)
@pytest.mark.parametrize("path", ["/", "/jumeler"])
def test_a_name_that_was_led_here_from_elsewhere_learns_nothing(
    console: Trike, path: str, host: str
) -> None:
    phone = paired(console)
    answer = phone.get(path, Host=host)
    assert answer.status in ({421, 400} if not host else {421})
    assert "PARTEZ" not in answer.text
    assert "Jumeler" not in answer.text


def test_every_answer_says_whence_forms_are_sent_and_names_no_software(console: Trike) -> None:
    phone = paired(console)
    for answer in (phone.get("/"), phone.get("/rien"), console.phone().get("/")):
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in answer.headers


def test_the_pairing_page_asks_for_nothing_and_leads_nowhere(console: Trike) -> None:
    answer = console.phone().get("/jumeler")
    assert re.findall(r'(?:href|src)="([^"]*)"', answer.text) == ["data:,"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_no_secret_is_in_any_log_or_page(console: Trike, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret, phone = console.invite(), console.phone()
    said = [phone.pair("11112222").text, phone.pair(secret.code).text, phone.get().text]
    said += [phone.get(f"/?code={secret.code}").text, console.phone().pair(secret.link).text]
    for word in (secret.code, secret.link, phone.cookie, "127.0.0.1"):
        assert word not in caplog.text
        assert word not in "".join(said)
    assert secret.code not in repr(secret)
    assert secret.link not in repr(secret)


def test_no_file_of_the_console_holds_what_lets_a_phone_in(console: Trike) -> None:
    secret = console.invite()
    before = b"".join(path.read_bytes() for path in console.folder.rglob("*") if path.is_file())
    phone = console.phone()
    phone.pair(secret.code)
    after = b"".join(path.read_bytes() for path in console.folder.rglob("*") if path.is_file())
    for word in (secret.code, secret.link, phone.cookie):
        assert word.encode() not in before + after
    others = [
        path for path in (console.folder / "console").iterdir() if path.stat().st_mode & 0o077
    ]
    assert others == []
