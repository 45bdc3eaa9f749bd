from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from triporteur_wire.configuration import BadConfiguration, Reader


class Oven(msgspec.Struct, frozen=True):
    heat_c: Annotated[int, msgspec.Meta(ge=0, le=300)]
    name: str = "oven"


KNOWN = frozenset({"oven", "pan"})


def reader(tmp_path: Path, text: str) -> Reader:
    path = tmp_path / "kitchen.toml"
    path.write_text(text, encoding="utf-8")
    return Reader(path, KNOWN)


def faults(reading: Reader) -> list[str]:
    with pytest.raises(BadConfiguration) as told:
        reading.finish()
    return told.value.faults


def test_a_good_table_is_read_with_its_defaults(tmp_path: Path) -> None:
    reading = reader(tmp_path, "[oven]\nheat_c = 200")
    assert reading.table("oven", Oven) == Oven(200)
    reading.finish()


def test_every_fault_is_told_at_once_with_table_key_found_and_expected(tmp_path: Path) -> None:
    reading = reader(tmp_path, '[oven]\nheat_c = 900\nname = 3\ncolour = "red"\n[fridge]\n')
    assert reading.table("oven", Oven) is None
    told = "\n".join(faults(reading))
    assert "[fridge] is not a table of this file; expected one of: oven, pan" in told
    assert "[oven] colour is not a key; expected one of: heat_c, name" in told
    assert "[oven] heat_c found 900; expected `int` <= 300" in told
    assert "[oven] name found 3; expected `str`" in told


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    reading = reader(tmp_path, "")
    reading.table("oven", Oven)
    assert faults(reading) == ["[oven] heat_c is missing"]


def test_one_table_where_several_are_expected_is_told(tmp_path: Path) -> None:
    reading = reader(tmp_path, "[pan]\nheat_c = 1")
    reading.tables("pan", Oven)
    assert faults(reading) == ["[pan] is one table; write [[pan]] for each pan"]


def test_each_entry_of_an_array_is_checked(tmp_path: Path) -> None:
    reading = reader(tmp_path, "[[pan]]\nheat_c = 1\n[[pan]]\nheat_c = 'hot'")
    assert reading.tables("pan", Oven) == [Oven(1)]
    assert faults(reading) == ["[pan 2] heat_c found 'hot'; expected `int`"]


def test_a_value_where_a_table_is_expected_is_told(tmp_path: Path) -> None:
    reading = reader(tmp_path, "oven = 3")
    reading.table("oven", Oven)
    assert faults(reading) == ["[oven] found 3; expected a table"]


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="is not TOML"):
        reader(tmp_path, "[oven")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="cannot be read"):
        Reader(tmp_path / "none.toml", KNOWN)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "kitchen.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadConfiguration, match="is not TOML"):
        Reader(path, KNOWN)
