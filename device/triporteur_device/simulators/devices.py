"""The instruments that can be simulated, by the name of their protocol.

Another device that speaks the same protocol has a name of its own behind a dash.
"""

from collections.abc import Callable, Mapping

from triporteur_device.simulators.ant_new import AntNewDevice
from triporteur_device.simulators.ant_old import AntOldDevice
from triporteur_device.simulators.bafang import BafangDevice
from triporteur_device.simulators.daly_81 import Daly81Device
from triporteur_device.simulators.daly_a5 import DalyA5Device
from triporteur_device.simulators.daly_d2 import DalyD2Device
from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.jbd_up16s import JbdUp16sDevice
from triporteur_device.simulators.jk import JkDevice
from triporteur_device.simulators.kt import KtDevice
from triporteur_device.simulators.modbus import PhaserunnerDevice
from triporteur_device.simulators.mppt import MpptDevice
from triporteur_device.simulators.vedirect import VeDirectDevice
from triporteur_device.simulators.vesc import VescDevice

#: Each takes a seed: another seed, another instrument.
DEVICES: Mapping[str, Callable[[int], Instrument]] = {
    "ant_new": AntNewDevice,
    "ant_old": AntOldDevice,
    "bafang": BafangDevice,
    "daly_81": Daly81Device,
    "daly_a5": DalyA5Device,
    "daly_d2": DalyD2Device,
    "jbd": JbdDevice,
    "jbd_up16s": JbdUp16sDevice,
    "jk": JkDevice,
    "kt": KtDevice,
    "modbus": PhaserunnerDevice,
    "vedirect": VeDirectDevice,
    "vedirect-mppt": MpptDevice,
    "vesc": VescDevice,
}
