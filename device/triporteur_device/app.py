"""The composition root: the only place aboard that opens the clock, journal, lines and broker."""

import queue
import threading
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from triporteur_device.agent import Agent
from triporteur_device.clock import system_clock
from triporteur_device.config import DeviceConfig, SourceTable
from triporteur_device.crew import Crew
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.link import open_link
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Sink, Source
from triporteur_device.storage import open_storage
from triporteur_wire.messages import Ack


def run(config: DeviceConfig, stop: threading.Event) -> None:
    """Runs the unit until `stop`. Raises OSError or sqlite3.OperationalError when it cannot."""
    clock = system_clock(config.clock.trust)
    release = version("triporteur")
    inbox: queue.SimpleQueue[Observation | Ack] = queue.SimpleQueue()
    sources = [_source(table, clock.mono_ms, inbox.put) for table in config.sources]
    storage = open_storage(config, clock.mono_ms, release)
    with storage.writer:
        publisher = Publisher(_broker(config), storage.reader, clock.mono_ms, inbox.put)
        agent = Agent(config, release, clock, storage, sources, publisher, inbox)
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
