"""A trike at rest at ten, and what a simulated board sends it."""

from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState


def state() -> TrikeState:
    return TrikeModel(TrikeParameters(), 1, MONDAY_S + 36_000).state


def answered(board: Instrument, data: bytes, trike: TrikeState) -> bytes:
    return b"".join(burst.data for burst in board.receive(data, trike))
