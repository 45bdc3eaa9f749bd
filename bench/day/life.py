"""One day lived by the real agent, publisher and journal, with a clock that does not wait.

The agent takes its time from its inbox: when nothing is to be had now, the day goes on to the
next sample. It stands still until the depot has answered to what has gathered long enough to
travel, as it has in life long before the next second.

`python -m bench.day.life DAY CONFIG RESULT`
"""

import os
import queue
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec

from bench.day import samples
from bench.processes import BenchFailed, Cost, weigh
from triporteur_device.agent import Agent, News
from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import Clock, WallTime
from triporteur_device.config import DeviceConfig
from triporteur_device.crew import Crew
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.departure import open_departure
from triporteur_device.desk import Clerk
from triporteur_device.downlink import settled
from triporteur_device.link import open_link
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Source
from triporteur_device.storage import Storage, open_storage
from triporteur_device.updates.opening import open_receiver
from triporteur_device.updates.places import Places
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack, LinkUse, Status

_MIDNIGHT_UTC_MS = 1_795_305_600_000
_PATIENCE_S = 30.0
#: As the unit's own sysctl has it: vm.dirty_expire_centisecs.
_SYSCTL = Path(__file__).parents[2] / "systemd" / "sysctl.d" / "60-triporteur.conf"
_EXPIRES = re.compile(r"^vm\.dirty_expire_centisecs = (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Lived:
    """What the day cost the unit's process; `link` is what the kernel saw of its connection."""

    cost: Cost
    commits: int
    link: LinkUse


class Day(queue.SimpleQueue[News]):
    """The agent's inbox and its clock in one: waiting is what makes the time pass."""

    def __init__(self, path: Path, journal: Path) -> None:
        super().__init__()
        self.sent: dict[str, int] = {}
        self._expires_ms = 10 * int(_EXPIRES.findall(_SYSCTL.read_text())[0])
        self._samples: Iterator[Observation] = samples.read(path)
        self._next = next(self._samples, None)
        self._marks: dict[str, int] = {}
        self._index = journal.with_name(journal.name + "-shm")
        self._flushed_ms = 0
        self.now_ms = 0
        self.commits = 0
        self.clock = Clock(lambda: self.now_ms, self._wall)

    def is_over(self) -> bool:
        return self._next is None

    def put(self, item: News, block: bool = True, timeout: float | None = None) -> None:
        """Notes the depot's marks as they come: the agent may take them before anybody waits."""
        if isinstance(item, Ack):
            self._marks = self._marks | item.marks
        super().put(item, block, timeout)

    def get(self, block: bool = True, timeout: float | None = None) -> News:
        """What is there, or the next sample, if it comes within `timeout` seconds of the day."""
        try:
            return self.get_nowait()
        except queue.Empty:
            until_ms = self.now_ms + round((timeout or 0) * 1000)
            if self._next and self._next.mono_ms <= until_ms:
                self.now_ms = self._next.mono_ms
                return self._take()
            self.now_ms = until_ms
            raise

    def get_nowait(self) -> News:
        try:
            return super().get_nowait()
        except queue.Empty:
            if self._next and self._next.mono_ms <= self.now_ms:
                return self._take()
            raise

    def await_depot(self) -> None:
        """Stands still until the depot has what was sent."""
        self.commits += 1
        self._flush()
        wanted = dict(self.sent)
        heard: list[News] = []
        while any(self._marks.get(log, 0) < seq for log, seq in wanted.items()):
            try:
                news = super().get(timeout=_PATIENCE_S)
            except queue.Empty:
                raise BenchFailed("the depot did not answer") from None
            heard.append(news)
        for news in heard:
            self.put(news)

    def _flush(self) -> None:
        """Writes the journal's index, as the kernel does with what has been dirty for long.

        SQLite shares it through memory and never syncs it; a day this short would never see it
        written, and a real one does.
        """
        if self.now_ms - self._flushed_ms >= self._expires_ms:
            self._flushed_ms = self.now_ms
            with self._index.open("rb") as index:
                os.fsync(index)

    def _take(self) -> Observation:
        assert self._next
        taken, self._next = self._next, next(self._samples, None)
        return taken

    def _wall(self) -> WallTime:
        return WallTime(self.now_ms, _MIDNIGHT_UTC_MS + self.now_ms, 5, "ntp")


class _Answered(Publisher):
    """A publisher whose agent waits for the depot's answer to what it sent.

    Before its first status a publisher sends no records, and nothing is waited for.
    """

    day: Day
    speaks = False

    def committed(self) -> None:
        super().committed()
        if self.speaks:
            self._turn()
            self._turn()  # between two events it sends what may go
            self.day.await_depot()

    def show(self, status: Status) -> None:
        super().show(status)
        self.speaks = True

    def _turn(self) -> None:
        """Waits until everything that was told so far is done."""
        done = threading.Event()
        self._inbox.put(done.set)
        if not done.wait(_PATIENCE_S):
            raise BenchFailed("the publisher stands still")

    def _send(self, batch: Batch) -> int:
        self.day.sent[batch.range.log] = batch.range.last
        return super()._send(batch)


def live(day_path: Path, config_path: Path) -> Lived:
    """Lives the day, on the journal that the configuration names."""
    config, downlink = settled(config_path)
    day = Day(day_path, config.journal_path)
    anchors = AnchorKeeper(day.clock)
    sources = [_source(name, day) for name in samples.PROTOCOL_OF]
    with open_storage(config, day.clock.mono_ms, version("triporteur")) as storage:
        publisher = _publisher(config, storage, day, anchors)
        departure, outings = open_departure(
            config.readiness,
            storage.boot_no,
            Path(config.journal.directory),
            Path(config.snapshot.path).parent,
            lambda _: None,
        )
        clerk = Clerk(outings, lambda _: None, anchors.utc_ms)
        card = Path(config.journal.directory)
        receiver = open_receiver(Places(), card, publisher, 1.0, day.clock.mono_ms)
        agent = Agent(
            *(config, version("triporteur"), day.clock, anchors, storage),
            *(sources, publisher, downlink, departure),
            *(clerk, receiver, day, lambda: None),
        )
        crew = Crew()
        crew.start("publisher", publisher.run)
        before = weigh(os.getpid())
        try:
            agent.run(lambda: day.is_over() or crew.stop.is_set())
        finally:
            crew.join()
        return Lived(weigh(os.getpid()).since(before), day.commits, publisher.link)


def _publisher(
    config: DeviceConfig, storage: Storage, day: Day, anchors: AnchorKeeper
) -> Publisher:
    mqtt = config.mqtt
    publisher = _Answered(
        Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, config.unit.name),
        None,
        Journals(storage.reader, []),
        Shipper(mqtt.backlog_share, round(mqtt.gather_s * 1000)),
        LinkMeter(Path(config.snapshot.path).with_name("link.json"), 0, anchors.utc_ms),
        day.clock.mono_ms,
        day.put,
    )
    publisher.day = day
    return publisher


def _source(name: str, day: Day) -> Source:
    """A source for the status to name; its line is never opened."""
    spec = PROTOCOLS[samples.PROTOCOL_OF[name]]
    return Source(name, spec, partial(open_link, "/dev/null", 9600), day.clock.mono_ms, day.put)


def main() -> None:
    threading.current_thread().name = "agent"
    day, config, result = map(Path, sys.argv[1:])
    result.write_bytes(msgspec.json.encode(live(day, config)))


if __name__ == "__main__":
    main()
