"""Who listens, who asks and who is believed, over scripted ports under an injected clock."""

from collections.abc import Callable

import pytest

from tests.device.detection.scripted import BATTERY, Answer, Port, board, cells, state
from tests.device.protocols.recorded import recorded
from triporteur_device.detection import Detector, Found, Nothing, Unknown, askable, listeners
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.protocols.crc import crc16_modbus


class Watched(Port):
    """A port looked at by a detector, which tells what it does."""

    def __init__(self, baud: int = 9600, says: bytes = b"", answer: Answer = lambda _: b"") -> None:
        super().__init__(baud, says, answer)
        self.told: list[str] = []

    def listen(self) -> Found | Nothing:
        return self._detector().listen("port", listeners())

    def ask(self) -> Found | Nothing:
        return self._detector().ask("port", askable())

    def _detector(self) -> Detector:
        return Detector(self.open, lambda: self.now_ms, self.told.append)


def capture(protocol: str) -> bytes:
    """Two good frames of a device that speaks unasked."""
    spec = PROTOCOLS[protocol]
    streams = (entry.stream for entry in recorded(protocol) if not entry.refused)
    good = next(stream for stream in streams if spec.decoder().receive(stream * 3))
    return good * 2


def listened(protocol: str) -> Watched:
    return Watched(PROTOCOLS[protocol].baud, SPOKEN[protocol])


SPOKEN = {
    "vedirect": capture("vedirect"),
    "modbus": bytes.fromhex("011700261801a0000018000c0100000000000013eb11e86bc0000100646f2d"),
    "bafang": bytes.fromhex("110a0c0c 1120 00a0c0"),
    "kt": capture("kt"),
}


@pytest.mark.parametrize("protocol", SPOKEN)
def test_who_speaks_unasked_is_heard_and_nothing_is_sent(protocol: str) -> None:
    port = listened(protocol)
    found = port.listen()
    assert isinstance(found, Found)
    assert found.candidate.spec.name == protocol
    assert port.sent == []


def test_silence_is_listened_to_at_every_speed_and_is_no_leave_to_ask() -> None:
    port = Watched()
    assert port.listen() == Nothing(Unknown.SILENT)
    assert port.sent == []
    assert set(port.opened) == {each.spec.baud for each in listeners()}
    assert len(port.told) == len(listeners())


def test_somebody_unknown_is_not_silence() -> None:
    outcome = Watched(says=b"\x42").listen()
    assert isinstance(outcome, Nothing)
    assert outcome.why is Unknown.STRANGE


def test_answers_that_say_nothing_are_somebody_unknown_and_nobody_found() -> None:
    registers = bytes.fromhex("010304")  # of a Modbus device that somebody else asks
    body = registers + bytes.fromhex("01a20064")
    outcome = Watched(115200, body + crc16_modbus(body).to_bytes(2, "little")).listen()
    assert isinstance(outcome, Nothing)
    assert outcome.why is Unknown.STRANGE


def test_a_battery_that_answers_is_found_with_what_it_says() -> None:
    port = Watched(answer=BATTERY)
    found = port.ask()
    assert isinstance(found, Found)
    assert found.candidate.spec.name == "jbd"
    assert found.values["pack_voltage_v"] == 52.0
    assert found.values["cells_v"] == (4.0,) * 13
    assert port.told == [line for line in port.told if line.startswith("port: asked jbd at 9600")]


def test_an_adapter_that_hears_itself_finds_it_too() -> None:
    found = Watched(answer=lambda asked: asked + BATTERY(asked)).ask()
    assert isinstance(found, Found)
    assert found.candidate.spec.name == "jbd"


@pytest.mark.parametrize(
    ("pack", "each", "detail"),
    [
        (state(5200), cells(*[900] * 13), "a cell of 0.90 V"),
        (state(5200), cells(*[4000] * 10), "cells that add up to 40.0 V in a battery of 52.0 V"),
        (state(300), b"", "a battery of 3.0 V"),
        (b"", b"", ""),
    ],
)
def test_good_checksums_are_not_enough(pack: bytes, each: bytes, detail: str) -> None:
    outcome = Watched(answer=board(pack, each)).ask()
    if detail:
        assert outcome == Nothing(Unknown.IMPLAUSIBLE, f"jbd tells {detail}")
    else:
        assert outcome == Nothing(Unknown.UNANSWERED)


def test_whoever_does_not_answer_is_asked_for_everything_and_told_apart() -> None:
    port = Watched()
    assert port.ask() == Nothing(Unknown.UNANSWERED)
    assert [line.split(" asked ")[1] for line in port.told] == [f"{c}: nothing" for c in askable()]
    assert Watched(answer=lambda asked: asked).ask() == Nothing(Unknown.ECHO)
    spoilt = Watched(answer=lambda asked: b"\xdd\x03\x00\x02ab\0\0\x77").ask()
    assert isinstance(spoilt, Nothing)
    assert spoilt.why is Unknown.GARBLED


@pytest.mark.parametrize("look", [Watched.listen, Watched.ask], ids=["listen", "ask"])
def test_a_port_that_cannot_be_opened_is_told(look: Callable[[Watched], Found | Nothing]) -> None:
    port = Watched()
    port.lost = True
    assert look(port) == Nothing(Unknown.CLOSED, "port: Device or resource busy")
