"""Is there a way to the Internet, and is the month's budget left?"""

from collections.abc import Iterator
from pathlib import Path

from triporteur_device.doctor.bedside import Bedside
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Status

_NO_GATEWAY = {"00000000", "0" * 32}


def uplink(status: Status | None, here: Bedside) -> Answer:
    """proc_net(5): a default route names the interface that leads out."""
    ways = list(dict.fromkeys(_ways(here.proc)))
    if not ways:
        return wrong(
            "no interface leads to the Internet: is the 4G stick plugged in, its SIM in and its "
            "PIN off? See: ip route, and nmcli device"
        )
    link = status.link if status else None
    if link and 0 < link.budget_bytes <= link.sent_bytes + link.received_bytes:
        return attention(
            f"the month's {link.budget_bytes / 1e6:.0f} MB are used up: what was recorded waits "
            "for the next month, or for more in [mqtt] budget_mb"
        )
    return well(f"the way to the Internet is {', '.join(ways)}")


def _ways(proc: Path) -> Iterator[str]:
    for words in _lines(proc / "net/route"):
        if words[1] == "00000000" and words[7] == "00000000" and int(words[3], 16) & 1:
            yield words[0]
    for words in _lines(proc / "net/ipv6_route"):
        if words[0] == "0" * 32 and words[1] == "00" and words[4] not in _NO_GATEWAY:
            yield words[9]


def _lines(path: Path) -> Iterator[list[str]]:
    """Lines of a kernel's table, without those that are none."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return  # a kernel without IPv6
    for words in map(str.split, text.splitlines()):
        if len(words) >= 10 and words[0] != "Iface":
            yield words
