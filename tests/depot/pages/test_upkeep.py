"""What a unit itself needs, in words for the maintainer."""

import pytest

from triporteur_depot.pages.upkeep import upkeep_words
from triporteur_wire.french import NARROW
from triporteur_wire.upkeep import Need, Needed


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (Needed(Need.CERTIFICATE, 0), "Certificat arrivé à échéance"),
        (Needed(Need.CERTIFICATE, 12), f"Certificat non renouvelé{NARROW}: encore 12 jours"),
        (Needed(Need.CARD, 250), f"Carte mémoire presque pleine{NARROW}: 250 Mo libres"),
        (
            Needed(Need.LINK, 500),
            f"Forfait du mois épuisé (500 Mo){NARROW}: envois suspendus",
        ),
        (
            Needed(Need.REFUSED, words=("settings", "content/portal")),
            f"Envoi du dépôt refusé{NARROW}: réglages, contenu portal",
        ),
        (
            Needed(Need.RELEASE, words=("1.4.0", "failed", "mend")),
            "Mise à jour 1.4.0 essayée, puis retirée",
        ),
        (
            Needed(Need.RELEASE, words=("1.4.0", "waiting", "send")),
            f"Mise à jour 1.4.0 introuvable au dépôt{NARROW}: à renvoyer",
        ),
    ],
)
def test_each_need_is_a_sentence(needed: Needed, words: str) -> None:
    assert upkeep_words(needed).replace("\u00a0", " ") == words
