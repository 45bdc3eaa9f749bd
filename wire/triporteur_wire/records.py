"""What a journal holds: records of a few kinds, in append-only logs.

A record is (log, seq, kind, boot_no, mono_ms, body). `log` is the random id of one opening of a
journal file by its writer, `seq` counts from 1 within it, so that (log, seq) never repeats.
`mono_ms` is CLOCK_BOOTTIME: milliseconds since the boot numbered `boot_no`, and the only time a
unit always knows. UTC comes from anchors of the same boot, applied when the record is read.

A body is kept as the JSON it was written with. A reader that does not know a kind keeps the
record whole and passes it on.
"""

import secrets
from typing import Annotated

import msgspec

from triporteur_wire.quantities import Value
from triporteur_wire.readiness import Readiness
from triporteur_wire.reading import Whole, decode

#: Telemetry is bulk: it may be thinned when storage runs out. No other kind ever is.
TELEMETRY = "telemetry"
OPEN = "open"
ANCHOR = "anchor"
EVENT = "event"
LOSS = "loss"
COUNTERS = "counters"
USAGE = "usage"
#: The whole `Readiness`, each time that its verdict changed: what was said, and on what figures.
READINESS = "readiness"
FORETOLD = "foretold"

LogId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
BootId = LogId
Seq = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]


def new_log_id() -> str:
    """A log id that no other opening of any journal will draw: 64 random bits."""
    return secrets.token_hex(8)


class Record(msgspec.Struct, frozen=True):
    log: str
    seq: int
    kind: str
    boot_no: int
    mono_ms: int
    body: msgspec.Raw


class Telemetry(msgspec.Struct, frozen=True, array_like=True):
    """What one source said at one instant, as far as it left the dead-bands.

    A quantity that is not named has not moved; one that is named with `None` has ended: the
    device fell silent or stopped giving it, and its last value no longer holds.
    """

    source: str
    values: dict[str, Value | None]


class Counters(msgspec.Struct, frozen=True, array_like=True):
    """Where one source's running totals stand: energy, charge, cycles. Never thinned."""

    source: str
    values: dict[str, Value]


class Usage(msgspec.Struct, frozen=True):
    """How often each thing was used on the kiosk while it counted, `span_s` seconds until now.

    Keys are the kiosk's own words (`page:health`, `partner:caf`): nothing of a visitor.
    """

    span_s: Whole
    counts: dict[str, Whole]


class Open(msgspec.Struct, frozen=True, omit_defaults=True):
    """First record of every log: which log of the same file it continues, and who writes.

    `predecessor` is None for the first log of a file.
    """

    predecessor: LogId | None
    version: str


class Anchor(msgspec.Struct, frozen=True):
    """At this record's `mono_ms` it was `utc_ms` (Unix time), give or take `error_ms`."""

    utc_ms: Whole
    error_ms: Whole
    origin: str


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened once: a source lost or back, storage set aside, an alarm."""

    name: str
    source: str | None = None
    detail: str = ""


class Loss(msgspec.Struct, frozen=True, omit_defaults=True):
    """Records of another log that will never arrive, and why.

    `last` is None when nobody knows how many followed: unknown, from `first` on.
    """

    log: LogId
    first: Seq
    last: Seq | None
    reason: str


class Foretold(msgspec.Struct, frozen=True):
    """An outing's way that is over: what was foreseen for its distance, and what it took."""

    km: float
    foreseen_wh: float
    used_wh: float


Body = Telemetry | Counters | Usage | Open | Anchor | Event | Loss | Readiness | Foretold

_KINDS: dict[str, type[Body]] = {
    TELEMETRY: Telemetry,
    COUNTERS: Counters,
    USAGE: Usage,
    OPEN: Open,
    ANCHOR: Anchor,
    EVENT: Event,
    LOSS: Loss,
    READINESS: Readiness,
    FORETOLD: Foretold,
}
_NAMES = {body: name for name, body in _KINDS.items()}
_DECODERS = {name: msgspec.json.Decoder(body) for name, body in _KINDS.items()}
_ENCODER = msgspec.json.Encoder()


def kind_of(body: Body) -> str:
    return _NAMES[type(body)]


def encode_body(body: Body) -> bytes:
    return _ENCODER.encode(body)


def decode_body(kind: str, body: msgspec.Raw | bytes) -> Body | None:
    """The typed body, or None for a kind this version does not know.

    Raises Unreadable when the body is not of its kind.
    """
    decoder = _DECODERS.get(kind)
    return decode(decoder, body) if decoder else None
