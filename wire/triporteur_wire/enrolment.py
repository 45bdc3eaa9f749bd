"""The bundle that lets a new unit in: what the depot writes and a person carries to the unit.

At first contact the unit logs in at the broker's door for newcomers, with the bundle's name and
token as user name and password, and there asks for a certificate of a key that it made itself. A
newcomer's topics are its own like any unit's: `triporteur/v1/enrol-<id>/request/certificate`. Ever
after it shows its certificate, and renews it on its own channel.
"""

from typing import Annotated

import msgspec

from triporteur_wire.reading import Unreadable, Whole, decode
from triporteur_wire.topics import UnitName

#: No unit may bear a name that begins so.
NEWCOMER = "enrol-"
#: Who else logs in at the broker: no unit's names either.
RESERVED = frozenset({"depot", "registrar"})

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Bundle(msgspec.Struct, frozen=True):
    """Lets one unit in, once, until it expires.

    `authorities` (PEM) are those that the broker's certificate is verified with.
    """

    unit: UnitName
    host: str
    port: Port
    door_port: Port
    login: Annotated[str, msgspec.Meta(pattern=r"^enrol-[0-9a-f]{16}\Z")]
    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    expires_utc_ms: Whole
    authorities: str

    def __repr__(self) -> str:
        """Without the token: what is shown somewhere ends in a log."""
        return f"Bundle(unit={self.unit!r}, login={self.login!r})"


_DECODER = msgspec.json.Decoder(Bundle)


def may_name_a_unit(name: str) -> bool:
    """Whether a name, itself well formed, is not kept for someone else at the broker."""
    return name not in RESERVED and not name.startswith(NEWCOMER)


def encode(bundle: Bundle) -> bytes:
    """As a file, a line a field: a person may look at it."""
    return msgspec.json.format(msgspec.json.encode(bundle), indent=2) + b"\n"


def decode_bundle(text: bytes) -> Bundle:
    """Raises Unreadable when it is no bundle."""
    found = decode(_DECODER, text)
    if not may_name_a_unit(found.unit):
        raise Unreadable(f"{found.unit!r} cannot name a unit")
    return found
