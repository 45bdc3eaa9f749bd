"""What `[[source]]` says of how a device was fitted, and what of it cannot be."""

from pathlib import Path

import pytest

from triporteur_device.config import SourceTable, load
from triporteur_device.fitting import FittingKeys, fitting, misfits
from triporteur_device.protocols import PROTOCOLS, Fitting
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_wire.configuration import BadConfiguration


def faults(tmp_path: Path, protocol: str, *keys: str) -> list[str]:
    path = tmp_path / "unit.toml"
    path.write_text(
        "\n".join(
            (
                '[unit]\nname = "ben"\n[mqtt]\nhost = "depot.example"\n[[source]]\nname = "motor"',
                f'protocol = "{protocol}"\nport = "/dev/ttyUSB0"',
                *keys,
            )
        )
    )
    try:
        load(path)
    except BadConfiguration as error:
        return error.faults
    return []


def test_a_source_without_these_keys_was_fitted_by_nobody() -> None:
    assert fitting(SourceTable("battery", "jbd", "/dev/ttyUSB0")) == Fitting()


def test_the_keys_become_a_fitting() -> None:
    keys = FittingKeys(
        charge_sign="negative",
        wheel_circumference_m=1.6,
        erpm_per_turn=23,
        address=9,
        registers="phaserunner",
    )
    assert fitting(keys) == Fitting(-1, 1.6, 23, 9, PHASERUNNER)
    assert fitting(FittingKeys(charge_sign="positive")).charge_sign == 1


@pytest.mark.parametrize(
    ("protocol", "keys"),
    [
        ("vesc", ()),
        ("vesc", ("wheel_circumference_m = 1.6", "erpm_per_turn = 23")),
        ("modbus", ('registers = "phaserunner"', "address = 2")),
        ("daly_a5", ("address = 0x80",)),
        ("jbd_up16s", ("address = 16",)),
    ],
)
def test_keys_that_fit_are_taken(tmp_path: Path, protocol: str, keys: tuple[str, ...]) -> None:
    assert faults(tmp_path, protocol, *keys) == []


def test_a_key_that_the_protocol_does_not_take_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "jbd", "address = 2", 'charge_sign = "positive"') == [
        "[source motor] address means nothing to jbd; remove it",
        "[source motor] charge_sign means nothing to jbd; remove it",
    ]


@pytest.mark.parametrize(
    ("protocol", "address", "told"),
    [
        (
            "daly_a5",
            5,
            "no Daly board listens to 0x05: write an address from 0x40 to 0x4F, or 0x80",
        ),
        ("daly_81", 5, "no Daly board listens to 0x05: write an address from 0x81 to 0x90"),
        ("jbd_up16s", 17, "no JBD board listens to 17: write an address from 1 to 16"),
    ],
)
def test_an_address_at_which_no_such_device_listens_is_a_fault(
    tmp_path: Path, protocol: str, address: int, told: str
) -> None:
    assert faults(tmp_path, protocol, f"address = {address}") == [f"[source motor] {told}"]


def test_modbus_needs_a_map(tmp_path: Path) -> None:
    assert faults(tmp_path, "modbus") == [
        "[source motor] registers is missing; modbus needs one of: phaserunner, hobbywing, or the "
        "path of a map"
    ]


def test_an_unknown_map_is_told_with_the_known_ones(tmp_path: Path) -> None:
    assert faults(tmp_path, "modbus", 'registers = "sunrunner"') == [
        "[source motor] registers: sunrunner: is no map known here; expected one of: phaserunner, "
        "hobbywing, or a path that begins with /"
    ]


def test_a_map_that_cannot_be_read_is_a_fault_of_the_unit(tmp_path: Path) -> None:
    assert faults(tmp_path, "modbus", 'registers = "/nowhere/map.toml"') == [
        "[source motor] registers: /nowhere/map.toml: cannot be read: No such file or directory"
    ]


def test_half_of_what_a_speed_needs_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "vesc", "erpm_per_turn = 23") == [
        "[source motor] wheel_circumference_m is missing; neither speed nor distance is known "
        "without both"
    ]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ('charge_sign = "plus"', "charge_sign found 'plus'; expected one of: positive, negative"),
        ("wheel_circumference_m = 60", "found 60; expected metres, from 0.3 to 4"),
        ("erpm_per_turn = 0", "erpm_per_turn found 0; expected a number above 0"),
        ("address = 248", "address found 248; expected a whole number from 1 to 247"),
        (
            'registers = "./map.toml"',
            "expected phaserunner, hobbywing, or a path that begins with /",
        ),
    ],
)
def test_a_wrong_value_gets_one_sentence(tmp_path: Path, key: str, sentence: str) -> None:
    (fault,) = faults(tmp_path, "modbus", key)
    assert fault.startswith("[source 1] ")
    assert sentence in fault


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_each_protocol_takes_only_keys_there_are(protocol: str) -> None:
    spec = PROTOCOLS[protocol]
    assert spec.takes <= set(FittingKeys.__struct_fields__)
    assert bool(spec.takes) == (spec.fit is not None)
    assert not list(misfits("jbd", FittingKeys()))
