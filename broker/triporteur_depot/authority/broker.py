"""What mosquitto reads, 2.0.11 to 2.1: its configuration, who may do what, who may log in.

No `per_listener_settings`: mosquitto 2.0.11 loses the last wills of MQTT 5 with it.
"""

from collections.abc import Iterable
from pathlib import Path

from triporteur_wire.topics import ROOT, Channel, Verb, topic

DEPOT = "depot"
REGISTRAR = "registrar"
CONFIGURATION = "mosquitto.conf"
#: The broker's own folder: only what it writes is there, nothing that root reads to start it.
STATE = "state"
PID_FILE = f"{STATE}/mosquitto.pid"
OPENSSL = "openssl.cnf"
#: What is said at the door is in rooms of its own: with whatever password someone comes in there,
#: he hears nothing of the fleet and says nothing to it.
DOOR = "door/"

_MADE = "# Made by `triporteur-depot broker`: change depot.toml and run it again, not this file.\n"


def configuration(
    folder: Path, runs_as: str, local_port: int, units_port: int, door_port: int
) -> str:
    """The three listeners."""
    return f"""{_MADE}
user {runs_as}
pid_file {folder / PID_FILE}

# What is retained survives a restart, and all but the last minute of it a crash.
persistence true
persistence_location {folder / STATE}/
autosave_interval 60
persistent_client_expiration 1d

# No addresses in any log.
log_dest stderr
log_type error
log_type warning
connection_messages false

# The largest parcel and the largest batch fit. A queue is short: units send again.
max_packet_size 1000000
max_inflight_messages 100
max_queued_messages 5000
max_queued_bytes 50000000
max_keepalive 3600
# A unit learns the time from one small packet: it must not wait for others.
set_tcp_nodelay true

allow_anonymous false
password_file {folder}/passwd
acl_file {folder}/acl

# Units: a certificate is their name.
listener {units_port}
tls_version tlsv1.3
cafile {folder}/authorities.pem
crlfile {folder}/crl.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.pem
require_certificate true
use_identity_as_username true
use_username_as_clientid true

# Newcomers: a bundle is their name and password.
listener {door_port}
tls_version tlsv1.3
certfile {folder}/broker.pem
keyfile {folder}/broker.pem
use_username_as_clientid true
mount_point {DOOR}
max_connections 100

# The depot's own processes.
listener {local_port} 127.0.0.1
"""


def command(folder: Path) -> list[str]:
    """What starts it."""
    openssl = f"OPENSSL_CONF={folder / OPENSSL}"
    return ["env", openssl, "mosquitto", "-c", str(folder / CONFIGURATION)]


#: For OpenSSL in the broker: with a ticket, a TLS session would go on after a revocation, for
#: certificates are looked at when it begins.
NO_TICKETS = f"""{_MADE}
openssl_conf = all
[all]
ssl_conf = tls
[tls]
system_default = listeners
[listeners]
NumTickets = 0
"""


def access(barred: Iterable[str]) -> str:
    """The ACL: everybody's own topics, and the depot's.

    Who is barred may do nothing, even on a connection that was begun before he was.
    """
    return f"{_MADE}\n" + "\n".join(
        [
            *_PATTERNS,
            *_user(DEPOT, *_DEPOT),
            *_user(REGISTRAR, *_REGISTRAR),
            *(line for name in barred for line in _user(name, f"topic deny {ROOT}/#")),
            "",
        ]
    )


def logins(hashes: Iterable[tuple[str, str]]) -> str:
    """The password file, from names and hashes."""
    return "".join(f"{name}:{each}\n" for name, each in hashes)


def _user(name: str, *lines: str) -> list[str]:
    return ["", f"user {name}", *lines]


_ASKED = topic("+", Channel.REQUEST, Verb.CERTIFICATE)
_ANSWERED = topic("+", Channel.RESPONSE, Verb.CERTIFICATE)
_ANSWERED_BY_DEPOT = (Verb.TIME, Verb.RELEASE)
_ASKED_FOR_CONSOLE = topic("+", Channel.REQUEST, Verb.CONSOLE)
_PATTERNS = [
    *(f"pattern write {topic('%u', channel)}" for channel in (Channel.STATUS, Channel.JOURNAL)),
    *(f"pattern write {topic('%u', Channel.REQUEST, verb)}" for verb in Verb),
    f"pattern read {topic('%u', Channel.ACK)}",
    f"pattern read {topic('%u', Channel.SETTINGS)}",
    f"pattern read {topic('%u', Channel.CONTENT, '+')}",
    f"pattern read {topic('%u', Channel.RELEASE)}",
    f"pattern read {topic('%u', Channel.RESPONSE, '+')}",
    f"pattern write {DOOR}{topic('%u', Channel.REQUEST, Verb.CERTIFICATE)}",
    f"pattern read {DOOR}{topic('%u', Channel.RESPONSE, Verb.CERTIFICATE)}",
]
#: Of a retired unit the depot clears what the broker kept, whoever said it. Neither the depot nor
#: the registrar is a unit, though the patterns are for whoever logs in.
_DEPOT = [
    f"topic deny {ROOT}/{DEPOT}/#",
    f"topic readwrite {topic('+', Channel.STATUS)}",
    f"topic readwrite {topic('+', Channel.JOURNAL)}",
    f"topic readwrite {topic('+', Channel.ACK)}",
    *(f"topic readwrite {topic('+', Channel.REQUEST, verb)}" for verb in _ANSWERED_BY_DEPOT),
    *(f"topic write {asked}" for asked in (_ASKED, _ASKED_FOR_CONSOLE)),
    *(f"topic write {topic('+', Channel.RESPONSE, verb)}" for verb in _ANSWERED_BY_DEPOT),
    f"topic write {topic('+', Channel.SETTINGS)}",
    f"topic write {topic('+', Channel.CONTENT, '+')}",
    f"topic write {topic('+', Channel.RELEASE)}",
]
_REGISTRAR = [
    f"topic deny {ROOT}/{REGISTRAR}/#",
    *(f"topic read {room}{_ASKED}" for room in ("", DOOR)),
    *(f"topic write {room}{_ANSWERED}" for room in ("", DOOR)),
    f"topic read {_ASKED_FOR_CONSOLE}",
    f"topic write {topic('+', Channel.RESPONSE, Verb.CONSOLE)}",
]
