"""The phones' network: private, roomy, and for one unit always the same."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_kiosk.gate.network import FACE, OWN, network

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def test_phones_get_what_is_neither_the_unit_s_nor_kept_for_hand_made_addresses() -> None:
    made = network("10.77.0.0/22", "ben")
    assert made.unit4 == IPv4Address("10.77.0.1")
    assert (made.first, made.last) == (IPv4Address("10.77.0.10"), IPv4Address("10.77.3.254"))
    assert made.places == 1013


@given(st.text(max_size=40), st.text(max_size=40))
def test_each_unit_has_an_ipv6_network_of_its_own_for_good(one: str, other: str) -> None:
    first, again = network("10.77.0.0/22", one), network("192.168.0.0/20", one)
    assert first.ipv6 == again.ipv6
    assert first.ipv6.subnet_of(IPv6Network("fd00::/8"))
    assert first.ipv6.prefixlen == 64
    assert first.unit6 in first.ipv6
    assert (network("10.77.0.0/22", other).ipv6 == first.ipv6) is (one == other)


@given(st.sampled_from(PRIVATE), st.integers(0, 2**24), st.integers(20, 23))
def test_any_private_network_has_room_for_an_event(inside: str, offset: int, prefix: int) -> None:
    whole = IPv4Network(inside)
    address = int(whole[0]) + offset % whole.num_addresses
    made = network(str(IPv4Network((address, prefix), strict=False)), "ben")
    assert made.places >= 300
    assert made.unit4 < made.first < made.last < made.ipv4.broadcast_address


@pytest.mark.parametrize(
    "found", ["8.8.0.0/20", "10.0.0.0/19", "10.0.0.0/24", "10.0.0.1/22", "", "ben"]
)
def test_no_other_network_will_do(found: str) -> None:
    with pytest.raises(ValueError, match=r"network.*such as 10\.77\.0\.0/22"):
        network(found, "ben")


@pytest.mark.parametrize("face", [FACE, OWN])
def test_where_names_lead_is_no_address_that_android_takes_for_private(face: IPv4Address) -> None:
    shared = ("169.254.0.0/16", "100.64.0.0/10")
    assert not any(face in IPv4Network(one) for one in (*PRIVATE, *shared))
