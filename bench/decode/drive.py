"""Reads the same answers again and again by one library. Run by the Python that has it.

`python drive.py READER PROTOCOL FILE [SECONDS NUMBERS]`: FILE holds [[question, answer], …] in
hexadecimal. Without SECONDS it says which answers the reader can read; with it, how often it read
those, and how long it took.
"""
# What lies behind a library's serial port is private to it.
# ruff: noqa: SLF001

import json
import sys
import time
from binascii import crc_hqx
from collections.abc import Callable
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

Read = Callable[[bytes, bytes], object]


def ours(protocol: str) -> Read:
    registry = import_module("triporteur_device.protocols")
    spec = _fitted(registry, protocol)
    decoder = spec.decoder()

    def read(question: bytes, answer: bytes) -> object:
        if question:
            decoder.asked(question)
        events = decoder.receive(answer)
        return [spec.reading(event) for event in events if isinstance(event, registry.Frame)]

    return read


def frames(protocol: str) -> Read:
    """Ours, as far as frames whose checksum holds, without what they mean."""
    decoder = _fitted(import_module("triporteur_device.protocols"), protocol).decoder()

    def read(question: bytes, answer: bytes) -> object:
        if question:
            decoder.asked(question)
        return decoder.receive(answer)

    return read


def _fitted(registry: Any, protocol: str) -> Any:
    spec = registry.PROTOCOLS[protocol]
    if protocol != "modbus":
        return spec
    maps = import_module("triporteur_device.protocols.modbus_maps")
    return spec.fitted(registry.Fitting(registers=maps.PHASERUNNER))


def vedirect(_: str) -> Read:
    """Its lines begin behind the line end that opens a block."""
    kind = import_module("vedirect").VEDirect
    device = kind.__new__(kind)
    device._data = {}

    def read(_question: bytes, answer: bytes) -> object:
        lines = [line + b"\n" for line in (answer[2:] + answer[:2]).split(b"\n")[:-1]]
        if not kind.check_frame_checksum(lines):
            return None
        device.parse_pdu(lines)
        return device._data

    return read


def mppsolar(protocol: str) -> Read:
    name = {"vedirect": "ved", "daly_a5": "daly", "jk": "jkserial"}[protocol]
    handler = getattr(import_module(f"mppsolar.protocols.{name}"), name)()
    commands = {0x90: "SOC", 0x91: "cellMinMaxVoltages", 0x92: "cellMinMaxTemps"}
    commands |= {0x93: "mosStatus", 0x94: "status", 0x95: "cellVoltages", 0x96: "cellTemperatures"}

    def read(_question: bytes, answer: bytes) -> object:
        command = commands[answer[2]] if name == "daly" else handler.DEFAULT_COMMAND
        handler._command_defn = handler.get_command_defn(command)
        said = handler.decode(answer, command)
        return len(said) > 3 and said  # what it says of any bytes: command, description, raw

    return read


def dalybms(_: str) -> Read:
    """As its `_read` does behind the port: checksum, header, content."""
    board = import_module("dalybms").DalyBMS()
    contents = {0x90: board.get_soc, 0x91: board.get_cell_voltage_range}
    contents |= {0x92: board.get_temperature_range, 0x93: board.get_mosfet_status}
    contents |= {0x94: board.get_status}

    def read(_question: bytes, answer: bytes) -> object:
        if board._calc_crc(answer[:-1]) != answer[-1:] or answer[0:4].hex()[:4] != "a501":
            return None
        return contents[answer[2]](answer[4:-1])

    return read


def pyvesc(_: str) -> Read:
    """Its checksum package left the index, and another has taken its name: it is lent ours."""
    lent: Any = ModuleType("PyCRC.CRCCCITT")
    lent.CRCCCITT = lambda: SimpleNamespace(calculate=lambda data: crc_hqx(data, 0))
    sys.modules |= {"PyCRC": ModuleType("PyCRC"), "PyCRC.CRCCCITT": lent}
    decode = import_module("pyvesc").decode
    return lambda _question, answer: decode(answer)[0]


def pymodbus(_: str) -> Read:
    pdu = import_module("pymodbus.pdu")
    framer = import_module("pymodbus.framer").FramerRTU(pdu.DecodePDU(False))

    def read(question: bytes, answer: bytes) -> object:
        _, said = framer.handleFrame(answer, question[0], 0)
        return said and said.registers

    return read


def minimalmodbus(_: str) -> Read:
    """As its `_perform_command` and `_generic_command` do behind the port."""
    library: Any = import_module("minimalmodbus")
    registers = library._Payloadformat.REGISTERS

    def read(question: bytes, answer: bytes) -> object:
        start, count = int.from_bytes(question[2:4], "big"), int.from_bytes(question[4:6], "big")
        payload = library._extract_payload(answer, question[0], "rtu", 3)
        return library._parse_payload(payload, 3, start, None, 0, count, 0, False, 0, registers)

    return read


READERS = (ours, frames, vedirect, mppsolar, dalybms, pyvesc, pymodbus, minimalmodbus)


def able(read: Read, answers: list[tuple[bytes, bytes]]) -> list[int]:
    """The numbers of those it makes something of."""
    found = []
    for number, (question, answer) in enumerate(answers):
        try:
            if read(question, answer):
                found.append(number)
        except Exception as error:  # noqa: BLE001 - whatever a library raises, it has not read it
            print(f"{number}: {error!r}", file=sys.stderr)
    return found


def timed(read: Read, answers: list[tuple[bytes, bytes]], seconds: float) -> tuple[int, float]:
    count, start_s = 0, time.perf_counter()
    while (took_s := time.perf_counter() - start_s) < seconds:
        for question, answer in answers:
            read(question, answer)
        count += len(answers)
    return count, took_s


def main(reader: str, protocol: str, file: str, seconds: str = "", numbers: str = "") -> None:
    with open(file, encoding="ascii") as written:  # noqa: PTH123 - as short as a peer's Python
        pairs = [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in json.load(written)]
    read = {make.__name__: make for make in READERS}[reader](protocol)
    if not seconds:
        print(json.dumps(able(read, pairs)))
        return
    wanted = [pairs[int(number)] for number in numbers.split(",")]
    timed(read, wanted, float(seconds) / 10)  # warm
    print(json.dumps(timed(read, wanted, float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
