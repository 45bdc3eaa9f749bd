"""What may be plugged in: every protocol of the registry, and the ways it is commonly fitted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from triporteur_device.protocols import PROTOCOLS, Fitting, ProtocolSpec
from triporteur_device.protocols.modbus_maps import BUILT_IN

#: The order of asking: the slow battery boards first, which other devices do not mind; ANT last,
#: whose questions upset some boards of other makers (venus-os_dbus-serialbattery leaves it out).
_ORDER = (
    *("jbd", "jbd_up16s", "daly_a5", "daly_d2", "daly_81", "jk", "vesc", "modbus"),
    *("ant_new", "ant_old"),
)
#: Daly boards answer the Bluetooth host where they do not answer the wired one.
_DALY_BLUETOOTH = 0x80


@dataclass(frozen=True, slots=True)
class Candidate:
    """A protocol, and the keys that its [[source]] needs besides."""

    spec: ProtocolSpec
    keys: Mapping[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = "".join(f", {key} {value}" for key, value in self.keys.items())
        return f"{self.spec.name}{told} at {self.spec.baud} baud"


def listeners() -> list[Candidate]:
    """Devices that speak unasked: they are heard, and never asked."""
    return [each for each in _every() if not each.spec.requests]


def askable() -> list[Candidate]:
    """Devices that only answer, in the order in which they are asked."""
    asked = [each for each in _every() if each.spec.requests]
    places = {name: place for place, name in enumerate(_ORDER)}
    return sorted(asked, key=lambda each: places.get(each.spec.name, len(places)))


def _every() -> Iterator[Candidate]:
    for spec in PROTOCOLS.values():
        if "registers" in spec.takes:
            for name, registers in BUILT_IN.items():
                yield Candidate(spec.fitted(Fitting(registers=registers)), {"registers": name})
        else:
            yield Candidate(spec)
    bluetooth = PROTOCOLS["daly_a5"].fitted(Fitting(address=_DALY_BLUETOOTH))
    yield Candidate(bluetooth, {"address": _DALY_BLUETOOTH})
