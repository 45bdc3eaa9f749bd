"""The agent's side of readiness: live values in; verdict, records and the lamp's signal out."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from typing import TypeVar

import msgspec

from triporteur_device.departure.changes import Changes
from triporteur_device.departure.keeping import Keeping
from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.lines import Lines
from triporteur_device.departure.outings import Outings
from triporteur_device.departure.signal import Signal
from triporteur_device.gpio.lamp import Pattern
from triporteur_device.readiness import (
    Pack,
    ReadinessKeeper,
    State,
    decode_state,
    encode_state,
    sampled,
)
from triporteur_wire.messages import Doubt, Reading, SourceHealth
from triporteur_wire.origins import MACHINE
from triporteur_wire.plan import Plan
from triporteur_wire.readiness import Outing, Readiness
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import Foretold

_log = logging.getLogger(__name__)

Readings = Mapping[str, Mapping[str, Reading]]
Figures = TypeVar("Figures", bound=msgspec.Struct)


class Departure:
    """Owns the keeper of readiness and its file; looked at once a second.

    `file` holds what was learnt. `light` shows a pattern on the lamp.
    """

    def __init__(
        self,
        pack: Pack,
        zone: tzinfo,
        boot_no: int,
        file: KeptFile,
        outings: Outings,
        light: Callable[[Pattern], None],
    ) -> None:
        self._pack = pack
        self._zone = zone
        self._boot_no = boot_no
        self._file = file
        self._outings = outings
        self._lines = Lines()
        self._changes = Changes()
        self._signal = Signal(light)
        self._begin(_stored(file, pack))
        self._keeping = Keeping()
        self._is_failing = False

    def _begin(self, state: State | None) -> None:
        self._keeper = ReadinessKeeper(self._pack, self._zone, state)
        self._told = self._keeper.state.calibrating.told

    def look(
        self,
        readings: Readings,
        sources: Mapping[str, SourceHealth],
        now_ms: int,
        utc_ms: int | None,
    ) -> Readiness | None:
        """Takes in what is true now, and judges it. `utc_ms` is None while it is not known.

        None when the judgement itself failed: what was learnt is then dropped, for it may be why.
        No source's health counts that, for no device is at fault: a status without a verdict says
        it, to the team and to the depot.
        """
        try:
            readiness = self._judge(readings, sources, now_ms, utc_ms)
        except Exception:  # noqa: BLE001 - the room's own loop: a unit must go on being heard
            self._failed()
            return None
        self._judged()
        self._signal.renew(readiness.verdict, now_ms)
        return readiness

    def _failed(self) -> None:
        """Told once: what fails in one second may fail in each."""
        if not self._is_failing:
            _log.exception("the readiness cannot be judged; it begins anew")
        self._is_failing = True
        self._begin(None)

    def _judged(self) -> None:
        if self._is_failing:
            _log.info("the readiness is judged again")
        self._is_failing = False

    def _judge(
        self,
        readings: Readings,
        sources: Mapping[str, SourceHealth],
        now_ms: int,
        utc_ms: int | None,
    ) -> Readiness:
        plan = self.plan(utc_ms)
        entered = [one for one in (plan.today, plan.tomorrow) if one]
        self._keeper.plan(entered or self._outings.perhaps(utc_ms))
        self._keeper.state.fit([f"{name} {told.protocol}" for name, told in sources.items()])
        trusted = _trusted(readings, sources)
        silent = [name for name in sources if name != MACHINE and not trusted.get(name)]
        ratio = self._lines.refused_ratio(sources, now_ms)
        self._keeper.look(sampled(trusted, now_ms, self._boot_no, utc_ms, silent, ratio))
        return _in_short(self._keeper.readiness(now_ms, utc_ms))

    def plan(self, utc_ms: int | None) -> Plan:
        """What is entered for today and tomorrow."""
        return self._outings.plan(utc_ms)

    def press(self, now_ms: int) -> None:
        """Somebody asked by the button: the lamp tells from the next look on."""
        self._signal.press(now_ms)

    def records(self, readiness: Readiness, now_ms: int) -> Iterator[Readiness | Foretold]:
        """What of this look is worth a record."""
        told = self._keeper.state.calibrating.told
        if told is not self._told:  # replaced by one that ends with the newest way
            self._told, way = told, told[-1]
            yield Foretold(round(way.km, 2), round(way.foreseen_wh), round(way.used_wh))
        if changed := self._changes.look(readiness, now_ms):
            yield changed

    def keep(self, now_ms: int, *, at_once: bool = False) -> None:
        """Stores what was learnt, if that is worth it: when the journal commits."""
        state = self._keeper.state
        if at_once or self._keeping.is_due(state, now_ms):
            self._keeping.kept(state, now_ms)
            self._file.write(encode_state(state))


def _stored(file: KeptFile, pack: Pack) -> State | None:
    stored = file.read()
    if stored is None:
        return None
    try:
        return decode_state(stored, pack)
    except Unreadable as error:
        _log.warning("%s", error)
        return None


def _trusted(readings: Readings, sources: Mapping[str, SourceHealth]) -> Readings:
    """Without what a source says whose figures stand still."""
    stuck = {name for name, health in sources.items() if Doubt.STUCK in health.doubts}
    return {name: values for name, values in readings.items() if name not in stuck}


def _in_short(figures: Figures) -> Figures:
    """No figure of these is known to a tenth; every byte of a status is paid for."""
    found = {name: _short(getattr(figures, name)) for name in figures.__struct_fields__}
    return msgspec.structs.replace(figures, **found)


def _short(value: object) -> object:
    match value:
        case float():
            return round(value, 1)
        case tuple():
            return tuple(map(_short, value))
        case msgspec.Struct() if not isinstance(value, Outing):
            return _in_short(value)
        case _:
            return value
