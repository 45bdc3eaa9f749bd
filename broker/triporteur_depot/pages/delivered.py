"""How a unit's records arrived, as a bar and in words."""

from dataclasses import dataclass

from triporteur_depot.pages import words
from triporteur_depot.pages.days import local
from triporteur_depot.pages.french import percent, short_date, since
from triporteur_depot.pages.queries import GivenUp, Unit
from triporteur_wire.french import NBSP, duration, plural

#: A unit at rest commits every five minutes and gathers for five: younger records are not late.
_LATE_S = 900.0
#: The reasons for losses are the unit's words: it may have any number of them.
_MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Delivered:
    """Shares in percent of all records known of; `brief` for a row, `sentences` for a page.

    `is_known` is False of a mute unit: nobody knows what waits aboard.
    """

    is_known: bool
    stored_pct: float
    waiting_pct: float
    given_up_pct: float
    brief: str
    sentences: list[str]


def delivered(unit: Unit, now_ms: int, *, is_mute: bool, undated: int = 0) -> Delivered:
    """`is_mute` says that the unit's last word no longer holds; `undated` counts records."""
    waiting, given_up = 0 if is_mute else _waiting(unit), unit.storage.given_up_records
    total = unit.storage.stored + waiting + given_up
    unknown = _unknown(unit, now_ms) if is_mute else ""
    return Delivered(
        is_known=not is_mute,
        stored_pct=_percent(unit.storage.stored, total),
        waiting_pct=_percent(waiting, total),
        given_up_pct=_percent(given_up, total),
        brief=_brief(unit, waiting, total, unknown),
        sentences=_sentences(unit, waiting, unknown, undated),
    )


def _percent(part: int, total: int) -> float:
    return 100 * part / total if total else 0.0


def _waiting(unit: Unit) -> int:
    """Records late aboard, by the unit's last word; late too when it cannot date them."""
    if unit.status is None:
        return 0
    delivery = unit.status.delivery
    is_late = delivery.oldest_waiting_s is None or delivery.oldest_waiting_s > _LATE_S
    return delivery.waiting if is_late else 0


def _unknown(unit: Unit, now_ms: int) -> str:
    return f"inconnu {since(unit.heard_ms, now_ms)}" if unit.heard_ms else "inconnu"


def _brief(unit: Unit, waiting: int, total: int, unknown: str) -> str:
    if not total and not unknown:
        return "rien encore"
    told = [unknown] if unknown else []
    if waiting:
        told.append(f"{_share(waiting, total)} en route")
    if given_up := unit.storage.given_up_records:
        told.append(f"{_share(given_up, total)} manquant, déclaré")
    elif unit.storage.given_up:
        told.append("manque déclaré")
    if alerts := unit.storage.quarantined + unit.storage.conflicts:
        told.append(plural(alerts, "alerte", "alertes"))
    return ", ".join(told) or "complet"


def _share(part: int, total: int) -> str:
    share = _percent(part, total)
    return f"moins de 1{NBSP}%" if share < 1 else percent(share)


def _sentences(unit: Unit, waiting: int, unknown: str, undated: int) -> list[str]:
    storage = unit.storage
    told = [plural(storage.stored, "relevé enregistré", "relevés enregistrés")]
    if unknown:
        told.append(f"ce qui attend à bord est {unknown}")
    if waiting and unit.status:
        many = plural(waiting, "relevé en route", "relevés en route")
        told.append(f"{many}, {_age(unit.status.delivery.oldest_waiting_s)}")
    told += [_lost(lost) for lost in storage.given_up[:_MOST_REASONS]]
    if len(storage.given_up) > _MOST_REASONS:
        told.append("et d’autres pertes déclarées, pour d’autres raisons")
    counted = (
        (undated, "relevé sans date sûre", "relevés sans date sûre"),
        (storage.quarantined, "lot illisible, mis de côté", "lots illisibles, mis de côté"),
        (
            storage.conflicts,
            "relevé reçu deux fois, différent",
            "relevés reçus deux fois, différents",
        ),
    )
    told += [plural(count, one, many) for count, one, many in counted if count]
    return told


def _age(oldest_s: float | None) -> str:
    return "d’âge inconnu" if oldest_s is None else f"le plus ancien de {duration(oldest_s)}"


def _lost(lost: GivenUp) -> str:
    when = short_date(local(lost.declared_ms).date())
    if lost.records is None:
        many = "perte de taille inconnue, déclarée"
    else:
        many = plural(lost.records, "relevé abandonné et déclaré", "relevés abandonnés et déclarés")
    return f"{many} ({words.loss(lost.reason)}, {when})"
