"""What a unit says of its own parts, in words: devices, card, link, papers, what it was given."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from triporteur_depot.pages.days import local
from triporteur_depot.pages.french import long_date
from triporteur_wire.french import NARROW, NBSP, measure
from triporteur_wire.hearing import counts_in_french, doubts_in_french
from triporteur_wire.messages import Card, LinkUse, Status
from triporteur_wire.origins import source_in_french
from triporteur_wire.parcels import Applied

#: What a unit says is not believed to be short, or of this calendar.
_LONGEST_ERROR = 120
_LONGEST_NAME = 32
_MOST_CHANNELS = 8
_MOST_SOURCES = 16
_LAST_DATE_MS = 253_370_764_800_000  # the year 9999, in every time zone


class Part(NamedTuple):
    """A part of the unit, and how it fares; `is_wrong` when someone should see to it."""

    label: str
    words: str
    is_wrong: bool = False


def aboard(status: Status | None) -> list[Part]:
    """By the unit's last status; nothing of a unit that never said any, or was of another age."""
    if status is None:
        return []
    return [
        *_devices(status),
        *_card(status.card),
        *_link(status.link),
        *_papers(status),
        *_given(status.applied),
    ]


def _devices(status: Status) -> Iterator[Part]:
    for name, health in islice(status.sources.items(), _MOST_SOURCES):
        doubts = doubts_in_french(health)
        words = ", ".join([*doubts, *counts_in_french(health)])
        yield Part(_named(name), words, is_wrong=bool(doubts))


def _named(source: str) -> str:
    """A name that somebody gave it stands between quotes; the unit's own parts have words."""
    said = source_in_french(source)
    return said.capitalize() if said != source else f"«{NARROW}{source[:_LONGEST_NAME]}{NARROW}»"


def _card(card: Card) -> Iterator[Part]:
    if card.error:
        error = card.error[:_LONGEST_ERROR]
        yield Part("Carte", f"refuse d’écrire{NARROW}: {error}", is_wrong=True)
    elif card.free_bytes is not None:
        yield Part("Carte", f"journal {_bytes(card.used_bytes)}, {_bytes(card.free_bytes)} libres")


def _link(link: LinkUse | None) -> Iterator[Part]:
    if link is None:
        return
    used_bytes = link.sent_bytes + link.received_bytes
    if not link.budget_bytes:
        yield Part("4G ce mois-ci", _bytes(used_bytes))
        return
    words = f"{_bytes(used_bytes)} sur {_bytes(link.budget_bytes)}"
    yield Part("4G ce mois-ci", words, is_wrong=used_bytes >= link.budget_bytes)


def _papers(status: Status) -> Iterator[Part]:
    until_ms = status.certified_until_utc_ms
    if until_ms is not None and until_ms <= _LAST_DATE_MS:
        day = local(until_ms).date()
        yield Part("Certificat", f"jusqu’au {long_date(day)} {day.year}")


def _given(applied: dict[str, Applied]) -> Iterator[Part]:
    for channel, told in sorted(applied.items())[:_MOST_CHANNELS]:
        label = "Réglages" if channel == "settings" else f"Contenu {channel.rpartition('/')[2]}"
        used = f"n°{NBSP}{told.revision} en service" if told.revision else "d’origine"
        if told.refuses:
            which = f"n°{NBSP}{told.refused}" if told.refused else "dernier envoi"
            used += f"{NARROW}; {which} refusé"
        yield Part(label, used, is_wrong=told.refuses)


def _bytes(count: int) -> str:
    if count < 1_000_000_000:
        return measure(count / 1e6, "Mo", 1 if count < 10_000_000 else 0)
    return measure(count / 1e9, "Go", 1)
