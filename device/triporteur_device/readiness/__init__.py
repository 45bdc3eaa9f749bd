"""May this unit leave? Charge, consumption, plan and rules; pure: no clock, no input, no output."""

from triporteur_device.readiness.keeper import ReadinessKeeper
from triporteur_device.readiness.pack import Pack
from triporteur_device.readiness.sample import Sample, sampled
from triporteur_device.readiness.state import State, decode_state, encode_state

__all__ = ["Pack", "ReadinessKeeper", "Sample", "State", "decode_state", "encode_state", "sampled"]
