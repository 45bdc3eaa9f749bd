"""What each key of `unit.toml` and `depot.toml` means: a sentence for every key."""

import msgspec

from triporteur_depot import config as depot
from triporteur_device import config as device
from triporteur_device.departure import ReadinessTable
from triporteur_device.gpio.table import GpioTable
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.protocols.modbus_maps import BUILT_IN
from triporteur_kiosk import config as kiosk

_KEEPALIVE = "A line without a sign of life is taken for dead after once to twice this."


def _takers(key: str) -> str:
    """The protocols that take a key of how a device was fitted."""
    return ", ".join(f"`{name}`" for name, spec in PROTOCOLS.items() if key in spec.takes)


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
            "power": "`key` where the key cuts the computer's power: the unit then says goodbye as "
            "soon as the key is off (`[gpio] key`), and the depot does not take it for silent.",
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
            "charge_sign": "Which sign the device's current has while it charges. "
            f"For {_takers('charge_sign')}.",
            "wheel_circumference_m": "The circumference in metres of the wheel that is measured. "
            f"For {_takers('wheel_circumference_m')}.",
            "erpm_per_turn": "Electrical turns of the motor in one turn of the wheel: its pole "
            "pairs, times its gears where it has some. With the circumference it gives speed and "
            f"distance. For {_takers('erpm_per_turn')}.",
            "address": "The device's own address, where it is not the usual one. "
            f"For {_takers('address')}.",
            "registers": "Which registers the device has: the name of a map known here "
            f"({', '.join(f'`{name}`' for name in BUILT_IN)}), or the path of one that a workshop "
            "wrote, see [modbus-map.md](devices/modbus-map.md). "
            f"{_takers('registers')} needs it.",
        },
        many=True,
    ),
    Table(
        "gpio",
        GpioTable,
        "What is wired to the pins of the Raspberry Pi, by the numbers of their GPIO; nothing need "
        "be. An input acts when it is connected to ground, an output when it is high (3.3 V). "
        "Needs gpiozero with lgpio; where the pins cannot be used the agent says so once, and goes "
        "on without.",
        {
            "charger": "Acts while the charger is plugged in.",
            "key": "Acts while the key is on. When it goes off, everything is committed at once.",
            "button": "The team's button.",
            "wheel": "Acts once or more in each turn of a wheel: a distance and a speed where no "
            "motor gives them. The distance begins when the agent does.",
            "lamp": 'The lamp of the verdict: "go" blinks, lit or dark is never "go".',
            "phones": "The supply for visitors' phones.",
            "inverted": "Those of the above that act the other way round.",
            "wheel_circumference_m": "The wheel's circumference in metres; needed with `wheel`.",
            "wheel_pulses": "How often `wheel` acts in one turn.",
            "phones_off_below_pct": "The phones' supply is cut below this charge, so that the way "
            "home is not spent on it; and when the charge has not been known for ten minutes.",
            "phones_on_above_pct": "From this charge on it is given again.",
        },
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
            "console": "The console's folder in RAM: what it asks the depot to certify, what it "
            "made of a certificate that the depot sent, and a one-time code for a phone.",
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
        "readiness",
        ReadinessTable,
        "What the verdict on leaving starts from: the battery's label, and where the unit goes. "
        "What the battery really holds, and what a way takes, is learnt aboard.",
        {
            "nominal_ah": "What the battery's label says that it holds.",
            "cells": "How many cells are in series.",
            "chemistry": "Of the cells: `nmc` (most e-bike batteries) or `lfp`.",
            "standing_w": "What the unit draws on site, until it has measured that.",
            "parked_w": "What it draws while nobody is there, until it has measured that.",
            "departs": "When an outing leaves, in local time, for which nobody said so.",
            "places": "Where the unit usually goes, for the console: "
            "`[readiness.places.market]` with a `name` and the `km` of the way there and back, and "
            "`climb_m` (0), `site_h` (4) and `load_w` (20) where they are others.",
        },
    ),
    Table(
        "portal",
        kiosk.PortalTable,
        "The public's pages.",
        {
            "listen": "IP address and port of this machine. Without one `127.0.0.1:8080`; with a "
            "gate `[::]:8080`, which is every address: the gate lets only phones come there.",
            "address": "The host name that visitors are led to, with its port unless 80. Without "
            "one, `triporteur.internal` with a gate, else what `listen` says; then needed where "
            "that is every address (`0.0.0.0`).",
            "content": "The file that holds what the pages show until the depot sends a content.",
            "pushed": "Where the agent puts the content that the depot sent: `content/portal.json` "
            "in the folder of `[journal] directory`.",
            "journal": "The file of the kiosk's own journal: how often each page is used, an hour "
            "at a time. The agent reads it through the rights of its group.",
            "certificate": "A PEM file with the certificate of `address` and its chain, of an "
            "authority that every phone trusts. With it phones learn from DHCP that there is a "
            "portal, and ask it how much time is left (RFC 8910, RFC 8908).",
            "key": "A PEM file with its key.",
            "secured": "IP address and port of this machine where the portal is shown with it. "
            "Without one `127.0.0.1:8444`; with a gate `[::]:8444`, which phones find at port 443.",
        },
    ),
    Table(
        "console",
        kiosk.ConsoleTable,
        "The team's pages, for phones that were paired. See [console.md](console.md).",
        {
            "listen": "IP address and port. Without one `127.0.0.1:8443`; with a gate "
            "`[::]:8443`, which is every address. Not 443 where the unit's Wi-Fi leads every name "
            "to the unit: each phone's own connections would come here.",
            "tls": "Only for development is it `false`: then on loopback alone, and for anybody "
            "there.",
            "names": "By which names phones reach the console; its certificate holds for these. "
            "Without any it is called `<unit>.triporteur.internal`. Others must be the unit's name "
            "in a domain that the depot knows, `[authority] console_domains`.",
            "directory": "The folder of the console's key, its certificates, and of the list of "
            "paired phones. Nobody else may read it.",
            "pushed": "Where the agent puts a certificate that the depot sent: "
            "`content/console.json` in the folder of `[journal] directory`.",
        },
    ),
    Table(
        "gate",
        kiosk.GateTable,
        "The way in for phones: addresses, names, and who may pass. See [gate.md](gate.md).",
        {
            "interface": "By which network interface phones come in: the unit's own radio "
            "(`wlan0`), a USB adapter, or the socket of an access point (`eth0`). The gate has it "
            "for itself. Without one there is no gate.",
            "radio": "`own` where the interface is a radio, which the gate makes an access point; "
            "`external` where one hangs on it by a cable.",
            "ssid": "The name of the Wi-Fi, for an own radio. An open Wi-Fi, without a password.",
            "channel": "Of an own radio: 1, 6 or 11 where others are near.",
            "country": "Whose radio rules hold, for an own radio.",
            "most_stations": "How many phones fit. Without one 19 for an own radio, which is what "
            "the Pi's is rated for at best, and 300 behind an access point.",
            "network": "The phones' addresses: private ones that the uplink does not use, from /20 "
            "(4096 of them) to /23.",
            "access": "How far phones get: `local` the pages aboard, `partners` the partners' "
            "sites too, `open` the Internet, once somebody asked for it on the page.",
            "session_min": "Minutes that one who asked has the Internet.",
            "visitor_mb": "Megabytes (MB) that one phone may use in a day once it asked, and as "
            "many at partners' sites without; 0 is no limit.",
            "budget_mb": "Megabytes (MB) that all phones together may use in a day; 0 is no limit. "
            "Then the pages aboard are what is left.",
            "uplink": "The only interface that phones get to the Internet by. Without one any but "
            "their own.",
            "resolvers": "Addresses of name servers to ask. Without any, those of this machine "
            "(`/etc/resolv.conf`).",
            "ram": "The gate's folder: its files, its state, its two sockets. In RAM (tmpfs), or "
            "the gate does not start.",
            "legal_log": "The certificate that a log of who was let through is sealed for; when "
            "empty there is no such log (`docs/legal-log.md`).",
            "spent": "A file that keeps how much of today's budget is spent: a number and a day. "
            "Where it cannot be read the day counts as spent.",
        },
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
        "backup",
        depot.BackupTable,
        "Copies of the database, made by `triporteur-depot backup` each night. Best on another "
        "disk than the database, or copied to another machine.",
        {
            "directory": "The folder they lie in, and nothing else.",
            "keep_days": "How many days' copies are kept: of each day the newest.",
            "keep_weeks": "How many weeks' copies are kept besides: of each week the newest.",
        },
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
            "console_domains": "In which domains a unit's console may bear the unit's name. Phones "
            "trust what is certified: name domains that are yours, or nobody's.",
        },
    ),
    Table(
        "pages",
        depot.PagesTable,
        "The fleet's pages. They have no accounts, so they listen on 127.0.0.1 only.",
        {"port": "The port they listen on."},
    ),
)
