"""docs/portal.md beside the code: the sentences are those of the pages, the figures are ours."""

import re

from tests.architecture.tree import ROOT
from triporteur_kiosk.config import API_PATH, PortalTable
from triporteur_kiosk.gate.told import STALE_AFTER_MS
from triporteur_kiosk.public import gate
from triporteur_kiosk.public.content import Partner, Shared
from triporteur_kiosk.public.probes import PROBES
from triporteur_kiosk.public.reach import WORDS

PAGE = (ROOT / "docs/portal.md").read_text(encoding="utf-8")
#: A phone's own words.
OTHERS = {"Annuler", "Terminé"}


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def test_what_it_quotes_is_what_pages_say() -> None:
    quoted = set(re.findall(r"« ?([^»]+?) ?»", plain(PAGE))) - OTHERS
    said = {plain(text) for words in WORDS.values() for text in (words.welcome, words.links)}
    assert quoted == said - {""}


def test_its_figures_and_paths_are_those_of_the_code() -> None:
    assert (STALE_AFTER_MS, "older than ten seconds" in PAGE) == (10_000, True)
    assert (gate._PATIENCE_S, "within two seconds" in PAGE) == (2.0, True)
    assert f"`https://<address>{API_PATH}`" in PAGE
    assert (ROOT / "kiosk/triporteur_kiosk/public/probes.py").exists()
    assert "www.msftconnecttest.com" in {host for probe in PROBES for host in probe.hosts}


def test_the_keys_it_names_are_keys() -> None:
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)
    keys = {key for block in blocks for key in re.findall(r"^    (\w+) =", block, re.MULTILINE)}
    fields = (*PortalTable.__struct_fields__, *Partner.__struct_fields__, *Shared.__struct_fields__)
    assert keys
    assert keys <= {*fields, "verified"}
