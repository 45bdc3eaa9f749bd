"""Programs that others wrote read the simulated Phaserunner on a serial line, and agree."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import minimalmodbus  # type: ignore[import-untyped]
import pytest
from pymodbus.client import ModbusSerialClient

from tests.device.simulators.test_vesc import riding
from triporteur_device.protocols import PROTOCOLS, Fitting, Frame, Reading
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_device.simulators.modbus import PhaserunnerDevice
from triporteur_device.simulators.session import Session
from triporteur_device.simulators.terminal import Terminal
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

_STANDS_STILL = 0.0
#: What the controller's own sensors differ by from one question to the next.
_NOISE = {"input_voltage_v": 0.12, "current_a": 0.12, "power_w": 8.0}


class StandingStill(TrikeModel):
    """A trike in one state for ever."""

    def __init__(self, trike: TrikeState) -> None:
        super().__init__(TrikeParameters(), 1)
        self._trike = trike

    @property
    def state(self) -> TrikeState:
        return self._trike


@pytest.fixture
def port(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "motor"
    session = Session(StandingStill(riding()), _STANDS_STILL, time.monotonic, lambda _: None)
    heard, stop = socket.socketpair()
    session.stop_on(heard.fileno())
    board = PhaserunnerDevice(1)
    session.add(board, Terminal(path, board.baud))
    thread = threading.Thread(target=session.run)
    thread.start()
    yield str(path)
    stop.send(b"!")
    thread.join()
    session.close()
    heard.close()
    stop.close()


def ours(start: int, registers: Sequence[int]) -> Reading:
    """What our decoder makes of the same registers."""
    spec = PROTOCOLS["modbus"].fitted(Fitting(registers=PHASERUNNER))
    data = b"".join(register.to_bytes(2, "big") for register in registers)
    frame = Frame(f"{start}+{len(registers)}", start.to_bytes(2, "big") + data, b"\x01\x03")
    return spec.reading(frame)


def assert_told(reading: Reading) -> None:
    trike = riding()
    motor = trike.motor
    told = {
        "input_voltage_v": trike.pack_voltage_v,
        "current_a": -motor.input_a,
        "speed_kmh": trike.speed_kmh,
        "motor_current_a": motor.phase_a,
        "power_w": -motor.input_a * trike.pack_voltage_v,
    }
    for name, value in told.items():
        assert reading.values[name] == pytest.approx(value, abs=_NOISE.get(name, 0.02)), name


@pytest.mark.slow
def test_pymodbus_reads_the_controller_and_is_refused_a_write(port: str) -> None:
    client = ModbusSerialClient(port, baudrate=115200, timeout=30, retries=0)
    try:
        assert client.connect()
        answer = client.read_holding_registers(258, count=20, device_id=1)
        assert not answer.isError()
        assert_told(ours(258, answer.registers))
        refused = client.write_register(477, 4096, device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 1)
    finally:
        client.close()  # type: ignore[no-untyped-call]


@pytest.mark.slow
def test_minimalmodbus_reads_the_controller(port: str) -> None:
    client = minimalmodbus.Instrument(port, 1)
    try:
        client.serial.baudrate, client.serial.timeout = 115200, 30.0
        assert_told(ours(258, client.read_registers(258, 20)))
        assert client.read_register(312) == pytest.approx(riding().motor.turns_per_min * 16, abs=16)
        with pytest.raises(minimalmodbus.IllegalRequestError):
            client.read_registers(500, 20)
    finally:
        client.serial.close()
