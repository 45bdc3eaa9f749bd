"""French for the alarms that batteries, shunts and chargers report."""

ALARMS = {
    "cell_overvoltage": "cellule trop pleine",
    "cell_undervoltage": "cellule trop vide",
    "pack_overvoltage": "tension trop haute",
    "pack_undervoltage": "tension trop basse",
    "charge_overtemperature": "trop chaude pour charger",
    "charge_undertemperature": "trop froide pour charger",
    "discharge_overtemperature": "trop chaude pour rouler",
    "discharge_undertemperature": "trop froide pour rouler",
    "charge_overcurrent": "courant de charge trop fort",
    "discharge_overcurrent": "courant tiré trop fort",
    "short_circuit": "court-circuit",
    "frontend_fault": "mesure des cellules en panne",
    "fet_locked": "interrupteurs bloqués",
    "low_voltage": "tension basse",
    "high_voltage": "tension haute",
    "low_soc": "charge basse signalée",
    "low_aux_voltage": "tension auxiliaire basse",
    "high_aux_voltage": "tension auxiliaire haute",
    "low_temperature": "trop froide",
    "high_temperature": "trop chaude",
    "midpoint": "moitiés de batterie inégales",
    "overload": "surcharge",
    "dc_ripple": "tension instable",
    "low_ac_voltage": "secteur trop bas",
    "high_ac_voltage": "secteur trop haut",
    "bms_lockout": "verrouillée par sa protection",
    "other": "alarme sans nom",
}


def alarm(word: str) -> str:
    """The alarm in French; an unknown one as it came."""
    return ALARMS.get(word, word.replace("_", " "))
