"""The gate, as it says itself that it fares."""

from triporteur_kiosk.doctor.bedside import Bedside
from triporteur_kiosk.gate.ground import taken
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.routes import beside
from triporteur_kiosk.gate.told import read_state
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.gate import Because

_BECAUSE: dict[Because, str] = {
    "uplink_lost": "there is no Internet: look at the 4G",
    "budget_spent": "today's megabytes are used up: more of them are [gate] budget_mb",
    "budget_unknown": "what is spent of today's megabytes cannot be read, so all count as spent "
    "until tomorrow; who knows that they are not takes the file [gate] spent away and restarts "
    "triporteur-gate",
}


def gate(plan: GatePlan, here: Bedside) -> Answer:
    state = read_state(plan.directory)
    if state is None:
        return wrong(
            taken(plan, here.routes)
            or "no gate runs: systemctl start triporteur-gate; why it ended: "
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
    if hides := beside(plan.interface, plan.network.ipv4, here.routes):
        return attention(hides)
    return well(f"the hotspot is open, access {state.access}, phones: {state.stations}")
