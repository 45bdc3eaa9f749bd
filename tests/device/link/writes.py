"""Frames that change a device, as its makers or its users document them: never to be sent.

For tests of the gate only; the product has no code that could make one.
"""

import re

#: By protocol, what tells a write from a read, whatever it writes. Sources: the documents that the
#: protocols' modules name; Bafang: aalm/bbs-fw_wiki; VESC: commands COMM_SET_* of vedderb/bldc.
WRITE = {
    "jbd": re.compile(rb"\xdd\x5a", re.DOTALL),
    # Discharge and charge switches, charge level, restart, and the settings' own half of the range.
    "daly": re.compile(rb"\xa5.(?:[\xd9\xda\x21\x00]|[\x10-\x2f])", re.DOTALL),
    # 05, 06, 0F, 10 of the standard to any address; 79 of the JBD boards that speak alike.
    "modbus": re.compile(
        rb"(?:[\x00-\x10]|\x51|\x81|\xd2)(?:[\x05\x06\x0f\x10\x79]).{3,}", re.DOTALL
    ),
    "jk": re.compile(rb"NW.{2}.{4}[\x02\x05]", re.DOTALL),
    "jk_pb": re.compile(rb"\x02\x10.{4,}", re.DOTALL),
    "ant": re.compile(rb"\x7e\xa1[\x51-\x5f]|\xa5\xa5", re.DOTALL),
    # Duty, current, brake, speed, position, handbrake, detection, servo, configurations.
    "vesc": re.compile(rb"\x02.[\x05-\x0d\x10]|\x03..[\x05-\x0d\x10]", re.DOTALL),
    "bafang": re.compile(rb"\x16|\x11\x51"),
}


def _sum(body: bytes) -> bytes:
    return body + bytes((sum(body) & 0xFF,))


def _crc_modbus(body: bytes) -> bytes:
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return body + crc.to_bytes(2, "little")


def _crc_xmodem(payload: bytes) -> bytes:
    crc = 0
    for byte in payload:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "big")


def _jbd(register: int, data: str) -> bytes:
    body = bytes((register, len(data) // 2)) + bytes.fromhex(data)
    return b"\xdd\x5a" + body + (-sum(body) & 0xFFFF).to_bytes(2, "big") + b"\x77"


def _jk(command: int) -> bytes:
    body = bytes.fromhex(f"4e57001400000000{command:02x}0300ab010000000068")
    return body + b"\0\0" + sum(body).to_bytes(2, "big")


def _vesc(command: int) -> bytes:
    payload = bytes((command,)) + (1000).to_bytes(4, "big")
    return bytes((2, len(payload))) + payload + _crc_xmodem(payload) + b"\x03"


#: Whole frames, with good checksums, by protocol and what they would do.
WRITES: dict[tuple[str, str], bytes] = {
    ("jbd", "switches"): _jbd(0xE1, "0002"),
    ("jbd", "factory mode"): _jbd(0x00, "5678"),
    ("jbd", "capacity"): _jbd(0x10, "0bb8"),
    **{
        ("daly", f"{command:02x} from {host:02x}"): _sum(
            bytes((0xA5, host, command, 8, 1)) + bytes(7)
        )
        for command in (0xD9, 0xDA, 0x21, 0x10, 0x00)
        for host in (0x40, 0x80)
    },
    ("jk", "write"): _jk(0x02),
    ("jk", "password"): _jk(0x05),
    ("ant", "switch"): b"\x7e\xa1" + _crc_modbus(bytes.fromhex("51030000")) + b"\xaa\x55",
    ("ant", "old write"): bytes.fromhex("a5a5fa0100fb"),
    **{("vesc", f"set {command}"): _vesc(command) for command in (5, 6, 7, 8, 9, 10)},
    ("bafang", "assist"): _sum(bytes.fromhex("160b01")),
    ("bafang", "light"): bytes.fromhex("161af1"),
    ("bafang", "speed limit"): bytes.fromhex("161f00d207"),
    ("bafang", "service"): bytes.fromhex("115104b005"),
    ("bafang", "parameters"): bytes.fromhex("1652180d"),
    **{
        ("modbus", f"{function:02x} to {address:02x}"): _crc_modbus(
            bytes((address, function)) + bytes.fromhex(rest)
        )
        for address in (0x01, 0x51, 0x81, 0xD2)
        for function, rest in ((5, "00a6ff00"), (6, "00a60001"), (16, "00a60001020001"))
    },
    ("modbus", "79 to 01"): _crc_modbus(bytes.fromhex("017900000001")),
}
