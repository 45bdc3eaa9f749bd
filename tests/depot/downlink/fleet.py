"""Units as the depot's database knows them, and one that listens on a real broker."""

import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from msgspec.structs import replace
from paho.mqtt.enums import CallbackAPIVersion

from tests.depot.ingest.desk import Depot
from triporteur_depot.clock import utc_ms
from triporteur_depot.ingest import Message
from triporteur_wire.messages import Delivery, Offline, Status, encode
from triporteur_wire.parcels import Applied, Parcel, unpack
from triporteur_wire.releases import Told
from triporteur_wire.topics import ROOT, Channel


class Fleet:
    """The depot's database, its configuration, and what units say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.depot = Depot(folder / "depot.db")
        self.depot.now_ms = utc_ms()
        self.connection = self.depot.connection
        self._speaking = threading.Lock()

    def says(self, unit: str, **applied: Applied) -> None:
        """A status of the unit; of `content_portal` the channel is `content/portal`."""
        self._say(unit, {name.replace("_", "/"): one for name, one in applied.items()}, None)

    def tells(self, unit: str, told: Told | None) -> None:
        """The same, of the release that it was offered."""
        self._say(unit, {}, told)

    def _say(self, unit: str, applied: dict[str, Applied], told: Told | None) -> None:
        said = Status(
            *(unit, "Rennes", "1", 1, 5, None, 15, {}, {}, Delivery(True, 0, None, 0, {})),
            applied=applied,
            release=told,
        )
        with self._speaking:
            self.depot.take(Message(unit, Channel.STATUS, encode(said)))

    def leaves(self, unit: str) -> None:
        self.depot.take(Message(unit, Channel.STATUS, encode(Offline("lost"))))

    def configured(self, port: int, more: str = "") -> str:
        """A `depot.toml` for a broker at this port."""
        path = self.folder / "depot.toml"
        database = f'[database]\npath = "{self.depot.path}"\n'
        path.write_text(f"{database}[mqtt]\nport = {port}\n{more}")
        return str(path)

    def close(self) -> None:
        self.connection.close()


class Listener:
    """A unit on a real broker that answers each parcel of a channel; use as a context.

    Its status goes into the database as the ingest would store it. `heard` holds the parcels;
    `taken_back` counts the empty messages. With `faults` it refuses both.
    """

    def __init__(self, fleet: Fleet, port: int, unit: str, *faults: str) -> None:
        self.heard: list[Parcel] = []
        self.taken_back = 0
        self.in_use = Applied()
        self._fleet = fleet
        self._unit = unit
        self._faults = faults
        self._ready = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=unit, protocol=mqtt.MQTTv5
        )
        self._client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/{unit}/#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)

    def __enter__(self) -> "Listener":
        self._client.loop_start()
        assert self._ready.wait(120)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        channel = message.topic.removeprefix(f"{ROOT}/{self._unit}/").replace("/", "_")
        said = self._judged(bytes(message.payload))
        self._fleet.depot.now_ms = utc_ms()
        self._fleet.says(self._unit, **({} if said == Applied() else {channel: said}))

    def _judged(self, payload: bytes) -> Applied:
        parcel = unpack(payload) if payload else None
        if parcel:
            self.heard.append(parcel)
        else:
            self.taken_back += 1
        if self._faults:
            refused = parcel.revision if parcel else 0
            return replace(self.in_use, refused=refused, faults=self._faults)
        self.in_use = Applied(parcel.revision, parcel.sha256) if parcel else Applied()
        return self.in_use
