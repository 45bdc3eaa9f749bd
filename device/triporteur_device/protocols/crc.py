"""The two cyclic checksums that serial devices use."""

import binascii


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_MODBUS = tuple(map(_entry, range(256)))


def crc16_modbus(data: bytes, crc: int = 0xFFFF) -> int:
    """CRC-16/MODBUS (8005 reflected); the line carries its low byte first.

    `crc` is that of the bytes before these, where there are any.
    """
    for byte in data:
        crc = crc >> 8 ^ _MODBUS[(crc ^ byte) & 0xFF]
    return crc


def crc16_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM (1021, from 0); the line carries its high byte first."""
    return binascii.crc_hqx(data, 0)
