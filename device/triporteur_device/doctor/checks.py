"""Every check of a unit, in the order in which what one finds explains the next."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from triporteur_device.config import DeviceConfig
from triporteur_device.doctor import (
    board,
    card,
    papers,
    pins,
    ports,
    releases,
    times,
    uplink,
)
from triporteur_device.doctor.bedside import Bedside, acting
from triporteur_device.snapshot import read_snapshot
from triporteur_device.storage import LOCK_NAME
from triporteur_wire.findings import Answer, Check, attention, well, wrong
from triporteur_wire.messages import Status
from triporteur_wire.programs import service

_SERVICE = "triporteur-device"


def checks(config: DeviceConfig, here: Bedside) -> Iterator[Check]:
    """Of a unit whose configuration is sound. Raises OSError when the snapshot is not ours."""
    status = _status(config)
    agent = acting(Path(config.journal.directory) / LOCK_NAME, here)
    wall = here.clock.wall()
    yield "agent", partial(_agent, config, status)
    yield "service device", partial(service, _SERVICE, here.ask, here.run / "systemd/system")
    yield "version", partial(releases.version, status, here.places)
    yield "release", partial(releases.release, here.places)
    yield "settings", partial(_settings, status)
    for source in config.sources:
        yield f"port {source.name}", partial(ports.port, source, status, agent, here)
        yield f"source {source.name}", partial(ports.heard, source, status)
    yield "pins", partial(pins.pins, config, status, agent, here)
    yield "clock", partial(times.clock, config, status, here)
    yield "supply", partial(board.supply, here)
    yield "temperature", partial(board.warmth, here)
    yield "card room", partial(card.room, config)
    yield "card wear", partial(card.wear, config, here)
    yield "journal", partial(card.journal, config, status)
    yield "uplink", partial(uplink.uplink, status, here)
    yield "enrolment", partial(papers.enrolment, config, wall.utc_ms if wall else None)
    if config.mqtt.tls:
        yield "key", partial(papers.key, config, agent)
    yield "depot", partial(_depot, config, status, clock_is_vouched=wall is not None)


def _status(config: DeviceConfig) -> Status | None:
    """What an agent that runs says of itself."""
    snapshot = read_snapshot(Path(config.snapshot.path))
    return snapshot.status if snapshot and snapshot.fresh else None


def _agent(config: DeviceConfig, status: Status | None) -> Answer:
    if status is None:
        return wrong(
            f"it does not run, or is not heard at {config.snapshot.path}: "
            f"systemctl start {_SERVICE}, or see journalctl -u {_SERVICE} -n 30"
        )
    return well(f"{status.unit} runs, boot {status.boot_no}")


def _settings(status: Status | None) -> Answer:
    """What the depot sent, and this unit could not take."""
    for channel, told in status.applied.items() if status else ():
        if told.refused:
            return attention(
                f"{channel} of the depot, revision {told.refused}, was refused: "
                f"{'; '.join(told.faults)}"
            )
    return well("nothing that the depot sent was refused")


def _depot(config: DeviceConfig, status: Status | None, *, clock_is_vouched: bool) -> Answer:
    # paho takes its time to load; the other checks are said before.
    from triporteur_device.doctor.broker import broker

    return broker(config, status, clock_is_vouched=clock_is_vouched)
