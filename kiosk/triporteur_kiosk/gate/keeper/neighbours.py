"""Which phone has an address, by the kernel's neighbour table of the Wi-Fi's interface.

Anybody may tell the kernel that he has an address, or that a phone beside him has it: one that is
lent to another phone is not his, and a phone that was lent one has no other.
"""

import subprocess
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import msgspec

from triporteur_kiosk.gate.keeper.leases import lent
from triporteur_kiosk.gate.keeper.passes import Phone
from triporteur_wire.reading import Unreadable, decode

_PATIENCE_S = 2.0


class Neighbour(msgspec.Struct, frozen=True):
    """One line of `ip -json neighbour`; without `lladdr` nobody answered there."""

    dst: str
    lladdr: str | None = None


_TABLE = msgspec.json.Decoder(list[Neighbour])


class Neighbours:
    """`leases` is dnsmasq's file."""

    def __init__(self, wifi: str, leases: Path) -> None:
        self._command = ("ip", "-json", "neighbour", "show", "dev", wifi)
        self._leases = leases

    def phone(self, address: str) -> Phone | None:
        """The phone that speaks from this address, with the IPv4 address it has.

        None when no phone of the Wi-Fi has it, or only an IPv6 one yet, or when it is another's.
        Raises ValueError when it is no address, OSError when the kernel does not tell.
        """
        ip, table = str(_plain(address)), self._table()
        mac = next((one.lladdr for one in table if one.dst == ip and one.lladdr), None)
        if mac is None:
            return None
        fours = [ip] if ":" not in ip else [one.dst for one in table if one.lladdr == mac]
        lent_to = lent(self._leases)
        return next((Phone(mac, four) for four in fours if _may_have(four, mac, lent_to)), None)

    def _table(self) -> list[Neighbour]:
        try:
            done = subprocess.run(
                self._command, capture_output=True, check=True, timeout=_PATIENCE_S
            )
            return decode(_TABLE, done.stdout or b"[]")
        except (subprocess.SubprocessError, Unreadable) as error:
            raise OSError(f"the neighbour table cannot be read: {error}") from error


def _may_have(ip: str, mac: str, lent_to: Mapping[str, str]) -> bool:
    """An IPv4 address that was lent to it or, where it was lent none, to nobody: set by hand."""
    if ":" in ip:
        return False
    return lent_to.get(ip) == mac or (ip not in lent_to and mac not in lent_to.values())


def _plain(address: str) -> IPv4Address | IPv6Address:
    """Without a zone, and IPv4 as such."""
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return found
    return found.ipv4_mapped or IPv6Address(int(found))
