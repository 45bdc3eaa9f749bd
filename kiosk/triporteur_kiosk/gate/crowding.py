"""What one phone may take of what all share, by its MAC: an access point hears no other's frames.

Without these one phone that opens thousands of connections keeps everybody from the pages, one that
asks thousands of names fills the kernel's table of flows and the uplink, and one that asks for
addresses under invented names takes them all.
"""

FLOWS, CALLS, ASKING, JOINING = "flows", "calls", "asking", "joining"

#: Of everything, open at once: some pages of an hour, and the names that they asked for.
MOST_FLOWS = 500
#: Of the portal and the console: a browser opens six to a site, its system a few besides.
MOST_CALLS = 40
#: Names that are asked of the Internet: all that wakes up when a phone is let in, then a page a
#: second or so.
_NAMES, _NAMES_AT_FIRST = "30/second", 300
#: Two packets get an address, one renews it: a phone at the edge of the Wi-Fi joins anew and anew.
_JOINS, _JOINS_AT_FIRST = "12/minute", 30

SETS = "".join(
    f"set {name} {{\n    type ether_addr\n    size 4096\n    flags {flags}\n}}\n"
    for name, flags in (
        (FLOWS, "dynamic"),
        (CALLS, "dynamic"),
        (ASKING, "dynamic,timeout\n    timeout 1m"),
        (JOINING, "dynamic,timeout\n    timeout 10m"),
    )
)


def too_many_flows() -> str:
    """Matches the first packet of one flow too many."""
    return f"ct state new add @{FLOWS} {{ ether saddr ct count over {MOST_FLOWS} }}"


def too_many_calls() -> str:
    """The same, of connections to the unit's own pages."""
    return f"ct state new add @{CALLS} {{ ether saddr ct count over {MOST_CALLS} }}"


def too_many_names() -> str:
    return _rate(ASKING, _NAMES, _NAMES_AT_FIRST)


def too_many_joins() -> str:
    return _rate(JOINING, _JOINS, _JOINS_AT_FIRST)


def _rate(name: str, rate: str, at_first: int) -> str:
    return f"update @{name} {{ ether saddr limit rate over {rate} burst {at_first} packets }}"
