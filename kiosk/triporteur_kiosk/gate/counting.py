"""What visitors' packets are counted by, and where: what passes, and the names that are asked for.

A name costs the uplink as much as it costs the Wi-Fi: what a phone and the views that ask the
Internet say to each other counts as if it had passed.

Who was let in has a quota of its own, made with the welcome. Who was not, and goes to partners'
sites, is counted from its first packet there, by its MAC: what goes out has it, and leaves in the
mark of its flow a hash of it, under a key of the kernel's, by which what comes back is known too.
Another address is the same phone, and a neighbour's address spends nothing of the neighbour's.
"""

import msgspec

#: What all phones together may still send and receive: a quota, closed until it is set.
WHOLE = "whole"
#: From a phone's address to the quota that is its own.
ALLOWANCE = "allowance"

_DAY_S = 86_400
#: One for every address of the widest network there may be.
_MOST_PHONES = 4096
#: What a phone has had without asking: since the day began where the time is known, else in a day.
HAD_TODAY = "had_today"
#: Flows of names are marked otherwise, and are none of what is forwarded.
_MARKED = "ct mark set jhash ether saddr mod 0x7fffffff"


class Part(msgspec.Struct, frozen=True):
    """Of `name`: so many bytes in so long a time; None of no limit."""

    name: str
    most_bytes: int | None
    seconds: int


def parts(lately: int | None, session_s: int, today: int | None) -> tuple[Part, ...]:
    """What one that did not ask may have in the time of a session, and in a day."""
    return Part("had_lately", lately, session_s), Part(HAD_TODAY, today, _DAY_S)


_SETS = f"""\
quota {WHOLE} {{
    over 0 bytes
}}
map {ALLOWANCE} {{
    type ipv4_addr : quota
}}
"""


def sets(unasked: tuple[Part, ...]) -> str:
    return _SETS + "".join(
        f"set {part.name} {{\n    type mark\n    size {_MOST_PHONES}\n"
        f"    flags dynamic,timeout\n    timeout {part.seconds}s\n}}\n"
        for part in unasked
    )


def chains(
    interface: str, asking_ports: tuple[int, ...], asked: str, unasked: tuple[Part, ...]
) -> str:
    """For phones of this interface; `asking_ports` are those of views that ask the Internet.

    `asked` is the set of those that were let in.
    """
    wifi, ports = f'"{interface}"', ", ".join(map(str, asking_ports))
    led = "ct status dnat meta l4proto { tcp, udp } th"  # others are refused, and cost nothing
    return f"""\
chain counted {{
    type filter hook forward priority filter + 5
    policy accept
    iifname {wifi} {_MARKED}
    {"".join(_held_to(wifi, asked, part) for part in unasked)}iifname {wifi} goto counted_from
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


def _held_to(wifi: str, asked: str, part: Part) -> str:
    if part.most_bytes is None:
        return ""
    return "".join(
        f"{side} {wifi} {phone} != @{asked} "
        f"add @{part.name} {{ ct mark quota over {part.most_bytes} bytes }} goto refuse\n    "
        for side, phone in (("iifname", "ip saddr"), ("oifname", "ip daddr"))
    )
