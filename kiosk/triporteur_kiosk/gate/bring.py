"""Brings the gate up and down: files, rules, settings, addresses. Done twice it is as done once.

The rules come first and go last: at no moment is there an address without them.
"""

import os

from triporteur_device.files import write_whole
from triporteur_kiosk.gate import kernel_settings
from triporteur_kiosk.gate.children import plain_user
from triporteur_kiosk.gate.files import files, rules_path
from triporteur_kiosk.gate.ground import Hindered, check, check_apart, is_there, run
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.ruleset import TABLE, removed


def up(plan: GatePlan) -> None:
    """Closed to everybody, whoever was let in before. Raises OSError, of which GateError is one.

    Where it would take another's ways this interface is left down, and Hindered raised.
    """
    check(plan)
    try:
        check_apart(plan)
    except Hindered:
        _leave(plan)
        raise
    write_files(plan)
    run("nft", "-f", str(rules_path(plan)))
    kernel_settings.apply(plan)
    run("ip", "-batch", "-", said=addressing(plan))


def down(plan: GatePlan) -> None:
    """The interface is left down and without an address. Raises OSError."""
    if is_there(plan):
        _leave(plan)
    kernel_settings.restore(plan)
    run("nft", "-f", "-", said=removed())
    for file in files(plan):
        file.path.unlink(missing_ok=True)


def quiet(plan: GatePlan) -> None:
    """No phone reaches the unit meanwhile. Raises OSError."""
    if is_there(plan):
        run("ip", "link", "set", "dev", plan.interface, "down")


def loud(plan: GatePlan) -> None:
    """Phones may come again; an own radio is hostapd's to turn on. Raises OSError."""
    if plan.ssid is None:
        run("ip", "link", "set", "dev", plan.interface, "up")


def write_files(plan: GatePlan) -> None:
    """Everything that is generated, and an empty list of leases where there is none. OSError."""
    for file in files(plan):
        write_whole(file.path, file.text.encode(), durable=False, mode=0o644)
    plan.leases_path.touch(mode=0o600)
    user = plain_user()
    if user is not None:
        os.chown(plan.leases_path, user.pw_uid, -1)


def has_rules() -> bool:
    """Whether the table is in the kernel. Raises OSError, of one who may not look."""
    return f"table inet {TABLE}\n" in run("nft", "list", "tables")


def addressing(plan: GatePlan) -> str:
    """The addresses of the interface, and no others, as `ip -batch` reads it."""
    net, dev = plan.network, f"dev {plan.interface}"
    return _batch(
        _bare(plan),
        f"address add {net.unit4}/{net.ipv4.prefixlen} broadcast + {dev}",
        f"address add {net.unit6}/{net.ipv6.prefixlen} {dev} nodad",
        *([f"link set {dev} up"] if plan.ssid is None else []),
    )


def _leave(plan: GatePlan) -> None:
    run("ip", "-batch", "-", said=_batch(f"link set dev {plan.interface} down", _bare(plan)))


def _bare(plan: GatePlan) -> str:
    return f"address flush dev {plan.interface} scope global"


def _batch(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
