"""What the team's console may ask of the agent, and what it is answered: nothing else is heard.

Over a Unix stream socket; one request and one answer a connection, each one line of JSON.

    {"verb":"plan_outing","day":"tomorrow","outing":{"km":6.0,…}}
    {"answer":"done"}                  {"answer":"refused","sentence":"…"}
"""

import msgspec

from triporteur_wire.plan import Day
from triporteur_wire.readiness import Outing
from triporteur_wire.reading import Unreadable, decode

#: The socket, below the snapshot's folder: in one of its own, whose group is who may ask.
SOCKET_NAME = "desk/desk.sock"
#: A request or an answer with its line end; the longest good one is a quarter of it.
MOST_BYTES = 2048


class PlanOuting(msgspec.Struct, frozen=True, tag_field="verb", tag="plan_outing"):
    """Enters an outing in the place of another; one without departure leaves at the usual hour."""

    day: Day
    outing: Outing


class ForgetOuting(msgspec.Struct, frozen=True, tag_field="verb", tag="forget_outing"):
    """There is no outing entered for that day any more."""

    day: Day


class PhoneCharging(msgspec.Struct, frozen=True, tag_field="verb", tag="phone_charging"):
    """Switches the supply of visitors' phones; a low charge keeps it off."""

    on: bool


class Done(msgspec.Struct, frozen=True, tag_field="answer", tag="done"):
    """It was done; the next snapshot shows it."""


class Refused(msgspec.Struct, frozen=True, tag_field="answer", tag="refused"):
    """It was not done; `sentence` says why and what to do, in French, for whoever asked."""

    sentence: str


Asked = PlanOuting | ForgetOuting | PhoneCharging
Told = Done | Refused

_ASKED: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)
_TOLD: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_ENCODER = msgspec.json.Encoder()


def encode(message: Asked | Told) -> bytes:
    """The message as its line."""
    return _ENCODER.encode(message) + b"\n"


def decode_asked(line: bytes) -> Asked:
    """Raises Unreadable, as the one below."""
    return decode(_ASKED, _bounded(line))


def decode_told(line: bytes) -> Told:
    return decode(_TOLD, _bounded(line))


def _bounded(line: bytes) -> bytes:
    if len(line) > MOST_BYTES:
        raise Unreadable(f"more than {MOST_BYTES} bytes")
    return line
