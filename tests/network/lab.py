"""Three networks on one machine: the phones' air, a unit with two interfaces, and the Internet.

    phone 1 … N ── air ── wlan0 [unit] wwan0 ── isp [internet]

The air keeps phones apart, as an access point that isolates them does; `mixed` asks for one that
does not, such as the radio of a Raspberry Pi.
"""

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.network.internet import UNIT_UPLINK, UPLINK, Internet
from tests.network.namespace import Namespace
from tests.network.phone import WIFI, Phone

UNIT_WIFI, UNIT_WWAN = "wlan0", "wwan0"
_AIR = "air"
#: The unit's adapter, also when it was pulled out and is plugged in again.
_ADAPTER = "02:5e:c0:de:ff:ff"


class Lab:
    """Use as a context; `folder` takes files and logs."""

    def __init__(self, folder: Path, *, mixed: bool = False) -> None:
        self.folder = folder
        self._mixed = mixed
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.air, self.unit, world = (stack.enter_context(Namespace()) for _ in range(3))
            self._connect(world)
            self.internet = stack.enter_context(Internet(world, self.folder))
            self._stack = stack.pop_all()
        self.phones: list[Phone] = []
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add_phones(self, count: int) -> list[Phone]:
        """Phones that have not joined yet."""
        first = len(self.phones) + 1
        spaces = [self._stack.enter_context(Namespace()) for _ in range(count)]
        added = [Phone(space, first + place) for place, space in enumerate(spaces)]
        for space in spaces:
            _do_not_wait(space)
        self.air.ip(*(line for phone in added for line in self._into_the_air(phone)))
        for phone in added:
            phone.namespace.turn_on(WIFI)
        self.phones += added
        return added

    def add_phone(self) -> Phone:
        (phone,) = self.add_phones(1)
        return phone

    @contextlib.contextmanager
    def uplink_down(self) -> Iterator[None]:
        """The 4G link swallows everything meanwhile, and says nothing."""
        self.internet.namespace.run("nft", "-f", "-", said=_SWALLOW)
        try:
            yield
        finally:
            self.internet.namespace.run("nft", "delete", "table", "netdev", "dead")

    def pull_adapter(self) -> None:
        """The unit's Wi-Fi is gone, with all that was set on it."""
        self.air.ip("link del dev unit")

    def plug_adapter(self) -> None:
        there = f"netns {self.unit.path} address {_ADAPTER}"
        self.air.ip(
            f"link add name unit type veth peer name {UNIT_WIFI} {there}",
            f"link set dev unit master {_AIR} up",
        )

    def _connect(self, world: Namespace) -> None:
        _do_not_wait(self.unit)
        _do_not_wait(world)
        self.air.ip(
            f"link add name {_AIR} type bridge mcast_snooping 0",
            f"link set dev {_AIR} up",
        )
        self.plug_adapter()
        world.ip(
            f"link add name isp type veth peer name {UNIT_WWAN} netns {self.unit.path}",
            *(f"address add {address} dev isp" for address in UPLINK),
            "link set dev isp up",
        )
        self.unit.ip(
            f"link set dev {UNIT_WIFI} up",
            *(f"address add {address} dev {UNIT_WWAN}" for address in UNIT_UPLINK),
            f"link set dev {UNIT_WWAN} up",
            *(f"route add default via {one.split('/')[0]}" for one in UPLINK),
        )

    def _into_the_air(self, phone: Phone) -> Iterator[str]:
        port = f"p{phone.number}"
        mac = phone.mac.hex(":")
        there = f"netns {phone.namespace.path} address {mac}"
        yield f"link add name {port} type veth peer name {WIFI} {there}"
        yield f"link set dev {port} master {_AIR} up"
        if not self._mixed:
            yield f"link set dev {port} type bridge_slave isolated on"


def _do_not_wait(namespace: Namespace) -> None:
    """An IPv6 address is used before it is known that nobody else has it: a second saved."""
    for interfaces in ("all", "default"):
        namespace.set(f"ipv6/conf/{interfaces}/accept_dad", 0)


_SWALLOW = """
table netdev dead {
    chain arriving {
        type filter hook ingress device isp priority 0
        drop
    }
}
"""
