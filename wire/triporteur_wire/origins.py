"""Sources that every unit names alike, because they are no line that somebody plugged in."""

#: The unit's own pins.
GPIO = "gpio"
#: The computer aboard itself.
MACHINE = "machine"
#: Comparisons of what the other sources say.
CHECKS = "checks"

OWN_SOURCES = (GPIO, MACHINE, CHECKS)

_FRENCH = {GPIO: "broches", MACHINE: "boîtier", CHECKS: "recoupements"}


def source_in_french(name: str) -> str:
    """The source's name as pages show it: its own, where somebody gave it one."""
    return _FRENCH.get(name, name)
