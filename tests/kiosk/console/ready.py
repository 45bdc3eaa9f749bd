"""Verdicts and plans under test: one of each kind."""

import msgspec

from tests.kiosk.console.unit import RESTING, status
from tests.verdicts import LEAVES
from triporteur_wire.messages import Reading, Status
from triporteur_wire.plan import Plan, UsualPlace
from triporteur_wire.quantities import Value
from triporteur_wire.readiness import (
    USUAL_OUTING,
    Action,
    Evening,
    Outing,
    Readiness,
    Reason,
    Verdict,
    What,
    Why,
)

#: Wednesday 18 November 2026, 12:06 in Paris.
NOON_MS = 1_795_000_000_000
HOUR_MS = 3_600_000
MARKET = Outing(6.0, 30.0, 3.0, 35.0, "Marché St-Michel", NOON_MS + HOUR_MS)
PLACES = (
    UsualPlace("Marché St-Michel", 6.0, 30.0, 3.0, 35.0),
    UsualPlace("Gare Saint-Jean", 3.5, 10.0, 2.5, 35.0),
)
PLAN = Plan(MARKET, None, PLACES)

GO = msgspec.structs.replace(
    LEAVES,
    reasons=(Reason(Why.ENOUGH, Verdict.GO), Reason(Why.SOUND, Verdict.GO, 14.0)),
    action=Action(What.UNPLUG_AND_LEAVE),
    outing=MARKET,
)
CAUTION = msgspec.structs.replace(
    GO,
    verdict=Verdict.CAUTION,
    reasons=(
        Reason(Why.LONG_SINCE_FULL, Verdict.CAUTION, 16.0),
        Reason(Why.TIGHT, Verdict.CAUTION, 12.0),
        Reason(Why.SILENT, Verdict.CAUTION, words=("moteur",)),
    ),
    action=Action(What.CHARGE, 40.0),
    soc_pct=61.0,
    soc_sigma_pct=9.0,
    needed_pct=46.0,
    return_pct=15.0,
)
NO_GO = msgspec.structs.replace(
    GO,
    verdict=Verdict.NO_GO,
    reasons=(
        Reason(Why.NOT_ENOUGH, Verdict.NO_GO, 3.2),
        Reason(Why.COLD, Verdict.CAUTION, -2.0),
        Reason(Why.SILENT, Verdict.CAUTION, words=("moteur",)),
    ),
    action=Action(What.WARM_THEN_CHARGE, 100.0),
    soc_pct=34.0,
    soc_sigma_pct=6.0,
    needed_pct=41.0,
    return_pct=-7.0,
)
#: Nothing is heard of the battery.
BLIND = msgspec.structs.replace(
    GO,
    verdict=Verdict.NO_GO,
    reasons=(Reason(Why.NO_DATA, Verdict.NO_GO, 720.0),),
    action=Action(What.CHECK_CABLES),
    outing=USUAL_OUTING,
    soc_pct=None,
    soc_sigma_pct=None,
    needed_pct=None,
    return_pct=None,
)
#: As many words as a verdict can hold.
WORDY = msgspec.structs.replace(
    NO_GO,
    reasons=(
        Reason(
            Why.ALARM,
            Verdict.NO_GO,
            words=("cell_undervoltage", "discharge_overcurrent", "short_circuit"),
        ),
        Reason(
            Why.UNKNOWN,
            Verdict.CAUTION,
            words=("soc_pct", "battery_temps_c", "cells_v", "discharge_fet"),
        ),
        Reason(Why.LONG_SINCE_FULL, Verdict.CAUTION, 16.0),
    ),
    action=Action(What.CALL_MAINTAINER),
    outing=msgspec.structs.replace(MARKET, place="Place de la République et des Libertés"),
)
EVENING = msgspec.structs.replace(
    GO,
    evening=Evening.NOT_CHARGING,
    outing=msgspec.structs.replace(MARKET, departs_utc_ms=NOON_MS + 21 * HOUR_MS),
)
VERDICTS = {
    "go": GO,
    "caution": CAUTION,
    "no_go": NO_GO,
    "blind": BLIND,
    "wordy": WORDY,
    "evening": EVENING,
}

PINS: dict[str, Value] = {"phone_charging": True, "speed_kmh": 12.4}
MOTOR: dict[str, Value] = {
    "motor_temp_c": 31.0,
    "controller_temp_c": 28.0,
    "power_w": -240,
    "current_a": -4.6,
}


def judged(
    readiness: Readiness | None = GO, plan: Plan | None = PLAN, *, pins: bool = True
) -> Status:
    """A unit at rest with a motor, at noon; with or without a supply for phones and a wheel."""
    now = status(RESTING)
    given = {"moteur": MOTOR, **({"gpio": PINS} if pins else {})}
    added = {
        source: {name: Reading(value, 0.3) for name, value in values.items()}
        for source, values in given.items()
    }
    return msgspec.structs.replace(
        now, readings={**now.readings, **added}, readiness=readiness, plan=plan, utc_ms=NOON_MS
    )
