"""The one vocabulary of alarms: what any battery, shunt or charger may complain of."""

from enum import StrEnum


class Alarm(StrEnum):
    """A word of the quantity `alarms`; no word at all means that the device reports none."""

    CELL_OVERVOLTAGE = "cell_overvoltage"
    CELL_UNDERVOLTAGE = "cell_undervoltage"
    PACK_OVERVOLTAGE = "pack_overvoltage"
    PACK_UNDERVOLTAGE = "pack_undervoltage"
    CHARGE_OVERTEMPERATURE = "charge_overtemperature"
    CHARGE_UNDERTEMPERATURE = "charge_undertemperature"
    DISCHARGE_OVERTEMPERATURE = "discharge_overtemperature"
    DISCHARGE_UNDERTEMPERATURE = "discharge_undertemperature"
    CHARGE_OVERCURRENT = "charge_overcurrent"
    DISCHARGE_OVERCURRENT = "discharge_overcurrent"
    SHORT_CIRCUIT = "short_circuit"
    #: the chip that measures the cells does not answer its own board
    FRONTEND_FAULT = "frontend_fault"
    #: the board's switches are held open or closed by software
    FET_LOCKED = "fet_locked"
    LOW_VOLTAGE = "low_voltage"
    HIGH_VOLTAGE = "high_voltage"
    LOW_SOC = "low_soc"
    LOW_AUX_VOLTAGE = "low_aux_voltage"
    HIGH_AUX_VOLTAGE = "high_aux_voltage"
    LOW_TEMPERATURE = "low_temperature"
    HIGH_TEMPERATURE = "high_temperature"
    #: the midpoint of the bank deviates
    MIDPOINT = "midpoint"
    OVERLOAD = "overload"
    DC_RIPPLE = "dc_ripple"
    LOW_AC_VOLTAGE = "low_ac_voltage"
    HIGH_AC_VOLTAGE = "high_ac_voltage"
    BMS_LOCKOUT = "bms_lockout"
    CELL_IMBALANCE = "cell_imbalance"
    TEMPERATURE_IMBALANCE = "temperature_imbalance"
    #: a probe, or what the board measures with
    SENSOR_FAULT = "sensor_fault"
    #: the board's own memory, clock or wires
    INTERNAL_FAULT = "internal_fault"
    #: the device reports an alarm that its documents do not name
    OTHER = "other"


_FRENCH: dict[str, str] = {
    Alarm.CELL_OVERVOLTAGE: "cellule trop pleine",
    Alarm.CELL_UNDERVOLTAGE: "cellule trop vide",
    Alarm.PACK_OVERVOLTAGE: "tension trop haute",
    Alarm.PACK_UNDERVOLTAGE: "tension trop basse",
    Alarm.CHARGE_OVERTEMPERATURE: "trop chaude pour charger",
    Alarm.CHARGE_UNDERTEMPERATURE: "trop froide pour charger",
    Alarm.DISCHARGE_OVERTEMPERATURE: "trop chaude pour rouler",
    Alarm.DISCHARGE_UNDERTEMPERATURE: "trop froide pour rouler",
    Alarm.CHARGE_OVERCURRENT: "courant de charge trop fort",
    Alarm.DISCHARGE_OVERCURRENT: "courant tiré trop fort",
    Alarm.SHORT_CIRCUIT: "court-circuit",
    Alarm.FRONTEND_FAULT: "mesure des cellules en panne",
    Alarm.FET_LOCKED: "interrupteurs bloqués",
    Alarm.LOW_VOLTAGE: "tension basse",
    Alarm.HIGH_VOLTAGE: "tension haute",
    Alarm.LOW_SOC: "charge basse signalée",
    Alarm.LOW_AUX_VOLTAGE: "tension auxiliaire basse",
    Alarm.HIGH_AUX_VOLTAGE: "tension auxiliaire haute",
    Alarm.LOW_TEMPERATURE: "trop froide",
    Alarm.HIGH_TEMPERATURE: "trop chaude",
    Alarm.MIDPOINT: "moitiés de batterie inégales",
    Alarm.OVERLOAD: "surcharge",
    Alarm.DC_RIPPLE: "tension instable",
    Alarm.LOW_AC_VOLTAGE: "secteur trop bas",
    Alarm.HIGH_AC_VOLTAGE: "secteur trop haut",
    Alarm.BMS_LOCKOUT: "verrouillée par sa protection",
    Alarm.CELL_IMBALANCE: "cellules inégales",
    Alarm.TEMPERATURE_IMBALANCE: "températures inégales",
    Alarm.SENSOR_FAULT: "capteur en panne",
    Alarm.INTERNAL_FAULT: "panne interne",
    Alarm.OTHER: "alarme sans nom",
}


def in_french(word: str) -> str:
    """An alarm as the pages say it; one of a later version as it came."""
    return _FRENCH.get(word, word.replace("_", " "))
