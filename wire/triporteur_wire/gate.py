"""What the gate aboard is asked, and what it tells: the hotspot, who may pass, and how far.

Over Unix stream sockets in the gate's folder; one request and one answer a connection, each one
line of JSON. The portal speaks at `visitors/gate.sock`, the console at `team/gate.sock`; what
belongs to the other is refused.

    {"verb":"welcome","address":"10.42.0.17"}      {"answer":"visitor","welcomed":true,…}
    {"verb":"hotspot","on":false}                  {"answer":"done"}

What holds for everybody stands in `gate.json` in the same folder, written anew each second.
Addresses live in these lines and in the kernel only: never in a file, never in a log.
"""

from typing import Annotated, Literal

import msgspec

from triporteur_wire.desk import MOST_BYTES, Done, Refused
from triporteur_wire.reading import Unreadable, decode

#: The files in the gate's folder; each socket in one of its own, whose group is who may ask there.
VISITORS_SOCKET = "visitors/gate.sock"
TEAM_SOCKET = "team/gate.sock"
STATE_NAME = "gate.json"

Access = Literal["local", "partners", "open"]
"""How far a phone gets: the portal only; the partners' sites too; the Internet once it asked."""

Because = Literal["uplink_lost", "budget_spent", "budget_unknown"]
"""Why less holds than was configured; what cannot be read of today's budget counts as spent."""

Address = Annotated[str, msgspec.Meta(min_length=2, max_length=45)]
"""An IP address of either family, as the portal's socket gave it."""


class Welcome(msgspec.Struct, frozen=True, tag_field="verb", tag="welcome"):
    """The visitor at this address asked for the Internet and agreed to the rules."""

    address: Address


class AskVisitor(msgspec.Struct, frozen=True, tag_field="verb", tag="visitor"):
    """How far the visitor at this address gets."""

    address: Address


class SwitchHotspot(msgspec.Struct, frozen=True, tag_field="verb", tag="hotspot"):
    """Opens the unit's Wi-Fi to the public, or closes it."""

    on: bool


class Visitor(msgspec.Struct, frozen=True, tag_field="answer", tag="visitor"):
    """How far one visitor gets.

    `seconds_left` and `bytes_left` are None when it is not welcomed, and when there is no limit.
    """

    welcomed: bool
    seconds_left: int | None = None
    bytes_left: int | None = None


class GateState(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate does, at `boottime_ms` (milliseconds since boot, time asleep included).

    `configured` is what the operator asked for, `access` what holds, `because` why it is less.
    `uplink` is whether the Internet answers; None where nobody asked. `stations` counts the phones
    on the radio or with a lease, None while that is not known; `full` that no more fit.
    `welcomed` counts those who may pass now. `bytes_left` is what is left of the day's budget, None
    where there is none. `run` names this run of the gate, which began at `began_ms` by the same
    clock: `sessions` and `bytes` count from there, `peak_stations` is the most stations since.
    """

    boottime_ms: int
    run: str
    began_ms: int = 0
    hotspot: bool
    configured: Access
    access: Access
    because: Because | None = None
    uplink: bool | None = None
    stations: int | None = None
    most_stations: int
    full: bool = False
    welcomed: int = 0
    bytes_left: int | None = None
    sessions: int = 0
    bytes: int = 0
    peak_stations: int = 0


FromPortal = Welcome | AskVisitor
FromConsole = SwitchHotspot
Asked = FromPortal | FromConsole
Told = Done | Refused | Visitor

_FROM_PORTAL: msgspec.json.Decoder[FromPortal] = msgspec.json.Decoder(FromPortal)
_FROM_CONSOLE: msgspec.json.Decoder[FromConsole] = msgspec.json.Decoder(FromConsole)
_TOLD: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_STATE = msgspec.json.Decoder(GateState)
_ENCODER = msgspec.json.Encoder()


def encode(message: Asked | Told | GateState) -> bytes:
    """The message as its line."""
    return _ENCODER.encode(message) + b"\n"


def decode_from_portal(line: bytes) -> FromPortal:
    """Raises Unreadable, as do those below."""
    return decode(_FROM_PORTAL, _bounded(line))


def decode_from_console(line: bytes) -> FromConsole:
    return decode(_FROM_CONSOLE, _bounded(line))


def decode_told(line: bytes) -> Told:
    return decode(_TOLD, _bounded(line))


def decode_state(body: bytes) -> GateState:
    return decode(_STATE, _bounded(body))


def _bounded(line: bytes) -> bytes:
    if len(line) > MOST_BYTES:
        raise Unreadable(f"more than {MOST_BYTES} bytes")
    return line
