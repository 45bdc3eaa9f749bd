"""The gate's table in the kernel while it runs: passes, what is let out at all, and the counters.

Every change is one transaction, and every grant ends by itself: an element has its timeout, and
what lets the Wi-Fi out at all must be renewed, or it closes within `OUTWARD_S`.
"""

import json
import subprocess
from collections.abc import Mapping

import msgspec

from triporteur_kiosk.gate.counting import ALLOWANCE, HAD_TODAY, WHOLE
from triporteur_kiosk.gate.keeper import flows
from triporteur_kiosk.gate.keeper.passes import Pass
from triporteur_kiosk.gate.ruleset import TABLE
from triporteur_kiosk.gate.sets import GARDEN, MACS, OUTWARD, PASSING, WELCOMED
from triporteur_wire.reading import Unreadable, decode

#: Longer than any busy moment of a small machine.
OUTWARD_S = 30
_PATIENCE_S = 10.0


class _Quota(msgspec.Struct, frozen=True):
    name: str
    used: int


class _Listed(msgspec.Struct, frozen=True):
    quota: _Quota | None = None


class _Answer(msgspec.Struct, frozen=True):
    nftables: list[_Listed]


_ANSWER = msgspec.json.Decoder(_Answer)


class Kernel:
    """`wifi` is the interface that phones come from. Everything raises OSError."""

    def __init__(self, wifi: str) -> None:
        self._wifi = wifi
        self._outward: bool | None = None

    def begin_anew(self) -> None:
        """The table was made anew: how flows were led meanwhile is not known."""
        self._outward = None

    def begin_day(self) -> None:
        """What phones had without asking is forgotten."""
        _nft(_flush(HAD_TODAY))

    def beat(self, *, outward: bool, limit: int) -> Mapping[str, int]:
        """Lets the Wi-Fi out for another while, or not, with `limit` for all visitors together.

        Where that is not as it was, names are told by another view from now on. Gives what every
        counter stands at, in bytes: `whole` and the passes by their names.
        """
        out = {"elem": {"val": self._wifi, "timeout": OUTWARD_S}}
        answer = _nft(
            _flush(OUTWARD),
            *([_add(OUTWARD, out)] if outward else []),
            _quota(WHOLE, limit),
            {"list": {"quotas": {"family": "inet", "table": TABLE}}},
        )
        try:
            listed = decode(_ANSWER, answer).nftables
        except Unreadable as error:
            raise OSError(f"nft's answer cannot be read: {error}") from error
        if outward != self._outward:
            flows.end_everybodys_questions()
            self._outward = outward
        return {one.quota.name: one.quota.used for one in listed if one.quota}

    def clear_garden(self) -> None:
        """Partners' sites are let through again as their names are asked for."""
        _nft(_flush(GARDEN))

    def admit(self, one: Pass) -> None:
        _nft(
            _quota(one.name, one.most_bytes),
            _add(ALLOWANCE, [one.phone.ip, one.name]),
            *(
                _add(name, {"elem": {"val": key, "timeout": one.seconds}})
                for name, key in _keys(one)
            ),
        )
        flows.end_questions(one.phone.mac)

    def dismiss(self, one: Pass) -> None:
        """What timed out meanwhile is no hindrance: added, it can be taken away."""
        elements = ((ALLOWANCE, [one.phone.ip, one.name]), *_keys(one))
        _nft(
            *(_add(name, value) for name, value in elements),
            *({"delete": _element(name, value)} for name, value in elements),
            {"delete": {"quota": _named(one.name)}},
        )
        flows.end_passing(one.phone.ip)
        flows.end_questions(one.phone.mac)


def _keys(one: Pass) -> tuple[tuple[str, object], ...]:
    """What each set knows the phone by."""
    mac, ip = one.phone.mac, one.phone.ip
    return (WELCOMED, {"concat": [mac, ip]}), (PASSING, ip), (MACS, mac)


def _named(name: str) -> dict[str, str]:
    return {"family": "inet", "table": TABLE, "name": name}


def _flush(name: str) -> dict[str, object]:
    return {"flush": {"set": _named(name)}}


def _element(name: str, value: object) -> dict[str, object]:
    return {"element": {**_named(name), "elem": [value]}}


def _add(name: str, value: object) -> dict[str, object]:
    return {"add": _element(name, value)}


def _quota(name: str, over: int) -> dict[str, object]:
    """Where it exists its limit is changed and its count kept."""
    return {"add": {"quota": {**_named(name), "bytes": over, "used": 0, "inv": True}}}


def _nft(*commands: Mapping[str, object]) -> bytes:
    said = json.dumps({"nftables": commands}).encode()
    try:
        done = subprocess.run(
            ("nft", "-j", "-f", "-"),
            input=said,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError("nft did not answer in time") from error
    if done.returncode:
        raise OSError(f"nft refused: {_first_line(done.stderr)}")
    return done.stdout


def _first_line(told: bytes) -> str:
    """What nft says, without the command it quotes below: there are addresses in it."""
    first, _, _ = told.decode(errors="replace").partition("\n")
    return first.rpartition("Error:")[2].strip() or "it did not say why"
