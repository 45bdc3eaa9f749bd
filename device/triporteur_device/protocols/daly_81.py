"""Daly battery boards that are asked at 0x81 and answer as 0x51 (DL series): 9600 8N1.

Sources: the register list and the captures of syssi/esphome-daly-bms (ESS-DL-BMS), a capture of
patman15/BMS_BLE-HA, the addresses as in patagonaa/esphome-daly-hkms-bms. Frames and the meaning of
an answer: see `daly_registers`. The second board on a line is asked at 0x82 and answers as 0x52.

There is room for 48 cells where the boards at 0xD2 have 32: the registers up to the state of charge
are 0x10 further on; those behind it have other distances.

    00-2F  cells, mV                     48     0 idle, 1 charge, 2 discharge
    30-37  sensors, 0 °C being 40        49     charger, 4A load
    38     pack voltage, 0.1 V           4B     remaining, 0.1 Ah
    39     current, 0.1 A, 30000 being   4C     cycles
           none and more being CHARGE    4D     balancer
    3A     state of charge, 0.1 %        52     charge switch, 53 discharge switch
    3B     counts up                     57     mean cell, mV
    3C     number of cells, 3D sensors   58     power, W, without a sign
    3E     highest cell, mV, 3F which    5A     switches' temperature
    43     hottest sensor, 45 coldest    5B     board's temperature

A sensor that is not there reads 0xFF, also where it is counted. Register 40 is in neither of the
two blocks that boards are known to answer. What the failures at 66-73 mean is not known for sure.
"""

from functools import partial

from triporteur_device.protocols.base import Fitting, ProtocolSpec
from triporteur_device.protocols.daly_registers import (
    GAP_S,
    MAX_PENDING,
    BlockDecoder,
    Layout,
    Row,
    amperes,
    celsius,
    encode,
    interpret,
    kind,
    plain,
    state,
    switch,
    tenths,
    thousandths,
)
from triporteur_device.protocols.polling import RoundPoller

FIRST_BOARD = 0x81
_ANSWERS_LOWER_BY = 0x30
_MOST_BOARDS = 16

LAYOUT = Layout(
    rows=(
        Row(0x38, "pack_voltage_v", tenths),
        Row(0x39, "current_raw", plain),
        Row(0x39, "current_a", amperes),
        Row(0x3A, "soc_pct", tenths),
        Row(0x3C, "cell_count", plain),
        Row(0x3D, "temp_sensors", plain),
        Row(0x3E, "max_cell_v", thousandths),
        Row(0x3F, "max_cell_no", plain),
        Row(0x43, "max_temp_c", celsius),
        Row(0x45, "min_temp_c", celsius),
        Row(0x48, "status", state),
        Row(0x49, "charger", switch),
        Row(0x4A, "load", switch),
        Row(0x4B, "remaining_ah", tenths),
        Row(0x4C, "cycles", plain),
        Row(0x4D, "balancer", plain),
        Row(0x52, "charge_fet", switch),
        Row(0x53, "discharge_fet", switch),
        Row(0x57, "mean_cell_v", thousandths),
        Row(0x58, "power_unsigned_w", plain),
        Row(0x5A, "bms_temp_c", celsius),
        Row(0x5B, "board_temp_c", celsius),
    ),
    temps=0x30,
    voltage=0x38,
    soc=0x3A,
    cell_count=0x3C,
    sensor_count=0x3D,
    alarms=None,
)


def _spec(address: int) -> ProtocolSpec:
    each_round = {kind(0): encode(address, 0, 64), kind(0x41): encode(address, 0x41, 62)}
    return ProtocolSpec(
        name="daly_81",
        baud=9600,
        quiet_s=0.3,
        max_pending=MAX_PENDING,
        decoder=partial(BlockDecoder, address - _ANSWERS_LOWER_BY),
        interpret=partial(interpret, layout=LAYOUT),
        poller=lambda: RoundPoller(each_round, {}, gap_s=GAP_S),
        requests=frozenset(each_round.values()),
        fit=_fit,
        takes=frozenset({"address"}),
    )


def _fit(fitting: Fitting) -> ProtocolSpec:
    address = FIRST_BOARD if fitting.address is None else fitting.address
    if not 0 <= address - FIRST_BOARD < _MOST_BOARDS:
        raise ValueError(
            f"no Daly board listens to 0x{address:02X}: write an address from 0x81 to 0x90"
        )
    return _spec(address)


SPEC = _spec(FIRST_BOARD)
