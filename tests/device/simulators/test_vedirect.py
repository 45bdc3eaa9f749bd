"""The simulated shunt speaks as Victron's document says, read here by plain arithmetic."""

import re
from dataclasses import replace

import pytest

from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState
from triporteur_device.simulators.vedirect import VeDirectDevice, text_block

LIVE = ["PID", "V", "I", "P", "CE", "SOC", "TTG", "Alarm", "AR", "BMV", "FW", "MON", "Checksum"]
HISTORY = [*(f"H{n}" for n in range(1, 13)), "H17", "H18", "Checksum"]


def state(hour: float = 10.0) -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S + hour * 3600)
    model.advance(600.0)
    return model.state


def fields(block: bytes) -> dict[str, str]:
    assert sum(block) % 256 == 0
    assert block.startswith(b"\r\n")
    pairs = (line.split("\t") for line in block[:-1].decode("ascii").split("\r\n")[1:])
    return dict(pairs)


def pushed(shunt: VeDirectDevice, trike: TrikeState) -> bytes:
    return b"".join(burst.data for burst in shunt.push(trike))


def test_a_block_is_summed_as_a_captured_one() -> None:
    captured = bytes.fromhex(
        "0d0a504944093078413338390d0a560935333530390d0a490932333836360d0a5009313237370d0a4345092d"
        "3133313039390d0a534f43093534380d0a545447092d310d0a416c61726d094f46460d0a415209300d0a424d"
        "5609536d6172745368756e7420353030412f35306d560d0a465709303431340d0a4d4f4e09300d0a43686563"
        "6b73756d09df"
    )
    assert text_block(captured[:-12].decode("ascii")) == captured


def test_the_live_block_says_what_the_trike_is() -> None:
    trike = replace(state(), current_a=-6.0, mean_a=-6.0)
    live = fields(VeDirectDevice(1).live_block(trike))
    assert list(live) == LIVE
    assert live["PID"] == "0xA389"
    assert int(live["V"]) == pytest.approx(trike.pack_voltage_v * 1000, abs=15)
    assert int(live["I"]) == pytest.approx(-6000, abs=30)
    assert int(live["P"]) == pytest.approx(-6.0 * trike.pack_voltage_v, abs=3)
    assert int(live["CE"]) == pytest.approx(trike.consumed_ah * 1000, abs=1)
    assert int(live["SOC"]) == pytest.approx(1000 + trike.consumed_ah / 0.03, abs=1)
    assert int(live["TTG"]) == pytest.approx((30 + trike.consumed_ah) / 6 * 60, abs=1)
    assert (live["Alarm"], live["AR"]) == ("OFF", "0")


def test_time_to_go_is_endless_while_nothing_is_drawn() -> None:
    live = fields(VeDirectDevice(1).live_block(replace(state(), mean_a=4.0)))
    assert live["TTG"] == "-1"


def test_an_empty_battery_raises_its_alarms() -> None:
    live = fields(
        VeDirectDevice(1).live_block(replace(state(), consumed_ah=-28.0, pack_voltage_v=40.0))
    )
    assert (live["Alarm"], live["AR"]) == ("ON", "5")


def test_more_consumed_than_there_was_is_an_empty_battery() -> None:
    live = fields(VeDirectDevice(1).live_block(replace(state(), consumed_ah=-31.0, mean_a=-1.0)))
    assert (live["SOC"], live["TTG"]) == ("0", "0")


def test_the_history_block_grows_with_the_life_it_tells() -> None:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    shunt = VeDirectDevice(1)
    young = fields(shunt.history_block(model.state))
    model.advance(5 * 86_400)
    old = fields(shunt.history_block(model.state))
    assert list(old) == HISTORY
    assert int(old["H6"]) < int(young["H6"]) < 0
    assert int(old["H17"]) > int(young["H17"])
    assert int(old["H18"]) > int(young["H18"])
    assert int(old["H10"]) > int(young["H10"])
    assert int(old["H1"]) <= int(old["H2"]) <= 0
    assert 40_000 < int(old["H7"]) < int(old["H8"]) < 55_000


def test_live_and_history_come_in_turn_every_second() -> None:
    shunt, trike = VeDirectDevice(1), state()
    assert shunt.push_every_s == 1.0
    firsts = [pushed(shunt, trike)[2:4] for _ in range(6)]
    assert firsts == [b"PI", b"H1"] * 3


def test_a_hex_line_now_and_then_stands_inside_a_block_and_outside_its_sum() -> None:
    shunt, trike = VeDirectDevice(1), state()
    blocks = [pushed(shunt, trike) for _ in range(400)]
    lines = [re.findall(rb":A[0-9A-F]+\n", block) for block in blocks]
    interrupted = [found[0] for found in lines if found]
    for block, found in zip(blocks, lines, strict=True):
        fields(block.replace(found[0], b"") if found else block)
    assert 2 < len(interrupted) < 40
    for line in interrupted:
        assert (0xA + sum(bytes.fromhex(line[2:-1].decode("ascii")))) & 0xFF == 0x55


def test_it_is_deaf() -> None:
    assert VeDirectDevice(1).receive(b":154\n", state()) == []
