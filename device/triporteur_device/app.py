"""The composition root: the only place aboard that opens the clock, journal, lines and broker."""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path

from triporteur_device.agent import Agent, News
from triporteur_device.anchors import AnchorKeeper
from triporteur_device.card import CardRefuses, JournalDamaged, journal_faults
from triporteur_device.clock import Clock, system_clock
from triporteur_device.config import DeviceConfig, SourceTable
from triporteur_device.crew import Crew, CrewFailed
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.delivery.time_errand import TimeErrand
from triporteur_device.departure import Pressed, open_departure
from triporteur_device.desk import Clerk, Desk
from triporteur_device.downlink import Downlink, settled
from triporteur_device.fitting import fitting
from triporteur_device.gpio import Pins, open_board
from triporteur_device.identity import CertificateErrand, ConsoleErrand, FirstContact, Identity
from triporteur_device.legacy import Legacy
from triporteur_device.link import open_link
from triporteur_device.machine import Machine, sensors
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.snapshot import TROUBLE_NAME
from triporteur_device.source import Sink, Source
from triporteur_device.storage import Storage, memory_path, open_storage
from triporteur_device.updates.opening import open_receiver
from triporteur_device.updates.places import Places
from triporteur_device.vitals import Vitals
from triporteur_wire.desk import SOCKET_NAME
from triporteur_wire.manager import Manager
from triporteur_wire.messages import Status

_log = logging.getLogger(__name__)

_File = tuple[int, int]
_LINK_NAME = "link.json"
#: A journal that fails again as soon as it is opened must not wear out what it lies on.
_AGAIN_S = 5.0
#: Before a second life there is time: a broker's name may take long to find.
_CHANGE_S = 30.0


def run(path: Path, stop: threading.Event, manager: Manager, places: Places | None = None) -> None:
    """Runs the unit that `unit.toml` at `path` describes, until `stop`; `manager` is told how.

    Starts again by itself with settings that the depot changed, in memory when the card refuses,
    on a card that can be used again, and on a new journal when the old one is damaged. Raises
    BadConfiguration and CrewFailed, and OSError or sqlite3.Error when it cannot run.
    """
    left, suspect = Legacy(), None
    while not stop.is_set() or left.carried:
        config, downlink = settled(path)
        try:
            _live(config, downlink, stop, left, manager, places or Places())
            left = Legacy()
        except CardRefuses as error:
            _log.error("the card refuses (%s); going on in memory", error)
            left = Legacy(error.unkept, refusal=str(error))
            stop.wait(_AGAIN_S)
        except JournalDamaged as error:
            _log.error("the journal is damaged (%s); opened anew, or set aside", error)
            left, suspect = _after_damage(error, suspect)
            stop.wait(_AGAIN_S)


def _after_damage(error: JournalDamaged, suspect: _File | None) -> tuple[Legacy, _File | None]:
    """A file that was suspected before is set aside, whatever a check finds."""
    found = _file(error.path)
    if found is None or found != suspect:
        return Legacy(error.unkept), found
    return Legacy(error.unkept, broken=error.path, damage=str(error)), None


def _file(path: Path) -> _File | None:
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


def _live(
    config: DeviceConfig,
    downlink: Downlink,
    stop: threading.Event,
    left: Legacy,
    manager: Manager,
    places: Places,
) -> None:
    """One life of the agent, until `stop` or until it should start again."""
    clock = system_clock(config.clock.trust)
    anchors = AnchorKeeper(clock)
    release = version("triporteur")
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    sources = [_source(table, clock.mono_ms, inbox.put) for table in config.sources]
    machine = Machine(sensors(Path(config.journal.directory)), clock.mono_ms, inbox.put)
    identity = _identity(config)
    with open_storage(config, clock.mono_ms, release, left) as storage, journal_faults(storage):
        publisher = _publisher(config, identity, storage, clock, anchors, inbox.put)
        until = _certified_until(identity)
        pins = _pins(config, clock.mono_ms, inbox.put)
        card, ram = Path(config.journal.directory), Path(config.snapshot.path).parent
        departure, outings = open_departure(
            config.readiness, storage.boot_no, card, ram, pins.light
        )
        clerk = Clerk(outings, pins.supply_phones, anchors.utc_ms)
        share = config.mqtt.backlog_share
        receiver = open_receiver(places, card, publisher, share, clock.mono_ms)
        desk = Desk(ram / SOCKET_NAME, inbox.put)
        parts: list[Source | Pins | Machine] = [*sources, pins, machine]
        heard = [part for part in parts if part is not pins or config.gpio.is_source]
        crew = Crew()
        vitals = Vitals(manager, crew)
        agent = Agent(
            config,
            release,
            clock,
            anchors,
            storage,
            heard,
            publisher,
            downlink,
            departure,
            clerk,
            receiver,
            inbox,
            until,
            partial(_shown, pins, vitals),
        )
        crew.start("publisher", publisher.run)
        if identity:
            trouble = Path(config.snapshot.path).with_name(TROUBLE_NAME)
            contact = FirstContact(
                identity, _vouched(clock), publisher.reconnect, clock.mono_ms, trouble
            )
            crew.start("enrolment", contact.run)
        for part in [*parts, desk, receiver]:
            crew.start(part.name, part.run)
        try:
            agent.run(lambda: stop.is_set() or crew.stop.is_set())
        finally:
            if stop.is_set():
                manager.stopping()
            _end(crew, stop)
        agent.take_last()


def _shown(pins: Pins, vitals: Vitals, status: Status) -> None:
    pins.show(status)
    vitals.look(status)


def _end(crew: Crew, stop: threading.Event) -> None:
    """Stops every thread. Raises CrewFailed when one had failed, or is in the next life's way."""
    if stop.is_set():
        crew.join()
    elif late := crew.join(_CHANGE_S):
        raise CrewFailed(f"{', '.join(late)} did not end; the agent must be started anew")


def _source(table: SourceTable, mono_ms: Callable[[], int], sink: Sink) -> Source:
    spec = PROTOCOLS[table.protocol].fitted(fitting(table))
    return Source(table.name, spec, partial(open_link, table.port, spec.baud), mono_ms, sink)


def _pins(config: DeviceConfig, mono_ms: Callable[[], int], tell: Callable[[News], None]) -> Pins:
    """The unit's pins, opened if any is wired: before there are threads, as `open_board` needs."""
    folder = Path(config.snapshot.path).parent
    board = open_board(config.gpio, folder) if config.gpio.is_wired else None
    return Pins(config.gpio, board, mono_ms, tell, lambda: tell(Pressed(mono_ms())))


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
    # What a card that refused did not take, or what it held when it did.
    other = memory_path(config) if storage.durable else config.journal_path
    publisher = Publisher(
        Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, config.unit.name),
        identity.context_each_time(lambda: clock.wall() is not None) if identity else None,
        Journals(storage.reader, [other], [Path(config.journal.kiosk)], clock.mono_ms),
        Shipper(mqtt.backlog_share, round(mqtt.gather_s * 1000)),
        LinkMeter(
            Path(config.journal.directory) / _LINK_NAME, mqtt.budget_mb * 1_000_000, anchors.utc_ms
        ),
        clock.mono_ms,
        tell,
        off_by_key=config.unit.power == "key",
    )
    if identity is None:
        publisher.ask(TimeErrand(tell, lambda _: None))
        return publisher
    renewal = CertificateErrand(identity, anchors.utc_ms, publisher.reconnect)
    publisher.ask(TimeErrand(tell, renewal.told_authorities))
    publisher.ask(renewal)
    snapshot, asked = Path(config.snapshot.path), Path(config.snapshot.console)
    publisher.ask(ConsoleErrand(identity, asked / "request.pem", snapshot.with_name("console.pem")))
    return publisher


def _vouched(clock: Clock) -> Callable[[], int | None]:
    """UTC as far as something aboard vouches for it."""

    def utc_ms() -> int | None:
        wall = clock.wall()
        return wall.utc_ms if wall else None

    return utc_ms


def _certified_until(identity: Identity | None) -> Callable[[], int | None]:
    return lambda: identity.certified_until_utc_ms if identity else None
