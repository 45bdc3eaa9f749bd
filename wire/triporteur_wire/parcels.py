"""What the depot gives a unit to keep: settings and contents, retained by the broker.

A parcel carries its revision and the SHA-256 of its body. The unit keeps the last one that it
could use, and says in its status which that is, and why it refused a later one.

    settings          body {"mqtt.status_period_s": 30, …}: lies over `unit.toml`, key by key
    content/<name>    body "…": the text of a content file
"""

import hashlib
from typing import Annotated

import msgspec

from triporteur_wire.reading import Unreadable, decode

#: What a setting may be.
Scalar = bool | int | float | str
Settings = dict[str, Scalar]

Revision = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
#: Ten times the content of a generous unit; 4G is counted.
MAX_PARCEL_BYTES = 256_000


class Parcel(msgspec.Struct, frozen=True):
    """`sha256` is that of the bytes of `body`, which is any JSON."""

    revision: Revision
    sha256: Sha256
    body: msgspec.Raw


class Applied(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a unit made of the parcels of one channel.

    `revision` and `sha256` are of the one in use; 0 and empty while there is none. `refused` is
    the revision of a later one that could not be used (0 for none), and `faults` say why.
    """

    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    sha256: str = ""
    refused: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0
    faults: tuple[str, ...] = ()

    @property
    def refuses(self) -> bool:
        """Whether it could not do what came last; an empty message, which takes back, is refused
        without a number."""
        return bool(self.refused or self.faults)


_PARCEL = msgspec.json.Decoder(Parcel)
_SETTINGS = msgspec.json.Decoder(Settings)
_TEXT = msgspec.json.Decoder(str)
_ENCODER = msgspec.json.Encoder()


def pack(revision: int, body: Settings | str) -> bytes:
    """The message that carries this body."""
    raw = _ENCODER.encode(body)
    return _ENCODER.encode(Parcel(revision, hashlib.sha256(raw).hexdigest(), msgspec.Raw(raw)))


def unpack(payload: bytes) -> Parcel:
    """The parcel, its checksum verified. Raises Unreadable, in a sentence."""
    if len(payload) > MAX_PARCEL_BYTES:
        raise Unreadable(f"{len(payload)} bytes; at most {MAX_PARCEL_BYTES} are taken")
    parcel = decode(_PARCEL, payload)
    if hashlib.sha256(parcel.body).hexdigest() != parcel.sha256:
        raise Unreadable("the checksum is not that of the body")
    return parcel


def settings_of(parcel: Parcel) -> Settings:
    """Raises Unreadable when the body is no settings."""
    return decode(_SETTINGS, parcel.body)


def text_of(parcel: Parcel) -> str:
    """Raises Unreadable when the body is no text."""
    return decode(_TEXT, parcel.body)
