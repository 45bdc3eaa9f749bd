"""What the gate stands on: the machine's programs, its kernel, and the phones' interface."""

import fcntl
import shutil
import socket
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.resolvers import system_servers
from triporteur_kiosk.gate.routes import ROUTES, default_interface, overlap
from triporteur_wire.gate import VISITORS_SOCKET, AskVisitor, encode

_PATIENCE_S = 30.0
#: One that is up answers, however busy.
_ANSWERS_S = 15.0
_PROGRAMS = ("conntrack", "dnsmasq", "ip", "nft", "setpriv")
_IPV6 = Path("/proc/sys/net/ipv6")
# <linux/sockios.h>; a `struct ifreq` with a `struct sockaddr_in`.
_GET_ADDRESS = 0x8915
_REQUEST, _ADDRESS = struct.Struct("16s16x"), struct.Struct("20x4s8x")


class GateError(OSError):
    """The gate cannot be brought up; the sentence says why, and what to do."""


class Hindered(GateError):
    """It cannot be up for what may be otherwise in a moment: another start would mend nothing."""


def check(plan: GatePlan) -> None:
    """Raises GateError for what no table of `unit.toml` shows, Hindered without its interface."""
    needed = (*_PROGRAMS, *(["hostapd"] if plan.ssid is not None else []))
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        raise GateError(f"install what is missing on this machine: {', '.join(missing)}")
    if not _IPV6.exists():
        raise GateError("this kernel has no IPv6: take ipv6.disable=1 off its command line")
    if not is_there(plan):
        raise Hindered(
            f"there is no network interface {plan.interface}: plug it in, or name another one"
        )
    check_way(plan)


def check_alone(plan: GatePlan) -> None:
    """Raises GateError while another gate answers: at its end a second one takes its doors away."""
    try:
        ask_line(plan.directory / VISITORS_SOCKET, encode(AskVisitor("::")), _ANSWERS_S)
    except (FileNotFoundError, ConnectionRefusedError):
        return
    except OSError:  # too busy to answer in time, or to take one more question
        pass
    raise GateError(
        f"another gate holds {plan.directory}: end that one first (systemctl stop triporteur-gate)"
    )


def check_way(plan: GatePlan) -> None:
    """Raises GateError when the interface is no phones' one, but leads to the Internet."""
    name = plan.interface
    if is_there(plan) and run("ip", "route", "show", "default", "dev", name).strip():
        raise GateError(
            f"{name} is this machine's way to the Internet: let [gate] interface name the one that "
            "phones come in by"
        )


def check_apart(plan: GatePlan) -> None:
    """Raises Hindered when somebody's ways would be lost."""
    if sentence := taken(plan):
        raise Hindered(sentence)


def taken(plan: GatePlan, table: Path = ROUTES) -> str | None:
    """The sentence that says whose ways the phones' network would take. Raises OSError."""
    servers = (*plan.resolvers, *system_servers())
    return overlap(plan.interface, plan.network.ipv4, table, servers)


def servers_beyond(plan: GatePlan, table: Path = ROUTES) -> Sequence[str]:
    """The uplink's name servers; none while phones would not get to the Internet by it.

    They are led over IPv4, which an uplink may lack, and by no other interface than the one that
    is named. Raises OSError.
    """
    way = default_interface(table)
    if way is None or (plan.uplink and way != plan.uplink):
        return ()
    return plan.resolvers or system_servers()


def is_there(plan: GatePlan) -> bool:
    try:
        socket.if_nametoindex(plan.interface)
    except OSError:
        return False
    return True


def stands(plan: GatePlan) -> bool:
    """Whether the interface has the unit's address, which an adapter that comes back has not, and
    its network for itself. Raises OSError.
    """
    return _has_address(plan) and taken(plan) is None


def _has_address(plan: GatePlan) -> bool:
    asked = _REQUEST.pack(plan.interface.encode())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            told = fcntl.ioctl(control, _GET_ADDRESS, asked)
        except OSError:
            return False
    return bool(_ADDRESS.unpack(told)[0] == plan.network.unit4.packed)


def run(*command: str, said: str | None = None) -> str:
    """What the command prints. Raises OSError, of which GateError is what it complained of."""
    try:
        done = subprocess.run(
            command, input=said, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise GateError(f"{command[0]} did not answer in {_PATIENCE_S:g} s") from error
    if done.returncode:
        raise GateError(f"{command[0]}: {done.stderr.strip().partition(chr(10))[0]}")
    return done.stdout
