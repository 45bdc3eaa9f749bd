"""What the kernel is told of the phones' interface, and told back when the gate goes down."""

import re
from pathlib import Path

import msgspec

from triporteur_device.files import read_guest, write_whole
from triporteur_kiosk.gate.plan import GatePlan

_KERNEL = Path("/proc/sys/net")
_BEFORE = "settings-before.json"
_MOST_BYTES = 10_000
#: The folder is the gate's own user's, and root may bring the gate down: nothing else is written.
_OURS = re.compile(r"ipv4/ip_forward|ipv[46]/conf/[^/.][^/]*/[a-z0-9_]+")

_decode = msgspec.json.Decoder(dict[str, str]).decode


def settings(plan: GatePlan) -> dict[str, str]:
    """Names below `/proc/sys/net`, and their values, in their order.

    Forwarding is the whole machine's, only where access asks for it: the uplink may be a stick that
    comes and goes, and takes what it is told with it.
    """
    forwards = "0" if plan.access == "local" else "1"
    ipv4, ipv6 = f"ipv4/conf/{plan.interface}", f"ipv6/conf/{plan.interface}"
    return {
        **({"ipv4/ip_forward": "1"} if plan.access != "local" else {}),
        f"{ipv4}/forwarding": forwards,
        f"{ipv4}/accept_redirects": "0",
        f"{ipv4}/send_redirects": "0",
        f"{ipv4}/accept_source_route": "0",
        f"{ipv4}/arp_ignore": "1",
        f"{ipv4}/rp_filter": "1",
        f"{ipv6}/disable_ipv6": "0",
        f"{ipv6}/forwarding": "0",
        f"{ipv6}/accept_ra": "0",
        f"{ipv6}/accept_redirects": "0",
        # hostapd takes the interface down once, and the address is to outlive that.
        f"{ipv6}/keep_addr_on_down": "1",
    }


def apply(plan: GatePlan) -> None:
    """Keeps what was there before, unless a gate that died has already. Raises OSError."""
    wanted = settings(plan)
    kept = plan.directory / _BEFORE
    if not kept.exists():
        before = {name: (_KERNEL / name).read_text().strip() for name in wanted}
        write_whole(kept, msgspec.json.encode(before), durable=False)
    for name, value in wanted.items():
        (_KERNEL / name).write_text(value)


def restore(plan: GatePlan) -> None:
    """Puts back what `apply` found; nothing without it. Raises OSError."""
    kept = plan.directory / _BEFORE
    try:
        before = _decode(read_guest(kept, _MOST_BYTES))
    except (FileNotFoundError, msgspec.MsgspecError):
        return
    for name, value in before.items():
        # The adapter may have been pulled out.
        if _OURS.fullmatch(name) and (_KERNEL / name).exists():
            (_KERNEL / name).write_text(value)
    kept.unlink()
