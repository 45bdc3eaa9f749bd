"""The hosts that partners' sites are made of: what the gate lets through where it opens no more.

A name stands for itself and for all below it, as it does in dnsmasq's `nftset=/name/…`.
"""

from collections.abc import Iterable

from triporteur_kiosk.public.content import Content, Partner


def garden_names(content: Content) -> tuple[str, ...]:
    """Every partner's names, sorted, without those that another one stands for."""
    names = {name for partner in content.partners for name in names_of(content, partner)}
    return tuple(sorted(name for name in names if not covers(names - {name}, name)))


def names_of(content: Content, partner: Partner) -> tuple[str, ...]:
    """One partner's: its home page's host, its own garden, and those it shares with others."""
    shared = (one.garden for one in content.shared if one.name in partner.shared)
    return (partner.address, *partner.garden, *(name for garden in shared for name in garden))


def covers(names: Iterable[str], host: str) -> bool:
    """Whether one of the names stands for this host."""
    return any(host == name or host.endswith(f".{name}") for name in names)
