"""Programs that others wrote read the simulated Daly boards on a serial line, and agree."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import minimalmodbus  # type: ignore[import-untyped]
import pytest
from dalybms import DalyBMS  # type: ignore[import-untyped]

from triporteur_device.simulators.daly_a5 import DalyA5Device
from triporteur_device.simulators.daly_d2 import DalyD2Device
from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.session import Session
from triporteur_device.simulators.terminal import Terminal
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

_STANDS_STILL = 0.0


class Line:
    """A simulated board on a pseudo-terminal, served in a thread; time stands still aboard."""

    def __init__(self, path: Path) -> None:
        self.path = path
        model = TrikeModel(TrikeParameters(), 1, MONDAY_S + 9.3 * 3600)
        model.advance(30.0)
        self.trike: TrikeState = model.state
        self._session = Session(model, _STANDS_STILL, time.monotonic, lambda _: None)
        self._heard, self._stop = socket.socketpair()
        self._session.stop_on(self._heard.fileno())
        self._thread = threading.Thread(target=self._session.run)

    def carry(self, board: Instrument) -> None:
        self._session.add(board, Terminal(self.path, board.baud))
        self._thread.start()

    def close(self) -> None:
        self._stop.send(b"!")
        self._thread.join()
        self._session.close()
        self._heard.close()
        self._stop.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Line(tmp_path / "board")) as opened:
        yield opened


@pytest.mark.slow
def test_dalybms_reads_the_a5_board(line: Line) -> None:
    line.carry(DalyA5Device(1))
    client, trike = DalyBMS(address=4), line.trike
    client.connect(str(line.path))
    client.serial.timeout = 30.0
    try:
        pack = client.get_soc()
        assert pack["total_voltage"] == pytest.approx(trike.pack_voltage_v, abs=0.051)
        assert pack["current"] == pytest.approx(-trike.current_a, abs=0.31)
        soc = 100 * trike.remaining_ah / trike.nominal_ah
        assert pack["soc_percent"] == pytest.approx(soc, abs=0.051)
        cells = client.get_cell_voltages()
        assert list(cells) == list(range(1, 14))
        assert list(cells.values()) == pytest.approx(trike.cells_v, abs=0.003)
        temps = list(client.get_temperatures().values())
        assert temps == pytest.approx(trike.battery_temps_c, abs=0.51)
        switches = client.get_mosfet_status()
        assert (switches["charging_mosfet"], switches["discharging_mosfet"]) == (True, True)
        assert switches["capacity_ah"] == pytest.approx(trike.remaining_ah, abs=0.001)
        assert client.get_status()["cycles"] == trike.cycles
        assert client.get_errors() == []
    finally:
        client.disconnect()


@pytest.mark.slow
def test_minimalmodbus_reads_the_board_at_d2(line: Line) -> None:
    line.carry(DalyD2Device(1))
    client, trike = minimalmodbus.Instrument(str(line.path), 0xD2), line.trike
    serial = client.serial
    assert serial is not None
    try:
        serial.baudrate, serial.timeout = 9600, 30.0
        block = client.read_registers(0, 62)
    finally:
        serial.close()
    assert [mv / 1000 for mv in block[:13]] == pytest.approx(trike.cells_v, abs=0.003)
    assert block[0x28] / 10 == pytest.approx(trike.pack_voltage_v, abs=0.051)
    assert (block[0x29] - 30000) / 10 == pytest.approx(trike.current_a, abs=0.31)
    assert block[0x30] / 10 == pytest.approx(trike.remaining_ah, abs=0.051)
