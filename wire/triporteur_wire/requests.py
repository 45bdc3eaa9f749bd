"""What a unit asks, and what it is answered: on `request/<verb>` and `response/<verb>`, QoS 1.

The nonce comes back with the answer, so that an old one is not taken for a new one. A question
is never kept: one that got no answer is asked again.
"""

import secrets
from typing import Annotated

import msgspec

from triporteur_wire.reading import decode

Nonce = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
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


Question = TimeRequest | CertificateRequest | ConsoleRequest
Answer = TimeResponse | Certified | Refused

_TIME_REQUEST = msgspec.json.Decoder(TimeRequest)
_TIME_RESPONSE = msgspec.json.Decoder(TimeResponse)
_CERTIFICATE_REQUEST = msgspec.json.Decoder(CertificateRequest)
_CONSOLE_REQUEST = msgspec.json.Decoder(ConsoleRequest)
_CERTIFICATE_RESPONSE: msgspec.json.Decoder[Certified | Refused] = msgspec.json.Decoder(
    Certified | Refused
)
_ENCODER = msgspec.json.Encoder()


def encode(message: Question | Answer) -> bytes:
    return _ENCODER.encode(message)


def decode_time_request(payload: bytes) -> TimeRequest:
    """Raises Unreadable, as the four below."""
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
