"""The names of consoles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.consoles import default_name, is_name
from triporteur_wire.topics import UNIT_PATTERN


@pytest.mark.parametrize("name", ["ben.triporteur.internal", "a.fr", "1a.b-c.example", "xn--a.fr"])
def test_a_whole_name_will_do(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "ben", "*.a.fr", "a.*", "10.0.0.1", "::1", "A.fr", "a..fr", ".a.fr", "a.fr.", "-a.fr",
     "a-.fr", "a b.fr", "a.fr\n", "é.fr", "a_b.fr", f"{'x' * 64}.fr", f"{'a.' * 130}fr"],
)  # fmt: skip
def test_what_stands_for_many_or_is_no_name_will_not(name: str) -> None:
    assert not is_name(name)


@given(st.from_regex(UNIT_PATTERN))
def test_a_unit_s_console_has_a_name_unless_a_hyphen_stands_at_an_end(unit: str) -> None:
    assert is_name(default_name(unit)) is (unit == unit.strip("-"))
