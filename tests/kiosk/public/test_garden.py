"""Gardens: the names that the gate opens, and whether a partner's site still lives on them."""

import socket
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.kiosk.public.desk import Desk, edition
from tests.kiosk.public.sites import Site, serving
from tests.kiosk.public.test_content_file import faults_of
from tests.kiosk.test_command import configured
from triporteur_kiosk.__main__ import main
from triporteur_kiosk.commands import garden as command
from triporteur_kiosk.public.closure import Finding, look
from triporteur_kiosk.public.content import Content, Partner, Shared
from triporteur_kiosk.public.editions import content_shown
from triporteur_kiosk.public.garden import covers, garden_names, names_of
from triporteur_kiosk.public.needs import needs_of_page, needs_of_sheet
from triporteur_kiosk.public.themes import THEMES
from triporteur_kiosk.public.web import NotFetched, fetch

pytestmark = pytest.mark.slow


def partner(garden: tuple[str, ...] = (), shared: tuple[str, ...] = ()) -> Partner:
    return Partner(
        "Caf", "https://www.caf.test/", "Une aide.", ("argent",), None, garden=garden, shared=shared
    )


def content_of(content: Content, one: Partner) -> Content:
    shared = Shared("FranceConnect", ("franceconnect.test",), "somewhere", None)
    return replace(content, partners=(one,), shared=(shared,))


def test_a_garden_holds_the_home_its_own_hosts_and_the_shared_ones(content: Content) -> None:
    one = partner(("cdn.test",), ("FranceConnect",))
    names = names_of(content_of(content, one), one)
    assert names == ("www.caf.test", "cdn.test", "franceconnect.test")
    assert garden_names(content_of(content, one)) == (
        "cdn.test", "franceconnect.test", "www.caf.test",
    )  # fmt: skip


def test_a_name_stands_for_all_below_it_and_for_nothing_else() -> None:
    assert covers(["caf.fr"], "caf.fr")
    assert covers(["caf.fr"], "connect.caf.fr")
    assert not covers(["caf.fr"], "decaf.fr")
    assert not covers(["www.caf.fr"], "caf.fr")


def test_what_another_name_stands_for_is_named_once(content: Content) -> None:
    assert garden_names(content_of(content, partner(("caf.test",)))) == ("caf.test",)
    names = garden_names(content)
    assert {"caf.fr", "franceconnect.gouv.fr", "soliguide.fr"} <= set(names)
    assert all(covers(names, one.address) for one in content.partners)
    assert sorted(set(names)) == list(names)


@pytest.mark.parametrize(
    "name", ["fr", "CAF.fr", "a..fr", "-a.fr", "10.0.0.1", "*.caf.fr", "a.fr/", "a.fr\\nb", "é.fr"]
)
def test_a_garden_takes_host_names_alone(tmp_path: Path, name: str) -> None:
    shipped = Desk(tmp_path).places.file.read_text(encoding="utf-8")
    text = shipped.replace('garden = ["caf.fr"]', f'garden = ["{name}"]')
    (fault,) = faults_of(tmp_path / "content.toml", text)
    assert fault.startswith("partner 3, garden: found [")
    assert "expected a list of at most 40 host names" in fault


def test_a_shared_garden_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    shipped = Desk(tmp_path).places.file.read_text(encoding="utf-8")
    text = shipped.replace('name = "FranceConnect"\ngarden', 'name = "Autre"\ngarden')
    faults = faults_of(tmp_path / "content.toml", text)
    assert faults[0] == (
        "partner 1, shared: found 'FranceConnect', expected a [[shared]] of that name"
    )


def test_the_content_shown_is_the_last_good_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    places = desk.places
    assert content_shown(places.file, places.kept).phrases.privacy == "fichier."
    places.kept.parent.mkdir()
    places.kept.write_bytes(edition(1, "un"))
    assert content_shown(places.file, places.kept).phrases.privacy == "un."
    places.kept.write_bytes(b"{")
    assert content_shown(places.file, places.kept).phrases.privacy == "fichier."


HOME = ("www.caf.test", "/")
PAGE = """<!doctype html><base href="/fr/"><link rel="stylesheet" href="https://cdn.test/a.css">
<link rel="icon" href="https://icons.test/i.png"><script src="//scripts.test/a.js"></script>
<style>@font-face { src: url(https://inline.test/f.woff2) } b { background: url(//pic.test/b.png) }
</style><img src="https://pictures.test/p.png"><form action="https://search.test/q"></form>
<a href="https://elsewhere.test/">ailleurs</a><script src="local.js"></script>"""
SHEET = '@import "https://more.test/b.css"; @font-face { src: url(https://fonts.test/f.woff) }'


def found(content: Content, site: Site, one: Partner) -> Finding:
    with serving(site) as fetch_one:
        (finding,) = look(content_of(content, one), fetch_one)
    return finding


def test_a_garden_that_lacks_hosts_is_told_in_one_line(content: Content) -> None:
    site = {
        HOME: "https://moved.test/",
        ("moved.test", "/"): PAGE,
        ("cdn.test", "/a.css"): SHEET,
    }
    finding = found(content, site, partner(("cdn.test", "moved.test")))
    assert str(finding) == (
        'Caf: its page needs more; add "fonts.test", "inline.test", "more.test", "scripts.test", '
        '"search.test" to its garden'
    )
    assert not finding.is_good


def test_a_garden_that_suffices_is_told_so(content: Content) -> None:
    one = partner(("test",), ("FranceConnect",))
    finding = found(content, {HOME: PAGE}, one)
    assert (finding.is_good, str(finding)) == (True, "Caf: its garden suffices")


@pytest.mark.parametrize(
    ("site", "told"),
    [
        ({HOME: "https://www.caf.test/"}, "one redirect too many"),
        ({HOME: "http://www.caf.test/"}, "cannot be fetched: a garden opens https alone"),
        ({HOME: "https://www.caf.test:8443/"}, "cannot be fetched: a garden opens https alone"),
        ({("www.caf.test", "/else"): ""}, "https://www.caf.test/ answers 404"),
        ({("other.test", "/"): ""}, "cannot be fetched: "),
        ({HOME: "https://[x/"}, "https://www.caf.test/ leads to no address"),
    ],
)
def test_what_keeps_from_knowing_is_told(content: Content, site: Site, told: str) -> None:
    finding = found(content, site, partner())
    assert not finding.is_good
    assert told in str(finding)


def test_who_cannot_be_reached_or_is_another_is_not_believed() -> None:
    context = ssl.create_default_context()

    def refuse(_: str) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(NotFetched, match="Connection refused"):
        fetch("https://www.caf.test/", context, refuse)
    with serving({HOME: ""}) as trusting:
        assert trusting("https://www.caf.test/").status == 200
        with pytest.raises(NotFetched, match="CERTIFICATE_VERIFY_FAILED"):
            trusting("https://other.test/")


@pytest.mark.parametrize("odd", ["<![1 x]>", "<![foo[ x ]]>", "<![", "<![CDATA[x]]>", "<![endif]>"])
def test_odd_marks_hide_nothing_of_the_page(odd: str) -> None:
    script = '<script src="/{}.js"></script>'.format
    page = script("a") + odd + ">" + script("b")
    assert needs_of_page(page, "https://a.test/").urls == {
        "https://a.test/a.js", "https://a.test/b.js",
    }  # fmt: skip


@given(
    st.text(st.sampled_from("<>/\"'= abscripthref:linkuetyl@m()\x1b\x00é"), max_size=150)
    | st.text(st.sampled_from("<>![]-?1 aCDATif"), max_size=30)
)
def test_no_page_breaks_the_reading(text: str) -> None:
    for url in needs_of_page(text, "https://a.test/").urls | needs_of_sheet(text, "https://a.test"):
        assert url.startswith(("http://", "https://"))


def test_what_a_page_says_never_reaches_the_terminal_raw(content: Content) -> None:
    assert str(Finding("Caf", trouble="\x1b[31m\n")) == "Caf: ?[31m?"


@pytest.mark.parametrize(
    ("garden", "status"),
    [
        ("", 1),
        ('garden = ["caf.test", "cdn.test", "inline.test", "scripts.test", "search.test"]\n', 0),
    ],
)
def test_the_command_prints_a_line_for_each_partner_and_says_if_all_is_well(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    garden: str,
    status: int,
) -> None:
    config = configured(tmp_path, "portal", 8080, tmp_path / "content.toml")
    themes = ", ".join(f'"{theme.key}"' for theme in THEMES)
    (tmp_path / "content.toml").write_text(
        '[phrases]\nprivacy = "Rien."\ncharging = ["Ici."]\n'
        '[[emergency]]\nnumber = "112"\nreach = "call"\nsentence = "Danger."\n'
        f'[[partner]]\nname = "Caf"\nurl = "https://www.caf.test/"\nsentence = "Une aide."\n'
        f'themes = [{themes}]\nverified = "to verify"\n{garden}'
    )
    with serving({HOME: PAGE}) as trusting:
        monkeypatch.setattr(command, "fetch", lambda url, _: trusting(url))
        assert main(["garden", "--config", str(config)]) == status
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Caf: its garden suffices" if garden else "Caf: its page needs more")
