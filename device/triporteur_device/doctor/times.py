"""Does anything know what time it is?"""

from triporteur_device.config import DeviceConfig
from triporteur_device.doctor.bedside import Bedside
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Status


def clock(config: DeviceConfig, status: Status | None, here: Bedside) -> Answer:
    has_battery = any((here.sys / "class/rtc").glob("rtc*"))
    if config.clock.trust == "system" and not has_battery:
        return wrong(
            '[clock] trust is "system", and this machine has no battery clock: after a power cut '
            'records get wrong times; write trust = "ntp"'
        )
    wall = here.clock.wall()
    if wall:
        return well(f"{wall.origin} holds it, give or take {wall.error_ms} ms")
    if status and status.utc_ms is not None:
        return well("the depot tells the time; NTP does not")
    battery = "a battery clock is not asked" if has_battery else "it has no battery clock"
    return attention(
        f"nothing vouches for the time ({battery}): records are dated later, once there is a "
        "network; if it is there, look at: timedatectl"
    )
