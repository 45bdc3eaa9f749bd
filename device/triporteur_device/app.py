"""The composition root: the only place aboard that opens the clock, journal, lines and broker."""

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from triporteur_device.agent import Agent, News
from triporteur_device.anchors import AnchorKeeper
from triporteur_device.card import JournalDamaged
from triporteur_device.clock import Clock, system_clock
from triporteur_device.config import DeviceConfig, SourceTable
from triporteur_device.crew import Crew, CrewFailed
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.delivery.time_errand import TimeErrand
from triporteur_device.downlink import Downlink, settled
from triporteur_device.identity import CertificateErrand, FirstContact, Identity
from triporteur_device.link import open_link
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Sink, Source
from triporteur_device.storage import Storage, memory_path, open_storage

_log = logging.getLogger(__name__)

_LINK_NAME = "link.json"
#: A journal that breaks again as soon as it is opened must not keep the unit from its battery.
_AGAIN_S = 5.0


def run(path: Path, stop: threading.Event) -> None:
    """Runs the unit that `unit.toml` at `path` describes, until `stop`.

    Starts again by itself with settings that the depot changed, on a card that can be used again,
    and on a new journal when the old one is damaged. Raises BadConfiguration and CrewFailed, and
    OSError or sqlite3.OperationalError when it cannot run.
    """
    while not stop.is_set():
        config, downlink = settled(path)
        try:
            _live(config, downlink, stop)
        except JournalDamaged as error:
            _log.error("%s; it is opened anew, and set aside if it is broken", error)
            stop.wait(_AGAIN_S)


def _live(config: DeviceConfig, downlink: Downlink, stop: threading.Event) -> None:
    """One life of the agent, until `stop` or until it should start again."""
    clock = system_clock(config.clock.trust)
    anchors = AnchorKeeper(clock)
    release = version("triporteur")
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    sources = [_source(table, clock.mono_ms, inbox.put) for table in config.sources]
    identity = _identity(config)
    with open_storage(config, clock.mono_ms, release) as storage:
        publisher = _publisher(config, identity, storage, clock, anchors, inbox.put)
        until = _certified_until(identity)
        agent = Agent(
            config, release, clock, anchors, storage, sources, publisher, downlink, inbox, until
        )
        crew = Crew()
        crew.start("publisher", publisher.run)
        if identity:
            contact = FirstContact(identity, _vouched(clock), publisher.reconnect, clock.mono_ms)
            crew.start("enrolment", contact.run)
        for source in sources:
            crew.start(source.name, source.run)
        try:
            agent.run(lambda: stop.is_set() or crew.stop.is_set())
        finally:
            _end(crew)


def _end(crew: Crew) -> None:
    """Stops every thread. Raises JournalDamaged, or CrewFailed, when one of them had failed."""
    try:
        crew.join()
    except CrewFailed as error:
        if isinstance(error.__cause__, sqlite3.Error):
            raise JournalDamaged(f"the journal cannot be read ({error.__cause__})") from error
        raise


def _source(table: SourceTable, mono_ms: Callable[[], int], sink: Sink) -> Source:
    spec = PROTOCOLS[table.protocol]
    return Source(table.name, spec, partial(open_link, table.port, spec.baud), mono_ms, sink)


def _identity(config: DeviceConfig) -> Identity | None:
    """Who the unit is to the depot; None where it speaks in plain."""
    if not config.mqtt.tls:
        return None
    return Identity(Path(config.identity.directory), config.unit.name)


def _publisher(
    config: DeviceConfig,
    identity: Identity | None,
    storage: Storage,
    clock: Clock,
    anchors: AnchorKeeper,
    tell: Callable[[News], None],
) -> Publisher:
    mqtt = config.mqtt
    others = [Path(config.journal.kiosk)]
    if storage.durable:
        others.append(memory_path(config))  # what a card that refused did not take
    publisher = Publisher(
        Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, config.unit.name),
        identity.context_each_time(lambda: clock.wall() is not None) if identity else None,
        Journals(storage.reader, others),
        Shipper(mqtt.backlog_share),
        LinkMeter(
            Path(config.journal.directory) / _LINK_NAME, mqtt.budget_mb * 1_000_000, anchors.utc_ms
        ),
        clock.mono_ms,
        tell,
    )
    if identity is None:
        publisher.ask(TimeErrand(tell, lambda _: None))
        return publisher
    renewal = CertificateErrand(identity, anchors.utc_ms, publisher.reconnect)
    publisher.ask(TimeErrand(tell, renewal.told_authorities))
    publisher.ask(renewal)
    return publisher


def _vouched(clock: Clock) -> Callable[[], int | None]:
    """UTC as far as something aboard vouches for it."""

    def utc_ms() -> int | None:
        wall = clock.wall()
        return wall.utc_ms if wall else None

    return utc_ms


def _certified_until(identity: Identity | None) -> Callable[[], int | None]:
    return lambda: identity.certified_until_utc_ms if identity else None
