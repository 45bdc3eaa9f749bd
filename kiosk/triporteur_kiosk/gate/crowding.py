"""What one phone may take of what all share, by its MAC: an access point hears no other's frames.

Without these one phone that opens thousands of connections keeps everybody from the pages, one that
asks thousands of names fills the kernel's table of flows and the uplink and has others' questions
lost, and one that asks for addresses under invented names takes them all.
"""

PACE, FLOWS, CALLS, ASKING, JOINING = "pace", "flows", "calls", "asking", "joining"
SOLICITING = "soliciting"

#: New ones: several heavy pages at once. Without it the kernel's count of those that are open would
#: itself grow without end, for it forgets no more than a few at each packet.
_PACE, _PACE_AT_FIRST = "50/second", 500
#: Of everything, open at once: a browser's pages, a phone's programs, and the names they asked for.
MOST_FLOWS = 1000
#: Of the portal and the console: a browser opens six to a site, and all that a phone runs may ask
#: at once whether it is online.
MOST_CALLS = 80
#: Names: all that wakes up when a phone is let in, then a page a second or so.
_NAMES, NAMES_AT_FIRST = "30/second", 300
#: Two packets get an address, one renews it: a phone at the edge of the Wi-Fi joins anew and anew.
_JOINS, _JOINS_AT_FIRST = "12/minute", 30

#: For who is where by IPv6: of each address that a phone has, and again each minute or so. Whoever
#: asks has one of the 1024 places that the kernel has for all neighbours, the uplink's too.
_SOLICITS, SOLICITS_AT_FIRST = "5/second", 50

SETS = "".join(
    f"set {name} {{\n    type ether_addr\n    size 4096\n    flags {flags}\n}}\n"
    for name, flags in (
        (PACE, "dynamic,timeout\n    timeout 1m"),
        (FLOWS, "dynamic"),
        (CALLS, "dynamic"),
        (ASKING, "dynamic,timeout\n    timeout 1m"),
        (JOINING, "dynamic,timeout\n    timeout 10m"),
        (SOLICITING, "dynamic,timeout\n    timeout 1m"),
    )
)


def _count(name: str, most: int) -> str:
    return f"ct state new add @{name} {{ ether saddr ct count over {most} }}"


def _rate(name: str, rate: str, at_first: int) -> str:
    return f"update @{name} {{ ether saddr limit rate over {rate} burst {at_first} packets }}"


#: Each matches the packet that is one too many. The first two are of any flow, in this order; of
#: `TOO_MANY_CALLS` it is for the rule to say which ports are meant.
TOO_FAST = f"ct state new {_rate(PACE, _PACE, _PACE_AT_FIRST)}"
TOO_MANY_FLOWS = _count(FLOWS, MOST_FLOWS)
TOO_MANY_CALLS = _count(CALLS, MOST_CALLS)
TOO_MANY_NAMES = _rate(ASKING, _NAMES, NAMES_AT_FIRST)
TOO_MANY_JOINS = _rate(JOINING, _JOINS, _JOINS_AT_FIRST)
TOO_MANY_SOLICITS = _rate(SOLICITING, _SOLICITS, SOLICITS_AT_FIRST)
