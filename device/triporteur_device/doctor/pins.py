"""The pins: a chip that the agent may use, and pins that answer."""

from triporteur_device.config import DeviceConfig
from triporteur_device.doctor.bedside import Acting, Bedside
from triporteur_wire.findings import Answer, well, wrong
from triporteur_wire.messages import Doubt, Status
from triporteur_wire.origins import GPIO


def pins(config: DeviceConfig, status: Status | None, agent: Acting, here: Bedside) -> Answer:
    if not config.gpio.is_wired:
        return well("[gpio] names no pin: nothing is wired")
    chips = sorted(here.dev.glob("gpiochip[0-9]*"))
    if not chips:
        return wrong(
            f"there is no {here.dev}/gpiochip0: only a Raspberry Pi has pins; take [gpio] out of "
            "unit.toml on another machine"
        )
    if not any(agent.may_use(chip) for chip in chips):
        return wrong(
            f"{agent.name} may not use {chips[0]}: put {agent.name} into the group gpio and "
            "restart the agent, or install the udev rules of the package"
        )
    health = status.sources.get(GPIO) if status else None
    if health and Doubt.OFFLINE in health.doubts:
        return wrong(
            "the agent has lost the pins: what it says is in journalctl -u triporteur-device; "
            "another program may hold them"
        )
    return well(f"{agent.name} may use the pins")
