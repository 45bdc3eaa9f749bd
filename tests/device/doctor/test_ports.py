"""Each thing that can be wrong with a line, planted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.device.doctor.patient import (
    HEARD,
    MYSELF,
    STATUS,
    STRANGER,
    Patient,
    is_attention,
    is_well,
    is_wrong,
    terminal,
)
from tests.rig import wait_for
from triporteur_device.config import SourceTable
from triporteur_device.doctor.bedside import Acting, Bedside, acting
from triporteur_device.doctor.ports import heard, port
from triporteur_device.storage import LOCK_NAME
from triporteur_wire.messages import SourceHealth, Status


def source(at: str) -> SourceTable:
    return SourceTable("battery", "jbd", at)


def here(patient: Patient) -> Bedside:
    """With the real processes of this machine."""
    made = patient.bedside()
    return Bedside(made.clock, made.sys, Path("/proc"), made.dev, made.run, made.ask)


@contextmanager
def held_by(name: str, line: str, folder: Path) -> Iterator[int]:
    """A process of this name that has the line open; its number."""
    program = folder / name
    shutil.copy(shutil.which("cat") or "", program)
    opened = os.open(line, os.O_RDWR | os.O_NOCTTY)
    with subprocess.Popen([program], stdin=opened, stdout=subprocess.DEVNULL) as process:
        os.close(opened)
        try:
            yield process.pid
        finally:
            process.kill()


def test_a_port_that_is_there_is_well(patient: Patient) -> None:
    with terminal() as line:
        assert is_well(port(source(line), None, MYSELF, here(patient)), line)


def test_a_port_that_is_not_there_is_told_with_those_that_are(patient: Patient) -> None:
    patient.tree({"dev/serial/by-id/usb-adapter": ""})
    answer = port(source("/dev/ttyUSB7"), None, MYSELF, here(patient))
    assert is_wrong(answer, "/dev/ttyUSB7 is not there", "dev/serial/by-id/usb-adapter")


def test_without_any_adapter_the_plug_is_to_be_looked_at(patient: Patient) -> None:
    answer = port(source("/dev/ttyUSB7"), None, MYSELF, here(patient))
    assert is_wrong(answer, "no serial adapter is plugged in")


def test_a_port_that_the_agent_may_not_use_is_told_with_its_group(patient: Patient) -> None:
    with terminal() as line:
        Path(line).chmod(0o660)
        answer = port(source(line), None, STRANGER, here(patient))
        assert is_wrong(answer, "may not use", "group dialout")


def test_one_of_the_ports_group_may_use_it(patient: Patient) -> None:
    with terminal() as line:
        Path(line).chmod(0o660)
        member = Acting(65534, frozenset([Path(line).stat().st_gid]))
        assert is_well(port(source(line), None, member, here(patient)))


@pytest.mark.parametrize(
    ("name", "advice"),
    [("ModemManager", "udev rules"), ("agetty", "no login shell"), ("minicom", "two readers")],
)
def test_a_port_that_another_program_holds_is_told_with_its_name(
    patient: Patient, name: str, advice: str
) -> None:
    with terminal() as line, held_by(name, line, patient.folder) as pid:
        answer = port(source(line), None, MYSELF, here(patient))
        assert is_wrong(answer, f"held by {name} (process {pid})", advice)


def test_a_line_that_is_heard_all_the_same_is_only_to_be_seen_to(patient: Patient) -> None:
    with terminal() as line, held_by("minicom", line, patient.folder):
        answer = port(source(line), STATUS, MYSELF, here(patient))
        assert is_attention(answer, "held by minicom")


def test_a_port_that_the_agent_itself_holds_is_well(patient: Patient) -> None:
    with terminal() as line, held_by("python3", line, patient.folder) as pid:
        agent = Acting(os.getuid(), frozenset(), pid)
        assert is_well(port(source(line), None, agent, here(patient)))


# Who the agent is

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "wb") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_agent_is_who_holds_the_journal(patient: Patient) -> None:
    lock = patient.folder / LOCK_NAME
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        agent = acting(lock, here(patient))
        assert agent.pid == process.pid
        assert agent.uid == os.geteuid()
        assert os.getegid() in agent.groups
        process.communicate(timeout=60)
    wait_for(lambda: acting(lock, here(patient)).pid is None, "nobody holds it")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another")
def test_without_an_agent_its_folder_says_who_it_would_be(patient: Patient) -> None:
    os.chown(patient.folder, 65534, 65534)
    agent = acting(patient.folder / LOCK_NAME, here(patient))
    assert (agent.uid, agent.pid) == (65534, None)


# What is heard


def saying(health: SourceHealth) -> Status:
    return replace(STATUS, sources={"battery": health})


def test_a_source_that_is_heard_is_well() -> None:
    assert is_well(heard(source("/dev/x"), saying(HEARD)), "heard 1 s ago; 10 frames")


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (SourceHealth("jbd", None, 0, 0, {}), "never heard"),
        (SourceHealth("jbd", 70.0, 9, 0, {"noise": 5}), "for 70 s not heard"),
        (SourceHealth("jbd", None, 0, 0, {"noise": 5}), "something speaks there"),
        (SourceHealth("jbd", None, 0, 0, {}, 5, ("echo",)), "only our own questions come back"),
    ],
    ids=["silent", "fallen silent", "another protocol", "echo"],
)
def test_a_source_that_is_not_heard_is_told_with_what_to_look_at(
    health: SourceHealth, words: str
) -> None:
    assert is_wrong(heard(source("/dev/x"), saying(health)), words)


def test_without_an_agent_nobody_listens() -> None:
    assert is_attention(heard(source("/dev/x"), None), "no agent runs")
