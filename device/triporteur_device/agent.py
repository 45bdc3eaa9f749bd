"""The agent's one loop: observations in, records, snapshot and status out.

sources ─▶ inbox ─▶ live values ─▶ recorder ─▶ journal ─▶ publisher
                         └─▶ status ─▶ snapshot (RAM), publisher
"""

import logging
import queue
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from triporteur_device.anchors import AnchorKeeper
from triporteur_device.card import CardKeeper
from triporteur_device.clock import Clock, WallTime
from triporteur_device.config import DeviceConfig
from triporteur_device.delivery import Delivered, Publisher
from triporteur_device.downlink import Downlink
from triporteur_device.live import LiveValues, Observation
from triporteur_device.pace import Pace, pace
from triporteur_device.ram_files import RamFiles
from triporteur_device.recorder import Recorder
from triporteur_device.source import Source
from triporteur_device.storage import Storage
from triporteur_device.totals import Totals
from triporteur_wire.messages import Ack, Status
from triporteur_wire.records import Anchor, Event

_log = logging.getLogger(__name__)

_TICK_MS = 1_000

#: What other threads tell the agent.
News = Observation | Ack | Delivered | WallTime


class Agent:
    """Runs a unit. Everything it works with is handed to it, open."""

    def __init__(
        self,
        config: DeviceConfig,
        version: str,
        clock: Clock,
        anchors: AnchorKeeper,
        storage: Storage,
        sources: Sequence[Source],
        publisher: Publisher,
        downlink: Downlink,
        inbox: "queue.SimpleQueue[News]",
        certified_until_utc_ms: Callable[[], int | None],
    ) -> None:
        self._config = config
        self._version = version
        self._clock = clock
        self._boot_no = storage.boot_no
        self._journal = storage.writer
        self._sources = sources
        self._publisher = publisher
        self._downlink = downlink
        self._inbox = inbox
        self._certified_until_utc_ms = certified_until_utc_ms
        now_ms = clock.mono_ms()
        self._card = CardKeeper(storage, now_ms)
        self._anchors = anchors
        self._live = LiveValues(
            {table.name: round(table.stale_after_s * 1000) for table in config.sources}
        )
        self._recorder = Recorder()
        self._totals = Totals(now_ms)
        self._files = RamFiles(Path(config.snapshot.path))
        self._heard: set[str] = set()
        self._again = False

    def run(self, ends: Callable[[], bool]) -> bool:
        """Works until `ends`; what is buffered is then committed.

        True when the agent should start again: it has other settings, or its card back. Raises
        JournalDamaged and CardRefuses.
        """
        next_tick_ms = self._clock.mono_ms()
        while not (ends() or self._again):
            now_ms = self._clock.mono_ms()
            if now_ms >= next_tick_ms:
                # After a slow moment, what was heard meanwhile must count before it is aged.
                self._take_all()
                self._tick(self._clock.mono_ms())
                next_tick_ms = now_ms + _TICK_MS
            self._wait(next_tick_ms)
        self._end(self._clock.mono_ms())
        return self._again

    def take_last(self) -> None:
        """Takes what was told after `run`; call it once every other thread has ended.

        The broker has our word that it arrived, and does not say it again.
        """
        self._take_all()
        self._commit(self._clock.mono_ms())

    def _wait(self, until_ms: int) -> None:
        """Takes what arrives first, if anything does before `until_ms`."""
        timeout_s = max(0, until_ms - self._clock.mono_ms()) / 1000
        with suppress(queue.Empty):
            self._take(self._inbox.get(timeout=timeout_s))

    def _take_all(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._take(self._inbox.get_nowait())

    def _take(self, arrived: News) -> None:
        match arrived:
            case Observation():
                self._observe(arrived)
            case Ack():
                self._journal.acknowledge(arrived)
                self._files.show_ack(arrived)
            case WallTime():
                self._anchors.hear(arrived)
            case Delivered():
                if self._downlink.take(arrived.channel, arrived.name, arrived.payload):
                    self._again = True

    def _observe(self, seen: Observation) -> None:
        if seen.source not in self._heard:
            self._heard.add(seen.source)
            self._note(Event("source_heard", seen.source), seen.mono_ms)
        self._live.observe(seen)
        record = self._recorder.observe(seen.source, seen.mono_ms, seen.values)
        if record:
            self._journal.append(seen.mono_ms, record)

    def _tick(self, now_ms: int) -> None:
        self._expire(now_ms)
        self._anchor(now_ms)
        readings = self._live.readings(now_ms)
        for totals in self._totals.due(readings, now_ms):
            self._journal.append(now_ms, totals)
        current_a = self._live.number("current_a")
        at = pace(self._config, current_a, link_spent=self._publisher.link_is_spent)
        if self._card.is_due(now_ms, at.commit_s):
            self._commit(now_ms)
        status = self._status(now_ms, at)
        self._files.show_status(status)
        self._publisher.show(status)
        self._again = self._again or self._card.is_mended(now_ms)

    def _anchor(self, now_ms: int) -> None:
        wall = self._anchors.due()
        if wall:
            self._journal.append(wall.mono_ms, Anchor(wall.utc_ms, wall.error_ms, wall.origin))
            self._commit(now_ms)

    def _expire(self, now_ms: int) -> None:
        for ended in self._live.expire(now_ms):
            record = self._recorder.ended(ended.source, ended.values)
            if record:
                self._journal.append(now_ms, record)
            if not self._live.is_fresh(ended.source):
                self._heard.discard(ended.source)
                self._note(Event("source_silent", ended.source), now_ms)

    def _note(self, event: Event, now_ms: int) -> None:
        _log.info("%s: %s", event.source, event.name)
        self._journal.append(now_ms, event)
        if not self._card.refuses:  # then the next interval tries again
            self._commit(now_ms)

    def _commit(self, now_ms: int) -> None:
        if self._card.commit(now_ms):
            self._publisher.committed()

    def _end(self, now_ms: int) -> None:
        self._take_all()
        for totals in self._totals.all(self._live.readings(now_ms), now_ms):
            self._journal.append(now_ms, totals)
        self._commit(now_ms)

    def _status(self, now_ms: int, at: Pace) -> Status:
        utc_ms = self._anchors.utc_ms()
        return Status(
            unit=self._config.unit.name,
            place=self._config.unit.place,
            version=self._version,
            boot_no=self._boot_no,
            mono_ms=now_ms,
            utc_ms=utc_ms,
            period_s=at.period_s,
            readings=self._live.readings(now_ms),
            sources={source.name: source.health() for source in self._sources},
            delivery=self._publisher.delivery(utc_ms, durable=self._card.durable),
            card=self._card.state(),
            link=self._publisher.link,
            applied=self._downlink.applied(),
            certified_until_utc_ms=self._certified_until_utc_ms(),
        )
