"""The agent's one loop: observations in, records, snapshot and status out.

sources ─▶ inbox ─▶ live values ─▶ recorder ─▶ journal ─▶ publisher
                         └─▶ status ─▶ snapshot (RAM), publisher
"""

import logging
import queue
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import Clock
from triporteur_device.config import DeviceConfig
from triporteur_device.delivery import Publisher
from triporteur_device.live import LiveValues, Observation
from triporteur_device.recorder import Recorder
from triporteur_device.snapshot import write_snapshot
from triporteur_device.source import Source
from triporteur_device.storage import Storage
from triporteur_wire.messages import Ack, Status
from triporteur_wire.records import Anchor, Event

_log = logging.getLogger(__name__)

_TICK_MS = 1_000


class Agent:
    """Runs a unit. Everything it works with is handed to it, open."""

    def __init__(
        self,
        config: DeviceConfig,
        version: str,
        clock: Clock,
        storage: Storage,
        sources: Sequence[Source],
        publisher: Publisher,
        inbox: "queue.SimpleQueue[Observation | Ack]",
    ) -> None:
        self._config = config
        self._version = version
        self._clock = clock
        self._storage = storage
        self._journal = storage.writer
        self._sources = sources
        self._publisher = publisher
        self._inbox = inbox
        self._anchors = AnchorKeeper(clock.wall)
        self._live = LiveValues(
            {table.name: round(table.stale_after_s * 1000) for table in config.sources}
        )
        self._recorder = Recorder()
        self._heard: set[str] = set()
        self._committed_ms = clock.mono_ms()
        self._disk_refuses = False
        self._snapshot_refused = False

    def run(self, stop: threading.Event) -> None:
        """Works until `stop`; what is buffered is then committed."""
        next_tick_ms = self._clock.mono_ms()
        while not stop.is_set():
            now_ms = self._clock.mono_ms()
            if now_ms >= next_tick_ms:
                # After a slow moment, what was heard meanwhile must count before it is aged.
                self._take_all()
                self._tick(self._clock.mono_ms())
                next_tick_ms = now_ms + _TICK_MS
            self._wait(next_tick_ms)
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

    def _take(self, arrived: Observation | Ack) -> None:
        if isinstance(arrived, Ack):
            self._journal.acknowledge(arrived)
        else:
            self._observe(arrived)

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
        wall = self._anchors.due()
        if wall:
            self._journal.append(wall.mono_ms, Anchor(wall.utc_ms, wall.error_ms, wall.origin))
            self._commit(now_ms)
        if now_ms - self._committed_ms >= self._config.journal.commit_interval_s * 1000:
            self._commit(now_ms)
        status = self._status(now_ms)
        self._show(status)
        self._publisher.show(status)

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
        if not self._disk_refuses:  # then the next interval tries again
            self._commit(now_ms)

    def _commit(self, now_ms: int) -> None:
        self._committed_ms = now_ms
        try:
            self._journal.commit()
        except sqlite3.OperationalError as error:
            if not self._disk_refuses:
                _log.error("the journal cannot be written (%s); kept in memory", error)
            self._disk_refuses = True
            return
        if self._disk_refuses:
            _log.info("the journal can be written again")
            self._disk_refuses = False
        self._publisher.committed()

    def _status(self, now_ms: int) -> Status:
        utc_ms = self._anchors.utc_ms()
        return Status(
            unit=self._config.unit.name,
            place=self._config.unit.place,
            version=self._version,
            boot_no=self._storage.boot_no,
            mono_ms=now_ms,
            utc_ms=utc_ms,
            period_s=self._config.mqtt.status_period_s,
            readings=self._live.readings(now_ms),
            sources={source.name: source.health() for source in self._sources},
            delivery=self._publisher.delivery(utc_ms, durable=self._is_durable),
        )

    @property
    def _is_durable(self) -> bool:
        return self._storage.durable and not self._disk_refuses

    def _show(self, status: Status) -> None:
        try:
            write_snapshot(Path(self._config.snapshot.path), status)
        except OSError as error:
            if not self._snapshot_refused:
                _log.error("snapshot %s: %s", self._config.snapshot.path, error.strerror)
            self._snapshot_refused = True
            return
        self._snapshot_refused = False
