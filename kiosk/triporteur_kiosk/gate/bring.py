"""Brings the gate up and down: files, rules, settings, addresses. Done twice it is as done once.

The rules come first and go last: at no moment is there an address without them.
"""

import os
import subprocess
from socket import if_nametoindex

from triporteur_device.files import write_whole
from triporteur_kiosk.gate import kernel_settings
from triporteur_kiosk.gate.children import plain_user
from triporteur_kiosk.gate.files import files, rules_path
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.ruleset import TABLE, removed

_PATIENCE_S = 30.0


class GateError(OSError):
    """The gate cannot be brought up; the sentence says why, and what to do."""


def up(plan: GatePlan) -> None:
    """Closed to everybody, whoever was let in before. Raises OSError, of which GateError is one."""
    _check_interface(plan)
    write_files(plan)
    _run("nft", "-f", str(rules_path(plan)))
    kernel_settings.apply(plan)
    _run("ip", "-batch", "-", said=addressing(plan))


def down(plan: GatePlan) -> None:
    """The interface is left down and without an address. Raises OSError."""
    if _is_there(plan.interface):
        _run("ip", "-batch", "-", said=_batch(f"link set dev {plan.interface} down", _bare(plan)))
    kernel_settings.restore(plan)
    _run("nft", "-f", "-", said=removed())
    for file in files(plan):
        file.path.unlink(missing_ok=True)


def quiet(plan: GatePlan) -> None:
    """No phone reaches the unit meanwhile. Raises OSError."""
    _run("ip", "link", "set", "dev", plan.interface, "down")


def loud(plan: GatePlan) -> None:
    """Phones may come again; an own radio is hostapd's to turn on. Raises OSError."""
    if plan.ssid is None:
        _run("ip", "link", "set", "dev", plan.interface, "up")


def write_files(plan: GatePlan) -> None:
    """Everything that is generated, and an empty list of leases where there is none. OSError."""
    for file in files(plan):
        write_whole(file.path, file.text.encode(), durable=False, mode=0o644)
    plan.leases_path.touch(mode=0o640)
    user = plain_user()
    if user is not None:
        os.chown(plan.leases_path, user.pw_uid, -1)


def has_rules() -> bool:
    """Whether the table is in the kernel. Raises OSError, of one who may not look."""
    return f"table inet {TABLE}\n" in _run("nft", "list", "tables")


def addressing(plan: GatePlan) -> str:
    """The addresses of the interface, and no others, as `ip -batch` reads it."""
    net, dev = plan.network, f"dev {plan.interface}"
    return _batch(
        _bare(plan),
        f"address add {net.unit4}/{net.ipv4.prefixlen} broadcast + {dev}",
        f"address add {net.unit6}/{net.ipv6.prefixlen} {dev} nodad",
        *([f"link set {dev} up"] if plan.ssid is None else []),
    )


def _bare(plan: GatePlan) -> str:
    return f"address flush dev {plan.interface} scope global"


def _batch(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _check_interface(plan: GatePlan) -> None:
    name = plan.interface
    if not _is_there(name):
        raise GateError(f"there is no network interface {name}: plug it in, or name another one")
    if _run("ip", "route", "show", "default", "dev", name).strip():
        raise GateError(
            f"{name} is this machine's way to the Internet: let [gate] interface name the one that "
            "phones come in by"
        )


def _is_there(interface: str) -> bool:
    try:
        if_nametoindex(interface)
    except OSError:
        return False
    return True


def _run(*command: str, said: str | None = None) -> str:
    try:
        done = subprocess.run(
            command, input=said, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise GateError(f"{command[0]} did not answer in {_PATIENCE_S:g} s") from error
    if done.returncode:
        raise GateError(f"{command[0]}: {done.stderr.strip().partition(chr(10))[0]}")
    return done.stdout
