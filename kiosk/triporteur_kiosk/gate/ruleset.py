"""The gate's own table in the kernel's packet filter, as text for `nft -f`: one atomic change.

It judges packets of the phones' interface and no others, and never names another table. Whatever
is not said here is refused at once: a TCP connection by a reset, the rest by ICMP, so that a phone
does not wait. What may pass is in sets, of which each element ends by itself; so every packet is
held against them, and none passes merely because others of its flow did.
"""

import sys

from triporteur_kiosk.gate import counting, crowding
from triporteur_kiosk.gate.keeper.shares import own_part, unasked_part
from triporteur_kiosk.gate.network import FACE, OWN
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.sets import GARDEN, MACS, OUTWARD, PASSING, SETS, WELCOMED

TABLE = "triporteur_gate"

#: The views' DNS ports on the unit: reached by being led there from port 53, and not otherwise.
CAPTIVE_PORT, GARDEN_PORT, OPEN_PORT = 5301, 5302, 5303

#: On each flow of names: the end of the phone's MAC, and a bit so that it is never none.
_MARK, _MARK_BIT = "@ll,64,32 | 0x80000000", 0x80


def table(plan: GatePlan) -> str:
    """The whole table, in the place of one that is there. Nobody is let in by it."""
    unasked = counting.parts(
        unasked_part(plan.budget_bytes, plan.most_stations),
        plan.session_s,
        own_part(plan.budget_bytes, plan.visitor_bytes),
    )
    counted = counting.chains(plan.interface, (GARDEN_PORT, OPEN_PORT), PASSING, unasked)
    sets = f"{SETS}{crowding.SETS}{counting.sets(unasked)}{_REFUSE}"
    chains = (sets, _leading(plan), _arriving(plan), _forwarding(plan), counted, _answering(plan))
    return f"{_REMOVED}\ntable inet {TABLE} {{\n{_indented(''.join(chains))}}}\n"


def mark(mac: str) -> int:
    """By which the flows are found in which this phone asks for names."""
    first, *others = bytes.fromhex(mac.replace(":", ""))[2:]
    return int.from_bytes(bytes((first | _MARK_BIT, *others)), sys.byteorder)


def removed() -> str:
    """Takes the table away, and is content when there is none."""
    return f"{_REMOVED}\n"


_REMOVED = f"table inet {TABLE} {{\n}}\ndelete table inet {TABLE}"

_REFUSE = """\
chain refuse {
    meta l4proto tcp reject with tcp reset
    reject
}
"""


def _leading(plan: GatePlan) -> str:
    """Where phones' questions are led, by the first packet of each flow."""
    unit4, unit6 = plan.network.unit4, plan.network.unit6
    doors = plan.doors
    own = f"ip daddr {{ {FACE}, {OWN}, {unit4} }}"
    known = [f"{own} tcp dport 80 dnat ip to {unit4}:{doors.portal_port}"]
    if doors.console_port is not None:
        port = doors.console_port
        known.append(f"{own} tcp dport {port} dnat ip to {unit4}:{port}")
    if doors.secured_port is not None and doors.console_port != 443:
        known.append(f"ip daddr {OWN} tcp dport 443 dnat ip to {unit4}:{doors.secured_port}")
    return f"""\
chain leading {{
    type nat hook prerouting priority dstnat
    policy accept
    iifname "{plan.interface}" jump lead
}}
chain lead {{
    meta l4proto {{ tcp, udp }} th dport 53 goto lead_dns
    {f"{chr(10)}    ".join(known)}
    iifname @{OUTWARD} ether saddr . ip saddr @{WELCOMED} return
    meta nfproto ipv4 tcp dport 80 dnat ip to {unit4}:{doors.portal_port}
    meta nfproto ipv6 tcp dport 80 dnat ip6 to [{unit6}]:{doors.portal_port}
}}
chain lead_dns {{
    ct mark set {_MARK}
    iifname @{OUTWARD} ether saddr @{MACS} goto lead_dns_open
    iifname @{OUTWARD} goto lead_dns_garden
    {_to_view(plan, CAPTIVE_PORT)}
}}
chain lead_dns_garden {{
    {_to_view(plan, GARDEN_PORT)}
}}
chain lead_dns_open {{
    {_to_view(plan, OPEN_PORT)}
}}
"""


def _to_view(plan: GatePlan, port: int) -> str:
    both = "meta l4proto { tcp, udp }"
    return (
        f"meta nfproto ipv4 {both} dnat ip to {plan.network.unit4}:{port}\n"
        f"    meta nfproto ipv6 {both} dnat ip6 to [{plan.network.unit6}]:{port}"
    )


def _arriving(plan: GatePlan) -> str:
    """Before the kernel asks itself where to: while it forwards nothing it would refuse nothing.

    A forged sender is not answered: a refusal, with bytes of who was refused, would go to him. Nor
    is one who is too fast: each sender that he invents would have a place among the neighbours.
    What belongs to no flow is not translated, and would leave with the phone's own address.
    """
    return f"""\
chain arriving {{
    type filter hook prerouting priority dstnat + 5
    policy accept
    iifname != "{plan.interface}" accept
    meta nfproto ipv4 ip saddr != {plan.network.ipv4} goto nameless
    ip6 saddr != {{ ::, fe80::/10, {plan.network.ipv6} }} drop
    icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit }} {crowding.TOO_MANY_SOLICITS} drop
    ct state invalid drop
    {crowding.TOO_FAST} drop
    {crowding.TOO_MANY_FLOWS} goto refuse
    fib daddr type {{ local, broadcast, multicast }} accept
    goto out
}}
chain nameless {{
    ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
    drop
}}
chain out {{
    meta nfproto ipv6 goto refuse
    ip daddr @nowhere goto refuse
    tcp dport 25 goto refuse
    iifname @{OUTWARD} ether saddr . ip saddr @{WELCOMED} accept
    iifname @{OUTWARD} ip daddr @{GARDEN} tcp dport 443 accept
    goto refuse
}}
"""


def _forwarding(plan: GatePlan) -> str:
    wifi = f'"{plan.interface}"'
    elsewhere = f'oifname != "{plan.uplink}"' if plan.uplink else f"oifname {wifi}"
    leaving = f'oifname "{plan.uplink}"' if plan.uplink else f"oifname != {wifi}"
    return f"""\
chain forwarding {{
    type filter hook forward priority filter
    policy accept
    iifname {wifi} {elsewhere} goto refuse
    iifname {wifi} goto out
    oifname @{OUTWARD} ip daddr @{PASSING} ct state established,related accept
    oifname @{OUTWARD} ip saddr @{GARDEN} tcp sport 443 ct state established accept
    oifname @{OUTWARD} meta l4proto icmp ct state related accept
    oifname {wifi} drop
}}
chain departing {{
    type nat hook postrouting priority srcnat
    policy accept
    ip saddr {plan.network.ipv4} {leaving} masquerade
}}
"""


def _answering(plan: GatePlan) -> str:
    """What the unit itself answers to phones; the pages, to nobody else."""
    doors = plan.doors
    open_ports = filter(None, (doors.portal_port, doors.secured_port, doors.console_port))
    pages = f"tcp dport {{ {', '.join(map(str, open_ports))} }}"
    known = [
        f"{pages} {crowding.TOO_MANY_CALLS} goto refuse",
        f"tcp dport {doors.portal_port} ct original proto-dst 80 accept",
    ]
    if doors.secured_port is not None:
        known.append(f"tcp dport {doors.secured_port} ct original proto-dst 443 accept")
    if doors.console_port is not None:
        known.append(f"tcp dport {doors.console_port} accept")
    return f"""\
chain answering {{
    type filter hook input priority filter
    policy accept
    iifname "{plan.interface}" goto answer
    iifname != "lo" {pages} goto refuse
}}
chain answer {{
    udp sport 68 udp dport 67 {crowding.TOO_MANY_JOINS} drop
    udp sport 68 udp dport 67 accept
    ip6 saddr fe80::/10 udp dport 547 accept
    icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }} accept
    ct direction reply ct state established accept
    meta l4proto {{ icmp, icmpv6 }} ct state related accept
    {f"{chr(10)}    ".join(known)}
    meta l4proto {{ tcp, udp }} ct status dnat goto answer_dns
    goto refuse
}}
chain answer_dns {{
    {crowding.TOO_MANY_NAMES} drop
    th dport {CAPTIVE_PORT} accept
    iifname @{OUTWARD} th dport {GARDEN_PORT} accept
    iifname @{OUTWARD} ether saddr @{MACS} th dport {OPEN_PORT} accept
    goto refuse
}}
"""


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
