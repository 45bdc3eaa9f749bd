"""What every protocol offers: bytes in, events out, and what a frame means, without any I/O.

A decoder turns any chunks of bytes into events, a poller says which question is due, an
interpreter gives a frame its meaning. None of them reads a clock or a port. Noise is an event and
never an exception: next to a motor controller, wrong bytes are a normal thing to be counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from triporteur_wire.quantities import Value, plausible


class Fault(StrEnum):
    """Why bytes were set aside."""

    #: bytes that belong to no frame
    NOISE = "noise"
    #: a whole frame whose checksum does not match
    CHECKSUM = "checksum"
    #: longer than the protocol allows
    LENGTH = "length"
    #: the byte where the frame should end is not its end mark
    STOP = "stop"
    #: the line went quiet in the middle of a frame
    TRUNCATED = "truncated"
    #: a good checksum over an impossible content (see `BadPayload`)
    PAYLOAD = "payload"
    #: the question itself, come back from a line that hears itself or a device that sleeps
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose checksum holds.

    `kind` names it within its protocol, `payload` is its content, and `raw` is every byte it took
    from the line, in order.
    """

    kind: str
    payload: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Discarded:
    """Bytes that yield nothing: each byte received ends in one `raw` or the other."""

    fault: Fault
    raw: bytes


Event = Frame | Discarded


class Decoder(Protocol):
    """Bytes to events. Any chunking of the same bytes gives the same events."""

    def asked(self, request: bytes) -> None:
        """Hears which question goes out, for answers that mean nothing without theirs."""
        ...

    def receive(self, data: bytes) -> list[Event]:
        """The events these bytes complete; never raises, whatever the bytes."""
        ...

    def reset(self) -> list[Event]:
        """Gives up the half frame held back: the line went quiet, or the input ended."""
        ...

    @property
    def pending(self) -> int:
        """Bytes held back, at most the protocol's `max_pending`."""
        ...


class Poller(Protocol):
    """Which question is next; for devices that answer and do not speak of themselves."""

    def next_request(self, now_s: float) -> bytes | None:
        """The request due now, or `None`. `now_s` is monotonic; to be called often."""
        ...

    def received(self, frame: Frame, now_s: float) -> None:
        """Notes an answer, whatever it says."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame says.

    `fields` are named as the device's documents name them, for people who look at frames;
    `values` are named and scaled as `triporteur_wire.quantities`. What the device does not give
    is absent from both.
    """

    fields: Mapping[str, Value]
    values: Mapping[str, Value]


class BadPayload(ValueError):
    """The device sent a frame with a good checksum and an impossible content."""


@dataclass(frozen=True, slots=True)
class Register:
    """One 16-bit register of a Modbus device, and the quantity it gives.

    The value is the register, two's complement where `signed`, times `factor` over `divisor`.
    `quantity` is a name of `triporteur_wire.quantities`, or any other word for a field that people
    look at and nothing stores. Of `fault` and `alarms`, `words` names the bits, bit 0 first.
    """

    number: int
    quantity: str
    factor: int = 1
    divisor: int = 1
    signed: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterMap:
    """A Modbus device as its maker documents it: what a workshop writes in TOML.

    Without any register it is only listened to.
    """

    name: str
    registers: tuple[Register, ...]
    baud: int = 115200
    address: int = 1


@dataclass(frozen=True, slots=True)
class Fitting:
    """What only the one who fitted a device knows of it. None: nobody said.

    `charge_sign` is +1 where the device's current is positive while charging, -1 where it is
    negative. `erpm_per_turn` is the electrical turns of the motor in one turn of the wheel: pole
    pairs times gear ratio. `address` is the device's own on a line shared by several.
    """

    charge_sign: int | None = None
    wheel_circumference_m: float | None = None
    erpm_per_turn: float | None = None
    address: int | None = None
    registers: RegisterMap | None = None


@dataclass(frozen=True, slots=True)
class ProtocolSpec:
    """One entry of the registry.

    `quiet_s` is the silence after which the link resets the decoder; some boards pause for more
    than 50 ms inside a frame, hence never below 0.2 s. `interpret` raises `BadPayload`.
    `requests` holds the only bytes the link may ever send. `poller` is `None`, and `requests`
    empty, for a device that speaks unasked: the link then only listens. `fit` makes the entry of a
    device as it was fitted, for protocols where that matters; `takes` names what of a `Fitting` it
    looks at, and raises ValueError, in words for the installer, for an address no device has.
    """

    name: str
    baud: int
    quiet_s: float
    max_pending: int
    decoder: Callable[[], Decoder]
    interpret: Callable[[Frame], Reading]
    poller: Callable[[], Poller] | None = None
    requests: frozenset[bytes] = frozenset()
    fit: "Callable[[Fitting], ProtocolSpec] | None" = None
    takes: frozenset[str] = frozenset()

    def fitted(self, fitting: Fitting) -> "ProtocolSpec":
        """The entry for a device fitted in this way; this one where that makes no difference."""
        return self.fit(fitting) if self.fit else self

    def reading(self, frame: Frame) -> Reading:
        """What the frame says, less the values outside their quantity's range.

        Raises `BadPayload`.
        """
        said = self.interpret(frame)
        believed = {name: value for name, value in said.values.items() if plausible(name, value)}
        return Reading(said.fields, believed)
