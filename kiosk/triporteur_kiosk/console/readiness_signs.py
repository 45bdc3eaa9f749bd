"""The pictogram of each verdict, reason and action: one idea each."""

from triporteur_kiosk.console.state import Tone
from triporteur_wire.readiness import Verdict, What, Why

VERDICTS = {
    Verdict.GO: ("check", Tone.GO),
    Verdict.CAUTION: ("alert", Tone.WAIT),
    Verdict.NO_GO: ("stop", Tone.STOP),
}

WHYS = {
    Why.NO_DATA: "silent",
    Why.ALARM: "alert",
    Why.FAULT: "alert",
    Why.CUT: "off",
    Why.TOO_COLD: "thermometer",
    Why.TOO_HOT: "thermometer",
    Why.WEAK_CELL: "battery",
    Why.NOT_ENOUGH: "bolt",
    Why.TIGHT: "road",
    Why.CHARGE_UNKNOWN: "unknown",
    Why.CHARGE_UNSURE: "unknown",
    Why.LONG_SINCE_FULL: "unknown",
    Why.CHARGES_DISAGREE: "unknown",
    Why.CELLS_DISAGREE: "unknown",
    Why.ENERGIES_DISAGREE: "unknown",
    Why.UNKNOWN: "unknown",
    Why.SILENT: "silent",
    Why.COLD: "thermometer",
    Why.HOT: "thermometer",
    Why.UNEVEN_CELLS: "battery",
    Why.AGED: "battery",
    Why.WEAK_PACK: "battery",
    Why.NOISY_LINE: "silent",
    Why.WARNING: "alert",
    Why.SOUND: "check",
    Why.ENOUGH: "check",
    Why.USUAL_OUTING: "calendar",
}

WHATS = {
    What.LEAVE: "road",
    What.UNPLUG_AND_LEAVE: "plug",
    What.CHARGE: "plug",
    What.WARM_THEN_CHARGE: "house",
    What.WARM: "house",
    What.COOL: "thermometer",
    What.SHORTEN: "pin",
    What.CHARGE_FULLY: "charging",
    What.CHECK_CABLES: "cable",
    What.CALL_MAINTAINER: "wrench",
    What.LEAVE_CAREFULLY: "road",
}

#: Where the console itself helps to do it.
LEADS = {What.SHORTEN: "/sortie", What.CHECK_CABLES: "/unite"}
