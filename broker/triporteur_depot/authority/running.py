"""The broker that runs, if one does: told to read its files anew, or to end a connection."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from triporteur_depot.authority.broker import DEPOT, OPENSSL, PID_FILE
from triporteur_depot.config import MqttTable

_PATIENCE_S = 10.0
_TURN_S = 0.2


class Unheard(RuntimeError):
    """The broker was not told; the sentence says why."""


def running(folder: Path) -> int | None:
    """The broker's process; None when it does not run. Raises OSError."""
    try:
        number = int((folder / PID_FILE).read_text(encoding="ascii"))
        # What a broker that was killed left there may by now be another program's.
        name = Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return number if name == "mosquitto" else None


def reload(folder: Path) -> bool:
    """Has the broker read who may log in, with what, and what is revoked; False: it does not run.

    Raises Unheard.
    """
    number = running(folder)
    if number is None:
        return False
    try:
        os.kill(number, signal.SIGHUP)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        raise Unheard(
            f"the broker (process {number}) runs and cannot be told; run this again as root"
        ) from error
    return True


def gives_tickets(folder: Path) -> bool:
    """Whether a broker that runs was started without the folder's word to OpenSSL."""
    number = running(folder)
    if number is None:
        return False
    wanted = f"OPENSSL_CONF={folder / OPENSSL}".encode()
    return wanted not in Path(f"/proc/{number}/environ").read_bytes().split(b"\0")


def end_session(table: MqttTable, unit: str) -> None:
    """Ends the unit's connection by taking its name over for a moment. Raises Unheard."""
    greeting: list[ReasonCode] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=unit, protocol=mqtt.MQTTv5)
    client.username_pw_set(DEPOT, table.password())

    def on_connect(_c: Any, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
        greeting.append(reason)

    client.on_connect = on_connect
    try:
        client.connect(table.host, table.port, clean_start=True)
    except OSError as error:
        raise Unheard(f"no broker answers at {table.host}:{table.port} ({error})") from error
    until = time.monotonic() + _PATIENCE_S
    while not greeting and time.monotonic() < until:
        if client.loop(_TURN_S) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            break
    client.disconnect()
    if not greeting or greeting[0].is_failure:
        why = greeting[0] if greeting else "no answer"
        raise Unheard(f"the broker at {table.host}:{table.port} does not let the depot in ({why})")
