"""A real kernel's networks: a unit between a phone and what is beyond."""

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.network.namespace import Namespace
from triporteur_kiosk.config import GatePlan
from triporteur_kiosk.gate import bring

EXTERNAL = 'radio = "external"\n'
#: The elements of sets that rules fill.
_NOTED = re.compile(r"(flags dynamic[^}]*?)\n\t\telements = \{[^}]*\}")
OPEN = f'{EXTERNAL}access = "open"\nuplink = "wwan0"\n'


@dataclass(frozen=True, slots=True)
class Street:
    """The phone has an address of its own already; nothing runs anywhere."""

    unit: Namespace
    phone: Namespace
    beyond: Namespace

    def rules(self) -> str:
        """Without what the kernel itself notes of phones, whose systems speak when they like."""
        return _NOTED.sub(r"\1", self.unit.run("nft", "--stateless", "list", "ruleset"))

    def addresses(self) -> set[str]:
        (link,) = json.loads(self.unit.run("ip", "-j", "address", "show", "dev", "wlan0"))
        return {one["local"] for one in link["addr_info"] if one["scope"] == "global"}


@contextmanager
def built() -> Iterator[Street]:
    """Needs root."""
    with Namespace() as unit, Namespace() as phone, Namespace() as beyond:
        unit.ip(
            f"link add name wlan0 type veth peer name wlan0 netns {phone.path}",
            f"link add name wwan0 type veth peer name wwan0 netns {beyond.path}",
            "address add 192.0.2.2/24 dev wwan0",
            "link set dev wwan0 up",
            "route add default via 192.0.2.1",
        )
        beyond.ip("address add 192.0.2.1/24 dev wwan0", "link set dev wwan0 up")
        phone.ip(
            "link set dev wlan0 up",
            "address add 10.77.0.20/22 dev wlan0",
            "route add default via 10.77.0.1",
        )
        yield Street(unit, phone, beyond)


def up(street: Street, plan: GatePlan) -> None:
    with street.unit.entered():
        bring.up(plan)


def down(street: Street, plan: GatePlan) -> None:
    with street.unit.entered():
        bring.down(plan)


def connects(street: Street, address: str, port: int) -> str:
    """How a connection from the phone ends: never by waiting."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with street.phone.entered(), socket.socket(family) as line:
        line.settimeout(60)
        try:
            line.connect((address, port))
        except OSError as error:
            return os.strerror(error.errno) if error.errno else "timed out"
    return "connected"


@contextmanager
def listening(street: Street, port: int) -> Iterator[None]:
    """Something of the unit that listens everywhere, as SSH does."""
    with street.unit.entered():
        both = socket.create_server(
            ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=32
        )
    with both:
        yield
