"""Bytes in, readings out: one module per protocol, no input or output anywhere in this folder.

A new device takes its module, its captured frames, its test and one line here.
"""

from triporteur_device.protocols import (
    ant_new,
    ant_old,
    bafang,
    daly_81,
    daly_a5,
    daly_d2,
    jbd,
    jbd_up16s,
    jk,
    kt,
    modbus,
    vedirect,
    vesc,
)
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
    "ant_new": ant_new.SPEC,
    "ant_old": ant_old.SPEC,
    "daly_81": daly_81.SPEC,
    "daly_a5": daly_a5.SPEC,
    "daly_d2": daly_d2.SPEC,
    "jbd": jbd.SPEC,
    "jbd_up16s": jbd_up16s.SPEC,
    "jk": jk.SPEC,
    "vedirect": vedirect.SPEC,
    "bafang": bafang.SPEC,
    "kt": kt.SPEC,
    "vesc": vesc.SPEC,
    "modbus": modbus.SPEC,
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
