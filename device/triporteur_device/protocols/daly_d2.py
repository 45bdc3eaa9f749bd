"""Daly battery boards that answer at 0xD2 (H, K, M, S series): 9600 8N1.

Sources: the register list and the captures of syssi/esphome-daly-bms. Frames and the meaning of an
answer: see `daly_registers`. Question and answer carry the same address. The registers:

    00-1F  cells, mV                     31  number of cells, 32 of sensors
    20-27  sensors, 0 °C being 40        33  cycles
    28     pack voltage, 0.1 V           34  balancer
    29     current, 0.1 A, 30000 being   35  charge switch, 36 discharge switch
           none and more being CHARGE    37  mean cell, 38 highest less lowest, mV
    2A     state of charge, 0.1 %        39  power, W, without a sign
    2B     highest cell, 2C lowest, mV   3A-3D  failures, see `daly_alarms`
    2D     hottest sensor, 2E coldest    3E-3F  cells being balanced, 40 with how much
    2F     0 idle, 1 charge, 2 discharge 42  switches' temperature
    30     remaining, 0.1 Ah             43  board's temperature

Old boards have no register beyond 3D: the 62 registers that all have are read at once.
"""

from functools import partial

from triporteur_device.protocols.base import ProtocolSpec
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

_ADDRESS = 0xD2

LAYOUT = Layout(
    rows=(
        Row(0x28, "pack_voltage_v", tenths),
        Row(0x29, "current_raw", plain),
        Row(0x29, "current_a", amperes),
        Row(0x2A, "soc_pct", tenths),
        Row(0x2B, "max_cell_v", thousandths),
        Row(0x2C, "min_cell_v", thousandths),
        Row(0x2D, "max_temp_c", celsius),
        Row(0x2E, "min_temp_c", celsius),
        Row(0x2F, "status", state),
        Row(0x30, "remaining_ah", tenths),
        Row(0x31, "cell_count", plain),
        Row(0x32, "temp_sensors", plain),
        Row(0x33, "cycles", plain),
        Row(0x34, "balancer", plain),
        Row(0x35, "charge_fet", switch),
        Row(0x36, "discharge_fet", switch),
        Row(0x37, "mean_cell_v", thousandths),
        Row(0x38, "delta_v", thousandths),
        Row(0x39, "power_unsigned_w", plain),
        Row(0x42, "bms_temp_c", celsius),
        Row(0x43, "board_temp_c", celsius),
    ),
    temps=0x20,
    voltage=0x28,
    soc=0x2A,
    cell_count=0x31,
    sensor_count=0x32,
    alarms=0x3A,
)
_EACH_ROUND = {kind(0): encode(_ADDRESS, 0, 62)}

SPEC = ProtocolSpec(
    name="daly_d2",
    baud=9600,
    quiet_s=0.3,
    max_pending=MAX_PENDING,
    decoder=partial(BlockDecoder, _ADDRESS),
    interpret=partial(interpret, layout=LAYOUT),
    poller=lambda: RoundPoller(_EACH_ROUND, {}, gap_s=GAP_S),
    requests=frozenset(_EACH_ROUND.values()),
)
