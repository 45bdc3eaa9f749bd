"""The radio for phones: its firmware, whether it is blocked, and who else would have it."""

from pathlib import Path

from triporteur_kiosk.doctor.bedside import Bedside
from triporteur_kiosk.gate.plan import OWN_RADIO_STATIONS, GatePlan
from triporteur_wire.findings import Answer, attention, well, wrong

#: The radio of the Pi 3B+, 4, 5 and 500, as the kernel numbers it (include/linux/mmc/sdio_ids.h).
_43455 = frozenset({0x4345, 0xA9BF})
#: Which build of its firmware is used; "minimal" leaves out what makes room for more phones
#: (RPi-Distro's package firmware-brcm80211).
_FIRMWARE = "cypress/cyfmac43455-sdio.bin"


def interface(gate: GatePlan, here: Bedside) -> Answer:
    """Whether there is one of this name."""
    there = sorted(each.name for each in (here.sys / "class/net").iterdir() if each.name != "lo")
    if gate.interface in there:
        return well(f"{gate.interface} is there")
    return wrong(
        f"there is no interface {gate.interface}: plug it in, or name another in [gate]; there are "
        f"{', '.join(there) or 'none'}"
    )


def manager(gate: GatePlan, here: Bedside) -> Answer:
    """Whether NetworkManager, where it runs, leaves the interface alone."""
    if not (here.run / "NetworkManager").is_dir():
        return well("NetworkManager does not run")
    for line in here.ask(("nmcli", "-t", "-f", "DEVICE,STATE", "device")).splitlines():
        device, _, state = line.partition(":")
        if device == gate.interface and state != "unmanaged":
            return wrong(
                f"NetworkManager holds {gate.interface} ({state}): triporteur-kiosk gate "
                "--prepare, then systemctl restart triporteur-gate"
            )
    return well(f"NetworkManager leaves {gate.interface} alone")


def blocked(gate: GatePlan, here: Bedside) -> Answer:
    """rfkill: a fresh Raspberry Pi has its radio off until its country is named."""
    phy = here.sys / "class/net" / gate.interface / "phy80211"
    for switch in sorted(phy.glob("rfkill*")):
        if _is_on(switch / "hard"):
            return wrong(f"a switch of the machine itself turns {gate.interface} off")
        if _is_on(switch / "soft"):
            return wrong(f"{gate.interface} is turned off: rfkill unblock wlan")
    return well(f"nothing turns {gate.interface} off")


def firmware(gate: GatePlan, here: Bedside) -> Answer:
    """How many phones the chip holds with the firmware that is chosen."""
    if gate.ssid is None:
        return well("phones are on an access point of its own")
    if _chip(here.sys / "class/net" / gate.interface) not in _43455:
        return well(f"{gate.interface} is no radio that we know to need another firmware")
    chosen = (here.firmware / _FIRMWARE).resolve().name
    if "minimal" not in chosen:
        return attention(
            f"{chosen} holds 4 to 10 phones, the minimal one {OWN_RADIO_STATIONS}: "
            "update-alternatives --config cyfmac43455-sdio.bin, then restart the unit"
        )
    if gate.most_stations > OWN_RADIO_STATIONS:
        return attention(
            f"[gate] most_stations is {gate.most_stations}, and this radio holds "
            f"{OWN_RADIO_STATIONS}: beyond that all phones may be lost at once"
        )
    return well(f"{chosen} holds {OWN_RADIO_STATIONS} phones")


def _chip(interface: Path) -> int:
    try:
        return int((interface / "device/device").read_text(encoding="ascii"), 16)
    except (OSError, ValueError):
        return 0


def _is_on(switch: Path) -> bool:
    return switch.exists() and switch.read_text(encoding="ascii").strip() == "1"
