"""The gate, as it says itself that it fares."""

from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.gate.told import read_state
from triporteur_wire.findings import Answer, attention, well, wrong

_BECAUSE = {
    "uplink_lost": "there is no Internet: look at the 4G",
    "budget_spent": "today's megabytes are used up: more of them are [gate] budget_mb",
}


def gate(config: KioskConfig) -> Answer:
    state = read_state(config.gate_folder)
    if state is None:
        return wrong(
            "no gate runs: systemctl start triporteur-gate; why it ended: "
            "journalctl -u triporteur-gate -n 30"
        )
    if not state.hotspot:
        return attention("the hotspot is closed: open it on the console")
    if state.because:
        return attention(
            f"phones get {state.access}, not {state.configured}: {_BECAUSE[state.because]}"
        )
    if state.full:
        return attention(f"the radio is full: {state.stations} phones; no other gets in")
    return well(f"the hotspot is open, access {state.access}, phones: {state.stations}")
