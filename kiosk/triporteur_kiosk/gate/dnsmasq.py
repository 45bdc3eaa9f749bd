"""dnsmasq's files: one that gives out addresses, and a view of names for each kind of phone.

Nothing of a phone is logged, and its name for itself is not kept. Where nothing is forwarded DNS is
no way out. `local=` beside an `address=` makes the other kinds of question (AAAA, HTTPS) answered,
with nothing; without it they are refused, which resolvers take for a broken server.
"""

from triporteur_kiosk.gate.network import FACE, OWN
from triporteur_kiosk.gate.plan import LEASE_S, GatePlan
from triporteur_kiosk.gate.ruleset import CAPTIVE_PORT, GARDEN_PORT, OPEN_PORT, TABLE
from triporteur_kiosk.gate.sets import GARDEN
from triporteur_wire.consoles import is_name

#: With these, phones ask us and not a resolver of their own: Firefox, iCloud Private Relay.
_CANARIES = ("use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com")
#: How Windows asks whether DNS works, and is to be answered even by a portal.
_WINDOWS = "dns.msftncsi.com"
_WINDOWS_ADDRESSES = ("131.107.255.255", "fd3e:4f5a:5b81::1")
#: A phone that was let in asks anew at once; one that opens a page does not ask for each picture.
_CAPTIVE_TTL_S = 2
#: Answers about partners are not kept for longer, so that their addresses are in the set.
_GARDEN_TTL_S = 60
_UPSTREAM_AT_ONCE = 1000
#: Each of these is a process, which a phone may keep for minutes; answers seldom need one.
_TCP_AT_ONCE = 8
#: RFC 8910.
_API_V4, _API_V6 = 114, 103
_RA_EVERY_S = 60


def addresses(plan: GatePlan) -> str:
    """DHCP, DHCPv6 and router advertisements: no names.

    The router lifetime is 0, as RFC 7084 (G-4) asks of who has no IPv6 beyond: a phone then tries
    nothing that would be refused.
    """
    net = plan.network
    lines = [
        *_common(plan, 0),
        "dhcp-authoritative",
        f"dhcp-range={net.first},{net.last},{net.ipv4.netmask},{LEASE_S}s",
        f"dhcp-lease-max={net.places}",
        f"dhcp-leasefile={plan.leases_path}",
        "dhcp-ignore-names",
        "no-ping",  # an offer would wait for it, and a crowd for each other
        f"dhcp-option=option:router,{net.unit4}",
        f"dhcp-option=option:dns-server,{net.unit4}",
        "enable-ra",
        f"dhcp-range={net.ipv6.network_address},ra-stateless,{net.ipv6.prefixlen},{LEASE_S}s",
        f"ra-param={plan.interface},{_RA_EVERY_S},0",
        f"dhcp-option=option6:dns-server,[{net.unit6}]",
        "quiet-dhcp",
        "quiet-dhcp6",
        "quiet-ra",
    ]
    if plan.doors.api:
        lines += [
            f"dhcp-option={_API_V4},{plan.doors.api}",
            f"dhcp-option=option6:{_API_V6},{plan.doors.api}",
        ]
    return _text(lines)


def captive(plan: GatePlan) -> str:
    """Every name leads to the portal; nothing is asked of anybody."""
    return _text([*_common(plan, CAPTIVE_PORT), "no-resolv", *_captured(plan)])


def garden(plan: GatePlan) -> str:
    """As the captive view, but partners' names are asked of the open one, and their addresses kept.

    It has no server for other names, or it would ask him what is neither A nor captured. Raises
    ValueError for what is no name.
    """
    lines = [
        *_common(plan, GARDEN_PORT),
        "no-resolv",
        *_captured(plan),
        f"max-ttl={_GARDEN_TTL_S}",
        f"max-cache-ttl={_GARDEN_TTL_S}",
    ]
    for name in plan.garden:
        if not is_name(name):
            raise ValueError(f"{name!r} is no name of a partner's site")
        lines += [
            f"server=/{name}/127.0.0.1#{OPEN_PORT}",
            f"nftset=/{name}/4#inet#{TABLE}#{GARDEN}",
        ]
    return _text(lines)


def opened(plan: GatePlan) -> str:
    """The Internet's names, and our own; no IPv6 addresses, for there is no way to them.

    On loopback it answers the garden's view.
    """
    servers = [f"server={resolver}" for resolver in plan.resolvers]
    lines = [
        *_common(plan, OPEN_PORT),
        "listen-address=127.0.0.1",
        *(["no-resolv", *servers] if servers else []),
        "filter-AAAA",
        "stop-dns-rebind",
        "domain-needed",
        f"dns-forward-max={_UPSTREAM_AT_ONCE}",
        *_own(plan),
    ]
    return _text(lines)


def _common(plan: GatePlan, port: int) -> list[str]:
    return [
        f"port={port}",
        f"interface={plan.interface}",
        "except-interface=lo",
        "bind-dynamic",
        f"max-tcp-connections={_TCP_AT_ONCE}",
        "no-hosts",
        "log-facility=-",
        "pid-file",
    ]


def _captured(plan: GatePlan) -> list[str]:
    return [
        f"address=/#/{FACE}",
        "local=/#/",
        *_own(plan),
        *(f"address=/{_WINDOWS}/{address}" for address in _WINDOWS_ADDRESSES),
        f"local=/{_WINDOWS}/",
        *(f"address=/{name}/" for name in _CANARIES),
        f"local-ttl={_CAPTIVE_TTL_S}",
    ]


def _own(plan: GatePlan) -> list[str]:
    names = dict.fromkeys(plan.doors.names)
    return [line for name in names for line in (f"address=/{name}/{OWN}", f"local=/{name}/")]


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
