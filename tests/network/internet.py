"""The Internet of the lab: a name server, sites that have addresses of their own, all that arrives.

dnsmasq answers for the names that are known here, and says of every other that there is none.
"""

import struct
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Self

from tests.network.capture import Capture
from tests.network.certificates import Authority
from tests.network.namespace import Namespace
from tests.network.sites import Sites
from tests.rig import wait_for
from triporteur_kiosk.public.probes import PROBES

UPLINK = "192.0.2.1/24", "2001:db8:a::1/64"
UNIT_UPLINK = "192.0.2.2/24", "2001:db8:a::2/64"
NAME_SERVER = "192.0.2.1"
#: Public resolvers, which some phones ask whatever they are told.
RESOLVERS = ("8.8.8.8", "1.1.1.1")
PARTNERS = ("www.caf.fr", "www.ameli.fr", "franceconnect.gouv.fr")
OTHERS = ("www.example.com", "tracker.example.net", "depot.example")
NAMES = (*dict.fromkeys(host for probe in PROBES for host in probe.hosts), *PARTNERS, *OTHERS)
# Nobody's: RFC 2544 (dnsmasq takes those of RFC 5737 for private ones), RFC 3849.
_SITES, _SITES_6 = IPv4Address("198.18.0.0"), IPv6Address("2001:db8:b::")
#: Where the root zone starts, by which the unit knows that names are answered: names, then times.
_ROOT = b"\1a\0\1b\0" + struct.pack("!5I", 1, 1800, 900, 604_800, 86_400)
#: Windows asks for this name, compares, and never connects.
NCSI_NAME, NCSI_ADDRESS, NCSI_ADDRESS_6 = "dns.msftncsi.com", "131.107.255.255", "fd3e:4f5a:5b81::1"


def address_of(name: str) -> str:
    """Where a site really is."""
    return str(_SITES + 1 + NAMES.index(name))


def address_6_of(name: str) -> str:
    return str(_SITES_6 + 1 + NAMES.index(name))


class Internet:
    """Use as a context. `sites` knows what it was asked for, `capture` every frame that came."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        self.namespace = namespace
        self.authority = Authority(NAMES)
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.namespace.ip(
            f"route add local {_SITES}/24 dev lo",
            f"route add local {_SITES_6}/64 dev lo",
            *(f"address add {address}/32 dev lo" for address in RESOLVERS),
        )
        with ExitStack() as stack:
            self.capture = stack.enter_context(Capture(self.namespace, "isp"))
            self.sites = stack.enter_context(Sites(self.namespace, self.authority.server))
            config = self._folder / "internet.conf"
            config.write_text("".join(f"{line}\n" for line in _name_server()))
            command = ("dnsmasq", "--keep-in-foreground", f"--conf-file={config}")
            stack.enter_context(self.namespace.running(self._folder / "internet.log", *command))
            wait_for(lambda: ":53 " in self.namespace.run("ss", "-Hlun"), "names are answered")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _name_server() -> Iterator[str]:
    yield from ("no-resolv", "no-hosts", "pid-file=", "user=root", "cache-size=0")
    yield "address=/#/"  # there is no such name
    yield f"dns-rr=.,6,{_ROOT.hex()}"
    yield f"host-record={NCSI_NAME},{NCSI_ADDRESS},{NCSI_ADDRESS_6}"
    for name in NAMES:
        yield f"host-record={name},{address_of(name)},{address_6_of(name)}"
