"""A source's line: is it there, may the agent have it, does somebody else, and is it heard?"""

import os
from pathlib import Path

from triporteur_device.config import SourceTable
from triporteur_device.doctor.bedside import Acting, Bedside
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Doubt, Status

_ADVICE = {
    "ModemManager": "it speaks to batteries as to modems; install the udev rules of the package, "
    "and plug the adapter in again",
    "agetty": "a login waits there; take it away: raspi-config, Interface Options, Serial Port, "
    "no login shell",
    "login": "somebody is logged in there; take the login away: raspi-config, Interface Options, "
    "Serial Port, no login shell",
}


def port(source: SourceTable, status: Status | None, agent: Acting, here: Bedside) -> Answer:
    """The device file of a line; lines of other kinds show in what is heard.

    Somebody else who holds it is at fault only where it is not heard, too.
    """
    if not source.port.startswith("/"):
        return well(f"{source.port} is no serial port of this machine")
    path = Path(source.port)
    if not path.exists():
        return wrong(f"{path} is not there: {_there_are(here.dev)}")
    if not agent.may_use(path):
        return wrong(
            f"{agent.name} may not use {path}, which is of group {path.group()}: put {agent.name} "
            "into the group dialout and restart the agent, or install the udev rules of the package"
        )
    for pid, name in _holders(path, here.proc):
        if pid != agent.pid:
            what_to_do = _ADVICE.get(name, "end it: two readers each get half of what is said")
            blame = attention if _is_heard(source, status) else wrong
            return blame(f"{path} is held by {name} (process {pid}): {what_to_do}")
    return well(f"{path} is there, and {agent.name} may use it")


def heard(source: SourceTable, status: Status | None) -> Answer:
    """What the agent hears on the line, as it says itself."""
    health = status.sources.get(source.name) if status else None
    if health is None:
        return attention("no agent runs that would listen to it")
    if _is_heard(source, status):
        refused = f", {health.refused} damaged" if health.refused else ""
        return well(f"heard {health.heard_age_s:.0f} s ago; {health.frames} frames{refused}")
    if Doubt.ECHO in health.doubts:
        return wrong(
            "only our own questions come back: the device sleeps (wake it by its button or its "
            "charger), or the wires of sending and receiving touch"
        )
    if health.heard_age_s is None and any(health.discarded.values()):
        return wrong(
            f"something speaks there, and it is not {source.protocol}: look at the protocol with "
            "`triporteur-device detect`, then at the wires, and at ground"
        )
    since = "never" if health.heard_age_s is None else f"for {health.heard_age_s:.0f} s not"
    return wrong(
        f"{since} heard: is the device on, are sending and receiving the right way round, is "
        "ground joined, is the protocol right (`triporteur-device detect`)?"
    )


def _is_heard(source: SourceTable, status: Status | None) -> bool:
    health = status.sources.get(source.name) if status else None
    age_s = health.heard_age_s if health else None
    return age_s is not None and age_s <= source.stale_after_s


def _there_are(dev: Path) -> str:
    from triporteur_device.detection.ports import found_ports

    found = found_ports(dev)
    if not found:
        return "no serial adapter is plugged in; look at the plug and at the cable"
    return f"plug it in again, or name another port in unit.toml; there are {', '.join(found)}"


def _holders(path: Path, proc: Path) -> list[tuple[int, str]]:
    """Processes that have the file open, as far as we may look; only root sees everybody's."""
    line = path.stat()
    return [
        (int(process.name), (process / "comm").read_text(encoding="utf-8").strip())
        for process in proc.glob("[0-9]*")
        if _has_open(process, line)
    ]


def _has_open(process: Path, line: os.stat_result) -> bool:
    try:
        return any(
            os.path.samestat(handle.stat(), line)
            for handle in (process / "fd").iterdir()
            if str(handle.readlink()).startswith("/dev/")
        )
    except OSError:
        return False  # it has ended, or is somebody else's
