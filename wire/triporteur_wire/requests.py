"""What a unit asks, and what it is answered: on `request/<verb>` and `response/<verb>`, QoS 1.

The nonce comes back with the answer, so that an old one is not taken for a new one. A question
is never kept: one that got no answer is asked again.
"""

import re
import secrets
from typing import Annotated, NamedTuple

import msgspec

from triporteur_wire.parcels import Sha256
from triporteur_wire.reading import Unreadable, Whole, decode

_NONCE = r"[0-9a-f]{16}"
Nonce = Annotated[str, msgspec.Meta(pattern=rf"^{_NONCE}\Z")]
Pem = Annotated[str, msgspec.Meta(max_length=32_000)]
#: The end of this century: a clock that says more is not in milliseconds, or not a clock.
Instant = Annotated[int, msgspec.Meta(ge=0, lt=4_102_444_800_000)]
#: No nonce begins so.
_FOR_CONSOLE = "console "


def new_nonce() -> str:
    return secrets.token_hex(8)


class TimeRequest(msgspec.Struct, frozen=True):
    """What UTC is it?"""

    nonce: Nonce


class TimeResponse(msgspec.Struct, frozen=True):
    """It was `utc_ms` at the depot between question and answer: half the round trip is the error.

    `authorities` is the SHA-256 of the PEM file of authorities that units should trust; empty
    where the depot certifies nobody. A unit that trusts others asks for a certificate.
    """

    nonce: Nonce
    utc_ms: Instant
    authorities: str = ""


class CertificateRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Asks for a certificate of the key that signed `csr` (PKCS #10, PEM). The key stays aboard.

    Who has a certificate already proves that it is theirs: `serial` (hexadecimal) names it, and
    `signature` is its key's (ECDSA with SHA-256, DER in hexadecimal) of nonce and csr, one after
    the other in UTF-8. Of a newcomer both are empty: its bundle let it in.
    """

    nonce: Nonce
    csr: Pem
    serial: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,64}\Z")] = ""
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,512}\Z")] = ""

    @property
    def signed(self) -> bytes:
        """What the signature is of."""
        return (self.nonce + self.csr).encode()


class ConsoleRequest(msgspec.Struct, frozen=True):
    """Asks for a certificate of the console's key, for the names in `csr` (PKCS #10, PEM).

    The unit vouches for it: `serial` names its own certificate, and `signature` is of that one's
    key, as in a CertificateRequest but for a word before it. Without the word, whoever can move
    messages could have the console's key certified as the unit's.
    """

    nonce: Nonce
    csr: Pem = msgspec.field(name="console_csr")
    serial: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{1,64}\Z")]
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,512}\Z")] = ""

    @property
    def signed(self) -> bytes:
        """What the signature is of."""
        return (_FOR_CONSOLE + self.nonce + self.csr).encode()


class Certified(msgspec.Struct, frozen=True, tag_field="answer", tag="certified"):
    """The certificate asked for, and every authority that the unit should trust, both PEM."""

    nonce: Nonce
    certificate: Pem
    authorities: Pem


class Refused(msgspec.Struct, frozen=True, tag_field="answer", tag="refused"):
    """Not certified; `reason` says why and what to do, in a sentence for people."""

    nonce: Nonce
    reason: str


#: Ten seconds of a bad link: what lives must not wait for longer.
MAX_PIECE_BYTES = 32_768


class PieceRequest(msgspec.Struct, frozen=True):
    """Asks for bytes of a release's packed parts, from `offset` on, `count` at the most.

    `release` is the SHA-256 of its manifest; 0 is the first byte behind the offer in its file. The
    answer is no JSON: the nonce, then the bytes.
    """

    nonce: Nonce
    release: Sha256
    offset: Whole
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_PIECE_BYTES)]


class Piece(NamedTuple):
    """The answer to a PieceRequest; without any bytes where the depot does not have them."""

    nonce: str
    data: bytes


Question = TimeRequest | CertificateRequest | ConsoleRequest | PieceRequest
Answer = TimeResponse | Certified | Refused

_TIME_REQUEST = msgspec.json.Decoder(TimeRequest)
_TIME_RESPONSE = msgspec.json.Decoder(TimeResponse)
_CERTIFICATE_REQUEST = msgspec.json.Decoder(CertificateRequest)
_CONSOLE_REQUEST = msgspec.json.Decoder(ConsoleRequest)
_CERTIFICATE_RESPONSE: msgspec.json.Decoder[Certified | Refused] = msgspec.json.Decoder(
    Certified | Refused
)
_PIECE_REQUEST = msgspec.json.Decoder(PieceRequest)
_PIECE = re.compile(rf"({_NONCE})(.*)".encode(), re.DOTALL)
_ENCODER = msgspec.json.Encoder()


def encode(message: Question | Answer) -> bytes:
    return _ENCODER.encode(message)


def decode_time_request(payload: bytes) -> TimeRequest:
    """Raises Unreadable, as those below."""
    return decode(_TIME_REQUEST, payload)


def decode_time_response(payload: bytes) -> TimeResponse:
    return decode(_TIME_RESPONSE, payload)


def decode_certificate_request(payload: bytes) -> CertificateRequest:
    return decode(_CERTIFICATE_REQUEST, payload)


def decode_console_request(payload: bytes) -> ConsoleRequest:
    return decode(_CONSOLE_REQUEST, payload)


def decode_certificate_response(payload: bytes) -> Certified | Refused:
    """The answer to a CertificateRequest or to a ConsoleRequest."""
    return decode(_CERTIFICATE_RESPONSE, payload)


def decode_piece_request(payload: bytes) -> PieceRequest:
    return decode(_PIECE_REQUEST, payload)


def encode_piece(piece: Piece) -> bytes:
    return piece.nonce.encode() + piece.data


def decode_piece(payload: bytes) -> Piece:
    found = _PIECE.fullmatch(payload)
    if not found or len(found[2]) > MAX_PIECE_BYTES:
        raise Unreadable("no nonce, or too many bytes behind it")
    return Piece(found[1].decode(), found[2])
