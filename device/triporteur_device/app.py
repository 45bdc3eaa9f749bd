"""The composition root: the only place aboard that opens the clock, journal, lines and broker."""

import queue
import threading
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from triporteur_device.agent import Agent
from triporteur_device.boots import boot_number
from triporteur_device.clock import boot_id, system_clock
from triporteur_device.config import DeviceConfig, SourceTable
from triporteur_device.crew import Crew
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.journal import JournalReader, JournalWriter
from triporteur_device.journal.writer import highest_boot
from triporteur_device.link import open_link
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Sink, Source
from triporteur_wire.messages import Ack


def run(config: DeviceConfig, stop: threading.Event) -> None:
    """Runs the unit until `stop`. Raises OSError or sqlite3.OperationalError when it cannot."""
    clock = system_clock(config.clock.trust)
    release = version("triporteur")
    boot_no = boot_number(config.boot_path, boot_id(), highest_boot(config.journal_path) + 1)
    inbox: queue.SimpleQueue[Observation | Ack] = queue.SimpleQueue()
    sources = [_source(table, clock.mono_ms, inbox.put) for table in config.sources]
    budget_bytes = config.journal.budget_mb * 1_000_000
    with JournalWriter(
        config.journal_path, boot_no, clock.mono_ms(), release, budget_bytes
    ) as journal:
        publisher = Publisher(
            _broker(config), JournalReader(config.journal_path), clock.mono_ms, inbox.put
        )
        agent = Agent(config, release, boot_no, clock, journal, sources, publisher, inbox)
        crew = Crew(stop)
        crew.start("publisher", publisher.run)
        for source in sources:
            crew.start(source.name, source.run)
        try:
            agent.run(stop)
        finally:
            crew.join()


def _source(table: SourceTable, mono_ms: Callable[[], int], sink: Sink) -> Source:
    spec = PROTOCOLS[table.protocol]
    return Source(table.name, spec, partial(open_link, table.port, spec.baud), mono_ms, sink)


def _broker(config: DeviceConfig) -> Broker:
    mqtt = config.mqtt
    return Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, config.unit.name)
