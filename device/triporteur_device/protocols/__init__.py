"""Bytes in, readings out: one module per protocol, no input or output anywhere in this folder.

A new device takes its module, its captured frames, its test and one line here.
"""

from triporteur_device.protocols import jbd, vedirect
from triporteur_device.protocols.base import (
    BadPayload,
    Decoder,
    Discarded,
    Event,
    Fault,
    Fitting,
    Frame,
    Poller,
    ProtocolSpec,
    Reading,
    Register,
    RegisterMap,
)

PROTOCOLS: dict[str, ProtocolSpec] = {
    "jbd": jbd.SPEC,
    "vedirect": vedirect.SPEC,
}

__all__ = [
    "PROTOCOLS",
    "BadPayload",
    "Decoder",
    "Discarded",
    "Event",
    "Fault",
    "Fitting",
    "Frame",
    "Poller",
    "ProtocolSpec",
    "Reading",
    "Register",
    "RegisterMap",
]
