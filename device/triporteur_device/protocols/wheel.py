"""The fitting of a motor of which only the trike's wheel need be known, to tell a speed."""

from collections.abc import Callable
from dataclasses import replace

from triporteur_device.protocols.base import Fitting, Frame, ProtocolSpec, Reading

Interpret = Callable[[Frame, float | None], Reading]


def at_wheel(spec: ProtocolSpec, interpret: Interpret) -> ProtocolSpec:
    """The entry, fitted by the wheel: `interpret` is given its circumference in m, if known."""

    def fit(fitting: Fitting) -> ProtocolSpec:
        wheel_m = fitting.wheel_circumference_m
        return replace(whole, interpret=lambda frame: interpret(frame, wheel_m))

    whole = replace(spec, fit=fit, takes=frozenset({"wheel_circumference_m"}))
    return whole
