"""The bytes a trike's instruments sent in days gone by, sparse in time."""

from collections.abc import Iterator

from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.parameters import Phase, TrikeParameters
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.vedirect import VeDirectDevice
from triporteur_device.simulators.vesc import VescDevice

#: The motor's question for all of its values.
_GET_VALUES = b"\x04"
_STILL_A = 0.3


def frames(
    parameters: TrikeParameters,
    seed: int,
    start_utc_s: float,
    end_utc_s: float,
    step_moving_s: float = 20.0,
    step_parked_s: float = 300.0,
    step_riding_s: float | None = None,
    *,
    utc_offset_s: float = 0.0,
    with_motor: bool = False,
) -> Iterator[tuple[float, str, bytes]]:
    """Yield (UTC time in s, "jbd", "vedirect" or "vesc", bytes of one whole frame), in order.

    One basic frame, one cells frame and one live block every `step_moving_s` while the trike is
    out or its charger delivers, on a ride every `step_riding_s` if that is given, every
    `step_parked_s` otherwise; one history block at most every `step_parked_s`. `with_motor`, its
    controller answers at each step too. `utc_offset_s` is local time minus UTC.
    """
    model = TrikeModel(parameters, seed, start_utc_s + utc_offset_s)
    board, shunt, motor = JbdDevice(seed), VeDirectDevice(seed), VescDevice(seed)
    utc_s, history_due_s = start_utc_s, start_utc_s
    riding_s = step_moving_s if step_riding_s is None else step_riding_s
    while utc_s <= end_utc_s:
        state = model.state
        yield utc_s, "jbd", board.answer(0x03, state)
        yield utc_s, "jbd", board.answer(0x04, state)
        yield utc_s, "vedirect", shunt.live_block(state)
        if with_motor:
            yield utc_s, "vesc", motor.answer(_GET_VALUES, state)
        if utc_s >= history_due_s:
            yield utc_s, "vedirect", shunt.history_block(state)
            history_due_s = utc_s + step_parked_s
        step_s = step_parked_s
        if _moves(state):
            step_s = riding_s if state.phase is Phase.RIDING else step_moving_s
        model.advance(step_s)
        utc_s += step_s


def _moves(state: TrikeState) -> bool:
    at_rest = state.phase in (Phase.PARKED, Phase.CHARGING)
    return not at_rest or state.current_a > _STILL_A
