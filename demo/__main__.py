"""Starts the demo, says what to look at, and ends it all on Ctrl-C."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from demo.fleet import UNITS, DemoUnit, Folder, depot_toml, unit_toml
from demo.past import local_offset_s
from demo.processes import DemoFailed, Processes, command, port_near
from triporteur_device.snapshot import read_snapshot

_REPOSITORY = Path(__file__).parent.parent
_FOLDER = _REPOSITORY / ".demo"
_LOCK = _REPOSITORY / ".parts" / "demo.lock"
_LOOK_AGAIN_S = 0.1
#: What is recorded between two acknowledgements: fewer than this wait in a unit that keeps up.
_NEWS = 50
_CONTENT = _REPOSITORY / "kiosk" / "content" / "content.toml"


class Demo:
    """One run: its ports, its folder, its processes."""

    def __init__(self) -> None:
        self._lock = _lock()
        shutil.rmtree(_FOLDER, ignore_errors=True)
        _FOLDER.mkdir()
        self.processes = Processes(_FOLDER)
        self.broker = port_near(0)
        self.pages = port_near(8000)
        self.portal = port_near(8080)
        self.console = port_near(8081)
        self.pids: dict[str, int] = {}

    def start(self) -> None:
        """Brings up broker, depot, the first unit's kiosk, then every unit with its past."""
        self._start_broker()
        self._start_depot()
        for unit in UNITS:
            self._write(unit)
        self._start_kiosk(UNITS[0])
        print(self._addresses(), flush=True)
        for unit in UNITS:
            self._simulate(unit, _folder(unit))
        self._live_through_the_past()
        for unit in UNITS:
            self._wait_until_heard(unit)
        print(self._suggestions(), flush=True)

    def _start_broker(self) -> None:
        config = _FOLDER / "mosquitto.conf"
        config.write_text(
            f"listener {self.broker} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
        )
        self.processes.start("broker", str(_REPOSITORY / "bin" / "mosquitto"), "-c", str(config))
        self.processes.wait_for_port(self.broker, "broker")

    def _start_depot(self) -> None:
        config = _FOLDER / "depot.toml"
        config.write_text(depot_toml(_FOLDER, self.broker, self.pages), encoding="utf-8")
        self.processes.start("depot", *command("depot", "run", "--config", str(config)))
        self.processes.wait_for_port(self.pages, "depot")

    def _write(self, unit: DemoUnit) -> None:
        folder = _folder(unit)
        folder.path.mkdir()
        os.mkfifo(folder.words)
        (folder.path / "content.toml").write_text(_content(datetime.now(UTC)), encoding="utf-8")
        folder.config.write_text(
            unit_toml(unit, folder, self.broker, self.portal, self.console), encoding="utf-8"
        )

    def _start_kiosk(self, unit: DemoUnit) -> None:
        config = str(_folder(unit).config)
        for part, port in (("portal", self.portal), ("console", self.console)):
            self.processes.start(part, *command("kiosk", part, "--config", config))
            self.processes.wait_for_port(port, part)

    def _live_through_the_past(self) -> None:
        """Makes every unit's past, as many at once as there are cores; each then starts."""
        waiting, making = list(UNITS), dict[DemoUnit, subprocess.Popen[bytes]]()
        while waiting or making:
            while waiting and len(making) < (os.cpu_count() or 1):
                unit = waiting.pop(0)
                making[unit] = self._make_past(unit)
            for unit, past in list(making.items()):
                if past.poll() is not None:
                    del making[unit]
                    self._start_agent(unit, past.returncode)
            time.sleep(_LOOK_AGAIN_S)

    def _make_past(self, unit: DemoUnit) -> subprocess.Popen[bytes]:
        journal = _folder(unit).path / "journal" / "device.journal"
        past = [sys.executable, "-m", "demo.past", unit.name, str(journal)]
        return self.processes.start(f"{unit.name}-past", *past)

    def _start_agent(self, unit: DemoUnit, past_status: int) -> None:
        if past_status:
            raise DemoFailed(f"no past for {unit.name}; see {_FOLDER / unit.name}-past.log")
        agent = command("device", "run", "--config", str(_folder(unit).config))
        self.pids[unit.name] = self.processes.start(unit.name, *agent).pid
        print(f"  {unit.name}: thirty past days recorded, now on its way", flush=True)

    def _wait_until_heard(self, unit: DemoUnit) -> None:
        """Until the unit reads its battery, and the depot has its past."""
        snapshot = _folder(unit).path / "run" / "snapshot.json"

        def is_heard() -> bool:
            found = read_snapshot(snapshot)
            if found is None:
                return False
            delivery = found.status.delivery
            return found.status.number("soc_pct") is not None and delivery.waiting < _NEWS

        self.processes.wait_until(is_heard, unit.name)

    def _simulate(self, unit: DemoUnit, folder: Folder) -> None:
        name = f"{unit.name}-trike"
        trike = command("device", "simulate", "--trike", unit.trike.replace("_", "-"))
        devices = [f"{device}={folder.port(device)}" for device in unit.devices]
        self.pids[name] = self.processes.start(
            name,
            *trike,
            "--seed",
            str(unit.seed),
            *devices,
            words=folder.words,
            TZ=_depot_zone(),
        ).pid

    def _addresses(self) -> str:
        return f"""
Triporteur, shown on this machine (nothing listens beyond it):

  the depot's fleet    http://127.0.0.1:{self.pages}/
  one unit             http://127.0.0.1:{self.pages}/unite/{UNITS[0].name}
  a visitor's phone    http://127.0.0.1:{self.portal}/       ({UNITS[0].name}'s portal)
  the team's console   http://127.0.0.1:{self.console}/       (its battery, at a glance)

Four units are making their thirty past days, and will deliver them as backlog: the pages
fill within two minutes."""

    def _suggestions(self) -> str:
        ben, panda = UNITS[2], UNITS[1]
        words = _folder(ben).words.relative_to(_REPOSITORY)
        config = _folder(UNITS[0]).config.relative_to(_REPOSITORY)
        load = f"echo load 900 > {words}"
        # Its lines by name first: the kernel lends their numbers to the next terminal.
        lines = (_folder(panda).port(device) for device in panda.devices)
        names = " ".join(str(line.relative_to(_REPOSITORY)) for line in lines)
        mute = f"rm {names}; kill -9 {self.pids[panda.name + '-trike']}"
        kill = f"kill -9 {self.pids[ben.name]}"
        ask = f".venv/bin/triporteur-device status --config {config}"
        return f"""
All four are live. Leave the fleet page open, and try, in another terminal here:

  {ben.name} draws 900 W (`load auto` ends it)
    {load}
  {panda.name}'s battery falls silent: « muette »
    {mute}
  {ben.name} dies: « Muet depuis … » within 30 s
    {kill}
  what a unit says of itself
    {ask}

Ctrl-C ends everything."""


def main() -> int:
    """0 after Ctrl-C or SIGTERM; 1 when something did not come up."""
    for number in (signal.SIGINT, signal.SIGTERM):  # started with `&`, SIGINT would be ignored
        signal.signal(number, signal.default_int_handler)
    try:
        demo = Demo()
    except DemoFailed as error:
        print(error, file=sys.stderr)
        return 1
    try:
        demo.start()
        demo.processes.wait()
    except KeyboardInterrupt:
        print("\nEnding the demo.", flush=True)
    except DemoFailed as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        demo.processes.end()
    return 0


def _lock() -> BinaryIO:
    """Held as long as it is open. Raises DemoFailed when another demo runs from this clone."""
    _LOCK.parent.mkdir(exist_ok=True)
    lock = _LOCK.open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise DemoFailed("a demo already runs from this clone; end it first (Ctrl-C)") from error
    return lock


def _folder(unit: DemoUnit) -> Folder:
    return Folder(_FOLDER / unit.name)


def _content(now: datetime) -> str:
    """The default content, with two visits in the days to come."""
    visits = "".join(
        f"""
[[visit]]
date = {(now + timedelta(days=days)).date()}
from = 14:00:00
to = 17:00:00
place = "{place}"
"""
        for days, place in ((2, "Marché Saint-Michel"), (9, "Parc aux Angéliques"))
    )
    return _CONTENT.read_text(encoding="utf-8") + visits


def _depot_zone() -> str:
    """The depot's offset as a TZ that needs no zone files: a bare Debian has none."""
    hours = local_offset_s(datetime.now(UTC)) / 3600
    return f"<local>{-hours:+g}"


if __name__ == "__main__":
    sys.exit(main())
