"""The programs beside the gate, real ones: they take their files, and have few rights."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import planned
from tests.kiosk.gate.street import OPEN, Street, up
from tests.network.namespace import end
from tests.rig import wait_for
from triporteur_kiosk.gate.children import commands

pytestmark = pytest.mark.slow


def test_names_are_served_by_programs_with_no_more_rights_than_they_need(
    street: Street, tmp_path: Path
) -> None:
    plan = planned(tmp_path, OPEN)
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents[:-2]:
        folder.chmod(0o755)
    up(street, plan)
    with street.unit.entered():
        started = {one.name: subprocess.Popen(one.command) for one in commands(plan)}
    try:
        wait_for(lambda: street.unit.run("ss", "-Hlnu").count(":53") >= 6, "names are served")
        meant = {
            "addresses": 1 << 12 | 1 << 10 | 1 << 13,  # net_admin, net_bind_service, net_raw
            "captive": 0,
            "garden": 1 << 12,
            "open": 0,
        }
        wait_for(lambda: rights(started) == meant, "each has given away what it does not need")
        for process in started.values():
            assert "0" not in status(process, "Uid").split()
    finally:
        ended = [end(process) for process in started.values()]
    # Told to end before its loop begins dnsmasq says 5, and nothing before it heeds signals.
    assert set(ended) <= {0, 5, -signal.SIGTERM}


def rights(programs: dict[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    """Bits of the capabilities that each has."""
    return {name: int(status(process, "CapEff"), 16) for name, process in programs.items()}


def status(process: subprocess.Popen[bytes], key: str) -> str:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    (found,) = (line.partition(":")[2] for line in lines if line.startswith(f"{key}:"))
    return found.strip()


def test_hostapd_takes_its_file_and_the_name_as_it_is(street: Street, tmp_path: Path) -> None:
    ssid = '"été" 🚲; wpa=2 #\\'
    plan = planned(tmp_path, f"ssid = {json.dumps(ssid, ensure_ascii=False)}")
    up(street, plan)
    file = plan.directory / "hostapd.conf"
    # There is no radio: this driver takes the file for one.
    file.write_text(file.read_text().replace("driver=nl80211", "driver=none"))
    with street.unit.running(tmp_path / "log", "hostapd", "-d", file) as process:
        wait_for(lambda: b"AP-ENABLED" in (tmp_path / "log").read_bytes(), "hostapd is up")
        assert process.poll() is None
        asked = street.unit.run("hostapd_cli", "-p", plan.hostapd_folder or "", "get_config")
    (told,) = (line for line in asked.splitlines() if line.startswith("ssid="))
    assert told == f"ssid={escaped(ssid)}"


def escaped(ssid: str) -> str:
    """As hostapd prints a name."""
    special = {ord('"'): '\\"', ord("\\"): "\\\\"}
    return "".join(
        special.get(byte, chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}")
        for byte in ssid.encode()
    )
