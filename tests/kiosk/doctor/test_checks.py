"""Each thing that can be wrong with a kiosk, planted."""

import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import configured, planned, written
from tests.rig import free_port
from triporteur_kiosk.__main__ import main
from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.doctor import Bedside, checks
from triporteur_kiosk.doctor import radio as radios
from triporteur_wire.findings import Answer, Verdict, examined
from triporteur_wire.gate import STATE_NAME, GateState, encode

OK, ATTENTION, WRONG = Verdict.OK, Verdict.ATTENTION, Verdict.WRONG
STATE = GateState(
    boottime_ms=0, run="a", hotspot=True, configured="local", access="local", most_stations=19,
    stations=3,
)  # fmt: skip
CHIP = "class/net/wlan0/device/device"
ROUTES = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
#: As `nmcli -t -f DEVICE,STATE device` printed it on Debian 12.
NMCLI = "eth0:connected\nwlan0:{}\nlo:unmanaged\n"


def here(folder: Path, told: str | None = None, uplink: str = "") -> Bedside:
    """`uplink` is a line more of the routes."""

    def ask(command: Sequence[str]) -> str:
        if told is None:
            raise FileNotFoundError(command[0])
        return told

    routes = folder / "routes"
    routes.write_text(ROUTES + uplink)
    return Bedside(folder / "sys", folder / "firmware", folder / "run", ask, routes)


def tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / "sys" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "sys" / name).write_text(text)


def said(config: KioskConfig, bedside: Bedside) -> dict[str, Answer]:
    """Every check, by what it is about."""
    return {each.about: (each.verdict, each.said) for each in examined(checks(config, bedside))}


def is_so(answer: Answer, verdict: Verdict, *words: str) -> bool:
    return answer[0] is verdict and all(word in answer[1] for word in words)


def gated(folder: Path, more: str = "", rest: str = "") -> KioskConfig:
    return configured(folder, f'interface = "wlan0"\nram = "{folder}/gate"\n{more}', rest)


# The pages


@contextmanager
def pages(port: int) -> Iterator[None]:
    """Whatever answers as HTTP does."""
    with HTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler) as server:
        SimpleHTTPRequestHandler.log_message = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def rooms(folder: Path, port: int) -> KioskConfig:
    listen = f'listen = "127.0.0.1:{port}"\n'
    return configured(folder, "", f"[portal]\n{listen}[console]\n{listen}tls = false\n")


def answers_in(monkeypatch: pytest.MonkeyPatch, most_s: float) -> None:
    """How long pages are waited for."""
    for module in ("triporteur_wire.answering", "triporteur_kiosk.console.access.own_question"):
        monkeypatch.setattr(f"{module}.ANSWERS_S", most_s)


def test_pages_that_answer_are_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers_in(monkeypatch, 60.0)
    port = free_port()
    config = rooms(tmp_path, port)
    with pages(port):
        found = said(config, here(tmp_path))
    assert is_so(found["portal"], OK, f"it answers at 127.0.0.1:{port}")
    assert is_so(found["console"], OK, f"it answers at 127.0.0.1:{port}")
    assert is_so(found["gate"], OK, "names no interface")


def test_pages_that_do_not_listen_are_wrong(tmp_path: Path) -> None:
    found = said(rooms(tmp_path, free_port()), here(tmp_path))
    assert is_so(found["portal"], WRONG, "nothing answers", "triporteur-portal", "ss -ltnp")
    assert is_so(found["console"], WRONG, "nothing answers", "triporteur-console", "ss -ltnp")


@pytest.mark.parametrize("more", ["", "tls = false"])
def test_a_console_that_hangs_is_wrong(
    tmp_path: Path, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still listens: whoever comes is let in, and waits."""
    answers_in(monkeypatch, 0.1)
    with socket.create_server(("127.0.0.1", 0)) as hung:
        listen = f'listen = "127.0.0.1:{hung.getsockname()[1]}"'
        found = said(configured(tmp_path, "", f"[console]\n{listen}\n{more}\n"), here(tmp_path))
    assert is_so(found["console"], WRONG, "nothing answers")


def test_something_else_on_the_portals_port_is_wrong(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = int(other.getsockname()[1])
        thread = threading.Thread(target=_greet, args=(other,))
        thread.start()
        found = said(rooms(tmp_path, port), here(tmp_path))
        thread.join()
    assert is_so(found["portal"], WRONG, "another program may hold the port")


def _greet(other: socket.socket) -> None:
    connection, _ = other.accept()
    with connection:
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.recv(1000)


def test_a_content_with_faults_is_wrong(tmp_path: Path) -> None:
    content = tmp_path / "content.toml"
    content.write_text("[[partner]]\nnom = 1\n")
    config = configured(tmp_path, "", f'[portal]\ncontent = "{content}"\n')
    assert is_so(said(config, here(tmp_path))["content"], WRONG, str(content))


# The radio


def test_an_interface_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    tree(tmp_path, {"class/net/eth0/mtu": "", "class/net/lo/mtu": ""})
    answer = radios.interface(planned(tmp_path), here(tmp_path))
    assert is_so(answer, WRONG, "no interface wlan0", "there are eth0")
    tree(tmp_path, {"class/net/wlan0/mtu": ""})
    assert is_so(radios.interface(planned(tmp_path), here(tmp_path)), OK)


def test_an_interface_that_networkmanager_holds_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "run/NetworkManager").mkdir(parents=True)
    for state, verdict in (("disconnected", WRONG), ("unavailable", WRONG), ("unmanaged", OK)):
        answer = radios.manager(planned(tmp_path), here(tmp_path, NMCLI.format(state)))
        assert is_so(answer, verdict, "wlan0"), state


def test_without_networkmanager_nobody_is_asked(tmp_path: Path) -> None:
    assert is_so(radios.manager(planned(tmp_path), here(tmp_path)), OK, "does not run")


@pytest.mark.parametrize(("switch", "words"), [("soft", "rfkill unblock"), ("hard", "a switch")])
def test_a_radio_that_is_blocked_is_wrong(tmp_path: Path, switch: str, words: str) -> None:
    phy = "class/net/wlan0/phy80211/rfkill0"
    tree(tmp_path, {f"{phy}/soft": "0\n", f"{phy}/hard": "0\n"})
    assert is_so(radios.blocked(planned(tmp_path), here(tmp_path)), OK)
    tree(tmp_path, {f"{phy}/{switch}": "1\n"})
    assert is_so(radios.blocked(planned(tmp_path), here(tmp_path)), WRONG, words)


def choose(folder: Path, build: str) -> None:
    """As update-alternatives does: a link to a link to the file."""
    cypress = folder / "firmware/cypress"
    cypress.mkdir(parents=True, exist_ok=True)
    (cypress / build).touch()
    alternative = folder / "alternative"
    alternative.unlink(missing_ok=True)
    alternative.symlink_to(cypress / build)
    (cypress / "cyfmac43455-sdio.bin").unlink(missing_ok=True)
    (cypress / "cyfmac43455-sdio.bin").symlink_to(alternative)


def test_the_firmware_that_holds_few_phones_is_told(tmp_path: Path) -> None:
    tree(tmp_path, {CHIP: "0xa9bf\n"})
    choose(tmp_path, "cyfmac43455-sdio-standard.bin")
    answer = radios.firmware(planned(tmp_path), here(tmp_path))
    assert is_so(answer, ATTENTION, "standard.bin holds 4 to 10 phones", "update-alternatives")
    choose(tmp_path, "cyfmac43455-sdio-minimal.bin")
    assert is_so(radios.firmware(planned(tmp_path), here(tmp_path)), OK, "holds 19")


def test_more_phones_than_the_firmware_holds_are_told(tmp_path: Path) -> None:
    tree(tmp_path, {CHIP: "0xa9bf\n"})
    choose(tmp_path, "cyfmac43455-sdio-minimal.bin")
    plan = planned(tmp_path, "most_stations = 40")
    assert is_so(radios.firmware(plan, here(tmp_path)), ATTENTION, "most_stations is 40")


def test_another_chip_or_an_access_point_is_not_judged(tmp_path: Path) -> None:
    tree(tmp_path, {CHIP: "0xa9a6\n"})
    assert is_so(radios.firmware(planned(tmp_path), here(tmp_path)), OK)
    external = planned(tmp_path, 'radio = "external"')
    assert is_so(radios.firmware(external, here(tmp_path)), OK, "of its own")


# The gate


def leave(folder: Path, **changed: object) -> None:
    (folder / "gate").mkdir(exist_ok=True)
    fields = {name: getattr(STATE, name) for name in STATE.__struct_fields__}
    state = GateState(**{**fields, "boottime_ms": boottime_ms(), **changed})
    (folder / "gate" / STATE_NAME).write_bytes(encode(state))


def test_a_gate_that_does_not_run_is_wrong(tmp_path: Path) -> None:
    config = gated(tmp_path)
    assert is_so(said(config, here(tmp_path))["gate"], WRONG, "no gate runs")
    leave(tmp_path, boottime_ms=boottime_ms() - 60_000)
    assert is_so(said(config, here(tmp_path))["gate"], WRONG, "no gate runs")


def test_a_gate_that_gives_way_to_the_uplink_says_so(tmp_path: Path) -> None:
    taken = "usb0 00014D0A 00000000 0001 0 0 100 00FFFFFF 0 0 0\n"
    answer = said(gated(tmp_path), here(tmp_path, uplink=taken))["gate"]
    assert is_so(answer, WRONG, "usb0 is in the network 10.77.1.0/24", "such as 172.20.0.0/22")


def test_a_part_of_a_wider_network_that_is_hidden_is_told(tmp_path: Path) -> None:
    leave(tmp_path)
    wide = "wwan0 0000000A 00000000 0001 0 0 100 000000FF 0 0 0\n"
    answer = said(gated(tmp_path), here(tmp_path, uplink=wide))["gate"]
    assert is_so(answer, ATTENTION, "wwan0 is in the network 10.0.0.0/8", "hides a part")


@pytest.mark.parametrize(
    ("state", "verdict", "words"),
    [
        ({}, OK, "open, access local, phones: 3"),
        ({"hotspot": False}, ATTENTION, "closed"),
        ({"configured": "open", "because": "uplink_lost"}, ATTENTION, "no Internet"),
        ({"configured": "open", "because": "budget_spent"}, ATTENTION, "[gate] budget_mb"),
        ({"configured": "open", "because": "budget_unknown"}, ATTENTION, "until tomorrow"),
        ({"full": True, "stations": 19}, ATTENTION, "full: 19 phones"),
    ],
)
def test_how_a_gate_fares_is_told(
    tmp_path: Path, state: dict[str, object], verdict: Verdict, words: str
) -> None:
    leave(tmp_path, **state)
    assert is_so(said(gated(tmp_path), here(tmp_path))["gate"], verdict, words)


# The command


def test_the_command_says_it_all_and_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "", f'[portal]\nlisten = "127.0.0.1:{free_port()}"\n')
    assert main(["doctor", "--config", str(path)]) == 1
    assert "WRONG      portal" in capsys.readouterr().out


def test_a_program_that_cannot_be_asked_holds_up_no_other_check(tmp_path: Path) -> None:
    (tmp_path / "run/NetworkManager").mkdir(parents=True)
    (tmp_path / "run/systemd/system").mkdir(parents=True)

    def ask(command: Sequence[str]) -> str:
        raise subprocess.TimeoutExpired(list(command), 10)

    bedside = Bedside(tmp_path / "sys", tmp_path / "firmware", tmp_path / "run", ask)
    found = said(gated(tmp_path), bedside)
    assert is_so(found["service gate"], ATTENTION, "could not be looked at", "timed out")
    assert is_so(found["NetworkManager"], ATTENTION, "could not be looked at")
    assert found["gate"][0] is WRONG
