"""Two programs that ask for an address in earnest, on behalf of a phone of the lab."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.network.phone import WIFI, Phone

# Debian's own scripts would write the name server into this machine's /etc/resolv.conf.
_UDHCPC = """\
#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev "$interface"
ip route add default via "$router"
printf '%s\\n' "$ip" "$router" "$dns" "$opt114" >{noted}
"""
_DHCLIENT = """\
#!/bin/sh
[ "$reason" = BOUND ] || exit 0
ip address add "$new_ip_address/$new_subnet_mask" dev "$interface"
ip route add default via "$new_routers"
printf '%s\\n' "$new_ip_address" "$new_routers" "$new_domain_name_servers" \\
    "$new_captive_portal" >{noted}
"""
_DHCLIENT_CONF = """\
option captive-portal code 114 = text;
request subnet-mask, routers, domain-name-servers, captive-portal;
"""
_DHCLIENT_6 = """\
#!/bin/sh
[ "$reason" = RENEW6 ] || exit 0
printf '%s' "$new_dhcp6_captive_portal" >{noted}
"""
_DHCLIENT_6_CONF = """\
option dhcp6.captive-portal code 103 = text;
also request dhcp6.captive-portal;
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a client took, as its own script was told."""

    address: str
    router: str
    name_server: str
    portal: str


Client = Callable[[Phone, Path], Taken]


def udhcpc(phone: Phone, folder: Path) -> Taken:
    """BusyBox's, as in routers and small devices."""
    script, noted = _script(folder, _UDHCPC)
    command = ("-i", WIFI, "-s", script, "-O", "114", "-f", "-q", "-n", "-t", "10", "-T", "1")
    phone.namespace.run("udhcpc", *command)
    return _taken(phone, noted)


def dhclient(phone: Phone, folder: Path) -> Taken:
    """ISC's, as in many Linux machines; it goes on in the background until the lab ends."""
    script, noted = _script(folder, _DHCLIENT)
    config = folder / "dhclient.conf"
    config.write_text(_DHCLIENT_CONF)
    files = ("-cf", config, "-sf", script, "-lf", folder / "leases", "-pf", folder / "pid")
    phone.namespace.run("dhclient", "-4", "-1", "-q", *files, WIFI)
    return _taken(phone, noted)


def dhclient_6(phone: Phone, folder: Path) -> str:
    """ISC's over IPv6, where it asks for no address; what it is told of a portal."""
    script, noted = _script(folder, _DHCLIENT_6)
    config = folder / "dhclient.conf"
    config.write_text(_DHCLIENT_6_CONF)
    files = ("-cf", config, "-sf", script, "-lf", folder / "leases", "-pf", folder / "pid")
    phone.namespace.run("dhclient", "-6", "-S", "-1", "-q", *files, WIFI)
    return noted.read_text()


def _script(folder: Path, text: str) -> tuple[Path, Path]:
    script, noted = folder / "script", folder / "noted"
    script.write_text(text.format(noted=shlex.quote(str(noted))))
    script.chmod(0o755)
    return script, noted


def _taken(phone: Phone, noted: Path) -> Taken:
    taken = Taken(*noted.read_text().splitlines())
    phone.name_server = taken.name_server
    return taken
