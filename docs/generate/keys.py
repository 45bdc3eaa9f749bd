"""What each key of `unit.toml` and `depot.toml` means: a sentence for every key."""

import msgspec

from triporteur_depot import config as depot
from triporteur_device import config as device
from triporteur_device.protocols import PROTOCOLS
from triporteur_kiosk import config as kiosk

_KEEPALIVE = "A line without a sign of life is taken for dead after once to twice this."


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
            "commit_interval_s": "How much telemetry a power cut may cost while the battery is "
            "charged or used. Events are never kept waiting.",
            "rest_interval_s": "The same while the battery rests.",
            "kiosk": "The journal of the public's pages, which the agent delivers too: "
            "`[portal] journal`.",
            "budget_mb": "How large the journal may grow. What the depot has goes first, then the "
            "oldest telemetry is thinned, then dropped, and declared.",
        },
    ),
    Table(
        "snapshot",
        device.SnapshotTable,
        "The unit's state for the other processes aboard. Read by the agent and by the kiosk.",
        {
            "path": "A file in RAM, replaced once a second.",
            "content": "A file in RAM in which the portal tells the agent what it made of the "
            "content that the depot sent.",
        },
    ),
    Table(
        "mqtt",
        device.MqttTable,
        "The way to the depot: MQTT 5.",
        {
            "host": "Name or address of the depot's broker, as its certificate has it.",
            "port": "The port it listens on.",
            "tls": "Whether it is spoken to through TLS, with the certificate of `[identity]`; "
            "`false` is for a broker on the same machine.",
            "status_period_s": "How often the unit says how it fares; a change is said at once.",
            "rest_period_s": "The same while the battery rests.",
            "gather_s": "How long a few records may wait aboard for others to travel with; many, "
            "and what waits when the unit comes or goes, never do.",
            "backlog_share": "Which part of its time the link may be busy with what waits for the "
            "depot: 0.5 leaves it free for as long as it was used.",
            "budget_mb": "What the link may carry in a month, as the contract counts it; 0 is no "
            "limit. Beyond it everything waits in the journal until the next month, and the unit "
            "says how it fares every five minutes.",
            "keepalive_s": _KEEPALIVE,
        },
    ),
    Table(
        "identity",
        device.IdentityTable,
        "Who the unit is to the depot. See [enrolment.md](enrolment.md).",
        {"directory": "The folder of its key and certificate. Nobody else may read it."},
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
            "content": "The file that holds what the pages show until the depot sends a content.",
            "pushed": "Where the agent puts the content that the depot sent: `content/portal.json` "
            "in the folder of `[journal] directory`.",
            "journal": "The file of the kiosk's own journal: how often each page is used, an hour "
            "at a time. The agent reads it through the rights of its group.",
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
        {
            "name": "Stands in the title of every page.",
            "clock": "`auto` tells units the time while NTP holds this machine's clock, or where "
            "nothing ever steered it and the machine keeps time while it is off; `system` always.",
        },
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
        "The broker, MQTT 5, on the same machine: this line is not encrypted.",
        {
            "host": "Its name or address.",
            "port": "The port it listens on.",
            "keepalive_s": _KEEPALIVE,
            "password_file": "A file that holds the password of the broker's user `depot`; empty "
            "for a broker that lets everyone in.",
        },
    ),
    Table(
        "authority",
        depot.AuthorityTable,
        "Who certifies the units, and the broker that they reach: `triporteur-depot broker` sets "
        "both up. See [security.md](security.md).",
        {
            "directory": "The authority's keys and certificates, and the passwords.",
            "broker_directory": "What the broker reads, and its own folder in it. Set up by root, "
            "it runs as `mosquitto`.",
            "names": "By which units reach the broker; the first one is written into bundles. "
            "Its certificate holds for these and no others.",
            "units_port": "Where the broker listens for units, which show a certificate.",
            "door_port": "Where it listens for newcomers, which show a bundle.",
        },
    ),
    Table(
        "pages",
        depot.PagesTable,
        "The fleet's pages. They have no accounts, so they listen on 127.0.0.1 only.",
        {"port": "The port they listen on."},
    ),
)
