"""A Modbus device described by a workshop, in TOML."""

import re
import struct
from pathlib import Path

import pytest

from triporteur_device.protocols import PROTOCOLS, Fitting, Frame, Register, RegisterMap
from triporteur_device.protocols.modbus_blocks import Block
from triporteur_device.register_maps import read_map
from triporteur_wire.configuration import BadConfiguration

DOCUMENT = Path(__file__).parents[2] / "docs" / "devices" / "modbus-map.md"
DEVICE = '[device]\nname = "kelly"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadConfiguration) as told:
        read_map(written(tmp_path, text))
    return told.value.faults


@pytest.fixture
def documented(tmp_path: Path) -> RegisterMap:
    (example, line) = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert 'registers = "/etc/triporteur/kelly.toml"' in line
    return read_map(written(tmp_path, example))


def test_the_documented_example_is_a_map(documented: RegisterMap) -> None:
    assert (documented.name, documented.baud, documented.address) == ("kelly", 19200, 1)
    assert documented.registers[:2] == (
        Register(0, "input_voltage_v", divisor=10),
        Register(1, "current_a", factor=-1, divisor=10, signed=True),
    )
    assert [each.number for each in documented.registers] == [0, 1, 2, 4, 5, 6, 16, 17]


def test_the_documented_example_reads_a_device(documented: RegisterMap) -> None:
    spec = PROTOCOLS["modbus"].fitted(Fitting(registers=documented))
    block = Block(0, 18)
    assert spec.requests >= {block.question(1)}
    registers = [481, 125, 31, 0, 215, 220, 0xFFF6, *[0] * 9, 0b0100, 37]
    raw = b"\x01\x03" + struct.pack(">B18H", 36, *registers) + b"\0\0"
    said = spec.reading(Frame(block.kind, b"\0\0" + raw[3:-2], raw))
    assert said.values == {
        "input_voltage_v": 48.1,
        "current_a": -12.5,
        "controller_temp_c": 31,
        "battery_temps_c": (21.5, 22.0, -1.0),
        "fault": "over_current",
    }
    assert said.fields["throttle_pct"] == 37


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = """
[device]
name = "Kelly !"
baud = 19201
[[register]]
number = 70000
quantity = "soc_pct"
[[register]]
number = 1
quantity = "soc_pct"
scale = 10
[[register]]
number = 2
quantity = "soc_pct"
divisor = 0
"""
    told = "\n".join(faults(tmp_path, text))
    for part in (
        "[device] name found 'Kelly !'; expected at most 32 lower case letters",
        "[device] baud found 19201; expected one of: 1200, 2400, 4800",
        "[register 1] number found 70000; expected a whole number from 0 to 65535, as on the wire",
        "[register 2] scale is not a key; expected one of: number, quantity, field",
        "[register 3] divisor found 0; expected a whole number from 1 to 100000",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("register", "sentence"),
    [
        ("", "expected either a quantity, which is stored, or a field, which is only shown"),
        ('quantity = "soc_pct"\nfield = "soc"', "expected either a quantity"),
        ('quantity = "soc"', "quantity found 'soc'; expected a name of docs/quantities.md"),
        ('field = "soc_pct"', "which is a quantity; write quantity = 'soc_pct'"),
        ('quantity = "soc_pct"\nfactor = 0', "factor found 0; expected another whole number"),
        ('quantity = "soc_pct"\ncount = 2', "count found 2; soc_pct is one value: expected 1"),
        ('quantity = "soc_pct"\nbits = ["low"]', "bits are names of faults or alarms; remove them"),
        ('quantity = "alarms"', "bits is missing; expected the words of alarms, for bit 0 first"),
        ('quantity = "alarms"\nbits = ["hot"]', "bits found hot; expected words among: cell_over"),
    ],
)
def test_a_register_that_cannot_be_gets_one_sentence(
    tmp_path: Path, register: str, sentence: str
) -> None:
    good = '[[register]]\nnumber = 1\nquantity = "input_voltage_v"\n'
    (fault,) = faults(tmp_path, f"{DEVICE}{good}[[register]]\nnumber = 7\n{register}\n")
    assert fault.startswith("[register] 7: ")
    assert sentence in fault


def test_a_register_described_twice_is_a_fault(tmp_path: Path) -> None:
    text = f"""{DEVICE}
[[register]]
number = 4
quantity = "battery_temps_c"
count = 3
[[register]]
number = 6
quantity = "soc_pct"
"""
    assert faults(tmp_path, text) == ["[register] 6 is described 2 times; expected each once"]


def test_registers_beyond_the_last_are_a_fault(tmp_path: Path) -> None:
    rows = '[[register]]\nnumber = 65530\nquantity = "battery_temps_c"\ncount = '
    assert read_map(written(tmp_path, f"{DEVICE}{rows}6")).registers[-1].number == 65535
    assert faults(tmp_path, f"{DEVICE}{rows}7") == [
        "[register] 65530: count found 7; register 65535 is the last there can be"
    ]


def test_a_map_that_measures_nothing_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, f'{DEVICE}[[register]]\nnumber = 1\nfield = "x"\n') == [
        "[register] nothing is measured; write a [[register]] with a quantity"
    ]
