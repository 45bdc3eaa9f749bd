"""Pins, clock, supply, warmth, card and uplink: each fault planted in a tree of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.device.doctor.patient import (
    MYSELF,
    ROUTES,
    STATUS,
    STRANGER,
    Patient,
    is_attention,
    is_well,
    is_wrong,
)
from triporteur_device.doctor import board, card, pins, times, uplink
from triporteur_device.doctor.releases import version
from triporteur_device.journal import JournalWriter
from triporteur_device.updates.places import Places
from triporteur_wire.messages import Card, Delivery, LinkUse, SourceHealth

Judged = Callable[..., bool]

WIRED = "[gpio]\ncharger = 17"


# Pins


def test_pins_that_nobody_wired_are_well(patient: Patient) -> None:
    assert is_well(pins.pins(patient.configured(), None, MYSELF, patient.bedside()))


def test_a_machine_without_pins_is_told(patient: Patient) -> None:
    config = patient.configured(more=WIRED)
    assert is_wrong(pins.pins(config, None, MYSELF, patient.bedside()), "only a Raspberry Pi")


def test_a_chip_that_the_agent_may_not_use_is_told_with_the_group(patient: Patient) -> None:
    patient.tree({"dev/gpiochip0": ""})
    (patient.folder / "dev/gpiochip0").chmod(0o660)
    config = patient.configured(more=WIRED)
    assert is_wrong(pins.pins(config, None, STRANGER, patient.bedside()), "group gpio")
    assert is_well(pins.pins(config, None, MYSELF, patient.bedside()))


def test_pins_that_the_agent_lost_are_told(patient: Patient) -> None:
    patient.tree({"dev/gpiochip0": ""})
    lost = SourceHealth("gpio", 60.0, 3, 0, {}, doubts=("offline",))
    status = replace(STATUS, sources={"gpio": lost})
    answer = pins.pins(patient.configured(more=WIRED), status, MYSELF, patient.bedside())
    assert is_wrong(answer, "lost the pins")


# Clock


def test_a_clock_that_ntp_holds_is_well(patient: Patient) -> None:
    answer = times.clock(patient.configured(), None, patient.bedside(wall=True))
    assert is_well(answer, "give or take 12 ms")


def test_a_clock_that_nothing_vouches_for_is_told(patient: Patient) -> None:
    answer = times.clock(patient.configured(), STATUS, patient.bedside())
    assert is_attention(answer, "no battery clock")


def test_the_depots_time_will_do(patient: Patient) -> None:
    status = replace(STATUS, utc_ms=1_790_000_000_000)
    assert is_well(times.clock(patient.configured(), status, patient.bedside()), "the depot")


def test_a_system_clock_is_not_trusted_where_there_is_no_battery(patient: Patient) -> None:
    config = patient.configured(more='[clock]\ntrust = "system"')
    bedside = patient.bedside(wall=True)
    assert is_wrong(times.clock(config, None, bedside), 'trust = "ntp"')
    patient.tree({"sys/class/rtc/rtc0/name": "rtc-ds1307\n"})
    assert is_well(times.clock(config, None, bedside))


# Supply and warmth

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


def test_a_supply_that_is_too_low_now_is_wrong(patient: Patient) -> None:
    patient.tree({THROTTLED: "50005\n"})
    assert is_wrong(board.supply(patient.bedside()), "too low now")


def test_a_supply_that_was_too_low_is_told(patient: Patient) -> None:
    patient.tree({THROTTLED: "50000\n"})
    assert is_attention(board.supply(patient.bedside()), "since the start")


def test_the_firmware_is_asked_where_the_kernel_does_not_say(patient: Patient) -> None:
    assert is_attention(board.supply(patient.bedside(told="throttled=0x50000\n")), "since")
    assert is_well(board.supply(patient.bedside(told="throttled=0x0\n")))
    assert is_well(board.supply(patient.bedside()))


@pytest.mark.parametrize(("milli_c", "judged"), [(48_000, is_well), (76_000, is_attention)])
def test_warmth_is_judged(patient: Patient, milli_c: int, judged: Judged) -> None:
    zone = "sys/class/thermal/thermal_zone0"
    patient.tree({f"{zone}/type": "cpu-thermal\n", f"{zone}/temp": f"{milli_c}\n"})
    assert judged(board.warmth(patient.bedside()), f"{milli_c // 1000} °C")


def test_a_processor_that_slows_itself_down_is_wrong(patient: Patient) -> None:
    zone = "sys/class/thermal/thermal_zone0"
    patient.tree({f"{zone}/type": "cpu-thermal\n", f"{zone}/temp": "82000\n"})
    assert is_wrong(board.warmth(patient.bedside()), "82 °C: it slows itself down")


# Card


def block(folder: Path) -> tuple[str, str]:
    """The device of a folder, as sysfs numbers it."""
    device = folder.stat().st_dev
    return f"sys/dev/block/{os.major(device)}:{os.minor(device)}", "mmcblk0p2"


def test_room_on_the_card_is_told(patient: Patient) -> None:
    assert is_well(card.room(patient.configured()), "MB are left")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small card")
@pytest.mark.parametrize(
    ("size_kb", "how", "judged", "words"),
    [
        (20_000, "rw", is_wrong, "20 MB are left"),
        (200_000, "rw", is_attention, "only 205 MB are left"),
        (400_000, "ro", is_wrong, "can only be read"),
    ],
    ids=["full", "nearly full", "read-only"],
)
def test_a_card_that_is_full_or_read_only(
    patient: Patient, size_kb: int, how: str, judged: Judged, words: str
) -> None:
    config = patient.configured()
    state = Path(config.journal.directory)
    state.mkdir()
    options = f"size={size_kb}k,{how}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", state], check=True)
    try:
        assert judged(card.room(config), words)
    finally:
        subprocess.run(["umount", state], check=True)


def test_errors_that_the_file_system_counted_are_wrong(patient: Patient) -> None:
    device, partition = block(patient.folder)
    patient.tree({f"sys/block/{partition}/dev": "", f"sys/fs/ext4/{partition}/errors_count": "3\n"})
    (patient.folder / device).parent.mkdir(parents=True)
    (patient.folder / device).symlink_to(patient.folder / "sys/block" / partition)
    config = patient.configured()
    assert is_wrong(card.wear(config, patient.bedside()), "counted 3 errors", "another card")
    patient.tree({f"sys/fs/ext4/{partition}/errors_count": "0\n"})
    assert is_well(card.wear(config, patient.bedside()))


def test_a_memory_that_says_it_is_worn_is_told(patient: Patient) -> None:
    device, partition = block(patient.folder)
    disk = "sys/block/mmcblk0"
    patient.tree({f"{disk}/{partition}/dev": "", f"{disk}/device/life_time": "0x03 0x09\n"})
    (patient.folder / device).parent.mkdir(parents=True)
    (patient.folder / device).symlink_to(patient.folder / disk / partition)
    answer = card.wear(patient.configured(), patient.bedside())
    assert is_attention(answer, "90 % of its life")


def test_a_journal_is_opened(patient: Patient) -> None:
    config = patient.configured()
    assert is_attention(card.journal(config, None), "no journal")
    JournalWriter(config.journal_path, 1, 0, "1", 1_000_000, 1).close()
    assert is_well(card.journal(config, None), "the journal opens; 1 logs")


def test_a_journal_that_is_none_is_wrong(patient: Patient) -> None:
    config = patient.configured()
    patient.tree({"state/device.journal": "no database at all" * 100})
    assert is_wrong(card.journal(config, None), "does not open", "not a database")


def test_a_journal_that_was_set_aside_is_told(patient: Patient) -> None:
    config = patient.configured()
    JournalWriter(config.journal_path, 1, 0, "1", 1_000_000, 1).close()
    config.journal_path.with_name("device.journal.broken-1").touch()
    assert is_attention(card.journal(config, None), "set aside")


def test_records_that_are_in_memory_only_are_wrong(patient: Patient) -> None:
    config = patient.configured()
    status = replace(
        STATUS,
        card=Card(error="attempt to write a readonly database"),
        delivery=Delivery(True, 3, None, 0, {}, durable=False),
    )
    assert is_wrong(card.journal(config, status), "in memory only", "readonly database")


# Uplink


def test_the_way_out_is_named(patient: Patient) -> None:
    patient.tree({"proc/net/route": ROUTES})
    assert is_well(uplink.uplink(None, patient.bedside()), "wwan0")


def test_no_way_out_is_wrong(patient: Patient) -> None:
    lines = ROUTES.splitlines(keepends=True)
    patient.tree({"proc/net/route": lines[0] + lines[2]})
    assert is_wrong(uplink.uplink(None, patient.bedside()), "no interface leads", "4G")


def test_a_way_out_by_ipv6_is_one(patient: Patient) -> None:
    way = f"{'0' * 32} 00 {'0' * 32} 00 fe80{'0' * 27}1 00000400 00000001 00000000 00450003 usb0"
    patient.tree({"proc/net/ipv6_route": way + "\n"})
    assert is_well(uplink.uplink(None, patient.bedside()), "usb0")


def test_a_month_that_is_used_up_is_told(patient: Patient) -> None:
    patient.tree({"proc/net/route": ROUTES})
    status = replace(STATUS, link=LinkUse("2026-11", 400_000_000, 100_000_000, 500_000_000))
    assert is_attention(uplink.uplink(status, patient.bedside()), "500 MB are used up")


# Release


def test_another_release_that_still_runs_is_told(tmp_path: Path) -> None:
    nothing_chosen = Places(link=tmp_path / "current")
    other = replace(STATUS, version="0.0.1")
    assert is_attention(version(other, nothing_chosen), "is to run, and 0.0.1 does")
    assert is_well(version(None, nothing_chosen), "Python 3.")


def test_the_package_s_doctor_knows_which_release_is_chosen(tmp_path: Path) -> None:
    places = Places(link=tmp_path / "current")
    (tmp_path / "1.5.0").mkdir()
    (tmp_path / "1.5.0/VERSION").write_text("1.5.0\n")
    places.link.symlink_to(tmp_path / "1.5.0")
    assert is_well(version(replace(STATUS, version="1.5.0"), places), "Python 3.")
    assert is_attention(version(STATUS, places), f"1.5.0 is to run, and {STATUS.version} does")
