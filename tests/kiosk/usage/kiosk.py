"""A portal process under test, its visitors, and what its journal says of them."""

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

from tests.kiosk.console.unit import status
from tests.kiosk.public.portal import CONTENT_FILE
from tests.kiosk.usage.reader import counted
from tests.rig import end, free_port, listens, wait_for
from triporteur_device.journal import JournalReader
from triporteur_device.snapshot import write_snapshot
from triporteur_wire.records import USAGE, Record, Usage, decode_body

#: The real program, whose hours take a fifth of a second.
_HASTY = """
import sys
from triporteur_kiosk.__main__ import main
from triporteur_kiosk.usage import keeper
keeper.HOUR_MS, keeper._TURN_S = 200, 0.02
sys.exit(main(["portal", "--config", sys.argv[1]]))
"""
READER = Path(__file__).with_name("reader.py")
HASTY = (sys.executable, "-c", _HASTY)
REAL = (sys.executable, "-m", "triporteur_kiosk", "portal", "--config")


_RENEWED_EACH_S = 1.0


class Agent:
    """Tells at `snapshot` how the unit fares, again and again as the real one does."""

    def __init__(self, snapshot: Path) -> None:
        self._snapshot = snapshot
        self._stop = Event()
        self._thread = Thread(target=self._run)
        write_snapshot(snapshot, status())
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_RENEWED_EACH_S):
            write_snapshot(self._snapshot, status())


class Kiosk:
    """The portal of a unit in `folder`, whose agent has given the boot its number."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "card" / "kiosk.journal"
        self.log = folder / "portal.log"
        self.port = free_port()
        self.ack = folder / "run" / "ack.json"
        self.snapshot = folder / "run" / "snapshot.json"
        self.config = folder / "unit.toml"
        self._process: subprocess.Popen[bytes] | None = None
        self._agent: Agent | None = None
        self.config.write_text(
            f'[unit]\nname = "bordeaux-1"\n[snapshot]\npath = "{self.snapshot}"\n'
            f'content = "{folder / "run" / "content.json"}"\n[portal]\n'
            f'listen = "127.0.0.1:{self.port}"\ncontent = "{CONTENT_FILE}"\n'
            f'journal = "{self.journal}"\npushed = "{folder / "pushed.json"}"\n'
        )

    def start(self, *program: str) -> None:
        """Starts it while the agent tells how it fares; HASTY unless another is named."""
        self._agent = self._agent or Agent(self.snapshot)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*(program or HASTY), str(self.config)], stdout=log, stderr=log
            )
        self.wait()

    def wait(self) -> None:
        wait_for(lambda: listens(self.port), "the portal listens")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process:
            end(self._process, how)
        if self._agent:
            self._agent.end()
            self._agent = None

    def visit(self, path: str, host: str | None = None, **headers: str) -> int:
        """One request, from an address that nobody else has; its HTTP status."""
        with closing(
            HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=("127.0.0.77", 0))
        ) as phone:
            said = {name.replace("_", "-"): value for name, value in headers.items()}
            phone.request("GET", path, headers={"Host": host or f"127.0.0.1:{self.port}", **said})
            answer = phone.getresponse()
            answer.read()
            return answer.status

    def used(self) -> Counter[str]:
        """What its journal counts, over all hours; nothing while there is none."""
        try:
            reader = JournalReader(self.journal)
        except sqlite3.OperationalError:
            return Counter()
        with closing(reader), suppress(sqlite3.OperationalError):
            return counted(reader)
        return Counter()

    def told(self) -> str:
        return self.log.read_text()


def records(journal: Path) -> list[Record]:
    """What a journal holds; nothing while there is none, or it is being made."""
    try:
        reader = JournalReader(journal)
    except sqlite3.OperationalError:
        return []
    with closing(reader), suppress(sqlite3.OperationalError):
        return list(reader.records())
    return []


def usages(journal: Path) -> list[Usage]:
    bodies = [decode_body(each.kind, each.body) for each in records(journal) if each.kind == USAGE]
    return [body for body in bodies if isinstance(body, Usage)]
