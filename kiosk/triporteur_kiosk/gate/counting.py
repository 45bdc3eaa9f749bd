"""What visitors' packets are counted by, and where: what passes, and the names that are asked for.

A name costs the uplink as much as it costs the Wi-Fi: what a phone and the views that ask the
Internet say to each other counts as if it had passed.
"""

#: What all phones together may still send and receive: a quota, closed until it is set.
WHOLE = "whole"
#: From a phone's address to the quota that is its own.
ALLOWANCE = "allowance"

SETS = f"""\
quota {WHOLE} {{
    over 0 bytes
}}
map {ALLOWANCE} {{
    type ipv4_addr : quota
}}
"""


def chains(interface: str, asking_ports: tuple[int, ...]) -> str:
    """For phones of this interface; `asking_ports` are those of views that ask the Internet."""
    wifi, ports = f'"{interface}"', ", ".join(map(str, asking_ports))
    led = "ct status dnat meta l4proto { tcp, udp } th"  # others are refused, and cost nothing
    return f"""\
chain counted {{
    type filter hook forward priority filter + 5
    policy accept
    iifname {wifi} goto counted_from
    oifname {wifi} goto counted_to
}}
chain counted_questions {{
    type filter hook input priority filter + 5
    policy accept
    iifname {wifi} {led} dport {{ {ports} }} goto counted_from
}}
chain counted_answers {{
    type filter hook output priority filter + 5
    policy accept
    oifname {wifi} {led} sport {{ {ports} }} goto counted_to
}}
chain counted_from {{
    quota name ip saddr map @{ALLOWANCE} goto refuse
    quota name "{WHOLE}" goto refuse
}}
chain counted_to {{
    quota name ip daddr map @{ALLOWANCE} goto refuse
    quota name "{WHOLE}" goto refuse
}}
"""
