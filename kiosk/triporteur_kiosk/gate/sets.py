"""Who may pass, and where to: sets of the gate's table. Each element ends by itself."""

#: Phones that were let in: MAC . IPv4 address.
WELCOMED = "welcomed"
#: The same by address alone, for what comes back to them.
PASSING = "passing"
#: The same by MAC alone, for what they ask DNS, over either family.
MACS = "macs"
#: Holds the phones' interface while anything passes at all; whoever fills it must do so again.
OUTWARD = "outward"
#: Addresses of partners' sites, filled by dnsmasq as their names are asked for.
GARDEN = "garden"

#: Longer than names' answers may be kept (see `dnsmasq`), by far: an element is not renewed.
_GARDEN_TIMEOUT = "6h"
#: Neighbours, and what is nobody's: private and shared networks (RFC 1918, 6598), the machine
#: itself, multicast, and what our own names lead to.
_NOWHERE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.168.0.0/16", "198.51.100.0/24", "224.0.0.0/3",
)  # fmt: skip

SETS = f"""\
set {WELCOMED} {{
    typeof ether saddr . ip saddr
    flags timeout
}}
set {PASSING} {{
    type ipv4_addr
    flags timeout
}}
set {MACS} {{
    type ether_addr
    flags timeout
}}
set {OUTWARD} {{
    type ifname
    flags timeout
}}
set {GARDEN} {{
    type ipv4_addr
    flags timeout
    timeout {_GARDEN_TIMEOUT}
}}
set nowhere {{
    type ipv4_addr
    flags interval
    elements = {{ {", ".join(_NOWHERE)} }}
}}
"""
