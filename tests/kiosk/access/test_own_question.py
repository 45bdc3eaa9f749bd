"""The console asks itself whether it answers, with a certificate or without one."""

import socket

import pytest

from tests.kiosk.access.trike import HOST, NAME, Trike, serving
from tests.rig import free_port
from triporteur_kiosk.console.access.entrance import secured
from triporteur_kiosk.console.access.own_question import ask_secured

ANSWERS_S = "triporteur_kiosk.console.access.own_question.ANSWERS_S"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ANSWERS_S, 60.0)


def test_a_console_with_a_certificate_answers_itself(console: Trike) -> None:
    assert ask_secured((HOST, console.port), NAME, "/alive")


def test_a_console_without_one_answers_by_refusing(trike: Trike) -> None:
    server = secured(lambda *_: [], trike.config, trike.papers())
    with serving(server):
        assert ask_secured((HOST, server.port), NAME, "/alive")


def test_silence_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ANSWERS_S, 0.2)
    with socket.create_server((HOST, 0)) as mute, pytest.raises(TimeoutError):
        ask_secured((HOST, mute.getsockname()[1]), NAME, "/alive")
    with pytest.raises(ConnectionRefusedError):
        ask_secured((HOST, free_port()), NAME, "/alive")
