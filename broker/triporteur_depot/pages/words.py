"""French for the words that devices and the agent aboard say; unknown words stay as they came."""

from triporteur_wire.records import Event

#: What a controller says when nothing is wrong.
NO_FAULT = frozenset({"", "none", "ok"})

_ALARMS = {
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
    "bms_lockout": "batterie verrouillée par sa protection",
    "other": "alarme sans nom",
}
_EVENTS = {
    "source_heard": "répond",
    "source_silent": "ne répond plus",
}


def alarm(word: str) -> str:
    """An alarm or a controller's fault."""
    return _ALARMS.get(word, _plain(word))


def event(said: Event) -> str:
    """What happened, and to which source: what it names stands in quotes."""
    source = f"« {said.source} »" if said.source else ""
    parts = [source, _EVENTS.get(said.name, _plain(said.name))]
    sentence = " ".join(part for part in parts if part)
    return f"{sentence} ({said.detail})" if said.detail else sentence


def _plain(word: str) -> str:
    return word.replace("_", " ")
