"""How a unit's records arrived, as a bar and in words."""

from dataclasses import dataclass

from triporteur_depot.pages.days import local
from triporteur_depot.pages.french import short_date
from triporteur_depot.pages.queries import GivenUp, Unit
from triporteur_wire.french import NBSP, duration, number, plural

#: A unit sends what it records every minute or so: younger records are not late.
_LATE_S = 120.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """Shares in percent of all records known of; `brief` for a row, `sentences` for a page."""

    stored_pct: float
    waiting_pct: float
    given_up_pct: float
    brief: str
    sentences: list[str]


def delivered(unit: Unit) -> Delivered:
    waiting, given_up = _waiting(unit), unit.storage.given_up_records
    total = unit.storage.stored + waiting + given_up
    return Delivered(
        stored_pct=_percent(unit.storage.stored, total),
        waiting_pct=_percent(waiting, total),
        given_up_pct=_percent(given_up, total),
        brief=_brief(unit, total),
        sentences=_sentences(unit, waiting),
    )


def _percent(part: int, total: int) -> float:
    return 100 * part / total if total else 0.0


def _waiting(unit: Unit) -> int:
    """Records late aboard, by the unit's last word."""
    if unit.status is None:
        return 0
    delivery = unit.status.delivery
    is_late = delivery.oldest_waiting_s is not None and delivery.oldest_waiting_s > _LATE_S
    return delivery.waiting if is_late else 0


def _brief(unit: Unit, total: int) -> str:
    if not total:
        return "rien encore"
    told = []
    if waiting := _waiting(unit):
        told.append(f"{_share(waiting, total)} en route")
    if given_up := unit.storage.given_up_records:
        told.append(f"{_share(given_up, total)} manquant, déclaré")
    elif unit.storage.given_up:
        told.append("manque déclaré")
    if alerts := unit.storage.quarantined + unit.storage.conflicts:
        told.append(plural(alerts, "alerte", "alertes"))
    return ", ".join(told) or "complet"


def _share(part: int, total: int) -> str:
    percent = _percent(part, total)
    return f"moins de 1{NBSP}%" if percent < 1 else f"{number(percent)}{NBSP}%"


def _sentences(unit: Unit, waiting: int) -> list[str]:
    storage = unit.storage
    told = [plural(storage.stored, "enregistrée", "enregistrées")]
    if waiting and unit.status and unit.status.delivery.oldest_waiting_s is not None:
        age = duration(unit.status.delivery.oldest_waiting_s)
        told.append(f"{number(waiting)} en route, la plus vieille de {age}")
    told += [_lost(lost) for lost in storage.given_up]
    counted = (
        (storage.undated, "enregistrement sans date", "enregistrements sans date"),
        (storage.quarantined, "lot illisible, mis de côté", "lots illisibles, mis de côté"),
        (storage.conflicts, "reçue deux fois, différente", "reçues deux fois, différentes"),
    )
    told += [plural(count, one, many) for count, one, many in counted if count]
    return told


def _lost(lost: GivenUp) -> str:
    when = short_date(local(lost.declared_ms).date())
    if lost.records is None:
        many = "perte de taille inconnue, déclarée"
    else:
        many = plural(lost.records, "abandonnée et déclarée", "abandonnées et déclarées")
    return f"{many} ({lost.reason}, {when})"
