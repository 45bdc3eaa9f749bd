"""The one table of what a unit can measure: name, unit, range, sign, decimals, dead-band.

A name ends in its unit. Ranges say what is physically possible aboard a light e-cargo trike (packs
of 12 to 96 V); a value outside is a false reading, not a measure.
Sources of the ranges: the protocol documents of the supported devices, and what such packs can
be; a cell may read 0 V, for that is how a board shows a sense wire that is off.
"""

from enum import StrEnum

import msgspec


class Shape(StrEnum):
    #: one number
    NUMBER = "number"
    #: one number per cell or sensor, in the device's order
    NUMBERS = "numbers"
    #: true or false
    FLAG = "flag"
    #: one word of a closed vocabulary
    WORD = "word"
    #: any number of words; none means "the device says there is nothing"
    WORDS = "words"


class Quantity(msgspec.Struct, frozen=True):
    """One measurable quantity.

    `dead_band` is the change, in `unit`, below which nothing new is recorded: the stored curve
    stays within it at every accepted sample. `decimals` is what the journal keeps. `sign` says
    which way is positive where that could be doubted. `label` is the French word on pages. A
    `total` goes one way until its device is reset: what was lost between can be told from it.
    One that is not `recorded` is shown while it is fresh, and kept nowhere.
    """

    name: str
    unit: str
    shape: Shape
    label: str
    low: float = 0.0
    high: float = 0.0
    decimals: int = 0
    dead_band: float = 0.0
    sign: str = ""
    total: bool = False
    recorded: bool = True


def _number(
    name: str,
    unit: str,
    label: str,
    *,
    range: tuple[float, float],
    decimals: int,
    dead_band: float,
    shape: Shape = Shape.NUMBER,
    sign: str = "",
    total: bool = False,
    recorded: bool = True,
) -> Quantity:
    low, high = range
    return Quantity(name, unit, shape, label, low, high, decimals, dead_band, sign, total, recorded)


_INTO_BATTERY = "positive into the battery"

TABLE = (
    _number("pack_voltage_v", "V", "tension", range=(0, 120), decimals=3, dead_band=0.1),
    _number("input_voltage_v", "V", "tension du moteur", range=(0, 120), decimals=3, dead_band=0.1),
    _number("aux_voltage_v", "V", "tension auxiliaire", range=(-5, 120), decimals=3, dead_band=0.1),
    _number(
        "panel_voltage_v", "V", "tension du panneau", range=(0, 250), decimals=2, dead_band=0.5
    ),
    _number(
        "current_a",
        "A",
        "courant",
        range=(-500, 500),
        decimals=3,
        dead_band=0.3,
        sign=_INTO_BATTERY,
    ),
    _number(
        "load_current_a", "A", "courant de la sortie", range=(-500, 500), decimals=2, dead_band=0.3
    ),
    _number(
        "motor_current_a", "A", "courant du moteur", range=(-500, 500), decimals=2, dead_band=0.5
    ),
    _number(
        "power_w",
        "W",
        "puissance",
        range=(-30000, 30000),
        decimals=0,
        dead_band=15,
        sign=_INTO_BATTERY,
    ),
    _number("panel_power_w", "W", "puissance du panneau", range=(0, 5000), decimals=0, dead_band=3),
    _number("soc_pct", "%", "charge", range=(0, 100), decimals=1, dead_band=0.5),
    _number("soh_pct", "%", "santé", range=(0, 100), decimals=1, dead_band=0.5),
    _number("remaining_ah", "Ah", "charge restante", range=(0, 1000), decimals=2, dead_band=0.1),
    _number("nominal_ah", "Ah", "capacité", range=(0, 1000), decimals=2, dead_band=0.1),
    _number(
        "consumed_ah",
        "Ah",
        "charge consommée",
        range=(-10000, 10000),
        decimals=3,
        dead_band=0.1,
        total=True,
    ),
    _number("cycles", "", "cycles", range=(0, 65535), decimals=0, dead_band=0, total=True),
    _number(
        "cells_v",
        "V",
        "cellules",
        range=(0, 5),
        decimals=3,
        dead_band=0.01,
        shape=Shape.NUMBERS,
    ),
    _number("max_cell_v", "V", "cellule haute", range=(0, 5), decimals=3, dead_band=0.01),
    _number("min_cell_v", "V", "cellule basse", range=(0, 5), decimals=3, dead_band=0.01),
    _number(
        "battery_temps_c",
        "°C",
        "température",
        range=(-40, 120),
        decimals=1,
        dead_band=0.5,
        shape=Shape.NUMBERS,
    ),
    _number("bms_temp_c", "°C", "température du BMS", range=(-40, 150), decimals=1, dead_band=1),
    _number(
        "controller_temp_c",
        "°C",
        "température du contrôleur",
        range=(-40, 150),
        decimals=1,
        dead_band=1,
    ),
    _number(
        "motor_temp_c", "°C", "température du moteur", range=(-40, 200), decimals=1, dead_band=1
    ),
    _number(
        "time_to_go_min",
        "min",
        "temps restant",
        range=(0, 100000),
        decimals=0,
        dead_band=10,
        recorded=False,  # a guess from charge and current, which are; and it would be half of all
    ),
    _number(
        "energy_out_wh",
        "Wh",
        "énergie fournie",
        range=(0, 1e8),
        decimals=0,
        dead_band=10,
        total=True,
    ),
    _number(
        "energy_in_wh", "Wh", "énergie reçue", range=(0, 1e8), decimals=0, dead_band=10, total=True
    ),
    _number(
        "erpm", "1/min", "régime électrique", range=(-200000, 200000), decimals=0, dead_band=100
    ),
    _number("duty_ratio", "", "rapport cyclique", range=(-1, 1), decimals=3, dead_band=0.02),
    _number(
        "tacho_counts",
        "",
        "compteur du moteur",
        range=(0, 2**32),
        decimals=0,
        dead_band=100,
        total=True,
    ),
    _number("speed_kmh", "km/h", "vitesse", range=(0, 80), decimals=1, dead_band=0.5),
    _number(
        "distance_m",
        "m",
        "distance parcourue",
        range=(0, 1e9),
        decimals=0,
        dead_band=20,
        total=True,
    ),
    _number(
        "cpu_temp_c", "°C", "température du boîtier", range=(-40, 150), decimals=0, dead_band=3
    ),
    _number("disk_free_mb", "Mo", "place libre", range=(0, 1e8), decimals=0, dead_band=50),
    _number(
        "wifi_stations",
        "",
        "appareils en Wi-Fi",
        range=(0, 10000),
        decimals=0,
        dead_band=0,
        recorded=False,  # who comes and goes, minute by minute, is nobody's business
    ),
    _number(
        "cells_gap_pct",
        "%",
        "écart entre cellules et batterie",
        range=(-100, 100),
        decimals=1,
        dead_band=0.5,
        sign="positive when the cells add up to more than the pack",
    ),
    _number(
        "energy_gap_pct",
        "%",
        "écart d’énergie entre batterie et moteur",
        range=(-100, 100),
        decimals=0,
        dead_band=3,
        sign="positive when the motor says that it took more than the battery gave",
    ),
    _number(
        "soc_gap_pct", "points", "écart entre deux charges", range=(0, 100), decimals=0, dead_band=1
    ),
    Quantity("charger_plugged", "", Shape.FLAG, "chargeur branché"),
    Quantity("key_on", "", Shape.FLAG, "clé de contact"),
    Quantity("phone_charging", "", Shape.FLAG, "prises pour téléphones"),
    Quantity("undervoltage", "", Shape.FLAG, "alimentation du boîtier trop faible"),
    Quantity("charge_fet", "", Shape.FLAG, "charge permise"),
    Quantity("discharge_fet", "", Shape.FLAG, "décharge permise"),
    Quantity("alarms", "", Shape.WORDS, "alarmes"),
    Quantity("fault", "", Shape.WORD, "panne du contrôleur"),
)
