"""What the unit's page says of the unit's own parts."""

import msgspec
import pytest

from triporteur_depot.pages.aboard import Part, aboard
from triporteur_wire.french import NARROW, NBSP
from triporteur_wire.messages import Card, Delivery, LinkUse, SourceHealth, Status
from triporteur_wire.parcels import Applied

BMS = f"«{NARROW}bms{NARROW}»"
STATUS = Status("ben", "", "1", 1, 1, None, 15, {}, {}, Delivery(True, 0, None, 0, {}))


def told(**said: object) -> list[Part]:
    return [
        Part(part.label, part.words.replace(NBSP, " ").replace(NARROW, ""), part.is_wrong)
        for part in aboard(msgspec.structs.replace(STATUS, **said))
    ]


def test_a_unit_that_never_spoke_or_says_nothing_of_its_parts_has_none() -> None:
    assert aboard(None) == aboard(STATUS) == []


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (
            {"card": Card(12_340_000, 24_012_947_456)},
            Part("Carte", "journal 12 Mo, 24,0 Go libres"),
        ),
        (
            {"card": Card(1, 2, "disk full")},
            Part("Carte", "refuse d’écrire: disk full", is_wrong=True),
        ),
        ({"link": LinkUse("2026-11", 3_000_000, 200_000, 0)}, Part("4G ce mois-ci", "3,2 Mo")),
        (
            {"link": LinkUse("2026-11", 400_000_000, 100_000_000, 500_000_000)},
            Part("4G ce mois-ci", "500 Mo sur 500 Mo", is_wrong=True),
        ),
        (
            {"certified_until_utc_ms": 1_829_895_774_000},
            Part("Certificat", "jusqu’au lundi 27 décembre 2027"),
        ),
        (
            {"sources": {"bms": SourceHealth("jbd", 0.1, 1204, 0, {})}},
            Part(BMS, "1204 messages lus"),
        ),
        (
            {
                "sources": {
                    "bms": SourceHealth(
                        "jbd", 9.0, 1, 2, {"noise": 3, "echo": 4}, 5, ("offline", "echo")
                    )
                }
            },
            Part(
                BMS,
                "ne répond plus, renvoie nos questions (endormi, ou câblage), 1 message lu,"
                " 2 refusés, 5 questions sans réponse, 7 signes illisibles",
                is_wrong=True,
            ),
        ),
        (
            {"sources": {"bms": SourceHealth("jbd", 9.0, 0, 0, {}, 0, ("stuck", "unheard_of"))}},
            Part(
                BMS, "mesures figées alors que la batterie travaille, 0 message lu", is_wrong=True
            ),
        ),
        ({"applied": {"settings": Applied(3, "a")}}, Part("Réglages", "n° 3 en service")),
        (
            {"applied": {"content/portal": Applied(0, "", 4, ("why",))}},
            Part("Contenu portal", "d’origine; n° 4 refusé", is_wrong=True),
        ),
        (
            {"applied": {"content/portal": Applied(3, "a", 0, ("why",))}},
            Part("Contenu portal", "n° 3 en service; dernier envoi refusé", is_wrong=True),
        ),
    ],
)
def test_each_part_is_told(said: dict[str, object], part: Part) -> None:
    assert told(**said) == [part]


def test_what_no_calendar_has_is_not_told() -> None:
    assert told(certified_until_utc_ms=2**53 - 1) == []


def test_a_unit_that_talks_for_ever_is_cut_short() -> None:
    many = {f"content/{number}": Applied(1) for number in range(500)}
    sources = {f"{number:05}" * 100: SourceHealth("", None, 0, 0, {}) for number in range(500)}
    parts = told(applied=many, card=Card(1, 1, "x" * 10_000), sources=sources)
    assert len(parts) < 30
    assert all(len(part.words) < 200 and len(part.label) < 50 for part in parts)
