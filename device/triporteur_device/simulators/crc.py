"""The cyclic checksum of Modbus, as simulated devices compute it."""


def crc16_modbus(data: bytes) -> bytes:
    """Two bytes, low one first, of the division by x^16 + x^15 + x^2 + 1 that starts from FFFF."""
    remainder = 0xFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder, out = remainder >> 1, remainder & 1
            remainder ^= 0xA001 * out
    return remainder.to_bytes(2, "little")
