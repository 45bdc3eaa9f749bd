"""Why a parcel was not taken: one line in the log, and a few sentences in every status."""

import logging
from collections.abc import Iterable

import msgspec

from triporteur_wire.parcels import MAX_PARCEL_BYTES, Applied, Revision
from triporteur_wire.reading import Unreadable, decode

_log = logging.getLogger(__name__)

#: They travel with every status, over a link that is paid for.
_MOST_FAULTS = 4
_LONGEST_FAULT = 400
_MOST_CHANNELS = 16


class _Numbered(msgspec.Struct):
    revision: Revision


_NUMBERED = msgspec.json.Decoder(_Numbered)


class Refusals:
    """What is refused now, by channel."""

    def __init__(self) -> None:
        self._told: dict[str, Applied] = {}

    def has_room(self, channel: str) -> bool:
        """Whether one more may be told of; the depot could name contents without end."""
        return channel in self._told or len(self._told) < _MOST_CHANNELS

    def add(self, channel: str, revision: int, error: Exception) -> None:
        """Says it in the log too, unless the same was refused for the same reason already."""
        faults = in_short(_sentences(error))
        why = Applied(refused=revision, faults=faults)
        if self._told.get(channel) != why:
            _log.warning(
                "%s %s refused: %s", channel, why.refused or "of no revision", "; ".join(faults)
            )
        self._told[channel] = why

    def forget(self, channel: str) -> None:
        self._told.pop(channel, None)

    def over(self, applied: dict[str, Applied]) -> dict[str, Applied]:
        """What was applied, and what was refused after it."""
        return applied | {
            channel: msgspec.structs.replace(
                applied.get(channel, Applied()), refused=why.refused, faults=why.faults
            )
            for channel, why in self._told.items()
        }


def revision_of(payload: bytes) -> int:
    """The revision that a parcel tells, though the rest of it be wrong; 0 when it tells none."""
    try:
        return decode(_NUMBERED, payload).revision if len(payload) <= MAX_PARCEL_BYTES else 0
    except Unreadable:
        return 0


def in_short(faults: Iterable[str]) -> tuple[str, ...]:
    """As many faults, and as much of each, as a status should carry."""
    told = [_cut(fault) for fault in faults]
    more = len(told) - _MOST_FAULTS
    return (*told[:_MOST_FAULTS], *([f"and {more} more"] if more > 0 else []))


def _cut(fault: str) -> str:
    return fault if len(fault) <= _LONGEST_FAULT else f"{fault[:_LONGEST_FAULT]}…"


def _sentences(error: Exception) -> list[str]:
    if isinstance(error, OSError):
        return [f"cannot be kept: {error.strerror or error}"]
    return str(error).splitlines()
