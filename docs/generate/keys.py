"""What each key of `unit.toml` and `depot.toml` means: a sentence for every key."""

import msgspec

from triporteur_depot import config as depot
from triporteur_device import config as device
from triporteur_device.protocols import PROTOCOLS
from triporteur_kiosk import config as kiosk

_KEEPALIVE = "The line is taken for dead after one and a half times this without a sign of life."


class Table(msgspec.Struct, frozen=True):
    """A table of a configuration file: the struct that checks it, and its keys' meanings.

    `many` says that it is an array of tables, `[[name]]`.
    """

    name: str
    kind: type[msgspec.Struct]
    about: str
    keys: dict[str, str]
    many: bool = False


UNIT = (
    Table(
        "unit",
        device.UnitTable,
        "Which unit this is. Read by the agent and by the kiosk.",
        {
            "name": "Names the unit at the depot: one name, one unit, for good. Not a person's.",
            "place": "The town or district it serves, as pages show it. May stay empty.",
        },
    ),
    Table(
        "source",
        device.SourceTable,
        "One entry for each serial line; none is needed. Where two give the same quantity, the "
        "first one listed is shown.",
        {
            "name": "Names the line in records and on pages. Each once.",
            "protocol": f"What speaks there: {' or '.join(f'`{name}`' for name in PROTOCOLS)}.",
            "port": "`/dev/…`, `socket://host:port` or `replay:FILE` (a recorded stream).",
            "stale_after_s": "How long a value is shown after it was heard; then it is absent.",
        },
        many=True,
    ),
    Table(
        "journal",
        device.JournalTable,
        "What is kept on the card.",
        {
            "directory": "The folder of `device.journal` and `boot.json`.",
            "commit_interval_s": "How much telemetry a power cut may cost. Events are never kept "
            "waiting.",
            "budget_mb": "How large the journal may grow. What the depot has goes first, then the "
            "oldest telemetry is thinned, then dropped, and declared.",
        },
    ),
    Table(
        "snapshot",
        device.SnapshotTable,
        "The unit's state for the other processes aboard. Read by the agent and by the kiosk.",
        {"path": "A file in RAM, replaced once a second."},
    ),
    Table(
        "mqtt",
        device.MqttTable,
        "The way to the depot: MQTT 5, without encryption in this version.",
        {
            "host": "Name or address of the depot's broker.",
            "port": "The port it listens on.",
            "status_period_s": "How often the unit says how it fares; a change is said at once.",
            "keepalive_s": _KEEPALIVE,
        },
    ),
    Table(
        "clock",
        device.ClockTable,
        "What vouches for the time.",
        {
            "trust": "`ntp` believes the system clock only while NTP holds it; `system` always, "
            "for a machine with a battery clock.",
        },
    ),
    Table(
        "portal",
        kiosk.PortalTable,
        "The public's pages.",
        {
            "listen": "IP address and port of this machine.",
            "address": "The host name that visitors are led to, with its port unless 80. Without "
            "one, what `listen` says; needed where that is every address (`0.0.0.0`).",
            "content": "The file that holds what the pages show.",
        },
    ),
    Table(
        "console",
        kiosk.ConsoleTable,
        "The team's pages.",
        {"listen": "IP address and port; loopback only, for the console has no accounts."},
    ),
)

DEPOT = (
    Table(
        "depot",
        depot.DepotTable,
        "Which depot this is.",
        {"name": "Stands in the title of every page."},
    ),
    Table(
        "database",
        depot.DatabaseTable,
        "Where everything is stored.",
        {"path": "The SQLite file; made when it is not there."},
    ),
    Table(
        "mqtt",
        depot.MqttTable,
        "The broker, MQTT 5, without encryption in this version.",
        {
            "host": "Its name or address.",
            "port": "The port it listens on.",
            "keepalive_s": _KEEPALIVE,
        },
    ),
    Table(
        "pages",
        depot.PagesTable,
        "The fleet's pages. They have no accounts, so they listen on 127.0.0.1 only.",
        {"port": "The port they listen on."},
    ),
)
