"""All that the readiness room remembers, to be stored now and then and restored at the start."""

from collections.abc import Collection, Sequence
from zlib import crc32

import msgspec

from triporteur_device.readiness.calibrating import Calibrating
from triporteur_device.readiness.capacity import Capacity
from triporteur_device.readiness.charge import ChargeState
from triporteur_device.readiness.charging import Charger
from triporteur_device.readiness.consumption import Consumption
from triporteur_device.readiness.counting import unread
from triporteur_device.readiness.evening import EveningState
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.rides import Road, Underway
from triporteur_device.readiness.sag import Sag
from triporteur_wire.readiness import Outing, Why
from triporteur_wire.reading import Unreadable, decode

#: So much of the way ridden, and at a stand: an outing is over.
DONE_SHARE = 0.7
_HEAD = b'{"crc32":"%08x",'
_HEAD_BYTES = len(_HEAD % 0)


class Seen(msgspec.Struct, frozen=True):
    """When the last sample was taken, by both clocks."""

    boot_no: int
    mono_ms: int
    utc_ms: int | None


class SpreadAtRest(msgspec.Struct):
    """What parted the cells when the battery last rested, and how many hours ago; `still_s` is
    for how long it rests now."""

    mv: float | None = None
    age_h: float = 0.0
    still_s: float = 0.0


class State(msgspec.Struct):
    """`road_outing` is the outing whose rides `road` adds up; `done` is the last one that was
    ridden to its end, to the letter: one that was corrected since is another. `held` was bad when
    last known, and one of `sources` said so."""

    pack: Pack
    charge: ChargeState
    consumption: Consumption
    charger: Charger
    calibrating: Calibrating
    standing_w: float
    underway: Underway = msgspec.field(default_factory=Underway)
    road: Road = msgspec.field(default_factory=Road)
    road_outing: Outing | None = None
    done: Outing | None = None
    spread: SpreadAtRest = msgspec.field(default_factory=SpreadAtRest)
    sag: Sag = msgspec.field(default_factory=Sag)
    evening: EveningState = msgspec.field(default_factory=EveningState)
    held: tuple[Why, ...] = ()
    sources: tuple[str, ...] = ()
    seen: Seen | None = None

    def fit(self, sources: Collection[str]) -> None:
        """Tells which devices are fitted. Silence takes nothing back; but once one of before is
        gone, nobody may be left to say that what it held against the unit is mended."""
        if not set(self.sources) <= set(sources):
            self.held = ()
        self.sources = tuple(sorted(sources))

    def still_ahead(self, outing: Outing, meant: Sequence[Outing]) -> Outing:
        """What is left of an outing under way: the way and the stay less what was.

        A ride is a part of whichever it is of all that may be `meant`.
        Of one without a departure nothing tells when it ends: once ridden, the next is as long.
        """
        done_km = self.road.km + self.underway.km
        if self.road_outing not in meant or not done_km or self._is_ridden(outing):
            return outing
        share = max(0.0, 1 - done_km / outing.km) if outing.km else 0.0
        stayed_h = self.road.stay_h + (self.underway.stay_h if self.underway.stays else 0.0)
        return msgspec.structs.replace(
            outing,
            km=outing.km * share,
            climb_m=outing.climb_m * share,
            site_h=max(0.0, outing.site_h - stayed_h),
        )

    def _is_ridden(self, outing: Outing) -> bool:
        if outing.departs_utc_ms is not None or self.underway.km:
            return False
        return self.road.km > DONE_SHARE * outing.km


_DECODER = msgspec.json.Decoder(State)


def new_state(pack: Pack) -> State:
    """A unit of which nothing is known but its label."""
    leaks = unread(pack.parked_w / pack.mean_v, pack.standing_w / pack.mean_v)
    return State(
        pack,
        ChargeState(leaks, Capacity.of_label(pack.nominal_ah)),
        Consumption(),
        Charger(),
        Calibrating(),
        pack.standing_w,
    )


def encode_state(state: State) -> bytes:
    """As JSON, whose first member is a checksum of the others."""
    members = msgspec.json.encode(state)[1:]
    return _HEAD % crc32(members) + members


def decode_state(stored: bytes, pack: Pack) -> State:
    """The stored state; a new one when it is of another battery. Raises Unreadable."""
    members = stored[_HEAD_BYTES:]
    if stored[:_HEAD_BYTES] != _HEAD % crc32(members):
        raise Unreadable("the stored readiness is damaged, begin anew")
    try:
        state = decode(_DECODER, b"{" + members)
    except Unreadable as error:
        raise Unreadable(f"the stored readiness cannot be read, begin anew: {error}") from error
    return state if state.pack == pack else new_state(pack)
