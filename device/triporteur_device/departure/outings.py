"""The plan aboard: the outings entered for a day, by the unit's local date, kept on the card."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from triporteur_device.clock import boottime_ms
from triporteur_device.departure.kept import KeptFile
from triporteur_wire.plan import Day, Plan, UsualPlace, foreseen_h, misfit
from triporteur_wire.readiness import USUAL_OUTING, Outing
from triporteur_wire.reading import Unreadable, Whole, decode

_log = logging.getLogger(__name__)

_DAYS: dict[Day, timedelta] = {"today": timedelta(0), "tomorrow": timedelta(days=1)}
_NO_CLOCK = (
    "L’heure n’est pas encore connue à bord\u202f: seule la sortie du jour peut être saisie."
)
_OTHER_DAY = "L’heure de départ n’est pas de ce jour-là\u202f; corrigez-la."
_PAST = "À cette heure-là, la sortie serait déjà finie\u202f; corrigez l’heure de départ."


class Kept(msgspec.Struct, omit_defaults=True):
    """`by_date` holds outings by ISO date. `undated` was entered in the boot numbered
    `undated_boot_no`, which did not know the date, `undated_mono_ms` after it began: it holds for
    that boot. Agents before this one kept no such time."""

    by_date: dict[str, Outing] = {}
    undated: Outing | None = None
    undated_boot_no: int = 0
    undated_mono_ms: Whole = 0


_DECODER = msgspec.json.Decoder(Kept)
_ENCODER = msgspec.json.Encoder()


class Outings:
    """Today's and tomorrow's outing. `departs` is the hour of one that says none.

    `utc_ms` is, in every question, None while the unit does not know the time; `mono_ms` gives the
    time since boot.
    """

    def __init__(
        self,
        file: KeptFile,
        boot_no: int,
        zone: tzinfo,
        departs: time,
        places: Sequence[UsualPlace],
        mono_ms: Callable[[], int] = boottime_ms,
    ) -> None:
        self._file = file
        self._boot_no = boot_no
        self._zone = zone
        self._departs = departs
        self._places = tuple(places)
        self._mono_ms = mono_ms
        self._kept = _read(file)
        if self._kept.undated_boot_no != boot_no:
            self._kept.undated = None

    def plan(self, utc_ms: int | None) -> Plan:
        """What is entered now."""
        if utc_ms is None:
            return Plan(self._kept.undated, None, self._places, dated=False)
        self._date(utc_ms)
        today = self._local(utc_ms).date()
        if any(on < today.isoformat() for on in self._kept.by_date):
            self._keep(utc_ms)
        by_date = self._kept.by_date
        tomorrow = today + _DAYS["tomorrow"]
        return Plan(by_date.get(today.isoformat()), by_date.get(tomorrow.isoformat()), self._places)

    def perhaps(self, utc_ms: int | None) -> list[Outing]:
        """All that may be today's where nothing is entered, on a unit that does not know the day:
        the usual one, and each that is kept."""
        if utc_ms is not None:
            return []
        kept = self._kept.by_date.values()
        return [USUAL_OUTING, *(msgspec.structs.replace(one, departs_utc_ms=None) for one in kept)]

    def enter(self, day: Day, outing: Outing, utc_ms: int | None) -> str:
        """Enters an outing; says in French why it could not, or nothing."""
        if sentence := misfit(outing):
            return sentence
        if utc_ms is None:
            return self._enter_undated(day, outing)
        on = self._local(utc_ms).date() + _DAYS[day]
        dated = self._departing(outing, on, utc_ms)
        if dated is None:
            return _OTHER_DAY
        if _would_be_over(dated, utc_ms):
            return _PAST
        self._date(utc_ms)
        self._kept.by_date[on.isoformat()] = dated
        self._keep(utc_ms)
        return ""

    def forget(self, day: Day, utc_ms: int | None) -> None:
        """Nothing is entered for that day any more."""
        if utc_ms is None:
            if day == "today":
                self._kept.undated = None
                self._keep(utc_ms)
            return
        self._date(utc_ms)
        on = self._local(utc_ms).date() + _DAYS[day]
        if self._kept.by_date.pop(on.isoformat(), None):
            self._keep(utc_ms)

    def _enter_undated(self, day: Day, outing: Outing) -> str:
        if day != "today":
            return _NO_CLOCK
        self._kept.undated = msgspec.structs.replace(outing, departs_utc_ms=None)
        self._kept.undated_boot_no = self._boot_no
        self._kept.undated_mono_ms = self._mono_ms()
        self._keep(None)
        return ""

    def _date(self, utc_ms: int) -> None:
        """An outing entered before the unit knew the date is of the day when it was entered, and
        still ahead: nobody could say its hour."""
        undated, self._kept.undated = self._kept.undated, None
        if undated is not None:
            ago_ms = max(0, self._mono_ms() - self._kept.undated_mono_ms)
            on = self._local(utc_ms - ago_ms).date()
            self._kept.by_date[on.isoformat()] = self._departing(undated, on, utc_ms) or undated
            self._keep(utc_ms)

    def _departing(self, outing: Outing, on: date, utc_ms: int) -> Outing | None:
        """With its departure, at the usual hour or else now; None when that is of another day."""
        if outing.departs_utc_ms is None:
            usual = datetime.combine(on, self._departs, self._zone)
            departs_utc_ms = max(round(usual.timestamp() * 1000), utc_ms)
            return msgspec.structs.replace(outing, departs_utc_ms=departs_utc_ms)
        try:
            fits = self._local(outing.departs_utc_ms).date() == on
        except (ValueError, OverflowError, OSError):  # no date of any calendar
            return None
        return outing if fits else None

    def _local(self, utc_ms: int) -> datetime:
        return datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(self._zone)

    def _keep(self, utc_ms: int | None) -> None:
        if utc_ms is not None:
            today = self._local(utc_ms).date().isoformat()
            ahead = {on: one for on, one in self._kept.by_date.items() if on >= today}
            self._kept.by_date = ahead
        self._file.write(_ENCODER.encode(self._kept))


def _would_be_over(outing: Outing, utc_ms: int) -> bool:
    """Then it would be judged no more, and another in its place."""
    takes_ms = foreseen_h(outing.km, outing.site_h) * 3_600_000
    return (outing.departs_utc_ms or 0) + takes_ms < utc_ms


def _read(file: KeptFile) -> Kept:
    stored = file.read()
    if stored is None:
        return Kept()
    try:
        kept = decode(_DECODER, stored)
    except Unreadable as error:
        _log.warning("the plan aboard cannot be read (%s); it must be entered again", error)
        return Kept()
    if any(misfit(one) for one in (*kept.by_date.values(), *filter(None, [kept.undated]))):
        _log.warning("the plan aboard holds what nobody can enter; it must be entered again")
        return Kept()
    return kept
