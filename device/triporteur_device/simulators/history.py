"""The bytes a trike's instruments sent in days gone by, sparse in time."""

from collections.abc import Iterator

from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.parameters import Phase, TrikeParameters
from triporteur_device.simulators.state import TrikeState
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.vedirect import VeDirectDevice

_STILL_A = 0.3


def frames(
    parameters: TrikeParameters,
    seed: int,
    start_utc_s: float,
    end_utc_s: float,
    step_moving_s: float = 20.0,
    step_parked_s: float = 300.0,
    *,
    utc_offset_s: float = 0.0,
) -> Iterator[tuple[float, str, bytes]]:
    """Yield (UTC time in s, "jbd" or "vedirect", bytes of one whole frame or block), in order.

    One basic frame, one cells frame and one live block every `step_moving_s` while the trike is
    out or its charger delivers, every `step_parked_s` otherwise; one history block at most every
    `step_parked_s`. `utc_offset_s` is local time minus UTC.
    """
    model = TrikeModel(parameters, seed, start_utc_s + utc_offset_s)
    board, shunt = JbdDevice(seed), VeDirectDevice(seed)
    utc_s, history_due_s = start_utc_s, start_utc_s
    while utc_s <= end_utc_s:
        state = model.state
        yield utc_s, "jbd", board.answer(0x03, state)
        yield utc_s, "jbd", board.answer(0x04, state)
        yield utc_s, "vedirect", shunt.live_block(state)
        if utc_s >= history_due_s:
            yield utc_s, "vedirect", shunt.history_block(state)
            history_due_s = utc_s + step_parked_s
        step_s = step_moving_s if _moves(state) else step_parked_s
        model.advance(step_s)
        utc_s += step_s


def _moves(state: TrikeState) -> bool:
    at_rest = state.phase in (Phase.PARKED, Phase.CHARGING)
    return not at_rest or state.current_a > _STILL_A
