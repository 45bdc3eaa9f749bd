"""What the computer aboard and its wires say of themselves, for the page « Unité »."""

from collections.abc import Iterator

from triporteur_kiosk.console.figures import Figure, given
from triporteur_wire.french import measure
from triporteur_wire.messages import Status
from triporteur_wire.origins import GPIO

_NUMBERS = ("cpu_temp_c", "wifi_stations")
#: The words for yes and no.
_FLAGS = {
    "charger_plugged": ("Chargeur", "branché", "débranché"),
    "key_on": ("Clé de contact", "mise", "coupée"),
    "undervoltage": ("Alimentation du boîtier", "trop faible", "bonne"),
}


def aboard(status: Status) -> list[Figure]:
    """A figure for each thing that is known now; nothing of what the unit does not have."""
    return [*_flags(status), *_numbers(status), *_room(status), *_distance(status)]


def _flags(status: Status) -> Iterator[Figure]:
    for quantity, (label, yes, no) in _FLAGS.items():
        if told := status.reading(quantity):
            yield Figure(label, yes if told.value else no)


def _numbers(status: Status) -> Iterator[Figure]:
    for quantity in _NUMBERS:
        yield from given(status, quantity, 0)


def _room(status: Status) -> Iterator[Figure]:
    free_mb = status.number("disk_free_mb")
    if free_mb is not None:
        yield Figure("Place libre", measure(free_mb / 1000, "Go", 1))


def _distance(status: Status) -> Iterator[Figure]:
    # The wheel's own: a motor's may have begun on another day.
    told = status.readings.get(GPIO, {}).get("distance_m")
    if told and isinstance(told.value, int | float):
        yield Figure("Distance depuis l’allumage", measure(told.value / 1000, "km", 1))
