"""The instruments that can be simulated, by the name of their protocol."""

from collections.abc import Callable, Mapping

from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.vedirect import VeDirectDevice

#: Each takes a seed: another seed, another instrument.
DEVICES: Mapping[str, Callable[[int], Instrument]] = {
    "jbd": JbdDevice,
    "vedirect": VeDirectDevice,
}
