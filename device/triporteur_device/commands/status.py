"""`triporteur-device status`: how this unit fares now, for someone with a terminal beside it."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_device.commands.release_line import said
from triporteur_device.config import DeviceConfig
from triporteur_device.files import read_guest
from triporteur_device.snapshot import MOST_BYTES, TROUBLE_NAME, Snapshot, read_snapshot
from triporteur_wire.messages import Delivery, Reading, SourceHealth, Status, encode
from triporteur_wire.origins import OWN_SOURCES
from triporteur_wire.quantities import QUANTITIES, Value
from triporteur_wire.releases import Told


def run(config: DeviceConfig, *, as_json: bool, out: TextIO | None = None) -> int:
    """Prints the snapshot; 1 when the agent is not running. Raises OSError when not allowed."""
    path = Path(config.snapshot.path)
    snapshot = read_snapshot(path)
    if snapshot is None or not snapshot.fresh:
        print(f"the agent is not running: {_why(path, snapshot)}", file=sys.stderr)
        return 1
    out = out or sys.stdout
    if as_json:
        out.write(encode(snapshot.status).decode() + "\n")
    else:
        lines = _lines(_aged(snapshot, config.stale_after_ms))
        out.writelines(line + "\n" for line in [*lines, *_certificate(config, snapshot.status)])
    return 0


def _aged(snapshot: Snapshot, limits_ms: Mapping[str, int]) -> Status:
    """The status with every age as of now; what has passed its limit meanwhile is absent."""
    readings = {
        source: {
            name: Reading(reading.value, reading.age_s + snapshot.age_s)
            for name, reading in values.items()
            if (reading.age_s + snapshot.age_s) * 1000 <= limits_ms.get(source, 0)
        }
        for source, values in snapshot.status.readings.items()
    }
    return msgspec.structs.replace(snapshot.status, readings=readings)


def _why(path: Path, snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return f"no snapshot of this boot at {path}"
    return f"the snapshot at {path} is {snapshot.age_s:.0f} s old"


def _lines(status: Status) -> list[str]:
    where = f" ({status.place})" if status.place else ""
    clock = "UTC known" if status.utc_ms is not None else "UTC not known"
    lines = [f"{status.unit}{where}: version {status.version}, boot {status.boot_no}, {clock}"]
    for name, health in status.sources.items():
        lines += ["", _health(name, health)]
        lines += [
            f"  {quantity:18} {_figure(quantity, reading.value):>12}   {reading.age_s:.0f} s ago"
            for quantity, reading in status.readings.get(name, {}).items()
        ]
    return [
        *lines,
        "",
        *_delivery(status.delivery),
        *_card(status),
        *_link(status),
        *_depot(status),
        *_release(status.release),
    ]


def _card(status: Status) -> list[str]:
    card = status.card
    free = "" if card.free_bytes is None else f", {card.free_bytes / 1e6:.0f} MB free"
    error = f"; it refuses: {card.error}" if card.error else ""
    return [f"card: the journal takes {card.used_bytes / 1e6:.1f} MB{free}{error}"]


def _link(status: Status) -> list[str]:
    link = status.link
    if link is None:
        return []
    total_mb = (link.sent_bytes + link.received_bytes) / 1e6
    budget = f" of {link.budget_bytes / 1e6:.0f} MB" if link.budget_bytes else ""
    return [f"link: {total_mb:.1f} MB{budget} in {link.month or 'a month not known yet'}"]


def _depot(status: Status) -> list[str]:
    """What the depot gave, and what became of it."""
    lines = []
    for channel, told in status.applied.items():
        lines.append(f"{channel}: revision {told.revision or 'none'} in use")
        if told.refused:
            lines.append(f"  revision {told.refused} refused: {'; '.join(told.faults)}")
    return lines


def _release(told: Told | None) -> list[str]:
    return [f"release: {said(told)}"] if told else []


def _certificate(config: DeviceConfig, status: Status) -> list[str]:
    """Until when the depot knows this unit, or why it does not."""
    if not config.mqtt.tls:
        return []
    until_ms = status.certified_until_utc_ms
    until = (
        "none; this unit is not enrolled"
        if until_ms is None
        else f"until {datetime.fromtimestamp(until_ms / 1000, UTC):%Y-%m-%d}"
    )
    trouble = ""
    with suppress(FileNotFoundError):
        path = Path(config.snapshot.path).with_name(TROUBLE_NAME)
        trouble = read_guest(path, MOST_BYTES).decode(errors="replace")
    return [f"certificate: {until}", *([f"  {trouble}"] if trouble else [])]


def _health(name: str, health: SourceHealth) -> str:
    heard = "never heard" if health.heard_age_s is None else f"heard {health.heard_age_s:.0f} s ago"
    discarded = ", ".join(f"{count} B {fault}" for fault, count in health.discarded.items())
    doubts = f"; doubtful: {', '.join(health.doubts)}" if health.doubts else ""
    if name in OWN_SOURCES:
        return f"{name}: {heard}; {health.frames} readings{doubts}"
    return (
        f"{name} ({health.protocol}): {heard}; {health.frames} frames, {health.refused} refused, "
        f"{health.missed_polls} questions missed; discarded {discarded or 'nothing'}{doubts}"
    )


def _figure(quantity: str, value: Value) -> str:
    known = QUANTITIES[quantity]
    match value:
        case tuple():
            return " ".join(str(item) for item in value) or "none"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:.{known.decimals}f} {known.unit}".rstrip()
        case _:
            return value


def _delivery(delivery: Delivery) -> list[str]:
    link = "connected" if delivery.connected else "not connected"
    oldest = (
        ""
        if delivery.oldest_waiting_s is None
        else f", the oldest for {delivery.oldest_waiting_s:.0f} s"
    )
    return [
        f"depot: {link}; {delivery.waiting} records waiting{oldest}; {delivery.given_up} given up",
        *([] if delivery.durable else ["  kept in memory only: the storage refuses"]),
        *(f"  log {log}: committed up to {seq}" for log, seq in delivery.logs.items()),
    ]
