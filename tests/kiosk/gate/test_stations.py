"""How many phones are there: a number, and nothing else about them."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from triporteur_kiosk.gate.keeper.stations import Stations

#: As dnsmasq 2.90 writes it: two phones, and what they have besides of IPv6.
LEASES = """\
1795000000 02:00:00:00:00:01 10.77.0.10 * 01:02:00:00:00:00:01
1795000000 02:00:00:00:00:02 10.77.0.11 phone *
duid 00:01:00:01:30:00:00:00:02:00:00:00:00:09
1795000000 1 fd00::1 * 00:01
"""


@pytest.fixture
def leases(tmp_path: Path) -> Path:
    return tmp_path / "leases"


def test_without_a_radio_of_its_own_the_addresses_lent_are_counted(leases: Path) -> None:
    leases.write_text(LEASES)
    assert Stations(None, leases).count() == 2
    leases.write_text("")
    assert Stations(None, leases).count() == 0


def test_what_is_not_there_is_not_known(leases: Path, tmp_path: Path) -> None:
    assert Stations(None, leases).count() is None
    assert Stations(tmp_path / "hostapd" / "wlan0", leases).count() is None


@pytest.mark.parametrize(
    ("told", "stations"),
    [(b"state=ENABLED\nnum_sta_non_erp=9\nnum_sta[0]=14\n", 14), (b"num_sta[0]=0\n", 0),
     (b"FAIL\n", None), (b"", None), (b"num_sta[0]=-3\n", None), (b"\xff" * 9000, None)],
)  # fmt: skip
def test_hostapd_s_own_count_is_taken(leases: Path, told: bytes, stations: int | None) -> None:
    leases.write_text(LEASES)
    with hostapd(told) as control:
        assert Stations(control, leases).count() == stations


@contextmanager
def hostapd(told: bytes) -> Iterator[Path]:
    """A control socket that answers one question."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control,
    ):
        control.bind(f"{folder}/wlan0")
        thread = threading.Thread(target=lambda: control.sendto(told, control.recvfrom(99)[1]))
        thread.start()
        try:
            yield Path(folder) / "wlan0"
        finally:
            thread.join()
