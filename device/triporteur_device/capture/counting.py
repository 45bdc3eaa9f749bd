"""What a decoder makes of a recording: today as on the day it was made, or a test fails."""

from dataclasses import dataclass

from triporteur_device.capture.provenance import Provenance, exchanges
from triporteur_device.hearing import Hearing
from triporteur_device.protocols import Discarded, Event, Fault, ProtocolSpec


@dataclass(frozen=True, slots=True)
class Counted:
    """Good frames, and bytes set aside by reason."""

    frames: int
    discarded: dict[str, int]


def recount(spec: ProtocolSpec, raw: bytes, provenance: Provenance) -> Counted:
    """Reads it all again, without the pauses of the line, of which a recording knows nothing."""
    decoder, hearing = spec.decoder(), Hearing(spec)
    events: list[Event] = []
    for question, heard in exchanges(raw, provenance):
        if question:
            decoder.asked(question)
        events += decoder.receive(heard)
    for event in events + decoder.reset():
        is_echo = event.raw in spec.requests
        hearing.take(Discarded(Fault.ECHO, event.raw) if is_echo else event, 0)
    health = hearing.health(0, 0, ())
    return Counted(health.frames, health.discarded)
