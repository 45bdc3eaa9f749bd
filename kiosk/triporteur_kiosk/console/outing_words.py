"""An outing as the console says it: where to, when, how far, how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triporteur_kiosk.console.days import TODAY, TOMORROW
from triporteur_kiosk.console.french import neat
from triporteur_wire.french import NBSP
from triporteur_wire.plan import UsualPlace
from triporteur_wire.readiness import Outing

#: Where these units live; the agent counts its days there too.
ZONE = ZoneInfo("Europe/Paris")
_SEPARATOR = f"{NBSP}· "


@dataclass(frozen=True, slots=True)
class OutingWords:
    """`name` is the place, or what stands for it; `address` is the page that changes it.

    `supposed` says that nobody entered it.
    """

    name: str
    summary: str
    address: str = TODAY.address
    supposed: bool = False


def outing_words(
    outing: Outing, utc_ms: int | None = None, *, supposed: bool = False
) -> OutingWords:
    """« Marché St-Michel », « 9 h 30 · 6 km · 3 h »; one of tomorrow, by `utc_ms`, says so.

    One that is `supposed` was entered by nobody.
    """
    if supposed:
        name = outing.place or "Pas de sortie saisie"
        return OutingWords(name, f"{summary(outing)}, supposés", supposed=True)
    name, said = outing.place or "Sortie sans nom", summary(outing)
    if _is_tomorrow(outing, utc_ms):
        return OutingWords(name, f"demain{_SEPARATOR}{said}", TOMORROW.address)
    return OutingWords(name, said)


def summary(outing: Outing | UsualPlace) -> str:
    """« 9 h 30 · 6 km · 3 h »."""
    departs_utc_ms = outing.departs_utc_ms if isinstance(outing, Outing) else None
    when = [] if departs_utc_ms is None else [clock_time(departs_utc_ms)]
    return _SEPARATOR.join([*when, f"{neat(outing.km)}{NBSP}km", f"{neat(outing.site_h)}{NBSP}h"])


def clock_time(utc_ms: int) -> str:
    """« 9 h 30 », « 9 h »."""
    when = local(utc_ms)
    minutes = f"{NBSP}{when.minute:02}" if when.minute else ""
    return f"{when.hour}{NBSP}h{minutes}"


def local(utc_ms: int) -> datetime:
    return datetime.fromtimestamp(utc_ms / 1000, ZONE)


def _is_tomorrow(outing: Outing, utc_ms: int | None) -> bool:
    if utc_ms is None or outing.departs_utc_ms is None:
        return False
    return local(outing.departs_utc_ms).date() == local(utc_ms).date() + timedelta(days=1)
