"""Serial ports and their names, in a folder that stands for /dev."""

from pathlib import Path

import pytest

from triporteur_device.detection import found_ports, stable_name


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    for name in ("ttyUSB0", "ttyUSB1", "ttyAMA0", "ttyACM0", "ttyS0", "tty0", "null"):
        (tmp_path / name).touch()
    (tmp_path / "serial0").symlink_to("ttyS0")
    for folder, name, target in (
        ("by-path", "platform-usb-0:1.2:1.0-port0", "ttyUSB1"),
        ("by-path", "platform-usbv2-0:1.2:1.0-port0", "ttyUSB1"),
        ("by-id", "usb-1a86_USB_Serial-if00-port0", "ttyUSB1"),
        ("by-id", "usb-VictronEnergy_BV_VE_Direct_cable", "ttyUSB0"),
    ):
        link = tmp_path / "serial" / folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../../{target}")
    return tmp_path


def test_every_port_is_found_once_by_its_most_stable_name(dev: Path) -> None:
    assert [Path(port).relative_to(dev).as_posix() for port in found_ports(dev)] == [
        "serial/by-id/usb-VictronEnergy_BV_VE_Direct_cable",
        "serial/by-path/platform-usb-0:1.2:1.0-port0",
        "serial0",
        "ttyACM0",
        "ttyAMA0",
    ]


def test_a_machine_without_ports_has_none(tmp_path: Path) -> None:
    assert found_ports(tmp_path) == []


def test_a_port_is_known_by_the_socket_it_hangs_on(dev: Path) -> None:
    by_path = str(dev / "serial/by-path/platform-usb-0:1.2:1.0-port0")
    assert stable_name(str(dev / "ttyUSB1"), dev) == by_path
    by_id = dev / "serial/by-id/usb-1a86_USB_Serial-if00-port0"
    assert stable_name(str(by_id), dev) == by_path
    assert stable_name(by_path, dev) == by_path


def test_a_port_without_a_socket_keeps_its_name_in_full(
    dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dev)
    assert stable_name("ttyAMA0", dev) == str(dev / "ttyAMA0")
    assert stable_name("socket://127.0.0.1:4000", dev) == "socket://127.0.0.1:4000"
