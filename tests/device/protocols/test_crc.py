"""The cyclic checksums against their catalogued check values."""

from triporteur_device.protocols.crc import crc16_modbus, crc16_xmodem

CHECK = b"123456789"


def test_the_check_values_of_the_catalogue_come_out() -> None:
    assert crc16_modbus(CHECK) == 0x4B37
    assert crc16_xmodem(CHECK) == 0x31C3


def test_nothing_gives_the_start_value() -> None:
    assert (crc16_modbus(b""), crc16_xmodem(b"")) == (0xFFFF, 0)


def test_a_modbus_frame_with_its_checksum_leaves_nothing() -> None:
    assert crc16_modbus(bytes.fromhex("d2030000003ed7b9")) == 0
