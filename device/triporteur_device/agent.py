"""The agent's one loop: observations in, records, snapshot and status out.

sources ─▶ inbox ─▶ live values ─▶ recorder ─▶ journal ─▶ publisher
                  checks ◀──▶└─▶ departure ─▶ status ─▶ snapshot (RAM), publisher
"""

import logging
import queue
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from triporteur_device.anchors import AnchorKeeper
from triporteur_device.card import CardKeeper
from triporteur_device.checks import STALE_AFTER_MS, Checks
from triporteur_device.clock import Clock, WallTime
from triporteur_device.config import DeviceConfig
from triporteur_device.delivery import Delivered, Publisher
from triporteur_device.departure import Departure, Pressed
from triporteur_device.desk import Clerk, Question
from triporteur_device.downlink import Downlink
from triporteur_device.live import Happened, LiveValues, Observation
from triporteur_device.pace import Pace, pace
from triporteur_device.ram_files import RamFiles
from triporteur_device.recorder import Recorder
from triporteur_device.report import Report
from triporteur_device.storage import Storage
from triporteur_device.stuck import Heard, StuckWatch
from triporteur_device.totals import Totals
from triporteur_device.updates.receiving import Receiver
from triporteur_wire.messages import Ack, Status
from triporteur_wire.origins import CHECKS, OWN_SOURCES
from triporteur_wire.records import Anchor, Event
from triporteur_wire.topics import Channel

_log = logging.getLogger(__name__)

_TICK_MS = 1_000

#: What other threads tell the agent.
News = Observation | Happened | Ack | Delivered | WallTime | Pressed | Question


class Agent:
    """Runs a unit. Everything it works with is handed to it, open.

    `on_status` is called in the agent's thread with each status, once a second.
    """

    def __init__(
        self,
        config: DeviceConfig,
        version: str,
        clock: Clock,
        anchors: AnchorKeeper,
        storage: Storage,
        sources: Sequence[Heard],
        publisher: Publisher,
        downlink: Downlink,
        departure: Departure,
        clerk: Clerk,
        receiver: Receiver,
        inbox: "queue.SimpleQueue[News]",
        certified_until_utc_ms: Callable[[], int | None],
        on_status: Callable[[Status], None] = lambda _: None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._journal = storage.writer
        self._publisher = publisher
        self._downlink = downlink
        self._departure = departure
        self._clerk = clerk
        self._receiver = receiver
        self._inbox = inbox
        self._on_status = on_status
        now_ms = clock.mono_ms()
        self._card = CardKeeper(storage, now_ms)
        self._anchors = anchors
        self._live = LiveValues(config.stale_after_ms | {CHECKS: STALE_AFTER_MS})
        self._checks = Checks()
        self._stuck = StuckWatch(sources, now_ms)
        self._recorder = Recorder()
        self._totals = Totals(now_ms)
        self._report = Report(
            *(config.unit, version, storage.boot_no, sources, self._stuck, anchors),
            *(self._card, publisher, downlink, departure, receiver, certified_until_utc_ms),
        )
        self._files = RamFiles(Path(config.snapshot.path))
        # What begins with the agent is no news when it is heard: only when it falls silent. Checks
        # come and go with what they compare, and are none.
        self._heard = set(OWN_SOURCES) - {CHECKS}
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
            case Happened():
                self._happen(arrived)
            case Ack():
                self._journal.acknowledge(arrived)
                self._files.show_ack(arrived)
            case WallTime():
                self._anchors.hear(arrived)
            case Delivered(channel=Channel.RELEASE):
                self._receiver.take(arrived.payload)
            case Delivered():
                if self._downlink.take(arrived.channel, arrived.name, arrived.payload):
                    self._again = True
            case Pressed():
                self._departure.press(arrived.mono_ms)
            case Question():
                told = self._clerk.serve(arrived.asked)
                self._show(self._clock.mono_ms())  # whoever asked looks at the snapshot next
                arrived.answer(told)

    def _observe(self, seen: Observation) -> None:
        if seen.source not in self._heard:
            self._heard.add(seen.source)
            self._note(Event("source_heard", seen.source), seen.mono_ms)
        self._keep(seen)

    def _happen(self, told: Happened) -> None:
        self._append_totals(told.mono_ms)
        self._note(told.event, told.mono_ms)
        self._departure.keep(told.mono_ms, at_once=True)

    def _keep(self, seen: Observation) -> None:
        self._live.observe(seen)
        record = self._recorder.observe(seen.source, seen.mono_ms, seen.values)
        if record:
            self._journal.append(seen.mono_ms, record)

    def _tick(self, now_ms: int) -> None:
        self._expire(now_ms)
        self._anchor(now_ms)
        readings = self._live.readings(now_ms)
        self._stuck.look(readings, now_ms)
        if checked := self._checks.look(readings, now_ms):
            self._keep(checked)
        for totals in self._totals.due(readings, now_ms):
            self._journal.append(now_ms, totals)
        if self._card.is_due(now_ms, self._pace().commit_s):
            self._commit(now_ms)
        self._show(now_ms)
        self._again = self._again or self._card.is_mended(now_ms)

    def _show(self, now_ms: int) -> None:
        readings = self._live.readings(now_ms)
        status = self._report.status(readings, now_ms, self._pace().period_s)
        if status.readiness:
            for record in self._departure.records(status.readiness, now_ms):
                self._journal.append(now_ms, record)
        self._files.show_status(status)
        self._publisher.show(status)
        self._on_status(status)

    def _pace(self) -> Pace:
        current_a = self._live.number("current_a")
        return pace(self._config, current_a, link_spent=self._publisher.link_is_spent)

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
            if ended.source in self._heard and not self._live.is_fresh(ended.source):
                self._heard.discard(ended.source)
                self._note(Event("source_silent", ended.source), now_ms)

    def _note(self, event: Event, now_ms: int) -> None:
        _log.info("%s: %s", event.source or self._config.unit.name, event.name)
        self._journal.append(now_ms, event)
        if not self._card.refuses:  # then the next interval tries again
            self._commit(now_ms)

    def _commit(self, now_ms: int) -> None:
        if self._card.commit(now_ms):
            self._publisher.committed()
        self._departure.keep(now_ms)

    def _end(self, now_ms: int) -> None:
        self._take_all()
        self._append_totals(now_ms)
        self._commit(now_ms)
        self._departure.keep(now_ms, at_once=True)

    def _append_totals(self, now_ms: int) -> None:
        for totals in self._totals.all(self._live.readings(now_ms), now_ms):
            self._journal.append(now_ms, totals)
