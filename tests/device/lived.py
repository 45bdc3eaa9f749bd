"""An agent over a real journal and snapshot, with time and depot in the test's hand."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from triporteur_device.agent import Agent, News
from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import Clock, WallTime
from triporteur_device.config import DeviceConfig
from triporteur_device.departure import open_departure
from triporteur_device.desk import Clerk
from triporteur_device.downlink import Downlink, settled
from triporteur_device.live import Observation
from triporteur_device.storage import Storage, open_storage
from triporteur_device.stuck import Heard
from triporteur_device.updates.offers import Offers
from triporteur_device.updates.places import Places
from triporteur_device.updates.receiving import Receiver
from triporteur_wire.messages import Delivery, LinkUse, Status
from triporteur_wire.records import decode_body


class Depot:
    """Stands for the publisher: keeps what it is shown, and runs the script tick by tick."""

    def __init__(self, script: dict[int, Callable[[], None]], seconds: int) -> None:
        self.statuses: list[Status] = []
        self.commits = 0
        self.stopped = False
        self.link_is_spent = False
        self.link = LinkUse("", 0, 0, 0)
        self._script = script
        self._seconds = seconds

    def show(self, status: Status) -> None:
        self.statuses.append(status)
        self._script.get(len(self.statuses), lambda: None)()
        if len(self.statuses) >= self._seconds:
            self.stopped = True

    def committed(self) -> None:
        self.commits += 1

    def delivery(self, now_utc_ms: int | None, *, durable: bool) -> Delivery:
        return Delivery(True, 0, None, 0, {}, durable)


class Unit:
    """An agent whose clock advances as it is looked at."""

    def __init__(self, config: DeviceConfig, downlink: Downlink) -> None:
        self.config = config
        self.downlink = downlink
        self.now_ms = 0
        self.wall: WallTime | None = None
        self.again = False
        self.shown: list[Status] = []
        self.lit: list[tuple[float, ...]] = []
        self.sources: list[Heard] = []
        self.inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.storage: Storage = open_storage(config, lambda: 0, "test")

    def mono_ms(self) -> int:
        self.now_ms += 500  # three looks make a tick, and the loop never has to wait
        return self.now_ms

    def hear(self, **values: float) -> None:
        self.inbox.put(Observation("battery", self.now_ms, values))

    def live(self, seconds: int, script: dict[int, Callable[[], None]]) -> Depot:
        depot = Depot(script, seconds)
        clock = Clock(self.mono_ms, lambda: self.wall)
        anchors = AnchorKeeper(clock)
        card = Path(self.config.journal.directory)
        ram = Path(self.config.snapshot.path).parent
        departure, outings = open_departure(
            self.config.readiness, self.storage.boot_no, card, ram, self.lit.append
        )
        self.agent = Agent(
            self.config,
            "test",
            clock,
            anchors,
            self.storage,
            self.sources,
            depot,  # type: ignore[arg-type]
            self.downlink,
            departure,
            Clerk(outings, lambda _: None, anchors.utc_ms),
            self._receiver(card),
            self.inbox,
            lambda: None,
            self.shown.append,
        )
        self.again = self.agent.run(lambda: depot.stopped)
        return depot

    def _receiver(self, card: Path) -> Receiver:
        return Receiver(
            Places(card / "releases"),
            Offers(card / "release.json"),
            "x86_64",
            lambda _: None,
            queue.SimpleQueue(),
            lambda: LinkUse("", 0, 0, 0),
            lambda: self.now_ms,
        )

    def recorded(self) -> list[object]:
        return [decode_body(r.kind, r.body) for r in self.storage.reader.records()]


@contextmanager
def living(tmp_path: Path) -> Iterator[Unit]:
    """A unit with one battery, whose values last five seconds."""
    path = tmp_path / "unit.toml"
    path.write_text(
        f"""
[unit]
name = "ben"
[[source]]
name = "battery"
protocol = "jbd"
port = "/dev/ttyUSB0"
stale_after_s = 5
[[source]]
name = "shunt"
protocol = "vedirect"
port = "/dev/ttyUSB1"
[journal]
directory = "{tmp_path / "journal"}"
[snapshot]
path = "{tmp_path / "run" / "snapshot.json"}"
[mqtt]
host = "depot"
"""
    )
    made = Unit(*settled(path))
    with made.storage:
        yield made
    made.storage.reader.close()
