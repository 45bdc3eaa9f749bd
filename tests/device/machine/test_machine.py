"""What the computer aboard says of itself, from sysfs trees made for the test."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from triporteur_device.live import Observation
from triporteur_device.machine.machine import Machine, Sensors, sensors
from triporteur_device.machine.stations import wifi_stations
from triporteur_device.machine.sysfs import cpu_temp_c, undervoltage

IW_DEV = """\
phy#0
\tUnnamed/non-netdev interface
\t\twdev 0x2
\t\taddr 02:00:00:00:00:02
\t\ttype P2P-device
\tInterface wlan0
\t\tifindex 3
\t\twdev 0x1
\t\taddr 02:00:00:00:00:01
\t\tssid Triporteur
\t\ttype AP
\t\tchannel 6 (2437 MHz), width: 20 MHz, center1: 2437 MHz
phy#1
\tInterface wlan1
\t\tifindex 4
\t\ttype managed
"""
DUMP = """\
Station 02:00:00:00:00:10 (on wlan0)
\tinactive time:\t328 ms
\tauthorized:\tyes
Station 02:00:00:00:00:11 (on wlan0)
\tinactive time:\t12 ms
"""


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


# The kernel's files


@pytest.mark.parametrize("kind", ["cpu-thermal", "x86_pkg_temp", "soc-thermal"])
def test_the_processor_is_found_among_the_zones(tmp_path: Path, kind: str) -> None:
    zones = {
        "class/thermal/thermal_zone0/type": "acpitz\n",
        "class/thermal/thermal_zone0/temp": "27800\n",
        "class/thermal/thermal_zone1/type": f"{kind}\n",
        "class/thermal/thermal_zone1/temp": "48312\n",
    }
    assert cpu_temp_c(tree(tmp_path, zones)) == 48.312


@pytest.mark.parametrize("temp", ["", "hot\n"])
def test_a_zone_that_does_not_answer_is_no_temperature(tmp_path: Path, temp: str) -> None:
    zone = {"class/thermal/thermal_zone0/type": "cpu-thermal", "class/thermal/thermal_zone0/x": ""}
    root = tree(tmp_path, zone)
    if temp:
        tree(root, {"class/thermal/thermal_zone0/temp": temp})
    assert cpu_temp_c(root) is None


@pytest.mark.parametrize(("alarm", "low"), [("0\n", False), ("1\n", True)])
def test_the_firmwares_alarm_is_read_from_its_own_sensor(
    tmp_path: Path, alarm: str, low: bool
) -> None:
    files = {
        "class/hwmon/hwmon0/name": "cpu_thermal\n",
        "class/hwmon/hwmon0/in0_lcrit_alarm": "1\n",
        "class/hwmon/hwmon1/name": "rpi_volt\n",
        "class/hwmon/hwmon1/in0_lcrit_alarm": alarm,
        # since the boot, not now: the sensor above is the one that counts
        "devices/platform/soc/soc:firmware/get_throttled": "50005\n",
    }
    assert undervoltage(tree(tmp_path, files)) is low


@pytest.mark.parametrize(
    ("throttled", "low"),
    [("0\n", False), ("50000\n", False), ("50005\n", True), ("0x1\n", True), ("?\n", None)],
)
def test_without_that_sensor_the_bit_of_now_counts(
    tmp_path: Path, throttled: str, low: bool | None
) -> None:
    files = {"devices/platform/soc/soc:firmware/get_throttled": throttled}
    assert undervoltage(tree(tmp_path, files)) is low


def test_a_machine_that_says_nothing_is_not_made_to(tmp_path: Path) -> None:
    assert cpu_temp_c(tmp_path) is None
    assert undervoltage(tmp_path) is None
    assert wifi_stations(tmp_path, never) is None


# The guests of the Wi-Fi


def never(command: Sequence[str]) -> str:
    raise AssertionError(command)


def iw(command: Sequence[str]) -> str:
    """Answers as iw does on a machine with an access point on wlan0."""
    answers = {"iw dev": IW_DEV, "iw dev wlan0 station dump": DUMP}
    return answers[" ".join(command)]


@pytest.fixture
def wireless(tmp_path: Path) -> Path:
    return tree(tmp_path, {"class/net/wlan0/phy80211/name": "phy0", "class/net/eth0/mtu": "1500"})


def test_stations_of_the_access_point_are_counted(wireless: Path) -> None:
    assert wifi_stations(wireless, iw) == 2


def test_an_access_point_without_guests_has_none(wireless: Path) -> None:
    assert wifi_stations(wireless, lambda c: IW_DEV if c[-1] == "dev" else "") == 0


def test_a_machine_that_only_visits_has_no_guests(wireless: Path) -> None:
    assert wifi_stations(wireless, lambda _: IW_DEV.replace("type AP", "type managed")) is None


@pytest.mark.parametrize(
    "fault",
    [FileNotFoundError("iw"), subprocess.CalledProcessError(255, "iw", DUMP, DUMP)],
    ids=["not installed", "refused"],
)
def test_what_cannot_be_asked_is_absent_and_names_nobody(
    wireless: Path, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: Sequence[str]) -> str:
        raise fault

    assert wifi_stations(wireless, refuse) is None
    assert "02:00" not in caplog.text


# The source


class Told:
    """A machine whose answers and time are the test's."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.low: bool | None = False
        self.temp_c: float | None = 48.3
        self.seen: list[Observation] = []
        asked = Sensors(lambda: self.low, lambda: self.temp_c, lambda: 1_234.5, lambda: None)
        self.machine = Machine(asked, lambda: self.now_ms, self.seen.append)

    def live(self, seconds: int) -> None:
        for _ in range(0, seconds, 2):
            self.machine.look()
            self.now_ms += 2_000


def test_it_tells_what_is_there_every_quarter_of_a_minute() -> None:
    told = Told()
    told.live(60)
    assert [each.mono_ms for each in told.seen] == [0, 16_000, 32_000, 48_000]
    expected = {"cpu_temp_c": 48.3, "undervoltage": False, "disk_free_mb": 1_234.5}
    assert told.seen[0].values == expected
    assert told.machine.health().frames == 4


def test_a_dip_of_the_supply_is_told_as_it_comes_and_goes() -> None:
    told = Told()
    told.live(4)
    told.low = True
    told.live(2)
    told.low = False
    told.live(2)
    assert [(each.mono_ms, each.values["undervoltage"]) for each in told.seen] == [
        (0, False),
        (4_000, True),
        (6_000, False),
    ]


def test_a_figure_that_cannot_be_is_not_told() -> None:
    told = Told()
    told.temp_c, told.low = 999.0, None
    told.live(2)
    assert told.seen[0].values == {"disk_free_mb": 1_234.5}


def test_this_very_machine_has_room_on_its_card(tmp_path: Path) -> None:
    assert (sensors(tmp_path).disk_free_mb() or 0) > 0
    assert sensors(tmp_path / "gone").disk_free_mb() is None
