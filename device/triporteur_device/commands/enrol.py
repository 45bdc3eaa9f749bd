"""`triporteur-device enrol FILE`: takes the bundle that lets this unit in at the depot."""

import sys
import threading
from pathlib import Path

from triporteur_device.acting import acting_for_owner
from triporteur_device.clock import system_clock
from triporteur_device.config import DeviceConfig, MqttTable
from triporteur_device.identity.bundle import BadBundle, check_bundle, day, read_bundle
from triporteur_device.identity.contact import FirstContact
from triporteur_device.identity.door import ContactFailed
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.tls import NotEnrolled
from triporteur_wire.enrolment import Bundle

#: A bundle takes some 2 kB: whatever is larger is another file.
_LARGEST_BYTES = 100_000
_BUSY_S = 1.0


def run(config: DeviceConfig, file: Path, *, now: bool, stop: threading.Event) -> int:
    """Puts the bundle in place and, with `now`, enrols; 2 when it is no bundle for this unit.

    Raises OSError when the file or the folder of the identity cannot be used.
    """
    utc_ms = _utc_ms(config)
    try:
        bundle = read_bundle(_read(file))
        check_bundle(bundle, config.unit.name, utc_ms)
    except BadBundle as error:
        print(f"{file}: {error}", file=sys.stderr)
        return 2
    _warn(config.mqtt, bundle)
    directory = Path(config.identity.directory)
    with acting_for_owner(directory):
        identity = Identity(directory, config.unit.name)
        if _is_used(identity, bundle):
            print(_certified(identity), "It came with this very bundle: nothing to do.")
            return 0
        print(_put(identity, bundle))
        if not now:
            return 0
        return _contact(FirstContact(identity, lambda: _utc_ms(config), lambda: None), stop)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_LARGEST_BYTES)


def _utc_ms(config: DeviceConfig) -> int | None:
    wall = system_clock(config.clock.trust).wall()
    return wall.utc_ms if wall else None


def _warn(mqtt: MqttTable, bundle: Bundle) -> None:
    if not mqtt.tls:
        print("unit.toml says [mqtt] tls = false: the agent uses no certificate", file=sys.stderr)
    if (mqtt.host, mqtt.port) != (bundle.host, bundle.port):
        print(
            f"unit.toml leads to {mqtt.host}:{mqtt.port}, but the depot of this bundle listens at "
            f"{bundle.host}:{bundle.port}: correct [mqtt]",
            file=sys.stderr,
        )


def _is_used(identity: Identity, bundle: Bundle) -> bool:
    papers = identity.papers
    return papers is not None and papers.login == bundle.login


def _put(identity: Identity, bundle: Bundle) -> str:
    """Puts the bundle in place unless it is; says what happens next."""
    next_step = "The running agent goes to the depot with it by itself."
    if identity.store.has_bundle(bundle):
        return f"{identity.unit}: this bundle is already in place. {next_step}"
    identity.store.put_bundle(bundle)
    if identity.enrolled:
        return f"{_certified(identity)} It stays in use until the new one is there. {next_step}"
    return f"{identity.unit}: the bundle is in place. {next_step}"


def _contact(contact: FirstContact, stop: threading.Event) -> int:
    try:
        while contact.identity.pending and not stop.is_set():
            if not contact.once(stop):
                stop.wait(_BUSY_S)  # the running agent is at the door itself
    except ContactFailed as failed:
        return _failed(contact.identity.unit, str(failed))
    if contact.identity.pending:
        return _failed(contact.identity.unit, "stopped before the depot answered")
    print(_certified(contact.identity))
    return 0


def _failed(unit: str, why: str) -> int:
    print(f"{unit}: {why}", file=sys.stderr)
    print("The bundle stays in place: the running agent goes on trying.", file=sys.stderr)
    return 1


def _certified(identity: Identity) -> str:
    papers = identity.papers
    if papers is None:
        raise NotEnrolled(f"the bundle is gone, and yet {identity.unit} is not enrolled; see above")
    return f"{identity.unit} is enrolled, with a certificate until {day(papers.until_utc_ms)}."
